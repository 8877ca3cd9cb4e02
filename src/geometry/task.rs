//! Running row functions over many rows.

use super::rows::{BLOCK, Careful, Evaluation, Lanes, Tally};
use super::wide::{Lane, Wide};
use crate::backend::cpu::simd::{Kernel, dispatch_lean};
use crate::dtype::Real;

/// Something to be done with every block of some rows.
pub trait Task<T: Real> {
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// Does it for the block that starts at row `first`.
    fn block<E: Evaluation<Storage = T>>(&mut self, first: usize) -> Tally;
}

/// A type that rows are stored in.
pub trait Coord: Real {
    /// Runs a task over all rows; `each` takes what every row adds to the gradients of (c, t), in the order of the rows.
    fn run(task: &mut impl Task<Self>, each: &mut impl FnMut(f64, f64));
}

impl Coord for f32 {
    fn run(task: &mut impl Task<f32>, each: &mut impl FnMut(f64, f64)) {
        // With and without AVX2. 512-bit registers gain little where memory is the limit, and a third copy of all row
        // functions would double what they cost to compile.
        dispatch_lean(Fast { task, each });
    }
}

impl Coord for f64 {
    fn run(task: &mut impl Task<f64>, each: &mut impl FnMut(f64, f64)) {
        for first in 0..task.rows() {
            let tally = task.block::<Careful<f64>>(first);
            each(tally.c[0], tally.t[0]);
        }
    }
}

struct Fast<'a, A, F> {
    task: &'a mut A,
    each: &'a mut F,
}

impl<A: Task<f32>, F: FnMut(f64, f64)> Kernel for Fast<'_, A, F> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Fast { task, each } = self;
        let rows = task.rows();
        for first in (0..rows).step_by(BLOCK) {
            let mut tally = task.block::<Lanes<FMA>>(first);
            let count = BLOCK.min(rows - first);
            if tally.loss[..count].iter().any(|&loss| loss > Lane::<FMA>::CARE) {
                redo(task, first, count, &mut tally);
            }
            for r in 0..count {
                each(tally.c[r], tally.t[r]);
            }
        }
    }
}

/// The rows of a block for which f64 was not enough.
#[cold]
#[inline(never)]
fn redo(task: &mut impl Task<f32>, first: usize, count: usize, tally: &mut Tally) {
    for r in 0..count {
        if tally.loss[r] > <f64 as Wide>::CARE {
            let one = task.block::<Careful<f32>>(first + r);
            (tally.c[r], tally.t[r]) = (one.c[0], one.t[0]);
        }
    }
}
