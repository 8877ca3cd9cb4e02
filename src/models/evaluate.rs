//! How well an embedding reconstructs a hierarchy: mean rank and mean average precision, exact.

use super::Embeddings;
use super::chart::{Ball, Flat, Table, gap2};
use crate::Result;
use crate::backend::cpu::Cpu;
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::data::Hierarchy;

/// The measures of Nickel & Kiela (2017), §4.1.
///
/// For each node with ancestors, an ancestor's rank is 1 + the number of nodes that are no ancestors (nor the node
/// itself) and at most as far; so ties count against the embedding, and one that collapsed to a point does worst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reconstruction {
    /// Mean average precision over the nodes with ancestors, in 0..=1.
    pub map: f64,
    /// Mean rank over all (node, ancestor) pairs, at least 1.
    pub mean_rank: f64,
}

/// Nodes that are ranked together.
const CHUNK: usize = 16;

/// Measures how well the distances of an embedding tell the edges of `hierarchy`, usually a closure.
///
/// Exact: every ancestor is ranked among all nodes. The bits do not depend on the number of threads.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) if a node has no point, with the closest names.
pub fn reconstruction(embeddings: &Embeddings, hierarchy: &Hierarchy, cpu: &Cpu) -> Result<Reconstruction> {
    let positions = embeddings.positions(hierarchy)?;
    let (dim, rows) = (embeddings.dim(), embeddings.unit_rows()?);
    let rows: Vec<f64> = positions.iter().flat_map(|&i| &rows[i * dim..(i + 1) * dim]).copied().collect();
    let table = match embeddings.manifold().kind.as_str() {
        "euclidean" => Table::new(Flat, dim, &rows),
        _ => Table::new(Ball { radius: 1.0, rim: 1.0 }, dim, &rows),
    };
    let children: Vec<u32> = (0..hierarchy.len() as u32).filter(|&i| !hierarchy.ancestors(i).is_empty()).collect();
    let mut scores = vec![Score::default(); children.len()];
    let tasks = children.chunks(CHUNK).zip(scores.chunks_mut(CHUNK)).collect();
    cpu.for_each(tasks, |(nodes, scores)| dispatch(Ranking { hierarchy, table: &table, nodes, scores }));
    // In the order of the nodes, whoever computed them.
    let (mut precision, mut ranks) = (0.0, 0.0);
    for score in &scores {
        precision += score.precision;
        ranks += score.ranks;
    }
    let (nodes, pairs) = (children.len() as f64, hierarchy.edges().len() as f64);
    Ok(Reconstruction { map: precision / nodes, mean_rank: ranks / pairs })
}

/// One node's average precision, and the sum of its ancestors' ranks.
#[derive(Clone, Copy, Default)]
struct Score {
    precision: f64,
    ranks: f64,
}

struct Ranking<'a> {
    hierarchy: &'a Hierarchy,
    table: &'a Table,
    nodes: &'a [u32],
    scores: &'a mut [Score],
}

impl Kernel for Ranking<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let mut keys = vec![0.0; self.table.side.len()];
        for (&node, score) in self.nodes.iter().zip(self.scores) {
            // Grows with the distance from this node: |x − y|² / ω_y on the ball, |x − y|² in flat space.
            let x = self.table.row(node as usize);
            for (y, key) in keys.iter_mut().enumerate() {
                *key = gap2(x, self.table.row(y)) / self.table.side[y];
            }
            let ancestors = self.hierarchy.ancestors(node);
            let mut near: Vec<f64> = ancestors.iter().map(|&a| keys[a as usize]).collect();
            near.sort_unstable_by(f64::total_cmp);
            // Count only the others.
            for &taken in ancestors.iter().chain([&node]) {
                keys[taken as usize] = f64::INFINITY;
            }
            *score = Score::default();
            for (i, &bound) in near.iter().enumerate() {
                let nearer = keys.iter().map(|&key| u64::from(key <= bound)).sum::<u64>() as f64;
                score.ranks += nearer + 1.0;
                score.precision += (i + 1) as f64 / (nearer + (i + 1) as f64);
            }
            score.precision /= near.len() as f64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Kind;
    use crate::tensor::Rng;

    /// The definition, one distance at a time.
    fn slow(embeddings: &Embeddings, hierarchy: &Hierarchy) -> Result<Reconstruction> {
        let factor = embeddings.manifold().build()?.factors(embeddings.width())?.swap_remove(0);
        let (model, curv) = (factor.model, factor.curv);
        let dist = |i: u32, j: u32| {
            let (i, j) = (embeddings.find(hierarchy.name(i)), embeddings.find(hierarchy.name(j)));
            let mut d = [0.0];
            model.forward(Kind::Dist, curv, &[embeddings.row(i.unwrap()), embeddings.row(j.unwrap())], &mut d);
            d[0]
        };
        let (mut map, mut nodes, mut ranks, mut pairs) = (0.0, 0.0, 0.0, 0.0);
        for u in (0..hierarchy.len() as u32).filter(|&u| !hierarchy.ancestors(u).is_empty()) {
            let ancestors = hierarchy.ancestors(u);
            let mut near: Vec<f64> = ancestors.iter().map(|&a| dist(u, a)).collect();
            near.sort_by(f64::total_cmp);
            let others: Vec<f64> =
                (0..hierarchy.len() as u32).filter(|i| *i != u && !ancestors.contains(i)).map(|i| dist(u, i)).collect();
            let mut precision = 0.0;
            for (i, d) in near.iter().enumerate() {
                let nearer = others.iter().filter(|o| *o <= d).count() as f64;
                ranks += nearer + 1.0;
                precision += (i + 1) as f64 / (nearer + (i + 1) as f64);
            }
            pairs += near.len() as f64;
            map += precision / near.len() as f64;
            nodes += 1.0;
        }
        Ok(Reconstruction { map: map / nodes, mean_rank: ranks / pairs })
    }

    #[test]
    fn equals_the_definition_on_every_manifold() -> Result<()> {
        let edges = (1..60u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 3)));
        let tree = Hierarchy::from_pairs(edges)?.closure();
        let rng = Rng::new(5);
        for (kind, dim) in [("poincare(kappa=-0.5)", 3), ("lorentz(kappa=-2)", 10), ("euclidean", 2)] {
            let manifold: crate::manifold::Spec = kind.parse()?;
            let width = manifold.build()?.ambient(dim);
            let mut rows: Vec<f64> = (0..tree.len() * width).map(|i| 0.6 * (rng.uniform(i as u64) - 0.5)).collect();
            for row in rows.chunks_exact_mut(width).filter(|_| width > dim) {
                row[0] = (1.0 + row[1..].iter().map(|x| x * x).sum::<f64>()).sqrt();
            }
            let embeddings = Embeddings::new(tree.names().to_vec(), manifold, dim, rows)?;
            let fast = reconstruction(&embeddings, &tree, &Cpu::new(1))?;
            let definition = slow(&embeddings, &tree)?;
            assert!((fast.map - definition.map).abs() < 1e-12, "{kind}: {fast:?}, {definition:?}");
            assert!((fast.mean_rank - definition.mean_rank).abs() < 1e-12, "{kind}: {fast:?}, {definition:?}");
            assert_eq!(fast, reconstruction(&embeddings, &tree, &Cpu::new(3))?);
        }
        Ok(())
    }

    #[test]
    fn a_collapsed_embedding_is_the_worst() -> Result<()> {
        let star = Hierarchy::from_pairs([("a", "r"), ("b", "r"), ("c", "r"), ("d", "r")])?;
        let manifold = "poincare".parse()?;
        let embeddings = Embeddings::new(star.names().to_vec(), manifold, 2, vec![0.0; 10])?;
        let worst = reconstruction(&embeddings, &star, &Cpu::new(1))?;
        assert_eq!(worst, Reconstruction { map: 0.25, mean_rank: 4.0 });
        Ok(())
    }
}
