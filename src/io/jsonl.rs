//! Metrics as JSON lines: one object a line, appended as training goes.

use super::refused;
use crate::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Appends JSON values to a file, one a line, so that a crash leaves whole lines only.
///
/// Each line goes out in one write. Should a crash or a full disk cut one short, the next [`append_to`](Self::append_to)
/// drops the cut line, and a failed [`push`](Self::push) takes it back at once.
#[derive(Debug)]
pub struct JsonLines {
    path: PathBuf,
    file: File,
    /// Where the last whole line ends.
    end: u64,
}

impl JsonLines {
    /// Starts the file anew.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be created.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::create(path).map_err(refused(path, "cannot write"))?;
        Ok(JsonLines { path: path.to_owned(), file, end: 0 })
    }

    /// Opens the file to go on after its last whole line, or after its first `lines` (a resumed run keeps the lines up to
    /// its checkpoint and writes the rest again). Creates the file if there is none.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be opened, read or cut; [`Error::Format`] if it has fewer than `lines` lines.
    pub fn append_to(path: impl AsRef<Path>, lines: Option<usize>) -> Result<Self> {
        let path = path.as_ref();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(refused(path, "cannot write"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(refused(path, "cannot read"))?;
        let mut ends = (1u64..).zip(&bytes).filter(|(_, b)| **b == b'\n').map(|(end, _)| end);
        let end = match lines {
            None => ends.last().unwrap_or(0),
            Some(0) => 0,
            Some(n) => ends.nth(n - 1).ok_or_else(|| Error::Format {
                path: path.to_owned(),
                line: None,
                what: format!("fewer than {n} whole lines"),
                remedy: "resume with the metrics file that belongs to the checkpoint, or start anew".into(),
            })?,
        };
        let mut this = JsonLines { path: path.to_owned(), file, end };
        this.cut().map_err(refused(path, "cannot write"))?;
        Ok(this)
    }

    /// Appends one line.
    ///
    /// # Errors
    /// [`Error::Io`]; the file then still ends with a whole line, as far as the system lets it.
    pub fn push(&mut self, value: &serde_json::Value) -> Result<()> {
        let line = format!("{value}\n");
        match self.file.write_all(line.as_bytes()) {
            Ok(()) => {
                self.end += line.len() as u64;
                Ok(())
            }
            Err(source) => {
                // The write's failure is the one to report; the next `append_to` cuts again.
                let _ = self.cut();
                Err(Error::Io { path: self.path.clone(), what: "cannot write", source })
            }
        }
    }

    /// Flushes what was appended to the disk.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(refused(&self.path, "cannot write"))
    }

    fn cut(&mut self) -> std::io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end)).map(|_| ())
    }
}
