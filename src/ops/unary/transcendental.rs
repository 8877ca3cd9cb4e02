//! Exponential, logarithmic, circular and hyperbolic functions.

use super::scalar::*;
use super::{Function, Reads, Unary, cases, functions};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::ops::registry::{Gradient, OpSpec};
use crate::tensor::Tensor;

/// The kernels' file.
const FAMILY: &str = "transcendental";

functions! {
    /// eˣ.
    Exp exp () {
        value |x| x.v_exp::<FMA>();
        slope |y: Output| y;
        tensor |y| Ok(y.clone());
        exact f64::exp;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// eˣ − 1, accurate near 0.
    Expm1 expm1 () {
        value |x| x.v_exp_m1::<FMA>();
        slope |y: Output| y + T::one();
        tensor |y| y.add_scalar(1.0);
        exact f64::exp_m1;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// ln x.
    Ln ln () {
        value |x| x.v_ln::<FMA>();
        slope |x: Input| T::one() / x;
        tensor |x| x.recip();
        exact f64::ln;
        at [0.1, 1.0, 7.5], [0.0, -1.0, f64::INFINITY, f64::NAN];
    }

    /// ln(1 + x), accurate near 0.
    Log1p log1p () {
        value |x| x.v_ln_1p::<FMA>();
        slope |x: Input| T::one() / (T::one() + x);
        tensor |x| x.add_scalar(1.0)?.recip();
        exact f64::ln_1p;
        at [-0.9, -1e-9, 0.3, 8.0], [0.0, -0.0, -1.0, -2.0, f64::INFINITY, f64::NAN];
    }

    /// sin x.
    Sin sin () {
        value |x| x.v_sin::<FMA>();
        slope |x: Input| x.v_cos::<FMA>();
        tensor |x| x.cos();
        exact f64::sin;
        at [-7.1, -0.7, 1e-3, 0.4, 1e3], [3e6, -1e15, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        far [0, 1];
    }

    /// cos x.
    Cos cos () {
        value |x| x.v_cos::<FMA>();
        slope |x: Input| -x.v_sin::<FMA>();
        tensor |x| x.sin()?.neg();
        exact f64::cos;
        at [-7.1, -0.7, 1e-3, 0.4, 1e3], [3e6, -1e15, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        far [1, 2];
    }

    /// arcsin x, NaN outside [−1, 1]; its gradient at ±1 is infinite.
    Asin asin () {
        value |x| x.asin();
        slope |x: Input| T::one() / ((T::one() - x) * (T::one() + x)).sqrt();
        tensor |x| x.neg()?.add_scalar(1.0)?.mul(&x.add_scalar(1.0)?)?.rsqrt();
        exact f64::asin;
        at [-0.9, -1e-6, 0.3, 0.99], [0.0, 1.0, -1.0, 1.5, f64::NAN];
    }

    /// arccos x, NaN outside [−1, 1]; its gradient at ±1 is infinite.
    Acos acos () {
        value |x| x.acos();
        slope |x: Input| -T::one() / ((T::one() - x) * (T::one() + x)).sqrt();
        tensor |x| x.neg()?.add_scalar(1.0)?.mul(&x.add_scalar(1.0)?)?.rsqrt()?.neg();
        exact f64::acos;
        at [-0.9, -1e-6, 0.3, 0.99], [0.0, 1.0, -1.0, 1.5, f64::NAN];
    }

    /// arctan x.
    Atan atan () {
        value |x| x.atan();
        slope |x: Input| T::one() / (T::one() + x * x);
        tensor |x| x.square()?.add_scalar(1.0)?.recip();
        exact f64::atan;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// sinh x.
    Sinh sinh () {
        value |x| x.v_sinh::<FMA>();
        slope |x: Input| x.v_cosh::<FMA>();
        tensor |x| x.cosh();
        exact f64::sinh;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// cosh x.
    Cosh cosh () {
        value |x| x.v_cosh::<FMA>();
        slope |x: Input| x.v_sinh::<FMA>();
        tensor |x| x.sinh();
        exact f64::cosh;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// tanh x.
    Tanh tanh () {
        value |x| x.v_tanh::<FMA>();
        slope |y: Output| T::one() - y * y;
        tensor |y| y.square()?.neg()?.add_scalar(1.0);
        exact f64::tanh;
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// arsinh x.
    Asinh asinh () {
        value |x| x.v_asinh::<FMA>();
        slope |x: Input| T::one() / (x * x + T::one()).sqrt();
        tensor |x| x.square()?.add_scalar(1.0)?.rsqrt();
        exact |x| x.signum() * (x.abs() + x * x / (1.0 + (1.0 + x * x).sqrt())).ln_1p();
        at [-2.5, -0.7, -1e-3, 0.4, 1.9], [0.0];
    }

    /// arcosh x, NaN below 1; its gradient at 1 is infinite.
    Acosh acosh () {
        value |x| x.v_acosh::<FMA>();
        slope |x: Input| T::one() / ((x - T::one()) * (x + T::one())).sqrt();
        tensor |x| x.add_scalar(-1.0)?.mul(&x.add_scalar(1.0)?)?.rsqrt();
        exact f64::acosh;
        at [1.1, 2.0, 50.0], [1.0, 0.5, f64::INFINITY, f64::NAN];
    }

    /// artanh x, infinite at ±1, NaN beyond.
    Atanh atanh () {
        value |x| x.v_atanh::<FMA>();
        slope |x: Input| T::one() / ((T::one() - x) * (T::one() + x));
        tensor |x| x.neg()?.add_scalar(1.0)?.mul(&x.add_scalar(1.0)?)?.recip();
        exact f64::atanh;
        at [-0.9, -1e-6, 0.3, 0.99], [0.0, 1.0, -1.0, 1.5, f64::NAN];
    }

    /// The error function.
    Erf erf () {
        value |x| x.v_erf::<FMA>();
        slope |x: Input| T::from_f64(std::f64::consts::FRAC_2_SQRT_PI) * (-x * x).v_exp::<FMA>();
        tensor |x| x.square()?.neg()?.exp()?.mul_scalar(std::f64::consts::FRAC_2_SQRT_PI);
        exact erf_exact;
        at [-2.0, -0.4, 1e-5, 0.7, 3.0], [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    }

    /// sinh(x)/x, 1 at 0.
    Sinhc sinhc () {
        value |x| sinhc::<T, FMA>(x);
        slope |x: Input| sinhc_slope::<T, FMA>(x);
        tensor |x| sinhc_slope_tensor(x);
        exact |x| if x == 0.0 { 1.0 } else { x.sinh() / x };
        at [-3.0, -0.31, -0.29, -1e-4, 0.0, 0.1, 5.0], [f64::INFINITY, f64::NAN];
    }
}
