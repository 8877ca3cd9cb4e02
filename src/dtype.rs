//! Number types: what a tensor may hold ([`DType`]), what code may compute with ([`Real`]).

use std::fmt::{Debug, Display};

/// The type of the numbers in a tensor.
///
/// Arithmetic happens in `F32` and `F64`; `BF16` is a storage type (read, computed in f32, written back); `U32` and
/// `I64` are indices; `U8` holds masks (0 or 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DType {
    /// 32-bit IEEE float, the training type.
    F32,
    /// 64-bit IEEE float, the verification type.
    F64,
    /// bfloat16, storage only.
    BF16,
    /// Unsigned indices.
    U32,
    /// Signed indices.
    I64,
    /// Masks.
    U8,
}

impl DType {
    /// Bytes of one number.
    pub const fn size(self) -> usize {
        match self {
            DType::F64 | DType::I64 => 8,
            DType::F32 | DType::U32 => 4,
            DType::BF16 => 2,
            DType::U8 => 1,
        }
    }

    /// Whether gradients can flow through numbers of this type.
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64 | DType::BF16)
    }

    /// The name used in messages and files, e.g. `"f32"`.
    pub const fn name(self) -> &'static str {
        match self {
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::BF16 => "bf16",
            DType::U32 => "u32",
            DType::I64 => "i64",
            DType::U8 => "u8",
        }
    }
}

impl Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl Sealed for half::bf16 {}
    impl Sealed for u32 {}
    impl Sealed for i64 {}
    impl Sealed for u8 {}
}

/// A Rust type that a tensor can hold. Sealed: the list is [`DType`]'s.
pub trait Element: sealed::Sealed + bytemuck::Pod + PartialEq + PartialOrd + Debug + Display + Send + Sync {
    /// The runtime name of this type.
    const DTYPE: DType;
    /// The nearest value of this type (saturating for integers).
    fn from_f64(x: f64) -> Self;
    /// This value as f64 (exact for all but large `i64`).
    fn to_f64(self) -> f64;
}

macro_rules! element {
    ($($t:ty, $d:ident, $from:expr, $to:expr;)*) => {$(
        impl Element for $t {
            const DTYPE: DType = DType::$d;
            #[inline(always)]
            fn from_f64(x: f64) -> Self { $from(x) }
            #[inline(always)]
            fn to_f64(self) -> f64 { $to(self) }
        }
    )*};
}
element! {
    f32, F32, |x| x as f32, f64::from;
    f64, F64, |x| x, |x| x;
    half::bf16, BF16, nearest_bf16, half::bf16::to_f64;
    u32, U32, |x| x as u32, f64::from;
    i64, I64, |x| x as i64, |x| x as f64;
    u8, U8, |x| x as u8, f64::from;
}

/// Rounds once (the crate's own conversion drops the last 32 bits first): by way of f32 rounded to odd, where the last bit
/// tells whether anything was cut.
#[inline(always)]
fn nearest_bf16(x: f64) -> half::bf16 {
    let near = x as f32;
    let away = f64::from(near).abs() > x.abs();
    let inexact = f64::from(near) != x && !x.is_nan();
    let odd = f32::from_bits((near.to_bits() - u32::from(away)) | u32::from(inexact));
    half::bf16::from_f32(if x.is_nan() { near } else { odd })
}

/// The types that arithmetic is done in: f32 and f64.
pub trait Real: Element + num_traits::Float + num_traits::NumAssign + std::iter::Sum + Default {}
impl Real for f32 {}
impl Real for f64 {}

/// Evaluates `$body` with `$t` standing for the Rust type of the runtime `$dtype`. Where rounding matters, write
/// `<$t as Element>::from_f64`: bf16 has a method of its own of that name, which rounds twice.
macro_rules! with_element {
    ($dtype:expr, $t:ident, $body:expr) => {
        match $dtype {
            $crate::dtype::DType::F32 => {
                type $t = f32;
                $body
            }
            $crate::dtype::DType::F64 => {
                type $t = f64;
                $body
            }
            $crate::dtype::DType::BF16 => {
                type $t = half::bf16;
                $body
            }
            $crate::dtype::DType::U32 => {
                type $t = u32;
                $body
            }
            $crate::dtype::DType::I64 => {
                type $t = i64;
                $body
            }
            $crate::dtype::DType::U8 => {
                type $t = u8;
                $body
            }
        }
    };
}

/// The same for the types that arithmetic is done in; other types return [`Error::DType`](crate::Error::DType).
macro_rules! with_real {
    ($op:expr, $dtype:expr, $t:ident, $body:expr) => {
        match $dtype {
            $crate::dtype::DType::F32 => {
                type $t = f32;
                $body
            }
            $crate::dtype::DType::F64 => {
                type $t = f64;
                $body
            }
            got => return Err($crate::Error::DType { op: $op, what: "computes in f32 or f64", got }),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bf16_is_rounded_once() {
        let round = |x: f64| nearest_bf16(x).to_f64();
        // 1 + 2⁻⁸ lies halfway between 1 and 1 + 2⁻⁷: the tie goes to the even one, anything above it up.
        assert_eq!(round(1.00390625), 1.0);
        assert_eq!(round(1.00390625_f64.next_up()), 1.0078125);
        assert_eq!(round(-1.00390625_f64.next_down()), -1.0);
        assert_eq!(round(1.01171875_f64.next_down()), 1.0078125);
        assert_eq!(round(1e39), f64::INFINITY);
        assert_eq!(round(f64::MAX), f64::INFINITY);
        assert_eq!(round(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(round(1e-60), 0.0);
        assert_eq!(round(-0.0).to_bits(), (-0.0_f64).to_bits());
        assert!(round(f64::NAN).is_nan());
    }
}
