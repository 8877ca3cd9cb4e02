//! All that a training goes on from, as one file.

use super::History;
use crate::io::{RawTensor, TensorFile};
use crate::models::LanguageModel;
use crate::tokens::Cursor;
use crate::{Error, Param, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

/// The state of a training after a step. Random numbers are functions of seed and step, so they need no place here.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What the training is made of, by name: a state is only taken up where these are the same.
    pub origin: BTreeMap<String, String>,
    /// Parameters and buffers of the model.
    pub model: BTreeMap<String, RawTensor>,
    /// The optimizer's.
    pub optimizer: TensorFile,
    /// Where the data goes on.
    pub cursor: Cursor,
    /// The losses so far, one a step.
    pub history: History,
    /// Wall seconds of training so far.
    pub seconds: f64,
}

const FORMAT: &str = "beltrami-training-1";
const DAMAGED: &str = "the file is damaged: take an earlier checkpoint";

/// Where the parts of a state stand in the file.
const MODEL: &str = "model/";
const OPTIMIZER: &str = "optimizer/";
const HISTORY: &str = "history/";
const ORIGIN: &str = "origin/";

impl State {
    /// How many steps have been made.
    pub fn steps(&self) -> usize {
        self.history.losses.len()
    }

    pub(super) fn to_file(&self) -> TensorFile {
        let mut file = TensorFile::default();
        let mut put = |part: &str, name: &str, tensor: &RawTensor| {
            file.tensors.insert(format!("{part}{name}"), tensor.clone());
        };
        self.model.iter().for_each(|(name, t)| put(MODEL, name, t));
        self.optimizer.tensors.iter().for_each(|(name, t)| put(OPTIMIZER, name, t));
        self.history.tensors().iter().for_each(|(name, t)| put(HISTORY, name, t));
        let mut tell = |part: &str, name: &str, value: String| {
            file.metadata.insert(format!("{part}{name}"), value);
        };
        self.origin.iter().for_each(|(name, value)| tell(ORIGIN, name, value.clone()));
        self.optimizer.metadata.iter().for_each(|(name, value)| tell(OPTIMIZER, name, value.clone()));
        tell("", "format", FORMAT.into());
        tell("", "epoch", self.cursor.epoch.to_string());
        tell("", "index", self.cursor.index.to_string());
        tell("", "seconds", self.seconds.to_string());
        let sum = checksum(&file);
        file.metadata.insert("checksum".into(), sum);
        file
    }

    /// The state in a file; `path` names it in errors.
    pub(super) fn from_file(path: &Path, mut file: TensorFile) -> Result<State> {
        let fault =
            |what: &str| Error::Format { path: path.to_owned(), line: None, what: what.into(), remedy: DAMAGED.into() };
        if file.metadata.get("format").map(String::as_str) != Some(FORMAT) {
            return Err(fault("this is no checkpoint of a training"));
        }
        let told = file.metadata.remove("checksum");
        if told != Some(checksum(&file)) {
            return Err(fault("the numbers do not agree with their checksum"));
        }
        fn number<N: FromStr>(file: &TensorFile, name: &str) -> Option<N> {
            file.metadata.get(name)?.parse().ok()
        }
        let cursor = number(&file, "epoch").zip(number(&file, "index"));
        let Some(((epoch, index), seconds)) = cursor.zip(number(&file, "seconds")) else {
            return Err(fault("the metadata lacks epoch, index or seconds"));
        };
        let [losses, validation] = ["losses", "validation"].map(|name| file.tensors.get(&format!("{HISTORY}{name}")));
        let (Some(losses), Some(validation)) = (losses, validation) else {
            return Err(fault("the losses are missing"));
        };
        Ok(State {
            history: History::from_tensors(losses, validation)?,
            origin: part(&file.metadata, ORIGIN),
            model: part(&file.tensors, MODEL),
            optimizer: TensorFile {
                tensors: part(&file.tensors, OPTIMIZER),
                metadata: part(&file.metadata, OPTIMIZER),
            },
            cursor: Cursor { epoch, index },
            seconds,
        })
    }
}

/// Entries whose names start with `prefix`, without it.
fn part<V: Clone>(all: &BTreeMap<String, V>, prefix: &str) -> BTreeMap<String, V> {
    all.iter().filter_map(|(name, v)| Some((name.strip_prefix(prefix)?.to_owned(), v.clone()))).collect()
}

/// CRC-32 of all names, numbers and texts: damage that leaves the form of the file whole is found too.
fn checksum(file: &TensorFile) -> String {
    let mut crc = flate2::Crc::new();
    for (name, tensor) in &file.tensors {
        crc.update(name.as_bytes());
        crc.update(&tensor.bytes);
    }
    for (name, text) in &file.metadata {
        crc.update(name.as_bytes());
        crc.update(text.as_bytes());
    }
    format!("{:08x}", crc.sum())
}

/// Parameters and buffers of a model, by name.
///
/// # Errors
/// [`Error::Argument`] if two have one name.
pub fn parameters(model: &dyn LanguageModel) -> Result<BTreeMap<String, RawTensor>> {
    let mut all = BTreeMap::new();
    for param in kept(model) {
        if all.insert(param.name().to_owned(), RawTensor::of(&param.tensor().detach())?).is_some() {
            let what = format!("two parameters are named {}", param.name());
            return Err(Error::Argument { op: "train", what, remedy: "give each a name of its own".into() });
        }
    }
    Ok(all)
}

/// Gives a model the parameters and buffers that [`parameters`] took from its like; `path` names their file in errors.
///
/// # Errors
/// [`Error::Format`] if one is missing, left over, or has another shape or type; then none is changed.
pub fn load_parameters(model: &dyn LanguageModel, path: &Path, tensors: &BTreeMap<String, RawTensor>) -> Result<()> {
    let fault = |what: String| Error::Format {
        path: path.to_owned(),
        line: None,
        what,
        remedy: "make the model with the options that it was trained with".into(),
    };
    let params = kept(model);
    let mut values = Vec::with_capacity(params.len());
    for param in &params {
        let now = param.tensor();
        let raw = tensors.get(param.name()).ok_or_else(|| fault(format!("there is no tensor {}", param.name())))?;
        if raw.shape != now.dims() || raw.dtype != now.dtype() {
            let (name, there, here) = (param.name(), (raw.dtype, &raw.shape), (now.dtype(), now.dims()));
            return Err(fault(format!(
                "{name} is {} {:?} here, the model has {} {:?}",
                there.0, there.1, here.0, here.1
            )));
        }
        values.push(raw.to_tensor()?.to_device(now.device())?);
    }
    if let Some(other) = tensors.keys().find(|name| !params.iter().any(|p| p.name() == *name)) {
        return Err(fault(format!("{other} belongs to no parameter of the model")));
    }
    params.iter().zip(values).try_for_each(|(param, value)| param.set(value))
}

fn kept(model: &dyn LanguageModel) -> Vec<Param> {
    model.params().into_iter().chain(model.buffers()).collect()
}
