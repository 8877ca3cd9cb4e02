//! The signed distance of x to the hyperplane through p that is orthogonal to the tangent a at p: asinh(√c q)/(√c t)
//! with q = ⟨x,a⟩/|a| (Ganea, Bécigneul & Hofmann, NeurIPS 2018, carried to the hyperboloid).
//!
//! ⟨p,a⟩ = 0, so with d = x − p the product is ⟨d,a⟩ = ⟨d_s,a_s⟩ − d₀a₀: exact for x close to p.

use super::Pair;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Product, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{amplified, asinh};
use crate::geometry::wide::Wide;

/// A point and a hyperplane.
struct Plane<W> {
    /// The pair (p, x).
    pair: Pair<W>,
    /// |a_s|².
    a2: W,
    a0: W,
    /// ⟨a,a⟩.
    square: W,
    /// 1/|a|.
    scale: W,
    q: W,
}

impl<W: Wide> Plane<W> {
    #[inline(always)]
    fn terms(x: W, p: W, a: W) -> [Product<W>; 7] {
        let [p2, x2, d2, pd] = Pair::terms(p, x);
        [p2, x2, d2, pd, (x - p, a), (p, a), (a, a)]
    }

    #[inline(always)]
    fn of(k: Curv, [p2, x2, d2, pd, da, pa, a2]: [W; 7]) -> Self {
        let pair = Pair::of(k, [p2, x2, d2, pd]);
        let a0 = pa / pair.x0;
        let square = (a2 - a0 * a0).at_least_zero();
        let scale = (W::of(1.0) / square.sqrt()).unless_zero(square);
        Plane { pair, a2, a0, square, scale, q: (da - pair.d0 * a0) * scale }
    }

    /// Points close to the hyperplane, and nearly radial a far out.
    #[inline(always)]
    fn loss(&self) -> W {
        let size = (self.pair.d2 * self.a2).sqrt() * self.scale;
        amplified(size, self.q).larger(amplified(self.a2, self.square))
    }
}

/// The signed distance of (x, p, a); 0 where a = 0.
#[inline(always)]
pub fn hyperplane_dist<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows.map(Rows::tail),
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
        rows.map(Rows::tail),
        |[x, p, a]| Plane::terms(x, p, a),
        |[g], sums| {
            let p = Plane::of(k, sums);
            let (pair, f) = (p.pair, asinh(k.c, p.q));
            let gt = -(g * f.value / k.t / k.t);
            let g = g / k.t;
            let gq = g * f.dq;
            // q = (⟨d_s,a_s⟩ − d₀a₀)/√(|a_s|² − a₀²), a₀ = ⟨p_s,a_s⟩/p₀.
            let gda = gq * p.scale;
            let gd0 = -(gda * p.a0);
            let twice = -(gq * p.q / p.square).unless_zero(p.square);
            let gpa = -(gda * pair.d0 + twice * p.a0) / pair.x0;
            let gp0 = -(gpa * p.a0);
            let gc = g * f.dc + gd0 * pair.d0_c(k) + gp0 * pair.x0_c(k);
            let (cx, cp) = (gd0 / pair.y0, (gp0 - gd0) / pair.x0);
            Numbers::new([gda, gpa, cx, cp, twice]).curvature((gc, gt)).loss(p.loss())
        },
        out.map(RowsMut::headed),
        |[x, p, a], [gda, gpa, cx, cp, ca]| {
            [gda * a + cx * x, (gpa - gda) * a + cp * p, gda * (x - p) + gpa * p + ca * a]
        },
    )
}
