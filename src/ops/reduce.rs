//! Reductions over axes: sum, mean, maximum, minimum.
//!
//! f32 is summed in f64. Long rows are cut into segments by length alone and the segments combined in order, so the
//! bits do not depend on the threads.

use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::{Cpu, View};
use crate::backend::cuda::{Cuda, Grid, args};
use crate::dtype::{DType, Real};
use crate::tensor::{Backend, Shape, Tensor};
use crate::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sum,
    Max,
    Min,
}

#[derive(Clone, Debug)]
struct Reduce {
    kind: Kind,
    /// Sorted; the reduced axes stay with size 1.
    axes: Vec<usize>,
}

impl Tensor {
    /// The sum over `axes`, which stay with size 1 if `keep`. No axes: the tensor itself.
    pub fn sum(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        reduce(self, Kind::Sum, "sum", axes, keep)
    }

    /// The sum of all numbers, a scalar.
    pub fn sum_all(&self) -> Result<Tensor> {
        self.sum(&every(self), false)
    }

    /// The mean over `axes`.
    pub fn mean(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        let total = self.sum(axes, true)?;
        let count = self.numel() as f64 / total.numel().max(1) as f64;
        let mean = total.mul_scalar(1.0 / count)?;
        if keep { Ok(mean) } else { mean.reshape(without(self.shape(), &resolve(self, "mean", axes)?)) }
    }

    /// The mean of all numbers, a scalar.
    pub fn mean_all(&self) -> Result<Tensor> {
        self.mean(&every(self), false)
    }

    /// The largest number over `axes`; NaN if there is one. Equal largest numbers share the gradient.
    pub fn max(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        reduce(self, Kind::Max, "max", axes, keep)
    }

    /// The smallest number over `axes`; NaN if there is one. Equal smallest numbers share the gradient.
    pub fn min(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        reduce(self, Kind::Min, "min", axes, keep)
    }

    /// The Euclidean norm over `axes`; its gradient at 0 is 0.
    pub fn norm(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        self.square()?.sum(axes, keep)?.sqrt0()
    }

    /// Sums out what broadcasting from `shape` has repeated: the transpose of [`Tensor::broadcast_to`].
    pub fn sum_to(&self, shape: &Shape) -> Result<Tensor> {
        if self.shape() == shape {
            return Ok(self.clone());
        }
        let new = self.rank() - shape.len();
        let axes: Vec<isize> = (0..self.rank())
            .filter(|&i| i < new || (shape[i - new] == 1 && self.dims()[i] != 1))
            .map(|i| i as isize)
            .collect();
        self.sum(&axes, true)?.reshape(shape)
    }
}

fn every(x: &Tensor) -> Vec<isize> {
    (0..x.rank() as isize).collect()
}

fn resolve(x: &Tensor, op: &'static str, axes: &[isize]) -> Result<Vec<usize>> {
    let mut axes = axes.iter().map(|&a| x.shape().axis(op, a)).collect::<Result<Vec<_>>>()?;
    axes.sort_unstable();
    axes.dedup();
    Ok(axes)
}

fn without(shape: &Shape, axes: &[usize]) -> Shape {
    (0..shape.len()).filter(|i| !axes.contains(i)).map(|i| shape[i]).collect()
}

fn reduce(x: &Tensor, kind: Kind, name: &'static str, axes: &[isize], keep: bool) -> Result<Tensor> {
    let axes = resolve(x, name, axes)?;
    if axes.is_empty() {
        return Ok(x.clone());
    }
    let squeezed = without(x.shape(), &axes);
    let y = apply(Reduce { kind, axes }, &[x])?;
    if keep { Ok(y) } else { y.reshape(squeezed) }
}

impl Kind {
    fn start(self) -> f64 {
        match self {
            Kind::Sum => 0.0,
            Kind::Max => f64::NEG_INFINITY,
            Kind::Min => f64::INFINITY,
        }
    }

    #[inline(always)]
    fn merge(self, a: f64, b: f64) -> f64 {
        match self {
            Kind::Sum => a + b,
            // A NaN on either side stays.
            Kind::Max => {
                if a > b || a.is_nan() {
                    a
                } else {
                    b
                }
            }
            Kind::Min => {
                if a < b || a.is_nan() {
                    a
                } else {
                    b
                }
            }
        }
    }

    /// One segment, in eight interleaved lanes that the compiler keeps in vector registers.
    fn segment<T: Real>(self, x: &[T]) -> f64 {
        #[inline(always)]
        fn lanes<T: Real>(x: &[T], start: f64, merge: impl Fn(f64, f64) -> f64) -> f64 {
            const LANES: usize = 16;
            let mut acc = [start; LANES];
            let chunks = x.chunks_exact(LANES);
            let rest = chunks.remainder();
            for chunk in chunks {
                for (a, &v) in acc.iter_mut().zip(chunk) {
                    *a = merge(*a, v.to_f64());
                }
            }
            for (a, &v) in acc.iter_mut().zip(rest) {
                *a = merge(*a, v.to_f64());
            }
            let mut width = LANES / 2;
            while width > 0 {
                for i in 0..width {
                    acc[i] = merge(acc[i], acc[i + width]);
                }
                width /= 2;
            }
            acc[0]
        }
        match self {
            Kind::Sum => lanes(x, 0.0, |a, b| a + b),
            other => lanes(x, other.start(), |a, b| other.merge(a, b)),
        }
    }
}

/// Numbers in a segment of a long row.
const SEGMENT: usize = 16 << 10;

impl Op for Reduce {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Sum => "sum",
            Kind::Max => "max",
            Kind::Min => "min",
        }
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let x = x[0];
        let kept: Vec<usize> = (0..x.rank()).filter(|i| !self.axes.contains(i)).collect();
        let order: Vec<usize> = kept.iter().chain(&self.axes).copied().collect();
        let inner: usize = self.axes.iter().map(|&a| x.dims()[a]).product();
        let shape = self.axes.iter().fold(x.shape().clone(), |s, &a| s.with(a, 1));
        if inner == 0 && self.kind != Kind::Sum && shape.numel() > 0 {
            return Err(Error::shape(
                self.name(),
                "nothing to choose from",
                &[x.shape()],
                "reduce axes that are not empty",
            ));
        }
        // Which way to sum depends on shapes alone, so that a view gives the bits of its contiguous copy.
        let columns = self.axes.iter().copied().eq(0..self.axes.len()) && shape.numel() > 1 && inner > 1;
        let packed = if columns && matches!(x.device().backend(), Backend::Cpu(_)) {
            x.detach().contiguous()?
        } else {
            x.detach()
        };
        with_real!(self.name(), x.dtype(), T, {
            let cpu = match x.device().backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => {
                    let rows = x.with_layout(x.layout().permuted(&order));
                    let each = if columns { "thread" } else { "warp" };
                    return Ok(one(self.on_card(cuda, &rows, inner, shape, each)?));
                }
            };
            let whole = packed.view::<T>();
            let layout = packed.layout().permuted(&order);
            let rows = View::new(whole.data(), &layout);
            let outer = shape.numel();
            Ok(one(Tensor::filled_by(shape, x.device(), |out: &mut [T]| match whole.as_slice() {
                Some(numbers) if columns => self.columns(cpu, numbers, out),
                _ if outer == 0 => {}
                _ => self.rows(cpu, rows, inner, out),
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(if self.kind == Kind::Sum { Saves::NOTHING } else { Saves::ALL })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let g = cx.grad()?;
        if self.kind == Kind::Sum {
            return Ok(vec![Some(g.broadcast_to(cx.shape(0))?)]);
        }
        let (x, y) = (cx.input(0)?, cx.output(0)?);
        let hit = x.eq(y)?.to_dtype(x.dtype())?;
        let axes: Vec<isize> = self.axes.iter().map(|&a| a as isize).collect();
        let share = hit.div(&hit.sum(&axes, true)?)?;
        Ok(vec![Some(share.mul(&g)?)])
    }
}

/// Numbers in a segment on a card, where one is the work of a thread or a warp.
const CARD_SEGMENT: usize = 2 << 10;

impl Reduce {
    /// Each output is one row of `inner` numbers, whose segments are reduced to f64, until there is one a row. `each` says
    /// who takes a segment: a warp, or a thread where neighbouring rows are neighbours in memory.
    fn on_card(&self, cuda: &Cuda, rows: &Tensor, inner: usize, shape: Shape, each: &str) -> Result<Tensor> {
        let (mut rows, mut inner, dtype, mut each) = (rows.clone(), inner, rows.dtype(), each);
        loop {
            let segments = inner.div_ceil(CARD_SEGMENT).max(1);
            let (to, size, count) = if segments == 1 {
                (dtype, shape.clone(), shape.numel())
            } else {
                (DType::F64, shape.inserted(shape.len(), segments), shape.numel() * segments)
            };
            let out = Tensor::on_card(cuda, size, to)?;
            let kernel = format!("{}_{each}_{to}_from_{}", self.name(), rows.dtype());
            let grid = if each == "warp" { Grid::warps(count) } else { Grid::elements(count) };
            let args =
                args![out.packed(self.name())?, rows.strided(self.name())?, count, inner, segments, CARD_SEGMENT];
            cuda.launch("reduce", &kernel, grid, args)?;
            if segments == 1 {
                return Ok(out);
            }
            (rows, inner, each) = (out, segments, "warp");
        }
    }

    /// Each output is one row of `inner` numbers.
    fn rows<T: Real>(&self, cpu: &Cpu, rows: View<'_, T>, inner: usize, out: &mut [T]) {
        let kind = self.kind;
        let part = |start: usize, len: usize, scratch: &mut Vec<T>| kind.segment(rows.block(start, len, scratch));
        if inner <= SEGMENT {
            return cpu.for_each_rows(out, 1, inner * size_of::<T>(), |first, out| {
                let mut scratch = Vec::new();
                for (i, o) in out.iter_mut().enumerate() {
                    *o = T::from_f64(part((first + i) * inner, inner, &mut scratch));
                }
            });
        }
        let segments = inner.div_ceil(SEGMENT);
        let mut partial = vec![0.0; out.len() * segments];
        cpu.for_each_rows(&mut partial, 1, SEGMENT * size_of::<T>(), |first, part_out| {
            let mut scratch = Vec::new();
            for (i, p) in part_out.iter_mut().enumerate() {
                let (row, segment) = ((first + i) / segments, (first + i) % segments);
                let start = segment * SEGMENT;
                *p = part(row * inner + start, SEGMENT.min(inner - start), &mut scratch);
            }
        });
        for (o, parts) in out.iter_mut().zip(partial.chunks_exact(segments)) {
            *o = T::from_f64(parts.iter().fold(kind.start(), |a, &b| kind.merge(a, b)));
        }
    }

    /// The leading axes of a contiguous tensor: whole rows are added up, chunk by chunk.
    fn columns<T: Real>(&self, cpu: &Cpu, numbers: &[T], out: &mut [T]) {
        let (kind, width) = (self.kind, out.len());
        let rows = cpu.rows_per_chunk(width * size_of::<T>()).max(16);
        let mut partial = vec![kind.start(); numbers.len().div_ceil(rows * width) * width];
        let tasks = partial.chunks_mut(width).zip(numbers.chunks(rows * width)).collect();
        cpu.for_each(tasks, |(acc, rows): (&mut [f64], &[T])| {
            for row in rows.chunks_exact(width) {
                acc.iter_mut().zip(row).for_each(|(a, &v)| *a = kind.merge(*a, v.to_f64()));
            }
        });
        let (total, others) = partial.split_at_mut(width);
        for other in others.chunks_exact(width) {
            total.iter_mut().zip(other).for_each(|(a, &b)| *a = kind.merge(*a, b));
        }
        out.iter_mut().zip(total).for_each(|(o, &mut a)| *o = T::from_f64(a));
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    spec("sum", || {
        let direct =
            by_numbers([2, 4], |x| (0..8).map(|i| (0..3).map(|k| x[0][i / 4 * 12 + k * 4 + i % 4]).sum()).collect());
        Ok(vec![
            Case::new("middle axis", vec![normal([2, 3, 4], 0)?], |x| x[0].sum(&[1], false)).reference(direct),
            Case::new("leading axes", vec![normal([2, 3, 4], 0)?], |x| x[0].sum(&[0, 1], true)),
            Case::new("everything", vec![normal([3, 4], 0)?], |x| x[0].sum_all()),
            Case::new("norm", vec![normal([3, 4], 0)?], |x| x[0].norm(&[-1], false)),
            Case::new("mean", vec![normal([3, 4], 0)?], |x| x[0].mean(&[0], true)),
            Case::new("of nothing", vec![normal([2, 0], 0)?], |x| x[0].sum(&[1], false)),
        ])
    }),
    spec("max", || choices(Tensor::max, f64::max)),
    spec("min", || choices(Tensor::min, f64::min)),
];

const fn spec(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Any, cases: Cases::Of(cases) }
}

type Choice = fn(&Tensor, &[isize], bool) -> Result<Tensor>;
fn choices(f: Choice, merge: fn(f64, f64) -> f64) -> Result<Vec<Case>> {
    let direct = by_numbers(3, move |x| x[0].chunks(5).filter_map(|row| row.iter().copied().reduce(merge)).collect());
    Ok(vec![
        Case::new("last axis", vec![normal([3, 5], 0)?], move |x| f(&x[0], &[-1], false)).reference(direct),
        Case::new("two axes", vec![normal([3, 2, 2], 1)?], move |x| f(&x[0], &[0, 2], true)),
        Case::new("NaN stays", vec![Tensor::from_slice(&[1.0, f64::NAN, 2.0], 3)?], move |x| f(&x[0], &[0], false))
            .values_only(),
    ])
}
