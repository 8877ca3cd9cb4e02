//! f16 and bf16: values, rounding and arithmetic, one at a time and in pairs.

use crate::float::comparisons;
use crate::form::Form;
use crate::round::{narrow, to_odd, two_sum};
use crate::rows::{Bits, LANES, One, Row, Test, Three, Two, row, test};
use crate::syntax::Type;

/// An f16, held as the double of the same value.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Half(pub f64);

/// A bf16, held as the double of the same value.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Brain(pub f64);

impl Bits for Half {
    fn get(bits: u64) -> Half {
        Half(f16_value(bits as u16))
    }

    fn put(self) -> u64 {
        u64::from(f16_bits(self.0, f64::round_ties_even))
    }
}

impl Bits for Brain {
    fn get(bits: u64) -> Brain {
        Brain(f64::from(f32::from_bits((bits as u32) << 16)))
    }

    fn put(self) -> u64 {
        u64::from(bf16_bits(self.0, f64::round_ties_even))
    }
}

pub fn f16_value(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match bits >> 10 & 31 {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// The f16 of `value`, whose mantissa `round` makes an integer.
pub fn f16_bits(value: f64, round: fn(f64) -> f64) -> u16 {
    if value.is_nan() {
        return 0x7fff;
    }
    let sign = u16::from(value.is_sign_negative()) << 15;
    let size = narrow(value, 11, -14, round).abs();
    let bits = if size >= 65536.0 {
        // Rounding towards zero never leaves the finite numbers.
        if value.is_finite() && round(0.75) == 0.0 { 0x7bff } else { 0x7c00 }
    } else if size < 2f64.powi(-14) {
        (size * 2f64.powi(24)) as u16
    } else {
        let exponent = (size.to_bits() >> 52) as u16 + 15 - 1023;
        exponent << 10 | (size.to_bits() >> 42 & 0x3ff) as u16
    };
    sign | bits
}

/// The bf16 of `value`, whose mantissa `round` makes an integer.
pub fn bf16_bits(value: f64, round: fn(f64) -> f64) -> u16 {
    if value.is_nan() {
        return 0x7fff;
    }
    let rounded = narrow(value, 8, -126, round) as f32;
    let overflowed = rounded.is_infinite() && value.is_finite() && round(0.75) == 0.0;
    let rounded = if overflowed { f32::from_bits(0x7f7f_0000).copysign(rounded) } else { rounded };
    (rounded.to_bits() >> 16) as u16
}

/// `halves!(kind, |a, b| f)`: the row of a function over doubles whose result is rounded to the type.
macro_rules! halves {
    ($kind:expr, |$($a:ident),+| $f:expr) => {
        match $kind {
            Type::F16 => Some(row!(|$($a: Half),+| { $(let $a = $a.0;)+ Half($f) })),
            Type::BF16 => Some(row!(|$($a: Brain),+| { $(let $a = $a.0;)+ Brain($f) })),
            Type::F16x2 => Some(row!(|$($a: u32),+| halves!(@pair Half, |$($a),+| $f))),
            Type::BF16x2 => Some(row!(|$($a: u32),+| halves!(@pair Brain, |$($a),+| $f))),
            _ => None,
        }
    };
    (@pair $T:ident, |$($a:ident),+| $f:expr) => {{
        let f = |$($a: u64),+| {
            $(let $a = <$T as Bits>::get($a).0;)+
            $T($f).put() as u32
        };
        f($(u64::from($a & 0xffff)),+) | f($(u64::from($a >> 16)),+) << 16
    }};
}

pub fn one(form: &Form) -> Option<One> {
    let kind = form.kind();
    match form.name() {
        "neg" => halves!(kind, |a| -a),
        "abs" => halves!(kind, |a| a.abs()),
        "ex2" => halves!(kind, |a| a.exp2()),
        "tanh" => halves!(kind, |a| a.tanh()),
        _ => None,
    }
}

pub fn two(form: &Form) -> Option<Two> {
    let kind = form.kind();
    match form.name() {
        "add" => halves!(kind, |a, b| a + b),
        "sub" => halves!(kind, |a, b| a - b),
        "mul" => halves!(kind, |a, b| a * b),
        "min" if form.has("NaN") => halves!(kind, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }),
        "max" if form.has("NaN") => halves!(kind, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }),
        "min" => halves!(kind, |a, b| a.min(b)),
        "max" => halves!(kind, |a, b| a.max(b)),
        _ => None,
    }
}

pub fn three(form: &Form) -> Option<Three> {
    match form.name() {
        "fma" if form.has("relu") => halves!(form.kind(), |a, b, c| fused(a, b, c).max(0.0)),
        "fma" => halves!(form.kind(), |a, b, c| fused(a, b, c)),
        _ => None,
    }
}

/// `a * b + c`, still to be rounded once: the product is exact in double.
fn fused(a: f64, b: f64, c: f64) -> f64 {
    let (sum, missing) = two_sum(a * b, c);
    to_odd(sum, missing)
}

pub fn compare(how: &str, kind: Type) -> Option<Test> {
    trait IsNan {
        fn is_nan(&self) -> bool;
    }
    impl IsNan for Half {
        fn is_nan(&self) -> bool {
            self.0.is_nan()
        }
    }
    impl IsNan for Brain {
        fn is_nan(&self) -> bool {
            self.0.is_nan()
        }
    }
    match kind {
        Type::F16 => comparisons!(how, Half, |x| x),
        Type::BF16 => comparisons!(how, Brain, |x| x),
        _ => None,
    }
}
