//! Rows taken by number, and rows summed by number: what every indexed operation comes down to.

use crate::backend::cpu::Cpu;
use crate::dtype::Element;

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
