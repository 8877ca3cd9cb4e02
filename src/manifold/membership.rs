//! Whether rows are points of a manifold, and how far out they lie.

use super::{Factor, Manifold};
use crate::geometry::Kind;
use crate::ops::manifold::rows;
use crate::{DType, Error, Result, Tensor};

/// What [`check`] has found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// How many rows there are.
    pub rows: usize,
    /// Rows in which a number is infinite or NaN; the other figures leave them out.
    pub non_finite: usize,
    /// How far a row is from the manifold: the largest change of a coordinate that puts it there, as a share of the row's
    /// largest coordinate, or of 1 if that is larger.
    pub residual: f64,
    /// The row of which that is so.
    pub worst: Option<usize>,
    /// The largest distance from the origin, in the manifold's units of length; infinite for rows that are not inside.
    pub radius: f64,
    /// The row that lies there.
    pub farthest: Option<usize>,
}

/// Compares the rows of `x` with the manifold, at any distance from the origin. Rounding to f32 leaves a residual of 6e-8,
/// to f64 one of 1e-16.
///
/// ```
/// # use beltrami::{Tensor, manifold::{PoincareBall, check}};
/// let ball = PoincareBall::new(-1.0)?;
/// let report = check(&ball, &Tensor::from_slice(&[0.6, 0.0, 0.0, 1.5], [2, 2])?)?;
/// assert_eq!((report.rows, report.worst), (2, Some(1)));
/// assert!((report.residual - 0.5 / 1.5).abs() < 1e-12);
/// # Ok::<(), beltrami::Error>(())
/// ```
///
/// # Errors
/// If rows of this manifold cannot have this width.
pub fn check(manifold: &dyn Manifold, x: &Tensor) -> Result<Report> {
    let Some(&width) = x.dims().last() else {
        return Err(Error::shape("check", "needs rows", &[x.shape()], "points have shape […, width]"));
    };
    let x = x.detach().to_dtype(DType::F64)?;
    let mut columns = Vec::new();
    for Factor { model, curv, columns: range, .. } in manifold.factors(width)? {
        let part = x.narrow(-1, range.start, range.end)?;
        columns.push(rows(model, Kind::Project, &[&part], &Tensor::from(curv.c), &Tensor::from(curv.t))?);
    }
    let there = Tensor::cat(&columns.iter().collect::<Vec<_>>(), -1)?;
    let radii = crate::no_grad(|| manifold.dist0(&there))?.to_f64_vec();
    let (x, there) = (x.to_f64_vec(), there.to_f64_vec());
    let mut report =
        Report { rows: radii.len(), non_finite: 0, residual: 0.0, worst: None, radius: 0.0, farthest: None };
    for (i, radius) in radii.into_iter().enumerate() {
        let (is, there) = (&x[i * width..][..width], &there[i * width..][..width]);
        if !is.iter().all(|x| x.is_finite()) {
            report.non_finite += 1;
            continue;
        }
        let largest = is.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
        let residual = is.iter().zip(there).map(|(a, b)| (a - b).abs() / largest).fold(0.0, f64::max);
        if report.worst.is_none() || residual > report.residual {
            (report.residual, report.worst) = (residual, Some(i));
        }
        // Rows on the rim have no distance.
        let radius = if radius.is_nan() { f64::INFINITY } else { radius };
        if report.farthest.is_none() || radius > report.radius {
            (report.radius, report.farthest) = (radius, Some(i));
        }
    }
    Ok(report)
}
