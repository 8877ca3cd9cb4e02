//! Managed memory: one address for the host and for the kernels of its device.
//!
//! The host's bytes go to the device before each piece of work, and what the work changed comes back after it. Access of
//! the host while work runs is the program's mistake, as on every device whose `CONCURRENT_MANAGED_ACCESS` is 0.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use super::abi::{HostPtr, Out, Outcome, api};
use super::context::{Context, current};
use super::guard::lock;
use super::status::Status;
use super::stream::stream;
use crate::Memory;

struct Managed {
    layout: Layout,
    memory: &'static Memory,
}

static MANAGED: Mutex<BTreeMap<u64, Managed>> = Mutex::new(BTreeMap::new());

const PAGE: usize = 4096;

fn allocate(context: &Context, bytes: usize) -> Result<u64, Status> {
    let layout = Layout::from_size_align(bytes, PAGE).map_err(|_| Status::InvalidValue)?;
    if bytes == 0 {
        return Err(Status::InvalidValue);
    }
    // SAFETY: the layout is not empty.
    let address = unsafe { alloc_zeroed(layout) } as u64;
    if address == 0 {
        return Err(Status::OutOfMemory);
    }
    let memory = &context.device().memory;
    if memory.alloc_at(address, bytes as u64).is_err() {
        // SAFETY: allocated above with this layout, and nobody has the address.
        unsafe { dealloc(address as *mut u8, layout) };
        return Err(Status::OutOfMemory);
    }
    lock(&MANAGED).insert(address, Managed { layout, memory });
    lock(&context.blocks).insert(address, bytes as u64);
    Ok(address)
}

/// Frees the host's side of an allocation, if it is managed.
pub(super) fn forget(address: u64) {
    if let Some(managed) = lock(&MANAGED).remove(&address) {
        // SAFETY: `allocate` made it with this layout, and only once does it leave the table.
        unsafe { dealloc(address as *mut u8, managed.layout) };
    }
}

/// All managed memory while a piece of work runs.
pub(super) struct Shared<'a> {
    managed: MutexGuard<'a, BTreeMap<u64, Managed>>,
    sent: Vec<Vec<u8>>,
}

/// Sends the host's bytes to the devices. Nothing to hold where no memory is managed.
pub(super) fn send() -> Option<Shared<'static>> {
    let managed = lock(&MANAGED);
    if managed.is_empty() {
        return None;
    }
    let send = |(address, held): (&u64, &Managed)| {
        let bytes = HostPtr::new(*address as usize).read(held.layout.size(), <[u8]>::to_vec).unwrap_or_default();
        // The allocation is of this table, hence alive.
        let _ = held.memory.write(*address, &bytes);
        bytes
    };
    let sent = managed.iter().map(send).collect();
    Some(Shared { managed, sent })
}

impl Shared<'_> {
    /// Brings back what the work has changed.
    pub fn bring_back(self) {
        for ((address, held), before) in self.managed.iter().zip(self.sent) {
            let mut after = vec![0; before.len()];
            let _ = held.memory.read(*address, &mut after);
            let changed = before.iter().zip(&after).any(|(before, after)| before != after);
            if changed {
                let _ = HostPtr::new(*address as usize).write(after.len(), |host| host.copy_from_slice(&after));
            }
        }
    }
}

/// `CUmemLocation`.
#[repr(C)]
pub struct Location {
    kind: i32,
    id: i32,
}

fn known(address: u64) -> Outcome {
    let managed = lock(&MANAGED);
    let below = managed.range(..=address).next_back();
    let inside = below.is_some_and(|(base, held)| address - base < held.layout.size() as u64);
    if inside { Ok(()) } else { Err(Status::InvalidValue) }
}

api! {
    fn cuMemAllocManaged(address: Out<u64>, bytes: usize, _flags: u32) {
        address.set(allocate(current()?.as_ref(), bytes)?)
    }

    /// Advice and prefetching change nothing here.
    fn cuMemAdvise_v2(address: u64, _bytes: usize, _advice: i32, _location: Location) {
        known(address)
    }

    fn cuMemPrefetchAsync(address: u64, _bytes: usize, _device: i32, on: usize) {
        stream(on)?;
        known(address)
    }

    fn cuMemPrefetchAsync_v2(address: u64, _bytes: usize, _location: Location, _flags: u32, on: usize) {
        stream(on)?;
        known(address)
    }

    fn cuStreamAttachMemAsync(on: usize, address: u64, _bytes: usize, _flags: u32) {
        stream(on)?;
        known(address)
    }
}
