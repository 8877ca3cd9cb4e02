//! Models of text: what training, evaluation and generation ask of one.

mod generate;
mod ngram;
mod score;

pub use generate::Rereading;
pub use ngram::NeuralNgram;
pub use score::{Likelihood, likelihood, log_probabilities};

use crate::nn::Pass;
use crate::tokens::{Batch, IGNORED};
use crate::{CrossEntropy, Param, Result, Tensor};

/// Is shown the output of each layer with its name, in the order of the computation; an error ends the run.
pub type See<'s> = dyn FnMut(&str, &Tensor) -> Result<()> + 's;

/// Predicts the next token of each place from the tokens before it in the same document.
pub trait LanguageModel {
    /// What is learned.
    fn params(&self) -> Vec<Param>;

    /// Numbers that training changes by other means than gradients, as the biases of routers. Checkpoints keep them.
    fn buffers(&self) -> Vec<Param> {
        vec![]
    }

    /// The logits `[rows, context, vocabulary]` of a batch. Place t depends on the tokens up to t of its document alone
    /// ([`Batch::documents`], [`Batch::positions`]). The output of every layer is shown to `see`.
    ///
    /// # Errors
    /// If the batch does not fit the model, or `see` ends the run.
    fn logits(&self, batch: &Batch, pass: &Pass, see: &mut See<'_>) -> Result<Tensor>;

    /// What training minimises: the mean cross-entropy of the targets, in nats, unless a model adds to it.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Tensor> {
        cross_entropy(&self.logits(batch, pass, &mut |_, _| Ok(()))?, batch)
    }

    /// Called after each step of the optimizer: changes the buffers.
    ///
    /// # Errors
    /// If they cannot be changed.
    fn stepped(&self) -> Result<()> {
        Ok(())
    }
}

/// The mean cross-entropy of the targets that count, in nats.
///
/// # Errors
/// If the logits do not fit the batch.
pub fn cross_entropy(logits: &Tensor, batch: &Batch) -> Result<Tensor> {
    logits.softmax_cross_entropy(&batch.targets, &CrossEntropy { ignore_index: Some(IGNORED), ..Default::default() })
}
