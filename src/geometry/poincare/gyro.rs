//! Möbius addition, the conformal factor, and the way to the hyperboloid.

use super::omega;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::Wide;

/// A pair of points for addition.
struct Sum<W> {
    x2: W,
    y2: W,
    /// |x+y|².
    s2: W,
    wx: W,
    wy: W,
    /// 1 + 2c⟨x,y⟩ + c²|x|²|y|² = c|x+y|² + ω_xω_y.
    den: W,
}

impl<W: Wide> Sum<W> {
    #[inline(always)]
    fn of(k: Curv, [x2, y2, s2]: [W; 3]) -> Self {
        let (wx, wy) = (omega(k, x2), omega(k, y2));
        Sum { x2, y2, s2, wx, wy, den: s2 * k.c + wx * wy }
    }

    /// Digits lost in ω, and in the denominator near the point whose sum with x is at infinity.
    #[inline(always)]
    fn loss(&self) -> W {
        let rim = (W::of(1.0) / self.wx).larger(W::of(1.0) / self.wy);
        if W::SIGNED { rim.larger(self.wx * self.wy / self.den) } else { rim }
    }
}

/// x ⊕ y = (ω_x (x+y) + c|x+y|² x)/(c|x+y|² + ω_xω_y).
#[inline(always)]
pub fn mobius_add<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        points,
        |[x, y]| [(x, x), (y, y), (x + y, x + y)],
        |[], sums| {
            let p = Sum::of(k, sums);
            Numbers::new([p.wx / p.den, p.s2 * k.c / p.den]).loss(p.loss())
        },
        [out],
        |[x, y], [a, b]| [a * (x + y) + b * x],
    )
}

/// Gradient of [`mobius_add`].
#[inline(always)]
pub fn mobius_add_vjp<E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [],
        [x, y, g],
        |[x, y, g]| [(x, x), (y, y), (x + y, x + y), (g, x + y), (g, x)],
        |[], [x2, y2, s2, ga, gb]| {
            let p = Sum::of(k, [x2, y2, s2]);
            let (a, b) = (p.wx / p.den, p.s2 * k.c / p.den);
            let gden = -((a * ga + b * gb) / p.den);
            let gwx = ga / p.den + gden * p.wy;
            let gwy = gden * p.wx;
            let gs2 = gb / p.den + gden;
            let gc = gs2 * p.s2 - gwx * p.x2 - gwy * p.y2;
            let twice = 2.0 * k.c;
            Numbers::new([a, b, gwx * twice, gwy * twice, gs2 * twice])
                .curvature((gc, E::Number::of(0.0)))
                .loss(p.loss())
        },
        out,
        |[x, y, g], [a, b, cx, cy, cs]| {
            let s = a * g + cs * (x + y);
            [b * g - cx * x + s, s - cy * y]
        },
    )
}

/// The conformal factor λ_x = 2/ω.
#[inline(always)]
pub fn lambda<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x]| [(x, x)],
        |[], [x2]| {
            let a = E::Number::of(2.0) / omega(k, x2);
            Numbers::new([]).heads([a]).loss(a)
        },
        [out.headed()],
        |[x], []| [x],
    )
}

/// Gradient of [`lambda`].
#[inline(always)]
pub fn lambda_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [g],
        rows,
        |[x]| [(x, x)],
        |[g], [x2]| {
            let w = omega(k, x2);
            let a = g * 2.0 / (w * w);
            Numbers::new([a * 2.0 * k.c]).curvature((a * x2, E::Number::of(0.0))).loss(E::Number::of(1.0) / w)
        },
        out,
        |[x], [b]| [b * x],
    )
}

/// The same point on the hyperboloid: space 2x/ω, time (1 + c|x|²)/(√c ω). `out` has width D+1.
#[inline(always)]
pub fn to_lorentz<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x]| [(x, x)],
        |[], [x2]| {
            let a = E::Number::of(2.0) / omega(k, x2);
            Numbers::new([a]).heads([(a - 1.0) / E::Number::of(k.c).sqrt()]).loss(a)
        },
        [out.headed()],
        |[x], [a]| [a * x],
    )
}

/// Gradient of [`to_lorentz`].
#[inline(always)]
pub fn to_lorentz_vjp<E: Evaluation>(
    k: Curv,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 1],
) -> Tally {
    block(
        [g],
        [x, g.tail()],
        |[x, g]| [(x, x), (x, g)],
        |[g0], [x2, xg]| {
            let g0 = g0 / E::Number::of(k.c).sqrt();
            let a = E::Number::of(2.0) / omega(k, x2);
            let b = (xg + g0) * a * a * 0.5;
            let gc = b * x2 - g0 * (a - 1.0) / (2.0 * k.c);
            Numbers::new([a, b * 2.0 * k.c]).curvature((gc, E::Number::of(0.0))).loss(a)
        },
        out,
        |[x, g], [a, bx]| [a * g + bx * x],
    )
}
