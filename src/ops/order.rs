//! Order along an axis: largest and smallest, sorting, the top k. A NaN counts as the largest number.

use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cuda::{Grid, args};
use crate::dtype::{DType, Element};
use crate::tensor::{Backend, Tensor};
use crate::{Error, Result};
use std::cmp::Ordering;

impl Tensor {
    /// Where the largest number along `axis` is, i64; the first of equals, the first NaN if there is one. The axis
    /// stays with size 1 if `keep`.
    ///
    /// # Errors
    /// If the axis is empty.
    pub fn argmax(&self, axis: isize, keep: bool) -> Result<Tensor> {
        self.extreme("argmax", axis, keep)
    }

    /// Where the smallest number along `axis` is, i64; the first of equals, a NaN only if there is nothing else. The axis
    /// stays with size 1 if `keep`.
    ///
    /// # Errors
    /// If the axis is empty.
    pub fn argmin(&self, axis: isize, keep: bool) -> Result<Tensor> {
        self.extreme("argmin", axis, keep)
    }

    fn extreme(&self, name: &'static str, axis: isize, keep: bool) -> Result<Tensor> {
        let at = self.shape().axis(name, axis)?;
        let place = apply(Rank { name, axis: at, descending: name == "argmax", count: 1 }, &[self])?;
        if keep { Ok(place) } else { place.squeeze(at as isize) }
    }

    /// The places of the numbers along `axis` in sorted order, i64, of this tensor's shape. Equal numbers keep their
    /// order, in both directions.
    pub fn argsort(&self, axis: isize, descending: bool) -> Result<Tensor> {
        let axis = self.shape().axis("argsort", axis)?;
        apply(Rank { name: "argsort", axis, descending, count: self.dims()[axis] }, &[self])
    }

    /// The numbers along `axis` in sorted order. Equal numbers keep their order; NaN comes last, first if `descending`.
    pub fn sort(&self, axis: isize, descending: bool) -> Result<Tensor> {
        self.gather(axis, &self.argsort(axis, descending)?)
    }

    /// The `k` largest numbers along `axis`, largest first (NaN before all), and their places (i64): both of this tensor's shape with
    /// the axis of size `k`. The gradient goes to the numbers chosen.
    ///
    /// # Errors
    /// If the axis has fewer than `k` numbers.
    pub fn topk(&self, k: usize, axis: isize) -> Result<(Tensor, Tensor)> {
        let at = self.shape().axis("topk", axis)?;
        let places = apply(Rank { name: "topk", axis: at, descending: true, count: k }, &[self])?;
        Ok((self.gather(axis, &places)?, places))
    }

    /// Sums of the numbers up to each one along `axis`, itself included. f32 is summed in f64.
    pub fn cumsum(&self, axis: isize) -> Result<Tensor> {
        apply(CumSum { axis: self.shape().axis("cumsum", axis)?, backwards: false }, &[self])
    }
}

/// The places of the first `count` numbers of each row in sorted order.
#[derive(Debug)]
struct Rank {
    name: &'static str,
    axis: usize,
    descending: bool,
    count: usize,
}

/// The order of numbers, NaN above all.
fn order<T: Element>(a: &T, b: &T) -> Ordering {
    let is_nan = |x: &T| x.partial_cmp(x).is_none();
    a.partial_cmp(b).unwrap_or_else(|| is_nan(a).cmp(&is_nan(b)))
}

impl Rank {
    fn row<T: Element>(&self, row: &[T], places: &mut [i64], pairs: &mut Vec<(T, usize)>) {
        let before = |a: &T, b: &T| if self.descending { order(b, a) } else { order(a, b) };
        if let [place] = places {
            let first = (1..row.len()).fold(0, |best, i| if before(&row[i], &row[best]).is_lt() { i } else { best });
            *place = first as i64;
            return;
        }
        // With its place each number is unlike all others, so that any sort keeps the order of equals.
        let whole = |a: &(T, usize), b: &(T, usize)| before(&a.0, &b.0).then(a.1.cmp(&b.1));
        pairs.clear();
        pairs.extend(row.iter().copied().zip(0..));
        if !places.is_empty() && places.len() < row.len() {
            pairs.select_nth_unstable_by(places.len() - 1, whole);
            pairs.truncate(places.len());
        }
        pairs.sort_unstable_by(whole);
        places.iter_mut().zip(pairs).for_each(|(place, pair)| *place = pair.1 as i64);
    }
}

impl Op for Rank {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (count, size) = (self.count, x[0].dims()[self.axis]);
        if count > size {
            return Err(Error::shape(
                self.name,
                format!("{count} numbers wanted of an axis of size {size}"),
                &[x[0].shape()],
                "choose an axis that has them",
            ));
        }
        let x = last(x[0], self.axis)?;
        if let (Backend::Cuda(cuda), 0..=1) = (x.device().backend(), count) {
            let places = Tensor::on_card(cuda, x.shape().with(x.rank() - 1, count), DType::I64)?;
            let (rows, which) = (places.numel(), if self.descending { "argmax" } else { "argmin" });
            let args = args![places.packed(self.name)?, x.packed(self.name)?, rows, size];
            cuda.launch("order", &format!("{which}_{}", x.dtype()), Grid::warps(rows), args)?;
            return Ok(one(places.transpose(self.axis as isize, -1)?));
        }
        let cpu = x.device().cpu_for(self.name)?;
        let places = with_element!(x.dtype(), T, {
            let numbers = x.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by(x.shape().with(x.rank() - 1, count), x.device(), |out: &mut [i64]| {
                cpu.for_each_rows(out, count, size * size_of::<T>(), |first, part| {
                    let mut pairs = Vec::new();
                    let rows = numbers[first * size..].chunks_exact(size.max(1));
                    for (places, row) in part.chunks_exact_mut(count.max(1)).zip(rows) {
                        self.row(row, places, &mut pairs);
                    }
                })
            })
        });
        Ok(one(places.transpose(self.axis as isize, -1)?))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        None
    }

    fn vjp(&self, _: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Err(Error::NoBackward { op: self.name })
    }
}

/// The numbers in row-major order with `axis` exchanged with the last.
fn last(x: &Tensor, axis: usize) -> Result<Tensor> {
    x.detach().transpose(axis as isize, -1)?.contiguous()
}

#[derive(Debug)]
struct CumSum {
    axis: usize,
    backwards: bool,
}

impl Op for CumSum {
    fn name(&self) -> &'static str {
        "cumsum"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let x = last(x[0], self.axis)?;
        let size = x.dims()[x.rank() - 1].max(1);
        let sums = with_real!("cumsum", x.dtype(), T, {
            let cpu = match x.device().backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => {
                    let sums = Tensor::on_card(cuda, x.shape(), x.dtype())?;
                    let (kernel, rows) = (format!("cumsum_{}", x.dtype()), x.numel() / size);
                    let args =
                        args![sums.packed("cumsum")?, x.packed("cumsum")?, rows, size, u32::from(self.backwards)];
                    cuda.launch("order", &kernel, Grid::warps(rows), args)?;
                    return Ok(one(sums.transpose(self.axis as isize, -1)?));
                }
            };
            let numbers = x.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by(x.shape().clone(), x.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, size, 2 * size * size_of::<T>(), |first, part| {
                    let rows = numbers[first * size..].chunks_exact(size);
                    for (out, row) in part.chunks_exact_mut(size).zip(rows) {
                        let mut sum = 0.0;
                        let mut step = |(o, v): (&mut T, &T)| {
                            sum += v.to_f64();
                            *o = T::from_f64(sum);
                        };
                        let pairs = out.iter_mut().zip(row);
                        if self.backwards { pairs.rev().for_each(&mut step) } else { pairs.for_each(&mut step) }
                    }
                })
            })
        });
        Ok(one(sums.transpose(self.axis as isize, -1)?))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(apply(CumSum { axis: self.axis, backwards: !self.backwards }, &[&cx.grad()?])?)])
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    places("argmax", || extremes(Tensor::argmax, |a, b| a > b)),
    places("argmin", || extremes(Tensor::argmin, |a, b| a < b)),
    places("argsort", || {
        let numbers = Tensor::from_slice(&[2.0, f64::NAN, -1.0, 2.0, f64::INFINITY, -0.0, 0.0, f64::NAN], 8)?;
        let wanted = |order: [f64; 8]| by_numbers(8, move |_| order.to_vec());
        let float = |x: Tensor| x.to_dtype(DType::F64);
        Ok(vec![
            Case::new("equals keep their order", vec![numbers.clone()], |x| x[0].argsort(0, false))
                .reference(wanted([2.0, 5.0, 6.0, 0.0, 3.0, 4.0, 1.0, 7.0])),
            Case::new("descending", vec![numbers], |x| x[0].argsort(0, true))
                .reference(wanted([1.0, 7.0, 4.0, 0.0, 3.0, 5.0, 6.0, 2.0])),
            Case::new("a permutation", vec![normal([3, 7], 0)?], move |x| {
                let order = x[0].argsort(1, false)?;
                float(order.argsort(1, false)?.gather(1, &order)?)?.to_dtype(DType::I64)
            })
            .reference(by_numbers([3, 7], |_| (0..21).map(|i| f64::from(i % 7)).collect())),
        ])
    }),
    places("topk", || {
        let whole = |x: &[Tensor]| x[0].argsort(1, true)?.narrow(1, 0, 3);
        let zero = vec![normal([2, 3], 3)?];
        Ok(vec![
            Case::new("places", vec![normal([4, 9, 2], 1)?], |x| Ok(x[0].topk(3, 1)?.1)).reference(whole),
            Case::new("none", zero, |x| Ok(x[0].topk(0, 1)?.1)),
        ])
    }),
    OpSpec {
        name: "cumsum",
        gradient: Gradient::Any,
        cases: Cases::Of(|| {
            let direct = by_numbers([2, 3, 2], |x| {
                (0..12).map(|i| (0..=i / 2 % 3).map(|k| x[0][i / 6 * 6 + k * 2 + i % 2]).sum()).collect()
            });
            Ok(vec![
                Case::new("middle axis", vec![normal([2, 3, 2], 4)?], |x| x[0].cumsum(1)).reference(direct),
                Case::new("of nothing", vec![normal([2, 0], 5)?], |x| x[0].cumsum(1)),
            ])
        }),
    },
];

const fn places(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Never("its result is places"), cases: Cases::Of(cases) }
}

type Extreme = fn(&Tensor, isize, bool) -> Result<Tensor>;
fn extremes(f: Extreme, better: fn(f64, f64) -> bool) -> Result<Vec<Case>> {
    let direct = by_numbers([2, 1, 3], move |x| {
        let at = |o: usize, k: usize, i: usize| x[0][o * 12 + k * 3 + i];
        let best = |o, i| (1..4).fold(0, |best, k| if better(at(o, k, i), at(o, best, i)) { k } else { best }) as f64;
        (0..6).map(|i| best(i / 3, i % 3)).collect()
    });
    let ties = Tensor::from_slice(&[1.0, 3.0, 3.0, f64::NAN, -1.0, -1.0, f64::NAN], 7)?;
    Ok(vec![
        Case::new("middle axis", vec![normal([2, 4, 3], 0)?], move |x| f(&x[0], 1, true)).reference(direct),
        Case::new("first of equals", vec![ties], move |x| f(&x[0], 0, false))
            .reference(by_numbers([], move |_| vec![if better(1.0, 0.0) { 3.0 } else { 4.0 }])),
    ])
}
