//! The row functions against 200-digit arithmetic (tests/golden/geometry), against recorded cases
//! (tests/golden/hyperbolic), and against each other.

use beltrami::geometry::{Call, Conversion, Coord, Curv, Kind, Model, Role, Step};
use serde_json::Value;
use std::collections::BTreeMap;

fn read(path: &str) -> String {
    let path = format!("{}/tests/golden/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
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

/// A row as the model stores it. The time of a point or tangent is never read: it is NaN here.
fn stored<T: Coord>(m: Model, role: Role, row: &[f64]) -> Vec<T> {
    let lead = m == Model::Lorentz && role != Role::Ambient;
    lead.then_some(f64::NAN).into_iter().chain(row.iter().copied()).map(T::from_f64).collect()
}

fn norm(a: &[f64]) -> f64 {
    let top = a.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if top == 0.0 || !top.is_finite() {
        return top;
    }
    top * a.iter().map(|x| (x / top).powi(2)).sum::<f64>().sqrt()
}

/// ‖got − want‖/‖want‖; ‖got‖ itself where nothing is wanted.
fn error(got: &[f64], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    let off: Vec<f64> = got.iter().zip(want).map(|(a, b)| a - b).collect();
    if got.iter().any(|x| !x.is_finite()) {
        return f64::INFINITY;
    }
    let w = norm(want);
    if w == 0.0 { norm(&off) } else { norm(&off) / w }
}

/// Worst error per name.
#[derive(Default)]
struct Worst(BTreeMap<String, (f64, String)>);

impl Worst {
    fn note(&mut self, name: impl Into<String>, e: f64, place: impl Into<String>) {
        let slot = self.0.entry(name.into()).or_insert((0.0, String::new()));
        if e > slot.0 || e.is_nan() {
            *slot = (e, place.into());
        }
    }

    fn print(&self, title: &str) {
        println!("\n{title}");
        for (name, (e, place)) in &self.0 {
            println!("  {name:<44} {e:9.1e}  {place}");
        }
    }

    fn check(&self, bar: impl Fn(&str) -> f64) {
        let bad: Vec<_> = self.0.iter().filter(|(n, (e, _))| e.is_nan() || *e > bar(n)).collect();
        assert!(bad.is_empty(), "over the bar: {bad:#?}");
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
    for line in read("geometry/cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
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
        _ => 3e-16,
    });
}

/// Distances to 1e-15 and the rest to a few ulp on recorded cases with c from 1e-3 to 10.
///
/// The committed files are a small part; `BELTRAMI_GOLDEN` may name a directory with `hyperbolic/*.json`.
#[test]
fn recorded_hyperbolic_cases() {
    let names = ["lorentz", "poincare", "halfspace", "solvable"];
    let mut texts: Vec<_> = names.map(|name| (model(name), read(&format!("hyperbolic/{name}.json")))).into();
    if let Ok(dir) = std::env::var("BELTRAMI_GOLDEN") {
        for name in names {
            let path = format!("{dir}/hyperbolic/{name}.json");
            texts.push((model(name), std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))));
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

/// Numbers in (−1, 1), the same on every run.
fn noise(seed: u64, n: usize) -> Vec<f64> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        (s >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

fn scaled(s: f64, a: &[f64]) -> Vec<f64> {
    a.iter().map(|x| s * x).collect()
}

/// A point at a distance of about `r` from the origin, and a tangent of length of about `r`.
fn point(m: Model, k: Curv, r: f64, seed: u64, dim: usize) -> Vec<f64> {
    let u = noise(seed, m.ambient(dim));
    // Lengths at the origin are twice those of the row in the ball, 1/√c times those of the row where c is in the metric.
    let size = match m {
        Model::Poincare => 2.0,
        Model::HalfSpace | Model::Solvable => 1.0 / k.c.sqrt(),
        _ => 1.0,
    };
    let u = scaled(r / norm(&u[m.ambient(0)..]) / size, &u);
    let mut x = u.clone();
    m.forward(Kind::Exp0, k, &[&u], &mut x);
    x
}

const MODELS: [Model; 5] = [Model::Lorentz, Model::Poincare, Model::Euclidean, Model::HalfSpace, Model::Solvable];
const CURVS: [Curv; 3] = [Curv { c: 1.0, t: 1.0 }, Curv { c: 0.4, t: 1.0 }, Curv { c: 1.0, t: 1.6 }];

#[test]
fn exp_inverts_log() {
    for m in MODELS {
        for k in CURVS {
            for (r, dim) in [(0.3, 2), (1.0, 8), (2.0, 19), (4.0, 64)] {
                // Radii on the unit model: the round trip loses e^2r.
                let r = r / (k.c.sqrt() * k.t);
                let (x, y) = (point(m, k, r, 1, dim), point(m, k, r, 2, dim));
                let (mut u, mut z) = (x.clone(), x.clone());
                m.forward(Kind::Log, k, &[&x, &y], &mut u);
                m.forward(Kind::Exp, k, &[&x, &u], &mut z);
                assert!(error(&z, &y) < 1e-12, "{m:?} {k:?} {r}");
                let (mut d, mut n) = ([0.0], [0.0]);
                m.forward(Kind::Dist, k, &[&x, &y], &mut d);
                m.forward(Kind::Norm, k, &[&x, &u], &mut n);
                assert!((d[0] / n[0] - 1.0).abs() < 1e-13, "{m:?} {k:?} {r}: {d:?} {n:?}");
            }
        }
    }
}

fn scalar(model: Model, kind: Kind, k: Curv, args: &[&[f64]]) -> f64 {
    let mut out = [0.0];
    model.forward(kind, k, args, &mut out);
    out[0]
}

#[test]
fn the_two_hyperbolic_models_agree() {
    for k in CURVS {
        for (r, dim) in [(0.3, 2), (1.0, 8), (2.5, 19)] {
            let (x, y) = (point(Model::Poincare, k, r, 3, dim), point(Model::Poincare, k, r, 4, dim));
            let (mut lx, mut ly, mut back) = (vec![0.0; dim + 1], vec![0.0; dim + 1], x.clone());
            Model::Poincare.forward(Kind::Convert, k, &[&x], &mut lx);
            Model::Poincare.forward(Kind::Convert, k, &[&y], &mut ly);
            Model::Lorentz.forward(Kind::Convert, k, &[&lx], &mut back);
            assert!(error(&back, &x) < 1e-15);
            let on = scalar(Model::Lorentz, Kind::Minkowski, k, &[&lx, &lx]) * k.c;
            assert!((on + 1.0).abs() < 1e-13);
            let a = scalar(Model::Poincare, Kind::Dist, k, &[&x, &y]);
            let b = scalar(Model::Lorentz, Kind::Dist, k, &[&lx, &ly]);
            assert!((a / b - 1.0).abs() < 1e-14, "{a} {b}");
            let radius = scalar(Model::Poincare, Kind::Dist0, k, &[&x]);
            assert!((radius / scalar(Model::Lorentz, Kind::Dist0, k, &[&lx]) - 1.0).abs() < 1e-15);
            let chord = scalar(Model::Lorentz, Kind::Lorentzian, k, &[&lx, &ly]);
            let s = k.c.sqrt() * k.t;
            assert!((chord * s * s / (4.0 * (b * s / 2.0).sinh().powi(2)) - 1.0).abs() < 1e-13);
        }
    }
}

const CHARTS: [Model; 4] = [Model::Lorentz, Model::Poincare, Model::HalfSpace, Model::Solvable];

/// Distances and lengths are the same in every chart, unit or radius, and the way back is the way.
#[test]
fn conversions_are_isometries() {
    let mut worst = Worst::default();
    for (from, to) in CHARTS.into_iter().flat_map(|a| CHARTS.map(|b| (a, b))) {
        for (a, b) in [(CURVS[0], CURVS[0]), (Curv { c: 1.0, t: 1.6 }, Curv { c: 2.56, t: 1.0 })] {
            for (r, dim) in [(0.0, 1), (1e-9, 2), (0.3, 2), (1.0, 8), (3.0, 19)] {
                // Heights next to 1 cannot be told apart as points next to 0 can.
                if r == 1e-9 && [from, to].contains(&Model::HalfSpace) {
                    continue;
                }
                let r = r / a.t;
                let there = Conversion { from: (from, a.c), to: (to, b.c) };
                let back = Conversion { from: (to, b.c), to: (from, a.c) };
                let (x, y) = (point(from, a, r, 41, dim), point(from, a, r, 42, dim));
                let mut u = x.clone();
                from.forward(Kind::ProjectTangent, a, &[&x, &noise(43, x.len())], &mut u);
                let width = to.ambient(dim);
                let [mut cx, mut cy, mut cu] = [(); 3].map(|()| vec![0.0; width]);
                there.point(&x, &mut cx);
                there.point(&y, &mut cy);
                there.tangent(&x, &u, &mut cu);
                let (mut x2, mut u2) = (x.clone(), u.clone());
                back.point(&cx, &mut x2);
                back.tangent(&cx, &cu, &mut u2);
                let place = format!("{from:?} {a:?} to {to:?}, r = {r}");
                // The rounding of a row moves its point by up to e^r, and lengths with it, on the way back once more.
                let slack = (2.0 * r * a.t).exp();
                worst.note("points", error(&x2, &x) / slack, &place);
                worst.note("tangents", error(&u2, &u) / slack, &place);
                let numbers = [
                    ("dist", scalar(from, Kind::Dist, a, &[&x, &y]), scalar(to, Kind::Dist, b, &[&cx, &cy])),
                    ("norm", scalar(from, Kind::Norm, a, &[&x, &u]), scalar(to, Kind::Norm, b, &[&cx, &cu])),
                    (
                        "inner",
                        scalar(from, Kind::Inner, a, &[&x, &u, &u]),
                        scalar(to, Kind::Inner, b, &[&cx, &cu, &cu]),
                    ),
                ];
                for (name, had, has) in numbers {
                    worst.note(name, error(&[has], &[had]) / slack, &place);
                }
            }
        }
    }
    worst.print("worst change by conversion, over e^2r");
    worst.check(|_| 1e-15);
}

#[test]
fn a_height_that_is_not_positive_becomes_one() {
    for h in [0.0, -3.0, f64::NEG_INFINITY] {
        let call = Call { model: Model::HalfSpace, kind: Kind::Project, curv: CURVS[0], number: 5.0, dim: 3 };
        let mut y = [0.0; 3];
        call.forward(&[&[h, 2.0, -1.0][..]], &mut y);
        assert!(y[0] > 0.0, "{h}: {y:?}");
        assert!((scalar(Model::HalfSpace, Kind::Dist0, CURVS[0], &[&y]) - 5.0).abs() < 1e-13);
    }
}

fn step_of(model: Model, curv: Curv, from: [&[f64]; 3], s: f64, to: [&mut [f64]; 2]) {
    Step { model, curv, width: from[0].len(), from, scale: &[s], to }.run();
}

#[test]
fn a_step_is_exp_and_transport() {
    for m in MODELS {
        for k in CURVS {
            for (r, length) in [(0.0, 0.3), (1.0, 0.0), (1.0, 1e-6), (1.5, 1.0), (5.0, 2.0)] {
                let dim = 11;
                let x = point(m, k, r, 5, dim);
                let (mut u, mut v) = (noise(6, x.len()), noise(7, x.len()));
                for w in [&mut u, &mut v] {
                    let raw = w.clone();
                    m.forward(Kind::ProjectTangent, k, &[&x, &raw], w);
                    let mut n = [0.0];
                    m.forward(Kind::Norm, k, &[&x, w], &mut n);
                    *w = scaled(1.0 / n[0], w);
                }
                let step = scaled(-length, &u);
                let (mut y, mut want) = (x.clone(), v.clone());
                m.forward(Kind::Exp, k, &[&x, &step], &mut y);
                m.forward(Kind::Transport, k, &[&x, &y, &v], &mut want);
                let (mut z, mut got) = (x.clone(), v.clone());
                step_of(m, k, [&x, &u, &v], -length, [&mut z, &mut got]);
                assert!(error(&z, &y) < 1e-14, "{m:?} {k:?} {r} {length}");
                assert!(error(&got, &want) < 1e-12, "{m:?} {k:?} {r} {length}: {got:?} {want:?}");
                // The velocity itself.
                let (mut z, mut got, mut want) = (x.clone(), u.clone(), u.clone());
                m.forward(Kind::Transport, k, &[&x, &y, &u], &mut want);
                step_of(m, k, [&x, &u, &u], -length, [&mut z, &mut got]);
                assert!(error(&z, &y) < 1e-14);
                assert!(error(&got, &want) < 1e-12, "{m:?} {k:?} {r} {length}");
            }
        }
    }
}

/// Central differences of ⟨g, f⟩ against a gradient.
fn differences(name: &str, at: &[f64], grad: &[f64], f: impl Fn(&[f64]) -> f64) {
    for i in 0..at.len() {
        let h = 1e-6;
        let moved = |s: f64| {
            let mut a = at.to_vec();
            a[i] += s;
            f(&a)
        };
        let want = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
        assert!((grad[i] - want).abs() < 2e-8 * (1.0 + want.abs()), "{name} [{i}]: {} is not {want}", grad[i]);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn gradients_of_flat_space() {
    let (m, k) = (Model::Euclidean, Curv { c: 0.0, t: 1.6 });
    for kind in Kind::ALL.into_iter().filter(|&kind| m.has(kind)) {
        let n = kind.inputs().len();
        let dim = 11;
        let rows: Vec<Vec<f64>> = (0..n as u64).map(|s| noise(s + 8, dim)).collect();
        let g = noise(20, m.width(kind, dim));
        let value = |flat: &[f64], t: f64| {
            let rows: Vec<&[f64]> = flat.chunks(dim).collect();
            let mut out = vec![0.0; g.len()];
            m.forward(kind, Curv { c: 0.0, t }, &rows, &mut out);
            dot(&out, &g)
        };
        let mut grads = vec![vec![0.0; dim]; n];
        let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let mut slots: Vec<&mut [f64]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
        let (gc, gt) = m.vjp(kind, k, &slices, &g, &mut slots);
        let flat = rows.concat();
        differences(&format!("{kind:?}"), &flat, &grads.concat(), |a| value(a, k.t));
        differences(&format!("{kind:?} t"), &[k.t], &[gt], |t| value(&flat, t[0]));
        assert_eq!(gc, 0.0);
    }
}

#[test]
fn gradients_of_projections() {
    for m in MODELS {
        for k in CURVS {
            let x = point(m, k, 1.5, 9, 9);
            let g = noise(10, x.len());
            // Inside and outside of the largest radius.
            for max in [3.0, 0.8] {
                let call = |curv| Call { model: m, kind: Kind::Project, curv, number: max, dim: 9 };
                let value = |x: &[f64], k: Curv| {
                    let mut out = x.to_vec();
                    call(k).forward(&[x], &mut out);
                    dot(&out, &g)
                };
                let mut gx = x.clone();
                let (gc, gt) = call(k).vjp(&[&x], &g, &mut [&mut gx]);
                differences(&format!("{m:?} project"), &x, &gx, |x| value(x, k));
                differences("project c", &[k.c], &[gc], |c| value(&x, Curv { c: c[0], ..k }));
                differences("project t", &[k.t], &[gt], |t| value(&x, Curv { t: t[0], ..k }));
                let mut y = x.clone();
                call(k).forward(&[&x], &mut y);
                let mut d = [0.0];
                m.forward(Kind::Dist0, k, &[&y], &mut d);
                assert!(d[0] < max * (1.0 + 1e-14));
            }
        }
    }
    let (a, b) = (noise(11, 12), noise(12, 12));
    let (mut ga, mut gb) = (a.clone(), b.clone());
    Model::Lorentz.vjp(Kind::Minkowski, CURVS[0], &[&a, &b], &[0.7], &mut [&mut ga, &mut gb]);
    let product = |a: &[f64], b: &[f64]| 0.7 * scalar(Model::Lorentz, Kind::Minkowski, CURVS[0], &[a, b]);
    differences("minkowski a", &a, &ga, |a| product(a, &b));
    differences("minkowski b", &b, &gb, |b| product(&a, b));
}

/// df(x; displacement t u) = ⟨rgrad, u⟩_x: what makes gradient descent with exp descend at the rate of the metric.
#[test]
fn riemannian_gradient_is_dual_to_displacement() {
    for m in MODELS {
        for k in CURVS {
            let (x, e) = (point(m, k, 1.2, 13, 7), noise(14, m.ambient(7)));
            let raw = noise(15, x.len());
            let (mut u, mut r) = (x.clone(), x.clone());
            m.forward(Kind::ProjectTangent, k, &[&x, &raw], &mut u);
            m.forward(Kind::EgradToRgrad, k, &[&x, &e], &mut r);
            let mut inner = [0.0];
            m.forward(Kind::Inner, k, &[&x, &r, &u], &mut inner);
            assert!((inner[0] - k.t * dot(&e, &u)).abs() < 1e-13, "{m:?} {k:?}");
        }
    }
}

#[test]
fn coincident_points_have_distance_and_gradient_zero() {
    fn check<T: Coord>(m: Model) {
        let k = Curv { c: 0.7, t: 1.3 };
        let x: Vec<T> = point(m, k, 2.0, 16, 9).into_iter().map(T::from_f64).collect();
        for kind in [Kind::Dist, Kind::Dist2] {
            let (mut d, mut gx, mut gy) = ([T::one()], x.clone(), x.clone());
            m.forward(kind, k, &[&x, &x], &mut d);
            let grad = m.vjp(kind, k, &[&x, &x], &[T::one()], &mut [&mut gx, &mut gy]);
            assert_eq!(d[0], T::zero());
            assert!(gx.iter().chain(&gy).all(|g| *g == T::zero()));
            assert_eq!((grad.0.abs(), grad.1.abs()), (0.0, 0.0));
        }
    }
    for m in MODELS {
        check::<f32>(m);
        check::<f64>(m);
    }
}

#[test]
fn nan_is_not_hidden() {
    for m in MODELS {
        let k = Curv { c: 1.0, t: 1.0 };
        let (x, mut y) = (point(m, k, 1.0, 17, 5), point(m, k, 1.0, 18, 5));
        *y.last_mut().unwrap() = f64::NAN;
        for kind in [Kind::Dist, Kind::Dist2, Kind::Log, Kind::Exp] {
            let (mut out, mut gx, mut gy) = (vec![0.0; m.width(kind, 5)], x.clone(), x.clone());
            m.forward(kind, k, &[&x, &y], &mut out);
            assert!(out.iter().any(|v| v.is_nan()), "{m:?} {kind:?}");
            m.vjp(kind, k, &[&x, &y], &noise(19, m.width(kind, 5)), &mut [&mut gx, &mut gy]);
            let linear = m == Model::Euclidean;
            assert!(linear || gx.iter().chain(&gy).any(|v| v.is_nan()), "{m:?} {kind:?} gradient");
        }
    }
}

/// f32 rows against the same numbers as f64 rows: what double-double gives is exact for this purpose. Wide sampling: every
/// radius, every separation, steps in every direction.
#[test]
fn f32_rows_are_as_good_as_f64_rows() {
    let mut worst = Worst::default();
    for m in [Model::Lorentz, Model::Poincare, Model::HalfSpace, Model::Solvable] {
        for seed in 0..4000 {
            let dim = [2, 3, 9, 17][seed as usize % 4];
            let dice = noise(seed + 1000, 8);
            let k = [CURVS[0], CURVS[1], CURVS[2]][(dice[0] * 1.5 + 1.5) as usize % 3];
            let scale = 1.0 / (k.c.sqrt() * k.t);
            let log_uniform = |d: f64, a: f64, b: f64| (a.ln() + (d + 1.0) / 2.0 * (b / a).ln()).exp();
            // f32 holds a point of the ball up to about r = 15; keep one digit of 1 − |x|.
            let far = if m == Model::Poincare { 13.0 } else { 15.0 };
            let round = |row: &[f64]| row.iter().map(|&a| f64::from(a as f32)).collect::<Vec<_>>();
            let x = round(&point(m, k, log_uniform(dice[1], 1e-8, far) * scale, seed, dim));
            let tangent = |salt: u64, length: f64| {
                let (raw, mut u, mut n) = (noise(seed + salt, x.len()), x.clone(), [0.0]);
                // Half of the steps aim at the origin or away from it, more or less.
                let raw: Vec<f64> = match (dice[2] * 2.0 + 2.0) as i32 {
                    0 => x.iter().zip(&raw).map(|(a, b)| b * 1e-3 * norm(&x) - a).collect(),
                    1 => x.iter().zip(&raw).map(|(a, b)| b * 1e-3 * norm(&x) + a).collect(),
                    _ => raw,
                };
                m.forward(Kind::ProjectTangent, k, &[&x, &raw], &mut u);
                m.forward(Kind::Norm, k, &[&x, &u], &mut n);
                round(&scaled(length / n[0], &u))
            };
            let u = tangent(1, log_uniform(dice[3], 1e-7, far) * scale);
            let v = tangent(2, 1.0);
            let mut y = point(m, k, log_uniform(dice[4], 1e-8, far) * scale, seed + 3, dim);
            if dice[5] > 0.0 {
                let step = tangent(4, log_uniform(dice[6], 1e-6, 3.0) * scale);
                m.forward(Kind::Exp, k, &[&x, &step], &mut y);
            }
            let y = round(&y);
            let radius = |p: &[f64]| norm(&p[m.ambient(0)..]) * k.c.sqrt();
            if m == Model::Poincare && radius(&x).max(radius(&y)) > 1.0 - 2e-7 {
                continue;
            }
            let e = round(&noise(seed + 5, x.len()));
            for kind in Kind::ALL.into_iter().filter(|&kind| m.has(kind)) {
                let rows: Vec<&[f64]> = match kind {
                    Kind::Exp | Kind::Norm => vec![&x, &u],
                    Kind::Exp0 => vec![&u],
                    Kind::Inner => vec![&x, &u, &v],
                    Kind::Transport => vec![&x, &y, &v],
                    Kind::TransportFrom0 | Kind::TransportTo0 => vec![&x, &v],
                    Kind::ProjectTangent | Kind::EgradToRgrad => vec![&x, &e],
                    _ if kind.inputs().len() == 1 => vec![&x],
                    _ => vec![&x, &y],
                };
                let g = round(&noise(seed + 6, m.width(kind, dim)));
                let (wide, narrow) =
                    (everything::<f64>(m, kind, k, &rows, &g), everything::<f32>(m, kind, k, &rows, &g));
                for (i, (a, b)) in narrow.iter().zip(&wide).enumerate() {
                    // What f32 cannot hold is not f32's fault: overflow, or the underflow of a component.
                    if norm(b) < 1e30 && norm(b) > 1e-30 {
                        let part = ["value", "d1", "d2", "d3"][i];
                        worst.note(format!("{m:?} {kind:?} {part}"), error(a, b), format!("seed {seed}"));
                    }
                }
            }
        }
    }
    worst.print("worst f32 error, wide sampling");
    worst.check(|_| 6.0e-8);
}

/// Value and row gradients, as f64.
fn everything<T: Coord>(m: Model, kind: Kind, k: Curv, rows: &[&[f64]], g: &[f64]) -> Vec<Vec<f64>> {
    let store = |row: &[f64]| row.iter().map(|&a| T::from_f64(a)).collect::<Vec<T>>();
    let wide = |row: Vec<T>| row.into_iter().map(|a| a.to_f64()).collect::<Vec<f64>>();
    let rows: Vec<Vec<T>> = rows.iter().map(|r| store(r)).collect();
    let rows: Vec<&[T]> = rows.iter().map(Vec::as_slice).collect();
    let g = store(g);
    let mut out = g.clone();
    m.forward(kind, k, &rows, &mut out);
    let mut grads: Vec<Vec<T>> = rows.iter().map(|r| r.to_vec()).collect();
    let mut slots: Vec<&mut [T]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
    m.vjp(kind, k, &rows, &g, &mut slots);
    std::iter::once(out).chain(grads).map(wide).collect()
}
