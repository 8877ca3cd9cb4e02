//! Adam on manifolds (Bécigneul and Ganea, ICLR 2019).

use super::descent::{Descent, Now, Rule};
use super::on_card::PaceOnCard;
use super::part::{Course, Part};
use super::rows::{KEPT, Rows};
use crate::dtype::Element;
use crate::geometry::{Coord, Pace, Wide};
use crate::tensor::Shape;
use crate::{Result, Tensor};

/// Riemannian Adam: x ← exp_x(−lr · m̂/(√v̂ + ε)), m transported along.
///
/// On a curved manifold v is one number a row (and factor, on products), the running mean of |gradient|²; on Euclidean
/// parameters and factors it is one a coordinate, as in Adam. Weight decay adds `weight_decay · x` to the Euclidean
/// gradient. β = (0.9, 0.999), ε = 1e-8 unless said otherwise.
pub type RiemannianAdam = Descent<Adam<false>>;

/// Riemannian Adam with weight decay apart from the gradient (Loshchilov and Hutter, ICLR 2019), 0.01 unless said
/// otherwise.
///
/// Before each step x moves along its geodesic towards the origin, to 1 − lr · weight_decay of its distance, and m is
/// transported along; on Euclidean parameters that is AdamW.
pub type RiemannianAdamW = Descent<Adam<true>>;

/// The rule of [`RiemannianAdam`] and (decoupled) [`RiemannianAdamW`].
#[derive(Clone, Copy, Debug)]
pub struct Adam<const DECOUPLED: bool> {
    betas: (f64, f64),
    eps: f64,
    amsgrad: bool,
    row_steps: bool,
    decoupled_flat: bool,
}

impl<const DECOUPLED: bool> Default for Adam<DECOUPLED> {
    fn default() -> Self {
        Adam { betas: (0.9, 0.999), eps: 1e-8, amsgrad: false, row_steps: false, decoupled_flat: DECOUPLED }
    }
}

impl<const DECOUPLED: bool> Descent<Adam<DECOUPLED>> {
    /// Decay rates of the two moments.
    pub fn betas(self, first: f64, second: f64) -> Self {
        self.with_rule(|rule| Adam { betas: (first, second), ..rule })
    }

    /// Added to √v̂.
    pub fn eps(self, eps: f64) -> Self {
        self.with_rule(|rule| Adam { eps, ..rule })
    }

    /// Divides by the root of the largest v so far (Reddi, Kale, Kumar, ICLR 2018). The largest is that of v itself,
    /// the bias is corrected after.
    pub fn amsgrad(self) -> Self {
        self.with_rule(|rule| Adam { amsgrad: true, ..rule })
    }

    /// Corrects the bias of a row's moments by how often that row has had a gradient.
    ///
    /// Otherwise it is by how often the parameter has been stepped, so that sparse steps equal dense ones; but then
    /// the first step of a row that comes late is up to (1 − β₁)/√(1 − β₂) ≈ 3 times as long as that of an early one.
    pub fn row_steps(self) -> Self {
        self.with_rule(|rule| Adam { row_steps: true, ..rule })
    }
}

impl RiemannianAdam {
    /// Decays Euclidean parameters as AdamW does, curved ones through the gradient: what published code does.
    pub fn decoupled_flat_decay(self) -> Self {
        self.with_rule(|rule| Adam { decoupled_flat: true, ..rule })
    }
}

impl<const DECOUPLED: bool> Rule for Adam<DECOUPLED> {
    type Pace = Moments;
    const NAME: &'static str = if DECOUPLED { "RiemannianAdamW" } else { "RiemannianAdam" };
    const KEEPS: [&'static str; KEPT] = ["momentum", "second_moment", "largest", "row_steps"];
    const WEIGHT_DECAY: f64 = if DECOUPLED { 0.01 } else { 0.0 };

    fn widths(&self, row: usize, moments: usize) -> [usize; KEPT] {
        [row, moments, if self.amsgrad { moments } else { 0 }, usize::from(self.row_steps)]
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("beta1", self.betas.0.to_string()),
            ("beta2", self.betas.1.to_string()),
            ("eps", self.eps.to_string()),
            ("amsgrad", self.amsgrad.to_string()),
            ("row_steps", self.row_steps.to_string()),
            ("decoupled_flat_decay", self.decoupled_flat.to_string()),
        ]
    }

    fn count<T: Coord>(&self, row: &mut Rows<'_, T>) {
        // Whole numbers are exact in f32 up to 2²⁴; there the count stays, and βᵗ has long been 0.
        row.kept[3].iter_mut().for_each(|steps| *steps += T::one());
    }

    #[inline(always)]
    fn flat<T: Coord>(&self, now: &Now, part: &Part, rows: &mut [Rows<'_, T>]) {
        let of_all = self.bias(now.step as f64);
        let (coupled, apart) =
            if self.decoupled_flat { (0.0, now.lr * now.weight_decay) } else { (now.weight_decay, 0.0) };
        let [clip, decay, shrink] = [now.clip, coupled, 1.0 - apart].map(T::from_f64);
        let [add1, add2] = [1.0 - self.betas.0, 1.0 - self.betas.1].map(T::from_f64);
        let moments = |x: T, g: T, m: &mut T, v: &mut T| {
            let g = clip * g + decay * x;
            *m += add1 * (g - *m);
            *v += add2 * (g * g - *v);
        };
        for Rows { x, kept: [m, v, largest, steps], grad } in rows {
            let bias = self.bias_of_row(steps, of_all);
            let [rate, correct, eps] = [-now.lr / bias.0, 1.0 / bias.1, self.eps].map(T::from_f64);
            let step = |x: T, m: T, bound: T| shrink * x + rate * m / ((bound * correct).sqrt() + eps);
            let coordinates = x[part.columns()].iter_mut().zip(&grad[part.columns()]);
            let coordinates = coordinates.zip(&mut m[part.columns()]).zip(&mut v[part.moments()]);
            match largest.get_mut(part.moments()) {
                Some(largest) => coordinates.zip(largest).for_each(|((((x, &g), m), v), largest)| {
                    moments(*x, g, m, v);
                    *largest = if *v > *largest { *v } else { *largest };
                    *x = step(*x, *m, *largest);
                }),
                None => coordinates.for_each(|(((x, &g), m), v)| {
                    moments(*x, g, m, v);
                    *x = step(*x, *m, *v);
                }),
            }
        }
    }

    fn course(&self, now: &Now) -> Option<Course<Moments>> {
        Some(self.course_on_card(now, false))
    }

    fn course_on_card(&self, now: &Now, flat: bool) -> Course<Moments> {
        let decoupled = if flat { self.decoupled_flat } else { DECOUPLED };
        let (decay, shrink) = if decoupled { (0.0, 1.0 - now.lr * now.weight_decay) } else { (now.weight_decay, 1.0) };
        let Adam { betas, eps, amsgrad, row_steps, .. } = *self;
        let pace = Moments { lr: now.lr, betas, bias: self.bias(now.step as f64), eps, amsgrad, row_steps };
        Course { pace, clip: now.clip, decay, shrink }
    }
}

/// The rule on curved factors.
#[derive(Clone, Copy)]
pub struct Moments {
    lr: f64,
    betas: (f64, f64),
    bias: (f64, f64),
    eps: f64,
    amsgrad: bool,
    row_steps: bool,
}

impl Pace for Moments {
    #[inline(always)]
    fn blend<W: Wide>(&self, _: W) -> [W; 2] {
        [W::of(self.betas.0), W::of(1.0) - self.betas.0]
    }

    #[inline(always)]
    fn direction(&self) -> [f64; 2] {
        [1.0, 0.0]
    }

    #[inline(always)]
    fn scale<W: Wide>(&self, square: W, [v, largest, steps]: [W; 3]) -> (W, [W; 2]) {
        let v = v + (square - v) * (W::of(1.0) - self.betas.1);
        let largest = if self.amsgrad { v.larger(largest) } else { v };
        let (rate, correct) = if self.row_steps {
            (W::of(-self.lr) / correction(self.betas.0, steps), W::of(1.0) / correction(self.betas.1, steps))
        } else {
            (W::quotient(-self.lr, self.bias.0), W::quotient(1.0, self.bias.1))
        };
        (rate / ((largest * correct).sqrt() + self.eps), [v, largest])
    }
}

impl PaceOnCard for Moments {
    fn blends(&self) -> [[f64; 2]; 2] {
        [self.blend(0.0); 2]
    }

    fn scales(&self, square: &Tensor, [v, largest, steps]: &mut [Tensor; 3]) -> Result<Tensor> {
        *v = v.add(&square.sub(v)?.mul_scalar(1.0 - self.betas.1)?)?;
        if self.amsgrad {
            *largest = v.maximum(largest)?;
        }
        let bound = if self.amsgrad { largest } else { v };
        let root = |correct: &Tensor| bound.div(correct)?.sqrt()?.add_scalar(self.eps);
        if !self.row_steps {
            let correct = Tensor::full(Shape::default(), self.bias.1, square.dtype(), square.device())?;
            return root(&correct)?.recip()?.mul_scalar(-self.lr / self.bias.0);
        }
        *steps = steps.add_scalar(1.0)?;
        // The logarithm of 0 is kept finite, as below.
        let correction = |beta: f64| steps.mul_scalar(beta.ln().max(-700.0))?.exp()?.neg()?.add_scalar(1.0);
        root(&correction(self.betas.1)?)?.mul(&correction(self.betas.0)?)?.recip()?.mul_scalar(-self.lr)
    }
}

/// 1 − βᵗ of steps counted by row.
#[inline(always)]
fn correction<W: Wide>(beta: f64, t: W) -> W {
    // The logarithm of 0 is kept finite.
    W::of(1.0) - (t * beta.ln().max(-700.0)).exp()
}

impl<const DECOUPLED: bool> Adam<DECOUPLED> {
    /// 1 − βᵗ for both moments.
    fn bias(&self, t: f64) -> (f64, f64) {
        (1.0 - self.betas.0.powf(t), 1.0 - self.betas.1.powf(t))
    }

    /// The same for a row that may count its own steps.
    #[inline(always)]
    fn bias_of_row<T: Coord>(&self, steps: &[T], of_all: (f64, f64)) -> (f64, f64) {
        steps.first().map_or(of_all, |&t| self.bias(Element::to_f64(t)))
    }
}
