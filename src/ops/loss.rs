//! Losses: cross-entropy of a softmax, of a sigmoid, and squared error.
//!
//! Softmax cross-entropy is fused: forward reads each row of logits and keeps two numbers of it, backward writes the
//! gradient in one pass. The probabilities are never stored.

use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use super::rows::{Exps, map, sum};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply_multi, one};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::DType;
use crate::tensor::{Shape, Tensor};
use crate::{Error, Result};

/// What becomes of the losses of single examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean; 0 over nothing.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// They stay as they are.
    None,
}

impl Reduction {
    /// Applies this to `losses`, of which `count` take part.
    fn of(self, losses: Tensor, count: usize) -> Result<Tensor> {
        match self {
            Reduction::None => Ok(losses),
            Reduction::Sum => losses.sum_all(),
            Reduction::Mean => losses.sum_all()?.mul_scalar(1.0 / count.max(1) as f64),
        }
    }
}

/// How [`Tensor::softmax_cross_entropy`] treats its targets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    /// Share ε of the target's probability that is spread over all classes (Szegedy et al., "Rethinking the Inception
    /// architecture", CVPR 2016).
    pub label_smoothing: f64,
    /// Rows with this target cost nothing and get no gradient; they do not count in the mean.
    pub ignore_index: Option<i64>,
    /// What becomes of the losses of the rows.
    pub reduction: Reduction,
}

impl Tensor {
    /// `−ln softmax(logits)[target]`, of logits `[…, classes]` and integer targets `[…]`.
    ///
    /// Gives a scalar, or the losses `[…]` with [`Reduction::None`]. With label smoothing ε the loss of a row is
    /// (1 − ε) times that of its target plus ε times the mean over all classes.
    ///
    /// # Errors
    /// If the shapes do not fit, targets are not integers, or a target is neither in `0..classes` nor ignored.
    pub fn softmax_cross_entropy(&self, targets: &Tensor, how: &CrossEntropy) -> Result<Tensor> {
        let op = FusedCrossEntropy { smoothing: how.label_smoothing, ignore: how.ignore_index };
        let ignored = how.ignore_index.map_or(0, |i| ids(targets).iter().filter(|&&t| t == i).count());
        let losses = apply_multi(op, &[self, targets])?.swap_remove(0);
        how.reduction.of(losses, targets.numel() - ignored)
    }

    /// −t ln σ(x) − (1 − t) ln(1 − σ(x)) of logits x and targets t in [0, 1] of the same shape, without overflow.
    ///
    /// # Errors
    /// If shapes or types differ.
    pub fn binary_cross_entropy_with_logits(&self, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
        same_shape("binary_cross_entropy_with_logits", self, targets)?;
        // t softplus(−x) + (1 − t) softplus(x): no difference of large numbers.
        let hit = self.neg()?.softplus()?.mul(targets)?;
        let miss = self.softplus()?.mul(&targets.neg()?.add_scalar(1.0)?)?;
        reduction.of(hit.add(&miss)?, self.numel())
    }

    /// (x − t)² of tensors of the same shape.
    ///
    /// # Errors
    /// If shapes or types differ.
    pub fn mse(&self, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
        same_shape("mse", self, targets)?;
        reduction.of(self.sub(targets)?.square()?, self.numel())
    }
}

fn same_shape(op: &'static str, x: &Tensor, t: &Tensor) -> Result<()> {
    if x.shape() == t.shape() {
        return Ok(());
    }
    Err(Error::shape(op, "shapes differ", &[x.shape(), t.shape()], "give one target for each number"))
}

/// The targets in order; i64 holds all of them.
fn ids(targets: &Tensor) -> Vec<i64> {
    match targets.dtype() {
        DType::I64 => targets.to_vec().unwrap_or_default(),
        _ => targets.to_f64_vec().into_iter().map(|t| t as i64).collect(),
    }
}

#[derive(Clone, Copy, Debug)]
struct FusedCrossEntropy {
    smoothing: f64,
    ignore: Option<i64>,
}

/// The target of an ignored row.
const IGNORED: usize = usize::MAX;

impl FusedCrossEntropy {
    /// Checked targets, [`IGNORED`] where ignored.
    fn targets(&self, logits: &Shape, targets: &Tensor) -> Result<Vec<usize>> {
        let (op, classes) = (self.name(), logits.last().copied().unwrap_or(0));
        if targets.dtype().is_float() {
            return Err(Error::DType { op, what: "targets must be integers", got: targets.dtype() });
        }
        if !(0.0..=1.0).contains(&self.smoothing) {
            let what = format!("label smoothing is {}", self.smoothing);
            return Err(Error::Argument { op, what, remedy: "choose a number in [0, 1]".into() });
        }
        if logits.is_empty() || logits[..logits.len() - 1] != targets.shape()[..] {
            let remedy = "logits are […, classes] and targets […]";
            return Err(Error::shape(op, "shapes do not fit", &[logits, targets.shape()], remedy));
        }
        let check = |(position, index): (usize, i64)| match usize::try_from(index) {
            _ if self.ignore == Some(index) => Ok(IGNORED),
            Ok(class) if class < classes => Ok(class),
            _ => Err(Error::Index { op, index, position, size: classes }),
        };
        ids(targets).into_iter().enumerate().map(check).collect()
    }

    /// The losses made of tensor operations.
    fn reference(&self, logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
        let classes = logits.dims()[logits.rank() - 1];
        let hits = self.targets(logits.shape(), targets)?;
        let (even, hit) = (self.smoothing / classes as f64, 1.0 - self.smoothing);
        let weight = |i: usize| match hits[i / classes] {
            IGNORED => 0.0,
            target => even + if target == i % classes { hit } else { 0.0 },
        };
        let weights = Tensor::generate(logits.shape(), logits.dtype(), logits.device(), weight)?;
        // A class without weight costs nothing, even at probability 0.
        let costs = logits.log_softmax(-1)?.mul(&weights)?.neg()?;
        weights.ne(&weights.zeros_like()?)?.select_from(&costs, &weights.zeros_like()?)?.sum(&[-1], false)
    }
}

impl Op for FusedCrossEntropy {
    fn name(&self) -> &'static str {
        "softmax_cross_entropy"
    }

    /// The losses `[…]`, and `[…, 2]`: of each row its shift and 1/Σ exp(x − shift), for the derivative.
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let logits = x[0];
        let cpu = logits.device().cpu_for(self.name())?;
        let targets = self.targets(logits.shape(), x[1])?;
        let n = logits.dims()[logits.rank() - 1];
        with_real!(self.name(), logits.dtype(), T, {
            let view = logits.view::<T>();
            let shapes = [x[1].shape().clone(), x[1].shape().inserted(x[1].rank(), 2)];
            let outputs = Tensor::both_filled_by(shapes, logits.device(), |losses: &mut [T], stats: &mut [T]| {
                let rows = cpu.rows_per_chunk(n * size_of::<T>());
                let tasks = losses.chunks_mut(rows).zip(stats.chunks_mut(2 * rows)).zip(targets.chunks(rows));
                cpu.for_each(tasks.enumerate().collect(), |(chunk, ((losses, stats), targets))| {
                    let mut scratch = Vec::new();
                    let x = view.block(chunk * rows * n, targets.len() * n, &mut scratch);
                    dispatch(Forward { smoothing: self.smoothing, x, n, targets, losses, stats });
                });
            });
            Ok(outputs.into_iter().collect())
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: 3, outputs: 2 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return cx.by_reference(|x| Ok(one(self.reference(&x[0], &x[1])?)));
        }
        let (g, logits, stats) = (cx.grad()?, cx.input(0)?, cx.output(1)?);
        let cpu = logits.device().cpu_for(self.name())?;
        let targets = self.targets(logits.shape(), cx.input(1)?)?;
        let n = logits.dims()[logits.rank() - 1];
        with_real!(self.name(), logits.dtype(), T, {
            let (vx, vg, vs) = (logits.view::<T>(), g.view::<T>(), stats.view::<T>());
            let dx = Tensor::filled_by(logits.shape().clone(), logits.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, n, 2 * n * size_of::<T>(), |first, out| {
                    let (mut sx, mut sg, mut ss) = (Vec::new(), Vec::new(), Vec::new());
                    let rows = out.len() / n;
                    dispatch(Backward {
                        smoothing: self.smoothing,
                        x: vx.block(first * n, out.len(), &mut sx),
                        n,
                        targets: &targets[first..][..rows],
                        g: vg.block(first, rows, &mut sg),
                        stats: vs.block(2 * first, 2 * rows, &mut ss),
                        out,
                    });
                })
            });
            Ok(vec![Some(dx), None])
        })
    }
}

struct Forward<'a, T> {
    smoothing: f64,
    x: &'a [T],
    n: usize,
    targets: &'a [usize],
    losses: &'a mut [T],
    stats: &'a mut [T],
}
impl<T: VectorMath> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let rows = self.targets.iter().zip(self.losses).zip(self.stats.chunks_exact_mut(2));
        for (i, ((&target, loss), stats)) in rows.enumerate() {
            let x = &self.x[i * self.n..][..self.n];
            let Exps { shift, sum: total } = Exps::of::<FMA>(x);
            stats.copy_from_slice(&[shift, T::from_f64(1.0 / total)]);
            if target == IGNORED {
                *loss = T::zero();
                continue;
            }
            // Seen from the shift, so that a confident row keeps its digits.
            let mut score = (1.0 - self.smoothing) * (x[target].to_f64() - shift.to_f64());
            if self.smoothing > 0.0 {
                score += self.smoothing / self.n as f64 * (sum(x) - self.n as f64 * shift.to_f64());
            }
            *loss = T::from_f64(total.ln() - score);
        }
    }
}

struct Backward<'a, T> {
    smoothing: f64,
    x: &'a [T],
    n: usize,
    targets: &'a [usize],
    g: &'a [T],
    stats: &'a [T],
    out: &'a mut [T],
}
impl<T: VectorMath> Kernel for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let even = T::from_f64(self.smoothing / self.n as f64);
        let hit = T::from_f64(1.0 - self.smoothing);
        for (i, out) in self.out.chunks_exact_mut(self.n).enumerate() {
            let (target, g) = (self.targets[i], self.g[i]);
            if target == IGNORED {
                out.fill(T::zero());
                continue;
            }
            let (shift, scale) = (self.stats[2 * i], self.stats[2 * i + 1] * g);
            let spread = even * g;
            map(&self.x[i * self.n..][..self.n], out, |x| (x - shift).v_exp::<FMA>() * scale - spread);
            out[target] -= hit * g;
        }
    }
}

pub(super) static SPECS: &[OpSpec] =
    &[OpSpec { name: "softmax_cross_entropy", gradient: Gradient::Any, cases: Cases::Of(cases) }];

fn cases() -> Result<Vec<Case>> {
    let cross_entropy = |label, logits: Tensor, targets: &[i64], how: CrossEntropy| -> Result<Case> {
        let n = logits.dims()[logits.rank() - 1];
        let shape = if how.reduction == Reduction::None { vec![targets.len()] } else { vec![] };
        let direct = by_numbers(shape, move |x| {
            let loss = |(row, &t): (&[f64], &f64)| -> f64 {
                let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let log = row.iter().map(|v| (v - top).exp()).sum::<f64>().ln();
                let cost = |k: usize| log - (row[k] - top);
                let even = if how.label_smoothing == 0.0 { 0.0 } else { (0..n).map(cost).sum::<f64>() / n as f64 };
                (1.0 - how.label_smoothing) * cost(t as usize) + how.label_smoothing * even
            };
            let kept = |t: &f64| how.ignore_index != Some(*t as i64);
            let losses: Vec<f64> =
                x[0].chunks(n).zip(&x[1]).map(|(r, t)| if kept(t) { loss((r, t)) } else { 0.0 }).collect();
            let count = x[1].iter().filter(|t| kept(t)).count();
            match how.reduction {
                Reduction::None => losses,
                Reduction::Sum => vec![losses.iter().sum()],
                Reduction::Mean => vec![losses.iter().sum::<f64>() / count.max(1) as f64],
            }
        });
        let targets = Tensor::from_slice(targets, targets.len())?;
        let apply = move |x: &[Tensor]| x[0].softmax_cross_entropy(&x[1], &how);
        Ok(Case::new(label, vec![logits, targets], apply).reference(direct))
    };
    let smooth = CrossEntropy { label_smoothing: 0.1, ..Default::default() };
    let ignoring = CrossEntropy { ignore_index: Some(-1), ..smooth };
    let (each, total) = (Reduction::None, Reduction::Sum);
    let masked = [0.3, f64::NEG_INFINITY, 1.0, 0.2, -0.4, 0.0];
    let targets = || Tensor::from_slice(&[0_i64, 4, 2, 2, 1, 3], [2, 3]);
    let fraction = normal([2, 3], 7)?.sigmoid()?;
    Ok(vec![
        cross_entropy("mean", normal([3, 5], 0)?, &[4, 0, 2], CrossEntropy::default())?,
        cross_entropy("each", normal([2, 71], 1)?, &[70, 3], CrossEntropy { reduction: each, ..smooth })?,
        cross_entropy(
            "ignored row, sum",
            normal([3, 4], 2)?,
            &[1, -1, 3],
            CrossEntropy { reduction: total, ..ignoring },
        )?,
        cross_entropy("ignored row, mean", normal([3, 4], 3)?, &[1, -1, 3], ignoring)?,
        cross_entropy("all ignored", normal([2, 4], 4)?, &[-1, -1], ignoring)?,
        cross_entropy("masked class", Tensor::from_slice(&masked, [2, 3])?, &[2, 0], CrossEntropy::default())?
            .values_only(),
        cross_entropy("large logits", normal([2, 3], 5)?.add_scalar(1e4)?, &[2, 0], CrossEntropy::default())?
            .step(1e-5)
            .tolerance(1e-4),
        Case::new("leading axes", vec![normal([2, 3, 5], 6)?, targets()?], |x| {
            x[0].softmax_cross_entropy(&x[1], &CrossEntropy::default())
        })
        .reference(|x| FusedCrossEntropy { smoothing: 0.0, ignore: None }.reference(&x[0], &x[1])?.mean_all()),
        Case::new("sigmoid", vec![normal([2, 3], 8)?.mul_scalar(3.0)?, fraction], |x| {
            let how = CrossEntropy { reduction: Reduction::Sum, ..Default::default() };
            let two = Tensor::stack(&[&x[0].zeros_like()?, &x[0]], -1)?;
            let (zeros, ones) = (
                Tensor::full([2, 3], 0.0, DType::I64, x[0].device())?,
                Tensor::full([2, 3], 1.0, DType::I64, x[0].device())?,
            );
            let each = CrossEntropy { reduction: Reduction::None, ..how };
            let hit = two.softmax_cross_entropy(&ones, &each)?.mul(&x[1])?;
            hit.add(&two.softmax_cross_entropy(&zeros, &each)?.mul(&x[1].neg()?.add_scalar(1.0)?)?)?.sum_all()
        })
        .reference(|x| x[0].binary_cross_entropy_with_logits(&x[1], Reduction::Sum)),
    ])
}
