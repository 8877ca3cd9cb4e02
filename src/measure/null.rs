//! δ beside its null: the same measure of data that is known to have no tree in it.
//!
//! A small 2δ/diameter alone is no sign of a tree. Independent Gaussian points have it too, the smaller the more dimensions
//! they have, since their distances are all nearly equal: at 4096 dimensions and 60 points it is about 0.05.

use super::hyperbolicity::measure;
use super::{Distances, Effort, Hyperbolicity};
use crate::backend::cpu::Cpu;
use crate::data::Graph;
use crate::manifold::{Euclidean, Manifold};
use crate::{DType, Device, Error, Result, Rng, Tensor};
use std::collections::HashSet;

/// A measure beside what it is without structure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgainstNull {
    /// Of the data.
    pub value: Hyperbolicity,
    /// Of the null, by the same effort.
    pub null: Hyperbolicity,
    /// What the null is.
    pub kind: Null,
}

/// Data without structure.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Null {
    /// As many independent standard normal points of flat space.
    Gaussian {
        /// Of this many dimensions.
        dim: usize,
    },
    /// A random graph in which every node has as many edges as before, its largest component.
    Rewired {
        /// How many pairs of edges have exchanged their ends.
        swaps: usize,
    },
}

/// δ of points `[n, width]` of a manifold, beside Gaussian points of the same number and dimension.
///
/// # Errors
/// As [`Distances::of_points`].
pub fn hyperbolicity_of_points(points: &Tensor, manifold: &dyn Manifold, effort: &Effort) -> Result<AgainstNull> {
    let &[n, width] = points.dims() else {
        return Err(Error::shape("hyperbolicity", "needs rows", &[points.shape()], "points have shape [n, width]"));
    };
    let device = points.device();
    let chosen = effort.choose(n);
    let points = points.detach().index_select(0, &Tensor::from_slice(&chosen, chosen.len())?.to_device(device)?)?;
    let extra: usize = manifold.factors(width)?.iter().map(|factor| factor.model.ambient(1) - 1).sum();
    hyperbolicity_of_metric(
        &Distances::of_points(&points, manifold)?,
        width - extra,
        effort,
        device.cpu_for("hyperbolicity")?,
    )
}

/// δ of a metric, beside Gaussian points of the same number and of dimension `dim`.
///
/// # Errors
/// [`Error::Argument`] for dimension 0.
pub fn hyperbolicity_of_metric(distances: &Distances, dim: usize, effort: &Effort, cpu: &Cpu) -> Result<AgainstNull> {
    if dim == 0 {
        let what = "dimension 0".to_owned();
        return Err(Error::Argument {
            op: "hyperbolicity",
            what,
            remedy: "the null has at least one dimension".into(),
        });
    }
    let value = measure(distances, None, effort, cpu);
    // f32 is computed with in f64, and fast; these points mean nothing by themselves.
    let gauss = Tensor::randn([distances.len(), dim], DType::F32, effort.rng.stream(NULL), &Device::cpu())?;
    let null = measure(&Distances::of_points(&gauss, &Euclidean::flat()?)?, None, effort, cpu);
    Ok(AgainstNull { value, null, kind: Null::Gaussian { dim } })
}

/// δ of the largest component of a graph, beside the same of a random graph with the same degrees.
///
/// Of a graph with more nodes than [`Effort::points`], the shortest paths between so many of them, drawn at random, are
/// measured: then all is said of those.
///
/// # Errors
/// [`Error::Argument`] if more than 2¹⁴ nodes are to be measured.
pub fn hyperbolicity_of_graph(graph: &Graph, effort: &Effort, cpu: &Cpu) -> Result<AgainstNull> {
    let graph = graph.largest_component();
    let swaps = 10 * graph.edge_count();
    let random = rewired(&graph, swaps, effort.rng.stream(NULL)).largest_component();
    let of = |graph: &Graph| -> Result<Hyperbolicity> {
        let nodes = effort.choose(graph.len());
        let whole = (nodes.len() == graph.len()).then_some(graph);
        Ok(measure(&Distances::of_nodes(graph, &nodes, cpu)?, whole, effort, cpu))
    };
    Ok(AgainstNull { value: of(&graph)?, null: of(&random)?, kind: Null::Rewired { swaps } })
}

/// The stream that the null is drawn from.
const NULL: u64 = 1;

/// Tries to exchange the ends of two random edges `swaps` times: a–b, c–d become a–d, c–b, unless that makes a loop or an
/// edge that is there already (Maslov & Sneppen 2002). Lengths go with the edges.
fn rewired(graph: &Graph, swaps: usize, rng: Rng) -> Graph {
    let mut edges: Vec<(u32, u32, f64)> = graph.edges().collect();
    let key = |u: u32, v: u32| (u.min(v), u.max(v));
    let mut present: HashSet<(u32, u32)> = edges.iter().map(|&(u, v, _)| key(u, v)).collect();
    let count = edges.len() as u64;
    for swap in 0..swaps as u64 {
        let (i, j) = (rng.below(3 * swap, count) as usize, rng.below(3 * swap + 1, count) as usize);
        let (a, b, _) = edges[i];
        let (mut c, mut d, _) = edges[j];
        if rng.below(3 * swap + 2, 2) == 1 {
            (c, d) = (d, c);
        }
        let (one, other) = (key(a, d), key(c, b));
        if a == d || c == b || one == other || present.contains(&one) || present.contains(&other) {
            continue;
        }
        present.remove(&key(a, b));
        present.remove(&key(c, d));
        present.extend([one, other]);
        (edges[i].0, edges[i].1) = (a, d);
        (edges[j].0, edges[j].1) = (c, b);
    }
    graph.with_edges(edges)
}
