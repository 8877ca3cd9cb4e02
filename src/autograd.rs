//! Reverse-mode differentiation of what was computed.
//!
//! Operations on tracked tensors are recorded as they run ([`apply`]). [`Tensor::backward`](crate::Tensor::backward) walks the record from the
//! youngest node to the oldest, without recursion, and frees each node as it passes.

mod check;
mod checkpoint;
mod mode;
mod node;
mod op;
mod sweep;

pub use check::{GradCheck, gradcheck, gradgradcheck};
pub use checkpoint::checkpoint;
pub use mode::{is_recording, no_grad};
pub use op::{Op, Outputs, Saves, Vjp, apply, apply_multi};
pub use sweep::{Grads, grad};

pub(crate) use node::Edge;
pub(crate) use op::one;
pub(crate) use sweep::Alias;
