//! Products of f64 matrices a tile at a time, for what is used at once rather than stored.
//!
//! A tile's numbers stay in registers while one row of each panel after the other is taken in. Which size of tile fills
//! the registers depends on the [`Level`](super::simd::Level): see [`WIDE`] and [`NARROW`]. Every number is summed in the
//! order of the inner axis, so all sizes give the same bits.

/// Rows and columns of a tile in registers of 512 bits.
pub const WIDE: [usize; 2] = [4, 32];
/// The same in registers of 256 bits.
pub const NARROW: [usize; 2] = [6, 8];

/// The rows of a matrix of `columns` columns, times `sign`, in panels of `height` rows, whose numbers of one column are
/// neighbours. Rows that are missing in the last panel are 0.
pub fn panels(rows: &[f64], columns: usize, height: usize, sign: f64) -> Vec<f64> {
    let size = height * columns;
    let mut out = vec![0.0; rows.len().next_multiple_of(size)];
    for (panel, rows) in out.chunks_exact_mut(size).zip(rows.chunks(size)) {
        for (r, row) in rows.chunks_exact(columns).enumerate() {
            row.iter().enumerate().for_each(|(k, &x)| panel[k * height + r] = sign * x);
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
