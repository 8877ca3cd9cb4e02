//! `beltrami gradcheck`: the registry's checks, run and told.

use super::{Outcome, glob};
use crate::ops::{registry, verify};
use crate::{Error, Result};
use serde_json::json;

/// Checks every operation: derivatives against finite differences, values against a reference, views, f32, threads.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only operations whose name fits this pattern (`*` and `?`).
    #[arg(long, default_value = "*", value_name = "GLOB")]
    op: String,
    /// The last line is one JSON object: passed, failed, worst.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let specs: Vec<_> = registry::all().filter(|spec| glob(&args.op, spec.name)).collect();
    if specs.is_empty() {
        return Err(Error::Argument {
            op: "gradcheck",
            what: format!("no operation is named {}", args.op),
            remedy: "`beltrami gradcheck` without --op lists them".into(),
        });
    }
    let (mut passed, mut failures, mut worst) = (0, vec![], 0.0_f64);
    for spec in specs {
        let findings = verify::verify(spec);
        let error = findings.iter().filter(|f| f.check == "gradient").fold(0.0_f64, |m, f| m.max(f.error));
        let broken: Vec<_> = findings.iter().filter(|f| f.failure.is_some()).collect();
        passed += findings.len() - broken.len();
        worst = worst.max(error);
        println!(
            "{:24} {:3} checks  worst derivative {error:.1e}  {}",
            spec.name,
            findings.len(),
            if broken.is_empty() { "ok" } else { "FAILED" }
        );
        for f in broken {
            let text = format!("{} / {} / {}: {}", f.op, f.case, f.check, f.failure.as_deref().unwrap_or_default());
            println!("    {text}");
            failures.push(text);
        }
    }
    println!("{passed} passed, {} failed", failures.len());
    if args.json {
        println!("{}", json!({ "passed": passed, "failed": failures.len(), "worst": worst, "failures": failures }));
    }
    Ok(if failures.is_empty() { Outcome::Passed } else { Outcome::Failed })
}
