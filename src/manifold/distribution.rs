//! The wrapped normal distribution.

use super::{Factor, Manifold};
use crate::geometry::Model;
use crate::tensor::Shape;
use crate::{DType, Error, Result, Rng, Tensor};
use std::f64::consts::TAU;
use std::sync::Arc;

/// A normal distribution at the origin's tangent space, transported to the mean and wrapped around the manifold (Nagano,
/// Yamaguchi, Fujita & Koyama, ICML 2019). Samples and densities are differentiable in mean, standard deviations and
/// curvature.
///
/// The standard deviations are lengths: `std` along an axis of the tangent space gives tangents of that length.
///
/// On a sphere [`WrappedNormal::log_prob`] takes the shortest geodesic only; tangents longer than half a great circle,
/// which wrap around, are as good as absent where the deviations are small against it.
///
/// ```
/// use beltrami::{Rng, Tensor, manifold::{Lorentz, Manifold, WrappedNormal}};
/// use std::sync::Arc;
/// let space = Arc::new(Lorentz::new(-1.0)?);
/// let mean = space.exp_map0(&Tensor::from_slice(&[0.0, 1.0, 0.0], 3)?)?;
/// let normal = WrappedNormal::new(space, mean, Tensor::from_slice(&[0.1, 0.3], 2)?)?;
/// let x = normal.sample(100, Rng::new(0))?;
/// assert_eq!(x.dims(), [100, 3]);
/// assert_eq!(normal.log_prob(&x)?.dims(), [100]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct WrappedNormal {
    manifold: Arc<dyn Manifold>,
    mean: Tensor,
    std: Tensor,
    /// One a factor: the coordinates that are 0 at the origin's tangents, and the others.
    frames: Vec<Frame>,
}

/// How tangents at the origin of a factor are written.
#[derive(Clone, Debug)]
struct Frame {
    /// The hyperboloid's time and its like.
    extra: usize,
    dim: usize,
    start: usize,
    /// The length of a coordinate's unit.
    unit: f64,
}

impl WrappedNormal {
    /// Around `mean` `[…, width]` with standard deviations `std` `[…, dim]`, or one number for all axes. Leading axes
    /// broadcast. The samples have the mean's type.
    ///
    /// # Errors
    /// If the widths do not fit, or a deviation is not positive.
    pub fn new(manifold: Arc<dyn Manifold>, mean: Tensor, std: impl Into<Tensor>) -> Result<WrappedNormal> {
        let op = "WrappedNormal::new";
        let std = std.into().to_dtype(DType::F64)?;
        let width = mean.dims().last().copied().unwrap_or(0);
        let frames = frames(&*manifold, width)?;
        let dim: usize = frames.iter().map(|f| f.dim).sum();
        if std.rank() > 0 && std.dims().last() != Some(&dim) {
            let what = format!("needs {dim} standard deviations");
            return Err(Error::shape(op, what, &[std.shape()], "give one number, or one for each dimension"));
        }
        if let Some(bad) = std.to_f64_vec().into_iter().find(|s| !(*s > 0.0 && s.is_finite())) {
            let what = format!("standard deviation {bad}");
            return Err(Error::Argument { op, what, remedy: "give positive lengths".into() });
        }
        let std = if std.rank() == 0 { std.broadcast_to([dim])? } else { std };
        Ok(WrappedNormal { manifold, mean, std, frames })
    }

    /// `n` independent samples of each distribution, `[n, …, width]`; sample i is a function of `rng` and i alone.
    ///
    /// # Errors
    /// If mean and deviations do not broadcast.
    pub fn sample(&self, n: usize, rng: Rng) -> Result<Tensor> {
        let sets = |x: &Tensor| Shape::from(&x.dims()[..x.rank() - 1]);
        let batch = sets(&self.mean).broadcast("WrappedNormal::sample", &sets(&self.std))?;
        let dim = self.std.dims()[self.std.rank() - 1];
        let shape: Shape = [n].into_iter().chain(batch.iter().copied()).chain([dim]).collect();
        let z = Tensor::randn(shape, DType::F64, rng, self.mean.device())?.mul(&self.std)?;
        let mut columns = Vec::new();
        let mut taken = 0;
        for &Frame { extra, dim, unit, .. } in &self.frames {
            columns.push(z.narrow(-1, taken, taken + dim)?.mul_scalar(1.0 / unit)?.pad(-1, extra, 0, 0.0)?);
            taken += dim;
        }
        let u = Tensor::cat(&columns.iter().collect::<Vec<_>>(), -1)?;
        let mean = self.mean.to_dtype(DType::F64)?;
        let v = self.manifold.parallel_transport_from0(&mean, &u)?;
        self.manifold.exp_map(&mean, &v)?.to_dtype(self.mean.dtype())
    }

    /// The logarithm of the density (with respect to the manifold's volume) at points `x` `[…, width]`, which broadcast
    /// against the mean; `[…]`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn log_prob(&self, x: &Tensor) -> Result<Tensor> {
        let (wide, mean) = (x.to_dtype(DType::F64)?, self.mean.to_dtype(DType::F64)?);
        let u = self.manifold.parallel_transport_to0(&mean, &self.manifold.log_map(&mean, &wide)?)?;
        let mut columns = Vec::new();
        for &Frame { extra, dim, start, unit } in &self.frames {
            columns.push(u.narrow(-1, start + extra, start + extra + dim)?.mul_scalar(unit)?);
        }
        let z = Tensor::cat(&columns.iter().collect::<Vec<_>>(), -1)?;
        let dim = self.std.dims()[self.std.rank() - 1];
        let normal = z
            .div(&self.std)?
            .square()?
            .mul_scalar(0.5)?
            .add(&self.std.ln()?)?
            .sum(&[-1], false)?
            .add_scalar(0.5 * dim as f64 * TAU.ln())?;
        // exp stretches the dim − 1 directions across the geodesic by sinh s/s each.
        let volume = |m: &dyn Manifold, [x, y]: [&Tensor; 2]| log_sine_ratio(&m.dist2(x, y)?.mul(&m.kappa()?.neg()?)?);
        let each = match self.manifold.as_product() {
            Some(product) => product.numbers([&mean, &wide], volume)?,
            None => volume(&*self.manifold, [&mean, &wide])?.unsqueeze(-1)?,
        };
        let across: Vec<f64> = self.frames.iter().map(|f| f.dim as f64 - 1.0).collect();
        let across = Tensor::from_slice(&across, across.len())?.to_device(x.device())?;
        normal.add(&each.mul(&across)?.sum(&[-1], false)?)?.neg()?.to_dtype(x.dtype())
    }
}

fn frames(manifold: &dyn Manifold, width: usize) -> Result<Vec<Frame>> {
    let factors = manifold.factors(width)?;
    if factors.iter().any(|f| matches!(f.model, Model::Matrix(_))) {
        return Err(super::not_constant(&manifold.spec()));
    }
    let extras: Vec<usize> = factors.iter().map(|f| f.model.ambient(1) - 1).collect();
    let mut axis = vec![0.0; width];
    factors.iter().zip(&extras).for_each(|(f, extra)| axis[f.columns.start + extra] = 1.0);
    let axis = Tensor::from_slice(&axis, width)?;
    let origin = manifold.exp_map0(&axis.zeros_like()?)?.detach();
    let units = match manifold.as_product() {
        Some(product) => product.numbers([&origin, &axis], |m: &dyn Manifold, [x, u]: [&Tensor; 2]| m.norm(x, u))?,
        None => manifold.norm(&origin, &axis)?,
    };
    let frame = |((Factor { columns, .. }, extra), unit): ((Factor, usize), f64)| {
        let (dim, start) = (columns.len() - extra, columns.start);
        Frame { extra, dim, start, unit }
    };
    Ok(factors.into_iter().zip(extras).zip(units.to_f64_vec()).map(frame).collect())
}

/// ln(sinh s/s) as a function of q = s²; for q < 0 ln(sin s/s) with s = √−q. Smooth through 0.
fn log_sine_ratio(q: &Tensor) -> Result<Tensor> {
    // Where the other form is taken, each is given a number that does it no harm.
    let number = |x: f64| Tensor::full([], x, DType::F64, q.device());
    let (far, antipodal) = (q.maximum(&number(NEAR)?)?.sqrt()?, q.neg()?.maximum(&number(NEAR)?)?.sqrt()?);
    // ln sinh s = s − ln 2 + ln(1 − e^−2s), without overflow.
    let tail = far.mul_scalar(-2.0)?.expm1()?.neg()?.ln()?;
    let hyperbolic = far.add(&tail)?.add_scalar(-std::f64::consts::LN_2)?.sub(&far.ln()?)?;
    let spherical = antipodal.sin()?.div(&antipodal)?.ln()?;
    let small = q.maximum(&number(-NEAR)?)?.minimum(&number(NEAR)?)?;
    let mut series = small.zeros_like()?;
    for coefficient in SERIES.iter().rev() {
        series = series.add_scalar(*coefficient)?.mul(&small)?;
    }
    let large = q.gt(&number(NEAR)?)?.select_from(&hyperbolic, &series)?;
    q.lt(&number(-NEAR)?)?.select_from(&spherical, &large)
}

/// Up to here the series is right to the last place.
const NEAR: f64 = 0.5;

/// Taylor coefficients of ln(sinh √q/√q) = Σ 2²ⁿ B₂ₙ qⁿ/(2n (2n)!), n ≥ 1 (DLMF 4.19); successive ones shrink by π².
const SERIES: [f64; 12] = [
    0.16666666666666666,
    -0.005555555555555556,
    0.0003527336860670194,
    -2.6455026455026456e-05,
    2.1377799155576935e-06,
    -1.803670234005331e-07,
    1.5661391322766983e-08,
    -1.3884130493737299e-09,
    1.2504359176004997e-10,
    -1.1402575602296091e-11,
    1.0502923908637557e-12,
    -9.754877841593701e-14,
];
