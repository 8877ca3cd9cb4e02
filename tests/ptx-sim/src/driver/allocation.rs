//! Device memory: taking it, giving it back, asking about it.

use super::abi::{Out, Outcome, api};
use super::capture;
use super::context::{Context, contexts, current};
use super::device::memory_of;
use super::guard::lock;
use super::managed;
use super::report;
use super::status::Status;
use super::stream::{self, stream};
use super::work::Work;

fn allocate(context: &Context, bytes: usize) -> Result<u64, Status> {
    if bytes == 0 {
        return Err(Status::InvalidValue);
    }
    let allocated = context.device().memory.alloc(bytes as u64);
    let address = allocated.map_err(|violation| report::refuse("allocation", violation))?;
    lock(&context.blocks).insert(address, bytes as u64);
    Ok(address)
}

/// Frees an allocation of any context. An address that is not the start of a live one is `InvalidValue`.
pub(super) fn free(address: u64) -> Outcome {
    for context in contexts() {
        if lock(&context.blocks).remove(&address).is_some() {
            managed::forget(address);
            let freed = context.device().memory.free(address);
            return freed.map_err(|violation| report::refuse("free", violation));
        }
    }
    report::note(&format!("free: {address:#x} is not the start of a live allocation"));
    Err(Status::InvalidValue)
}

/// Allocates at once: the address must be known, and no address is used twice, so that nothing has to wait.
fn allocate_on(handle: usize, bytes: usize) -> Result<u64, Status> {
    let stream = stream(handle)?;
    let address = allocate(&stream.context, bytes)?;
    capture::own(&stream, address);
    Ok(address)
}

api! {
    fn cuMemAlloc_v2(address: Out<u64>, bytes: usize) {
        address.set(allocate(current()?.as_ref(), bytes)?)
    }

    /// Waits for all work of the context, as on a device.
    fn cuMemFree_v2(address: u64) {
        let context = current()?;
        if address == 0 {
            return Ok(());
        }
        stream::synchronize_context(&context)?;
        free(address)
    }

    fn cuMemAllocAsync(address: Out<u64>, bytes: usize, on: usize) {
        address.set(allocate_on(on, bytes)?)
    }

    fn cuMemFreeAsync(address: u64, on: usize) {
        let stream = stream(on)?;
        // What a graph allocates stays until the graph is destroyed, so that every launch finds it.
        if address == 0 || capture::owns(&stream, address) {
            return Ok(());
        }
        stream::submit(on, Work::Free(address))
    }

    fn cuMemAllocFromPoolAsync(address: Out<u64>, bytes: usize, pool: usize, on: usize) {
        super::pool::check(pool)?;
        address.set(allocate_on(on, bytes)?)
    }

    fn cuMemGetInfo_v2(free: Out<usize>, total: Out<usize>) {
        let (left, all) = current()?.device().memory.info();
        free.set(left as usize)?;
        total.set(all as usize)
    }

    fn cuMemGetAddressRange_v2(base: Out<u64>, bytes: Out<usize>, address: u64) {
        let (start, length) = memory_of(address)?.allocation(address).map_err(|_| Status::NotFound)?;
        base.offer(start);
        bytes.offer(length as usize);
        Ok(())
    }
}
