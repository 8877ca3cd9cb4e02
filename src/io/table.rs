//! Embeddings as text: a name and its coordinates a line.

use crate::{Element, Error, Result};
use std::path::Path;

/// Writes `name<TAB>x₀<TAB>x₁…` lines, atomically. Each number has the fewest digits that read back to the same bits.
///
/// `rows` holds `names.len()` rows of `width` numbers, one after another.
///
/// # Errors
/// [`Error::Argument`] if `rows` has another length, or a name holds a tab or an end of line; [`Error::Io`] as
/// [`write_atomic`](super::write_atomic).
pub fn write_table<T: Element>(path: impl AsRef<Path>, names: &[String], width: usize, rows: &[T]) -> Result<()> {
    if names.len().checked_mul(width) != Some(rows.len()) {
        let what = format!("{} names × {width} numbers, but {} numbers", names.len(), rows.len());
        return Err(Error::Argument { op: "write_table", what, remedy: "give `width` numbers a name".into() });
    }
    if let Some(bad) = names.iter().find(|n| n.contains(['\t', '\n', '\r'])) {
        let what = format!("the name {bad:?} holds a tab or an end of line");
        return Err(Error::Argument { op: "write_table", what, remedy: "rename it".into() });
    }
    super::write_atomic(path, |out| {
        for (i, name) in names.iter().enumerate() {
            write!(out, "{name}")?;
            for x in &rows[i * width..(i + 1) * width] {
                write!(out, "\t{x}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    })
}
