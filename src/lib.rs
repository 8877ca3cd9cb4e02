//! Beltrami: hyperbolic deep learning in Rust.
//!
//! Tensors with reverse-mode differentiation, hyperbolic spaces whose formulas are accurate to the last places of the
//! numbers' type, and optimizers that follow geodesics. Nothing else is needed: no Python, no BLAS, no graphics library.
//!
//! # Tensors
//!
//! A [`Tensor`] is an immutable value: a clone is cheap, a view (transpose, slice, flip, expansion) moves no number, and
//! every operation takes any view. Shape and number type are known at run time. Methods return [`Result`]; the operators
//! `+ - * /` panic with the same message.
//!
//! ```
//! use beltrami::prelude::*;
//!
//! let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3])?;
//! let y = x.t()?.matmul(&x)?; // [3, 3]; the transpose is a view
//! assert_eq!(y.sum_all()?.to_scalar::<f64>()?, 6.0 * 6.0 + 15.0 * 15.0);
//!
//! // Random numbers are functions of (seed, stream, index): the same on any number of threads.
//! let noise = Tensor::randn([64, 32], DType::F32, Rng::new(1), &Device::cpu())?;
//! assert_eq!(noise.dims(), [64, 32]);
//!
//! // What does not fit says so, and how to mend it.
//! let error = x.matmul(&x).unwrap_err().to_string();
//! assert!(error.starts_with("matmul"));
//! # Ok::<(), beltrami::Error>(())
//! ```
//!
//! # Derivatives
//!
//! Operations on *tracked* tensors are recorded. [`Tensor::backward`] gives the gradients of all leaves and frees the
//! record as it goes; [`grad`] with `create_graph` gives gradients that can be differentiated again. An operation that has
//! no derivative refuses a tracked input, so a gradient is never lost in silence. [`gradcheck`] compares any function's
//! derivative with finite differences.
//!
//! ```
//! use beltrami::{gradcheck, prelude::*};
//!
//! let x = Tensor::from_slice(&[0.5, -1.0], 2)?.tracked();
//! let loss = x.tanh()?.square()?.sum_all()?;
//! let grads = loss.backward()?;
//! let slope = |x: f64| 2.0 * x.tanh() / x.cosh().powi(2);
//! let got = grads.get(&x).expect("the loss depends on x").to_vec::<f64>()?;
//! assert!((got[0] - slope(0.5)).abs() < 1e-15 && (got[1] - slope(-1.0)).abs() < 1e-15);
//!
//! assert!(gradcheck(|x| x[0].tanh()?.square(), &[x.detach()])? < 1e-8);
//! # Ok::<(), beltrami::Error>(())
//! ```
//!
//! [`no_grad`] records nothing; [`checkpoint`] trades time for memory.
//!
//! # Manifolds
//!
//! A [`Manifold`](manifold::Manifold) is a value with distance, exponential and logarithmic map, parallel transport,
//! projections and gradients. Points are rows: the last axis of a tensor. κ is the sectional curvature, negative for
//! hyperbolic space; give it as a tracked tensor, and it gets a gradient too.
//!
//! ```
//! use beltrami::prelude::*;
//!
//! let kappa = Tensor::from(-0.5_f64).tracked();
//! let ball = PoincareBall::new(kappa.clone())?;
//! let x = Tensor::from_slice(&[0.1, 0.2], 2)?;
//! let y = Tensor::from_slice(&[-0.3, 0.9], 2)?;
//!
//! let u = ball.log_map(&x, &y)?; // the velocity at x that arrives at y at time 1
//! let d = ball.dist(&x, &y)?;
//! assert!((ball.norm(&x, &u)?.to_scalar::<f64>()? - d.to_scalar::<f64>()?).abs() < 1e-14);
//! let slope = d.backward()?.get(&kappa).expect("distance depends on κ").to_scalar::<f64>()?;
//! assert!((slope - d.to_scalar::<f64>()?).abs() < 1e-14); // d ∝ 1/√−κ, so ∂d/∂κ = d / (−2κ) = d here
//! # Ok::<(), beltrami::Error>(())
//! ```
//!
//! # Learning
//!
//! The manifold belongs to the parameter ([`Param`]); activations are plain tensors. [`optim::RiemannianSGD`] and
//! [`optim::RiemannianAdam`] find it there, and treat a parameter without one as Euclidean. Large tables are looked up
//! with [`Param::lookup`], and only the rows that were used are moved.
//!
//! ```
//! use beltrami::prelude::*;
//!
//! let space = Lorentz::new(-1.0)?;
//! let target = space.exp_map0(&Tensor::from_slice(&[0.0, 1.0, 2.0], [1, 3])?)?;
//! let start = space.exp_map0(&Tensor::zeros([1, 3], DType::F64, &Device::cpu())?)?;
//! let point = Param::new("point", start).on(space.clone());
//!
//! let mut optimizer = RiemannianAdam::new(vec![point.clone()], 0.1);
//! for _ in 0..300 {
//!     let loss = space.dist2(&point.tensor(), &target)?.sum_all()?;
//!     optimizer.step(&loss.backward()?)?;
//! }
//! let left = space.dist(&point.tensor().detach(), &target)?.to_vec::<f64>()?;
//! assert!(left[0] < 1e-2);
//! # Ok::<(), beltrami::Error>(())
//! ```
//!
//! # Where things are
//!
//! [`tensor`], [`autograd`] and [`ops`] are the engine, [`backend`] is what it runs on. [`geometry`] holds the formulas,
//! as functions of rows of numbers; [`manifold`] makes them functions of tensors. [`param`], [`optim`] and [`models`]
//! learn. [`data`], [`io`] and [`plot`] read, write and draw; [`measure`] says how curved data are. Features: `rayon` (default) for threads, `cli` for the
//! `beltrami` command. The design is told in `docs/architecture.md`.
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
pub mod generate;
pub mod geometry;
pub mod io;
pub mod manifold;
pub mod measure;
pub mod models;
pub mod nn;
pub mod ops;
pub mod optim;
pub mod param;
pub mod plot;
pub mod tensor;
pub mod tokens;
pub mod train;

pub use autograd::{GradCheck, Grads, checkpoint, grad, gradcheck, gradgradcheck, no_grad};
pub use dtype::{DType, Element, Real};
pub use error::{Error, Result};
pub use ops::{Conv, CrossEntropy, Reduction};
pub use param::Param;
pub use tensor::{Device, Rng, Shape, Tensor};

/// What most programs need, to be imported at once: `use beltrami::prelude::*`.
pub mod prelude {
    pub use crate::manifold::{Euclidean, HalfSpace, Lorentz, Manifold, PoincareBall, Solvable, Sphere, Stereographic};
    pub use crate::optim::{Optimizer, RiemannianAdam, RiemannianAdamW, RiemannianSGD};
    pub use crate::{DType, Device, Param, Rng, Tensor};
}

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
