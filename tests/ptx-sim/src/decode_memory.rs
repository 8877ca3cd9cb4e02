//! Decoding of accesses to memory and of products of matrices.

use crate::decode::{Decoded, Decoder, unsupported};
use crate::form::Form;
use crate::operands::immediate;
use crate::program::*;
use crate::syntax::{Operand, Type};

impl Decoder<'_> {
    pub(crate) fn memory(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let kind = form.kind();
        match (form.name(), operands) {
            ("ld" | "ldu", [to, address, ..]) => {
                let place = self.place(form, address, kind.bytes())?;
                let signed = kind.is_signed().then(|| self.width(to));
                Ok(Op::Load { place, to: self.targets(to)?, signed })
            }
            ("st", [address, from, ..]) => {
                let place = self.place(form, address, kind.bytes())?;
                Ok(Op::Store { place, from: self.vector(from, kind)? })
            }
            ("atom", [to, address, from @ ..]) => self.atomic(form, Some(to), address, from),
            ("red", [address, from @ ..]) => self.atomic(form, None, address, from),
            ("cp", _) => self.copy_async(form, operands),
            ("ldmatrix", [to, Operand::Address(Some(base), offset)]) => {
                let address = self.value(&Operand::Name(base.clone()), Type::B64)?;
                let to = self.targets(to)?.into_iter().flatten().collect();
                Ok(Op::LoadMatrix { address, offset: *offset, to, transposed: form.has("trans") })
            }
            ("mma", [to, a, b, c]) => self.multiply(form, [to, a, b, c]),
            _ => unsupported(format!("the instruction `{}`", form.words.join("."))),
        }
    }

    fn atomic(&mut self, form: &Form, to: Option<&Operand>, address: &Operand, from: &[Operand]) -> Decoded<Op> {
        use AtomicKind::*;
        let kind = form.kind();
        let place = self.place(form, address, kind.bytes())?;
        let what = form.words.iter().find_map(|word| {
            Some(match (word.as_str(), kind) {
                ("add", Type::F32) => AddF32,
                ("add", Type::F64) => AddF64,
                ("add", Type::U32 | Type::S32 | Type::U64 | Type::S64) => Add,
                ("min", Type::U32 | Type::U64) => MinUnsigned,
                ("max", Type::U32 | Type::U64) => MaxUnsigned,
                ("min", Type::S32 | Type::S64) => MinSigned,
                ("max", Type::S32 | Type::S64) => MaxSigned,
                ("and", _) => And,
                ("or", _) => Or,
                ("xor", _) => Xor,
                ("exch", _) => Exchange,
                ("cas", _) => CompareExchange,
                ("inc", _) => Increment,
                ("dec", _) => Decrement,
                _ => return None,
            })
        });
        let Some(what) = what else { return unsupported(format!("the atomic `{}`", form.words.join("."))) };
        let first = match from.first() {
            Some(operand) => self.value(operand, kind)?,
            None => return unsupported("these operands"),
        };
        let second = if what == CompareExchange && from.len() > 1 { self.value(&from[1], kind)? } else { first };
        let to = to.map(|to| self.target_or_sink(to)).transpose()?.flatten();
        Ok(Op::Atomic { place, kind: what, to, from: [first, second] })
    }

    fn copy_async(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        match operands {
            [] if form.has("commit_group") => Ok(Op::CopyCommit),
            [] if form.has("wait_all") => Ok(Op::CopyWait(None)),
            [count] if form.has("wait_group") => Ok(Op::CopyWait(Some(immediate(count)? as u32))),
            [to, from, bytes, rest @ ..] if (form.has("ca") || form.has("cg")) && !form.has("bulk") => {
                let (Operand::Address(Some(to), to_offset), Operand::Address(Some(from), from_offset)) = (to, from)
                else {
                    return unsupported("these addresses");
                };
                let to = self.value(&Operand::Name(to.clone()), Type::B64)?;
                let from = self.value(&Operand::Name(from.clone()), Type::B64)?;
                let read = match rest.first() {
                    Some(operand) if self.is_predicate(operand) => {
                        return unsupported("a copy that a predicate ignores");
                    }
                    Some(operand) => Some(self.value(operand, Type::B32)?),
                    None => None,
                };
                let bytes = immediate(bytes)? as u32;
                Ok(Op::CopyAsync { to, to_offset: *to_offset, from, from_offset: *from_offset, bytes, read })
            }
            _ => unsupported(format!("the copy `{}`", form.words.join("."))),
        }
    }

    fn multiply(&mut self, form: &Form, [to, a, b, c]: [&Operand; 4]) -> Decoded<Op> {
        let fragment = match form.types()[..] {
            [Type::F32, Type::F16, Type::F16, Type::F32] => Fragment::Half,
            [Type::F32, Type::BF16, Type::BF16, Type::F32] => Fragment::Brain,
            [Type::F32, Type::TF32, Type::TF32, Type::F32] => Fragment::Tf32,
            [Type::F64, Type::F64, Type::F64, Type::F64] => Fragment::Double,
            _ => return unsupported(format!("the product `{}`", form.words.join("."))),
        };
        // The depth, and the registers of a lane in A, B, C and the result.
        let (depth, registers) =
            match (fragment, form.words.iter().find(|word| word.starts_with('m') && word.contains('k'))) {
                (Fragment::Half | Fragment::Brain, Some(shape)) if shape == "m16n8k16" => (16, [4, 2, 4, 4]),
                (Fragment::Half | Fragment::Brain, Some(shape)) if shape == "m16n8k8" => (8, [2, 1, 4, 4]),
                (Fragment::Tf32, Some(shape)) if shape == "m16n8k8" => (8, [4, 2, 4, 4]),
                (Fragment::Tf32, Some(shape)) if shape == "m16n8k4" => (4, [2, 1, 4, 4]),
                (Fragment::Double, Some(shape)) if shape == "m8n8k4" => (4, [1, 1, 2, 2]),
                _ => return unsupported(format!("the product `{}`", form.words.join("."))),
            };
        if !(form.has("row") && form.has("col")) {
            return unsupported("these orders of rows and columns");
        }
        let kind = if fragment == Fragment::Double { Type::F64 } else { Type::F32 };
        let (a, b, c) = (self.vector(a, kind)?, self.vector(b, kind)?, self.vector(c, kind)?);
        let to: Vec<Slot> = self.targets(to)?.into_iter().flatten().collect();
        if [a.len(), b.len(), c.len(), to.len()] != registers {
            return unsupported("fragments of this size");
        }
        Ok(Op::Multiply { fragment, depth, to, a, b, c })
    }
}
