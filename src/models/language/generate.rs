//! Going on with a text by a model that remembers nothing: it reads the end of each sequence again for every token.

use super::LanguageModel;
use crate::generate::Decoder;
use crate::nn::Pass;
use crate::tokens::Batch;
use crate::{DType, Device, Error, Result, Tensor, no_grad};

/// Any language model as a [`Decoder`]; it sees the last `context` tokens of a sequence.
pub struct Rereading<'m> {
    model: &'m dyn LanguageModel,
    context: usize,
    sequences: Vec<Vec<u32>>,
    device: Device,
}

impl<'m> Rereading<'m> {
    /// Nothing has been read yet.
    ///
    /// # Errors
    /// [`Error::Argument`] if the context is empty.
    pub fn new(model: &'m dyn LanguageModel, context: usize, device: &Device) -> Result<Rereading<'m>> {
        if context == 0 {
            let remedy = "give at least one token".into();
            return Err(Error::Argument { op: "generate", what: "an empty context".into(), remedy });
        }
        Ok(Rereading { model, context, sequences: vec![], device: device.clone() })
    }

    /// The scores after the last token of a sequence, `[1, vocabulary]`.
    fn scores(&self, sequence: &[u32]) -> Result<Tensor> {
        let seen = &sequence[sequence.len().saturating_sub(self.context)..];
        let batch = Batch::of(&[seen], &self.device)?;
        let logits = self.model.logits(&batch, &Pass::evaluate(), &mut |_, _| Ok(()))?;
        logits.select(1, seen.len() - 1)?.to_dtype(DType::F32)
    }
}

impl Decoder for Rereading<'_> {
    fn read(&mut self, tokens: &[&[u32]]) -> Result<Tensor> {
        self.sequences.resize(tokens.len().max(self.sequences.len()), vec![]);
        for (sequence, new) in self.sequences.iter_mut().zip(tokens) {
            sequence.extend_from_slice(new);
        }
        no_grad(|| {
            let mut rows = Vec::new();
            for (sequence, new) in self.sequences.iter().zip(tokens) {
                rows.push(if new.is_empty() { None } else { Some(self.scores(sequence)?) });
            }
            let some = rows.iter().flatten().next().cloned().ok_or(Error::Argument {
                op: "generate",
                what: "no sequence has a new token".into(),
                remedy: "give each open sequence at least one".into(),
            })?;
            let rows: Vec<Tensor> = rows.into_iter().map(|row| row.unwrap_or_else(|| some.clone())).collect();
            Tensor::cat(&rows.iter().collect::<Vec<_>>(), 0)
        })
    }

    /// Old tokens are forgotten, so there is always room.
    fn room(&self) -> usize {
        usize::MAX
    }
}
