//! Manifolds of matrices against 160-digit arithmetic (tests/golden/matrix), and against what they must satisfy.

use beltrami::geometry::matrix::MatrixModel;
use beltrami::geometry::{Coord, Curv, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

const SPD: [MatrixModel; 2] = [MatrixModel::SpdAffine, MatrixModel::SpdLog];

fn number(v: &Value) -> f64 {
    v.as_str().unwrap().parse().unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(number).collect()
}

fn norm(a: &[f64]) -> f64 {
    let top = a.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if top == 0.0 { 0.0 } else { top * a.iter().map(|x| (x / top).powi(2)).sum::<f64>().sqrt() }
}

/// ‖got − want‖/‖want‖; ‖got‖ itself where nothing is wanted.
fn error(got: &[f64], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    if got.iter().any(|x| !x.is_finite()) {
        return f64::INFINITY;
    }
    let off: Vec<f64> = got.iter().zip(want).map(|(a, b)| a - b).collect();
    let w = norm(want);
    if w == 0.0 { norm(&off) } else { norm(&off) / w }
}

/// Worst error per name.
#[derive(Default)]
struct Worst(BTreeMap<String, (f64, String)>);

impl Worst {
    fn note(&mut self, name: String, e: f64, place: &str) {
        let slot = self.0.entry(name).or_insert((0.0, String::new()));
        if e > slot.0 || e.is_nan() {
            *slot = (e, place.into());
        }
    }
}

/// Runs one recorded case in one storage type.
fn run<T: Coord>(case: &Value, worst: &mut Worst) {
    let space = case["space"].as_str().unwrap();
    let model = match space {
        "spd_affine" => MatrixModel::SpdAffine,
        "spd_log" => MatrixModel::SpdLog,
        _ => MatrixModel::Stiefel { p: case["p"].as_u64().unwrap() as usize },
    };
    let k = Curv { c: 1.0, t: number(&case["t"]) };
    let place = format!("{} {}", case["n"], case["regime"]);
    let row = |name: &str| numbers(&case[name]).iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>();
    let wide = |row: &[T]| row.iter().map(|&x| x.to_f64()).collect::<Vec<_>>();
    for (name, want) in case["out"].as_object().unwrap() {
        let kind = *Kind::ALL.iter().find(|k| format!("{k:?}") == *name).unwrap();
        let letters = want["args"].as_str().unwrap();
        let rows: Vec<Vec<T>> = letters.chars().map(|l| row(&l.to_string())).collect();
        let rows: Vec<&[T]> = rows.iter().map(Vec::as_slice).collect();
        let value = numbers(&want["value"]);
        let mut out = vec![T::nan(); value.len()];
        model.forward(kind, k, &rows, &mut out);
        let label = format!("{} {space} {name}", T::DTYPE);
        worst.note(label.clone(), error(&wide(&out), &value), &place);

        let g = &row("g")[..value.len()];
        let mut grads: Vec<Vec<T>> = rows.iter().map(|r| vec![T::nan(); r.len()]).collect();
        let mut slots: Vec<&mut [T]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
        let (gc, gt) = model.vjp(kind, k, &rows, g, &mut slots);
        assert_eq!(gc, 0.0);
        for ((got, want), letter) in grads.iter().zip(want["grads"].as_array().unwrap()).zip(letters.chars()) {
            worst.note(format!("{label} d{letter}"), error(&wide(got), &numbers(want)), &place);
        }
        worst.note(format!("{label} dt"), error(&[gt], &[number(&want["gt"])]), &place);
    }
}

#[test]
fn values_and_gradients_in_every_regime() {
    let path = format!("{}/tests/golden/matrix/cases.jsonl", env!("CARGO_MANIFEST_DIR"));
    let mut worst = Worst::default();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        run::<f64>(&case, &mut worst);
        if case["f32"].as_bool().unwrap() {
            run::<f32>(&case, &mut worst);
        }
    }
    for (name, (e, place)) in &worst.0 {
        println!("  {name:<44} {e:9.1e}  {place}");
    }
    let bar = |name: &str| if name.starts_with("f32") { 6e-8 } else { 3e-16 };
    let bad: Vec<_> = worst.0.iter().filter(|(n, (e, _))| e.is_nan() || *e > bar(n)).collect();
    assert!(bad.is_empty(), "over the bar: {bad:#?}");
}
