//! The tokens of many documents, in a few files.

use super::shard::{Shard, pack};
use crate::data::text::{fault, read, utf8};
use crate::io::write_atomic;
use crate::{Error, Result};
use serde_json::{Value, json};
use std::ops::Range;
use std::path::Path;

/// The tokens of documents, one document after another: mapped from files, or in memory.
///
/// In a directory there are `tokens-00000.bin` and so on, with two bytes a token where the vocabulary allows it, and
/// `tokens.json`, which is written last: a store is there whole or not at all.
pub struct TokenStore {
    vocabulary: usize,
    shards: Vec<Shard>,
    /// Where each shard starts, and the end.
    firsts: Vec<usize>,
    /// Where each document starts, and the end.
    starts: Vec<usize>,
}

/// A shard is closed after the document that brings it to this many tokens.
const SHARD: usize = 1 << 26;
const INDEX: &str = "tokens.json";
const FORMAT: &str = "beltrami-tokens-1";
const ANEW: &str = "the store is damaged: make it again from the text";

impl TokenStore {
    /// Keeps the tokens of documents in memory.
    ///
    /// # Errors
    /// That of a document, and [`Error::Argument`] for a token outside the vocabulary.
    pub fn in_memory(vocabulary: usize, documents: impl IntoIterator<Item = Result<Vec<u32>>>) -> Result<TokenStore> {
        let mut shards = Vec::new();
        in_shards(vocabulary, SHARD, documents, |contents| {
            shards.push(Shard::in_memory(contents)?);
            Ok(())
        })?;
        TokenStore::of(vocabulary, shards)
    }

    /// Writes the tokens of documents to a directory, which is made if there is none, and opens them there.
    ///
    /// # Errors
    /// As [`in_memory`](Self::in_memory), and [`Error::Io`] if the directory cannot be written.
    pub fn write(
        dir: impl AsRef<Path>,
        vocabulary: usize,
        documents: impl IntoIterator<Item = Result<Vec<u32>>>,
    ) -> Result<TokenStore> {
        TokenStore::write_in_shards(dir.as_ref(), vocabulary, SHARD, documents)
    }

    fn write_in_shards(
        dir: &Path,
        vocabulary: usize,
        size: usize,
        documents: impl IntoIterator<Item = Result<Vec<u32>>>,
    ) -> Result<TokenStore> {
        let io = |what| move |source| Error::Io { path: dir.to_owned(), what, source };
        std::fs::create_dir_all(dir).map_err(io("cannot make this directory"))?;
        let index = dir.join(INDEX);
        if index.exists() {
            // From here on the old store is not whole.
            std::fs::remove_file(&index).map_err(io("cannot remove the old index"))?;
        }
        let mut shards = Vec::new();
        in_shards(vocabulary, size, documents, |contents| {
            shards.push(Shard::write(&dir.join(shard_name(shards.len())), &contents)?);
            Ok(())
        })?;
        let lengths: Vec<usize> = shards.iter().map(Shard::len).collect();
        let json = json!({ "format": FORMAT, "vocabulary": vocabulary, "shards": lengths });
        write_atomic(index, |out| writeln!(out, "{json}"))?;
        TokenStore::of(vocabulary, shards)
    }

    /// Opens what [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// [`Error::Io`] if a file is missing or cannot be read, [`Error::Format`] if one is damaged or belongs to another store.
    pub fn open(dir: impl AsRef<Path>) -> Result<TokenStore> {
        let dir = dir.as_ref();
        let path = dir.join(INDEX);
        let bad = |what: &str| fault(&path, None, what, ANEW);
        let text = utf8(&path, read(&path)?)?;
        let json: Value = serde_json::from_str(&text).map_err(|e| bad(&e.to_string()))?;
        if json["format"] != FORMAT {
            return Err(bad("this is no index of a token store"));
        }
        let (Some(vocabulary), Some(lengths)) = (json["vocabulary"].as_u64(), json["shards"].as_array()) else {
            return Err(bad("the index lacks its vocabulary or shards"));
        };
        let vocabulary = vocabulary as usize;
        let mut shards = Vec::new();
        for (i, length) in lengths.iter().enumerate() {
            let path = dir.join(shard_name(i));
            let shard = Shard::open(&path)?;
            if shard.vocabulary() != vocabulary || Some(shard.len() as u64) != length.as_u64() {
                return Err(fault(&path, None, "the file is not of the store that its index describes", ANEW));
            }
            shards.push(shard);
        }
        TokenStore::of(vocabulary, shards)
    }

    fn of(vocabulary: usize, shards: Vec<Shard>) -> Result<TokenStore> {
        let mut firsts = vec![0];
        let mut starts = Vec::new();
        for shard in &shards {
            let first = firsts[firsts.len() - 1];
            starts.extend(shard.starts().map(|s| first + s));
            firsts.push(first + shard.len());
        }
        starts.push(firsts[firsts.len() - 1]);
        Ok(TokenStore { vocabulary, shards, firsts, starts })
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.firsts[self.firsts.len() - 1]
    }

    /// The range of all tokens.
    pub fn all(&self) -> Range<usize> {
        0..self.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many different tokens there could be.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// How many documents there are.
    pub fn documents(&self) -> usize {
        self.starts.len() - 1
    }

    /// The tokens of one document. Panics when `document >= documents()`, as indexing does.
    pub fn document(&self, document: usize) -> Range<usize> {
        self.starts[document]..self.starts[document + 1]
    }

    /// The documents that have tokens in `range`, in order.
    pub(super) fn documents_in(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.starts.partition_point(|&s| s <= range.start).saturating_sub(1);
        first..self.starts.partition_point(|&s| s < range.end).min(self.documents())
    }

    /// Appends the tokens of a range.
    ///
    /// # Errors
    /// [`Error::Argument`] if the range goes beyond the end, [`Error::Format`] if a file holds a token outside the vocabulary.
    pub fn read(&self, range: Range<usize>, out: &mut Vec<u32>) -> Result<()> {
        if range.start > range.end || range.end > self.len() {
            let what = format!("tokens {range:?} of {}", self.len());
            return Err(Error::Argument { op: "TokenStore::read", what, remedy: "give a range within them".into() });
        }
        let mut at = range.start;
        while at < range.end {
            let i = self.firsts.partition_point(|&f| f <= at) - 1;
            let end = range.end.min(self.firsts[i + 1]);
            self.shards[i].read(at - self.firsts[i]..end - self.firsts[i], out)?;
            at = end;
        }
        Ok(())
    }

    /// One number for all tokens and starts: two stores with the same one hold the same.
    pub fn fingerprint(&self) -> u32 {
        let mut crc = flate2::Crc::new();
        self.shards.iter().for_each(|shard| crc.update(shard.contents()));
        self.starts.iter().for_each(|s| crc.update(&(*s as u64).to_le_bytes()));
        crc.sum()
    }
}

fn shard_name(i: usize) -> String {
    format!("tokens-{i:05}.bin")
}

/// Gives the contents of one shard after another to `sink`. Only one is in memory.
fn in_shards(
    vocabulary: usize,
    size: usize,
    documents: impl IntoIterator<Item = Result<Vec<u32>>>,
    mut sink: impl FnMut(Vec<u8>) -> Result<()>,
) -> Result<()> {
    let (mut starts, mut tokens) = (Vec::new(), Vec::new());
    for (i, document) in documents.into_iter().enumerate() {
        let document = document?;
        if let Some(id) = document.iter().find(|&&id| id as usize >= vocabulary) {
            let what = format!("token {id} of document {i} is outside the vocabulary of {vocabulary}");
            return Err(Error::Argument { op: "TokenStore", what, remedy: "give the tokenizer's vocabulary".into() });
        }
        starts.push(tokens.len() as u64);
        tokens.extend(document);
        if tokens.len() >= size {
            sink(pack(vocabulary, &starts, &tokens))?;
            starts.clear();
            tokens.clear();
        }
    }
    if starts.is_empty() { Ok(()) } else { sink(pack(vocabulary, &starts, &tokens)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_seamless() -> Result<()> {
        let dir = std::env::temp_dir().join(format!("beltrami-store-{}", std::process::id()));
        let documents: Vec<Vec<u32>> = (0..30).map(|i| (0..i % 7).map(|j| 1000 * i + j).collect()).collect();
        let all: Vec<u32> = documents.concat();
        for vocabulary in [1 << 16, 1 << 17] {
            let given = || documents.iter().cloned().map(Ok);
            let plain = TokenStore::in_memory(vocabulary, given())?;
            let written = TokenStore::write_in_shards(&dir, vocabulary, 10, given())?;
            assert!(written.shards.len() > 5);
            for store in [&plain, &written, &TokenStore::open(&dir)?] {
                assert_eq!((store.len(), store.documents()), (all.len(), 30));
                for range in [0..0, 0..all.len(), 3..40, 17..18] {
                    let mut out = vec![7];
                    store.read(range.clone(), &mut out)?;
                    assert_eq!((out[0], &out[1..]), (7, &all[range]));
                }
                let mut end = 0;
                for (i, document) in documents.iter().enumerate() {
                    assert_eq!(store.document(i), end..end + document.len());
                    end += document.len();
                }
                assert_eq!(store.fingerprint(), plain.fingerprint());
            }
        }
        std::fs::remove_dir_all(&dir).map_err(|source| Error::Io { path: dir, what: "cannot remove", source })
    }
}
