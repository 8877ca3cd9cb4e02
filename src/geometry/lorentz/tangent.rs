//! The metric on tangents, tangential parts, projection, and the way to the ball.

use super::time;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::{Wide, either};

/// ⟨u, v⟩ at x and its parts.
struct Product<W> {
    x0: W,
    u0: W,
    v0: W,
    value: W,
    /// Nearly radial tangents far out: their space and time parts cancel.
    loss: W,
}

impl<W: Wide> Product<W> {
    #[inline(always)]
    fn of(k: Curv, [x2, uv, xu, xv]: [W; 4]) -> Self {
        let x0 = time(k, x2);
        let (u0, v0) = (xu / x0, xv / x0);
        let value = uv - u0 * v0;
        let ratio = (uv / value).unless_zero(uv);
        Product { u0, v0, x0, value, loss: ratio.larger(-ratio) }
    }
    /// √⟨u,u⟩; rounding may leave −ε under the root.
    #[inline(always)]
    fn norm(&self) -> W {
        self.value.at_least_zero().sqrt()
    }
}

/// ⟨u, v⟩_x = ⟨u_s,v_s⟩ − ⟨x_s,u_s⟩⟨x_s,v_s⟩/x₀².
#[inline(always)]
pub fn inner<E: Evaluation>(k: Curv, [x, u, v]: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), u.tail(), v.tail()],
        |[x, u, v]| [x * x, u * v, x * u, x * v],
        |[], sums| {
            let p = Product::of(k, sums);
            Numbers::new([]).heads([p.value]).loss(p.loss)
        },
        [out.headed()],
        |[x, _, _], []| [x],
    )
}

/// Gradient of [`inner`].
#[inline(always)]
pub fn inner_vjp<E: Evaluation>(
    k: Curv,
    [x, u, v]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gu, gv]: [RowsMut<'_, E>; 3],
) -> Tally {
    block(
        [g],
        [x.tail(), u.tail(), v.tail()],
        |[x, u, v]| [x * x, u * v, x * u, x * v],
        |[g], sums| {
            let p = Product::of(k, sums);
            let (a, b) = (g * p.u0 / p.x0, g * p.v0 / p.x0);
            // −u₀v₀ ∝ −1/x₀², and 2x₀ ∂x₀/∂c = −1/c².
            let gc = -(a * p.v0 / p.x0 / k.c / k.c);
            Numbers::new([g, a, b, a * p.v0 / p.x0 * 2.0]).curvature((gc, E::Number::of(0.0))).loss(p.loss)
        },
        [gx.headed(), gu.headed(), gv.headed()],
        |[x, u, v], [g, a, b, c]| [c * x - b * u - a * v, g * v - b * x, g * u - a * x],
    )
}

/// |u|_x.
#[inline(always)]
pub fn norm<E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), u.tail()],
        |[x, u]| [x * x, u * u, x * u],
        |[], [x2, u2, xu]| {
            let p = Product::of(k, [x2, u2, xu, xu]);
            Numbers::new([]).heads([p.norm()]).loss(p.loss)
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<E: Evaluation>(
    k: Curv,
    [x, u]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gu]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [g],
        [x.tail(), u.tail()],
        |[x, u]| [x * x, u * u, x * u],
        |[g], [x2, u2, xu]| {
            let p = Product::of(k, [x2, u2, xu, xu]);
            let n = p.norm();
            let g = (g / n).unless_zero(n);
            let a = p.u0 / p.x0;
            let gc = -(g * a * a / 2.0 / k.c / k.c);
            Numbers::new([g, a]).curvature((gc, E::Number::of(0.0))).loss(p.loss)
        },
        [gx.headed(), gu.headed()],
        |[x, u], [g, a]| {
            let r = g * (u - a * x);
            [-(a * r), r]
        },
    )
}

/// ⟨a, b⟩ = ⟨a_s,b_s⟩ − a₀b₀ of arbitrary ambient rows.
#[inline(always)]
pub fn minkowski<E: Evaluation>([a, b]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [a, b],
        [a.tail(), b.tail()],
        |[a, b]| [a * b],
        |[a0, b0], [s]| Numbers::new([]).heads([s - a0 * b0]),
        [out.headed()],
        |[a, _], []| [a],
    )
}

/// Gradient of [`minkowski`].
#[inline(always)]
pub fn minkowski_vjp<E: Evaluation>([a, b]: [Rows<'_, E>; 2], g: Rows<'_, E>, [ga, gb]: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [a, b, g],
        [a.tail(), b.tail()],
        |_| [],
        |[a0, b0, g], []| Numbers::new([g]).heads([-(g * b0), -(g * a0)]),
        [ga.headed(), gb.headed()],
        |[a, b], [g]| [g * b, g * a],
    )
}

/// |x_s| of points at distance `max_radius` from the origin, sinh(q)/√c with q = √c t max_radius.
#[inline(always)]
pub(super) fn limit(k: Curv, max_radius: f64) -> f64 {
    (k.c.sqrt() * k.t * max_radius).sinh() / k.c.sqrt()
}

/// [`limit`] with what its slopes are made of.
pub(in crate::geometry) struct Limit {
    /// |x_s| = sinh(q)/√c.
    pub space: f64,
    /// q = √c t max_radius.
    pub q: f64,
    /// cosh q.
    pub cosh: f64,
    /// sinh q.
    pub sinh: f64,
    /// √c.
    pub root: f64,
}

impl Limit {
    #[inline(always)]
    pub fn of(k: Curv, max_radius: f64) -> Limit {
        let root = k.c.sqrt();
        let q = root * k.t * max_radius;
        Limit { space: limit(k, max_radius), q, cosh: q.cosh(), sinh: q.sinh(), root }
    }
}

/// The same space part (at most `max_radius` from the origin), with its time: any ambient row becomes a point.
#[inline(always)]
pub fn project<E: Evaluation>(k: Curv, max_radius: f64, [x]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    let limit = limit(k, max_radius);
    block(
        [],
        [x.tail()],
        |[x]| [x * x],
        |[], [x2]| {
            let n = x2.sqrt();
            let [a] = either!(n < limit, [E::Number::of(1.0)], [E::Number::of(limit) / n]);
            Numbers::new([a]).heads([time(k, x2 * a * a)])
        },
        [out.headed()],
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
    [gx]: [RowsMut<'_, E>; 1],
) -> Tally {
    // What lies beyond goes through the limit L = sinh(q)/√c: space L x̂, time cosh(q)/√c.
    let Limit { space: limit, q, cosh, sinh, root } = Limit::of(k, max_radius);
    block(
        [g],
        [x.tail(), g.tail()],
        |[x, g]| [x * x, x * g],
        |[g0], [x2, xg]| {
            let n = x2.sqrt();
            let [a, b, gc, gt] = either!(
                n < limit,
                {
                    let x0 = time(k, x2);
                    [E::Number::of(1.0), g0 / x0, g0 * -0.5 / (x0 * k.c * k.c), E::Number::of(0.0)]
                },
                {
                    let gl = xg / n;
                    // An infinite radius has no rows beyond it; its cosh is not used.
                    let gq = (gl * cosh + g0 * sinh) / root;
                    let gc = (gq * q - gl * limit - g0 * cosh / root) / (2.0 * k.c);
                    [E::Number::of(limit) / n, -(xg * limit / (x2 * n)), gc, gq * root * max_radius]
                },
            );
            Numbers::new([a, b]).curvature((gc, gt))
        },
        [gx.headed()],
        |[x, g], [a, b]| [a * g + b * x],
    )
}

/// z + c⟨x,z⟩x scaled by s, for an ambient z whose time counts `sign`: space, and time = c s(x₀⟨x_s,z_s⟩ − |x_s|² z₀).
#[inline(always)]
fn tangential<E: Evaluation>(k: Curv, s: f64, sign: f64, [x, z]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [z],
        [x.tail(), z.tail()],
        |[x, z]| [x * x, x * z],
        |[z0], [x2, xz]| {
            let (x0, z0) = (time(k, x2), z0 * sign);
            let a = (xz - x0 * z0) * k.c;
            Numbers::new([a * s, E::Number::of(s)]).heads([(x0 * xz - x2 * z0) * k.c * s])
        },
        [out.headed()],
        |[x, z], [a, s]| [s * z + a * x],
    )
}

/// Gradient of [`tangential`] where s is 1 or t; the gradient in t is that of s = t.
#[inline(always)]
fn tangential_vjp<E: Evaluation>(
    k: Curv,
    s: f64,
    sign: f64,
    [x, z]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gz]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [z, g],
        [x.tail(), z.tail(), g.tail()],
        |[x, z, g]| [x * x, x * z, x * g, z * g],
        |[z0, g0], [x2, xz, xg, zg]| {
            let (x0, z0) = (time(k, x2), z0 * sign);
            let m = xz - x0 * z0;
            let gxz = (xg + g0 * x0) * k.c;
            let gx0 = (g0 * xz - xg * z0) * k.c;
            let gx2 = -(g0 * z0 * k.c);
            let gz0 = -((xg * x0 + g0 * x2) * k.c);
            let explicit = m * xg + g0 * (x0 * xz - x2 * z0);
            let gc = (explicit - gx0 * 0.5 / (x0 * k.c * k.c)) * s;
            let gt = zg + explicit * k.c;
            Numbers::new([m * k.c * s, gxz * s, (gx2 * 2.0 + gx0 / x0) * s, E::Number::of(s)])
                .heads([E::Number::of(0.0), gz0 * s * sign])
                .curvature((gc, gt))
        },
        [gx.headed(), gz.headed()],
        |[x, z, g], [a, b, e, s]| [a * g + b * z + e * x, s * g + b * x],
    )
}

/// The tangential part z + c⟨x,z⟩x of an ambient row z.
#[inline(always)]
pub fn project_tangent<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    tangential(k, 1.0, 1.0, rows, out)
}

/// Gradient of [`project_tangent`].
#[inline(always)]
pub fn project_tangent_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    // The scale is 1 here, so nothing depends on t.
    Tally { t: Default::default(), ..tangential_vjp(k, 1.0, 1.0, rows, g, out) }
}

/// The Riemannian gradient of what has the ambient Euclidean gradient e: t times the tangential part of (−e₀, e_s).
#[inline(always)]
pub fn egrad_to_rgrad<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    tangential(k, k.t, -1.0, rows, out)
}

/// [`egrad_to_rgrad`] r, with ⟨r, r⟩ = t²(⟨z,z⟩ + c⟨x,z⟩²) of z = (−e₀, e_s) tallied as c.
#[inline(always)]
pub fn gradient_square<E: Evaluation>(k: Curv, [x, e]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [e],
        [x.tail(), e.tail()],
        |[x, e]| [x * x, x * e, e * e],
        |[e0], [x2, xe, e2]| {
            let x0 = time(k, x2);
            let m = xe + x0 * e0;
            let square = (e2 - e0 * e0 + m * m * k.c).at_least_zero();
            let whole = e2 + e0 * e0 + m * m * k.c;
            let t = E::Number::of(k.t);
            Numbers::new([m * k.c * k.t, t])
                .heads([(x0 * xe + x2 * e0) * k.c * k.t])
                .curvature((square * k.t * k.t, E::Number::of(0.0)))
                .loss((whole / square).unless_zero(whole))
        },
        [out.headed()],
        |[x, e], [a, t]| [t * e + a * x],
    )
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    tangential_vjp(k, k.t, -1.0, rows, g, out)
}

/// The same point on the ball: x_s/(1 + √c x₀). `out` has width D.
#[inline(always)]
pub fn to_poincare<E: Evaluation>(k: Curv, [x]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail()],
        |[x]| [x * x],
        |[], [x2]| Numbers::new([E::Number::of(1.0) / ((x2 * k.c + 1.0).sqrt() + 1.0)]),
        [out],
        |[x], [a]| [a * x],
    )
}

/// Gradient of [`to_poincare`].
#[inline(always)]
pub fn to_poincare_vjp<E: Evaluation>(
    k: Curv,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    [gx]: [RowsMut<'_, E>; 1],
) -> Tally {
    block(
        [],
        [x.tail(), g],
        |[x, g]| [x * x, x * g],
        |[], [x2, xg]| {
            let x0 = (x2 * k.c + 1.0).sqrt();
            let a = E::Number::of(1.0) / (x0 + 1.0);
            let gz = -(xg * a * a / (x0 * 2.0));
            Numbers::new([a, gz * 2.0 * k.c]).curvature((gz * x2, E::Number::of(0.0)))
        },
        [gx.headed()],
        |[x, g], [a, b]| [a * g + b * x],
    )
}
