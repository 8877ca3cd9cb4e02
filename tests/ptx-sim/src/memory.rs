//! Device memory: allocations at addresses which no host pointer has.
//!
//! Addresses are never used twice and allocations never touch, so that a use after free and an access past the end
//! both miss every live allocation. Pages come into being when they are first written: an allocation of gigabytes
//! costs its table of pages.

use crate::fault::{Kind, Violation};
use crate::page::{PAGE, Page};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The first address handed out; everything below is null or a mistake.
const BASE: u64 = 0x10_0000_0000;
/// Allocations start at multiples of this, as `cuMemAlloc` promises, with at least this much unmapped between them.
const ALIGNMENT: u64 = 512;
/// Addresses below this are called null.
const NULL_ZONE: u64 = 1 << 16;

/// One allocation.
pub struct Allocation {
    pub base: u64,
    pub bytes: u64,
    pages: Box<[OnceLock<Box<Page>>]>,
    /// Held by atomic operations.
    pub(crate) atomics: Mutex<()>,
}

impl Allocation {
    pub fn end(&self) -> u64 {
        self.base + self.bytes
    }

    /// The page that holds `address`, made when there is none yet.
    pub(crate) fn page(&self, address: u64) -> &Page {
        self.pages[((address - self.base) / PAGE) as usize].get_or_init(|| Box::new(Page::new()))
    }

    /// Calls `f` with each page, the offset in it and the part of `0..length` that lies there.
    fn each_part(&self, address: u64, length: u64, mut f: impl FnMut(&Page, usize, std::ops::Range<usize>)) {
        let mut done = 0;
        while done < length {
            let offset = (address + done - self.base) % PAGE;
            let part = (PAGE - offset).min(length - done);
            f(self.page(address + done), offset as usize, done as usize..(done + part) as usize);
            done += part;
        }
    }
}

struct Table {
    live: BTreeMap<u64, Arc<Allocation>>,
    /// Freed ranges: base to length.
    freed: BTreeMap<u64, u64>,
    next: u64,
    used: u64,
}

/// The memory of one device. Every method may be called from any thread.
pub struct Memory {
    total: u64,
    table: RwLock<Table>,
    launches: AtomicU64,
}

impl Memory {
    /// A memory of `total` bytes, of which nothing is taken from the host before it is written.
    pub fn new(total: u64) -> Memory {
        Memory::starting_at(BASE, total)
    }

    /// As `new`, with the first address given, so that the memories of several devices share no address.
    pub fn starting_at(base: u64, total: u64) -> Memory {
        let table = Table { live: BTreeMap::new(), freed: BTreeMap::new(), next: base, used: 0 };
        Memory { total, table: RwLock::new(table), launches: AtomicU64::new(0) }
    }

    /// A memory of `CUSIM_MEMORY` bytes, or of 8 GiB.
    pub fn from_env() -> Memory {
        let total = std::env::var("CUSIM_MEMORY").ok().and_then(|text| text.parse().ok());
        Memory::new(total.unwrap_or(8 << 30))
    }

    /// The address of `bytes` new bytes, which count as not initialised.
    pub fn alloc(&self, bytes: u64) -> Result<u64, Violation> {
        let mut table = self.table_mut();
        let base = table.next;
        self.place(&mut table, base, bytes)?;
        table.next = (base + bytes).next_multiple_of(ALIGNMENT) + ALIGNMENT;
        Ok(base)
    }

    /// As `alloc`, at an address that the caller chooses: one of the host, whose memory no device shares.
    pub fn alloc_at(&self, base: u64, bytes: u64) -> Result<(), Violation> {
        self.place(&mut self.table_mut(), base, bytes)
    }

    fn place(&self, table: &mut Table, base: u64, bytes: u64) -> Result<(), Violation> {
        let free = self.total - table.used;
        if bytes > free {
            return Err(Violation::new(Kind::OutOfMemory, format!("{bytes} bytes asked for, {free} are free")));
        }
        table.used += bytes;
        let pages = (0..bytes.div_ceil(PAGE)).map(|_| OnceLock::new()).collect();
        table.live.insert(base, Arc::new(Allocation { base, bytes, pages, atomics: Mutex::new(()) }));
        Ok(())
    }

    /// Frees what `alloc` gave. The address stays known as freed for good.
    pub fn free(&self, address: u64) -> Result<(), Violation> {
        let mut table = self.table_mut();
        match table.live.remove(&address) {
            Some(allocation) => {
                table.used -= allocation.bytes;
                table.freed.insert(address, allocation.bytes);
                Ok(())
            }
            None if table.freed.contains_key(&address) => {
                Err(Violation::new(Kind::InvalidFree, format!("{address:#x} was freed before")))
            }
            None => Err(Violation::new(Kind::InvalidFree, format!("{address:#x} is not the start of an allocation"))),
        }
    }

    /// Free and total bytes.
    pub fn info(&self) -> (u64, u64) {
        (self.total - self.table().used, self.total)
    }

    /// Copies device memory to the host. What was never written reads as zero.
    pub fn read(&self, address: u64, to: &mut [u8]) -> Result<(), Violation> {
        let allocation = self.range(address, to.len() as u64)?;
        allocation.each_part(address, to.len() as u64, |page, offset, part| page.read(offset, &mut to[part]));
        Ok(())
    }

    /// Copies host memory to the device, which is initialised by it.
    pub fn write(&self, address: u64, from: &[u8]) -> Result<(), Violation> {
        let allocation = self.range(address, from.len() as u64)?;
        allocation.each_part(address, from.len() as u64, |page, offset, part| page.write(offset, &from[part]));
        Ok(())
    }

    /// Copies within the device; bytes that are not initialised stay so. The ranges may overlap.
    pub fn copy(&self, to: u64, from: u64, bytes: u64) -> Result<(), Violation> {
        let (source, target) = (self.range(from, bytes)?, self.range(to, bytes)?);
        let mut data = vec![0; bytes as usize];
        let mut known = vec![false; bytes as usize];
        source.each_part(from, bytes, |page, offset, part| {
            page.read(offset, &mut data[part.clone()]);
            page.read_initialised(offset, &mut known[part]);
        });
        target.each_part(to, bytes, |page, offset, part| {
            page.write(offset, &data[part.clone()]);
            page.write_initialised(offset, &known[part]);
        });
        Ok(())
    }

    /// Fills `count` places with copies of `pattern`.
    pub fn fill(&self, address: u64, pattern: &[u8], count: u64) -> Result<(), Violation> {
        let bytes = pattern.len() as u64 * count;
        let allocation = self.range(address, bytes)?;
        allocation.each_part(address, bytes, |page, offset, part| {
            let data: Vec<u8> = part.map(|i| pattern[i % pattern.len()]).collect();
            page.write(offset, &data);
        });
        Ok(())
    }

    /// The start and the length of the allocation that holds `address`.
    pub fn allocation(&self, address: u64) -> Result<(u64, u64), Violation> {
        self.range(address, 0).map(|allocation| (allocation.base, allocation.bytes))
    }

    fn range(&self, address: u64, bytes: u64) -> Result<Arc<Allocation>, Violation> {
        let table = self.table();
        let holder = table.live.range(..=address).next_back().map(|(_, allocation)| allocation);
        match holder {
            Some(held) if address < held.end().max(held.base + 1) && bytes <= held.end() - address => Ok(held.clone()),
            _ => Err(table.explain(address, bytes)),
        }
    }

    /// What a launch sees: the allocations alive at its start, and its number.
    pub(crate) fn view(&self) -> View<'_> {
        let live = self.table().live.values().cloned().collect();
        View { memory: self, live, launch: self.launches.fetch_add(1, Ordering::Relaxed) + 1 }
    }

    fn table(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn table_mut(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Why no allocation holds all of `address..address + bytes`.
    fn explain(&self, address: u64, bytes: u64) -> Violation {
        if address < NULL_ZONE {
            return Violation::new(Kind::Null, format!("address {address:#x} is null or close to it"));
        }
        if let Some((base, length)) = self.freed.range(..=address).next_back()
            && address < base + length
        {
            let what = format!("address {address:#x} lies in {length} bytes at {base:#x} which were freed");
            return Violation::new(Kind::UseAfterFree, what);
        }
        let what = match self.live.range(..=address).next_back() {
            Some((base, held)) => {
                format!(
                    "{bytes} bytes at {address:#x} end {} bytes past the {} bytes at {base:#x}",
                    address.saturating_add(bytes).saturating_sub(held.end()),
                    held.bytes
                )
            }
            None => format!("no allocation lies at or below {address:#x}"),
        };
        Violation::new(Kind::OutOfBounds, what)
    }
}

/// The memory as one launch sees it.
pub(crate) struct View<'a> {
    memory: &'a Memory,
    live: Vec<Arc<Allocation>>,
    pub launch: u64,
}

impl View<'_> {
    /// The allocation that holds all of `address..address + bytes`.
    pub fn find(&self, address: u64, bytes: u64) -> Result<&Allocation, Violation> {
        let after = self.live.partition_point(|allocation| allocation.base <= address);
        match after.checked_sub(1).map(|i| &self.live[i]) {
            Some(held) if address < held.end() && bytes <= held.end() - address => Ok(held),
            _ => Err(self.memory.table().explain(address, bytes)),
        }
    }
}

/// The page that was used last, so that the next access to it need not look for its allocation.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cursor<'a> {
    start: u64,
    end: u64,
    found: Option<(&'a Allocation, &'a Page)>,
}

impl<'a> Cursor<'a> {
    /// The allocation, the page and the offset in it of `bytes` bytes, which do not pass the end of a page when they
    /// are aligned.
    #[inline]
    pub fn find(
        &mut self,
        view: &'a View<'a>,
        address: u64,
        bytes: u64,
    ) -> Result<(&'a Allocation, &'a Page, usize), Violation> {
        if let Some((allocation, page)) = self.found
            && address >= self.start
            && address.saturating_add(bytes) <= self.end
        {
            return Ok((allocation, page, (address - self.start) as usize));
        }
        let allocation = view.find(address, bytes)?;
        let page = allocation.page(address);
        self.start = address - (address - allocation.base) % PAGE;
        self.end = (self.start + PAGE).min(allocation.end());
        self.found = Some((allocation, page));
        Ok((allocation, page, (address - self.start) as usize))
    }
}
