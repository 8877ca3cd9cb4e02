//! Tables of features: a row an item, with a name and a label where the file has them.

use super::delimited::{Row, rows};
use super::npy::parse_npy;
use super::text::{fault, gunzip, read, utf8};
use crate::{DType, Error, Result, Tensor};
use std::path::Path;

/// Feature vectors of items.
#[derive(Clone, Debug)]
pub struct Table {
    /// The items' names, if the first column holds them.
    pub names: Option<Vec<String>>,
    /// `[items, features]`, f64 (of a `.npy` file: as stored, f32 or f64).
    pub features: Tensor,
    /// The items' labels, if the last column holds them.
    pub labels: Option<Vec<String>>,
}

impl Table {
    /// The classes, sorted, and the number of each item's class among them. `None` without labels.
    pub fn classes(&self) -> Option<(Vec<&str>, Vec<u32>)> {
        let labels = self.labels.as_ref()?;
        let mut classes: Vec<&str> = labels.iter().map(String::as_str).collect();
        classes.sort_unstable();
        classes.dedup();
        let ids = labels.iter().map(|l| classes.partition_point(|c| *c < l.as_str()) as u32).collect();
        Some((classes, ids))
    }
}

/// Reads a table of numbers: `.npy` (an array `[items, features]` of floats), or TSV or CSV, also gzipped.
///
/// Of text, the first row is a header, and skipped, if its fields but the first and the last are no numbers (of two
/// columns: both; of one: it). The first column is the items' names if the first item's field there is no number, or the
/// header calls it `name`, `id` or `node`; the last is their labels if the first item's field there is no number, or the
/// header calls it `label`, `class` or `target`. All else are numbers.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read; otherwise as [`parse_table`].
pub fn read_table(path: impl AsRef<Path>) -> Result<Table> {
    let path = path.as_ref();
    parse_table(path, &read(path)?)
}

/// As [`read_table`], from memory. `path` names it in errors, and its extension counts as a file's would.
///
/// # Errors
/// [`Error::Format`], with the line, for a field that is no finite number where one is expected, ragged rows, no rows, or
/// files that are damaged.
pub fn parse_table(path: &Path, bytes: &[u8]) -> Result<Table> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        return array(path, bytes);
    }
    let text = utf8(path, gunzip(path, bytes)?)?;
    let mut rows = rows(path, &text).peekable();
    let header = match rows.peek() {
        Some(Ok(row)) if is_header(row) => rows.next().transpose()?,
        _ => None,
    };
    let titled = |at: fn(&Row) -> Option<String>, titles: &[&str]| {
        header.as_ref().and_then(at).is_some_and(|t| titles.contains(&t.to_ascii_lowercase().as_str()))
    };
    let first_title = titled(|row| row.fields.first().map(|f| f.to_string()), &["name", "id", "node"]);
    let last_title = titled(|row| row.fields.last().map(|f| f.to_string()), &["label", "class", "target"]);

    let (mut names, mut labels, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns = None;
    let mut items = 0;
    for row in rows {
        let Row { line, fields } = row?;
        let last = fields.len() - 1;
        let (named, labelled) = *columns.get_or_insert_with(|| {
            let word = |i: usize| fields[i].parse::<f64>().is_err();
            (first_title || word(0), last > 0 && (last_title || word(last)))
        });
        for (i, field) in fields.iter().enumerate() {
            match i {
                0 if named => names.push(field.to_string()),
                _ if i == last && labelled => labels.push(field.to_string()),
                _ => numbers.push(number(path, line, i, field)?),
            }
        }
        items += 1;
    }
    if items == 0 || numbers.is_empty() {
        return Err(fault(path, None, "the table has no numbers", "give one item a line: name, numbers, label"));
    }
    let features = Tensor::from_slice(&numbers, [items, numbers.len() / items])?;
    let kept = |list: Vec<String>| (!list.is_empty()).then_some(list);
    Ok(Table { names: kept(names), features, labels: kept(labels) })
}

/// Whether no field that must be a number is one.
fn is_header(row: &Row) -> bool {
    let fields = &row.fields;
    let inner = if fields.len() > 2 { &fields[1..fields.len() - 1] } else { &fields[..] };
    inner.iter().all(|f| f.parse::<f64>().is_err())
}

fn number(path: &Path, line: usize, column: usize, field: &str) -> Result<f64> {
    match field.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x),
        _ => {
            let what = format!("'{field}' in column {} is no finite number", column + 1);
            Err(fault(path, Some(line), what, "correct it; only the first column may hold names, and the last labels"))
        }
    }
}

fn array(path: &Path, bytes: &[u8]) -> Result<Table> {
    let features = parse_npy(path, bytes)?;
    if !matches!(features.dtype(), DType::F32 | DType::F64) || features.rank() != 2 {
        let what = format!("an array of shape {:?} and type {}", features.dims(), features.dtype());
        return Err(fault(path, None, what, "a table of features has shape [items, features], f32 or f64"));
    }
    if let Some(position) = features.to_f64_vec().iter().position(|x| !x.is_finite()) {
        let place = path.display().to_string();
        let (what, remedy) = ("a feature".to_owned(), "remove or mend this item".to_owned());
        return Err(Error::NonFinite { place, what, position, remedy });
    }
    Ok(Table { names: None, features, labels: None })
}
