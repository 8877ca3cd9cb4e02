//! Entailment cones on the hyperboloid (Desai et al., ICML 2023, equations 5 and 7).

use super::Pair;
use crate::geometry::cone::{self, Split, turn};
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::amplified;
use crate::geometry::wide::Wide;

/// σ = 2K/(√c|x_s|).
#[inline(always)]
fn sigma<W: Wide>(k: Curv, size: f64, x2: W) -> [W; 2] {
    let a = W::of(2.0 * size) / (x2 * k.c).sqrt();
    [a, a]
}

/// The half-aperture asin(2K/(√c|x_s|)) of the cone at x; a right angle where x is so close to the origin that there is none.
#[inline(always)]
pub fn half_aperture<E: Evaluation>(k: Curv, size: f64, [x]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    cone::half_aperture(x.tail(), out, |x2| sigma(k, size, x2))
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
    cone::half_aperture_vjp(k, x.tail(), g, gx.headed(), |x2| sigma(k, size, x2))
}

/// The velocity of the geodesic from x to y is a multiple of y less its part along x: outwards it is
/// √c (x₀⟨x_s,y_s⟩ − |x_s|²y₀)/|x_s| = √c|x_s|(x₀q − d₀), orthogonally |d − q x_s|.
struct Ahead<W> {
    pair: Pair<W>,
    split: Split<W>,
    outward: W,
    loss: W,
}

impl<W: Wide> Ahead<W> {
    #[inline(always)]
    fn of<E: Evaluation<Number = W>>(k: Curv, rows: [Rows<'_, E>; 2], [x2, y2, d2, xd]: [W; 4]) -> Self {
        let pair = Pair::of(k, [x2, y2, d2, xd]);
        let split = Split::of(rows, [x2, d2, xd]);
        let (scale, lift) = (split.n * W::of(k.c).sqrt(), pair.x0 * split.q);
        let outward = scale * (lift - pair.d0);
        let size = scale * lift;
        let size = size.larger(-size);
        let loss = split.loss.larger(amplified(size, split.across + (outward * outward / size).unless_zero(size)));
        Ahead { pair, split, outward, loss }
    }
}

/// The exterior angle at x between the ray from the origin and the geodesic to y, 0..π; 0 where x is the origin or y = x.
#[inline(always)]
pub fn exterior_angle<E: Evaluation>(k: Curv, [x, y]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    let rows = [x.tail(), y.tail()];
    block(
        [],
        rows,
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Ahead::of(k, rows, sums);
            Numbers::new([]).heads([p.split.across.atan2(p.outward).unless_zero(p.split.n)]).loss(p.loss)
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`exterior_angle`]; 0 where the three points are on one geodesic.
#[inline(always)]
pub fn exterior_angle_vjp<E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gy]: [RowsMut<'_, E>; 2],
) -> Tally {
    let rows = [x.tail(), y.tail()];
    block(
        [g],
        rows,
        |[x, y]| Pair::terms(x, y),
        |[g], sums| {
            let p = Ahead::of(k, rows, sums);
            let (Split { n, inverse, q, across, .. }, Pair { x0, y0, d0, .. }) = (p.split, p.pair);
            let [ga, go] = turn(g.unless_zero(n), across, p.outward);
            let go = go * E::Number::of(k.c).sqrt();
            // Each row's gradient in terms of d − q x and x. Radially it is a multiple of x₀y₀ − ⟨x_s,y_s⟩.
            let e = (ga / across).unless_zero(across);
            let (across_x, across_y) = (go * x0 * inverse - e * (q + 1.0), e - go * n / y0);
            let wide = x0 * y0;
            let narrow = wide - (q + 1.0) * n * n;
            let radial = go * narrow * inverse;
            let gc = go * n / (2.0 * k.c) * (q * n * n / x0 - d0 * (E::Number::of(1.0) / (wide * k.c) + 1.0));
            Numbers::new([q, across_x, -(radial / x0), across_y, radial / y0])
                .curvature((gc, E::Number::of(0.0)))
                .loss(p.loss.larger(amplified(wide, narrow)))
        },
        [gx.headed(), gy.headed()],
        |[x, y], [q, ax, ox, ay, oy]| {
            let across = y - x - q * x;
            [ax * across + ox * x, ay * across + oy * x]
        },
    )
}
