//! Entailment cones (Ganea, Bécigneul & Hofmann, ICML 2018): at every point x a cone opens away from the origin; y is below x
//! if the angle at x between the outward ray and the geodesic to y is at most the half-aperture of the cone.
//!
//! What the models share: angles as atan2 of an outward and an orthogonal part, never as an acos.

use super::curv::Curv;
use super::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use super::scalar::amplified;
use super::wide::{Wide, either};

/// asin σ and its derivative; a right angle, and 0, from σ = 1 on.
#[inline(always)]
fn asin<W: Wide>(sigma: W) -> [W; 2] {
    let (zero, one) = (W::of(0.0), W::of(1.0));
    let rest = ((one - sigma) * (sigma + 1.0)).sqrt();
    either!(sigma < 1.0, [sigma.atan2(rest), one / rest], [one.atan2(zero), zero])
}

/// The half-aperture asin σ(|x|²); `sigma` gives σ and −2|x|² ∂σ/∂|x|², which is also −2c ∂σ/∂c.
#[inline(always)]
pub(super) fn half_aperture<E: Evaluation>(
    x: Rows<'_, E>,
    out: RowsMut<'_, E>,
    sigma: impl Fn(E::Number) -> [E::Number; 2],
) -> Tally {
    block(
        [],
        [x],
        |[x]| [(x, x)],
        |[], [x2]| {
            let [s, _] = sigma(x2);
            let one = E::Number::of(1.0);
            Numbers::new([]).heads([asin(s)[0]]).loss(amplified(one, one - s))
        },
        [out.headed()],
        |[x], []| [x],
    )
}

/// Gradient of [`half_aperture`].
#[inline(always)]
pub(super) fn half_aperture_vjp<E: Evaluation>(
    k: Curv,
    x: Rows<'_, E>,
    g: Rows<'_, E>,
    out: RowsMut<'_, E>,
    sigma: impl Fn(E::Number) -> [E::Number; 2],
) -> Tally {
    block(
        [g],
        [x],
        |[x]| [(x, x)],
        |[g], [x2]| {
            let [s, fall] = sigma(x2);
            let (zero, one) = (E::Number::of(0.0), E::Number::of(1.0));
            let slope = -(g * asin(s)[1]);
            let [cx, gc] = either!(s < 1.0, [slope * fall / x2, slope * fall / (2.0 * k.c)], [zero, zero]);
            Numbers::new([cx]).curvature((gc, zero)).loss(amplified(one, one - s))
        },
        [out],
        |[x], [cx]| [cx * x],
    )
}

/// d = y − x as q x and a part orthogonal to x.
pub(super) struct Split<W> {
    /// |x|.
    pub n: W,
    /// 1/|x|, but 0 at the origin.
    pub inverse: W,
    /// ⟨x,d⟩/|x|².
    pub q: W,
    /// Length of d − q x.
    pub across: W,
    /// Directions that are nearly the same.
    pub loss: W,
}

impl<W: Wide> Split<W> {
    /// From Σx², Σd², Σxd of rows `x`, `y`. Where rows are evaluated one by one, d − q x is formed first and squared then.
    #[inline(always)]
    pub fn of<E: Evaluation<Number = W>>(rows: [Rows<'_, E>; 2], [x2, d2, xd]: [W; 3]) -> Self {
        let n = x2.sqrt();
        let q = (xd / x2).unless_zero(x2);
        let again = E::again(rows, q, |[x, y], q| {
            let across = y - x - q * x;
            across * across
        });
        let square = again.unwrap_or((d2 - q * (q * x2)).at_least_zero());
        let inverse = (W::of(1.0) / n).unless_zero(n);
        Split { n, inverse, q, across: square.sqrt(), loss: amplified(d2, square) }
    }
}

/// The cotangents of the two parts of an angle atan2(across, outward); 0 where it has no direction.
#[inline(always)]
pub(super) fn turn<W: Wide>(g: W, across: W, outward: W) -> [W; 2] {
    let square = across * across + outward * outward;
    let g = (g / square).unless_zero(square);
    [g * outward, -(g * across)]
}
