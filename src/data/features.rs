//! Feature vectors as points of a manifold, and points kept within a radius.

use crate::manifold::{Factor, Manifold};
use crate::{Error, Result, Tensor};

/// How feature vectors, or points, are scaled, by what becomes of their distances from the origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Times this factor: what an earlier call returned, so that test data is treated as the training data was.
    Fixed(f64),
    /// The mean distance becomes this.
    Mean(f64),
    /// The quantile `q` in 0..=1 of the distances (linear between neighbours) becomes `radius`.
    Quantile {
        /// Which quantile: 0.5 is the median, 1 the largest.
        q: f64,
        /// What it becomes.
        radius: f64,
    },
}

impl Scale {
    /// The factor that does it.
    fn factor(self, op: &'static str, mut radii: Vec<f64>) -> Result<f64> {
        let bad = |what: String, remedy: &str| Err(Error::Argument { op, what, remedy: remedy.into() });
        if let Some(position) = radii.iter().position(|r| !r.is_finite()) {
            let (place, what) = (op.to_owned(), "the length of a row".to_owned());
            return Err(Error::NonFinite { place, what, position, remedy: "remove or mend this row".into() });
        }
        let (now, wanted) = match self {
            Scale::Fixed(factor) => (1.0, factor),
            _ if radii.is_empty() => return bad("no rows to find the scale from".into(), "give `Scale::Fixed`"),
            Scale::Mean(radius) => (radii.iter().sum::<f64>() / radii.len() as f64, radius),
            Scale::Quantile { q, radius } if (0.0..=1.0).contains(&q) => {
                radii.sort_unstable_by(f64::total_cmp);
                let place = q * (radii.len() - 1) as f64;
                let (below, above) = (radii[place.floor() as usize], radii[place.ceil() as usize]);
                (below + (above - below) * place.fract(), radius)
            }
            Scale::Quantile { q, .. } => return bad(format!("quantile {q}"), "quantiles lie in 0..=1"),
        };
        let factor = wanted / now;
        if factor > 0.0 && factor.is_finite() {
            return Ok(factor);
        }
        let what = format!("distances of {now} from the origin cannot become {wanted}");
        bad(what, "scale by a positive radius, and by a statistic of the rows that is not zero")
    }
}

/// Feature vectors `[…, d]` as points `[…, manifold.ambient(d)]`: exp_o(s x), the exponential map at the origin, so that
/// directions and the order of the lengths stay. Also returns s: give it as [`Scale::Fixed`] for data that comes later.
///
/// A vector is a tangent at the origin in coordinates in which the metric there is a multiple of the flat one (1 on the
/// hyperboloid, 2 on the ball); the scale takes account of it, so `Scale::Mean(1.0)` gives points at a mean geodesic
/// distance of 1 from the origin on every manifold.
///
/// ```
/// use beltrami::{data::{Scale, embed_to_hyperbolic}, prelude::*};
///
/// let space = Lorentz::new(-1.0)?;
/// let train = Tensor::randn([100, 16], DType::F64, Rng::new(1), &Device::cpu())?;
/// let (points, scale) = embed_to_hyperbolic(&train, &space, Scale::Quantile { q: 0.9, radius: 3.0 })?;
/// assert_eq!(points.dims(), [100, 17]);
///
/// let test = Tensor::randn([10, 16], DType::F64, Rng::new(2), &Device::cpu())?;
/// let (points, _) = embed_to_hyperbolic(&test, &space, Scale::Fixed(scale))?;
/// # assert_eq!(points.dims(), [10, 17]);
/// # Ok::<(), beltrami::Error>(())
/// ```
///
/// # Errors
/// If the features are no rows, hold NaN or infinity, or have no scale (all are zero).
pub fn embed_to_hyperbolic(x: &Tensor, manifold: &dyn Manifold, scale: Scale) -> Result<(Tensor, f64)> {
    const OP: &str = "embed_to_hyperbolic";
    let u = tangents0(OP, x, manifold)?;
    let origin = manifold.exp_map0(&u.detach().zeros_like()?)?;
    let factor = scale.factor(OP, manifold.norm(&origin, &u.detach())?.to_f64_vec())?;
    Ok((manifold.exp_map0(&u.mul_scalar(factor)?)?, factor))
}

/// Rows of `dim` numbers as tangents at the origin: the coordinates that are 0 there (the hyperboloid's time) put in.
pub(super) fn tangents0(op: &'static str, x: &Tensor, manifold: &dyn Manifold) -> Result<Tensor> {
    let dim = x.dims().last().copied().unwrap_or(0);
    if dim == 0 {
        return Err(Error::shape(op, "needs rows", &[x.shape()], "features have shape [rows, dimension]"));
    }
    let mut taken = 0;
    let mut columns = Vec::new();
    for Factor { model, columns: wide, .. } in manifold.factors(manifold.ambient(dim))? {
        let extra = model.ambient(1) - 1;
        let end = taken + wide.len() - extra;
        columns.push(x.narrow(-1, taken, end)?.pad(-1, extra, 0, 0.0)?);
        taken = end;
    }
    match &columns[..] {
        [one] => Ok(one.clone()),
        several => Tensor::cat(&several.iter().collect::<Vec<_>>(), -1),
    }
}

/// Points moved along their geodesics from the origin until they are at most `radius` away from it; those that are so
/// already stay, to the bit (but for the hyperboloid's time, which is written anew). Rows outside the manifold (|x| ≥ 1 on the ball) are first moved onto it, as
/// [`Manifold::project`] does, so nothing is further away than [`Manifold::max_radius`] either.
///
/// # Errors
/// If the radius is not positive, or the rows do not fit the manifold.
pub fn project_to_ball(points: &Tensor, manifold: &dyn Manifold, radius: f64) -> Result<Tensor> {
    if radius.is_nan() || radius <= 0.0 {
        let what = format!("radius {radius}");
        return Err(Error::Argument { op: "project_to_ball", what, remedy: "give a positive length".into() });
    }
    let points = manifold.project(points)?;
    let far = manifold.dist0(&points)?.unsqueeze(-1)?;
    let bound = far.detach().ones_like()?.mul_scalar(radius)?;
    let pulled = manifold.log_map0(&points)?.mul(&bound.div(&far.maximum(&bound)?)?)?;
    far.detach().le(&bound)?.select_from(&points, &manifold.exp_map0(&pulled)?)
}

/// Points scaled along their geodesics from the origin, so that a statistic of their distances from it becomes what
/// `scale` says. Also returns the factor, for data that comes later.
///
/// # Errors
/// If a distance is not finite, or all are zero.
pub fn normalize_radius(points: &Tensor, manifold: &dyn Manifold, scale: Scale) -> Result<(Tensor, f64)> {
    let factor = scale.factor("normalize_radius", manifold.dist0(&points.detach())?.to_f64_vec())?;
    Ok((manifold.exp_map0(&manifold.log_map0(points)?.mul_scalar(factor)?)?, factor))
}
