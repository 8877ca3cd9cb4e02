//! What `beltrami bench` and `cargo bench` time, by name. A new family is a file of its own with a row in `CASES`.

mod geometry;
mod hyperboloid;
mod tensor;

use crate::{DType, Device, Result, Rng, Tensor, no_grad};

/// All cases, by family.
static CASES: &[&[Case]] = &[tensor::CASES, geometry::CASES, hyperboloid::CASES];

/// All cases.
pub fn all() -> impl Iterator<Item = &'static Case> {
    CASES.iter().copied().flatten()
}

/// Something to time.
pub struct Case {
    /// What and how large: `operation/sizes/mode`.
    pub name: &'static str,
    /// Numbers that must be moved at least: every input read and every result written once.
    pub moved: f64,
    /// Arithmetic operations needed at least; an elementary function counts as one.
    pub flops: f64,
    /// The work is in proportion to the rows, down to one in so many: enough to count it.
    pub share: usize,
    /// Makes its inputs.
    pub build: fn(&Setup<'_>) -> Result<Job>,
}

/// Where a case runs, and how large.
pub struct Setup<'a> {
    /// Where its tensors lie.
    pub device: &'a Device,
    /// What they are made of.
    pub dtype: DType,
    /// One in so many of the case's rows: 1 for the whole case, at most its `share`.
    pub share: usize,
}

impl Case {
    /// `moved` in bytes.
    pub fn bytes(&self, dtype: DType) -> f64 {
        self.moved * dtype.size() as f64
    }
}

/// A case with its inputs, ready to run.
pub struct Job {
    run: Box<dyn FnMut() -> Result<Vec<Tensor>>>,
    last: Vec<Tensor>,
}

impl Job {
    /// A job that gives tensors, by which it is judged.
    pub fn new(run: impl FnMut() -> Result<Vec<Tensor>> + 'static) -> Job {
        Job { run: Box::new(run), last: vec![] }
    }

    /// `f` of `inputs`, untracked.
    pub fn forward(f: impl Fn(&[Tensor]) -> Result<Tensor> + 'static, inputs: Vec<Tensor>) -> Job {
        Job::new(move || no_grad(|| Ok(vec![f(&inputs)?])))
    }

    /// `f` of `inputs` and the gradients of all of them (and of nothing else), with a random cotangent.
    pub fn backward(f: impl Fn(&[Tensor]) -> Result<Tensor> + 'static, inputs: Vec<Tensor>) -> Result<Job> {
        let y = f(&inputs)?;
        let cotangent = Tensor::randn(y.shape(), y.dtype(), Rng::new(99), y.device())?;
        let leaves: Vec<Tensor> =
            inputs.iter().map(|x| if x.dtype().is_float() { x.tracked() } else { x.clone() }).collect();
        Ok(Job::new(move || {
            let mut grads = f(&leaves)?.backward_with(&cotangent)?;
            Ok(leaves.iter().filter_map(|x| grads.remove(x)).collect())
        }))
    }

    /// Runs once; what it gives replaces what it gave before.
    pub fn run(&mut self) -> Result<()> {
        self.last.clear();
        self.last = (self.run)()?;
        Ok(())
    }

    /// Whether the last run gave something, all of it finite.
    pub fn is_finite(&self) -> bool {
        !self.last.is_empty() && self.last.iter().all(|t| t.to_f64_vec().iter().all(|x| x.is_finite()))
    }
}

impl Setup<'_> {
    /// How many of `rows`.
    fn rows(&self, rows: usize) -> usize {
        rows / self.share
    }

    /// A standard normal tensor.
    fn normal<const N: usize>(&self, shape: [usize; N], stream: u64) -> Result<Tensor> {
        Tensor::randn(shape, self.dtype, Rng::new(0).stream(stream), self.device)
    }
}
