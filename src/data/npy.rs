//! NumPy's `.npy` files: one array.
//!
//! The format is NEP 1 (<https://numpy.org/neps/nep-0001-npy-format.html>): a magic string, a version, the length of a
//! header, the header (a Python dictionary with `descr`, `fortran_order` and `shape`), the numbers.

use super::text::{fault, read};
use crate::{DType, Result, Tensor};
use std::path::Path;

const MAGIC: &[u8] = b"\x93NUMPY";
const REMEDY: &str = "save it again with numpy.save, as float32, float64, int64, int32, uint32, uint8 or bool";

/// Reads a `.npy` file as a tensor of its shape. Little-endian floats, integers and booleans; int32 becomes i64, bool u8.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if the file cannot be read; otherwise as [`parse_npy`].
pub fn read_npy(path: impl AsRef<Path>) -> Result<Tensor> {
    let path = path.as_ref();
    parse_npy(path, &read(path)?)
}

/// As [`read_npy`], from memory. `path` names it in errors.
///
/// # Errors
/// [`Error::Format`](crate::Error::Format) if it is no `.npy` file, holds numbers of another type, or is cut off.
pub fn parse_npy(path: &Path, bytes: &[u8]) -> Result<Tensor> {
    let bad = |what: String| fault(path, None, what, REMEDY);
    let (header, data) = header(bytes).ok_or_else(|| bad("no .npy file".into()))?;
    let entry =
        |key: &str| entry(header, key).ok_or_else(|| bad(format!("the header has no {key}: {}", header.trim())));
    let descr = entry("descr")?.trim_matches(['\'', '"']);
    let fortran = entry("fortran_order")? == "True";
    let shape = entry("shape")?.trim_matches(['(', ')']);
    let shape: Option<Vec<usize>> =
        shape.split(',').map(str::trim).filter(|s| !s.is_empty()).map(|s| s.parse().ok()).collect();
    let shape = shape.ok_or_else(|| bad(format!("the shape cannot be read: {}", header.trim())))?;
    let (dtype, width) = match descr {
        "<f4" => (DType::F32, 4),
        "<f8" => (DType::F64, 8),
        "<i8" => (DType::I64, 8),
        "<i4" => (DType::I64, 4),
        "<u4" => (DType::U32, 4),
        "|u1" | "|b1" => (DType::U8, 1),
        other => return Err(bad(format!("it holds numbers of type '{other}'"))),
    };
    let expected = shape.iter().try_fold(width, |n: usize, &size| n.checked_mul(size));
    if expected != Some(data.len()) {
        let what = format!("{} bytes of numbers where shape {shape:?} of type '{descr}' was promised", data.len());
        return Err(bad(what));
    }
    let stored: Vec<usize> = if fortran { shape.iter().rev().copied().collect() } else { shape };
    let tensor = match (dtype, width) {
        (DType::F32, _) => Tensor::from_slice(&numbers(data, f32::from_le_bytes), stored)?,
        (DType::F64, _) => Tensor::from_slice(&numbers(data, f64::from_le_bytes), stored)?,
        (DType::I64, 4) => Tensor::from_slice(&numbers(data, |b| i64::from(i32::from_le_bytes(b))), stored)?,
        (DType::I64, _) => Tensor::from_slice(&numbers(data, i64::from_le_bytes), stored)?,
        (DType::U32, _) => Tensor::from_slice(&numbers(data, u32::from_le_bytes), stored)?,
        _ => Tensor::from_slice(data, stored)?,
    };
    // Column-major order is row-major order of the transpose.
    if fortran { tensor.permute(&(0..tensor.rank()).rev().collect::<Vec<_>>()) } else { Ok(tensor) }
}

fn numbers<const N: usize, T>(data: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    data.as_chunks().0.iter().map(|&b| number(b)).collect()
}

/// The header's text, and what follows it.
fn header(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (&major, rest) = rest.split_first()?;
    let (_, rest) = rest.split_first()?;
    let (length, rest) = match major {
        1 => rest.split_first_chunk().map(|(n, rest)| (usize::from(u16::from_le_bytes(*n)), rest))?,
        _ => rest.split_first_chunk().map(|(n, rest)| (u32::from_le_bytes(*n) as usize, rest))?,
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// The value of a key of the dictionary: up to the comma or brace that ends it, parentheses kept whole.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = header.split_once(&format!("'{key}'"))?;
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let end = match value.starts_with('(') {
        true => value.find(')')? + 1,
        false => value.find([',', '}'])?,
    };
    Some(value[..end].trim())
}
