//! A page of device memory with its shadow.
//!
//! Words are relaxed atomics, since the blocks of a launch may run on several host threads: a race of the kernel gives
//! one value or the other, as it would on a device, and never anything worse.

use crate::shadow::{self, Tag};
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

/// Bytes of a page.
pub const PAGE: u64 = 1 << 14;
const WORDS: usize = PAGE as usize / 4;

pub struct Page {
    words: Box<[AtomicU32]>,
    /// Four bits a word: the bytes that were written.
    initialised: Box<[AtomicU8]>,
    writers: Box<[AtomicU64]>,
    readers: Box<[AtomicU64]>,
}

impl Page {
    pub fn new() -> Page {
        Page {
            words: (0..WORDS).map(|_| AtomicU32::new(0)).collect(),
            initialised: (0..WORDS).map(|_| AtomicU8::new(0)).collect(),
            writers: (0..WORDS).map(|_| AtomicU64::new(0)).collect(),
            readers: (0..WORDS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    #[inline]
    pub fn word(&self, index: usize) -> u32 {
        self.words[index].load(Relaxed)
    }

    /// Writes the bytes of `value` that `bytes` selects into a word.
    #[inline]
    pub fn set_word(&self, index: usize, value: u32, bytes: u32) {
        if bytes == 15 {
            self.words[index].store(value, Relaxed);
            self.initialised[index].store(15, Relaxed);
        } else {
            let mask = spread(bytes);
            let _ = self.words[index].fetch_update(Relaxed, Relaxed, |old| Some((old & !mask) | (value & mask)));
            self.initialised[index].fetch_or(bytes as u8, Relaxed);
        }
    }

    /// Whether the selected bytes of a word were written.
    #[inline]
    pub fn is_initialised(&self, index: usize, bytes: u32) -> bool {
        u32::from(self.initialised[index].load(Relaxed)) & bytes == bytes
    }

    /// Notes that `me` reads; the tag of the writer with whom it races comes back.
    #[inline]
    pub fn note_read(&self, index: usize, me: Tag) -> Result<(), Tag> {
        let readers = Tag(self.readers[index].load(Relaxed));
        let noted = shadow::read(Tag(self.writers[index].load(Relaxed)), readers, me)?;
        if noted != readers {
            self.readers[index].store(noted.0, Relaxed);
        }
        Ok(())
    }

    /// Notes that `me` writes; the tag of the one with whom it races comes back.
    #[inline]
    pub fn note_write(&self, index: usize, me: Tag) -> Result<(), Tag> {
        let (writer, readers) = (Tag(self.writers[index].load(Relaxed)), Tag(self.readers[index].load(Relaxed)));
        let noted = shadow::write(writer, readers, me)?;
        self.writers[index].store(noted.0, Relaxed);
        Ok(())
    }

    pub fn read(&self, offset: usize, to: &mut [u8]) {
        each_word(offset, to.len(), |index, first, part| {
            to[part.clone()].copy_from_slice(&self.word(index).to_le_bytes()[first..first + part.len()]);
        });
    }

    pub fn write(&self, offset: usize, from: &[u8]) {
        each_word(offset, from.len(), |index, first, part| {
            let mut bytes = [0; 4];
            bytes[first..first + part.len()].copy_from_slice(&from[part.clone()]);
            self.set_word(index, u32::from_le_bytes(bytes), selection(first, part.len()));
        });
    }

    pub fn read_initialised(&self, offset: usize, to: &mut [bool]) {
        for (i, known) in to.iter_mut().enumerate() {
            *known = self.is_initialised((offset + i) / 4, 1 << ((offset + i) % 4));
        }
    }

    pub fn write_initialised(&self, offset: usize, from: &[bool]) {
        for (i, _) in from.iter().enumerate().filter(|(_, known)| !**known) {
            self.initialised[(offset + i) / 4].fetch_and(!(1 << ((offset + i) % 4)), Relaxed);
        }
    }
}

/// The mask of `count` bytes of a word from `first` on.
#[inline]
pub fn selection(first: usize, count: usize) -> u32 {
    ((1 << count) - 1) << first
}

/// Four bits to four bytes.
#[inline]
fn spread(bytes: u32) -> u32 {
    (0..4).map(|i| if bytes >> i & 1 == 1 { 0xff << (8 * i) } else { 0 }).sum()
}

/// Calls `f` with each word, its first byte in use and the part of `0..length` that lies there.
fn each_word(offset: usize, length: usize, mut f: impl FnMut(usize, usize, std::ops::Range<usize>)) {
    let mut done = 0;
    while done < length {
        let first = (offset + done) % 4;
        let part = (4 - first).min(length - done);
        f((offset + done) / 4, first, done..done + part);
        done += part;
    }
}
