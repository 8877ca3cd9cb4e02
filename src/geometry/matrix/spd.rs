//! What the two metrics of symmetric positive definite matrices share, and functions of such matrices: exp, ln, √.
//!
//! Both triangles of a stored matrix are read, as (x + xᵀ)/2; gradients are symmetric.

use super::dense::Matrix;
use super::divided::exp2;
use super::eigen::{Eigen, eigen};
use crate::geometry::Scalar;

/// q diag(f) qᵀ.
pub(super) fn compose<W: Scalar>(q: &Matrix<W>, f: &[W]) -> Matrix<W> {
    Matrix::diagonal(f).congruent(q)
}

/// A positive definite matrix x = q diag(e^ℓ) qᵀ through its logarithm q diag(ℓ) qᵀ, and derivatives of the two.
#[derive(Clone, Debug)]
pub struct Spectrum<W> {
    /// The logarithms ℓ of the eigenvalues.
    pub logs: Vec<W>,
    /// Eigenvectors, as columns.
    pub q: Matrix<W>,
}

impl<W: Scalar> Spectrum<W> {
    /// Of x; NaN if it is not positive definite.
    pub fn of(x: &Matrix<W>) -> Spectrum<W> {
        let Eigen { values, vectors } = eigen(x);
        Spectrum { logs: values.into_iter().map(W::ln).collect(), q: vectors }
    }

    /// Of exp z, for a symmetric z.
    pub fn of_exp(z: &Matrix<W>) -> Spectrum<W> {
        let Eigen { values, vectors } = eigen(z);
        Spectrum { logs: values, q: vectors }
    }

    /// The matrix x.
    pub fn exp(&self) -> Matrix<W> {
        self.power(W::of(1.0))
    }

    /// Its logarithm.
    pub fn ln(&self) -> Matrix<W> {
        compose(&self.q, &self.logs)
    }

    /// x^s.
    pub fn power(&self, s: W) -> Matrix<W> {
        compose(&self.q, &self.logs.iter().map(|&l| (l * s).exp()).collect::<Vec<_>>())
    }

    /// The symmetric matrix a, seen in the eigenbasis, with its entries times f(ℓ_i, ℓ_j).
    fn scaled(&self, a: &Matrix<W>, f: impl Fn(W, W) -> W) -> Matrix<W> {
        a.congruent(&self.q.t()).weighted(|i, j| f(self.logs[i], self.logs[j])).congruent(&self.q)
    }

    /// The derivative of exp at ln x in the direction a: its own adjoint.
    pub fn exp_derivative(&self, a: &Matrix<W>) -> Matrix<W> {
        self.scaled(a, exp2)
    }

    /// The derivative of ln at x in the direction a, inverse to [`Spectrum::exp_derivative`]: its own adjoint.
    pub fn ln_derivative(&self, a: &Matrix<W>) -> Matrix<W> {
        self.scaled(a, |l, m| W::of(1.0) / exp2(l, m))
    }

    /// The derivative of x^s at x in the direction a: its own adjoint.
    pub fn power_derivative(&self, s: W, a: &Matrix<W>) -> Matrix<W> {
        self.scaled(a, |l, m| s * exp2(s * l, s * m) / exp2(l, m))
    }

    /// The second derivative of exp at ln x in the directions a, b: Σ_k exp[ℓ_i, ℓ_k, ℓ_j](a_ik b_kj + b_ik a_kj) in the
    /// eigenbasis. As a form in a, b and a third matrix it is symmetric in all.
    pub fn exp_second_derivative(&self, a: &Matrix<W>, b: &Matrix<W>) -> Matrix<W> {
        let (n, l) = (self.logs.len(), &self.logs);
        let (a, b) = (a.congruent(&self.q.t()), b.congruent(&self.q.t()));
        let term = |i, j, k| super::divided::exp3(l[i], l[k], l[j]) * (a[(i, k)] * b[(k, j)] + b[(i, k)] * a[(k, j)]);
        Matrix::from_fn(n, n, |i, j| (0..n).fold(W::of(0.0), |s, k| s + term(i, j, k))).congruent(&self.q)
    }
}

/// The nearest eigenvalues within reach: those below e^(−r), negative ones too, are raised to it (r = `radius` · t);
/// then all logarithms are shrunk by one factor until their norm is r. What is within reach stays as it is.
pub(super) fn project<W: Scalar>(t: W, radius: f64, x: &Matrix<W>) -> Matrix<W> {
    let reach = Reach::of(t, radius, x);
    if reach.inside() {
        return x.clone();
    }
    compose(&reach.q, &reach.logs.iter().map(|&l| (l * reach.shrink).exp()).collect::<Vec<_>>())
}

/// Gradient of [`project`] in x and t.
pub(super) fn project_vjp<W: Scalar>(t: W, radius: f64, x: &Matrix<W>, g: &Matrix<W>) -> (Matrix<W>, W) {
    let zero = W::of(0.0);
    let Reach { values, q, logs, raised, shrink: s, length } = Reach::of(t, radius, x);
    let shrunk = s < W::of(1.0);
    let n = logs.len();
    if !shrunk && !raised.contains(&true) {
        return (g.clone(), zero);
    }
    let g = g.congruent(&q.t());
    // Diagonal: φ_i = exp(s ℓ_i), where s = r/|ℓ| depends on all of ℓ.
    let w: Vec<W> = (0..n).map(|i| g[(i, i)] * (logs[i] * s).exp()).collect();
    let wl = if shrunk { (0..n).fold(zero, |sum, i| sum + w[i] * logs[i]) } else { zero };
    let gl: Vec<W> = (0..n).map(|i| s * w[i] - s * logs[i] * wl / (length * length)).collect();
    let raised_sum = (0..n).filter(|&i| raised[i]).fold(zero, |sum, i| sum + gl[i]);
    let gt = wl * s / t - raised_sum * radius;
    // Off the diagonal: the divided difference of φ.
    let slope = |i: usize, j: usize| match (raised[i], raised[j]) {
        (true, true) => zero,
        (false, false) => s * exp2(s * logs[i], s * logs[j]) / exp2(logs[i], logs[j]),
        _ => s * exp2(s * logs[i], s * logs[j]) * (logs[i] - logs[j]) / (values[i] - values[j]),
    };
    let inner = Matrix::from_fn(n, n, |i, j| match i == j {
        true if raised[i] => zero,
        true => gl[i] / values[i],
        false => g[(i, j)] * slope(i, j),
    });
    (inner.congruent(&q), gt)
}

/// Where a symmetric matrix is, seen from the identity.
struct Reach<W> {
    values: Vec<W>,
    q: Matrix<W>,
    /// ln of the eigenvalues, at least −r.
    logs: Vec<W>,
    raised: Vec<bool>,
    /// min(1, r/|ℓ|).
    shrink: W,
    length: W,
}

impl<W: Scalar> Reach<W> {
    fn of(t: W, radius: f64, x: &Matrix<W>) -> Reach<W> {
        let Eigen { values, vectors } = eigen(x);
        let r = t * radius;
        let floor = (-r).exp();
        let raised: Vec<bool> = values.iter().map(|&v| v < floor).collect();
        let logs: Vec<W> = values.iter().zip(&raised).map(|(v, &up)| if up { -r } else { v.ln() }).collect();
        let length = logs.iter().fold(W::of(0.0), |s, &l| s + l * l).sqrt();
        let shrink = if length > r { r / length } else { W::of(1.0) };
        Reach { values, q: vectors, logs, raised, shrink, length }
    }

    fn inside(&self) -> bool {
        !self.raised.contains(&true) && self.shrink == W::of(1.0)
    }
}
