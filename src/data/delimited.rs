//! Rows of fields as TSV and CSV hold them.
//!
//! * Tabs or commas: the file name decides (`.tsv`, `.csv`, either followed by `.gz`); if the first row does not hold that
//!   separator, or the name says nothing, the first row decides.
//! * CSV fields may be quoted (`"a ""b"", c"`); a quoted field ends on its own line. In TSV a quote is a letter.
//! * Spaces around unquoted fields, blank lines, lines that start with `#`, and `\r\n` are ignored.
//! * All rows have as many fields as the first.

use super::text::fault;
use crate::Result;
use std::borrow::Cow;
use std::path::Path;

/// The fields of one line.
pub(super) struct Row<'a> {
    pub line: usize,
    pub fields: Vec<Cow<'a, str>>,
}

/// The rows of `text`, which the file at `path` holds.
///
/// # Errors
/// Each row's: [`Error::Format`](crate::Error::Format) for an open quote and for another number of fields.
pub(super) fn rows<'a>(path: &'a Path, text: &'a str) -> impl Iterator<Item = Result<Row<'a>>> {
    let mut lines = (1..)
        .zip(text.lines())
        .filter(|(_, row)| !row.trim().is_empty() && !row.trim_start().starts_with('#'))
        .peekable();
    let separator = lines.peek().map_or('\t', |(_, first)| separator(path, first));
    let mut columns = None;
    lines.map(move |(line, row)| {
        let fields = split(row, separator).map_err(|what| {
            fault(path, Some(line), what, "close the quote on the same line, and double quotes inside it")
        })?;
        let first = *columns.get_or_insert(fields.len());
        if fields.len() != first {
            let what = format!("{} where the first row has {first}", columns_of(&fields));
            return Err(fault(
                path,
                Some(line),
                what,
                "give every row the same columns (quote a CSV name with a comma)",
            ));
        }
        Ok(Row { line, fields })
    })
}

/// How many columns a row has, in words.
pub(super) fn columns_of(fields: &[Cow<str>]) -> String {
    if fields.len() == 1 { "1 column".to_owned() } else { format!("{} columns", fields.len()) }
}

fn separator(path: &Path, first: &str) -> char {
    let name = path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let by_name = match name.trim_end_matches(".gz").rsplit('.').next() {
        Some("csv") => [',', '\t'],
        _ => ['\t', ','],
    };
    by_name.into_iter().find(|&c| first.contains(c)).unwrap_or(by_name[0])
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
