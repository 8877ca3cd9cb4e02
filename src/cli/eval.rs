//! `beltrami eval`: how well stored embeddings reconstruct a hierarchy, and how far they change its distances.

use super::{Outcome, embeddings};
use crate::backend::cpu::Cpu;
use crate::data::{Graph, Hierarchy, read_edge_list};
use crate::measure::{Distances, Distortion, Effort, distortion};
use crate::models::{Embeddings, reconstruction};
use crate::{Device, Result, Tensor};
use serde_json::json;
use std::path::PathBuf;

/// Measures embeddings against an edge list: mean rank and mean average precision of its closure, exact; and how far the
/// distances differ from the lengths of the shortest paths along its direct edges (the mean of |d′/d − 1| as they are and
/// after the best scaling, and max d′/d over min d′/d), between 3000 nodes at most, drawn at random.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The embeddings: a file, or the directory that `beltrami embed` wrote.
    #[arg(value_name = "EMB")]
    embeddings: PathBuf,
    /// Edge list as `beltrami embed --edges` reads it.
    edges: PathBuf,
    /// The last line is one JSON object: map, mean_rank, nodes, pairs, distortion.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let embeddings = embeddings(&args.embeddings)?;
    let hierarchy = read_edge_list(&args.edges)?.closure();
    let device = Device::cpu();
    let cpu = Cpu::new(device.threads());
    let quality = reconstruction(&embeddings, &hierarchy, &device)?;
    let (nodes, pairs) = (hierarchy.len(), hierarchy.edges().len());
    println!("MAP {:.4}, mean rank {:.3} of {pairs} pairs of {nodes} nodes", quality.map, quality.mean_rank);
    let Distortion { average, worst, average_scaled, scale } = changed(&embeddings, &hierarchy, &cpu)?;
    println!("distortion {average:.4}, {average_scaled:.4} when scaled by {scale:.4}; worst {worst:.3}");
    if args.json {
        // JSON has no infinity: points that coincide have a worst of null.
        let distortion =
            json!({ "average": average, "worst": worst, "average_scaled": average_scaled, "scale": scale });
        let report = json!({ "map": quality.map, "mean_rank": quality.mean_rank, "nodes": nodes, "pairs": pairs,
                             "distortion": distortion });
        println!("{report}");
    }
    Ok(Outcome::Passed)
}

/// How far the embedding changes the distances in the largest connected part of the hierarchy.
fn changed(embeddings: &Embeddings, hierarchy: &Hierarchy, cpu: &Cpu) -> Result<Distortion> {
    let graph = Graph::of_hierarchy(hierarchy);
    let part = graph.components().swap_remove(0); // a hierarchy has a node
    let nodes: Vec<u32> = Effort::default().choose(part.len()).into_iter().map(|i| part[i as usize]).collect();
    let positions = embeddings.positions(hierarchy)?;
    let rows: Vec<f64> = nodes.iter().flat_map(|&v| embeddings.row(positions[v as usize])).copied().collect();
    let points = Tensor::from_slice(&rows, [nodes.len(), embeddings.width()])?;
    let embedded = Distances::of_points(&points, &*embeddings.manifold().build()?)?;
    distortion(&Distances::of_nodes(&graph, &nodes, cpu)?, &embedded, cpu)
}
