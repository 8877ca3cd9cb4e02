//! The parser of operands and constants.

use crate::parse::Parser;
use crate::syntax::{Constant, Operand};

impl Parser<'_> {
    pub(crate) fn operand(&mut self) -> Result<Operand, String> {
        let operand = match self.peek() {
            "{" => Operand::Vector(self.operands("{", "}")?),
            "(" => Operand::List(self.operands("(", ")")?),
            "[" => self.address()?,
            "!" => {
                self.next();
                Operand::Not(Box::new(Operand::Name(self.next().to_string())))
            }
            "_" => {
                self.next();
                Operand::Sink
            }
            word if word == "-" || word.starts_with(|c: char| c.is_ascii_digit()) => {
                Operand::Constant(self.constant()?)
            }
            word if word.starts_with(|c: char| c.is_ascii_alphabetic() || "_$%".contains(c)) => {
                self.next();
                Operand::Name(word.to_string())
            }
            word => return self.error(&format!("`{word}` is not an operand")),
        };
        if self.accept("|") {
            return Ok(Operand::Pair(Box::new(operand), Box::new(self.operand()?)));
        }
        // `variable+4` as a value.
        if self.peek() == "+"
            && let Operand::Name(name) = operand
        {
            self.next();
            let offset = self.integer()?;
            return Ok(Operand::Address(Some(name), offset));
        }
        Ok(operand)
    }

    fn operands(&mut self, open: &str, close: &str) -> Result<Vec<Operand>, String> {
        self.expect(open)?;
        let mut found = Vec::new();
        while !self.accept(close) {
            found.push(self.operand()?);
            if self.peek() != close {
                self.expect(",")?;
            }
        }
        Ok(found)
    }

    fn address(&mut self) -> Result<Operand, String> {
        self.expect("[")?;
        let is_number = self.peek() == "-" || self.peek().starts_with(|c: char| c.is_ascii_digit());
        let base = if is_number { None } else { Some(self.next().to_string()) };
        let mut offset = if is_number { self.integer()? } else { 0 };
        while self.peek() != "]" {
            match self.peek() {
                "+" => {
                    self.next();
                    offset += self.integer()?;
                }
                "-" => offset += self.integer()?,
                word => return self.error(&format!("`{word}` is not understood in an address")),
            }
        }
        self.expect("]")?;
        Ok(Operand::Address(base, offset))
    }

    pub(crate) fn integer(&mut self) -> Result<i64, String> {
        match self.constant()? {
            Constant::Integer(value) => Ok(value as i64),
            _ => self.error("an integer expected"),
        }
    }

    pub(crate) fn constant(&mut self) -> Result<Constant, String> {
        let negative = self.accept("-");
        let word = self.peek();
        let Some(value) = constant(word) else { return self.error(&format!("`{word}` is not a constant")) };
        self.next();
        Ok(match value {
            Constant::Integer(value) if negative => Constant::Integer(-value),
            Constant::Single(bits) if negative => Constant::Single(bits ^ (1 << 31)),
            Constant::Double(bits) if negative => Constant::Double(bits ^ (1 << 63)),
            value => value,
        })
    }
}

fn constant(word: &str) -> Option<Constant> {
    let lower = word.to_ascii_lowercase();
    if let Some(bits) = lower.strip_prefix("0f") {
        return u32::from_str_radix(bits, 16).ok().map(Constant::Single);
    }
    if let Some(bits) = lower.strip_prefix("0d") {
        return u64::from_str_radix(bits, 16).ok().map(Constant::Double);
    }
    let digits = lower.strip_suffix('u').unwrap_or(&lower);
    let integer = match digits.get(..2) {
        Some("0x") => i128::from_str_radix(&digits[2..], 16).ok(),
        Some("0b") => i128::from_str_radix(&digits[2..], 2).ok(),
        _ => digits.parse().ok(),
    };
    integer.map(Constant::Integer).or_else(|| digits.parse::<f64>().ok().map(|value| Constant::Double(value.to_bits())))
}
