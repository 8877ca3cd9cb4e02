//! Memory: 64-byte aligned buffers from a size-class pool.
//!
//! Page-faulting a fresh large buffer costs more than the arithmetic done on it, so dropped buffers are kept by size
//! class (powers of two and one and a half times those) and handed out again. Their contents are unspecified but
//! always initialised, which keeps every view of them sound.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error};
use std::collections::HashMap;
use std::ptr::NonNull;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

const ALIGN: usize = 64;
/// From this size on a buffer starts at a large page, and large pages are asked for: streaming through small ones
/// spends a good part of its time on address translation.
const LARGE: usize = 2 * LARGE_PAGE;
const LARGE_PAGE: usize = 2 << 20;
/// The pool keeps at most this many idle bytes; beyond it, buffers go back to the system.
const MAX_CACHED: usize = 4 << 30;

/// An owned run of bytes; returns to the pool when dropped.
pub struct Buffer {
    ptr: NonNull<u8>,
    class: usize,
    len: usize,
}

// SAFETY: a Buffer owns its bytes exclusively, like a Vec<u8>.
unsafe impl Send for Buffer {}
// SAFETY: shared access only reads.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// A buffer of `len` bytes with unspecified (but initialised) contents.
    pub fn new(len: usize) -> Buffer {
        let class = class_of(len);
        let mut pool = pool();
        let kept = pool.idle.get_mut(&class).and_then(Vec::pop);
        let stats = &mut pool.stats;
        stats.live += class;
        stats.high_water = stats.high_water.max(stats.live);
        match kept {
            Some(_) => {
                stats.cached -= class;
                stats.hits += 1;
            }
            None => stats.misses += 1,
        }
        drop(pool);
        let ptr = kept.map_or_else(|| system_alloc(class), |address| address.0);
        Buffer { ptr, class, len }
    }

    /// A buffer of `len` zero bytes.
    pub fn zeroed(len: usize) -> Buffer {
        let mut buffer = Buffer::new(len);
        buffer.bytes_mut().fill(0);
        buffer
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `ptr` points to `class >= len` bytes, initialised by `alloc_zeroed` and owned by self.
        unsafe { std::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }

    /// The bytes, for writing.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; `&mut self` makes the access exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut pool = pool();
        pool.stats.live -= self.class;
        if pool.stats.cached + self.class <= MAX_CACHED {
            pool.stats.cached += self.class;
            pool.idle.entry(self.class).or_default().push(Address(self.ptr));
        } else {
            drop(pool);
            system_free(self.ptr, self.class);
        }
    }
}

/// What the pool holds now, in bytes, and how often it could serve a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStats {
    /// Bytes handed out and not yet returned.
    pub live: usize,
    /// Bytes kept for the next request.
    pub cached: usize,
    /// The largest `live` seen so far.
    pub high_water: usize,
    /// Requests served from kept buffers.
    pub hits: usize,
    /// Requests that went to the system.
    pub misses: usize,
}

/// The pool's figures at this moment.
pub fn pool_stats() -> PoolStats {
    pool().stats
}

/// Gives every idle buffer back to the system.
pub fn pool_trim() {
    let idle = {
        let mut pool = pool();
        pool.stats.cached = 0;
        std::mem::take(&mut pool.idle)
    };
    for (class, list) in idle {
        list.into_iter().for_each(|address| system_free(address.0, class));
    }
}

struct Address(NonNull<u8>);
// SAFETY: an idle address is owned by the pool alone; no thread holds a reference into it.
unsafe impl Send for Address {}

#[derive(Default)]
struct Pool {
    idle: HashMap<usize, Vec<Address>>,
    stats: PoolStats,
}

fn pool() -> MutexGuard<'static, Pool> {
    static POOL: LazyLock<Mutex<Pool>> = LazyLock::new(Mutex::default);
    // The pool's invariants hold between statements, so a panic elsewhere cannot have broken them.
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The smallest of 64, 96, 128, 192, 256, … that is at least `len`.
pub(in crate::backend) fn class_of(len: usize) -> usize {
    let up = len.max(ALIGN).next_power_of_two();
    let three_quarters = up / 4 * 3;
    if three_quarters >= len.max(ALIGN) { three_quarters } else { up }
}

fn system_alloc(class: usize) -> NonNull<u8> {
    let layout = memory_layout(class);
    let fail = || handle_alloc_error(layout);
    if class < LARGE {
        // SAFETY: `class` is at least ALIGN, so the layout has a size above zero.
        return NonNull::new(unsafe { alloc_zeroed(layout) }).unwrap_or_else(fail);
    }
    // SAFETY: as above.
    let ptr = NonNull::new(unsafe { alloc(layout) }).unwrap_or_else(fail);
    // Before the first write, which is when pages are chosen. A refusal changes nothing but speed.
    #[cfg(target_os = "linux")]
    // SAFETY: the range was just allocated and is owned by nobody else; the advice does not change its contents.
    let _ = unsafe { rustix::mm::madvise(ptr.as_ptr().cast(), class, rustix::mm::Advice::LinuxHugepage) };
    // SAFETY: `ptr` points to `class` bytes that nobody else knows of.
    unsafe { ptr.as_ptr().write_bytes(0, class) };
    ptr
}

fn system_free(ptr: NonNull<u8>, class: usize) {
    // SAFETY: `ptr` came from `system_alloc(class)` and is freed once: it was just removed from its only owner.
    unsafe { dealloc(ptr.as_ptr(), memory_layout(class)) }
}

fn memory_layout(class: usize) -> Layout {
    let align = if class < LARGE { ALIGN } else { LARGE_PAGE };
    match Layout::from_size_align(class, align) {
        Ok(layout) => layout,
        Err(_) => panic!("a buffer of {class} bytes is larger than the address space"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_tight() {
        for (len, class) in [(0, 64), (1, 64), (64, 64), (65, 96), (97, 128), (129, 192), (1 << 20, 1 << 20)] {
            assert_eq!(class_of(len), class, "length {len}");
        }
    }

    #[test]
    fn a_dropped_buffer_is_served_again() {
        // An odd size no other test asks for, so that the same buffer must come back.
        let first = Buffer::new(777_777);
        let address = first.ptr;
        drop(first);
        let again = Buffer::new(777_000);
        assert_eq!(again.ptr, address);
        assert_eq!(again.bytes().len(), 777_000);
    }
}
