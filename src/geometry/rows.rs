//! Loops over rows: sums in eight fixed lanes (so that compilers can vectorise them and every machine gives the same
//! bits), and maps that read and write several rows at once.

use super::wide::{Coord, Wide};
use crate::DType;
use crate::backend::cpu::simd::{Kernel, dispatch_lean};

const LANES: usize = 8;

// Plain loops over arrays rather than `array::map`: these functions are inlined hundreds of times, and what `map`
// expands to would be most of the library's compile time.

/// K sums over the coordinates of N rows of one length: `Σᵢ f(row₁[i], …, row_N[i])`.
#[inline(always)]
pub fn sums<const N: usize, const K: usize, T: Coord, W: Wide>(
    rows: [&[T]; N],
    f: impl Fn([W; N]) -> [W; K],
) -> [W; K] {
    let n = rows[0].len();
    let mut acc = [[W::of(0.0); LANES]; K];
    let mut add = |first: usize, len: usize| {
        let mut block: [&[T]; N] = [&[]; N];
        for a in 0..N {
            block[a] = &rows[a][first..first + len];
        }
        for l in 0..len {
            let mut v = [W::of(0.0); N];
            for a in 0..N {
                v[a] = W::of(block[a][l].to_f64());
            }
            let v = f(v);
            for k in 0..K {
                acc[k][l] = acc[k][l].accumulate(v[k]);
            }
        }
    };
    let whole = n / LANES * LANES;
    for first in (0..whole).step_by(LANES) {
        add(first, LANES);
    }
    add(whole, n - whole);
    let mut out = [W::of(0.0); K];
    for k in 0..K {
        let a = &acc[k];
        out[k] = ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
    }
    out
}

/// M rows from N rows, coordinate by coordinate, rounded once.
#[inline(always)]
pub fn map<const N: usize, const M: usize, T: Coord, W: Wide>(
    mut rows: [&[T]; N],
    mut out: [&mut [T]; M],
    f: impl Fn([W; N]) -> [W; M],
) {
    let n = rows[0].len();
    for row in &mut rows {
        *row = &row[..n];
    }
    for row in &mut out {
        *row = &mut std::mem::take(row)[..n];
    }
    for i in 0..n {
        let mut v = [W::of(0.0); N];
        for a in 0..N {
            v[a] = W::of(rows[a][i].to_f64());
        }
        let v = f(v);
        for k in 0..M {
            out[k][i] = T::from_f64(v[k].value());
        }
    }
}

/// A row of zeros.
#[inline(always)]
pub fn zero<T: Coord>(row: &mut [T]) {
    row.fill(T::zero());
}

/// Rounds a wide number to the storage type.
#[inline(always)]
pub fn round<T: Coord, W: Wide>(w: W) -> T {
    T::from_f64(w.value())
}

/// Runs a loop over rows. For f32 it is compiled with and without AVX2; f64 rows are double-double arithmetic, which
/// vectors do not help.
pub fn launch<T: Coord, K: Kernel>(kernel: K) -> K::Output {
    if T::DTYPE == DType::F32 { dispatch_lean(kernel) } else { kernel.run::<false>() }
}
