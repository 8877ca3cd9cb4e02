//! log_x y = F(h)((y − x) − 2h x)/t.

use super::Pair;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{Ratio, ratio};
use crate::geometry::wide::Wide;

/// log_x y into `out`.
#[inline(always)]
pub fn log<E: Evaluation>(k: Curv, [x, y]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), y.tail()],
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Pair::of(k, sums);
            let a = ratio(p.h).f / k.t;
            let b = a * p.h * 2.0;
            Numbers::new([a, b]).heads([a * p.d0 - b * p.x0]).loss(p.loss())
        },
        [out.headed()],
        |[x, y], [a, b]| [a * (y - x) - b * x],
    )
}

/// Gradient of [`log`] for the cotangent rows `g`.
#[inline(always)]
pub fn log_vjp<E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gy]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [g],
        [x.tail(), y.tail(), g.tail()],
        |[x, y, g]| {
            let [x2, y2, d2, xd] = Pair::terms(x, y);
            [x2, y2, d2, xd, (g, y - x), (g, x)]
        },
        |[g0], [x2, y2, d2, xd, ga, gb]| {
            let p = Pair::of(k, [x2, y2, d2, xd]);
            let r = ratio(p.h);
            let g0 = g0 / k.t;
            let (ga, gb) = (ga / k.t + g0 * p.d0, gb / k.t + g0 * p.x0);
            // out = a d + b x, in time as in space, with a = F, b = −2hF.
            let (a, b) = (r.f, -(r.f * p.h * 2.0));
            let gh = ga * r.df - gb * r.dhf * 2.0;
            let gchord = gh * k.c / 4.0;
            let gd0 = g0 * a - p.d0 * gchord * 2.0;
            let gc = gh * p.chord / 4.0 + gd0 * p.d0_c(k) + g0 * b * p.x0_c(k);
            let gt = -((a * ga + b * gb) / k.t);
            let (cx, cy) = ((g0 * b - gd0) / p.x0, gd0 / p.y0);
            let (a, b) = (a / k.t, b / k.t);
            Numbers::new([a, b - a, gchord * 2.0, cx, cy]).curvature((gc, gt)).loss(p.loss())
        },
        [gx.headed(), gy.headed()],
        |[x, y, g], [a, ba, cd, cx, cy]| {
            let d = cd * (y - x);
            [ba * g - d + cx * x, a * g + d + cy * y]
        },
    )
}

/// √(1+c|y|²), and F with its derivatives at h = (√(1+c|y|²) − 1)/2, the h of (o, y).
#[inline(always)]
fn from_origin<W: Wide>(k: Curv, y2: W) -> (W, Ratio<W>) {
    let z = y2 * k.c;
    let y0 = (z + 1.0).sqrt();
    (y0, ratio(z / ((y0 + 1.0) * 2.0)))
}

/// log_o y = asinh(n)/n · y_s/t with n = √c|y_s|; its time is 0.
#[inline(always)]
pub fn log0<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [y.tail()],
        |[y]| [(y, y)],
        |[], [y2]| Numbers::new([from_origin(k, y2).1.f / k.t]),
        [out.headed()],
        |[y], [a]| [a * y],
    )
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, [gy]: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [],
        [y.tail(), g.tail()],
        |[y, g]| [(y, y), (y, g)],
        |[], [y2, ga]| {
            let ga = ga / k.t;
            let (y0, r) = from_origin(k, y2);
            let gz = ga * r.df / (y0 * 4.0);
            Numbers::new([r.f / k.t, gz * 2.0 * k.c]).curvature((gz * y2, -(ga * r.f / k.t)))
        },
        [gy.headed()],
        |[y, g], [a, b]| [a * g + b * y],
    )
}
