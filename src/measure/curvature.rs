//! Sectional curvature of a graph, triangle by triangle.

use crate::backend::cpu::Cpu;
use crate::data::Graph;
use crate::{Error, Result, Rng};

/// The distribution of the curvature of a graph over its pairs of edges.
///
/// It compares the median of triangles with that of flat ones (Gu, Sala, Gunel & Ré, "Learning mixed-curvature
/// representations in product spaces", ICLR 2019, §3.3 and algorithm 2): for a node m, two of its neighbours b and c, and
/// any node a,
///
/// ξ(m; b, c; a) = (d(a, m)² + d(b, c)²/4 − (d(a, b)² + d(a, c)²)/2) / (2 d(a, m)),
///
/// of which the mean over all a is taken. It is below 0 where paths part (in trees), 0 on a line, and above 0 where they
/// meet again (on cycles, spheres). Distances count edges; the scale is that of the graph, so ξ tells the sign of curvature
/// and where it varies, but is no κ of an embedding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sectional {
    /// How many (m; b, c) were measured.
    pub pairs: usize,
    /// The mean of ξ.
    pub mean: f64,
    /// The standard deviation of ξ.
    pub deviation: f64,
    /// 5 %, 25 %, 50 %, 75 % and 95 % of the ξ are at most this.
    pub quantiles: [f64; 5],
}

/// Measures `pairs` pairs of neighbours: of a node drawn at random (of those with two neighbours), two drawn at random.
///
/// # Errors
/// [`Error::Argument`] if no node has two neighbours, or no pair is wanted.
pub fn sectional(graph: &Graph, pairs: usize, rng: Rng, cpu: &Cpu) -> Result<Sectional> {
    let middles: Vec<u32> = (0..graph.len() as u32).filter(|&m| graph.neighbors(m).len() >= 2).collect();
    if middles.is_empty() || pairs == 0 {
        let what = format!("{pairs} pairs of neighbours in a graph with {} nodes that have two", middles.len());
        return Err(Error::Argument { op: "sectional", what, remedy: "give a graph with a path of two edges".into() });
    }
    let mut xi = vec![0.0; pairs];
    cpu.for_each(xi.iter_mut().enumerate().collect(), |(i, xi)| {
        let draw = |k: u64, n: usize| rng.below(3 * i as u64 + k, n as u64) as usize;
        let m = middles[draw(0, middles.len())];
        let near = graph.neighbors(m);
        let (b, mut c) = (draw(1, near.len()), draw(2, near.len() - 1));
        c += usize::from(c >= b);
        *xi = at(graph, m, near[b], near[c]);
    });
    let count = pairs as f64;
    let mean = xi.iter().sum::<f64>() / count;
    let deviation = (xi.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
    xi.sort_unstable_by(f64::total_cmp);
    let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map(|q: f64| xi[((q * count).ceil() as usize).clamp(1, pairs) - 1]);
    Ok(Sectional { pairs, mean, deviation, quantiles })
}

/// ξ(m; b, c), the mean over all nodes a that a path joins to m.
fn at(graph: &Graph, m: u32, b: u32, c: u32) -> f64 {
    let [from_m, from_b, from_c] = [m, b, c].map(|v| graph.hops_from(v));
    let base = from_b[c as usize].powi(2) / 4.0;
    let (mut sum, mut count) = (0.0, 0.0);
    for ((dm, db), dc) in from_m.iter().zip(&from_b).zip(&from_c) {
        if *dm > 0.0 && dm.is_finite() {
            sum += (dm * dm + base - (db * db + dc * dc) / 2.0) / (2.0 * dm);
            count += 1.0;
        }
    }
    sum / count
}
