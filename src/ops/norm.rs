//! Normalisation of rows: layer norm (Ba, Kiros, Hinton, arXiv:1607.06450) and RMS norm (Zhang, Sennrich,
//! arXiv:1910.07467).
//!
//! Fused: forward keeps the mean and the reciprocal deviation of each row, in f64; backward reads each row once from
//! memory. Gradients of gain and bias are summed over fixed chunks of rows, and the chunks in order.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use super::rows::{BLOCK, row_kernel, squares, sum};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply_multi, one};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::backend::cpu::{Buffer, numbers_mut};
use crate::backend::cuda::{Arg, Cuda, Grid, args};
use crate::dtype::{DType, Real};
use crate::tensor::{Backend, Shape, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// (x − mean)/√(variance + eps) · weight + bias over the last axis; weight and bias have its size.
    ///
    /// # Errors
    /// If weight or bias have another shape, or the types differ.
    pub fn layer_norm(&self, weight: Option<&Tensor>, bias: Option<&Tensor>, eps: f64) -> Result<Tensor> {
        norm(Norm { centred: true, weight: weight.is_some(), bias: bias.is_some(), eps }, self, weight, bias)
    }

    /// x/√(mean x² + eps) · weight over the last axis; weight has its size.
    ///
    /// # Errors
    /// If weight has another shape, or the types differ.
    pub fn rms_norm(&self, weight: Option<&Tensor>, eps: f64) -> Result<Tensor> {
        norm(Norm { centred: false, weight: weight.is_some(), bias: false, eps }, self, weight, None)
    }
}

fn norm(op: Norm, x: &Tensor, weight: Option<&Tensor>, bias: Option<&Tensor>) -> Result<Tensor> {
    let inputs: Vec<&Tensor> = [Some(x), weight, bias].into_iter().flatten().collect();
    Ok(apply_multi(op, &inputs)?.swap_remove(0))
}

/// Inputs: x, then the gain and the bias where they are there.
#[derive(Clone, Copy, Debug)]
struct Norm {
    centred: bool,
    weight: bool,
    bias: bool,
    eps: f64,
}

impl Norm {
    fn check(&self, x: &[&Tensor]) -> Result<usize> {
        let Some(&n) = x[0].dims().last() else {
            return Err(Error::shape(
                self.name(),
                "needs an axis",
                &[x[0].shape()],
                "give a scalar one with `unsqueeze`",
            ));
        };
        for p in &x[1..] {
            super::binary::same_dtype(self.name(), x[0], p)?;
            if p.dims() != [n] {
                let remedy = "weight and bias have the size of the last axis";
                return Err(Error::shape(self.name(), "shapes do not fit", &[x[0].shape(), p.shape()], remedy));
            }
        }
        Ok(n)
    }

    fn on_card(&self, cuda: &Cuda, x: &[&Tensor]) -> Result<Outputs> {
        let (shape, dtype) = (x[0].shape(), x[0].dtype());
        let (n, rows) = (shape[shape.len() - 1], rows_of(shape));
        let y = Tensor::on_card(cuda, shape, dtype)?;
        let stats = Tensor::on_card(cuda, shape.with(shape.len() - 1, 2), DType::F64)?;
        let inputs = x.iter().map(|x| x.detach().contiguous()).collect::<Result<Vec<_>>>()?;
        let weight = optional(inputs.get(1).filter(|_| self.weight))?;
        let bias = optional(inputs.last().filter(|_| self.bias))?;
        let (kernel, grid) = row_kernel("norm", dtype, rows, n);
        let (share, centred) = (1.0 / n as f64, u32::from(self.centred));
        let [x, y_arg, stats_arg] = [inputs[0].packed("norm")?, y.packed("norm")?, stats.packed("norm")?];
        let args = args![x, weight, bias, y_arg, stats_arg, rows, n as u32, share, self.eps, centred];
        cuda.launch("norm", &kernel, grid, args)?;
        Ok([y, stats].into_iter().collect())
    }

    fn vjp_on_card(&self, cuda: &Cuda, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let (shape, dtype) = (cx.shape(0), cx.dtype(0));
        let (n, rows) = (shape[shape.len() - 1], rows_of(shape));
        let (g, x, stats) = (cx.grad()?.contiguous()?, cx.input(0)?.detach().contiguous()?, cx.output(1)?);
        let weight = if self.weight { Some(cx.input(1)?.detach().contiguous()?) } else { None };
        let dx = Tensor::on_card(cuda, shape, dtype)?;
        let (kernel, grid) = row_kernel("norm_vjp", dtype, rows, n);
        let read = || -> Result<_> { Ok([g.packed("norm")?, x.packed("norm")?, stats.packed("norm")?]) };
        let [g_arg, x_arg, stats_arg] = read()?;
        let (share, centred) = (1.0 / n as f64, u32::from(self.centred));
        let (weight, dx_arg) = (optional(weight.as_ref())?, dx.packed("norm")?);
        cuda.launch(
            "norm",
            &kernel,
            grid,
            args![g_arg, x_arg, stats_arg, weight, dx_arg, rows, n as u32, share, centred],
        )?;
        let mut grads = vec![cx.needs(0).then_some(dx)];
        if (1..cx.len()).any(|i| cx.needs(i)) {
            let blocks = rows.div_ceil(CARD_ROWS);
            let sums = Tensor::on_card(cuda, [blocks, 2, n], DType::F64)?;
            let (gain, bias) = (Tensor::on_card(cuda, n, dtype)?, Tensor::on_card(cuda, n, dtype)?);
            let [g_arg, x_arg, stats_arg] = read()?;
            let args = args![g_arg, x_arg, stats_arg, sums.packed("norm")?, rows, n, CARD_ROWS];
            cuda.launch("norm", &format!("norm_parameters_{dtype}"), Grid::elements(blocks * n), args)?;
            let args = args![sums.packed("norm")?, gain.packed("norm")?, bias.packed("norm")?, n, blocks];
            cuda.launch("norm", &format!("norm_parameters_end_{dtype}"), Grid::elements(n), args)?;
            grads.extend(
                [(self.weight, gain), (self.bias, bias)].into_iter().filter(|(there, _)| *there).map(|(_, g)| Some(g)),
            );
        }
        grads.resize(cx.len(), None);
        Ok(grads.into_iter().enumerate().map(|(i, g)| g.filter(|_| cx.needs(i))).collect())
    }

    /// The same made of tensor operations.
    fn reference(&self, x: &[Tensor]) -> Result<Outputs> {
        let centred = if self.centred { x[0].sub(&x[0].mean(&[-1], true)?)? } else { x[0].clone() };
        let scale = centred.square()?.mean(&[-1], true)?.add_scalar(self.eps)?.rsqrt()?;
        let mut y = centred.mul(&scale)?;
        if self.weight {
            y = y.mul(&x[1])?;
        }
        Ok(one(if self.bias { y.add(&x[x.len() - 1])? } else { y }))
    }
}

impl Op for Norm {
    fn name(&self) -> &'static str {
        if self.centred { "layer_norm" } else { "rms_norm" }
    }

    /// The result, and `[…, 2]` in f64: of each row its mean (0 for RMS norm) and reciprocal deviation.
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (n, shape, device) = (self.check(x)?, x[0].shape().clone(), x[0].device());
        with_real!(self.name(), x[0].dtype(), T, {
            let cpu = match device.backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => return self.on_card(cuda, x),
            };
            let view = x[0].view::<T>();
            let weight = if self.weight { x[1].to_vec::<T>()? } else { vec![1.0; n] };
            let bias = if self.bias { x[x.len() - 1].to_vec::<T>()? } else { vec![0.0; n] };
            let (weight, bias) = (&weight[..], &bias[..]);
            let shapes = [shape.clone(), shape.with(shape.len() - 1, 2)];
            let outputs = Tensor::both_filled_by(shapes, device, |y: &mut [T], stats: &mut [f64]| {
                let rows = cpu.rows_per_chunk(2 * n * size_of::<T>());
                let tasks = y.chunks_mut((rows * n).max(1)).zip(stats.chunks_mut(2 * rows)).enumerate().collect();
                cpu.for_each(tasks, |(chunk, (y, stats))| {
                    let mut scratch = Vec::new();
                    let x = view.block(chunk * rows * n, y.len(), &mut scratch);
                    dispatch(Forward { norm: *self, x, weight, bias, y, stats });
                });
            });
            Ok(outputs.into_iter().collect())
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: u32::MAX, outputs: 2 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return cx.by_reference(|x| self.reference(x));
        }
        let (g, x, shape) = (cx.grad()?, cx.input(0)?, cx.shape(0).clone());
        let (n, device) = (shape[shape.len() - 1], g.device());
        with_real!(self.name(), g.dtype(), T, {
            let cpu = match device.backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => return self.vjp_on_card(cuda, cx),
            };
            let (vg, vx, vs) = (g.view::<T>(), x.view::<T>(), cx.output(1)?.view::<f64>());
            let weight = if self.weight { cx.input(1)?.to_vec::<T>()? } else { vec![1.0; n] };
            let parameters = (1..cx.len()).any(|i| cx.needs(i));
            // A chunk costs two rows of sums, so it should have many.
            let rows = CHUNK * cpu.rows_per_chunk(3 * n * size_of::<T>());
            let chunks = if n == 0 { 0 } else { rows_of(&shape).div_ceil(rows) };
            let mut sums = Buffer::zeroed(if parameters { chunks * 2 * n } else { 0 } * size_of::<f64>());
            let sums = numbers_mut::<f64>(&mut sums);
            let dx = Tensor::filled_by(shape, device, |dx: &mut [T]| {
                let mut sums = sums.chunks_mut((2 * n).max(1));
                let tasks = dx.chunks_mut((rows * n).max(1)).map(|dx| (dx, sums.next())).enumerate().collect();
                cpu.for_each(tasks, |(chunk, (dx, sums)): (usize, (&mut [T], Option<&mut [f64]>))| {
                    let (mut sg, mut sx, mut ss) = (Vec::new(), Vec::new(), Vec::new());
                    let start = chunk * rows;
                    let (g, x) = (vg.block(start * n, dx.len(), &mut sg), vx.block(start * n, dx.len(), &mut sx));
                    dispatch(Backward {
                        centred: self.centred,
                        g,
                        x,
                        stats: vs.block(2 * start, 2 * dx.len() / n, &mut ss),
                        weight: &weight,
                        dx,
                        sums,
                    });
                });
            });
            let mut totals = vec![0.0; 2 * n];
            for part in sums.chunks_exact((2 * n).max(1)) {
                totals.iter_mut().zip(part).for_each(|(t, p)| *t += p);
            }
            let (gain, bias) = totals.split_at(n);
            let sums = [gain, bias].map(|sums| {
                Tensor::filled_by(Shape::from(n), device, |out: &mut [T]| {
                    out.iter_mut().zip(sums).for_each(|(o, &s)| *o = s as T);
                })
            });
            let [gain, bias] = sums;
            let mut grads = vec![dx];
            grads.extend(self.weight.then_some(gain));
            grads.extend(self.bias.then_some(bias));
            Ok(grads.into_iter().enumerate().map(|(i, g)| cx.needs(i).then_some(g)).collect())
        })
    }
}

/// Chunks of the backward pass are this many times as long as others.
const CHUNK: usize = 8;
/// Rows whose products are added in the type of the tensor before they go to the f64 sums.
const FLUSH: usize = 8;

/// Rows whose terms a thread of a card adds up for the gradients of gain and bias.
const CARD_ROWS: usize = 128;

/// A tensor as an argument of a kernel, null if it is not there.
fn optional(x: Option<&Tensor>) -> Result<Arg<'_>> {
    x.map_or(Ok(Arg::from(0u64)), |x| x.packed("norm"))
}

fn rows_of(shape: &Shape) -> usize {
    shape[..shape.len() - 1].iter().product()
}

/// The mean of a row, 0 if it is not to be centred, and its reciprocal deviation.
#[inline(always)]
pub(super) fn statistics<T: Real>(centred: bool, eps: f64, x: &[T]) -> [f64; 2] {
    let count = x.len() as f64;
    let mean = if centred { sum(x) / count } else { 0.0 };
    [mean, 1.0 / (squares(x, mean) / count + eps).sqrt()]
}

/// (x − mean) · scale in T, with the digits of `mean` that T cannot hold in `low`.
#[derive(Clone, Copy)]
pub(super) struct Standard<T> {
    high: T,
    low: T,
    scale: T,
}

impl<T: Real> Standard<T> {
    #[inline(always)]
    pub fn new(mean: f64, scale: f64) -> Standard<T> {
        let high = T::from_f64(mean);
        Standard { high, low: T::from_f64(mean - high.to_f64()), scale: T::from_f64(scale) }
    }

    #[inline(always)]
    pub fn at(self, x: T) -> T {
        ((x - self.high) - self.low) * self.scale
    }
}

struct Forward<'a, T> {
    norm: Norm,
    x: &'a [T],
    weight: &'a [T],
    bias: &'a [T],
    y: &'a mut [T],
    stats: &'a mut [f64],
}
impl<T: VectorMath> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let n = self.weight.len();
        for (i, y) in self.y.chunks_exact_mut(n).enumerate() {
            let x = &self.x[i * n..][..n];
            let [mean, scale] = statistics(self.norm.centred, self.norm.eps, x);
            self.stats[2 * i..][..2].copy_from_slice(&[mean, scale]);
            let standard = Standard::<T>::new(mean, scale);
            for (((y, &x), &w), &b) in y.iter_mut().zip(x).zip(self.weight).zip(self.bias) {
                *y = standard.at(x) * w + b;
            }
        }
    }
}

struct Backward<'a, T> {
    centred: bool,
    g: &'a [T],
    x: &'a [T],
    stats: &'a [f64],
    weight: &'a [T],
    dx: &'a mut [T],
    /// Sums over the rows of g · x̂ and of g, one after the other.
    sums: Option<&'a mut [f64]>,
}
impl<T: VectorMath> Kernel for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(mut self) {
        let n = self.weight.len();
        let block = FLUSH * n;
        let width = if self.sums.is_some() { n } else { 0 };
        let mut partial = vec![T::zero(); 2 * width];
        for (i, dx) in self.dx.chunks_mut(block).enumerate() {
            let (g, x) = (&self.g[i * block..][..dx.len()], &self.x[i * block..][..dx.len()]);
            let stats = &self.stats[2 * i * FLUSH..];
            for (row, dx) in dx.chunks_exact_mut(n).enumerate() {
                let (g, x) = (&g[row * n..][..n], &x[row * n..][..n]);
                let standard = Standard::new(stats[2 * row], stats[2 * row + 1]);
                gradient(self.centred, standard, g, x, self.weight, dx);
                let (gain, bias) = partial.split_at_mut(width);
                accumulate(standard, g, x, gain, bias);
            }
            if let Some(sums) = &mut self.sums {
                sums.iter_mut().zip(&mut partial).for_each(|(s, p)| *s += std::mem::take(p).to_f64());
            }
        }
    }
}

/// scale · (h − mean(h) − x̂ mean(h x̂)) with h = g · weight; without mean(h) if the row was not centred.
#[inline(always)]
fn gradient<T: Real>(centred: bool, standard: Standard<T>, g: &[T], x: &[T], weight: &[T], dx: &mut [T]) {
    let (mut h, mut hx) = ([T::zero(); BLOCK], [T::zero(); BLOCK]);
    let (mut mean, mut along) = (0.0, 0.0);
    for ((g, x), weight) in g.chunks(BLOCK).zip(x.chunks(BLOCK)).zip(weight.chunks(BLOCK)) {
        let (h, hx) = (&mut h[..g.len()], &mut hx[..g.len()]);
        for ((((h, hx), &g), &x), &w) in h.iter_mut().zip(&mut *hx).zip(g).zip(x).zip(weight) {
            *h = g * w;
            *hx = g * w * standard.at(x);
        }
        if centred {
            mean += sum(h);
        }
        along += sum(hx);
    }
    let [mean, along] = [mean, along].map(|total| T::from_f64(total / x.len() as f64));
    for (((d, &g), &x), &w) in dx.iter_mut().zip(g).zip(x).zip(weight) {
        *d = standard.scale * ((g * w - mean) - standard.at(x) * along);
    }
}

/// Adds a row's g · x̂ and g to the sums over rows.
#[inline(always)]
pub(super) fn accumulate<T: Real>(standard: Standard<T>, g: &[T], x: &[T], gain: &mut [T], bias: &mut [T]) {
    for (((a, b), &g), &x) in gain.iter_mut().zip(bias).zip(g).zip(x) {
        *a += g * standard.at(x);
        *b += g;
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    OpSpec { name: "layer_norm", gradient: Gradient::Any, cases: Cases::Of(|| cases(true)) },
    OpSpec { name: "rms_norm", gradient: Gradient::Any, cases: Cases::Of(|| cases(false)) },
];

fn cases(centred: bool) -> Result<Vec<Case>> {
    let case = |label, x: Tensor, weight: bool, bias: bool| -> Result<Case> {
        let n = x.dims()[x.rank() - 1];
        let op = Norm { centred, weight, bias, eps: 1e-5 };
        let mut inputs = vec![x];
        if weight {
            inputs.push(normal(n, 11)?);
        }
        if bias {
            inputs.push(normal(n, 12)?);
        }
        let run = move |x: &[Tensor]| Ok(apply_multi(op, &x.iter().collect::<Vec<_>>())?.swap_remove(0));
        Ok(Case::new(label, inputs, run).reference(move |x| Ok(op.reference(x)?.swap_remove(0))))
    };
    Ok(vec![
        case("with gain", normal([3, 5], 0)?, true, false)?,
        case("with gain and bias", normal([2, 2, 6], 1)?, true, centred)?,
        case("plain", normal([2, 4], 2)?, false, false)?,
        case("more rows than a chunk, longer than the lanes", normal([17, 33], 3)?, true, centred)?,
        case("far from 0", normal([2, 5], 4)?.add_scalar(100.0)?, true, false)?.f32_tolerance(1e-4),
        case("one number", normal([3, 1], 5)?.mul_scalar(1e-2)?, true, false)?.step(1e-4).tolerance(1e-6),
        case("no rows", normal([0, 3], 6)?, true, centred)?,
    ])
}
