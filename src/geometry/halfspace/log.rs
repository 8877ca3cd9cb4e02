//! log_x y = F(q) (X₁, X_f)/t in the frame at x, with X_f = m/r.

use super::Chart;
use super::pair::Between;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, prepared};
use crate::geometry::scalar::{Ratio, ratio};
use crate::geometry::wide::Wide;

/// Cotangents of (r, m) through (a, b) = f(q) (X₁, m/r).
pub(super) struct Pull<W> {
    /// r ∂r.
    pub gr: W,
    /// What ∂b is multiplied by in ∂m.
    pub along_b: W,
    /// What m is multiplied by in ∂m.
    pub along_m: W,
}

impl<W: Wide> Pull<W> {
    /// For ∂a and ⟨∂b, m⟩.
    #[inline(always)]
    pub fn of(p: &Between<W>, f: &Ratio<W>, ga: W, gb_m: W) -> Self {
        let gbm = gb_m / p.r;
        // (f X₁)′ with X₁ = (r−1)/r + 2q: (qf)′ keeps what would cancel together.
        let gq = ga * (f.dhf * 2.0 + f.df * p.rho / p.r) + f.df * gbm;
        let gr = f.f * (ga / p.r - gbm) + gq * p.q_r();
        Pull { gr, along_b: f.f / p.r, along_m: gq / (p.r * 2.0) }
    }
}

/// log_x y into `out`.
#[inline(always)]
pub(super) fn log<C: Chart, E: Evaluation>(k: Curv, [x, y]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    prepared(
        [x, y],
        |[x0, y0]| C::relative(x0, y0),
        [x.tail(), y.tail()],
        |[_, _, a, b], [x, y]| {
            let m = C::apart([a, b], x, y);
            [(m, m), (x, x), (y, y)]
        },
        |[x0, _], rel, [m2, x2, y2]| {
            let p = Between::of(rel, m2);
            let f = ratio(p.q).f * C::unit(x0) / k.t;
            let up = f * p.rise();
            let [_, _, a, b] = rel;
            Numbers::new([a, b, f / p.r, up]).heads([up]).loss(C::loss(x2 + y2))
        },
        [out.headed()],
        |[x, y], [a, b, f, up]| [C::tilt(up, x, f * C::apart([a, b], x, y))],
    )
}

/// Gradient of [`log`] for the cotangent rows `g`.
#[inline(always)]
pub(super) fn log_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gy]: [RowsMut<'_, E>; 2],
) -> Tally {
    prepared(
        [x, y, g],
        |[x0, y0, _]| C::relative(x0, y0),
        [x.tail(), y.tail(), g.tail()],
        |[_, _, a, b], [x, y, g]| {
            let m = C::apart([a, b], x, y);
            [(m, m), (m, x), (g, m), (g, x), (x, x), (y, y)]
        },
        |[x0, _, g0], rel, [m2, mx, gm, gx, x2, y2]| {
            let p = Between::of(rel, m2);
            let f = ratio(p.q);
            let unit = C::unit(x0) / k.t;
            let ga = C::pull_a(x0, g0, gx) / k.t;
            let pull = Pull::of(&p, &f, ga, unit * gm);
            let Pull { gr, along_b, along_m } = pull;
            let along_g = along_b * unit;
            let [gx0, gy0] = C::pull_relative(rel, gr, along_g * gm + along_m * m2, along_g * gx + along_m * mx);
            // ⟨g, log⟩.
            let up = f.f * p.rise();
            let value = up * ga + along_g * gm;
            let [_, _, a, b] = rel;
            Numbers::new([a, b, along_g, along_m, C::shift(a), C::slant(up / k.t)])
                .heads([gx0 + C::pull_unit(x0, value), gy0])
                .curvature((E::Number::of(0.0), -(value / k.t)))
                .loss(C::loss(x2 + y2))
        },
        [gx.headed(), gy.headed()],
        |[x, y, g], [a, b, along_g, along_m, shift, up]| {
            let gm = along_g * g + along_m * C::apart([a, b], x, y);
            [-(up * g) - shift * gm, a * gm]
        },
    )
}
