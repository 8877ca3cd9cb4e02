//! Text from tokens that come one at a time.

use super::Tokenizer;
use crate::Result;

/// Gives the text of tokens as soon as it is certain: bytes of an unfinished character wait for the next token.
///
/// ```
/// use beltrami::tokens::{Bytes, Decoder, Tokenizer};
///
/// let mut decoder = Decoder::default();
/// let parts: Vec<String> =
///     Bytes.encode("dé")?.into_iter().map(|id| decoder.push(&Bytes, id)).collect::<beltrami::Result<_>>()?;
/// assert_eq!(parts, ["d", "", "é"]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    previous: Option<u32>,
    /// The bytes of a character that has begun.
    pending: Vec<u8>,
}

impl Decoder {
    /// Takes the next token; the text that is certain now.
    ///
    /// # Errors
    /// [`Error::Index`](crate::Error::Index) if there is no such token.
    pub fn push<T: Tokenizer + ?Sized>(&mut self, tokenizer: &T, id: u32) -> Result<String> {
        tokenizer.append(self.previous, id, &mut self.pending)?;
        self.previous = Some(id);
        let mut text = String::new();
        let mut done = 0;
        while let Err(fault) = std::str::from_utf8(&self.pending[done..]) {
            text += &String::from_utf8_lossy(&self.pending[done..done + fault.valid_up_to()]);
            done += fault.valid_up_to();
            match fault.error_len() {
                Some(bytes) => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    done += bytes;
                }
                // Cut off by the end: the rest may follow.
                None => {
                    self.pending.drain(..done);
                    return Ok(text);
                }
            }
        }
        text += &String::from_utf8_lossy(&self.pending[done..]);
        self.pending.clear();
        Ok(text)
    }

    /// What is left when no more tokens come: U+FFFD for a character that was not finished.
    pub fn finish(&mut self) -> String {
        let rest = String::from_utf8_lossy(&self.pending).into_owned();
        *self = Decoder::default();
        rest
    }
}
