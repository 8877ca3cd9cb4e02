//! Which keys a query sees.

use super::NAME;
use super::kernels::KEYS;
use crate::tensor::{Shape, Tensor};
use crate::{DType, Error, Result};
use std::ops::Range;

/// The masks of an attention, all of which a key must pass.
pub struct Masks {
    queries: usize,
    keys: usize,
    causal: bool,
    lengths: Option<Vec<usize>>,
    ids: Option<[Vec<i64>; 2]>,
    /// Of shape `[batch, heads, queries, keys]`, by layout if not by numbers.
    blocked: Option<Tensor>,
}

/// The tensors that masks are made of.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Whether a query sees no later key.
    pub causal: bool,
    /// Documents of queries and keys.
    pub documents: Option<[&'a Tensor; 2]>,
    /// How many keys there are.
    pub lengths: Option<&'a Tensor>,
    /// 1 where a key is hidden.
    pub blocked: Option<&'a Tensor>,
}

impl Masks {
    /// For `[batch, heads, queries, keys]` scores.
    pub fn of(sources: Sources<'_>, [batch, heads, queries, keys]: [usize; 4]) -> Result<Masks> {
        let table = |ids: &Tensor, shape: &[usize], remedy| -> Result<Vec<i64>> {
            if ids.dims() != shape {
                let shapes = [ids.shape(), &Shape::from(shape)];
                return Err(Error::shape(NAME, "a mask has another shape than the second", &shapes, remedy));
            }
            integers(ids)
        };
        let lengths = sources.lengths.map(|lengths| {
            let lengths = table(lengths, &[batch], "give one length for each batch entry")?;
            Ok(lengths.into_iter().map(|n| usize::try_from(n).unwrap_or(0).min(keys)).collect())
        });
        let ids = sources.documents.map(|[q, k]| {
            let remedy = "give ids as [batch, queries] and [batch, keys]";
            Ok([table(q, &[batch, queries], remedy)?, table(k, &[batch, keys], remedy)?])
        });
        let blocked = sources.blocked.map(|blocked| {
            if blocked.dtype() != DType::U8 {
                return Err(Error::DType { op: NAME, what: "a mask holds u8", got: blocked.dtype() });
            }
            blocked.detach().broadcast_to([batch, heads, queries, keys])
        });
        let (lengths, ids, blocked) = (lengths.transpose()?, ids.transpose()?, blocked.transpose()?);
        Ok(Masks { queries, keys, causal: sources.causal, lengths, ids, blocked })
    }

    /// Keys from here on are hidden from the query (others may be too). Later queries have no smaller end.
    pub fn end(&self, batch: usize, query: usize) -> usize {
        let length = self.lengths.as_ref().map_or(self.keys, |lengths| lengths[batch]);
        // With fewer queries than keys, the queries are the last ones: the keys before them come from a cache.
        let causal = if self.causal { (query + 1 + self.keys).saturating_sub(self.queries) } else { self.keys };
        length.min(causal)
    }

    /// For each of the queries a word whose bit j tells whether it sees key number j of these, at most [`KEYS`]; whether any
    /// query sees any key.
    pub fn words(
        &self,
        [batch, head]: [usize; 2],
        queries: Range<usize>,
        keys: Range<usize>,
        words: &mut [u64],
    ) -> bool {
        const { assert!(KEYS == u64::BITS as usize) };
        for (word, i) in words.iter_mut().zip(queries.clone()) {
            *word = match self.end(batch, i).min(keys.end).saturating_sub(keys.start) {
                n @ 0..KEYS => (1 << n) - 1,
                _ => !0,
            };
        }
        if let Some([q, k]) = &self.ids {
            let (q, k) = (&q[batch * self.queries..][queries.clone()], &k[batch * self.keys..][keys.clone()]);
            match (range(q), range(k)) {
                (q, k) if q.0 == q.1 && q == k => {}
                (q, k) if q.1 < k.0 || k.1 < q.0 => words.fill(0),
                _ => words.iter_mut().zip(q).for_each(|(word, q)| *word &= bits(k.iter().map(|k| k == q))),
            }
        }
        if let Some(blocked) = &self.blocked {
            let view = blocked.view::<u8>();
            let (data, layout) = (view.data(), view.layout());
            let place =
                |at: [usize; 4]| -> isize { at.iter().zip(layout.strides()).map(|(&i, s)| i as isize * s).sum() };
            for (word, i) in words.iter_mut().zip(queries) {
                let row = layout.offset() as isize + place([batch, head, i, 0]);
                *word &= bits(keys.clone().map(|j| data[(row + place([0, 0, 0, j])) as usize] == 0));
            }
        }
        words.iter().any(|&word| word != 0)
    }

    /// All of it as one tensor `[batch, heads, queries, keys]`, 1 where a key is hidden.
    pub fn tensor(&self, [batch, heads]: [usize; 2]) -> Result<Tensor> {
        let mut hidden = Vec::with_capacity(batch * heads * self.queries * self.keys);
        for at in (0..batch).flat_map(|b| (0..heads).map(move |h| [b, h])) {
            for i in 0..self.queries {
                for first in (0..self.keys).step_by(KEYS) {
                    let (keys, mut word) = (first..self.keys.min(first + KEYS), [0]);
                    self.words(at, i..i + 1, keys.clone(), &mut word);
                    hidden.extend((0..keys.len()).map(|j| u8::from(word[0] >> j & 1 == 0)));
                }
            }
        }
        Tensor::from_slice(&hidden, [batch, heads, self.queries, self.keys])
    }
}

fn integers(ids: &Tensor) -> Result<Vec<i64>> {
    match ids.dtype() {
        DType::U32 => Ok(ids.to_vec::<u32>()?.into_iter().map(i64::from).collect()),
        DType::I64 => ids.to_vec::<i64>(),
        got => Err(Error::DType { op: NAME, what: "ids and lengths are u32 or i64", got }),
    }
}

/// The smallest and the largest.
fn range(ids: &[i64]) -> (i64, i64) {
    ids.iter().fold((i64::MAX, i64::MIN), |(low, high), &id| (low.min(id), high.max(id)))
}

fn bits(seen: impl Iterator<Item = bool>) -> u64 {
    seen.enumerate().fold(0, |word, (j, seen)| word | u64::from(seen) << j)
}
