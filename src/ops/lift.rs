//! Points of the hyperboloid from space coordinates, in the same pass that makes these: y = ρ (√(|h|² + c), h), where a
//! row of h is a sum with a bias, a normalised row, an activation or a gate of two rows. So Hypformer (Yang et al., KDD
//! 2024, eqs. 5 and 6) defines linear layers, norms, activations and dropout alike.
//!
//! The derivative needs of the lift no more than its result: h/√(|h|² + c) = y_s/y₀. The time of a point that is an input
//! is not read, and its gradient is 0.

mod activation;
mod affine;
mod normalised;
mod swiglu;

pub use activation::Activation;

use super::registry::OpSpec;
use super::rows::{dot, squares, written};
use super::sheet::{Sheet, lift_by_parts, radius_sq, ratio, width};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::View;
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::Real;
use crate::tensor::{Shape, Tensor};
use crate::{Error, Result};
use std::fmt::Debug;

pub(super) static SPECS: [&[OpSpec]; 4] = [affine::SPECS, normalised::SPECS, activation::SPECS, swiglu::SPECS];

/// A function of one or two rows whose value h are space coordinates. It may have parameters with a number for each.
trait Space: Copy + Debug + Send + Sync + 'static {
    /// How many rows it takes, at most two.
    const ROWS: usize;
    /// Whether rows are points, of which the space coordinates are taken.
    const POINTS: bool;
    /// Whether the derivative reads the rows.
    const READS: bool;
    /// What missing parameters are filled with, at most two.
    const PARAMETERS: &'static [f64];

    /// The name of the operation.
    fn name(&self) -> &'static str;

    /// Writes h.
    fn value<T: VectorMath, const FMA: bool>(&self, rows: [&[T]; 2], parameters: [&[T]; 2], h: &mut [T]);

    /// Writes the gradients of the rows, given that of h, and adds those of the parameters (to empty slices: none).
    fn pull<T: VectorMath, const FMA: bool>(
        &self,
        rows: [&[T]; 2],
        parameters: [&[T]; 2],
        dh: &[T],
        to_rows: [&mut [T]; 2],
        to_parameters: [&mut [T]; 2],
    );

    /// h made of tensor operations.
    fn by_parts(&self, rows: &[Tensor], parameters: [Option<&Tensor>; 2]) -> Result<Tensor>;
}

/// Inputs: the rows, the parameters that are there, κ if h is lifted, κ′ if the curvature changes.
#[derive(Clone, Copy, Debug)]
struct Lifted<F> {
    f: F,
    parameters: [bool; 2],
    curvatures: usize,
}

/// Applies `f`.
fn lifted<F: Space>(
    f: F,
    rows: &[&Tensor],
    parameters: &[Option<&Tensor>],
    kappa: Option<&Tensor>,
    to: Option<&Tensor>,
) -> Result<Tensor> {
    let there = |i: usize| parameters.get(i).is_some_and(Option::is_some);
    let op = Lifted { f, parameters: [there(0), there(1)], curvatures: [kappa, to].into_iter().flatten().count() };
    let inputs = rows.iter().copied().chain(parameters.iter().copied().flatten()).chain(kappa).chain(to);
    apply(op, &inputs.collect::<Vec<_>>())
}

impl<F: Space> Lifted<F> {
    /// The number of the first parameter, and of the first curvature.
    fn starts(&self) -> [usize; 2] {
        [F::ROWS, F::ROWS + self.parameters.iter().filter(|&&there| there).count()]
    }

    /// How many coordinates come before those of space, in the rows and in the result.
    fn leads(&self) -> [usize; 2] {
        [usize::from(F::POINTS), usize::from(self.curvatures > 0)]
    }

    /// How many space coordinates there are.
    fn check(&self, x: &[&Tensor]) -> Result<usize> {
        let (op, [parameters, curvatures]) = (self.name(), self.starts());
        let d = width(op, x[0].shape(), self.leads()[0])? - self.leads()[0];
        for other in &x[1..curvatures] {
            super::binary::same_dtype(op, x[0], other)?;
        }
        let unlike = x[1..parameters].iter().find(|row| row.shape() != x[0].shape());
        if let Some(row) = unlike.or(x[parameters..curvatures].iter().find(|p| p.dims() != [d])) {
            let remedy = "rows have the same shape, parameters a number for each space coordinate";
            return Err(Error::shape(op, "shapes do not fit", &[x[0].shape(), row.shape()], remedy));
        }
        Ok(d)
    }

    /// The parameters, or what stands for them; `given` gives them in order.
    fn filled<'a, T: Real>(&self, d: usize, mut given: impl Iterator<Item = &'a Tensor>) -> Result<[Vec<T>; 2]> {
        let mut parameters = [Vec::new(), Vec::new()];
        for ((p, &there), &missing) in parameters.iter_mut().zip(&self.parameters).zip(F::PARAMETERS) {
            *p = match if there { given.next() } else { None } {
                Some(tensor) => tensor.to_vec()?,
                None => vec![T::from_f64(missing); d],
            };
        }
        Ok(parameters)
    }

    /// The same made of tensor operations.
    fn by_parts(&self, x: &[Tensor]) -> Result<Tensor> {
        let [parameters, curvatures] = self.starts();
        let mut rows = x[..F::ROWS].to_vec();
        if F::POINTS {
            rows = rows.iter().map(|x| x.narrow(-1, 1, x.dims()[x.rank() - 1])).collect::<Result<_>>()?;
        }
        let mut given = x[parameters..curvatures].iter();
        let h = self.f.by_parts(&rows, self.parameters.map(|there| if there { given.next() } else { None }))?;
        if self.curvatures == 0 { Ok(h) } else { lift_by_parts(&h, &x[curvatures..]) }
    }

    /// The gradients of an `f` that adds its parameter to its row, made of tensor operations: of dh = ρ (g_s + g₀ y_s/y₀),
    /// of c, g₀ρ²/2y₀, and of κ and κ′ by way of ρ, ± g · y/2κ.
    fn gradient_by_parts(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let (g, y, [_, first]) = (cx.grad()?, cx.output(0)?, self.starts());
        let (kappa, to) = (cx.input(first)?, cx.input(first + 1).ok());
        let split = |x: &Tensor| -> Result<_> { Ok((x.narrow(-1, 0, 1)?, x.narrow(-1, 1, x.dims()[x.rank() - 1])?)) };
        let ((g_time, g_space), (y_time, y_space)) = (split(&g)?, split(y)?);
        let lean = g_time.div(&y_time)?;
        let mut dh = g_space.add(&y_space.mul(&lean)?)?;
        let mut by_c = lean.sum_all()?.mul_scalar(0.5)?;
        if let Some(to) = to {
            let scale = ratio(kappa, to, &g)?;
            (dh, by_c) = (dh.mul(&scale)?, by_c.mul(&scale.square()?)?);
        }
        let by_kappa = |x: Tensor, i: usize| x.to_dtype(cx.dtype(i))?.reshape(cx.shape(i).clone());
        let mut by_from = by_c.mul(&radius_sq(kappa, &g)?.square()?)?;
        let mut by_to = None;
        if let Some(to) = to {
            let along = g.mul(y)?.sum_all()?.mul_scalar(0.5)?;
            by_from = by_from.sub(&along.mul(&radius_sq(kappa, &g)?)?)?;
            by_to = Some(by_kappa(along.mul(&radius_sq(to, &g)?)?, first + 1)?);
        }
        let bias = if first > 1 { Some(dh.sum_to(cx.shape(1))?) } else { None };
        let mut grads = vec![Some(dh)];
        grads.extend(bias.map(Some));
        grads.extend([Some(by_kappa(by_from, first)?), by_to]);
        grads.truncate(cx.len());
        Ok(grads.into_iter().enumerate().map(|(i, grad)| grad.filter(|_| cx.needs(i))).collect())
    }
}

impl<F: Space> Op for Lifted<F> {
    fn name(&self) -> &'static str {
        self.f.name()
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (d, [parameters, curvatures], [lead, time]) = (self.check(x)?, self.starts(), self.leads());
        let sheet = Sheet::of(self.name(), &x[curvatures..])?;
        let (cpu, device) = (x[0].device().cpu_for(self.name())?, x[0].device());
        let shape = x[0].shape().with(x[0].rank() - 1, time + d);
        with_real!(self.name(), x[0].dtype(), T, {
            let views = x[..F::ROWS].iter().map(|x| x.view::<T>()).collect::<Vec<_>>();
            let parameters = self.filled::<T>(d, x[parameters..curvatures].iter().copied())?;
            let bytes = (F::ROWS * (lead + d) + time + d) * size_of::<T>();
            Ok(one(Tensor::filled_by(shape, device, |out: &mut [T]| {
                cpu.for_each_rows(out, time + d, bytes, |first, out| {
                    let mut scratch = [Vec::new(), Vec::new()];
                    let rows = blocks(&views, &mut scratch, first * (lead + d), out.len() / (time + d) * (lead + d));
                    let parameters = parameters.each_ref().map(Vec::as_slice);
                    dispatch(Forward { op: *self, sheet, d, rows, parameters, out });
                })
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        let inputs = if F::READS { u32::MAX } else { u32::MAX << F::ROWS };
        Some(Saves { inputs, outputs: u32::from(self.curvatures > 0) })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            let by_parts = |x: &[Tensor]| Ok(one(self.by_parts(x)?));
            return if F::READS { cx.by_reference(by_parts) } else { self.gradient_by_parts(cx) };
        }
        let ([parameters, curvatures], [lead, time]) = (self.starts(), self.leads());
        let (g, shape) = (cx.grad()?, cx.shape(0).clone());
        let n = shape[shape.len() - 1];
        let d = n - lead;
        let given = |range: std::ops::Range<usize>| range.map(|i| cx.input(i)).collect::<Result<Vec<_>>>();
        let sheet = Sheet::of(self.name(), &given(curvatures..cx.len())?)?;
        let (cpu, device) = (g.device().cpu_for(self.name())?, g.device());
        let summed = if (parameters..curvatures).any(|i| cx.needs(i)) { d * F::PARAMETERS.len() } else { 0 };
        with_real!(self.name(), g.dtype(), T, {
            let vg = g.view::<T>();
            let vy = if time > 0 { Some(cx.output(0)?.view::<T>()) } else { None };
            let rows = if F::READS { given(0..F::ROWS)? } else { vec![] };
            let views: Vec<View<'_, T>> = rows.iter().map(|x| x.view()).collect();
            let values = self.filled::<T>(d, given(parameters..curvatures)?.into_iter())?;
            let count = shape[..shape.len() - 1].iter().product();
            let bytes = ((1 + F::ROWS) * n + (1 + time) * (time + d)) * size_of::<T>();
            // A chunk costs sums for the parameters, so it should have many rows where there are such.
            let chunk = cpu.rows_per_chunk(bytes) * if summed > 0 { CHUNK } else { 1 };
            let shapes = vec![shape.clone(); F::ROWS];
            let (grads, sums) = written(cpu, device, shapes, [count, chunk], |first, count, mut out: Vec<&mut [T]>| {
                let (mut scratch, mut sg, mut sy) = ([Vec::new(), Vec::new()], Vec::new(), Vec::new());
                let (start, len) = (first * (time + d), count * (time + d));
                let second = if F::ROWS > 1 { out.pop().unwrap_or_default() } else { &mut [] };
                let mut sums = Sums { by_c: 0.0, along: 0.0, parameters: vec![0.0; summed] };
                dispatch(Backward {
                    op: *self,
                    sheet,
                    d,
                    g: vg.block(start, len, &mut sg),
                    y: vy.map_or(&[], |y| y.block(start, len, &mut sy)),
                    rows: blocks(&views, &mut scratch, first * n, count * n),
                    parameters: values.each_ref().map(Vec::as_slice),
                    out: [out.pop().unwrap_or_default(), second],
                    sums: &mut sums,
                });
                sums
            });
            let mut grads: Vec<_> = grads.into_iter().map(Some).collect();
            // In the order of the chunks, so the same for any number of threads.
            for (k, _) in self.parameters.iter().enumerate().filter(|(_, there)| **there) {
                let column = |j: usize| sums.iter().map(|s| s.parameters[k * d + j]).sum::<f64>();
                grads.push((summed > 0).then(|| {
                    Tensor::filled_by(Shape::from(d), device, |out: &mut [T]| {
                        out.iter_mut().enumerate().for_each(|(j, o)| *o = column(j) as T);
                    })
                }));
            }
            let (by_c, along) = sums.iter().fold((0.0, 0.0), |(c, a), s| (c + s.by_c, a + s.along));
            grads.extend(sheet.gradients(cx, curvatures, by_c, along)?);
            Ok(grads.into_iter().enumerate().map(|(i, grad)| grad.filter(|_| cx.needs(i))).collect())
        })
    }
}

/// Chunks of a backward pass with parameters are this many times as long as others.
const CHUNK: usize = 8;
/// Rows whose terms for the parameters are added in the type of the tensor before they go to the f64 sums.
const FLUSH: usize = 8;

/// Numbers `start .. start + len` of each view.
fn blocks<'s, T: Real>(views: &[View<'s, T>], scratch: &'s mut [Vec<T>; 2], start: usize, len: usize) -> [&'s [T]; 2] {
    let mut blocks: [&[T]; 2] = [&[], &[]];
    for ((block, view), scratch) in blocks.iter_mut().zip(views).zip(scratch) {
        *block = view.block(start, len, scratch);
    }
    blocks
}

/// Row `i` of rows with `d` space coordinates, without the `lead` ones before them; of no rows, nothing.
#[inline(always)]
fn row<T>(rows: &[T], i: usize, lead: usize, d: usize) -> &[T] {
    if rows.is_empty() { rows } else { &rows[i * (lead + d) + lead..][..d] }
}

struct Forward<'a, F, T> {
    op: Lifted<F>,
    sheet: Sheet,
    d: usize,
    rows: [&'a [T]; 2],
    parameters: [&'a [T]; 2],
    out: &'a mut [T],
}
impl<F: Space, T: VectorMath> Kernel for Forward<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (d, [lead, time]) = (self.d, self.op.leads());
        for (i, out) in self.out.chunks_exact_mut((time + d).max(1)).enumerate() {
            let (first, h) = out.split_at_mut(time);
            self.op.f.value::<T, FMA>(self.rows.map(|x| row(x, i, lead, d)), self.parameters, h);
            if let [first] = first {
                *first = T::from_f64(self.sheet.scale * (squares(h, 0.0) + self.sheet.c).sqrt());
                if self.sheet.changes() {
                    let scale = T::from_f64(self.sheet.scale);
                    h.iter_mut().for_each(|h| *h *= scale);
                }
            }
        }
    }
}

/// What a chunk adds up: the gradient of c, g · y, and the gradients of the parameters.
struct Sums {
    by_c: f64,
    along: f64,
    parameters: Vec<f64>,
}

struct Backward<'a, F, T> {
    op: Lifted<F>,
    sheet: Sheet,
    d: usize,
    g: &'a [T],
    y: &'a [T],
    rows: [&'a [T]; 2],
    parameters: [&'a [T]; 2],
    out: [&'a mut [T]; 2],
    sums: &'a mut Sums,
}
impl<F: Space, T: VectorMath> Kernel for Backward<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Backward { op, sheet, d, g, y, rows, parameters, out: [first, second], sums } = self;
        let [lead, time] = op.leads();
        let n = lead + d;
        let (mut dh, mut partial) = (vec![T::zero(); d], vec![T::zero(); sums.parameters.len()]);
        let count = g.len() / (time + d).max(1);
        for i in 0..count {
            let g = &g[i * (time + d)..][..time + d];
            if time > 0 {
                let y = &y[i * (time + d)..][..time + d];
                let lean = g[0].to_f64() / y[0].to_f64();
                sums.by_c += 0.5 * sheet.scale * sheet.scale * lean;
                if sheet.changes() {
                    sums.along += dot(g, y);
                }
                let (scale, lean) = (T::from_f64(sheet.scale), T::from_f64(sheet.scale * lean));
                for ((dh, &g), &y) in dh.iter_mut().zip(&g[1..]).zip(&y[1..]) {
                    *dh = scale * g + lean * y;
                }
            }
            let dh = if time > 0 { &dh[..] } else { g };
            let mut outs = [&mut *first, &mut *second].map(|out| out.get_mut(i * n..(i + 1) * n).unwrap_or_default());
            if let (true, Some(time)) = (F::POINTS, outs[0].first_mut()) {
                *time = T::zero();
            }
            let outs = outs.each_mut().map(|out| out.get_mut(lead..).unwrap_or_default());
            let summed = d.min(partial.len());
            let (gain, bias) = partial.split_at_mut(summed);
            op.f.pull::<T, FMA>(rows.map(|x| row(x, i, lead, d)), parameters, dh, outs, [gain, bias]);
            if i % FLUSH == FLUSH - 1 || i + 1 == count {
                let partial = partial.iter_mut().map(|p| std::mem::take(p).to_f64());
                sums.parameters.iter_mut().zip(partial).for_each(|(s, p)| *s += p);
            }
        }
    }
}
