//! Edge lists: one `child, ancestor[, weight]` a line, as TSV or CSV, plain or gzipped.
//!
//! * Tabs or commas: the file name decides (`.tsv`, `.csv`, either followed by `.gz`); if the first row does not hold that
//!   separator, or the name says nothing, the first row decides.
//! * CSV fields may be quoted (`"a ""b"", c"`); a quoted field ends on its own line. In TSV a quote is a letter.
//! * Spaces around unquoted fields, blank lines, lines that start with `#`, a byte order mark and `\r\n` are ignored.
//! * The first row is a header, and skipped, if its first two fields are usual column names (`child`, `parent`, `id1`,
//!   `id2`, …, in any case; two different ones), or its third is `weight`.
//! * All rows have as many columns as the first: two, or three with a positive weight.

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
    let text = utf8(path, gunzip(path, bytes)?)?;
    let mut rows = (1..)
        .zip(text.lines())
        .filter(|(_, row)| !row.trim().is_empty() && !row.trim_start().starts_with('#'))
        .peekable();
    let Some(&(_, first)) = rows.peek() else {
        return Err(fault(path, None, "the file has no edges", "give one 'child<TAB>ancestor' a line"));
    };
    let separator = separator(path, first);
    let mut builder = HierarchyBuilder::default();
    let mut lines = Vec::new();
    let mut columns = None;
    for (number, (line, row)) in rows.enumerate() {
        let fields = split(row, separator).map_err(|what| {
            fault(path, Some(line), what, "close the quote on the same line, and double quotes inside it")
        })?;
        check_columns(path, line, &fields, *columns.get_or_insert(fields.len()))?;
        if number == 0 && is_header(&fields) {
            continue;
        }
        let weight = fields.get(2).map(|w| parse_weight(path, line, w)).transpose()?;
        match builder.add(&fields[0], &fields[1], weight) {
            Ok(true) => lines.push(line),
            Ok(false) => {}
            Err(e) => return Err(at_line(path, Some(line), e)),
        }
    }
    if let Some(cycle) = builder.find_cycle() {
        let line = closing_line(builder.edges(), &lines, &cycle);
        return Err(fault(path, line, builder.describe(&cycle), "remove one of these edges"));
    }
    builder.build().map_err(|e| at_line(path, None, e))
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

fn separator(path: &Path, first: &str) -> char {
    let name = path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let by_name = match name.trim_end_matches(".gz").rsplit('.').next() {
        Some("csv") => [',', '\t'],
        _ => ['\t', ','],
    };
    by_name.into_iter().find(|&c| first.contains(c)).unwrap_or(by_name[0])
}

fn check_columns(path: &Path, line: usize, fields: &[Cow<str>], columns: usize) -> Result<()> {
    let plural = |n: usize| if n == 1 { "1 column".to_owned() } else { format!("{n} columns") };
    if !(2..=3).contains(&columns) {
        let remedy = "a row is child, ancestor and at most a weight, separated by tabs (TSV) or commas (CSV)";
        return Err(fault(path, Some(line), plural(columns), remedy));
    }
    if fields.len() != columns {
        let what = format!("{} where the first row has {columns}", plural(fields.len()));
        return Err(fault(path, Some(line), what, "give every row the same columns (quote a CSV name with a comma)"));
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

/// A row's fields; the error says what is wrong with a quote.
fn split(row: &str, separator: char) -> std::result::Result<Vec<Cow<'_, str>>, &'static str> {
    if separator == '\t' || !row.contains('"') {
        return Ok(row.split(separator).map(|f| Cow::Borrowed(f.trim())).collect());
    }
    let mut fields = Vec::new();
    let mut rest = row;
    loop {
        let (field, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let (field, after) = unquote(quoted).ok_or("a quote is not closed")?;
                (Cow::Owned(field), after.trim_start())
            }
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                (Cow::Borrowed(rest[..end].trim()), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(separator) {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(fields),
            None => return Err("text follows a closing quote"),
        }
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, rest)),
        }
    }
}
