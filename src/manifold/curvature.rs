//! Sectional curvature as a value: a number, or a tensor that gradients flow to.

use crate::{DType, Error, Result, Tensor};

/// The sectional curvature κ of a manifold, negative for hyperbolic ones. Kept in f64 whatever the points are stored in.
#[derive(Clone, Debug)]
pub struct Curvature(Tensor);

impl Curvature {
    /// A fixed or (if the tensor is tracked) learnable curvature.
    ///
    /// # Errors
    /// If the tensor is not one finite f64 number.
    pub fn new(kappa: impl Into<Tensor>) -> Result<Curvature> {
        let kappa = kappa.into();
        if kappa.dtype() != DType::F64 {
            return Err(Error::DType { op: "Curvature::new", what: "curvature is kept in f64", got: kappa.dtype() });
        }
        let value: f64 = kappa.to_scalar()?;
        if !value.is_finite() {
            return Err(Error::Argument {
                op: "Curvature::new",
                what: format!("κ = {value}"),
                remedy: "give a finite number".into(),
            });
        }
        Ok(Curvature(kappa))
    }

    /// κ as an f64 scalar tensor.
    pub fn tensor(&self) -> &Tensor {
        &self.0
    }

    /// κ as a number.
    pub fn value(&self) -> Result<f64> {
        self.0.to_scalar()
    }
}
