//! What every tokenizer does.

use super::Decoder;
use crate::{Error, Result};

/// Turns text to token ids and back: `decode(encode(text)) == text`.
pub trait Tokenizer: Send + Sync {
    /// The tokens of a text. Special tokens are never made from text, however it reads.
    ///
    /// # Errors
    /// [`Error::Argument`] if the text holds a character that the tokenizer has no token for.
    fn encode(&self, text: &str) -> Result<Vec<u32>>;

    /// Appends the bytes that `id` stands for after `previous` (`None` at the start of a text). A token may be part of a
    /// character: [`Decoder`] puts the parts together. Special tokens have no bytes.
    ///
    /// # Errors
    /// [`Error::Index`] if there is no such token.
    fn append(&self, previous: Option<u32>, id: u32, out: &mut Vec<u8>) -> Result<()>;

    /// How many tokens there are; ids are less than this.
    fn vocabulary(&self) -> usize;

    /// The tokens that stand for no text.
    fn specials(&self) -> Specials;

    /// All that [`parse_tokenizer`](super::parse_tokenizer) needs to make the same tokenizer.
    fn to_json(&self) -> serde_json::Value;

    /// The text of some tokens. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// [`Error::Index`] if an id is not a token.
    fn decode(&self, ids: &[u32]) -> Result<String> {
        let mut decoder = Decoder::default();
        let mut text = String::new();
        for &id in ids {
            text += &decoder.push(self, id)?;
        }
        Ok(text + &decoder.finish())
    }

    /// The tokens of a whole document: between the marks of its start and its end, where the tokenizer has them.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    fn document(&self, text: &str) -> Result<Vec<u32>> {
        let Specials { start, end } = self.specials();
        Ok(start.into_iter().chain(self.encode(text)?).chain(end).collect())
    }
}

/// Tokens that stand for no text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Specials {
    /// Comes before the first token of a document, so that a model has something to predict it from.
    pub start: Option<u32>,
    /// Comes after the last: a model that gives it has finished.
    pub end: Option<u32>,
}

impl Specials {
    /// The two tokens after `first` others.
    pub(super) fn after(first: usize) -> Specials {
        Specials { start: Some(first as u32), end: Some(first as u32 + 1) }
    }

    /// Whether `id` is one of them.
    pub fn contains(&self, id: u32) -> bool {
        self.start == Some(id) || self.end == Some(id)
    }
}

/// A token that there is not.
pub(super) fn unknown(id: u32, vocabulary: usize) -> Error {
    Error::Index { op: "decode", index: id.into(), position: 0, size: vocabulary }
}
