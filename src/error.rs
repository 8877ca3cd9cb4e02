//! The one error type. Every variant says where, what, and how to mend it.

use crate::dtype::DType;
use std::path::PathBuf;

/// Shorthand for `std::result::Result<T, beltrami::Error>`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong. Messages name the operation, the shapes or the file, and the remedy.
// Fields are what the messages print.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum Error {
    /// Shapes do not fit the operation.
    #[error("{op}: {what} (got {shapes:?}); {remedy}")]
    Shape { op: &'static str, what: String, shapes: Vec<Vec<usize>>, remedy: &'static str },
    /// A number type does not fit the operation.
    #[error("{op}: {what}, got {got}; convert with `to_dtype`")]
    DType { op: &'static str, what: &'static str, got: DType },
    /// An argument is outside its range.
    #[error("{op}: {what}; {remedy}")]
    Argument { op: &'static str, what: String, remedy: String },
    /// An index points outside the axis it selects from.
    #[error("{op}: index {index} at position {position} is outside 0..{size}; check the ids")]
    Index { op: &'static str, index: i64, position: usize, size: usize },
    /// A tracked tensor met an operation that has no derivative.
    #[error("{op} has no derivative, but its input is tracked; call `detach()` on the input if none is wanted")]
    NoBackward { op: &'static str },
    /// Backward was asked for something that is not on the tape.
    #[error("{op}: {what}; {remedy}")]
    Graph { op: &'static str, what: String, remedy: &'static str },
    /// A value that must be finite is not.
    #[error("{place}: {what} is not finite (first at {position}); {remedy}")]
    NonFinite { place: String, what: String, position: usize, remedy: String },
    /// A derivative disagrees with finite differences.
    #[error("gradcheck: relative error {error:.1e} is above {tolerance:.1e} at {place}")]
    Gradient { place: String, error: f64, tolerance: f64 },
    /// CUDA cannot be used on this machine, or by this build.
    #[error("CUDA cannot be used: {what}; {remedy}")]
    CudaUnavailable { what: String, remedy: String },
    /// A card or its driver failed.
    #[error("CUDA, {place}: {what}")]
    Cuda { place: String, what: String },
    /// A card's memory is full.
    #[error("the card has no {requested} bytes left, {free} are free; use smaller batches, or `checkpoint`")]
    OutOfMemory { requested: usize, free: usize },
    /// An operation has no form for a device.
    #[error("{op} does not run on {device}; move its inputs with `to_device(&Device::cpu())`")]
    Unsupported { op: &'static str, device: String },
    /// The inputs of an operation lie on different devices.
    #[error("{op}: inputs lie on {devices:?}; bring them together with `to_device`")]
    Devices { op: &'static str, devices: Vec<String> },
    /// A file does not hold what it should.
    #[error("{path}{line}: {what}; {remedy}", path = path.display(), line = line.map(|l| format!(":{l}")).unwrap_or_default())]
    Format { path: PathBuf, line: Option<usize>, what: String, remedy: String },
    /// The operating system refused.
    #[error("{path}: {what}: {source}", path = path.display())]
    Io { path: PathBuf, what: &'static str, source: std::io::Error },
}
