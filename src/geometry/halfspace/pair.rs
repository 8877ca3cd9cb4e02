//! What two points have between them, and their distance 2/(√c t) · asinh √q.

use super::Chart;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, prepared};
use crate::geometry::scalar::{asinh_sqrt, ratio};
use crate::geometry::wide::Wide;

/// (r, m) = x⁻¹y, but for the coordinates of m.
#[derive(Clone, Copy)]
pub(super) struct Between<W> {
    /// r.
    pub r: W,
    /// r − 1.
    pub rho: W,
    /// |m|².
    pub m2: W,
    /// sinh²(d/2).
    pub q: W,
}

impl<W: Wide> Between<W> {
    #[inline(always)]
    pub fn of([r, rho, _, _]: [W; 4], m2: W) -> Self {
        Between { r, rho, m2, q: (rho * rho + m2) / (r * 4.0) }
    }

    /// X₁ on the unit hyperboloid.
    #[inline(always)]
    pub fn rise(&self) -> W {
        self.rho / self.r + self.q * 2.0
    }

    /// r ∂q/∂r.
    #[inline(always)]
    pub fn q_r(&self) -> W {
        self.rho / 2.0 - self.q
    }

    /// dist².
    #[inline(always)]
    fn dist2(&self, k: Curv) -> W {
        let a = asinh_sqrt(self.q) * 2.0 / k.t;
        a * a / k.c
    }

    /// dist.
    #[inline(always)]
    fn dist(&self, k: Curv) -> W {
        asinh_sqrt(self.q) * 2.0 / (W::of(k.c).sqrt() * k.t)
    }
}

/// A number made of what is between two points.
#[inline(always)]
fn of_pair<C: Chart, E: Evaluation>(
    [x, y]: [Rows<'_, E>; 2],
    out: RowsMut<'_, E>,
    f: impl Fn(&Between<E::Number>) -> E::Number,
) -> Tally {
    prepared(
        [x, y],
        |[x0, y0]| C::relative(x0, y0),
        [x.tail(), y.tail()],
        |[_, _, a, b], [x, y]| {
            let m = C::apart([a, b], x, y);
            [(m, m), (x, x), (y, y)]
        },
        |_, rel, [m2, x2, y2]| {
            let p = Between::of(rel, m2);
            Numbers::new([]).heads([f(&p)]).loss(C::loss(x2 + y2).sqrt())
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of dist², for the cotangent that `f` gives of it.
#[inline(always)]
fn of_pair_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gy]: [RowsMut<'_, E>; 2],
    f: impl Fn(&Between<E::Number>, E::Number) -> E::Number,
) -> Tally {
    prepared(
        [x, y, g],
        |[x0, y0, _]| C::relative(x0, y0),
        [x.tail(), y.tail()],
        |[_, _, a, b], [x, y]| {
            let m = C::apart([a, b], x, y);
            [(m, m), (m, x), (x, x), (y, y)]
        },
        |[_, _, g], rel, [m2, mx, x2, y2]| {
            let p = Between::of(rel, m2);
            let g = f(&p, g);
            let d2 = p.dist2(k);
            // d(asinh²√q) = F(q) dq.
            let gq = g * 4.0 * ratio(p.q).f / k.t / k.t / k.c;
            let e = gq / (p.r * 2.0);
            let [gx0, gy0] = C::pull_relative(rel, gq * p.q_r(), e * m2, e * mx);
            let [_, _, a, b] = rel;
            Numbers::new([a, b, -(e * C::shift(a)), e * a])
                .heads([gx0, gy0])
                .curvature((-(g * d2 / k.c), -(g * d2 * 2.0 / k.t)))
                .loss(C::loss(x2 + y2))
        },
        [gx.headed(), gy.headed()],
        |[x, y], [a, b, ex, ey]| {
            let m = C::apart([a, b], x, y);
            [ex * m, ey * m]
        },
    )
}

/// The distance.
#[inline(always)]
pub(super) fn dist<C: Chart, E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair::<C, E>(points, out, |p| p.dist(k))
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub(super) fn dist_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    points: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    of_pair_vjp::<C, E>(k, points, g, out, |p, g| {
        let d = p.dist(k);
        (g / (d * 2.0)).unless_zero(d)
    })
}

/// dist², smooth also where x = y.
#[inline(always)]
pub(super) fn dist2<C: Chart, E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair::<C, E>(points, out, |p| p.dist2(k))
}

/// Gradient of [`dist2`].
#[inline(always)]
pub(super) fn dist2_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    points: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    of_pair_vjp::<C, E>(k, points, g, out, |_, g| g)
}
