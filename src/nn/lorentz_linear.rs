//! The linear layer of fully hyperbolic networks, on the hyperboloid.

use super::hyperboloid::{lift, rescale};
use super::{Init, Scope};
use crate::manifold::Curvature;
use crate::{Param, Result, Tensor};

/// x ↦ (√(|h|² + c), h) with h = W x + b, W `[out, in]` acting on all coordinates, time included (Yang et al.,
/// "Hypformer", KDD 2024, eq. 5: the hyperbolic transformation with curvatures).
///
/// ```
/// use beltrami::nn::{LorentzLinear, Scope};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let scope = Scope::new(Rng::new(1), DType::F64);
/// let layer = LorentzLinear::new(&scope, 3, 4, &(-1.0).into())?;
/// let y = layer.forward(&Tensor::from_slice(&[1.0, 0.0, 0.0], [1, 3])?)?;
/// assert_eq!(y.dims(), [1, 5]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzLinear {
    weight: Param,
    bias: Option<Param>,
    curvature: Curvature,
    to: Option<Curvature>,
}

impl LorentzLinear {
    /// From rows of `inputs` coordinates, time included, to points with `outputs` space coordinates, all of curvature κ.
    /// W is uniform in ± √2 √(6/(inputs + outputs)), b is 0.
    ///
    /// # Errors
    /// If the names `linear.weight`, `linear.bias` cannot be made in this scope.
    pub fn new(scope: &Scope, inputs: usize, outputs: usize, kappa: &Curvature) -> Result<LorentzLinear> {
        let scope = scope.at("linear");
        let gain = std::f64::consts::SQRT_2;
        Ok(LorentzLinear {
            weight: scope.param("weight", [outputs, inputs], Init::xavier(inputs, outputs, gain))?,
            bias: Some(scope.undecayed("bias", outputs, Init::Constant(0.0))?),
            curvature: kappa.clone(),
            to: None,
        })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzLinear {
        LorentzLinear { to: Some(kappa.clone()), ..self }
    }

    /// `[…, inputs]` to points `[…, outputs + 1]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = lift(&self.affine(x)?, &self.curvature)?;
        self.to.as_ref().map_or(Ok(y.clone()), |to| rescale(&y, &self.curvature, to))
    }

    /// The space coordinates alone, `[…, outputs]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn space(&self, x: &Tensor) -> Result<Tensor> {
        let h = self.affine(x)?;
        self.to.as_ref().map_or(Ok(h.clone()), |to| rescale(&h, &self.curvature, to))
    }

    fn affine(&self, x: &Tensor) -> Result<Tensor> {
        let h = x.matmul(&self.weight.tensor().t()?)?;
        self.bias.as_ref().map_or(Ok(h.clone()), |b| h.add(&b.tensor()))
    }
}
