//! Rows of points made ready for products: times derived, numbers in working precision and in order.

use super::kernels::{KEYS, cast};
use crate::backend::cpu::Matrix;
use crate::backend::cpu::tile::{COLUMNS, Rows};
use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::Element;

/// Points of the hyperboloid −x₀² + |x|² = −c by their space parts x; or, without a c, vectors.
pub struct Points<'a, T> {
    space: &'a [T],
    dim: usize,
    /// Of each x₀ = √(c + |x|²), or 0.
    pub time: Vec<f64>,
    /// Of each x₀ − √c = |x|²/(x₀ + √c), or 0.
    pub rise: Vec<f64>,
    /// The largest |x|.
    pub radius: f64,
}

impl<'a, T: Element> Points<'a, T> {
    /// Rows of `dim` numbers.
    pub fn of(space: &'a [T], dim: usize, c: Option<f64>) -> Self {
        let count = space.len() / dim;
        let Some(c) = c else {
            return Points { space, dim, time: vec![0.0; count], rise: vec![0.0; count], radius: 0.0 };
        };
        let square = |x: &[T]| x.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>();
        let squares: Vec<f64> = space.chunks_exact(dim).map(square).collect();
        Points {
            time: squares.iter().map(|s| (c + s).sqrt()).collect(),
            rise: squares.iter().map(|s| s / ((c + s).sqrt() + c.sqrt())).collect(),
            radius: squares.iter().copied().fold(0.0, f64::max).sqrt(),
            space,
            dim,
        }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.time.len()
    }

    /// The space part of point i.
    pub fn at(&self, i: usize) -> impl Iterator<Item = f64> + use<'a, T> {
        self.space[i * self.dim..][..self.dim].iter().map(|x| x.to_f64())
    }

    /// The largest time.
    pub fn latest(&self) -> f64 {
        largest(&self.time)
    }

    /// The largest rise.
    pub fn highest(&self) -> f64 {
        largest(&self.rise)
    }

    /// All of them in another type, the space parts times `scale`, with these times beside them.
    pub fn packed<W: VectorMath>(&self, scale: f64, times: impl Fn(usize) -> f64) -> Packed<W> {
        let mut packed = Packed::zeros(self.count(), self.dim);
        for (i, (row, space)) in packed.rows_mut().zip(self.space.chunks_exact(self.dim)).enumerate() {
            row.iter_mut().zip(space).for_each(|(to, x)| *to = W::from_f64(x.to_f64() * scale));
            row[self.dim] = W::from_f64(times(i));
        }
        packed
    }
}

fn largest(x: &[f64]) -> f64 {
    x.iter().copied().fold(0.0, f64::max)
}

/// Rows of space part, time and zeros.
pub struct Packed<W> {
    /// How many coordinates the space part has.
    pub dim: usize,
    /// Distance between rows.
    pub row: usize,
    data: Vec<W>,
}

impl<W: VectorMath> Packed<W> {
    /// Room for rows of `dim` coordinates and a time.
    pub fn zeros(count: usize, dim: usize) -> Packed<W> {
        let row = (dim + 1).next_multiple_of(COLUMNS);
        Packed { dim, row, data: vec![W::zero(); count * row] }
    }

    /// The rows, for writing.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [W]> {
        self.data.chunks_exact_mut(self.row)
    }

    /// The numbers from a row on.
    pub fn rows_from(&self, i: usize) -> &[W] {
        &self.data[i * self.row..]
    }

    /// The same, for writing.
    pub fn rows_from_mut(&mut self, i: usize) -> &mut [W] {
        &mut self.data[i * self.row..]
    }

    /// The rows from i on as the left side of a product.
    pub fn left(&self, i: usize) -> Matrix<'_, W> {
        Matrix { data: self.rows_from(i), offset: 0, row: self.row as isize, column: 1 }
    }

    /// As the right side of a product, whose first [`Packed::columns`] columns are wanted.
    pub fn right(&self, i: usize) -> Rows<'_, W> {
        Rows { data: self.rows_from(i), row: self.row }
    }

    /// The columns of a product that hold its space part.
    pub fn columns(&self) -> usize {
        self.dim.next_multiple_of(COLUMNS)
    }

    /// Transposed in tiles of [`KEYS`] rows, each `[inner, KEYS]`; missing rows are 0.
    pub fn tiles(&self, inner: usize) -> Tiles<W> {
        let mut data = vec![W::zero(); (self.data.len() / self.row).div_ceil(KEYS) * KEYS * inner];
        let tiles = data.chunks_exact_mut((inner * KEYS).max(1));
        for (tile, rows) in tiles.zip(self.data.chunks(KEYS * self.row)) {
            for (j, row) in rows.chunks_exact(self.row).enumerate() {
                tile[j..].iter_mut().step_by(KEYS).zip(row).for_each(|(to, &x)| *to = x);
            }
        }
        Tiles { inner, data }
    }
}

/// Transposed rows: see [`Packed::tiles`].
pub struct Tiles<W> {
    /// Coordinates that a product sums over.
    pub inner: usize,
    data: Vec<W>,
}

impl<W> Tiles<W> {
    /// The tile of the rows from `first` on, a multiple of [`KEYS`].
    pub fn right(&self, first: usize) -> Rows<'_, W> {
        Rows { data: &self.data[first * self.inner..], row: KEYS }
    }
}

/// Numbers of the rows of a tile from `first` on; 0 where there are no rows any more.
pub fn tile_of<W: VectorMath>(numbers: &[f64], first: usize) -> [W; KEYS] {
    let mut tile = [W::zero(); KEYS];
    tile.iter_mut().zip(&numbers[first..]).for_each(|(to, &x)| *to = cast(x));
    tile
}
