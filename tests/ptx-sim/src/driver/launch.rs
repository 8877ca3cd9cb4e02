//! Launches of kernels.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use super::abi::{Arguments, Outcome, api};
use super::context::Context;
use super::device::{MAX_BLOCK, MAX_GRID, MAX_THREADS, PROCESSORS, SHARED_OPT_IN};
use super::module::{Function, function};
use super::occupancy;
use super::report;
use super::status::Status;
use super::stream;
use super::work::Work;
use crate::Options;

/// A kernel with its grid and its arguments.
pub(super) struct Launch {
    function: Arc<Function>,
    grid: [u32; 3],
    block: [u32; 3],
    shared_bytes: u32,
    parameters: Vec<u8>,
    /// The address of each parameter in `parameters`, for those who ask a node of a graph.
    addresses: OnceLock<Vec<usize>>,
}

/// `CUDA_KERNEL_NODE_PARAMS`, the part common to both of its versions.
#[repr(C)]
pub struct NodeParameters {
    function: usize,
    grid: [u32; 3],
    block: [u32; 3],
    shared_bytes: u32,
    parameters: *const usize,
    extra: usize,
}

impl Launch {
    /// A launch that the device accepts: else why not goes to the report, and the status comes back.
    fn new(
        function: Arc<Function>,
        grid: [u32; 3],
        block: [u32; 3],
        shared_bytes: u32,
        arguments: Arguments,
    ) -> Result<Self, Status> {
        let kernel = function.kernel();
        let refuse = |status, why: String| {
            report::note(&format!("Launch: {why}, in kernel {}", kernel.name));
            Err(status)
        };
        let fits =
            |size: &[u32; 3], most: &[u32; 3]| size.iter().zip(most).all(|(size, most)| (1..=*most).contains(size));
        if !fits(&grid, &MAX_GRID) || !fits(&block, &MAX_BLOCK) {
            return refuse(Status::InvalidValue, format!("grid {grid:?} or block {block:?} is not possible"));
        }
        let threads = block.iter().product::<u32>();
        if threads > MAX_THREADS {
            return refuse(Status::InvalidValue, format!("{threads} threads a block, the device has {MAX_THREADS}"));
        }
        if threads > kernel.max_threads {
            let why = format!("{threads} threads a block, the kernel is bound to {}", kernel.max_threads);
            return refuse(Status::LaunchOutOfResources, why);
        }
        let allowed = function.dynamic_shared.load(Ordering::Relaxed);
        if shared_bytes > allowed || shared_bytes + kernel.shared_bytes > SHARED_OPT_IN {
            let why = format!("{shared_bytes} bytes of dynamic shared memory, {allowed} are allowed");
            return refuse(Status::InvalidValue, why);
        }
        let mut parameters = vec![0; kernel.parameter_bytes as usize];
        for (index, parameter) in kernel.parameters.iter().enumerate() {
            let (offset, bytes) = (parameter.offset as usize, parameter.bytes as usize);
            parameters[offset..offset + bytes].copy_from_slice(&arguments.bytes(index, bytes)?);
        }
        Ok(Launch { function, grid, block, shared_bytes, parameters, addresses: OnceLock::new() })
    }

    /// Runs it on the device of its context.
    pub fn run(&self, context: &Context) -> Outcome {
        let (code, kernel) = (&self.function.module.code, &self.function.kernel().name);
        let (memory, options) = (&context.device().memory, options());
        match crate::launch(code, kernel, self.grid, self.block, self.shared_bytes, &self.parameters, memory, options) {
            Ok(counters) => {
                report::count(kernel, counters);
                Ok(())
            }
            Err(fault) => {
                let status = report::fault(&fault);
                context.fail(status);
                Err(status)
            }
        }
    }

    pub fn node_parameters(&self) -> NodeParameters {
        let start = self.parameters.as_ptr() as usize;
        let offsets = self.function.kernel().parameters.iter().map(|parameter| start + parameter.offset as usize);
        let addresses = self.addresses.get_or_init(|| offsets.collect());
        NodeParameters {
            function: self.function.handle,
            grid: self.grid,
            block: self.block,
            shared_bytes: self.shared_bytes,
            parameters: addresses.as_ptr(),
            extra: 0,
        }
    }
}

fn options() -> &'static Options {
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    OPTIONS.get_or_init(Options::from_env)
}

/// Gives a launch to a stream of the context that the kernel was loaded into.
fn launch(
    function: Arc<Function>,
    grid: [u32; 3],
    block: [u32; 3],
    shared_bytes: u32,
    on: usize,
    arguments: Arguments,
) -> Outcome {
    if stream::stream(on)?.context.handle != function.context().handle {
        return Err(Status::InvalidHandle);
    }
    let launch = Launch::new(function, grid, block, shared_bytes, arguments)?;
    stream::submit(on, Work::Kernel(Arc::new(launch)))
}

api! {
    /// Arguments come as an array of pointers; the packed form (`extra`) is refused.
    fn cuLaunchKernel(
        handle: usize,
        grid_x: u32,
        grid_y: u32,
        grid_z: u32,
        block_x: u32,
        block_y: u32,
        block_z: u32,
        shared_bytes: u32,
        on: usize,
        arguments: Arguments,
        extra: usize,
    ) {
        if extra != 0 {
            return Err(Status::NotSupported);
        }
        let (grid, block) = ([grid_x, grid_y, grid_z], [block_x, block_y, block_z]);
        launch(function(handle)?, grid, block, shared_bytes, on, arguments)
    }

    /// As many blocks as the device holds at once; they run one after the other all the same, so that a barrier of the
    /// grid is not possible.
    fn cuLaunchCooperativeKernel(
        handle: usize,
        grid_x: u32,
        grid_y: u32,
        grid_z: u32,
        block_x: u32,
        block_y: u32,
        block_z: u32,
        shared_bytes: u32,
        on: usize,
        arguments: Arguments,
    ) {
        let function = function(handle)?;
        let (grid, block) = ([grid_x, grid_y, grid_z], [block_x, block_y, block_z]);
        let threads = block.iter().product();
        let at_once = occupancy::blocks(function.kernel(), threads, shared_bytes) * PROCESSORS;
        if grid.iter().map(|size| u64::from(*size)).product::<u64>() > u64::from(at_once) {
            return Err(Status::CooperativeLaunchTooLarge);
        }
        launch(function, grid, block, shared_bytes, on, arguments)
    }
}
