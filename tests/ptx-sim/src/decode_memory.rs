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
                Ok(Op::Load { place, to: self.to_vector(to)?, signed })
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
                let to = self.to_vector(to)?.into_iter().flatten().collect();
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
        let to = to.map(|to| self.to_or_sink(to)).transpose()?.flatten();
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
        let shapes = [("m16n8k16", 16), ("m16n8k8", 8), ("m16n8k4", 4), ("m8n8k4", 4)];
        let depth = shapes.iter().find(|(shape, _)| form.has(shape)).map(|(_, depth)| *depth);
        let fits = match (fragment, depth) {
            (Fragment::Half | Fragment::Brain, Some(8 | 16)) => true,
            (Fragment::Tf32, Some(4 | 8)) => true,
            (Fragment::Double, Some(4)) => form.has("m8n8k4"),
            _ => false,
        };
        let (Some(depth), true) = (depth, fits && form.has("row") && form.has("col")) else {
            return unsupported(format!("the product `{}`", form.words.join(".")));
        };
        let kind = if fragment == Fragment::Double { Type::F64 } else { Type::F32 };
        let (a, b, c) = (self.vector(a, kind)?, self.vector(b, kind)?, self.vector(c, kind)?);
        let to: Vec<Slot> = self.to_vector(to)?.into_iter().flatten().collect();
        let expected = match (fragment, depth) {
            (Fragment::Double, _) => [1, 1, 2, 2],
            (Fragment::Tf32, 4) | (_, 8) if !(fragment == Fragment::Tf32 && depth == 8) => [2, 1, 4, 4],
            _ => [4, 2, 4, 4],
        };
        if [a.len(), b.len(), c.len(), to.len()] != expected {
            return unsupported("fragments of this size");
        }
        Ok(Op::Multiply { fragment, depth, to, a, b, c })
    }
}
