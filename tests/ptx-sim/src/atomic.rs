//! What atomic operations do to a word.

use crate::program::AtomicKind;

/// The new value of a word of `bytes` bytes that was `old`.
pub fn apply(kind: AtomicKind, bytes: u32, old: u64, a: u64, b: u64) -> u64 {
    let signed = |value: u64| if bytes == 4 { i64::from(value as i32) } else { value as i64 };
    match kind {
        AtomicKind::Add => old.wrapping_add(a),
        AtomicKind::AddF32 => u64::from((f32::from_bits(old as u32) + f32::from_bits(a as u32)).to_bits()),
        AtomicKind::AddF64 => (f64::from_bits(old) + f64::from_bits(a)).to_bits(),
        AtomicKind::MinUnsigned => old.min(a),
        AtomicKind::MaxUnsigned => old.max(a),
        AtomicKind::MinSigned => signed(old).min(signed(a)) as u64,
        AtomicKind::MaxSigned => signed(old).max(signed(a)) as u64,
        AtomicKind::And => old & a,
        AtomicKind::Or => old | a,
        AtomicKind::Xor => old ^ a,
        AtomicKind::Exchange => a,
        AtomicKind::CompareExchange => {
            if old == a {
                b
            } else {
                old
            }
        }
        AtomicKind::Increment => {
            if old >= a {
                0
            } else {
                old + 1
            }
        }
        AtomicKind::Decrement => {
            if old == 0 || old > a {
                a
            } else {
                old - 1
            }
        }
    }
}
