//! A recorded case: its tensors and metadata.

use super::Report;
use crate::io::{RawTensor, read_tensors};
use crate::tensor::Tensor;
use crate::{DType, Error, Grads, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Relative error (to the largest number of a tensor) that f64 results may have.
pub(super) const TOLERANCE: f64 = 1e-9;

pub(super) struct Fixture {
    path: PathBuf,
    tensors: BTreeMap<String, RawTensor>,
    meta: Value,
}

impl Fixture {
    pub fn read(path: &Path) -> Result<Fixture> {
        let file = read_tensors(path)?;
        let meta = match file.metadata.get("meta") {
            Some(text) => serde_json::from_str(text).map_err(|e| Error::Format {
                path: path.into(),
                line: None,
                what: format!("the metadata entry `meta` is not JSON: {e}"),
                remedy: "record the case again".into(),
            })?,
            None => Value::Null,
        };
        Ok(Fixture { path: path.into(), tensors: file.tensors, meta })
    }

    fn missing(&self, what: String) -> Error {
        Error::Format { path: self.path.clone(), line: None, what, remedy: "record the case again".into() }
    }

    /// The tensor `key`, as f64.
    pub fn get(&self, key: &str) -> Result<Tensor> {
        let raw = self.tensors.get(key).ok_or_else(|| self.missing(format!("there is no tensor {key}")))?;
        raw.to_tensor()?.to_dtype(DType::F64)
    }

    pub fn has(&self, key: &str) -> bool {
        self.tensors.contains_key(key)
    }

    /// Input `name` as a leaf.
    pub fn leaf(&self, name: &str) -> Result<Tensor> {
        Ok(self.get(&format!("in.{name}"))?.tracked())
    }

    /// A number of the metadata.
    pub fn number(&self, key: &str) -> Result<f64> {
        self.meta[key].as_f64().ok_or_else(|| self.missing(format!("the metadata has no number {key}")))
    }

    /// Two numbers of the metadata.
    pub fn pair(&self, key: &str) -> Result<(f64, f64)> {
        match (self.meta[key][0].as_f64(), self.meta[key][1].as_f64()) {
            (Some(a), Some(b)) => Ok((a, b)),
            _ => Err(self.missing(format!("the metadata has no pair {key}"))),
        }
    }

    /// The name of the case.
    pub fn case(&self) -> &str {
        self.path.file_stem().and_then(|s| s.to_str()).unwrap_or_default()
    }

    /// Compares every result with what was recorded under its name.
    pub fn compare(&self, report: &mut Report, results: &[(&str, Tensor)]) -> Result<()> {
        for (name, result) in results {
            let want = self.get(&format!("out.{name}"))?;
            report.check(*name, distance(result, &want.reshape(result.shape())?), TOLERANCE);
        }
        Ok(())
    }

    /// Gradients of Σ ⟨recorded cotangent, result⟩.
    pub fn backward(&self, results: &[(&str, Tensor)]) -> Result<Grads> {
        let mut loss: Option<Tensor> = None;
        for (name, result) in results {
            let term = self.get(&format!("cot.{name}"))?.reshape(result.shape())?.mul(result)?.sum_all()?;
            loss = Some(match loss {
                None => term,
                Some(sum) => sum.add(&term)?,
            });
        }
        loss.ok_or_else(|| self.missing("nothing to differentiate".into()))?.backward()
    }

    /// The names of the recorded outputs.
    pub fn outputs(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().filter_map(|k| k.strip_prefix("out.")).filter(|k| !k.starts_with("__"))
    }
}

/// The largest difference relative to the largest number of `want`.
pub(super) fn distance(got: &Tensor, want: &Tensor) -> f64 {
    let (got, want) = (got.to_f64_vec(), want.to_f64_vec());
    if got.len() != want.len() {
        return f64::INFINITY;
    }
    let scale = want.iter().fold(f64::MIN_POSITIVE, |m, w| m.max(w.abs()));
    // `max` would swallow a NaN.
    got.iter().zip(&want).map(|(g, w)| (g - w).abs() / scale).fold(0.0, |m, e| if e > m || e.is_nan() { e } else { m })
}
