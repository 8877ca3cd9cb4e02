//! What a run through a model is for: training, with its random numbers, or evaluation.

use crate::tensor::Rng;
use std::cell::Cell;

/// Training or evaluation. Layers that behave differently in the two take it beside their input.
///
/// Each call of [`Pass::draw`] gives another stream of random numbers, so the order of calls decides which layer gets
/// which; [`Pass::fork`] gives part of a model streams of its own, the same however often it runs (as a
/// [`checkpoint`](crate::checkpoint) needs).
#[derive(Clone, Debug)]
pub struct Pass {
    rng: Option<Rng>,
    drawn: Cell<u64>,
}

impl Pass {
    /// Evaluation: no dropout, running statistics.
    pub fn evaluate() -> Pass {
        Pass { rng: None, drawn: Cell::new(0) }
    }

    /// Training with the random numbers of a step: give each step another stream.
    pub fn train(rng: Rng) -> Pass {
        Pass { rng: Some(rng), drawn: Cell::new(0) }
    }

    /// Whether this is training.
    pub fn is_training(&self) -> bool {
        self.rng.is_some()
    }

    /// The next stream of random numbers, in training.
    pub fn draw(&self) -> Option<Rng> {
        let rng = self.rng?;
        self.drawn.set(self.drawn.get() + 1);
        Some(rng.derive(self.drawn.get()))
    }

    /// The pass through part `index` of a model.
    pub fn fork(&self, index: u64) -> Pass {
        // Parts count down, draws up.
        Pass { rng: self.rng.map(|rng| rng.derive(!index)), drawn: Cell::new(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_repeat_and_differ() {
        let pass = Pass::train(Rng::new(3));
        let (a, b) = (pass.draw(), pass.draw());
        assert_ne!(a, b);
        assert_eq!(pass.fork(1).draw(), pass.fork(1).draw());
        assert_ne!(pass.fork(1).draw(), pass.fork(2).draw());
        assert_ne!(pass.fork(0).draw(), a);
        assert_eq!(Pass::evaluate().fork(1).draw(), None);
    }
}
