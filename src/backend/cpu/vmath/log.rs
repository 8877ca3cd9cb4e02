//! The logarithm and the inverse hyperbolic functions, which are logarithms of sums.

use super::lane::{Lane, fma, poly, two_prod, two_sum};

/// ln(2^k (1 + f + c)) for 1 + f in [√½, √2) and c no more than a rounding error.
///
/// With s = f / (2 + f), ln(1 + f) = 2 atanh s = f − (f²/2 − s (f²/2 + s² L(s²))) (FreeBSD msun `e_log.c`), and
/// c / (1 + f) is added, 1 / (1 + f) as 1 − f + f².
#[inline(always)]
fn ln_parts<const FMA: bool, T: Lane>(k: T, f: T, c: T) -> T {
    let s = f / (T::lit(2.0) + f);
    let z = s * s;
    let half = T::lit(0.5) * f * f;
    let curve = s * fma::<FMA, T>(z, poly::<FMA, T>(z, T::LN), half);
    let c = c * fma::<FMA, T>(f, f - T::one(), T::one());
    let low = curve + fma::<FMA, T>(k, T::LN2.1, c);
    fma::<FMA, T>(k, T::LN2.0, f - (half - low))
}

/// ln x.
#[inline(always)]
pub fn ln<const FMA: bool, T: Lane>(x: T) -> T {
    let subnormal = x < T::min_positive_value();
    let (k, m) = (if subnormal { x * T::LIFT.0 } else { x }).split_exponent();
    let k = if subnormal { k - T::LIFT.1 } else { k };
    let y = ln_parts::<FMA, T>(k, m - T::one(), T::zero());
    let y = if x == T::infinity() { x } else { y };
    let y = if x == T::zero() { T::neg_infinity() } else { y };
    if x >= T::zero() { y } else { T::nan() }
}

/// ln(1 + high + low) for high > −1, |low| within the rounding error of high.
///
/// The sum u = 1 + high is split as 2^k m. Its rounding error goes along as c; and for k = 0, f is `high` itself rather
/// than u − 1.
#[inline(always)]
fn ln_1p_parts<const FMA: bool, T: Lane>(high: T, low: T) -> T {
    let (u, err) = two_sum(T::one(), high);
    let (k, m) = u.split_exponent();
    // 2^-k, but for such large u that the error has no weight: there any small number will do.
    let down = (-super::lane::at_most(k, T::BIG_EXPONENT)).pow2();
    let near = k == T::zero();
    let f = if near { high } else { m - T::one() };
    let c = if near { low } else { (err + low) * down };
    ln_parts::<FMA, T>(k, f, c)
}

/// ln(1 + x).
#[inline(always)]
pub fn ln_1p<const FMA: bool, T: Lane>(x: T) -> T {
    let y = ln_1p_parts::<FMA, T>(x, T::zero()).copysign(x);
    let y = if x == T::infinity() { x } else { y };
    let y = if x == -T::one() { T::neg_infinity() } else { y };
    if x >= -T::one() { y } else { T::nan() }
}

/// asinh x = ln(1 + x + x² / (1 + √(1 + x²))) for x ≥ 0; odd. For large x, ln(2x).
#[inline(always)]
pub fn asinh<const FMA: bool, T: Lane>(x: T) -> T {
    let a = x.abs();
    let y = a * a;
    let root = fma::<FMA, T>(a, a, T::one()).sqrt();
    let (high, low) = two_sum(a, y / (T::one() + root));
    let near = ln_1p_parts::<FMA, T>(high, low);
    let value = if a < T::SQUARE_SWALLOWS_ONE { near } else { ln_2x::<FMA, T>(a) };
    value.copysign(x)
}

/// acosh x = ln(1 + t + √(t (t + 2))), t = x − 1. For large x, ln(2x).
///
/// Near 1 the root is all there is, so it is corrected by (w − root²) / (2 root), w = t (t + 2) being known exactly.
#[inline(always)]
pub fn acosh<const FMA: bool, T: Lane>(x: T) -> T {
    let t = x - T::one();
    let (square, square_err) = two_prod::<FMA, T>(t, t);
    let (w, w_err) = two_sum(t + t, square);
    let root = w.sqrt();
    let (back, back_err) = two_prod::<FMA, T>(root, root);
    let rest = (w - back) - back_err + (w_err + square_err);
    // At t = 0 this is 0 / tiny instead of 0 / 0.
    let correction = rest / (root + root + T::min_positive_value());
    let (high, err) = two_sum(root, t);
    let near = ln_1p_parts::<FMA, T>(high, err + correction);
    let value = if x < T::SQUARE_SWALLOWS_ONE { near } else { ln_2x::<FMA, T>(x) };
    if x >= T::one() { value } else { T::nan() }
}

/// acosh(1 + u) for 0 ≤ u < 1e150 to 2⁻³³, for results that become f32.
///
/// As `ln_1p` without the rounding errors, and with the Taylor series of atanh instead of a minimax polynomial.
#[inline(always)]
pub fn acosh_1p<const FMA: bool>(u: f64) -> f64 {
    const ATANH: [f64; 5] = [2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0, 2.0 / 9.0, 2.0 / 11.0];
    let high = u + (u * (u + 2.0)).sqrt();
    let (k, m) = (1.0 + high).split_exponent();
    let f = if k == 0.0 { high } else { m - 1.0 };
    let s = f / (2.0 + f);
    let z = s * s;
    fma::<FMA, f64>(k, std::f64::consts::LN_2, fma::<FMA, f64>(s * z, poly::<FMA, f64>(z, &ATANH), s + s))
}

/// ln(2x) for large x, ∞ and NaN.
#[inline(always)]
fn ln_2x<const FMA: bool, T: Lane>(x: T) -> T {
    let (k, m) = x.split_exponent();
    let y = ln_parts::<FMA, T>(k + T::one(), m - T::one(), T::zero());
    if x < T::infinity() { y } else { x }
}

/// atanh x = ½ ln(1 + 2x / (1 − x)) for x ≥ 0, with the quotient's rounding error; odd.
#[inline(always)]
pub fn atanh<const FMA: bool, T: Lane>(x: T) -> T {
    let a = x.abs();
    let d = T::one() - a;
    let d_err = (T::one() - d) - a;
    let inverse = T::one() / d;
    let q = (a + a) * inverse;
    let (back, back_err) = two_prod::<FMA, T>(q, d);
    let q_err = (((a + a) - back) - back_err - q * d_err) * inverse;
    let y = T::lit(0.5) * ln_1p_parts::<FMA, T>(q, q_err);
    let y = if a == T::one() { T::infinity() } else { y };
    (if a <= T::one() { y } else { T::nan() }).copysign(x)
}
