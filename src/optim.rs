//! Optimizers on manifolds: the gradient becomes Riemannian, the step follows the geodesic, the momentum is transported.
//! One fused pass over each parameter, in place; dense, or on the rows that have a gradient.

mod adam;
mod params;
mod rows;
pub mod schedule;
mod sgd;

pub use adam::RiemannianAdam;
pub use sgd::RiemannianSGD;

use crate::{Grads, Param, Result, param::SparseGrad};

/// Moves parameters against their gradients.
pub trait Optimizer {
    /// One step for every parameter that has a gradient.
    ///
    /// # Errors
    /// If a gradient is not finite: then no parameter has moved, and the error names the parameter and the place.
    fn step(&mut self, grads: &Grads) -> Result<()>;

    /// One step for some rows of one parameter, equal to a dense step on those rows.
    ///
    /// # Errors
    /// As [`Optimizer::step`], and if the parameter is not among this optimizer's.
    fn step_sparse(&mut self, param: &Param, grad: &SparseGrad) -> Result<()>;

    /// The learning rate.
    fn lr(&self) -> f64;

    /// Sets the learning rate, for [`schedule`]s.
    fn set_lr(&mut self, lr: f64);
}
