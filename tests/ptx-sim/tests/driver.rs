//! The driver API, as cudarc calls it.

use cudarc::driver::sys::{self, CUresult};
use cudarc::driver::{CudaContext, DriverError, LaunchConfig, PushKernelArg, result};
use std::sync::Arc;

fn context(ordinal: usize) -> Arc<CudaContext> {
    cuda::install_with(&[("CUSIM_DEVICES", "2"), ("CUSIM_MEMORY", "1048576")]).unwrap();
    CudaContext::new(ordinal).unwrap()
}

fn code<T>(outcome: Result<T, DriverError>) -> CUresult {
    outcome.map(drop).expect_err("an error").0
}

#[test]
fn devices_are_counted_and_named() {
    let first = context(0);
    assert_eq!(CudaContext::device_count().unwrap(), 2);
    assert_eq!(first.name().unwrap(), "PTX interpreter 0");
    assert_eq!(first.compute_capability().unwrap(), (9, 0));
    assert_eq!(first.total_mem().unwrap(), 1 << 20);
    assert_ne!(first.uuid().unwrap().bytes, context(1).uuid().unwrap().bytes);
    assert_eq!(code(CudaContext::new(2)), CUresult::CUDA_ERROR_INVALID_DEVICE);
}

#[test]
fn bytes_come_back() {
    let stream = context(0).default_stream();
    let data: Vec<f32> = (0..1000).map(|i| i as f32).collect();
    let mut there = stream.clone_htod(&data).unwrap();
    assert_eq!(stream.clone_dtoh(&there).unwrap(), data);
    let mut other = stream.alloc_zeros::<f32>(1000).unwrap();
    assert_eq!(stream.clone_dtoh(&other).unwrap(), vec![0.0; 1000]);
    stream.memcpy_dtod(&there.slice(500..), &mut other.slice_mut(..500)).unwrap();
    assert_eq!(stream.clone_dtoh(&other.slice(..500)).unwrap(), data[500..]);
    stream.memset_zeros(&mut there).unwrap();
    assert_eq!(stream.clone_dtoh(&there).unwrap(), vec![0.0; 1000]);
}

#[test]
fn bytes_cross_devices() {
    let (first, second) = (context(0).default_stream(), context(1).default_stream());
    let there = first.clone_htod(&[1u32, 2, 3]).unwrap();
    let across = second.clone_dtod(&there).unwrap();
    assert_eq!(second.clone_dtoh(&across).unwrap(), [1, 2, 3]);
    assert_eq!(across.context().ordinal(), 1);
}

/// Device 1 only: the figure of free memory is that of the device.
#[test]
fn memory_ends() {
    let held = context(1);
    let stream = held.default_stream();
    assert_eq!(code(stream.alloc_zeros::<u8>(2 << 20)), CUresult::CUDA_ERROR_OUT_OF_MEMORY);
    let driver = cuda::install().unwrap();
    assert!(driver.last_fault().contains("2097152 bytes asked for"), "{}", driver.last_fault());
    let half = stream.alloc_zeros::<u8>(1 << 19).unwrap();
    assert!(held.mem_get_info().unwrap().0 <= 1 << 19);
    drop(half);
    assert!(stream.alloc_zeros::<u8>(1 << 19).is_ok());
}

#[test]
fn mistakes_are_errors() {
    let held = context(0);
    held.bind_to_thread().unwrap();
    let address = unsafe { result::malloc_sync(64) }.unwrap();
    unsafe { result::free_sync(address) }.unwrap();
    assert_eq!(code(unsafe { result::free_sync(address) }), CUresult::CUDA_ERROR_INVALID_VALUE);
    assert_eq!(code(unsafe { result::memcpy_htod_sync(address, &[0u8; 4]) }), CUresult::CUDA_ERROR_INVALID_VALUE);
    let small = unsafe { result::malloc_sync(4) }.unwrap();
    assert_eq!(code(unsafe { result::memcpy_htod_sync(small, &[0u8; 5]) }), CUresult::CUDA_ERROR_INVALID_VALUE);
    assert!(cuda::install().unwrap().last_fault().contains("OutOfBounds"));
    unsafe { result::free_sync(small) }.unwrap();
    let wrong = 0x77 as sys::CUstream;
    assert_eq!(code(unsafe { result::stream::synchronize(wrong) }), CUresult::CUDA_ERROR_INVALID_HANDLE);
    assert_eq!(code(held.load_module("not PTX".into())), CUresult::CUDA_ERROR_INVALID_PTX);
    assert_eq!(
        code(held.load_module(".version 9.5\n.target sm_80\n.address_size 64\n".into())),
        CUresult::CUDA_ERROR_UNSUPPORTED_PTX_VERSION
    );
    assert_eq!(
        code(held.load_module(".version 8.0\n.target sm_100a\n.address_size 64\n".into())),
        CUresult::CUDA_ERROR_NO_BINARY_FOR_GPU
    );
}

#[test]
fn errors_have_names() {
    context(0);
    let error = DriverError(CUresult::CUDA_ERROR_ILLEGAL_ADDRESS);
    assert_eq!(error.error_name().unwrap().to_str().unwrap(), "CUDA_ERROR_ILLEGAL_ADDRESS");
    assert_eq!(error.error_string().unwrap().to_str().unwrap(), "an illegal memory access was encountered");
}

#[test]
fn what_is_left_is_told() {
    cuda::install_with(&[("CUSIM_DEVICES", "2"), ("CUSIM_MEMORY", "1048576")]).unwrap();
    let held = CudaContext::new_non_primary(0, 0).unwrap();
    held.bind_to_thread().unwrap();
    unsafe { result::malloc_sync(4096) }.unwrap();
    drop(held);
    let leaks = cuda::install().unwrap().leaks();
    assert!(leaks.contains("device 0: 4096 bytes"), "{leaks}");
}

#[test]
fn events_have_an_order() {
    let stream = context(0).new_stream().unwrap();
    let timed = Some(sys::CUevent_flags::CU_EVENT_DEFAULT);
    let start = stream.record_event(timed).unwrap();
    let there = stream.clone_htod(&[0u8; 4096]).unwrap();
    let end = stream.record_event(timed).unwrap();
    assert!(start.elapsed_ms(&end).unwrap() >= 0.0);
    assert!(end.is_complete());
    let untimed = stream.record_event(None).unwrap();
    assert_eq!(code(start.elapsed_ms(&untimed)), CUresult::CUDA_ERROR_INVALID_HANDLE);
    drop(there);
}

#[test]
fn a_graph_repeats_what_it_recorded() {
    use sys::{CUgraphInstantiate_flags as Flags, CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL as LOCAL};
    let held = context(0);
    // One stream only, so that nothing waits for events from before the capture.
    unsafe { held.disable_event_tracking() };
    let stream = held.new_stream().unwrap();
    let source = stream.clone_htod(&[7u32; 4]).unwrap();
    let mut target = stream.alloc_zeros::<u32>(8).unwrap();
    stream.begin_capture(LOCAL).unwrap();
    stream.memcpy_dtod(&source, &mut target.slice_mut(..4)).unwrap();
    stream.memset_zeros(&mut target.slice_mut(4..)).unwrap();
    assert_eq!(code(stream.synchronize()), CUresult::CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    let graph = stream.end_capture(Flags(0)).unwrap().unwrap();
    assert_eq!(stream.clone_dtoh(&target).unwrap(), [0; 8]);

    let mut count = 0;
    unsafe { sys::cuGraphGetNodes(graph.cu_graph(), std::ptr::null_mut(), &mut count) }.result().unwrap();
    let mut nodes = [std::ptr::null_mut(); 2];
    unsafe { sys::cuGraphGetNodes(graph.cu_graph(), nodes.as_mut_ptr(), &mut count) }.result().unwrap();
    assert_eq!(count, 2);
    let kinds = nodes.map(|node| {
        let mut kind = sys::CUgraphNodeType::CU_GRAPH_NODE_TYPE_EMPTY;
        unsafe { sys::cuGraphNodeGetType(node, &mut kind) }.result().unwrap();
        kind
    });
    use sys::CUgraphNodeType::{CU_GRAPH_NODE_TYPE_MEMCPY as COPY, CU_GRAPH_NODE_TYPE_MEMSET as FILL};
    assert_eq!(kinds, [COPY, FILL]);

    for _ in 0..2 {
        stream.memcpy_htod(&[9u32; 8], &mut target).unwrap();
        graph.launch().unwrap();
        assert_eq!(stream.clone_dtoh(&target).unwrap(), [7, 7, 7, 7, 0, 0, 0, 0]);
    }
}

/// A kernel in a graph: its node tells the launch, each replay counts.
#[test]
fn a_graph_repeats_a_kernel() {
    use sys::{CUgraphInstantiate_flags as Flags, CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL as LOCAL};
    let held = context(0);
    unsafe { held.disable_event_tracking() };
    let driver = cuda::install().unwrap();
    driver.reset();
    let kernel = held.load_module(include_str!("kernels/bugs.ptx").into()).unwrap().load_function("copy").unwrap();
    let stream = held.new_stream().unwrap();
    let input = stream.clone_htod(&[3f32; 128]).unwrap();
    let mut output = stream.alloc_zeros::<f32>(128).unwrap();
    let config = LaunchConfig { grid_dim: (2, 1, 1), block_dim: (64, 1, 1), shared_mem_bytes: 0 };
    let count = 128i32;
    stream.begin_capture(LOCAL).unwrap();
    unsafe { stream.launch_builder(&kernel).arg(&mut output).arg(&input).arg(&count).launch(config) }.unwrap();
    let graph = stream.end_capture(Flags(0)).unwrap().unwrap();
    assert_eq!(driver.counters("copy").0, 0);

    let (mut node, mut room) = (std::ptr::null_mut(), 1);
    unsafe { sys::cuGraphGetNodes(graph.cu_graph(), &mut node, &mut room) }.result().unwrap();
    let mut told = std::mem::MaybeUninit::<sys::CUDA_KERNEL_NODE_PARAMS>::zeroed();
    unsafe { sys::cuGraphKernelNodeGetParams_v2(node, told.as_mut_ptr()) }.result().unwrap();
    let told = unsafe { told.assume_init() };
    assert_eq!((told.gridDimX, told.blockDimX, told.sharedMemBytes), (2, 64, 0));
    assert_eq!(unsafe { *(*told.kernelParams.add(2)).cast::<i32>() }, 128);

    graph.launch().unwrap();
    graph.launch().unwrap();
    assert_eq!(stream.clone_dtoh(&output).unwrap(), [3.0; 128]);
    let (launches, counters) = driver.counters("copy");
    assert_eq!((launches, counters.bytes_read, counters.bytes_written), (2, 2 * 512, 2 * 512));
    assert_eq!(driver.counters("barrier").0, 0);
    assert_eq!(driver.all_counters(), (launches, counters));
}
