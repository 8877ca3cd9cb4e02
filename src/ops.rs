//! Operations on tensors. Each is defined once, in one file: shape rule, forward, derivative, and the points where its
//! checks look. The [`registry`] lists them all; the tests follow from it.

pub mod registry;
pub mod verify;

mod binary;
mod cast;
mod compare;
mod join;
pub mod manifold;
mod matmul;
mod reduce;
mod unary;
pub(crate) mod view;

pub(crate) use registry::is_registered;
