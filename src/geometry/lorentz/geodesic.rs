//! Along geodesics: the point αx + βy at the fraction s of the way from x to y, exp_x(s log_x y), and the same from the
//! origin. Both are free of t.

use super::Pair;
use crate::geometry::between::Between;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{asinhc, ratio, sinhc};
use crate::geometry::wide::Wide;

/// The weights of a pair of points.
struct Way<W> {
    pair: Pair<W>,
    /// Squared distance of (c, t = 1).
    dist2: W,
    between: Between<W>,
    /// Time of the result.
    z0: W,
}

impl<W: Wide> Way<W> {
    #[inline(always)]
    fn of(k: Curv, s: f64, sums: [W; 4]) -> Self {
        let pair = Pair::of(k, sums);
        let dist2 = pair.dist2(k);
        let between = Between::of(s, dist2 * k.c / 4.0);
        Way { z0: between.a * pair.x0 + between.b * pair.y0, pair, dist2, between }
    }

    /// Beside the chord's: points far beyond the two, which may be close to the origin.
    #[inline(always)]
    fn loss(&self) -> W {
        let beyond = (self.between.a * self.pair.x0 - self.between.b * self.pair.y0) / self.z0;
        self.pair.loss().larger(beyond * beyond)
    }
}

/// The point at the fraction `s` of the way from x to y.
#[inline(always)]
pub fn geodesic<E: Evaluation>(k: Curv, s: f64, [x, y]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    let k = Curv { t: 1.0, ..k };
    block(
        [],
        [x.tail(), y.tail()],
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Way::of(k, s, sums);
            Numbers::new([p.between.a, p.between.b]).heads([p.z0]).loss(p.loss())
        },
        [out.headed()],
        |[x, y], [a, b]| [a * x + b * y],
    )
}

/// Gradient of [`geodesic`].
#[inline(always)]
pub fn geodesic_vjp<E: Evaluation>(
    k: Curv,
    s: f64,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gy]: [RowsMut<'_, E>; 2],
) -> Tally {
    let k = Curv { t: 1.0, ..k };
    block(
        [g],
        [x.tail(), y.tail(), g.tail()],
        |[x, y, g]| {
            let [x2, y2, d2, xd] = Pair::terms(x, y);
            [x2, y2, d2, xd, (g, x), (g, y)]
        },
        |[g0], [x2, y2, d2, xd, ga, gb]| {
            let p = Way::of(k, s, [x2, y2, d2, xd]);
            let (pair, w) = (&p.pair, &p.between);
            let gw = (ga + g0 * pair.x0) * w.da + (gb + g0 * pair.y0) * w.db;
            let (e, (gc, _)) = pair.dist2_vjp(k, gw * k.c / 4.0);
            let gc = gc + gw * p.dist2 / 4.0 + g0 * (w.a * pair.x0_c(k) + w.b * pair.y0_c(k));
            let [cd, cx, cy] = pair.chord_vjp(e);
            Numbers::new([w.a, w.b, cd, cx + g0 * w.a / pair.x0, g0 * w.b / pair.y0 - cy])
                .curvature((gc, E::Number::of(0.0)))
                .loss(p.loss())
        },
        [gx.headed(), gy.headed()],
        |[x, y, g], [a, b, cd, cx, cy]| {
            let d = cd * (y - x);
            [a * g + cx * x - d, b * g + cy * y + d]
        },
    )
}

/// The point r times as far from the origin, exp_o(r log_o x): space φ x_s with φ = sinh(ra)/sinh a, time cosh(ra)/√c,
/// a = asinh(√c|x_s|). These two, and their slopes in c|x_s|².
#[inline(always)]
fn scaled<W: Wide>(k: Curv, r: f64, x2: W) -> [W; 4] {
    let y = x2 * k.c;
    let a = asinhc(y);
    let square = a * a * y;
    let (one, all) = (sinhc(square), sinhc(square * r * r));
    let f = all.s / one.s * r;
    // d(asinh² √y)/dy = F(y).
    let slope = ratio(y).f;
    [f, all.c, f * (all.ds / all.s * r * r - one.ds / one.s) * slope, all.s * slope * r * r / 2.0]
}

/// r ⊗ x = exp_o(r log_o x).
#[inline(always)]
pub fn gyro_scale<E: Evaluation>(k: Curv, r: f64, [x]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail()],
        |[x]| [(x, x)],
        |[], [x2]| {
            let [f, time, ..] = scaled(k, r, x2);
            Numbers::new([f]).heads([time / E::Number::of(k.c).sqrt()])
        },
        [out.headed()],
        |[x], [f]| [f * x],
    )
}

/// Gradient of [`gyro_scale`].
#[inline(always)]
pub fn gyro_scale_vjp<E: Evaluation>(
    k: Curv,
    r: f64,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    [gx]: [RowsMut<'_, E>; 1],
) -> Tally {
    block(
        [g],
        [x.tail(), g.tail()],
        |[x, g]| [(x, x), (x, g)],
        |[g0], [x2, xg]| {
            let [f, time, df, dtime] = scaled(k, r, x2);
            let g0 = g0 / E::Number::of(k.c).sqrt();
            let gy = xg * df + g0 * dtime;
            let gc = gy * x2 - g0 * time / (2.0 * k.c);
            Numbers::new([f, gy * 2.0 * k.c]).curvature((gc, E::Number::of(0.0)))
        },
        [gx.headed()],
        |[x, g], [f, cx]| [f * g + cx * x],
    )
}
