//! Wide numbers: every formula is evaluated in twice the precision its rows are stored in.
//!
//! f32 rows are computed with in f64, f64 rows in double-double ([`Dd`]). Together with formulas that do not cancel this
//! leaves only the rounding of the result. f32 rows in the few places where f64 would lose too many digits (each function
//! says where) are redone in `Dd` as well.

use crate::backend::cpu::simd::{F64x4, F64x8, Kernel, out_of_line};
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number type that formulas are evaluated in: f64, eight of them side by side, or [`Dd`](super::Dd).
pub trait Wide:
    Copy
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
    /// One step of a long sum of products: self + ab. Products of f32 are exact in f64, so fusing changes nothing there.
    #[inline(always)]
    fn accumulate_product(self, a: Self, b: Self) -> Self {
        self.accumulate(a * b)
    }
    /// Whether self < limit, if there is one answer to that.
    fn below(self, limit: f64) -> Option<bool>;
    /// `a` where self < limit, else (also for NaN) `b`.
    fn if_below(self, limit: Self, a: Self, b: Self) -> Self;

    /// F(self), of a function that is long enough to be worth a call.
    fn apply<F: Function<Self>>(self) -> F::Output;

    /// Self, but 0 where `d` is 0: a quotient by a length that may vanish.
    #[inline(always)]
    fn unless_zero(self, d: Self) -> Self {
        // −|d| < 0 fails for 0 and NaN; of these, NaN stays by the sum.
        let zero = Self::of(0.0);
        let size = d.if_below(zero, -d, d);
        zero.if_below(size, self, size)
    }
    /// Self, but at least 0 where rounding has left −ε; NaN stays.
    #[inline(always)]
    fn at_least_zero(self) -> Self {
        let zero = Self::of(0.0);
        self.if_below(zero, zero, self)
    }
    /// The larger of two numbers.
    #[inline(always)]
    fn larger(self, o: Self) -> Self {
        self.if_below(o, o, self)
    }
}

/// A [`Wide`] number on its own: it can be compared and read.
pub trait Scalar: Wide + PartialOrd {
    /// The nearest f64.
    fn value(self) -> f64;
}

impl Scalar for f64 {
    #[inline(always)]
    fn value(self) -> f64 {
        self
    }
}

/// A function of one number. Mark `at` `#[inline(always)]`.
pub trait Function<W> {
    /// What it gives.
    type Output: Parts<W>;
    /// Its value.
    fn at(x: W) -> Self::Output;
}

/// The numbers that a function gives.
pub trait Parts<W>: Sized {
    /// Their names.
    const NAMES: &'static [&'static str];
    /// The same with each number replaced, in the order of the names.
    fn map(self, f: impl FnMut(W) -> W) -> Self;
}

impl<W: Wide> Parts<W> for W {
    const NAMES: &'static [&'static str] = &["value"];
    fn map(self, mut f: impl FnMut(W) -> W) -> W {
        f(self)
    }
}

/// `either!(x < limit, a, b)` is the array of numbers `a` where the condition holds, else `b`. Both are evaluated for numbers
/// that are side by side.
// A macro: closures are not reliably inlined, and a call in the midst of lanes costs more than what it computes.
macro_rules! either {
    ($x:ident < $limit:expr, $a:expr, $b:expr $(,)?) => {
        match $x.below($limit) {
            Some(true) => $a,
            Some(false) => $b,
            None => $crate::geometry::wide::select($x, $limit, $a, $b),
        }
    };
}
pub(super) use either;

/// `a` where x < limit, else `b`, number by number.
#[inline(always)]
pub(super) fn select<const N: usize, W: Wide>(x: W, limit: f64, a: [W; N], b: [W; N]) -> [W; N] {
    let mut out = a;
    for i in 0..N {
        out[i] = x.if_below(W::of(limit), a[i], b[i]);
    }
    out
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
    fn apply<F: Function<f64>>(self) -> F::Output {
        F::at(self)
    }
    #[inline(always)]
    fn below(self, limit: f64) -> Option<bool> {
        Some(self < limit)
    }
    #[inline(always)]
    fn if_below(self, limit: f64, a: f64, b: f64) -> f64 {
        if self < limit { a } else { b }
    }
}

/// Numbers of several rows, coordinates of one.
macro_rules! vector {
    ($vector:ident) => {
        impl Wide for $vector {
            // These numbers become f32: 1e-11 is enough.
            const TERMS: usize = 6;
            const SIGNED: bool = false;
            const CARE: f64 = <f64 as Wide>::CARE;
            #[inline(always)]
            fn of(x: f64) -> Self {
                $vector::splat(x)
            }
            #[inline(always)]
            fn quotient(a: f64, b: f64) -> Self {
                $vector::splat(a / b)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $vector::sqrt(self)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                $vector::exp(self)
            }
            #[inline(always)]
            fn ln(self) -> Self {
                $vector::ln(self)
            }
            #[inline(always)]
            fn sin_cos(self) -> (Self, Self) {
                let x = self.to_array();
                ($vector::from_array(x.map(f64::sin)), $vector::from_array(x.map(f64::cos)))
            }
            #[inline(always)]
            fn atan2(self, x: Self) -> Self {
                let (y, x) = (self.to_array(), x.to_array());
                $vector::from_array(std::array::from_fn(|i| y[i].atan2(x[i])))
            }
            #[inline(always)]
            fn accumulate(self, v: Self) -> Self {
                self + v
            }
            #[inline(always)]
            fn accumulate_product(self, a: Self, b: Self) -> Self {
                a.mul_add(b, self)
            }
            #[inline(always)]
            fn apply<F: Function<$vector>>(self) -> F::Output {
                struct At<F>($vector, PhantomData<F>);
                impl<F: Function<$vector>> Kernel for At<F> {
                    type Output = F::Output;
                    #[inline(always)]
                    fn run<const FMA: bool>(self) -> F::Output {
                        F::at(self.0)
                    }
                }
                out_of_line(At::<F>(self, PhantomData))
            }
            #[inline(always)]
            fn below(self, _: f64) -> Option<bool> {
                None
            }
            #[inline(always)]
            fn if_below(self, limit: Self, a: Self, b: Self) -> Self {
                self.select_below(limit, a, b)
            }
        }
    };
}
vector!(F64x8);
vector!(F64x4);
