//! A hierarchy: named nodes and (child, ancestor) edges without cycles.

use crate::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::ops::Range;

/// Named nodes and the edges from each to some or all of its ancestors.
///
/// Always true, whatever it was made from: no cycle, no self loop, no edge twice, every node has at least one edge.
/// Nodes are numbered in order of first appearance. The edges may be direct ones, a transitive closure
/// ([`is_closed`](Self::is_closed)), or anything between.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    names: Vec<String>,
    /// Node numbers in order of name, for [`Hierarchy::id`].
    by_name: Vec<u32>,
    edges: Vec<(u32, u32)>,
    weights: Option<Vec<f64>>,
    up: Csr,
    /// Every ancestor before its descendants.
    order: Vec<u32>,
    duplicates: usize,
}

impl Hierarchy {
    /// A hierarchy from (child, ancestor) pairs.
    ///
    /// # Errors
    /// [`Error::Argument`] for a self loop, an empty name, a cycle (named), or no pair at all.
    pub fn from_pairs<S: AsRef<str>>(pairs: impl IntoIterator<Item = (S, S)>) -> Result<Self> {
        let mut builder = HierarchyBuilder::default();
        for (child, ancestor) in pairs {
            builder.add(child.as_ref(), ancestor.as_ref(), None)?;
        }
        builder.build()
    }

    /// How many nodes there are.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The nodes' names, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// One node's name. Panics when `node >= len()`, as indexing does.
    pub fn name(&self, node: u32) -> &str {
        &self.names[node as usize]
    }

    /// The number of the node with this name.
    pub fn id(&self, name: &str) -> Option<u32> {
        let found = self.by_name.binary_search_by(|&i| self.names[i as usize].as_str().cmp(name));
        found.ok().map(|k| self.by_name[k])
    }

    /// The (child, ancestor) edges, in the order given (a closure's: by child, then ancestor).
    pub fn edges(&self) -> &[(u32, u32)] {
        &self.edges
    }

    /// The edges' weights, where the source had them; same order as [`edges`](Self::edges).
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// How many repeated edges the source had; each is kept once, with its first weight.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// The ancestors that `node` has an edge to, sorted by number. All its ancestors if the hierarchy is closed.
    /// Panics when `node >= len()`, as indexing does.
    pub fn ancestors(&self, node: u32) -> &[u32] {
        self.up.row(node)
    }

    /// The ancestors of all nodes as compressed sparse rows: those of node `i` are `items[offsets[i]..offsets[i + 1]]`.
    pub fn ancestors_csr(&self) -> (&[usize], &[u32]) {
        (&self.up.offsets, &self.up.items)
    }

    /// The nodes without an ancestor.
    pub fn roots(&self) -> Vec<u32> {
        (0..self.len() as u32).filter(|&i| self.ancestors(i).is_empty()).collect()
    }

    /// Whether every ancestor of an ancestor is listed too: the edges are their own transitive closure.
    pub fn is_closed(&self) -> bool {
        self.edges.iter().all(|&(child, ancestor)| {
            let own = self.ancestors(child);
            self.ancestors(ancestor).iter().all(|a| own.binary_search(a).is_ok())
        })
    }

    /// The transitive closure: the same nodes, an edge from each to all its ancestors. Weights do not survive (an
    /// implied edge has none).
    pub fn closure(&self) -> Hierarchy {
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); self.len()];
        for &node in &self.order {
            let mut row = self.ancestors(node).to_vec();
            for &a in self.ancestors(node) {
                row.extend_from_slice(&rows[a as usize]);
            }
            row.sort_unstable();
            row.dedup();
            rows[node as usize] = row;
        }
        self.with_edges((0u32..).zip(&rows).flat_map(|(child, row)| row.iter().map(move |&a| (child, a))).collect())
    }

    /// The same nodes with other edges, which must have the same closure.
    pub(super) fn with_edges(&self, edges: Vec<(u32, u32)>) -> Hierarchy {
        let up = Csr::new(self.len(), &edges);
        Hierarchy { edges, up, weights: None, ..self.clone() }
    }

    /// Nodes in an order in which every ancestor comes before its descendants.
    pub fn topological(&self) -> &[u32] {
        &self.order
    }

    /// Writes one `child<TAB>ancestor` line an edge (and `<TAB>weight`, where there are weights), in the order of
    /// [`edges`](Self::edges). Reading the lines back gives an equal hierarchy.
    ///
    /// # Errors
    /// Whatever `out` reports; and `InvalidInput` for a name that a TSV line cannot hold.
    pub fn write_tsv(&self, out: &mut dyn Write) -> std::io::Result<()> {
        if let Some(bad) = self.names.iter().find(|n| !survives_tsv(n)) {
            let what = format!("the name {bad:?} does not survive a TSV line; rename it");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, what));
        }
        for (i, &(child, ancestor)) in self.edges.iter().enumerate() {
            write!(out, "{}\t{}", self.name(child), self.name(ancestor))?;
            match &self.weights {
                Some(w) => writeln!(out, "\t{}", w[i])?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }
}

/// Whether the edge-list reader gives this name back unchanged.
fn survives_tsv(name: &str) -> bool {
    !name.contains(['\t', '\n', '\r']) && name.trim() == name && !name.starts_with(['#', '\u{feff}'])
}

/// Collects edges one at a time; [`build`](Self::build) checks the whole.
#[derive(Default)]
pub struct HierarchyBuilder {
    ids: HashMap<String, u32>,
    names: Vec<String>,
    seen: HashSet<(u32, u32)>,
    edges: Vec<(u32, u32)>,
    weights: Vec<f64>,
    weighted: bool,
    duplicates: usize,
}

impl HierarchyBuilder {
    /// Adds an edge; `false` if it was there already. An edge without a weight among weighted ones weighs 1.
    ///
    /// # Errors
    /// [`Error::Argument`] for a self loop, an empty name, or more than 2³² − 1 nodes.
    pub fn add(&mut self, child: &str, ancestor: &str, weight: Option<f64>) -> Result<bool> {
        if child.is_empty() || ancestor.is_empty() {
            return Err(bad("a name is empty".into(), "give both nodes of the edge a name"));
        }
        if child == ancestor {
            return Err(bad(format!("'{child}' is its own ancestor"), "remove this edge"));
        }
        let edge = (self.intern(child)?, self.intern(ancestor)?);
        let new = self.seen.insert(edge);
        if new {
            self.edges.push(edge);
            self.weights.push(weight.unwrap_or(1.0));
            self.weighted |= weight.is_some();
        } else {
            self.duplicates += 1;
        }
        Ok(new)
    }

    /// The edges added so far, duplicates left out.
    pub(super) fn edges(&self) -> &[(u32, u32)] {
        &self.edges
    }

    /// Puts the edges together.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no edge, or a cycle (all its names are in the message).
    pub fn build(self) -> Result<Hierarchy> {
        if self.edges.is_empty() {
            return Err(bad("there is no edge".into(), "give at least one (child, ancestor) pair"));
        }
        let up = Csr::new(self.names.len(), &self.edges);
        let order = up.topological();
        if order.len() < self.names.len() {
            let cycle = up.cycle(&order);
            return Err(bad(self.describe(&cycle), "remove one of these edges"));
        }
        let mut by_name: Vec<u32> = (0..self.names.len() as u32).collect();
        by_name.sort_unstable_by(|&a, &b| self.names[a as usize].cmp(&self.names[b as usize]));
        Ok(Hierarchy {
            by_name,
            names: self.names,
            edges: self.edges,
            weights: self.weighted.then_some(self.weights),
            up,
            order,
            duplicates: self.duplicates,
        })
    }

    /// A cycle, if there is one: each node is followed by an ancestor, the last by the first.
    pub(super) fn find_cycle(&self) -> Option<Vec<u32>> {
        let up = Csr::new(self.names.len(), &self.edges);
        let order = up.topological();
        (order.len() < self.names.len()).then(|| up.cycle(&order))
    }

    /// The cycle in words. A long one is cut in the middle: a message must fit on a screen.
    pub(super) fn describe(&self, cycle: &[u32]) -> String {
        let name = |&i: &u32| self.names[i as usize].as_str();
        let mut steps: Vec<&str> = cycle.iter().map(name).chain(cycle.first().map(name)).collect();
        if steps.len() > 12 {
            steps.splice(6..steps.len() - 5, ["…"]);
        }
        format!("the edges form a cycle of {} nodes: {}", cycle.len(), steps.join(" → "))
    }

    fn intern(&mut self, name: &str) -> Result<u32> {
        if let Some(&id) = self.ids.get(name) {
            return Ok(id);
        }
        let id = u32::try_from(self.names.len())
            .map_err(|_| bad("more than 2³² − 1 nodes".into(), "split the hierarchy"))?;
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        Ok(id)
    }
}

fn bad(what: String, remedy: &str) -> Error {
    Error::Argument { op: "hierarchy", what, remedy: remedy.to_owned() }
}

/// Compressed sparse rows: the sorted targets of every node's edges.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Csr {
    offsets: Vec<usize>,
    items: Vec<u32>,
}

impl Csr {
    pub(super) fn new(nodes: usize, edges: &[(u32, u32)]) -> Csr {
        let mut offsets = vec![0; nodes + 1];
        for &(from, _) in edges {
            offsets[from as usize + 1] += 1;
        }
        for i in 0..nodes {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let mut items = vec![0; edges.len()];
        for &(from, to) in edges {
            items[next[from as usize]] = to;
            next[from as usize] += 1;
        }
        for w in offsets.windows(2) {
            items[w[0]..w[1]].sort_unstable();
        }
        Csr { offsets, items }
    }

    pub(super) fn row(&self, node: u32) -> &[u32] {
        &self.items[self.range(node)]
    }

    /// Where a node's targets are among all.
    pub(super) fn range(&self, node: u32) -> Range<usize> {
        self.offsets[node as usize]..self.offsets[node as usize + 1]
    }

    /// All targets, node after node.
    pub(super) fn items(&self) -> &[u32] {
        &self.items
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Targets before sources (Kahn); nodes on a cycle, and those that lead to one, are missing.
    fn topological(&self) -> Vec<u32> {
        let edges: Vec<_> = (0..self.len() as u32).flat_map(|i| self.row(i).iter().map(move |&t| (t, i))).collect();
        let down = Csr::new(self.len(), &edges);
        let mut missing: Vec<usize> = (0..self.len() as u32).map(|i| self.row(i).len()).collect();
        let mut order: Vec<u32> = (0..self.len() as u32).filter(|&i| missing[i as usize] == 0).collect();
        let mut done = 0;
        while done < order.len() {
            for &child in down.row(order[done]) {
                missing[child as usize] -= 1;
                if missing[child as usize] == 0 {
                    order.push(child);
                }
            }
            done += 1;
        }
        order
    }

    /// A cycle among the nodes that `order` leaves out. Each of those has a target that is left out too, so walking
    /// on must come back.
    fn cycle(&self, order: &[u32]) -> Vec<u32> {
        let mut sound = vec![false; self.len()];
        order.iter().for_each(|&i| sound[i as usize] = true);
        let unsound = |i: &u32| !sound[*i as usize];
        let mut position = HashMap::new();
        let mut walk: Vec<u32> = Vec::new();
        let mut at = (0..self.len() as u32).find(|i| unsound(i));
        while let Some(node) = at {
            if let Some(start) = position.insert(node, walk.len()) {
                return walk.split_off(start);
            }
            walk.push(node);
            at = self.row(node).iter().copied().find(|i| unsound(i));
        }
        walk
    }
}
