//! Functions over f32 and f64.
//!
//! Operations with a rounding are correctly rounded; the approximate ones (`ex2.approx`, `sin.approx`, ...) are
//! computed in double and rounded once, so that a device may be further from the exact value than this.

use crate::form::{Form, Rounding};
use crate::round::{directed, to_f32, two_sum};
use crate::rows::{Bits, LANES, One, Row, Test, Three, Two, row, test};
use crate::syntax::Type;

#[inline(always)]
pub fn flush(x: f32) -> f32 {
    if x.is_subnormal() { 0f32.copysign(x) } else { x }
}

/// `.sat`; NaN becomes zero.
#[inline(always)]
pub fn saturate(x: f32) -> f32 {
    if x > 0.0 { x.min(1.0) } else { 0.0 }
}

/// `singles!(form, |a, b| f)`: the row over f32 with what `.ftz` and `.sat` add.
macro_rules! singles {
    ($form:expr, |$($a:ident),+| $f:expr) => {
        Some(match ($form.has("ftz"), $form.has("sat")) {
            (false, false) => row!(|$($a: f32),+| $f),
            (true, false) => row!(|$($a: f32),+| { $(let $a = flush($a);)+ flush($f) }),
            (false, true) => row!(|$($a: f32),+| saturate($f)),
            (true, true) => row!(|$($a: f32),+| { $(let $a = flush($a);)+ saturate(flush($f)) }),
        })
    };
}

/// As `singles!`, of a function that also takes the rounding.
macro_rules! rounded {
    ($form:expr, |$($a:ident),+ ; $mode:ident| $f:expr) => {
        match $form.rounding() {
            Rounding::Nearest => None,
            Rounding::Zero => { const $mode: Rounding = Rounding::Zero; singles!($form, |$($a),+| $f) }
            Rounding::Down => { const $mode: Rounding = Rounding::Down; singles!($form, |$($a),+| $f) }
            Rounding::Up => { const $mode: Rounding = Rounding::Up; singles!($form, |$($a),+| $f) }
        }
    };
}

/// The row over f64 of a function that also takes a rounding towards a side.
macro_rules! rounded_doubles {
    ($form:expr, |$($a:ident),+ ; $mode:ident| $f:expr) => {
        Some(match $form.rounding() {
            Rounding::Nearest => return None,
            Rounding::Zero => { const $mode: Rounding = Rounding::Zero; row!(|$($a: f64),+| $f) }
            Rounding::Down => { const $mode: Rounding = Rounding::Down; row!(|$($a: f64),+| $f) }
            Rounding::Up => { const $mode: Rounding = Rounding::Up; row!(|$($a: f64),+| $f) }
        })
    };
}

fn wide(x: f32) -> f64 {
    f64::from(x)
}

pub fn one(form: &Form) -> Option<One> {
    match form.kind() {
        Type::F32 => one_f32(form),
        Type::F64 => one_f64(form),
        _ => None,
    }
}

fn one_f32(form: &Form) -> Option<One> {
    let nearest = form.rounding() == Rounding::Nearest;
    match form.name() {
        "neg" => singles!(form, |a| -a),
        "abs" => singles!(form, |a| a.abs()),
        "sqrt" if nearest => singles!(form, |a| a.sqrt()),
        "sqrt" => rounded!(form, |a; MODE| {
            let root = wide(a).sqrt();
            to_f32(root, (-root).mul_add(root, wide(a)) / (2.0 * root).max(f64::MIN_POSITIVE), MODE)
        }),
        "rcp" if nearest => singles!(form, |a| 1.0 / a),
        "rcp" => rounded!(form, |a; MODE| quotient(1.0, a, MODE)),
        "rsqrt" => singles!(form, |a| (1.0 / wide(a).sqrt()) as f32),
        "sin" => singles!(form, |a| wide(a).sin() as f32),
        "cos" => singles!(form, |a| wide(a).cos() as f32),
        "lg2" => singles!(form, |a| wide(a).log2() as f32),
        "ex2" => singles!(form, |a| wide(a).exp2() as f32),
        "tanh" => singles!(form, |a| wide(a).tanh() as f32),
        _ => None,
    }
}

fn one_f64(form: &Form) -> Option<One> {
    let nearest = form.rounding() == Rounding::Nearest;
    match form.name() {
        "neg" => Some(row!(|a: f64| -a)),
        "abs" => Some(row!(|a: f64| a.abs())),
        // A device has these only to the upper half of the word; callers refine what they get.
        "rcp" if form.has("approx") => Some(row!(|a: f64| upper_half(1.0 / a))),
        "rsqrt" if form.has("ftz") => Some(row!(|a: f64| upper_half(1.0 / a.sqrt()))),
        "rsqrt" => Some(row!(|a: f64| 1.0 / a.sqrt())),
        "rcp" if nearest => Some(row!(|a: f64| 1.0 / a)),
        "rcp" => rounded_doubles!(form, |a; MODE| quotient_f64(1.0, a, MODE)),
        "sqrt" if nearest => Some(row!(|a: f64| a.sqrt())),
        "sqrt" => rounded_doubles!(form, |a; MODE| {
            let root = a.sqrt();
            directed(root, (-root).mul_add(root, a), MODE)
        }),
        _ => None,
    }
}

fn upper_half(x: f64) -> f64 {
    let x = if x.is_subnormal() { 0f64.copysign(x) } else { x };
    f64::from_bits(x.to_bits() >> 32 << 32)
}

fn quotient(a: f32, b: f32, mode: Rounding) -> f32 {
    let ratio = wide(a) / wide(b);
    // The sign of what is missing is all that counts.
    to_f32(ratio, (-ratio).mul_add(wide(b), wide(a)) / wide(b), mode)
}

fn quotient_f64(a: f64, b: f64, mode: Rounding) -> f64 {
    let ratio = a / b;
    directed(ratio, (-ratio).mul_add(b, a) * b.signum(), mode)
}

/// `a * b + c` in f32 rounded towards a side: the product is exact in double.
fn fused(a: f32, b: f32, c: f32, mode: Rounding) -> f32 {
    let (sum, missing) = two_sum(wide(a) * wide(b), wide(c));
    to_f32(sum, missing, mode)
}

/// The residue of `a * b + c` against its nearest number (Boldo and Muller, IEEE TC 60, 2011), up to its own rounding.
fn fused_f64(a: f64, b: f64, c: f64, mode: Rounding) -> f64 {
    let nearest = a.mul_add(b, c);
    let product = a * b;
    let low = a.mul_add(b, -product);
    let (first, second) = two_sum(c, low);
    let (third, fourth) = two_sum(product, first);
    let missing = (third - nearest) + fourth + second;
    directed(nearest, missing, mode)
}

/// The smaller one; a number before a NaN, and -0 before +0.
macro_rules! smaller {
    ($a:expr, $b:expr, $larger:literal) => {{
        let (a, b) = ($a, $b);
        let first = if a == b { a.is_sign_negative() != $larger } else { (a < b) != $larger };
        if a.is_nan() || (!b.is_nan() && !first) { b } else { a }
    }};
}

macro_rules! with_nan {
    ($a:expr, $b:expr, $f:expr) => {
        if $a.is_nan() {
            $a
        } else if $b.is_nan() {
            $b
        } else {
            $f
        }
    };
}

pub fn two(form: &Form) -> Option<Two> {
    match form.kind() {
        Type::F32 => two_f32(form),
        Type::F64 => two_f64(form),
        _ => None,
    }
}

fn two_f32(form: &Form) -> Option<Two> {
    let nearest = form.rounding() == Rounding::Nearest;
    match form.name() {
        "add" if nearest => singles!(form, |a, b| a + b),
        "add" => rounded!(form, |a, b; MODE| fused(1.0, a, b, MODE)),
        "sub" if nearest => singles!(form, |a, b| a - b),
        "sub" => rounded!(form, |a, b; MODE| fused(1.0, a, -b, MODE)),
        "mul" if nearest => singles!(form, |a, b| a * b),
        "mul" => rounded!(form, |a, b; MODE| to_f32(wide(a) * wide(b), 0.0, MODE)),
        "div" if nearest => singles!(form, |a, b| a / b),
        "div" => rounded!(form, |a, b; MODE| quotient(a, b, MODE)),
        "min" if form.has("NaN") => singles!(form, |a, b| with_nan!(a, b, smaller!(a, b, false))),
        "max" if form.has("NaN") => singles!(form, |a, b| with_nan!(a, b, smaller!(a, b, true))),
        "min" => singles!(form, |a, b| smaller!(a, b, false)),
        "max" => singles!(form, |a, b| smaller!(a, b, true)),
        "copysign" => Some(row!(|a: f32, b: f32| b.copysign(a))),
        _ => None,
    }
}

fn two_f64(form: &Form) -> Option<Two> {
    let nearest = form.rounding() == Rounding::Nearest;
    match form.name() {
        "add" if nearest => Some(row!(|a: f64, b: f64| a + b)),
        "add" => rounded_doubles!(form, |a, b; MODE| { let (s, e) = two_sum(a, b); directed(s, e, MODE) }),
        "sub" if nearest => Some(row!(|a: f64, b: f64| a - b)),
        "sub" => rounded_doubles!(form, |a, b; MODE| { let (s, e) = two_sum(a, -b); directed(s, e, MODE) }),
        "mul" if nearest => Some(row!(|a: f64, b: f64| a * b)),
        "mul" => rounded_doubles!(form, |a, b; MODE| directed(a * b, a.mul_add(b, -(a * b)), MODE)),
        "div" if nearest => Some(row!(|a: f64, b: f64| a / b)),
        "div" => rounded_doubles!(form, |a, b; MODE| quotient_f64(a, b, MODE)),
        "min" => Some(row!(|a: f64, b: f64| smaller!(a, b, false))),
        "max" => Some(row!(|a: f64, b: f64| smaller!(a, b, true))),
        "copysign" => Some(row!(|a: f64, b: f64| b.copysign(a))),
        _ => None,
    }
}

pub fn three(form: &Form) -> Option<Three> {
    let nearest = form.rounding() == Rounding::Nearest;
    match (form.name(), form.kind()) {
        ("fma" | "mad", Type::F32) if nearest => singles!(form, |a, b, c| a.mul_add(b, c)),
        ("fma" | "mad", Type::F32) => rounded!(form, |a, b, c; MODE| fused(a, b, c, MODE)),
        ("fma" | "mad", Type::F64) if nearest => Some(row!(|a: f64, b: f64, c: f64| a.mul_add(b, c))),
        ("fma" | "mad", Type::F64) => rounded_doubles!(form, |a, b, c; MODE| fused_f64(a, b, c, MODE)),
        _ => None,
    }
}

/// Comparisons of numbers: the ones that end in `u` also hold when an operand is NaN.
macro_rules! comparisons {
    ($how:expr, $T:ty, |$x:ident| $read:expr) => {{
        fn read($x: $T) -> $T {
            $read
        }
        Some(match $how {
            "eq" => test!(|a: $T, b: $T| read(a) == read(b)),
            "ne" => test!(|a: $T, b: $T| read(a) < read(b) || read(a) > read(b)),
            "lt" => test!(|a: $T, b: $T| read(a) < read(b)),
            "le" => test!(|a: $T, b: $T| read(a) <= read(b)),
            "gt" => test!(|a: $T, b: $T| read(a) > read(b)),
            "ge" => test!(|a: $T, b: $T| read(a) >= read(b)),
            "equ" => test!(|a: $T, b: $T| read(a) == read(b) || a.is_nan() || b.is_nan()),
            "neu" => test!(|a: $T, b: $T| read(a) != read(b)),
            "ltu" => test!(|a: $T, b: $T| read(a) < read(b) || a.is_nan() || b.is_nan()),
            "leu" => test!(|a: $T, b: $T| read(a) <= read(b) || a.is_nan() || b.is_nan()),
            "gtu" => test!(|a: $T, b: $T| read(a) > read(b) || a.is_nan() || b.is_nan()),
            "geu" => test!(|a: $T, b: $T| read(a) >= read(b) || a.is_nan() || b.is_nan()),
            "num" => test!(|a: $T, b: $T| !a.is_nan() && !b.is_nan()),
            "nan" => test!(|a: $T, b: $T| a.is_nan() || b.is_nan()),
            _ => return None,
        })
    }};
}
pub(crate) use comparisons;

pub fn compare(how: &str, form: &Form, kind: Type) -> Option<Test> {
    match kind {
        Type::F32 if form.has("ftz") => comparisons!(how, f32, |x| flush(x)),
        Type::F32 => comparisons!(how, f32, |x| x),
        Type::F64 => comparisons!(how, f64, |x| x),
        _ => None,
    }
}

/// `testp`: the class of a number.
pub fn class(form: &Form) -> Option<Test> {
    macro_rules! classes {
        ($T:ty) => {
            Some(match form.words[1].as_str() {
                "finite" => test!(|a: $T, b: u64| {
                    let _ = b;
                    a.is_finite()
                }),
                "infinite" => test!(|a: $T, b: u64| {
                    let _ = b;
                    a.is_infinite()
                }),
                "number" => test!(|a: $T, b: u64| {
                    let _ = b;
                    !a.is_nan()
                }),
                "notanumber" => test!(|a: $T, b: u64| {
                    let _ = b;
                    a.is_nan()
                }),
                "normal" => test!(|a: $T, b: u64| {
                    let _ = b;
                    a.is_normal()
                }),
                "subnormal" => test!(|a: $T, b: u64| {
                    let _ = b;
                    a.is_subnormal()
                }),
                _ => return None,
            })
        };
    }
    match form.kind() {
        Type::F32 => classes!(f32),
        Type::F64 => classes!(f64),
        _ => None,
    }
}
