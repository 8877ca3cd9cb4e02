//! Distances, maps and transport of a chart against 40-digit arithmetic.

use super::Report;
use crate::geometry::{Kind, Model};
use crate::ops::convert::points;
use crate::ops::manifold::rows;
use crate::tensor::Tensor;
use crate::{Error, Result};
use serde_json::Value;
use std::path::Path;

/// Relative error of a result (Euclidean norm for vectors). Attained are some 3e-16; far out a coordinate's own rounding
/// is amplified by the exponential map.
const TOLERANCE: f64 = 1e-14;

/// The model whose chart is recorded under this name.
pub(super) fn chart(name: &str) -> Option<Model> {
    match name {
        "lorentz" => Some(Model::Lorentz),
        "poincare" => Some(Model::Poincare),
        "halfspace" => Some(Model::HalfSpace),
        "solvable" => Some(Model::Solvable),
        _ => None,
    }
}

/// What is recorded: its name, the function, and the recorded rows it takes.
const RECORDED: [(&str, Kind, &[&str]); 11] = [
    ("dist", Kind::Dist, &["x", "y"]),
    ("dist0_x", Kind::Dist0, &["x"]),
    ("norm_u_at_x", Kind::Norm, &["x", "u"]),
    ("exp_x_u", Kind::Exp, &["x", "u"]),
    ("log_x_y", Kind::Log, &["x", "y"]),
    ("transport_u_x_to_y", Kind::Transport, &["x", "y", "u"]),
    ("exp_0_u0", Kind::Exp0, &["u0"]),
    ("log_0_x", Kind::Log0, &["x"]),
    ("mobius_add_x_y", Kind::MobiusAdd, &["x", "y"]),
    ("lambda_x", Kind::Lambda, &["x"]),
    ("mobius_neg_x_y", Kind::MobiusAdd, &["-x", "y"]),
];

/// What is recorded of the group, which is not a function of the manifold.
const OF_THE_GROUP: [&str; 3] = ["group_mul_x_y", "group_inv_x", "lie_log_x"];

pub(super) fn run(model: Model, path: &Path) -> Result<Report> {
    let wrong =
        |what: String| Error::Format { path: path.into(), line: None, what, remedy: "record the cases again".into() };
    let text =
        std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.into(), what: "cannot read", source })?;
    let file: Value = serde_json::from_str(&text).map_err(|e| wrong(format!("not JSON: {e}")))?;
    let cases = file["cases"].as_array().ok_or_else(|| wrong("there is no list `cases`".into()))?;
    let mut report = Report::default();
    for case in cases {
        let name = case["name"].as_str().unwrap_or("?");
        let numbers = |key: &str| -> Result<Vec<f64>> {
            let (sign, key) = key.strip_prefix('-').map_or((1.0, key), |key| (-1.0, key));
            let list = case[key].as_array().cloned().unwrap_or_else(|| vec![case[key].clone()]);
            let parse = |v: &Value| v.as_str().and_then(|s| s.parse::<f64>().ok()).map(|v| sign * v);
            let all: Option<Vec<f64>> = list.iter().map(parse).collect();
            all.ok_or_else(|| wrong(format!("{key} of case {name} is not made of decimal strings")))
        };
        let c = Tensor::from(numbers("c")?[0]);
        let row = |key: &str| -> Result<Tensor> {
            let mut row = numbers(key)?;
            if model == Model::Lorentz {
                // The space part is recorded; time is redundant.
                row.insert(0, 0.0);
            }
            Tensor::from_slice(&row, row.len())
        };
        let one = Tensor::from(1.0);
        let known = |key: &str, kind: Kind| !case[key].is_null() && model.has(kind);
        for (key, kind, arguments) in RECORDED.into_iter().filter(|r| known(r.0, r.1)) {
            let arguments = arguments.iter().map(|a| row(a)).collect::<Result<Vec<_>>>()?;
            let got = rows(model, kind, &arguments.iter().collect::<Vec<_>>(), &c, &one)?.to_f64_vec();
            let want = numbers(key)?;
            report.check(format!("{name} {key}"), relative(&got[got.len() - want.len()..], &want), TOLERANCE);
        }
        if !case["hyperboloid_x_unit"].is_null() {
            let got = points(model, Model::Lorentz, &row("x")?, [&c, &one])?.to_f64_vec();
            let want = numbers("hyperboloid_x_unit")?;
            report.check(
                format!("{name} hyperboloid_x_unit"),
                relative(&got[got.len() - want.len()..], &want),
                TOLERANCE,
            );
        }
        if !case["grad_x_dist"].is_null() {
            let (x, y) = (row("x")?.tracked(), row("y")?);
            let grads = rows(model, Kind::Dist, &[&x, &y], &c, &one)?.backward()?;
            let got = grads.get(&x).map(Tensor::to_f64_vec).unwrap_or_default();
            let want = numbers("grad_x_dist")?;
            // The bar for gradients is four times that of values.
            report.check(
                format!("{name} grad_x_dist"),
                relative(&got[got.len() - want.len()..], &want),
                4.0 * TOLERANCE,
            );
        }
    }
    for key in OF_THE_GROUP {
        if cases.iter().any(|case| !case[key].is_null()) {
            report.skip(key, "a function of the group, not of the manifold");
        }
    }
    Ok(report)
}

fn relative(got: &[f64], want: &[f64]) -> f64 {
    let norm = |v: &mut dyn Iterator<Item = f64>| v.fold(0.0_f64, f64::hypot);
    let size = norm(&mut want.iter().copied());
    let off = norm(&mut got.iter().zip(want).map(|(g, w)| g - w));
    if off == 0.0 { 0.0 } else { off / size }
}
