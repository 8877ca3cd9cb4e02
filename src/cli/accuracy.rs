//! `beltrami accuracy`: every function of the curved spaces against exact results, beside what geoopt reaches.

mod measure;
mod samples;

pub use measure::{Batch, Cell, Evaluation, Quantity, RGRAD, error, groups, measure};
pub use samples::{MODELS, Regime, Sample, Wanted, regimes, samples};

use super::Outcome;
use crate::geometry::Model;
use crate::{DType, Result};
use serde_json::{Value, json};

/// Compares every function of the curved spaces and its gradients with exact results.
///
/// A line is a regime: a model, a type of rows, and where the points lie or how long the steps are. It shows worst
/// relative errors (|got - exact| / |exact|, Euclidean), first ours, then in brackets those of geoopt 0.5.1 where
/// they were measured; NaN means that a result was not finite. "Rgrad" is the Riemannian gradient of the
/// distance, made from the gradient that differentiation gives; "others" are the values of all other functions;
/// "gradients" are those of every function in every argument, "curvature" those in the curvature. A cell fails (!)
/// if a value is off by more than the target, a gradient by more than four times that, or Rgrad by more than four
/// times that and the condition number of raising an index (1, except far out on the hyperboloid and in the
/// solvable chart).
///
/// Exact results were made by tests/golden/accuracy/make.py: the plainest textbook formulas in 200-digit arithmetic,
/// gradients by differences with a step of 1e-70, for the arguments as rounded to their type. Points of the
/// hyperboloid are given by their space part. 5 dimensions; 3 samples a regime, the first at curvature -1 (of the
/// sphere 1, of stereographic coordinates as the regime says), the others in other conventions of curvature. geoopt's
/// errors are the worst of 128 samples of 16 dimensions at curvature -1; its exponential map includes its projection.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The last line is one JSON object: cells, failed, worst.
    #[arg(long)]
    json: bool,
}

/// The functions that have a column.
const COLUMNS: [&str; 7] = ["Dist", "Dist0", "Exp", "Log", "Log0", "Transport", RGRAD];

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let cells = measure()?;
    let mut block = None;
    for cell in &cells {
        let of = (cell.regime.model, cell.regime.dtype);
        if block.replace(of) != Some(of) {
            println!("{}", heading(of.0, of.1));
        }
        println!("{}", line(cell));
    }
    let mut failed = vec![];
    for (cell, quantity, error) in cells.iter().flat_map(|c| c.failures().map(move |(q, e)| (c, q, e))) {
        let place = format!("{} {}: {quantity}", place(&cell.regime), cell.regime.name);
        println!("FAILED {place} is off by {error:.1e}, above {:.1e}", cell.bar(quantity));
        failed.push(json!({ "cell": place, "error": finite(error), "bar": cell.bar(quantity) }));
    }
    let worst = [DType::F32, DType::F64].map(|dtype| {
        let of_type = cells.iter().filter(|c| c.regime.dtype == dtype);
        of_type.fold(0.0f64, |worst, c| worst.max(c.worst(|q| q.of.is_none() && q.function != RGRAD)))
    });
    println!(
        "{} regimes, {} quantities above the bar; worst value {:.1e} in f32, {:.1e} in f64",
        cells.len(),
        failed.len(),
        worst[0],
        worst[1]
    );
    if args.json {
        let cells: Vec<Value> = cells.iter().map(report).collect();
        let worst = json!({ "f32": finite(worst[0]), "f64": finite(worst[1]) });
        println!("{}", json!({ "cells": cells, "failed": failed, "worst": worst }));
    }
    Ok(if failed.is_empty() { Outcome::Passed } else { Outcome::Failed })
}

fn place(regime: &Regime) -> String {
    let name = MODELS.iter().find(|(_, m)| *m == regime.model).map_or("", |(name, _)| name);
    format!("{name} {}", regime.dtype)
}

fn heading(model: Model, dtype: DType) -> String {
    let name = MODELS.iter().find(|(_, m)| *m == model).map_or("", |(name, _)| name);
    let columns: String = COLUMNS.iter().map(|c| format!("{c:<15}")).collect();
    format!("\n{:27}{columns}{:<9}{:<10}{:<10}target", format!("{name} {dtype}"), "others", "gradients", "curvature")
}

fn line(cell: &Cell) -> String {
    let mark = |fails: bool| if fails { "!" } else { "" };
    let own = |which: &dyn Fn(&Quantity) -> bool| {
        format!("{:.0e}{}", cell.worst(which), mark(cell.failures().any(|(q, _)| which(q))))
    };
    let column = |name: &&str| {
        let theirs = cell.regime.geoopt.get(name).map_or(String::new(), |e| format!(" ({e:.0e})"));
        format!("{:<15}", own(&|q| q.of.is_none() && q.function == *name) + &theirs)
    };
    let columns: String = COLUMNS.iter().map(column).collect();
    let others = own(&|q| q.of.is_none() && !COLUMNS.contains(&q.function.as_str()));
    let gradients = own(&|q| q.of.is_some_and(|letter| !CURVATURE.contains(&letter)));
    let curvature = own(&|q| q.of.is_some_and(|letter| CURVATURE.contains(&letter)));
    let name = cell.regime.name;
    format!("{name:27}{columns}{others:<9}{gradients:<10}{curvature:<10}{:.0e}", cell.regime.target)
}

/// The letters of the curvature.
const CURVATURE: [char; 2] = ['c', 't'];

fn report(cell: &Cell) -> Value {
    let errors: serde_json::Map<String, Value> = cell.errors.iter().map(|(q, e)| (q.to_string(), finite(*e))).collect();
    let geoopt: serde_json::Map<String, Value> =
        cell.regime.geoopt.iter().map(|(f, e)| ((*f).to_string(), finite(*e))).collect();
    json!({
        "space": place(&cell.regime),
        "regime": cell.regime.name,
        "samples": cell.samples,
        "target": cell.regime.target,
        "errors": errors,
        "geoopt": geoopt,
        "failed": cell.failures().map(|(q, _)| q.to_string()).collect::<Vec<_>>(),
    })
}

/// JSON has no infinity and no NaN.
fn finite(error: f64) -> Value {
    if error.is_finite() { json!(error) } else { json!(error.to_string()) }
}
