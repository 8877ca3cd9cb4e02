//! Adam on manifolds (Bécigneul and Ganea, ICLR 2019).

use super::Optimizer;
use super::params::{checked, collect, find, space};
use super::rows::{Block, advance, own, row_width, tasks};
use crate::backend::cpu::simd::Kernel;
use crate::geometry::{Coord, Curv, Kind, Model};
use crate::param::{Param, SparseGrad};
use crate::{Error, Grads, Result, Tensor};

/// Riemannian Adam: x ← exp_x(−lr · m̂/(√v̂ + ε)), m transported along.
///
/// On a curved manifold v is one number a row, the running mean of |gradient|²; on a Euclidean parameter it is one a
/// coordinate, as in Adam. Weight decay adds `weight_decay · x` to the Euclidean gradient.
pub struct RiemannianAdam {
    params: Vec<Param>,
    states: Vec<Option<State>>,
    lr: f64,
    betas: (f64, f64),
    eps: f64,
    weight_decay: f64,
    decoupled: bool,
    amsgrad: bool,
}

struct State {
    step: u64,
    m: Tensor,
    v: Tensor,
    /// The largest v so far, for AMSGrad; empty without.
    largest: Tensor,
}

impl RiemannianAdam {
    /// β = (0.9, 0.999), ε = 1e-8.
    pub fn new(params: Vec<Param>, lr: f64) -> RiemannianAdam {
        let states = params.iter().map(|_| None).collect();
        RiemannianAdam {
            params,
            states,
            lr,
            betas: (0.9, 0.999),
            eps: 1e-8,
            weight_decay: 0.0,
            decoupled: false,
            amsgrad: false,
        }
    }

    /// Decay rates of the two moments.
    pub fn betas(self, first: f64, second: f64) -> Self {
        RiemannianAdam { betas: (first, second), ..self }
    }

    /// Added to √v̂.
    pub fn eps(self, eps: f64) -> Self {
        RiemannianAdam { eps, ..self }
    }

    /// Adds `weight_decay · x` to the Euclidean gradient.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        RiemannianAdam { weight_decay, ..self }
    }

    /// Decays Euclidean parameters apart from the gradient, x ← x − lr · weight_decay · x, as AdamW does (Loshchilov and
    /// Hutter, ICLR 2019).
    pub fn decoupled_flat_decay(self) -> Self {
        RiemannianAdam { decoupled: true, ..self }
    }

    /// Divides by the root of the largest v so far (Reddi, Kale, Kumar, ICLR 2018).
    pub fn amsgrad(self) -> Self {
        RiemannianAdam { amsgrad: true, ..self }
    }

    fn update(&mut self, i: usize, grad: &Tensor, rows: Option<&[u32]>) -> Result<()> {
        let (model, curv, radius) = space(&self.params[i])?;
        let Self { lr, betas, eps, weight_decay, decoupled, amsgrad, .. } = *self;
        let weight_decay = if self.params[i].decays() { weight_decay } else { 0.0 };
        let slot = &mut self.states[i];
        self.params[i].update(|x| {
            let per_row = model != Model::Euclidean;
            let mut state = match slot.take() {
                Some(state) => state,
                None => {
                    let v = if per_row {
                        Tensor::zeros(x.numel() / row_width(x), x.dtype(), x.device())?
                    } else {
                        x.zeros_like()?
                    };
                    let largest = if amsgrad { v.zeros_like()? } else { Tensor::zeros([0], x.dtype(), x.device())? };
                    State { step: 0, m: x.zeros_like()?, v, largest }
                }
            };
            state.step += 1;
            let correct = |beta: f64| 1.0 - beta.powf(state.step as f64);
            let rule = Rule {
                model,
                curv,
                radius,
                lr,
                betas,
                correct: (correct(betas.0), correct(betas.1)),
                eps,
                weight_decay,
                decoupled,
            };
            let result = with_real!("RiemannianAdam", x.dtype(), T, step::<T>(rule, x, &mut state, grad, rows));
            *slot = Some(state);
            result
        })
    }
}

impl Optimizer for RiemannianAdam {
    fn step(&mut self, grads: &Grads) -> Result<()> {
        let found = collect(&self.params, grads)?;
        found.into_iter().try_for_each(|(i, grad)| self.update(i, &grad, None))
    }

    fn step_sparse(&mut self, param: &Param, grad: &SparseGrad) -> Result<()> {
        let i = find(&self.params, param)?;
        let values = checked(param.name(), &param.tensor(), &grad.values, Some(&grad.rows))?;
        self.update(i, &values, Some(&grad.rows))
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }
}

#[derive(Clone, Copy)]
struct Rule {
    model: Model,
    curv: Curv,
    radius: f64,
    lr: f64,
    betas: (f64, f64),
    /// 1 − βᵗ for both moments.
    correct: (f64, f64),
    eps: f64,
    weight_decay: f64,
    decoupled: bool,
}

fn step<T: Coord>(rule: Rule, x: &mut Tensor, s: &mut State, grad: &Tensor, rows: Option<&[u32]>) -> Result<()> {
    let width = row_width(x);
    let device = x.device().clone();
    [x as &mut Tensor, &mut s.m, &mut s.v, &mut s.largest].into_iter().try_for_each(own::<T>)?;
    let numbers =
        (x.as_mut_slice::<T>(), s.m.as_mut_slice(), s.v.as_mut_slice(), s.largest.as_mut_slice(), grad.as_slice());
    let (Some(x), Some(m), Some(v), Some(largest), Some(g)) = numbers else {
        return Err(Error::Graph { op: "RiemannianAdam", what: "a buffer is shared".into(), remedy: "report this" });
    };
    let moments = if rule.model == Model::Euclidean { width } else { 1 };
    let kept = if largest.is_empty() { 0 } else { moments };
    let tasks = tasks(device.as_cpu(), [x, m, v, largest], [width, width, moments, kept], g, width, rows);
    device.as_cpu().for_each(tasks, |blocks| Steps { rule, width, moments, blocks }.run::<false>());
    Ok(())
}

struct Steps<'a, T> {
    rule: Rule,
    width: usize,
    moments: usize,
    blocks: Vec<Block<'a, T, 4>>,
}

impl<T: Coord> Kernel for Steps<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Steps { rule, width, moments, blocks } = self;
        let mut scratch = [vec![T::zero(); width], vec![T::zero(); width]];
        for Block { state: [x, m, v, largest], grad } in blocks {
            for (i, g) in grad.chunks_exact(width).enumerate() {
                let (row, moment) = (i * width..(i + 1) * width, i * moments..(i + 1) * moments);
                let largest = if largest.is_empty() { &mut [] } else { &mut largest[moment.clone()] };
                let (x, m, v) = (&mut x[row.clone()], &mut m[row], &mut v[moment]);
                if rule.model == Model::Euclidean {
                    rule.flat(x, m, v, largest, g);
                } else {
                    rule.curved(x, m, &mut v[0], largest.first_mut(), g, &mut scratch);
                }
            }
        }
    }
}

impl Rule {
    /// −lr m̂ = `rate` · m over √v̂ + ε.
    #[inline(always)]
    fn scale(&self, v: f64) -> f64 {
        -self.lr / self.correct.0 / ((v / self.correct.1).sqrt() + self.eps)
    }

    #[inline(always)]
    fn curved<T: Coord>(
        &self,
        x: &mut [T],
        m: &mut [T],
        v: &mut T,
        largest: Option<&mut T>,
        g: &[T],
        [a, r]: &mut [Vec<T>; 2],
    ) {
        let decay = T::from_f64(self.weight_decay);
        for ((a, &x), &g) in a.iter_mut().zip(x.iter()).zip(g) {
            *a = g + decay * x;
        }
        self.model.forward(Kind::EgradToRgrad, self.curv, &[x, a], r);
        let mut square = [T::zero()];
        self.model.forward(Kind::Inner, self.curv, &[x, r, r], &mut square);
        let (b1, b2) = (T::from_f64(self.betas.0), T::from_f64(self.betas.1));
        for (m, &r) in m.iter_mut().zip(r.iter()) {
            *m = b1 * *m + (T::one() - b1) * r;
        }
        *v = b2 * *v + (T::one() - b2) * square[0];
        let bound = match largest {
            Some(largest) => {
                *largest = if *v > *largest { *v } else { *largest };
                *largest
            }
            None => *v,
        };
        r.copy_from_slice(m);
        advance((self.model, self.curv, self.radius), x, r, self.scale(bound.to_f64()), m);
    }

    #[inline(always)]
    fn flat<T: Coord>(&self, x: &mut [T], m: &mut [T], v: &mut [T], largest: &mut [T], g: &[T]) {
        let (b1, b2) = (T::from_f64(self.betas.0), T::from_f64(self.betas.1));
        let (coupled, apart) =
            if self.decoupled { (0.0, self.lr * self.weight_decay) } else { (self.weight_decay, 0.0) };
        let (decay, shrink) = (T::from_f64(coupled), T::from_f64(1.0 - apart));
        let (rate, correct, eps) =
            (T::from_f64(-self.lr / self.correct.0), T::from_f64(1.0 / self.correct.1), T::from_f64(self.eps));
        for i in 0..x.len() {
            let g = g[i] + decay * x[i];
            m[i] = b1 * m[i] + (T::one() - b1) * g;
            v[i] = b2 * v[i] + (T::one() - b2) * g * g;
            let bound = match largest.get_mut(i) {
                Some(largest) => {
                    *largest = if v[i] > *largest { v[i] } else { *largest };
                    *largest
                }
                None => v[i],
            };
            x[i] = shrink * x[i] + rate * m[i] / ((bound * correct).sqrt() + eps);
        }
    }
}
