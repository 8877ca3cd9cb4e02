//! Cutting a parameter, what an optimizer keeps beside it and its gradient into rows that threads can work on.

use crate::backend::cpu::Cpu;
use crate::dtype::Real;
use crate::{Result, Tensor};

/// Arrays that an optimizer may keep beside a parameter; those that it does not need have width 0.
pub const KEPT: usize = 4;

/// Numbers in one row of each array.
#[derive(Clone, Copy)]
pub struct Widths {
    /// The parameter and its gradient.
    pub row: usize,
    /// What is kept.
    pub kept: [usize; KEPT],
}

/// Neighbouring rows of a parameter, with what belongs to them.
pub struct Rows<'a, T> {
    pub x: &'a mut [T],
    pub kept: [&'a mut [T]; KEPT],
    pub grad: &'a [T],
}

impl<'a, T> Rows<'a, T> {
    /// Takes `count` rows off the front, after `skip` rows that have no gradient.
    fn cut(&mut self, skip: usize, count: usize, widths: Widths) -> Rows<'a, T> {
        let (grad, later) = self.grad.split_at(count * widths.row);
        self.grad = later;
        let piece = |rest: &mut &'a mut [T], width: usize| {
            let (_, from_here) = std::mem::take(rest).split_at_mut(skip * width);
            let (mine, later) = from_here.split_at_mut(count * width);
            *rest = later;
            mine
        };
        let kept = std::array::from_fn(|k| piece(&mut self.kept[k], widths.kept[k]));
        Rows { x: piece(&mut self.x, widths.row), kept, grad }
    }

    /// The rows one by one.
    pub fn each(mut self, widths: Widths) -> impl Iterator<Item = Rows<'a, T>> {
        let count = self.grad.len() / widths.row;
        (0..count).map(move |_| self.cut(0, 1, widths))
    }
}

/// All rows, or those numbered `only` (ascending, each once), in portions for threads.
pub fn portions<'a, T: Real>(
    cpu: &Cpu,
    mut all: Rows<'a, T>,
    widths: Widths,
    only: Option<&[u32]>,
) -> Vec<Vec<Rows<'a, T>>> {
    let bytes = (3 * widths.row + 2 * widths.kept.iter().sum::<usize>()) * size_of::<T>();
    let share = cpu.rows_per_chunk(bytes);
    let mut next = 0;
    match only {
        Some(only) => {
            let mut one = |&row: &u32| {
                let skip = row as usize - next;
                next = row as usize + 1;
                all.cut(skip, 1, widths)
            };
            only.chunks(share).map(|rows| rows.iter().map(&mut one).collect()).collect()
        }
        None => {
            let count = all.grad.len() / widths.row;
            (0..count).step_by(share).map(|first| vec![all.cut(0, share.min(count - first), widths)]).collect()
        }
    }
}

/// Width of the rows: the last axis.
pub fn row_width(x: &Tensor) -> usize {
    x.dims().last().copied().unwrap_or(1).max(1)
}

/// Gives a tensor whose numbers others see a copy of its own.
pub fn own<T: Real>(x: &mut Tensor) -> Result<()> {
    if x.as_mut_slice::<T>().is_none() {
        *x = Tensor::from_slice(&x.to_vec::<T>()?, x.shape())?.to_device(&x.device().clone())?;
    }
    Ok(())
}
