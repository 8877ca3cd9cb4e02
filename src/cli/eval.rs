//! `beltrami eval`: how well stored embeddings reconstruct a hierarchy.

use super::{Outcome, embeddings};
use crate::data::read_edge_list;
use crate::models::reconstruction;
use crate::{Device, Result};
use serde_json::json;
use std::path::PathBuf;

/// Measures embeddings against an edge list: mean rank and mean average precision of its closure, exact.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The embeddings: a file, or the directory that `beltrami embed` wrote.
    #[arg(value_name = "EMB")]
    embeddings: PathBuf,
    /// Edge list as `beltrami embed --edges` reads it.
    edges: PathBuf,
    /// The last line is one JSON object: map, mean_rank, nodes, pairs.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let embeddings = embeddings(&args.embeddings)?;
    let hierarchy = read_edge_list(&args.edges)?.closure();
    let quality = reconstruction(&embeddings, &hierarchy, &Device::cpu())?;
    let (nodes, pairs) = (hierarchy.len(), hierarchy.edges().len());
    println!("MAP {:.4}, mean rank {:.3} of {pairs} pairs of {nodes} nodes", quality.map, quality.mean_rank);
    if args.json {
        let report = json!({ "map": quality.map, "mean_rank": quality.mean_rank, "nodes": nodes, "pairs": pairs });
        println!("{report}");
    }
    Ok(Outcome::Passed)
}
