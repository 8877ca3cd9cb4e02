//! What the formulas need of f32 and f64: their bits, their constants, and arithmetic with known rounding errors.

use crate::dtype::Real;

/// A float as the formulas see it: constants, polynomials and the few operations on its bits.
///
/// The polynomials are minimax fits, lowest power first, made by `tests/golden/vmath/minimax.py`; each is described
/// where it is used.
pub trait Lane: Real {
    /// 1.5 · 2^p (p bits of mantissa). Adding and subtracting it rounds to an integer.
    const ROUND: Self;
    /// `ROUND` plus the exponent bias: see [`Lane::pow2`].
    const ROUND_BIASED: Self;
    /// 2^⌈(p+1)/2⌉ + 1, which splits a number into two halves (Dekker 1971).
    const SPLIT: Self;
    /// 2^(p+2) and its exponent: brings every subnormal number into the normal range.
    const LIFT: (Self, Self);
    /// 1 / ln 2.
    const LOG2_E: Self;
    /// ln 2 in two parts; the first has trailing zeros, so its product with an exponent is exact.
    const LN2: (Self, Self);
    /// Where exp has certainly become 0 and ∞.
    const EXP_RANGE: (Self, Self);
    /// Where expm1 has become −1.
    const EXPM1_LOW: Self;
    /// Where tanh has become 1.
    const TANH_HIGH: Self;
    /// An n for which 2^±n stay normal, also when multiplied by `SPLIT`.
    const BIG_EXPONENT: Self;
    /// Above this, x² + 1 is x².
    const SQUARE_SWALLOWS_ONE: Self;
    /// Where erf has become 1.
    const ERF_HIGH: Self;
    /// Where erfc has certainly become 0.
    const ERFC_HIGH: Self;

    /// (e^r − 1 − r) / r² on |r| ≤ ln 2 / 2.
    const EXP: &'static [Self];
    /// (sinh r − r) / r³ in r².
    const SINH: &'static [Self];
    /// (cosh r − 1) / r² in r².
    const COSH: &'static [Self];
    /// (2 atanh s − 2 s) / s³ in s², |s| ≤ 3 − 2√2.
    const LN: &'static [Self];
    /// erf x / x − 1 in x², |x| ≤ 1.
    const ERF: &'static [Self];
    /// ln erfc x in x − 1, from 1 to `ERF_HIGH`.
    const LN_ERFC: &'static [Self];
    /// ((1 + 2x) e^(x²) erfc x − 1) / (t + 1) in t = (x − 4) / (x + 4).
    const ERFC: &'static [Self];

    /// The literal `x`.
    fn lit(x: f64) -> Self;
    /// The bits moved left by the width of the mantissa.
    fn shift_into_exponent(self) -> Self;
    /// `(k, m)` with x = 2^k m and m in [√½, √2), for positive normal x.
    fn split_exponent(self) -> (Self, Self);

    /// 2^n for an integer n in the exponent range of normal numbers.
    ///
    /// `n + ROUND_BIASED` holds n + bias in its last bits; moved left, they are the exponent.
    #[inline(always)]
    fn pow2(self) -> Self {
        (self + Self::ROUND_BIASED).shift_into_exponent()
    }
}

/// a b + c, in one rounding if `FMA`.
#[inline(always)]
pub fn fma<const FMA: bool, T: Lane>(a: T, b: T, c: T) -> T {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// c₀ + c₁ x + c₂ x² + …
#[inline(always)]
pub fn poly<const FMA: bool, T: Lane>(x: T, c: &[T]) -> T {
    let (&last, rest) = c.split_last().expect("a polynomial has coefficients");
    rest.iter().rev().fold(last, |p, &c| fma::<FMA, T>(p, x, c))
}

/// `x`, but at most `high`; NaN stays.
#[inline(always)]
pub fn at_most<T: Lane>(x: T, high: T) -> T {
    if x > high { high } else { x }
}

/// `x`, but at least `low`; NaN stays.
#[inline(always)]
pub fn at_least<T: Lane>(x: T, low: T) -> T {
    if x < low { low } else { x }
}

/// a + b and its rounding error (Knuth).
#[inline(always)]
pub fn two_sum<T: Lane>(a: T, b: T) -> (T, T) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// a b and its rounding error (Dekker where there is no fused multiply-add).
#[inline(always)]
pub fn two_prod<const FMA: bool, T: Lane>(a: T, b: T) -> (T, T) {
    let p = a * b;
    if FMA {
        return (p, a.mul_add(b, -p));
    }
    let halves = |x: T| {
        let t = T::SPLIT * x;
        let h = t - (t - x);
        (h, x - h)
    };
    let ((ah, al), (bh, bl)) = (halves(a), halves(b));
    (p, ((ah * bh - p) + ah * bl + al * bh) + al * bl)
}
