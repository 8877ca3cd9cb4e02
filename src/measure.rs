//! How curved are data, and how true is an embedding to them: measures that need no training.
//!
//! * [`Distances`]: all distances between points of a graph, of a manifold, or of anything.
//! * [`distortion`]: how far an embedding changes them.
//! * [`hyperbolicity`]: how far four points are from those of a tree, beside the same for data that is known to have no
//!   tree in it.
//! * [`sectional`]: curvature of a graph, triangle by triangle.
//! * [`suggest_signature`]: which space to embed in: a heuristic, with its evidence.
//!
//! All are deterministic: functions of the data and a seed, the same bits on any number of threads.
//!
//! ```
//! use beltrami::{backend::cpu::Cpu, data::Graph, measure::{Effort, hyperbolicity_of_graph}};
//!
//! let tree = Graph::new(7, &[(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)])?;
//! let measured = hyperbolicity_of_graph(&tree, &Effort::default(), &Cpu::default())?;
//! assert_eq!(measured.value.exact(), Some(0.0)); // a tree
//! # Ok::<(), beltrami::Error>(())
//! ```

mod curvature;
mod distances;
mod distortion;
mod eigen;
mod hyperbolicity;
mod null;
mod scaling;
mod signature;

pub use curvature::{Sectional, sectional};
pub use distances::Distances;
pub use distortion::{Distortion, distortion};
pub use hyperbolicity::{Effort, Hyperbolicity, Sample, hyperbolicity};
pub use null::{AgainstNull, Null, hyperbolicity_of_graph, hyperbolicity_of_metric, hyperbolicity_of_points};
pub use scaling::Shape;
pub use signature::{Candidate, Signature, suggest_signature};
