//! Sectional curvature as a value: a number, a tensor that gradients flow to, or a parameter that is learned.

use crate::{DType, Error, Param, Result, Tensor};

/// The sectional curvature κ of a manifold, negative for hyperbolic ones. Kept in f64 whatever the points are stored in.
///
/// A number, a tensor (tracked, it gets a gradient), or [`learnable`](Curvature::learnable). Clones share what is
/// learned.
#[derive(Clone, Debug)]
pub struct Curvature(Source);

#[derive(Clone, Debug)]
enum Source {
    Given(Tensor),
    Learned { theta: Param, way: Parametrisation, sign: f64, bounds: [f64; 2] },
}

/// How |κ| > 0 follows from a parameter θ that may be any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parametrisation {
    /// |κ| = exp θ: equal steps of θ are equal ratios of κ.
    Exp,
    /// |κ| = ln(1 + exp θ): where |κ| is large, equal steps of θ are equal steps of κ.
    Softplus,
}

/// Which end of its range a learned curvature has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// |κ| is as small as it may be.
    Smallest,
    /// |κ| is as large as it may be.
    Largest,
}

impl Parametrisation {
    fn theta(self, magnitude: f64) -> f64 {
        match self {
            Parametrisation::Exp => magnitude.ln(),
            // ln(eᵐ − 1), written so that neither small nor large m loses digits.
            Parametrisation::Softplus => magnitude + (-(-magnitude).exp_m1()).ln(),
        }
    }

    fn magnitude(self, theta: &Tensor) -> Result<Tensor> {
        match self {
            Parametrisation::Exp => theta.exp(),
            Parametrisation::Softplus => theta.softplus(),
        }
    }
}

impl Curvature {
    /// The range of |κ| that [`Curvature::learnable`] is usually given.
    pub const BOUNDS: [f64; 2] = [1e-3, 1e3];

    /// A fixed or (if the tensor is tracked) learnable curvature.
    ///
    /// # Errors
    /// If the tensor is not one finite f64 number.
    pub fn new(kappa: impl Into<Tensor>) -> Result<Curvature> {
        let curvature = Curvature(Source::Given(kappa.into()));
        curvature.value()?;
        Ok(curvature)
    }

    /// A curvature that starts at `kappa`, keeps its sign, and is learned: give [`Curvature::param`] to an optimizer.
    /// Manifolds read it anew at every call, so they follow it.
    ///
    /// |κ| stays within `bounds`: when a step has led θ outside, the next reading puts it on the bound, from where the
    /// gradient may lead it back; [`Curvature::at_bound`] tells. Weight decay leaves θ alone.
    ///
    /// ```
    /// # use beltrami::manifold::{Curvature, Lorentz, Manifold, Parametrisation};
    /// let kappa = Curvature::learnable("kappa", -0.5, Parametrisation::Exp, Curvature::BOUNDS)?;
    /// let space = Lorentz::new(kappa.clone())?;
    /// assert!((space.spec().kappa + 0.5).abs() < 1e-15);
    /// assert_eq!(kappa.at_bound()?, None);
    /// # Ok::<(), beltrami::Error>(())
    /// ```
    ///
    /// # Errors
    /// If κ is 0 or outside the bounds, or the bounds are not two positive ascending numbers.
    pub fn learnable(name: impl Into<String>, kappa: f64, way: Parametrisation, bounds: [f64; 2]) -> Result<Curvature> {
        let [smallest, largest] = bounds;
        let ascending = 0.0 < smallest && smallest < largest && largest.is_finite();
        if !ascending || !(smallest..=largest).contains(&kappa.abs()) {
            return Err(Error::Argument {
                op: "Curvature::learnable",
                what: format!("κ = {kappa} with |κ| in {smallest}..={largest}"),
                remedy: "give a κ other than 0 and positive bounds on both sides of |κ|".into(),
            });
        }
        let theta = Param::new(name, Tensor::from(way.theta(kappa.abs()))).undecayed();
        Ok(Curvature(Source::Learned { theta, way, sign: kappa.signum(), bounds }))
    }

    /// The parameter θ behind κ, if it is learned.
    pub fn param(&self) -> Option<&Param> {
        match &self.0 {
            Source::Given(_) => None,
            Source::Learned { theta, .. } => Some(theta),
        }
    }

    /// Which bound κ has reached, if it is learned and has.
    ///
    /// # Errors
    /// If the parameter is no longer a number.
    pub fn at_bound(&self) -> Result<Option<Bound>> {
        let Source::Learned { theta, way, bounds, .. } = &self.0 else { return Ok(None) };
        let now: f64 = theta.tensor().to_scalar()?;
        Ok(match bounds.map(|b| way.theta(b)) {
            [smallest, _] if now <= smallest => Some(Bound::Smallest),
            [_, largest] if now >= largest => Some(Bound::Largest),
            _ => None,
        })
    }

    /// κ as it is now: an f64 scalar, tracked if gradients are to reach it.
    ///
    /// # Errors
    /// If it is not one finite f64 number.
    pub fn tensor(&self) -> Result<Tensor> {
        let kappa = match &self.0 {
            Source::Given(kappa) => kappa.clone(),
            Source::Learned { theta, way, sign, bounds } => {
                let [smallest, largest] = bounds.map(|b| way.theta(b));
                let now: f64 = theta.tensor().to_scalar()?;
                if !(smallest..=largest).contains(&now) && !now.is_nan() {
                    theta.set(Tensor::from(now.clamp(smallest, largest)))?;
                }
                way.magnitude(&theta.tensor())?.mul_scalar(*sign)?
            }
        };
        if kappa.dtype() != DType::F64 {
            return Err(Error::DType { op: "Curvature", what: "curvature is kept in f64", got: kappa.dtype() });
        }
        let value: f64 = kappa.to_scalar()?;
        if value.is_finite() {
            return Ok(kappa);
        }
        Err(Error::Argument {
            op: "Curvature",
            what: format!("κ = {value}"),
            remedy: "give a finite number; if κ is learned, lower its learning rate".into(),
        })
    }

    /// κ as a number.
    ///
    /// # Errors
    /// As [`Curvature::tensor`].
    pub fn value(&self) -> Result<f64> {
        self.tensor()?.to_scalar()
    }
}

impl From<f64> for Curvature {
    fn from(kappa: f64) -> Curvature {
        Curvature(Source::Given(kappa.into()))
    }
}

impl From<Tensor> for Curvature {
    fn from(kappa: Tensor) -> Curvature {
        Curvature(Source::Given(kappa))
    }
}
