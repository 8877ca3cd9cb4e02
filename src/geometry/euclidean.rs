//! Flat space in the same dress: `c` is ignored, `t` scales the metric as everywhere (exp(x, u) = x + t u).

use super::curv::{Curv, CurvGrad, NONE};
use super::rows::{map, sums, zero};
use super::wide::{Coord, Wide};

/// x + t u.
#[inline(always)]
pub fn exp<T: Coord>(k: Curv, x: &[T], u: &[T], out: &mut [T]) {
    map([x, u], [out], |[x, u]: [T::Wide; 2]| [x + u * k.t]);
}

/// Gradient of [`exp`].
#[inline(always)]
pub fn exp_vjp<T: Coord>(k: Curv, _x: &[T], u: &[T], g: &[T], gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    let [ug] = sums([u, g], |[u, g]: [T::Wide; 2]| [u * g]);
    gx.copy_from_slice(g);
    map([g], [gu], |[g]: [T::Wide; 1]| [g * k.t]);
    (0.0, ug.value())
}

/// (y − x)/t.
#[inline(always)]
pub fn log<T: Coord>(k: Curv, x: &[T], y: &[T], out: &mut [T]) {
    map([x, y], [out], |[x, y]: [T::Wide; 2]| [(y - x) / k.t]);
}

/// Gradient of [`log`].
#[inline(always)]
pub fn log_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: &[T], gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let [dg] = sums([x, y, g], |[x, y, g]: [T::Wide; 3]| [(y - x) * g]);
    map([g], [gx, gy], |[g]: [T::Wide; 1]| [g / -k.t, g / k.t]);
    (0.0, (dg / -k.t / k.t).value())
}

/// exp from the origin, t u.
#[inline(always)]
pub fn exp0<T: Coord>(k: Curv, u: &[T], out: &mut [T]) {
    map([u], [out], |[u]: [T::Wide; 1]| [u * k.t]);
}

/// Gradient of [`exp0`].
#[inline(always)]
pub fn exp0_vjp<T: Coord>(k: Curv, u: &[T], g: &[T], gu: &mut [T]) -> CurvGrad {
    let [ug] = sums([u, g], |[u, g]: [T::Wide; 2]| [u * g]);
    map([g], [gu], |[g]: [T::Wide; 1]| [g * k.t]);
    (0.0, ug.value())
}

/// log from the origin, y/t.
#[inline(always)]
pub fn log0<T: Coord>(k: Curv, y: &[T], out: &mut [T]) {
    map([y], [out], |[y]: [T::Wide; 1]| [y / k.t]);
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<T: Coord>(k: Curv, y: &[T], g: &[T], gy: &mut [T]) -> CurvGrad {
    let [yg] = sums([y, g], |[y, g]: [T::Wide; 2]| [y * g]);
    map([g], [gy], |[g]: [T::Wide; 1]| [g / k.t]);
    (0.0, (yg / -k.t / k.t).value())
}

#[inline(always)]
fn square<T: Coord>(x: &[T], y: &[T]) -> T::Wide {
    let [d2] = sums([x, y], |[x, y]: [T::Wide; 2]| {
        let d = y - x;
        [d * d]
    });
    d2
}

/// |y − x|/t.
#[inline(always)]
pub fn dist<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    (square(x, y).sqrt() / k.t).value()
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub fn dist_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let d = square(x, y).sqrt() / k.t;
    if d == T::Wide::of(0.0) {
        zero(gx);
        zero(gy);
        return NONE;
    }
    dist2_rows(k, x, y, T::Wide::of(g) / (d * 2.0), gx, gy)
}

/// |y − x|²/t².
#[inline(always)]
pub fn dist2<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    (square(x, y) / k.t / k.t).value()
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    dist2_rows(k, x, y, T::Wide::of(g), gx, gy)
}

#[inline(always)]
fn dist2_rows<T: Coord>(k: Curv, x: &[T], y: &[T], g: T::Wide, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let a = g * 2.0 / k.t / k.t;
    map([x, y], [gx, gy], |[x, y]: [T::Wide; 2]| {
        let d = a * (y - x);
        [-d, d]
    });
    (0.0, (a * square(x, y) / -k.t).value())
}

/// |y|/t.
#[inline(always)]
pub fn dist0<T: Coord>(k: Curv, y: &[T]) -> f64 {
    let [y2] = sums([y], |[y]: [T::Wide; 1]| [y * y]);
    (y2.sqrt() / k.t).value()
}

/// Gradient of [`dist0`]; zero where y = 0.
#[inline(always)]
pub fn dist0_vjp<T: Coord>(k: Curv, y: &[T], g: f64, gy: &mut [T]) -> CurvGrad {
    let [y2] = sums([y], |[y]: [T::Wide; 1]| [y * y]);
    if y2 == T::Wide::of(0.0) {
        zero(gy);
        return NONE;
    }
    let n = y2.sqrt();
    let a = T::Wide::of(g) / (n * k.t);
    map([y], [gy], |[y]: [T::Wide; 1]| [a * y]);
    (0.0, (a * y2 / -k.t).value())
}

/// ⟨u, v⟩.
#[inline(always)]
pub fn inner<T: Coord>(u: &[T], v: &[T]) -> f64 {
    let [uv] = sums([u, v], |[u, v]: [T::Wide; 2]| [u * v]);
    uv.value()
}

/// Gradient of [`inner`].
#[inline(always)]
pub fn inner_vjp<T: Coord>(u: &[T], v: &[T], g: f64, gu: &mut [T], gv: &mut [T]) {
    map([u, v], [gu, gv], |[u, v]: [T::Wide; 2]| [v * g, u * g]);
}

/// |u|.
#[inline(always)]
pub fn norm<T: Coord>(u: &[T]) -> f64 {
    let [u2] = sums([u], |[u]: [T::Wide; 1]| [u * u]);
    u2.sqrt().value()
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<T: Coord>(u: &[T], g: f64, gu: &mut [T]) {
    dist0_vjp(Curv { c: 0.0, t: 1.0 }, u, g, gu);
}

/// t e, so that df(x; t u) = ⟨rgrad, u⟩.
#[inline(always)]
pub fn egrad_to_rgrad<T: Coord>(k: Curv, e: &[T], out: &mut [T]) {
    exp0(k, e, out)
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<T: Coord>(k: Curv, e: &[T], g: &[T], ge: &mut [T]) -> CurvGrad {
    exp0_vjp(k, e, g, ge)
}

/// Moves x radially to distance `max_radius` from the origin if it is farther.
#[inline(always)]
pub fn project<T: Coord>(k: Curv, max_radius: f64, x: &[T], out: &mut [T]) {
    let (limit, n) = (max_radius * k.t, norm(x));
    if n <= limit {
        out.copy_from_slice(x);
    } else {
        map([x], [out], |[x]: [T::Wide; 1]| [x * (limit / n)]);
    }
}

/// Gradient of [`project`].
#[inline(always)]
pub fn project_vjp<T: Coord>(k: Curv, max_radius: f64, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
    let [x2, xg] = sums([x, g], |[x, g]: [T::Wide; 2]| [x * x, x * g]);
    let (limit, n) = (max_radius * k.t, x2.sqrt());
    if n.value() <= limit {
        gx.copy_from_slice(g);
        return NONE;
    }
    let (a, b) = (T::Wide::of(limit) / n, xg * limit / (x2 * n));
    map([x, g], [gx], |[x, g]: [T::Wide; 2]| [a * g - b * x]);
    (0.0, (xg / n * max_radius).value())
}

/// One optimizer step in place: x ← x + t s u; flat transport leaves `m` as it is. `u = None` takes `m`.
#[inline(always)]
pub fn retract_transport<T: Coord>(k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
    let step = k.t * s;
    for (x, &u) in x.iter_mut().zip(u.unwrap_or(m)) {
        *x = T::from_f64((T::Wide::of(u.to_f64()) * step + x.to_f64()).value());
    }
}
