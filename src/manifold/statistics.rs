//! Means of points: the Fréchet mean, the centroid, the variance.
//!
//! Both means are found without the tape, one step at a time: the points are seen from where the mean is thought to be
//! (as logarithms, so nothing cancels, near or far), and a step is taken that is exact for the centroid. One last step is
//! on the tape. Since it starts at the solution, its derivative is that of the mean itself (the implicit function
//! theorem; closed forms for hyperbolic space in Lou, Katsman, Jiang, Belongie, Lim & De Sa, ICML 2020).
//!
//! All in f64, whatever the points are stored in.

use super::{Manifold, karcher};
use crate::{DType, Error, Result, Tensor, no_grad};

/// The Fréchet mean of points `x` `[…, n, width]`: where Σ wᵢ dist²(·, xᵢ) is smallest; `[…, width]`. Weights `[…, n]` need
/// not sum to 1; without, all are equal. Gradients reach points, weights and curvature.
///
/// On a sphere the points should lie within a quarter of the circumference of each other; of Stiefel matrices, too, the mean
/// is found if the points are close enough. In hyperbolic and flat space and of positive definite matrices there is always
/// one mean.
///
/// # Errors
/// If shapes do not fit, weights are negative or all 0, or no mean is found (on a sphere it may not exist).
pub fn frechet_mean(manifold: &dyn Manifold, x: &Tensor, weights: Option<&Tensor>) -> Result<Tensor> {
    estimate("frechet_mean", manifold, x, weights, Loss::Square)
}

/// The centroid of points `x` `[…, n, width]`: the weighted sum in the space around the hyperboloid or the sphere,
/// brought back onto it (Law, Liao, Snell & Zemel, ICML 2019); in flat space the mean; `[…, width]`. In every chart of
/// hyperbolic space it is the same point: on the ball the gyromidpoint (Ungar), in Klein's model Einstein's midpoint.
/// Weights and gradients as for [`frechet_mean`].
///
/// # Errors
/// As [`frechet_mean`]; and of matrices whose curvature varies, which have no centroid.
pub fn centroid(manifold: &dyn Manifold, x: &Tensor, weights: Option<&Tensor>) -> Result<Tensor> {
    estimate("centroid", manifold, x, weights, Loss::Chord)
}

/// Σ wᵢ dist²(mean, xᵢ) / Σ wᵢ for points `x` `[…, n, width]` about their [`frechet_mean`]; `[…]`.
///
/// # Errors
/// As [`frechet_mean`].
pub fn frechet_variance(manifold: &dyn Manifold, x: &Tensor, weights: Option<&Tensor>) -> Result<Tensor> {
    let shares = shares("frechet_variance", x, weights)?;
    // At the mean the sum is smallest: moving the mean changes nothing, so the gradient need not pass through it.
    let mean = no_grad(|| frechet_mean(manifold, x, weights))?.to_dtype(DType::F64)?;
    let squares = manifold.dist2(&mean.unsqueeze(-2)?, &x.to_dtype(DType::F64)?)?;
    squares.mul(&shares)?.sum(&[-1], false)?.to_dtype(x.dtype())
}

/// Of what a mean minimises the weighted sum.
#[derive(Clone, Copy, PartialEq)]
enum Loss {
    /// dist²/2.
    Square,
    /// The square of the chord through the ambient space.
    Chord,
}

/// Steps shorter than this (at κ = ±1, relative to the spread of the points) are the last but one: convergence is at least
/// quadratic, so the next is below rounding.
pub(super) const SHORT: f64 = 1e-7;
pub(super) const STEPS: usize = 200;

/// The weights as f64 numbers `[…, n]` that sum to 1.
fn shares(op: &'static str, x: &Tensor, weights: Option<&Tensor>) -> Result<Tensor> {
    let [.., n, _] = x.dims() else {
        return Err(Error::shape(op, "needs sets of rows", &[x.shape()], "points have shape […, n, width]"));
    };
    let weights = match weights {
        None => Tensor::ones([*n], DType::F64, x.device())?,
        Some(w) => w.to_dtype(DType::F64)?,
    };
    if weights.dims().last() != Some(n) || *n == 0 {
        let shapes = [x.shape(), weights.shape()];
        return Err(Error::shape(op, "a weight for each of at least one point", &shapes, "weights have shape […, n]"));
    }
    let total = weights.sum(&[-1], true)?;
    let positive = total.to_f64_vec().iter().all(|&w| w > 0.0 && w.is_finite());
    if positive && weights.to_f64_vec().iter().all(|&w| w >= 0.0) {
        return weights.div(&total);
    }
    let what = "weights that are negative, not finite, or 0 for all points of a set".into();
    Err(Error::Argument { op, what, remedy: "give every set a positive weight".into() })
}

fn estimate(
    op: &'static str,
    manifold: &dyn Manifold,
    x: &Tensor,
    weights: Option<&Tensor>,
    loss: Loss,
) -> Result<Tensor> {
    let shares = shares(op, x, weights)?;
    let wide = x.to_dtype(DType::F64)?;
    let mean = match manifold.as_product() {
        // Squared distances add, so each factor has its own mean. Factors come before the points here.
        Some(product) => {
            let shares = shares.unsqueeze(-2)?;
            product
                .rows([&wide], |m: &dyn Manifold, [x]: [&Tensor; 1]| mean(op, m, &x.transpose(-3, -2)?, &shares, loss))
        }
        None => mean(op, manifold, &wide, &shares, loss),
    };
    mean?.to_dtype(x.dtype())
}

/// The mean on a manifold that is no product.
fn mean(op: &'static str, manifold: &dyn Manifold, x: &Tensor, shares: &Tensor, loss: Loss) -> Result<Tensor> {
    let start = no_grad(|| start(x, shares))?;
    if let Err(varies) = manifold.kappa() {
        return if loss == Loss::Square { karcher::mean(op, manifold, start, x, shares) } else { Err(varies) };
    }
    let (at, view) = no_grad(|| search(op, manifold, start, &x.detach(), &shares.detach(), loss))?;
    let logs = manifold.log_map(&at.unsqueeze(-2)?, x)?;
    let pull = match loss {
        Loss::Square => weighted(&logs, shares)?,
        Loss::Chord => {
            let kappa = manifold.kappa()?;
            let s = manifold.dist(&at.unsqueeze(-2)?, x)?.mul(&kappa.abs()?.sqrt0()?)?;
            weighted(&logs, &shares.mul(&sine_ratio(&s, view.kappa)?)?)?
        }
    };
    let step = match view.newton(manifold, &at, &pull)? {
        Some(step) => step,
        None => pull.div(&view.bend.unsqueeze(-1)?)?,
    };
    manifold.exp_map(&at, &step)
}

/// The first point of each set.
fn start(x: &Tensor, shares: &Tensor) -> Result<Tensor> {
    let first = x.detach().select(-2, 0)?;
    let sets = &shares.dims()[..shares.rank() - 1];
    let width = first.dims()[first.rank() - 1];
    let wanted: crate::Shape = sets.iter().copied().chain([width]).collect();
    first.broadcast_to(first.shape().broadcast("mean", &wanted)?)
}

/// Steps from `at` until they are short. Gives the mean and the points as seen from there.
fn search(
    op: &'static str,
    manifold: &dyn Manifold,
    start: Tensor,
    x: &Tensor,
    shares: &Tensor,
    loss: Loss,
) -> Result<(Tensor, View)> {
    let mut at = start;
    let mut last = f64::INFINITY;
    for _ in 0..STEPS {
        let view = View::from(manifold, &at, x, shares, loss)?;
        if last <= SHORT {
            return Ok((at, view));
        }
        let plain = view.pull.mul(&view.stride(manifold, &at)?.unsqueeze(-1)?)?;
        let step = match view.newton(manifold, &at, &view.pull)? {
            None => plain,
            Some(newton) => {
                let total = |step: &Tensor| -> Result<Tensor> {
                    let there = manifold.exp_map(&at, step)?.unsqueeze(-2)?;
                    manifold.dist2(&there, x)?.mul(shares)?.sum(&[-1], true)
                };
                // Near the solution both are equal but for rounding; a Newton step that is NaN is not chosen.
                let better = total(&newton)?.le(&total(&plain)?.mul_scalar(1.0 + 1e-12)?)?;
                better.broadcast_to(plain.shape())?.select_from(&newton, &plain)?
            }
        };
        let lengths = manifold.norm(&at, &step)?.mul_scalar(view.root)?.to_f64_vec();
        let spreads = view.s.mul(shares)?.sum(&[-1], false)?.to_f64_vec();
        last = lengths.iter().zip(&spreads).map(|(l, s)| if l.is_nan() { *l } else { l / s.max(1.0) }).fold(0.0, worse);
        at = manifold.exp_map(&at, &step)?;
    }
    Err(not_found(op, last))
}

/// The error of a search whose last step was as long as `last`.
pub(super) fn not_found(op: &'static str, last: f64) -> Error {
    Error::Argument {
        op,
        what: format!("no mean was found in {STEPS} steps (the last was {last:.1e} long)"),
        remedy: "check that the points are on the manifold and, where it is curved like a sphere, close enough to each other"
            .into(),
    }
}

/// The larger; NaN if there is one.
pub(super) fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// Points as seen from where their mean is thought to be.
struct View {
    kappa: f64,
    /// √|κ|, or 1 in flat space.
    root: f64,
    loss: Loss,
    shares: Tensor,
    logs: Tensor,
    /// Distances at κ = ±1.
    s: Tensor,
    /// Σ wᵢ φᵢ log xᵢ: against the gradient of the loss.
    pull: Tensor,
    /// Σ wᵢ aᵢ: the curvature of the loss across the directions to the points.
    bend: Tensor,
}

impl View {
    fn from(manifold: &dyn Manifold, at: &Tensor, x: &Tensor, shares: &Tensor, loss: Loss) -> Result<View> {
        let kappa: f64 = manifold.kappa()?.to_scalar()?;
        let root = if kappa == 0.0 { 1.0 } else { kappa.abs().sqrt() };
        let at = at.unsqueeze(-2)?;
        let logs = manifold.log_map(&at, x)?;
        let s = manifold.dist(&at, x)?.mul_scalar(root)?;
        let factors = match loss {
            Loss::Square => shares.clone(),
            Loss::Chord => shares.mul(&sine_ratio(&s, kappa)?)?,
        };
        let across = mapped(&s, |s| match loss {
            Loss::Square => across(s, kappa),
            Loss::Chord => cosine(s, kappa),
        })?;
        let bend = across.mul(shares)?.sum(&[-1], false)?;
        let pull = weighted(&logs, &factors)?;
        Ok(View { kappa, root, loss, shares: shares.clone(), logs, s, pull, bend })
    }

    /// By what the pull is multiplied for a plain step: to the centroid, or to that of the points with weights
    /// wᵢ sᵢ/sinh sᵢ, which never makes Σ wᵢ dist² larger (Lou et al. 2020, algorithm 1).
    ///
    /// Seen from p the points sum up to bend · p + pull in the space around the manifold, which lies in the direction
    /// of the pull at tanh s = |pull|/bend.
    fn stride(&self, manifold: &dyn Manifold, at: &Tensor) -> Result<Tensor> {
        let pulls = manifold.norm(at, &self.pull)?;
        let bends = self.bend.to_f64_vec();
        let stride = |(pull, bend): (f64, f64)| {
            let length = self.root * pull;
            let (square, flat) = (self.loss == Loss::Square, length == 0.0 || self.kappa == 0.0);
            match (self.kappa < 0.0, square) {
                _ if flat => 1.0 / bend,
                // Far out |pull|/bend rounds to 1; a step of the mean distance goes further than any that is right.
                (true, true) => ((length / bend).atanh() / length).min(1.0),
                (true, false) => (length / bend).min(1.0 - f64::EPSILON).atanh() / length,
                (false, true) => 1.0,
                (false, false) => length.atan2(bend) / length,
            }
        };
        let strides: Vec<f64> = pulls.to_f64_vec().into_iter().zip(bends).map(stride).collect();
        Tensor::from_slice(&strides, pulls.shape())?.to_device(pulls.device())
    }

    /// H⁻¹ · pull for the Hessian H of Σ wᵢ dist²/2, which on a manifold of constant curvature is wᵢ along the direction
    /// to xᵢ and wᵢ s coth s (s cot s on a sphere) across it. `None` for the chord's, which is `bend` in all directions.
    ///
    /// The matrix is that at the origin, where coordinates are orthogonal; transport there and back is an isometry.
    fn newton(&self, manifold: &dyn Manifold, at: &Tensor, pull: &Tensor) -> Result<Option<Tensor>> {
        if self.loss == Loss::Chord {
            return Ok(None);
        }
        let inverse = no_grad(|| {
            let logs = manifold.parallel_transport_to0(&at.unsqueeze(-2)?, &self.logs)?;
            let squares = logs.square()?.sum(&[-1], false)?;
            let excess = mapped(&self.s, |s| 1.0 - across(s, self.kappa))?.mul(&self.shares)?;
            let none = squares.zeros_like()?;
            let rates = squares.eq(&none)?.select_from(&none, &excess.div(&squares)?)?;
            let along = logs.t()?.matmul(&logs.mul(&rates.unsqueeze(-1)?)?)?;
            let width = logs.dims()[logs.rank() - 1];
            let identity = Tensor::eye(width, DType::F64, along.device())?;
            inverse(&identity.mul(&self.bend.unsqueeze(-1)?.unsqueeze(-1)?)?.add(&along)?)
        })?;
        let there = manifold.parallel_transport_to0(at, pull)?;
        let step = inverse.matmul(&there.unsqueeze(-1)?)?.squeeze(-1)?;
        manifold.parallel_transport_from0(at, &step).map(Some)
    }
}

/// Σ wᵢ vᵢ over the rows of each set.
pub(super) fn weighted(rows: &Tensor, weights: &Tensor) -> Result<Tensor> {
    rows.mul(&weights.unsqueeze(-1)?)?.sum(&[-2], false)
}

/// s coth s, s cot s, or 1.
fn across(s: f64, kappa: f64) -> f64 {
    match kappa {
        _ if s == 0.0 || kappa == 0.0 => 1.0,
        k if k < 0.0 => s / s.tanh(),
        _ => s / s.tan(),
    }
}

/// cosh s, cos s, or 1.
fn cosine(s: f64, kappa: f64) -> f64 {
    match kappa {
        0.0 => 1.0,
        k if k < 0.0 => s.cosh(),
        _ => s.cos(),
    }
}

/// sinh s/s, sin s/s, or 1; 1 with slope 0 at 0.
fn sine_ratio(s: &Tensor, kappa: f64) -> Result<Tensor> {
    // Below this the ratio is 1 exactly, and its slope, a difference of equal numbers, is 0.
    let s = s.maximum(&Tensor::full([], 1e-100, DType::F64, s.device())?)?;
    match kappa {
        0.0 => s.ones_like(),
        k if k < 0.0 => s.sinh()?.div(&s),
        _ => s.sin()?.div(&s),
    }
}

/// `f` of every number.
pub(super) fn mapped(x: &Tensor, f: impl Fn(f64) -> f64) -> Result<Tensor> {
    let values: Vec<f64> = x.to_f64_vec().into_iter().map(f).collect();
    Tensor::from_slice(&values, x.shape())?.to_device(x.device())
}

/// The inverses of positive definite matrices `[…, n, n]` (Gauss–Jordan; such matrices need no pivoting).
pub(super) fn inverse(matrices: &Tensor) -> Result<Tensor> {
    let n = matrices.dims()[matrices.rank() - 1];
    let mut numbers = matrices.to_f64_vec();
    for a in numbers.chunks_exact_mut(n * n) {
        for k in 0..n {
            let pivot = std::mem::replace(&mut a[k * n + k], 1.0).recip();
            a[k * n..][..n].iter_mut().for_each(|x| *x *= pivot);
            let row = a[k * n..][..n].to_vec();
            for i in (0..n).filter(|&i| i != k) {
                let factor = std::mem::replace(&mut a[i * n + k], 0.0);
                a[i * n..][..n].iter_mut().zip(&row).for_each(|(x, r)| *x -= factor * r);
            }
        }
    }
    Tensor::from_slice(&numbers, matrices.shape())?.to_device(matrices.device())
}
