//! `beltrami embed`: learn an embedding of a hierarchy, measure it, write and draw it.

mod checkpoint;
mod folder;
mod pictures;

use super::{Outcome, interrupt, usage};
use crate::backend::cpu::Cpu;
use crate::data::{Hierarchy, WordNet, mammals, read_edge_list};
use crate::manifold::Spec;
use crate::models::{HierarchyTrainer, Settings, reconstruction};
use crate::{Device, Error, Result};
use checkpoint::Checkpoint;
use folder::Folder;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Learns hyperbolic embeddings of a hierarchy. Without a source: WordNet's mammals, contained in the program.
///
/// Writes to --out: embeddings.safetensors and .tsv, metrics.jsonl, loss.svg and .png, and checkpoint.safetensors for
/// --resume; for hyperbolic manifolds also disk.svg, disk.png, and disk.html, a page to travel in.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Edge list, a `child<TAB>ancestor` a line (TSV or CSV, also .gz); its transitive closure is learned.
    #[arg(long, value_name = "FILE", conflicts_with = "wordnet")]
    edges: Option<PathBuf>,
    /// Directory of WordNet's dict files (`data.noun`, `index.noun`): all nouns.
    #[arg(long, value_name = "DIR")]
    wordnet: Option<PathBuf>,
    /// Only this synset and what is below it, as mammal.n.01.
    #[arg(long, value_name = "SYNSET", requires = "wordnet")]
    root: Option<String>,
    /// Where the points live.
    #[arg(long, default_value = "poincare", value_parser = ["poincare", "lorentz", "euclidean"])]
    manifold: String,
    /// Sectional curvature κ, negative [default: -1; euclidean: 0].
    #[arg(long, allow_negative_numbers = true)]
    kappa: Option<f64>,
    /// Dimension of the space.
    #[arg(long, default_value_t = 5)]
    dim: usize,
    /// How often each node is visited.
    #[arg(long, default_value_t = 600)]
    epochs: usize,
    /// Nodes sampled against the ancestors of each node.
    #[arg(long, default_value_t = 50)]
    negatives: usize,
    /// Learning rate after the burn-in [default: 0.05; euclidean: 0.01].
    #[arg(long, allow_negative_numbers = true)]
    lr: Option<f64>,
    /// Epochs over which the rate rises from 0 [default: half of --epochs].
    #[arg(long, value_name = "EPOCHS")]
    burn_in: Option<usize>,
    /// Nodes a step, each with all its ancestors.
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Threads [default: one a core]. Results do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
    /// Seed of the random numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory of the results.
    #[arg(long, value_name = "DIR", default_value = "beltrami-out")]
    out: PathBuf,
    /// Go on from the checkpoint in --out: the same bits as never stopping.
    #[arg(long)]
    resume: bool,
    /// The last line is one JSON object: map, mean_rank, epochs, seconds, cpu_seconds, pairs_per_second (pairs of points
    /// whose distance was learned from), peak_rss_mb.
    #[arg(long)]
    json: bool,
}

/// Checkpoints are written this often.
const SAVE_EVERY: Duration = Duration::from_secs(60);

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let start = Instant::now();
    let stop = interrupt::listen();
    let settings = args.settings()?;
    let hierarchy = args.hierarchy()?.closure();
    let folder = Folder::prepare(&args.out, &hierarchy, settings.dim)?;
    let cpu = Cpu::new(args.threads.unwrap_or_else(|| Device::cpu().threads()));
    let origin = Checkpoint::origin(&hierarchy, &settings);
    let (mut trainer, before) = match args.resume {
        false => (HierarchyTrainer::new(&hierarchy, settings.clone())?, 0.0),
        true => {
            let checkpoint = Checkpoint::read(&folder.checkpoint(), &origin)?;
            (checkpoint.trainer(&folder.checkpoint(), &hierarchy, &settings)?, checkpoint.seconds)
        }
    };
    println!(
        "{} nodes, {} pairs; {} in {} dimensions, {} epochs",
        hierarchy.len(),
        hierarchy.edges().len(),
        settings.manifold,
        settings.dim,
        args.epochs
    );

    let training = Instant::now();
    let seconds = || before + training.elapsed().as_secs_f64();
    let save = |trainer: &HierarchyTrainer| {
        let checkpoint = Checkpoint { origin: origin.clone(), state: trainer.state(), seconds: seconds() };
        checkpoint.write(&folder.checkpoint())
    };
    let bar = progress_bar(args.epochs, trainer.epochs());
    let (mut pairs, mut saved) = (0, Instant::now());
    while trainer.epochs() < args.epochs {
        if stop() {
            bar.finish_and_clear();
            save(&trainer)?;
            eprintln!("beltrami: stopped in epoch {} of {}; saved.", trainer.epochs() + 1, args.epochs);
            eprintln!("Go on with: {}", interrupt::command_with("--resume"));
            return Ok(Outcome::Interrupted);
        }
        let step = trainer.step(&cpu)?;
        pairs += step.pairs;
        if let Some(loss) = step.finished {
            let rate = pairs as f64 / training.elapsed().as_secs_f64();
            bar.set_message(format!("loss {loss:.4}, {:.1} M pairs/s", rate * 1e-6));
            bar.inc(1);
            if saved.elapsed() > SAVE_EVERY {
                save(&trainer)?;
                saved = Instant::now();
            }
        }
    }
    bar.finish_and_clear();
    let (train_seconds, total) = (training.elapsed().as_secs_f64(), seconds());

    let embeddings = trainer.embeddings()?;
    let quality = reconstruction(&embeddings, &hierarchy, &cpu)?;
    save(&trainer)?;
    folder.write_embeddings(&embeddings)?;
    pictures::write(&folder, &embeddings, &hierarchy, trainer.losses(), quality)?;
    let report = json!({
        "map": quality.map,
        "mean_rank": quality.mean_rank,
        "epochs": trainer.epochs(),
        "loss": trainer.losses().last(),
        "manifold": settings.manifold.to_string(),
        "dim": settings.dim,
        "seed": settings.seed,
        "training_seconds": total,
        "seconds": start.elapsed().as_secs_f64(),
        "cpu_seconds": usage::cpu_seconds(),
        "pairs_per_second": if pairs > 0 { Some(pairs as f64 / train_seconds) } else { None },
        "peak_rss_mb": usage::peak_rss_mb(),
    });
    folder.write_metrics(trainer.losses(), |epoch| settings.rate(epoch), &report)?;
    println!(
        "MAP {:.4}, mean rank {:.3} after {} epochs ({:.1} s); results in {}",
        quality.map,
        quality.mean_rank,
        trainer.epochs(),
        start.elapsed().as_secs_f64(),
        args.out.display()
    );
    if args.json {
        println!("{report}");
    }
    Ok(Outcome::Passed)
}

impl Args {
    fn settings(&self) -> Result<Settings> {
        if self.epochs == 0 {
            return Err(bad("0 epochs".into(), "give at least 1"));
        }
        let flat = self.manifold == "euclidean";
        let kappa = self.kappa.unwrap_or(if flat { 0.0 } else { -1.0 });
        if flat && kappa != 0.0 {
            return Err(bad(format!("κ = {kappa} for flat space"), "leave --kappa out, or choose poincare or lorentz"));
        }
        let settings = Settings {
            manifold: Spec::new(&self.manifold, kappa),
            dim: self.dim,
            negatives: self.negatives,
            lr: self.lr.unwrap_or(if flat { 0.01 } else { 0.05 }),
            burn_in: self.burn_in.unwrap_or(self.epochs / 2),
            batch: self.batch,
            seed: self.seed,
        };
        // Before any file is read: a large hierarchy takes a while.
        settings.check().map(|()| settings)
    }

    fn hierarchy(&self) -> Result<Hierarchy> {
        match (&self.edges, &self.wordnet, &self.root) {
            (Some(file), _, _) => read_edge_list(file),
            (_, Some(dir), Some(root)) => WordNet::open(dir)?.below(root),
            (_, Some(dir), None) => WordNet::open(dir)?.nouns(),
            _ => mammals(),
        }
    }
}

fn bad(what: String, remedy: &str) -> Error {
    Error::Argument { op: "embed", what, remedy: remedy.into() }
}

/// Draws on stderr, and nowhere if that is no terminal.
fn progress_bar(epochs: usize, done: usize) -> ProgressBar {
    let bar = ProgressBar::new(epochs as u64).with_position(done as u64);
    let template = "{bar:30} epoch {pos}/{len}  {msg}  {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
