//! Beltrami: hyperbolic deep learning in Rust.
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

#[macro_use]
mod dtype;
mod error;

pub mod autograd;
pub mod backend;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod data;
pub mod geometry;
pub mod io;
pub mod manifold;
pub mod models;
pub mod ops;
pub mod optim;
pub mod param;
pub mod plot;
pub mod tensor;

pub use autograd::{GradCheck, Grads, checkpoint, grad, gradcheck, gradgradcheck, no_grad};
pub use dtype::{DType, Element, Real};
pub use error::{Error, Result};
pub use ops::Conv;
pub use param::Param;
pub use tensor::{Device, Rng, Shape, Tensor};
