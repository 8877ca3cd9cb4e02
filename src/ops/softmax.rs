//! Softmax, its logarithm, and the logarithm of its denominator, each one pass over rows that stay in the cache.
//!
//! A row of −∞ alone (everything masked) has no distribution; its softmax is defined as zeros, its log-softmax and
//! log-sum-exp as −∞, and gradients through it as zeros. NaN, or +∞, anywhere makes the whole row NaN.

use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use super::rows::{Exps, map, map2, sum, sum2};
use crate::Result;
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::tensor::Tensor;

impl Tensor {
    /// exp(x) / Σ exp(x) over `axis`; same shape. Zeros where everything along the axis is −∞.
    pub fn softmax(&self, axis: isize) -> Result<Tensor> {
        along(Softmax::Plain, self, axis)
    }

    /// ln softmax(x) over `axis` without overflow or cancellation; same shape.
    pub fn log_softmax(&self, axis: isize) -> Result<Tensor> {
        along(Softmax::Log, self, axis)
    }

    /// ln Σ exp(x) over `axis`, which stays with size 1 if `keep`. −∞ over nothing.
    pub fn logsumexp(&self, axis: isize, keep: bool) -> Result<Tensor> {
        let kept = along(Softmax::LogSum, self, axis)?;
        if keep { Ok(kept) } else { kept.squeeze(axis) }
    }
}

/// Rows are the last axis; another axis is first moved there.
fn along(op: Softmax, x: &Tensor, axis: isize) -> Result<Tensor> {
    let axis = x.shape().axis(op.name(), axis)?;
    if axis + 1 == x.rank() {
        return apply(op, &[x]);
    }
    apply(op, &[&x.transpose(axis as isize, -1)?])?.transpose(axis as isize, -1)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Softmax {
    Plain,
    Log,
    LogSum,
}

impl Op for Softmax {
    fn name(&self) -> &'static str {
        match self {
            Softmax::Plain => "softmax",
            Softmax::Log => "log_softmax",
            Softmax::LogSum => "logsumexp",
        }
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let x = x[0];
        let last = x.rank() - 1;
        let n = x.dims()[last];
        let shape = if *self == Softmax::LogSum { x.shape().with(last, 1) } else { x.shape().clone() };
        let width = shape[last];
        let cpu = x.device().cpu_for(self.name())?;
        with_real!(self.name(), x.dtype(), T, {
            let view = x.view::<T>();
            Ok(one(Tensor::filled_by(shape, x.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, width, (n + width) * size_of::<T>(), |first, out| {
                    let mut scratch = Vec::new();
                    let x = view.block(first * n, out.len() / width * n, &mut scratch);
                    dispatch(Forward { op: *self, x, n, out, width });
                })
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(if *self == Softmax::LogSum { Saves::ALL } else { Saves::OUTPUTS })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let (g, y) = (cx.grad()?, cx.output(0)?);
        if cx.higher_order() {
            return Ok(vec![Some(self.gradient_tensor(cx, &g, y)?)]);
        }
        let shape = cx.shape(0).clone();
        let n = shape[shape.len() - 1];
        // Each row reads its gradient and the input (log-sum-exp) or the output.
        let read = if *self == Softmax::LogSum { cx.input(0)? } else { y };
        let cpu = g.device().cpu_for(self.name())?;
        with_real!(self.name(), g.dtype(), T, {
            let (vg, vr, vy) = (g.view::<T>(), read.view::<T>(), y.view::<T>());
            let width = if *self == Softmax::LogSum { 1 } else { n };
            Ok(vec![Some(Tensor::filled_by(shape, g.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, n, 3 * n * size_of::<T>(), |first, out| {
                    let (mut sg, mut sr, mut sy) = (Vec::new(), Vec::new(), Vec::new());
                    let rows = out.len() / n;
                    dispatch(Backward {
                        op: *self,
                        g: vg.block(first * width, rows * width, &mut sg),
                        read: vr.block(first * n, rows * n, &mut sr),
                        y: vy.block(first * width, rows * width, &mut sy),
                        n,
                        out,
                    });
                })
            }))])
        })
    }
}

impl Softmax {
    /// The gradient made of tensor operations.
    fn gradient_tensor(self, cx: &Vjp<'_>, g: &Tensor, y: &Tensor) -> Result<Tensor> {
        match self {
            Softmax::Plain => g.sub(&g.mul(y)?.sum(&[-1], true)?)?.mul(y),
            Softmax::Log => g.sub(&y.exp()?.mul(&g.sum(&[-1], true)?)?),
            Softmax::LogSum => {
                let nothing = y.eq(&Tensor::full([], f64::NEG_INFINITY, y.dtype(), y.device())?)?;
                cx.input(0)?.sub(&y.masked_fill(&nothing, 0.0)?)?.exp()?.mul(g)
            }
        }
    }
}

struct Forward<'a, T> {
    op: Softmax,
    x: &'a [T],
    n: usize,
    out: &'a mut [T],
    width: usize,
}
impl<T: VectorMath> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Forward { op, x, n, out, width } = self;
        for (i, out) in out.chunks_exact_mut(width).enumerate() {
            let x = &x[i * n..][..n];
            match op {
                Softmax::Plain => {
                    let shift = Exps::shift(x);
                    map(x, out, |x| (x - shift).v_exp::<FMA>());
                    let total = sum(out);
                    let scale = T::from_f64(if total == 0.0 { 0.0 } else { 1.0 / total });
                    out.iter_mut().for_each(|y| *y *= scale);
                }
                Softmax::Log => {
                    let Exps { shift, sum } = Exps::of::<FMA>(x);
                    let log = T::from_f64(if sum == 0.0 { 0.0 } else { sum.ln() });
                    map(x, out, |x| (x - shift) - log);
                }
                Softmax::LogSum => {
                    let Exps { shift, sum } = Exps::of::<FMA>(x);
                    out[0] = T::from_f64(shift.to_f64() + sum.ln());
                }
            }
        }
    }
}

struct Backward<'a, T> {
    op: Softmax,
    g: &'a [T],
    read: &'a [T],
    y: &'a [T],
    n: usize,
    out: &'a mut [T],
}
impl<T: VectorMath> Kernel for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Backward { op, g, read, y, n, out } = self;
        for (i, out) in out.chunks_exact_mut(n).enumerate() {
            let read = &read[i * n..][..n];
            match op {
                // y (g − Σ g y)
                Softmax::Plain => {
                    let g = &g[i * n..][..n];
                    let mean = T::from_f64(sum2(g, read, |g, y| g * y));
                    map2(g, read, out, |g, y| (g - mean) * y);
                }
                // g − softmax(x) Σ g
                Softmax::Log => {
                    let g = &g[i * n..][..n];
                    let total = T::from_f64(sum(g));
                    map2(g, read, out, |g, y| g - y.v_exp::<FMA>() * total);
                }
                // softmax(x) g
                Softmax::LogSum => {
                    let (g, y) = (g[i], y[i]);
                    let y = if y == T::neg_infinity() { T::zero() } else { y };
                    map(read, out, |x| (x - y).v_exp::<FMA>() * g);
                }
            }
        }
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    spec("softmax", || cases(Softmax::Plain)),
    spec("log_softmax", || cases(Softmax::Log)),
    spec("logsumexp", || cases(Softmax::LogSum)),
];

const fn spec(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Any, cases: Cases::Of(cases) }
}

fn cases(op: Softmax) -> Result<Vec<Case>> {
    const INF: f64 = f64::INFINITY;
    let row = move |x: &[f64]| -> Vec<f64> {
        let top = x.iter().copied().fold(-INF, f64::max);
        let log = if top == -INF { -INF } else { top + x.iter().map(|v| (v - top).exp()).sum::<f64>().ln() };
        let log = if x.iter().any(|v| v.is_nan()) { f64::NAN } else { log };
        let below = |v: f64| if log == -INF { -INF } else { v - log };
        match op {
            Softmax::Plain => x.iter().map(|&v| below(v).exp()).collect(),
            Softmax::Log => x.iter().map(|&v| below(v)).collect(),
            Softmax::LogSum => vec![log],
        }
    };
    let direct = |shape: [usize; 2]| {
        let width = if op == Softmax::LogSum { 1 } else { shape[1] };
        by_numbers([shape[0], width], move |x| x[0].chunks(shape[1]).flat_map(row).collect())
    };
    let last = move |x: &[Tensor]| along(op, &x[0], -1);
    let nan = f64::NAN;
    let masked = [-INF, 1.0, -INF, 2.0, -INF, -INF, -INF, -INF, 0.5, nan, -INF, 1.0];
    Ok(vec![
        Case::new("rows", vec![normal([3, 5], 0)?], last).reference(direct([3, 5])),
        Case::new("rows longer than the lanes", vec![normal([2, 71], 1)?], last).reference(direct([2, 71])),
        Case::new("middle axis", vec![normal([2, 4, 3], 2)?], move |x| along(op, &x[0], 1)),
        Case::new("large numbers", vec![normal([2, 3], 3)?.mul_scalar(3.0)?.add_scalar(1e4)?], last)
            .reference(direct([2, 3]))
            .step(1e-6)
            .tolerance(1e-4)
            .f32_tolerance(2e-5),
        Case::new("masked, all masked, NaN", vec![Tensor::from_slice(&masked, [3, 4])?], last)
            .reference(direct([3, 4]))
            .values_only(),
        Case::new("one number", vec![normal([3, 1], 4)?], last).reference(direct([3, 1])),
        Case::new("no rows", vec![normal([0, 3], 5)?], last),
    ])
}
