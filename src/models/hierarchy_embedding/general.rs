//! The step on any manifold, of tensors: [`Param`], automatic differentiation and [`RiemannianSGD`].
//!
//! Slower than the fused step (`step`), which it proves right; and the only one where the curvature is learned, and on a
//! card.

use super::loss::{Batch, Loss};
use super::sampling::Draws;
use super::step::Visit;
use crate::manifold::{Manifold, Spec};
use crate::models::Embeddings;
use crate::optim::{Optimizer, RiemannianSGD};
use crate::param::SparseGrad;
use crate::{DType, Device, Param, Result, Tensor};
use std::sync::Arc;

/// The longest step of a point against the cones' loss, in units of length: angles turn without bound where points meet.
const LONGEST: f64 = 0.5;

/// Points of a manifold, and the parameters of its curvatures if those are learned.
pub(super) struct General {
    spec: Spec,
    manifold: Arc<dyn Manifold>,
    points: Param,
    /// θ of each [`curved`](Spec::curved) factor, if learned.
    thetas: Vec<Param>,
    /// Flat space takes squared distances, as in the fused step.
    squared: bool,
}

impl General {
    /// Points near the origin.
    pub fn start(manifold: &dyn Manifold, dim: usize, nodes: usize, draws: Draws) -> Result<Vec<f64>> {
        let width = manifold.ambient(dim);
        let origin = manifold.exp_map0(&Tensor::from_slice(&vec![0.0; width], [1, width])?)?;
        let drawn = Tensor::from_slice(&draws.start(nodes * width), [nodes, width])?;
        manifold.exp_map0(&manifold.project_tangent(&origin, &drawn)?)?.to_vec()
    }

    /// From rows of the manifold, and the [`theta`] of curvatures that are learned. Rows are kept as `dtype`.
    pub fn new(spec: Spec, dim: usize, rows: &[f64], thetas: &[f64], dtype: DType) -> Result<General> {
        let named = |(i, &theta): (usize, &f64)| Param::new(format!("curvature {i}"), Tensor::from(theta));
        let thetas: Vec<Param> = thetas.iter().enumerate().map(named).collect();
        let manifold = bent(&spec, &thetas)?;
        let width = manifold.ambient(dim);
        let points = Tensor::from_slice(rows, [rows.len() / width, width])?.to_dtype(dtype)?;
        let points = Param::new("points", points).on_shared(manifold.clone());
        let squared = spec.kind == "euclidean";
        Ok(General { spec, manifold, points, thetas, squared })
    }

    /// Moves the points against the loss of some visits, the curvature too if `bends`. Returns the sum of the loss.
    pub fn run(&mut self, visits: &[Visit], loss: Loss, rate: f64, bends: bool, device: &Device) -> Result<f64> {
        let visits: Vec<&Visit> = visits.iter().filter(|visit| !visit.others.is_empty()).collect();
        let Some(first) = visits.first() else { return Ok(0.0) };
        let (count, samples) = (visits.len(), first.others.len() - first.ancestors);
        let nodes = visits.iter().map(|visit| visit.node);
        let ancestors = visits.iter().flat_map(|visit| &visit.others[..visit.ancestors]).copied();
        let others = visits.iter().flat_map(|visit| &visit.others[visit.ancestors..]).copied();
        let ids: Vec<u32> = nodes.chain(ancestors).chain(others).collect();
        let owners: Vec<u32> =
            (0..).zip(&visits).flat_map(|(i, visit)| std::iter::repeat_n(i, visit.ancestors)).collect();

        let found = self.points.lookup(&Tensor::from_slice(&ids, ids.len())?)?;
        let (rows, middle) = (&found.values, count + owners.len());
        let batch = Batch {
            nodes: rows.narrow(0, 0, count)?,
            ancestors: rows.narrow(0, count, middle)?,
            samples: rows.narrow(0, middle, ids.len())?.reshape([count, samples, rows.dims()[1]])?,
            owners: Tensor::from_slice(&owners, owners.len())?.to_device(device)?,
        };
        let total = loss.of(&*self.manifold, &batch, self.squared)?;
        let grads = total.backward()?;
        if let Some(mut grad) = found.grad(&grads) {
            if loss == Loss::Cones {
                grad.values = self.shortened(&grad, rate)?;
            }
            RiemannianSGD::new(vec![self.points.clone()], rate).step_sparse(&self.points, &grad)?;
        }
        if !self.thetas.is_empty() {
            if bends {
                // One number for all pairs moves by their mean.
                RiemannianSGD::new(self.thetas.clone(), rate / owners.len() as f64).step(&grads)?;
            }
            // Anew in any case: the tape from θ to κ is used up.
            self.manifold = bent(&self.spec, &self.thetas)?;
            // The edge of the space may have moved across points.
            let points = self.manifold.project(&self.points.tensor().detach())?;
            self.points = Param::new("points", points).on_shared(self.manifold.clone());
        }
        Ok(total.to_f64_vec()[0])
    }

    /// Gradients no larger than makes a step of [`LONGEST`].
    fn shortened(&self, grad: &SparseGrad, rate: f64) -> Result<Tensor> {
        let rows = Tensor::from_slice(&grad.rows, grad.rows.len())?.to_device(grad.values.device())?;
        let points = self.points.tensor().detach().index_select(0, &rows)?;
        let gradient = self.manifold.egrad_to_rgrad(&points, &grad.values)?;
        let steps = self.manifold.norm(&points, &gradient)?.mul_scalar(rate / LONGEST)?.unsqueeze(-1)?;
        grad.values.div(&steps.maximum(&steps.ones_like()?)?)
    }

    /// Draws hyperbolic points in to where cones are wide: from x to 0.7 x on the ball, as the published cones start.
    pub fn draw_in(&mut self) -> Result<()> {
        let points = self.points.tensor().detach();
        let root = (-self.manifold.spec().kappa).sqrt();
        let distance = self.manifold.dist0(&points)?.mul_scalar(root)?.unsqueeze(-1)?;
        let near = distance.mul_scalar(0.5)?.tanh()?.mul_scalar(0.7)?.atanh()?.mul_scalar(2.0)?;
        // At the origin any factor does.
        let origin = distance.eq(&distance.zeros_like()?)?;
        let factor = near.div(&distance.masked_fill(&origin, 1.0)?)?;
        self.points.set(self.manifold.exp_map0(&self.manifold.log_map0(&points)?.mul(&factor)?)?)
    }

    /// Puts the points where steps will compute.
    pub fn move_to(&mut self, device: &Device) -> Result<()> {
        let points = self.points.tensor();
        if !points.device().is_same(device) {
            self.points = Param::new("points", points.to_device(device)?).on_shared(self.manifold.clone());
        }
        Ok(())
    }

    /// All points, row after row.
    pub fn rows(&self) -> Vec<f64> {
        self.points.tensor().to_f64_vec()
    }

    /// θ of the curvatures that are learned.
    pub fn thetas(&self) -> Result<Vec<f64>> {
        self.thetas.iter().map(|theta| theta.tensor().to_scalar()).collect()
    }

    /// The points with their names, on the manifold as it is now.
    pub fn embeddings(&self, names: &[String], dim: usize) -> Result<Embeddings> {
        Embeddings::new(names.to_vec(), self.manifold.spec(), dim, self.rows())
    }
}

/// The parameter that a curvature is learned by: ln|κ|, so that κ keeps its sign; κ itself in stereographic coordinates,
/// which take any.
pub(super) fn theta(spec: &Spec) -> f64 {
    if spec.kind == "stereographic" { spec.kappa } else { spec.kappa.abs().ln() }
}

/// The inverse of [`theta`].
fn kappa(spec: &Spec, theta: &Tensor) -> Result<Tensor> {
    if spec.kind == "stereographic" { Ok(theta.clone()) } else { theta.exp()?.mul_scalar(spec.kappa.signum()) }
}

/// The manifold that `spec` describes, with the curvatures that follow from `thetas`.
fn bent(spec: &Spec, thetas: &[Param]) -> Result<Arc<dyn Manifold>> {
    let learned = spec.curved().into_iter().zip(thetas).map(|(factor, theta)| kappa(factor, &theta.tensor()));
    spec.build_with(learned.collect::<Result<Vec<_>>>()?.into_iter().map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Hierarchy;
    use crate::models::{HierarchyTrainer, Settings};

    /// Every manifold, narrow and wide rows, near the start and after points have spread.
    #[test]
    fn fused_steps_equal_general_ones() -> Result<()> {
        let edges = (1..120u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 3)));
        let tree = Hierarchy::from_pairs(edges)?.closure();
        let device = Device::cpu_with_threads(1);
        for manifold in ["poincare", "poincare(kappa=-0.3)", "lorentz", "lorentz(kappa=-2)", "euclidean"] {
            for (dim, batch) in [(2, 1), (5, 7), (11, 40)] {
                // Squared distances bear smaller steps only.
                let lr = if manifold == "euclidean" { 0.01 } else { 0.2 };
                let spec: Spec = manifold.parse()?;
                let settings = Settings {
                    manifold: spec.clone(),
                    dim,
                    batch,
                    lr,
                    burn_in: 2,
                    negatives: 13,
                    ..Settings::default()
                };
                let mut trainer = HierarchyTrainer::new(&tree, settings.clone())?;
                for epoch in 0..30 {
                    if epoch % 10 == 0 {
                        let place = format!("{manifold}, dim {dim}, epoch {epoch}");
                        let before = trainer.embeddings()?;
                        let mut general = General::new(spec.clone(), dim, before.rows(), &[], DType::F64)?;
                        let loss = general.run(trainer.draw(), Loss::Softmax, settings.rate(epoch), false, &device)?;
                        let partial = trainer.partial;
                        trainer.step(&device)?;
                        let fused = trainer.partial - partial;
                        if trainer.step > 0 {
                            assert!((fused - loss).abs() < 1e-9 * loss, "{place}: loss {fused} and {loss}");
                        }
                        let now = trainer.embeddings()?.tensor(0..tree.len(), &device)?;
                        let apart = general.manifold.dist(&now, &general.points.tensor().detach())?;
                        let apart = apart.to_vec::<f64>()?.into_iter().fold(0.0, f64::max);
                        assert!(apart < 1e-8, "{place}: moved {apart:e} apart");
                    }
                    while trainer.epochs() == epoch {
                        trainer.step(&device)?;
                    }
                }
            }
        }
        Ok(())
    }
}
