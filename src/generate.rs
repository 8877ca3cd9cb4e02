//! Continuing sequences of tokens: choice of the next token, several sequences at once, where to stop.

mod sampling;
mod stop;

pub use sampling::Sampling;
pub use stop::StopStrings;

use crate::tensor::Rng;
use crate::{Error, Result, Tensor};

/// What continues sequences: a language model with a memory of what it has read.
pub trait Decoder {
    /// Reads more tokens of each sequence (none for those that have ended) and gives the scores of the next one,
    /// `[sequences, vocabulary]`. Rows of sequences that read nothing may hold anything.
    ///
    /// # Errors
    /// If a token is outside the vocabulary, or a sequence outgrows the model's context.
    fn read(&mut self, tokens: &[&[u32]]) -> Result<Tensor>;

    /// How many more tokens the longest sequence may have.
    fn room(&self) -> usize;
}

/// What to do after a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// This sequence has ended.
    Stop,
}

/// How long to go on, and how to choose.
#[derive(Clone, Debug)]
pub struct Generation {
    /// The most new tokens of a sequence.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Tokens that end a sequence; they are not part of it.
    pub end: Vec<u32>,
    /// Where the random numbers come from: sequence i draws from stream i, so it does not depend on the others.
    pub rng: Rng,
}

/// Continues each prompt; `told` hears of every new token (sequence, token) and may stop its sequence.
///
/// ```
/// use beltrami::generate::{generate, Decoder, Flow, Generation, Sampling};
/// use beltrami::{tensor::Rng, Result, Tensor};
///
/// /// Counts: the next token is one more than the last.
/// struct Counter;
/// impl Decoder for Counter {
///     fn read(&mut self, tokens: &[&[u32]]) -> Result<Tensor> {
///         let next: Vec<u32> = tokens.iter().map(|t| t.last().map_or(0, |t| (t + 1) % 10)).collect();
///         Tensor::from_slice(&next, next.len())?.one_hot(10, beltrami::DType::F32)
///     }
///     fn room(&self) -> usize {
///         usize::MAX
///     }
/// }
/// let how = Generation { max_tokens: 3, sampling: Sampling::greedy(), end: vec![7], rng: Rng::new(1) };
/// let new = generate(&mut Counter, &[&[2], &[5]], &how, |_, _| Flow::Continue)?;
/// assert_eq!(new, [vec![3, 4, 5], vec![6]]);
/// # Ok::<(), beltrami::Error>(())
/// ```
///
/// # Errors
/// If a prompt is empty, the decoder fails, or its scores are NaN.
pub fn generate(
    decoder: &mut dyn Decoder,
    prompts: &[&[u32]],
    how: &Generation,
    mut told: impl FnMut(usize, u32) -> Flow,
) -> Result<Vec<Vec<u32>>> {
    how.sampling.check()?;
    if let Some(i) = prompts.iter().position(|p| p.is_empty()) {
        return Err(Error::Argument {
            op: "generate",
            what: format!("prompt {i} is empty"),
            remedy: "begin with a token, for example that of the start of a text".into(),
        });
    }
    let mut sequences: Vec<Sequence> =
        prompts.iter().map(|p| Sequence { tokens: p.to_vec(), unread: 0, open: true }).collect();
    for step in 0..how.max_tokens {
        if decoder.room() == 0 || sequences.iter().all(|s| !s.open) {
            break;
        }
        let unread: Vec<&[u32]> = sequences.iter().map(|s| if s.open { &s.tokens[s.unread..] } else { &[] }).collect();
        let scores = decoder.read(&unread)?.to_dtype(crate::DType::F32)?;
        let width = scores.dims()[1];
        let scores = scores.to_vec::<f32>()?;
        for (i, sequence) in sequences.iter_mut().enumerate().filter(|(_, s)| s.open) {
            let draw = how.rng.stream(i as u64).uniform(step as u64);
            let next = how.sampling.choose(&scores[i * width..][..width], &sequence.tokens, draw)?;
            sequence.open = !how.end.contains(&next);
            if sequence.open {
                sequence.unread = sequence.tokens.len();
                sequence.tokens.push(next);
                sequence.open = told(i, next) == Flow::Continue;
            }
        }
    }
    Ok(sequences.into_iter().zip(prompts).map(|(s, p)| s.tokens[p.len()..].to_vec()).collect())
}

struct Sequence {
    tokens: Vec<u32>,
    /// The first token that the decoder has not read.
    unread: usize,
    open: bool,
}
