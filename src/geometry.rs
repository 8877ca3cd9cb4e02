//! The formulas: pure row functions with hand-written derivatives.
//!
//! One row is one point or tangent; a function takes rows and writes rows, without tensors, tape or allocation. Every
//! `f` comes with an `f_vjp` that takes the cotangent of the result, *writes* (not adds) the gradient of each row
//! argument and returns the gradients in the curvature parameters `(c, t)` of [`Curv`]. Scalars are f64.
//!
//! Rows are f32 or f64; formulas run in twice that precision ([`Wide`]: f64, or the double-double [`Dd`]). The
//! formulas themselves avoid cancellation, so results are accurate to about half an ulp of the rows' type: for
//! coincident points, tiny vectors, and points near the rim of the ball or far out on the hyperboloid.
//!
//! * [`lorentz`]: hyperboloid, rows of width D+1 with time first (redundant: recomputed, never read).
//! * [`poincare`]: ball, rows of width D; with c ≤ 0 also flat space and the sphere, in stereographic coordinates.
//! * [`sphere`]: sphere, rows of width D+1 that are read as directions.
//! * [`euclidean`]: flat space with the same interface.
//! * `halfspace`: half-space and the solvable group, rows of width D with the height (or its logarithm) first.
//! * [`Conversion`]: the same point or tangent in another chart of hyperbolic space.
//! * [`matrix`]: symmetric positive definite and Stiefel matrices, a row each.
//! * [`Model`] and [`Kind`]: the same functions as a table, for code that treats them alike.

mod between;
mod cone;
mod convert;
mod curv;
mod dd;
mod descend;
mod dual;
pub mod euclidean;
mod halfspace;
pub mod lorentz;
pub mod matrix;
mod model;
pub mod pairs;
pub mod poincare;
pub mod rows;
pub mod scalar;
pub mod sphere;
mod step;
mod task;
#[cfg(test)]
mod trace;
mod wide;

pub use convert::Conversion;
pub use curv::{Curv, CurvGrad};
pub use dd::{Dd, two_product, two_sum};
pub use descend::{Descend, Order, Pace, moves_in_place};
pub use matrix::MatrixModel;
pub use model::{Call, Kind, Model, Role};
pub use step::Step;
pub use task::{Coord, Task};
pub use wide::{Scalar, Wide};
