//! Scalar pieces that several functions share, branch-free so that loops over them vectorise.

use super::normal::normal;
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::tensor::Tensor;

/// −1, ±0 or 1; NaN stays.
#[inline(always)]
pub(super) fn sign<T: VectorMath>(x: T) -> T {
    if x > T::zero() {
        T::one()
    } else if x < T::zero() {
        -T::one()
    } else {
        x
    }
}

/// max(x, 0) + ln(1 + e^−|x|).
#[inline(always)]
pub(super) fn softplus<T: VectorMath, const FMA: bool>(x: T) -> T {
    let above = if x < T::zero() { T::zero() } else { x };
    above + (-x.abs()).v_exp::<FMA>().v_ln_1p::<FMA>()
}

/// x σ(x), 0 at −∞.
#[inline(always)]
pub(in crate::ops) fn silu<T: VectorMath, const FMA: bool>(x: T) -> T {
    finite(x) * x.v_sigmoid::<FMA>()
}

/// σ(x) (1 + x (1 − σ(x))).
#[inline(always)]
pub(in crate::ops) fn silu_slope<T: VectorMath, const FMA: bool>(x: T) -> T {
    let s = x.v_sigmoid::<FMA>();
    s * (T::one() + finite(x) * (T::one() - s))
}

/// −∞ as the most negative number, whose product with 0 is 0.
#[inline(always)]
fn finite<T: VectorMath>(x: T) -> T {
    if x < T::min_value() { T::min_value() } else { x }
}

/// 2√(2/π), so that ½(1 + tanh u) = σ(2u) needs no factor of its own.
pub(super) const GELU_LINEAR: f64 = 1.595_769_121_605_730_7;
pub(super) const GELU_CUBIC: f64 = 0.044715;

/// x Φ(x).
#[inline(always)]
pub(in crate::ops) fn gelu<T: VectorMath, const FMA: bool>(x: T) -> T {
    finite(x) * normal::<T, FMA>(x).0
}

/// Φ(x) + x φ(x).
#[inline(always)]
pub(in crate::ops) fn gelu_slope<T: VectorMath, const FMA: bool>(x: T) -> T {
    let (cdf, pdf) = normal::<T, FMA>(x);
    cdf + finite(x) * pdf
}

/// x σ(2√(2/π)(x + 0.044715 x³)).
#[inline(always)]
pub(super) fn gelu_tanh<T: VectorMath, const FMA: bool>(x: T) -> T {
    finite(x) * gelu_gate::<T, FMA>(x)
}

#[inline(always)]
fn gelu_gate<T: VectorMath, const FMA: bool>(x: T) -> T {
    let u = T::from_f64(GELU_LINEAR) * x * (T::one() + T::from_f64(GELU_CUBIC) * x * x);
    u.v_sigmoid::<FMA>()
}

/// s + x s (1 − s) · 2u′ with s the gate.
#[inline(always)]
pub(super) fn gelu_tanh_slope<T: VectorMath, const FMA: bool>(x: T) -> T {
    let s = gelu_gate::<T, FMA>(x);
    let du = T::from_f64(GELU_LINEAR) * (T::one() + T::from_f64(3.0 * GELU_CUBIC) * x * x);
    s + finite(x) * (s * (T::one() - s) * du)
}

/// Below this the series of sinh(x)/x and of its slope are exact to the last bit of f64 with the terms given.
const SMALL: f64 = 0.3;

/// sinh(x)/x.
#[inline(always)]
pub(super) fn sinhc<T: VectorMath, const FMA: bool>(x: T) -> T {
    if x == T::zero() { T::one() } else { x.v_sinh::<FMA>() / x }
}

/// (cosh x − sinh(x)/x)/x, by its series x/3 + x³/30 + x⁵/840 + … where that cancels.
#[inline(always)]
pub(super) fn sinhc_slope<T: VectorMath, const FMA: bool>(x: T) -> T {
    let series = sinhc_series(x);
    let far = (x.v_cosh::<FMA>() - x.v_sinh::<FMA>() / x) / x;
    if x.abs() < T::from_f64(SMALL) { series } else { far }
}

/// Σ 2k x^(2k−1)/(2k+1)! for k = 1 … 6.
const SINHC_SLOPE: [f64; 6] =
    [1.0 / 3.0, 1.0 / 30.0, 1.0 / 840.0, 1.0 / 45360.0, 1.0 / 3_991_680.0, 1.0 / 518_918_400.0];

#[inline(always)]
fn sinhc_series<T: VectorMath>(x: T) -> T {
    let square = x * x;
    x * SINHC_SLOPE.iter().rev().fold(T::zero(), |sum, &c| sum * square + T::from_f64(c))
}

/// [`sinhc_slope`] made of tensor operations.
pub(super) fn sinhc_slope_tensor(x: &Tensor) -> Result<Tensor> {
    let bound = Tensor::full([], SMALL, x.dtype(), x.device())?;
    let small = x.abs()?.lt(&bound)?;
    let square = x.square()?;
    let mut sum = square.zeros_like()?;
    for &c in SINHC_SLOPE.iter().rev() {
        sum = sum.mul(&square)?.add_scalar(c)?;
    }
    // The branch not taken must stay finite: its gradient is multiplied by 0.
    let safe = small.select_from(&x.ones_like()?, x)?;
    let far = safe.cosh()?.sub(&safe.sinh()?.div(&safe)?)?.div(&safe)?;
    small.select_from(&sum.mul(x)?, &far)
}

/// 1 where x > 0, else 0.
pub(super) fn positive(x: &Tensor) -> Result<Tensor> {
    x.gt(&x.zeros_like()?)?.to_dtype(x.dtype())
}

/// erf in f64 by its series and continued fraction: slow, but shares nothing with the vector form.
pub(super) fn erf_exact(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let a = x.abs();
    if a < 2.5 {
        // 2/√π e^(−x²) Σ 2ⁿ x^(2n+1)/(2n+1)!!, all terms of one sign
        let (mut term, mut sum, mut n) = (x, x, 1.0);
        while f64::abs(term) > 1e-18 * f64::abs(sum) {
            term *= 2.0 * x * x / (2.0 * n + 1.0);
            sum += term;
            n += 1.0;
        }
        return std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum;
    }
    // erfc by Laplace's continued fraction, from the bottom up
    let fraction = (1..60).rev().fold(a, |below, k| a + 0.5 * f64::from(k) / below);
    x.signum() * (1.0 - (-a * a).exp() / (fraction * std::f64::consts::PI.sqrt()))
}
