//! Every function of the curved spaces, value and gradients, against 200-digit arithmetic in every regime; and the judge
//! itself. The measurement is that of `beltrami accuracy`.

use beltrami::cli::accuracy::{Batch, RGRAD, Regime, error, groups, measure, regimes, samples};
use beltrami::geometry::{Kind, Model};
use beltrami::{DType, Tensor};
use serde_json::Value;
use std::process::Command;

#[test]
fn every_error_is_below_its_bar() {
    let cells = measure().unwrap();
    assert_eq!(cells.len(), 135);
    for cell in &cells {
        let place = format!("{:?} {} {}", cell.regime.model, cell.regime.dtype, cell.regime.name);
        let failures: Vec<_> =
            cell.failures().map(|(q, e)| format!("{q}: {e:.1e} above {:.1e}", cell.bar(q))).collect();
        assert!(failures.is_empty(), "{place}: {failures:#?}");
        assert!(cell.samples >= 3, "{place}");
        // Values, gradients and slopes were measured, not skipped.
        for kind in Kind::ALL.into_iter().filter(|kind| cell.regime.model.has(*kind)) {
            let found = cell.errors.keys().filter(|q| q.function == format!("{kind:?}")).count();
            assert_eq!(found, 1 + kind.inputs().len() + 2, "{place}: {kind:?}; add it to tests/golden/formulas.py");
        }
        assert!(cell.errors.keys().any(|q| q.function == RGRAD), "{place}");
    }
    // The targets are met by computing, not by comparing with nothing: f32 rounds.
    let off = cells.iter().filter(|c| c.regime.dtype == DType::F32 && c.worst(|q| q.of.is_none()) > 1e-8);
    assert_eq!(off.count(), 67);
}

#[test]
fn a_row_gives_the_same_bits_wherever_it_stands() {
    let bits = |t: &Tensor| t.to_f64_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
    let regimes = regimes().unwrap();
    for group in groups(&regimes).unwrap() {
        let model = regimes[group[0].regime].model;
        for kind in Kind::ALL.into_iter().filter(|kind| model.has(*kind)) {
            let known: Vec<_> = group.iter().filter_map(|s| Some((s, s.wanted.get(&format!("{kind:?}"))?))).collect();
            let batch = Batch::new(&regimes[group[0].regime], kind, &known).unwrap();
            let whole = batch.evaluate().unwrap();
            for (size, first) in [(1, 0), (5, 0), (8, 0), (17, 0), (1, 6), (5, 3), (8, 1)] {
                for first in (first..known.len()).step_by(size) {
                    let end = (first + size).min(known.len());
                    let part = batch.part(first, end).unwrap().evaluate().unwrap();
                    let same =
                        |part: &Tensor, whole: &Tensor| bits(part) == bits(&whole.narrow(0, first, end).unwrap());
                    assert!(same(&part.value, &whole.value), "{model:?} {kind:?} rows {first}..{end}");
                    for (part, whole) in part.grads.iter().zip(&whole.grads) {
                        assert!(same(part, whole), "gradient of {model:?} {kind:?} rows {first}..{end}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_regime_has_samples_of_its_type() {
    let regimes = regimes().unwrap();
    for sample in samples(&regimes).unwrap() {
        let Regime { model, dtype, .. } = regimes[sample.regime];
        if dtype == DType::F32 {
            let exact = |a: &f64| f64::from(*a as f32) == *a;
            assert!("xyuve".chars().all(|letter| sample.arg(letter).iter().all(exact)));
        }
        // The hyperboloid's time is not written.
        let width = if model == Model::Lorentz { 5 } else { model.ambient(5) };
        assert!("xyuv".chars().all(|letter| sample.arg(letter).len() == width));
    }
}

#[test]
fn the_judge_sees_what_it_should() {
    let want = [3.0, 4.0];
    let of = |got: &[f64]| error(got, &want, DType::F32);
    assert_eq!(of(&want), 0.0);
    assert!((of(&[3.0, 4.0 + 5e-7]) - 1e-7).abs() < 1e-12);
    assert_eq!(of(&[f64::NAN, 4.0]), f64::INFINITY);
    assert_eq!(of(&[f64::INFINITY, 4.0]), f64::INFINITY);
    assert_eq!(of(&[3.0]), f64::INFINITY);
    // What f32 cannot hold is not f32's fault, what f64 can hold is f64's.
    assert_eq!(error(&[f64::INFINITY], &[1e39], DType::F32), 0.0);
    assert_eq!(error(&[f64::INFINITY], &[1e39], DType::F64), f64::INFINITY);
    assert!(error(&[0.0], &[1e-44], DType::F32) < 1e-6);
    assert_eq!(error(&[0.0], &[1e-44], DType::F64), 1.0);
    assert_eq!(error(&[0.0], &[0.0], DType::F64), 0.0);

    let mut cell = measure().unwrap().swap_remove(0);
    assert_eq!(cell.failures().count(), 0);
    for (quantity, error) in &mut cell.errors {
        *error = if quantity.of.is_none() { f64::NAN } else { 1e-6 };
    }
    assert_eq!(cell.failures().count(), cell.errors.len());
}

#[test]
fn the_command_tells_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_beltrami")).args(["accuracy", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\nlorentz f64 "), "{text}");
    let report: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((report["cells"].as_array().unwrap().len(), &report["failed"]), (135, &Value::Array(vec![])));
    assert!(report["worst"]["f32"].as_f64().unwrap() < 6e-8);
    let edge = report["cells"].as_array().unwrap().iter().find(|c| c["regime"] == "edge 1-|x| 1e-5..1e-3").unwrap();
    assert_eq!(
        (&edge["space"], &edge["samples"], &edge["geoopt"]["Dist"]),
        (&"poincare f32".into(), &3.into(), &0.3.into())
    );
    assert!(edge["errors"]["dDist/dx"].as_f64().unwrap() < 2.4e-7);
}
