//! Operands of instructions to slots and predicates.

use crate::decode::{Binding, Decoded, Decoder, Reference, unsupported};
use crate::form::Form;
use crate::program::{Place, Predicate, Slot, Source, Special};
use crate::syntax::{Constant, Operand, Space, Type};

impl Decoder<'_> {
    /// The slot of an operand that is read as a value of `kind`.
    pub(crate) fn value(&mut self, operand: &Operand, kind: Type) -> Decoded<Slot> {
        match operand {
            Operand::Constant(constant) => Ok(self.constant(constant.bits(kind))),
            Operand::Name(name) => match special(name) {
                Some(found) => Ok(self.special(found)),
                None if name == "WARP_SZ" => Ok(self.constant(32)),
                None => self.named(name, 0),
            },
            Operand::Address(Some(name), offset) => self.named(name, *offset),
            other => unsupported(format!("the operand {other:?}")),
        }
    }

    fn named(&mut self, name: &str, offset: i64) -> Decoded<Slot> {
        match self.lookup(name)? {
            Binding::Register(slot, _) => {
                self.reads.push(Reference::Slot(slot));
                Ok(slot)
            }
            Binding::Variable(_, address) => Ok(self.constant(address.wrapping_add_signed(offset))),
            _ => unsupported(format!("`{name}` as a value")),
        }
    }

    /// The values of the operands, all of one kind.
    pub(crate) fn values<const N: usize>(&mut self, operands: &[Operand], kind: Type) -> Decoded<[Slot; N]> {
        if operands.len() != N {
            return unsupported(format!("{} operands instead of {N}", operands.len()));
        }
        let mut slots = [0; N];
        for (slot, operand) in slots.iter_mut().zip(operands) {
            *slot = self.value(operand, kind)?;
        }
        Ok(slots)
    }

    /// The slots of `{a, b}`, or of one operand.
    pub(crate) fn vector(&mut self, operand: &Operand, kind: Type) -> Decoded<Vec<Slot>> {
        match operand {
            Operand::Vector(parts) => parts.iter().map(|part| self.value(part, kind)).collect(),
            single => Ok(vec![self.value(single, kind)?]),
        }
    }

    /// The register that an operand names as a destination.
    pub(crate) fn target(&mut self, operand: &Operand) -> Decoded<Slot> {
        match self.target_or_sink(operand)? {
            Some(slot) => Ok(slot),
            None => unsupported("`_` as this destination"),
        }
    }

    pub(crate) fn target_or_sink(&mut self, operand: &Operand) -> Decoded<Option<Slot>> {
        match operand {
            Operand::Sink => Ok(None),
            Operand::Name(name) => match self.lookup(name)? {
                Binding::Register(slot, _) => {
                    self.writes.push(Reference::Slot(slot));
                    Ok(Some(slot))
                }
                _ => unsupported(format!("`{name}` as a destination")),
            },
            other => unsupported(format!("{other:?} as a destination")),
        }
    }

    pub(crate) fn targets(&mut self, operand: &Operand) -> Decoded<Vec<Option<Slot>>> {
        match operand {
            Operand::Vector(parts) => parts.iter().map(|part| self.target_or_sink(part)).collect(),
            single => Ok(vec![self.target_or_sink(single)?]),
        }
    }

    /// The bytes of the register of a destination.
    pub(crate) fn width(&self, operand: &Operand) -> u32 {
        let first = match operand {
            Operand::Vector(parts) => parts.first(),
            single => Some(single),
        };
        match first {
            Some(Operand::Name(name)) => match self.lookup(name) {
                Ok(Binding::Register(_, kind)) => kind.bytes(),
                _ => 8,
            },
            _ => 8,
        }
    }

    pub(crate) fn is_predicate(&self, operand: &Operand) -> bool {
        matches!(operand, Operand::Name(name) if matches!(self.lookup(name), Ok(Binding::Predicate(_))))
    }

    pub(crate) fn target_predicate(&mut self, operand: &Operand) -> Decoded<Option<Predicate>> {
        match operand {
            Operand::Sink => Ok(None),
            Operand::Name(name) => match self.lookup(name)? {
                Binding::Predicate(predicate) => {
                    self.writes.push(Reference::Predicate(predicate));
                    Ok(Some(predicate))
                }
                _ => unsupported(format!("`{name}` is not a predicate")),
            },
            other => unsupported(format!("{other:?} as a predicate")),
        }
    }

    /// A predicate that is read; `!p`, or `true` and `false` as one and zero.
    pub(crate) fn predicate(&mut self, operand: &Operand) -> Decoded<Source> {
        let (name, negated) = match operand {
            Operand::Name(name) => (name, false),
            Operand::Not(inner) => match &**inner {
                Operand::Name(name) => (name, true),
                other => return unsupported(format!("{other:?} as a predicate")),
            },
            other => return unsupported(format!("{other:?} as a predicate")),
        };
        match self.lookup(name)? {
            Binding::Predicate(predicate) => {
                self.reads.push(Reference::Predicate(predicate));
                Ok(Source { predicate, negated })
            }
            _ => unsupported(format!("`{name}` is not a predicate")),
        }
    }

    /// Where `[base + offset]` of an access with elements of `bytes` lies.
    pub(crate) fn place(&mut self, form: &Form, operand: &Operand, bytes: u32) -> Decoded<Place> {
        let mut space = space(form);
        let Operand::Address(base, offset) = operand else { return unsupported(format!("{operand:?} as an address")) };
        let mut offset = *offset;
        let address = match base {
            None => self.constant(0),
            Some(name) => match self.lookup(name)? {
                Binding::Register(slot, _) => {
                    self.reads.push(Reference::Slot(slot));
                    slot
                }
                Binding::Variable(of, address) => {
                    // A parameter of a function is local memory here.
                    space = of;
                    offset = offset.wrapping_add_unsigned(address);
                    self.constant(0)
                }
                _ => return unsupported(format!("`{name}` as an address")),
            },
        };
        let ordering = ["volatile", "relaxed", "acquire", "release", "acq_rel", "mmio"];
        let is_ordered = ordering.iter().any(|word| form.has(word));
        Ok(Place { space, address, offset, bytes, is_ordered })
    }
}

/// The state space that the modifiers name; generic for none.
pub(crate) fn space(form: &Form) -> Space {
    let named = form.words[1..].iter().find_map(|word| {
        Some(match word.split("::").next()? {
            "global" => Space::Global,
            "shared" => Space::Shared,
            "local" => Space::Local,
            "param" => Space::Param,
            // Constants lie in global memory here.
            "const" => Space::Global,
            _ => return None,
        })
    });
    named.unwrap_or(Space::Generic)
}

/// The special registers whose value is fixed while a block runs.
fn special(name: &str) -> Option<Special> {
    let axis = |suffix: &str| match suffix {
        "x" => Some(0),
        "y" => Some(1),
        "z" => Some(2),
        _ => None,
    };
    if let Some((stem, suffix)) = name.rsplit_once('.') {
        let axis = axis(suffix)?;
        return Some(match stem {
            "%tid" => Special::Thread(axis),
            "%ntid" => Special::BlockSize(axis),
            "%ctaid" => Special::Block(axis),
            "%nctaid" => Special::GridSize(axis),
            _ => return None,
        });
    }
    Some(match name {
        "%laneid" => Special::Lane,
        "%warpid" => Special::Warp,
        "%nwarpid" => Special::Warps,
        "%lanemask_lt" => Special::Below,
        "%lanemask_le" => Special::UpTo,
        "%lanemask_gt" => Special::Above,
        "%lanemask_ge" => Special::From,
        "%lanemask_eq" => Special::Equal,
        "%dynamic_smem_size" => Special::DynamicShared,
        "%total_smem_size" => Special::TotalShared,
        _ => return None,
    })
}

/// Whether the operand is a clock.
pub(crate) fn is_clock(operand: &Operand) -> bool {
    let clocks = ["%clock", "%clock64", "%globaltimer", "%globaltimer_lo"];
    matches!(operand, Operand::Name(name) if clocks.contains(&name.as_str()))
}

/// The integer that an operand must be.
pub(crate) fn immediate(operand: &Operand) -> Decoded<u64> {
    match operand {
        Operand::Constant(Constant::Integer(value)) => Ok(*value as u64),
        other => unsupported(format!("{other:?} where a constant is needed")),
    }
}
