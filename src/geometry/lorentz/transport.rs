//! Parallel transport along the geodesic: v + κ(x + y), κ = ⟨y,v⟩/(1/c − ⟨x,y⟩).
//!
//! ⟨y,v⟩ = ⟨d,v_s⟩ − d₀ v₀ because ⟨x,v⟩ = 0, and 1/c − ⟨x,y⟩ = 2/c + chord/2.

use super::{Pair, time};
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::Wide;

/// κ and what it is made of.
struct Factor<W> {
    pair: Pair<W>,
    v0: W,
    /// κ.
    a: W,
    /// 2/c + chord/2.
    den: W,
}

impl<W: Wide> Factor<W> {
    #[inline(always)]
    fn of(k: Curv, pair: [W; 4], dv: W, xv: W) -> Self {
        let pair = Pair::of(k, pair);
        let v0 = xv / pair.x0;
        let den = W::of(2.0) / k.c + pair.chord / 2.0;
        Factor { a: (dv - pair.d0 * v0) / den, v0, den, pair }
    }

    /// Roundings of κ(x+y) reach |d||v|(x₀+y₀)/den, and the result may be as short as |v|/(√c x₀): a radial tangent far
    /// out that is carried inwards.
    #[inline(always)]
    fn loss(&self, k: Curv) -> W {
        let p = &self.pair;
        let reach = p.d2.sqrt() * (p.x0 + p.y0) * p.x0 * W::of(k.c).sqrt();
        p.loss().larger(reach / self.den)
    }
}

/// Transport of v from x to y into `out`.
#[inline(always)]
pub fn transport<E: Evaluation>(k: Curv, [x, y, v]: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), y.tail(), v.tail()],
        |[x, y, v]| {
            let [x2, y2, d2, xd] = Pair::terms(x, y);
            [x2, y2, d2, xd, (y - x, v), (x, v)]
        },
        |[], [x2, y2, d2, xd, dv, xv]| {
            let f = Factor::of(k, [x2, y2, d2, xd], dv, xv);
            Numbers::new([f.a]).heads([f.v0 + f.a * (f.pair.x0 + f.pair.y0)]).loss(f.loss(k))
        },
        [out.headed()],
        |[x, y, v], [a]| [v + a * (x + y)],
    )
}

/// Gradient of [`transport`] for the cotangent rows `g`.
#[inline(always)]
pub fn transport_vjp<E: Evaluation>(
    k: Curv,
    [x, y, v]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gy, gv]: [RowsMut<'_, E>; 3],
) -> Tally {
    block(
        [g],
        [x.tail(), y.tail(), v.tail(), g.tail()],
        |[x, y, v, g]| {
            let [x2, y2, d2, xd] = Pair::terms(x, y);
            [x2, y2, d2, xd, (y - x, v), (x, v), (g, x + y)]
        },
        |[g0], [x2, y2, d2, xd, dv, xv, gs]| {
            let f = Factor::of(k, [x2, y2, d2, xd], dv, xv);
            let Factor { pair: ref p, v0, a, den } = f;
            let ga = gs + g0 * (p.x0 + p.y0);
            let gnum = ga / den;
            let gden = -(gnum * a);
            let gchord = gden / 2.0;
            let gd0 = -(gnum * v0 + p.d0 * gchord * 2.0);
            let gv0 = g0 - gnum * p.d0;
            // gv₀/x₀ − gnum without its cancellation near the origin: den − y₀(x₀+y₀) = −⟨y_s,x_s+y_s⟩.
            let cxv = -((g0 * (x2 + xd + y2) + gs * p.y0) / (den * p.x0));
            let (gx0, gy0) = (g0 * a - gv0 * v0 / p.x0, g0 * a);
            let gc = gd0 * p.d0_c(k) + gx0 * p.x0_c(k) + gy0 * p.y0_c(k) - gden * 2.0 / k.c / k.c;
            let (cx, cy) = ((gx0 - gd0) / p.x0, (gy0 + gd0) / p.y0);
            Numbers::new([a, gnum, gv0 / p.x0, cxv, gchord * 2.0, cx, cy])
                .curvature((gc, E::Number::of(0.0)))
                .loss(f.loss(k))
        },
        [gx.headed(), gy.headed(), gv.headed()],
        |[x, y, v, g], [a, gnum, cv, cxv, cd, cx, cy]| {
            let d = y - x;
            [a * g + cxv * v + cx * x - cd * d, a * g + cy * y + gnum * v + cd * d, g + gnum * d + cv * x]
        },
    )
}

/// Transport of v from the origin to y: v + κ y_s with κ = c⟨y_s,v_s⟩/(1 + √c y₀); time √c⟨y_s,v_s⟩.
#[inline(always)]
pub fn transport_from0<E: Evaluation>(k: Curv, [y, v]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [y.tail(), v.tail()],
        |[y, v]| [(y, y), (y, v)],
        |[], [y2, m]| {
            let root = E::Number::of(k.c).sqrt();
            Numbers::new([m * k.c / (root * time(k, y2) + 1.0)]).heads([m * root])
        },
        [out.headed()],
        |[y, v], [a]| [v + a * y],
    )
}

/// Gradient of [`transport_from0`].
#[inline(always)]
pub fn transport_from0_vjp<E: Evaluation>(
    k: Curv,
    [y, v]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gy, gv]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [g],
        [y.tail(), v.tail(), g.tail()],
        |[y, v, g]| [(y, y), (y, v), (y, g)],
        |[g0], [y2, m, ga]| {
            let root = E::Number::of(k.c).sqrt();
            let y0 = root * time(k, y2);
            let den = y0 + 1.0;
            let a = m * k.c / den;
            let gm = ga * k.c / den + g0 * root;
            let gy0 = -(ga * a / den);
            let gz = gy0 / (y0 * 2.0);
            let gc = ga * m / den + g0 * m / (root * 2.0) + gz * y2;
            Numbers::new([a, gm, gz * 2.0 * k.c]).curvature((gc, E::Number::of(0.0)))
        },
        [gy.headed(), gv.headed()],
        |[y, v, g], [a, gm, c]| [a * g + gm * v + c * y, g + gm * y],
    )
}

/// Transport of v from x to the origin: v − c⟨x_s,v_s⟩/(X₀(1+X₀)) x_s with X₀ = √c x₀; time 0.
#[inline(always)]
pub fn transport_to0<E: Evaluation>(k: Curv, [x, v]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), v.tail()],
        |[x, v]| [(x, x), (x, v)],
        |[], [x2, m]| {
            let x0 = (x2 * k.c + 1.0).sqrt();
            Numbers::new([m * k.c / (x0 * (x0 + 1.0))])
        },
        [out.headed()],
        |[x, v], [a]| [v - a * x],
    )
}

/// Gradient of [`transport_to0`].
#[inline(always)]
pub fn transport_to0_vjp<E: Evaluation>(
    k: Curv,
    [x, v]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gv]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [],
        [x.tail(), v.tail(), g.tail()],
        |[x, v, g]| [(x, x), (x, v), (x, g)],
        |[], [x2, m, ga]| {
            let x0 = (x2 * k.c + 1.0).sqrt();
            let den = x0 * (x0 + 1.0);
            let a = -(m * k.c / den);
            let gm = -(ga * k.c / den);
            let gx0 = -(ga * a * (x0 * 2.0 + 1.0) / den);
            let gz = gx0 / (x0 * 2.0);
            // ∂κ/∂c = κ (1 + X₀)/(2cX₀²), explicit c and c in X₀ together.
            let gc = ga * a * (x0 + 1.0) / (x0 * x0 * 2.0 * k.c);
            Numbers::new([a, gm, gz * 2.0 * k.c]).curvature((gc, E::Number::of(0.0)))
        },
        [gx.headed(), gv.headed()],
        |[x, v, g], [a, gm, c]| [a * g + gm * v + c * x, g + gm * x],
    )
}
