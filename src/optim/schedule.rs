//! Learning-rate schedules: multipliers of the base rate, by step.

/// Linear warm-up over `warmup` steps, then a cosine from 1 down to `min_ratio` at step `total`
/// (Loshchilov and Hutter, ICLR 2017; the form of HELM's training code).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmupCosine {
    /// Steps of warm-up.
    pub warmup: usize,
    /// Steps in all.
    pub total: usize,
    /// The multiplier at the end.
    pub min_ratio: f64,
}

impl WarmupCosine {
    /// The multiplier at `step`.
    pub fn multiplier(&self, step: usize) -> f64 {
        if step < self.warmup {
            return step as f64 / self.warmup as f64;
        }
        if step >= self.total {
            return self.min_ratio;
        }
        let progress = (step - self.warmup) as f64 / (self.total - self.warmup).max(1) as f64;
        self.min_ratio + (1.0 - self.min_ratio) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
    }
}
