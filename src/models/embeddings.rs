//! Named points of a manifold, as trained, stored and looked up.

use super::Loss;
use super::chart::Fused;
use super::entailment::excess;
use crate::data::Hierarchy;
use crate::geometry::{Conversion, Model};
use crate::io::{RawTensor, TensorFile, read_tensors, write_table, write_tensors};
use crate::manifold::{Manifold, Spec};
use crate::{DType, Device, Error, Result, Tensor};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A point of a manifold for each name.
#[derive(Clone, Debug)]
pub struct Embeddings {
    names: Vec<String>,
    spec: Spec,
    manifold: Arc<dyn Manifold>,
    dim: usize,
    loss: Loss,
    rows: Vec<f64>,
}

const REMEDY: &str = "give embeddings.safetensors as `beltrami embed` writes it";

impl Embeddings {
    /// Points as rows of the manifold's ambient width, one after another.
    ///
    /// # Errors
    /// [`Error::Argument`] if the numbers do not fit the names; [`Error::NonFinite`] for NaN or infinity.
    pub fn new(names: Vec<String>, spec: Spec, dim: usize, rows: Vec<f64>) -> Result<Embeddings> {
        let manifold = spec.build()?;
        let width = manifold.ambient(dim);
        let bad = |what: String| Err(Error::Argument { op: "embeddings", what, remedy: "give one row a name".into() });
        if dim == 0 {
            return bad("dimension 0".into());
        }
        if names.len().checked_mul(width) != Some(rows.len()) {
            return bad(format!("{} names × {width} numbers, but {} numbers", names.len(), rows.len()));
        }
        if let Some(i) = rows.iter().position(|x| !x.is_finite()) {
            return Err(Error::NonFinite {
                place: "embeddings".into(),
                what: format!("the point of '{}'", names[i / width]),
                position: i,
                remedy: "training diverged or the file is damaged: train again, with a lower learning rate".into(),
            });
        }
        Ok(Embeddings { names, spec, manifold, dim, loss: Loss::Softmax, rows })
    }

    /// The same points, to be read as this loss has placed them.
    pub fn trained_with(self, loss: Loss) -> Embeddings {
        Embeddings { loss, ..self }
    }

    /// The names, one a row.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where the points live.
    pub fn manifold(&self) -> &Spec {
        &self.spec
    }

    /// What the points were trained with.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Dimension of the space.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Numbers a row: `dim`, and one more for each hyperboloid or sphere.
    pub fn width(&self) -> usize {
        self.rows.len() / self.names.len().max(1)
    }

    /// The points, row after row.
    pub fn rows(&self) -> &[f64] {
        &self.rows
    }

    /// The point of a name's number.
    pub fn row(&self, i: usize) -> &[f64] {
        let width = self.width();
        &self.rows[i * width..(i + 1) * width]
    }

    /// The number of a name.
    ///
    /// # Errors
    /// [`Error::Argument`] with the closest names.
    pub fn find(&self, name: &str) -> Result<usize> {
        self.names.iter().position(|n| n == name).ok_or_else(|| Error::Argument {
            op: "embeddings",
            what: format!("there is no '{name}'"),
            remedy: format!("did you mean {}?", closest(&self.names, name, 3).join(", ")),
        })
    }

    /// The `k` points nearest to a point of the table, other than itself: (number, distance), by distance.
    ///
    /// # Errors
    /// If the points are not on the manifold.
    pub fn neighbors(&self, i: usize, k: usize) -> Result<Vec<(usize, f64)>> {
        let device = Device::cpu();
        let (own, all) = (self.tensor([i], &device)?, self.tensor(0..self.names.len(), &device)?);
        let distances = self.manifold.dist(&own, &all)?.to_vec::<f64>()?;
        let mut found: Vec<(usize, f64)> = distances.into_iter().enumerate().filter(|&(j, _)| j != i).collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.truncate(k);
        Ok(found)
    }

    /// Some points: \[rows, width].
    pub(super) fn tensor(&self, rows: impl IntoIterator<Item = usize>, device: &Device) -> Result<Tensor> {
        let numbers: Vec<f64> = rows.into_iter().flat_map(|i| self.row(i)).copied().collect();
        Tensor::from_slice(&numbers, [numbers.len() / self.width(), self.width()])?.to_device(device)
    }

    /// How far points are from having others as ancestors; small for ancestors.
    pub(super) fn far(&self, points: &Tensor, others: &Tensor) -> Result<Tensor> {
        match self.loss {
            Loss::Softmax => self.manifold.dist(points, others),
            Loss::Cones => excess(&*self.manifold, others, points),
        }
    }

    /// The coordinates that distances can be told from without tensors, if that is how these points are read.
    pub(super) fn fused(&self) -> Result<Option<Fused>> {
        match self.loss {
            Loss::Softmax => Fused::of(&*self.manifold, self.dim),
            Loss::Cones => Ok(None),
        }
    }

    /// Whether this is hyperbolic space on its own, neither flat nor a product: points have places in the ball.
    pub fn is_hyperbolic(&self) -> Result<bool> {
        Ok(matches!(Fused::of(&*self.manifold, self.dim)?, Some(Fused::Ball(_))))
    }

    /// Coordinates in the unit ball (hyperbolic models) or in flat space: `dim` numbers a row.
    ///
    /// # Errors
    /// [`Error::Argument`] for products and other manifolds, which have no such coordinates.
    pub fn unit_rows(&self) -> Result<Vec<f64>> {
        let factors = self.manifold.factors(self.width())?;
        let [factor] = factors.as_slice() else { return Err(self.no_unit_coordinates()) };
        let (c, root) = (factor.curv.c, factor.curv.c.sqrt());
        match factor.model {
            Model::Euclidean => Ok(self.rows.clone()),
            Model::Poincare => Ok(self.rows.iter().map(|x| x * root).collect()),
            model if Conversion::has(model) => {
                let conversion = Conversion { from: (model, c), to: (Model::Poincare, 1.0) };
                let mut out = vec![0.0; self.names.len() * self.dim];
                for (i, out) in out.chunks_exact_mut(self.dim).enumerate() {
                    conversion.point(self.row(i), out);
                }
                Ok(out)
            }
            _ => Err(self.no_unit_coordinates()),
        }
    }

    fn no_unit_coordinates(&self) -> Error {
        let what = format!("{} has no coordinates in the unit ball", self.spec);
        Error::Argument { op: "unit_rows", what, remedy: "give points of one hyperbolic or flat space".into() }
    }

    /// For each node of `hierarchy`, the number of its point.
    ///
    /// # Errors
    /// [`Error::Argument`] for the first name without a point.
    pub fn positions(&self, hierarchy: &Hierarchy) -> Result<Vec<usize>> {
        let numbers: BTreeMap<&str, usize> = self.names.iter().map(String::as_str).zip(0..).collect();
        let position = |name: &String| match numbers.get(name.as_str()) {
            Some(&i) => Ok(i),
            None => self.find(name),
        };
        hierarchy.names().iter().map(position).collect()
    }

    /// Writes `embeddings` ([names × width], f64) with the names, the manifold and the dimension as metadata; atomically.
    ///
    /// # Errors
    /// As [`write_tensors`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let bytes = self.rows.iter().flat_map(|x| x.to_le_bytes()).collect();
        let raw = RawTensor { dtype: DType::F64, shape: vec![self.names.len(), self.width()], bytes };
        let metadata = [
            ("format", "beltrami-embeddings-1".to_owned()),
            ("manifold", self.spec.to_string()),
            ("dim", self.dim.to_string()),
            ("loss", self.loss.to_string()),
            ("names", serde_json::json!(self.names).to_string()),
        ];
        write_tensors(
            path,
            &TensorFile {
                tensors: [("embeddings".to_owned(), raw)].into(),
                metadata: metadata.map(|(k, v)| (k.to_owned(), v)).into(),
            },
        )
    }

    /// Writes `name<TAB>x₀<TAB>x₁…` lines, atomically.
    ///
    /// # Errors
    /// As [`write_table`].
    pub fn write_tsv(&self, path: impl AsRef<Path>) -> Result<()> {
        write_table(path, &self.names, self.width(), &self.rows)
    }

    /// Reads what [`Embeddings::write`] wrote (also with f32 numbers).
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Format`] and [`Error::NonFinite`], naming the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Embeddings> {
        let path = path.as_ref();
        let file = read_tensors(path)?;
        let fault = |what: String| Error::Format { path: path.to_owned(), line: None, what, remedy: REMEDY.into() };
        let entry = |key: &str| file.metadata.get(key).ok_or_else(|| fault(format!("the metadata has no '{key}'")));
        let unreadable = |key: &str| fault(format!("the metadata's '{key}' cannot be read"));
        let manifold: Spec = entry("manifold")?.parse().map_err(|e: Error| fault(e.to_string()))?;
        let dim = entry("dim")?.parse().map_err(|_| unreadable("dim"))?;
        // Files of earlier versions do not say; then it is the softmax.
        let loss = file.metadata.get("loss").map_or(Ok(Loss::Softmax), |text| text.parse());
        let loss = loss.map_err(|_| unreadable("loss"))?;
        let names: Vec<String> = serde_json::from_str(entry("names")?).map_err(|_| unreadable("names"))?;
        let raw = file.tensors.get("embeddings").ok_or_else(|| fault("there is no tensor 'embeddings'".into()))?;
        let rows = floats(raw).ok_or_else(|| fault(format!("'embeddings' holds {} numbers", raw.dtype)))?;
        let embeddings = Embeddings::new(names, manifold, dim, rows).map(|e| e.trained_with(loss));
        embeddings.map_err(|e| match e {
            Error::NonFinite { what, position, remedy, .. } => {
                Error::NonFinite { place: path.display().to_string(), what, position, remedy }
            }
            other => fault(other.to_string()),
        })
    }
}

/// The numbers of a float tensor.
fn floats(raw: &RawTensor) -> Option<Vec<f64>> {
    match raw.dtype {
        DType::F64 => Some(raw.bytes.as_chunks().0.iter().map(|&b| f64::from_le_bytes(b)).collect()),
        DType::F32 => Some(raw.bytes.as_chunks().0.iter().map(|&b| f64::from(f32::from_le_bytes(b))).collect()),
        _ => None,
    }
}

/// The `k` names most like `name`: those that share most pairs of letters with it (Dice's coefficient).
fn closest<'a>(names: &'a [String], name: &str, k: usize) -> Vec<&'a str> {
    let pairs = |s: &str| {
        // The ends count as letters.
        let letters: Vec<char> = format!("^{}$", s.to_lowercase()).chars().collect();
        let mut pairs: Vec<[char; 2]> = letters.windows(2).map(|w| [w[0], w[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let wanted = pairs(name);
    let mut scored: Vec<(f64, &str)> = names.iter().map(|n| (dice(&wanted, &pairs(n)), n.as_str())).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(k).map(|(_, n)| n).collect()
}

/// Twice the share of common items in two sorted lists.
fn dice(a: &[[char; 2]], b: &[[char; 2]]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    2.0 * f64::from(common) / (a.len() + b.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_close_come_first() {
        let names: Vec<String> = ["dog.n.01", "domestic_dog.n.01", "cat.n.01", "whale.n.02"].map(String::from).into();
        assert_eq!(closest(&names, "dog", 2), ["dog.n.01", "domestic_dog.n.01"]);
        assert_eq!(closest(&names, "whales", 1), ["whale.n.02"]);
        let numbered: Vec<String> = (1..30).map(|i| format!("n{i}")).collect();
        assert_eq!(closest(&numbered, "m2", 1), ["n2"]);
    }
}
