//! Optimizers on manifolds: the gradient becomes Riemannian, the step follows the geodesic, the momentum is transported.
//! One fused pass over each parameter, in place; dense, or on the rows that have a gradient. On a product each factor is
//! moved by itself.

mod adam;
mod clip;
mod descent;
mod gradients;
mod group;
mod line_search;
mod on_card;
mod part;
mod rows;
pub mod schedule;
mod sgd;
mod state;

pub use adam::{RiemannianAdam, RiemannianAdamW};
pub use clip::{Clip, grad_norm};
pub use descent::Descent;
pub use group::Group;
pub use line_search::{Condition, Direction, RiemannianLineSearch, Searched};
pub use schedule::Schedule;
pub use sgd::RiemannianSGD;

use crate::io::TensorFile;
use crate::{Grads, Param, Result, param::SparseGrad};

/// Moves parameters against their gradients.
pub trait Optimizer {
    /// One step for every parameter that has a gradient.
    ///
    /// # Errors
    /// If a gradient is not finite: then no parameter has moved, and the error names the parameter and the place.
    fn step(&mut self, grads: &Grads) -> Result<()>;

    /// One step for some rows of one parameter (a table `[rows, width]`), equal to a dense step on those rows.
    ///
    /// # Errors
    /// As [`Optimizer::step`], and if the parameter is not among this optimizer's.
    fn step_sparse(&mut self, param: &Param, grad: &SparseGrad) -> Result<()>;

    /// The learning rate.
    fn lr(&self) -> f64;

    /// Sets the learning rate, for [`schedule`]s.
    fn set_lr(&mut self, lr: f64);

    /// Momenta, second moments, step counts and the learning rate, with the manifold of each parameter and all settings:
    /// what a run needs beside its parameters to go on as if it had never stopped. Write it with
    /// [`write_tensors`](crate::io::write_tensors).
    ///
    /// # Errors
    /// If two parameters have one name.
    fn state(&self) -> Result<TensorFile>;

    /// Takes up a stored state, the learning rate included.
    ///
    /// # Errors
    /// If it was saved by another optimizer or with other settings, parameters, shapes or manifolds (κ included): then
    /// nothing has changed, and the error says what differs.
    fn load_state(&mut self, file: &TensorFile) -> Result<()>;
}
