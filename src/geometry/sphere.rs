//! The sphere |x|² = 1/c in ambient rows of width D+1; the origin is o = (1/√c, 0, …, 0).
//!
//! **A row is a direction.** A point row is read as the point x̂/√c with x̂ = x/|x|, and a tangent row at it as its part
//! orthogonal to x̂. So every function is one of the sphere whatever the length of its rows: rounding cannot move a point
//! off the sphere, and gradients in points are tangential. Results lie on the sphere up to their own rounding.
//!
//! With d = y − x, s = y + x and |y| − |x| = ⟨d,s⟩/(|x|+|y|) =: e, the chord is A = |ŷ − x̂|² = (|d|² − e²)/(|x||y|) and
//! its complement B = |ŷ + x̂|² = (|s|² − e²)/(|x||y|) = 4 − A; the angle is 2 atan2(√A, √B): nothing is lost between close
//! points, nor between points that are nearly antipodal. Rows of very different lengths do cancel |d|² against e²; that,
//! and the small directions near the antipode, are the losses these functions report.
//!
//! Antipodes are joined by geodesics in all directions. There the logarithm and the gradient of the distance are 0, the
//! mean over all of them, and transport leaves a tangent as it is.
//!
//! Metric and transport are those of the space around; `c` and `t` act as everywhere (see [`Curv`]), with κ = c t².
//! These functions need numbers that are [`Wide::SIGNED`].

mod exp;
mod log;
mod origin;
mod table;
mod tangent;
mod transport;

pub use exp::{exp, exp_vjp, exp0, exp0_vjp, retract_transport};
pub use log::{log, log_vjp, log0, log0_vjp};
pub use origin::{dist0, dist0_vjp, transport_from0, transport_from0_vjp, transport_to0, transport_to0_vjp};
pub(super) use table::{forward, vjp};
pub(super) use tangent::limit;
pub use tangent::{
    egrad_to_rgrad, egrad_to_rgrad_vjp, inner, inner_vjp, norm, norm_vjp, project, project_tangent,
    project_tangent_vjp, project_vjp,
};
pub use transport::{transport, transport_vjp};

use super::curv::Curv;
use super::rows::{Evaluation, Numbers, Product, Rows, RowsMut, Tally, block};
use super::scalar::{Ratio, asinhc_of, ratio_of};
use super::wide::Wide;

/// 1/√c.
#[inline(always)]
fn radius<W: Wide>(k: Curv) -> W {
    W::of(1.0) / W::of(k.c).sqrt()
}

/// What a pair of points has besides its rows.
#[derive(Clone, Copy)]
struct Pair<W> {
    /// |x|.
    x: W,
    /// |y|.
    y: W,
    /// |y| − |x|.
    e: W,
    /// A = |ŷ − x̂|².
    chord: W,
    /// B = |ŷ + x̂|².
    co: W,
    loss: W,
}

impl<W: Wide> Pair<W> {
    /// The terms of the sums that [`Pair::of`] takes.
    #[inline(always)]
    fn terms(x: W, y: W) -> [Product<W>; 5] {
        let (d, s) = (y - x, y + x);
        [(x, x), (y, y), (d, d), (s, s), (d, s)]
    }

    #[inline(always)]
    fn of([x2, y2, d2, s2, ds]: [W; 5]) -> Self {
        let (x, y) = (x2.sqrt(), y2.sqrt());
        let (e, xy) = (ds / (x + y), x * y);
        let chord = ((d2 - e * e) / xy).at_least_zero();
        let co = ((s2 - e * e) / xy).at_least_zero();
        let cancelled = |all: W, left: W| (all / (xy * left)).unless_zero(all);
        // Directions near the antipode are as long as √B.
        let loss = cancelled(d2, chord).larger(cancelled(s2, co)).larger((W::of(2.0) / co.sqrt()).unless_zero(co));
        Pair { x, y, e, chord, co, loss }
    }

    /// cos θ = ⟨x̂,ŷ⟩.
    #[inline(always)]
    fn cos(&self) -> W {
        W::of(1.0) - self.chord / 2.0
    }

    /// θ/sin θ and its slopes in h = −sin²(θ/2).
    #[inline(always)]
    fn ratio(&self) -> Ratio<W> {
        ratio_of(-(self.chord / 4.0), self.co / 4.0)
    }

    /// θ.
    #[inline(always)]
    fn angle(&self) -> W {
        self.chord.sqrt() * asinhc_of(-(self.chord / 4.0), self.co / 4.0)
    }

    /// θ/(√c t).
    #[inline(always)]
    fn dist(&self, k: Curv) -> W {
        self.angle() / (W::of(k.c).sqrt() * k.t)
    }

    /// (a, b) of ŷ − cos θ x̂ = a d + b x, the direction from x to y.
    #[inline(always)]
    fn onward(&self) -> (W, W) {
        (W::of(1.0) / self.y, (self.chord / 2.0 - self.e / self.y) / self.x)
    }

    /// (a, b) of x̂ − cos θ ŷ = b y − a d, the direction from y to x.
    #[inline(always)]
    fn back(&self) -> (W, W) {
        (W::of(1.0) / self.x, (self.chord / 2.0 + self.e / self.x) / self.y)
    }

    /// (a, b) of x̂ + ŷ = a s + b x.
    #[inline(always)]
    fn sum(&self) -> (W, W) {
        (W::of(1.0) / self.y, self.e / (self.x * self.y))
    }
}

/// A number made of a pair of points.
#[inline(always)]
fn of_pair<E: Evaluation>(
    points: [Rows<'_, E>; 2],
    out: RowsMut<'_, E>,
    f: impl Fn(&Pair<E::Number>) -> E::Number,
) -> Tally {
    block(
        [],
        points,
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Pair::of(sums);
            Numbers::new([]).heads([f(&p)]).loss(p.loss)
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
            let p = Pair::of(sums);
            let g = f(&p, g);
            let d = p.dist(k);
            // dist² = θ²/(c t²), and dθ² = −2 θ/sin θ d⟨x̂,ŷ⟩.
            let a = p.ratio().f * g * -2.0 / k.c / k.t / k.t;
            let ((xd, xx), (yd, yy)) = (p.onward(), p.back());
            let (ax, ay) = (a / p.x, a / p.y);
            Numbers::new([ax * xd, ax * xx, ay * yd, ay * yy])
                .curvature((-(g * d * d / k.c), g * d * d * -2.0 / k.t))
                .loss(p.loss)
        },
        out,
        |[x, y], [xd, xx, yd, yy]| {
            let d = y - x;
            [xd * d + xx * x, yy * y - yd * d]
        },
    )
}

/// dist(x, y) = θ/(√c t).
#[inline(always)]
pub fn dist<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(points, out, |p| p.dist(k))
}

/// Gradient of [`dist`]; zero where x = ±y.
#[inline(always)]
pub fn dist_vjp<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_pair_vjp(k, points, g, out, |p, g| {
        let d = p.dist(k);
        (g / (d * 2.0)).unless_zero(d)
    })
}

/// dist(x, y)², smooth also where x = y.
#[inline(always)]
pub fn dist2<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(points, out, |p| {
        let d = p.dist(k);
        d * d
    })
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_pair_vjp(k, points, g, out, |_, g| g)
}
