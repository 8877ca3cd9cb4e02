//! The form of an instruction: its opcode with the modifiers.

use crate::syntax::Type;

/// `add.rn.ftz.f32` cut at the dots.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub words: &'a [String],
}

/// Rounding to a representable number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    Nearest,
    Zero,
    Down,
    Up,
}

impl Form<'_> {
    pub fn name(&self) -> &str {
        &self.words[0]
    }

    pub fn has(&self, modifier: &str) -> bool {
        self.words[1..].iter().any(|word| word == modifier)
    }

    /// The types, in the order of the text.
    pub fn types(&self) -> Vec<Type> {
        self.words[1..].iter().filter_map(|word| Type::parse(word)).collect()
    }

    /// The last type.
    pub fn kind(&self) -> Type {
        self.types().last().copied().unwrap_or(Type::B32)
    }

    pub fn rounding(&self) -> Rounding {
        if self.has("rz") {
            Rounding::Zero
        } else if self.has("rm") {
            Rounding::Down
        } else if self.has("rp") {
            Rounding::Up
        } else {
            Rounding::Nearest
        }
    }
}
