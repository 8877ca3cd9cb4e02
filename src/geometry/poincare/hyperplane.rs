//! The signed distance of x to the hyperplane through p that is orthogonal to the tangent a at p (Ganea, Bécigneul &
//! Hofmann, NeurIPS 2018, section 3.1): asinh(√c q)/(√c t) with q = 2⟨−p⊕x, a⟩/((1 − c|−p⊕x|²)|a|).
//!
//! With d = x − p this is q = 2(⟨d,a⟩/ω_x − h⟨p,a⟩)/|a|: no Möbius sum, and exact for x close to p.

use super::Pair;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Product, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{amplified, asinh};
use crate::geometry::wide::Wide;

/// A point and a hyperplane.
struct Plane<W> {
    /// The pair (p, x).
    pair: Pair<W>,
    /// 2/|a|.
    scale: W,
    /// ⟨p,a⟩.
    pa: W,
    /// |a|².
    a2: W,
    q: W,
}

impl<W: Wide> Plane<W> {
    #[inline(always)]
    fn terms(x: W, p: W, a: W) -> [Product<W>; 6] {
        let ([p2, x2, d2], d) = (Pair::terms(p, x), x - p);
        [p2, x2, d2, (d, a), (p, a), (a, a)]
    }

    #[inline(always)]
    fn of(k: Curv, [p2, x2, d2, da, pa, a2]: [W; 6]) -> Self {
        let pair = Pair::of(k, [p2, x2, d2]);
        let scale = (W::of(2.0) / a2.sqrt()).unless_zero(a2);
        Plane { pair, scale, pa, a2, q: (da / pair.wy - pair.h * pa) * scale }
    }

    /// Beside ω: points close to the hyperplane.
    #[inline(always)]
    fn loss(&self) -> W {
        let p = &self.pair;
        let size = (p.d2.sqrt() / p.wy + p.h * p.x2.sqrt()) * 2.0;
        amplified(size.unless_zero(self.a2), self.q).larger(p.loss())
    }
}

/// The signed distance of (x, p, a); 0 where a = 0.
#[inline(always)]
pub fn hyperplane_dist<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, p, a]| Plane::terms(x, p, a),
        |[], sums| {
            let p = Plane::of(k, sums);
            Numbers::new([]).heads([asinh(k.c, p.q).value / k.t]).loss(p.loss())
        },
        [out.headed()],
        |[x, _, _], []| [x],
    )
}

/// Gradient of [`hyperplane_dist`].
#[inline(always)]
pub fn hyperplane_dist_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 3],
) -> Tally {
    block(
        [g],
        rows,
        |[x, p, a]| Plane::terms(x, p, a),
        |[g], sums| {
            let p = Plane::of(k, sums);
            let (pair, f) = (p.pair, asinh(k.c, p.q));
            let gt = -(g * f.value / k.t / k.t);
            let g = g / k.t;
            let gq = g * f.dq;
            let gda = gq * p.scale / pair.wy;
            let gpa = -(gq * p.scale * pair.h);
            // Cotangents of h, and of ω where h holds it. That of ω_x from both of its places is −gq q/ω_x.
            let gh = -(gq * p.scale * p.pa);
            let (gwx, gwp) = (-(gq * p.q / pair.wy), -(gh * pair.h / pair.wx));
            let gd2 = gh / (pair.wx * pair.wy);
            let gc = g * f.dc + gd2 * pair.d2 - gwx * pair.y2 - gwp * pair.x2;
            let ga2 = (gq * p.q / p.a2).unless_zero(p.a2);
            let twice = 2.0 * k.c;
            Numbers::new([gda, gpa, gd2 * twice, gwx * twice, gwp * twice, ga2]).curvature((gc, gt)).loss(p.loss())
        },
        out,
        |[x, p, a], [gda, gpa, cd, cx, cp, ca]| {
            let d = x - p;
            let along = gda * a + cd * d;
            [along - cx * x, gpa * a - cp * p - along, gda * d + gpa * p - ca * a]
        },
    )
}
