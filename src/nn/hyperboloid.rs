//! What most layers end with: points of the hyperboloid −x₀² + |x_s|² = −c, c = −1/κ, from space coordinates or sums.

use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// The space coordinates: all but the first.
pub fn space(x: &Tensor) -> Result<Tensor> {
    x.narrow(-1, 1, x.dims()[x.rank() - 1])
}

/// The point with space coordinates `s` `[…, d]`: (√(|s|² + c), s) `[…, d + 1]`.
pub fn lift(s: &Tensor, kappa: &Curvature) -> Result<Tensor> {
    s.lift(None, &kappa.tensor()?.to_device(s.device())?, None)
}

/// The same direction and unit distance from the origin on the hyperboloid of another curvature: x √(κ/κ′).
pub fn rescale(x: &Tensor, from: &Curvature, to: &Curvature) -> Result<Tensor> {
    let ratio = from.tensor()?.div(&to.tensor()?)?.sqrt()?.to_dtype(x.dtype())?.to_device(x.device())?;
    x.mul(&ratio)
}

/// The point in the direction of a timelike sum of points: √c a/√−⟨a, a⟩.
pub fn centre(a: &Tensor, kappa: &Curvature) -> Result<Tensor> {
    a.lorentz_centre(&kappa.tensor()?.to_device(a.device())?)
}
