//! Eigenvalues of symmetric matrices by Jacobi's method.
//!
//! Of a positive definite matrix also the small eigenvalues are right to almost all digits, as far as its scaled
//! condition number allows (Demmel & Veselić 1992), which no method that first reduces to tridiagonal form gives.

use super::dense::Matrix;
use crate::geometry::Scalar;

/// Sweeps are quadratic at the end: this many are never needed.
const SWEEPS: usize = 40;

/// a = q diag(λ) qᵀ for a symmetric matrix.
#[derive(Clone, Debug)]
pub struct Eigen<W> {
    /// Eigenvalues, in no order.
    pub values: Vec<W>,
    /// Eigenvectors, as columns.
    pub vectors: Matrix<W>,
}

/// Cyclic Jacobi. NaN in `a` is NaN in the eigenvalues.
pub fn eigen<W: Scalar>(a: &Matrix<W>) -> Eigen<W> {
    let n = a.rows();
    let (mut a, mut q) = (a.clone(), Matrix::identity(n, n));
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for i in 0..n {
            for j in i + 1..n {
                rotated |= rotate(&mut a, &mut q, i, j);
            }
        }
        if !rotated {
            break;
        }
    }
    Eigen { values: (0..n).map(|i| a[(i, i)]).collect(), vectors: q }
}

/// Makes a_ij zero, unless it is below the rounding of √(a_ii a_jj).
fn rotate<W: Scalar>(a: &mut Matrix<W>, q: &mut Matrix<W>, i: usize, j: usize) -> bool {
    let x = a[(i, j)];
    let size = magnitude(a[(i, i)]).sqrt() * magnitude(a[(j, j)]).sqrt();
    // False for NaN, which must end, too.
    let significant = size + magnitude(x) > size;
    if !significant {
        return false;
    }
    // tan of the smaller angle that does it, without cancellation (Golub & Van Loan, §8.5.2).
    let theta = (a[(j, j)] - a[(i, i)]) / (x * 2.0);
    let root = (theta * theta + 1.0).sqrt();
    let tan = if theta < W::of(0.0) { W::of(1.0) / (theta - root) } else { W::of(1.0) / (theta + root) };
    let cos = W::of(1.0) / (tan * tan + 1.0).sqrt();
    let sin = tan * cos;
    a[(i, i)] = a[(i, i)] - tan * x;
    a[(j, j)] = a[(j, j)] + tan * x;
    (a[(i, j)], a[(j, i)]) = (W::of(0.0), W::of(0.0));
    for k in 0..a.rows() {
        if k != i && k != j {
            let (u, v) = (a[(k, i)], a[(k, j)]);
            (a[(k, i)], a[(k, j)]) = (cos * u - sin * v, sin * u + cos * v);
            (a[(i, k)], a[(j, k)]) = (a[(k, i)], a[(k, j)]);
        }
        let (u, v) = (q[(k, i)], q[(k, j)]);
        (q[(k, i)], q[(k, j)]) = (cos * u - sin * v, sin * u + cos * v);
    }
    true
}

fn magnitude<W: Scalar>(x: W) -> W {
    if x < W::of(0.0) { -x } else { x }
}
