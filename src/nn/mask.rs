//! Which keys a query sees.

use crate::{DType, Result, Tensor};

/// What each query may attend to; all that is said must hold. Masks are u8, 1 where a key is hidden.
///
/// ```
/// use beltrami::{Tensor, nn::Mask};
/// // Two documents packed into one sequence: no token sees another document, or what comes later.
/// let documents = Tensor::from_slice(&[0i64, 0, 0, 1, 1], [1, 5])?;
/// let mask = Mask::causal().documents(&documents);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Mask {
    causal: bool,
    documents: Option<[Tensor; 2]>,
    lengths: Option<Tensor>,
    blocked: Option<Tensor>,
}

impl Mask {
    /// Everything.
    pub fn none() -> Mask {
        Mask::default()
    }

    /// Itself and what came before. Where there are more keys than queries, the queries belong to the last keys.
    pub fn causal() -> Mask {
        Mask { causal: true, ..Mask::default() }
    }

    /// Tokens of the same document: ids `[B, N]`, u32 or i64.
    pub fn documents(self, ids: &Tensor) -> Mask {
        self.documents_of(ids, ids)
    }

    /// Tokens of the same document, where queries and keys differ: ids `[B, N]` and `[B, M]`.
    pub fn documents_of(self, queries: &Tensor, keys: &Tensor) -> Mask {
        Mask { documents: Some([queries.clone(), keys.clone()]), ..self }
    }

    /// The first keys of each sequence, as many as this says, `[B]` of u32 or i64; the others are padding.
    pub fn lengths(self, lengths: &Tensor) -> Mask {
        Mask { lengths: Some(lengths.clone()), ..self }
    }

    /// Keys that are not blocked: any mask that broadcasts to `[B, heads, N, M]`.
    pub fn blocked(self, blocked: &Tensor) -> Mask {
        Mask { blocked: Some(blocked.clone()), ..self }
    }

    /// Scores `[B, heads, N, M]` with −∞ where a key is hidden.
    pub(super) fn hide(&self, scores: &Tensor) -> Result<Tensor> {
        let (rank, device) = (scores.rank(), scores.device());
        let (queries, keys) = (scores.dims()[rank - 2], scores.dims()[rank - 1]);
        let hide = |scores: Tensor, mask: &Tensor| scores.masked_fill(mask, f64::NEG_INFINITY);
        let mut scores = scores.clone();
        if self.causal {
            // Tril of all later keys: key j is hidden from query i if j > i + M − N.
            let later = 1 + keys as isize - queries as isize;
            let ones = Tensor::ones([queries, keys], DType::F32, device)?.triu(later)?;
            scores = hide(scores, &ones.to_dtype(DType::U8)?)?;
        }
        if let Some([q, k]) = &self.documents {
            scores = hide(scores, &q.unsqueeze(-1)?.unsqueeze(1)?.ne(&k.unsqueeze(1)?.unsqueeze(1)?)?)?;
        }
        if let Some(lengths) = &self.lengths {
            let places = Tensor::arange(keys, lengths.dtype(), device)?;
            scores = hide(scores, &places.ge(&lengths.reshape([lengths.numel(), 1, 1, 1])?)?)?;
        }
        if let Some(blocked) = &self.blocked {
            scores = hide(scores, blocked)?;
        }
        Ok(scores)
    }
}
