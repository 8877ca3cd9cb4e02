//! Text as it lies in files: gzip undone, UTF-8 checked, with the place of the first fault.

use crate::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::path::Path;

/// A fault in the file at `path`.
pub(crate) fn fault(path: &Path, line: Option<usize>, what: impl Into<String>, remedy: &str) -> Error {
    Error::Format { path: path.to_owned(), line, what: what.into(), remedy: remedy.to_owned() }
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), what: "cannot read", source })
}

/// Undoes gzip, where the first two bytes say so.
pub(crate) fn gunzip(path: &Path, bytes: &[u8]) -> Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut plain = Vec::new();
    match MultiGzDecoder::new(bytes).read_to_end(&mut plain) {
        Ok(_) => Ok(plain),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            let what = format!("the gzip data ends early (after {} bytes of text)", plain.len());
            Err(fault(path, None, what, "the file is cut off: copy or download it again"))
        }
        Err(e) => Err(fault(
            path,
            None,
            format!("the gzip data is damaged after {} bytes of text ({e})", plain.len()),
            "copy or download the file again",
        )),
    }
}

/// Checks UTF-8; drops a byte order mark.
pub(crate) fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String> {
    let mut text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = 1 + e.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count();
        let what = format!("byte {at} (0x{:02x}) is not UTF-8", e.as_bytes()[at]);
        fault(path, Some(line), what, "save the file as UTF-8")
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}
