//! The hyperboloid that the fused row operations work on: −x₀² + |x_s|² = −c with c = −1/κ, time first.

use crate::autograd::Vjp;
use crate::tensor::{Shape, Tensor};
use crate::{DType, Error, Result};

/// The hyperboloid of rows, and that of the result: the same direction and the same distance from the origin, measured
/// in radii, on the hyperboloid of another curvature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    /// −1/κ.
    pub c: f64,
    /// ρ = √(κ/κ′), which the coordinates of the result are multiplied with.
    pub scale: f64,
    /// −1/κ′, if the curvature changes.
    to: Option<f64>,
}

impl Sheet {
    /// From κ and, if the curvature changes, κ′.
    pub fn of(op: &'static str, kappas: &[&Tensor]) -> Result<Sheet> {
        let radius_sq = |kappa: &Tensor| -> Result<f64> {
            if kappa.dtype() != DType::F64 {
                return Err(Error::DType { op, what: "the curvature is f64", got: kappa.dtype() });
            }
            match kappa.to_f64_vec()[..] {
                [kappa] if kappa < 0.0 && kappa.is_finite() => Ok(-1.0 / kappa),
                ref other => Err(Error::Argument {
                    op,
                    what: format!("curvature {other:?}"),
                    remedy: "the hyperboloid has one curvature κ < 0".into(),
                }),
            }
        };
        let c = kappas.first().map_or(Ok(1.0), |kappa| radius_sq(kappa))?;
        let to = kappas.get(1).map(|kappa| radius_sq(kappa)).transpose()?;
        Ok(Sheet { c, scale: to.map_or(1.0, |to| (to / c).sqrt()), to })
    }

    /// Whether the curvature changes.
    pub fn changes(&self) -> bool {
        self.to.is_some()
    }

    /// The gradients of κ and κ′, inputs `first ..`, from that of c where it does not come by way of ρ, and Σ g · y over
    /// all coordinates of the result y: dc/dκ = c², ∂y/∂κ = y/2κ and ∂y/∂κ′ = −y/2κ′ by way of ρ.
    pub fn gradients(&self, cx: &Vjp<'_>, first: usize, by_c: f64, along: f64) -> Result<Vec<Option<Tensor>>> {
        let device = cx.grad()?.device().clone();
        let by_kappa = self.c * self.c * by_c - if self.changes() { 0.5 * self.c * along } else { 0.0 };
        let values = [Some(by_kappa), self.to.map(|to| 0.5 * to * along)];
        (first..cx.len())
            .zip(values.into_iter().flatten())
            .map(|(i, value)| match cx.needs(i) {
                true => Tensor::full(cx.shape(i), value, DType::F64, &device).map(Some),
                false => Ok(None),
            })
            .collect()
    }
}

/// The size of the last axis, at least `least`.
pub(super) fn width(op: &'static str, shape: &Shape, least: usize) -> Result<usize> {
    let remedy = "give rows […, d + 1], time first";
    shape
        .last()
        .copied()
        .filter(|&n| n >= least)
        .ok_or_else(|| Error::shape(op, "these are no points", &[shape], remedy))
}

/// c of κ in the type of `like`, made of tensor operations.
pub(super) fn radius_sq(kappa: &Tensor, like: &Tensor) -> Result<Tensor> {
    kappa.recip()?.neg()?.to_dtype(like.dtype())
}

/// √(κ/κ′) in the type of `like`.
pub(super) fn ratio(from: &Tensor, to: &Tensor, like: &Tensor) -> Result<Tensor> {
    from.div(to)?.sqrt()?.to_dtype(like.dtype())
}

/// ρ (√(|h|² + c), h) made of tensor operations; `kappas` are κ and, if the curvature changes, κ′.
pub(super) fn lift_by_parts(h: &Tensor, kappas: &[Tensor]) -> Result<Tensor> {
    let time = h.square()?.sum(&[-1], true)?.add(&radius_sq(&kappas[0], h)?)?.sqrt()?;
    rescale_by_parts(&Tensor::cat(&[&time, h], -1)?, kappas)
}

/// ρ x.
pub(super) fn rescale_by_parts(x: &Tensor, kappas: &[Tensor]) -> Result<Tensor> {
    match kappas {
        [from, to] => x.mul(&ratio(from, to, x)?),
        _ => Ok(x.clone()),
    }
}

/// For cases: their numbers may be f32, curvatures never are.
pub(super) fn wide(kappa: &Tensor) -> Result<Tensor> {
    kappa.to_dtype(DType::F64)
}
