//! Entailment cones on the ball (Ganea, Bécigneul & Hofmann, ICML 2018, equations 24 and 28).

use super::omega;
use crate::geometry::cone::{self, Split, turn};
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::amplified;
use crate::geometry::wide::Wide;

/// σ = K ω/(√c|x|).
#[inline(always)]
fn sigma<W: Wide>(k: Curv, size: f64, x2: W) -> [W; 2] {
    let a = W::of(size) / (x2 * k.c).sqrt();
    [a * omega(k, x2), a * (x2 * k.c + 1.0)]
}

/// The half-aperture asin(K ω/(√c|x|)) of the cone at x; a right angle where x is so close to the origin that there is none.
#[inline(always)]
pub fn half_aperture<E: Evaluation>(k: Curv, size: f64, [x]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    cone::half_aperture(x, out, |x2| sigma(k, size, x2))
}

/// Gradient of [`half_aperture`].
#[inline(always)]
pub fn half_aperture_vjp<E: Evaluation>(
    k: Curv,
    size: f64,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    [gx]: [RowsMut<'_, E>; 1],
) -> Tally {
    cone::half_aperture_vjp(k, x, g, gx, |x2| sigma(k, size, x2))
}

/// The velocity of the geodesic from x to y is a multiple of ω d − c|d|² x, d = y − x.
struct Ahead<W> {
    split: Split<W>,
    d2: W,
    w: W,
    /// Its part orthogonal to x.
    across: W,
    /// Its part along x.
    outward: W,
    loss: W,
}

impl<W: Wide> Ahead<W> {
    #[inline(always)]
    fn of<E: Evaluation<Number = W>>(k: Curv, rows: [Rows<'_, E>; 2], [x2, d2, xd]: [W; 3]) -> Self {
        let split = Split::of(rows, [x2, d2, xd]);
        let (w, along) = (omega(k, x2), d2 * k.c);
        let (across, outward) = (w * split.across, split.n * (w * split.q - along));
        let size = w * d2.sqrt() + split.n * along;
        let loss = split.loss.larger(amplified(size, across + outward * outward / size)).larger(W::of(1.0) / w);
        Ahead { split, d2, w, across, outward, loss }
    }
}

/// The exterior angle at x between the ray from the origin and the geodesic to y, 0..π; 0 where x is the origin or y = x.
#[inline(always)]
pub fn exterior_angle<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, y]| [(x, x), (y - x, y - x), (x, y - x)],
        |[], sums| {
            let p = Ahead::of(k, rows, sums);
            Numbers::new([]).heads([p.across.atan2(p.outward).unless_zero(p.split.n)]).loss(p.loss)
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`exterior_angle`]; 0 where the three points are on one geodesic.
#[inline(always)]
pub fn exterior_angle_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [g],
        [rows[0], rows[1]],
        |[x, y]| [(x, x), (y - x, y - x), (x, y - x)],
        |[g], sums| {
            let p = Ahead::of(k, rows, sums);
            let Split { n, inverse, q, across, .. } = p.split;
            let [ga, go] = turn(g.unless_zero(n), p.across, p.outward);
            // Each row's gradient in terms of d − q x and x. Written out, everything that cancels does so on paper; ω_y is
            // ω − 2c⟨x,d⟩ − c|d|².
            let (along, bend) = (p.d2 * k.c, n * go * 2.0 * k.c);
            let wy = p.w - q * n * n * 2.0 * k.c - along;
            let e = (ga * p.w / across).unless_zero(across);
            let (across_x, across_y) = (bend - e * (q + 1.0) + go * p.w * inverse, e - bend);
            let radial = go * inverse;
            let (out_x, out_y) = (-(radial * (wy + along * 2.0 / p.w)), radial * (wy + along));
            // c enters through ω and c|d|², which leaves g|x||d|²|d − q x|/(across² + outward²).
            let gc = -(go * n * p.d2 / p.w);
            Numbers::new([q, across_x, out_x, across_y, out_y])
                .curvature((gc, E::Number::of(0.0)))
                .loss(p.loss.larger(amplified(E::Number::of(1.0), wy)))
        },
        out,
        |[x, y], [q, ax, ox, ay, oy]| {
            let across = y - x - q * x;
            [ax * across + ox * x, ay * across + oy * x]
        },
    )
}
