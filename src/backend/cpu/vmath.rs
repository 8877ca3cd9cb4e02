//! Placeholder
use crate::dtype::Real;
macro_rules! v { ($($n:ident = $e:expr;)*) => { pub trait VectorMath: Real { $(#[inline(always)] fn $n<const FMA: bool>(self) -> Self { let f: fn(f64)->f64 = $e; Self::from_f64(f(self.to_f64())) })* } } }
v! { v_exp = f64::exp; v_expm1 = f64::exp_m1; v_ln = f64::ln; v_log1p = f64::ln_1p; v_sin = f64::sin; v_cos = f64::cos; v_sinh = f64::sinh; v_cosh = f64::cosh; v_tanh = f64::tanh; v_asinh = |x| x.signum() * (x.abs() + x * x / (1.0 + (1.0 + x * x).sqrt())).ln_1p(); v_acosh = f64::acosh; v_atanh = f64::atanh; v_erf = |x| 1.0 - erfc(x); v_erfc = erfc; }
impl VectorMath for f32 {}
impl VectorMath for f64 {}
fn erfc(x: f64) -> f64 {
    let a = x.abs();
    if a < 2.5 {
        let (mut t, mut s, mut n) = (x, x, 1.0);
        while f64::abs(t) > 1e-18 * f64::abs(s) {
            t *= 2.0 * x * x / (2.0 * n + 1.0);
            s += t;
            n += 1.0;
        }
        1.0 - std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * s
    } else {
        let f = (1..60).rev().fold(a, |b, k| a + 0.5 * f64::from(k) / b);
        let e = (-a * a).exp() / (f * std::f64::consts::PI.sqrt());
        if x < 0.0 { 2.0 - e } else { e }
    }
}
