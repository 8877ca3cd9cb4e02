//! Loops over one row, for the fused row operations: to be inlined into their [`Kernel`](crate::backend::cpu::simd::Kernel)s.
//!
//! Sums run in [`LANES`] interleaved accumulators, which the compiler keeps in vector registers, and are merged in a
//! fixed order. Statistics of a row are sums of this kind in f64, whatever the type of the row.

use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::Real;

/// Interleaved accumulators. The compiler turns loops over 16 into vector code; with 32 it gave up (measured).
const LANES: usize = 16;

/// Σ f(x[i]) in f64; `f` should be simple.
#[inline(always)]
pub(super) fn sum<T: Real>(x: &[T], f: impl Fn(T) -> f64) -> f64 {
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut acc = [0.0; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            acc[i] += f(chunk[i]);
        }
    }
    acc.iter_mut().zip(rest).for_each(|(a, &v)| *a += f(v));
    tree(acc, |a, b| a + b)
}

/// Numbers that fit in the L1 cache beside what they are made of.
pub(super) const BLOCK: usize = 256;

/// Σ f(x[i], y[i]) in f64, each term rounded to T. Terms go through a block on the stack: the output row must not be
/// touched before it can be written at full speed.
#[inline(always)]
pub(super) fn sum2<T: Real>(x: &[T], y: &[T], f: impl Fn(T, T) -> T) -> f64 {
    let mut block = [T::zero(); BLOCK];
    let mut total = 0.0;
    for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
        let terms = &mut block[..x.len()];
        map2(x, y, terms, &f);
        total += sum(terms, |t| t.to_f64());
    }
    total
}

/// The largest number that is not NaN; −∞ if there is none.
#[inline(always)]
pub(super) fn max<T: Real>(x: &[T]) -> T {
    let larger = |a: T, v: T| if v > a { v } else { a };
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut acc = [T::neg_infinity(); LANES];
    for chunk in chunks {
        for i in 0..LANES {
            acc[i] = larger(acc[i], chunk[i]);
        }
    }
    acc.iter_mut().zip(rest).for_each(|(a, &v)| *a = larger(*a, v));
    tree(acc, larger)
}

/// Neighbours half the array apart are merged until one is left.
#[inline(always)]
fn tree<A: Copy>(mut acc: [A; LANES], merge: impl Fn(A, A) -> A) -> A {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            acc[i] = merge(acc[i], acc[i + width]);
        }
        width /= 2;
    }
    acc[0]
}

/// `out[i] = f(x[i])`.
#[inline(always)]
pub(super) fn map<T: Real>(x: &[T], out: &mut [T], f: impl Fn(T) -> T) {
    out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(x));
}

/// `out[i] = f(x[i], y[i])`.
#[inline(always)]
pub(super) fn map2<T: Real>(x: &[T], y: &[T], out: &mut [T], f: impl Fn(T, T) -> T) {
    out.iter_mut().zip(x).zip(y).for_each(|((o, &x), &y)| *o = f(x, y));
}

/// The softmax of a row seen from its largest number: Σ exp x = exp(shift) · sum.
#[derive(Clone, Copy)]
pub(super) struct Exps<T> {
    /// The largest number, or 0 where all are −∞, so that every difference is −∞ and not NaN.
    pub shift: T,
    /// Σ exp(x − shift), at least 1 unless all numbers are −∞; NaN if one of them is.
    pub sum: f64,
}

impl<T: VectorMath> Exps<T> {
    /// Reads the row twice in blocks and keeps none of the exponentials.
    #[inline(always)]
    pub fn of<const FMA: bool>(x: &[T]) -> Exps<T> {
        let (shift, mut block, mut total) = (Exps::shift(x), [T::zero(); BLOCK], 0.0);
        for x in x.chunks(BLOCK) {
            let exps = &mut block[..x.len()];
            map(x, exps, |x| (x - shift).v_exp::<FMA>());
            total += sum(exps, |e| e.to_f64());
        }
        Exps { shift, sum: total }
    }

    /// The shift of a row.
    #[inline(always)]
    pub fn shift(x: &[T]) -> T {
        let top = max(x);
        if top == T::neg_infinity() { T::zero() } else { top }
    }
}
