//! Tokenizers in files.

use super::{Bpe, Bytes, Characters, Scored, Tokenizer};
use crate::data::text::{fault, read, utf8};
use crate::io::write_atomic;
use crate::{Error, Result};
use serde_json::Value;
use std::path::Path;

/// Reads a tokenizer: a file that [`write_tokenizer`] wrote, or a `.bin` file of llama2.c.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; otherwise as [`parse_tokenizer`].
pub fn read_tokenizer(path: impl AsRef<Path>) -> Result<Box<dyn Tokenizer>> {
    let path = path.as_ref();
    match path.extension() {
        Some(end) if end == "bin" => Ok(Box::new(Scored::read(path)?)),
        _ => parse_tokenizer(path, &utf8(path, read(path)?)?),
    }
}

/// Makes the tokenizer that [`Tokenizer::to_json`] told of; `path` names it in errors.
///
/// # Errors
/// [`Error::Format`] if the text is no tokenizer, or one of an unknown kind.
pub fn parse_tokenizer(path: &Path, text: &str) -> Result<Box<dyn Tokenizer>> {
    const REMEDY: &str = "give a tokenizer.json that `beltrami` wrote, or a .bin file of llama2.c";
    let bad = |what: String| fault(path, None, what, REMEDY);
    let json: Value = serde_json::from_str(text).map_err(|e| fault(path, Some(e.line()), e.to_string(), REMEDY))?;
    fn boxed<T: Tokenizer + 'static>(tokenizer: T) -> Box<dyn Tokenizer> {
        Box::new(tokenizer)
    }
    let kind = json.get("tokenizer").and_then(Value::as_str);
    let made = match kind {
        Some("bytes") => Some(Ok(boxed(Bytes))),
        Some("characters") => Characters::from_json(&json).map(|t| Ok(boxed(t))),
        Some("bpe") => Bpe::from_json(&json).map(|made| made.map(boxed)),
        Some("scored") => Scored::from_json(&json).map(|made| made.map(boxed)),
        Some(other) => return Err(bad(format!("a tokenizer of the unknown kind {other:?}"))),
        None => return Err(bad("this is no tokenizer".into())),
    };
    match made {
        Some(Err(Error::Argument { what, .. })) => Err(bad(what)),
        Some(made) => made,
        None => Err(bad(format!("the {} tokenizer lacks its tokens", kind.unwrap_or_default()))),
    }
}

/// Writes a tokenizer as JSON, atomically.
///
/// # Errors
/// [`Error::Io`] as [`write_atomic`].
pub fn write_tokenizer(path: impl AsRef<Path>, tokenizer: &dyn Tokenizer) -> Result<()> {
    write_atomic(path, |out| writeln!(out, "{}", tokenizer.to_json()))
}
