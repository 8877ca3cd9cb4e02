//! What is embedded: the regimes with what geoopt reaches there, and samples with exact results.

use crate::geometry::{Curv, Kind, Model, Role};
use crate::{DType, Error, Result};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::str::FromStr;

/// One line a regime: worst relative errors of geoopt 0.5.1 (128 samples, curvature −1, 16 dimensions), and the target.
const REGIMES: &str = include_str!("regimes.tsv");

/// Made by tests/golden/accuracy/make.py.
const SAMPLES: &[u8] = include_bytes!("samples.jsonl.gz");

/// Where points lie and how long steps are, for one model and one type of rows.
#[derive(Clone, Debug)]
pub struct Regime {
    /// The model.
    pub model: Model,
    /// The type of the rows.
    pub dtype: DType,
    /// Radii, separations, steps.
    pub name: &'static str,
    /// What geoopt reaches, by function; NaN where its result is not finite.
    pub geoopt: BTreeMap<&'static str, f64>,
    /// The largest relative error that a value may have.
    pub target: f64,
}

/// Arguments, and what every function of the model gives for them.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Which of [`regimes`].
    pub regime: usize,
    /// The curvature.
    pub curv: Curv,
    args: BTreeMap<char, Vec<f64>>,
    /// A cotangent; a function takes as many numbers of it as its result has.
    pub g: Vec<f64>,
    /// By function.
    pub wanted: BTreeMap<String, Wanted>,
}

/// Exact results of a function.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// A letter an argument.
    pub letters: Vec<char>,
    /// The number that some functions take ([`Call::number`](crate::geometry::Call::number)).
    pub number: f64,
    /// The value.
    pub value: Vec<f64>,
    /// Gradients of ⟨g, value⟩ in every argument.
    pub grads: Vec<Vec<f64>>,
    /// Its slopes in c and t.
    pub slopes: Vec<f64>,
}

impl Sample {
    /// An argument by its letter, without time.
    pub fn arg(&self, letter: char) -> &[f64] {
        self.args.get(&letter).map_or(&[], Vec::as_slice)
    }

    /// The rows that `kind` takes, as the model stores them. The time of a point or tangent is never read: it is NaN.
    pub fn rows(&self, model: Model, kind: Kind, letters: &[char]) -> Vec<Vec<f64>> {
        let stored = |(letter, role): (&char, &Role)| {
            let timed = model == Model::Lorentz && *role != Role::Ambient;
            let time = vec![f64::NAN; usize::from(timed)];
            [&time, self.arg(*letter)].concat()
        };
        letters.iter().zip(kind.inputs()).map(stored).collect()
    }
}

/// The models by name.
pub const MODELS: [(&str, Model); 6] = [
    ("lorentz", Model::Lorentz),
    ("poincare", Model::Poincare),
    ("halfspace", Model::HalfSpace),
    ("solvable", Model::Solvable),
    ("sphere", Model::Sphere),
    ("stereographic", Model::Stereographic),
];

/// All regimes.
///
/// # Errors
/// If the embedded table is damaged.
pub fn regimes() -> Result<Vec<Regime>> {
    let mut lines = REGIMES.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    lines
        .map(|row| {
            let [model, dtype, name, errors @ .., target] = &row[..] else { return Err(damaged("regimes.tsv")) };
            let theirs = head[3..].iter().zip(errors).filter(|(_, e)| **e != "-");
            Ok(Regime {
                model: find(&MODELS, model)?,
                dtype: find(&[("f32", DType::F32), ("f64", DType::F64)], dtype)?,
                name,
                geoopt: theirs.map(|(f, e)| Ok((*f, parse(e)?))).collect::<Result<_>>()?,
                target: parse(target)?,
            })
        })
        .collect()
}

/// All samples.
///
/// # Errors
/// If the embedded file is damaged.
pub fn samples(regimes: &[Regime]) -> Result<Vec<Sample>> {
    BufReader::new(GzDecoder::new(SAMPLES))
        .lines()
        .map(|line| {
            let line = line.map_err(|_| damaged("samples.jsonl.gz"))?;
            let line: Value = serde_json::from_str(&line).map_err(|_| damaged("samples.jsonl.gz"))?;
            let text = |key: &str| line[key].as_str().unwrap_or_default();
            let place = |r: &Regime| {
                r.name == text("regime")
                    && r.dtype.to_string() == text("dtype")
                    && find(&MODELS, text("model")).is_ok_and(|m| m == r.model)
            };
            let regime = regimes.iter().position(place).ok_or_else(|| damaged("samples.jsonl.gz"))?;
            let exact = |a: f64| if regimes[regime].dtype == DType::F32 { f64::from(a as f32) } else { a };
            let mut args: BTreeMap<char, Vec<f64>> = BTreeMap::new();
            for (letter, row) in line["args"].as_object().into_iter().flatten() {
                args.insert(parse(letter)?, numbers(row)?.into_iter().map(exact).collect());
            }
            let wanted = line["want"].as_object().into_iter().flatten();
            Ok(Sample {
                regime,
                curv: Curv { c: parse(text("c"))?, t: parse(text("t"))? },
                g: args.get(&'g').cloned().unwrap_or_default(),
                args,
                wanted: wanted.map(|(name, w)| Ok((name.clone(), want(w)?))).collect::<Result<_>>()?,
            })
        })
        .collect()
}

fn want(w: &Value) -> Result<Wanted> {
    let grads = w["grads"].as_array().into_iter().flatten();
    Ok(Wanted {
        number: w["number"].as_str().map_or(Ok(f64::INFINITY), parse)?,
        letters: w["args"].as_str().unwrap_or_default().chars().collect(),
        value: numbers(&w["value"])?,
        grads: grads.map(numbers).collect::<Result<_>>()?,
        slopes: numbers(&w["slopes"])?,
    })
}

/// A row is one string: JSON parsers may round numbers otherwise than Rust.
fn numbers(row: &Value) -> Result<Vec<f64>> {
    row.as_str().unwrap_or_default().split_whitespace().map(parse).collect()
}

fn parse<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| damaged(text))
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Result<T> {
    table.iter().find(|(n, _)| *n == name).map(|(_, value)| *value).ok_or_else(|| damaged(name))
}

fn damaged(what: &str) -> Error {
    Error::Argument {
        op: "accuracy",
        what: format!("the embedded references are damaged at {what:?}"),
        remedy: "make them again with tests/golden/accuracy/make.py".into(),
    }
}
