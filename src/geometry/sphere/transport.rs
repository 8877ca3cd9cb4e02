//! Parallel transport along the geodesic from x to y: v′ − K (x̂ + ŷ) with v′ = v − ⟨x̂,v⟩ x̂ and K = ⟨ŷ,v′⟩/(1 + cos θ).
//!
//! ⟨ŷ,v′⟩ = ⟨ŷ − cos θ x̂, v⟩ and 1 + cos θ = B/2.

use super::Pair;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::Wide;

/// a/(1 + cos θ); 0 at the antipode.
#[inline(always)]
fn per<W: Wide>(p: &Pair<W>, a: W) -> W {
    (a * 2.0 / p.co).unless_zero(p.co)
}

/// Transport of v from x to y into `out`.
#[inline(always)]
pub fn transport<E: Evaluation>(rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, y, v]| {
            let [x2, y2, d2, s2, ds] = Pair::terms(x, y);
            [x2, y2, d2, s2, ds, (y - x, v), (x, v)]
        },
        |[], [x2, y2, d2, s2, ds, dv, xv]| {
            let p = Pair::of([x2, y2, d2, s2, ds]);
            let ((wd, wx), (ss, sx)) = (p.onward(), p.sum());
            let f = per(&p, dv * wd + xv * wx);
            Numbers::new([f * ss, f * sx + xv / x2]).loss(p.loss)
        },
        [out],
        |[x, y, v], [s, a]| [v - s * (x + y) - a * x],
    )
}

/// Gradient of [`transport`] for the cotangent rows `g`.
#[inline(always)]
pub fn transport_vjp<E: Evaluation>([x, y, v]: [Rows<'_, E>; 3], g: Rows<'_, E>, out: [RowsMut<'_, E>; 3]) -> Tally {
    block(
        [],
        [x, y, v, g],
        |[x, y, v, g]| {
            let ([x2, y2, d2, s2, ds], d) = (Pair::terms(x, y), y - x);
            [x2, y2, d2, s2, ds, (d, v), (x, v), (g, d), (g, x + y), (g, x), (g, y)]
        },
        |[], [x2, y2, d2, s2, ds, dv, xv, gd, gs, gx, gy]| {
            let p = Pair::of([x2, y2, d2, s2, ds]);
            let ((xd, xx), (yd, yy), (ss, sx)) = (p.onward(), p.back(), p.sum());
            // ⟨g,x̂+ŷ⟩ and ⟨g, x̂ − cos θ ŷ⟩ over 1 + cos θ, and the like of v.
            let sigma = per(&p, gs * ss + gx * sx);
            let alpha = per(&p, gy * yy - gd * yd);
            let onward = dv * xd + xv * xx;
            let f = per(&p, onward);
            let (gx, gy, vx) = (gx / p.x, gy / p.y, xv / p.x);
            let vy = onward + p.cos() * vx;
            let b = f + vx;
            let both = sigma * b;
            // In x: −(b (g − ⟨g,x̂⟩x̂) + α (v − ⟨v,x̂⟩x̂) − σb (ŷ − cos θ x̂))/|x|; in y alike.
            let (ix, iy) = (E::Number::of(1.0) / p.x, E::Number::of(1.0) / p.y);
            let of_x = [b * ix, alpha * ix, (both * xx + (b * gx + alpha * vx) * ix) * ix, both * xd * ix];
            let of_y = [f * iy, sigma * iy, (both * yy + (f * gy + sigma * vy) * iy) * iy, both * yd * iy];
            // In v: g + ⟨g,ŷ⟩ x̂ − σ (x̂ + ŷ).
            let of_v = [gy * ix - sigma * sx, sigma * ss];
            let [a, b, c, d] = of_x;
            let [e, f, h, i] = of_y;
            let [j, l] = of_v;
            Numbers::new([a, b, c, d, e, f, h, i, j, l]).loss(p.loss)
        },
        out,
        |[x, y, v, g], [a, b, c, d, e, f, h, i, j, l]| {
            let difference = y - x;
            [c * x + d * difference - a * g - b * v, h * y - i * difference - e * g - f * v, g + j * x - l * (x + y)]
        },
    )
}
