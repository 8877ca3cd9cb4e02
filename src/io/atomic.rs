//! Writing a file so that nobody ever sees half of it.

use super::refused;
use crate::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Replaces the file at `path` by what `fill` writes, all or nothing.
///
/// The bytes go to a new file in the same directory, which is flushed to the disk and then renamed over `path`. After any
/// failure, even a power cut, `path` holds the old bytes or the new ones. A link is followed, so that the file it names
/// is replaced rather than the link; an existing file's permissions are kept.
///
/// # Errors
/// [`Error::Io`] naming `path`: the directory is missing or cannot be written, the disk is full, `path` is a directory, or
/// `fill` failed. The new file is removed and the old one untouched.
pub fn write_atomic(path: impl AsRef<Path>, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let path = path.as_ref();
    let target = match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            return Err(refused(path, "cannot write")(ErrorKind::IsADirectory.into()));
        }
        Ok(_) => fs::canonicalize(path).map_err(refused(path, "cannot write"))?,
        Err(_) => path.to_owned(),
    };
    let Some(name) = target.file_name() else {
        return Err(refused(path, "cannot write")(ErrorKind::InvalidFilename.into()));
    };
    let directory = match target.parent() {
        Some(d) if !d.as_os_str().is_empty() => d.to_owned(),
        _ => PathBuf::from("."),
    };
    let (file, temporary) = create_beside(&directory, name).map_err(refused(path, "cannot write"))?;
    let written = fill_and_sync(file, &target, fill).and_then(|()| fs::rename(&temporary, &target));
    if let Err(source) = written {
        // The first failure is the one to report; if the removal fails too, there is nothing better to do.
        let _ = fs::remove_file(&temporary);
        return Err(Error::Io { path: path.to_owned(), what: "cannot write", source });
    }
    sync_directory(&directory).map_err(refused(path, "written, but the directory could not be flushed to the disk"))
}

/// A new file in `directory`, under a name that no other thread or process uses.
fn create_beside(directory: &Path, name: &std::ffi::OsStr) -> std::io::Result<(File, PathBuf)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}-{count}.tmp", std::process::id()));
        let temporary = directory.join(temporary);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((file, temporary)),
            // Left by a process of the same number that was killed: try the next name.
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
}

fn fill_and_sync(
    file: File,
    target: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut writer = BufWriter::with_capacity(1 << 16, file);
    fill(&mut writer)?;
    let file = writer.into_inner().map_err(|e| e.into_error())?;
    if let Ok(old) = fs::metadata(target) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

/// Makes the rename itself durable. Only Unix lets a directory be opened and flushed.
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    match cfg!(unix) {
        true => File::open(directory)?.sync_all(),
        false => Ok(()),
    }
}
