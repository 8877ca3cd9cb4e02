//! Matrices with p orthonormal columns in n dimensions, with the canonical metric ⟨u, v⟩_x = tr(uᵀ(1 − ½xxᵀ)v) of Edelman,
//! Arias & Smith (1998). For p = 1 that is the unit sphere, for p = n twice as flat as the rotations with tr(uᵀv).
//!
//! A stored point is read as the nearest matrix with orthonormal columns. Geodesics are turned by a fixed skew matrix:
//! with ũ = (1 − ½xxᵀ)u,
//!
//! > exp_x u = e^W x, W = ũxᵀ − xũᵀ.
//!
//! No other matrix of n × n numbers, QR decomposition or p × p exponential is needed: W m costs four products with n × p
//! matrices, and e^W is a power series of it ([`flow`](super::flow)). Parts of u and v normal to the manifold have no effect.
//! Parallel transport of v along it is e^W e^A v with the constant A v = ½(Z u − W v), Z = ṽxᵀ − xṽᵀ, since the space is
//! naturally reductive.
//!
//! log is in [`shooting`](super::shooting).

use super::dense::Matrix;
use super::eigen::{Eigen, eigen};
use super::flow::{Operator, flow, flow_vjp};
use super::{Geometry, Pull, Stiefel, shooting};
use crate::geometry::Scalar;

/// (1 − ½xxᵀ)u: its own adjoint in u.
pub(super) fn lower<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>) -> Matrix<W> {
    u - (x * (x.t() * u)).scale(W::of(0.5))
}

/// Gradient of ⟨g, lower(x, u)⟩ in x.
fn lower_x<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> Matrix<W> {
    (g * (u.t() * x) + u * (g.t() * x)).scale(W::of(-0.5))
}

/// The tangential part of z at x.
pub(super) fn tangent<W: Scalar>(x: &Matrix<W>, z: &Matrix<W>) -> Matrix<W> {
    z - x * (x.t() * z).sym()
}

/// Gradient of ⟨g, tangent(x, z)⟩ in x.
fn tangent_x<W: Scalar>(x: &Matrix<W>, z: &Matrix<W>, g: &Matrix<W>) -> Matrix<W> {
    (g * (x.t() * z).sym() + z * (x.t() * g).sym()).scale(W::of(-1.0))
}

/// a xᵀm − x aᵀm: skew in m.
fn turn<W: Scalar>(a: &Matrix<W>, x: &Matrix<W>, m: &Matrix<W>) -> Matrix<W> {
    a * (x.t() * m) - x * (a.t() * m)
}

/// Gradients of ⟨g, turn(a, x, m)⟩ in a and x.
fn turn_vjp<W: Scalar>(a: &Matrix<W>, x: &Matrix<W>, m: &Matrix<W>, g: &Matrix<W>) -> [Matrix<W>; 2] {
    let ga = g * (m.t() * x) - m * (g.t() * x);
    let gx = m * (g.t() * a) - g * (m.t() * a);
    [ga, gx]
}

fn add<W: Scalar>(sum: &mut Matrix<W>, term: Matrix<W>) {
    *sum = &*sum + term;
}

/// W of a geodesic; parameters (x, u).
pub(super) struct Turn<'a, W> {
    x: &'a Matrix<W>,
    u: &'a Matrix<W>,
    lowered: Matrix<W>,
}

impl<'a, W: Scalar> Turn<'a, W> {
    pub fn of(x: &'a Matrix<W>, u: &'a Matrix<W>) -> Self {
        Turn { x, u, lowered: lower(x, u) }
    }

    /// At least the norm of W.
    fn norm(&self) -> f64 {
        // With a = xᵀu and b the part of u across x: |ũ|² = |a|²/4 + |b|², and the largest angle of W, whose eigenvalues come
        // in pairs, is at most (|a|²/2 + |b|²)^½.
        (self.lowered.dot(&self.lowered).value() * 2.0).sqrt()
    }
}

impl<W: Scalar> Operator<W> for Turn<'_, W> {
    fn apply(&self, m: &Matrix<W>) -> Matrix<W> {
        turn(&self.lowered, self.x, m)
    }

    fn vjp(&self, m: &Matrix<W>, g: &Matrix<W>, grads: &mut Vec<Matrix<W>>) -> Matrix<W> {
        let [ga, gx] = turn_vjp(&self.lowered, self.x, m, g);
        add(&mut grads[0], gx + lower_x(self.x, self.u, &ga));
        add(&mut grads[1], lower(self.x, &ga));
        self.apply(g).scale(W::of(-1.0))
    }
}

/// A of parallel transport; parameters (x, u).
struct Carry<'a, W>(Turn<'a, W>);

impl<W: Scalar> Operator<W> for Carry<'_, W> {
    fn apply(&self, v: &Matrix<W>) -> Matrix<W> {
        let Turn { x, u, lowered } = &self.0;
        (turn(&lower(x, v), x, u) - turn(lowered, x, v)).scale(W::of(0.5))
    }

    fn vjp(&self, v: &Matrix<W>, g: &Matrix<W>, grads: &mut Vec<Matrix<W>>) -> Matrix<W> {
        let Turn { x, u, .. } = self.0;
        let (g, lifted) = (g.scale(W::of(0.5)), lower(x, v));
        let minus = g.scale(W::of(-1.0));
        // Z u is skew in u; −W v is `Turn`.
        let [ga, gx] = turn_vjp(&lifted, x, u, &g);
        add(&mut grads[0], gx + lower_x(x, v, &ga));
        add(&mut grads[1], turn(&lifted, x, &minus));
        lower(x, &ga) + self.0.vjp(v, &minus, grads)
    }
}

/// e^W m for the geodesic from x with velocity u.
pub(super) fn along<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>, m: &Matrix<W>) -> Matrix<W> {
    let turn = Turn::of(x, u);
    flow(&turn, turn.norm(), m)
}

/// exp_x u.
pub(super) fn exp<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>) -> Matrix<W> {
    along(x, u, x)
}

/// Gradients of [`exp`] in x and u.
pub(super) fn exp_vjp<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> [Matrix<W>; 2] {
    let turn = Turn::of(x, u);
    let mut grads = vec![Matrix::zeros(x.rows(), x.cols()); 2];
    let gm = flow_vjp(&turn, turn.norm(), x, g, &mut grads);
    let [gx, gu] = [&grads[0] + gm, grads.swap_remove(1)];
    [gx, gu]
}

/// The tangential part of v, carried along the geodesic from x with velocity u.
fn carry<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>) -> Matrix<W> {
    let carry = Carry(Turn::of(x, u));
    // A is half a commutator with W, so W's norm bounds its own.
    along(x, u, &flow(&carry, carry.0.norm(), &tangent(x, v)))
}

/// Gradients of [`carry`] in x, u and v.
fn carry_vjp<W: Scalar>(x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>, g: &Matrix<W>) -> [Matrix<W>; 3] {
    let (turn, carry) = (Turn::of(x, u), Carry(Turn::of(x, u)));
    let (norm, start) = (turn.norm(), tangent(x, v));
    let mut grads = vec![Matrix::zeros(x.rows(), x.cols()); 2];
    let g = flow_vjp(&turn, norm, &flow(&carry, norm, &start), g, &mut grads);
    let g = flow_vjp(&carry, norm, &start, &g, &mut grads);
    [&grads[0] + tangent_x(x, v, &g), grads.swap_remove(1), tangent(x, &g)]
}

/// The polar factor x (xᵀx)^−½, the nearest matrix with orthonormal columns; with the eigenvalues of (xᵀx)^½.
pub(super) fn polar<W: Scalar>(x: &Matrix<W>) -> (Matrix<W>, Eigen<W>) {
    let Eigen { values, vectors } = eigen(&(x.t() * x).sym());
    let values: Vec<W> = values.into_iter().map(W::sqrt).collect();
    let inverse: Vec<W> = values.iter().map(|&v| W::of(1.0) / v).collect();
    (x * super::spd::compose(&vectors, &inverse), Eigen { values, vectors })
}

impl<W: Scalar> Geometry<W> for Stiefel {
    fn origin(&self, like: &Matrix<W>) -> Matrix<W> {
        Matrix::identity(like.rows(), like.cols())
    }

    fn read_point(&self, x: &Matrix<W>) -> Matrix<W> {
        polar(x).0
    }

    /// With x = y h: y Ω + (1 − yyᵀ)dx h⁻¹ is the differential of y, where hΩ + Ωh = yᵀdx − dxᵀy.
    fn read_point_vjp(&self, x: &Matrix<W>, g: &Matrix<W>) -> Matrix<W> {
        let (y, Eigen { values: h, vectors: q }) = polar(x);
        let yg = y.t() * g;
        let skew = (&yg - yg.t()).scale(W::of(0.5));
        let omega = &q * (q.t() * skew * &q).weighted(|i, j| W::of(2.0) / (h[i] + h[j])) * q.t();
        let inverse: Vec<W> = h.iter().map(|&h| W::of(1.0) / h).collect();
        &y * omega + (g - &y * &yg) * super::spd::compose(&q, &inverse)
    }

    fn exp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>) -> Matrix<W> {
        exp(x, &u.scale(t))
    }

    fn exp_vjp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let [gx, gu] = exp_vjp(x, &u.scale(t), g);
        let gt = gu.dot(u);
        (vec![gx, gu.scale(t)], gt)
    }

    fn log(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> Matrix<W> {
        shooting::velocity(x, y).scale(W::of(1.0) / t)
    }

    fn log_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let u = shooting::velocity(x, y);
        let g = g.scale(W::of(1.0) / t);
        let [gx, gy] = shooting::velocity_vjp(x, &u, &g);
        (vec![gx, gy], -(g.dot(&u) / t))
    }

    fn dist2(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> W {
        let u = shooting::velocity(x, y);
        u.dot(&lower(x, &u)) / (t * t)
    }

    /// The gradient of dist² is −2 times the velocity at x and 2 times that at y, which is W y.
    fn dist2_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: W) -> Pull<W> {
        let u = shooting::velocity(x, y);
        let a = g * 2.0 / (t * t);
        let turn = Turn::of(x, &u);
        let gy = lower(y, &turn.apply(y)).scale(a);
        let gt = -(u.dot(&turn.lowered) * a / t);
        (vec![turn.lowered.scale(-a), gy], gt)
    }

    fn transport(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>) -> Matrix<W> {
        carry(x, &shooting::velocity(x, y), v)
    }

    fn transport_vjp(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let u = shooting::velocity(x, y);
        let [gx, gu, gv] = carry_vjp(x, &u, v, g);
        let [hx, gy] = shooting::velocity_vjp(x, &u, &gu);
        (vec![gx + hx, gy, gv], W::of(0.0))
    }

    fn inner(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>) -> W {
        u.dot(&lower(x, v))
    }

    fn inner_vjp(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>, g: W) -> Pull<W> {
        let gx = lower_x(x, u, v).scale(g);
        (vec![gx, lower(x, v).scale(g), lower(x, u).scale(g)], W::of(0.0))
    }

    fn project_tangent(&self, x: &Matrix<W>, z: &Matrix<W>) -> Matrix<W> {
        tangent(x, z)
    }

    fn project_tangent_vjp(&self, x: &Matrix<W>, z: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        (vec![tangent_x(x, z, g), tangent(x, g)], W::of(0.0))
    }

    /// t (e − x eᵀx).
    fn egrad_to_rgrad(&self, t: W, x: &Matrix<W>, e: &Matrix<W>) -> Matrix<W> {
        (e - x * (e.t() * x)).scale(t)
    }

    fn egrad_to_rgrad_vjp(&self, t: W, x: &Matrix<W>, e: &Matrix<W>, g: &Matrix<W>) -> Pull<W> {
        let gx = (g * (x.t() * e) + e * (x.t() * g)).scale(-t);
        let ge = (g - x * (g.t() * x)).scale(t);
        (vec![gx, ge], g.dot(&(e - x * (e.t() * x))))
    }

    /// The space is compact: the radius has no effect.
    fn project(&self, _t: W, _radius: f64, x: &Matrix<W>) -> Matrix<W> {
        polar(x).0
    }

    fn project_vjp(&self, _t: W, _radius: f64, x: &Matrix<W>, g: &Matrix<W>) -> (Matrix<W>, W) {
        (self.read_point_vjp(x, g), W::of(0.0))
    }

    fn step(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, m: &Matrix<W>) -> (Matrix<W>, Matrix<W>) {
        let u = u.scale(t);
        (exp(x, &u), carry(x, &u, m))
    }
}
