//! `beltrami measure`: how curved data are, before anything is learned from them.

use super::{Outcome, embeddings};
use crate::backend::cpu::Cpu;
use crate::data::{Graph, read_edge_list, read_graph, read_table};
use crate::manifold::{Manifold, Spec};
use crate::measure::{
    AgainstNull, Candidate, Distances, Effort, Hyperbolicity, Null, Sectional, Signature, hyperbolicity_of_graph,
    hyperbolicity_of_points, sectional, suggest_signature,
};
use crate::{Device, Result, Rng, Tensor};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Measures how curved data are: Gromov's δ beside that of data without structure, sectional curvature, and which space
/// they would fit into.
///
/// FILE is an edge list (`node<TAB>node[<TAB>length]`, TSV or CSV, also .gz), whose largest connected component is
/// measured; or points: an array .npy, a table with --points, or embeddings as `beltrami embed` writes them.
///
/// δ is half the difference of the two larger sums of opposite distances of four points, at its largest. It is 0 for
/// trees. A small 2δ/diameter is a sign of a tree only if it is well below the null's: Gaussian points of the same number
/// and dimension, or the same graph with its edges exchanged at random.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Edge list, .npy array, table, or embeddings (file or directory).
    file: PathBuf,
    /// FILE is a table of points: `[name<TAB>]numbers[<TAB>label]` lines.
    #[arg(long)]
    points: bool,
    /// Where the points of a table or array live, as "poincare(kappa=-1)".
    #[arg(long, default_value = "euclidean")]
    manifold: Spec,
    /// The edge list is a hierarchy, such as a transitive closure (`child<TAB>ancestor`): measure its direct edges only.
    #[arg(long, conflicts_with_all = ["points", "lengths"])]
    hierarchy: bool,
    /// The third column of an edge list is the edge's length; else all are 1.
    #[arg(long, conflicts_with = "points")]
    lengths: bool,
    /// Larger data are measured on this many points, drawn at random.
    #[arg(long, default_value_t = Effort::default().points, value_name = "N")]
    max_points: usize,
    /// Fours of points drawn at random.
    #[arg(long, default_value_t = Effort::default().quadruples, value_name = "N")]
    quadruples: u64,
    /// Steps in the search for the exact δ; 0 for none.
    #[arg(long, default_value_t = Effort::default().search, value_name = "N")]
    search: u64,
    /// Pairs of edges whose curvature is measured.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pairs: usize,
    /// Points: how many of its nearest ones each is joined to, for a graph to measure curvature on.
    #[arg(short, long, default_value_t = 10, value_name = "K")]
    neighbors: usize,
    /// Dimension of the space to suggest.
    #[arg(long, default_value_t = 5)]
    dim: usize,
    /// Where random draws come from.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// One JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let cpu = Cpu::new(Device::cpu().threads());
    let rng = Rng::new(args.seed);
    let effort = Effort { points: args.max_points, quadruples: args.quadruples, search: args.search, rng };
    let found = match Source::read(args)? {
        Source::Graph(graph) => of_graph(&graph, args, &effort, &cpu)?,
        Source::Points(points, manifold) => of_points(&points, &*manifold, args, &effort, &cpu)?,
    };
    if args.json {
        println!("{}", found.json())
    } else {
        found.print()
    }
    Ok(Outcome::Passed)
}

enum Source {
    Graph(Graph),
    Points(Tensor, Arc<dyn Manifold>),
}

impl Source {
    fn read(args: &Args) -> Result<Source> {
        let path: &Path = &args.file;
        let ends = |e: &str| path.extension().is_some_and(|x| x.eq_ignore_ascii_case(e));
        if path.is_dir() || ends("safetensors") {
            let stored = embeddings(path)?;
            let rows = Tensor::from_slice(stored.rows(), [stored.names().len(), stored.width()])?;
            return Ok(Source::Points(rows, stored.manifold().build()?));
        }
        if args.points || ends("npy") {
            return Ok(Source::Points(read_table(path)?.features, args.manifold.build()?));
        }
        Ok(Source::Graph(match args.hierarchy {
            true => Graph::of_hierarchy(&read_edge_list(path)?),
            false => read_graph(path, args.lengths)?,
        }))
    }
}

/// All that was measured.
struct Found {
    what: String,
    delta: AgainstNull,
    curvature: Sectional,
    /// What graph the curvature is that of.
    curvature_of: String,
    signature: Signature,
}

fn of_graph(graph: &Graph, args: &Args, effort: &Effort, cpu: &Cpu) -> Result<Found> {
    let part = graph.largest_component();
    let what = format!(
        "largest component: {} of {} nodes, {} of {} edges",
        part.len(),
        graph.len(),
        part.edge_count(),
        graph.edge_count()
    );
    let distances = Distances::of_nodes(&part, &effort.choose(part.len()), cpu)?;
    Ok(Found {
        what,
        delta: hyperbolicity_of_graph(&part, effort, cpu)?,
        curvature: sectional(&part, args.pairs, effort.rng, cpu)?,
        curvature_of: "the graph".into(),
        signature: suggest_signature(&distances, args.dim, effort.rng, cpu)?,
    })
}

fn of_points(points: &Tensor, manifold: &dyn Manifold, args: &Args, effort: &Effort, cpu: &Cpu) -> Result<Found> {
    let delta = hyperbolicity_of_points(points, manifold, effort)?;
    let chosen = effort.choose(points.dims()[0]);
    let chosen = points.index_select(0, &Tensor::from_slice(&chosen, chosen.len())?)?;
    let distances = Distances::of_points(&chosen, manifold)?;
    let near = distances.nearest_neighbors(args.neighbors)?;
    Ok(Found {
        what: format!("{} points, rows of {} on {}", points.dims()[0], points.dims()[1], manifold.spec()),
        delta,
        curvature: sectional(&near, args.pairs, effort.rng, cpu)?,
        curvature_of: format!("the graph of {} nearest neighbours", args.neighbors),
        signature: suggest_signature(&distances, args.dim, effort.rng, cpu)?,
    })
}

impl Found {
    fn print(&self) {
        let AgainstNull { value, null, kind } = &self.delta;
        println!("{}", self.what);
        match kind {
            Null::Gaussian { dim } => println!("null: Gaussian points of {dim} dimensions"),
            Null::Rewired { swaps } => println!("null: the graph after {swaps} random exchanges of edges' ends"),
        }
        println!("\n{:34} {:>20} {:>20}", "", "data", "null");
        for (name, cell) in ROWS {
            println!("{name:34} {:>20} {:>20}", cell(value), cell(null));
        }
        let Sectional { pairs, mean, deviation, quantiles: [low, _, middle, _, high] } = self.curvature;
        println!("\nsectional curvature ξ of {}, {pairs} pairs of edges:", self.curvature_of);
        println!("mean {mean:.4}, deviation {deviation:.4}, 5 % {low:.4}, median {middle:.4}, 95 % {high:.4}");
        let Signature { suggested, candidates, points } = &self.signature;
        println!("\nsuggested space (a heuristic): {suggested}");
        println!("mean distortion of {points} points in each space that was tried, and its curvatures:");
        for candidate in candidates {
            println!("{:10} {:.4}  κ {}", candidate.to_string(), candidate.distortion, kappas(candidate));
        }
    }

    fn json(&self) -> Value {
        let AgainstNull { value, null, kind } = &self.delta;
        let null_kind = match kind {
            Null::Gaussian { dim } => json!({ "kind": "gaussian", "dim": dim }),
            Null::Rewired { swaps } => json!({ "kind": "rewired", "swaps": swaps }),
        };
        let Sectional { pairs, mean, deviation, quantiles } = self.curvature;
        let candidate = |c: &Candidate| {
            let kappas: Vec<f64> = c.factors.iter().map(|f| f.2).collect();
            json!({ "signature": c.to_string(), "kappas": kappas, "distortion": c.distortion })
        };
        json!({
            "what": self.what,
            "hyperbolicity": hyperbolicity_json(value),
            "null": hyperbolicity_json(null),
            "null_kind": null_kind,
            "curvature": { "of": self.curvature_of, "pairs": pairs, "mean": mean, "deviation": deviation,
                           "quantiles": quantiles },
            "suggested": candidate(&self.signature.suggested),
            "candidates": self.signature.candidates.iter().map(candidate).collect::<Vec<_>>(),
        })
    }
}

/// A line of the table: what, and how it is written.
type Line = (&'static str, fn(&Hyperbolicity) -> String);

const ROWS: [Line; 8] = [
    ("points", |h| h.points.to_string()),
    ("diameter", |h| number(h.diameter)),
    ("δ", |h| between(h.lower, h.upper)),
    ("2δ/diameter", |h| between(h.relative(h.lower), h.relative(h.upper))),
    ("δ at a base point", |h| number(h.base_point)),
    ("2δ/diameter at a base point", |h| number(h.relative(h.base_point))),
    ("mean δ of random fours", |h| format!("{:.5} ± {:.5}", h.sample.mean, h.sample.standard_error)),
    ("largest δ of random fours", |h| number(h.sample.largest)),
];

fn number(x: f64) -> String {
    let rounded = format!("{x:.4}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn between(low: f64, high: f64) -> String {
    if low == high { number(low) } else { format!("{} to {}", number(low), number(high)) }
}

fn kappas(candidate: &Candidate) -> String {
    candidate.factors.iter().map(|f| format!("{:.4}", f.2)).collect::<Vec<_>>().join(", ")
}

fn hyperbolicity_json(h: &Hyperbolicity) -> Value {
    json!({
        "points": h.points, "diameter": h.diameter, "delta_lower": h.lower, "delta_upper": h.upper,
        "relative_lower": h.relative(h.lower), "relative_upper": h.relative(h.upper),
        "delta_base_point": h.base_point, "relative_base_point": h.relative(h.base_point),
        "sample": {
            "quadruples": h.sample.quadruples, "mean": h.sample.mean, "standard_error": h.sample.standard_error,
            "largest": h.sample.largest, "rarer_than": h.sample.rarer_than,
        },
    })
}
