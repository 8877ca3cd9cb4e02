//! Text files as documents.

use crate::data::text::{gunzip, read, utf8};
use crate::{Error, Result};
use std::path::Path;
use std::str::FromStr;

/// Where one document ends and the next begins. What stands in one is never predicted from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Documents {
    /// A file is a document.
    #[default]
    Files,
    /// An empty line ends a document.
    Paragraphs,
    /// Every line is a document.
    Lines,
}

impl Documents {
    /// The documents of a text, without those that are empty.
    pub fn of(self, text: &str) -> impl Iterator<Item = &str> {
        let end = match self {
            Documents::Files => None,
            Documents::Paragraphs => Some("\n\n"),
            Documents::Lines => Some("\n"),
        };
        let mut rest = Some(text);
        std::iter::from_fn(move || {
            let now = rest?;
            let cut = end.and_then(|end| now.split_once(end));
            rest = cut.map(|c| c.1);
            Some(cut.map_or(now, |c| c.0))
        })
        .filter(|document| !document.trim().is_empty())
    }
}

impl FromStr for Documents {
    type Err = Error;

    fn from_str(name: &str) -> Result<Documents> {
        match name {
            "files" => Ok(Documents::Files),
            "paragraphs" => Ok(Documents::Paragraphs),
            "lines" => Ok(Documents::Lines),
            _ => Err(Error::Argument {
                op: "documents",
                what: format!("documents by {name:?}"),
                remedy: "give files, paragraphs or lines".into(),
            }),
        }
    }
}

/// The documents of UTF-8 text files (also .gz), in order. Windows line ends become plain ones.
///
/// # Errors
/// [`Error::Io`] if a file cannot be read, [`Error::Format`] if it is not UTF-8 or damaged, [`Error::Argument`] if there is
/// no text at all.
pub fn read_documents<P: AsRef<Path>>(paths: &[P], by: Documents) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let text = utf8(path, gunzip(path, &read(path)?)?)?;
        let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
        all.extend(by.of(&text).map(str::to_owned));
    }
    if all.is_empty() {
        let what = "there is no text in these files".into();
        return Err(Error::Argument { op: "documents", what, remedy: "give files that hold text".into() });
    }
    Ok(all)
}
