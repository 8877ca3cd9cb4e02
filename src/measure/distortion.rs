//! How far an embedding changes distances.

use super::Distances;
use crate::backend::cpu::Cpu;
use crate::{Error, Result};

/// How the distances of an embedding compare with the true ones, over all pairs of different points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distortion {
    /// Mean of |d′/d − 1|, d the true distance and d′ the embedding's (Sala, De Sa, Gu & Ré, ICML 2018, §2).
    pub average: f64,
    /// (max d′/d) / (min d′/d), which no scaling changes (ibid.); infinite if different points coincide.
    pub worst: f64,
    /// The least average that scaling all d′ by one factor can reach,
    pub average_scaled: f64,
    /// and the factor that does.
    pub scale: f64,
}

/// Compares two metrics on the same points in the same order.
///
/// # Errors
/// [`Error::Argument`] if the numbers of points differ, there are fewer than two, or two different points have true
/// distance 0.
pub fn distortion(truth: &Distances, embedding: &Distances, cpu: &Cpu) -> Result<Distortion> {
    let n = truth.len();
    let bad = |what: String, remedy: &str| Err(Error::Argument { op: "distortion", what, remedy: remedy.into() });
    if embedding.len() != n || n < 2 {
        let what = format!("{n} points and {} embedded ones", embedding.len());
        return bad(what, "give both metrics on the same points, two or more");
    }
    // d′/d of every pair j < i, row after row.
    let mut ratios = vec![0.0; n * (n - 1) / 2];
    let mut rows = Vec::with_capacity(n);
    let mut rest = &mut ratios[..];
    for i in 0..n {
        let row;
        (row, rest) = rest.split_at_mut(i);
        rows.push((i, row));
    }
    cpu.for_each(rows, |(i, row)| {
        let (d, e) = (truth.row(i), embedding.row(i));
        row.iter_mut().enumerate().for_each(|(j, ratio)| *ratio = e[j] / d[j]);
    });
    if ratios.iter().any(|r| !r.is_finite()) {
        return bad("two different points have distance 0".into(), "measure different points");
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let scale = best_scale(&ratios);
    let worst = ratios[ratios.len() - 1] / ratios[0];
    Ok(Distortion { average: average(&ratios, 1.0), worst, average_scaled: average(&ratios, scale), scale })
}

/// The mean of |s r − 1|.
pub(super) fn average(ratios: &[f64], scale: f64) -> f64 {
    ratios.iter().map(|r| (scale * r - 1.0).abs()).sum::<f64>() / ratios.len() as f64
}

/// The factor s that makes Σ |s r − 1| least: 1/r for the median r when each counts r times. `ratios` are ascending.
pub(super) fn best_scale(ratios: &[f64]) -> f64 {
    let half = 0.5 * ratios.iter().sum::<f64>();
    let mut sum = 0.0;
    let median = ratios.iter().find(|&&r| {
        sum += r;
        sum >= half
    });
    // All points in one place: no scale is better than another.
    median.filter(|r| **r > 0.0).map_or(1.0, |r| 1.0 / r)
}
