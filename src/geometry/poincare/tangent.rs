//! The metric on tangents, gradients, and staying inside the ball.

use super::omega;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::tanhc;
use crate::geometry::wide::{Wide, either};
use std::f64::consts::FRAC_PI_2;

/// ⟨u, v⟩_x = 4⟨u,v⟩/ω².
#[inline(always)]
pub fn inner<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, u, v]| [(x, x), (u, v)],
        |[], [x2, uv]| {
            let w = omega(k, x2);
            Numbers::new([]).heads([uv * 4.0 / w / w]).loss(E::Number::of(1.0) / w)
        },
        [out.headed()],
        |[x, _, _], []| [x],
    )
}

/// Gradient of [`inner`].
#[inline(always)]
pub fn inner_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 3], g: Rows<'_, E>, out: [RowsMut<'_, E>; 3]) -> Tally {
    block(
        [g],
        rows,
        |[x, u, v]| [(x, x), (u, v)],
        |[g], [x2, uv]| {
            let w = omega(k, x2);
            let a = g * 4.0 / w / w;
            let b = a * uv * 2.0 / w;
            Numbers::new([b * 2.0 * k.c, a]).curvature((b * x2, E::Number::of(0.0))).loss(E::Number::of(1.0) / w)
        },
        out,
        |[x, u, v], [bx, a]| [bx * x, a * v, a * u],
    )
}

/// |u|_x = 2|u|/ω.
#[inline(always)]
pub fn norm<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, u]| [(x, x), (u, u)],
        |[], [x2, u2]| {
            let w = omega(k, x2);
            Numbers::new([]).heads([u2.sqrt() * 2.0 / w]).loss(E::Number::of(1.0) / w)
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [g],
        rows,
        |[x, u]| [(x, x), (u, u)],
        |[g], [x2, u2]| {
            let (w, n) = (omega(k, x2), u2.sqrt());
            let a = g * 2.0 / w;
            let b = a * n / w;
            Numbers::new([b * 2.0 * k.c, (a / n).unless_zero(n)])
                .curvature((b * x2, E::Number::of(0.0)))
                .loss(E::Number::of(1.0) / w)
        },
        out,
        |[x, u], [bx, a]| [bx * x, a * u],
    )
}

/// The Riemannian gradient of what has the Euclidean gradient e: t (ω/2)² e, so that df(x; t u) = ⟨rgrad, u⟩_x.
#[inline(always)]
pub fn egrad_to_rgrad<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, _]| [(x, x)],
        |[], [x2]| {
            let w = omega(k, x2);
            Numbers::new([w * w * (0.25 * k.t)]).loss(E::Number::of(1.0) / w)
        },
        [out],
        |[_, e], [a]| [a * e],
    )
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<E: Evaluation>(
    k: Curv,
    [x, e]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [],
        [x, e, g],
        |[x, e, g]| [(x, x), (e, g)],
        |[], [x2, eg]| {
            let w = omega(k, x2);
            let a = w * w * (0.25 * k.t);
            let b = w * eg * (-0.5 * k.t);
            Numbers::new([b * 2.0 * k.c, a]).curvature((b * x2, a * eg / k.t)).loss(E::Number::of(1.0) / w)
        },
        out,
        |[x, _, g], [bx, a]| [bx * x, a * g],
    )
}

/// |x| of points at distance r = `max_radius` from the origin, tanh(q)/√c with q = √c t r/2, and its slopes in (c, t).
///
/// Where no point is that far, at or beyond the antipode of the origin, nothing is limited.
#[inline(always)]
pub(in crate::geometry) fn limit(k: Curv, max_radius: f64) -> (f64, (f64, f64)) {
    let q = 0.5 * k.t * max_radius;
    let z = k.c * q * q;
    if z.is_nan() || z <= -FRAC_PI_2 * FRAC_PI_2 {
        return (f64::INFINITY, (0.0, 0.0));
    }
    if z == f64::INFINITY {
        let rim = 1.0 / k.c.sqrt();
        return (rim, (-0.5 * rim / k.c, 0.0));
    }
    let th = tanhc(z);
    (q * th.tau, (q * (q * th.dtau * q), 0.5 * max_radius * th.sech2))
}

/// Moves x radially to distance `max_radius` from the origin if it is farther (or outside the ball). A row at infinity
/// has no direction: it becomes NaN.
///
/// `max_radius` should be a radius that the storage type can hold: about 15/√c for f32, 34/√c for f64.
#[inline(always)]
pub fn project<E: Evaluation>(k: Curv, max_radius: f64, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    let (limit, _) = limit(k, max_radius);
    block(
        [],
        rows,
        |[x]| [(x, x)],
        |[], [x2]| {
            let n = x2.sqrt();
            Numbers::new(either!(n < limit, [E::Number::of(1.0)], [E::Number::of(limit) / n],))
        },
        [out],
        |[x], [a]| [a * x],
    )
}

/// Gradient of [`project`].
#[inline(always)]
pub fn project_vjp<E: Evaluation>(
    k: Curv,
    max_radius: f64,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 1],
) -> Tally {
    let (limit, (dc, dt)) = limit(k, max_radius);
    block(
        [],
        [x, g],
        |[x, g]| [(x, x), (x, g)],
        |[], [x2, xg]| {
            let (n, zero) = (x2.sqrt(), E::Number::of(0.0));
            let [a, b, gl] = either!(
                n < limit,
                [E::Number::of(1.0), zero, zero],
                [E::Number::of(limit) / n, -(xg * limit / (x2 * n)), xg / n],
            );
            Numbers::new([a, b]).curvature((gl * dc, gl * dt))
        },
        out,
        |[x, g], [a, b]| [a * g + b * x],
    )
}
