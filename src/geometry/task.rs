//! Running row functions over many rows.

use super::rows::{BLOCK, Careful, Evaluation, Lanes, Singly, Tally};
use super::wide::Wide;
use crate::backend::cpu::simd::Fused;
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
    /// Runs a task over all rows; `each` takes what every row adds to the gradients of (c, t), in the order of the rows.
    fn run(task: &mut impl Task<Self>, each: &mut impl FnMut(f64, f64));
}

impl Coord for f32 {
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
