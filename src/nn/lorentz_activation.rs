//! Activation functions of points of the hyperboloid.

use super::hyperboloid::space;
use super::sheet::Sheet;
use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// A function of single numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// x Φ(x), Φ the normal distribution function.
    Gelu,
    /// x σ(x).
    Silu,
    /// tanh x.
    Tanh,
}

impl Activation {
    /// Of each number.
    ///
    /// # Errors
    /// If they are integers.
    pub fn apply(self, x: &Tensor) -> Result<Tensor> {
        match self {
            Activation::Relu => x.relu(),
            Activation::Gelu => x.gelu(),
            Activation::Silu => x.silu(),
            Activation::Tanh => x.tanh(),
        }
    }
}

/// x ↦ (√(|φ(x_s)|² + c), φ(x_s)).
#[derive(Clone, Debug)]
pub struct LorentzActivation {
    activation: Activation,
    sheet: Sheet,
}

impl LorentzActivation {
    /// Of points of curvature κ.
    pub fn new(activation: Activation, kappa: &Curvature) -> LorentzActivation {
        LorentzActivation { activation, sheet: Sheet::new(kappa) }
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzActivation {
        LorentzActivation { sheet: self.sheet.to(kappa), ..self }
    }

    /// `[…, d + 1]` to the same shape.
    ///
    /// # Errors
    /// If `x` has no axis.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.sheet.lift(&self.activation.apply(&space(x)?)?)
    }
}
