//! exp_x u = x + (ω T² x + τ U)/E: where the geodesic from x with velocity u is after time 1.
//!
//! U = t u, n = √c|U|/ω, T = tanh n, τ = T/n, and E = 1 + 2cτ⟨x,U⟩/ω + c|x|²T² > 0 is the Möbius denominator. E is small
//! only for long steps inwards from near the rim; it is then written as a sum of squares.

use super::omega;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{Tanhc, tanhc};
use crate::geometry::wide::{Wide, either};

/// A point and a tangent.
pub(super) struct Ray<W> {
    /// |x|².
    pub x2: W,
    /// |U|².
    pub u2: W,
    /// ⟨x,U⟩.
    pub xu: W,
    /// ω at x.
    pub w: W,
    /// n².
    z: W,
    pub th: Tanhc<W>,
    /// E.
    pub e: W,
}

/// Where E is small.
const INWARDS: f64 = 1e-3;

impl<W: Wide> Ray<W> {
    /// Takes Σx², Σu², Σxu; `step` is t, or t times what scales the tangent. `orthogonal(q)` is |x − q u|², asked for
    /// where E is small.
    #[inline(always)]
    pub fn of(k: Curv, step: W, [x2, u2, xu]: [W; 3], orthogonal: impl Fn(W) -> Option<W>) -> Self {
        let q = xu / u2;
        let (u2, xu) = (u2 * step * step, xu * step);
        let w = omega(k, x2);
        let z = u2 * k.c / (w * w);
        let th = tanhc(z);
        let mut e = th.tau * xu * k.c / w * 2.0 + 1.0 + x2 * k.c * th.square;
        let may_be_small = e.below(INWARDS) != Some(false);
        if let Some(p2) = may_be_small.then(|| orthogonal(q)).flatten() {
            // E = (1 + Tξ)² + c T²|x⊥|² with ξ = √c⟨x,U⟩/|U| and x⊥ the part of x orthogonal to U. On the ball ξ → −1 and
            // T → 1.
            let p2 = p2 * k.c;
            let (t, xi) = (th.square.sqrt(), xu * xu * k.c / u2);
            let ball = th.co + t * (w + p2) / (xi.sqrt() + 1.0);
            let sphere = th.tau * xu * k.c / w + 1.0;
            let near = W::of(0.0).if_below(W::of(k.c), ball, sphere);
            [e] = either!(e < INWARDS, [near * near + th.square * p2], [e]);
        }
        Ray { x2, u2, xu, w, z, th, e }
    }

    /// Digits lost in ω or E (gradients divide by E once more), or where T² = −tan² is near its pole.
    #[inline(always)]
    pub fn loss(&self) -> W {
        let loss = (W::of(1.0) / self.w).larger(W::of(INWARDS * INWARDS * W::CARE) / (self.e * self.e));
        loss.larger(pole(self.z, &self.th))
    }

    /// (α, β) of exp_x u = x + α x + β U.
    #[inline(always)]
    pub fn displacement(&self) -> (W, W) {
        (self.w * self.th.square / self.e, self.th.tau / self.e)
    }
}

/// Digits lost near the poles of tan, and in angles of many turns.
#[inline(always)]
fn pole<W: Wide>(z: W, th: &Tanhc<W>) -> W {
    if W::SIGNED { th.sech2.larger(-z) } else { W::of(0.0) }
}

/// |x − q u|² of single rows; blocks leave small E to those.
#[inline(always)]
pub(super) fn orthogonal<'a, E: Evaluation>(x: Rows<'a, E>, u: Rows<'a, E>) -> impl Fn(E::Number) -> Option<E::Number> {
    move |q| {
        E::again([x, u], q, |[x, u], q| {
            let p = x - q * u;
            p * p
        })
    }
}

/// exp_x u into `out`.
#[inline(always)]
pub fn exp<E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x, u],
        |[x, u]| [(x, x), (u, u), (x, u)],
        |[], sums| {
            let r = Ray::of(k, E::Number::of(k.t), sums, orthogonal(x, u));
            let (a, b) = r.displacement();
            Numbers::new([a, b * k.t]).loss(r.loss())
        },
        [out],
        |[x, u], [a, b]| [x + (a * x + b * u)],
    )
}

/// Gradient of [`exp`] for the cotangent rows `g`.
#[inline(always)]
pub fn exp_vjp<E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [x, u, g],
        |[x, u, g]| [(x, x), (u, u), (x, u), (g, x), (g, u)],
        |[], [x2, u2, xu, ga, gb]| {
            let r = Ray::of(k, E::Number::of(k.t), [x2, u2, xu], orthogonal(x, u));
            let (a, b) = r.displacement();
            let Ray { x2, u2, xu, w, z, ref th, e } = r;
            let gb = gb * k.t;
            let ge = -((a * ga + b * gb) / e);
            let gsquare = ga * w / e + ge * x2 * k.c;
            let gtau = gb / e + ge * xu * k.c * 2.0 / w;
            let gz = gsquare * th.tau * th.sech2 + gtau * th.dtau;
            // Cotangents of c⟨x,U⟩ and c|U|².
            let gxu = ge * th.tau * 2.0 / w;
            let gu2 = gz / (w * w);
            // ω appears in the numerator, in E (also as c|x|² = 1 − ω) and in n.
            let gw = ga * th.square / e - ge * th.square - gxu * xu * k.c / w - gz * z * 2.0 / w;
            let gc = gu2 * u2 + gxu * xu - gw * x2;
            // A longer step moves on along the geodesic, by a multiple of sech² n: no sum of terms that cancel to that.
            let along = (ga * w / e + ge * x2 * k.c) * th.tau * z + ge * xu * k.c / w;
            let gt = th.sech2 * (along * 2.0 + gb / e) / k.t;
            let (xx, xu, uu) = (gw * -2.0 * k.c, gxu * k.c * k.t, gu2 * 2.0 * k.c * k.t * k.t);
            Numbers::new([a + 1.0, b * k.t, xx, xu, uu]).curvature((gc, gt)).loss(r.loss())
        },
        out,
        |[x, u, g], [a, b, xx, xu, uu]| [a * g + xx * x + xu * u, b * g + uu * u + xu * x],
    )
}

/// exp_0 u = tanh(n)/n · t u with n = √c t|u|.
#[inline(always)]
pub fn exp0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[u]| [(u, u)],
        |[], [u2]| {
            let z = u2 * k.c * k.t * k.t;
            let th = tanhc(z);
            Numbers::new([th.tau * k.t]).loss(pole(z, &th))
        },
        [out],
        |[u], [a]| [a * u],
    )
}

/// Gradient of [`exp0`].
#[inline(always)]
pub fn exp0_vjp<E: Evaluation>(k: Curv, [u]: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [],
        [u, g],
        |[u, g]| [(u, u), (u, g)],
        |[], [u2, gb]| {
            let (u2, gb) = (u2 * k.t * k.t, gb * k.t);
            let th = tanhc(u2 * k.c);
            let gu2 = gb * th.dtau;
            let gt = th.sech2 * gb / k.t;
            let loss = pole(u2 * k.c, &th);
            Numbers::new([th.tau * k.t, gu2 * 2.0 * k.c * k.t * k.t]).curvature((gu2 * u2, gt)).loss(loss)
        },
        out,
        |[u, g], [a, b]| [a * g + b * u],
    )
}
