//! Every character of a text a token.

use super::tokenizer::{Specials, Tokenizer, unknown};
use crate::{Error, Result};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The characters that occur in a text, in order of their code points, and the marks of start and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Ascending.
    known: Vec<char>,
}

impl Characters {
    /// The characters of these texts.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Characters {
        let known: BTreeSet<char> = texts.into_iter().flat_map(str::chars).collect();
        Characters { known: known.into_iter().collect() }
    }

    pub(super) fn from_json(json: &Value) -> Option<Characters> {
        Some(Characters::of([json.get("characters")?.as_str()?]))
    }
}

impl Tokenizer for Characters {
    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let id = |(at, c): (usize, char)| match self.known.binary_search(&c) {
            Ok(id) => Ok(id as u32),
            Err(_) => Err(Error::Argument {
                op: "encode",
                what: format!("{c:?} at byte {at} is none of the {} characters of this tokenizer", self.known.len()),
                remedy: "take characters from a text that has it, or use bytes or BPE".into(),
            }),
        };
        text.char_indices().map(id).collect()
    }

    fn append(&self, _: Option<u32>, id: u32, out: &mut Vec<u8>) -> Result<()> {
        match self.known.get(id as usize) {
            Some(c) => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            None if self.specials().contains(id) => {}
            None => return Err(unknown(id, self.vocabulary())),
        }
        Ok(())
    }

    fn vocabulary(&self) -> usize {
        self.known.len() + 2
    }

    fn specials(&self) -> Specials {
        Specials::after(self.known.len())
    }

    fn to_json(&self) -> Value {
        json!({ "tokenizer": "characters", "characters": self.known.iter().collect::<String>() })
    }
}
