//! Signs, powers, roots, bounds.

use super::scalar::*;
use super::{Function, Reads, Unary, cases, functions};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::ops::registry::{Gradient, OpSpec};
use crate::tensor::Tensor;

/// The kernels' file.
const FAMILY: &str = "algebraic";

functions! {
    /// −x.
    Neg neg () {
        value |x| -x;
        slope |_x: Nothing| -T::one();
        tensor |_g| _g.ones_like()?.mul_scalar(-1.0);
        exact |x| -x;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// |x|; its gradient at 0 is 0.
    Abs abs () {
        value |x| x.abs();
        slope |x: Input| sign(x);
        tensor |x| x.sign();
        exact f64::abs;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// −1, 0 or 1; NaN stays. Its gradient is 0.
    Sign sign () {
        value |x| sign(x);
        slope |_x: Nothing| T::zero();
        tensor |_g| _g.zeros_like();
        exact |x| if x == 0.0 || x.is_nan() { x } else { x.signum() };
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// x + s.
    AddScalar add_scalar (s = 1.5) {
        value |x| x + T::from_f64(s);
        slope |_x: Nothing| { let _ = s; T::one() };
        tensor |_g| { let _ = s; _g.ones_like() };
        exact |x| x + 1.5;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// s · x.
    MulScalar mul_scalar (s = -1.5) {
        value |x| x * T::from_f64(s);
        slope |_x: Nothing| T::from_f64(s);
        tensor |_g| Tensor::full(_g.shape(), s, _g.dtype(), _g.device());
        exact |x| x * -1.5;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// x².
    Square square () {
        value |x| x * x;
        slope |x: Input| x + x;
        tensor |x| x.mul_scalar(2.0);
        exact |x| x * x;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// √x; its gradient at 0 is infinite.
    Sqrt sqrt () {
        value |x| x.sqrt();
        slope |y: Output| T::from_f64(0.5) / y;
        tensor |y| y.recip()?.mul_scalar(0.5);
        exact f64::sqrt;
        at [0.1, 1.0, 7.5], [0.0, -1.0, f64::INFINITY, f64::NAN];
    }

    /// √x with gradient 0 at 0: right for a norm, √ of a sum of squares.
    Sqrt0 sqrt0 () {
        value |x| x.sqrt();
        slope |y: Output| if y == T::zero() { y } else { T::from_f64(0.5) / y };
        tensor |y| {
            let zero = y.zeros_like()?;
            y.eq(&zero)?.select_from(&zero, &y.recip()?.mul_scalar(0.5)?)
        };
        exact f64::sqrt;
        at [0.1, 1.0, 7.5], [0.0, -1.0, f64::INFINITY, f64::NAN];
    }

    /// 1/√x.
    Rsqrt rsqrt () {
        value |x| T::one() / x.sqrt();
        slope |y: Output| T::from_f64(-0.5) * y * y * y;
        tensor |y| y.square()?.mul(y)?.mul_scalar(-0.5);
        exact |x| 1.0 / x.sqrt();
        at [0.1, 1.0, 7.5], [0.0, -1.0, f64::INFINITY, f64::NAN];
    }

    /// 1/x.
    Recip recip () {
        value |x| T::one() / x;
        slope |y: Output| -(y * y);
        tensor |y| y.square()?.neg();
        exact f64::recip;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// xᵖ for a fixed p.
    Powf powf (p = 2.5) {
        value |x| x.powf(T::from_f64(p));
        slope |x: Input| T::from_f64(p) * x.powf(T::from_f64(p - 1.0));
        tensor |x| x.powf(p - 1.0)?.mul_scalar(p);
        exact |x| x.powf(2.5);
        at [0.1, 1.0, 7.5], [0.0, -1.0, f64::INFINITY, f64::NAN];
    }

    /// x kept within [low, high]; its gradient is 0 outside. NaN stays.
    Clamp clamp (low = -1.0, high = 0.5) {
        value |x| {
            let (low, high) = (T::from_f64(low), T::from_f64(high));
            if x < low { low } else if x > high { high } else { x }
        };
        slope |x: Input| if x < T::from_f64(low) || x > T::from_f64(high) { T::zero() } else { T::one() };
        tensor |x| {
            let bound = |v| Tensor::full([], v, x.dtype(), x.device());
            let inside = |mask: Tensor| mask.to_dtype(x.dtype());
            inside(x.ge(&bound(low)?)?)?.mul(&inside(x.le(&bound(high)?)?)?)
        };
        exact |x| x.clamp(-1.0, 0.5);
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }
}
