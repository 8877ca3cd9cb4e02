//! What a training is made of.

use crate::optim::schedule::{Cosine, Schedule, Warmup};
use crate::{Error, Result};

/// The choices of a training: the same ones, with the same data and model, give the same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Steps of the optimizer.
    pub steps: usize,
    /// Windows a run through the model.
    pub batch: usize,
    /// Runs through the model a step: their gradients are averaged, each target counting alike.
    pub accumulate: usize,
    /// The largest learning rate.
    pub lr: f64,
    /// Steps in which the rate rises to that in a straight line; then it falls as half a cosine.
    pub warmup: usize,
    /// The rate of the last step, as a share of the largest.
    pub min_lr_ratio: f64,
    /// Decoupled decay of parameters that decay: matrices, not curvatures, scales, biases or points of curved spaces.
    pub weight_decay: f64,
    /// Gradients of a step are shortened to this length together; infinite for never.
    pub clip: f64,
    /// Of the order of the data and of dropout.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            steps: 1000,
            batch: 16,
            accumulate: 1,
            lr: 1e-3,
            warmup: 0,
            min_lr_ratio: 0.1,
            weight_decay: 0.01,
            clip: 1.0,
            seed: 1,
        }
    }
}

impl Settings {
    /// The learning rate of a step, counted from 0.
    pub fn rate(&self, step: usize) -> f64 {
        let fall = Cosine { steps: self.steps.saturating_sub(self.warmup), min_ratio: self.min_lr_ratio };
        // The first step is to move something, the last to have the least rate: the schedule's end of each step.
        self.lr * Warmup { steps: self.warmup }.then(self.warmup, fall).multiplier(step + 1)
    }

    /// Whether all values make sense.
    ///
    /// # Errors
    /// [`Error::Argument`] naming the first that does not.
    pub fn check(&self) -> Result<()> {
        let Settings { steps, batch, accumulate, lr, min_lr_ratio, weight_decay, clip, .. } = self;
        let bad = |what: String, remedy: &str| Err(Error::Argument { op: "train", what, remedy: remedy.into() });
        for (name, count) in [("steps", steps), ("batch", batch), ("accumulate", accumulate)] {
            if *count == 0 {
                return bad(format!("{name} is 0"), "give at least 1");
            }
        }
        for (name, value, good) in [
            ("lr", lr, *lr > 0.0 && lr.is_finite()),
            ("min-lr-ratio", min_lr_ratio, (0.0..=1.0).contains(min_lr_ratio)),
            ("weight-decay", weight_decay, *weight_decay >= 0.0 && weight_decay.is_finite()),
            ("clip", clip, *clip > 0.0),
        ] {
            if !good {
                return bad(format!("{name} is {value}"), "give a positive number (min-lr-ratio at most 1)");
            }
        }
        Ok(())
    }

    /// Name and value of all.
    pub fn entries(&self) -> [(&'static str, String); 9] {
        [
            ("steps", self.steps.to_string()),
            ("batch", self.batch.to_string()),
            ("accumulate", self.accumulate.to_string()),
            ("lr", self.lr.to_string()),
            ("warmup", self.warmup.to_string()),
            ("min-lr-ratio", self.min_lr_ratio.to_string()),
            ("weight-decay", self.weight_decay.to_string()),
            ("clip", self.clip.to_string()),
            ("seed", self.seed.to_string()),
        ]
    }
}
