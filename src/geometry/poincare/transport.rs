//! Parallel transport along the geodesic: (ω_y/ω_x) gyr[y, −x] v.
//!
//! With d = y − x and D = c|d|² + ω_xω_y the gyration is v + (2c/D)(A d + B x),
//! A = −(c|x|² ⟨d,v⟩ + (ω_y + c|d|²) ⟨x,v⟩), B = ω_x ⟨d,v⟩ − c|d|² ⟨x,v⟩.

use super::{Pair, omega};
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::amplified;
use crate::geometry::wide::Wide;

/// c|x|², c|d|², A, B and D from ⟨d,v⟩ and ⟨x,v⟩.
#[inline(always)]
fn parts<W: Wide>(k: Curv, p: &Pair<W>, dv: W, xv: W) -> [W; 5] {
    let (x2, d2) = (p.x2 * k.c, p.d2 * k.c);
    [x2, d2, -(x2 * dv + (p.wy + d2) * xv), p.wx * dv - d2 * xv, d2 + p.wx * p.wy]
}

/// Transport of v from x to y into `out`.
#[inline(always)]
pub fn transport<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, y, v]| {
            let [x2, y2, d2] = Pair::terms(x, y);
            [x2, y2, d2, (y - x, v), (x, v)]
        },
        |[], [x2, y2, d2, dv, xv]| {
            let p = Pair::of(k, [x2, y2, d2]);
            let [_, _, a, b, den] = parts(k, &p, dv, xv);
            let r = p.wy / p.wx;
            let f = r * 2.0 * k.c / den;
            Numbers::new([r, f * a, f * b]).loss(p.loss())
        },
        [out],
        |[x, y, v], [r, a, b]| [r * v + a * (y - x) + b * x],
    )
}

/// Gradient of [`transport`] for the cotangent rows `g`.
#[inline(always)]
pub fn transport_vjp<E: Evaluation>(
    k: Curv,
    [x, y, v]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 3],
) -> Tally {
    block(
        [],
        [x, y, v, g],
        |[x, y, v, g]| {
            let ([x2, y2, d2], d) = (Pair::terms(x, y), y - x);
            [x2, y2, d2, (d, v), (x, v), (g, d), (g, x), (g, v)]
        },
        |[], [x2, y2, d2, dv, xv, ga, gb, gv]| {
            let p = Pair::of(k, [x2, y2, d2]);
            let [cx2, cd2, a, b, den] = parts(k, &p, dv, xv);
            let r = p.wy / p.wx;
            // out = r v + α d + β x with α = 2crA/D, β = 2crB/D.
            let f = r * 2.0 / den;
            let (alpha, beta) = (f * a * k.c, f * b * k.c);
            let rest = alpha * ga + beta * gb;
            let (gr, gden) = (gv + rest / r, -(rest / den));
            let (ga, gb) = (ga * f, gb * f);
            // Cotangents of c⟨d,v⟩, c⟨x,v⟩, c|d|² and the two ω.
            let gdv = p.wx * gb - cx2 * ga;
            let gxv = -((p.wy + cd2) * ga + cd2 * gb);
            let gd2 = gden - xv * k.c * (ga + gb);
            let gwx = dv * k.c * (ga + gb) + gden * p.wy - gr * r / p.wx;
            let gwy = gden * p.wx - xv * k.c * ga + gr / p.wx;
            let gc = gdv * dv + gxv * xv + gd2 * p.d2 - gwx * p.x2 - gwy * p.y2;
            let twice = 2.0 * k.c;
            Numbers::new([r, alpha, beta, gdv * k.c, gxv * k.c, gd2 * twice, gwx * twice, gwy * twice])
                .curvature((gc, E::Number::of(0.0)))
                // Between close points the slopes of the two ω in c cancel.
                .loss(p.loss().larger(amplified(gr * p.x2 / p.wx, gc)))
        },
        out,
        |[x, y, v, g], [r, alpha, beta, cdv, cxv, cd, cx, cy]| {
            let d = y - x;
            let gd = alpha * g + cdv * v + cd * d;
            [beta * g + cxv * v - cx * x - gd, gd - cy * y, r * g + cdv * d + cxv * x]
        },
    )
}

/// Transport of v from the origin to y: ω_y v.
#[inline(always)]
pub fn transport_from0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[y, _]| [(y, y)],
        |[], [y2]| {
            let w = omega(k, y2);
            Numbers::new([w]).loss(E::Number::of(1.0) / w)
        },
        [out],
        |[_, v], [w]| [v * w],
    )
}

/// Gradient of [`transport_from0`].
#[inline(always)]
pub fn transport_from0_vjp<E: Evaluation>(
    k: Curv,
    [y, v]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [],
        [y, v, g],
        |[y, v, g]| [(g, v), (y, y)],
        |[], [gw, y2]| {
            let w = omega(k, y2);
            Numbers::new([gw * -2.0 * k.c, w]).curvature((-(gw * y2), E::Number::of(0.0))).loss(E::Number::of(1.0) / w)
        },
        out,
        |[y, _, g], [c, w]| [c * y, w * g],
    )
}

/// Transport of v from x to the origin: v/ω_x.
#[inline(always)]
pub fn transport_to0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, _]| [(x, x)],
        |[], [x2]| {
            let r = E::Number::of(1.0) / omega(k, x2);
            Numbers::new([r]).loss(r)
        },
        [out],
        |[_, v], [r]| [v * r],
    )
}

/// Gradient of [`transport_to0`].
#[inline(always)]
pub fn transport_to0_vjp<E: Evaluation>(
    k: Curv,
    [x, v]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [],
        [x, v, g],
        |[x, v, g]| [(g, v), (x, x)],
        |[], [gr, x2]| {
            let r = E::Number::of(1.0) / omega(k, x2);
            let gr = gr * r * r;
            Numbers::new([gr * 2.0 * k.c, r]).curvature((gr * x2, E::Number::of(0.0))).loss(r)
        },
        out,
        |[x, _, g], [c, r]| [c * x, r * g],
    )
}
