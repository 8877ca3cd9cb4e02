//! The functions along slices, and the table of them that tests and documentation follow.

use super::{VectorMath, trig};
use crate::backend::cpu::simd::{Level, Map, level, map_at};

/// One elementary function: what it is called, how to apply it along a slice, how far off it may be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Function {
    /// Its usual name.
    pub name: &'static str,
    /// `y[i] = f(x[i])` in f32 at a level that this machine has.
    pub f32: fn(Level, &[f32], &mut [f32]),
    /// The same in f64.
    pub f64: fn(Level, &[f64], &mut [f64]),
    /// The largest error in f32, in ulp of the exact result: all 2^32 arguments have been tried.
    pub ulp_f32: f64,
    /// The largest error in f64, in ulp of the exact result.
    pub ulp_f64: f64,
    /// The function in plain f64, good enough to judge f32 results.
    pub reference: fn(f64) -> f64,
}

/// Names for [`map`](super::super::simd::map): `map::<f32, Exp>(x, y)`.
macro_rules! names {
    ($($name:ident, $function:ident;)*) => {$(
        #[doc = concat!("[`VectorMath::", stringify!($function), "`] as a [`Map`].")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl<T: VectorMath> Map<T> for $name {
            #[inline(always)]
            fn eval<const FMA: bool>(x: T) -> T {
                x.$function::<FMA>()
            }
        }
    )*};
}
names! {
    Exp, v_exp;
    ExpM1, v_exp_m1;
    Sigmoid, v_sigmoid;
    Sinh, v_sinh;
    Cosh, v_cosh;
    Tanh, v_tanh;
    Ln, v_ln;
    Ln1p, v_ln_1p;
    Asinh, v_asinh;
    Acosh, v_acosh;
    Atanh, v_atanh;
    Erf, v_erf;
    Erfc, v_erfc;
    SinNear, v_sin;
    CosNear, v_cos;
}

/// All elementary functions.
pub static FUNCTIONS: &[Function] = &[
    entry::<Exp>("exp", 1.1, 1.0, f64::exp),
    entry::<ExpM1>("expm1", 1.2, 1.0, f64::exp_m1),
    entry::<Sigmoid>("sigmoid", 2.5, 2.0, |x| 1.0 / (1.0 + (-x).exp())),
    entry::<Sinh>("sinh", 1.0, 1.0, f64::sinh),
    entry::<Cosh>("cosh", 1.2, 1.1, f64::cosh),
    entry::<Tanh>("tanh", 1.4, 1.3, f64::tanh),
    entry::<Ln>("ln", 0.9, 0.9, f64::ln),
    entry::<Ln1p>("ln_1p", 0.9, 0.9, f64::ln_1p),
    entry::<Asinh>("asinh", 1.3, 1.3, f64::asinh),
    entry::<Acosh>("acosh", 0.9, 0.9, f64::acosh),
    entry::<Atanh>("atanh", 0.9, 0.9, f64::atanh),
    entry::<Erf>("erf", 1.2, 1.2, |x| x.v_erf::<true>()),
    entry::<Erfc>("erfc", 2.3, 2.0, |x| x.v_erfc::<true>()),
    Function { f32: sin_at, f64: sin_at, ..entry::<SinNear>("sin", 0.6, 0.9, f64::sin) },
    Function { f32: cos_at, f64: cos_at, ..entry::<CosNear>("cos", 0.6, 0.9, f64::cos) },
];

const fn entry<F: Map<f32> + Map<f64>>(
    name: &'static str,
    ulp_f32: f64,
    ulp_f64: f64,
    reference: fn(f64) -> f64,
) -> Function {
    Function { name, f32: map_at::<f32, F>, f64: map_at::<f64, F>, ulp_f32, ulp_f64, reference }
}

/// `y[i] = sin x[i]`, any x.
pub fn sin<T: VectorMath>(x: &[T], y: &mut [T]) {
    sin_at(level(), x, y);
}

/// `y[i] = cos x[i]`, any x.
pub fn cos<T: VectorMath>(x: &[T], y: &mut [T]) {
    cos_at(level(), x, y);
}

fn sin_at<T: VectorMath>(at: Level, x: &[T], y: &mut [T]) {
    any_argument::<T, SinNear>(at, x, y, 0);
}

fn cos_at<T: VectorMath>(at: Level, x: &[T], y: &mut [T]) {
    any_argument::<T, CosNear>(at, x, y, 1);
}

/// Applies the vector core block by block, then computes the lanes that it leaves out.
fn any_argument<T: VectorMath, F: Map<T>>(at: Level, x: &[T], y: &mut [T], turn: u64) {
    const BLOCK: usize = 1024;
    assert_eq!(x.len(), y.len(), "sin, cos: lengths differ");
    let near = T::lit(trig::NEAR);
    for (x, y) in x.chunks(BLOCK).zip(y.chunks_mut(BLOCK)) {
        map_at::<T, F>(at, x, y);
        if x.iter().all(|x| x.abs() <= near) {
            continue;
        }
        for (x, y) in x.iter().zip(y) {
            if x.abs() > near {
                *y = x.sin_far(turn);
            }
        }
    }
}
