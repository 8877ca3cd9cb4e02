//! Attention between points of the hyperboloid, as composed operations.

use super::Mask;
use super::hyperboloid::{centre, lift};
use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// Softmax over the keys of (2c + 2⟨q, k⟩)/τ, minus the squared Lorentzian distance over τ (Chen et al., "Fully hyperbolic
/// neural networks", ACL 2022): `[B, H, N, M]` from space coordinates `[B, H, N, d]` and `[B, H, M, d]`.
pub(super) fn weights(q: &Tensor, k: &Tensor, temperature: &Tensor, mask: &Mask, kappa: &Curvature) -> Result<Tensor> {
    let (q, k) = (lift(q, kappa)?, lift(k, kappa)?);
    let width = q.dims()[3];
    let q = Tensor::cat(&[&q.narrow(-1, 0, 1)?.neg()?, &q.narrow(-1, 1, width)?], -1)?;
    // 2c is the same for all keys of a query.
    let scores = q.matmul(&k.transpose(-1, -2)?)?.mul_scalar(2.0)?.div(temperature)?;
    mask.hide(&scores)?.softmax(-1)
}

/// The centroids of values `[B, H, M, e]`, given as space coordinates, with those weights: points `[B, H, N, e + 1]`.
pub(super) fn attend(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    temperature: &Tensor,
    mask: &Mask,
    kappa: &Curvature,
) -> Result<Tensor> {
    centre(&weights(q, k, temperature, mask, kappa)?.matmul(&lift(v, kappa)?)?, kappa)
}
