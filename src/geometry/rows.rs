//! Loops over rows: sums in eight fixed lanes (so that compilers can vectorise them and every machine gives the same
//! bits), and maps that read and write several rows at once.

use super::wide::{Coord, Wide};

const LANES: usize = 8;

/// K sums over the coordinates of N rows of one length: Σᵢ f(row₁[i], …, row_N[i]).
#[inline(always)]
pub fn sums<const N: usize, const K: usize, T: Coord, W: Wide>(
    rows: [&[T]; N],
    f: impl Fn([W; N]) -> [W; K],
) -> [W; K] {
    let n = rows[0].len();
    let rows = rows.map(|r| &r[..n]);
    let blocks = rows.map(|r| r.as_chunks::<LANES>().0);
    let tails = rows.map(|r| r.as_chunks::<LANES>().1);
    let mut acc = [[W::of(0.0); LANES]; K];
    for j in 0..n / LANES {
        let block = blocks.map(|b| b[j]);
        for l in 0..LANES {
            let v = f(block.map(|b| W::of(b[l].to_f64())));
            for k in 0..K {
                acc[k][l] = acc[k][l].accumulate(v[k]);
            }
        }
    }
    for l in 0..n % LANES {
        let v = f(tails.map(|t| W::of(t[l].to_f64())));
        for k in 0..K {
            acc[k][l] = acc[k][l].accumulate(v[k]);
        }
    }
    acc.map(|a| ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])))
}

/// M rows from N rows, coordinate by coordinate, rounded once.
#[inline(always)]
pub fn map<const N: usize, const M: usize, T: Coord, W: Wide>(
    rows: [&[T]; N],
    out: [&mut [T]; M],
    f: impl Fn([W; N]) -> [W; M],
) {
    let n = rows[0].len();
    let rows = rows.map(|r| &r[..n]);
    let out = out.map(|o| &mut o[..n]);
    for i in 0..n {
        let v = f(std::array::from_fn(|k| W::of(rows[k][i].to_f64())));
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
