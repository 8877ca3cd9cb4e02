//! Biconnected components: the parts that hang together even when any one node is taken out.

use super::Graph;

/// A node that the depth-first walk is at, and how far it has come with its neighbours.
struct Visit {
    node: u32,
    parent: u32,
    next: usize,
}

impl Graph {
    /// The biconnected components, each as its nodes, ascending (Hopcroft & Tarjan, "Efficient algorithms for graph
    /// manipulation", 1973). A bridge is a component of two nodes; a node that joins components is in all of them; a node
    /// without an edge is in none. Shortest paths between two nodes of a component stay in it.
    pub fn blocks(&self) -> Vec<Vec<u32>> {
        const NONE: u32 = u32::MAX;
        let mut order = vec![NONE; self.len()]; // when a node was met
        let mut low = order.clone(); // the earliest node that can be reached from below it by one edge back
        let mut met = 0;
        let mut stack: Vec<u32> = Vec::new();
        let mut blocks = Vec::new();
        for root in 0..self.len() as u32 {
            if order[root as usize] != NONE {
                continue;
            }
            let mut path = vec![Visit { node: root, parent: NONE, next: 0 }];
            while let Some(visit) = path.last_mut() {
                let (u, parent) = (visit.node, visit.parent);
                if order[u as usize] == NONE {
                    (order[u as usize], low[u as usize]) = (met, met);
                    met += 1;
                    stack.push(u);
                }
                if let Some(&v) = self.neighbors(u).get(visit.next) {
                    visit.next += 1;
                    if order[v as usize] == NONE {
                        path.push(Visit { node: v, parent: u, next: 0 });
                    } else if v != parent {
                        low[u as usize] = low[u as usize].min(order[v as usize]);
                    }
                    continue;
                }
                path.pop();
                if parent == NONE {
                    stack.clear();
                    continue;
                }
                low[parent as usize] = low[parent as usize].min(low[u as usize]);
                if low[u as usize] >= order[parent as usize] {
                    // Nothing below u reaches past its parent: they are a component.
                    let start = stack.iter().rposition(|&w| w == u).unwrap_or(0);
                    let mut block = stack.split_off(start);
                    block.push(parent);
                    block.sort_unstable();
                    blocks.push(block);
                }
            }
        }
        blocks
    }
}
