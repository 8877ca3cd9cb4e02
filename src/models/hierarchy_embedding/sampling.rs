//! Which nodes a step takes, and which it compares them with: functions of (seed, epoch, node).

use crate::data::Hierarchy;
use crate::tensor::Rng;

/// The draws of one seed.
#[derive(Clone, Copy)]
pub(super) struct Draws(Rng);

impl Draws {
    pub fn new(seed: u64) -> Draws {
        Draws(Rng::new(seed))
    }

    /// Start coordinates: uniform in ±0.001, as published.
    pub fn start(&self, count: usize) -> Vec<f64> {
        let rng = self.0.stream(0);
        (0..count as u64).map(|i| 1e-3 * (2.0 * rng.uniform(i) - 1.0)).collect()
    }

    /// What chooses the edges to be set aside.
    pub fn holdout(&self) -> Rng {
        self.0.stream(u64::MAX)
    }

    /// The order in which an epoch visits `n` nodes.
    pub fn order(&self, epoch: usize, n: usize) -> Vec<u32> {
        self.0.stream(2 * epoch as u64 + 1).permutation(n)
    }

    /// Appends `count` nodes, uniform among those that are neither `node` nor its ancestor; none if there is no such node.
    pub fn negatives(&self, epoch: usize, hierarchy: &Hierarchy, node: u32, count: usize, out: &mut Vec<u32>) {
        let ancestors = hierarchy.ancestors(node);
        let free = hierarchy.len() - 1 - ancestors.len();
        if free == 0 {
            return;
        }
        let rng = self.0.stream(2 * epoch as u64 + 2);
        let first = out.len();
        let blocks = count.div_ceil(4) as u64;
        for block in 0..blocks {
            // 32 bits a draw: the bias is below the number of nodes · 2⁻³².
            let draw = |r: u32| ((u64::from(r) * free as u64) >> 32) as u32;
            out.extend(rng.bits(u64::from(node) * blocks + block).map(draw));
        }
        out.truncate(first + count);
        // The r-th free node: step over the taken ones, in ascending order.
        let split = ancestors.partition_point(|&a| a < node);
        for taken in ancestors[..split].iter().chain([&node]).chain(&ancestors[split..]) {
            for id in &mut out[first..] {
                *id += u32::from(taken <= id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negatives_are_uniform_among_the_others() -> crate::Result<()> {
        let h = Hierarchy::from_pairs([("a", "r"), ("b", "r"), ("c", "a"), ("c", "r"), ("d", "r"), ("e", "r")])?;
        let c = h.id("c").unwrap();
        let mut counts = vec![0; h.len()];
        let mut out = vec![];
        for epoch in 0..400 {
            out.clear();
            Draws::new(3).negatives(epoch, &h, c, 30, &mut out);
            assert_eq!(out.len(), 30);
            out.iter().for_each(|&i| counts[i as usize] += 1);
        }
        for name in ["a", "r", "c"] {
            assert_eq!(counts[h.id(name).unwrap() as usize], 0, "{name}");
        }
        for name in ["b", "d", "e"] {
            let share = f64::from(counts[h.id(name).unwrap() as usize]) / 12_000.0;
            assert!((share - 1.0 / 3.0).abs() < 0.02, "{name}: {share}");
        }
        // A node whose ancestors are all the others has nothing to be compared with.
        let chain = Hierarchy::from_pairs([("c", "b"), ("b", "a"), ("c", "a")])?;
        out.clear();
        Draws::new(3).negatives(0, &chain, chain.id("c").unwrap(), 5, &mut out);
        assert!(out.is_empty());
        Ok(())
    }
}
