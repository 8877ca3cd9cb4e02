//! Cutting a parameter, its state and its gradient into blocks of rows that threads can work on.

use crate::backend::cpu::Cpu;
use crate::dtype::Real;
use crate::geometry::{Call, Coord, Curv, Kind, Model, Step};
use crate::{Result, Tensor};

/// Neighbouring rows: N arrays to change and the gradient.
pub(super) struct Block<'a, T, const N: usize> {
    pub state: [&'a mut [T]; N],
    pub grad: &'a [T],
}

/// Blocks of all rows, or of `rows` (ascending, without repetition), grouped into tasks for threads. `widths` are the
/// row widths of the arrays; the gradient's is `width`.
pub(super) fn tasks<'a, T: Real, const N: usize>(
    cpu: &Cpu,
    state: [&'a mut [T]; N],
    widths: [usize; N],
    grad: &'a [T],
    width: usize,
    rows: Option<&[u32]>,
) -> Vec<Vec<Block<'a, T, N>>> {
    let bytes = (2 * widths.iter().sum::<usize>() + width) * size_of::<T>();
    let share = cpu.rows_per_chunk(bytes);
    let mut blocks = Vec::new();
    let (mut state, mut next) = (state, 0);
    let per_block = if rows.is_some() { 1 } else { share };
    for (i, grad) in grad.chunks(per_block * width).enumerate() {
        let first = rows.map_or(i * per_block, |rows| rows[i] as usize);
        let count = grad.len() / width;
        let mut k = 0;
        let piece = state.each_mut().map(|rest| {
            let whole = std::mem::take(rest);
            let (_, from_here) = whole.split_at_mut((first - next) * widths[k]);
            let (mine, after) = from_here.split_at_mut(count * widths[k]);
            *rest = after;
            k += 1;
            mine
        });
        next = first + count;
        blocks.push(Block { state: piece, grad });
    }
    let mut blocks = blocks.into_iter();
    let group = if rows.is_some() { share } else { 1 };
    std::iter::from_fn(|| Some(blocks.by_ref().take(group).collect::<Vec<_>>()).filter(|g| !g.is_empty())).collect()
}

/// Width of the rows: the last axis.
pub(super) fn row_width(x: &Tensor) -> usize {
    x.dims().last().copied().unwrap_or(1).max(1)
}

/// Gives a tensor whose numbers others see a copy of its own.
pub(super) fn own<T: Coord>(x: &mut Tensor) -> Result<()> {
    if x.as_mut_slice::<T>().is_none() {
        *x = Tensor::from_slice(&x.to_vec::<T>()?, x.shape())?.to_device(&x.device().clone())?;
    }
    Ok(())
}

/// x ← exp_x(s·u), kept within the largest radius, and m transported along.
pub(super) fn advance<T: Coord>((model, curv, radius): (Model, Curv, f64), x: &mut [T], u: &[T], s: f64, m: &mut [T]) {
    let width = x.len();
    let (mut y, mut w) = (vec![T::zero(); width], vec![T::zero(); width]);
    let scale = [T::from_f64(s)];
    Step { model, curv, width, from: [x, u, m], scale: &scale, to: [&mut y, &mut w] }.run();
    m.copy_from_slice(&w);
    let dim = model.dim(width);
    Call { model, kind: Kind::Project, curv, number: radius, dim }.forward(&[&y], x);
}
