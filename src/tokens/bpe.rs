//! Byte-pair encoding on bytes (Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units", ACL
//! 2016; on bytes: Radford et al., 2019).

mod train;

use super::merge::merge;
use super::pieces::pieces;
use super::tokenizer::{Specials, Tokenizer, unknown};
use crate::{Error, Result};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ops::Range;

/// Tokens learned from a text: the 256 bytes, then merged pairs in the order learned, then the marks of start and end.
///
/// Any text can be encoded, since every byte is a token. Merges stay within words (with the space before them), numbers,
/// punctuation and white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bpe {
    /// Merge i makes token 256 + i.
    merges: Vec<(u32, u32)>,
    ranks: HashMap<(u32, u32), u32>,
    /// The bytes of all tokens, one after another.
    bytes: Vec<u8>,
    /// Where those of each token lie.
    spans: Vec<Range<usize>>,
}

/// Tokens that are single bytes.
const BYTES: u32 = 256;

impl Bpe {
    /// Learns at most `vocabulary` tokens from texts: again and again the most frequent pair of neighbours is merged (of
    /// equally frequent ones that with the smaller ids), until no pair occurs twice. The same texts give the same tokens.
    ///
    /// # Errors
    /// [`Error::Argument`] if `vocabulary` is less than the 258 tokens of bytes and marks.
    pub fn train<'a>(texts: impl IntoIterator<Item = &'a str>, vocabulary: usize) -> Result<Bpe> {
        let Some(merges) = vocabulary.checked_sub(BYTES as usize + 2).filter(|_| vocabulary < 1 << 31) else {
            return Err(Error::Argument {
                op: "Bpe::train",
                what: format!("a vocabulary of {vocabulary}"),
                remedy: "give from 258 (256 bytes and two marks) to 2³¹".into(),
            });
        };
        Ok(Bpe::build(train::learn(texts, merges)))
    }

    /// The tokenizer of merges that are known: each joins two earlier tokens.
    ///
    /// # Errors
    /// [`Error::Argument`] if a merge names a token that is not there yet, or a pair is merged twice.
    pub fn from_merges(merges: Vec<(u32, u32)>) -> Result<Bpe> {
        let mut seen = std::collections::HashSet::new();
        let fault = (BYTES..).zip(&merges).find(|&(id, pair)| pair.0.max(pair.1) >= id || !seen.insert(*pair));
        match fault {
            None => Ok(Bpe::build(merges)),
            Some((id, (a, b))) => Err(Error::Argument {
                op: "Bpe::from_merges",
                what: format!("merge {} of tokens {a} and {b}", id - BYTES),
                remedy: "a merge joins two tokens that came before it, and each pair once".into(),
            }),
        }
    }

    fn build(merges: Vec<(u32, u32)>) -> Bpe {
        let mut bytes: Vec<u8> = (0..=255).collect();
        let mut spans: Vec<Range<usize>> = (0..256).map(|b| b..b + 1).collect();
        for &(a, b) in &merges {
            let start = bytes.len();
            for part in [a, b] {
                bytes.extend_from_within(spans[part as usize].clone());
            }
            spans.push(start..bytes.len());
        }
        let ranks = merges.iter().copied().zip(0..).collect();
        Bpe { merges, ranks, bytes, spans }
    }

    pub(super) fn from_json(json: &Value) -> Option<Result<Bpe>> {
        let id = |v: &Value| v.as_u64().and_then(|id| u32::try_from(id).ok());
        let pair = |v: &Value| match v.as_array()?.as_slice() {
            [a, b] => Some((id(a)?, id(b)?)),
            _ => None,
        };
        let merges: Option<Vec<_>> = json.get("merges")?.as_array()?.iter().map(pair).collect();
        merges.map(Bpe::from_merges)
    }
}

impl Tokenizer for Bpe {
    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let pair = |a, b| self.ranks.get(&(a, b)).map(|&rank| (rank, BYTES + rank));
        let mut out: Vec<u32> = Vec::with_capacity(text.len() / 2);
        // Words come again: their tokens are copied from where they came first.
        let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
        for piece in pieces(text) {
            if let Some(place) = seen.get(piece) {
                out.extend_from_within(place.clone());
                continue;
            }
            let start = out.len();
            out.extend(merge(piece.bytes().map(u32::from).collect(), pair));
            seen.insert(piece, start..out.len());
        }
        Ok(out)
    }

    fn append(&self, _: Option<u32>, id: u32, out: &mut Vec<u8>) -> Result<()> {
        match self.spans.get(id as usize) {
            Some(span) => out.extend_from_slice(&self.bytes[span.clone()]),
            None if self.specials().contains(id) => {}
            None => return Err(unknown(id, self.vocabulary())),
        }
        Ok(())
    }

    fn vocabulary(&self) -> usize {
        self.spans.len() + 2
    }

    fn specials(&self) -> Specials {
        Specials::after(self.spans.len())
    }

    fn to_json(&self) -> Value {
        json!({ "tokenizer": "bpe", "merges": self.merges })
    }
}
