//! Distance and transport between the origin o = (1/√c, 0, …, 0) and a point: (y₀, y_s) are its two parts.

use super::radius;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::{Wide, either};

/// dist(o, y) = atan2(|y_s|, y₀)/(√c t).
#[inline(always)]
pub fn dist0<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [y],
        [y.tail()],
        |[y]| [(y, y)],
        |[y0], [s2]| Numbers::new([]).heads([s2.sqrt().atan2(y0) * radius::<E::Number>(k) / k.t]),
        [out.headed()],
        |[y], []| [y],
    )
}

/// Gradient of [`dist0`]; zero at the origin and its antipode.
#[inline(always)]
pub fn dist0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, [gy]: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [y, g],
        [y.tail()],
        |[y]| [(y, y)],
        |[y0, g], [s2]| {
            let (n, y2) = (s2.sqrt(), y0 * y0 + s2);
            let g = g * radius::<E::Number>(k) / k.t;
            let value = n.atan2(y0) * g;
            Numbers::new([(g * y0 / (y2 * n)).unless_zero(n)])
                .heads([-(g * n / y2)])
                .curvature((value * -0.5 / k.c, -(value / k.t)))
        },
        [gy.headed()],
        |[y], [a]| [a * y],
    )
}

/// |y| and 1/(|y| + y₀), the latter 0 at the antipode, where it multiplies nothing.
#[inline(always)]
fn parts<W: Wide>(y0: W, s2: W) -> (W, W) {
    let y = (y0 * y0 + s2).sqrt();
    let [r] = either!(y0 < 0.0, [((y - y0) / s2).unless_zero(s2)], [W::of(1.0) / (y + y0)]);
    (y, r)
}

/// Transport of v from the origin to y: v − m/(|y|(|y|+y₀)) y_s with m = ⟨y_s,v_s⟩; coordinate 0 is −m/|y|.
#[inline(always)]
pub fn transport_from0<E: Evaluation>([y, v]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [y],
        [y.tail(), v.tail()],
        |[y, v]| [(y, y), (y, v)],
        |[y0], [s2, m]| {
            let (y, r) = parts(y0, s2);
            Numbers::new([m * r / y]).heads([-(m / y)])
        },
        [out.headed()],
        |[y, v], [a]| [v - a * y],
    )
}

/// Gradient of [`transport_from0`].
#[inline(always)]
pub fn transport_from0_vjp<E: Evaluation>(
    [y, v]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gy, gv]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [y, g],
        [y.tail(), v.tail(), g.tail()],
        |[y, v, g]| [(y, y), (y, v), (g, y)],
        |[y0, g0], [s2, m, gs]| {
            let (y, r) = parts(y0, s2);
            let a = m * r / y;
            let gm = -((g0 + gs * r) / y);
            // d(|y| + y₀) = (|y| + y₀) dy₀/|y| + ⟨y_s,dy_s⟩/|y|.
            let y2 = y * y;
            let turn = g0 * m / (y2 * y);
            let head = turn * y0 + gs * m / y2 / y;
            let tail = turn + gs * a * (E::Number::of(1.0) / y2 + r / y);
            Numbers::new([gm, a, tail]).heads([head, E::Number::of(0.0)])
        },
        [gy.headed(), gv.headed()],
        |[y, v, g], [gm, a, tail]| [gm * v - a * g + tail * y, g + gm * y],
    )
}

/// Transport of v from x to the origin: v_s − (v₀ + ⟨x_s,v_s⟩/(|x|+x₀)) x_s/|x|; coordinate 0 is 0.
#[inline(always)]
pub fn transport_to0<E: Evaluation>([x, v]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [x, v],
        [x.tail(), v.tail()],
        |[x, v]| [(x, x), (x, v)],
        |[x0, v0], [s2, m]| {
            let (x, r) = parts(x0, s2);
            Numbers::new([(v0 + m * r) / x])
        },
        [out.headed()],
        |[x, v], [a]| [v - a * x],
    )
}

/// Gradient of [`transport_to0`].
#[inline(always)]
pub fn transport_to0_vjp<E: Evaluation>(
    [x, v]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gv]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [x, v],
        [x.tail(), v.tail(), g.tail()],
        |[x, v, g]| [(x, x), (x, v), (g, x)],
        |[x0, v0], [s2, m, gs]| {
            let (x, r) = parts(x0, s2);
            let (a, b) = ((v0 + m * r) / x, m * r / x);
            let head = gs * (a * x0 / x + b) / x;
            let tail = gs * (a / x + b * r) / x;
            Numbers::new([a, -(gs * r / x), tail]).heads([head, -(gs / x)])
        },
        [gx.headed(), gv.headed()],
        |[x, v, g], [a, gm, tail]| [gm * v - a * g + tail * x, g + gm * x],
    )
}
