//! Parallel transport in the frame: a rotation in the plane of e₀ and m.
//!
//! The geodesic from the identity to (r, m) turns by twice the angle whose tangent is |m|/(1+r). With N = (1+r)² + |m|²,
//! β = ⟨m, b⟩ and A₂ = (1+r)a − β that is a ↦ a − (2/N)(|m|²a + (1+r)β), b ↦ b + (2/N)A₂ m.

use super::Chart;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, prepared};
use crate::geometry::wide::Wide;

/// A tangent (a, b) carried from the identity to (r, m).
pub(super) struct Turn<W> {
    /// 1 + r.
    h: W,
    /// |m|² a + (1+r)β.
    a1: W,
    /// (1+r)a − β.
    a2: W,
    /// 2/N.
    k: W,
    /// The new a.
    pub a: W,
    /// The new b is b + this times m.
    pub along_m: W,
}

impl<W: Wide> Turn<W> {
    /// Takes r, |m|², a and β.
    #[inline(always)]
    pub fn of(r: W, m2: W, a: W, beta: W) -> Self {
        let h = r + 1.0;
        let k = W::of(2.0) / (h * h + m2);
        let (a1, a2) = (m2 * a + h * beta, h * a - beta);
        Turn { h, a1, a2, k, a: a - k * a1, along_m: k * a2 }
    }
}

/// Transport of v from x to y into `out`.
#[inline(always)]
pub(super) fn transport<C: Chart, E: Evaluation>([x, y, v]: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    prepared(
        [x, y, v],
        |[x0, y0, v0]| {
            let ([r, rho, a, b], [up, l]) = (C::relative(x0, y0), C::frame(x0, v0));
            [r, rho, a, b, up, l]
        },
        [x.tail(), y.tail(), v.tail()],
        |[_, _, a, b, up, l], [x, y, v]| {
            let m = C::apart([a, b], x, y);
            [(m, m), (m, C::framed([up, l], x, v)), (x, x), (y, y)]
        },
        |[_, y0, _], [r, _, a, b, up, l], [m2, mb, x2, y2]| {
            let turn = Turn::of(r, m2, up, mb);
            let unit = C::unit(y0);
            let out = unit * turn.a;
            Numbers::new([a, b, up, l, unit, unit * turn.along_m, out]).heads([out]).loss(C::loss(x2 + y2))
        },
        [out.headed()],
        |[x, y, v], [a, b, up, l, unit, along_m, out]| {
            let moved = unit * C::framed([up, l], x, v) + along_m * C::apart([a, b], x, y);
            [C::tilt(out, y, moved)]
        },
    )
}

/// Gradient of [`transport`] for the cotangent rows `g`.
#[inline(always)]
pub(super) fn transport_vjp<C: Chart, E: Evaluation>(
    [x, y, v]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gy, gv]: [RowsMut<'_, E>; 3],
) -> Tally {
    prepared(
        [x, y, v, g],
        |[x0, y0, v0, _]| {
            let ([r, rho, a, b], [up, l]) = (C::relative(x0, y0), C::frame(x0, v0));
            [r, rho, a, b, up, l]
        },
        [x.tail(), y.tail(), v.tail(), g.tail()],
        |[_, _, a, b, up, l], [x, y, v, g]| {
            let (m, b) = (C::apart([a, b], x, y), C::framed([up, l], x, v));
            [(m, m), (m, b), (m, x), (b, x), (g, m), (g, b), (g, x), (g, y), (x, x), (y, y)]
        },
        |[_, y0, _, g0], [r, rho, a, b, up, l], [m2, mb, mx, bx, gm, gb, gx, gy, x2, y2]| {
            let turn = Turn::of(r, m2, up, mb);
            let unit = C::unit(y0);
            // Cotangents of the rotated (a, b): out, and η g.
            let out = C::pull_a(y0, g0, gy);
            let (gm, gb, gx) = (unit * gm, unit * gb, unit * gx);
            let ga1 = -(turn.k * out);
            let ga2 = turn.k * gm;
            // dk = −(k²/2) dN.
            let gn = turn.k * turn.k * 0.5 * (out * turn.a1 - gm * turn.a2);
            let ga = out + m2 * ga1 + turn.h * ga2;
            let gbeta = turn.h * ga1 - ga2;
            let gm2 = (up * ga1 + gn) * 2.0;
            let gr = (mb * ga1 + up * ga2 + turn.h * gn * 2.0) * r;
            // ∂m = c η g + ∂β b + 2∂|m|² m, and ∂b = η g + ∂β m.
            let c = turn.along_m;
            let gm_m = c * gm + gbeta * mb + gm2 * m2;
            let [gx0, gy0] = C::pull_relative([r, rho, a, b], gr, gm_m, c * gx + gbeta * bx + gm2 * mx);
            let [fx0, gv0] = C::pull_frame([up, l], ga, gb + gbeta * mb, gx + gbeta * mx);
            // ⟨g, out⟩.
            let value = out * turn.a + gb + c * gm;
            Numbers::new([a, b, up, l, unit, c, gbeta, gm2, C::shift(a), C::slant(up), C::slant(turn.a)])
                .heads([gx0 + fx0, gy0 + C::pull_unit(y0, value), gv0])
                .loss(C::loss(x2 + y2))
        },
        [gx.headed(), gy.headed(), gv.headed()],
        |[x, y, v, g], [a, ab, up, l, unit, c, gbeta, gm2, shift, slant, out]| {
            let (m, b) = (C::apart([a, ab], x, y), C::framed([up, l], x, v));
            let ug = unit * g;
            let gm = c * ug + gbeta * b + gm2 * m;
            let gb = ug + gbeta * m;
            [slant * gb - shift * gm, a * gm - out * g, l * gb]
        },
    )
}
