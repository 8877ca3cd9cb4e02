//! Parallel transport along the geodesic: (ω_y/ω_x) gyr[y, −x] v.
//!
//! With d = y − x and D = δ² + ω_xω_y the gyration is v + (2/D)(A d + B x),
//! A = −(c|x|² c⟨d,v⟩ + (ω_y + δ²) c⟨x,v⟩), B = ω_x c⟨d,v⟩ − δ² c⟨x,v⟩.

use super::Pair;
use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, sums};
use crate::geometry::wide::{Coord, Wide, cold};

/// Transport of v from x to y into `out`.
#[inline(always)]
pub fn transport<T: Coord>(k: Curv, x: &[T], y: &[T], v: &[T], out: &mut [T]) {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| rows(&Pair::<Dd>::new(k, x, y), k, x, y, v, out));
    }
    rows(&p, k, x, y, v, out)
}

/// c⟨d,v⟩, c⟨x,v⟩, A, B and D.
#[inline(always)]
fn parts<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], v: &[T]) -> [W; 5] {
    let [dv, xv] = sums([x, y, v], |[x, y, v]: [W; 3]| [(y - x) * v, x * v]);
    let (dv, xv) = (dv * k.c, xv * k.c);
    [dv, xv, -(p.x2 * dv + (p.wy + p.d2) * xv), p.wx * dv - p.d2 * xv, p.d2 + p.wx * p.wy]
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], v: &[T], out: &mut [T]) {
    let [_, _, a, b, den] = parts(p, k, x, y, v);
    let r = p.wy / p.wx;
    let (a, b) = (r * 2.0 * a / den, r * 2.0 * b / den);
    map([x, y, v], [out], |[x, y, v]: [W; 3]| [r * v + a * (y - x) + b * x]);
}

/// Gradient of [`transport`] for the cotangent row `g`.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn transport_vjp<T: Coord>(
    k: Curv,
    x: &[T],
    y: &[T],
    v: &[T],
    g: &[T],
    gx: &mut [T],
    gy: &mut [T],
    gv: &mut [T],
) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| vjp_rows(&Pair::<Dd>::new(k, x, y), k, [x, y, v, g], [gx, gy, gv]));
    }
    vjp_rows(&p, k, [x, y, v, g], [gx, gy, gv])
}

#[inline(always)]
fn vjp_rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, rows: [&[T]; 4], out: [&mut [T]; 3]) -> CurvGrad {
    let [x, y, v, g] = rows;
    let [dv, xv, a, b, den] = parts(p, k, x, y, v);
    let r = p.wy / p.wx;
    let [ga, gb, gv] = sums([x, y, v, g], |[x, y, v, g]: [W; 4]| [g * (y - x), g * x, g * v]);
    // out = r v + α d + β x with α = 2rA/D, β = 2rB/D.
    let f = r * 2.0 / den;
    let (alpha, beta) = (f * a, f * b);
    let rest = alpha * ga + beta * gb;
    let (gr, gden) = (gv + rest / r, -(rest / den));
    let (ga, gb) = (ga * f, gb * f);
    let gdv = p.wx * gb - p.x2 * ga;
    let gxv = -((p.wy + p.d2) * ga + p.d2 * gb);
    let gd2 = gden - xv * (ga + gb);
    let gwx = dv * (ga + gb) + gden * p.wy - gr * r / p.wx;
    let gwy = gden * p.wx - xv * ga + gr / p.wx;
    let gc = (gdv * dv + gxv * xv + gd2 * p.d2 - gwx * p.x2 - gwy * p.y2) / k.c;
    let (cdv, cxv, cd) = (gdv * k.c, gxv * k.c, gd2 * 2.0 * k.c);
    let (cx, cy) = (gwx * 2.0 * k.c, gwy * 2.0 * k.c);
    map(rows, out, |[x, y, v, g]: [W; 4]| {
        let d = y - x;
        let gd = alpha * g + cdv * v + cd * d;
        [beta * g + cxv * v - cx * x - gd, gd - cy * y, r * g + cdv * d + cxv * x]
    });
    (gc.value(), 0.0)
}

/// ω at x; for f32 rows too near the rim for f64 by way of double-double.
#[inline(always)]
pub(super) fn omega<T: Coord>(k: Curv, x: &[T]) -> T::Wide {
    #[inline(always)]
    fn at<T: Coord, W: Wide>(k: Curv, x: &[T]) -> W {
        let [x2] = sums([x], |[x]: [W; 1]| [x * x]);
        W::of(1.0) - x2 * k.c
    }
    let w = at::<T, T::Wide>(k, x);
    if w.value() * T::Wide::CARE < 1.0 {
        return cold(|| T::Wide::of(at::<T, Dd>(k, x).hi));
    }
    w
}

/// Transport of v from the origin to y: ω_y v.
#[inline(always)]
pub fn transport_from0<T: Coord>(k: Curv, y: &[T], v: &[T], out: &mut [T]) {
    let w = omega(k, y);
    map([v], [out], |[v]: [T::Wide; 1]| [v * w]);
}

/// Gradient of [`transport_from0`].
#[inline(always)]
pub fn transport_from0_vjp<T: Coord>(k: Curv, y: &[T], v: &[T], g: &[T], gy: &mut [T], gv: &mut [T]) -> CurvGrad {
    let w = omega(k, y);
    let [gw, y2] = sums([y, v, g], |[y, v, g]: [T::Wide; 3]| [g * v, y * y]);
    let c = gw * -2.0 * k.c;
    map([y, g], [gy, gv], |[y, g]: [T::Wide; 2]| [c * y, w * g]);
    (-(gw * y2).value(), 0.0)
}

/// Transport of v from x to the origin: v/ω_x.
#[inline(always)]
pub fn transport_to0<T: Coord>(k: Curv, x: &[T], v: &[T], out: &mut [T]) {
    let w = omega(k, x);
    map([v], [out], |[v]: [T::Wide; 1]| [v / w]);
}

/// Gradient of [`transport_to0`].
#[inline(always)]
pub fn transport_to0_vjp<T: Coord>(k: Curv, x: &[T], v: &[T], g: &[T], gx: &mut [T], gv: &mut [T]) -> CurvGrad {
    let r = T::Wide::of(1.0) / omega(k, x);
    let [gr, x2] = sums([x, v, g], |[x, v, g]: [T::Wide; 3]| [g * v, x * x]);
    let gr = gr * r * r;
    let c = gr * 2.0 * k.c;
    map([x, g], [gx, gv], |[x, g]: [T::Wide; 2]| [c * x, r * g]);
    ((gr * x2).value(), 0.0)
}
