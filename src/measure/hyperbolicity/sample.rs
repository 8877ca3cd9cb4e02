//! δ of fours drawn at random.

use super::Distances;
use crate::Rng;
use crate::backend::cpu::Cpu;

/// δ of fours of different points, drawn uniformly and independently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// How many were drawn.
    pub quadruples: u64,
    /// The mean of their δ; it estimates the mean over all fours,
    pub mean: f64,
    /// with this standard error.
    pub standard_error: f64,
    /// The largest of their δ: a lower bound of δ, and as a maximum of a sample no estimate of it.
    pub largest: f64,
    /// With 95 % confidence, at most this share of all fours has a larger δ: 1 − 0.05^(1/quadruples).
    pub rarer_than: f64,
}

/// Quadruples that are drawn together.
const CHUNK: u64 = 4096;

pub(super) fn draw(d: &Distances, quadruples: u64, rng: Rng, cpu: &Cpu) -> Sample {
    let mut sums = vec![(0.0, 0.0, 0.0_f64); quadruples.div_ceil(CHUNK) as usize];
    cpu.for_each(sums.iter_mut().enumerate().collect(), |(chunk, sum)| {
        let first = chunk as u64 * CHUNK;
        for q in first..(first + CHUNK).min(quadruples) {
            let delta = delta(d, four(d.len() as u64, rng, q));
            sum.0 += delta;
            sum.1 += delta * delta;
            sum.2 = sum.2.max(delta);
        }
    });
    // In the order of the chunks, whoever drew them.
    let (sum, squares, largest) = sums.iter().fold((0.0, 0.0, 0.0_f64), |a, b| (a.0 + b.0, a.1 + b.1, a.2.max(b.2)));
    let count = quadruples as f64;
    let mean = if quadruples == 0 { 0.0 } else { sum / count };
    let variance = (squares - sum * mean).max(0.0) / (count - 1.0).max(1.0);
    let rarer_than = if quadruples == 0 { 1.0 } else { -(0.05_f64.ln() / count).exp_m1() };
    Sample { quadruples, mean, standard_error: (variance / count.max(1.0)).sqrt(), largest, rarer_than }
}

/// Draw `q`: four different numbers below n, each set equally likely.
fn four(n: u64, rng: Rng, q: u64) -> [usize; 4] {
    let mut four = [0; 4];
    for k in 0..4 {
        // One of those that are left, counted past the ones taken (which are kept ascending).
        let mut i = rng.below(4 * q + k, n - k);
        let mut place = 0;
        while place < k as usize && four[place] <= i {
            i += 1;
            place += 1;
        }
        four.copy_within(place..k as usize, place + 1);
        four[place] = i;
    }
    four.map(|i| i as usize)
}

/// (S₁ − S₂)/2 of four points.
fn delta(d: &Distances, [a, b, c, e]: [usize; 4]) -> f64 {
    let mut sums = [d.at(a, b) + d.at(c, e), d.at(a, c) + d.at(b, e), d.at(a, e) + d.at(b, c)];
    sums.sort_unstable_by(f64::total_cmp);
    0.5 * (sums[2] - sums[1])
}
