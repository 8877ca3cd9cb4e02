//! exp_x u = cos φ x̂/√c + sin φ/φ · t u′ with u′ = u − (⟨x,u⟩/|x|²) x and φ = √c t|u′|.

use super::radius;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{Sinhc, sinhc};
use crate::geometry::wide::Wide;

/// A point and a tangent.
struct Ray<W> {
    /// |x|.
    x: W,
    /// ⟨x,u⟩/|x|²: u′ = u − m x.
    m: W,
    /// |u′|².
    u2: W,
    /// cos φ and sin φ/φ at −φ².
    trig: Sinhc<W>,
    loss: W,
}

impl<W: Wide> Ray<W> {
    /// Takes Σx², Σu², Σxu; `step` is t, or t times what scales the tangent.
    #[inline(always)]
    fn of(k: Curv, step: W, [x2, uu, xu]: [W; 3]) -> Self {
        let m = xu / x2;
        let u2 = (uu - xu * m).at_least_zero();
        let z = -(u2 * k.c * step * step);
        // A tangent row that is nearly radial, and angles of many turns.
        let loss = (uu / u2).unless_zero(uu).larger(-z);
        Ray { x: x2.sqrt(), m, u2, trig: sinhc(z), loss }
    }

    /// (α, β) of exp_x u = α x + β u.
    #[inline(always)]
    fn point(&self, k: Curv, step: W) -> (W, W) {
        let b = self.trig.s * step;
        (self.trig.c * radius::<W>(k) / self.x - b * self.m, b)
    }
}

/// exp_x u into `out`.
#[inline(always)]
pub fn exp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, u]| [(x, x), (u, u), (x, u)],
        |[], sums| {
            let step = E::Number::of(k.t);
            let r = Ray::of(k, step, sums);
            let (a, b) = r.point(k, step);
            Numbers::new([a, b]).loss(r.loss)
        },
        [out],
        |[x, u], [a, b]| [a * x + b * u],
    )
}

/// Gradient of [`exp`] for the cotangent rows `g`.
#[inline(always)]
pub fn exp_vjp<E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [x, u, g],
        |[x, u, g]| [(x, x), (u, u), (x, u), (g, x), (g, u)],
        |[], [x2, uu, xu, gx, gu]| {
            let step = E::Number::of(k.t);
            let r = Ray::of(k, step, [x2, uu, xu]);
            let (a, b) = r.point(k, step);
            let Ray { x, m, u2, trig: Sinhc { c: cos, s, ds, .. }, loss } = r;
            // Along x̂/√c, and along u′.
            let (gcos, gs) = (gx * radius::<E::Number>(k) / x, gu - m * gx);
            // −φ² = −c t²|u′|² enters both; cos has the slope s/2 in it.
            let gz = gs * ds * k.t + gcos * s * 0.5;
            let gu2 = -(gz * k.c * k.t * k.t);
            let gm = -(b * gx);
            // |u′|² = |u|² − ⟨x,u⟩²/|x|².
            let gxu = gu2 * m * -2.0 + gm / x2;
            let gx2 = gu2 * m * m - (gm * m + gcos * cos * 0.5) / x2;
            let gc = -(gz * u2 * k.t * k.t + gcos * cos / (2.0 * k.c));
            let gt = gz * u2 * -2.0 * k.c * k.t + gs * s;
            Numbers::new([a, b, gxu, gx2 * 2.0, gu2 * 2.0]).curvature((gc, gt)).loss(loss)
        },
        out,
        |[x, u, g], [a, b, xu, xx, uu]| [a * g + xx * x + xu * u, b * g + uu * u + xu * x],
    )
}

/// exp_o u = (cos φ/√c, sin φ/φ · t u) with φ = √c t|u|; coordinate 0 of u is not read.
#[inline(always)]
pub fn exp0<E: Evaluation>(k: Curv, [u]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [u.tail()],
        |[u]| [(u, u)],
        |[], [u2]| {
            let z = -(u2 * k.c * k.t * k.t);
            let trig = sinhc(z);
            Numbers::new([trig.s * k.t]).heads([trig.c * radius::<E::Number>(k)]).loss(-z)
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
        |[u, g]| [(u, u), (g, u)],
        |[g0], [u2, gs]| {
            let z = -(u2 * k.c * k.t * k.t);
            let trig = sinhc(z);
            let gcos = g0 * radius::<E::Number>(k);
            let gz = gs * trig.ds * k.t + gcos * trig.s * 0.5;
            let gc = -(gz * u2 * k.t * k.t + gcos * trig.c / (2.0 * k.c));
            let gt = gz * u2 * -2.0 * k.c * k.t + gs * trig.s;
            Numbers::new([trig.s * k.t, gz * -2.0 * k.c * k.t * k.t]).curvature((gc, gt)).loss(-z)
        },
        [gu.headed()],
        |[u, g], [a, b]| [a * g + b * u],
    )
}

/// A step of an optimizer: y = exp_x(s·u), and v transported along to y, for one number s a row.
#[inline(always)]
pub fn retract_transport<E: Evaluation>(
    k: Curv,
    [x, u, v]: [Rows<'_, E>; 3],
    s: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [s],
        [x, u, v],
        |[x, u, v]| [(x, x), (u, u), (x, u), (x, v), (u, v)],
        |[s], [x2, uu, xu, xv, uv]| {
            let step = s * k.t;
            let r = Ray::of(k, step, [x2, uu, xu]);
            let (a, b) = r.point(k, step);
            // With U = t s u′ the velocity, v′ − ⟨U,v⟩ c ((1 − cos φ)/φ² U + sin φ/φ x̂/√c).
            let along = (uv - r.m * xv) * step * k.c;
            let cu = -(along * r.trig.versine * step);
            let cx = -(xv / x2) - along * r.trig.s * radius::<E::Number>(k) / r.x - cu * r.m;
            Numbers::new([a, b, cx, cu]).loss(r.loss)
        },
        out,
        |[x, u, v], [a, b, cx, cu]| [a * x + b * u, v + cx * x + cu * u],
    )
}
