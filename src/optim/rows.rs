//! Cutting a parameter, its state and its gradient into blocks of rows that threads can work on.

use crate::backend::cpu::Cpu;
use crate::dtype::Real;
use crate::{Error, Result, Tensor};

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

/// The gradient in row-major order, checked: shape, type and finite numbers.
pub(super) fn checked(name: &str, value: &Tensor, grad: &Tensor, rows: Option<&[u32]>) -> Result<Tensor> {
    let op = "Optimizer::step";
    let wanted = match rows {
        None => value.shape().clone(),
        Some(rows) => {
            if value.rank() == 0 {
                return Err(Error::shape(op, format!("{name} has no rows"), &[value.shape()], "use a dense step"));
            }
            let sorted = rows.windows(2).all(|w| w[0] < w[1]);
            let size = value.dims()[0];
            match rows.last() {
                Some(&last) if last as usize >= size => {
                    return Err(Error::Index { op, index: last.into(), position: rows.len() - 1, size });
                }
                _ if !sorted => {
                    let what = format!("rows of the gradient of {name} are not ascending");
                    return Err(Error::Argument { op, what, remedy: "sort them and add up repeated ones".into() });
                }
                _ => value.shape().with(0, rows.len()),
            }
        }
    };
    if *grad.shape() != wanted || grad.dtype() != value.dtype() {
        let what = format!("the gradient of {name} is {} {:?}", grad.dtype(), grad.shape());
        return Err(Error::shape(op, what, &[&wanted], "it must have the parameter's type and shape"));
    }
    let grad = grad.detach().contiguous()?;
    let bad = with_real!(op, grad.dtype(), T, {
        let numbers = grad.as_slice::<T>().unwrap_or_default();
        // A sum of differences x − x is 0 exactly if all numbers are finite, and vectorises; the search then runs once.
        let total = numbers.iter().map(|&x| x - x).sum::<T>();
        if total == 0.0 { None } else { numbers.iter().position(|x| !num_traits::Float::is_finite(*x)) }
    });
    match bad {
        None => Ok(grad),
        Some(position) => Err(Error::NonFinite {
            place: op.into(),
            what: format!("the gradient of {name}"),
            position,
            remedy: "no parameter was changed; lower the learning rate, or look for the operation that made it".into(),
        }),
    }
}
