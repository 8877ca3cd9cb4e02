//! The residual connection of the hyperboloid.

use super::hyperboloid::{centre, space};
use super::sheet::Sheet;
use super::{Init, Scope};
use crate::manifold::Curvature;
use crate::{Param, Result, Tensor};

/// x ⊕ y = √c (x + w y)/√−⟨x + w y, x + w y⟩, then its space coordinates times m and time from these (He et al., "Lorentzian
/// residual neural networks", KDD 2025).
///
/// ```
/// use beltrami::nn::{LorentzResidual, Scope};
/// use beltrami::{Tensor, prelude::*};
/// let space = Lorentz::new(-1.0)?;
/// let x = space.exp_map0(&Tensor::from_slice(&[0.0, 0.8, -0.3], [1, 3])?)?;
/// let residual = LorentzResidual::unweighted(&(-1.0).into());
/// let z = residual.forward(&x, &x)?; // the midpoint of a point and itself
/// assert!(space.dist(&x, &z)?.to_vec::<f64>()?[0] < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzResidual {
    weight: Option<Param>,
    scale: Scale,
    sheet: Sheet,
}

/// The factor m.
#[derive(Clone, Debug)]
enum Scale {
    One,
    Fixed(f64),
    /// m = e^θ.
    Learned(Param),
}

impl LorentzResidual {
    /// Of points of curvature κ, with a learned w that starts at 1, and m = 1.
    ///
    /// # Errors
    /// If the name `w_y` cannot be made in this scope.
    pub fn new(scope: &Scope, kappa: &Curvature) -> Result<LorentzResidual> {
        let weight = scope.undecayed("w_y", [], Init::Constant(1.0))?;
        Ok(LorentzResidual { weight: Some(weight), ..LorentzResidual::unweighted(kappa) })
    }

    /// With w = 1, or as given to [`LorentzResidual::weighted`].
    pub fn unweighted(kappa: &Curvature) -> LorentzResidual {
        LorentzResidual { weight: None, scale: Scale::One, sheet: Sheet::new(kappa) }
    }

    /// A fixed m > 0.
    pub fn scale(self, m: f64) -> LorentzResidual {
        LorentzResidual { scale: Scale::Fixed(m), ..self }
    }

    /// A learned m = e^θ that starts at `m`.
    ///
    /// # Errors
    /// If the name `scale` cannot be made in this scope.
    pub fn learned_scale(self, scope: &Scope, m: f64) -> Result<LorentzResidual> {
        let theta = scope.undecayed("scale", [], Init::Constant(m.ln()))?;
        Ok(LorentzResidual { scale: Scale::Learned(theta), ..self })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzResidual {
        LorentzResidual { sheet: self.sheet.to(kappa), ..self }
    }

    /// Of points of the same shape, or of shapes that broadcast.
    ///
    /// # Errors
    /// If shapes or types differ.
    pub fn forward(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.sum(&x.add(&self.weight.as_ref().map_or(Ok(y.clone()), |w| y.mul(&w.tensor()))?)?)
    }

    /// With these weights w ≥ 0 of y: `[…, 1]`, or one number.
    ///
    /// # Errors
    /// If shapes or types differ.
    pub fn weighted(&self, x: &Tensor, y: &Tensor, w: &Tensor) -> Result<Tensor> {
        self.sum(&x.add(&y.mul(w)?)?)
    }

    fn sum(&self, a: &Tensor) -> Result<Tensor> {
        let z = centre(a, &self.sheet.kappa)?;
        match &self.scale {
            Scale::One => self.sheet.carry(&z),
            Scale::Fixed(m) => self.sheet.lift(&space(&z)?.mul_scalar(*m)?),
            Scale::Learned(theta) => self.sheet.lift(&space(&z)?.mul(&theta.tensor().exp()?)?),
        }
    }
}
