//! `cvt`: conversions between the types.

use crate::float::{flush, saturate};
use crate::form::{Form, Rounding};
use crate::half::{Brain, Half, bf16_bits, f16_bits};
use crate::integer::integers;
use crate::round::{narrow, to_f32};
use crate::rows::{Bits, LANES, One, Row, Two, row};
use crate::syntax::Type;

/// The conversion of one operand; the destination's register is `width` bytes wide.
pub fn one(form: &Form, width: u32) -> Option<One> {
    let [to, from] = form.types()[..] else { return None };
    match (to.is_float(), from.is_float()) {
        (false, false) => between_integers(form, to, from, width),
        (true, false) => from_integer(form, to, from),
        (false, true) => to_integer(form, to, from),
        (true, true) => between_floats(form, to, from),
    }
}

/// The conversion of two numbers to a pair: the first operand becomes the upper half.
pub fn two(form: &Form) -> Option<Two> {
    macro_rules! pair {
        ($bits:ident) => {
            Some(match (form.rounding() == Rounding::Zero, form.has("relu")) {
                (false, false) => row!(|a: f32, b: f32| joined(a, b, |x| $bits(x, f64::round_ties_even))),
                (true, false) => row!(|a: f32, b: f32| joined(a, b, |x| $bits(x, f64::trunc))),
                (false, true) => row!(|a: f32, b: f32| joined(a, b, |x| $bits(x.max(0.0), f64::round_ties_even))),
                (true, true) => row!(|a: f32, b: f32| joined(a, b, |x| $bits(x.max(0.0), f64::trunc))),
            })
        };
    }
    match form.types()[..] {
        [Type::F16x2, Type::F32] => pair!(f16_bits),
        [Type::BF16x2, Type::F32] => pair!(bf16_bits),
        _ => None,
    }
}

fn joined(upper: f32, lower: f32, bits: impl Fn(f64) -> u16) -> u32 {
    u32::from(bits(f64::from(upper))) << 16 | u32::from(bits(f64::from(lower)))
}

fn between_integers(form: &Form, to: Type, from: Type, width: u32) -> Option<One> {
    if form.has("sat") {
        return integers!(to, D => integers!(from, S => row!(|a: S| {
            i128::from(a).clamp(i128::from(D::MIN), i128::from(D::MAX)) as D
        })))
        .flatten();
    }
    // A register wider than the type takes the sign along.
    match (to, width) {
        (Type::S8, 2) => integers!(from, S => row!(|a: S| a as i8 as i16)),
        (Type::S8, 4) => integers!(from, S => row!(|a: S| a as i8 as i32)),
        (Type::S8, 8) => integers!(from, S => row!(|a: S| a as i8 as i64)),
        (Type::S16, 4) => integers!(from, S => row!(|a: S| a as i16 as i32)),
        (Type::S16, 8) => integers!(from, S => row!(|a: S| a as i16 as i64)),
        (Type::S32, 8) => integers!(from, S => row!(|a: S| a as i32 as i64)),
        _ => integers!(to, D => integers!(from, S => row!(|a: S| a as D))).flatten(),
    }
}

fn from_integer(form: &Form, to: Type, from: Type) -> Option<One> {
    match (to, form.rounding()) {
        (Type::F32, Rounding::Nearest) => integers!(from, S => row!(|a: S| a as f32)),
        (Type::F64, Rounding::Nearest) => integers!(from, S => row!(|a: S| a as f64)),
        (Type::F32, Rounding::Zero) => integers!(from, S => row!(|a: S| integer_to_f32(i128::from(a), Rounding::Zero))),
        (Type::F32, Rounding::Down) => integers!(from, S => row!(|a: S| integer_to_f32(i128::from(a), Rounding::Down))),
        (Type::F32, Rounding::Up) => integers!(from, S => row!(|a: S| integer_to_f32(i128::from(a), Rounding::Up))),
        (Type::F16, Rounding::Nearest) => integers!(from, S => row!(|a: S| Half(a as f64))),
        (Type::BF16, Rounding::Nearest) => integers!(from, S => row!(|a: S| Brain(a as f64))),
        _ => None,
    }
}

fn integer_to_f32(value: i128, mode: Rounding) -> f32 {
    let nearest = value as f64;
    to_f32(nearest, (value - nearest as i128) as f64, mode)
}

/// Numbers out of range become the nearest integer of the type, and NaN becomes zero.
fn to_integer(form: &Form, to: Type, from: Type) -> Option<One> {
    macro_rules! each {
        ($S:ty, |$a:ident| $value:expr) => {
            if form.has("rni") {
                integers!(to, D => row!(|$a: $S| $value.round_ties_even() as D))
            } else if form.has("rmi") {
                integers!(to, D => row!(|$a: $S| $value.floor() as D))
            } else if form.has("rpi") {
                integers!(to, D => row!(|$a: $S| $value.ceil() as D))
            } else {
                integers!(to, D => row!(|$a: $S| $value as D))
            }
        };
    }
    match from {
        Type::F32 => each!(f32, |a| a),
        Type::F64 => each!(f64, |a| a),
        Type::F16 => each!(Half, |a| a.0),
        Type::BF16 => each!(Brain, |a| a.0),
        _ => None,
    }
}

fn between_floats(form: &Form, to: Type, from: Type) -> Option<One> {
    let mode = form.rounding();
    match (to, from) {
        (Type::F32, Type::F32) => f32_to_f32(form),
        (Type::F64, Type::F64) => match form.words.iter().find_map(|word| whole(word)) {
            Some(Rounding::Nearest) => Some(row!(|a: f64| a.round_ties_even())),
            Some(Rounding::Zero) => Some(row!(|a: f64| a.trunc())),
            Some(Rounding::Down) => Some(row!(|a: f64| a.floor())),
            Some(Rounding::Up) => Some(row!(|a: f64| a.ceil())),
            None => Some(row!(|a: u64| a)),
        },
        (Type::F64, Type::F32) if form.has("ftz") => Some(row!(|a: f32| f64::from(flush(a)))),
        (Type::F64, Type::F32) => Some(row!(|a: f32| f64::from(a))),
        (Type::F32, Type::F64) => Some(match (mode, form.has("ftz")) {
            (Rounding::Nearest, false) => row!(|a: f64| a as f32),
            (Rounding::Nearest, true) => row!(|a: f64| flush(a as f32)),
            (Rounding::Zero, _) => row!(|a: f64| to_f32(a, 0.0, Rounding::Zero)),
            (Rounding::Down, _) => row!(|a: f64| to_f32(a, 0.0, Rounding::Down)),
            (Rounding::Up, _) => row!(|a: f64| to_f32(a, 0.0, Rounding::Up)),
        }),
        (Type::F32, Type::F16) => Some(row!(|a: Half| a.0 as f32)),
        (Type::F32, Type::BF16) => Some(row!(|a: Brain| a.0 as f32)),
        (Type::F64, Type::F16) => Some(row!(|a: Half| a.0)),
        (Type::F64, Type::BF16) => Some(row!(|a: Brain| a.0)),
        (Type::F16, Type::F32) if mode == Rounding::Zero => Some(row!(|a: f32| f16_bits(f64::from(a), f64::trunc))),
        (Type::F16, Type::F32) => Some(row!(|a: f32| Half(f64::from(a)))),
        (Type::F16, Type::F64) => Some(row!(|a: f64| Half(a))),
        (Type::BF16, Type::F32) if mode == Rounding::Zero => Some(row!(|a: f32| bf16_bits(f64::from(a), f64::trunc))),
        (Type::BF16, Type::F32) => Some(row!(|a: f32| Brain(f64::from(a)))),
        (Type::BF16, Type::F64) => Some(row!(|a: f64| Brain(a))),
        (Type::F16, Type::F16) => match form.words.iter().find_map(|word| whole(word)) {
            Some(Rounding::Nearest) => Some(row!(|a: Half| Half(a.0.round_ties_even()))),
            Some(Rounding::Zero) => Some(row!(|a: Half| Half(a.0.trunc()))),
            Some(Rounding::Down) => Some(row!(|a: Half| Half(a.0.floor()))),
            Some(Rounding::Up) => Some(row!(|a: Half| Half(a.0.ceil()))),
            None => Some(row!(|a: u64| a)),
        },
        (Type::TF32, Type::F32) if form.has("rna") => {
            Some(row!(|a: f32| narrow(f64::from(a), 11, -126, f64::round) as f32))
        }
        (Type::TF32, Type::F32) => Some(row!(|a: f32| narrow(f64::from(a), 11, -126, f64::round_ties_even) as f32)),
        _ => None,
    }
}

/// The rounding to integral numbers that a modifier names.
fn whole(word: &str) -> Option<Rounding> {
    match word {
        "rni" => Some(Rounding::Nearest),
        "rzi" => Some(Rounding::Zero),
        "rmi" => Some(Rounding::Down),
        "rpi" => Some(Rounding::Up),
        _ => None,
    }
}

fn f32_to_f32(form: &Form) -> Option<One> {
    let rounding = form.words.iter().find_map(|word| whole(word));
    macro_rules! each {
        ($round:expr) => {
            Some(match (form.has("ftz"), form.has("sat")) {
                (false, false) => row!(|a: f32| $round(a)),
                (true, false) => row!(|a: f32| flush($round(flush(a)))),
                (false, true) => row!(|a: f32| saturate($round(a))),
                (true, true) => row!(|a: f32| saturate(flush($round(flush(a))))),
            })
        };
    }
    match rounding {
        Some(Rounding::Nearest) => each!(f32::round_ties_even),
        Some(Rounding::Zero) => each!(f32::trunc),
        Some(Rounding::Down) => each!(f32::floor),
        Some(Rounding::Up) => each!(f32::ceil),
        None => each!(std::convert::identity::<f32>),
    }
}
