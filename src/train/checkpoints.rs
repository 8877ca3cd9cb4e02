//! The last states of a training, in a directory.

use super::State;
use crate::io::{read_tensors, write_tensors};
use crate::{Error, Result};
use std::path::{Path, PathBuf};

/// Files `checkpoint-00000100.safetensors`, named by their steps, of which the newest few are kept.
///
/// A file is written beside its place, flushed and renamed, and old ones are removed only after that: whatever happens, the
/// last good state is there.
pub struct Checkpoints {
    dir: PathBuf,
    keep: usize,
}

/// A state that was found, and what could not be read on the way to it.
pub struct Found {
    /// The state.
    pub state: State,
    /// Its file.
    pub path: PathBuf,
    /// Why newer files were passed over.
    pub passed_over: Vec<Error>,
}

const PREFIX: &str = "checkpoint-";
const SUFFIX: &str = ".safetensors";

impl Checkpoints {
    /// The checkpoints in a directory, which is made if there is none. The newest `keep` remain, at least one.
    ///
    /// # Errors
    /// [`Error::Io`] if the directory cannot be made or read.
    pub fn in_dir(dir: impl AsRef<Path>, keep: usize) -> Result<Checkpoints> {
        let dir = dir.as_ref().to_owned();
        std::fs::create_dir_all(&dir).map_err(|source| Error::Io {
            path: dir.clone(),
            what: "cannot make this directory",
            source,
        })?;
        Ok(Checkpoints { dir, keep: keep.max(1) })
    }

    fn path(&self, steps: usize) -> PathBuf {
        self.dir.join(format!("{PREFIX}{steps:08}{SUFFIX}"))
    }

    /// The step counts of all files, ascending.
    fn steps(&self) -> Result<Vec<usize>> {
        let refused = |source| Error::Io { path: self.dir.clone(), what: "cannot read this directory", source };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.dir).map_err(refused)? {
            let name = entry.map_err(refused)?.file_name();
            let number: Option<usize> =
                name.to_str().and_then(|n| n.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok());
            found.extend(number);
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The newest file.
    ///
    /// # Errors
    /// [`Error::Io`] if the directory cannot be read.
    pub fn newest(&self) -> Result<Option<PathBuf>> {
        Ok(self.steps()?.last().map(|&steps| self.path(steps)))
    }

    /// Writes a state, then removes what is too old. Returns its file.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be written: those before it are still there.
    pub fn write(&self, state: &State) -> Result<PathBuf> {
        let path = self.path(state.steps());
        write_tensors(&path, &state.to_file())?;
        let all = self.steps()?;
        // Files of later steps are from a training that was begun anew at an earlier one.
        let (done, later): (Vec<usize>, Vec<usize>) = all.into_iter().partition(|&s| s <= state.steps());
        let old = &done[..done.len().saturating_sub(self.keep)];
        old.iter().chain(&later).try_for_each(|&steps| self.remove(&self.path(steps)))?;
        Ok(path)
    }

    /// Removes all: for a training that begins anew.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn clear(&self) -> Result<()> {
        self.steps()?.into_iter().try_for_each(|steps| self.remove(&self.path(steps)))
    }

    fn remove(&self, path: &Path) -> Result<()> {
        std::fs::remove_file(path).map_err(|source| Error::Io { path: path.into(), what: "cannot remove", source })
    }

    /// The newest state that can be read. Damaged files are passed over, and told of; `None` if there is no file at all.
    ///
    /// # Errors
    /// That of the newest file, if none can be read.
    pub fn read_newest(&self) -> Result<Option<Found>> {
        let mut passed_over = Vec::new();
        for steps in self.steps()?.into_iter().rev() {
            let path = self.path(steps);
            match read_tensors(&path).and_then(|file| State::from_file(&path, file)) {
                Ok(state) => return Ok(Some(Found { state, path, passed_over })),
                Err(error) => passed_over.push(error),
            }
        }
        if passed_over.is_empty() { Ok(None) } else { Err(passed_over.swap_remove(0)) }
    }
}
