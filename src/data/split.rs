//! Items and edges cut into training, validation and test sets, by seed.

use super::Graph;
use crate::{Error, Result, Rng};
use std::collections::{BTreeMap, HashSet};

/// Three sets of items that together are all, each ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// To learn from.
    pub train: Vec<u32>,
    /// To choose settings by.
    pub validation: Vec<u32>,
    /// To report.
    pub test: Vec<u32>,
}

/// Which parts of all become validation and test sets; the rest is for training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// In 0..1.
    pub validation: f64,
    /// In 0..1; less than 1 together with `validation`.
    pub test: f64,
}

impl Parts {
    /// How many of `n` go to validation and test: the nearest numbers.
    fn counts(self, op: &'static str, n: usize) -> Result<[usize; 2]> {
        let Parts { validation, test } = self;
        if validation >= 0.0 && test >= 0.0 && validation + test < 1.0 {
            let test = (n as f64 * test).round() as usize;
            return Ok([((n as f64 * validation).round() as usize).min(n - test), test]);
        }
        let what = format!("parts {validation} and {test}");
        Err(Error::Argument { op, what, remedy: "give parts of at least 0 that leave some for training".into() })
    }
}

/// Cuts the items 0..n at random.
///
/// # Errors
/// [`Error::Argument`] if the parts are negative or leave nothing.
pub fn split(n: usize, parts: Parts, rng: Rng) -> Result<Split> {
    stratified_split(&vec![0_u8; n], parts, rng)
}

/// Cuts the items 0..labels.len() at random, each class in the same parts (each rounded by itself).
///
/// # Errors
/// As [`split`].
pub fn stratified_split<L: Ord>(labels: &[L], parts: Parts, rng: Rng) -> Result<Split> {
    let mut classes: BTreeMap<&L, Vec<u32>> = BTreeMap::new();
    for item in rng.permutation(labels.len()) {
        classes.entry(&labels[item as usize]).or_default().push(item);
    }
    let mut split = Split::default();
    for items in classes.into_values() {
        let [validation, test] = parts.counts("split", items.len())?;
        split.validation.extend(&items[..validation]);
        split.test.extend(&items[validation..validation + test]);
        split.train.extend(&items[validation + test..]);
    }
    [&mut split.train, &mut split.validation, &mut split.test].into_iter().for_each(|set| set.sort_unstable());
    Ok(split)
}

/// The edges of a graph cut for link prediction. Pairs (u, v) have u < v.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeSplit {
    /// The graph to learn from: all nodes, the edges that are in no other set. It may be disconnected.
    pub train: Graph,
    /// Edges held out to choose settings by.
    pub validation: Vec<(u32, u32)>,
    /// Edges held out to report.
    pub test: Vec<(u32, u32)>,
    /// As many pairs that are edges in no set, to compare the validation edges with.
    pub validation_non_edges: Vec<(u32, u32)>,
    /// As many pairs that are edges in no set, to compare the test edges with; none is a validation pair.
    pub test_non_edges: Vec<(u32, u32)>,
}

/// Cuts the edges of a graph at random, and draws as many pairs without an edge as are held out.
///
/// # Errors
/// [`Error::Argument`] if the parts are negative or leave nothing, or the graph has too few pairs without an edge.
pub fn edge_split(graph: &Graph, parts: Parts, rng: Rng) -> Result<EdgeSplit> {
    let edges: Vec<_> = graph.edges().collect();
    let [validation, test] = parts.counts("edge_split", edges.len())?;
    let mut non_edges = non_edges(graph, validation + test, rng.stream(1))?;
    let order = rng.permutation(edges.len());
    let pairs =
        |ids: &[u32]| -> Vec<(u32, u32)> { ids.iter().map(|&i| (edges[i as usize].0, edges[i as usize].1)).collect() };
    let (held, kept) = order.split_at(validation + test);
    let test_non_edges = non_edges.split_off(validation);
    Ok(EdgeSplit {
        train: graph.with_edges(kept.iter().map(|&i| edges[i as usize]).collect()),
        validation: pairs(&held[..validation]),
        test: pairs(&held[validation..]),
        validation_non_edges: non_edges,
        test_non_edges,
    })
}

/// `count` different pairs u < v without an edge, in the order drawn.
///
/// # Errors
/// [`Error::Argument`] if fewer than twice as many exist: then drawing would not end soon.
pub fn non_edges(graph: &Graph, count: usize, rng: Rng) -> Result<Vec<(u32, u32)>> {
    let n = graph.len() as u64;
    let free = (n * n.saturating_sub(1) / 2).saturating_sub(graph.edge_count() as u64);
    if free < 2 * count as u64 {
        let what = format!("{count} pairs without an edge are wanted, {free} exist");
        return Err(Error::Argument {
            op: "non_edges",
            what,
            remedy: "hold out fewer edges: the graph is dense".into(),
        });
    }
    let mut seen = HashSet::with_capacity(count);
    let mut pairs = Vec::with_capacity(count);
    let mut draw = 0;
    while pairs.len() < count {
        let (u, v) = (rng.below(draw, n) as u32, rng.below(draw + 1, n) as u32);
        draw += 2;
        let pair = (u.min(v), u.max(v));
        if u != v && graph.neighbors(u).binary_search(&v).is_err() && seen.insert(pair) {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}
