//! Every byte a token.

use super::tokenizer::{Specials, Tokenizer, unknown};
use crate::Result;
use serde_json::{Value, json};

/// The 256 bytes of UTF-8, and the marks of start and end: any text in any language, nothing to learn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes;

impl Tokenizer for Bytes {
    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        Ok(text.bytes().map(u32::from).collect())
    }

    fn append(&self, _: Option<u32>, id: u32, out: &mut Vec<u8>) -> Result<()> {
        match u8::try_from(id) {
            Ok(byte) => out.push(byte),
            Err(_) if self.specials().contains(id) => {}
            Err(_) => return Err(unknown(id, self.vocabulary())),
        }
        Ok(())
    }

    fn vocabulary(&self) -> usize {
        258
    }

    fn specials(&self) -> Specials {
        Specials::after(256)
    }

    fn to_json(&self) -> Value {
        json!({ "tokenizer": "bytes" })
    }
}
