//! log_x y = F(h) ω_x (d/ω_y − h x)/t: the tangent at x that exp sends to y.

use super::Pair;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};

/// log_x y into `out`.
#[inline(always)]
pub fn log<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        points,
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Pair::of(k, sums);
            let f = p.ratio().f * p.wx / k.t;
            Numbers::new([f / p.wy, f * p.h]).loss(p.loss())
        },
        [out],
        |[x, y], [a, b]| [a * (y - x) - b * x],
    )
}

/// Gradient of [`log`] for the cotangent rows `g`.
#[inline(always)]
pub fn log_vjp<E: Evaluation>(k: Curv, [x, y]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [x, y, g],
        |[x, y, g]| {
            let [x2, y2, d2] = Pair::terms(x, y);
            [x2, y2, d2, (g, y - x), (g, x)]
        },
        |[], [x2, y2, d2, ga, gb]| {
            let p = Pair::of(k, [x2, y2, d2]);
            let r = p.ratio();
            let (ga, gb) = (ga / k.t, gb / k.t);
            // out = a d + b x with a = F ω_x/ω_y, b = −F ω_x h. Differentiating in ω_x, ω_y, c|d|² and collecting with
            // (hF)′ leaves nothing to cancel; ⟨g, d/ω_y − h x⟩ is the common factor.
            let (a, b) = (r.f * p.wx / p.wy, -(r.f * p.wx * p.h));
            let along = ga / p.wy - gb * p.h;
            let gwx = r.f * ga / p.wy - p.h * r.df * along;
            let gwy = -(p.wx / p.wy * along * r.dhf);
            let gd2 = (r.df * ga / p.wy - gb * r.dhf) / p.wy;
            let gc = gd2 * p.d2 - gwx * p.x2 - gwy * p.y2;
            let gt = -((a * ga + b * gb) / k.t);
            let (a, b) = (a / k.t, b / k.t);
            let twice = 2.0 * k.c;
            Numbers::new([a, b - a, gwx * twice, gwy * twice, gd2 * twice]).curvature((gc, gt)).loss(p.loss())
        },
        out,
        |[x, y, g], [a, ba, cx, cy, cd]| {
            let d = cd * (y - x);
            [ba * g - cx * x - d, a * g + d - cy * y]
        },
    )
}

/// log_0 y = atanh(√c|y|)/(√c|y|) y/t.
#[inline(always)]
pub fn log0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[y]| [(y, y)],
        |[], [y2]| {
            let p = Pair::from_origin(k, y2);
            Numbers::new([p.ratio().f / p.wy / k.t]).loss(p.loss())
        },
        [out],
        |[y], [a]| [a * y],
    )
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [],
        [y, g],
        |[y, g]| [(y, y), (g, y)],
        |[], [y2, ga]| {
            let p = Pair::from_origin(k, y2);
            let r = p.ratio();
            let ga = ga / k.t;
            let a = r.f / p.wy;
            // The slope of a in c|y|².
            let ga2 = ga * (r.df + r.dhf) / (p.wy * p.wy);
            Numbers::new([a / k.t, ga2 * 2.0 * k.c]).curvature((ga2 * p.y2, -(a * ga / k.t))).loss(p.loss())
        },
        out,
        |[y, g], [s, b]| [s * g + b * y],
    )
}
