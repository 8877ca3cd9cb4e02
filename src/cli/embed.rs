//! `beltrami embed`: learn an embedding of a hierarchy, measure it, write and draw it.

mod checkpoint;
mod compare;
mod folder;
mod pictures;
mod space;
mod training;

use super::{Outcome, interrupt, usage};
use crate::data::{Hierarchy, WordNet, mammals, read_edge_list};
use crate::models::{Embeddings, HierarchyTrainer, Loss, Reconstruction, Settings, link_prediction, reconstruction};
use crate::{Device, Error, Result};
use folder::Folder;
use serde_json::json;
use space::Space;
use std::path::PathBuf;
use std::time::Instant;
use training::Training;

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
    /// Where the points live: poincare, lorentz, halfspace, solvable, euclidean, sphere or stereographic with --dim; or with
    /// the dimension as h5 (hyperboloid), p5 (ball), e5 (flat), s3 (sphere), and products of these as h3,e2.
    #[arg(long, default_value = "poincare", value_name = "SPACE")]
    manifold: String,
    /// Sectional curvature κ, negative [default: -1; euclidean: 0]. Not for products.
    #[arg(long, allow_negative_numbers = true)]
    kappa: Option<f64>,
    /// Learns κ too, starting from --kappa: of every curved space, and of each curved factor of a product.
    #[arg(long)]
    learn_curvature: bool,
    /// Dimension of the space [default: 5].
    #[arg(long)]
    dim: Option<usize>,
    /// What is minimised: softmax brings nodes near their ancestors; cones puts them inside their ancestors' entailment
    /// cones (hyperbolic spaces, not products; the softmax comes first, for the burn-in).
    #[arg(long, default_value = "softmax", value_parser = ["softmax", "cones"])]
    loss: String,
    /// Sets aside a fraction of the edges that others imply (those outside the transitive reduction), and measures after
    /// training how well these are told. They are neither trained on nor sampled as negatives; --seed chooses them.
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    holdout: Option<f64>,
    /// Trains each of a list of spaces with the same settings and prints a table: 'e5,h5,"h3,e2"'. Reconstruction alone
    /// favours room: flat space of 50 dimensions does better at it than hyperbolic space of 5. Compare with --holdout.
    #[arg(long, value_name = "SPACES", conflicts_with_all = ["manifold", "dim"])]
    compare: Option<String>,
    /// Repeats each training of --compare with this many seeds, from --seed on; the table has mean ± standard deviation.
    #[arg(long, default_value_t = 1, requires = "compare")]
    seeds: u64,
    /// How often each node is visited.
    #[arg(long, default_value_t = 600)]
    epochs: usize,
    /// Nodes sampled against the ancestors of each node.
    #[arg(long, default_value_t = 50)]
    negatives: usize,
    /// Learning rate after the burn-in [default: 0.05; euclidean, whose distances are squared: 0.01].
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
    /// Where training computes: cpu, cuda (card 0) or cuda:N. A card trains by tensors, in single precision: not the same
    /// bits as the processor. Results are measured on the processor.
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Seed of the random numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory of the results.
    #[arg(long, value_name = "DIR", default_value = "beltrami-out")]
    out: PathBuf,
    /// Go on from the checkpoint in --out: the same bits as never stopping.
    #[arg(long)]
    resume: bool,
    /// The last line is one JSON object: map, mean_rank (of all edges), heldout_map, heldout_mean_rank, heldout_pairs
    /// (with --holdout), curvatures (with --learn-curvature, in the order of the factors), epochs, seconds, cpu_seconds,
    /// pairs_per_second (pairs of points whose distance was learned from), peak_rss_mb. With --compare: a list of such
    /// objects.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    match &args.compare {
        Some(list) => compare::run(args, list),
        None => single(args),
    }
}

/// One embedding, with all its files.
fn single(args: &Args) -> Result<Outcome> {
    let start = Instant::now();
    let stop = interrupt::listen();
    // Before any file is read: a large hierarchy takes a while.
    let settings = args.settings(&Space::new(&args.manifold, args.kappa, args.dim)?, args.seed)?;
    let device = args.device()?;
    let hierarchy = args.hierarchy()?.closure();
    let folder = Folder::prepare(&args.out, &hierarchy, settings.dim)?;
    let training = Training {
        hierarchy: &hierarchy,
        settings: &settings,
        epochs: args.epochs,
        checkpoint: folder.checkpoint(),
        device: &device,
    };
    let begun = training.begin(args.resume)?;
    println!(
        "{} nodes, {} pairs; {} in {} dimensions, {} epochs",
        hierarchy.len(),
        hierarchy.edges().len(),
        settings.manifold,
        settings.dim,
        args.epochs
    );
    let Some(trained) = training.run(begun, "", &stop)? else { return Ok(Outcome::Interrupted) };

    let trainer = &trained.trainer;
    let embeddings = trainer.embeddings()?;
    let quality = Quality::measure(trainer, &embeddings, &hierarchy, &args.cpu())?;
    folder.write_embeddings(&embeddings)?;
    pictures::write(&folder, &embeddings, &hierarchy, trainer.losses(), quality.all)?;
    let mut report = json!({
        "map": quality.all.map,
        "mean_rank": quality.all.mean_rank,
        "epochs": trainer.epochs(),
        "loss": trainer.losses().last(),
        "manifold": embeddings.manifold().to_string(),
        "dim": settings.dim,
        "seed": settings.seed,
        "training_seconds": trained.seconds,
        "seconds": start.elapsed().as_secs_f64(),
        "cpu_seconds": usage::cpu_seconds(),
        "pairs_per_second": trained.pairs_per_second,
        "peak_rss_mb": usage::peak_rss_mb(),
    });
    if settings.learn_curvature {
        let learned: Vec<f64> = embeddings.manifold().curved().iter().map(|factor| factor.kappa).collect();
        report["curvatures"] = json!(learned);
    }
    if let Some(heldout) = quality.heldout {
        report["heldout_map"] = json!(heldout.map);
        report["heldout_mean_rank"] = json!(heldout.mean_rank);
        report["heldout_pairs"] = json!(trainer.withheld().len());
    }
    folder.write_metrics(trainer.losses(), |epoch| settings.rate(epoch), &report)?;
    println!(
        "MAP {:.4}, mean rank {:.3} after {} epochs ({:.1} s); results in {}",
        quality.all.map,
        quality.all.mean_rank,
        trainer.epochs(),
        start.elapsed().as_secs_f64(),
        args.out.display()
    );
    if let Some(heldout) = quality.heldout {
        let pairs = trainer.withheld().len();
        println!("MAP {:.4}, mean rank {:.3} of {pairs} pairs that were set aside", heldout.map, heldout.mean_rank);
    }
    if settings.learn_curvature {
        println!("learned: {}", embeddings.manifold());
    }
    if args.json {
        println!("{report}");
    }
    Ok(Outcome::Passed)
}

/// How good an embedding is.
struct Quality {
    /// Of all edges, trained on or not.
    all: Reconstruction,
    /// Of those that were set aside.
    heldout: Option<Reconstruction>,
}

impl Quality {
    fn measure(
        trainer: &HierarchyTrainer<'_>,
        embeddings: &Embeddings,
        hierarchy: &Hierarchy,
        device: &Device,
    ) -> Result<Quality> {
        let withheld = trainer.withheld();
        let heldout = (!withheld.is_empty()).then(|| link_prediction(embeddings, hierarchy, withheld, device));
        Ok(Quality { all: reconstruction(embeddings, hierarchy, device)?, heldout: heldout.transpose()? })
    }
}

impl Args {
    fn cpu(&self) -> Device {
        self.threads.map_or_else(Device::cpu, Device::cpu_with_threads)
    }

    /// Where training computes.
    fn device(&self) -> Result<Device> {
        let unknown = || bad(format!("device {:?}", self.device), "give cpu, cuda or cuda:N");
        match self.device.split_once(':') {
            None if self.device == "cpu" => Ok(self.cpu()),
            None if self.device == "cuda" => Device::cuda(0),
            Some(("cuda", number)) => Device::cuda(number.parse().map_err(|_| unknown())?),
            _ => Err(unknown()),
        }
    }

    fn settings(&self, space: &Space, seed: u64) -> Result<Settings> {
        if self.epochs == 0 {
            return Err(bad("0 epochs".into(), "give at least 1"));
        }
        if self.holdout == Some(0.0) {
            return Err(bad("a holdout of 0".into(), "give a fraction between 0 and 1, or leave --holdout out"));
        }
        let settings = Settings {
            manifold: space.spec.clone(),
            dim: space.dim,
            learn_curvature: self.learn_curvature,
            loss: self.loss.parse::<Loss>()?,
            holdout: self.holdout.unwrap_or(0.0),
            by_tensors: self.device != "cpu",
            negatives: self.negatives,
            lr: self.lr.unwrap_or(space.usual_lr()),
            burn_in: self.burn_in.unwrap_or(self.epochs / 2),
            batch: self.batch,
            seed,
        };
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
