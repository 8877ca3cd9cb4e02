//! Stochastic gradient descent on manifolds (Bonnabel 2013), with momentum.

use super::Optimizer;
use super::params::{checked, collect, find, space};
use super::rows::{Block, advance, own, row_width, tasks};
use crate::backend::cpu::simd::Kernel;
use crate::geometry::{Coord, Curv, Kind, Model};
use crate::param::{Param, SparseGrad};
use crate::{Error, Grads, Result, Tensor};

/// Riemannian SGD: x ← exp_x(−lr · b), b the (transported) momentum of Riemannian gradients.
///
/// The momentum starts as the first Riemannian gradient. Weight decay adds `weight_decay · x` to the Euclidean gradient.
pub struct RiemannianSGD {
    params: Vec<Param>,
    momenta: Vec<Option<Tensor>>,
    lr: f64,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
    published_seed: bool,
}

impl RiemannianSGD {
    /// Without momentum.
    pub fn new(params: Vec<Param>, lr: f64) -> RiemannianSGD {
        let momenta = params.iter().map(|_| None).collect();
        RiemannianSGD {
            params,
            momenta,
            lr,
            momentum: 0.0,
            dampening: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            published_seed: false,
        }
    }

    /// b ← momentum · b + (1 − dampening) · gradient.
    pub fn momentum(self, momentum: f64, dampening: f64) -> Self {
        RiemannianSGD { momentum, dampening, ..self }
    }

    /// Steps along gradient + momentum · b.
    pub fn nesterov(self) -> Self {
        RiemannianSGD { nesterov: true, ..self }
    }

    /// Adds `weight_decay · x` to the Euclidean gradient.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        RiemannianSGD { weight_decay, ..self }
    }

    /// Reproduces published code, which starts the momentum with the *Euclidean* gradient: near the rim of the ball
    /// the first step is then hundreds of times too long. Only to repeat old experiments.
    pub fn published_seed(self) -> Self {
        RiemannianSGD { published_seed: true, ..self }
    }

    fn update(&mut self, i: usize, grad: &Tensor, rows: Option<&[u32]>) -> Result<()> {
        let (model, curv, radius) = space(&self.params[i])?;
        let rule = Rule {
            model,
            curv,
            radius,
            lr: self.lr,
            momentum: self.momentum,
            dampening: self.dampening,
            nesterov: self.nesterov,
            weight_decay: if self.params[i].decays() { self.weight_decay } else { 0.0 },
            published: false,
        };
        let (slot, published) = (&mut self.momenta[i], self.published_seed);
        self.params[i].update(|x| {
            let published = published && slot.is_none() && rows.is_none();
            let mut m = match slot.take() {
                Some(m) => m,
                None if published && rule.momentum > 0.0 => grad.add(&grad.zeros_like()?)?,
                None if rule.momentum > 0.0 => x.zeros_like()?,
                None => Tensor::zeros([0], x.dtype(), x.device())?,
            };
            let result =
                with_real!("RiemannianSGD", x.dtype(), T, step::<T>(Rule { published, ..rule }, x, &mut m, grad, rows));
            *slot = Some(m).filter(|_| rule.momentum > 0.0);
            result
        })
    }
}

impl Optimizer for RiemannianSGD {
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
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
    /// Whether this is a first step whose momentum has been seeded as published.
    published: bool,
}

fn step<T: Coord>(rule: Rule, x: &mut Tensor, m: &mut Tensor, grad: &Tensor, rows: Option<&[u32]>) -> Result<()> {
    let width = row_width(x);
    let device = x.device().clone();
    let momentum = rule.momentum > 0.0;
    own::<T>(x)?;
    own::<T>(m)?;
    let (Some(x), Some(m), Some(g)) = (x.as_mut_slice::<T>(), m.as_mut_slice::<T>(), grad.as_slice::<T>()) else {
        return Err(Error::Graph { op: "RiemannianSGD", what: "a buffer is shared".into(), remedy: "report this" });
    };
    let tasks = tasks(device.as_cpu(), [x, m], [width, if momentum { width } else { 0 }], g, width, rows);
    device.as_cpu().for_each(tasks, |blocks| Steps { rule, width, blocks }.run::<false>());
    Ok(())
}

struct Steps<'a, T> {
    rule: Rule,
    width: usize,
    blocks: Vec<Block<'a, T, 2>>,
}

impl<T: Coord> Kernel for Steps<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Steps { rule, width, blocks } = self;
        let mut scratch = [vec![T::zero(); width], vec![T::zero(); width]];
        for Block { state: [x, m], grad } in blocks {
            if m.is_empty() {
                for (x, g) in x.chunks_exact_mut(width).zip(grad.chunks_exact(width)) {
                    rule.plain(x, g, &mut scratch);
                }
                continue;
            }
            for ((x, m), g) in x.chunks_exact_mut(width).zip(m.chunks_exact_mut(width)).zip(grad.chunks_exact(width)) {
                rule.with_momentum(x, m, g, &mut scratch);
            }
        }
    }
}

impl Rule {
    /// The Riemannian gradient of a row, weight decay included.
    #[inline(always)]
    fn gradient<T: Coord>(&self, x: &[T], g: &[T], decayed: &mut [T], out: &mut [T]) {
        if self.weight_decay == 0.0 {
            return self.model.forward(Kind::EgradToRgrad, self.curv, &[x, g], out);
        }
        let decay = T::from_f64(self.weight_decay);
        for ((d, &x), &g) in decayed.iter_mut().zip(x).zip(g) {
            *d = g + decay * x;
        }
        self.model.forward(Kind::EgradToRgrad, self.curv, &[x, decayed], out);
    }

    #[inline(always)]
    fn plain<T: Coord>(&self, x: &mut [T], g: &[T], [a, b]: &mut [Vec<T>; 2]) {
        self.gradient(x, g, a, b);
        a.fill(T::zero());
        advance((self.model, self.curv, self.radius), x, b, -self.lr, a);
    }

    #[inline(always)]
    fn with_momentum<T: Coord>(&self, x: &mut [T], m: &mut [T], g: &[T], [a, r]: &mut [Vec<T>; 2]) {
        self.gradient(x, g, a, r);
        // The momentum of a row starts as its first gradient, undamped, whether that comes in a dense or a sparse step.
        let fresh = m.iter().all(|&m| m == T::zero());
        let (keep, add) = if fresh { (0.0, 1.0) } else { (self.momentum, 1.0 - self.dampening) };
        let (keep, add) = (T::from_f64(keep), T::from_f64(add));
        for (m, &r) in m.iter_mut().zip(r.iter()) {
            *m = keep * *m + add * r;
        }
        let nesterov = T::from_f64(self.momentum);
        for (r, &m) in r.iter_mut().zip(m.iter()) {
            *r = if self.nesterov { *r + nesterov * m } else { m };
        }
        if self.published {
            // The published buffer is not tangent yet; the exponential map takes its tangential part.
            a.copy_from_slice(r);
            self.model.forward(Kind::ProjectTangent, self.curv, &[x, a], r);
        }
        if self.published && self.model == Model::Lorentz {
            return self.published_first_step(x, m, a, r);
        }
        advance((self.model, self.curv, self.radius), x, r, -self.lr, m);
    }

    /// The published first step: what of the momentum is normal to the hyperboloid, α x, is carried along unchanged
    /// and projected at the new point.
    #[inline(always)]
    fn published_first_step<T: Coord>(&self, x: &mut [T], m: &mut [T], a: &mut [T], r: &[T]) {
        self.model.forward(Kind::ProjectTangent, self.curv, &[x, m], a);
        let alpha = (m[0] - a[0]) / x[0];
        let normal: Vec<T> = x.iter().map(|&x| alpha * x).collect();
        m.copy_from_slice(a);
        advance((self.model, self.curv, f64::INFINITY), x, r, -self.lr, m);
        self.model.forward(Kind::ProjectTangent, self.curv, &[x, &normal], a);
        m.iter_mut().zip(a.iter()).for_each(|(m, &a)| *m += a);
    }
}
