//! log_x y = F(h) ω_x (d/ω_y − h x)/t: the tangent at x that exp sends to y.

use super::Pair;
use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, sums};
use crate::geometry::scalar::ratio;
use crate::geometry::wide::{Coord, Wide, cold};

/// log_x y into `out`.
#[inline(always)]
pub fn log<T: Coord>(k: Curv, x: &[T], y: &[T], out: &mut [T]) {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| rows(&Pair::<Dd>::new(k, x, y), k, x, y, out));
    }
    rows(&p, k, x, y, out)
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], out: &mut [T]) {
    let f = ratio(p.h).f * p.wx / k.t;
    let (a, b) = (f / p.wy, f * p.h);
    map([x, y], [out], |[x, y]: [W; 2]| [a * (y - x) - b * x]);
}

/// Gradient of [`log`] for the cotangent row `g`.
#[inline(always)]
pub fn log_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: &[T], gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| vjp_rows(&Pair::<Dd>::new(k, x, y), k, x, y, g, gx, gy));
    }
    vjp_rows(&p, k, x, y, g, gx, gy)
}

#[inline(always)]
fn vjp_rows<T: Coord, W: Wide>(
    p: &Pair<W>,
    k: Curv,
    x: &[T],
    y: &[T],
    g: &[T],
    gx: &mut [T],
    gy: &mut [T],
) -> CurvGrad {
    let r = ratio(p.h);
    let [ga, gb] = sums([x, y, g], |[x, y, g]: [W; 3]| [g * (y - x), g * x]);
    let (ga, gb) = (ga / k.t, gb / k.t);
    // out = a d + b x with a = F ω_x/ω_y, b = −F ω_x h. Differentiating in ω_x, ω_y, δ² and collecting with
    // (hF)′ leaves nothing to cancel; ⟨g, d/ω_y − h x⟩ is the common factor.
    let (a, b) = (r.f * p.wx / p.wy, -(r.f * p.wx * p.h));
    let along = ga / p.wy - gb * p.h;
    let gwx = r.f * ga / p.wy - p.h * r.df * along;
    let gwy = -(p.wx / p.wy * along * r.dhf);
    let gd2 = (r.df * ga / p.wy - gb * r.dhf) / p.wy;
    let gc = (gd2 * p.d2 - gwx * p.x2 - gwy * p.y2) / k.c;
    let gt = -((a * ga + b * gb) / k.t);
    let (cx, cy, cd) = (gwx * 2.0 * k.c, gwy * 2.0 * k.c, gd2 * 2.0 * k.c);
    let (a, b) = (a / k.t, b / k.t);
    map([x, y, g], [gx, gy], |[x, y, g]: [W; 3]| {
        let d = cd * (y - x);
        [(b - a) * g - cx * x - d, a * g + d - cy * y]
    });
    (gc.value(), gt.value())
}

/// log_0 y = atanh(√c|y|)/(√c|y|) y/t.
#[inline(always)]
pub fn log0<T: Coord>(k: Curv, y: &[T], out: &mut [T]) {
    let p = Pair::<T::Wide>::from_origin(k, y);
    if p.lossy() {
        return cold(|| rows0(&Pair::<Dd>::from_origin(k, y), k, y, out));
    }
    rows0(&p, k, y, out)
}

#[inline(always)]
fn rows0<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, y: &[T], out: &mut [T]) {
    let a = ratio(p.h).f / p.wy / k.t;
    map([y], [out], |[y]: [W; 1]| [a * y]);
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<T: Coord>(k: Curv, y: &[T], g: &[T], gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::from_origin(k, y);
    if p.lossy() {
        return cold(|| vjp_rows0(&Pair::<Dd>::from_origin(k, y), k, y, g, gy));
    }
    vjp_rows0(&p, k, y, g, gy)
}

#[inline(always)]
fn vjp_rows0<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, y: &[T], g: &[T], gy: &mut [T]) -> CurvGrad {
    let r = ratio(p.h);
    let [ga] = sums([y, g], |[y, g]: [W; 2]| [g * y]);
    let ga = ga / k.t;
    let a = r.f / p.wy;
    // The slope of a in c|y|².
    let ga2 = ga * (r.df + r.dhf) / (p.wy * p.wy);
    let (b, s) = (ga2 * 2.0 * k.c, a / k.t);
    map([y, g], [gy], |[y, g]: [W; 2]| [s * g + b * y]);
    ((ga2 * p.y2 / k.c).value(), -(a * ga / k.t).value())
}
