//! The safetensors format, checked on the way in.
//!
//! Numbers come as [`DType`] has them. Three types of the format that [`DType`] lacks are widened without loss: F16 to f32,
//! I32 to i64, BOOL to u8.

use super::refused;
use crate::{DType, Error, Result, Tensor};
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// A tensor as bytes: little-endian, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct RawTensor {
    /// The type of the numbers.
    pub dtype: DType,
    /// Sizes of the axes; none for a single number.
    pub shape: Vec<usize>,
    /// `product(shape) × dtype.size()` bytes.
    pub bytes: Vec<u8>,
}

impl RawTensor {
    /// The numbers of a tensor.
    ///
    /// # Errors
    /// If they lie on a card that fails.
    pub fn of(tensor: &Tensor) -> Result<RawTensor> {
        let bytes = with_element!(tensor.dtype(), T, bytemuck::cast_slice(&tensor.to_vec::<T>()?).to_vec());
        Ok(RawTensor { dtype: tensor.dtype(), shape: tensor.dims().to_vec(), bytes })
    }

    /// The numbers as a tensor.
    ///
    /// # Errors
    /// If the bytes do not fit the shape.
    pub fn to_tensor(&self) -> Result<Tensor> {
        with_element!(self.dtype, T, {
            let numbers: Vec<T> = self.bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect();
            Tensor::from_slice(&numbers, &self.shape[..])
        })
    }

    /// Position of the first number (row-major) that is NaN or infinite, in a tensor of floats.
    pub fn first_non_finite(&self) -> Option<usize> {
        // All ones in the exponent mean NaN or infinity; the sign does not matter.
        let all_ones = |mask: u64, x: u64| x & mask == mask;
        let mut numbers = self.bytes.chunks_exact(self.dtype.size());
        let number = |b: &[u8]| b.iter().rev().fold(0u64, |x, &byte| x << 8 | u64::from(byte));
        match self.dtype {
            DType::F64 => numbers.position(|b| all_ones(0x7ff0_0000_0000_0000, number(b))),
            DType::F32 => numbers.position(|b| all_ones(0x7f80_0000, number(b))),
            DType::BF16 => numbers.position(|b| all_ones(0x7f80, number(b))),
            DType::U32 | DType::I64 | DType::U8 => None,
        }
    }
}

/// What a safetensors file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TensorFile {
    /// The tensors, by name.
    pub tensors: BTreeMap<String, RawTensor>,
    /// Free text, by key: what the numbers mean.
    pub metadata: BTreeMap<String, String>,
}

/// Reads a safetensors file.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; otherwise as [`parse_tensors`].
pub fn read_tensors(path: impl AsRef<Path>) -> Result<TensorFile> {
    let path = path.as_ref();
    parse_tensors(path, &std::fs::read(path).map_err(refused(path, "cannot read"))?)
}

/// Reads safetensors data from memory; `path` names it in errors.
///
/// # Errors
/// [`Error::Format`] if the data is cut off, its header does not fit it, or a tensor has a type that [`DType`] cannot hold.
pub fn parse_tensors(path: &Path, bytes: &[u8]) -> Result<TensorFile> {
    let fault = |what: String, remedy: &str| Error::Format {
        path: path.to_owned(),
        line: None,
        what,
        remedy: remedy.to_owned(),
    };
    let damaged = |e: SafeTensorError| fault(describe(&e, bytes), remedy(&e));
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let mut tensors = BTreeMap::new();
    for (name, view) in file.iter() {
        let raw = convert(&view).map_err(|(what, remedy)| fault(format!("tensor '{name}' {what}"), remedy))?;
        tensors.insert(name.to_owned(), raw);
    }
    let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
    Ok(TensorFile { tensors, metadata })
}

/// Writes a safetensors file, atomically; equal contents give equal bytes (which the `safetensors` crate does not promise:
/// its metadata comes in the order of a hash map).
///
/// # Errors
/// [`Error::Argument`] if a tensor's bytes do not fit its shape, or one is named `__metadata__`; [`Error::Io`] as
/// [`write_atomic`](super::write_atomic).
pub fn write_tensors(path: impl AsRef<Path>, file: &TensorFile) -> Result<()> {
    let bad = |what: String, remedy: &str| Error::Argument { op: "write_tensors", what, remedy: remedy.to_owned() };
    // Wide numbers first, so that every tensor is aligned to its numbers.
    let mut tensors: Vec<_> = file.tensors.iter().collect();
    tensors.sort_by_key(|(_, t)| std::cmp::Reverse(t.dtype.size()));
    let mut header = serde_json::Map::new();
    let mut offset = 0;
    for &(name, t) in &tensors {
        let numbers = t.shape.iter().try_fold(t.dtype.size(), |n, &size| n.checked_mul(size));
        if numbers != Some(t.bytes.len()) {
            let what =
                format!("tensor '{name}' of shape {:?} and type {} has {} bytes", t.shape, t.dtype, t.bytes.len());
            return Err(bad(what, "give it product(shape) × dtype.size() bytes"));
        }
        let end = offset + t.bytes.len();
        let entry = json!({"dtype": t.dtype.name().to_uppercase(), "shape": t.shape, "data_offsets": [offset, end]});
        header.insert(name.clone(), entry);
        offset = end;
    }
    if !file.metadata.is_empty() && header.insert("__metadata__".into(), json!(file.metadata)).is_some() {
        return Err(bad(
            "a tensor is named '__metadata__'".into(),
            "the format keeps this name for itself: choose another",
        ));
    }
    let mut header = serde_json::Value::Object(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    super::write_atomic(path, |out| {
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(&header)?;
        tensors.iter().try_for_each(|(_, t)| out.write_all(&t.bytes))
    })
}

type Refusal = (String, &'static str);

fn convert(view: &TensorView) -> std::result::Result<RawTensor, Refusal> {
    let bytes = view.data();
    let (dtype, bytes) = match view.dtype() {
        Dtype::F32 => (DType::F32, bytes.to_vec()),
        Dtype::F64 => (DType::F64, bytes.to_vec()),
        Dtype::BF16 => (DType::BF16, bytes.to_vec()),
        Dtype::U32 => (DType::U32, bytes.to_vec()),
        Dtype::I64 => (DType::I64, bytes.to_vec()),
        Dtype::U8 => (DType::U8, bytes.to_vec()),
        Dtype::F16 => (DType::F32, widen(bytes, |b| half::f16::from_le_bytes(b).to_f32().to_le_bytes())),
        Dtype::I32 => (DType::I64, widen(bytes, |b| i64::from(i32::from_le_bytes(b)).to_le_bytes())),
        Dtype::BOOL => match bytes.iter().position(|&b| b > 1) {
            None => (DType::U8, bytes.to_vec()),
            Some(i) => return Err((format!("is BOOL but holds {} at {i}", bytes[i]), "write the file again")),
        },
        other => {
            let remedy = "convert it to one of F64, F32, BF16, F16, I64, I32, U32, U8, BOOL";
            return Err((format!("has the number type {other}, which is not supported"), remedy));
        }
    };
    Ok(RawTensor { dtype, shape: view.shape().to_vec(), bytes })
}

fn widen<const N: usize, const M: usize>(bytes: &[u8], f: impl Fn([u8; N]) -> [u8; M]) -> Vec<u8> {
    bytes.as_chunks::<N>().0.iter().flat_map(|&b| f(b)).collect()
}

/// The fault in words, with the numbers that show it.
fn describe(error: &SafeTensorError, bytes: &[u8]) -> String {
    let size = bytes.len();
    let declared = bytes.first_chunk::<8>().map(|&b| u64::from_le_bytes(b)).unwrap_or(0);
    match error {
        SafeTensorError::HeaderTooSmall => format!("{size} bytes are too few to be a safetensors file"),
        SafeTensorError::HeaderTooLarge => format!("the header claims {declared} bytes, more than the format allows"),
        SafeTensorError::InvalidHeaderLength => {
            format!("the header claims {declared} bytes, but the file has only {size}")
        }
        SafeTensorError::InvalidHeader(e) => format!("the header is not UTF-8 ({e})"),
        SafeTensorError::InvalidHeaderDeserialization(e) => format!("the header cannot be read ({e})"),
        SafeTensorError::MetadataIncompleteBuffer => {
            format!("the header describes another amount of data than the {size} bytes here")
        }
        SafeTensorError::InvalidOffset(name) => {
            format!("the offsets of tensor '{name}' overlap, leave a gap or run backwards")
        }
        SafeTensorError::TensorInvalidInfo => "a tensor's offsets do not fit its shape and number type".into(),
        other => format!("not a sound safetensors file ({other})"),
    }
}

fn remedy(error: &SafeTensorError) -> &'static str {
    match error {
        SafeTensorError::MetadataIncompleteBuffer | SafeTensorError::InvalidHeaderLength => {
            "the file is cut off or damaged: copy or download it again"
        }
        _ => "give a safetensors file, or write this one again",
    }
}
