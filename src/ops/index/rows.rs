//! Rows taken by number, and rows summed by number: what every indexed operation comes down to.

use crate::Result;
use crate::backend::cpu::Cpu;
use crate::backend::cuda::{Cuda, Grid, args};
use crate::dtype::Element;
use crate::tensor::{Shape, Tensor};

/// Row i of `out` is row `places[i]` of `from`; a row is `row` numbers.
pub(super) fn take<T: Element>(cpu: &Cpu, from: &[T], places: &[usize], row: usize, out: &mut [T]) {
    cpu.for_each_rows(out, row, 2 * row * size_of::<T>(), |first, part| {
        if row == 1 {
            return part.iter_mut().zip(&places[first..]).for_each(|(o, &place)| *o = from[place]);
        }
        for (out, &place) in part.chunks_exact_mut(row.max(1)).zip(&places[first..]) {
            out.copy_from_slice(&from[place * row..][..row]);
        }
    });
}

/// Row p of `out` is the sum of all rows i of `from` with `places[i] = p`, in the order of i: the transpose of [`take`].
///
/// Sorting the rows by their place gives each output row one writer, so the bits do not depend on the threads. Sums
/// are taken in f64.
pub(super) fn sum<T: Element>(cpu: &Cpu, from: &[T], places: &[usize], row: usize, out: &mut [T]) {
    if row == 0 {
        return;
    }
    let sorted = Sorted::new(places, out.len() / row);
    let share = places.len().div_ceil(sorted.rows().max(1));
    cpu.for_each_rows(out, row, (1 + share) * row * size_of::<T>(), |first, part| {
        let mut sums = vec![0.0; row];
        for (i, out) in part.chunks_exact_mut(row).enumerate() {
            match sorted.sources(first + i) {
                [] => out.fill(T::from_f64(0.0)),
                [only] => out.copy_from_slice(&from[only * row..][..row]),
                many => {
                    sums.fill(0.0);
                    for source in many {
                        let numbers = &from[source * row..][..row];
                        sums.iter_mut().zip(numbers).for_each(|(s, &v)| *s += v.to_f64());
                    }
                    out.iter_mut().zip(&sums).for_each(|(o, &s)| *o = T::from_f64(s));
                }
            }
        }
    });
}

/// [`take`] on a card: rows of the contiguous `from`, in a tensor of shape `chosen`.
pub(super) fn take_on_card(cuda: &Cuda, from: &Tensor, places: &[usize], row: usize, chosen: Shape) -> Result<Tensor> {
    let out = Tensor::on_card(cuda, chosen, from.dtype())?;
    let (n, places) = (out.numel(), numbers(cuda, places)?);
    let kernel = format!("take_{}", from.dtype().size());
    let args = args![out.packed("take")?, from.packed("take")?, places.packed("take")?, n, row];
    cuda.launch("index", &kernel, Grid::elements(n), args)?;
    Ok(out)
}

/// Row `places[i]` of `to`, numbers in order that nobody else sees, becomes row i of the contiguous `from`.
pub(crate) fn put_on_card(cuda: &Cuda, from: &Tensor, places: &Tensor, to: &Tensor) -> Result<()> {
    let (n, row) = (from.numel(), from.numel() / places.numel().max(1));
    let kernel = format!("put_{}", from.dtype().size());
    let args = args![to.packed("put")?, from.packed("put")?, places.packed("put")?, n, row];
    cuda.launch("index", &kernel, Grid::elements(n), args)
}

/// [`sum`] on a card: rows of the contiguous `from`, in a tensor of `shape`.
pub(super) fn sum_on_card(cuda: &Cuda, from: &Tensor, places: &[usize], row: usize, shape: Shape) -> Result<Tensor> {
    let out = Tensor::on_card(cuda, shape, from.dtype())?;
    let n = out.numel();
    let sorted = Sorted::new(places, n.checked_div(row).unwrap_or(0));
    let (order, ends) = (numbers(cuda, &sorted.order)?, numbers(cuda, &sorted.ends)?);
    let [order, ends] = [order.packed("sum")?, ends.packed("sum")?];
    let args = args![out.packed("sum")?, from.packed("sum")?, order, ends, n, row];
    cuda.launch("index", &format!("sum_rows_{}", from.dtype()), Grid::elements(n), args)?;
    Ok(out)
}

/// Numbers of the host on a card, as i64.
fn numbers(cuda: &Cuda, numbers: &[usize]) -> Result<Tensor> {
    let numbers: Vec<i64> = numbers.iter().map(|&n| n as i64).collect();
    Tensor::from_slice(&numbers, numbers.len())?.to_card(cuda)
}

/// Positions grouped by place, by a counting sort, which keeps their order.
struct Sorted {
    ends: Vec<usize>,
    order: Vec<usize>,
}

impl Sorted {
    fn new(places: &[usize], rows: usize) -> Sorted {
        let mut ends = vec![0; rows];
        places.iter().for_each(|&p| ends[p] += 1);
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        // Each entry is its group's start now, and moves to its end as the group fills.
        let mut order = vec![0; places.len()];
        for (i, &p) in places.iter().enumerate() {
            order[ends[p]] = i;
            ends[p] += 1;
        }
        Sorted { ends, order }
    }

    fn rows(&self) -> usize {
        self.ends.len()
    }

    fn sources(&self, row: usize) -> &[usize] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.order[start..self.ends[row]]
    }
}
