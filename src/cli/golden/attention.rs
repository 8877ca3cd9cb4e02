//! Attention layers as published by HyperCore and HELM.

use super::Report;
use super::fixture::Fixture;
use super::layers::judge;
use crate::nn::{LorentzMultiheadAttention, Mask, Rotation};
use crate::{DType, Result};

pub(super) fn multi_head(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [kappa, _]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let (heads, width) = (fixture.size("heads")?, fixture.size("head_dim")?);
    let new = if fixture.has("w.final_linear.weight") {
        LorentzMultiheadAttention::new
    } else {
        LorentzMultiheadAttention::mean_heads
    };
    let layer = new(&scope, heads, width, &kappa)?;
    let layer = if fixture.case().contains("normalize") { layer.normalize() } else { layer };
    let (mask, rotation) = (mask(fixture)?, rotation(fixture)?);
    if fixture.has("in.y") {
        let y = fixture.leaf("y")?;
        let result = layer.cross(&x, &y, &mask)?;
        return judge(fixture, &scope, &[("x", &x), ("y", &y)], &[("y", result)]);
    }
    let mut results = vec![("y", layer.forward(&x, &mask, rotation.as_ref())?)];
    if fixture.has("out.att") {
        results.push(("att", layer.weights(&x, &mask, rotation.as_ref())?));
    }
    judge(fixture, &scope, &[("x", &x)], &results)
}

/// The recorded mask: of all pairs `[N, N]`, of the keys of each sequence `[B, N]`, or of the pairs of each `[B, N, N]`.
pub(super) fn mask(fixture: &Fixture) -> Result<Mask> {
    if !fixture.has("in.mask") {
        return Ok(Mask::none());
    }
    let (mask, sequences) = (fixture.integers("in.mask")?, fixture.dims("in.x")?);
    let of_keys = mask.rank() == 2 && mask.dims() != [sequences[1]; 2];
    let blocked = match mask.rank() {
        2 if of_keys => mask.unsqueeze(1)?.unsqueeze(1)?,
        3 => mask.unsqueeze(1)?,
        _ => mask,
    };
    Ok(Mask::none().blocked(&blocked.to_dtype(DType::U8)?))
}

/// The recorded cosines and sines `[T, pairs, 2]`.
pub(super) fn rotation(fixture: &Fixture) -> Result<Option<Rotation>> {
    if !fixture.has("in.rope") {
        return Ok(None);
    }
    let table = fixture.get("in.rope")?;
    Rotation::new(&table.select(-1, 0)?, &table.select(-1, 1)?).map(Some)
}
