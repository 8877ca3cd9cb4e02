//! Multinomial logistic regression and the linear layer made of it, on the Poincaré ball.

use super::lorentz_mlr::signed_distances;
use super::{Init, Scope};
use crate::manifold::{Curvature, PoincareBall};
use crate::{Param, Result, Tensor};

/// The logit of class k is 2|z_k| times the signed distance to the hyperplane at the distance 2r_k from the origin that is
/// orthogonal to z_k (Shimizu, Mukuta & Harada, "Hyperbolic neural networks++", ICLR 2021, eq. 6):
/// (2|z|/√c) asinh(√c λ_x ⟨x, z/|z|⟩ cosh(2√c r) − (λ_x − 1) sinh(2√c r)), λ_x = 2/(1 − c|x|²), c = −κ.
#[derive(Clone, Debug)]
pub struct PoincareMlr {
    directions: Param,
    offsets: Param,
    ball: PoincareBall,
}

impl PoincareMlr {
    /// For points of `dim` dimensions. z is normal with deviation (2 dim classes)^−½, r is 0.
    ///
    /// # Errors
    /// If the names `z`, `r` cannot be made in this scope, or unless κ < 0.
    pub fn new(scope: &Scope, dim: usize, classes: usize, kappa: &Curvature) -> Result<PoincareMlr> {
        let deviation = 1.0 / ((2 * dim * classes) as f64).sqrt();
        Ok(PoincareMlr {
            directions: scope.param("z", [classes, dim], Init::Normal(deviation))?,
            offsets: scope.undecayed("r", classes, Init::Constant(0.0))?,
            ball: PoincareBall::new(kappa.clone())?.in_radius_coordinates(),
        })
    }

    /// √c.
    fn root(&self, like: &Tensor) -> Result<Tensor> {
        self.ball.curvature().tensor()?.neg()?.sqrt()?.to_dtype(like.dtype())?.to_device(like.device())
    }

    /// Points `[…, dim]` to logits `[…, classes]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (z, root) = (self.directions.tensor(), self.root(x)?);
        let angle = self.offsets.tensor().mul(&root)?.mul_scalar(2.0)?;
        let norm = z.norm(&[-1], false)?;
        let lambda = self.ball.conformal_factor(x)?.unsqueeze(-1)?;
        // In the terms of the hyperboloid: space coordinates λx, time (λ − 1)/√c.
        let along = x.mul(&lambda)?.matmul(&z.mul(&angle.cosh()?.unsqueeze(-1)?)?.t()?)?;
        let before = lambda.add_scalar(-1.0)?.div(&root)?.mul(&norm.mul(&angle.sinh()?)?)?;
        signed_distances(&along.sub(&before)?, &norm, &root.recip()?)?.mul_scalar(2.0)
    }
}

/// The fully connected layer of hyperbolic neural networks++: the point whose signed distances to the hyperplanes through
/// the origin orthogonal to the axes are the logits v of a [`PoincareMlr`] (eq. 7 there): w/(1 + √(1 + c|w|²)) with
/// w = sinh(√c v)/√c.
///
/// ```
/// use beltrami::nn::{PoincareLinear, Scope};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let layer = PoincareLinear::new(&Scope::new(Rng::new(1), DType::F64), 2, 3, &(-1.0).into())?;
/// assert_eq!(layer.forward(&Tensor::from_slice(&[0.5, 0.1], [1, 2])?)?.dims(), [1, 3]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PoincareLinear(PoincareMlr);

impl PoincareLinear {
    /// From points of `inputs` dimensions to points of `outputs` dimensions, with the first values of [`PoincareMlr::new`].
    ///
    /// # Errors
    /// As [`PoincareMlr::new`].
    pub fn new(scope: &Scope, inputs: usize, outputs: usize, kappa: &Curvature) -> Result<PoincareLinear> {
        Ok(PoincareLinear(PoincareMlr::new(scope, inputs, outputs, kappa)?))
    }

    /// `[…, inputs]` to `[…, outputs]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let root = self.0.root(x)?;
        let scaled = self.0.forward(x)?.mul(&root)?.sinh()?;
        let rest = scaled.square()?.sum(&[-1], true)?.add_scalar(1.0)?.sqrt()?.add_scalar(1.0)?;
        scaled.div(&rest)?.div(&root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifold::Manifold;
    use crate::{DType, Device, Rng, gradcheck};

    fn points(ball: &PoincareBall) -> Result<Tensor> {
        ball.exp_map0(&Tensor::randn([5, 3], DType::F64, Rng::new(3), &Device::cpu())?)
    }

    #[test]
    fn logits_are_distances_to_hyperplanes() -> Result<()> {
        let mlr = PoincareMlr::new(&Scope::new(Rng::new(2), DType::F64), 3, 4, &(-0.7).into())?;
        mlr.offsets.set(Tensor::from_slice(&[0.3, -0.2, 0.0, 0.9], 4)?)?;
        let x = points(&mlr.ball)?;
        let (z, r) = (mlr.directions.tensor(), mlr.offsets.tensor());
        let wanted = mlr.ball.hyperplane_dist0(&x.unsqueeze(1)?, &z, &r.mul_scalar(2.0)?)?;
        let wanted = wanted.mul(&z.norm(&[-1], false)?)?.mul_scalar(2.0)?;
        let gaps = mlr.forward(&x)?.sub(&wanted)?.to_f64_vec();
        assert!(gaps.iter().all(|g| g.abs() < 1e-13), "{gaps:?}");
        gradcheck(|x| mlr.forward(&x[0]), &[x])?;
        Ok(())
    }

    #[test]
    fn a_linear_layer_has_its_logits_as_distances_to_the_axes() -> Result<()> {
        let layer = PoincareLinear::new(&Scope::new(Rng::new(2), DType::F64), 3, 2, &(-0.7).into())?;
        let x = points(&layer.0.ball)?;
        let y = layer.forward(&x)?;
        let axes = Tensor::eye(2, DType::F64, &Device::cpu())?;
        let found = layer.0.ball.hyperplane_dist(&y.unsqueeze(1)?, &axes.zeros_like()?, &axes)?;
        let gaps = found.sub(&layer.0.forward(&x)?)?.to_f64_vec();
        assert!(gaps.iter().all(|g| g.abs() < 1e-13), "{gaps:?}");
        gradcheck(|x| layer.forward(&x[0]), &[x])?;
        Ok(())
    }
}
