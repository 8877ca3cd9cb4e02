//! The logarithm on Stiefel matrices: the velocity u at x whose geodesic is at y at time 1. It has no formula; Newton's
//! method finds it, with the derivative of exp as a matrix.
//!
//! Within the injectivity radius, which is at least √(4/5)π ≈ 0.89π in units of the metric at t = 1 (Rentmeesters 2013),
//! there is one shortest geodesic. Beyond it there may be several, or none that shooting finds; then u is NaN, as it is
//! where x and y lie in different components (p = n and determinants of opposite sign).

use super::dense::Matrix;
use super::linear::Lu;
use super::stiefel::{exp, exp_vjp, polar, tangent};
use crate::geometry::Scalar;

/// Newton steps to one point; four to six are usual.
const STEPS: usize = 20;
/// Steps in the wide type, with a derivative in f64: each adds some ten digits.
const REFINEMENTS: usize = 4;

/// The derivative of exp_x at u, as a matrix for rows of n·p numbers in f64. Tangents at x go to tangents at z = exp_x u; so
/// that it can be inverted, x s goes to z s for symmetric s.
fn derivative(x: &Matrix<f64>, u: &Matrix<f64>, z: &Matrix<f64>) -> Lu {
    let (n, p) = (x.rows(), x.cols());
    let rows: Vec<Matrix<f64>> = (0..n * p)
        .map(|k| {
            let unit = Matrix::from_fn(n, p, |i, j| if i * p + j == k { 1.0 } else { 0.0 });
            let [_, gu] = exp_vjp(x, u, &unit);
            gu + x * (z.t() * unit).sym()
        })
        .collect();
    Lu::of(Matrix::from_fn(n * p, n * p, |i, j| rows[i].numbers()[j]))
}

fn solved<W: Scalar>(x: &[f64], cols: usize) -> Matrix<W> {
    Matrix::load(x, cols)
}

/// u with exp_x u = y, for x and y with orthonormal columns; NaN if none was found.
pub(super) fn velocity<W: Scalar>(x: &Matrix<W>, y: &Matrix<W>) -> Matrix<W> {
    let (n, p) = (x.rows(), x.cols());
    let Some((u, lu)) = search(&x.rounded(), &y.rounded()) else {
        return Matrix::from_fn(n, p, |_, _| W::of(f64::NAN));
    };
    let mut u: Matrix<W> = tangent(x, &u.rounded());
    for _ in 0..REFINEMENTS {
        let z = exp(x, &u);
        let gap = tangent(&z, &(y - &z));
        let du = tangent(x, &solved(&lu.solve(gap.rounded::<f64>().numbers()), p));
        let next = &u + &du;
        if next == u {
            break;
        }
        u = next;
    }
    u
}

/// Newton's method from the chord; where that fails, for y far away, along a path of ever closer points from x to y.
fn search(x: &Matrix<f64>, y: &Matrix<f64>) -> Option<(Matrix<f64>, Lu)> {
    [1, 2, 4, 8, 16].into_iter().find_map(|pieces| {
        let mut found: Option<(Matrix<f64>, Lu)> = None;
        for k in 1..=pieces {
            let part = k as f64 / pieces as f64;
            let target = if k == pieces { y.clone() } else { polar(&(x + (y - x).scale(part))).0 };
            let start = found.map_or_else(|| tangent(x, &(&target - x)), |(u, _)| u);
            found = Some(newton(x, &target, start)?);
        }
        found
    })
}

/// Newton's method from u, with steps halved while they do not come closer.
fn newton(x: &Matrix<f64>, y: &Matrix<f64>, mut u: Matrix<f64>) -> Option<(Matrix<f64>, Lu)> {
    let gap = |u: &Matrix<f64>| {
        let z = exp(x, u);
        let d = y - &z;
        (d.dot(&d).sqrt(), z)
    };
    let (mut far, mut z) = gap(&u);
    for _ in 0..STEPS {
        let lu = derivative(x, &u, &z);
        let du = tangent(x, &solved(&lu.solve(tangent(&z, &(y - &z)).numbers()), x.cols()));
        if du.dot(&du).sqrt() <= 1e-10 * (1.0 + u.dot(&u).sqrt()) {
            // Else not y, but a point from which all directions lead away from it.
            return (far < 1e-6).then_some((u, lu));
        }
        let mut scale = 1.0;
        loop {
            let next = &u + du.scale(scale);
            let (d, w) = gap(&next);
            if d < far || d < 1e-8 {
                (u, far, z) = (next, d, w);
                break;
            }
            scale *= 0.5;
            if scale < 1e-3 {
                return None;
            }
        }
    }
    None
}

/// Gradients of [`velocity`] in x and y, by the implicit function theorem: for λ with (∂exp/∂u)ᵀλ = g they are λ in y and
/// −(∂exp/∂x)ᵀλ in x; beside that u must stay tangent as x moves.
pub(super) fn velocity_vjp<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> [Matrix<W>; 2] {
    let z = exp(x, u);
    let lu = derivative(&x.rounded(), &u.rounded(), &z.rounded());
    let wanted = tangent(x, g);
    let mut lambda = Matrix::zeros(x.rows(), x.cols());
    for _ in 0..REFINEMENTS {
        let [_, at_u] = exp_vjp(x, u, &lambda);
        let gap = (&wanted - at_u).rounded::<f64>();
        let next = &lambda + tangent(&z, &solved(&lu.solve_transposed(gap.numbers()), x.cols()));
        if next == lambda {
            break;
        }
        lambda = next;
    }
    let [gx, _] = exp_vjp(x, u, &lambda);
    let normal = u * (x.t() * g).sym();
    [(gx + normal).scale(W::of(-1.0)), lambda]
}
