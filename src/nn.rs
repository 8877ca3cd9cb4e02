//! Layers: functions of tensors with parameters.
//!
//! A layer is made in a [`Scope`], which names its parameters, draws their first values (or takes them from a file), and
//! keeps the list that optimizers and files need. Points between layers are plain tensors of rows: on the hyperboloid
//! −x₀² + |x_s|² = 1/κ, time first ([`Coordinates::Radius`](crate::manifold::Coordinates::Radius)), so that a layer reads
//! rows as published systems store them; a layer that leads to another curvature scales by √(κ/κ′).

mod attend;
mod batch_norm;
mod clip_loss;
mod focused_attention;
mod hope;
mod hybonet_linear;
mod hyperbolic_linear;
pub(crate) mod hyperboloid;
mod language_head;
mod linear;
mod lorentz_activation;
mod lorentz_attention;
mod lorentz_cls;
mod lorentz_conv;
mod lorentz_dropout;
mod lorentz_embedding;
mod lorentz_feed_forward;
mod lorentz_linear;
mod lorentz_mlr;
mod lorentz_norm;
mod lorentz_residual;
mod mask;
mod pass;
mod patch_embedding;
mod poincare_mlr;
mod scope;
mod sheet;
mod space;

pub use batch_norm::{HyperbolicBatchNorm, Spread};
pub use clip_loss::ClipLoss;
pub use focused_attention::{FocusedAttention, FocusedKernel};
pub use hope::{Hope, Rotation, Yarn};
pub use hybonet_linear::HybonetLinear;
pub use hyperbolic_linear::{HyperbolicActivation, HyperbolicLinear};
pub use language_head::{HeadNames, LanguageHead};
pub use linear::Linear;
pub use lorentz_activation::{Activation, LorentzActivation};
pub use lorentz_attention::LorentzMultiheadAttention;
pub use lorentz_cls::{LorentzCls, Score};
pub use lorentz_conv::{LorentzConv, LorentzConv1d, LorentzConv2d, LorentzConvTranspose2d};
pub use lorentz_dropout::LorentzDropout;
pub use lorentz_embedding::LorentzEmbedding;
pub use lorentz_feed_forward::LorentzFeedForward;
pub use lorentz_linear::{Input, LorentzLinear};
pub use lorentz_mlr::LorentzMlr;
pub use lorentz_norm::{LorentzLayerNorm, LorentzNormalization, LorentzRmsNorm};
pub use lorentz_residual::LorentzResidual;
pub use mask::Mask;
pub use pass::Pass;
pub use patch_embedding::PatchEmbedding;
pub use poincare_mlr::{PoincareLinear, PoincareMlr};
pub use scope::{Init, Scope};
pub use space::Space;
