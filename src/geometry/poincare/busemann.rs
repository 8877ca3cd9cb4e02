//! The Busemann function of the ideal point in the direction b: how far x is from it, counted from the origin,
//! ln(|b̂ − s|²/ω)/(√c t) with s = √c x, b̂ = b/|b| (Ghadimi Atigh, Keller-Ressel & Mettes, NeurIPS 2021, equation 3).
//!
//! With r = |b̂ − s|²/ω the logarithm is 2 asinh((r − 1)/(2√r)), where r − 1 = 2(|s|² − ⟨s,b̂⟩)/ω: exact close to the
//! origin. |b̂ − s|² is formed from b − s, exact close to the ideal point.

use super::omega;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Product, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{amplified, asinhc};
use crate::geometry::wide::{Wide, either};

/// A point and an ideal one.
struct Horo<W> {
    /// |s|².
    s2: W,
    /// |b|.
    n: W,
    /// ⟨s,b̂⟩.
    xi: W,
    w: W,
    /// |b̂ − s|².
    gap: W,
    /// ln(gap/ω).
    value: W,
    loss: W,
}

impl<W: Wide> Horo<W> {
    /// b − s, given √c.
    #[inline(always)]
    fn terms(root: W, x: W, b: W) -> [Product<W>; 5] {
        let d = b - root * x;
        [(x, x), (b, b), (x, b), (d, d), (d, b)]
    }

    #[inline(always)]
    fn of(k: Curv, [x2, b2, xb, d2, db]: [W; 5]) -> Self {
        let (w, s2, n) = (omega(k, x2), x2 * k.c, b2.sqrt());
        let xi = xb * W::of(k.c).sqrt() / n;
        // b̂ = b + εb.
        let e = (W::of(1.0) - b2) / (n * (n + 1.0));
        let gap = d2 + e * db * 2.0 + e * e * b2;
        let r = gap / w;
        let near = s2 * 2.0 / w;
        let [more, size] = either!(w < 0.5, [r - 1.0, W::of(1.0)], [near - xi * 2.0 / w, near]);
        let a = more / (r.sqrt() * 2.0);
        let loss = amplified(size, more).larger(amplified(d2, gap)).larger(W::of(1.0) / w);
        Horo { s2, n, xi, w, gap, value: a * asinhc(a * a) * 2.0, loss }
    }
}

/// The Busemann function of (x, b); only the direction of b counts.
#[inline(always)]
pub fn busemann<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    let (root, along) = (E::Number::of(k.c).sqrt(), E::Coordinates::of(k.c).sqrt());
    block(
        [],
        rows,
        |[x, b]| Horo::terms(along, x, b),
        |[], sums| {
            let p = Horo::of(k, sums);
            Numbers::new([]).heads([p.value / (root * k.t)]).loss(p.loss)
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`busemann`].
#[inline(always)]
pub fn busemann_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    let (root, along) = (E::Number::of(k.c).sqrt(), E::Coordinates::of(k.c).sqrt());
    block(
        [g],
        rows,
        |[x, b]| Horo::terms(along, x, b),
        |[g], sums| {
            let p = Horo::of(k, sums);
            let g = g / (root * k.t);
            // ∂x = g(2c x/ω − 2√c(b̂ − s)/gap), ∂b = −2g(s − ⟨s,b̂⟩b̂)/(gap |b|).
            let to_b = g * root * -2.0 / p.gap;
            // The value is a function of s over √c, and s changes by s/(2c).
            let moved = (p.s2 - p.xi) * 2.0 / p.gap + p.s2 * 2.0 / p.w;
            let slope = moved - p.value;
            let across = p.s2 - p.xi * p.xi;
            let loss = p.loss.larger(amplified(p.value, slope)).larger(amplified(p.s2, across));
            let cb = to_b / p.n;
            let one = E::Number::of(1.0);
            Numbers::new([to_b, one / p.n, root, g * 2.0 * k.c / p.w, cb, p.xi / (root * p.n)])
                .curvature((g * slope / (2.0 * k.c), -(g * p.value / k.t)))
                .loss(loss)
        },
        out,
        |[x, b], [to_b, unit, root, cx, cb, along]| [to_b * (unit * b - root * x) + cx * x, cb * (x - along * b)],
    )
}
