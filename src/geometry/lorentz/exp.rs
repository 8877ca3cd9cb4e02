//! exp_x u = cosh n · x + (sinh n / n) U, with U = t u and n² = c(|U_s|² − U₀²).
//!
//! Two places lose digits: n² for a nearly radial u far out, and the sum for a long step inwards.

use super::time;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{Sinhc, sinhc};
use crate::geometry::wide::Wide;

/// A point and a tangent U in the coordinates' own scale.
pub(super) struct Ray<W> {
    pub x0: W,
    /// |U_s|².
    pub u2: W,
    /// U₀ = ⟨x_s,U_s⟩/x₀.
    pub u0: W,
    /// ⟨U,U⟩ = |U_s|² − U₀².
    q: W,
    pub sh: Sinhc<W>,
    /// Time of the result.
    pub y0: W,
}

impl<W: Wide> Ray<W> {
    /// Takes Σx², Σu², Σxu over space parts; `step` is t, or t times what scales the tangent.
    #[inline(always)]
    pub fn of(k: Curv, step: W, [x2, u2, xu]: [W; 3]) -> Self {
        let x0 = time(k, x2);
        let (u2, u0) = (u2 * step * step, xu * step / x0);
        let q = (u2 - u0 * u0).at_least_zero();
        let sh = sinhc(q * k.c);
        Ray { x0, u2, u0, q, y0: sh.c * x0 + sh.s * u0, sh }
    }

    /// The sum may lose half of the digits: the point that results may still be close to the origin.
    #[inline(always)]
    pub fn loss(&self) -> W {
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
