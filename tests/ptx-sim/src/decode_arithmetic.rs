//! Decoding of instructions over registers.

use crate::decode::{Decoded, Decoder, unsupported};
use crate::form::Form;
use crate::operands::{is_clock, space};
use crate::program::*;
use crate::rows::{Bits, LANES, Row, Test, Two, row, test};
use crate::syntax::*;
use crate::{convert, float, half, integer};

impl Decoder<'_> {
    /// Decodes every instruction but jumps and calls.
    pub(crate) fn op(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        match form.name() {
            "ld" | "ldu" | "st" | "atom" | "red" | "cp" | "ldmatrix" | "mma" => self.memory(form, operands),
            "shfl" | "vote" | "match" | "redux" | "activemask" | "bar" | "barrier" => self.warp(form, operands),
            "ret" | "exit" => Ok(Op::Exit),
            "trap" => Ok(Op::Trap("the kernel executed `trap`".into())),
            "membar" | "fence" | "prefetch" | "prefetchu" | "discard" | "applypriority" | "nanosleep" | "brkpt"
            | "pmevent" | "griddepcontrol" => Ok(Op::Nothing),
            "mov" => self.mov(form, operands),
            "cvta" => self.cvta(form, operands),
            "cvt" => self.cvt(form, operands),
            "setp" => self.setp(form, operands),
            "set" => self.set(form, operands),
            "selp" => self.selp(form, operands),
            "testp" => self.testp(form, operands),
            "addc" | "subc" | "madc" => self.carry(form, operands),
            "add" | "sub" | "mad" if form.has("cc") => self.carry(form, operands),
            "and" | "or" | "xor" | "not" if form.kind() == Type::Pred => self.logic(form, operands),
            "isspacep" => self.isspacep(form, operands),
            _ => self.row(form, operands),
        }
    }

    /// An instruction that is a function over rows.
    fn row(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let kind = form.kind();
        let Some((to, from)) = operands.split_first() else { return unsupported("an instruction without operands") };
        // Shifts and fields count in 32 bits whatever the type; constants read the same either way.
        let op = match from.len() {
            1 => {
                let known = float::one(form).or_else(|| half::one(form)).or_else(|| integer::one(form));
                known.map(|f| Ok(Op::One(f, self.target(to)?, self.value(&from[0], kind)?)))
            }
            2 => {
                let known = float::two(form).or_else(|| half::two(form)).or_else(|| integer::two(form));
                known.map(|f| Ok(Op::Two(f, self.target(to)?, self.values(from, kind)?)))
            }
            3 => {
                let known = float::three(form).or_else(|| half::three(form)).or_else(|| integer::three(form));
                // The sum of a widening product is wide.
                let last = if form.has("wide") { Type::B64 } else { kind };
                known.map(|f| {
                    let [a, b] = self.values(&from[..2], kind)?;
                    Ok(Op::Three(f, self.target(to)?, [a, b, self.value(&from[2], last)?]))
                })
            }
            4 => integer::four(form).map(|f| Ok(Op::Four(f, self.target(to)?, self.values(from, kind)?))),
            _ => None,
        };
        op.unwrap_or_else(|| unsupported(format!("the instruction `{}`", form.words.join("."))))
    }

    fn mov(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let kind = form.kind();
        match operands {
            [to, from] if is_clock(from) => Ok(Op::Clock { to: self.target(to)? }),
            [to, from] if kind == Type::Pred => match from {
                Operand::Constant(_) => {
                    let from = self.value(from, Type::B32)?;
                    self.truth(to, from)
                }
                from => {
                    let from = self.predicate(from)?;
                    self.combine(Logic::And, to, [from, from])
                }
            },
            [to, Operand::Vector(parts)] => {
                let bits = 8 * kind.bytes() / parts.len() as u32;
                let parts = parts.iter().map(|part| self.value(part, kind)).collect::<Decoded<_>>()?;
                Ok(Op::Pack { to: self.target(to)?, parts, bits })
            }
            [Operand::Vector(parts), from] => {
                let bits = 8 * kind.bytes() / parts.len() as u32;
                let from = self.value(from, kind)?;
                let to = parts.iter().map(|part| self.target_or_sink(part)).collect::<Decoded<_>>()?;
                Ok(Op::Unpack { to, from, bits })
            }
            _ => self.row(form, operands),
        }
    }

    fn truth(&mut self, to: &Operand, from: Slot) -> Decoded<Op> {
        match self.target_predicate(to)? {
            Some(to) => Ok(Op::Truth { to, from }),
            None => Ok(Op::Nothing),
        }
    }

    fn combine(&mut self, logic: Logic, to: &Operand, from: [Source; 2]) -> Decoded<Op> {
        match self.target_predicate(to)? {
            Some(to) => Ok(Op::Logic { logic, to, from }),
            None => Ok(Op::Nothing),
        }
    }

    fn logic(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let logic = match form.name() {
            "or" => Logic::Or,
            "xor" => Logic::Xor,
            _ => Logic::And,
        };
        match operands {
            [to, a, b] => {
                let from = [self.predicate(a)?, self.predicate(b)?];
                self.combine(logic, to, from)
            }
            [to, a] => {
                let Source { predicate, negated } = self.predicate(a)?;
                let from = Source { predicate, negated: !negated };
                self.combine(Logic::And, to, [from, from])
            }
            _ => unsupported("these operands"),
        }
    }

    /// `cvta.space` adds the window of a space to an offset, `cvta.to.space` takes it away.
    fn cvta(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let [to, from] = operands else { return unsupported("these operands") };
        let window = match space(form) {
            Space::Shared => SHARED_WINDOW,
            Space::Local => LOCAL_WINDOW,
            _ => 0,
        };
        let window = self.constant(if form.has("to") { window.wrapping_neg() } else { window });
        let from = [self.value(from, Type::B64)?, window];
        Ok(Op::Two(row!(|a: u64, b: u64| a.wrapping_add(b)), self.target(to)?, from))
    }

    fn isspacep(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let [to, from] = operands else { return unsupported("these operands") };
        let window = match space(form) {
            Space::Shared => SHARED_WINDOW,
            Space::Local => LOCAL_WINDOW,
            _ => 0,
        };
        let from = [self.value(from, Type::B64)?, self.constant(window)];
        let test = test!(|a: u64, b: u64| a >> 60 == b >> 60);
        Ok(Op::Test { test, to: self.target_predicate(to)?, other: None, from, with: None })
    }

    fn cvt(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let known = match operands {
            [to, from] => convert::one(form, self.width(to)).map(|f| {
                let from = self.value(from, form.kind())?;
                Ok(Op::One(f, self.target(to)?, from))
            }),
            [to, from @ ..] => convert::two(form).map(|f| {
                let from = self.values(from, form.kind())?;
                Ok(Op::Two(f, self.target(to)?, from))
            }),
            _ => None,
        };
        known.unwrap_or_else(|| unsupported(format!("the conversion `{}`", form.words.join("."))))
    }

    fn comparison(&mut self, form: &Form, kind: Type) -> Decoded<Test> {
        let how = form.words[1].as_str();
        let known = float::compare(how, form, kind).or_else(|| half::compare(how, kind));
        match known.or_else(|| integer::compare(how, kind)) {
            Some(test) => Ok(test),
            None => unsupported(format!("the comparison `{}`", form.words.join("."))),
        }
    }

    /// `setp.cmp.bool.type p|q, a, b, c`
    fn setp(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let test = self.comparison(form, form.kind())?;
        let (to, from) = match operands {
            [to, from @ ..] if from.len() >= 2 => (to, from),
            _ => return unsupported("these operands"),
        };
        let values = self.values(&from[..2], form.kind())?;
        let with = match from.get(2) {
            None => None,
            Some(source) => {
                let logic = ["and", "or", "xor"].into_iter().zip([Logic::And, Logic::Or, Logic::Xor]);
                let Some((_, logic)) = logic.into_iter().find(|(word, _)| form.has(word)) else {
                    return unsupported("a third operand without an operator");
                };
                Some((logic, self.predicate(source)?))
            }
        };
        let (to, other) = match to {
            Operand::Pair(to, other) => (self.target_predicate(to)?, self.target_predicate(other)?),
            to => (self.target_predicate(to)?, None),
        };
        Ok(Op::Test { test, to, other, from: values, with })
    }

    /// `set.cmp.dtype.stype d, a, b`
    fn set(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let ([to, a, b], [result, kind]) = (operands, &form.types()[..]) else {
            return unsupported("this form of `set`");
        };
        let value = match result {
            Type::F32 => u64::from(1f32.to_bits()),
            Type::F16 => 0x3c00,
            Type::BF16 => 0x3f80,
            _ => 0xffff_ffff,
        };
        let test = self.comparison(form, *kind)?;
        let from = [self.value(a, *kind)?, self.value(b, *kind)?];
        Ok(Op::Set { test, value, to: self.target(to)?, from })
    }

    fn selp(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let [to, a, b, by] = operands else { return unsupported("these operands") };
        let from = [self.value(a, form.kind())?, self.value(b, form.kind())?];
        let by = self.predicate(by)?;
        Ok(Op::Select { to: self.target(to)?, from, by })
    }

    fn testp(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let ([to, from], Some(test)) = (operands, float::class(form)) else {
            return unsupported("this form of `testp`");
        };
        let from = self.value(from, form.kind())?;
        Ok(Op::Test { test, to: self.target_predicate(to)?, other: None, from: [from, from], with: None })
    }

    fn carry(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let kind = match (&form.name()[..3], form.has("hi")) {
            ("add", _) => CarryKind::Add,
            ("sub", _) => CarryKind::Sub,
            (_, false) => CarryKind::MadLow,
            (_, true) => CarryKind::MadHigh,
        };
        let Some((to, from)) = operands.split_first() else { return unsupported("no operands") };
        let number = form.kind();
        let from = match from {
            [a, b] => [self.value(a, number)?, self.value(b, number)?, self.constant(0)],
            from => self.values(from, number)?,
        };
        let wide = number.bytes() == 8;
        let takes = form.name().ends_with('c');
        Ok(Op::Carry { kind, wide, to: self.target(to)?, from, takes, leaves: form.has("cc") })
    }
}
