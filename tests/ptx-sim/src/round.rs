//! Rounding that the processor does not do by itself: towards a side, and to narrow formats.

use crate::form::Rounding;

/// The sum of `a` and `b` as the nearest number and what is missing (Knuth, TAOCP 2, 4.2.2).
#[inline]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// Moves `nearest` to the neighbour on the side of `mode` when the exact value, `residue` away, lies there.
pub fn directed(nearest: f64, residue: f64, mode: Rounding) -> f64 {
    let down = residue < 0.0 && (mode == Rounding::Down || mode == Rounding::Zero && nearest > 0.0);
    let up = residue > 0.0 && (mode == Rounding::Up || mode == Rounding::Zero && nearest < 0.0);
    if down {
        nearest.next_down()
    } else if up {
        nearest.next_up()
    } else {
        nearest
    }
}

/// The f32 of `value + residue`, where `|residue|` is at most half an ulp of the f64 `value`.
pub fn to_f32(value: f64, residue: f64, mode: Rounding) -> f32 {
    // Rounding to odd keeps the side of the residue, so that the second rounding is the only one that counts.
    let value = to_odd(value, residue);
    let nearest = value as f32;
    let missing = value - f64::from(nearest);
    let down = missing < 0.0 && (mode == Rounding::Down || mode == Rounding::Zero && value > 0.0);
    let up = missing > 0.0 && (mode == Rounding::Up || mode == Rounding::Zero && value < 0.0);
    if down {
        nearest.next_down()
    } else if up {
        nearest.next_up()
    } else {
        nearest
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
