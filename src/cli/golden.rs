//! `beltrami golden DIR`: recorded values of other systems and of 40-digit arithmetic, computed again.
//!
//! A case is a file; its name and metadata say what to compute, its tensors every shape and number.

mod attention;
mod charts;
mod contrast;
mod fixture;
mod focused;
mod images;
mod layers;
mod linears;
mod lorentz_ops;
mod maps;
mod optimizers;
mod poincare_ops;
mod points;
mod scalars;

use super::Outcome;
use crate::{Error, Result};
use fixture::Fixture;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Computes every recorded case below a directory and compares.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Directory with `hypercore/*.safetensors`, `hyperbolic/*.json` and the like, at any depth.
    dir: PathBuf,
    /// The last line is one JSON object: passed, failed, skipped with reasons.
    #[arg(long)]
    json: bool,
}

/// What came of one case.
#[derive(Default)]
struct Report {
    /// What was compared, its relative error, and the largest that passes.
    checks: Vec<(String, f64, f64)>,
    /// What was left out, and why.
    skips: Vec<(String, String)>,
}

impl Report {
    fn check(&mut self, what: impl Into<String>, error: f64, tolerance: f64) {
        self.checks.push((what.into(), error, tolerance));
    }

    fn skip(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.skips.push((what.into(), reason.into()));
    }

    /// The check closest to (or furthest beyond) its tolerance. NaN is worst.
    fn worst(&self) -> Option<&(String, f64, f64)> {
        let badness = |c: &(String, f64, f64)| if c.1.is_nan() { f64::INFINITY } else { c.1 / c.2 };
        self.checks.iter().max_by(|a, b| badness(a).total_cmp(&badness(b)))
    }
}

/// Whether an error passes; NaN does not.
fn within(error: f64, tolerance: f64) -> bool {
    error <= tolerance
}

type Run = fn(&Fixture) -> Result<Report>;

/// Which function computes the cases whose name begins so.
const FAMILIES: &[(&str, Run)] = &[
    ("lorentz_poincare_maps", maps::run),
    ("lorentz_ops", lorentz_ops::run),
    ("poincare_ops", poincare_ops::run),
    ("optim_", optimizers::run),
    ("lr_schedule", scalars::schedule),
    ("fermi_dirac", scalars::fermi_dirac),
    ("lorentz_linear_attention_kernel", focused::kernel),
    ("lorentz_linear", layers::linear),
    ("lorentz_activation", layers::activation),
    ("lorentz_layernorm", layers::layer_norm),
    ("lorentz_rmsnorm", layers::rms_norm),
    ("lorentz_normalization", layers::normalization),
    ("lresnet", layers::residual),
    ("lorentz_swiglu_ffn", layers::feed_forward),
    ("lorentz_embedding", layers::embedding),
    ("lorentz_mha", attention::multi_head),
    ("hybonet_linear", linears::hybonet),
    ("hyp_linear_lorentz", linears::at_origin_lorentz),
    ("hyp_linear_poincare", linears::at_origin_poincare),
    ("lorentz_mlr", linears::lorentz_mlr),
    ("lorentz_cls", linears::lorentz_cls),
    ("lorentz_conv2d", images::conv2d),
    ("lorentz_patch_embedding", images::patches),
    ("lorentz_gap", images::average),
    ("lorentz_batchnorm", images::batch_norm),
    ("lclip_loss", contrast::run),
];

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let mut files = Vec::new();
    collect(&args.dir, &mut files)?;
    files.sort();
    let (mut passed, mut failed, mut skipped) = (0, 0, Vec::new());
    for path in &files {
        let name = path.strip_prefix(&args.dir).unwrap_or(path).display().to_string();
        let Some(outcome) = compute(path) else {
            skipped.push(json!({ "case": name, "reason": "not implemented yet" }));
            continue;
        };
        let report = match outcome {
            Ok(report) => report,
            Err(error) => {
                failed += 1;
                println!("{name:52} {error}  FAILED");
                continue;
            }
        };
        for (what, reason) in &report.skips {
            skipped.push(json!({ "case": format!("{name}: {what}"), "reason": reason }));
        }
        let Some((what, error, tolerance)) = report.worst() else { continue };
        let good = within(*error, *tolerance);
        *(if good { &mut passed } else { &mut failed }) += 1;
        let verdict = if good { "ok" } else { "FAILED" };
        println!(
            "{name:52} {:3} compared  worst {error:.1e} of {tolerance:.0e} ({what})  {verdict}",
            report.checks.len()
        );
        for (what, error, tolerance) in report.checks.iter().filter(|c| !within(c.1, c.2)) {
            println!("    {what}: {error:.1e} above {tolerance:.0e}");
        }
    }
    for skip in &skipped {
        println!(
            "skipped {}: {}",
            skip["case"].as_str().unwrap_or_default(),
            skip["reason"].as_str().unwrap_or_default()
        );
    }
    if passed + failed == 0 {
        return Err(Error::Argument {
            op: "golden",
            what: format!("{} holds no case that can be computed", args.dir.display()),
            remedy: "give a directory with hypercore/*.safetensors or hyperbolic/*.json".into(),
        });
    }
    println!("{passed} passed, {failed} failed, {} skipped", skipped.len());
    if args.json {
        println!("{}", json!({ "passed": passed, "failed": failed, "skipped": skipped }));
    }
    Ok(if failed == 0 { Outcome::Passed } else { Outcome::Failed })
}

/// All recorded files below `dir`.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |source| Error::Io { path: dir.into(), what: "cannot list", source };
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "safetensors" || e == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// Runs the case in a file, if there is a function for it.
fn compute(path: &Path) -> Option<Result<Report>> {
    let stem = path.file_stem()?.to_str()?;
    if path.extension()? == "json" {
        let folder = path.parent()?.file_name()?.to_str()?;
        let chart = charts::chart(stem).filter(|_| folder == "hyperbolic")?;
        return Some(charts::run(chart, path));
    }
    let named = FAMILIES.iter().filter(|(prefix, _)| stem.starts_with(prefix));
    let (_, run) = named.max_by_key(|(prefix, _)| prefix.len())?;
    Some(Fixture::read(path).and_then(|fixture| run(&fixture)))
}
