//! Layers: functions of tensors with parameters.
//!
//! A layer is made in a [`Scope`], which names its parameters, draws their first values (or takes them from a file), and
//! keeps the list that optimizers and files need. Points between layers are plain tensors of rows: on the hyperboloid
//! −x₀² + |x_s|² = 1/κ, time first ([`Coordinates::Radius`](crate::manifold::Coordinates::Radius)), so that a layer reads
//! rows as published systems store them; a layer that leads to another curvature scales by √(κ/κ′).

mod attend;
mod hope;
pub(crate) mod hyperboloid;
mod language_head;
mod linear;
mod lorentz_activation;
mod lorentz_attention;
mod lorentz_dropout;
mod lorentz_embedding;
mod lorentz_feed_forward;
mod lorentz_linear;
mod lorentz_norm;
mod lorentz_residual;
mod mask;
mod pass;
mod scope;
mod sheet;

pub use hope::{Hope, Rotation, Yarn};
pub use language_head::{HeadNames, LanguageHead};
pub use linear::Linear;
pub use lorentz_activation::{Activation, LorentzActivation};
pub use lorentz_attention::LorentzMultiheadAttention;
pub use lorentz_dropout::LorentzDropout;
pub use lorentz_embedding::LorentzEmbedding;
pub use lorentz_feed_forward::LorentzFeedForward;
pub use lorentz_linear::{Input, LorentzLinear};
pub use lorentz_norm::{LorentzLayerNorm, LorentzNormalization, LorentzRmsNorm};
pub use lorentz_residual::LorentzResidual;
pub use mask::Mask;
pub use pass::Pass;
pub use scope::{Init, Scope};
