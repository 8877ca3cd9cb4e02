//! Vocabularies whose tokens have scores: those of SentencePiece, in the file that llama2.c reads.

use super::merge::merge;
use super::tokenizer::{Specials, Tokenizer, unknown};
use crate::data::text::{fault, read};
use crate::{Error, Result};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;

/// Tokens with scores: neighbours are merged where the two together are a token, the highest score first (llama2.c, `encode`
/// in run.c; SentencePiece's BPE).
///
/// Tokens 0, 1 and 2 stand for unknown, start and end, 3 to 258 for the bytes: a character that is no token becomes its
/// bytes. A space is put before the text and taken away when it is decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    tokens: Vec<(f32, String)>,
    ids: HashMap<String, u32>,
}

const START: u32 = 1;
const END: u32 = 2;
const FIRST_BYTE: u32 = 3;
/// Tokens that are always there: three marks and the bytes.
const FIXED: usize = 259;

impl Scored {
    /// A vocabulary of (score, text); the first 259 are the marks and the bytes, whatever their texts.
    ///
    /// # Errors
    /// [`Error::Argument`] if there are fewer tokens than that, or a score is NaN.
    pub fn new(tokens: Vec<(f32, String)>) -> Result<Scored> {
        let nan = tokens.iter().position(|t| t.0.is_nan());
        if tokens.len() < FIXED || nan.is_some() {
            let what = nan.map_or(format!("{} tokens", tokens.len()), |i| format!("the score of token {i} is NaN"));
            let remedy = format!("give at least {FIXED} tokens (three marks and 256 bytes), with scores");
            return Err(Error::Argument { op: "Scored::new", what, remedy });
        }
        let mut ids = HashMap::new();
        for (id, (_, text)) in (0..).zip(&tokens).skip(FIXED) {
            ids.entry(text.clone()).or_insert(id);
        }
        Ok(Scored { tokens, ids })
    }

    /// Reads a `tok*.bin` file.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read, [`Error::Format`] if it is cut off or not of this format.
    pub fn read(path: impl AsRef<Path>) -> Result<Scored> {
        let path = path.as_ref();
        Scored::parse(path, &read(path)?)
    }

    /// Parses the contents of such a file: the longest length, then (score f32, length i32, bytes) a token, little-endian.
    /// `path` names it in errors.
    ///
    /// # Errors
    /// [`Error::Format`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Scored> {
        const REMEDY: &str = "give a tokenizer file of llama2.c, or copy it again";
        let bad = |what: String| fault(path, None, what, REMEDY);
        let (_, mut rest) = bytes.split_first_chunk::<4>().ok_or_else(|| bad("the file is too short".into()))?;
        let mut tokens = Vec::new();
        while !rest.is_empty() {
            let cut = || bad(format!("the file ends within token {}", tokens.len()));
            let (score, after) = rest.split_first_chunk().ok_or_else(cut)?;
            let (length, after) = after.split_first_chunk().ok_or_else(cut)?;
            let length = usize::try_from(i32::from_le_bytes(*length)).map_err(|_| cut())?;
            let (text, after) = after.split_at_checked(length).ok_or_else(cut)?;
            let text = std::str::from_utf8(text).map_err(|_| bad(format!("token {} is not UTF-8", tokens.len())))?;
            tokens.push((f32::from_le_bytes(*score), text.to_owned()));
            rest = after;
        }
        Scored::new(tokens).map_err(|e| bad(e.to_string()))
    }

    pub(super) fn from_json(json: &Value) -> Option<Result<Scored>> {
        let token = |v: &Value| Some((v.get(0)?.as_f64()? as f32, v.get(1)?.as_str()?.to_owned()));
        let tokens: Option<Vec<_>> = json.get("tokens")?.as_array()?.iter().map(token).collect();
        tokens.map(Scored::new)
    }

    fn text(&self, id: u32) -> &str {
        &self.tokens[id as usize].1
    }
}

impl Tokenizer for Scored {
    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        if text.is_empty() {
            return Ok(vec![]);
        }
        let mut symbols = Vec::with_capacity(text.len() + 1);
        for c in std::iter::once(' ').chain(text.chars()) {
            let c = c.encode_utf8(&mut [0; 4]).to_owned();
            match self.ids.get(&c) {
                Some(&id) => symbols.push(id),
                None => symbols.extend(c.bytes().map(|b| FIRST_BYTE + u32::from(b))),
            }
        }
        Ok(merge(symbols, |a, b| {
            // Bytes are no text: a pair with one merges with nothing.
            if a < FIXED as u32 || b < FIXED as u32 {
                return None;
            }
            let id = *self.ids.get(&[self.text(a), self.text(b)].concat())?;
            Some((Reverse(in_order(self.tokens[id as usize].0)), id))
        }))
    }

    fn append(&self, previous: Option<u32>, id: u32, out: &mut Vec<u8>) -> Result<()> {
        match id {
            0..FIRST_BYTE => {}
            FIRST_BYTE.. if id < FIXED as u32 => out.push((id - FIRST_BYTE) as u8),
            _ if (id as usize) < self.tokens.len() => {
                let text = self.text(id);
                let begins = matches!(previous, None | Some(START));
                out.extend(if begins { text.strip_prefix(' ').unwrap_or(text) } else { text }.bytes());
            }
            _ => return Err(unknown(id, self.vocabulary())),
        }
        Ok(())
    }

    fn vocabulary(&self) -> usize {
        self.tokens.len()
    }

    fn specials(&self) -> Specials {
        Specials { start: Some(START), end: Some(END) }
    }

    fn to_json(&self) -> Value {
        json!({ "tokenizer": "scored", "tokens": self.tokens })
    }
}

/// An integer that is ordered as the number is; both zeros are equal.
fn in_order(x: f32) -> i32 {
    let bits = (x + 0.0).to_bits() as i32;
    if bits < 0 { i32::MIN - bits } else { bits }
}
