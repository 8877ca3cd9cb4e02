//! Multinomial logistic regression on the hyperboloid: logits are signed distances to hyperplanes.

use super::{Init, Scope};
use crate::manifold::Curvature;
use crate::{Param, Result, Tensor};

/// The logit of class k is |z_k| times the signed distance to the hyperplane at the distance a_k from the origin that is
/// orthogonal to the geodesic in the direction z_k (Bdeir, Schwethelm & Landwehr, "Fully hyperbolic convolutional neural
/// networks for computer vision", ICLR 2024, eq. 11):
/// |z| √c asinh((cosh(a/√c) ⟨z, x_s⟩ − sinh(a/√c) |z| x₀)/(√c |z|)), c = −1/κ.
///
/// ```
/// use beltrami::nn::{LorentzMlr, Scope};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let mlr = LorentzMlr::new(&Scope::new(Rng::new(1), DType::F64), 2, 5, &(-1.0).into())?;
/// let logits = mlr.forward(&Tensor::from_slice(&[1.0, 0.0, 0.0], [1, 3])?)?;
/// assert_eq!(logits.dims(), [1, 5]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzMlr {
    offsets: Param,
    directions: Param,
    curvature: Curvature,
}

impl LorentzMlr {
    /// For points of `dim` dimensions. All a and z are uniform in ± 1/√dim.
    ///
    /// # Errors
    /// If the names `a`, `z` cannot be made in this scope.
    pub fn new(scope: &Scope, dim: usize, classes: usize, kappa: &Curvature) -> Result<LorentzMlr> {
        let bound = 1.0 / (dim as f64).sqrt();
        Ok(LorentzMlr {
            offsets: scope.undecayed("a", classes, Init::Uniform(bound))?,
            directions: scope.param("z", [classes, dim], Init::Uniform(bound))?,
            curvature: kappa.clone(),
        })
    }

    /// Points `[…, dim + 1]` to logits `[…, classes]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let z = self.directions.tensor();
        let radius = self.curvature.tensor()?.neg()?.rsqrt()?.to_dtype(z.dtype())?.to_device(z.device())?;
        let angle = self.offsets.tensor().div(&radius)?.unsqueeze(-1)?;
        let norm = z.norm(&[-1], true)?;
        let planes = Tensor::cat(&[&norm.mul(&angle.sinh()?)?.neg()?, &z.mul(&angle.cosh()?)?], -1)?;
        signed_distances(&x.matmul(&planes.t()?)?, &norm.squeeze(-1)?, &radius)
    }
}

/// |z| r asinh(α/(r |z|)): distances in a space of curvature −1/r², times |z|; 0 where z is.
pub(super) fn signed_distances(alpha: &Tensor, norm: &Tensor, radius: &Tensor) -> Result<Tensor> {
    let scale = norm.mul(radius)?;
    let some = scale.eq(&scale.zeros_like()?)?.select_from(&scale.ones_like()?, &scale)?;
    alpha.div(&some)?.asinh()?.mul(&scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Space;
    use crate::{DType, Device, Rng};

    #[test]
    fn logits_are_distances_to_hyperplanes() -> Result<()> {
        let kappa = Curvature::from(-0.7);
        let space = Space::lorentz(&kappa)?;
        let mlr = LorentzMlr::new(&Scope::new(Rng::new(2), DType::F64), 3, 4, &kappa)?;
        let x = space.point(&Tensor::randn([5, 3], DType::F64, Rng::new(3), &Device::cpu())?)?;
        let z = mlr.directions.tensor();
        let planes = space.with_head(&z)?;
        let wanted = space.manifold().hyperplane_dist0(&x.unsqueeze(1)?, &planes, &mlr.offsets.tensor())?;
        let wanted = wanted.mul(&z.norm(&[-1], false)?)?;
        let gaps = mlr.forward(&x)?.sub(&wanted)?.to_f64_vec();
        assert!(gaps.iter().all(|g| g.abs() < 1e-13), "{gaps:?}");
        mlr.directions.set(z.zeros_like()?)?;
        assert!(mlr.forward(&x)?.to_f64_vec().iter().all(|l| *l == 0.0));
        Ok(())
    }
}
