//! Points and tangents of hyperbolic space from one chart to another.

use super::Manifold;
use crate::geometry::Model;
use crate::ops::convert::{points, tangents};
use crate::{Error, Result, Tensor};

/// The points `x` (rows of `from`) as rows of `to`: another chart of hyperbolic space, in unit or radius coordinates. One
/// node of the tape, right to about half an ulp, with gradients for x and for κ.
///
/// The axis of the half-space, along which heights grow, is the first coordinate of the ball and the first space
/// coordinate of the hyperboloid.
///
/// ```
/// use beltrami::{Tensor, manifold::{HalfSpace, Lorentz, convert_points}};
/// let (half, hyperboloid) = (HalfSpace::new(-1.0)?, Lorentz::new(-1.0)?);
/// let x = convert_points(&half, &hyperboloid, &Tensor::from_slice(&[2.0, 0.0], 2)?)?;
/// assert_eq!(x.to_f64_vec(), [1.25, 0.75, 0.0]);
/// # Ok::<(), beltrami::Error>(())
/// ```
///
/// # Errors
/// If one of the manifolds is not a chart of hyperbolic space, or their curvatures differ.
pub fn convert_points(from: &dyn Manifold, to: &dyn Manifold, x: &Tensor) -> Result<Tensor> {
    let [(from, c), (to, d)] = charts("convert_points", from, to)?;
    points(from, to, x, [&c, &d])
}

/// The tangents `u` at the points `x` as tangents at the converted points, of the same lengths. Leading axes broadcast.
///
/// # Errors
/// As [`convert_points`].
pub fn convert_tangents(from: &dyn Manifold, to: &dyn Manifold, x: &Tensor, u: &Tensor) -> Result<Tensor> {
    let op = "convert_tangents";
    let [(from, c), (to, d)] = charts(op, from, to)?;
    let shape = x.shape().broadcast(op, u.shape())?;
    tangents(from, to, &x.broadcast_to(&shape)?, &u.broadcast_to(&shape)?, [&c, &d])
}

/// How far apart two values of one curvature may be: a radius and a curvature are rounded reciprocals.
const SAME: f64 = 1e-12;

/// The models of two manifolds with the curvatures of their coordinates.
fn charts(op: &'static str, from: &dyn Manifold, to: &dyn Manifold) -> Result<[(Model, Tensor); 2]> {
    let (a, b) = (from.spec(), to.spec());
    let chart = |m: &dyn Manifold| {
        m.hyperbolic_chart()?.ok_or_else(|| Error::Argument {
            op,
            what: format!("{} is not a chart of hyperbolic space", m.spec()),
            remedy: "convert between lorentz, poincare, halfspace and solvable".into(),
        })
    };
    let charts = [chart(from)?, chart(to)?];
    if (a.kappa - b.kappa).abs() <= SAME * a.kappa.abs() {
        return Ok(charts);
    }
    let what = format!("{a} and {b} have different curvatures");
    Err(Error::Argument { op, what, remedy: "give both charts the same κ".into() })
}
