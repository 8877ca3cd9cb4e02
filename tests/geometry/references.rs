//! Against 200-digit arithmetic (tests/golden/geometry) and against recorded cases (tests/golden/hyperbolic).

use super::{Worst, error, norm, stored};
use beltrami::geometry::{Conversion, Coord, Curv, Kind, Model, Role};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::{BufRead, BufReader};

fn golden(path: &str) -> String {
    format!("{}/tests/golden/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(number).collect()
}

fn number(v: &Value) -> f64 {
    v.as_str().unwrap().parse().unwrap()
}

fn kind(name: &str) -> Kind {
    *Kind::ALL.iter().find(|k| format!("{k:?}") == name).unwrap()
}

fn model(name: &str) -> Model {
    match name {
        "lorentz" => Model::Lorentz,
        "poincare" => Model::Poincare,
        "halfspace" => Model::HalfSpace,
        "solvable" => Model::Solvable,
        "sphere" => Model::Sphere,
        "stereographic" => Model::Stereographic,
        _ => panic!("no model {name}"),
    }
}

/// Runs one recorded case in one storage type.
fn run<T: Coord>(case: &Value, worst: &mut Worst, by_regime: &mut Worst) {
    let m = model(case["model"].as_str().unwrap());
    let k = Curv { c: number(&case["c"]), t: number(&case["t"]) };
    let regime = format!("{} {} {}", T::DTYPE, case["model"].as_str().unwrap(), case["regime"].as_str().unwrap());
    for (name, want) in case["out"].as_object().unwrap() {
        let kind = kind(name);
        let letters = want["args"].as_str().unwrap();
        let rows: Vec<Vec<T>> = letters
            .chars()
            .zip(kind.inputs())
            .map(|(l, &role)| stored(m, role, &numbers(&case[l.to_string()])))
            .collect();
        let rows: Vec<&[T]> = rows.iter().map(Vec::as_slice).collect();
        let value = numbers(&want["value"]);
        let largest = value.iter().fold(0.0f64, |a, b| a.max(b.abs()));
        if largest > T::max_value().to_f64() {
            continue;
        }
        let mut out = vec![T::zero(); value.len()];
        m.forward(kind, k, &rows, &mut out);
        let wide = |row: &[T]| row.iter().map(|&x| x.to_f64()).collect::<Vec<_>>();
        let place = format!("{regime} c={} t={}", k.c, k.t);
        let e = error(&wide(&out), &value);
        worst.note(format!("{} {m:?} {name}", T::DTYPE), e, &place);
        by_regime.note(format!("{regime}: value"), e, name);

        let g: Vec<T> = numbers(&case["g"])[..value.len()].iter().map(|&x| T::from_f64(x)).collect();
        let mut grads: Vec<Vec<T>> = rows.iter().map(|r| vec![T::nan(); r.len()]).collect();
        let mut slots: Vec<&mut [T]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
        let (gc, gt) = m.vjp(kind, k, &rows, &g, &mut slots);
        for ((got, want), (letter, role)) in
            grads.iter().zip(want["grads"].as_array().unwrap()).zip(letters.chars().zip(kind.inputs()))
        {
            let (mut got, want) = (wide(got), numbers(want));
            if got.len() > want.len() {
                assert!(*role != Role::Ambient && got[0] == 0.0, "{name}: gradient in a time slot");
                got.remove(0);
            }
            if norm(&want) > T::max_value().to_f64() {
                continue;
            }
            let e = error(&got, &want);
            worst.note(format!("{} {m:?} {name} d{letter}", T::DTYPE), e, &place);
            by_regime.note(format!("{regime}: gradient"), e, format!("{name} d{letter}"));
        }
        for (d, got) in [("c", gc), ("t", gt)] {
            let e = error(&[got], &[number(&want[format!("g{d}")])]);
            worst.note(format!("{} {m:?} {name} d{d}", T::DTYPE), e, &place);
            by_regime.note(format!("{regime}: d{d}"), e, name);
        }
    }
}

#[test]
fn values_and_gradients_in_every_regime() {
    let (mut worst, mut by_regime) = (Worst::default(), Worst::default());
    let cases = std::fs::File::open(golden("geometry/cases.jsonl.gz")).unwrap();
    for line in BufReader::new(GzDecoder::new(cases)).lines() {
        let case: Value = serde_json::from_str(&line.unwrap()).unwrap();
        run::<f64>(&case, &mut worst, &mut by_regime);
        if case["f32"].as_bool().unwrap() {
            run::<f32>(&case, &mut worst, &mut by_regime);
        }
    }
    worst.print("worst error per function");
    by_regime.print("worst error per regime");
    // Half an ulp of the rows' type; the recorded f64 value is itself rounded. Slopes in c may be the small difference of
    // what the curvature does to either end.
    worst.check(|name| match name {
        n if n.starts_with("f32") => 6.0e-8,
        n if n.ends_with(" dc") => 4e-15,
        // Towards a point in line with x and the origin but for rounding, the direction orthogonal to x is all rounding.
        n if n.contains("ExteriorAngle d") => 4e-15,
        _ => 3e-16,
    });
}

/// Distances to 1e-15 and the rest to a few ulp on recorded cases with c from 1e-3 to 10.
///
/// The committed files are a small part; `BELTRAMI_GOLDEN` may name a directory with `hyperbolic/*.json`.
#[test]
fn recorded_hyperbolic_cases() {
    let names = ["lorentz", "poincare", "halfspace", "solvable"];
    let mut texts: Vec<_> = names.map(|name| (model(name), read(&golden(&format!("hyperbolic/{name}.json"))))).into();
    if let Ok(dir) = std::env::var("BELTRAMI_GOLDEN") {
        for name in names {
            texts.push((model(name), read(&format!("{dir}/hyperbolic/{name}.json"))));
        }
    }
    let mut worst = Worst::default();
    for (m, text) in texts {
        let file: Value = serde_json::from_str(&text).unwrap();
        for case in file["cases"].as_array().unwrap() {
            recorded(m, case, &mut worst);
        }
    }
    worst.print("worst error on recorded cases");
    worst.check(|_| 3e-16);
}

fn recorded(m: Model, case: &Value, worst: &mut Worst) {
    let k = Curv { c: number(&case["c"]), t: 1.0 };
    let row = |name: &str| stored::<f64>(m, Role::Point, &numbers(&case[name]));
    let (x, y, u, u0) = (row("x"), row("y"), row("u"), row("u0"));
    let lead = usize::from(m == Model::Lorentz);
    let place = format!("{m:?} {}", case["name"].as_str().unwrap());
    let mut note = |what: &str, got: &[f64], want: &[f64]| {
        worst.note(format!("{m:?} {what}"), error(got, want), &place);
    };
    let scalars: [(&str, Kind, &[&[f64]]); 4] = [
        ("dist", Kind::Dist, &[&x, &y]),
        ("dist0_x", Kind::Dist0, &[&x]),
        ("norm_u_at_x", Kind::Norm, &[&x, &u]),
        ("lambda_x", Kind::Lambda, &[&x]),
    ];
    for (name, kind, rows) in scalars.into_iter().filter(|(n, k, _)| m.has(*k) && !case[*n].is_null()) {
        let mut out = [0.0];
        m.forward(kind, k, rows, &mut out);
        note(name, &out, &[number(&case[name])]);
    }
    let minus: Vec<f64> = x.iter().map(|a| -a).collect();
    let vectors: [(&str, Kind, &[&[f64]]); 7] = [
        ("exp_x_u", Kind::Exp, &[&x, &u]),
        ("log_x_y", Kind::Log, &[&x, &y]),
        ("transport_u_x_to_y", Kind::Transport, &[&x, &y, &u]),
        ("exp_0_u0", Kind::Exp0, &[&u0]),
        ("log_0_x", Kind::Log0, &[&x]),
        ("mobius_add_x_y", Kind::MobiusAdd, &[&x, &y]),
        ("mobius_neg_x_y", Kind::MobiusAdd, &[&minus, &y]),
    ];
    for (name, kind, rows) in vectors.into_iter().filter(|(n, k, _)| m.has(*k) && !case[*n].is_null()) {
        let mut out = vec![0.0; x.len()];
        m.forward(kind, k, rows, &mut out);
        note(name, &out[lead..], &numbers(&case[name]));
    }
    if !case["hyperboloid_x_unit"].is_null() {
        let want = numbers(&case["hyperboloid_x_unit"]);
        let mut out = vec![0.0; want.len().max(x.len())];
        Conversion { from: (m, k.c), to: (Model::Lorentz, 1.0) }.point(&x, &mut out);
        note("hyperboloid_x_unit", &out[out.len() - want.len()..], &want);
    }
    let (mut gx, mut gy) = (x.clone(), x.clone());
    m.vjp(Kind::Dist, k, &[&x, &y], &[1.0], &mut [&mut gx, &mut gy]);
    note("grad_x_dist", &gx[lead..], &numbers(&case["grad_x_dist"]));
}

// ---------------------------------------------------------------------------------------- without recorded values
