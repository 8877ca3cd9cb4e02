//! The row functions against 200-digit arithmetic and recorded cases, against differences, and against each other.

mod differences;
mod laws;
mod precision;
mod references;

use beltrami::geometry::{Coord, Curv, Kind, Model, Role};
use std::collections::BTreeMap;

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

fn scalar(model: Model, kind: Kind, k: Curv, args: &[&[f64]]) -> f64 {
    let mut out = [0.0];
    model.forward(kind, k, args, &mut out);
    out[0]
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The number of functions that take one: a fraction of the way, a factor; points stay where they are.
fn number_of(kind: Kind) -> f64 {
    if kind == Kind::Project { f64::INFINITY } else { 0.7 }
}
