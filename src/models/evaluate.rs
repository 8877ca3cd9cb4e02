//! How well an embedding tells who is whose ancestor: mean rank and mean average precision, exact.

use super::Embeddings;
use super::chart::{Ball, Flat, Fused, Table};
use super::ranking::{Question, Score, Tiles, answer};
use crate::data::Hierarchy;
use crate::{Device, Error, Result};

/// The measures of Nickel & Kiela (2017), §4.1.
///
/// For each node with ancestors, an ancestor's rank is 1 + the number of nodes that are no ancestors (nor the node
/// itself) and at most as far; so ties count against the embedding, and one that collapsed to a point does worst.
/// *Far* is the distance; if the points were [trained so](super::Loss), the angle by which the node is outside the other's
/// cone, negative inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reconstruction {
    /// Mean average precision over the nodes with ancestors, in 0..=1.
    pub map: f64,
    /// Mean rank over all (node, ancestor) pairs, at least 1.
    pub mean_rank: f64,
}

/// Measures how well an embedding tells the edges of `hierarchy`, usually a closure.
///
/// Exact: every ancestor is ranked among all nodes. The bits do not depend on the number of threads.
///
/// # Errors
/// [`Error::Argument`] if a node has no point, with the closest names.
pub fn reconstruction(embeddings: &Embeddings, hierarchy: &Hierarchy, device: &Device) -> Result<Reconstruction> {
    let ask = |node| Question { node, wanted: hierarchy.ancestors(node), known: hierarchy.ancestors(node) };
    let questions: Vec<Question> =
        (0..hierarchy.len() as u32).map(ask).filter(|question| !question.wanted.is_empty()).collect();
    measure(embeddings, hierarchy, &questions, device)
}

/// Measures how well an embedding tells the `withheld` edges, (node, ancestor) sorted, that it was not trained on.
///
/// Each is ranked among all nodes that are no ancestors in `hierarchy`, which holds both the withheld edges and the
/// others; means are over the nodes and pairs of the withheld ones.
///
/// # Errors
/// [`Error::Argument`] if there is no pair, or a node has no point.
pub fn link_prediction(
    embeddings: &Embeddings,
    hierarchy: &Hierarchy,
    withheld: &[(u32, u32)],
    device: &Device,
) -> Result<Reconstruction> {
    if withheld.is_empty() {
        let remedy = "give what `Hierarchy::withhold` has set aside".into();
        return Err(Error::Argument { op: "link_prediction", what: "there is no pair".into(), remedy });
    }
    let ancestors: Vec<u32> = withheld.iter().map(|pair| pair.1).collect();
    let mut rest = ancestors.as_slice();
    let mut questions = vec![];
    for pairs in withheld.chunk_by(|a, b| a.0 == b.0) {
        let (wanted, after) = rest.split_at(pairs.len());
        questions.push(Question { node: pairs[0].0, wanted, known: hierarchy.ancestors(pairs[0].0) });
        rest = after;
    }
    measure(embeddings, hierarchy, &questions, device)
}

fn measure(
    embeddings: &Embeddings,
    hierarchy: &Hierarchy,
    questions: &[Question<'_>],
    device: &Device,
) -> Result<Reconstruction> {
    let positions = embeddings.positions(hierarchy)?;
    let scores = match embeddings.fused()? {
        Some(space) => {
            let (dim, rows) = (embeddings.dim(), embeddings.unit_rows()?);
            let rows: Vec<f64> = positions.iter().flat_map(|&i| &rows[i * dim..(i + 1) * dim]).copied().collect();
            // The radius changes no order.
            let table = match space {
                Fused::Flat => Table::new(Flat, dim, &rows),
                Fused::Ball(_) => Table::new(Ball { radius: 1.0, rim: 1.0 }, dim, &rows),
            };
            Tiles::new(&table).answers(questions, device.cpu_for("evaluate")?)
        }
        None => by_tensors(embeddings, &positions, questions, device)?,
    };
    // In the order of the nodes, whoever computed them.
    let (mut precision, mut ranks) = (0.0, 0.0);
    for score in &scores {
        precision += score.precision;
        ranks += score.ranks;
    }
    let pairs: usize = questions.iter().map(|question| question.wanted.len()).sum();
    Ok(Reconstruction { map: precision / questions.len() as f64, mean_rank: ranks / pairs as f64 })
}

/// Pairs of points that are compared in one operation.
const PAIRS: usize = 1 << 18;

/// The same on any manifold, and for cones.
fn by_tensors(
    embeddings: &Embeddings,
    positions: &[usize],
    questions: &[Question<'_>],
    device: &Device,
) -> Result<Vec<Score>> {
    let points = embeddings.tensor(positions.iter().copied(), device)?;
    let mut scores = Vec::with_capacity(questions.len());
    for share in questions.chunks((PAIRS / positions.len()).max(1)) {
        let nodes = embeddings.tensor(share.iter().map(|question| positions[question.node as usize]), device)?;
        let keys = embeddings.far(&nodes.unsqueeze(1)?, &points.unsqueeze(0)?)?.to_vec::<f64>()?;
        let keys = keys.chunks_exact(positions.len());
        scores.extend(share.iter().zip(keys).map(|(question, keys)| answer(question, keys)));
    }
    Ok(scores)
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
            let fast = reconstruction(&embeddings, &tree, &Device::cpu_with_threads(1))?;
            let definition = slow(&embeddings, &tree)?;
            assert!((fast.map - definition.map).abs() < 1e-12, "{kind}: {fast:?}, {definition:?}");
            assert!((fast.mean_rank - definition.mean_rank).abs() < 1e-12, "{kind}: {fast:?}, {definition:?}");
            assert_eq!(fast, reconstruction(&embeddings, &tree, &Device::cpu_with_threads(3))?);
        }
        Ok(())
    }

    #[test]
    fn a_collapsed_embedding_is_the_worst() -> Result<()> {
        let star = Hierarchy::from_pairs([("a", "r"), ("b", "r"), ("c", "r"), ("d", "r")])?;
        let manifold = "poincare".parse()?;
        let embeddings = Embeddings::new(star.names().to_vec(), manifold, 2, vec![0.0; 10])?;
        let worst = reconstruction(&embeddings, &star, &Device::cpu_with_threads(1))?;
        assert_eq!(worst, Reconstruction { map: 0.25, mean_rank: 4.0 });
        Ok(())
    }
}
