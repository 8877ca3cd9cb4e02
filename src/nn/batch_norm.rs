//! Batch normalisation in hyperbolic space.

use super::{Init, Pass, Scope, Space};
use crate::{Error, Param, Result, Tensor, no_grad};

/// Points moved and stretched so that their centroid is β and their spread γ: with μ the centroid of the batch,
/// y = exp_β(γ/(σ + ε) · log_μ x, brought from μ over the origin to β) (Bdeir, Schwethelm & Landwehr, ICLR 2024, section
/// 4.3; on the ball van Spengler, Berkhout & Mettes, "Poincaré ResNet", ICCV 2023, section 3.3).
///
/// All axes but the last are the batch: `[n, width]`, `[batch, n, width]` or `[batch, h, w, width]` alike. A pass in
/// training moves the running centroid and spread, which one in evaluation uses.
///
/// ```
/// use beltrami::nn::{HyperbolicBatchNorm, Pass, Scope, Space};
/// use beltrami::{DType, Device, Rng, Tensor};
/// let space = Space::lorentz(&(-1.0).into())?;
/// let layer = HyperbolicBatchNorm::new(&Scope::new(Rng::new(1), DType::F64), 2, &space)?;
/// let x = space.point(&Tensor::randn([8, 2], DType::F64, Rng::new(2), &Device::cpu())?)?;
/// let y = layer.forward(&x, &Pass::train(Rng::new(3)))?;
/// let centre = space.mean(&y, &[0], false)?;
/// assert!(space.manifold().dist0(&centre)?.to_scalar::<f64>()? < 0.2); // near β, the origin
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HyperbolicBatchNorm {
    beta: Param,
    gamma: Param,
    running_mean: Param,
    running_spread: Param,
    space: Space,
    spread: Spread,
    by_sample: bool,
    momentum: f64,
    eps: f64,
}

/// The spread σ of a batch about its centroid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// The mean distance.
    Distance,
    /// The root of the mean squared distance.
    Deviation,
}

impl HyperbolicBatchNorm {
    /// For points of `dim` dimensions, by their mean distance; ε = 1e-5, and a batch moves the running values by a tenth.
    /// β is the origin, γ is 1.
    ///
    /// # Errors
    /// If the names `beta`, `gamma`, `running_mean`, `running_var` cannot be made in this scope.
    pub fn new(scope: &Scope, dim: usize, space: &Space) -> Result<HyperbolicBatchNorm> {
        let width = space.width(dim);
        let like = Tensor::zeros([], scope.dtype(), scope.device())?;
        let origin = Init::Values(space.origin(dim, &like)?.detach());
        Ok(HyperbolicBatchNorm {
            beta: scope.points("beta", width, origin, space.shared())?,
            gamma: scope.undecayed("gamma", 1, Init::Constant(1.0))?,
            running_mean: scope.state("running_mean", width, Init::Constant(0.0))?,
            running_spread: scope.state("running_var", 1, Init::Constant(1.0))?,
            space: space.clone(),
            spread: Spread::Distance,
            by_sample: false,
            momentum: 0.1,
            eps: 1e-5,
        })
    }

    /// Another measure of the spread.
    pub fn spread(self, spread: Spread) -> HyperbolicBatchNorm {
        HyperbolicBatchNorm { spread, ..self }
    }

    /// μ is the centroid of the centroids of the samples, which the first axis counts, instead of that of all points: as
    /// published for batches of more than two axes.
    pub fn by_sample(self) -> HyperbolicBatchNorm {
        HyperbolicBatchNorm { by_sample: true, ..self }
    }

    /// By what share a batch moves the running values.
    pub fn momentum(self, momentum: f64) -> HyperbolicBatchNorm {
        HyperbolicBatchNorm { momentum, ..self }
    }

    /// Points to points `[…, width]`.
    ///
    /// # Errors
    /// If the last axis has another size, or there is no point in training.
    pub fn forward(&self, x: &Tensor, pass: &Pass) -> Result<Tensor> {
        let manifold = self.space.manifold();
        let width = x.dims().last().copied().unwrap_or(0);
        if width == 0 || x.numel() == 0 {
            let remedy = "give at least one row of the layer's width";
            return Err(Error::shape("HyperbolicBatchNorm", "there is no point", &[x.shape()], remedy));
        }
        let rows = x.reshape([x.numel() / width, width])?;
        let mean = match pass.is_training() {
            true if self.by_sample && x.rank() > 2 => {
                let samples = x.reshape([x.dims()[0], x.numel() / width / x.dims()[0], width])?;
                self.space.mean(&self.space.mean(&samples, &[1], false)?, &[0], false)?
            }
            true => self.space.mean(&rows, &[0], false)?,
            false => manifold.exp_map0(&self.running_mean.tensor().detach())?,
        };
        let origin = manifold.exp_map0(&mean.zeros_like()?)?;
        let tangents = manifold.parallel_transport_to0(&mean, &manifold.log_map(&mean, &rows)?)?;
        let spread = match pass.is_training() {
            true => self.spread_of(&manifold.norm(&origin, &tangents)?)?,
            false => self.running_spread.tensor().detach(),
        };
        if pass.is_training() {
            no_grad(|| self.follow(&mean.detach(), &spread.detach()))?;
        }
        let stretched = tangents.mul(&self.gamma.tensor().div(&spread.add_scalar(self.eps)?)?)?;
        let beta = self.beta.tensor();
        manifold.exp_map(&beta, &manifold.parallel_transport_from0(&beta, &stretched)?)?.reshape(x.shape())
    }

    fn spread_of(&self, distances: &Tensor) -> Result<Tensor> {
        match self.spread {
            Spread::Distance => distances.mean_all()?.reshape(1),
            Spread::Deviation => distances.square()?.mean_all()?.sqrt0()?.reshape(1),
        }
    }

    /// Moves the running centroid, kept as its logarithm at the origin, and spread towards those of a batch.
    fn follow(&self, mean: &Tensor, spread: &Tensor) -> Result<()> {
        let (manifold, share) = (self.space.manifold(), self.momentum);
        let before = manifold.exp_map0(&self.running_mean.tensor().detach())?;
        let weights = Tensor::from_slice(&[1.0 - share, share], [1, 2])?.to_dtype(mean.dtype())?;
        let both = Tensor::stack(&[&before, mean], 0)?;
        let now = self.space.weighted(&weights.to_device(mean.device())?, &both)?.squeeze(0)?;
        self.running_mean.set(manifold.log_map0(&now)?)?;
        let running = self.running_spread.tensor().detach().mul_scalar(1.0 - share)?;
        self.running_spread.set(running.add(&spread.mul_scalar(share)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, Device, Rng, gradcheck};

    #[test]
    fn spreads_and_running_values_are_those_of_the_batch() -> Result<()> {
        let kappa = (-0.6).into();
        let v = Tensor::randn([9, 3], DType::F64, Rng::new(2), &Device::cpu())?;
        let train = Pass::train(Rng::new(1));
        for space in [Space::lorentz(&kappa)?, Space::poincare(&kappa)?] {
            for spread in [Spread::Distance, Spread::Deviation] {
                let scope = Scope::new(Rng::new(3), DType::F64);
                let layer = HyperbolicBatchNorm::new(&scope, 3, &space)?.spread(spread).momentum(1.0);
                let x = space.point(&v.add_scalar(0.4)?)?;
                let y = layer.forward(&x, &train)?;
                // Transport keeps lengths, so distances from β are those from μ, over their spread.
                let found = layer.spread_of(&space.manifold().dist0(&y)?)?;
                assert!((found.to_f64_vec()[0] - 1.0).abs() < 2e-5, "{found:?}");
                // With all of the batch taken over, evaluation does what training did.
                let gaps = layer.forward(&x, &Pass::evaluate())?.sub(&y)?.to_f64_vec();
                assert!(gaps.iter().all(|g| g.abs() < 1e-12), "{gaps:?}");
                assert_eq!((scope.params().len(), scope.states().len()), (2, 2));
                gradcheck(|v| layer.forward(&space.point(&v[0])?, &train), &[v.narrow(0, 0, 4)?])?;
            }
        }
        Ok(())
    }
}
