//! The metric on tangents, tangential parts, projection to the sphere.

use super::radius;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::{Wide, either};

/// |x||u|/⟨x,u⟩: by how much the sum ⟨x,u⟩ of a tangent cancels, where a gradient is proportional to it.
#[inline(always)]
fn cancelled<W: Wide>(x2: W, u2: W, xu: W) -> W {
    ((x2 * u2).sqrt() / xu.larger(-xu)).unless_zero(u2)
}

/// ⟨u, v⟩_x = ⟨u,v⟩ − ⟨x,u⟩⟨x,v⟩/|x|².
#[inline(always)]
pub fn inner<E: Evaluation>(rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, u, v]| [(x, x), (u, v), (x, u), (x, v)],
        |[], [x2, uv, xu, xv]| {
            let value = uv - xu * xv / x2;
            let ratio = (uv / value).unless_zero(uv);
            Numbers::new([]).heads([value]).loss(ratio.larger(-ratio))
        },
        [out.headed()],
        |[x, _, _], []| [x],
    )
}

/// Gradient of [`inner`].
#[inline(always)]
pub fn inner_vjp<E: Evaluation>(rows: [Rows<'_, E>; 3], g: Rows<'_, E>, out: [RowsMut<'_, E>; 3]) -> Tally {
    block(
        [g],
        rows,
        |[x, u, v]| [(x, x), (u, u), (v, v), (x, u), (x, v)],
        |[g], [x2, u2, v2, xu, xv]| {
            let (a, b) = (xu / x2, xv / x2);
            let loss = cancelled(x2, u2, xu).larger(cancelled(x2, v2, xv));
            Numbers::new([g, g * a, g * b, g * a * b * 2.0]).loss(loss)
        },
        out,
        |[x, u, v], [g, a, b, c]| [c * x - b * u - a * v, g * v - b * x, g * u - a * x],
    )
}

/// |u|_x.
#[inline(always)]
pub fn norm<E: Evaluation>(rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, u]| [(x, x), (u, u), (x, u)],
        |[], [x2, u2, xu]| {
            let n2 = (u2 - xu * xu / x2).at_least_zero();
            Numbers::new([]).heads([n2.sqrt()]).loss((u2 / n2).unless_zero(u2))
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<E: Evaluation>(rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [g],
        rows,
        |[x, u]| [(x, x), (u, u), (x, u)],
        |[g], [x2, u2, xu]| {
            let m = xu / x2;
            let n2 = (u2 - xu * m).at_least_zero();
            let g = (g / n2.sqrt()).unless_zero(n2);
            Numbers::new([g, m]).loss(cancelled(x2, u2, xu).larger((u2 / n2).unless_zero(u2)))
        },
        out,
        |[x, u], [g, m]| {
            let r = g * (u - m * x);
            [-(m * r), r]
        },
    )
}

/// s (z − ⟨x,z⟩/|x|² x).
#[inline(always)]
fn tangential<E: Evaluation>(s: f64, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, z]| [(x, x), (x, z), (z, z)],
        |[], [x2, xz, z2]| {
            let left = (z2 - xz * xz / x2).at_least_zero();
            Numbers::new([-(xz / x2)]).loss((z2 / left).unless_zero(z2))
        },
        [out],
        |[x, z], [m]| [(z + m * x) * s],
    )
}

/// Gradient of [`tangential`] where s is 1 or t; the gradient in t is that of s = t.
#[inline(always)]
fn tangential_vjp<E: Evaluation>(s: f64, [x, z]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [x, z, g],
        |[x, z, g]| [(x, x), (x, z), (x, g), (z, g)],
        |[], [x2, xz, xg, zg]| {
            let (m, n) = (xz / x2, xg / x2);
            Numbers::new([m, n, m * n * 2.0]).curvature((E::Number::of(0.0), zg - m * xg))
        },
        out,
        |[x, z, g], [m, n, b]| [(b * x - m * g - n * z) * s, (g - n * x) * s],
    )
}

/// The tangential part of an ambient row z.
#[inline(always)]
pub fn project_tangent<E: Evaluation>(rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    tangential(1.0, rows, out)
}

/// Gradient of [`project_tangent`].
#[inline(always)]
pub fn project_tangent_vjp<E: Evaluation>(rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    // The scale is 1 here, so nothing depends on t.
    Tally { t: Default::default(), ..tangential_vjp(1.0, rows, g, out) }
}

/// The Riemannian gradient of what has the ambient gradient e: t times the tangential part.
#[inline(always)]
pub fn egrad_to_rgrad<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    tangential(k.t, rows, out)
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    tangential_vjp(k.t, rows, g, out)
}

/// The angle from the origin at distance `max_radius`.
#[inline(always)]
pub(in crate::geometry) fn limit(k: Curv, max_radius: f64) -> f64 {
    k.c.sqrt() * k.t * max_radius
}

/// z = (z₀, z_s) as a direction.
struct Foot<W> {
    /// |z|.
    z: W,
    /// |z_s|.
    n: W,
    /// Less the angle from the origin; 0 at the antipode too.
    turned: W,
}

impl<W: Wide> Foot<W> {
    #[inline(always)]
    fn of(z0: W, s2: W) -> Self {
        let n = s2.sqrt();
        Foot { z: (z0 * z0 + s2).sqrt(), n, turned: -n.atan2(z0).unless_zero(n) }
    }
}

/// z/(|z|√c), moved along its meridian to distance `max_radius` from the origin if it is farther. The row 0, which has no
/// direction, becomes the origin; the antipode, from which no way is shortest, stays.
#[inline(always)]
pub fn project<E: Evaluation>(k: Curv, max_radius: f64, [z]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    let largest = limit(k, max_radius);
    block(
        [z],
        [z.tail()],
        |[z]| [(z, z)],
        |[z0], [s2]| {
            let (Foot { z, n, turned }, radius) = (Foot::of(z0, s2), radius::<E::Number>(k));
            let [head, a] = either!(
                turned < -largest,
                {
                    let (sin, cos) = E::Number::of(largest).sin_cos();
                    [radius * cos, radius * sin / n]
                },
                either!(z < f64::MIN_POSITIVE, [radius, E::Number::of(0.0)], {
                    let a = radius / z;
                    [a * z0, a]
                })
            );
            Numbers::new([a]).heads([head])
        },
        [out.headed()],
        |[z], [a]| [a * z],
    )
}

/// Gradient of [`project`]; zero at the row 0.
#[inline(always)]
pub fn project_vjp<E: Evaluation>(
    k: Curv,
    max_radius: f64,
    [z]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    [gz]: [RowsMut<'_, E>; 1],
) -> Tally {
    let largest = limit(k, max_radius);
    block(
        [z, g],
        [z.tail(), g.tail()],
        |[z, g]| [(z, z), (g, z)],
        |[z0, g0], [s2, gs]| {
            let (Foot { z, n, turned }, radius) = (Foot::of(z0, s2), radius::<E::Number>(k));
            let zero = E::Number::of(0.0);
            let [a, b, head, gc, gt] = either!(
                turned < -largest,
                {
                    let (sin, cos) = E::Number::of(largest).sin_cos();
                    let (along, a) = (gs / n, radius * sin / n);
                    let turn = (along * cos - g0 * sin) * radius * largest;
                    let value = (along * sin + g0 * cos) * radius;
                    [a, -(a * gs / s2), zero, (turn - value) * 0.5 / k.c, turn / k.t]
                },
                {
                    let a = (radius / z).unless_zero(z);
                    let m = ((gs + g0 * z0) / (z * z)).unless_zero(z);
                    [a, -(a * m), a * (g0 - m * z0), a * (gs + g0 * z0) * -0.5 / k.c, zero]
                }
            );
            Numbers::new([a, b]).heads([head]).curvature((gc, gt))
        },
        [gz.headed()],
        |[z, g], [a, b]| [a * g + b * z],
    )
}
