//! The Busemann function of the ideal point in the direction b: how far x is from it, counted from the origin,
//! ln(X₀ − ⟨s,b̂⟩)/(√c t) with s = √c x_s, X₀ = √c x₀, b̂ = b_s/|b_s| (Ghadimi Atigh, Keller-Ressel & Mettes, NeurIPS 2021,
//! carried to the hyperboloid).
//!
//! Towards the ideal point m = X₀ − ⟨s,b̂⟩ is (1 + |s|² − ⟨s,b̂⟩²)/(X₀ + ⟨s,b̂⟩), and the logarithm is
//! 2 asinh((m − 1)/(2√m)): exact close to the origin as well.

use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{amplified, asinhc};
use crate::geometry::wide::{Wide, either};

/// A point and an ideal one.
struct Horo<W> {
    /// |s|².
    s2: W,
    /// |b_s|.
    n: W,
    /// ⟨s,b̂⟩.
    xi: W,
    /// X₀.
    x0: W,
    /// X₀ − ⟨s,b̂⟩.
    m: W,
    /// ln m.
    value: W,
    loss: W,
}

impl<W: Wide> Horo<W> {
    #[inline(always)]
    fn of(k: Curv, [x2, b2, xb]: [W; 3]) -> Self {
        let (s2, n) = (x2 * k.c, b2.sqrt());
        let (x0, xi) = ((s2 + 1.0).sqrt(), xb * W::of(k.c).sqrt() / n);
        let across = s2 - xi * xi + 1.0;
        let [m, left] = either!(xi < 0.0, [x0 - xi, s2 + 1.0], [across / (x0 + xi), across]);
        let near = s2 / (x0 + 1.0);
        let [more, size] = either!(s2 < 1.0, [near - xi, near], [m - 1.0, W::of(1.0)]);
        let a = more / (m.sqrt() * 2.0);
        let loss = amplified(size, more).larger(amplified(s2, left));
        Horo { s2, n, xi, x0, m, value: a * asinhc(a * a) * 2.0, loss }
    }
}

/// The Busemann function of (x, b); of b only the direction of its space part counts.
#[inline(always)]
pub fn busemann<E: Evaluation>(k: Curv, [x, b]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [x.tail(), b.tail()],
        |[x, b]| [(x, x), (b, b), (x, b)],
        |[], sums| {
            let p = Horo::of(k, sums);
            Numbers::new([]).heads([p.value / (E::Number::of(k.c).sqrt() * k.t)]).loss(p.loss)
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`busemann`].
#[inline(always)]
pub fn busemann_vjp<E: Evaluation>(
    k: Curv,
    [x, b]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gb]: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [g],
        [x.tail(), b.tail()],
        |[x, b]| [(x, x), (b, b), (x, b)],
        |[g], sums| {
            let p = Horo::of(k, sums);
            let root = E::Number::of(k.c).sqrt();
            let g = g / (root * k.t);
            let gm = g / p.m;
            // ∂x = gm(c x/X₀ − √c b̂), ∂b = −gm(s − ⟨s,b̂⟩b̂)/|b|; s changes by s/(2c) with c.
            let slope = (p.s2 / p.x0 - p.xi) / p.m - p.value;
            let loss = p.loss.larger(amplified(p.value, slope)).larger(amplified(p.s2, p.s2 - p.xi * p.xi));
            let cb = -(gm * root / p.n);
            Numbers::new([gm * k.c / p.x0, cb, p.xi / (root * p.n)])
                .curvature((g * slope / (2.0 * k.c), -(g * p.value / k.t)))
                .loss(loss.larger(p.x0 / p.m))
        },
        [gx.headed(), gb.headed()],
        |[x, b], [cx, cb, along]| [cx * x + cb * b, cb * (x - along * b)],
    )
}
