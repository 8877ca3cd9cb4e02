//! How probable a model finds texts.

use super::LanguageModel;
use crate::nn::Pass;
use crate::tokens::{Batch, Batches, Cursor, IGNORED};
use crate::{CrossEntropy, Device, Reduction, Result, no_grad};

/// What a model thinks of some tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likelihood {
    /// −Σ ln p over the tokens.
    pub nats: f64,
    /// How many tokens were predicted.
    pub tokens: usize,
}

impl Likelihood {
    /// Nats a token.
    pub fn loss(&self) -> f64 {
        self.nats / self.tokens as f64
    }

    /// e^loss: among how many equally likely tokens the model hesitates.
    pub fn perplexity(&self) -> f64 {
        self.loss().exp()
    }

    /// Bits for each byte of the text that the tokens stand for: unlike the loss comparable between tokenizers.
    pub fn bits_per_byte(&self, bytes: usize) -> f64 {
        self.nats / std::f64::consts::LN_2 / bytes as f64
    }
}

/// The likelihood of the windows of `batches`, in order: all, or the first `limit`.
///
/// # Errors
/// If the model or the data refuses.
pub fn likelihood(
    model: &dyn LanguageModel,
    batches: &Batches<'_>,
    rows: usize,
    limit: Option<usize>,
    device: &Device,
) -> Result<Likelihood> {
    let windows = batches.windows(0).min(limit.unwrap_or(usize::MAX));
    let mut sum = Likelihood::default();
    let mut cursor = Cursor::default();
    while cursor.index < windows {
        let (batch, next) = batches.take(cursor, rows.clamp(1, windows - cursor.index), device)?;
        sum.nats += losses(model, &batch)?.iter().sum::<f64>();
        sum.tokens += batch.counted;
        cursor = next;
    }
    Ok(sum)
}

/// ln p of each of some documents (token ids), given their first tokens.
///
/// # Errors
/// If the model refuses.
pub fn log_probabilities(model: &dyn LanguageModel, documents: &[Vec<u32>], device: &Device) -> Result<Vec<f64>> {
    let batch = Batch::of(documents, device)?;
    let context = batch.tokens.dims()[1].max(1);
    Ok(losses(model, &batch)?.chunks(context).map(|row| -row.iter().sum::<f64>()).collect())
}

/// The loss of each place, in nats; 0 where none is to be predicted.
fn losses(model: &dyn LanguageModel, batch: &Batch) -> Result<Vec<f64>> {
    let how = CrossEntropy { ignore_index: Some(IGNORED), reduction: Reduction::None, ..Default::default() };
    no_grad(|| {
        let logits = model.logits(batch, &Pass::evaluate(), &mut |_, _| Ok(()))?;
        Ok(logits.softmax_cross_entropy(&batch.targets, &how)?.to_f64_vec())
    })
}
