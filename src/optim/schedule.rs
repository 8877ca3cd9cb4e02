//! Learning-rate schedules: multipliers of the base rate, by step.
//!
//! ```
//! use beltrami::optim::schedule::{Cosine, Plateau, Schedule, Warmup};
//! use beltrami::prelude::*;
//!
//! let p = Param::new("p", Tensor::from_slice(&[1.0, 2.0], 2)?);
//! let mut optimizer = RiemannianAdam::new(vec![p.clone()], 0.1);
//! // 10 steps of warm-up, then a cosine over 90 steps; halved besides when the loss stops falling.
//! let schedule = Warmup { steps: 10 }.then(10, Cosine { steps: 90, min_ratio: 0.1 });
//! let mut plateau = Plateau::new(0.5, 5);
//! for step in 0..100 {
//!     optimizer.set_lr(0.1 * schedule.multiplier(step) * plateau.multiplier());
//!     let loss = p.tensor().square()?.sum_all()?;
//!     optimizer.step(&loss.backward()?)?;
//!     plateau.observe(loss.to_scalar()?);
//! }
//! # Ok::<(), beltrami::Error>(())
//! ```

/// A multiplier of the learning rate that depends on the step alone, so that a resumed run goes on rightly.
pub trait Schedule {
    /// The multiplier at `step`, counted from 0.
    fn multiplier(&self, step: usize) -> f64;

    /// This schedule for `steps` steps, then `next`, which counts its steps from there.
    fn then<S: Schedule>(self, steps: usize, next: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then { first: self, steps, next }
    }
}

/// One schedule after another: see [`Schedule::then`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Then<A, B> {
    first: A,
    steps: usize,
    next: B,
}

impl<A: Schedule, B: Schedule> Schedule for Then<A, B> {
    fn multiplier(&self, step: usize) -> f64 {
        match step.checked_sub(self.steps) {
            None => self.first.multiplier(step),
            Some(step) => self.next.multiplier(step),
        }
    }
}

/// Always the same multiplier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant(pub f64);

impl Schedule for Constant {
    fn multiplier(&self, _: usize) -> f64 {
        self.0
    }
}

/// From 0 at step 0 in a straight line to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup {
    /// The step that has multiplier 1.
    pub steps: usize,
}

impl Schedule for Warmup {
    fn multiplier(&self, step: usize) -> f64 {
        if step < self.steps { step as f64 / self.steps as f64 } else { 1.0 }
    }
}

/// Half a cosine from 1 down to `min_ratio` (Loshchilov and Hutter, ICLR 2017).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// The step that has reached `min_ratio`.
    pub steps: usize,
    /// The multiplier at the end.
    pub min_ratio: f64,
}

impl Schedule for Cosine {
    fn multiplier(&self, step: usize) -> f64 {
        if step >= self.steps {
            return self.min_ratio;
        }
        let progress = step as f64 / self.steps as f64;
        self.min_ratio + (1.0 - self.min_ratio) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
    }
}

/// Multiplied by `factor` every so many steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// How many steps lie between two drops; 0 counts as 1.
    pub every: usize,
    /// What each drop multiplies by.
    pub factor: f64,
}

impl Schedule for Steps {
    fn multiplier(&self, step: usize) -> f64 {
        self.factor.powf((step / self.every.max(1)) as f64)
    }
}

/// Multiplied by `factor` whenever a loss has not fallen for a while.
///
/// It depends on what it has observed: store it beside the optimizer's state. All of it is in the fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau {
    /// What each drop multiplies by.
    pub factor: f64,
    /// Losses in a row without improvement that are borne; the next one drops the rate.
    pub patience: usize,
    /// An improvement is a loss below the best by more than this share of it.
    pub threshold: f64,
    /// The multiplier never falls below this.
    pub min_ratio: f64,
    /// The best loss so far.
    pub best: f64,
    /// Losses since the best one or the last drop.
    pub waited: usize,
    /// The multiplier now.
    pub now: f64,
}

impl Plateau {
    /// With threshold 1e-4 and no least multiplier.
    pub fn new(factor: f64, patience: usize) -> Plateau {
        let (best, threshold) = (f64::INFINITY, 1e-4);
        Plateau { factor, patience, threshold, min_ratio: 0.0, best, waited: 0, now: 1.0 }
    }

    /// Takes in a loss (NaN is no improvement) and returns the multiplier from now on.
    pub fn observe(&mut self, loss: f64) -> f64 {
        // Infinity less a share of it would be NaN.
        let bar = if self.best.is_finite() { self.best - self.threshold * self.best.abs() } else { self.best };
        if loss < bar {
            (self.best, self.waited) = (loss, 0);
        } else if self.waited < self.patience {
            self.waited += 1;
        } else {
            (self.now, self.waited) = ((self.now * self.factor).max(self.min_ratio), 0);
        }
        self.now
    }

    /// The multiplier now.
    pub fn multiplier(&self) -> f64 {
        self.now
    }
}
