//! Small dense matrices of wide numbers.

use crate::dtype::Real;
use crate::geometry::Scalar;
use std::borrow::Borrow;
use std::ops::{Add, Index, IndexMut, Mul, Sub};

/// A matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<W> {
    rows: usize,
    cols: usize,
    data: Vec<W>,
}

impl<W: Scalar> Matrix<W> {
    /// The matrix of f(i, j).
    pub fn from_fn(rows: usize, cols: usize, f: impl Fn(usize, usize) -> W) -> Matrix<W> {
        let data = (0..rows * cols).map(|i| f(i / cols, i % cols)).collect();
        Matrix { rows, cols, data }
    }

    /// Zeros.
    pub fn zeros(rows: usize, cols: usize) -> Matrix<W> {
        Matrix { rows, cols, data: vec![W::of(0.0); rows * cols] }
    }

    /// The first `cols` columns of the identity.
    pub fn identity(rows: usize, cols: usize) -> Matrix<W> {
        Matrix::from_fn(rows, cols, |i, j| W::of(if i == j { 1.0 } else { 0.0 }))
    }

    /// A diagonal matrix.
    pub fn diagonal(d: &[W]) -> Matrix<W> {
        Matrix::from_fn(d.len(), d.len(), |i, j| if i == j { d[i] } else { W::of(0.0) })
    }

    /// One number, as a 1 × 1 matrix.
    pub fn scalar(w: W) -> Matrix<W> {
        Matrix { rows: 1, cols: 1, data: vec![w] }
    }

    /// A stored row.
    pub fn load<T: Real>(row: &[T], cols: usize) -> Matrix<W> {
        Matrix { rows: row.len() / cols, cols, data: row.iter().map(|&x| W::of(x.to_f64())).collect() }
    }

    /// Rounds into a stored row.
    pub fn store<T: Real>(&self, row: &mut [T]) {
        row.iter_mut().zip(&self.data).for_each(|(x, w)| *x = T::from_f64(w.value()));
    }

    /// The same numbers, rounded to another wide type.
    pub fn rounded<V: Scalar>(&self) -> Matrix<V> {
        Matrix { rows: self.rows, cols: self.cols, data: self.data.iter().map(|w| V::of(w.value())).collect() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All numbers, row by row.
    pub fn numbers(&self) -> &[W] {
        &self.data
    }

    /// The transpose.
    pub fn t(&self) -> Matrix<W> {
        Matrix::from_fn(self.cols, self.rows, |i, j| self[(j, i)])
    }

    /// Σ a_ij b_ij.
    pub fn dot(&self, other: &Matrix<W>) -> W {
        self.data.iter().zip(&other.data).fold(W::of(0.0), |s, (a, b)| s + *a * *b)
    }

    /// s a.
    pub fn scale(&self, s: W) -> Matrix<W> {
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] * s)
    }

    /// f(i, j) a_ij.
    pub fn weighted(&self, f: impl Fn(usize, usize) -> W) -> Matrix<W> {
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] * f(i, j))
    }

    /// (a + aᵀ)/2 of a square matrix.
    pub fn sym(&self) -> Matrix<W> {
        Matrix::from_fn(self.rows, self.cols, |i, j| (self[(i, j)] + self[(j, i)]) * 0.5)
    }

    /// b a bᵀ for a symmetric a, exactly symmetric.
    pub fn congruent(&self, b: &Matrix<W>) -> Matrix<W> {
        (b * self * b.t()).sym()
    }

    /// The largest |a_ij|.
    pub fn largest(&self) -> f64 {
        self.data.iter().fold(0.0, |m, w| m.max(w.value().abs()))
    }
}

impl<W> Index<(usize, usize)> for Matrix<W> {
    type Output = W;
    fn index(&self, (i, j): (usize, usize)) -> &W {
        &self.data[i * self.cols + j]
    }
}

impl<W> IndexMut<(usize, usize)> for Matrix<W> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut W {
        &mut self.data[i * self.cols + j]
    }
}

impl<W: Scalar, B: Borrow<Matrix<W>>> Mul<B> for &Matrix<W> {
    type Output = Matrix<W>;
    fn mul(self, b: B) -> Matrix<W> {
        let b = b.borrow();
        let sum = |i, j| (0..self.cols).fold(W::of(0.0), |s, k| s + self[(i, k)] * b[(k, j)]);
        Matrix::from_fn(self.rows, b.cols, sum)
    }
}

impl<W: Scalar, B: Borrow<Matrix<W>>> Add<B> for &Matrix<W> {
    type Output = Matrix<W>;
    fn add(self, b: B) -> Matrix<W> {
        let b = b.borrow();
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] + b[(i, j)])
    }
}

impl<W: Scalar, B: Borrow<Matrix<W>>> Sub<B> for &Matrix<W> {
    type Output = Matrix<W>;
    fn sub(self, b: B) -> Matrix<W> {
        let b = b.borrow();
        Matrix::from_fn(self.rows, self.cols, |i, j| self[(i, j)] - b[(i, j)])
    }
}

impl<W: Scalar, B: Borrow<Matrix<W>>> Mul<B> for Matrix<W> {
    type Output = Matrix<W>;
    fn mul(self, b: B) -> Matrix<W> {
        &self * b
    }
}

impl<W: Scalar, B: Borrow<Matrix<W>>> Add<B> for Matrix<W> {
    type Output = Matrix<W>;
    fn add(self, b: B) -> Matrix<W> {
        &self + b
    }
}

impl<W: Scalar, B: Borrow<Matrix<W>>> Sub<B> for Matrix<W> {
    type Output = Matrix<W>;
    fn sub(self, b: B) -> Matrix<W> {
        &self - b
    }
}
