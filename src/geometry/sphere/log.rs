//! log_x y = θ/sin θ · (ŷ − cos θ x̂)/(√c t): the tangent at x that exp sends to y.

use super::{Pair, radius};
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{Ratio, ratio_of};
use crate::geometry::wide::{Wide, either};

/// log_x y into `out`; 0 at the antipode.
#[inline(always)]
pub fn log<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        points,
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Pair::of(sums);
            let l = p.ratio().f * radius::<E::Number>(k) / k.t;
            let (a, b) = p.onward();
            Numbers::new([l * a, l * b]).loss(p.loss)
        },
        [out],
        |[x, y], [a, b]| [a * (y - x) + b * x],
    )
}

/// Gradient of [`log`] for the cotangent rows `g`.
#[inline(always)]
pub fn log_vjp<E: Evaluation>(k: Curv, [x, y]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [x, y, g],
        |[x, y, g]| {
            let [x2, y2, d2, s2, ds] = Pair::terms(x, y);
            [x2, y2, d2, s2, ds, (g, y - x), (g, x)]
        },
        |[], [x2, y2, d2, s2, ds, gd, gx]| {
            let p = Pair::of([x2, y2, d2, s2, ds]);
            let (r, scale) = (p.ratio(), radius::<E::Number>(k) / k.t);
            let ((xd, xx), (yd, yy), cos) = (p.onward(), p.back(), p.cos());
            // ⟨g,x̂⟩, ⟨g, ŷ − cos θ x̂⟩ and ⟨g,ŷ⟩.
            let gx = gx / p.x;
            let gw = gd * xd + gx * p.x * xx;
            let gy = gw + cos * gx;
            let l = r.f * scale;
            // The slope in cos θ, of F by way of h = (cos θ − 1)/2.
            let gcos = r.df * scale * gw * 0.5 - l * gx;
            let value = l * gw;
            let (lx, ly) = (l * cos / p.x, l / p.y);
            let (cx, cy) = (gcos / p.x, gcos / p.y);
            Numbers::new([lx, lx * gx / p.x + cx * xx, cx * xd, ly, cy * yy - ly * gy / p.y, cy * yd])
                .curvature((value * -0.5 / k.c, -(value / k.t)))
                .loss(p.loss)
        },
        out,
        |[x, y, g], [lx, xx, xd, ly, yy, yd]| {
            let d = y - x;
            [xx * x + xd * d - lx * g, ly * g + yy * y - yd * d]
        },
    )
}

/// A point seen from the origin: y₀, |y| and θ/sin θ.
struct Polar<W> {
    y0: W,
    y: W,
    ratio: Ratio<W>,
}

impl<W: Wide> Polar<W> {
    #[inline(always)]
    fn of(y0: W, s2: W) -> Self {
        let y = (y0 * y0 + s2).sqrt();
        // (1 ∓ cos θ)/2, of which the smaller is |s|²/(2|y|(|y| + |y₀|)).
        let small = s2 / (y * (y + y0.larger(-y0)) * 2.0);
        let large = W::of(1.0) - small;
        let [h, h1] = either!(y0 < 0.0, [-large, small], [-small, large]);
        Polar { y0, y, ratio: ratio_of(h, h1) }
    }
}

/// log_o y = θ/sin θ · (0, y_s)/(|y|√c t); 0 at the antipode.
#[inline(always)]
pub fn log0<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [y],
        [y.tail()],
        |[y]| [(y, y)],
        |[y0], [s2]| {
            let p = Polar::of(y0, s2);
            Numbers::new([p.ratio.f / p.y * radius::<E::Number>(k) / k.t])
        },
        [out.headed()],
        |[y], [a]| [a * y],
    )
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, [gy]: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [y],
        [y.tail(), g.tail()],
        |[y, g]| [(y, y), (g, y)],
        |[y0], [s2, gs]| {
            let p = Polar::of(y0, s2);
            let scale = radius::<E::Number>(k) / k.t;
            let (a, gs) = (p.ratio.f / p.y, gs * scale);
            // a = θ/|y_s| = F(h)/|y| with h = (y₀/|y| − 1)/2; the former has the slope −1/|y|² in y₀.
            let y2 = p.y * p.y;
            let tail = -(gs * (p.ratio.df * 0.5 * p.y0 / (y2 * y2) + a / y2));
            let head = -(gs / y2);
            let value = a * gs;
            Numbers::new([a * scale, tail]).heads([head]).curvature((value * -0.5 / k.c, -(value / k.t)))
        },
        [gy.headed()],
        |[y, g], [a, b]| [a * g + b * y],
    )
}
