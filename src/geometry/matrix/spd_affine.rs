//! Symmetric positive definite matrices with the affine-invariant metric ⟨u, v⟩_x = tr(x⁻¹u x⁻¹v) (Pennec, Fillard &
//! Ayache 2006), of curvature ≤ 0.
//!
//! Nothing changes under x → a x aᵀ, u → a u aᵀ. So every function is elementwise in a frame b in which the base point is
//! the identity and the other argument diagonal: x = b bᵀ, u = b diag(m) bᵀ. The same invariance gives derivatives in
//! the base point without that of a Cholesky factor or square root: with b⁻¹ dx b⁻ᵀ = δ,
//!
//! > ∂_x F·dx = (δ F + F δ)/2 − Σ ∂_a F·(δ a + a δ)/2 over the other arguments a, all seen in the frame.

use super::cholesky::{Factor, loss};
use super::dense::Matrix;
use super::divided::{exp2, ln_1p};
use super::eigen::{Eigen, eigen};
use super::{Geometry, Pull, SpdAffine, spd};
use crate::geometry::Scalar;

/// x = b bᵀ and b diag(m) bᵀ.
struct Frame<W> {
    b: Matrix<W>,
    inverse: Matrix<W>,
    m: Vec<W>,
}

impl<W: Scalar> Frame<W> {
    /// Of a point and a tangent.
    fn of(x: &Matrix<W>, u: &Matrix<W>) -> Frame<W> {
        let l = Factor::of(x);
        let whitened = u.congruent(&l.inverse);
        Frame::turned(l, whitened)
    }

    fn turned(l: Factor<W>, a: Matrix<W>) -> Frame<W> {
        let Eigen { values, vectors } = eigen(&a);
        Frame { b: l.factor * &vectors, inverse: vectors.t() * l.inverse, m: values }
    }

    /// Of two points: m holds the logarithms of the eigenvalues of y in the frame. Those of close points come from y − x,
    /// where nothing cancels.
    fn between(x: &Matrix<W>, y: &Matrix<W>) -> Frame<W> {
        let l = Factor::of(x);
        let difference = (y - x).congruent(&l.inverse);
        if difference.largest() <= 0.5 {
            let frame = Frame::turned(l, difference);
            return Frame { m: frame.m.into_iter().map(ln_1p).collect(), ..frame };
        }
        let whitened = y.congruent(&l.inverse);
        let frame = Frame::turned(l, whitened);
        Frame { m: frame.m.into_iter().map(W::ln).collect(), ..frame }
    }

    fn map(&self, f: impl Fn(W) -> W) -> Vec<W> {
        self.m.iter().map(|&m| f(m)).collect()
    }

    /// b diag(f(m)) bᵀ.
    fn compose(&self, f: impl Fn(W) -> W) -> Matrix<W> {
        spd::compose(&self.b, &self.map(f))
    }

    /// A cotangent into the frame.
    fn pull(&self, g: &Matrix<W>) -> Matrix<W> {
        g.congruent(&self.b.t())
    }

    /// A cotangent out of the frame.
    fn push(&self, g: &Matrix<W>) -> Matrix<W> {
        g.congruent(&self.inverse.t())
    }
}

/// The point at time s of the geodesic that is at x at time 0 and at y at time 1; halfway it is their geometric mean.
pub fn geodesic<W: Scalar>(x: &Matrix<W>, y: &Matrix<W>, s: W) -> Matrix<W> {
    Frame::between(x, y).compose(|l| (l * s).exp())
}

/// (a b + b a)/2 of symmetric matrices.
fn jordan<W: Scalar>(a: &Matrix<W>, b: &Matrix<W>) -> Matrix<W> {
    (a * b).sym()
}

impl<W: Scalar> Geometry<W> for SpdAffine {
    fn origin(&self, like: &Matrix<W>) -> Matrix<W> {
        Matrix::identity(like.rows(), like.rows())
    }

    fn read(&self, a: &Matrix<W>) -> Matrix<W> {
        a.sym()
    }

    fn loss(&self, points: &[&Matrix<W>]) -> f64 {
        points.iter().map(|x| loss(x)).product()
    }

    fn exp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>) -> Matrix<W> {
        Frame::of(x, u).compose(|m| (m * t).exp())
    }

    fn exp_vjp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let frame = Frame::of(x, u);
        let (g, l) = (frame.pull(g), frame.map(|m| m * t));
        let gu = g.weighted(|i, j| exp2(l[i], l[j]));
        let gx = g.weighted(|i, j| (l[i].exp() + l[j].exp()) * 0.5 - (l[i] + l[j]) * exp2(l[i], l[j]) * 0.5);
        let gt = (0..l.len()).fold(W::of(0.0), |s, i| s + gu[(i, i)] * frame.m[i]);
        (vec![frame.push(&gx), frame.push(&gu).scale(t)], gt)
    }

    fn log(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> Matrix<W> {
        Frame::between(x, y).compose(|l| l / t)
    }

    fn log_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let frame = Frame::between(x, y);
        let (g, l) = (frame.pull(g).scale(W::of(1.0) / t), &frame.m);
        let gy = g.weighted(|i, j| W::of(1.0) / exp2(l[i], l[j]));
        // (λ_i + λ_j)/2 over exp[ℓ_i, ℓ_j] is h coth h with h = (ℓ_i − ℓ_j)/2.
        let coth = |i: usize, j: usize| (l[i].exp() + l[j].exp()) * 0.5 / exp2(l[i], l[j]);
        let gx = g.weighted(|i, j| (l[i] + l[j]) * 0.5 - coth(i, j));
        let gt = (0..l.len()).fold(W::of(0.0), |s, i| s - g[(i, i)] * l[i]) / t;
        (vec![frame.push(&gx), frame.push(&gy)], gt)
    }

    fn dist2(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> W {
        Frame::between(x, y).m.iter().fold(W::of(0.0), |s, &l| s + l * l) / (t * t)
    }

    fn dist2_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: W) -> Pull<W> {
        let frame = Frame::between(x, y);
        let a = g * 2.0 / (t * t);
        let gx = Matrix::diagonal(&frame.map(|l| -(l * a)));
        let gy = Matrix::diagonal(&frame.map(|l| l * a / l.exp()));
        let gt = -(frame.m.iter().fold(W::of(0.0), |s, &l| s + l * l) * a / t);
        (vec![frame.push(&gx), frame.push(&gy)], gt)
    }

    /// e v eᵀ with e = (y x⁻¹)^½, which is b diag(√λ) b⁻¹.
    fn transport(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>) -> Matrix<W> {
        let frame = Frame::between(x, y);
        let l = &frame.m;
        v.congruent(&frame.inverse).weighted(|i, j| ((l[i] + l[j]) * 0.5).exp()).congruent(&frame.b)
    }

    fn transport_vjp(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let frame = Frame::between(x, y);
        let (g, v) = (frame.pull(g), v.congruent(&frame.inverse));
        let root = frame.map(|l| (l * 0.5).exp());
        let both = |i: usize, j: usize| root[i] * root[j];
        let gv = g.weighted(both);
        // d√y: entries over the sum of roots.
        let r = Matrix::diagonal(&root);
        let gy = (&g * &r * &v).sym().scale(W::of(2.0)).weighted(|i, j| W::of(1.0) / (root[i] + root[j]));
        let lambda = Matrix::diagonal(&frame.map(W::exp));
        let gx = jordan(&g, &v.weighted(both)) - jordan(&gy, &lambda) - jordan(&gv, &v);
        (vec![frame.push(&gx), frame.push(&gy), frame.push(&gv)], W::of(0.0))
    }

    fn inner(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>) -> W {
        let whiten = Factor::of(x).inverse;
        u.congruent(&whiten).dot(&v.congruent(&whiten))
    }

    fn inner_vjp(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>, g: W) -> Pull<W> {
        let whiten = Factor::of(x).inverse;
        let out = |a: &Matrix<W>| a.congruent(&whiten.t()).scale(g);
        let (u, v) = (u.congruent(&whiten), v.congruent(&whiten));
        (vec![out(&jordan(&u, &v).scale(W::of(-2.0))), out(&v), out(&u)], W::of(0.0))
    }

    fn project_tangent(&self, _x: &Matrix<W>, z: &Matrix<W>) -> Matrix<W> {
        z.clone()
    }

    fn project_tangent_vjp(&self, x: &Matrix<W>, _z: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        (vec![Matrix::zeros(x.rows(), x.cols()), g.clone()], W::of(0.0))
    }

    /// t x e x.
    fn egrad_to_rgrad(&self, t: W, x: &Matrix<W>, e: &Matrix<W>) -> Matrix<W> {
        e.congruent(x).scale(t)
    }

    fn egrad_to_rgrad_vjp(&self, t: W, x: &Matrix<W>, e: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let gx = (g * x * e).sym().scale(t * 2.0);
        (vec![gx, g.congruent(x).scale(t)], g.dot(&e.congruent(x)))
    }

    fn project(&self, t: W, radius: f64, x: &Matrix<W>) -> Matrix<W> {
        spd::project(t, radius, x)
    }

    fn project_vjp(&self, t: W, radius: f64, x: &Matrix<W>, g: &Matrix<W>) -> (Matrix<W>, W) {
        spd::project_vjp(t, radius, x, g)
    }

    fn step(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, m: &Matrix<W>) -> (Matrix<W>, Matrix<W>) {
        let frame = Frame::of(x, u);
        let l = frame.map(|m| m * t);
        let moved = m.congruent(&frame.inverse).weighted(|i, j| ((l[i] + l[j]) * 0.5).exp()).congruent(&frame.b);
        (frame.compose(|m| (m * t).exp()), moved)
    }
}
