//! Decoding of instructions between the lanes of a warp and the warps of a block.

use crate::decode::{Decoded, Decoder, unsupported};
use crate::form::Form;
use crate::program::*;
use crate::syntax::{Operand, Type};

impl Decoder<'_> {
    pub(crate) fn warp(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        match (form.name(), operands) {
            ("activemask", [to]) => Ok(Op::ActiveMask { to: self.target(to)? }),
            ("shfl", [to, from, lane, clamp, members]) => {
                let mode = match form.words.get(2).map(String::as_str) {
                    Some("up") => ShuffleMode::Up,
                    Some("down") => ShuffleMode::Down,
                    Some("bfly") => ShuffleMode::Butterfly,
                    Some("idx") => ShuffleMode::Index,
                    _ => return unsupported("this form of `shfl`"),
                };
                let from = self.value(from, Type::B32)?;
                let [lane, clamp] = [self.value(lane, Type::B32)?, self.value(clamp, Type::B32)?];
                let members = self.value(members, Type::B32)?;
                let (to, valid) = match to {
                    Operand::Pair(to, valid) => (self.target(to)?, self.target_predicate(valid)?),
                    to => (self.target(to)?, None),
                };
                Ok(Op::Shuffle { mode, to, valid, from, lane, clamp, members })
            }
            ("vote", [to, from, members]) => {
                let from = self.predicate(from)?;
                let members = self.value(members, Type::B32)?;
                let mode = match form.words.get(2).map(String::as_str) {
                    Some("ballot") => return Ok(Op::Ballot { to: self.target(to)?, from, members }),
                    Some("all") => VoteMode::All,
                    Some("any") => VoteMode::Any,
                    Some("uni") => VoteMode::Uniform,
                    _ => return unsupported("this form of `vote`"),
                };
                match self.target_predicate(to)? {
                    Some(to) => Ok(Op::Vote { mode, to, from, members }),
                    None => Ok(Op::SyncWarp { members }),
                }
            }
            ("match", [to, from, members]) => {
                let from = self.value(from, form.kind())?;
                let members = self.value(members, Type::B32)?;
                match to {
                    to if form.has("any") => Ok(Op::MatchAny { to: self.target(to)?, from, members }),
                    Operand::Pair(to, all) => {
                        Ok(Op::MatchAll { to: self.target(to)?, all: self.target_predicate(all)?, from, members })
                    }
                    to => Ok(Op::MatchAll { to: self.target(to)?, all: None, from, members }),
                }
            }
            ("redux", [to, from, members]) => {
                let signed = form.kind().is_signed();
                let mode = match (form.words.get(2).map(String::as_str), signed) {
                    (Some("add"), _) => ReduceMode::Add,
                    (Some("min"), false) => ReduceMode::MinUnsigned,
                    (Some("max"), false) => ReduceMode::MaxUnsigned,
                    (Some("min"), true) => ReduceMode::MinSigned,
                    (Some("max"), true) => ReduceMode::MaxSigned,
                    (Some("and"), _) => ReduceMode::And,
                    (Some("or"), _) => ReduceMode::Or,
                    (Some("xor"), _) => ReduceMode::Xor,
                    _ => return unsupported("this form of `redux`"),
                };
                let from = self.value(from, Type::B32)?;
                let members = self.value(members, Type::B32)?;
                Ok(Op::Reduce { mode, to: self.target(to)?, from, members })
            }
            ("bar" | "barrier", [members]) if form.has("warp") => {
                Ok(Op::SyncWarp { members: self.value(members, Type::B32)? })
            }
            ("bar" | "barrier", _) if form.has("red") => self.barrier_reduce(form, operands),
            ("bar" | "barrier", [id, count @ ..]) if form.has("sync") || form.has("arrive") => {
                let id = self.value(id, Type::B32)?;
                let count = count.first().map(|count| self.value(count, Type::B32)).transpose()?;
                Ok(Op::Barrier { id, count, arrives: form.has("arrive"), reduce: None })
            }
            _ => unsupported(format!("the instruction `{}`", form.words.join("."))),
        }
    }

    fn barrier_reduce(&mut self, form: &Form, operands: &[Operand]) -> Decoded<Op> {
        let (to, id, count, from) = match operands {
            [to, id, from] => (to, id, None, from),
            [to, id, count, from] => (to, id, Some(count), from),
            _ => return unsupported("these operands"),
        };
        let id = self.value(id, Type::B32)?;
        let count = count.map(|count| self.value(count, Type::B32)).transpose()?;
        let from = self.predicate(from)?;
        let reduce = if form.has("popc") {
            BarrierReduce::Count { to: self.target(to)?, from }
        } else {
            let Some(to) = self.target_predicate(to)? else { return unsupported("`_` as this destination") };
            if form.has("and") { BarrierReduce::All { to, from } } else { BarrierReduce::Any { to, from } }
        };
        Ok(Op::Barrier { id, count, arrives: false, reduce: Some(reduce) })
    }
}
