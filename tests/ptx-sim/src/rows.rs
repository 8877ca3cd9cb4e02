//! Rows of 32 lanes, and functions over whole rows.
//!
//! A register is a row of 64-bit words, a narrower value in the low bits with zeros above. Decoding picks for each
//! instruction a function over rows; lanes that are switched off compute as well, and their results are dropped.

pub const LANES: usize = 32;
/// All lanes.
pub const FULL: u32 = u32::MAX;
pub type Row = [u64; LANES];
pub type One = fn(&Row, &mut Row);
pub type Two = fn(&Row, &Row, &mut Row);
pub type Three = fn(&Row, &Row, &Row, &mut Row);
pub type Four = fn(&Row, &Row, &Row, &Row, &mut Row);
/// The lanes in which a comparison holds.
pub type Test = fn(&Row, &Row) -> u32;

/// A value in a lane.
pub trait Bits: Copy {
    fn get(bits: u64) -> Self;
    fn put(self) -> u64;
}

macro_rules! integer_bits {
    ($($type:ty: $unsigned:ty),*) => {$(
        impl Bits for $type {
            #[inline(always)]
            fn get(bits: u64) -> $type {
                bits as $type
            }
            #[inline(always)]
            fn put(self) -> u64 {
                self as $unsigned as u64
            }
        }
    )*};
}
integer_bits!(u8: u8, i8: u8, u16: u16, i16: u16, u32: u32, i32: u32, u64: u64, i64: u64);

impl Bits for f32 {
    #[inline(always)]
    fn get(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
    #[inline(always)]
    fn put(self) -> u64 {
        u64::from(self.to_bits())
    }
}

impl Bits for f64 {
    #[inline(always)]
    fn get(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
    #[inline(always)]
    fn put(self) -> u64 {
        self.to_bits()
    }
}

/// `row!(|a: u32, b: u32| a & b)`: the function over rows of a function over lanes.
macro_rules! row {
    (|$a:ident: $A:ty| $f:expr) => {
        (|a: &Row, d: &mut Row| {
            for i in 0..LANES {
                let $a = <$A as Bits>::get(a[i]);
                d[i] = Bits::put($f);
            }
        }) as One
    };
    (|$a:ident: $A:ty, $b:ident: $B:ty| $f:expr) => {
        (|a: &Row, b: &Row, d: &mut Row| {
            for i in 0..LANES {
                let ($a, $b) = (<$A as Bits>::get(a[i]), <$B as Bits>::get(b[i]));
                d[i] = Bits::put($f);
            }
        }) as Two
    };
    (|$a:ident: $A:ty, $b:ident: $B:ty, $c:ident: $C:ty| $f:expr) => {
        (|a: &Row, b: &Row, c: &Row, d: &mut Row| {
            for i in 0..LANES {
                let ($a, $b, $c) = (<$A as Bits>::get(a[i]), <$B as Bits>::get(b[i]), <$C as Bits>::get(c[i]));
                d[i] = Bits::put($f);
            }
        }) as Three
    };
    (|$a:ident: $A:ty, $b:ident: $B:ty, $c:ident: $C:ty, $e:ident: $E:ty| $f:expr) => {
        (|a: &Row, b: &Row, c: &Row, e: &Row, d: &mut Row| {
            for i in 0..LANES {
                let ($a, $b, $c) = (<$A as Bits>::get(a[i]), <$B as Bits>::get(b[i]), <$C as Bits>::get(c[i]));
                let $e = <$E as Bits>::get(e[i]);
                d[i] = Bits::put($f);
            }
        }) as Four
    };
}
pub(crate) use row;

/// `test!(|a: u32, b: u32| a < b)`: the lanes in which it holds.
macro_rules! test {
    (|$a:ident: $A:ty, $b:ident: $B:ty| $f:expr) => {
        (|a: &Row, b: &Row| {
            let mut mask = 0;
            for i in 0..LANES {
                let ($a, $b) = (<$A as Bits>::get(a[i]), <$B as Bits>::get(b[i]));
                mask |= u32::from($f) << i;
            }
            mask
        }) as Test
    };
}
pub(crate) use test;

/// The lanes of a mask, from the lowest.
#[inline]
pub fn lanes(mut mask: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = mask.trailing_zeros() as usize;
        mask &= mask.wrapping_sub(1);
        (lane < LANES).then_some(lane)
    })
}

/// Takes the lanes of `mask` from `from`.
#[inline]
pub fn merge(to: &mut Row, from: &Row, mask: u32) {
    if mask == FULL {
        *to = *from;
    } else {
        for i in 0..LANES {
            to[i] = if mask >> i & 1 == 1 { from[i] } else { to[i] };
        }
    }
}
