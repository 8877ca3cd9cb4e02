//! Copies and fills. The synchronous ones run on the default stream and wait.

use super::abi::{HostPtr, Outcome, api};
use super::context::context;
use super::host;
use super::stream::{self, stream};
use super::work::{Place, Work};

/// Fills `count` elements of `width` bytes with the low bytes of `value`.
fn fill(address: u64, value: u32, width: usize, count: usize) -> Work {
    Work::Fill { address, pattern: value.to_le_bytes(), width, count }
}

fn copy_devices(to: u64, from: u64, bytes: usize) -> Work {
    Work::Copy { to: Place::Device(to), from: Place::Device(from), bytes }
}

/// From pageable memory the bytes are taken now; from pinned memory, and into a graph, when the copy runs: a program
/// that overwrites them too early must see the consequences.
fn copy_to_device(to: u64, from: HostPtr, bytes: usize, on: usize) -> Outcome {
    let later = host::is_pinned(from, bytes) || stream(on)?.is_capturing();
    let place = if later { Place::Host(from) } else { Place::Staged(from.read(bytes, |data| data.into())?) };
    stream::submit(on, Work::Copy { to: Place::Device(to), from: place, bytes })
}

/// Into pageable memory the call returns when the copy is done.
fn copy_to_host(to: HostPtr, from: u64, bytes: usize, on: usize) -> Outcome {
    let stream = stream(on)?;
    let later = host::is_pinned(to, bytes) || stream.is_capturing();
    stream::submit(on, Work::Copy { to: Place::Host(to), from: Place::Device(from), bytes })?;
    if later { Ok(()) } else { stream::synchronize(&stream) }
}

api! {
    fn cuMemcpyHtoD_v2(to: u64, from: HostPtr, bytes: usize) {
        stream::submit_and_wait(Work::Copy { to: Place::Device(to), from: Place::Host(from), bytes })
    }

    fn cuMemcpyDtoH_v2(to: HostPtr, from: u64, bytes: usize) {
        stream::submit_and_wait(Work::Copy { to: Place::Host(to), from: Place::Device(from), bytes })
    }

    fn cuMemcpyDtoD_v2(to: u64, from: u64, bytes: usize) {
        stream::submit_and_wait(copy_devices(to, from, bytes))
    }

    fn cuMemcpyPeer(to: u64, to_context: usize, from: u64, from_context: usize, bytes: usize) {
        context(to_context)?;
        context(from_context)?;
        stream::submit_and_wait(copy_devices(to, from, bytes))
    }

    fn cuMemcpyHtoDAsync_v2(to: u64, from: HostPtr, bytes: usize, on: usize) {
        copy_to_device(to, from, bytes, on)
    }

    fn cuMemcpyDtoHAsync_v2(to: HostPtr, from: u64, bytes: usize, on: usize) {
        copy_to_host(to, from, bytes, on)
    }

    fn cuMemcpyDtoDAsync_v2(to: u64, from: u64, bytes: usize, on: usize) {
        stream::submit(on, copy_devices(to, from, bytes))
    }

    fn cuMemcpyPeerAsync(to: u64, to_context: usize, from: u64, from_context: usize, bytes: usize, on: usize) {
        context(to_context)?;
        context(from_context)?;
        stream::submit(on, copy_devices(to, from, bytes))
    }

    fn cuMemsetD8_v2(address: u64, value: u8, count: usize) {
        stream::submit_and_wait(fill(address, value.into(), 1, count))
    }

    fn cuMemsetD16_v2(address: u64, value: u16, count: usize) {
        stream::submit_and_wait(fill(address, value.into(), 2, count))
    }

    fn cuMemsetD32_v2(address: u64, value: u32, count: usize) {
        stream::submit_and_wait(fill(address, value, 4, count))
    }

    fn cuMemsetD8Async(address: u64, value: u8, count: usize, on: usize) {
        stream::submit(on, fill(address, value.into(), 1, count))
    }

    fn cuMemsetD16Async(address: u64, value: u16, count: usize, on: usize) {
        stream::submit(on, fill(address, value.into(), 2, count))
    }

    fn cuMemsetD32Async(address: u64, value: u32, count: usize, on: usize) {
        stream::submit(on, fill(address, value, 4, count))
    }
}
