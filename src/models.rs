//! Models: what is learned, and how well it was.

mod chart;
mod embeddings;
mod entailment;
pub mod evaluate;
pub mod hierarchy_embedding;
pub mod language;
mod ranking;

pub use embeddings::Embeddings;
pub use evaluate::{Reconstruction, link_prediction, reconstruction};
pub use hierarchy_embedding::{HierarchyTrainer, Loss, Progress, Settings, State};
pub use language::LanguageModel;
