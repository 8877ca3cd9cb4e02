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
    /// Takes `count` rows off the front, after `skip` rows that have no gradient; `grads` of them have one.
    fn cut(&mut self, skip: usize, count: usize, grads: usize, widths: Widths) -> Rows<'a, T> {
        let (grad, later) = self.grad.split_at(grads * widths.row);
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
}

/// What one thread works on: rows of a parameter, from the first to the last that has a gradient.
pub struct Portion<'a, T> {
    /// All rows in between; gradients only of those that have one.
    span: Rows<'a, T>,
    /// The numbers of those that have one, if not all do.
    only: Option<&'a [u32]>,
    widths: Widths,
}

impl<'a, T> Portion<'a, T> {
    /// How many rows have a gradient.
    pub fn count(&self) -> usize {
        self.span.grad.len() / self.widths.row
    }

    /// The rows as one piece, if all have a gradient.
    pub fn whole(&mut self) -> Option<&mut Rows<'a, T>> {
        self.only.is_none().then_some(&mut self.span)
    }

    /// How many rows of the span come before the `i`-th that has a gradient.
    fn before(&self, i: usize) -> usize {
        self.only.map_or(i, |only| (only[i] - only[0]) as usize)
    }

    /// The `i`-th row that has a gradient.
    #[inline(always)]
    pub fn row(&mut self, i: usize) -> Rows<'_, T> {
        let (at, Widths { row, kept }) = (self.before(i), self.widths);
        let Rows { x, kept: [a, b, c, d], grad } = &mut self.span;
        let [p, q, r, s] = kept;
        Rows {
            x: &mut x[at * row..][..row],
            kept: [&mut a[at * p..][..p], &mut b[at * q..][..q], &mut c[at * r..][..r], &mut d[at * s..][..s]],
            grad: &grad[i * row..][..row],
        }
    }

    /// The rows that have a gradient, one by one.
    pub fn each(mut self) -> impl Iterator<Item = Rows<'a, T>> {
        (0..self.count()).scan(0, move |next, i| {
            let at = self.before(i);
            let skip = at - std::mem::replace(next, at + 1);
            Some(self.span.cut(skip, 1, 1, self.widths))
        })
    }
}

/// All rows, or those numbered `only` (ascending, each once), in portions for threads.
pub fn portions<'a, T: Real>(
    cpu: &Cpu,
    mut all: Rows<'a, T>,
    widths: Widths,
    only: Option<&'a [u32]>,
) -> Vec<Portion<'a, T>> {
    let bytes = (3 * widths.row + 2 * widths.kept.iter().sum::<usize>()) * size_of::<T>();
    let share = cpu.rows_per_chunk(bytes);
    match only {
        Some(only) => {
            let mut next = 0;
            let mut one = |only: &'a [u32]| {
                let [first, last] = [only.first(), only.last()].map(|row| row.map_or(0, |&row| row as usize));
                let skip = first - next;
                next = last + 1;
                Portion { span: all.cut(skip, last + 1 - first, only.len(), widths), only: Some(only), widths }
            };
            only.chunks(share).map(&mut one).collect()
        }
        None => {
            let count = all.grad.len() / widths.row;
            let mut one = |first: usize| {
                let count = share.min(count - first);
                Portion { span: all.cut(0, count, count, widths), only: None, widths }
            };
            (0..count).step_by(share).map(&mut one).collect()
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
