//! Normalisations of points of the hyperboloid: of the space coordinates, from which time follows.

use super::hyperboloid::space;
use super::sheet::Sheet;
use super::{Init, Scope};
use crate::manifold::Curvature;
use crate::{Param, Result, Tensor};

/// Layer norm of the space coordinates (Yang et al., "Hypformer", KDD 2024, eq. 7): gain γ, bias β, and 1e-5 added to the
/// variance.
#[derive(Clone, Debug)]
pub struct LorentzLayerNorm {
    gain: Param,
    bias: Param,
    eps: f64,
    sheet: Sheet,
}

impl LorentzLayerNorm {
    /// Of points with `dim` space coordinates; γ = 1, β = 0.
    ///
    /// # Errors
    /// If the names `layer.weight`, `layer.bias` cannot be made in this scope.
    pub fn new(scope: &Scope, dim: usize, kappa: &Curvature) -> Result<LorentzLayerNorm> {
        let scope = scope.at("layer");
        let gain = scope.undecayed("weight", dim, Init::Constant(1.0))?;
        let bias = scope.undecayed("bias", dim, Init::Constant(0.0))?;
        Ok(LorentzLayerNorm { gain, bias, eps: 1e-5, sheet: Sheet::new(kappa) })
    }

    /// What is added to the variance.
    pub fn eps(self, eps: f64) -> LorentzLayerNorm {
        LorentzLayerNorm { eps, ..self }
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzLayerNorm {
        LorentzLayerNorm { sheet: self.sheet.to(kappa), ..self }
    }

    /// `[…, dim + 1]` to the same shape.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.sheet.lift(&space(x)?.layer_norm(Some(&self.gain.tensor()), Some(&self.bias.tensor()), self.eps)?)
    }
}

/// RMS norm of the space coordinates, s/√(mean s² + ε) ⊙ w (He et al., "HELM", 2025).
#[derive(Clone, Debug)]
pub struct LorentzRmsNorm {
    gain: Param,
    eps: f64,
    sheet: Sheet,
}

impl LorentzRmsNorm {
    /// Of points with `dim` space coordinates; w = 1. HELM takes ε = 1e-8, HyperCore 1e-4.
    ///
    /// # Errors
    /// If the name `weight` cannot be made in this scope.
    pub fn new(scope: &Scope, dim: usize, eps: f64, kappa: &Curvature) -> Result<LorentzRmsNorm> {
        let gain = scope.undecayed("weight", dim, Init::Constant(1.0))?;
        Ok(LorentzRmsNorm { gain, eps, sheet: Sheet::new(kappa) })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzRmsNorm {
        LorentzRmsNorm { sheet: self.sheet.to(kappa), ..self }
    }

    /// Points `[…, dim + 1]` to the same shape.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.lift(&space(x)?)
    }

    /// The point made of space coordinates `s` `[…, dim]`, normalised.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn lift(&self, s: &Tensor) -> Result<Tensor> {
        self.sheet.lift(&self.normed(s)?)
    }

    /// The space coordinates alone: `[…, dim]` of points or of space coordinates.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn space(&self, s: &Tensor) -> Result<Tensor> {
        self.sheet.carry(&self.normed(s)?)
    }

    fn normed(&self, s: &Tensor) -> Result<Tensor> {
        s.rms_norm(Some(&self.gain.tensor()), self.eps)
    }
}

/// x ↦ the point in the same direction whose space coordinates have a given length: s ↦ m s/|s|. At the origin, which has
/// no direction, it is the origin.
#[derive(Clone, Debug)]
pub struct LorentzNormalization {
    length: f64,
    sheet: Sheet,
}

impl LorentzNormalization {
    /// Of points of curvature κ; length 1.
    pub fn new(kappa: &Curvature) -> LorentzNormalization {
        LorentzNormalization { length: 1.0, sheet: Sheet::new(kappa) }
    }

    /// The length of the space coordinates.
    pub fn length(self, length: f64) -> LorentzNormalization {
        LorentzNormalization { length, ..self }
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzNormalization {
        LorentzNormalization { sheet: self.sheet.to(kappa), ..self }
    }

    /// `[…, d + 1]` to the same shape.
    ///
    /// # Errors
    /// If `x` has no axis.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.sheet.lift(&unit(&space(x)?)?.mul_scalar(self.length)?)
    }
}

/// s/|s| over the last axis; 0 stays, with gradient 0.
pub(super) fn unit(s: &Tensor) -> Result<Tensor> {
    let norm = s.norm(&[-1], true)?;
    let nothing = norm.eq(&norm.zeros_like()?)?;
    s.div(&norm.masked_fill(&nothing, 1.0)?)
}
