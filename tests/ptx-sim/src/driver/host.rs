//! Pinned host memory: allocated here, or the program's own after it is registered. Kernels cannot reach it.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::collections::BTreeMap;
use std::sync::Mutex;

use super::abi::{HostPtr, Out, Outcome, api};
use super::context::current;
use super::guard::lock;
use super::status::Status;
use super::stream;

struct Pinned {
    bytes: usize,
    flags: u32,
    /// Whether it is allocated here.
    owned: bool,
}

static PINNED: Mutex<BTreeMap<usize, Pinned>> = Mutex::new(BTreeMap::new());

/// Pinned memory comes in whole pages.
const PAGE: usize = 4096;

fn layout(bytes: usize) -> Result<Layout, Status> {
    Layout::from_size_align(bytes, PAGE).map_err(|_| Status::InvalidValue)
}

/// Whether all of these bytes are pinned.
pub(super) fn is_pinned(start: HostPtr, bytes: usize) -> bool {
    let pinned = lock(&PINNED);
    let below = pinned.range(..=start.address()).next_back();
    below.is_some_and(|(base, held)| start.address() - base + bytes <= held.bytes)
}

fn allocate(bytes: usize, flags: u32) -> Result<HostPtr, Status> {
    if bytes == 0 {
        return Err(Status::InvalidValue);
    }
    // SAFETY: the layout is not empty.
    let start = unsafe { alloc_zeroed(layout(bytes)?) };
    if start.is_null() {
        return Err(Status::OutOfMemory);
    }
    lock(&PINNED).insert(start as usize, Pinned { bytes, flags, owned: true });
    Ok(HostPtr::new(start as usize))
}

fn free(start: HostPtr) -> Outcome {
    // Copies in flight may still use it.
    stream::synchronize_context(current()?.as_ref())?;
    let mut pinned = lock(&PINNED);
    let bytes = match pinned.get(&start.address()) {
        Some(held) if held.owned => held.bytes,
        _ => return Err(Status::InvalidValue),
    };
    pinned.remove(&start.address());
    // SAFETY: the table says that `allocate` made exactly this block, and only once does it leave the table.
    unsafe { dealloc(start.address() as *mut u8, layout(bytes)?) };
    Ok(())
}

api! {
    fn cuMemHostAlloc(start: Out<HostPtr>, bytes: usize, flags: u32) {
        current()?;
        start.set(allocate(bytes, flags)?)
    }

    fn cuMemAllocHost_v2(start: Out<HostPtr>, bytes: usize) {
        current()?;
        start.set(allocate(bytes, 0)?)
    }

    fn cuMemFreeHost(start: HostPtr) {
        free(start)
    }

    fn cuMemHostRegister_v2(start: HostPtr, bytes: usize, flags: u32) {
        current()?;
        if start.address() == 0 || bytes == 0 {
            return Err(Status::InvalidValue);
        }
        let end = start.address().checked_add(bytes).ok_or(Status::InvalidValue)?;
        let mut pinned = lock(&PINNED);
        if pinned.range(..end).next_back().is_some_and(|(base, held)| base + held.bytes > start.address()) {
            return Err(Status::HostMemoryAlreadyRegistered);
        }
        pinned.insert(start.address(), Pinned { bytes, flags, owned: false });
        Ok(())
    }

    fn cuMemHostUnregister(start: HostPtr) {
        stream::synchronize_context(current()?.as_ref())?;
        let mut pinned = lock(&PINNED);
        if pinned.get(&start.address()).is_none_or(|held| held.owned) {
            return Err(Status::HostMemoryNotRegistered);
        }
        pinned.remove(&start.address());
        Ok(())
    }

    fn cuMemHostGetFlags(flags: Out<u32>, start: HostPtr) {
        let held = lock(&PINNED).get(&start.address()).map(|held| held.flags);
        flags.set(held.ok_or(Status::InvalidValue)?)
    }
}
