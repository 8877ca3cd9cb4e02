//! Cholesky factors.

use super::dense::Matrix;
use crate::geometry::Wide;

/// x = l lᵀ with l lower triangular. NaN or infinite where x is not positive definite.
pub fn cholesky<W: Wide>(x: &Matrix<W>) -> Matrix<W> {
    let n = x.rows();
    let mut l = Matrix::zeros(n, n);
    for j in 0..n {
        for i in j..n {
            let rest = (0..j).fold(x[(i, j)], |s, k| s - l[(i, k)] * l[(j, k)]);
            l[(i, j)] = if i == j { rest.sqrt() } else { rest / l[(j, j)] };
        }
    }
    l
}

/// The inverse of a lower triangular matrix, by forward substitution.
pub fn inverse_lower<W: Wide>(l: &Matrix<W>) -> Matrix<W> {
    let n = l.rows();
    let mut inverse = Matrix::zeros(n, n);
    for j in 0..n {
        for i in j..n {
            let one = W::of(if i == j { 1.0 } else { 0.0 });
            inverse[(i, j)] = (j..i).fold(one, |s, k| s - l[(i, k)] * inverse[(k, j)]) / l[(i, i)];
        }
    }
    inverse
}

/// How much larger a diagonal entry is than what elimination leaves of it: the digits that a factorisation loses.
pub fn loss<W: Wide>(x: &Matrix<W>) -> f64 {
    let l = cholesky(x);
    (0..x.rows()).map(|i| (x[(i, i)] / (l[(i, i)] * l[(i, i)])).value()).fold(1.0, f64::max)
}
