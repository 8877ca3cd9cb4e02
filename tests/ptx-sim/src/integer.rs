//! Functions over integers and bits.

use crate::form::Form;
use crate::rows::{Bits, Four, LANES, One, Row, Test, Three, Two, row, test};
use crate::syntax::Type;

/// `integers!(kind, T => row)`: the row with `T` as the type that `kind` names.
macro_rules! integers {
    ($kind:expr, $T:ident => $row:expr) => {
        match $kind {
            Type::U8 | Type::B8 => {
                type $T = u8;
                Some($row)
            }
            Type::S8 => {
                type $T = i8;
                Some($row)
            }
            Type::U16 | Type::B16 => {
                type $T = u16;
                Some($row)
            }
            Type::S16 => {
                type $T = i16;
                Some($row)
            }
            Type::U32 | Type::B32 => {
                type $T = u32;
                Some($row)
            }
            Type::S32 => {
                type $T = i32;
                Some($row)
            }
            Type::U64 | Type::B64 => {
                type $T = u64;
                Some($row)
            }
            Type::S64 => {
                type $T = i64;
                Some($row)
            }
            _ => None,
        }
    };
}
pub(crate) use integers;

/// As `integers!`, over the widths that have `mul.wide` and `mad.wide`.
macro_rules! widening {
    ($kind:expr, $T:ident, $W:ident => $row:expr) => {
        match $kind {
            Type::U16 => {
                type $T = u16;
                type $W = u32;
                Some($row)
            }
            Type::S16 => {
                type $T = i16;
                type $W = i32;
                Some($row)
            }
            Type::U32 => {
                type $T = u32;
                type $W = u64;
                Some($row)
            }
            Type::S32 => {
                type $T = i32;
                type $W = i64;
                Some($row)
            }
            _ => None,
        }
    };
}

pub fn one(form: &Form) -> Option<One> {
    let kind = form.kind();
    let wide = kind.bytes() == 8;
    match form.name() {
        "mov" => Some(row!(|a: u64| a)),
        "not" => integers!(kind, T => row!(|a: T| !a)),
        "neg" => integers!(kind, T => row!(|a: T| (0 as T).wrapping_sub(a))),
        "cnot" => integers!(kind, T => row!(|a: T| T::from(a == 0))),
        "abs" => match kind {
            Type::S16 => Some(row!(|a: i16| a.wrapping_abs())),
            Type::S32 => Some(row!(|a: i32| a.wrapping_abs())),
            Type::S64 => Some(row!(|a: i64| a.wrapping_abs())),
            _ => None,
        },
        "popc" => Some(row!(|a: u64| a.count_ones())),
        "clz" if wide => Some(row!(|a: u64| a.leading_zeros())),
        "clz" => Some(row!(|a: u32| a.leading_zeros())),
        "brev" if wide => Some(row!(|a: u64| a.reverse_bits())),
        "brev" => Some(row!(|a: u32| a.reverse_bits())),
        "bfind" => bfind(form),
        _ => None,
    }
}

/// The highest bit that differs from the sign, or how far it is from the top.
fn bfind(form: &Form) -> Option<One> {
    macro_rules! find {
        ($T:ty, $sign:expr) => {
            if form.has("shiftamt") {
                Some(row!(|a: $T| {
                    let zeros = (a ^ $sign(a)).leading_zeros();
                    if zeros == <$T>::BITS { u32::MAX } else { zeros }
                }))
            } else {
                Some(row!(|a: $T| {
                    let zeros = (a ^ $sign(a)).leading_zeros();
                    if zeros == <$T>::BITS { u32::MAX } else { <$T>::BITS - 1 - zeros }
                }))
            }
        };
    }
    match form.kind() {
        Type::U32 => find!(u32, |_| 0),
        Type::S32 => find!(i32, |a: i32| a >> 31),
        Type::U64 => find!(u64, |_| 0),
        Type::S64 => find!(i64, |a: i64| a >> 63),
        _ => None,
    }
}

pub fn two(form: &Form) -> Option<Two> {
    let kind = form.kind();
    match form.name() {
        "add" if form.has("sat") => Some(row!(|a: i32, b: i32| a.saturating_add(b))),
        "sub" if form.has("sat") => Some(row!(|a: i32, b: i32| a.saturating_sub(b))),
        "add" => integers!(kind, T => row!(|a: T, b: T| a.wrapping_add(b))),
        "sub" => integers!(kind, T => row!(|a: T, b: T| a.wrapping_sub(b))),
        "mul" if form.has("wide") => widening!(kind, T, W => row!(|a: T, b: T| W::from(a) * W::from(b))),
        "mul" if form.has("hi") => {
            integers!(kind, T => row!(|a: T, b: T| high(i128::from(a), i128::from(b), T::BITS) as T))
        }
        "mul" => integers!(kind, T => row!(|a: T, b: T| a.wrapping_mul(b))),
        "mul24" => mul24(form),
        "div" => integers!(kind, T => row!(|a: T, b: T| if b == 0 { !0 } else { a.wrapping_div(b) })),
        "rem" => integers!(kind, T => row!(|a: T, b: T| if b == 0 { a } else { a.wrapping_rem(b) })),
        "min" => integers!(kind, T => row!(|a: T, b: T| a.min(b))),
        "max" => integers!(kind, T => row!(|a: T, b: T| a.max(b))),
        "and" => Some(row!(|a: u64, b: u64| a & b)),
        "or" => Some(row!(|a: u64, b: u64| a | b)),
        "xor" => Some(row!(|a: u64, b: u64| a ^ b)),
        // Shifts clamp at the width.
        "shl" => integers!(kind, T => row!(|a: T, b: u32| a.checked_shl(b).unwrap_or(0))),
        "shr" => integers!(kind, T => row!(|a: T, b: u32| a >> b.min(T::BITS - 1) >> u32::from(b >= T::BITS))),
        _ => None,
    }
}

/// The upper half of a product. Two 64-bit factors without sign may pass the range of i128; their bits are right.
#[inline(always)]
fn high(a: i128, b: i128, width: u32) -> i128 {
    (a.wrapping_mul(b) as u128 >> width) as i128
}

fn mul24(form: &Form) -> Option<Two> {
    Some(match (form.kind(), form.has("hi")) {
        (Type::U32, false) => row!(|a: u32, b: u32| (a & 0xff_ffff).wrapping_mul(b & 0xff_ffff)),
        (Type::S32, false) => row!(|a: i32, b: i32| (a << 8 >> 8).wrapping_mul(b << 8 >> 8)),
        (Type::U32, true) => row!(|a: u64, b: u64| (((a & 0xff_ffff) * (b & 0xff_ffff)) >> 16) as u32),
        (Type::S32, true) => row!(|a: i32, b: i32| ((i64::from(a << 8 >> 8) * i64::from(b << 8 >> 8)) >> 16) as i32),
        _ => return None,
    })
}

pub fn three(form: &Form) -> Option<Three> {
    let kind = form.kind();
    match form.name() {
        "mad" if form.has("wide") => {
            widening!(kind, T, W => row!(|a: T, b: T, c: W| (W::from(a) * W::from(b)).wrapping_add(c)))
        }
        "mad" if form.has("hi") => integers!(kind, T => row!(|a: T, b: T, c: T| {
            (high(i128::from(a), i128::from(b), T::BITS) as T).wrapping_add(c)
        })),
        "mad" => integers!(kind, T => row!(|a: T, b: T, c: T| a.wrapping_mul(b).wrapping_add(c))),
        "mad24" if kind == Type::U32 => {
            Some(row!(|a: u32, b: u32, c: u32| (a & 0xff_ffff).wrapping_mul(b & 0xff_ffff).wrapping_add(c)))
        }
        "mad24" => Some(row!(|a: i32, b: i32, c: i32| (a << 8 >> 8).wrapping_mul(b << 8 >> 8).wrapping_add(c))),
        "sad" => integers!(kind, T => row!(|a: T, b: T, c: T| (a.abs_diff(b) as T).wrapping_add(c))),
        "bfe" => bfe(kind),
        "prmt" if form.words.len() == 2 => Some(row!(|a: u32, b: u32, c: u32| permute(a, b, c))),
        "shf" => Some(match (form.has("l"), form.has("wrap")) {
            (true, true) => row!(|a: u32, b: u32, c: u32| funnel_left(a, b, c & 31)),
            (true, false) => row!(|a: u32, b: u32, c: u32| funnel_left(a, b, c.min(32))),
            (false, true) => row!(|a: u32, b: u32, c: u32| (joined(a, b) >> (c & 31)) as u32),
            (false, false) => row!(|a: u32, b: u32, c: u32| (joined(a, b) >> c.min(32)) as u32),
        }),
        "dp4a" => dp4a(form),
        "fns" => Some(row!(|a: u32, b: u32, c: i32| nth_set(a, b, c))),
        "slct" if kind == Type::F32 => Some(row!(|a: u64, b: u64, c: f32| if c >= 0.0 { a } else { b })),
        "slct" => Some(row!(|a: u64, b: u64, c: i32| if c >= 0 { a } else { b })),
        _ => None,
    }
}

#[inline(always)]
fn joined(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

#[inline(always)]
fn funnel_left(low: u32, high: u32, by: u32) -> u32 {
    (joined(low, high) << by >> 32) as u32
}

fn bfe(kind: Type) -> Option<Three> {
    /// `length` bits from `position` on, filled up with the top bit of the field or of the word.
    #[inline(always)]
    fn field(a: u64, position: u32, length: u32, width: u32, signed: bool) -> u64 {
        let (position, length) = (position & 255, length & 255);
        if length == 0 {
            return 0;
        }
        let top = (position + length - 1).min(width - 1);
        let sign = if signed && a >> top & 1 == 1 { u64::MAX } else { 0 };
        let shifted = if position < width { a >> position } else { 0 };
        let kept = length.min(width.saturating_sub(position));
        let mask = if kept >= 64 { u64::MAX } else { (1 << kept) - 1 };
        (shifted & mask) | (sign & !mask)
    }
    Some(match kind {
        Type::U32 => row!(|a: u64, b: u32, c: u32| field(a, b, c, 32, false) as u32),
        Type::S32 => row!(|a: u64, b: u32, c: u32| field(a, b, c, 32, true) as u32),
        Type::U64 => row!(|a: u64, b: u32, c: u32| field(a, b, c, 64, false)),
        Type::S64 => row!(|a: u64, b: u32, c: u32| field(a, b, c, 64, true)),
        _ => return None,
    })
}

/// `prmt` in its default mode: four bytes of eight, each optionally replaced by copies of its sign.
fn permute(a: u32, b: u32, control: u32) -> u32 {
    let source = joined(a, b);
    let byte = |i: u32| {
        let selector = control >> (4 * i) & 15;
        let byte = (source >> (8 * (selector & 7))) as u8;
        let byte = if selector & 8 == 0 { byte } else { ((byte as i8) >> 7) as u8 };
        u32::from(byte) << (8 * i)
    };
    byte(0) | byte(1) | byte(2) | byte(3)
}

fn dp4a(form: &Form) -> Option<Three> {
    macro_rules! dot {
        ($A:ty, $B:ty) => {
            row!(|a: u32, b: u32, c: u32| {
                let (a, b) = (a.to_le_bytes(), b.to_le_bytes());
                (0..4).fold(c, |sum, i| sum.wrapping_add((i32::from(a[i] as $A) * i32::from(b[i] as $B)) as u32))
            })
        };
    }
    Some(match form.types().as_slice() {
        [Type::U32, Type::U32] => dot!(u8, u8),
        [Type::U32, Type::S32] => dot!(u8, i8),
        [Type::S32, Type::U32] => dot!(i8, u8),
        [Type::S32, Type::S32] => dot!(i8, i8),
        _ => return None,
    })
}

/// `fns`: the place of the n-th set bit from `base` on, upwards or downwards.
fn nth_set(mask: u32, base: u32, n: i32) -> u32 {
    let mut left = n.unsigned_abs();
    if left == 0 {
        return if mask.checked_shr(base).is_some_and(|bits| bits & 1 == 1) { base } else { u32::MAX };
    }
    let mut position = i64::from(base);
    while (0..32).contains(&position) {
        left -= mask >> position & 1;
        if left == 0 {
            return position as u32;
        }
        position += i64::from(n.signum());
    }
    u32::MAX
}

pub fn four(form: &Form) -> Option<Four> {
    /// The low `length` bits of `a` in `b` from `position` on.
    #[inline(always)]
    fn insert(a: u64, b: u64, position: u32, length: u32) -> u64 {
        let (position, length) = (position & 255, length & 255);
        let mask = if length >= 64 { u64::MAX } else { (1 << length) - 1 };
        let mask = mask.checked_shl(position).unwrap_or(0);
        (b & !mask) | (a.checked_shl(position).unwrap_or(0) & mask)
    }
    match (form.name(), form.kind()) {
        ("bfi", Type::B32) => Some(row!(|a: u64, b: u64, c: u32, e: u32| insert(a, b, c, e) as u32)),
        ("bfi", Type::B64) => Some(row!(|a: u64, b: u64, c: u32, e: u32| insert(a, b, c, e))),
        ("lop3", _) => Some(row!(|a: u32, b: u32, c: u32, table: u32| {
            let term = |i: u32| {
                let pick = |x: u32, bit: u32| if i >> bit & 1 == 1 { x } else { !x };
                (table >> i & 1).wrapping_neg() & pick(a, 2) & pick(b, 1) & pick(c, 0)
            };
            (0..8).fold(0, |bits, i| bits | term(i))
        })),
        _ => None,
    }
}

pub fn compare(how: &str, kind: Type) -> Option<Test> {
    match how {
        "eq" => integers!(kind, T => test!(|a: T, b: T| a == b)),
        "ne" => integers!(kind, T => test!(|a: T, b: T| a != b)),
        "lt" | "lo" => integers!(kind, T => test!(|a: T, b: T| a < b)),
        "le" | "ls" => integers!(kind, T => test!(|a: T, b: T| a <= b)),
        "gt" | "hi" => integers!(kind, T => test!(|a: T, b: T| a > b)),
        "ge" | "hs" => integers!(kind, T => test!(|a: T, b: T| a >= b)),
        _ => None,
    }
}
