//! Double-double numbers: an unevaluated sum `hi + lo` of two f64, about 32 digits.
//!
//! Error-free transformations after Dekker (1971) and Knuth; arithmetic after Hida, Li & Bailey (2001).

use super::wide::{Function, Scalar, Wide};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `hi + lo` with |lo| ≤ ulp(hi)/2.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dd {
    /// The nearest f64.
    pub hi: f64,
    /// What `hi` leaves out.
    pub lo: f64,
}

/// a + b = s + e exactly.
#[inline(always)]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let v = s - a;
    (s, (a - (s - v)) + (b - v))
}

/// a · b = p + e exactly (one fused multiply-add).
#[inline(always)]
pub fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    (p, a.mul_add(b, -p))
}

/// π/2 in three parts.
const HALF_PI: [f64; 3] = [std::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33];

const LN2: Dd = Dd { hi: std::f64::consts::LN_2, lo: 2.3190468138462996e-17 };

impl Dd {
    /// `a + b` for |a| ≥ |b|; where that is not finite, `a` alone (an error term next to an infinity is NaN).
    #[inline(always)]
    fn renormalised(a: f64, b: f64) -> Dd {
        let hi = a + b;
        let finite = hi.abs() < f64::INFINITY;
        Dd { hi: if finite { hi } else { a }, lo: if finite { b - (hi - a) } else { 0.0 } }
    }
}

/// k with 2^k ≤ x < 2^(k+1), of a positive number, kept in the range of powers of two that have an inverse.
fn exponent(x: f64) -> i32 {
    (x.log2().floor() as i32).clamp(-1021, 1021)
}

impl Wide for Dd {
    const TERMS: usize = 18;
    const SIGNED: bool = true;
    const CARE: f64 = f64::INFINITY;

    #[inline(always)]
    fn of(x: f64) -> Dd {
        Dd { hi: x, lo: 0.0 }
    }

    #[inline(never)]
    fn sqrt(self) -> Dd {
        let s = self.hi.sqrt();
        if s == 0.0 || !s.is_finite() {
            return Dd::of(s);
        }
        let (p, e) = two_product(s, s);
        let rest = self - Dd { hi: p, lo: e };
        Dd::renormalised(s, rest.hi / (2.0 * s))
    }

    /// x = k ln 2 + 512 r; the Taylor series of eʳ − 1 is doubled nine times.
    #[inline(never)]
    fn exp(self) -> Dd {
        if self.hi.abs() >= 745.0 || self.hi.is_nan() {
            return Dd::of(self.hi.exp());
        }
        let k = (self.hi / LN2.hi).round();
        let r = (self - LN2 * k) * (1.0 / 512.0);
        let mut s = Dd::of(0.0);
        for n in (1..=9).rev() {
            s = (s + 1.0) * r / n as f64;
        }
        for _ in 0..9 {
            s = s * 2.0 + s * s;
        }
        // 2^k in two factors: k itself may be out of range.
        let (a, b) = ((k / 2.0).trunc(), k - (k / 2.0).trunc());
        (s + 1.0) * 2f64.powi(a as i32) * 2f64.powi(b as i32)
    }

    /// One Newton step on exp.
    #[inline(never)]
    fn ln(self) -> Dd {
        let y = self.hi.ln();
        if !y.is_finite() {
            return Dd::of(y);
        }
        // e^-y is split in two so that it cannot underflow.
        let half = Dd::of(-0.5 * y).exp();
        Dd::of(y) + (self * half * half - 1.0)
    }

    /// x = k π/2 + r with |r| ≤ π/4; Taylor series in r, then a quarter turn k times.
    #[inline(never)]
    fn sin_cos(self) -> (Dd, Dd) {
        let k = (self.hi / HALF_PI[0]).round();
        if k.abs() > 2f64.powi(50) || k.is_nan() {
            let (s, c) = self.hi.sin_cos();
            return (Dd::of(s), Dd::of(c));
        }
        let part = |p: f64| Dd::of(p) * k;
        let r = self - part(HALF_PI[0]) - part(HALF_PI[1]) - part(HALF_PI[2]);
        let z = -(r * r);
        let (mut s, mut c) = (Dd::of(1.0), Dd::of(1.0));
        for n in (1..=14).rev() {
            let n = 2.0 * n as f64;
            s = s * z / (n * (n + 1.0)) + 1.0;
            c = c * z / (n * (n - 1.0)) + 1.0;
        }
        let s = s * r;
        match k.rem_euclid(4.0) as u8 {
            0 => (s, c),
            1 => (c, -s),
            2 => (-s, -c),
            _ => (-c, s),
        }
    }

    /// One Newton step: with a the nearest f64, the rest is the angle of (x, y) turned back by a.
    #[inline(never)]
    fn atan2(self, x: Dd) -> Dd {
        let a = self.hi.atan2(x.hi);
        if a == 0.0 || !(self.hi.is_finite() && x.hi.is_finite()) {
            return Dd::of(a);
        }
        // Both scaled to about 1, so that no product vanishes or overflows.
        let scale = 2f64.powi(-exponent(self.hi.abs().max(x.hi.abs())));
        let (y, x) = (self * scale, x * scale);
        let (s, c) = Dd::of(a).sin_cos();
        Dd::of(a) + (y * c - x * s) / (x * c + y * s)
    }

    /// Compensated summation (Ogita, Rump & Oishi 2005): errors are collected, not propagated.
    #[inline(always)]
    fn accumulate(self, v: Dd) -> Dd {
        let (hi, e) = two_sum(self.hi, v.hi);
        Dd { hi, lo: self.lo + (e + v.lo) }
    }

    #[inline(never)]
    fn apply<F: Function<Dd>>(self) -> F::Output {
        F::at(self)
    }

    #[inline(always)]
    fn below(self, limit: f64) -> Option<bool> {
        Some(self.hi < limit)
    }

    #[inline(always)]
    fn if_below(self, limit: Dd, a: Dd, b: Dd) -> Dd {
        if self < limit { a } else { b }
    }
}

impl Scalar for Dd {
    #[inline(always)]
    fn value(self) -> f64 {
        self.hi
    }
}

impl Neg for Dd {
    type Output = Dd;
    #[inline(always)]
    fn neg(self) -> Dd {
        Dd { hi: -self.hi, lo: -self.lo }
    }
}

// Arithmetic is out of line: inlined, the formulas would multiply it into most of the library's compile time.
impl Add for Dd {
    type Output = Dd;
    #[inline(never)]
    fn add(self, o: Dd) -> Dd {
        let (s, e) = two_sum(self.hi, o.hi);
        // The error is relative to the larger operand, as it is for f64.
        Dd::renormalised(s, e + (self.lo + o.lo))
    }
}

impl Sub for Dd {
    type Output = Dd;
    #[inline(never)]
    fn sub(self, o: Dd) -> Dd {
        self + -o
    }
}

impl Mul for Dd {
    type Output = Dd;
    #[inline(never)]
    fn mul(self, o: Dd) -> Dd {
        let (p, e) = two_product(self.hi, o.hi);
        Dd::renormalised(p, e + (self.hi * o.lo + self.lo * o.hi))
    }
}

impl Div for Dd {
    type Output = Dd;
    #[inline(never)]
    fn div(self, o: Dd) -> Dd {
        let a = self.hi / o.hi;
        if !a.is_finite() || o.hi.is_infinite() {
            return Dd::of(a);
        }
        let r = self - o * a;
        let b = r.hi / o.hi;
        let c = (r - o * b).hi / o.hi;
        Dd::renormalised(a, b) + Dd::of(c)
    }
}

impl Add<f64> for Dd {
    type Output = Dd;
    #[inline(never)]
    fn add(self, o: f64) -> Dd {
        self + Dd::of(o)
    }
}
impl Sub<f64> for Dd {
    type Output = Dd;
    #[inline(never)]
    fn sub(self, o: f64) -> Dd {
        self + Dd::of(-o)
    }
}
impl Mul<f64> for Dd {
    type Output = Dd;
    #[inline(never)]
    fn mul(self, o: f64) -> Dd {
        self * Dd::of(o)
    }
}
impl Div<f64> for Dd {
    type Output = Dd;
    #[inline(never)]
    fn div(self, o: f64) -> Dd {
        let a = self.hi / o;
        if !a.is_finite() || o.is_infinite() {
            return Dd::of(a);
        }
        let (p, e) = two_product(a, o);
        Dd::renormalised(a, ((self.hi - p) - e + self.lo) / o)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Dd, hi: f64, lo: f64) {
        let d = a - Dd { hi, lo };
        assert!(d.hi.abs() <= 1e-30 * hi.abs(), "{a:?} is not {hi:e} + {lo:e}");
    }

    #[test]
    fn constants_to_thirty_digits() {
        close(Dd::of(1.0).exp(), std::f64::consts::E, 1.4456468917292502e-16);
        close(Dd::of(2.0).ln(), LN2.hi, LN2.lo);
        close(Dd::of(2.0).sqrt(), std::f64::consts::SQRT_2, -9.667293313452913e-17);
        close(Dd::of(10.0).ln(), std::f64::consts::LN_10, -2.1707562233822494e-16);
        let (s, c) = Dd::of(1.0).sin_cos();
        close(s, 0.8414709848078965, 1.776845092935536e-18);
        close(c, 0.5403023058681398, -4.760954612604417e-17);
        close(Dd::of(1000.0).sin_cos().0, 0.8268795405320025, 3.867581909641312e-17);
        close(Dd::of(1e6).sin_cos().1, 0.9367521275331447, 4.637088260214747e-17);
        close(Dd::of(1.0).atan2(Dd::of(3.0)), 0.3217505543966422, 7.917392525722143e-18);
        close(Dd::of(2.0).atan2(Dd::of(-1.0)), 2.0344439357957027, 2.841996617907152e-17);
    }

    #[test]
    fn functions_invert_each_other() {
        for x in [1e-3, 0.3, 1.0, 7.5, 123.0, 700.0, -3.0, -600.0] {
            let y = Dd::of(x).exp().ln() - x;
            assert!(y.hi.abs() < 1e-29 * f64::max(1.0, x.abs()), "{x}: {y:?}");
        }
    }

    #[test]
    fn angles_survive_the_circle() {
        for x in [1e-20, 1e-9, 0.1, 0.7, 0.8, 1.5, 1.6, 2.4, 3.1, -0.3, -2.0, -3.0] {
            let (s, c) = Dd::of(x).sin_cos();
            assert!((s * s + c * c - 1.0).hi.abs() < 1e-31, "{x}");
            for scale in [1.0, 1e-270, 1e300] {
                let y = (s * scale).atan2(c * scale) - x;
                assert!(y.hi.abs() <= 1e-30 * x.abs(), "{x} {scale}: {y:?}");
            }
        }
        let half_turn = Dd::of(0.0).atan2(Dd::of(-2.0));
        close(half_turn, 2.0 * HALF_PI[0], 2.0 * HALF_PI[1]);
    }

    #[test]
    fn infinity_survives() {
        assert_eq!((Dd::of(f64::INFINITY) * 2.0).hi, f64::INFINITY);
        assert_eq!((Dd::of(1e308) * 10.0 + 1.0).hi, f64::INFINITY);
        assert_eq!((Dd::of(1.0) / 0.0).hi, f64::INFINITY);
        assert_eq!((Dd::of(1.0) / f64::INFINITY).hi, 0.0);
        assert_eq!(Dd::of(1000.0).exp().hi, f64::INFINITY);
    }
}
