//! Elementary functions that the compiler vectorises: plain Rust without branches, accurate to one or two ulp.
//!
//! [`VectorMath`] has them one number at a time, to be used inside the loops of a [`Kernel`](super::simd::Kernel);
//! [`map`](super::simd::map) with one of the names in this module (`map::<f32, Exp>(x, y)`) applies one along a slice;
//! [`FUNCTIONS`] lists them all with their error bounds.
//!
//! All propagate NaN, take and give ±∞ and subnormal numbers, and keep the sign of zero. Levels with fused
//! multiply-add agree to the bit; without it the last places may differ, within the same bounds.

mod double;
mod erf;
mod exp;
mod lane;
mod log;
mod single;
mod table;
mod trig;

pub(in crate::backend) use double::SQRT_HALF;
pub(in crate::backend) use lane::Lane;
pub use log::acosh_1p;
pub use table::*;

/// The elementary functions, inlinable and free of branches.
///
/// `FMA` comes from [`Kernel::run`](super::simd::Kernel::run). Error bounds are in [`FUNCTIONS`].
pub trait VectorMath: Lane {
    /// self · b + c, in one rounding if `FMA`.
    #[inline(always)]
    fn v_fma<const FMA: bool>(self, b: Self, c: Self) -> Self {
        lane::fma::<FMA, Self>(self, b, c)
    }
    /// e^x.
    #[inline(always)]
    fn v_exp<const FMA: bool>(self) -> Self {
        exp::exp::<FMA, Self>(self)
    }
    /// e^x − 1.
    #[inline(always)]
    fn v_exp_m1<const FMA: bool>(self) -> Self {
        exp::expm1::<FMA, Self>(self)
    }
    /// 1 / (1 + e^−x), with full relative accuracy in the left tail.
    #[inline(always)]
    fn v_sigmoid<const FMA: bool>(self) -> Self {
        exp::sigmoid::<FMA, Self>(self)
    }
    /// sinh x.
    #[inline(always)]
    fn v_sinh<const FMA: bool>(self) -> Self {
        exp::sinh::<FMA, Self>(self)
    }
    /// cosh x.
    #[inline(always)]
    fn v_cosh<const FMA: bool>(self) -> Self {
        exp::cosh::<FMA, Self>(self)
    }
    /// tanh x.
    #[inline(always)]
    fn v_tanh<const FMA: bool>(self) -> Self {
        exp::tanh::<FMA, Self>(self)
    }
    /// ln x.
    #[inline(always)]
    fn v_ln<const FMA: bool>(self) -> Self {
        log::ln::<FMA, Self>(self)
    }
    /// ln(1 + x).
    #[inline(always)]
    fn v_ln_1p<const FMA: bool>(self) -> Self {
        log::ln_1p::<FMA, Self>(self)
    }
    /// asinh x.
    #[inline(always)]
    fn v_asinh<const FMA: bool>(self) -> Self {
        log::asinh::<FMA, Self>(self)
    }
    /// acosh x; NaN below 1.
    #[inline(always)]
    fn v_acosh<const FMA: bool>(self) -> Self {
        log::acosh::<FMA, Self>(self)
    }
    /// atanh x; NaN outside [−1, 1].
    #[inline(always)]
    fn v_atanh<const FMA: bool>(self) -> Self {
        log::atanh::<FMA, Self>(self)
    }
    /// erf x.
    #[inline(always)]
    fn v_erf<const FMA: bool>(self) -> Self {
        erf::erf::<FMA, Self>(self)
    }
    /// erfc x = 1 − erf x, with full relative accuracy in the right tail.
    #[inline(always)]
    fn v_erfc<const FMA: bool>(self) -> Self {
        erf::erfc::<FMA, Self>(self)
    }
    /// sin x for |x| ≤ 2^20, NaN beyond; the slice function [`sin`] takes any x.
    fn v_sin<const FMA: bool>(self) -> Self;
    /// cos x for |x| ≤ 2^20, NaN beyond; the slice function [`cos`] takes any x.
    fn v_cos<const FMA: bool>(self) -> Self;
    /// sin(x + turn π/2) for any x: a slow call, for the rare x beyond 2^20.
    fn sin_far(self, turn: u64) -> Self;
}

impl VectorMath for f32 {
    #[inline(always)]
    fn v_sin<const FMA: bool>(self) -> f32 {
        trig::near::<FMA, false>(f64::from(self), 0) as f32
    }
    #[inline(always)]
    fn v_cos<const FMA: bool>(self) -> f32 {
        trig::near::<FMA, false>(f64::from(self), 1) as f32
    }
    fn sin_far(self, turn: u64) -> f32 {
        trig::far::<false>(f64::from(self), turn) as f32
    }
}

impl VectorMath for f64 {
    #[inline(always)]
    fn v_sin<const FMA: bool>(self) -> f64 {
        trig::near::<FMA, true>(self, 0)
    }
    #[inline(always)]
    fn v_cos<const FMA: bool>(self) -> f64 {
        trig::near::<FMA, true>(self, 1)
    }
    fn sin_far(self, turn: u64) -> f64 {
        trig::far::<true>(self, turn)
    }
}
