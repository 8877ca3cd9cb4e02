//! The file that a run goes on from.

use crate::data::Hierarchy;
use crate::io::{RawTensor, TensorFile, read_tensors, write_tensors};
use crate::models::{HierarchyTrainer, Settings, State};
use crate::{DType, Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// A training state, and what it belongs to.
pub(super) struct Checkpoint {
    /// Settings and hierarchy as text, by name: two runs may share a checkpoint if these are equal.
    pub origin: BTreeMap<String, String>,
    pub state: State,
    /// Wall seconds of training so far.
    pub seconds: f64,
    /// CPU seconds likewise.
    pub cpu_seconds: f64,
}

impl Checkpoint {
    /// What a checkpoint of this run belongs to.
    pub fn origin(hierarchy: &Hierarchy, settings: &Settings) -> BTreeMap<String, String> {
        [
            ("manifold", settings.manifold.to_string()),
            ("dim", settings.dim.to_string()),
            ("learn-curvature", settings.learn_curvature.to_string()),
            ("loss", settings.loss.to_string()),
            ("holdout", settings.holdout.to_string()),
            ("by-tensors", settings.by_tensors.to_string()),
            ("negatives", settings.negatives.to_string()),
            ("lr", settings.lr.to_string()),
            ("burn-in", settings.burn_in.to_string()),
            ("batch", settings.batch.to_string()),
            ("seed", settings.seed.to_string()),
            ("hierarchy", format!("{} nodes, {:016x}", hierarchy.len(), fingerprint(hierarchy))),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Writes the file, atomically.
    pub fn write(&self, path: &Path) -> Result<()> {
        let tensor = |numbers: &[f64]| RawTensor {
            dtype: DType::F64,
            shape: vec![numbers.len()],
            bytes: numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
        };
        let state = &self.state;
        let tensors = [
            ("rows", tensor(&state.rows)),
            ("losses", tensor(&state.losses)),
            // Empty if curvatures are fixed.
            ("curvatures", tensor(&state.curvatures)),
            // What is no row and no loss: steps and loss of the unfinished epoch, seconds.
            ("progress", tensor(&[state.step as f64, state.partial, self.seconds, self.cpu_seconds])),
        ];
        let mut metadata = self.origin.clone();
        metadata.insert("format".into(), FORMAT.into());
        write_tensors(path, &TensorFile { tensors: tensors.map(|(n, t)| (n.to_owned(), t)).into(), metadata })
    }

    /// Reads the file, if it belongs to `origin`.
    pub fn read(path: &Path, origin: &BTreeMap<String, String>) -> Result<Checkpoint> {
        let fault = |what: String, remedy: &str| Error::Format {
            path: path.to_owned(),
            line: None,
            what,
            remedy: remedy.into(),
        };
        if !path.exists() {
            return Err(fault("there is no checkpoint".into(), "run without --resume, or give the --out of that run"));
        }
        let file = read_tensors(path)?;
        if file.metadata.get("format").map(String::as_str) != Some(FORMAT) {
            return Err(fault("this is no checkpoint of `beltrami embed`".into(), ANEW));
        }
        let differences: Vec<String> = origin
            .iter()
            .filter_map(|(name, now)| {
                let then = file.metadata.get(name).map_or("unknown", String::as_str);
                (then != now).then(|| format!("{name} was {then} and is {now}"))
            })
            .collect();
        if !differences.is_empty() {
            return Err(fault(
                format!("the checkpoint is from another run: {}", differences.join(", ")),
                "give the same options and data, or start anew without --resume",
            ));
        }
        let numbers = |name: &str| -> Result<Vec<f64>> {
            let raw = file.tensors.get(name).filter(|t| t.dtype == DType::F64);
            let raw = raw.ok_or_else(|| fault(format!("there is no f64 tensor '{name}'"), ANEW))?;
            if let Some(position) = raw.first_non_finite() {
                return Err(Error::NonFinite {
                    place: path.display().to_string(),
                    what: format!("tensor '{name}'"),
                    position,
                    remedy: ANEW.into(),
                });
            }
            Ok(raw.bytes.as_chunks().0.iter().map(|&b| f64::from_le_bytes(b)).collect())
        };
        let &[step, partial, seconds, cpu_seconds] = numbers("progress")?.as_slice() else {
            return Err(fault("'progress' does not hold four numbers".into(), ANEW));
        };
        let (rows, curvatures, losses) = (numbers("rows")?, numbers("curvatures")?, numbers("losses")?);
        let state = State { rows, curvatures, losses, step: step as usize, partial };
        Ok(Checkpoint { origin: origin.clone(), state, seconds, cpu_seconds })
    }

    /// A trainer that goes on from here.
    pub fn trainer<'a>(
        &self,
        path: &Path,
        hierarchy: &'a Hierarchy,
        settings: &Settings,
    ) -> Result<HierarchyTrainer<'a>> {
        HierarchyTrainer::resume(hierarchy, settings.clone(), self.state.clone()).map_err(|e| match e {
            Error::Argument { what, remedy, .. } => Error::Format { path: path.to_owned(), line: None, what, remedy },
            other => other,
        })
    }
}

const FORMAT: &str = "beltrami-embed-checkpoint-3";
const ANEW: &str = "the file is damaged or not a checkpoint: start anew without --resume";

/// Names and edges in one number (FNV-1a).
fn fingerprint(hierarchy: &Hierarchy) -> u64 {
    let names = hierarchy.names().iter().flat_map(|n| n.bytes().chain([0]));
    let edges = hierarchy.edges().iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()]).flatten();
    names.chain(edges).fold(0xcbf2_9ce4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
