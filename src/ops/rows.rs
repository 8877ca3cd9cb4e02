//! Loops over one row, for the kernels of the fused row operations.
//!
//! Statistics of a row are sums in f64, whatever the type of the row: interleaved accumulators, which the compiler keeps
//! in vector registers, merged in a fixed order.

use super::row_sums::{Terms, row_sums};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::backend::cpu::{Cpu, numbers, numbers_mut};
use crate::backend::cuda::Grid;
use crate::dtype::{DType, Element, Real};
use crate::geometry::Wide;
use crate::tensor::{Device, Shape, Tensor};

/// Interleaved accumulators.
const LANES: usize = 16;

/// Σ x[i] in f64.
// Out of line, as is `squares`: the compiler turns these loops into vector code, but not in every place where it could
// inline them (measured).
#[inline(never)]
pub(super) fn sum<T: Real>(x: &[T]) -> f64 {
    struct Sum<'a, T>(&'a [T]);
    impl<T: Real> Kernel for Sum<'_, T> {
        type Output = f64;
        #[inline(always)]
        fn run<const FMA: bool>(self) -> f64 {
            fold(self.0, 0.0, |a, v| a + v.to_f64(), |a, b| a + b)
        }
    }
    dispatch(Sum(x))
}

/// Σ (x[i] − centre)² in f64.
#[inline(never)]
pub(super) fn squares<T: Real>(x: &[T], centre: f64) -> f64 {
    struct Squares<'a, T>(&'a [T], f64);
    impl<T: Real> Kernel for Squares<'_, T> {
        type Output = f64;
        #[inline(always)]
        fn run<const FMA: bool>(self) -> f64 {
            let square = |v: T| (v.to_f64() - self.1) * (v.to_f64() - self.1);
            fold(self.0, 0.0, |a, v| a + square(v), |a, b| a + b)
        }
    }
    dispatch(Squares(x, centre))
}

/// Σ x[i] y[i] in f64.
#[inline(always)]
pub(super) fn dot<T: Real>(x: &[T], y: &[T]) -> f64 {
    #[derive(Clone, Copy)]
    struct Product;
    impl Terms<2, 1> for Product {
        #[inline(always)]
        fn factors<W: Wide>(self, x: [W; 2]) -> [[W; 2]; 1] {
            [x]
        }
    }
    row_sums([x, y], Product)[0]
}

/// The largest number that is not NaN; −∞ if there is none.
#[inline(never)]
pub(super) fn max<T: Real>(x: &[T]) -> T {
    struct Max<'a, T>(&'a [T]);
    impl<T: Real> Kernel for Max<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run<const FMA: bool>(self) -> T {
            let larger = |a: T, v: T| if v > a { v } else { a };
            fold(self.0, T::neg_infinity(), larger, larger)
        }
    }
    dispatch(Max(x))
}

/// Accumulator i takes numbers i, i + LANES, …; then those half the array apart are merged until one is left.
#[inline(always)]
fn fold<T: Real, A: Copy>(x: &[T], start: A, take: impl Fn(A, T) -> A, merge: impl Fn(A, A) -> A) -> A {
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut acc = [start; LANES];
    for chunk in chunks {
        for i in 0..LANES {
            acc[i] = take(acc[i], chunk[i]);
        }
    }
    acc.iter_mut().zip(rest).for_each(|(a, &v)| *a = take(*a, v));
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            acc[i] = merge(acc[i], acc[i + width]);
        }
        width /= 2;
    }
    acc[0]
}

/// Numbers that fit in the L1 cache beside what they are made of.
pub(super) const BLOCK: usize = 512;

/// Σ f(x[i], y[i]) in f64, each term rounded to T. Terms go through a block on the stack: the output row must not be
/// touched before it can be written at full speed.
#[inline(always)]
pub(super) fn sum2<T: Real>(x: &[T], y: &[T], f: impl Fn(T, T) -> T) -> f64 {
    let mut block = [T::zero(); BLOCK];
    let mut total = 0.0;
    for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
        let terms = &mut block[..x.len()];
        map2(x, y, terms, &f);
        total += sum(terms);
    }
    total
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
            total += sum(exps);
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

/// Row-major tensors that are written together, `chunk` rows at a time: `f` gets the number of the first row, how many
/// there are, and these rows of each tensor. What it returns comes in the order of the chunks.
pub(super) fn written<T: Element, S: Send>(
    cpu: &Cpu,
    device: &Device,
    shapes: Vec<Shape>,
    [rows, chunk]: [usize; 2],
    f: impl Fn(usize, usize, Vec<&mut [T]>) -> S + Send + Sync,
) -> (Vec<Tensor>, Vec<S>) {
    let mut buffers: Vec<_> = shapes.iter().map(|shape| numbers::<T>(shape.numel())).collect();
    let part =
        |buffer, shape: &Shape| numbers_mut::<T>(buffer).chunks_mut((chunk * (shape.numel() / rows.max(1))).max(1));
    let mut parts: Vec<_> = buffers.iter_mut().zip(&shapes).map(|(buffer, shape)| part(buffer, shape)).collect();
    let mut results: Vec<Option<S>> = (0..rows.div_ceil(chunk)).map(|_| None).collect();
    let mut rows_of_all = || parts.iter_mut().map(|p| p.next().unwrap_or_default()).collect::<Vec<_>>();
    let tasks = results.iter_mut().enumerate().map(|(i, result)| (i * chunk, rows_of_all(), result)).collect();
    cpu.for_each(tasks, |(first, outs, result): (usize, _, &mut Option<S>)| {
        *result = Some(f(first, chunk.min(rows - first), outs));
    });
    let tensors = buffers.into_iter().zip(shapes).map(|(b, shape)| Tensor::from_buffer(b, T::DTYPE, shape, device));
    (tensors.collect(), results.into_iter().flatten().collect())
}

/// The kernel of a function of rows (`cuda/row.cuh`) for `rows` rows of `n` numbers, and its grid: a warp holds a short row in
/// registers, a block goes over a long one.
pub(super) fn row_kernel(name: &str, dtype: DType, rows: usize, n: usize) -> (String, Grid) {
    /// Threads of a block, and short rows that they work on.
    const THREADS: u32 = 128;
    const ROWS: usize = 4;
    let columns = match (dtype, n) {
        (_, ..=128) => "128",
        (DType::F32, ..=512) => "512",
        (DType::F32, ..=1024) => "1024",
        _ => "long",
    };
    let blocks = if columns == "long" { rows } else { rows.div_ceil(ROWS) };
    (format!("{name}_{dtype}_{columns}"), Grid::blocks(blocks, THREADS))
}
