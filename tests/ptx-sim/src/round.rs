//! Rounding that the processor does not do by itself: towards a side, and to narrow formats.

use crate::form::Rounding;
use std::cmp::Ordering;

/// The sum of `a` and `b` as the nearest number and what is missing (Knuth, TAOCP 2, 4.2.2).
#[inline]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// On which side of the nearest number `mode` rounds, when the exact value is `missing` away from it.
fn side(nearest: f64, missing: f64, mode: Rounding) -> Ordering {
    let down = mode == Rounding::Down || mode == Rounding::Zero && nearest > 0.0;
    let up = mode == Rounding::Up || mode == Rounding::Zero && nearest < 0.0;
    if missing < 0.0 && down {
        Ordering::Less
    } else if missing > 0.0 && up {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

/// Moves `nearest` to the neighbour on the side of `mode` when the exact value, `missing` away, lies there.
pub fn directed(nearest: f64, missing: f64, mode: Rounding) -> f64 {
    match side(nearest, missing, mode) {
        Ordering::Less => nearest.next_down(),
        Ordering::Equal => nearest,
        Ordering::Greater => nearest.next_up(),
    }
}

/// The f32 of `value + residue`, where `|residue|` is at most half an ulp of the f64 `value`.
pub fn to_f32(value: f64, residue: f64, mode: Rounding) -> f32 {
    // Rounding to odd keeps the side of the residue, so that the second rounding is the only one that counts.
    let value = to_odd(value, residue);
    let nearest = value as f32;
    match side(value, value - f64::from(nearest), mode) {
        Ordering::Less => nearest.next_down(),
        Ordering::Equal => nearest,
        Ordering::Greater => nearest.next_up(),
    }
}

/// `value + residue` cut to f64, the last bit set when anything was cut (Boldo and Melquiond, IEEE TC 57, 2008).
pub fn to_odd(value: f64, residue: f64) -> f64 {
    if residue == 0.0 || !value.is_finite() || !residue.is_finite() || value.to_bits() & 1 == 1 {
        value
    } else if (residue > 0.0) == (value > 0.0) {
        f64::from_bits(value.to_bits() + 1)
    } else {
        f64::from_bits(value.to_bits() - 1)
    }
}

/// `value` rounded to `precision` bits with exponents from `least` on; `round` makes an integer of a fraction.
pub fn narrow(value: f64, precision: i32, least: i32, round: fn(f64) -> f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let exponent = ((value.to_bits() >> 52 & 0x7ff) as i32 - 1023).max(least);
    // Two steps: 2^-(exponent - precision + 1) may itself be out of range.
    let quantum = 2f64.powi(exponent - precision + 1);
    round(value / quantum) * quantum
}
