//! The metric on tangents, tangential parts, projection, and the way to the ball.

use super::time;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::sinhc;
use crate::geometry::wide::Wide;

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
        |[x, u, v]| [(x, x), (u, v), (x, u), (x, v)],
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
        |[x, u, v]| [(x, x), (u, v), (x, u), (x, v)],
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
        |[x, u]| [(x, x), (u, u), (x, u)],
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
        |[x, u]| [(x, x), (u, u), (x, u)],
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
        |[a, b]| [(a, b)],
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

/// |x_s| of points at distance `max_radius` from the origin, sinh(q)/√c with q = √c t max_radius, and cosh q.
#[inline(always)]
pub(in crate::geometry) fn limit<W: Wide>(k: Curv, max_radius: f64) -> [W; 2] {
    let length = W::of(k.t) * max_radius;
    let q = sinhc(length * length * k.c);
    // An infinite radius has no quotient of infinities.
    let (radius, infinity) = (W::of(max_radius), W::of(f64::INFINITY));
    [length * q.s, q.c].map(|x| radius.if_below(infinity, x, infinity))
}

/// The same space part (at most `max_radius` from the origin), with its time: any ambient row becomes a point.
#[inline(always)]
pub fn project<E: Evaluation>(k: Curv, max_radius: f64, [x]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    let [limit, _] = limit::<E::Number>(k, max_radius);
    block(
        [],
        [x.tail()],
        |[x]| [(x, x)],
        |[], [x2]| {
            let n = x2.sqrt();
            let a = n.if_below(limit, E::Number::of(1.0), limit / n);
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
    // What lies beyond goes through the limit L = sinh(q)/√c, q = √c t max_radius: space L x̂, time cosh(q)/√c.
    let [limit, cosh] = limit::<E::Number>(k, max_radius);
    block(
        [g],
        [x.tail(), g.tail()],
        |[x, g]| [(x, x), (x, g)],
        |[g0], [x2, xg]| {
            let (n, x0, root) = (x2.sqrt(), time(k, x2), E::Number::of(k.c).sqrt());
            let gl = xg / n;
            // ∂q of both, over √c; √c ∂c q = t max_radius/2.
            let gq = gl * cosh / root + g0 * limit;
            let length = E::Number::of(k.t) * max_radius;
            let within = [E::Number::of(1.0), g0 / x0, g0 * -0.5 / (x0 * k.c * k.c), E::Number::of(0.0)];
            // An infinite radius has no rows beyond it.
            let gc = (gq * root * length - gl * limit - g0 * cosh / root) / (2.0 * k.c);
            let beyond = [limit / n, -(gl * limit / x2), gc, gq * root * max_radius];
            let [a, b, gc, gt]: [E::Number; 4] = std::array::from_fn(|i| n.if_below(limit, within[i], beyond[i]));
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
        |[x, z]| [(x, x), (x, z), (z, z)],
        |[z0], [x2, xz, z2]| {
            let (x0, z0) = (time(k, x2), z0 * sign);
            let a = (xz - x0 * z0) * k.c;
            // What was tangent already leaves no more of a than the roundings of its products, and x is long far out.
            let time_part = x0 * z0;
            let terms = (x2 * z2).sqrt() + time_part.larger(-time_part);
            let size = z2.sqrt() + terms * x2.sqrt() * k.c;
            let result = (z2 + a * (xz * 2.0 + a * x2)).at_least_zero().sqrt();
            Numbers::new([a * s, E::Number::of(s)])
                .heads([(x0 * xz - x2 * z0) * k.c * s])
                .loss((size / result).unless_zero(size))
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
        |[x, z, g]| [(x, x), (x, z), (x, g), (z, g)],
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
        |[x]| [(x, x)],
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
        |[x, g]| [(x, x), (x, g)],
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
