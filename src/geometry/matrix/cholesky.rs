//! Cholesky factors.

use super::dense::Matrix;
use crate::geometry::Scalar;

/// x = f fᵀ, and f⁻¹. NaN or infinite where x is not positive definite.
pub(super) struct Factor<W> {
    pub factor: Matrix<W>,
    pub inverse: Matrix<W>,
}

impl<W: Scalar> Factor<W> {
    /// Cholesky's factor with the largest diagonal entries first, in the original order of rows: then what is graded stays
    /// graded, f⁻¹ y f⁻ᵀ too, and Jacobi's method finds its small eigenvalues.
    pub fn of(x: &Matrix<W>) -> Factor<W> {
        let n = x.rows();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| x[(j, j)].value().total_cmp(&x[(i, i)].value()));
        let l = cholesky(&Matrix::from_fn(n, n, |i, j| x[(order[i], order[j])]));
        let (inverse, mut place) = (inverse_lower(&l), vec![0; n]);
        (0..n).for_each(|i| place[order[i]] = i);
        Factor {
            factor: Matrix::from_fn(n, n, |i, j| l[(place[i], j)]),
            inverse: Matrix::from_fn(n, n, |i, j| inverse[(i, place[j])]),
        }
    }
}

/// x = l lᵀ with l lower triangular.
fn cholesky<W: Scalar>(x: &Matrix<W>) -> Matrix<W> {
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
fn inverse_lower<W: Scalar>(l: &Matrix<W>) -> Matrix<W> {
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
pub(super) fn loss<W: Scalar>(x: &Matrix<W>) -> f64 {
    let l = cholesky(x);
    (0..x.rows()).map(|i| (x[(i, i)] / (l[(i, i)] * l[(i, i)])).value()).fold(1.0, f64::max)
}
