//! exp_x u = cosh n · x + (sinh n / n) U, with U = t u and n² = c(|U_s|² − U₀²).
//!
//! Two places lose digits: n² for a nearly radial u far out, and the sum for a long step inwards.

use super::tangent::limit;
use super::time;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{Sinhc, sinhc};
use crate::geometry::wide::{Wide, either};

/// A point and a tangent U in the coordinates' own scale.
struct Ray<W> {
    x0: W,
    /// |U_s|².
    u2: W,
    /// U₀ = ⟨x_s,U_s⟩/x₀.
    u0: W,
    /// ⟨U,U⟩ = |U_s|² − U₀².
    q: W,
    sh: Sinhc<W>,
    /// Time of the result.
    y0: W,
}

impl<W: Wide> Ray<W> {
    /// Takes Σx², Σu², Σxu over space parts; `step` is t, or t times what scales the tangent.
    #[inline(always)]
    fn of(k: Curv, step: W, [x2, u2, xu]: [W; 3]) -> Self {
        let x0 = time(k, x2);
        let (u2, u0) = (u2 * step * step, xu * step / x0);
        let q = (u2 - u0 * u0).at_least_zero();
        let sh = sinhc(q * k.c);
        Ray { x0, u2, u0, q, y0: sh.c * x0 + sh.s * u0, sh }
    }

    /// The sum may lose half of the digits: the point that results may still be close to the origin.
    #[inline(always)]
    fn loss(&self) -> W {
        let inwards = self.sh.c * self.x0 / self.y0;
        (inwards * inwards).larger((self.u2 / self.q).unless_zero(self.u2))
    }
}

/// exp_x u into `out`.
#[inline(always)]
pub fn exp<E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), u.tail()],
        |[x, u]| [(x, x), (u, u), (x, u)],
        |[], sums| {
            let r = Ray::of(k, E::Number::of(k.t), sums);
            Numbers::new([r.sh.c, r.sh.s * k.t]).heads([r.y0]).loss(r.loss())
        },
        [out.headed()],
        |[x, u], [a, b]| [a * x + b * u],
    )
}

/// Gradient of [`exp`] for the cotangent rows `g`.
#[inline(always)]
pub fn exp_vjp<E: Evaluation>(
    k: Curv,
    [x, u]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gu]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [g],
        [x.tail(), u.tail(), g.tail()],
        |[x, u, g]| [(x, x), (u, u), (x, u), (g, x), (g, u)],
        |[g0], [x2, u2, xu, ga, gb]| {
            let r = Ray::of(k, E::Number::of(k.t), [x2, u2, xu]);
            let (ga, gb) = (ga + g0 * r.x0, gb * k.t + g0 * r.u0);
            let (a, b) = (r.sh.c, r.sh.s);
            let gz = ga * b / 2.0 + gb * r.sh.ds;
            let gq = gz * k.c;
            let gu0 = g0 * b - r.u0 * gq * 2.0;
            let gx0 = g0 * a - gu0 * r.u0 / r.x0;
            let gxu = gu0 / r.x0;
            // All of t enters through U: ⟨∂U, u⟩, with g₀b counted in gu0.
            let gt = ((gb - g0 * r.u0) * b + gq * r.u2 * 2.0 + gu0 * r.u0) / k.t;
            let gc = gz * r.q - gx0 * 0.5 / (r.x0 * k.c * k.c);
            let (cx, cxu) = (gx0 / r.x0, gxu * k.t);
            Numbers::new([a, b * k.t, cx, cxu, gq * 2.0 * k.t * k.t]).curvature((gc, gt)).loss(r.loss())
        },
        [gx.headed(), gu.headed()],
        |[x, u, g], [a, b, cx, cxu, cu]| [a * g + cxu * u + cx * x, b * g + cu * u + cxu * x],
    )
}

/// exp_o u: space (sinh n / n) t u_s, time cosh(n)/√c, n = √c t|u_s|.
#[inline(always)]
pub fn exp0<E: Evaluation>(k: Curv, [u]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [u.tail()],
        |[u]| [(u, u)],
        |[], [u2]| {
            let sh = sinhc(u2 * k.c * k.t * k.t);
            Numbers::new([sh.s * k.t]).heads([sh.c / E::Number::of(k.c).sqrt()])
        },
        [out.headed()],
        |[u], [a]| [a * u],
    )
}

/// Gradient of [`exp0`].
#[inline(always)]
pub fn exp0_vjp<E: Evaluation>(k: Curv, [u]: [Rows<'_, E>; 1], g: Rows<'_, E>, [gu]: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [g],
        [u.tail(), g.tail()],
        |[u, g]| [(u, u), (u, g)],
        |[g0], [u2, gb]| {
            let (u2, gb) = (u2 * k.t * k.t, gb * k.t);
            let sh = sinhc(u2 * k.c);
            let g0 = g0 / E::Number::of(k.c).sqrt();
            let gz = g0 * sh.s / 2.0 + gb * sh.ds;
            let gc = gz * u2 - g0 * sh.c / (2.0 * k.c);
            let gt = (sh.s * gb + gz * u2 * 2.0 * k.c) / k.t;
            Numbers::new([sh.s * k.t, gz * 2.0 * k.c * k.t * k.t]).curvature((gc, gt))
        },
        [gu.headed()],
        |[u, g], [a, b]| [a * g + b * u],
    )
}

/// A step of an optimizer: y = exp_x(s·u), and v transported along to y, for one number s a row. Then y is brought back
/// within `max_radius`.
#[inline(always)]
pub fn retract_transport<E: Evaluation>(
    k: Curv,
    max_radius: f64,
    [x, u, v]: [Rows<'_, E>; 3],
    s: Rows<'_, E>,
    [y, w]: [RowsMut<'_, E>; 2],
) -> Tally {
    let limit = limit(k, max_radius);
    block(
        [s],
        [x.tail(), u.tail(), v.tail()],
        |[x, u, v]| [(x, x), (u, u), (x, u), (x, v), (u, v)],
        |[s], [x2, u2, xu, xv, uv]| {
            let step = s * k.t;
            let r = Ray::of(k, step, [x2, u2, xu]);
            // v + c⟨U,v⟩ ((cosh n − 1)/n² U + (sinh n / n) x): transport along the geodesic itself.
            let uv = (uv * step - r.u0 * xv / r.x0) * k.c;
            let (ca, cb) = (uv * r.sh.s, uv * r.sh.versine * step);
            let w0 = xv / r.x0 + ca * r.x0 + uv * r.sh.versine * r.u0;
            let (a, b) = (r.sh.c, r.sh.s);
            let n = (a * a * x2 + a * b * xu * step * 2.0 + b * b * r.u2).at_least_zero().sqrt();
            let edge = E::Number::of(limit);
            let [back, y0] = either!(n < limit, [E::Number::of(1.0), r.y0], [edge / n, time(k, edge * edge)]);
            Numbers::new([back * a, back * b * step, ca, cb]).heads([y0, w0]).loss(r.loss())
        },
        [y.headed(), w.headed()],
        |[x, u, v], [a, b, ca, cb]| [a * x + b * u, v + ca * x + cb * u],
    )
}
