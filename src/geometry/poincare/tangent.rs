//! The metric on tangents, gradients, and staying inside the ball.

use super::transport::omega;
use crate::geometry::curv::{Curv, CurvGrad, NONE};
use crate::geometry::rows::{map, sums, zero};
use crate::geometry::wide::{Coord, Wide};

/// ⟨u, v⟩_x = 4⟨u,v⟩/ω².
#[inline(always)]
pub fn inner<T: Coord>(k: Curv, x: &[T], u: &[T], v: &[T]) -> f64 {
    let w = omega(k, x);
    let [uv] = sums([u, v], |[u, v]: [T::Wide; 2]| [u * v]);
    (uv * 4.0 / w / w).value()
}

/// Gradient of [`inner`].
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn inner_vjp<T: Coord>(
    k: Curv,
    x: &[T],
    u: &[T],
    v: &[T],
    g: f64,
    gx: &mut [T],
    gu: &mut [T],
    gv: &mut [T],
) -> CurvGrad {
    let w = omega(k, x);
    let [uv, x2] = sums([x, u, v], |[x, u, v]: [T::Wide; 3]| [u * v, x * x]);
    let a = T::Wide::of(g) * 4.0 / w / w;
    let b = a * uv * 2.0 / w;
    let bx = b * 2.0 * k.c;
    map([x, u, v], [gx, gu, gv], |[x, u, v]: [T::Wide; 3]| [bx * x, a * v, a * u]);
    ((b * x2).value(), 0.0)
}

/// |u|_x = 2|u|/ω.
#[inline(always)]
pub fn norm<T: Coord>(k: Curv, x: &[T], u: &[T]) -> f64 {
    let w = omega(k, x);
    let [u2] = sums([u], |[u]: [T::Wide; 1]| [u * u]);
    (u2.sqrt() * 2.0 / w).value()
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<T: Coord>(k: Curv, x: &[T], u: &[T], g: f64, gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    let w = omega(k, x);
    let [x2, u2] = sums([x, u], |[x, u]: [T::Wide; 2]| [x * x, u * u]);
    if u2 == T::Wide::of(0.0) {
        zero(gx);
        zero(gu);
        return NONE;
    }
    let n = u2.sqrt();
    let a = T::Wide::of(g) * 2.0 / w;
    let b = a * n / w;
    let (bx, a) = (b * 2.0 * k.c, a / n);
    map([x, u], [gx, gu], |[x, u]: [T::Wide; 2]| [bx * x, a * u]);
    ((b * x2).value(), 0.0)
}

/// The Riemannian gradient of what has the Euclidean gradient e: t (ω/2)² e, so that df(x; t u) = ⟨rgrad, u⟩_x.
#[inline(always)]
pub fn egrad_to_rgrad<T: Coord>(k: Curv, x: &[T], e: &[T], out: &mut [T]) {
    let w = omega(k, x);
    let a = w * w * (0.25 * k.t);
    map([e], [out], |[e]: [T::Wide; 1]| [a * e]);
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<T: Coord>(k: Curv, x: &[T], e: &[T], g: &[T], gx: &mut [T], ge: &mut [T]) -> CurvGrad {
    let w = omega(k, x);
    let [x2, eg] = sums([x, e, g], |[x, e, g]: [T::Wide; 3]| [x * x, e * g]);
    let a = w * w * (0.25 * k.t);
    let b = w * eg * (-0.5 * k.t);
    let bx = b * 2.0 * k.c;
    map([x, g], [gx, ge], |[x, g]: [T::Wide; 2]| [bx * x, a * g]);
    ((b * x2).value(), (a * eg / k.t).value())
}

/// |x| of points at distance `max_radius` from the origin, tanh(q)/√c with q = √c t max_radius/2, and sech² q.
#[inline(always)]
fn limit(k: Curv, max_radius: f64) -> (f64, f64) {
    let q = 0.5 * k.c.sqrt() * k.t * max_radius;
    let sech = 1.0 / q.cosh();
    (q.tanh() / k.c.sqrt(), sech * sech)
}

/// Moves x radially to distance `max_radius` from the origin if it is farther (or outside the ball).
///
/// `max_radius` should be a radius that the storage type can hold: about 15/√c for f32, 34/√c for f64.
#[inline(always)]
pub fn project<T: Coord>(k: Curv, max_radius: f64, x: &[T], out: &mut [T]) {
    let (limit, _) = limit(k, max_radius);
    let [x2] = sums([x], |[x]: [f64; 1]| [x * x]);
    if x2 <= limit * limit {
        out.copy_from_slice(x);
    } else {
        let a = limit / x2.sqrt();
        map([x], [out], |[x]: [T::Wide; 1]| [x * a]);
    }
}

/// Gradient of [`project`].
#[inline(always)]
pub fn project_vjp<T: Coord>(k: Curv, max_radius: f64, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
    let (limit, sech2) = limit(k, max_radius);
    let [x2, xg] = sums([x, g], |[x, g]: [T::Wide; 2]| [x * x, x * g]);
    if x2.value() <= limit * limit {
        gx.copy_from_slice(g);
        return NONE;
    }
    let n = x2.sqrt();
    let (a, b) = (T::Wide::of(limit) / n, -(xg * limit / (x2 * n)));
    map([x, g], [gx], |[x, g]: [T::Wide; 2]| [a * g + b * x]);
    let gl = (xg / n).value();
    let dt = 0.5 * sech2 * max_radius;
    (gl * (0.5 * k.t * dt - 0.5 * limit) / k.c, gl * dt)
}
