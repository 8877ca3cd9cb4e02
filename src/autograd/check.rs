//! Derivatives against finite differences: for this library's own operations and for a user's.

use super::sweep::grad;
use crate::tensor::{Rng, Tensor};
use crate::{DType, Error, Result};

/// How a derivative is compared with finite differences.
///
/// Central differences are extrapolated to step zero (Ridders' method, *Advances in Engineering Software* 4, 1982), so
/// in f64 a right derivative agrees to about 1e-9.
#[derive(Clone, Copy, Debug)]
pub struct GradCheck {
    /// First (largest) step, times max(1, |x|). Reduce it near the edge of a function's domain.
    pub step: f64,
    /// Largest relative error that passes.
    pub tolerance: f64,
    /// Seed of the random weights that the outputs are summed with.
    pub seed: u64,
}

impl Default for GradCheck {
    fn default() -> GradCheck {
        GradCheck { step: 2e-2, tolerance: 1e-7, seed: 0 }
    }
}

/// Compares the gradient of `f` at `inputs` with finite differences in every coordinate of every f64 input; gives the
/// worst relative error.
///
/// # Errors
/// [`Error::Gradient`] with the place of the worst disagreement when it is above the tolerance.
///
/// ```
/// # use beltrami::{Tensor, gradcheck};
/// let x = Tensor::from_slice(&[0.3, -1.2], [2])?;
/// assert!(gradcheck(|x| x[0].sinh()?.mul(&x[0].cos()?), &[x])? < 1e-8);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub fn gradcheck(f: impl Fn(&[Tensor]) -> Result<Tensor>, inputs: &[Tensor]) -> Result<f64> {
    GradCheck::default().run(&f, inputs)
}

/// [`gradcheck`] of the gradient itself: checks second derivatives, computed through `create_graph`.
pub fn gradgradcheck(f: impl Fn(&[Tensor]) -> Result<Tensor>, inputs: &[Tensor]) -> Result<f64> {
    GradCheck::default().run_second(&f, inputs)
}

impl GradCheck {
    /// See [`gradcheck`].
    pub fn run(&self, f: &dyn Fn(&[Tensor]) -> Result<Tensor>, inputs: &[Tensor]) -> Result<f64> {
        let weighted = |x: &[Tensor], stream| -> Result<Tensor> {
            let y = f(x)?;
            let w = Tensor::randn(y.shape(), y.dtype(), Rng::new(self.seed).stream(stream), y.device())?;
            y.mul(&w)?.sum_all()
        };
        let tracked: Vec<Tensor> =
            inputs.iter().map(|x| if x.dtype() == DType::F64 { x.tracked() } else { x.clone() }).collect();
        let wanted: Vec<usize> = (0..inputs.len()).filter(|&i| tracked[i].is_tracked()).collect();
        let leaves: Vec<&Tensor> = wanted.iter().map(|&i| &tracked[i]).collect();
        let loss = weighted(&tracked, 0)?;
        // A loss that depends on no input has zero derivatives; finite differences tell whether that is true.
        let grads = if loss.is_tracked() {
            grad(&loss, &leaves, false)?
        } else {
            leaves.iter().map(|x| x.zeros_like()).collect::<Result<_>>()?
        };
        // What rounding of the loss alone does to the quotient of the smallest step; smaller differences say nothing.
        let magnitude: f64 = f(inputs)?.detach().to_f64_vec().iter().filter(|y| y.is_finite()).map(|y| y.abs()).sum();
        let noise = f64::EPSILON * magnitude * SHRINK.powi(ROWS as i32) / self.step;
        let mut worst = Worst { error: 0.0, place: String::new() };
        for (&i, g) in wanted.iter().zip(&grads) {
            let (values, g) = (inputs[i].to_f64_vec(), g.to_f64_vec());
            let largest = g.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            for (j, &analytic) in g.iter().enumerate() {
                let at = |x: f64| -> Result<f64> {
                    let mut moved = values.clone();
                    moved[j] = x;
                    let mut all = inputs.to_vec();
                    all[i] = Tensor::from_slice(&moved, inputs[i].shape())?.to_device(inputs[i].device())?;
                    weighted(&all, 0)?.to_scalar()
                };
                let numeric = ridders(&at, values[j], self.step * values[j].abs().max(1.0))?;
                let scale = analytic.abs().max(numeric.abs()).max(1e-3 * largest).max(1e-6);
                worst.see(((analytic - numeric).abs() - noise).max(0.0) / scale, || {
                    format!("input {i}, number {j}: derivative {analytic:e}, finite differences {numeric:e}")
                });
            }
        }
        worst.judge(self.tolerance)
    }

    /// See [`gradgradcheck`].
    pub fn run_second(&self, f: &dyn Fn(&[Tensor]) -> Result<Tensor>, inputs: &[Tensor]) -> Result<f64> {
        let first = |x: &[Tensor]| -> Result<Tensor> {
            let x: Vec<Tensor> = x
                .iter()
                .map(|x| if x.is_tracked() || x.dtype() != DType::F64 { x.clone() } else { x.tracked() })
                .collect();
            let y = f(&x)?;
            let w = Tensor::randn(y.shape(), y.dtype(), Rng::new(self.seed).stream(1), y.device())?;
            let leaves: Vec<&Tensor> = x.iter().filter(|x| x.is_tracked()).collect();
            let grads = grad(&y.mul(&w)?.sum_all()?, &leaves, true)?;
            let flat = grads.iter().map(|g| g.reshape(g.numel())).collect::<Result<Vec<_>>>()?;
            Tensor::cat(&flat.iter().collect::<Vec<_>>(), 0)
        };
        self.run(&first, inputs)
    }
}

struct Worst {
    error: f64,
    place: String,
}

impl Worst {
    fn see(&mut self, error: f64, place: impl FnOnce() -> String) {
        // Written so that a NaN is the worst of all.
        if !(error <= self.error) && !self.error.is_nan() {
            *self = Worst { error, place: place() };
        }
    }

    fn judge(self, tolerance: f64) -> Result<f64> {
        if self.error <= tolerance {
            return Ok(self.error);
        }
        Err(Error::Gradient { place: self.place, error: self.error, tolerance })
    }
}

/// Each step is this much smaller than the one before.
const SHRINK: f64 = 1.6;
const ROWS: usize = 10;

/// The derivative of `f` at `x`: central differences with shrinking steps, extrapolated in even powers of the step; of
/// all extrapolations the one that agrees best with its neighbours.
fn ridders(f: &dyn Fn(f64) -> Result<f64>, x: f64, step: f64) -> Result<f64> {
    let mut table: Vec<Vec<f64>> = Vec::with_capacity(ROWS);
    let (mut best, mut best_error, mut h) = (f64::NAN, f64::INFINITY, step);
    for row in 0..ROWS {
        let (up, down) = (x + h, x - h);
        let mut line = vec![(f(up)? - f(down)?) / (up - down)];
        if row == 0 {
            best = line[0];
        }
        let mut factor = SHRINK * SHRINK;
        for k in 0..row {
            let (left, above) = (line[k], table[row - 1][k]);
            let value = (left * factor - above) / (factor - 1.0);
            let error = (value - left).abs().max((value - above).abs());
            if error < best_error {
                (best, best_error) = (value, error);
            }
            line.push(value);
            factor *= SHRINK * SHRINK;
        }
        table.push(line);
        h /= SHRINK;
    }
    Ok(best)
}
