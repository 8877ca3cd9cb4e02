//! Several sums over the same rows at once, in f64.

use crate::backend::cpu::simd::{F64x4, Fused, Kernel};
use crate::dtype::{DType, Real};
use crate::geometry::Wide;

/// The terms of N sums over K rows.
pub(super) trait Terms<const K: usize, const N: usize>: Copy {
    /// The two factors of each term, given a number of each row (or four side by side).
    fn factors<W: Wide>(self, x: [W; K]) -> [[W; 2]; N];
}

/// Σ of each term; of rows of zeros they must be 0.
///
/// The compiler makes no vector code of several sums in one loop, so the lanes are named. Without fused multiply-add, which
/// they need, numbers go one by one, in the same order.
#[inline(always)]
pub(super) fn row_sums<T: Real, const K: usize, const N: usize>(x: [&[T]; K], terms: impl Terms<K, N>) -> [f64; N] {
    match Fused::available() {
        Some(fused) => fused.run(Lanes { x, terms }),
        None => one_by_one(x, terms),
    }
}

/// Interleaved accumulators: two vectors of four, so that a sum need not wait for its last step.
const WIDE: usize = 8;

struct Lanes<'a, T, F, const K: usize, const N: usize> {
    x: [&'a [T]; K],
    terms: F,
}
// Loops over indices, since a closure that is not inlined costs more than what it computes.
#[allow(clippy::needless_range_loop)]
impl<T: Real, F: Terms<K, N>, const K: usize, const N: usize> Kernel for Lanes<'_, T, F, K, N> {
    type Output = [f64; N];
    #[inline(always)]
    fn run<const FMA: bool>(self) -> [f64; N] {
        let n = self.x[0].len();
        let mut blocks: [&[[T; WIDE]]; K] = [&[]; K];
        let mut rest = [[T::zero(); WIDE]; K];
        for k in 0..K {
            let (whole, last) = self.x[k][..n].as_chunks::<WIDE>();
            blocks[k] = whole;
            rest[k][..last.len()].copy_from_slice(last);
        }
        let mut sums = [[F64x4::splat(0.0); 2]; N];
        for i in 0..n / WIDE {
            let mut block = [[T::zero(); WIDE]; K];
            for k in 0..K {
                block[k] = blocks[k][i];
            }
            sums = add(self.terms, &block, sums);
        }
        sums = add(self.terms, &rest, sums);
        let mut totals = [0.0; N];
        for k in 0..N {
            let [a, b, c, d] = (sums[k][0] + sums[k][1]).to_array();
            totals[k] = (a + c) + (b + d);
        }
        totals
    }
}

/// The sums with the terms of eight numbers of each row.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
fn add<T: Real, F: Terms<K, N>, const K: usize, const N: usize>(
    terms: F,
    block: &[[T; WIDE]; K],
    mut sums: [[F64x4; 2]; N],
) -> [[F64x4; 2]; N] {
    for half in 0..2 {
        let mut x = [F64x4::splat(0.0); K];
        for k in 0..K {
            x[k] = four(&block[k].as_chunks::<4>().0[half]);
        }
        let factors = terms.factors(x);
        for k in 0..N {
            sums[k][half] = factors[k][0].mul_add(factors[k][1], sums[k][half]);
        }
    }
    sums
}

/// Four numbers of a row.
#[inline(always)]
fn four<T: Real>(x: &[T; 4]) -> F64x4 {
    match T::DTYPE {
        DType::F32 => F64x4::widen(bytemuck::cast_ref(x)),
        _ => F64x4::from_array(*bytemuck::cast_ref(x)),
    }
}

fn one_by_one<T: Real, const K: usize, const N: usize>(x: [&[T]; K], terms: impl Terms<K, N>) -> [f64; N] {
    let mut sums = [[0.0; WIDE]; N];
    for i in 0..x[0].len() {
        for (sum, [a, b]) in sums.iter_mut().zip(terms.factors(x.map(|x| x[i].to_f64()))) {
            sum[i % WIDE] += a * b;
        }
    }
    sums.map(|[a, b, c, d, e, f, g, h]| ((a + e) + (c + g)) + ((b + f) + (d + h)))
}
