//! The Poincaré ball |x|² < 1/c with the metric (2/ω)² |dx|², ω = 1 − c|x|².
//!
//! Rows have width D. Two facts carry every formula here (d = y − x): the Möbius denominator is a sum of positives,
//! 1 − 2c⟨x,y⟩ + c²|x|²|y|² = c|d|² + ω_x ω_y, and the distance is an asinh of a difference,
//! sinh²(√c dist/2) = h = c|d|²/(ω_x ω_y). Only ω itself cancels, near the rim; 1/ω is the loss these functions report.
//!
//! Nothing is divided by c: the formulas are analytic in it. With number types that are [`Wide::SIGNED`] they serve
//! every sign of the curvature κ = −c: at c = 0 flat space with the metric 4|dx|², at c < 0 the sphere in stereographic
//! coordinates, whose antipode of the origin is at infinity (Bachmann, Bécigneul & Ganea, ICML 2020: the κ-stereographic
//! model). There 1 + h = cos²(√κ dist/2) cancels near the antipode; 1/(1+h) is then the loss.
//!
//! `*_vjp` functions take the cotangents `g` of the result, write the gradients of the rows, and tally those of (c, t).

mod busemann;
mod cone;
mod exp;
mod geodesic;
mod gyro;
mod hyperplane;
mod log;
mod step;
mod table;
mod tangent;
mod transport;

pub use busemann::{busemann, busemann_vjp};
pub use cone::{exterior_angle, exterior_angle_vjp, half_aperture, half_aperture_vjp};
pub use exp::{exp, exp_vjp, exp0, exp0_vjp};
pub use geodesic::{geodesic, geodesic_vjp, gyro_scale, gyro_scale_vjp};
pub use gyro::{lambda, lambda_vjp, mobius_add, mobius_add_vjp, to_lorentz, to_lorentz_vjp};
pub use hyperplane::{hyperplane_dist, hyperplane_dist_vjp};
pub use log::{log, log_vjp, log0, log0_vjp};
pub(super) use step::Steps;
pub use step::retract_transport;
pub(super) use table::{forward, vjp};
pub(super) use tangent::limit;
pub use tangent::{egrad_to_rgrad, egrad_to_rgrad_vjp, inner, inner_vjp, norm, norm_vjp, project, project_vjp};
pub use transport::{transport, transport_from0, transport_from0_vjp, transport_to0, transport_to0_vjp, transport_vjp};

use super::curv::Curv;
use super::rows::{Evaluation, Numbers, Product, Rows, RowsMut, Tally, block};
use super::scalar::{Ratio, asinhc_of, ratio_of};
use super::wide::Wide;

/// ω = 1 − c|x|² from |x|².
#[inline(always)]
fn omega<W: Wide>(k: Curv, x2: W) -> W {
    W::of(1.0) - x2 * k.c
}

/// What a pair of points has besides its rows.
#[derive(Clone, Copy)]
struct Pair<W> {
    /// |x|².
    x2: W,
    /// |y|².
    y2: W,
    /// |y−x|².
    d2: W,
    /// ω_x.
    wx: W,
    /// ω_y.
    wy: W,
    /// |y−x|²/(ω_x ω_y) = h/c.
    q: W,
    /// h = sinh²(√c dist/2).
    h: W,
    /// 1 + h = cosh²(√c dist/2).
    h1: W,
}

impl<W: Wide> Pair<W> {
    /// The terms of the sums that [`Pair::of`] takes.
    #[inline(always)]
    fn terms(x: W, y: W) -> [Product<W>; 3] {
        let d = y - x;
        [(x, x), (y, y), (d, d)]
    }

    #[inline(always)]
    fn of(k: Curv, [x2, y2, d2]: [W; 3]) -> Self {
        let (wx, wy) = (omega(k, x2), omega(k, y2));
        let q = d2 / (wx * wy);
        let h = q * k.c;
        let h1 = if W::SIGNED { (h + 1.0).at_least_zero() } else { h + 1.0 };
        Pair { x2, y2, d2, wx, wy, q, h, h1 }
    }

    /// The pair (0, y).
    #[inline(always)]
    fn from_origin(k: Curv, y2: W) -> Self {
        let pair = Self::of(k, [W::of(0.0), y2, y2]);
        Pair { h1: W::of(1.0) / pair.wy, ..pair }
    }

    /// Digits lost in ω and in 1 + h, and among slopes in ω where it is large.
    #[inline(always)]
    fn loss(&self) -> W {
        let rim = (W::of(1.0) / self.wx).larger(W::of(1.0) / self.wy);
        if W::SIGNED { rim.larger(self.wx).larger(self.wy).larger(W::of(1.0) / self.h1) } else { rim }
    }

    /// d/sinh d and its slopes.
    #[inline(always)]
    fn ratio(&self) -> Ratio<W> {
        ratio_of(self.h, self.h1)
    }

    /// 2 asinh(√h)/(√c t).
    #[inline(always)]
    fn dist(&self, k: Curv) -> W {
        self.q.sqrt() * asinhc_of(self.h, self.h1) * 2.0 / k.t
    }

    #[inline(always)]
    fn dist2(&self, k: Curv) -> W {
        let a = asinhc_of(self.h, self.h1) * 2.0 / k.t;
        a * a * self.q
    }

    /// For the cotangent g of dist²: the factor e of ∂x = e(−d/(ω_xω_y) + (h/ω_x) x), ∂y = e(d/(ω_xω_y) + (h/ω_y) y),
    /// and the gradients of (c, t).
    #[inline(always)]
    fn dist2_vjp(&self, k: Curv, g: W) -> (W, (W, W)) {
        let r = self.ratio();
        let g = g * 4.0 / k.t / k.t;
        // dist² t²/4 = q Ψ(h) with Ψ = asinh²(√h)/h = F²(1+h); c enters q through the two ω only.
        let h1 = self.h1;
        let (psi, dpsi) = (r.f * r.f * h1, r.f * (r.df * h1 * 2.0 + r.f));
        let dq = self.q * (self.x2 / self.wx + self.y2 / self.wy);
        let gc = g * (dq * psi + self.q * dpsi * (self.q + dq * k.c));
        let gt = -(g * self.q * psi) * 2.0 / k.t;
        (g * r.f * 2.0, (gc, gt))
    }

    /// The cotangent of dist² that a cotangent of dist amounts to; 0 at coincidence.
    #[inline(always)]
    fn through_root(&self, k: Curv, g: W) -> W {
        let d = self.dist(k);
        (g / (d * 2.0)).unless_zero(d)
    }
}

/// A number made of a pair of points.
#[inline(always)]
fn of_pair<E: Evaluation>(
    k: Curv,
    points: [Rows<'_, E>; 2],
    out: RowsMut<'_, E>,
    f: impl Fn(&Pair<E::Number>) -> E::Number,
) -> Tally {
    block(
        [],
        points,
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Pair::of(k, sums);
            Numbers::new([]).heads([f(&p)]).loss(p.loss())
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of such a number; `f` gives the cotangent of dist².
#[inline(always)]
fn of_pair_vjp<E: Evaluation>(
    k: Curv,
    points: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
    f: impl Fn(&Pair<E::Number>, E::Number) -> E::Number,
) -> Tally {
    block(
        [g],
        points,
        |[x, y]| Pair::terms(x, y),
        |[g], sums| {
            let p = Pair::of(k, sums);
            let (e, grad) = p.dist2_vjp(k, f(&p, g));
            Numbers::new([e / (p.wx * p.wy), e * p.h / p.wx, e * p.h / p.wy]).curvature(grad).loss(p.loss())
        },
        out,
        |[x, y], [a, b, c]| {
            let d = a * (y - x);
            [b * x - d, c * y + d]
        },
    )
}

/// dist(x, y) = 2/(√c t) · asinh √h.
#[inline(always)]
pub fn dist<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(k, points, out, |p| p.dist(k))
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub fn dist_vjp<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_pair_vjp(k, points, g, out, |p, g| p.through_root(k, g))
}

/// dist(x, y)², smooth also where x = y.
#[inline(always)]
pub fn dist2<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(k, points, out, |p| p.dist2(k))
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_pair_vjp(k, points, g, out, |_, g| g)
}

/// dist(0, y).
#[inline(always)]
pub fn dist0<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [y],
        |[y]| [(y, y)],
        |[], [y2]| {
            let p = Pair::from_origin(k, y2);
            Numbers::new([]).heads([p.dist(k)]).loss(p.loss())
        },
        [out.headed()],
        |[y], []| [y],
    )
}

/// Gradient of [`dist0`]; zero where y = 0.
#[inline(always)]
pub fn dist0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [g],
        [y],
        |[y]| [(y, y)],
        |[g], [y2]| {
            let p = Pair::from_origin(k, y2);
            let (e, grad) = p.dist2_vjp(k, p.through_root(k, g));
            Numbers::new([e / (p.wy * p.wy)]).curvature(grad).loss(p.loss())
        },
        out,
        |[y], [a]| [a * y],
    )
}
