//! What a model learns from, and what it is measured on.

use super::TokenStore;
use crate::{Error, Result, Rng};
use std::ops::Range;

/// Fewer documents than this are cut within, each at its end: whole ones would make a held-out part of arbitrary size.
const FEW: usize = 20;

impl TokenStore {
    /// Ranges of tokens to learn from, and ranges to measure on: about the share `held_out` of all tokens.
    ///
    /// Whole documents are held out, drawn by `rng`; of fewer than 20 documents the last part of each.
    ///
    /// # Errors
    /// [`Error::Argument`] if the share is not between 0 and 1, or one of the two sides gets no document or token.
    pub fn split(&self, held_out: f64, rng: Rng) -> Result<[Vec<Range<usize>>; 2]> {
        let n = self.documents();
        let mut sides = [vec![], vec![]];
        if n < FEW {
            for document in (0..n).map(|i| self.document(i)) {
                let cut = document.end - (document.len() as f64 * held_out).round() as usize;
                sides[0].push(document.start..cut);
                sides[1].push(cut..document.end);
            }
        } else {
            let wanted = self.len() as f64 * held_out;
            let mut held = vec![false; n];
            let mut tokens = 0;
            for i in rng.permutation(n) {
                let size = self.document(i as usize).len();
                // The number of tokens nearest to what is wanted.
                if tokens as f64 + size as f64 / 2.0 > wanted {
                    break;
                }
                held[i as usize] = true;
                tokens += size;
            }
            (0..n).for_each(|i| sides[usize::from(held[i])].push(self.document(i)));
        }
        sides.iter_mut().for_each(|side| side.retain(|range| !range.is_empty()));
        if !(held_out > 0.0 && held_out < 1.0) || sides.iter().any(Vec::is_empty) {
            let what = format!("a held-out part of {held_out} of {n} documents with {} tokens", self.len());
            let remedy = "give a share between 0 and 1 that leaves tokens on both sides, or more text";
            return Err(Error::Argument { op: "split", what, remedy: remedy.into() });
        }
        Ok(sides)
    }
}
