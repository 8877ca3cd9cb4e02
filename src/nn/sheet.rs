//! The hyperboloid that a layer's results lie on.

use super::hyperboloid::{lift, rescale};
use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// A layer computes space coordinates, makes them points of curvature κ, and may carry these to another κ′ (Yang et al.,
/// "Hypformer", KDD 2024, eq. 5): a factor √(κ/κ′), which keeps distances from the origin in units of 1/√−κ.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub kappa: Curvature,
    to: Option<Curvature>,
}

impl Sheet {
    pub fn new(kappa: &Curvature) -> Sheet {
        Sheet { kappa: kappa.clone(), to: None }
    }

    pub fn to(self, kappa: &Curvature) -> Sheet {
        Sheet { to: Some(kappa.clone()), ..self }
    }

    /// The point with space coordinates `s` at κ, carried to κ′.
    pub fn lift(&self, s: &Tensor) -> Result<Tensor> {
        self.carry(&lift(s, &self.kappa)?)
    }

    /// Coordinates at κ, all of them or those of space, carried to κ′.
    pub fn carry(&self, x: &Tensor) -> Result<Tensor> {
        self.to.as_ref().map_or(Ok(x.clone()), |to| rescale(x, &self.kappa, to))
    }
}
