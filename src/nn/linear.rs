//! The linear layer of flat space.

use super::{Init, Scope};
use crate::{Param, Result, Tensor};

/// x ↦ x Wᵀ + b with W `[out, in]`.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Param,
    bias: Option<Param>,
}

impl Linear {
    /// Weights and biases uniform in ± 1/√inputs.
    ///
    /// # Errors
    /// If the names `weight`, `bias` cannot be made in this scope.
    pub fn new(scope: &Scope, inputs: usize, outputs: usize) -> Result<Linear> {
        let init = Init::Uniform(1.0 / (inputs as f64).sqrt());
        let linear = Linear::unbiased(scope, inputs, outputs, init.clone())?;
        Ok(Linear { bias: Some(scope.undecayed("bias", outputs, init)?), ..linear })
    }

    /// Without b.
    ///
    /// # Errors
    /// If the name `weight` cannot be made in this scope.
    pub fn unbiased(scope: &Scope, inputs: usize, outputs: usize, init: Init) -> Result<Linear> {
        Ok(Linear { weight: scope.param("weight", [outputs, inputs], init)?, bias: None })
    }

    /// With b = 0 at first.
    pub(super) fn zero_bias(self, scope: &Scope) -> Result<Linear> {
        let outputs = self.weight.tensor().dims()[0];
        Ok(Linear { bias: Some(scope.undecayed("bias", outputs, Init::Constant(0.0))?), ..self })
    }

    /// `[…, inputs]` to `[…, outputs]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = x.matmul(&self.weight.tensor().t()?)?;
        self.bias.as_ref().map_or(Ok(y.clone()), |b| y.add(&b.tensor()))
    }

    /// W.
    pub fn weight(&self) -> &Param {
        &self.weight
    }

    /// b, if there is one.
    pub fn bias(&self) -> Option<&Param> {
        self.bias.as_ref()
    }
}
