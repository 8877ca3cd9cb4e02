//! Memory of a card: allocated and freed in the order of the card's stream, kept for reuse.

use super::Cuda;
use super::driver::failed;
use crate::backend::cpu::class_of;
use crate::{Error, Result};
use cudarc::driver::result::{self, DriverError};
use cudarc::driver::sys::{CUmemPool_attribute, CUmemoryPool, CUresult, CUstream};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Bytes on a card, owned; returned to the card's pool when dropped. Their contents are unspecified at first.
pub struct Memory {
    cuda: Cuda,
    address: u64,
    len: usize,
}

/// Every allocation has at least this many bytes: an empty tensor has an address too.
const SMALLEST: usize = 256;

impl Memory {
    /// `len` bytes. If the card is full, what its pool keeps is given back and tried once more.
    pub(super) fn new(cuda: &Cuda, len: usize) -> Result<Memory> {
        let allocate = || cuda.allocator().allocate(cuda.stream(), len.max(SMALLEST));
        let address = match allocate() {
            Err(DriverError(CUresult::CUDA_ERROR_OUT_OF_MEMORY)) => {
                cuda.trim()?;
                allocate()
            }
            tried => tried,
        };
        match address {
            Ok(address) => Ok(Memory { cuda: cuda.clone(), address, len }),
            Err(DriverError(CUresult::CUDA_ERROR_OUT_OF_MEMORY)) => {
                Err(Error::OutOfMemory { requested: len, free: cuda.info()?.free })
            }
            Err(e) => Err(failed(format!("allocating {len} bytes"))(e)),
        }
    }

    /// The card.
    pub fn cuda(&self) -> &Cuda {
        &self.cuda
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where they are on the card.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Copies the bytes from `offset` on to `host`, after all that was launched before.
    ///
    /// # Errors
    /// If the driver fails, or a kernel launched before has.
    pub fn download(&self, offset: usize, host: &mut [u8]) -> Result<()> {
        if host.is_empty() {
            return Ok(());
        }
        assert!(offset + host.len() <= self.len, "a copy of {} bytes from {offset} of {}", host.len(), self.len);
        self.cuda.enter()?;
        // SAFETY: the range lies in this allocation (asserted), and `host` outlives the copy: it ends with `synchronize`.
        unsafe { result::memcpy_dtoh_async(host, self.address + offset as u64, self.cuda.stream()) }
            .map_err(failed("copying from the card"))?;
        self.cuda.synchronize()
    }

    /// Copies `host` to the start of this memory.
    pub(super) fn write(&mut self, host: &[u8]) -> Result<()> {
        assert!(host.len() <= self.len, "a copy of {} bytes to {}", host.len(), self.len);
        if host.is_empty() {
            return Ok(());
        }
        self.cuda.enter()?;
        // SAFETY: the range lies in this allocation (asserted), and `host` outlives the copy: it ends with `synchronize`.
        unsafe { result::memcpy_htod_async(self.address, host, self.cuda.stream()) }
            .map_err(failed("copying to the card"))?;
        self.cuda.synchronize()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // A driver that fails here has failed before, and the launch or copy to come will say so.
        let _ = self.cuda.enter();
        self.cuda.allocator().free(self.cuda.stream(), self.address, self.len.max(SMALLEST));
    }
}

/// Where memory comes from. One stream orders all use of it, so freed memory can be handed out at once: whoever gets it
/// writes it after the last kernel that read it.
pub(super) enum Allocator {
    /// The driver's own pool.
    Driver(CUmemoryPool),
    /// Where the driver has none: idle addresses by size class.
    Classes(Mutex<HashMap<usize, Vec<u64>>>),
}

impl Allocator {
    /// The driver's pool, told to keep what is freed.
    pub fn of_driver(pool: CUmemoryPool) -> Result<Allocator, DriverError> {
        let mut keep = u64::MAX;
        let attribute = CUmemPool_attribute::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD;
        // SAFETY: the attribute is of type cuuint64_t, as is `keep`; the pool is the device's own, which lives as long as it.
        unsafe { result::mem_pool::set_attribute(pool, attribute, (&raw mut keep).cast()) }?;
        Ok(Allocator::Driver(pool))
    }

    fn allocate(&self, stream: CUstream, len: usize) -> Result<u64, DriverError> {
        match self {
            // SAFETY: the stream is the context's, which is current (`Cuda::allocate` has entered it).
            Allocator::Driver(_) => unsafe { result::malloc_async(stream, len) },
            Allocator::Classes(idle) => {
                let class = class_of(len);
                let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&class).and_then(Vec::pop);
                // SAFETY: the context is current, as above.
                kept.map_or_else(|| unsafe { result::malloc_sync(class) }, Ok)
            }
        }
    }

    fn free(&self, stream: CUstream, address: u64, len: usize) {
        match self {
            // SAFETY: `address` is of `malloc_async` in this context, and its owner is being dropped.
            Allocator::Driver(_) => drop(unsafe { result::free_async(address, stream) }),
            Allocator::Classes(idle) => {
                idle.lock().unwrap_or_else(PoisonError::into_inner).entry(class_of(len)).or_default().push(address);
            }
        }
    }

    /// Gives back to the card what is kept and not in use. The stream must be idle.
    pub fn trim(&self) -> Result<(), DriverError> {
        match self {
            // SAFETY: the pool lives as long as its device.
            Allocator::Driver(pool) => unsafe { result::mem_pool::trim_to(*pool, 0) },
            Allocator::Classes(idle) => {
                let idle = std::mem::take(&mut *idle.lock().unwrap_or_else(PoisonError::into_inner));
                // SAFETY: an idle address came from `malloc_sync` and has no owner; the stream has done its work.
                idle.into_values().flatten().try_for_each(|address| unsafe { result::free_sync(address) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::cuda::context::tests::card;

    #[test]
    fn without_the_drivers_pool_addresses_are_kept_by_size() {
        let card = card();
        card.enter().expect("the context");
        let allocator = Allocator::Classes(Mutex::default());
        let allocate = |len| allocator.allocate(card.stream(), len).expect("memory");
        let (first, other) = (allocate(1000), allocate(5000));
        assert_ne!(first, other);
        allocator.free(card.stream(), first, 1000);
        assert_ne!(allocate(4000), first, "another class");
        assert_eq!(allocate(1024), first, "the same class");
        allocator.free(card.stream(), other, 5000);
        allocator.trim().expect("the card takes it back");
        assert!(matches!(&allocator, Allocator::Classes(idle) if idle.lock().is_ok_and(|idle| idle.is_empty())));
    }
}
