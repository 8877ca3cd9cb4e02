//! The flow m ↦ e^A m of a linear operator, and its adjoint derivative in the operator's parameters.
//!
//! A power series, taken in as many equal steps as the operator's norm asks for. Where the operator is skew the steps
//! are isometries and rounding does not grow.

use super::dense::Matrix;
use crate::geometry::Scalar;

/// More terms than a step needs: the norm of a step is at most 1.
const TERMS: usize = 40;

/// A linear operator A on matrices that depends on parameters.
pub(super) trait Operator<W> {
    /// A m.
    fn apply(&self, m: &Matrix<W>) -> Matrix<W>;
    /// Aᵀ g, and adds to `grads` the gradients of ⟨g, A m⟩ in the parameters.
    fn vjp(&self, m: &Matrix<W>, g: &Matrix<W>, grads: &mut Vec<Matrix<W>>) -> Matrix<W>;
}

/// How many steps an operator of norm at most `norm` takes.
fn steps(norm: f64) -> usize {
    // A norm that is not a number gives NaN after one step.
    (norm.ceil() as usize).clamp(1, 1 << 16)
}

/// The terms Aᵏm/(k! steps^k) of a step, until they change nothing.
fn terms<W: Scalar>(a: &impl Operator<W>, steps: usize, m: &Matrix<W>) -> Vec<Matrix<W>> {
    let (mut terms, size) = (vec![m.clone()], m.dot(m).sqrt());
    for k in 1..TERMS {
        let next = a.apply(&terms[k - 1]).scale(W::of(1.0) / (k * steps) as f64);
        let length = next.dot(&next).sqrt();
        terms.push(next);
        if size + length == size {
            break;
        }
    }
    terms
}

fn sum<W: Scalar>(terms: &[Matrix<W>]) -> Matrix<W> {
    // From the smallest.
    let mut sum = Matrix::zeros(terms[0].rows(), terms[0].cols());
    for term in terms.iter().rev() {
        sum = sum + term;
    }
    sum
}

/// e^A m, where A has norm at most `norm`.
pub(super) fn flow<W: Scalar>(a: &impl Operator<W>, norm: f64, m: &Matrix<W>) -> Matrix<W> {
    let n = steps(norm);
    (0..n).fold(m.clone(), |m, _| sum(&terms(a, n, &m)))
}

/// Gradient of [`flow`] in m, and adds to `grads` the gradients in the operator's parameters.
pub(super) fn flow_vjp<W: Scalar>(
    a: &impl Operator<W>,
    norm: f64,
    m: &Matrix<W>,
    g: &Matrix<W>,
    grads: &mut Vec<Matrix<W>>,
) -> Matrix<W> {
    let n = steps(norm);
    let mut starts = vec![m.clone()];
    for i in 1..n {
        starts.push(sum(&terms(a, n, &starts[i - 1])));
    }
    let mut g = g.clone();
    for start in starts.iter().rev() {
        let terms = terms(a, n, start);
        // The cotangent of term k is g + Aᵀ(that of term k + 1)/((k + 1) steps).
        let mut c = g.clone();
        for k in (1..terms.len()).rev() {
            let scaled = c.scale(W::of(1.0) / (k * n) as f64);
            c = &g + a.vjp(&terms[k - 1], &scaled, grads);
        }
        g = c;
    }
    g
}
