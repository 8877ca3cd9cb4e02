//! Beltrami: hyperbolic deep learning in Rust.
#![deny(unsafe_op_in_unsafe_fn)]

pub mod backend;
pub mod data;
mod dtype;
mod error;
pub mod geometry;
pub mod io;
pub mod plot;

pub use dtype::{DType, Element, Real};
pub use error::{Error, Result};
