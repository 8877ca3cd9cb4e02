//! Models: what is learned, and how well it was.

mod chart;
mod embeddings;
pub mod evaluate;
pub mod hierarchy_embedding;

pub use embeddings::Embeddings;
pub use evaluate::{Reconstruction, reconstruction};
pub use hierarchy_embedding::{HierarchyTrainer, Progress, Settings, State};
