//! All distances between n points.

use crate::backend::cpu::Cpu;
use crate::data::Graph;
use crate::manifold::Manifold;
use crate::{Error, Result, Tensor};

/// A finite metric: the symmetric matrix of the distances between n points, zero on its diagonal.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    n: usize,
    d: Vec<f64>,
}

/// More points than this take more than 2 GiB.
const MOST: usize = 1 << 14;

impl Distances {
    /// The lengths of the shortest paths of a graph.
    ///
    /// # Errors
    /// [`Error::Argument`] if it is not connected, or has more than 2¹⁴ nodes.
    pub fn of_graph(graph: &Graph, cpu: &Cpu) -> Result<Distances> {
        Distances::of_nodes(graph, &(0..graph.len() as u32).collect::<Vec<_>>(), cpu)
    }

    /// The lengths of the shortest paths of the whole graph between some of its nodes, in the order given.
    ///
    /// # Errors
    /// [`Error::Index`] for a node that is not in the graph; [`Error::Argument`] if no path joins two of them, or there are
    /// more than 2¹⁴.
    pub fn of_nodes(graph: &Graph, nodes: &[u32], cpu: &Cpu) -> Result<Distances> {
        let size = graph.len();
        if let Some(position) = nodes.iter().position(|&v| v as usize >= size) {
            return Err(Error::Index { op: "distances", index: i64::from(nodes[position]), position, size });
        }
        let distances = Distances::by_rows(nodes.len(), cpu, |i, row| {
            let all = graph.distances_from(nodes[i]);
            row.iter_mut().zip(nodes).for_each(|(d, &v)| *d = all[v as usize]);
        })?
        .symmetric();
        match distances.d.iter().position(|d| d.is_infinite()) {
            None => Ok(distances),
            Some(at) => {
                let name = |i: usize| &graph.names()[nodes[i] as usize];
                let what = format!("no path from '{}' to '{}'", name(at / nodes.len()), name(at % nodes.len()));
                Err(bad(what, "measure a connected part, such as `Graph::largest_component`"))
            }
        }
    }

    /// The geodesic distances between points `[n, width]` of a manifold.
    ///
    /// # Errors
    /// [`Error::Argument`] for more than 2¹⁴ points or a distance that is not finite; otherwise as [`Manifold::dist`].
    pub fn of_points(points: &Tensor, manifold: &dyn Manifold) -> Result<Distances> {
        let &[n, width] = points.dims() else {
            return Err(Error::shape("distances", "needs rows", &[points.shape()], "points have shape [n, width]"));
        };
        check_count(n)?;
        let all = points.detach().reshape([1, n, width])?;
        let mut d = Vec::with_capacity(n * n);
        // Some rows at a time, so that the numbers in between stay few.
        let rows = ((1 << 22) / (n * width).max(1)).clamp(1, n.max(1));
        for start in (0..n).step_by(rows) {
            let some =
                all.narrow(1, start, (start + rows).min(n))?.reshape([(start + rows).min(n) - start, 1, width])?;
            d.extend(manifold.dist(&some, &all)?.to_f64_vec());
        }
        Distances { n, d }.symmetric().checked()
    }

    /// The distances `f(i, j)` for i > j; f must be symmetric. Whether they keep the triangle inequality is not checked.
    ///
    /// # Errors
    /// [`Error::Argument`] for more than 2¹⁴ points, and for a distance that is negative or not finite.
    pub fn from_fn(n: usize, cpu: &Cpu, f: impl Fn(usize, usize) -> f64 + Send + Sync) -> Result<Distances> {
        Distances::by_rows(n, cpu, |i, row| {
            row.iter_mut().enumerate().for_each(|(j, d)| *d = if i == j { 0.0 } else { f(i.max(j), i.min(j)) });
        })?
        .checked()
    }

    fn by_rows(n: usize, cpu: &Cpu, fill: impl Fn(usize, &mut [f64]) + Send + Sync) -> Result<Distances> {
        check_count(n)?;
        let mut d = vec![0.0; n * n];
        cpu.for_each(d.chunks_exact_mut(n.max(1)).enumerate().collect(), |(i, row)| fill(i, row));
        Ok(Distances { n, d })
    }

    /// One of the two values of each pair: the other order may have been rounded another way.
    fn symmetric(mut self) -> Distances {
        for i in 0..self.n {
            for j in 0..i {
                self.d[j * self.n + i] = self.d[i * self.n + j];
            }
            self.d[i * self.n + i] = 0.0;
        }
        self
    }

    fn checked(self) -> Result<Distances> {
        match self.d.iter().position(|d| !(d.is_finite() && *d >= 0.0)) {
            None => Ok(self),
            Some(at) => {
                let what = format!("points {} and {} have distance {}", at / self.n, at % self.n, self.d[at]);
                Err(bad(what, "distances are finite and not negative; are all points on the manifold?"))
            }
        }
    }

    /// How many points.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The distances from point `i` to all. Panics when `i >= len()`, as indexing does.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.d[i * self.n..(i + 1) * self.n]
    }

    /// The distance of two points. Panics when one is not in `0..len()`, as indexing does.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.row(i)[j]
    }

    /// The largest distance; 0 of fewer than two points.
    pub fn diameter(&self) -> f64 {
        self.d.iter().copied().fold(0.0, f64::max)
    }

    /// The graph that joins each point to the `k` nearest to it (of equally near ones, the first). All its edges have
    /// length 1. It may be disconnected.
    ///
    /// # Errors
    /// [`Error::Argument`] if k is 0.
    pub fn nearest_neighbors(&self, k: usize) -> Result<Graph> {
        if k == 0 {
            return Err(bad("0 neighbours".into(), "join each point to one neighbour at least"));
        }
        let mut edges = Vec::with_capacity(self.n * k);
        for i in 0..self.n {
            let row = self.row(i);
            let mut others: Vec<u32> = (0..self.n as u32).filter(|&j| j as usize != i).collect();
            others.sort_by(|&a, &b| row[a as usize].total_cmp(&row[b as usize]));
            edges.extend(others.iter().take(k).map(|&j| (i as u32, j)));
        }
        Graph::new(self.n, &edges)
    }

    /// The distances between some of the points, in the order given.
    pub fn subset(&self, points: &[u32]) -> Distances {
        let d = points.iter().flat_map(|&i| points.iter().map(move |&j| self.at(i as usize, j as usize))).collect();
        Distances { n: points.len(), d }
    }
}

fn check_count(n: usize) -> Result<()> {
    if n <= MOST {
        return Ok(());
    }
    Err(bad(
        format!("{n} points"),
        "the matrix of all distances is kept: measure at most 16384 of them, drawn at random",
    ))
}

fn bad(what: String, remedy: &str) -> Error {
    Error::Argument { op: "distances", what, remedy: remedy.into() }
}
