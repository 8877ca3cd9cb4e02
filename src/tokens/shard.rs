//! Tokens of some documents as bytes, in memory or in a file.
//!
//! Little-endian: "beltoks1"; bytes a token (u32: 2 or 4), vocabulary (u32), documents (u64), tokens (u64); where each
//! document starts (u64 each); the tokens.

use crate::backend::Mapped;
use crate::data::text::fault;
use crate::io::write_atomic;
use crate::{Error, Result};
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"beltoks1";
const HEADER: usize = 32;

/// Tokens, and where their documents start.
pub struct Shard {
    bytes: Box<dyn Deref<Target = [u8]> + Send + Sync>,
    /// For messages.
    path: PathBuf,
    vocabulary: usize,
    width: usize,
    documents: usize,
    tokens: usize,
}

/// The contents of a shard.
pub fn pack(vocabulary: usize, starts: &[u64], tokens: &[u32]) -> Vec<u8> {
    let narrow = vocabulary <= 1 << 16;
    let mut out = Vec::with_capacity(HEADER + 8 * starts.len() + 4 * tokens.len());
    out.extend(MAGIC);
    out.extend([if narrow { 2 } else { 4 }, vocabulary as u32].map(u32::to_le_bytes).as_flattened());
    out.extend([starts.len() as u64, tokens.len() as u64].map(u64::to_le_bytes).as_flattened());
    out.extend(starts.iter().flat_map(|s| s.to_le_bytes()));
    match narrow {
        true => out.extend(tokens.iter().flat_map(|&t| (t as u16).to_le_bytes())),
        false => out.extend(tokens.iter().flat_map(|t| t.to_le_bytes())),
    }
    out
}

impl Shard {
    /// Writes the contents to a file, and maps it.
    pub fn write(path: &Path, contents: &[u8]) -> Result<Shard> {
        write_atomic(path, |out| out.write_all(contents))?;
        Shard::open(path)
    }

    /// Maps a file that [`write`](Self::write) wrote.
    pub fn open(path: &Path) -> Result<Shard> {
        let mapped = Mapped::open(path);
        let mapped = mapped.map_err(|source| Error::Io { path: path.to_owned(), what: "cannot read", source })?;
        Shard::over(path, Box::new(mapped))
    }

    /// A shard that lies in memory.
    pub fn in_memory(contents: Vec<u8>) -> Result<Shard> {
        Shard::over(Path::new("tokens in memory"), Box::new(contents))
    }

    fn over(path: &Path, bytes: Box<dyn Deref<Target = [u8]> + Send + Sync>) -> Result<Shard> {
        let bad =
            |what: &str| fault(path, None, what, "the file is damaged or no token file: make it again from the text");
        if bytes.len() < HEADER || !bytes.starts_with(MAGIC) {
            return Err(bad("this is no token file"));
        }
        let u32_at = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[at + i])) as usize;
        let (width, vocabulary) = (u32_at(8), u32_at(12));
        let [documents, tokens] = [16, 24].map(|at| u64_at(&bytes, at) as usize);
        let size = documents.checked_mul(8).zip(tokens.checked_mul(width)).and_then(|(a, b)| a.checked_add(b));
        if ![2, 4].contains(&width) || size.and_then(|s| s.checked_add(HEADER)) != Some(bytes.len()) {
            return Err(bad("the file is cut off, or its header is damaged"));
        }
        let shard = Shard { bytes, path: path.to_owned(), vocabulary, width, documents, tokens };
        let starts: Vec<usize> = shard.starts().collect();
        let sound = starts.first().is_none_or(|&s| s == 0) && starts.is_sorted() && starts.last() <= Some(&tokens);
        if sound { Ok(shard) } else { Err(bad("the starts of documents are not in order")) }
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens
    }

    /// How many different tokens there could be.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// Where each document starts.
    pub fn starts(&self) -> impl Iterator<Item = usize> {
        (0..self.documents).map(|i| u64_at(&self.bytes, HEADER + 8 * i) as usize)
    }

    /// The bytes of all tokens.
    pub fn contents(&self) -> &[u8] {
        &self.bytes[HEADER + 8 * self.documents..]
    }

    /// Appends the tokens of a range within `0..len()`.
    pub fn read(&self, range: Range<usize>, out: &mut Vec<u32>) -> Result<()> {
        let bytes = &self.contents()[range.start * self.width..range.end * self.width];
        let from = out.len();
        match self.width {
            2 => out.extend(bytes.as_chunks().0.iter().map(|&b| u32::from(u16::from_le_bytes(b)))),
            _ => out.extend(bytes.as_chunks().0.iter().map(|&b| u32::from_le_bytes(b))),
        }
        let Some(at) = out[from..].iter().position(|&t| t as usize >= self.vocabulary) else { return Ok(()) };
        let what = format!("token {} is {}, outside 0..{}", range.start + at, out[from + at], self.vocabulary);
        Err(fault(&self.path, None, what, "the file is damaged: make it again from the text"))
    }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|i| bytes[at + i]))
}
