//! Gromov's δ: how far four points are from those of a tree.
//!
//! Of the three ways to pair four points, let S₁ ≥ S₂ ≥ S₃ be the sums of the distances in the pairs; the points have
//! δ = (S₁ − S₂)/2, which is 0 in a tree. δ of a metric is the largest over all fours (Gromov 1987). In these units the
//! hyperbolic plane of curvature κ has δ = ln 2/√−κ, and a cycle of n edges ⌊n/4⌋ (less 1/2 if n = 4p + 1).
//!
//! That is a maximum over n⁴/24 fours. Three ways, which bound each other, are taken together:
//!
//! * [`sample`]: fours at random. Their mean says what is typical; their largest is a lower bound.
//! * [`gromov`]: all fours that hold one base point, n³ steps; δ lies between the result and twice it.
//! * [`search`]: all fours, those first that can have a large δ, until the bounds meet or the allowance is spent.

mod gromov;
mod sample;
mod search;

pub use sample::Sample;

use super::Distances;
use crate::Rng;
use crate::backend::cpu::Cpu;
use crate::data::Graph;

/// How much to compute. The defaults take seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Larger data is measured on this many points drawn at random.
    pub points: usize,
    /// Fours drawn at random.
    pub quadruples: u64,
    /// Fours looked at, and points compared, in the search for the exact value; 0 for none.
    pub search: u64,
    /// Where the draws come from.
    pub rng: Rng,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { points: 3000, quadruples: 100_000, search: 1 << 30, rng: Rng::new(0) }
    }
}

impl Effort {
    /// Which of n points are measured, ascending: all, or [`Effort::points`] drawn at random.
    pub fn choose(&self, n: usize) -> Vec<u32> {
        if n <= self.points {
            return (0..n as u32).collect();
        }
        let mut chosen = self.rng.stream(CHOICE).permutation(n);
        chosen.truncate(self.points);
        chosen.sort_unstable();
        chosen
    }
}

/// The stream that points are chosen from.
const CHOICE: u64 = 2;

/// What is known of δ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyperbolicity {
    /// How many points were measured.
    pub points: usize,
    /// Their largest distance.
    pub diameter: f64,
    /// δ is at least this,
    pub lower: f64,
    /// and at most this; the same where it is known exactly.
    pub upper: f64,
    /// δ at the first point as base: the largest min((x|y), (y|z)) − (x|z), as published figures have it (Fournier,
    /// Ismail & Vigneron 2015). δ itself is up to twice as large.
    pub base_point: f64,
    /// Fours drawn at random.
    pub sample: Sample,
}

impl Hyperbolicity {
    /// δ, if it is known exactly.
    pub fn exact(&self) -> Option<f64> {
        (self.lower == self.upper).then_some(self.lower)
    }

    /// 2δ/diameter of a δ, which lies in 0..=1; 0 of points in one place.
    pub fn relative(&self, delta: f64) -> f64 {
        if self.diameter > 0.0 { 2.0 * delta / self.diameter } else { 0.0 }
    }
}

/// Measures δ of a metric. See [`super::hyperbolicity_of_points`] for the same beside its null, without which a small
/// value says nothing.
pub fn hyperbolicity(distances: &Distances, effort: &Effort, cpu: &Cpu) -> Hyperbolicity {
    measure(distances, None, effort, cpu)
}

/// As [`hyperbolicity`]; `graph` is the one whose shortest paths `distances` are, if it is known, and helps the search.
pub(super) fn measure(distances: &Distances, graph: Option<&Graph>, effort: &Effort, cpu: &Cpu) -> Hyperbolicity {
    let points = distances.len();
    // Fewer than four points are in a tree always.
    let quadruples = if points < 4 { 0 } else { effort.quadruples };
    let sample = sample::draw(distances, quadruples, effort.rng, cpu);
    let base_point = gromov::at_base(distances, cpu);
    let diameter = distances.diameter();
    let mut lower = sample.largest.max(base_point);
    let mut upper = (2.0 * base_point).min(0.5 * diameter);
    // Rounding of distances that are no whole numbers can bring them past each other.
    if lower < upper {
        let found = search::search(distances, graph, lower, effort.search, cpu);
        (lower, upper) = (found.lower, upper.min(found.upper));
    }
    Hyperbolicity { points, diameter, lower, upper: upper.max(lower), base_point, sample }
}
