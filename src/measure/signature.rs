//! Which space to embed in: a heuristic, with its evidence.

use super::Distances;
use super::distortion::{average, best_scale};
use super::scaling::{Shape, embed};
use crate::backend::cpu::Cpu;
use crate::{Error, Result, Rng};
use std::fmt;

/// A space that was tried: a product of one or two factors.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Shape, dimension and sectional curvature κ of each factor, in the units of the distances given.
    pub factors: Vec<(Shape, usize, f64)>,
    /// The mean of |d′/d − 1| over all pairs, d′ the distance in the embedding that was tried, after scaling all by one
    /// factor (which κ takes account of).
    pub distortion: f64,
}

/// `h5`, `h3,e2`: the factors' shapes (h for hyperbolic, e for flat or Euclidean, s for spherical) and dimensions.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (shape, dim, _)) in self.factors.iter().enumerate() {
            let letter = match shape {
                Shape::Hyperbolic => 'h',
                Shape::Flat => 'e',
                Shape::Spherical => 's',
            };
            write!(f, "{}{letter}{dim}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// A space suggested, and what it was chosen among.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Which of the candidates is suggested.
    pub suggested: Candidate,
    /// All that were tried, the least distortion first.
    pub candidates: Vec<Candidate>,
    /// How many points the candidates embedded.
    pub points: usize,
}

/// Points that are embedded: eigenvectors of matrices of this size are fast.
const POINTS: usize = 128;
/// Candidates within 10 % of the least distortion, or within a thousandth, count as equally good.
fn as_good(distortion: f64) -> f64 {
    (1.1 * distortion).max(distortion + 1e-3)
}

/// Suggests a space of `dim` dimensions for points with these distances.
///
/// It is a heuristic. At most 128 of the points at different places, drawn at random, are embedded by classical scaling,
/// in flat, hyperbolic and spherical space of `dim` dimensions, at a range of curvatures each; and in products of two of
/// these, half of the dimensions each, where the second factor embeds what the first leaves over. Of the candidates whose
/// distortion is within 10 % of the least (or a thousandth), the simplest is suggested: one factor before two, flat before
/// curved.
///
/// Classical scaling finds exact embeddings but is not the best one otherwise: training will reach less distortion than
/// these figures, and may rank close candidates another way. Curvatures are tried for which √|κ| times the largest distance
/// is between 0.5 and 22 (hyperbolic) or 0.8 and π (spherical); a κ at the end of its range says only that still more would
/// do as well.
///
/// # Errors
/// [`Error::Argument`] for fewer than four points at different places, or dimension 0.
pub fn suggest_signature(distances: &Distances, dim: usize, rng: Rng, cpu: &Cpu) -> Result<Signature> {
    // Points in a place that is taken say nothing more.
    let mut chosen: Vec<u32> = Vec::new();
    for i in rng.permutation(distances.len()) {
        let row = distances.row(i as usize);
        if chosen.len() < POINTS && chosen.iter().all(|&j| row[j as usize] > 0.0) {
            chosen.push(i);
        }
    }
    let d = distances.subset(&chosen);
    let n = d.len();
    if n < 4 || dim == 0 {
        let what = format!("{n} points at different places, dimension {dim}");
        let remedy = "give four points or more, and a dimension".into();
        return Err(Error::Argument { op: "suggest_signature", what, remedy });
    }
    // The largest distance is the unit, so that nothing overflows.
    let unit = d.diameter();
    let target: Vec<f64> = (0..n).flat_map(|i| d.row(i)).map(|d| d / unit).collect();
    let mut candidates = Vec::new();
    // One factor: each shape's best curvature.
    for &shape in &SHAPES {
        candidates.push(best_factor(&target, &vec![0.0; n * n], n, shape, dim, cpu));
    }
    // Two: the second embeds what the first leaves over.
    if dim > 1 {
        for &first in &SHAPES {
            let one = best_factor(&target, &vec![0.0; n * n], n, first, dim.div_ceil(2), cpu);
            for &second in SHAPES.iter().filter(|second| first != Shape::Flat || **second != Shape::Flat) {
                let two = best_factor(&target, &one.squares, n, second, dim / 2, cpu);
                let (first, second) = (one.factors[0], two.factors[0]);
                candidates.push(Tried { factors: vec![first, second], ..two });
            }
        }
    }
    let mut candidates: Vec<Candidate> = candidates.into_iter().map(|tried| tried.of_the_data(unit)).collect();
    candidates.sort_by(|a, b| a.distortion.total_cmp(&b.distortion).then(a.factors.len().cmp(&b.factors.len())));
    let bound = as_good(candidates[0].distortion);
    let simplicity = |c: &Candidate| (c.factors.len(), c.factors.iter().filter(|f| f.0 != Shape::Flat).count());
    let good = candidates.iter().filter(|c| c.distortion <= bound);
    let suggested = good.min_by_key(|c| simplicity(c)).unwrap_or(&candidates[0]).clone();
    Ok(Signature { suggested, candidates, points: n })
}

const SHAPES: [Shape; 3] = [Shape::Flat, Shape::Hyperbolic, Shape::Spherical];

/// Curvatures that are tried, as √|κ| times the largest distance. Beyond the last the hyperboloid's eigenvectors lose
/// their small digits; on the sphere no distance is longer than π.
const HYPERBOLIC: [f64; 12] = [0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0];
const SPHERICAL: [f64; 5] = [0.8, 1.4, 2.0, 2.6, std::f64::consts::PI];

/// An embedding as it comes out of scaling.
#[derive(Clone, Default)]
struct Tried {
    factors: Vec<(Shape, usize, f64)>,
    /// Squared distances (n × n) of all factors together.
    squares: Vec<f64>,
    /// The mean of |s d′/d − 1|, and s.
    distortion: f64,
    scale: f64,
}

impl Tried {
    /// What it says of data whose distances were divided by `unit`.
    fn of_the_data(self, unit: f64) -> Candidate {
        let length = self.scale * unit;
        let factors =
            self.factors.into_iter().map(|(shape, dim, kappa)| (shape, dim, kappa / length / length)).collect();
        Candidate { factors, distortion: self.distortion }
    }
}

/// The curvature of one more factor, beside one that has squared distances `before`, that gives the least distortion.
fn best_factor(target: &[f64], before: &[f64], n: usize, shape: Shape, dim: usize, cpu: &Cpu) -> Tried {
    let rest: Vec<f64> = target.iter().zip(before).map(|(d, square)| (d * d - square).max(0.0).sqrt()).collect();
    let diameter = rest.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE.sqrt());
    let kappas: Vec<f64> = match shape {
        Shape::Flat => vec![0.0],
        Shape::Hyperbolic => HYPERBOLIC.iter().map(|r| -(r / diameter).powi(2)).collect(),
        Shape::Spherical => SPHERICAL.iter().map(|r| (r / diameter).powi(2)).collect(),
    };
    let mut tried = vec![Tried::default(); kappas.len()];
    cpu.for_each(kappas.into_iter().zip(&mut tried).collect(), |(kappa, tried)| {
        let own = embed(&rest, n, shape, dim, kappa);
        let squares: Vec<f64> = own.iter().zip(before).map(|(d, square)| d * d + square).collect();
        let mut ratios: Vec<f64> =
            (0..n).flat_map(|i| (0..i).map(move |j| i * n + j)).map(|at| squares[at].sqrt() / target[at]).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let scale = best_scale(&ratios);
        *tried = Tried { factors: vec![(shape, dim, kappa)], squares, distortion: average(&ratios, scale), scale };
    });
    tried.into_iter().min_by(|a, b| a.distortion.total_cmp(&b.distortion)).unwrap_or_default()
}
