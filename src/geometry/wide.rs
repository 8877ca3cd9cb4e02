//! Wide numbers: every formula is evaluated in twice the precision its rows are stored in.
//!
//! f32 rows are computed with in f64, f64 rows in double-double ([`Dd`]). Together with formulas that do not cancel this
//! leaves only the rounding of the result. f32 rows in the few places where f64 would lose more than nine digits
//! (each op says where) are redone in `Dd` as well.

use super::dd::Dd;
use crate::dtype::Real;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number type that formulas are evaluated in: f64 or [`Dd`].
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
    /// The largest loss (as a factor) that may happen before a result should be redone in a wider type.
    const CARE: f64;
    /// An exact copy of `x`.
    fn of(x: f64) -> Self;
    /// The nearest f64.
    fn value(self) -> f64;
    /// √x.
    fn sqrt(self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// One step of a long sum: self + v.
    fn accumulate(self, v: Self) -> Self;
}

impl Wide for f64 {
    const TERMS: usize = 9;
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
    fn accumulate(self, v: f64) -> f64 {
        self + v
    }
}

/// A type that rows are stored in, with the wide type that their formulas are evaluated in.
pub trait Coord: Real {
    /// f64 for f32, [`Dd`] for f64.
    type Wide: Wide;
}
impl Coord for f32 {
    type Wide = f64;
}
impl Coord for f64 {
    type Wide = Dd;
}

/// Runs the rare, slow branch out of line.
#[cold]
#[inline(never)]
pub(super) fn cold<R>(f: impl FnOnce() -> R) -> R {
    f()
}
