//! What a picture of a hierarchy needs: direct edges, depths, how much hangs below a node.

use super::Hierarchy;

impl Hierarchy {
    /// The direct (child, parent) edges: those of the transitive reduction, the smallest set with the same closure.
    /// Sorted by child, then parent.
    pub fn direct_edges(&self) -> Vec<(u32, u32)> {
        let closure = self.closure();
        let mut edges = Vec::with_capacity(self.len());
        let mut indirect = vec![false; self.len()];
        for child in 0..self.len() as u32 {
            let ancestors = closure.ancestors(child);
            ancestors.iter().for_each(|&a| indirect[a as usize] = false);
            for &above in ancestors.iter().flat_map(|&a| closure.ancestors(a)) {
                indirect[above as usize] = true;
            }
            edges.extend(ancestors.iter().filter(|&&a| !indirect[a as usize]).map(|&a| (child, a)));
        }
        edges
    }

    /// Edges on the longest chain from each node up to a root: 0 for roots. The same for a hierarchy and its closure.
    pub fn depths(&self) -> Vec<u32> {
        let mut depth = vec![0; self.len()];
        for &node in self.topological() {
            let above = self.ancestors(node).iter().map(|&a| depth[a as usize] + 1).max();
            depth[node as usize] = above.unwrap_or(0);
        }
        depth
    }

    /// How many descendants each node has, direct or not.
    pub fn descendant_counts(&self) -> Vec<u32> {
        let mut count = vec![0; self.len()];
        for &(_, ancestor) in self.closure().edges() {
            count[ancestor as usize] += 1;
        }
        count
    }
}
