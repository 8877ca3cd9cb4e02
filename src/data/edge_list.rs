//! Edge lists: one `child, ancestor[, weight]` a line, as TSV or CSV, plain or gzipped.
//!
//! * Tabs or commas: the file name decides (`.tsv`, `.csv`, either followed by `.gz`); if the first row does not hold that
//!   separator, or the name says nothing, the first row decides.
//! * CSV fields may be quoted (`"a ""b"", c"`); a quoted field ends on its own line. In TSV a quote is a letter.
//! * Spaces around unquoted fields, blank lines, lines that start with `#`, a byte order mark and `\r\n` are ignored.
//! * The first row is a header, and skipped, if its first two fields are usual column names (`child`, `parent`, `id1`,
//!   `id2`, …, in any case; two different ones), or its third is `weight`.
//! * All rows have as many columns as the first: two, or three with a positive weight.

use super::delimited::{columns_of, rows};
use super::text::{fault, gunzip, read, utf8};
use super::{Hierarchy, HierarchyBuilder};
use crate::{Error, Result};
use std::borrow::Cow;
use std::path::Path;

/// Names that a header may give the two node columns.
const COLUMNS: [&str; 24] = [
    "child",
    "parent",
    "ancestor",
    "descendant",
    "source",
    "target",
    "src",
    "dst",
    "head",
    "tail",
    "from",
    "to",
    "id1",
    "id2",
    "u",
    "v",
    "x",
    "y",
    "hyponym",
    "hypernym",
    "node1",
    "node2",
    "start",
    "end",
];

/// Reads an edge list from a file.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; otherwise as [`parse_edge_list`].
pub fn read_edge_list(path: impl AsRef<Path>) -> Result<Hierarchy> {
    let path = path.as_ref();
    parse_edge_list(path, &read(path)?)
}

/// Reads an edge list from memory. `path` names it in errors, and its extension counts as a file's would.
///
/// # Errors
/// [`Error::Format`], with the line, for ragged rows, empty names, a weight that is not a positive number, a self loop, a
/// cycle, an open quote, no edges, text that is not UTF-8, or gzip data that is cut off or damaged.
pub fn parse_edge_list(path: &Path, bytes: &[u8]) -> Result<Hierarchy> {
    let mut builder = HierarchyBuilder::default();
    let mut lines = Vec::new();
    for_each_edge(path, bytes, |line, child, ancestor, weight| {
        match builder.add(child, ancestor, weight) {
            Ok(true) => lines.push(line),
            Ok(false) => {}
            Err(e) => return Err(at_line(path, Some(line), e)),
        }
        Ok(())
    })?;
    if let Some(cycle) = builder.find_cycle() {
        let line = closing_line(builder.edges(), &lines, &cycle);
        return Err(fault(path, line, builder.describe(&cycle), "remove one of these edges"));
    }
    builder.build().map_err(|e| at_line(path, None, e))
}

/// Calls `edge(line, child, ancestor, weight)` for every edge of the list.
///
/// # Errors
/// What `edge` reports, and [`Error::Format`] for all that is wrong with a line by itself, or if there is none.
pub(super) fn for_each_edge(
    path: &Path,
    bytes: &[u8],
    mut edge: impl FnMut(usize, &str, &str, Option<f64>) -> Result<()>,
) -> Result<()> {
    let text = utf8(path, gunzip(path, bytes)?)?;
    let mut empty = true;
    for row in rows(path, &text) {
        let row = row?;
        check_columns(path, row.line, &row.fields)?;
        if !std::mem::take(&mut empty) || !is_header(&row.fields) {
            let weight = row.fields.get(2).map(|w| parse_weight(path, row.line, w)).transpose()?;
            edge(row.line, &row.fields[0], &row.fields[1], weight)?;
        }
    }
    if empty {
        return Err(fault(path, None, "the file has no edges", "give one 'child<TAB>ancestor' a line"));
    }
    Ok(())
}

/// The same fault, said of a file.
fn at_line(path: &Path, line: Option<usize>, error: Error) -> Error {
    match error {
        Error::Argument { what, remedy, .. } => fault(path, line, what, &remedy),
        other => other,
    }
}

/// The last line that adds an edge of the cycle: there it closes.
fn closing_line(edges: &[(u32, u32)], lines: &[usize], cycle: &[u32]) -> Option<usize> {
    let next = cycle.iter().cycle().skip(1);
    let on_cycle: std::collections::HashSet<(u32, u32)> = cycle.iter().copied().zip(next.copied()).collect();
    edges.iter().zip(lines).filter(|(e, _)| on_cycle.contains(e)).map(|(_, &line)| line).max()
}

fn check_columns(path: &Path, line: usize, fields: &[Cow<str>]) -> Result<()> {
    if !(2..=3).contains(&fields.len()) {
        let remedy = "a row is child, ancestor and at most a weight, separated by tabs (TSV) or commas (CSV)";
        return Err(fault(path, Some(line), columns_of(fields), remedy));
    }
    match fields[..2].iter().position(|f| f.is_empty()) {
        None => Ok(()),
        Some(0) => Err(fault(path, Some(line), "the child's name is empty", "name it or remove the line")),
        Some(_) => Err(fault(path, Some(line), "the ancestor's name is empty", "name it or remove the line")),
    }
}

fn is_header(fields: &[Cow<str>]) -> bool {
    let known = |f: &str| COLUMNS.iter().position(|c| c.eq_ignore_ascii_case(f));
    let named = matches!((known(&fields[0]), known(&fields[1])), (Some(a), Some(b)) if a != b);
    named || fields.get(2).is_some_and(|f| f.eq_ignore_ascii_case("weight"))
}

fn parse_weight(path: &Path, line: usize, text: &str) -> Result<f64> {
    match text.parse::<f64>() {
        Ok(w) if w.is_finite() && w > 0.0 => Ok(w),
        _ => {
            let what = format!("the weight '{text}' is not a positive number");
            Err(fault(path, Some(line), what, "correct it or leave the third column out"))
        }
    }
}
