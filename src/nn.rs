//! Layers: functions of tensors with parameters.
//!
//! A layer is made in a [`Scope`], which names its parameters, draws their first values (or takes them from a file), and
//! keeps the list that optimizers and files need. Points between layers are plain tensors of rows: on the hyperboloid
//! −x₀² + |x_s|² = 1/κ, time first ([`Coordinates::Radius`](crate::manifold::Coordinates::Radius)), so that a layer reads
//! rows as published systems store them; a layer that leads to another curvature scales by √(κ/κ′).

pub(crate) mod hyperboloid;
mod lorentz_linear;
mod pass;
mod scope;

pub use lorentz_linear::LorentzLinear;
pub use pass::Pass;
pub use scope::{Init, Scope};
