//! With `CUSIM_LAZY` work runs as late as the program allows: what it forgets to wait for has not happened.

use cudarc::driver::{CudaContext, CudaSlice, CudaStream, result};
use std::sync::Arc;

/// Two streams that nothing orders but the program itself, in a context of their own: a test that waits for its context
/// must not run the work of another.
fn streams() -> (Arc<CudaStream>, Arc<CudaStream>) {
    cuda::install_with(&[("CUSIM_LAZY", "1")]).unwrap();
    let context = CudaContext::new_non_primary(0, 0).unwrap();
    // The binding would wait by itself for the last writer of a buffer.
    unsafe { context.disable_event_tracking() };
    (context.new_stream().unwrap(), context.new_stream().unwrap())
}

fn zeros(stream: &Arc<CudaStream>) -> CudaSlice<u32> {
    let zeros = stream.alloc_zeros(8).unwrap();
    stream.synchronize().unwrap();
    zeros
}

#[test]
fn without_a_wait_the_old_bytes_are_read() {
    let (writer, reader) = streams();
    let mut buffer = zeros(&writer);
    writer.memcpy_htod(&[1; 8], &mut buffer).unwrap();
    assert_eq!(reader.clone_dtoh(&buffer).unwrap(), [0; 8]);
    writer.synchronize().unwrap();
    assert_eq!(reader.clone_dtoh(&buffer).unwrap(), [1; 8]);
}

#[test]
fn an_event_orders_two_streams() {
    let (writer, reader) = streams();
    let mut buffer = zeros(&writer);
    writer.memcpy_htod(&[1; 8], &mut buffer).unwrap();
    reader.wait(&writer.record_event(None).unwrap()).unwrap();
    // What comes after the event is not waited for.
    writer.memcpy_htod(&[2; 8], &mut buffer).unwrap();
    assert_eq!(reader.clone_dtoh(&buffer).unwrap(), [1; 8]);
    writer.synchronize().unwrap();
    assert_eq!(reader.clone_dtoh(&buffer).unwrap(), [2; 8]);
}

#[test]
fn an_event_is_pending_until_something_needs_it() {
    let (writer, _) = streams();
    let mut buffer = zeros(&writer);
    writer.memcpy_htod(&[1; 8], &mut buffer).unwrap();
    let event = writer.record_event(None).unwrap();
    assert!(!event.is_complete());
    assert!(event.is_complete());
}

/// The default stream waits for streams that were made as blocking, and they for it.
#[test]
fn the_default_stream_waits_for_blocking_streams() {
    let (_, reader) = streams();
    let buffer = zeros(&reader);
    let (address, _guard) = {
        use cudarc::driver::DevicePtr;
        buffer.device_ptr(&reader)
    };
    let blocking = result::stream::create(result::stream::StreamKind::Default).unwrap();
    let mut read = [0u32; 8];
    unsafe {
        result::memset_d8_async(address, 1, 32, blocking).unwrap();
        result::memcpy_dtoh_sync(&mut read, address).unwrap();
        result::stream::destroy(blocking).unwrap();
    }
    assert_eq!(read, [0x0101_0101; 8]);
}

/// Bytes of pageable memory are taken at the call; pinned ones when the copy runs.
#[test]
fn pinned_memory_is_read_late() {
    let (writer, _) = streams();
    let context = writer.context();
    let mut buffer = zeros(&writer);
    let mut pinned = unsafe { context.alloc_pinned::<u32>(8) }.unwrap();
    let raw = pinned.as_mut_ptr().unwrap();
    unsafe { std::slice::from_raw_parts_mut(raw, 8) }.fill(1);
    writer.memcpy_htod(&pinned, &mut buffer).unwrap();
    // A program that does this has not waited for its copy.
    unsafe { std::slice::from_raw_parts_mut(raw, 8) }.fill(2);
    assert_eq!(writer.clone_dtoh(&buffer).unwrap(), [2; 8]);
}
