//! Symmetric positive definite matrices with the log-Euclidean metric (Arsigny, Fillard, Pennec & Ayache 2007): the
//! matrix logarithm is an isometry to flat space, the symmetric matrices with tr(uv).
//!
//! Tangents are stored as matrices at x, as they are for the affine-invariant metric; `D ln_x u` is the flat one.

use super::cholesky::loss;
use super::dense::Matrix;
use super::spd::{self, Spectrum};
use super::{Geometry, Pull, SpdLog};
use crate::geometry::Scalar;

/// Gradient of D ln_x u: in x for the cotangent of the result. With U = D ln_x u and P = D ln_x g (the gradient in u) it
/// is −D ln_x(D² exp(U, P)), since u = D exp(U) stays.
fn flat_vjp<W: Scalar>(x: &Spectrum<W>, flat: &Matrix<W>, pulled: &Matrix<W>) -> Matrix<W> {
    x.ln_derivative(&x.exp_second_derivative(flat, pulled)).scale(W::of(-1.0))
}

impl<W: Scalar> Geometry<W> for SpdLog {
    fn origin(&self, like: &Matrix<W>) -> Matrix<W> {
        Matrix::identity(like.rows(), like.rows())
    }

    fn read(&self, a: &Matrix<W>) -> Matrix<W> {
        a.sym()
    }

    fn loss(&self, points: &[&Matrix<W>]) -> f64 {
        // ln y − ln x cancels for close points.
        let close = match points {
            [x, y] if x != y => x.largest() / (*y - *x).largest(),
            _ => 1.0,
        };
        points.iter().map(|x| loss(x)).product::<f64>() * close.max(1.0)
    }

    fn exp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>) -> Matrix<W> {
        let x = Spectrum::of(x);
        Spectrum::of_exp(&(x.ln() + x.ln_derivative(u).scale(t))).exp()
    }

    fn exp_vjp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let x = Spectrum::of(x);
        let flat = x.ln_derivative(u);
        let g = Spectrum::of_exp(&(x.ln() + flat.scale(t))).exp_derivative(g);
        let pulled = x.ln_derivative(&g);
        (vec![&pulled + flat_vjp(&x, &flat, &pulled).scale(t), pulled.scale(t)], g.dot(&flat))
    }

    fn log(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> Matrix<W> {
        let x = Spectrum::of(x);
        x.exp_derivative(&(Spectrum::of(y).ln() - x.ln())).scale(W::of(1.0) / t)
    }

    fn log_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let (x, y) = (Spectrum::of(x), Spectrum::of(y));
        let g = g.scale(W::of(1.0) / t);
        let (flat, pulled) = (y.ln() - x.ln(), x.exp_derivative(&g));
        let gx = x.ln_derivative(&(x.exp_second_derivative(&flat, &g) - &pulled));
        (vec![gx, y.ln_derivative(&pulled)], -(pulled.dot(&flat) / t))
    }

    fn dist2(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> W {
        let d = Spectrum::of(y).ln() - Spectrum::of(x).ln();
        d.dot(&d) / (t * t)
    }

    fn dist2_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: W) -> Pull<W> {
        let (x, y) = (Spectrum::of(x), Spectrum::of(y));
        let d = y.ln() - x.ln();
        let a = g * 2.0 / (t * t);
        (vec![x.ln_derivative(&d).scale(-a), y.ln_derivative(&d).scale(a)], -(d.dot(&d) * a / t))
    }

    fn transport(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>) -> Matrix<W> {
        Spectrum::of(y).exp_derivative(&Spectrum::of(x).ln_derivative(v))
    }

    fn transport_vjp(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let (x, y) = (Spectrum::of(x), Spectrum::of(y));
        let flat = x.ln_derivative(v);
        let pulled = x.ln_derivative(&y.exp_derivative(g));
        let gy = y.ln_derivative(&y.exp_second_derivative(&flat, g));
        (vec![flat_vjp(&x, &flat, &pulled), gy, pulled], W::of(0.0))
    }

    fn inner(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>) -> W {
        let x = Spectrum::of(x);
        x.ln_derivative(u).dot(&x.ln_derivative(v))
    }

    fn inner_vjp(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>, g: W) -> Pull<W> {
        let x = Spectrum::of(x);
        let (u, v) = (x.ln_derivative(u), x.ln_derivative(v));
        let (gu, gv) = (x.ln_derivative(&v).scale(g), x.ln_derivative(&u).scale(g));
        (vec![flat_vjp(&x, &u, &gu) + flat_vjp(&x, &v, &gv), gu, gv], W::of(0.0))
    }

    fn project_tangent(&self, _x: &Matrix<W>, z: &Matrix<W>) -> Matrix<W> {
        z.clone()
    }

    fn project_tangent_vjp(&self, x: &Matrix<W>, _z: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        (vec![Matrix::zeros(x.rows(), x.cols()), g.clone()], W::of(0.0))
    }

    /// t D exp(D exp(e)).
    fn egrad_to_rgrad(&self, t: W, x: &Matrix<W>, e: &Matrix<W>) -> Matrix<W> {
        let x = Spectrum::of(x);
        x.exp_derivative(&x.exp_derivative(e)).scale(t)
    }

    fn egrad_to_rgrad_vjp(&self, t: W, x: &Matrix<W>, e: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let x = Spectrum::of(x);
        let (flat, pulled) = (x.exp_derivative(e), x.exp_derivative(g));
        let gl = x.exp_second_derivative(&flat, g) + x.exp_second_derivative(e, &pulled);
        let gt = pulled.dot(&flat);
        (vec![x.ln_derivative(&gl).scale(t), x.exp_derivative(&pulled).scale(t)], gt)
    }

    fn project(&self, t: W, radius: f64, x: &Matrix<W>) -> Matrix<W> {
        spd::project(t, radius, x)
    }

    fn project_vjp(&self, t: W, radius: f64, x: &Matrix<W>, g: &Matrix<W>) -> (Matrix<W>, W) {
        spd::project_vjp(t, radius, x, g)
    }

    fn step(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, m: &Matrix<W>) -> (Matrix<W>, Matrix<W>) {
        let x = Spectrum::of(x);
        let y = Spectrum::of_exp(&(x.ln() + x.ln_derivative(u).scale(t)));
        (y.exp(), y.exp_derivative(&x.ln_derivative(m)))
    }
}
