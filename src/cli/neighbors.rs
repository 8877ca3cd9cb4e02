//! `beltrami neighbors`: what lies near a name.

use super::{Outcome, embeddings};
use crate::Result;
use std::path::PathBuf;

/// Lists the points nearest to a name: distance and name, a line each.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The embeddings: a file, or the directory that `beltrami embed` wrote.
    #[arg(value_name = "EMB")]
    embeddings: PathBuf,
    /// The name, as in the edge list.
    name: String,
    /// How many.
    #[arg(short, default_value_t = 10)]
    k: usize,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let embeddings = embeddings(&args.embeddings)?;
    for (i, distance) in embeddings.neighbors(embeddings.find(&args.name)?, args.k)? {
        println!("{distance:.4}\t{}", embeddings.names()[i]);
    }
    Ok(Outcome::Passed)
}
