//! The feed-forward layer of fully hyperbolic transformers.

use super::hyperboloid::lift;
use super::{LorentzLinear, Scope};
use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// SwiGLU (Shazeer, arXiv:2002.05202) on the hyperboloid: u = silu(W₁x + b₁) ⊙ (W₃x + b₃) are the space coordinates of a point,
/// to which the [`LorentzLinear`] of W₂ is applied (He et al., "HELM", 2025).
#[derive(Clone, Debug)]
pub struct LorentzFeedForward {
    gate: LorentzLinear,
    up: LorentzLinear,
    down: LorentzLinear,
    kappa: Curvature,
}

impl LorentzFeedForward {
    /// Of points of `dim` coordinates through points of `inner` coordinates; both numbers include time.
    ///
    /// # Errors
    /// If the names `w1`, `w2`, `w3` cannot be made in this scope.
    pub fn new(scope: &Scope, dim: usize, inner: usize, kappa: &Curvature) -> Result<LorentzFeedForward> {
        let (dim_space, inner_space) = (dim.saturating_sub(1), inner.saturating_sub(1));
        Ok(LorentzFeedForward {
            gate: LorentzLinear::new(&scope.at("w1"), dim, inner_space, kappa)?,
            down: LorentzLinear::new(&scope.at("w2"), inner, dim_space, kappa)?,
            up: LorentzLinear::new(&scope.at("w3"), dim, inner_space, kappa)?,
            kappa: kappa.clone(),
        })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzFeedForward {
        LorentzFeedForward { down: self.down.to_curvature(kappa), ..self }
    }

    /// `[…, dim]` to the same shape.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let u = self.gate.space(x)?.silu()?.mul(&self.up.space(x)?)?;
        self.down.forward(&lift(&u, &self.kappa)?)
    }
}
