//! log_x y = F(h)((y − x) − 2h x)/t.

use super::{Pair, time};
use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, round, sums};
use crate::geometry::scalar::{Ratio, ratio};
use crate::geometry::wide::{Coord, Wide, cold};

/// log_x y into `out`.
#[inline(always)]
pub fn log<T: Coord>(k: Curv, x: &[T], y: &[T], out: &mut [T]) {
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if p.lossy() {
        return cold(|| rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, x, y, out));
    }
    rows(&p, k, x, y, out)
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], out: &mut [T]) {
    let a = ratio(p.h).f / k.t;
    let b = a * p.h * 2.0;
    out[0] = round(a * p.d0 - b * p.x0);
    map([&x[1..], &y[1..]], [&mut out[1..]], |[x, y]: [W; 2]| [a * (y - x) - b * x]);
}

/// Gradient of [`log`] for the cotangent row `g`.
#[inline(always)]
pub fn log_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: &[T], gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if p.lossy() {
        return cold(|| vjp_rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, x, y, g, gx, gy));
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
    let rows = [&x[1..], &y[1..], &g[1..]];
    let [ga, gb] = sums(rows, |[x, y, g]: [W; 3]| [g * (y - x), g * x]);
    let g0 = W::of(g[0].to_f64()) / k.t;
    let (ga, gb) = (ga / k.t + g0 * p.d0, gb / k.t + g0 * p.x0);
    // out = a d + b x, in time as in space, with a = F, b = −2hF.
    let (a, b) = (r.f, -(r.f * p.h * 2.0));
    let gh = ga * r.df - gb * r.dhf * 2.0;
    let gchord = gh * k.c / 4.0;
    let gd0 = g0 * a - p.d0 * gchord * 2.0;
    let gc = gh * p.chord / 4.0 + gd0 * p.d0_c(k) + g0 * b * p.x0_c(k);
    let gt = -((a * ga + b * gb) / k.t);
    let cd = gchord * 2.0;
    let (cx, cy) = ((g0 * b - gd0) / p.x0, gd0 / p.y0);
    let (a, b) = (a / k.t, b / k.t);
    (gx[0], gy[0]) = (T::zero(), T::zero());
    map(rows, [&mut gx[1..], &mut gy[1..]], |[x, y, g]: [W; 3]| {
        let d = cd * (y - x);
        [(b - a) * g - d + cx * x, a * g + d + cy * y]
    });
    (gc.value(), gt.value())
}

/// √(1+c|y|²), c|y|², and F with its derivatives at h = (√(1+c|y|²) − 1)/2, the h of (o, y).
#[inline(always)]
fn from_origin<W: Wide>(k: Curv, y2: W) -> (W, Ratio<W>) {
    let z = y2 * k.c;
    let y0 = (z + 1.0).sqrt();
    (y0, ratio(z / ((y0 + 1.0) * 2.0)))
}

/// log_o y = asinh(n)/n · y_s/t with n = √c|y_s|; its time is 0.
#[inline(always)]
pub fn log0<T: Coord>(k: Curv, y: &[T], out: &mut [T]) {
    let [y2] = sums([&y[1..]], |[y]: [T::Wide; 1]| [y * y]);
    let a = from_origin(k, y2).1.f / k.t;
    out[0] = T::zero();
    map([&y[1..]], [&mut out[1..]], |[y]: [T::Wide; 1]| [a * y]);
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<T: Coord>(k: Curv, y: &[T], g: &[T], gy: &mut [T]) -> CurvGrad {
    let [y2, ga] = sums([&y[1..], &g[1..]], |[y, g]: [T::Wide; 2]| [y * y, y * g]);
    let ga = ga / k.t;
    let (y0, r) = from_origin(k, y2);
    let gz = ga * r.df / (y0 * 4.0);
    let (a, b) = (r.f / k.t, gz * 2.0 * k.c);
    gy[0] = T::zero();
    map([&y[1..], &g[1..]], [&mut gy[1..]], |[y, g]: [T::Wide; 2]| [a * g + b * y]);
    ((gz * y2).value(), -(ga * r.f / k.t).value())
}

/// Time of a point from its space part, rounded once.
#[inline(always)]
pub(super) fn set_time<T: Coord, W: Wide>(k: Curv, row: &mut [T]) {
    let [x2] = sums([&row[1..]], |[x]: [W; 1]| [x * x]);
    row[0] = round(time(k, x2));
}
