//! The weights of two points in a point between them on their geodesic, at the fraction s of the way.

use super::scalar::{Sinhc, sinhc};
use super::wide::Wide;

/// On the unit hyperboloid that point is αx + βy with α = sinh((1−s)D)/sinh D, β = sinh(sD)/sinh D.
pub(super) struct Between<W> {
    /// α; 1 at s = 0, 0 at s = 1, exactly.
    pub a: W,
    /// β; 0 at s = 0, 1 at s = 1, exactly.
    pub b: W,
    /// Slope of α in w.
    pub da: W,
    /// Slope of β in w.
    pub db: W,
    /// 1 − α − β = 2 sinh(sD/2) sinh((1−s)D/2)/cosh(D/2).
    pub rest: W,
}

impl<W: Wide> Between<W> {
    /// From w = D²/4, a quarter of the squared distance on the unit hyperboloid.
    #[inline(always)]
    pub fn of(s: f64, w: W) -> Self {
        let (s, r) = (W::of(s), W::of(1.0) - s);
        let (u, v, whole) = (sinhc(w * s * s), sinhc(w * r * r), sinhc(w));
        // sinh D = 2 sinh(D/2) cosh(D/2), whence the quotients; slopes by their logarithms.
        let slope = |f: &Sinhc<W>| f.ds / f.s + f.s / (f.c * 2.0);
        let (a, b) = (v.s / whole.s * (v.c / whole.c) * r, u.s / whole.s * (u.c / whole.c) * s);
        let all = slope(&whole);
        Between {
            a,
            b,
            da: a * (slope(&v) * r * r - all),
            db: b * (slope(&u) * s * s - all),
            rest: w * u.s * (v.s / whole.c) * 2.0 * s * r,
        }
    }
}
