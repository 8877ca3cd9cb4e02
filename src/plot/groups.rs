//! Which nodes share a colour: the large subtrees near the top of a hierarchy.

use super::Color;

/// Colours that stay apart for colour-blind readers as far as nine can, dark enough for words.
pub(super) const PALETTE: [Color; 9] = [
    Color(31, 119, 180, 1.0),
    Color(214, 96, 20, 1.0),
    Color(35, 139, 69, 1.0),
    Color(190, 40, 70, 1.0),
    Color(117, 80, 170, 1.0),
    Color(150, 110, 10, 1.0),
    Color(0, 140, 150, 1.0),
    Color(200, 80, 160, 1.0),
    Color(90, 80, 70, 1.0),
];

/// A hierarchy cut into subtrees.
pub(super) struct Groups {
    /// The top node of each group and the number of nodes in it, largest first.
    pub tops: Vec<(u32, usize)>,
    /// The group of each node, as an index into `tops`; none for what is above or beside them.
    pub of: Vec<Option<usize>>,
}

/// A subtree is cut up while it holds more than this share of all nodes and there are fewer than `most` groups.
const TOO_LARGE: f64 = 0.2;
/// A subtree with a smaller share of all nodes gets no colour of its own.
const TOO_SMALL: f64 = 0.01;

/// Cuts a hierarchy, given by its direct (child, parent) edges and the number of descendants of each node, into at most
/// `most` subtrees (a few more may be found on the way; the smallest are left out).
pub(super) fn groups(direct: &[(u32, u32)], below: &[u32], most: usize) -> Groups {
    let nodes = below.len();
    // Of several parents the one with the fewest descendants counts: it says most about the node.
    let mut parent: Vec<Option<u32>> = vec![None; nodes];
    for &(child, p) in direct {
        let slot = &mut parent[child as usize];
        if slot.is_none_or(|old| below[p as usize] < below[old as usize]) {
            *slot = Some(p);
        }
    }
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    let mut size = vec![1usize; nodes];
    // A node has fewer descendants than its ancestors, so this order has ancestors first.
    let mut order: Vec<u32> = (0..nodes as u32).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(below[i as usize]));
    for &node in order.iter().rev() {
        if let Some(p) = parent[node as usize] {
            children[p as usize].push(node);
            size[p as usize] += size[node as usize];
        }
    }
    let small = (TOO_SMALL * nodes as f64).max(1.0) as usize;
    let mut tops: Vec<u32> = (0..nodes as u32).filter(|&i| parent[i as usize].is_none()).collect();
    loop {
        let largest =
            (0..tops.len()).filter(|&i| !children[tops[i] as usize].is_empty()).max_by_key(|&i| size[tops[i] as usize]);
        let Some(i) = largest else { break };
        let cut = tops[i] as usize;
        let whole = tops.len() > 1 && (tops.len() >= most || size[cut] as f64 <= TOO_LARGE * nodes as f64);
        if whole {
            break;
        }
        tops.swap_remove(i);
        tops.extend(children[cut].iter().filter(|&&c| size[c as usize] > small));
    }
    tops.sort_by_key(|&t| (std::cmp::Reverse(size[t as usize]), t));
    tops.truncate(most);
    let mut of = vec![None; nodes];
    for &node in &order {
        let own = tops.iter().position(|&t| t == node);
        of[node as usize] = own.or_else(|| parent[node as usize].and_then(|p| of[p as usize]));
    }
    Groups { tops: tops.iter().map(|&t| (t, size[t as usize])).collect(), of }
}
