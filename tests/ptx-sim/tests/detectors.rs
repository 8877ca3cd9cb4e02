//! Every mistake that the interpreter looks for, made once: it is found, at the right place, and the same kernel without
//! the mistake runs. The kernels are in `kernels/bugs.cu`.

use cudarc::driver::sys::{CUdeviceptr, CUfunction_attribute, CUresult};
use cudarc::driver::{CudaContext, CudaFunction, CudaSlice, CudaStream, LaunchConfig, PushKernelArg};
use std::sync::Arc;

/// Values in the input, and in the output.
const COUNT: usize = 128;
const THREADS: u32 = 64;

/// What the pointers of a launch are.
#[derive(Clone, Copy, PartialEq)]
enum Memory {
    /// An input that is written and an output that is not.
    Good,
    NullOutput,
    FreedInput,
    UnwrittenInput,
}

struct Outcome {
    code: Option<CUresult>,
    report: String,
    output: Vec<f32>,
}

struct Setup {
    driver: &'static cuda::Driver,
    stream: Arc<CudaStream>,
    kernel: CudaFunction,
}

fn setup(kernel: &str) -> Setup {
    let driver = cuda::install().unwrap();
    driver.reset();
    let context = CudaContext::new(0).unwrap();
    let module = context.load_module(include_str!("kernels/bugs.ptx").into()).unwrap();
    Setup { driver, stream: context.new_stream().unwrap(), kernel: module.load_function(kernel).unwrap() }
}

impl Setup {
    fn launch(&self, blocks: u32, threads: u32, shared_mem_bytes: u32, memory: Memory) -> Outcome {
        let stream = &self.stream;
        let input: CudaSlice<f32> = if memory == Memory::UnwrittenInput {
            unsafe { stream.alloc(COUNT) }.unwrap()
        } else {
            stream.clone_htod(&(0..COUNT).map(|i| i as f32).collect::<Vec<_>>()).unwrap()
        };
        let output: CudaSlice<f32> = unsafe { stream.alloc(COUNT) }.unwrap();
        let (from, to) = (input.leak(), output.leak());
        if memory == Memory::FreedInput {
            drop(unsafe { stream.upgrade_device_ptr::<f32>(from, COUNT) });
        }
        let given: CUdeviceptr = if memory == Memory::NullOutput { 0 } else { to };
        let mut launch = stream.launch_builder(&self.kernel);
        let count = COUNT as i32;
        launch.arg(&given).arg(&from).arg(&count);
        let (grid_dim, block_dim) = ((blocks, 1, 1), (threads, 1, 1));
        let launched = unsafe { launch.launch(LaunchConfig { grid_dim, block_dim, shared_mem_bytes }) };
        let output: CudaSlice<f32> = unsafe { stream.upgrade_device_ptr(to, COUNT) };
        if memory != Memory::FreedInput {
            drop(unsafe { stream.upgrade_device_ptr::<f32>(from, COUNT) });
        }
        Outcome {
            code: launched.err().map(|error| error.0),
            report: self.driver.last_fault(),
            output: stream.clone_dtoh(&output).unwrap(),
        }
    }
}

/// A mistake of a kernel: the report has all of `words`, and the kernel `right` does not have the mistake.
fn found(kernel: &str, right: &str, memory: Memory, code: CUresult, words: &[&str]) {
    let wrong = setup(kernel).launch(2, THREADS, 0, memory);
    assert_eq!(wrong.code, Some(code), "{kernel}: {}", wrong.report);
    for word in words.iter().chain(&[&*format!("in kernel {kernel}"), "line ", "block [", "thread ["]) {
        assert!(wrong.report.contains(word), "no {word:?} in the report of {kernel}: {}", wrong.report);
    }
    let right = setup(right).launch(2, THREADS, 0, Memory::Good);
    assert_eq!(right.code, None, "{}", right.report);
    assert_eq!(right.report, "");
    assert!(right.output.iter().any(|value| *value != 0.0));
}

use CUresult::{
    CUDA_ERROR_ILLEGAL_ADDRESS as ADDRESS, CUDA_ERROR_INVALID_VALUE as VALUE, CUDA_ERROR_LAUNCH_FAILED as FAILED,
    CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES as RESOURCES, CUDA_ERROR_MISALIGNED_ADDRESS as ALIGNMENT,
};

#[test]
fn out_of_bounds() {
    let words = ["OutOfBounds", "st.global", "block [1, 0, 0]", "thread [63, 0, 0]"];
    found("past_the_end", "past_the_end_right", Memory::Good, ADDRESS, &words);
}

#[test]
fn misaligned() {
    found("misaligned", "misaligned_right", Memory::Good, ALIGNMENT, &["Misaligned", "ld.global.v2.f32"]);
}

#[test]
fn null() {
    found("copy", "copy", Memory::NullOutput, ADDRESS, &["Null", "st.global", "thread [0, 0, 0]"]);
}

#[test]
fn use_after_free() {
    found("copy", "copy", Memory::FreedInput, ADDRESS, &["UseAfterFree", "ld.global"]);
}

#[test]
fn unwritten_global_memory() {
    found("copy", "copy", Memory::UnwrittenInput, ADDRESS, &["Uninitialised", "ld.global"]);
}

#[test]
fn unwritten_shared_memory() {
    let words = ["Uninitialised", "ld.shared", "thread [40, 0, 0]"];
    found("unwritten_shared", "unwritten_shared_right", Memory::Good, ADDRESS, &words);
}

#[test]
fn shared_memory_read_before_the_barrier() {
    found("shared_race", "shared_race_right", Memory::Good, ADDRESS, &["Race", ".shared"]);
}

#[test]
fn shared_memory_written_before_the_barrier() {
    found("shared_reuse", "shared_reuse_right", Memory::Good, ADDRESS, &["Race", ".shared"]);
}

#[test]
fn blocks_write_one_place() {
    found("blocks_write", "blocks_write_right", Memory::Good, ADDRESS, &["Race", "st.global", "block [1, 0, 0]"]);
}

#[test]
fn a_block_reads_what_another_writes() {
    let right = "blocks_read_and_write_right";
    found("blocks_read_and_write", right, Memory::Good, ADDRESS, &["Race", "st.global", "block [1, 0, 0]"]);
}

#[test]
fn divergent_barrier() {
    found("barrier", "barrier_right", Memory::Good, FAILED, &["Barrier", "bar.sync"]);
}

#[test]
fn divergent_shuffle() {
    found("shuffle", "shuffle_right", Memory::Good, FAILED, &["Divergence", "shfl.sync"]);
}

#[test]
fn copy_without_a_wait() {
    found("async_copy", "async_copy_right", Memory::Good, ADDRESS, &["AsyncCopy", "ld.shared"]);
}

#[test]
fn too_much_shared_memory() {
    let setup = setup("dynamic");
    let refused = setup.launch(1, THREADS, 64 << 10, Memory::Good);
    assert_eq!(refused.code, Some(VALUE));
    assert!(refused.report.contains("65536 bytes of dynamic shared memory, 49152 are allowed, in kernel dynamic"));
    let limit = CUfunction_attribute::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
    assert_eq!(setup.kernel.set_attribute(limit, 228 << 10).err().map(|error| error.0), Some(VALUE));
    setup.kernel.set_attribute(limit, 64 << 10).unwrap();
    setup.driver.reset();
    let allowed = setup.launch(1, THREADS, 64 << 10, Memory::Good);
    assert_eq!(allowed.code, None, "{}", allowed.report);
    assert_eq!(allowed.output[..64], std::array::from_fn::<f32, 64, _>(|i| (i ^ 32) as f32));
}

#[test]
fn more_threads_than_the_launch_bound() {
    let setup = setup("bounded");
    let refused = setup.launch(1, 128, 0, Memory::Good);
    assert_eq!(refused.code, Some(RESOURCES));
    assert!(refused.report.contains("128 threads a block, the kernel is bound to 64, in kernel bounded"));
    assert_eq!(setup.launch(2, THREADS, 0, Memory::Good).code, None);
}

/// PTX is valid, but the interpreter does not know the instruction: the module or the launch is refused, and says why.
#[test]
fn unsupported_instruction() {
    let driver = cuda::install().unwrap();
    let context = CudaContext::new(0).unwrap();
    let module = |instruction: &str| {
        let head = ".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry only()\n{\n.reg .b32 %r<2>;\n";
        format!("{head}.shared .align 8 .b64 place;\nmov.u32 %r1, place;\n{instruction}\nret;\n}}\n")
    };
    let run = |ptx: String| {
        driver.reset();
        let kernel = context.load_module(ptx.into())?.load_function("only")?;
        let config = LaunchConfig { grid_dim: (1, 1, 1), block_dim: (1, 1, 1), shared_mem_bytes: 0 };
        unsafe { context.default_stream().launch_builder(&kernel).launch(config) }
    };
    let code = run(module("mbarrier.init.shared.b64 [%r1], 1;")).expect_err("a refusal").0;
    assert!(matches!(code, CUresult::CUDA_ERROR_INVALID_PTX | CUresult::CUDA_ERROR_ILLEGAL_INSTRUCTION));
    assert!(driver.last_fault().contains("mbarrier.init"), "{}", driver.last_fault());
    assert!(driver.last_fault().contains("line 9"), "{}", driver.last_fault());
    run(module("add.u32 %r1, %r1, 1;")).unwrap();
}
