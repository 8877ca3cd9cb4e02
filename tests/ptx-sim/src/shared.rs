//! The shared memory of a block, and the local memory of a warp.

use crate::fault::{Kind, Violation};
use crate::shadow::{self, Tag};

const UNKNOWN: u8 = 0;
const KNOWN: u8 = 1;
/// A `cp.async` that nobody has waited for will write here.
const PENDING: u8 = 2;

/// Shared memory with its shadow.
pub struct Shared {
    data: Vec<u8>,
    state: Vec<u8>,
    writers: Vec<Tag>,
    readers: Vec<Tag>,
    era: u64,
    checks: bool,
}

impl Shared {
    pub fn new(bytes: usize, checks: bool) -> Shared {
        let words = bytes.div_ceil(4);
        let absent = vec![Tag(0); words];
        Shared {
            data: vec![0; bytes],
            state: vec![UNKNOWN; bytes],
            writers: absent.clone(),
            readers: absent,
            era: 1,
            checks,
        }
    }

    /// Forgets what the last block wrote.
    pub fn clear(&mut self) {
        self.state.fill(UNKNOWN);
        self.pass_barrier();
    }

    /// After a barrier no access races with one before it.
    pub fn pass_barrier(&mut self) {
        self.era += 1;
        if self.era >> 28 != 0 {
            self.era = 1;
            self.writers.fill(Tag(0));
            self.readers.fill(Tag(0));
        }
    }

    fn range(&self, address: u64, bytes: u32) -> Result<std::ops::Range<usize>, Violation> {
        let size = self.data.len() as u64;
        if address.checked_add(u64::from(bytes)).is_none_or(|end| end > size) {
            let what = format!("{bytes} bytes of shared memory at {address:#x}: the block has {size}");
            return Err(Violation::new(Kind::OutOfBounds, what));
        }
        Ok(address as usize..address as usize + bytes as usize)
    }

    /// Reads for `warp`; an ordered access takes no part in races.
    pub fn read(&mut self, address: u64, bytes: u32, warp: usize, ordered: bool) -> Result<u128, Violation> {
        let range = self.range(address, bytes)?;
        if self.checks {
            if gather(&self.state[range.clone()]) != every(KNOWN, bytes) {
                return Err(self.not_known(address, &range));
            }
            if !ordered {
                self.note(&range, warp, false)?;
            }
        }
        Ok(gather(&self.data[range]))
    }

    pub fn write(
        &mut self,
        address: u64,
        bytes: u32,
        value: u128,
        warp: usize,
        ordered: bool,
    ) -> Result<(), Violation> {
        let range = self.range(address, bytes)?;
        if self.checks {
            if gather(&self.state[range.clone()]) & every(PENDING, bytes) != 0 {
                return Err(self.not_known(address, &range));
            }
            if !ordered {
                self.note(&range, warp, true)?;
            }
        }
        scatter(every(KNOWN, bytes), &mut self.state[range.clone()]);
        scatter(value, &mut self.data[range]);
        Ok(())
    }

    /// Marks bytes that a copy is going to write.
    pub fn expect(&mut self, address: u64, bytes: u32) -> Result<(), Violation> {
        let range = self.range(address, bytes)?;
        self.state[range].fill(PENDING);
        Ok(())
    }

    /// Writes what a copy brought.
    pub fn land(&mut self, address: u64, bytes: u32, value: u128, warp: usize) -> Result<(), Violation> {
        let range = self.range(address, bytes)?;
        self.state[range].fill(KNOWN);
        self.write(address, bytes, value, warp, false)
    }

    fn not_known(&self, address: u64, range: &std::ops::Range<usize>) -> Violation {
        if self.state[range.clone()].contains(&PENDING) {
            let what =
                format!("shared memory at {address:#x} is used before the wait for the `cp.async` that fills it");
            return Violation::new(Kind::AsyncCopy, what);
        }
        let what = format!("{} bytes of shared memory at {address:#x} were never written", range.len());
        Violation::new(Kind::Uninitialised, what)
    }

    fn note(&mut self, range: &std::ops::Range<usize>, warp: usize, writes: bool) -> Result<(), Violation> {
        let mut start = range.start;
        while start < range.end {
            let end = (start / 4 * 4 + 4).min(range.end);
            let word = start / 4;
            let me = Tag::new(self.era, warp as u64, u64::from(crate::page::selection(start % 4, end - start)));
            let (writer, readers) = (self.writers[word], self.readers[word]);
            let result = if writes {
                shadow::write(writer, readers, me).map(|tag| self.writers[word] = tag)
            } else {
                shadow::read(writer, readers, me).map(|tag| self.readers[word] = tag)
            };
            if let Err(other) = result {
                let verb = if writes { "writes" } else { "reads" };
                let what = format!(
                    "warp {warp} {verb} shared memory at {start:#x} which {} used since the last barrier",
                    shadow::name(other, "warp")
                );
                return Err(Violation::new(Kind::Race, what));
            }
            start = end;
        }
        Ok(())
    }
}

/// The local memory of the lanes of a warp.
pub struct Local {
    size: usize,
    data: Vec<u8>,
    known: Vec<bool>,
}

impl Local {
    pub fn new(size: usize) -> Local {
        Local { size, data: vec![0; 32 * size], known: vec![false; 32 * size] }
    }

    pub fn clear(&mut self) {
        self.known.fill(false);
    }

    fn range(&self, address: u64, bytes: u32, lane: usize) -> Result<std::ops::Range<usize>, Violation> {
        if address.checked_add(u64::from(bytes)).is_none_or(|end| end > self.size as u64) {
            let what = format!("{bytes} bytes of local memory at {address:#x}: a thread has {}", self.size);
            return Err(Violation::new(Kind::OutOfBounds, what));
        }
        let start = lane * self.size + address as usize;
        Ok(start..start + bytes as usize)
    }

    pub fn read(&self, address: u64, bytes: u32, lane: usize, checks: bool) -> Result<u128, Violation> {
        let range = self.range(address, bytes, lane)?;
        if checks && self.known[range.clone()].contains(&false) {
            let what = format!("{bytes} bytes of local memory at {address:#x} were never written");
            return Err(Violation::new(Kind::Uninitialised, what));
        }
        Ok(gather(&self.data[range]))
    }

    pub fn write(&mut self, address: u64, bytes: u32, value: u128, lane: usize) -> Result<(), Violation> {
        let range = self.range(address, bytes, lane)?;
        self.known[range.clone()].fill(true);
        scatter(value, &mut self.data[range]);
        Ok(())
    }
}

/// The byte `value` in each of the low `bytes` bytes.
#[inline]
fn every(value: u8, bytes: u32) -> u128 {
    u128::from_le_bytes([value; 16]) >> (128 - 8 * bytes)
}

/// Up to sixteen bytes as a number.
#[inline]
pub fn gather(bytes: &[u8]) -> u128 {
    match bytes {
        [a, b, c, d] => u128::from(u32::from_le_bytes([*a, *b, *c, *d])),
        [a, b, c, d, e, f, g, h] => u128::from(u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h])),
        bytes => match bytes.first_chunk::<16>() {
            Some(all) => u128::from_le_bytes(*all),
            None => bytes.iter().rev().fold(0, |value, byte| value << 8 | u128::from(*byte)),
        },
    }
}

/// Writes the low bytes of a number.
#[inline]
fn scatter(value: u128, bytes: &mut [u8]) {
    match bytes.len() {
        4 => bytes.copy_from_slice(&(value as u32).to_le_bytes()),
        8 => bytes.copy_from_slice(&(value as u64).to_le_bytes()),
        16 => bytes.copy_from_slice(&value.to_le_bytes()),
        length => bytes.copy_from_slice(&value.to_le_bytes()[..length]),
    }
}
