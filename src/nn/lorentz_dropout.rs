//! Dropout of points of the hyperboloid.

use super::Pass;
use super::hyperboloid::space;
use super::sheet::Sheet;
use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// In training, space coordinates are dropped with probability p and time follows; otherwise the identity.
#[derive(Clone, Debug)]
pub struct LorentzDropout {
    p: f64,
    sheet: Sheet,
}

impl LorentzDropout {
    /// Of points of curvature κ.
    pub fn new(p: f64, kappa: &Curvature) -> LorentzDropout {
        LorentzDropout { p, sheet: Sheet::new(kappa) }
    }

    /// The result as points of another curvature, in evaluation too.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzDropout {
        LorentzDropout { sheet: self.sheet.to(kappa), ..self }
    }

    /// `[…, d + 1]` to the same shape.
    ///
    /// # Errors
    /// Unless 0 ≤ p < 1.
    pub fn forward(&self, x: &Tensor, pass: &Pass) -> Result<Tensor> {
        match pass.draw().filter(|_| self.p > 0.0) {
            Some(rng) => self.sheet.lift(&space(x)?.dropout(self.p, rng)?),
            None => self.sheet.carry(x),
        }
    }
}
