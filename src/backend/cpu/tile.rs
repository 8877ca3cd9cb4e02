//! Products of matrices a tile at a time, for what is used at once rather than stored.
//!
//! A tile's numbers stay in registers while one row of each panel after the other is taken in. Which size of tile fills
//! the registers depends on the [`Level`]: see [`WIDE`] and [`NARROW`] for panels of f64, [`add_product`] for small
//! matrices of either type. Every number is summed in the order of the inner axis, so all sizes give the same bits.

use super::gemm::{Matrix, check};
use super::simd::{Kernel, Level, dispatch, level};
use super::vmath::VectorMath;
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

/// Columns of the right side of [`add_product`] come in so many at a time.
pub const COLUMNS: usize = 16;

/// Rows of numbers, so far apart.
#[derive(Clone, Copy)]
pub struct Rows<'a, T> {
    /// The numbers.
    pub data: &'a [T],
    /// Distance between rows.
    pub row: usize,
}

/// `out[i][j] += Σ left[i][k] right[k][j]` on the calling thread; sizes are [m, k, n], n a multiple of [`COLUMNS`], and rows of
/// `out` are `row` apart. For matrices that fit in the caches as they are: nothing is copied.
pub fn add_product<T: VectorMath>(
    left: Matrix<'_, T>,
    right: Rows<'_, T>,
    [m, k, n]: [usize; 3],
    out: &mut [T],
    row: usize,
) {
    if m * k * n == 0 {
        return;
    }
    assert!(n.is_multiple_of(COLUMNS) && (k - 1) * right.row + n <= right.data.len() && (m - 1) * row + n <= out.len());
    check(&left, m, k);
    let sizes = [m, k, n];
    // Two registers of columns and so many rows: sums enough to hide how long one addition takes.
    match (level(), size_of::<T>()) {
        (Level::Avx512, 4) => dispatch(Product::<T, 8, 32> { left, right, sizes, out, row }),
        (Level::Avx512, _) => dispatch(Product::<T, 8, 16> { left, right, sizes, out, row }),
        (_, 4) => dispatch(Product::<T, 4, 16> { left, right, sizes, out, row }),
        _ => dispatch(Product::<T, 4, 8> { left, right, sizes, out, row }),
    }
}

struct Product<'a, T, const R: usize, const C: usize> {
    left: Matrix<'a, T>,
    right: Rows<'a, T>,
    sizes: [usize; 3],
    out: &'a mut [T],
    row: usize,
}

impl<T: VectorMath, const R: usize, const C: usize> Kernel for Product<'_, T, R, C> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(mut self) {
        let [m, _, n] = self.sizes;
        let (whole_rows, whole_columns) = (m / R * R, n / C * C);
        for j in (0..whole_columns).step_by(C) {
            (0..whole_rows).step_by(R).for_each(|i| self.tile::<FMA, R, C>(i, j));
            (whole_rows..m).for_each(|i| self.tile::<FMA, 1, C>(i, j));
        }
        if whole_columns < n {
            (0..whole_rows).step_by(R).for_each(|i| self.tile::<FMA, R, COLUMNS>(i, whole_columns));
            (whole_rows..m).for_each(|i| self.tile::<FMA, 1, COLUMNS>(i, whole_columns));
        }
    }
}

impl<T: VectorMath, const R: usize, const C: usize> Product<'_, T, R, C> {
    /// The tile whose first number is (i, j).
    #[inline(always)]
    fn tile<const FMA: bool, const H: usize, const W: usize>(&mut self, i: usize, j: usize) {
        let Matrix { data, offset, row, column } = self.left;
        let mut sums = [[T::zero(); W]; H];
        let mut at = offset as isize + i as isize * row;
        let right = self.right.data[j..].chunks(self.right.row);
        for right in right.take(self.sizes[1]) {
            let Some(right) = right.first_chunk::<W>() else { break };
            for (r, sums) in sums.iter_mut().enumerate() {
                // SAFETY: `add_product` has checked that the whole matrix lies in its buffer, and (i + r, k) is in it.
                let left = unsafe { *data.get_unchecked((at + r as isize * row) as usize) };
                for (sum, &right) in sums.iter_mut().zip(right) {
                    *sum = left.v_fma::<FMA>(right, *sum);
                }
            }
            at += column;
        }
        for (r, sums) in sums.iter().enumerate() {
            let out = &mut self.out[(i + r) * self.row + j..][..W];
            out.iter_mut().zip(sums).for_each(|(out, &sum)| *out += sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes around those of tiles, and a left side that lies transposed.
    #[test]
    fn a_product_is_the_sum_of_products() {
        for [m, k, n] in [[1, 1, 16], [7, 5, 16], [8, 33, 48], [19, 64, 80], [48, 3, 32]] {
            let left: Vec<f64> = (0..m * k).map(|i| (1.0 + i as f64).sin()).collect();
            let right: Vec<f64> = (0..k * (n + 3)).map(|i| (2.0 + i as f64).cos()).collect();
            for (row, column) in [(k, 1), (1, m)] {
                let mut out = vec![1.0; m * (n + 1)];
                let matrix = Matrix { data: &left, offset: 0, row: row as isize, column: column as isize };
                add_product(matrix, Rows { data: &right, row: n + 3 }, [m, k, n], &mut out, n + 1);
                for (i, out) in out.chunks(n + 1).enumerate() {
                    for (j, &out) in out[..n].iter().enumerate() {
                        let sum: f64 = (0..k).map(|p| left[i * row + p * column] * right[p * (n + 3) + j]).sum();
                        assert!((out - 1.0 - sum).abs() < 1e-13, "{m} {k} {n}: ({i}, {j}) is {out}, not {sum} + 1");
                    }
                    assert_eq!(out[n], 1.0, "the column beside the product was written");
                }
            }
        }
    }
}
