//! Wide numbers: every formula is evaluated in twice the precision its rows are stored in.
//!
//! f32 rows are computed with in f64, f64 rows in double-double ([`Dd`]). Together with formulas that do not cancel this
//! leaves only the rounding of the result. f32 rows in the few places where f64 would lose too many digits (each function
//! says where) are redone in `Dd` as well.

use crate::backend::cpu::vmath::VectorMath;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number type that formulas are evaluated in: f64, one [`Lane`] of a vector of f64, or [`Dd`].
pub trait Wide:
    Copy
    + PartialOrd
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// Terms of a power series that reach this precision below [`super::scalar::SMALL`].
    const TERMS: usize;
    /// Whether the functions of [`super::scalar`] take negative arguments, for spherical geometry. Lanes do not: they
    /// would evaluate one more form of each.
    const SIGNED: bool;
    /// The largest loss (as a factor) that may happen before a result is redone in a wider type.
    const CARE: f64;
    /// An exact copy of `x`.
    fn of(x: f64) -> Self;
    /// a/b of two constants, to this precision.
    #[inline(always)]
    fn quotient(a: f64, b: f64) -> Self {
        Self::of(a) / b
    }
    /// The nearest f64.
    fn value(self) -> f64;
    /// √x.
    fn sqrt(self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// (sin x, cos x).
    fn sin_cos(self) -> (Self, Self);
    /// The angle of the point (x, self) of the plane, in (−π, π].
    fn atan2(self, x: Self) -> Self;
    /// One step of a long sum: self + v.
    fn accumulate(self, v: Self) -> Self;
    /// `below(self)` if self < limit, else `above(self)`. A [`Lane`] evaluates both, so that rows can be computed side by
    /// side: neither may have side effects.
    fn branch<R: Select>(self, limit: f64, below: impl FnOnce(Self) -> R, above: impl FnOnce(Self) -> R) -> R;

    /// f(self), of a function that is worth a call where numbers are wide anyway.
    #[inline(always)]
    fn apply<R>(self, f: impl Fn(Self) -> R) -> R {
        f(self)
    }

    /// Self, but 0 where `d` is 0: a quotient by a length that may vanish.
    #[inline(always)]
    fn unless_zero(self, d: Self) -> Self {
        if d.value() == 0.0 { Self::of(0.0) } else { self }
    }
    /// Self, but at least 0 where rounding has left −ε; NaN stays.
    #[inline(always)]
    fn at_least_zero(self) -> Self {
        if self.value() < 0.0 { Self::of(0.0) } else { self }
    }
    /// The larger of two numbers.
    #[inline(always)]
    fn larger(self, o: Self) -> Self {
        if self.value() < o.value() { o } else { self }
    }
}

/// What a [`Wide::branch`] may give: numbers, chosen one by one without a jump.
pub trait Select: Copy {
    /// `a` if `first`, else `b`.
    fn select(first: bool, a: Self, b: Self) -> Self;
}
impl<const N: usize, W: Wide> Select for [W; N] {
    #[inline(always)]
    fn select(first: bool, a: Self, b: Self) -> Self {
        let mut out = a;
        for i in 0..N {
            out[i] = if first { a[i] } else { b[i] };
        }
        out
    }
}

impl Wide for f64 {
    const TERMS: usize = 9;
    const SIGNED: bool = true;
    const CARE: f64 = 4194304.0; // 2²² of 2⁵³
    #[inline(always)]
    fn of(x: f64) -> f64 {
        x
    }
    #[inline(always)]
    fn value(self) -> f64 {
        self
    }
    #[inline(always)]
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    #[inline(always)]
    fn ln(self) -> f64 {
        f64::ln(self)
    }
    #[inline(always)]
    fn sin_cos(self) -> (f64, f64) {
        f64::sin_cos(self)
    }
    #[inline(always)]
    fn atan2(self, x: f64) -> f64 {
        f64::atan2(self, x)
    }
    #[inline(always)]
    fn accumulate(self, v: f64) -> f64 {
        self + v
    }
    #[inline(always)]
    fn branch<R: Select>(self, limit: f64, below: impl FnOnce(f64) -> R, above: impl FnOnce(f64) -> R) -> R {
        if self < limit { below(self) } else { above(self) }
    }
}

/// An f64 whose row is computed side by side with others: the same arithmetic without a jump, so that the compiler can
/// turn a loop over rows into vector instructions. Only for machines with fused multiply-add.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Lane(pub f64);

impl Wide for Lane {
    const TERMS: usize = <f64 as Wide>::TERMS;
    const SIGNED: bool = false;
    const CARE: f64 = <f64 as Wide>::CARE;
    #[inline(always)]
    fn of(x: f64) -> Self {
        Lane(x)
    }
    #[inline(always)]
    fn value(self) -> f64 {
        self.0
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Lane(self.0.sqrt())
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Lane(self.0.v_exp::<true>())
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Lane(self.0.v_ln::<true>())
    }
    #[inline(always)]
    fn sin_cos(self) -> (Self, Self) {
        (Lane(self.0.v_sin::<true>()), Lane(self.0.v_cos::<true>()))
    }
    #[inline(always)]
    fn atan2(self, x: Self) -> Self {
        Lane(self.0.atan2(x.0))
    }
    #[inline(always)]
    fn accumulate(self, v: Self) -> Self {
        self + v
    }
    #[inline(always)]
    fn branch<R: Select>(self, limit: f64, below: impl FnOnce(Self) -> R, above: impl FnOnce(Self) -> R) -> R {
        R::select(self.0 < limit, below(self), above(self))
    }
}

/// The arithmetic of [`Lane`], with another lane and with a number.
macro_rules! lane_arithmetic {
    ($($op:ident $method:ident),*) => { $(
        impl $op for Lane {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self {
                Lane(self.0.$method(o.0))
            }
        }
        impl $op<f64> for Lane {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: f64) -> Self {
                Lane(self.0.$method(o))
            }
        }
    )* };
}
lane_arithmetic!(Add add, Sub sub, Mul mul, Div div);
impl Neg for Lane {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane(-self.0)
    }
}
