//! Going on with a text.

use super::LanguageModel;
use crate::nn::Pass;
use crate::tokens::Batch;
use crate::{Device, Error, Result, Rng, no_grad};

/// How the next token is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Logits are divided by this; 0 takes the most probable token.
    pub temperature: f64,
    /// Only so many of the most probable tokens are drawn from; 0 for all.
    pub top_k: usize,
    /// Only the most probable tokens that together have this probability are drawn from (nucleus; Holtzman et al., ICLR
    /// 2020); 1 for all.
    pub top_p: f64,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling { temperature: 1.0, top_k: 0, top_p: 1.0 }
    }
}

/// Gives one token after another, each drawn after those before. The same seed gives the same tokens.
pub struct Generator<'m> {
    model: &'m dyn LanguageModel,
    tokens: Vec<u32>,
    context: usize,
    sampling: Sampling,
    rng: Rng,
    device: Device,
}

impl<'m> Generator<'m> {
    /// Goes on after `prompt`; the model sees the last `context` tokens.
    ///
    /// # Errors
    /// [`Error::Argument`] if the prompt or the context is empty, or the sampling is outside its range.
    pub fn new(
        model: &'m dyn LanguageModel,
        prompt: Vec<u32>,
        context: usize,
        sampling: Sampling,
        rng: Rng,
        device: &Device,
    ) -> Result<Generator<'m>> {
        let bad = |what: String, remedy: &str| Err(Error::Argument { op: "generate", what, remedy: remedy.into() });
        let Sampling { temperature, top_p, .. } = sampling;
        if prompt.is_empty() || context == 0 {
            return bad(format!("{} tokens in a context of {context}", prompt.len()), "give at least one of both");
        }
        if !(temperature >= 0.0 && temperature.is_finite() && top_p > 0.0 && top_p <= 1.0) {
            return bad(format!("temperature {temperature}, top-p {top_p}"), "give ≥ 0 and a number in (0, 1]");
        }
        Ok(Generator { model, tokens: prompt, context, sampling, rng, device: device.clone() })
    }

    /// The prompt and what has been drawn so far.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// Draws the next token.
    ///
    /// # Errors
    /// If the model refuses, or its logits are not finite.
    pub fn step(&mut self) -> Result<u32> {
        let seen = &self.tokens[self.tokens.len().saturating_sub(self.context)..];
        let logits = no_grad(|| {
            let batch = Batch::of(&[seen], &self.device)?;
            let logits = self.model.logits(&batch, &Pass::evaluate(), &mut |_, _| Ok(()))?;
            Ok::<_, Error>(logits.select(1, seen.len() - 1)?.to_f64_vec())
        })?;
        if let Some(position) = logits.iter().position(|l| !l.is_finite()) {
            return Err(Error::NonFinite {
                place: "generate".into(),
                what: "a logit".into(),
                position,
                remedy: "the model's parameters are damaged: take an earlier checkpoint".into(),
            });
        }
        let token = choose(&logits, self.sampling, self.rng.uniform(self.tokens.len() as u64));
        self.tokens.push(token);
        Ok(token)
    }
}

/// A token of these logits, by a number uniform in [0, 1).
fn choose(logits: &[f64], sampling: Sampling, uniform: f64) -> u32 {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    // Stable: equal logits stay in the order of their ids.
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
    if sampling.temperature == 0.0 {
        return order[0] as u32;
    }
    if sampling.top_k > 0 {
        order.truncate(sampling.top_k);
    }
    let weight = |&i: &usize| ((logits[i] - logits[order[0]]) / sampling.temperature).exp();
    let weights: Vec<f64> = order.iter().map(weight).collect();
    // A token is drawn from while those before it have less than top-p of the weight.
    let bound = sampling.top_p * weights.iter().sum::<f64>();
    let sums = weights.iter().scan(0.0, |sum, w| Some(std::mem::replace(sum, *sum + w)));
    let kept = sums.take_while(|&before| before < bound).count();
    let mut left = uniform * weights[..kept].iter().sum::<f64>();
    let drawn = weights[..kept].iter().position(|&w| {
        left -= w;
        left < 0.0
    });
    order[drawn.unwrap_or(kept - 1)] as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_as_often_as_they_are_probable() {
        let logits = [0.0, 3f64.ln(), f64::MIN, 6f64.ln()];
        let rng = Rng::new(4);
        let shares = |sampling| {
            let mut counts = [0.0; 4];
            (0..20_000).for_each(|i| counts[choose(&logits, sampling, rng.uniform(i)) as usize] += 1.0 / 20_000.0);
            counts
        };
        let near = |a: [f64; 4], b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.015);
        let all = Sampling::default();
        assert!(near(shares(all), [0.1, 0.3, 0.0, 0.6]));
        assert!(near(shares(Sampling { temperature: 0.5, ..all }), [1.0 / 46.0, 9.0 / 46.0, 0.0, 36.0 / 46.0]));
        assert!(near(shares(Sampling { top_k: 2, ..all }), [0.0, 1.0 / 3.0, 0.0, 2.0 / 3.0]));
        assert!(near(shares(Sampling { top_p: 0.7, ..all }), [0.0, 1.0 / 3.0, 0.0, 2.0 / 3.0]));
        assert!(near(shares(Sampling { top_p: 0.5, ..all }), [0.0, 0.0, 0.0, 1.0]));
        assert!(near(shares(Sampling { temperature: 0.0, ..all }), [0.0, 0.0, 0.0, 1.0]));
    }
}
