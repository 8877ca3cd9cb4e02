//! Operations on tensors. Each is defined once, in one file: shape rule, forward, derivative, and the points where its
//! checks look. The [`registry`] lists them all; the tests follow from it.

pub mod registry;
pub mod verify;

mod assemble;
mod attention;
mod binary;
mod cast;
mod centre;
mod compare;
mod conv;
pub(crate) mod convert;
mod dropout;
mod einsum;
pub(crate) mod index;
mod join;
mod lift;
mod loss;
pub mod manifold;
mod matmul;
mod norm;
mod order;
pub mod pairwise;
mod reduce;
mod residual;
mod row_sums;
mod rows;
mod sheet;
mod softmax;
mod unary;
pub(crate) mod view;

pub use attention::Attention;
pub use conv::Conv;
pub use lift::Activation;
pub use loss::{CrossEntropy, Reduction};
pub(crate) use registry::is_registered;
