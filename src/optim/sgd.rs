//! Stochastic gradient descent on manifolds (Bonnabel, IEEE Trans. Automatic Control 2013), with momentum.

use super::descent::{Descent, Now, Rule};
use super::on_card::PaceOnCard;
use super::part::{Block, Course, Part};
use super::rows::{KEPT, Rows};
use crate::dtype::Element;
use crate::geometry::{Coord, Pace, Wide};
use crate::{Result, Tensor};

/// Riemannian SGD: x ← exp_x(−lr · b), b the (transported) momentum of Riemannian gradients.
///
/// The momentum of a row starts as its first Riemannian gradient, undamped. Weight decay adds `weight_decay · x` to the
/// Euclidean gradient.
pub type RiemannianSGD = Descent<Sgd>;

/// The rule of [`RiemannianSGD`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Sgd {
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    published_seed: bool,
}

impl RiemannianSGD {
    /// b ← momentum · b + (1 − dampening) · gradient.
    pub fn momentum(self, momentum: f64, dampening: f64) -> Self {
        self.with_rule(|rule| Sgd { momentum, dampening, ..rule })
    }

    /// Steps along gradient + momentum · b.
    pub fn nesterov(self) -> Self {
        self.with_rule(|rule| Sgd { nesterov: true, ..rule })
    }

    /// Reproduces published code, which starts the momentum with the *Euclidean* gradient: near the rim of the ball
    /// the first step is then hundreds of times too long. Only to repeat old experiments.
    pub fn published_seed(self) -> Self {
        self.with_rule(|rule| Sgd { published_seed: true, ..rule })
    }
}

impl Rule for Sgd {
    type Pace = Along;
    const NAME: &'static str = "RiemannianSGD";
    const KEEPS: [&'static str; KEPT] = ["momentum", "", "", ""];

    fn widths(&self, row: usize, _: usize) -> [usize; KEPT] {
        [if self.momentum > 0.0 { row } else { 0 }, 0, 0, 0]
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("momentum", self.momentum.to_string()),
            ("dampening", self.dampening.to_string()),
            ("nesterov", self.nesterov.to_string()),
            ("published_seed", self.published_seed.to_string()),
        ]
    }

    #[inline(always)]
    fn flat<T: Coord>(&self, now: &Now, part: &Part, rows: &mut [Rows<'_, T>]) {
        let [decay, clip, ahead] = [now.weight_decay, now.clip, self.momentum].map(T::from_f64);
        let step = |x: &mut T, along: T| *x = T::from_f64(Element::to_f64(*x) - now.lr * Element::to_f64(along));
        for Rows { x, kept: [m, ..], grad } in rows {
            let coordinates = x[part.columns()].iter_mut().zip(&grad[part.columns()]);
            let Some(m) = m.get_mut(part.columns()) else {
                coordinates.for_each(|(x, &g)| step(x, clip * g + decay * *x));
                continue;
            };
            let seed = |m: &mut [T]| m.iter_mut().zip(&grad[part.columns()]).for_each(|(m, &g)| *m = clip * g);
            let (keep, add) = self.blend(now, m, seed);
            coordinates.zip(m).for_each(|((x, &g), m)| {
                let g = clip * g + decay * *x;
                *m = keep * *m + add * g;
                step(x, if self.nesterov { g + ahead * *m } else { *m });
            });
        }
    }

    fn course(&self, now: &Now) -> Option<Course<Along>> {
        (!self.seeds(now)).then(|| self.course_on_card(now, false))
    }

    fn course_on_card(&self, now: &Now, _: bool) -> Course<Along> {
        let pace = Along { rule: *self, lr: now.lr };
        Course { pace, clip: now.clip, decay: now.weight_decay, shrink: 1.0 }
    }

    fn seeds(&self, now: &Now) -> bool {
        self.momentum != 0.0 && self.published_seed && now.first
    }

    fn curved<T: Coord>(&self, now: &Now, part: &Part, block: &mut Block<'_, T>) {
        block.gradient(now.clip, now.weight_decay);
        block.m.iter_mut().zip(block.g.iter()).for_each(|(m, &g)| *m = T::from_f64(now.clip) * g);
        block.blend(&Along { rule: *self, lr: now.lr });
        let Block { x, m, r, spare, .. } = &mut *block;
        // The published momentum is not tangent yet. The exponential map takes its tangential part; what is normal,
        // m − tangential part, is carried along unchanged and projected at the new point.
        spare.copy_from_slice(r);
        part.project_tangent(x, spare, r);
        spare.copy_from_slice(m);
        part.project_tangent(x, spare, m);
        let normal: Vec<T> = spare.iter().zip(m.iter()).map(|(&whole, &tangent)| whole - tangent).collect();
        block.retract();
        part.project_tangent(block.x, &normal, block.spare);
        block.m.iter_mut().zip(block.spare.iter()).for_each(|(m, &n)| *m += n);
    }
}

/// The rule on curved factors.
#[derive(Clone, Copy)]
pub struct Along {
    rule: Sgd,
    lr: f64,
}

impl Pace for Along {
    #[inline(always)]
    fn blend<W: Wide>(&self, square: W) -> [W; 2] {
        let Sgd { momentum, dampening, .. } = self.rule;
        // A row that has not moved yet starts with its gradient.
        let started = |old: f64, new: f64| W::of(0.0).if_below(square, W::of(old), W::of(new));
        [started(momentum, 0.0), started(1.0 - dampening, 1.0)]
    }

    #[inline(always)]
    fn direction(&self) -> [f64; 2] {
        match self.rule {
            Sgd { momentum: 0.0, .. } => [0.0, 1.0],
            Sgd { momentum, nesterov: true, .. } => [momentum, 1.0],
            _ => [1.0, 0.0],
        }
    }

    #[inline(always)]
    fn scale<W: Wide>(&self, _: W, [a, b, _]: [W; 3]) -> (W, [W; 2]) {
        (W::of(-self.lr), [a, b])
    }
}

impl PaceOnCard for Along {
    fn blends(&self) -> [[f64; 2]; 2] {
        [self.blend(0.0), self.blend(1.0)]
    }

    fn scales(&self, square: &Tensor, _: &mut [Tensor; 3]) -> Result<Tensor> {
        Tensor::full(square.shape().clone(), -self.lr, square.dtype(), square.device())
    }
}

impl Sgd {
    /// What of the momentum of a row is kept and how much of the gradient is added: in the row's first step, dense or
    /// sparse, the gradient itself. `seed` is the published start.
    #[inline(always)]
    fn blend<T: Coord>(&self, now: &Now, m: &mut [T], seed: impl FnOnce(&mut [T])) -> (T, T) {
        if self.published_seed && now.first {
            seed(m);
        }
        let fresh = m.iter().all(|&m| m == T::zero());
        let (keep, add) = if fresh { (0.0, 1.0) } else { (self.momentum, 1.0 - self.dampening) };
        (T::from_f64(keep), T::from_f64(add))
    }
}
