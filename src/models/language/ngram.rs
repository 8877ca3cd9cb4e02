//! The neural n-gram model (Bengio, Ducharme, Vincent, Jauvin, "A neural probabilistic language model", JMLR 2003).

use super::{LanguageModel, See};
use crate::nn::{Init, Pass, Scope};
use crate::tokens::Batch;
use crate::{DType, Error, Param, Result, Tensor};

/// Predicts a token from the last few by one hidden layer: the least that a model with more context must beat.
///
/// h = tanh(b + Σ_k W_k e(x_{t−k})), logits = U h + d, where e is a learned table; tokens of other documents count 0.
#[derive(Clone, Debug)]
pub struct NeuralNgram {
    table: Param,
    /// One for each token looked at, the last token first.
    weights: Vec<Param>,
    bias: Param,
    out: Param,
    out_bias: Param,
}

impl NeuralNgram {
    /// A model of `vocabulary` tokens with rows and hidden layer of width `dim`, which looks at the last `order` tokens.
    ///
    /// # Errors
    /// [`Error::Argument`] if a size is 0, or a name is taken in `scope`.
    pub fn new(scope: &Scope, vocabulary: usize, dim: usize, order: usize) -> Result<NeuralNgram> {
        if [vocabulary, dim, order].contains(&0) {
            let what = format!("a vocabulary of {vocabulary}, width {dim}, order {order}");
            return Err(Error::Argument { op: "NeuralNgram::new", what, remedy: "give sizes of at least 1".into() });
        }
        let hidden = scope.at("hidden");
        let init = || Init::xavier(order * dim, dim, 1.0);
        let weights = (0..order).map(|k| hidden.param(&format!("weight.{k}"), [dim, dim], init()));
        Ok(NeuralNgram {
            table: scope.param("embedding", [vocabulary, dim], Init::Normal(1.0))?,
            weights: weights.collect::<Result<_>>()?,
            bias: hidden.undecayed("bias", [dim], Init::Constant(0.0))?,
            out: scope.at("head").param("weight", [dim, vocabulary], Init::xavier(dim, vocabulary, 1.0))?,
            out_bias: scope.at("head").undecayed("bias", [vocabulary], Init::Constant(0.0))?,
        })
    }
}

impl LanguageModel for NeuralNgram {
    fn params(&self) -> Vec<Param> {
        let others = [&self.table, &self.bias, &self.out, &self.out_bias];
        others.into_iter().chain(&self.weights).cloned().collect()
    }

    fn logits(&self, batch: &Batch, _: &Pass, see: &mut See<'_>) -> Result<Tensor> {
        let x = self.table.tensor().embedding(&batch.tokens)?;
        see("embedding", &x)?;
        let context = batch.tokens.dims()[1];
        let mut sum = x.matmul(&self.weights[0].tensor())?.add(&self.bias.tensor())?;
        for (k, weight) in self.weights.iter().enumerate().take(context).skip(1) {
            // The k-th token before, where the document reaches that far back.
            let before = x.narrow(1, 0, context - k)?.pad(1, k, 0, 0.0)?;
            let reach = Tensor::full([], k as f64, DType::U32, x.device())?;
            let outside = batch.positions.lt(&reach)?.unsqueeze(-1)?;
            sum = sum.add(&before.masked_fill(&outside, 0.0)?.matmul(&weight.tensor())?)?;
        }
        let h = sum.tanh()?;
        see("hidden", &h)?;
        let logits = h.matmul(&self.out.tensor())?.add(&self.out_bias.tensor())?;
        see("head", &logits)?;
        Ok(logits)
    }
}
