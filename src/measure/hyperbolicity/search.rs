//! δ by looking at all fours, those first that can have a large one.
//!
//! The algorithm of Borassi, Coudert, Crescenzi & Marino, "On computing the hyperbolicity of real-world graphs" (ESA
//! 2015), on top of Cohen, Coudert & Lancin, "On computing the Gromov hyperbolicity" (2015). Let a four be x, y, v, w with
//! S₁ = d(x, y) + d(v, w), and L the largest 2δ found so far.
//!
//! * 2δ ≤ d(x, y): pairs are taken by falling distance, each with the pairs (v, w) before it; when d(x, y) ≤ L, no four
//!   that is left can have more.
//! * In a graph it is enough to take *far-apart* pairs, whose shortest paths no neighbour prolongs: to prolong one raises
//!   S₁ by as much as S₂ and S₃ can rise. And δ is the largest of the biconnected components'.
//! * v can be left out (is not *acceptable*) if 2 min(d(x, v), d(y, v)) ≤ L, or d(x, y) + 2 ecc(v) − d(x, v) − d(y, v)
//!   ≤ 2L, ecc(v) being the distance of the point furthest from v.
//! * One of v and w is *valuable*: d(x, y) + 2 d(v, c) − d(x, v) − d(y, v) > L, for any point c.
//!
//! All hold in any metric. Pairs are looked at in batches of fixed sizes; those of a batch share the L that was known when
//! it began, so neither the result nor the work depends on the number of threads.

use super::Distances;
use crate::backend::cpu::Cpu;
use crate::data::Graph;

/// What the search found: δ lies in `lower..=upper`.
pub(super) struct Bounds {
    pub lower: f64,
    pub upper: f64,
}

/// The largest batch: what may be looked at in vain when the allowance ends.
const BATCH: usize = 256;
/// Pairs that one thread looks at, one after the other.
const CHUNK: usize = 16;

/// Raises the lower bound `known` until it is exact or `allowance` points and fours have been looked at.
pub(super) fn search(d: &Distances, graph: Option<&Graph>, known: f64, allowance: u64, cpu: &Cpu) -> Bounds {
    let mut state = Search { best: 2.0 * known, ceiling: 0.0, left: allowance };
    match graph {
        None => state.part(d, None, cpu),
        Some(graph) => {
            let mut blocks = graph.blocks();
            blocks.retain(|nodes| nodes.len() >= 4);
            blocks.sort_by_key(|nodes| std::cmp::Reverse(nodes.len()));
            for nodes in blocks {
                state.part(&d.subset(&nodes), Some(&graph.subgraph(&nodes)), cpu);
            }
        }
    }
    Bounds { lower: 0.5 * state.best, upper: 0.5 * state.best.max(state.ceiling) }
}

struct Search {
    /// The largest 2δ found.
    best: f64,
    /// The largest 2δ that what was not looked at can have.
    ceiling: f64,
    /// What may still be looked at.
    left: u64,
}

impl Search {
    /// Looks at the fours of one biconnected component, or of a whole metric.
    fn part(&mut self, d: &Distances, graph: Option<&Graph>, cpu: &Cpu) {
        let diameter = d.diameter();
        if diameter <= self.best {
            return;
        }
        if self.left == 0 {
            self.ceiling = self.ceiling.max(diameter);
            return;
        }
        let part = Part::new(d, graph, self.best);
        let mut done = 0;
        while let Some(&(x, y)) = part.pairs.get(done) {
            let longest = d.at(x as usize, y as usize);
            if longest <= self.best {
                return;
            }
            if self.left == 0 {
                self.ceiling = self.ceiling.max(longest);
                return;
            }
            // Small ones first: what they find spares work in the large ones.
            let batch = done.clamp(CHUNK, BATCH);
            let end = (done + batch).min(part.pairs.len());
            let mut found = vec![(self.best, 0); (end - done).div_ceil(CHUNK)];
            let tasks = (done..end).step_by(CHUNK).zip(&mut found).collect();
            cpu.for_each(tasks, |(start, found)| part.look(start..end.min(start + CHUNK), found));
            for (best, work) in found {
                self.best = self.best.max(best);
                self.left = self.left.saturating_sub(work);
            }
            done = end;
        }
    }
}

struct Part<'a> {
    d: &'a Distances,
    /// By falling distance; only those that are longer than 2δ of a four found before.
    pairs: Vec<(u32, u32)>,
    /// Of each point, the pairs that it is in, as their places, ascending: `places[starts[v]..starts[v + 1]]`.
    starts: Vec<usize>,
    places: Vec<u32>,
    eccentricity: Vec<f64>,
    /// A point whose eccentricity is least.
    centre: usize,
}

impl<'a> Part<'a> {
    fn new(d: &'a Distances, graph: Option<&Graph>, best: f64) -> Part<'a> {
        let n = d.len() as u32;
        let long = |x: u32, y: u32| d.at(x as usize, y as usize) > best;
        let wanted = |x: u32, y: u32| long(x, y) && graph.is_none_or(|graph| far_apart(d, graph, x, y));
        let mut pairs: Vec<_> =
            (0..n).flat_map(|x| (0..x).map(move |y| (x, y))).filter(|&(x, y)| wanted(x, y)).collect();
        let length = |&(x, y): &(u32, u32)| d.at(x as usize, y as usize);
        pairs.sort_unstable_by(|a, b| length(b).total_cmp(&length(a)).then(a.cmp(b)));

        let mut starts = vec![0; d.len() + 1];
        pairs.iter().flat_map(|&(x, y)| [x, y]).for_each(|v| starts[v as usize + 1] += 1);
        (0..d.len()).for_each(|v| starts[v + 1] += starts[v]);
        let mut next = starts.clone();
        let mut places = vec![0; 2 * pairs.len()];
        for (place, &(x, y)) in (0..).zip(&pairs) {
            for v in [x, y] {
                places[next[v as usize]] = place;
                next[v as usize] += 1;
            }
        }
        let eccentricity: Vec<f64> = (0..d.len()).map(|v| d.row(v).iter().copied().fold(0.0, f64::max)).collect();
        let centre = (0..d.len()).min_by(|&a, &b| eccentricity[a].total_cmp(&eccentricity[b])).unwrap_or(0);
        Part { d, pairs, starts, places, eccentricity, centre }
    }

    /// Raises `found.0`, the largest 2δ, by the fours of some pairs with the pairs before each; counts in `found.1`.
    fn look(&self, range: std::ops::Range<usize>, found: &mut (f64, u64)) {
        let mut acceptable = vec![false; self.d.len()];
        let mut valuable = Vec::new();
        for i in range {
            let (x, y) = self.pairs[i];
            let (from_x, from_y) = (self.d.row(x as usize), self.d.row(y as usize));
            let length = from_x[y as usize];
            if length <= found.0 {
                return;
            }
            let from_centre = self.d.row(self.centre);
            valuable.clear();
            for v in 0..self.d.len() {
                let best = found.0;
                let aside = length - from_x[v] - from_y[v];
                acceptable[v] =
                    2.0 * from_x[v].min(from_y[v]) > best && aside + 2.0 * self.eccentricity[v] > 2.0 * best;
                if acceptable[v] && aside + 2.0 * from_centre[v] > best {
                    valuable.push(v);
                }
            }
            found.1 += self.d.len() as u64;
            for &v in &valuable {
                let from_v = self.d.row(v);
                for &place in &self.places[self.starts[v]..self.starts[v + 1]] {
                    if place as usize >= i {
                        break;
                    }
                    found.1 += 1;
                    let (a, b) = self.pairs[place as usize];
                    let w = if a as usize == v { b as usize } else { a as usize };
                    if acceptable[w] {
                        let across = f64::max(from_x[v] + from_y[w], from_x[w] + from_y[v]);
                        found.0 = found.0.max(length + from_v[w] - across);
                    }
                }
            }
        }
    }
}

/// Whether no neighbour of x or y prolongs a shortest path between them.
fn far_apart(d: &Distances, graph: &Graph, x: u32, y: u32) -> bool {
    let prolonged = |from: u32, to: u32| {
        let (row, length) = (d.row(from as usize), d.at(from as usize, to as usize));
        graph.arcs_of(to).any(|(next, step)| row[next as usize] >= length + step)
    };
    !prolonged(x, y) && !prolonged(y, x)
}
