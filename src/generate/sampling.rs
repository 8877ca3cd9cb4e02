//! The choice of one token from scores.

use crate::{Error, Result};

/// How the next token is chosen. Filters apply in this order: penalty, temperature, top-k, top-p, min-p.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Scores are divided by it; 0 takes the highest score (the first of equals).
    pub temperature: f64,
    /// Only the k highest scores; 0 keeps all.
    pub top_k: usize,
    /// Only the most probable tokens whose probabilities reach this sum (Holtzman et al., ICLR 2020); 1 keeps all.
    pub top_p: f64,
    /// Only tokens at least this share as probable as the most probable one (Nguyen et al., ICLR 2025); 0 keeps all.
    pub min_p: f64,
    /// Scores of tokens that have occurred are divided by it if positive, else multiplied (Keskar et al.,
    /// arXiv:1909.05858, §4.1); 1 leaves them.
    pub repetition_penalty: f64,
}

impl Default for Sampling {
    /// The model's own distribution.
    fn default() -> Sampling {
        Sampling { temperature: 1.0, top_k: 0, top_p: 1.0, min_p: 0.0, repetition_penalty: 1.0 }
    }
}

impl Sampling {
    /// Always the highest score.
    pub fn greedy() -> Sampling {
        Sampling { temperature: 0.0, ..Sampling::default() }
    }

    /// # Errors
    /// If a setting is outside its range.
    pub(super) fn check(&self) -> Result<()> {
        let settings = [
            ("temperature", self.temperature, self.temperature >= 0.0, "0 or more"),
            ("top-p", self.top_p, self.top_p > 0.0 && self.top_p <= 1.0, "above 0, at most 1"),
            ("min-p", self.min_p, (0.0..1.0).contains(&self.min_p), "from 0 to below 1"),
            ("repetition penalty", self.repetition_penalty, self.repetition_penalty > 0.0, "above 0"),
        ];
        match settings.into_iter().find(|(_, value, good, _)| !good || !value.is_finite()) {
            None => Ok(()),
            Some((name, value, _, range)) => Err(Error::Argument {
                op: "generate",
                what: format!("{name} {value}"),
                remedy: format!("choose one {range}"),
            }),
        }
    }

    /// The token for a draw that is uniform in [0, 1).
    ///
    /// # Errors
    /// If a score is NaN or +∞, or none is finite.
    pub fn choose(&self, scores: &[f32], before: &[u32], draw: f64) -> Result<u32> {
        if let Some(position) = scores.iter().position(|s| s.is_nan() || *s == f32::INFINITY) {
            return Err(Error::NonFinite {
                place: "generate".into(),
                what: "a score of the next token".into(),
                position,
                remedy: "the model is broken: load another checkpoint".into(),
            });
        }
        let scores = self.penalised(scores, before);
        // Best first; of equals the first.
        let mut order: Vec<u32> = (0..scores.len() as u32).collect();
        let by_score = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
        let best = *order.iter().min_by(|a, b| by_score(a, b)).ok_or(Error::Argument {
            op: "generate",
            what: "an empty vocabulary".into(),
            remedy: "give the scores of at least one token".into(),
        })?;
        if self.temperature == 0.0 {
            return Ok(best);
        }
        let k = if self.top_k == 0 { order.len() } else { self.top_k.min(order.len()) };
        if k < order.len() {
            order.select_nth_unstable_by(k - 1, by_score);
            order.truncate(k);
        }
        order.sort_unstable_by(by_score);
        let top = scores[best as usize];
        let weights: Vec<f64> = order.iter().map(|&t| ((scores[t as usize] - top) / self.temperature).exp()).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let enough = weights.iter().position(|w| {
            sum += w;
            sum >= self.top_p * total
        });
        let kept = enough.map_or(weights.len(), |last| last + 1);
        let kept = weights[..kept].iter().take_while(|&&w| w >= self.min_p).count().max(1);
        let mut left = draw * weights[..kept].iter().sum::<f64>();
        let chosen = weights[..kept].iter().position(|w| {
            left -= w;
            left < 0.0
        });
        Ok(order[chosen.unwrap_or(kept - 1)])
    }

    fn penalised(&self, scores: &[f32], before: &[u32]) -> Vec<f64> {
        let mut scores: Vec<f64> = scores.iter().map(|&s| f64::from(s)).collect();
        if self.repetition_penalty != 1.0 {
            let mut seen = before.to_vec();
            seen.sort_unstable();
            seen.dedup();
            for token in seen {
                if let Some(score) = scores.get_mut(token as usize) {
                    *score *= if *score > 0.0 { 1.0 / self.repetition_penalty } else { self.repetition_penalty };
                }
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f32; 4] = [1.0, 3.0, 2.0, f32::NEG_INFINITY];

    /// Shares of the tokens over a fine grid of draws.
    fn shares(sampling: Sampling) -> [f64; 4] {
        let mut counts = [0; 4];
        let n = 10_000;
        for i in 0..n {
            let token = sampling.choose(&SCORES, &[1], f64::from(i) / f64::from(n)).unwrap();
            counts[token as usize] += 1;
        }
        counts.map(|c| f64::from(c) / f64::from(n))
    }

    fn near(got: [f64; 4], weights: [f64; 4]) {
        let total: f64 = weights.iter().sum();
        got.iter().zip(weights).for_each(|(g, w)| assert!((g - w / total).abs() < 2e-4, "{got:?} {weights:?}"));
    }

    #[test]
    fn each_filter_keeps_what_it_should() {
        let (e1, e2) = (f64::exp(-1.0), f64::exp(-2.0));
        let all = Sampling::default();
        near(shares(all), [e2, 1.0, e1, 0.0]);
        near(shares(Sampling { temperature: 2.0, ..all }), [e1, 1.0, f64::exp(-0.5), 0.0]);
        near(shares(Sampling { top_k: 2, ..all }), [0.0, 1.0, e1, 0.0]);
        near(shares(Sampling { top_p: 0.6, ..all }), [0.0, 1.0, 0.0, 0.0]);
        near(shares(Sampling { top_p: 0.7, ..all }), [0.0, 1.0, e1, 0.0]);
        near(shares(Sampling { min_p: 0.2, ..all }), [0.0, 1.0, e1, 0.0]);
        near(shares(Sampling { repetition_penalty: 3.0, ..all }), [1.0, 1.0, f64::exp(1.0), 0.0]);
        near(shares(Sampling::greedy()), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn broken_scores_and_settings_are_refused() {
        assert!(Sampling::default().choose(&[0.0, f32::NAN], &[], 0.5).is_err());
        assert!(Sampling::default().choose(&[], &[], 0.5).is_err());
        assert!(Sampling { top_p: 0.0, ..Sampling::default() }.check().is_err());
        assert!(Sampling { temperature: f64::NAN, ..Sampling::default() }.check().is_err());
    }
}
