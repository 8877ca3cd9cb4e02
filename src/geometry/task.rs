//! Running row functions over many rows.

use super::rows::{BLOCK, Careful, Evaluation, Lanes, RowsMut, Singly, Tally};
use super::wide::Wide;
use crate::backend::cpu::simd::{self, Fused};
use crate::dtype::{Element, Real};

/// Something to be done with every block of some rows.
pub trait Task<T: Real> {
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// Whether curvature may be positive, so that numbers must be [`Wide::SIGNED`].
    fn signed(&self) -> bool;
    /// Does it for the block that starts at row `first`.
    fn block<E: Evaluation<Storage = T>>(&mut self, evaluation: E, first: usize) -> Tally;
    /// Does it for one row by way of f64 rows.
    fn alone(&mut self, row: usize) -> Tally;
}

/// A type that rows are stored in.
pub trait Coord: Real {
    /// Copies a block of results past the caches, where the machine can.
    fn stream(from: &[Self], to: &mut [Self]);
    /// Runs a task over all rows; `each` takes what every row adds to the gradients of (c, t), in the order of the rows.
    fn run(task: &mut impl Task<Self>, each: &mut impl FnMut(f64, f64));
}

impl Coord for f32 {
    fn stream(from: &[f32], to: &mut [f32]) {
        simd::stream(from, to);
    }

    fn run(task: &mut impl Task<f32>, each: &mut impl FnMut(f64, f64)) {
        let rows = task.rows();
        if task.signed() {
            for row in 0..rows {
                let mut tally = task.block(Singly, row);
                if tally.loss[0] > <f64 as Wide>::CARE {
                    tally = task.alone(row);
                }
                each(tally.c[0], tally.t[0]);
            }
            return;
        }
        // Lanes without fused multiply-add would be another copy of every row function, for machines that are rare: there
        // all rows go the careful way.
        let lanes = Fused::available().map(Lanes);
        for first in (0..rows).step_by(BLOCK) {
            let count = BLOCK.min(rows - first);
            let mut tally = match lanes {
                Some(lanes) => task.block(lanes, first),
                None => Tally { loss: [f64::INFINITY; BLOCK], ..Tally::default() },
            };
            for r in 0..count {
                if tally.loss[r] > <f64 as Wide>::CARE {
                    let one = task.alone(first + r);
                    (tally.c[r], tally.t[r]) = (one.c[0], one.t[0]);
                }
                each(tally.c[r], tally.t[r]);
            }
        }
    }
}

impl Coord for f64 {
    fn stream(from: &[f64], to: &mut [f64]) {
        to.copy_from_slice(from);
    }

    fn run(task: &mut impl Task<f64>, each: &mut impl FnMut(f64, f64)) {
        for row in 0..task.rows() {
            let tally = task.block(Careful, row);
            each(tally.c[0], tally.t[0]);
        }
    }
}

/// Row `row` of width `width`, as f64.
pub(super) fn widened<T: Real>(numbers: &[T], width: usize, row: usize) -> Vec<f64> {
    numbers[row * width..(row + 1) * width].iter().map(|&x| Element::to_f64(x)).collect()
}

/// The way back.
pub(super) fn narrowed<T: Real>(from: &[f64], to: &mut [T], row: usize) {
    let to = &mut to[row * from.len()..(row + 1) * from.len()];
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = Element::from_f64(from));
}

/// Where a block of results goes: to its place, or past the caches by way of a small buffer.
pub(super) struct Target<'a, T> {
    out: &'a mut [T],
    width: usize,
    stage: Option<Vec<T>>,
}

impl<'a, T: Coord> Target<'a, T> {
    /// Rows of `width` numbers; `large` if they will not be found in a cache again.
    pub fn new(out: &'a mut [T], width: usize, large: bool) -> Self {
        let stage = large.then(|| vec![T::zero(); BLOCK * width]);
        Target { out, width, stage }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.out.len() / self.width
    }

    /// All rows.
    pub fn all(&mut self) -> &mut [T] {
        self.out
    }

    /// The block to write that starts at row `first`; then [`Target::finish`].
    #[inline(always)]
    pub fn block<E: Evaluation<Storage = T>>(&mut self, e: E, first: usize) -> RowsMut<'_, E> {
        let (start, end) = self.range::<E>(first);
        match &mut self.stage {
            Some(stage) => RowsMut::at(e, &mut stage[..end - start], self.width, 0),
            None => RowsMut::at(e, self.out, self.width, first),
        }
    }

    /// Brings a written block to its place.
    #[inline(always)]
    pub fn finish<E: Evaluation<Storage = T>>(&mut self, first: usize) {
        let (start, end) = self.range::<E>(first);
        if let Some(stage) = &self.stage {
            T::stream(&stage[..end - start], &mut self.out[start..end]);
        }
    }

    fn range<E: Evaluation>(&self, first: usize) -> (usize, usize) {
        (first * self.width, self.out.len().min((first + E::WIDTH) * self.width))
    }
}

impl<T> Drop for Target<'_, T> {
    fn drop(&mut self) {
        if self.stage.is_some() {
            simd::stream_end();
        }
    }
}
