//! An undirected graph: named nodes, edges of length 1 or of given lengths.

mod blocks;
mod paths;

use super::Hierarchy;
use super::edge_list::for_each_edge;
use super::hierarchy::Csr;
use super::text::read;
use crate::{Error, Result};
use std::collections::HashMap;
use std::path::Path;

/// An undirected graph whose edges have lengths.
///
/// Always true, whatever it was made from: no edge twice (the shortest of parallel ones is kept), no edge from a node to
/// itself (given ones are dropped, since they shorten no path), every length positive. It need not be connected.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    names: Vec<String>,
    /// Both directions of every edge.
    arcs: Csr,
    /// Of every arc; `None` where all are 1.
    lengths: Option<Vec<f64>>,
}

impl Graph {
    /// A graph of `nodes` nodes, named by their numbers, and edges of length 1.
    ///
    /// # Errors
    /// [`Error::Index`] if an edge has an end outside `0..nodes`.
    pub fn new(nodes: usize, edges: &[(u32, u32)]) -> Result<Graph> {
        check_ends(nodes, edges.iter().copied())?;
        let arcs = edges.iter().map(|&(u, v)| (u, v, 1.0)).collect();
        Ok(Graph::put_together((0..nodes).map(|i| i.to_string()).collect(), arcs, false))
    }

    /// The same of edges with lengths.
    ///
    /// # Errors
    /// As [`Graph::new`], and [`Error::Argument`] for a length that is not a positive number.
    pub fn with_lengths(nodes: usize, edges: &[(u32, u32, f64)]) -> Result<Graph> {
        check_ends(nodes, edges.iter().map(|&(u, v, _)| (u, v)))?;
        if let Some((u, v, length)) = edges.iter().find(|e| !(e.2 > 0.0 && e.2.is_finite())) {
            let what = format!("the edge {u}–{v} has length {length}");
            return Err(Error::Argument { op: "graph", what, remedy: "lengths are positive numbers".into() });
        }
        Ok(Graph::put_together((0..nodes).map(|i| i.to_string()).collect(), edges.to_vec(), true))
    }

    /// The direct edges of a hierarchy, taken as undirected: where the hierarchy is a tree, that tree.
    pub fn of_hierarchy(hierarchy: &Hierarchy) -> Graph {
        let edges = hierarchy.direct_edges().into_iter().map(|(child, parent)| (child, parent, 1.0)).collect();
        Graph::put_together(hierarchy.names().to_vec(), edges, false)
    }

    fn put_together(names: Vec<String>, edges: Vec<(u32, u32, f64)>, with_lengths: bool) -> Graph {
        let mut arcs: Vec<_> =
            edges.into_iter().filter(|e| e.0 != e.1).flat_map(|(u, v, l)| [(u, v, l), (v, u, l)]).collect();
        arcs.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        arcs.dedup_by_key(|arc| (arc.0, arc.1));
        // In this order the arcs are those of the compressed rows.
        let lengths = with_lengths.then(|| arcs.iter().map(|arc| arc.2).collect());
        let ends: Vec<(u32, u32)> = arcs.into_iter().map(|arc| (arc.0, arc.1)).collect();
        Graph { arcs: Csr::new(names.len(), &ends), names, lengths }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether it has no node.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The nodes' names, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The edges (u, v, length) with u < v, in order.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        (0..self.len() as u32).flat_map(|u| self.arcs_of(u).map(move |(v, l)| (u, v, l))).filter(|e| e.0 < e.1)
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.arcs.items().len() / 2
    }

    /// Whether the edges have lengths of their own, other than 1 each.
    pub fn has_lengths(&self) -> bool {
        self.lengths.is_some()
    }

    /// The neighbours of a node, ascending. Panics when `node >= len()`, as indexing does.
    pub fn neighbors(&self, node: u32) -> &[u32] {
        self.arcs.row(node)
    }

    /// The neighbours of a node, with the lengths of the edges to them.
    pub fn arcs_of(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let lengths = self.lengths.as_ref().map(|l| &l[self.arcs.range(node)]);
        self.neighbors(node).iter().enumerate().map(move |(i, &v)| (v, lengths.map_or(1.0, |l| l[i])))
    }

    /// The same nodes with other edges (u, v, length), of which each has been an edge of a graph.
    pub(crate) fn with_edges(&self, edges: Vec<(u32, u32, f64)>) -> Graph {
        Graph::put_together(self.names.clone(), edges, self.has_lengths())
    }

    /// The graph on some of the nodes (each given once), numbered in the order given, and all edges between them.
    pub fn subgraph(&self, nodes: &[u32]) -> Graph {
        let numbers: HashMap<u32, u32> = nodes.iter().copied().zip(0..).collect();
        let edges = nodes.iter().flat_map(|&u| self.arcs_of(u).map(move |(v, l)| (u, v, l)));
        let edges = edges.filter_map(|(u, v, l)| Some((*numbers.get(&u)?, *numbers.get(&v)?, l))).collect();
        let names = nodes.iter().map(|&u| self.names[u as usize].clone()).collect();
        Graph::put_together(names, edges, self.has_lengths())
    }
}

fn check_ends(nodes: usize, edges: impl Iterator<Item = (u32, u32)>) -> Result<()> {
    for (position, (u, v)) in edges.enumerate() {
        let end = u.max(v);
        if end as usize >= nodes {
            return Err(Error::Index { op: "graph", index: i64::from(end), position, size: nodes });
        }
    }
    Ok(())
}

/// Reads an edge list as an undirected graph: one `node, node[, length]` a line, in the format of
/// [`read_edge_list`](super::read_edge_list), but cycles and nodes that are their own neighbour are allowed. A third
/// column is the edge's length if `lengths` says so, and else ignored.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; otherwise as [`parse_graph`].
pub fn read_graph(path: impl AsRef<Path>, lengths: bool) -> Result<Graph> {
    let path = path.as_ref();
    parse_graph(path, &read(path)?, lengths)
}

/// As [`read_graph`], from memory. `path` names it in errors, and its extension counts as a file's would.
///
/// # Errors
/// [`Error::Format`], with the line, for ragged rows, empty names, a length that is not a positive number, an open quote,
/// no edges, text that is not UTF-8, or gzip data that is cut off or damaged.
pub fn parse_graph(path: &Path, bytes: &[u8], lengths: bool) -> Result<Graph> {
    let mut ids: HashMap<String, u32> = HashMap::new();
    let mut names = Vec::new();
    let mut edges = Vec::new();
    for_each_edge(path, bytes, |_, u, v, length| {
        let mut id = |name: &str| match ids.get(name) {
            Some(&id) => id,
            None => {
                let id = names.len() as u32;
                names.push(name.to_owned());
                ids.insert(name.to_owned(), id);
                id
            }
        };
        edges.push((id(u), id(v), length.unwrap_or(1.0)));
        Ok(())
    })?;
    Ok(Graph::put_together(names, edges, lengths))
}
