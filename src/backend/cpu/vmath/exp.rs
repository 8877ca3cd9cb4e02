//! The exponential and what is a quotient or a sum of exponentials.

use super::lane::{Lane, at_least, at_most, fma, poly, two_prod, two_sum};

/// `(n, r, c)` with x = n ln 2 + r + c, |r| ≤ ln 2 / 2, and c the rounding error of r (Cody & Waite 1980).
#[inline(always)]
pub fn reduce<const FMA: bool, T: Lane>(x: T) -> (T, T, T) {
    let n = fma::<FMA, T>(x, T::LOG2_E, T::ROUND) - T::ROUND;
    let a = fma::<FMA, T>(n, -T::LN2.0, x);
    let r = fma::<FMA, T>(n, -T::LN2.1, a);
    (n, r, fma::<FMA, T>(n, -T::LN2.1, a - r))
}

/// p 2^n, for n beyond the exponent range too: in two steps, of which only the second can round.
#[inline(always)]
pub fn scale<const FMA: bool, T: Lane>(p: T, n: T) -> T {
    // The first step is 2^(n/2) as in `pow2`, the addition rounding n/2 to an integer on its way.
    let half = fma::<FMA, T>(n, T::lit(0.5), T::ROUND_BIASED);
    let rest = n - (half - T::ROUND_BIASED);
    p * half.shift_into_exponent() * rest.pow2()
}

/// e^x = 2^n e^r, e^r = 1 + r + r² Q(r).
#[inline(always)]
pub fn exp<const FMA: bool, T: Lane>(x: T) -> T {
    let (n, r, _) = reduce::<FMA, T>(at_least(at_most(x, T::EXP_RANGE.1), T::EXP_RANGE.0));
    let p = T::one() + fma::<FMA, T>(r * r, poly::<FMA, T>(r, T::EXP), r);
    scale::<FMA, T>(p, n)
}

/// e^x − 1 as `(high, low, n)`, its value being (high + low) 2^n: 2^m − 1 + 2^m r is summed exactly.
#[inline(always)]
fn expm1_parts<const FMA: bool, T: Lane>(x: T) -> (T, T, T) {
    let (n, r, c) = reduce::<FMA, T>(x);
    let m = at_most(n, T::BIG_EXPONENT);
    let s = m.pow2();
    let tail = fma::<FMA, T>(r * r, poly::<FMA, T>(r, T::EXP), c);
    let base = s - T::one();
    let lost = (s - base) - T::one();
    let (high, err) = two_sum(base, s * r);
    (high, fma::<FMA, T>(s, tail, err + lost), n - m)
}

/// e^x − 1.
#[inline(always)]
pub fn expm1<const FMA: bool, T: Lane>(x: T) -> T {
    let clamped = at_least(at_most(x, T::EXP_RANGE.1), T::EXPM1_LOW);
    let (high, low, n) = expm1_parts::<FMA, T>(clamped);
    ((high + low) * n.pow2()).copysign(x)
}

/// tanh x = q = E / (E + 2) with E = e^(2x) − 1, for x ≥ 0; odd.
///
/// The rounding errors e of E and d of E + 2 change the quotient by (e − q (e + d)) / (E + 2), and (1 − q) / 2 is
/// 1 / (E + 2).
#[inline(always)]
pub fn tanh<const FMA: bool, T: Lane>(x: T) -> T {
    let a = at_most(x.abs(), T::TANH_HIGH);
    let (high, low, _) = expm1_parts::<FMA, T>(a + a);
    let e = high + low;
    let e_err = (high - e) + low;
    let (d, d_err) = two_sum(e, T::lit(2.0));
    let q = e / d;
    let half = T::lit(0.5);
    let inverse = fma::<FMA, T>(-half, q, half);
    let rest = fma::<FMA, T>(-q, d_err, (e_err + e_err) * inverse);
    fma::<FMA, T>(rest, inverse, q).copysign(x)
}

/// 1 / (1 + e^(−x)), from e^(−|x|) on both sides so that the left tail keeps its relative accuracy.
#[inline(always)]
pub fn sigmoid<const FMA: bool, T: Lane>(x: T) -> T {
    let e = exp::<FMA, T>(-x.abs());
    let numerator = if x < T::zero() { e } else { T::one() };
    numerator / (T::one() + e)
}

/// What the addition theorems need for |x| = n ln 2 + r.
struct Addition<T> {
    /// cosh(m ln 2) = up + down and sinh(m ln 2) = up − down: 2^m / 2 and 2^−m / 2.
    up: T,
    down: T,
    r: T,
    /// sinh r − r, with the rounding error of r.
    sinh_tail: T,
    /// cosh r − 1.
    cosh_tail: T,
    /// 2^(n − m): m is n, but no larger than where 2^−n has long lost all weight.
    rest: T,
}

#[inline(always)]
fn addition<const FMA: bool, T: Lane>(x: T) -> Addition<T> {
    let a = at_most(x.abs(), T::EXP_RANGE.1 + T::one());
    let (n, r, c) = reduce::<FMA, T>(a);
    let m = at_most(n, T::BIG_EXPONENT);
    let y = r * r;
    Addition {
        up: m.pow2() * T::lit(0.5),
        down: (-m).pow2() * T::lit(0.5),
        r,
        sinh_tail: fma::<FMA, T>(r * y, poly::<FMA, T>(y, T::SINH), c),
        cosh_tail: y * poly::<FMA, T>(y, T::COSH),
        rest: (n - m).pow2(),
    }
}

/// sinh x = S cosh r + C sinh r with S, C of m ln 2; the two leading terms S + C r are summed exactly.
#[inline(always)]
pub fn sinh<const FMA: bool, T: Lane>(x: T) -> T {
    let t = addition::<FMA, T>(x);
    let (s, c) = (t.up - t.down, t.up + t.down);
    let (p, p_err) = two_prod::<FMA, T>(c, t.r);
    let (high, err) = two_sum(s, p);
    let low = fma::<FMA, T>(c, t.sinh_tail, fma::<FMA, T>(s, t.cosh_tail, err + p_err));
    ((high + low) * t.rest).copysign(x)
}

/// cosh x = C cosh r + S sinh r.
#[inline(always)]
pub fn cosh<const FMA: bool, T: Lane>(x: T) -> T {
    let t = addition::<FMA, T>(x);
    let (s, c) = (t.up - t.down, t.up + t.down);
    let low = fma::<FMA, T>(c, t.cosh_tail, fma::<FMA, T>(s, t.sinh_tail, t.down));
    (t.up + fma::<FMA, T>(s, t.r, low)) * t.rest
}
