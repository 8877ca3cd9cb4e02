//! Activation functions.

use super::normal::DENSITY;
use super::scalar::*;
use super::{Function, Reads, Unary, cases, functions};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::ops::registry::{Gradient, OpSpec};
use crate::tensor::Tensor;

/// The kernels' file.
const FAMILY: &str = "activation";

functions! {
    /// 1 / (1 + e⁻ˣ).
    Sigmoid sigmoid () {
        value |x| x.v_sigmoid::<FMA>();
        slope |y: Output| y * (T::one() - y);
        tensor |y| y.neg()?.add_scalar(1.0)?.mul(y);
        exact |x| 1.0 / (1.0 + (-x).exp());
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// ln(1 + eˣ), linear for large x without overflow.
    Softplus softplus () {
        value |x| softplus::<T, FMA>(x);
        slope |x: Input| x.v_sigmoid::<FMA>();
        tensor |x| x.sigmoid();
        exact |x: f64| if x.is_nan() { x } else { x.max(0.0) + (-x.abs()).exp().ln_1p() };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// max(x, 0); its gradient at 0 is 0. NaN stays.
    Relu relu () {
        value |x| if x < T::zero() { T::zero() } else { x };
        slope |x: Input| if x > T::zero() { T::one() } else { T::zero() };
        tensor |x| positive(x);
        exact |x| if x < 0.0 { 0.0 } else { x };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// x, or slope · x below 0.
    LeakyRelu leaky_relu (slope = 0.1) {
        value |x| if x < T::zero() { x * T::from_f64(slope) } else { x };
        slope |x: Input| if x > T::zero() { T::one() } else { T::from_f64(slope) };
        tensor |x| positive(x)?.mul_scalar(1.0 - slope)?.add_scalar(slope);
        exact |x| if x < 0.0 { 0.1 * x } else { x };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// x, or alpha · (eˣ − 1) below 0.
    Elu elu (alpha = 1.3) {
        value |x| if x < T::zero() { T::from_f64(alpha) * x.v_exp_m1::<FMA>() } else { x };
        slope |x: Input| if x > T::zero() { T::one() } else { T::from_f64(alpha) * x.v_exp::<FMA>() };
        tensor |x| {
            let below = x.minimum(&Tensor::full([], 0.0, x.dtype(), x.device())?)?.exp()?.mul_scalar(alpha)?;
            x.gt(&x.zeros_like()?)?.select_from(&x.ones_like()?, &below)
        };
        exact |x| if x < 0.0 { 1.3 * x.exp_m1() } else { x };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// x · sigmoid(x), also called swish.
    Silu silu () {
        value |x| silu::<T, FMA>(x);
        slope |x: Input| silu_slope::<T, FMA>(x);
        tensor |x| {
            // σ + x σ (1 − σ)
            let s = x.sigmoid()?;
            s.add(&x.mul(&s)?.mul(&s.neg()?.add_scalar(1.0)?)?)
        };
        exact |x| if x == f64::NEG_INFINITY { 0.0 } else { x / (1.0 + (-x).exp()) };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// x · Φ(x), exact, by the error function.
    Gelu gelu () {
        value |x| gelu::<T, FMA>(x);
        slope |x: Input| gelu_slope::<T, FMA>(x);
        tensor |x| {
            // Φ + x φ
            let cdf = x.mul_scalar(std::f64::consts::FRAC_1_SQRT_2)?.erf()?.add_scalar(1.0)?.mul_scalar(0.5)?;
            cdf.add(&x.square()?.mul_scalar(-0.5)?.exp()?.mul_scalar(DENSITY)?.mul(x)?)
        };
        exact |x| if x == f64::NEG_INFINITY { 0.0 } else { 0.5 * x * (1.0 + erf_exact(x * std::f64::consts::FRAC_1_SQRT_2)) };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// The tanh approximation of [`Tensor::gelu`] (Hendrycks and Gimpel 2016): x · ½(1 + tanh(√(2/π)(x + 0.044715 x³))).
    GeluTanh gelu_tanh () {
        value |x| gelu_tanh::<T, FMA>(x);
        slope |x: Input| gelu_tanh_slope::<T, FMA>(x);
        tensor |x| {
            // s = σ(2u): s + x s (1 − s) 2u′
            let s = x.mul(&x.square()?.mul_scalar(GELU_CUBIC)?.add_scalar(1.0)?)?.mul_scalar(GELU_LINEAR)?.sigmoid()?;
            let du = x.square()?.mul_scalar(3.0 * GELU_CUBIC)?.add_scalar(1.0)?.mul_scalar(GELU_LINEAR)?;
            s.add(&s.neg()?.add_scalar(1.0)?.mul(&s)?.mul(&du)?.mul(x)?)
        };
        exact |x: f64| if x == f64::NEG_INFINITY { 0.0 } else { 0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)).tanh()) };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }
}
