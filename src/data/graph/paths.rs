//! Shortest paths and what is connected.

use super::Graph;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

impl Graph {
    /// The lengths of the shortest paths from `source` to all nodes; infinite where there is none.
    /// Breadth first where every edge has length 1, else Dijkstra's algorithm.
    pub fn distances_from(&self, source: u32) -> Vec<f64> {
        if self.has_lengths() { self.dijkstra(source) } else { self.hops_from(source) }
    }

    /// The least numbers of edges on paths from `source` to all nodes, whatever the edges' lengths; infinite where there is
    /// none.
    pub fn hops_from(&self, source: u32) -> Vec<f64> {
        let mut distance = self.only(source);
        let mut queue = VecDeque::from([source]);
        while let Some(u) = queue.pop_front() {
            for &v in self.neighbors(u) {
                if distance[v as usize].is_infinite() {
                    distance[v as usize] = distance[u as usize] + 1.0;
                    queue.push_back(v);
                }
            }
        }
        distance
    }

    fn dijkstra(&self, source: u32) -> Vec<f64> {
        let mut distance = self.only(source);
        // The bits of floats that are not negative are in the order of their values.
        let mut heap = BinaryHeap::from([Reverse((0_u64, source))]);
        while let Some(Reverse((bits, u))) = heap.pop() {
            let so_far = f64::from_bits(bits);
            if so_far > distance[u as usize] {
                continue;
            }
            for (v, length) in self.arcs_of(u) {
                let d = so_far + length;
                if d < distance[v as usize] {
                    distance[v as usize] = d;
                    heap.push(Reverse((d.to_bits(), v)));
                }
            }
        }
        distance
    }

    /// All is out of reach but the source.
    fn only(&self, source: u32) -> Vec<f64> {
        let mut distance = vec![f64::INFINITY; self.len()];
        distance[source as usize] = 0.0;
        distance
    }

    /// The connected components: the nodes of each, ascending; the largest component first (of equals, the one with the
    /// smallest node).
    pub fn components(&self) -> Vec<Vec<u32>> {
        let mut seen = vec![false; self.len()];
        let mut components = Vec::new();
        for start in 0..self.len() as u32 {
            if std::mem::replace(&mut seen[start as usize], true) {
                continue;
            }
            let mut nodes = vec![start];
            let mut done = 0;
            while done < nodes.len() {
                for &v in self.neighbors(nodes[done]) {
                    if !std::mem::replace(&mut seen[v as usize], true) {
                        nodes.push(v);
                    }
                }
                done += 1;
            }
            nodes.sort_unstable();
            components.push(nodes);
        }
        components.sort_by_key(|nodes| Reverse(nodes.len()));
        components
    }

    /// The graph on its largest connected component.
    pub fn largest_component(&self) -> Graph {
        self.components().first().map_or_else(|| self.clone(), |nodes| self.subgraph(nodes))
    }
}
