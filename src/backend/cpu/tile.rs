//! Products of f64 matrices a tile at a time, for what is used at once rather than stored.
//!
//! A tile's numbers stay in registers while one row of each panel after the other is taken in. Which size of tile fills
//! the registers depends on the [`Level`](super::simd::Level): see [`WIDE`] and [`NARROW`]. Every number is summed in the
//! order of the inner axis, so all sizes give the same bits.

use super::{Buffer, numbers, numbers_mut};

/// Rows and columns of a tile in registers of 512 bits.
pub const WIDE: [usize; 2] = [4, 32];
/// The same in registers of 256 bits.
pub const NARROW: [usize; 2] = [6, 8];

/// Rows of `columns` numbers in panels of `height` rows, whose numbers of one column are neighbours. Rows that are missing
/// in the last panel are 0.
pub fn panels<I: Iterator<Item = f64>>(
    rows: impl ExactSizeIterator<Item = I>,
    columns: usize,
    height: usize,
) -> Buffer {
    let mut out = numbers::<f64>(rows.len().next_multiple_of(height) * columns);
    let mut rows = rows.fuse();
    for panel in numbers_mut::<f64>(&mut out).chunks_exact_mut(height * columns) {
        for r in 0..height {
            let column = panel[r..].iter_mut().step_by(height);
            match rows.next() {
                Some(row) => column.zip(row).for_each(|(to, x)| *to = x),
                None => column.for_each(|to| *to = 0.0),
            }
        }
    }
    out
}

/// Adds the products of two panels to a tile.
// The copy is what keeps the tile in registers.
#[inline(always)]
pub fn accumulate<const R: usize, const C: usize>(x: &[[f64; R]], y: &[[f64; C]], tile: &mut [[f64; C]; R]) {
    let mut sums = *tile;
    for (x, y) in x.iter().zip(y) {
        for i in 0..R {
            for j in 0..C {
                sums[i][j] = x[i].mul_add(y[j], sums[i][j]);
            }
        }
    }
    *tile = sums;
}
