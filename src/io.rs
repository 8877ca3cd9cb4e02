//! File formats and safe writing: a file is either as it was or whole.

mod atomic;
mod jsonl;
mod safetensors;
mod table;

pub use atomic::write_atomic;
pub use jsonl::JsonLines;
pub use safetensors::{RawTensor, TensorFile, parse_tensors, read_tensors, write_tensors};
pub use table::write_table;

use crate::Error;
use std::path::Path;

/// The operating system's refusal, with the path it was about.
fn refused(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path, what, source }
}
