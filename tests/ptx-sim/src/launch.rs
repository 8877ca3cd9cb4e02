//! The launch of a grid.

use crate::counters::Counters;
use crate::fault::{Fault, Kind};
use crate::machine::Machine;
use crate::memory::{Cursor, Memory, View};
use crate::module::{Kernel, Module};
use crate::program::Program;
use crate::shadow::Tag;
use crate::shared::Shared;
use crate::warp::{Shape, Warp, split};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// Shared memory that a block may have, static and dynamic: that of compute capability 9.0.
const SHARED_LIMIT: u32 = 227 << 10;

/// How a launch is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether races and uninitialised reads are looked for; bounds, alignment and barriers always are.
    pub checks: bool,
    /// The order in which the warps of a block and the blocks of a grid run; zero is the natural one.
    pub seed: u64,
    /// Host threads that share the blocks.
    pub threads: usize,
    /// Instructions that a warp may execute before it counts as hung.
    pub limit: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { checks: true, seed: 0, threads: 1, limit: 1 << 28 }
    }
}

impl Options {
    /// The defaults, changed by `CUSIM_CHECKS`, `CUSIM_SEED`, `CUSIM_THREADS` and `CUSIM_LIMIT`.
    pub fn from_env() -> Options {
        fn number(name: &str) -> Option<u64> {
            std::env::var(name).ok()?.parse().ok()
        }
        let plain = Options::default();
        Options {
            checks: number("CUSIM_CHECKS").map_or(plain.checks, |n| n != 0),
            seed: number("CUSIM_SEED").unwrap_or(plain.seed),
            threads: number("CUSIM_THREADS").map_or(plain.threads, |n| n.max(1) as usize),
            limit: number("CUSIM_LIMIT").unwrap_or(plain.limit),
        }
    }
}

/// Runs `kernel` over a grid of blocks with `shared_bytes` of dynamic shared memory; `params` is the buffer of
/// parameters, laid out as `Kernel::parameters` says.
#[allow(clippy::too_many_arguments)]
pub fn launch(
    module: &Module,
    kernel: &str,
    grid: [u32; 3],
    block: [u32; 3],
    shared_bytes: u32,
    params: &[u8],
    memory: &Memory,
    options: &Options,
) -> Result<Counters, Fault> {
    let refuse = |what: String| Fault {
        kind: Kind::Launch,
        what,
        kernel: kernel.to_string(),
        line: 0,
        instruction: String::new(),
        block: [0; 3],
        thread: [0; 3],
    };
    let Some(found) = module.kernel(kernel) else { return Err(refuse("the module has no such kernel".into())) };
    check(found, grid, block, shared_bytes, params).map_err(refuse)?;
    let program = module.program(found, memory)?;
    let shape = Shape { grid, block, dynamic_shared: shared_bytes };
    let view = memory.view();
    let grid = Grid {
        program,
        shape: &shape,
        view: &view,
        options,
        parameters: params,
        order: block_order(grid, options.seed),
        next: AtomicU64::new(0),
        stopped: AtomicBool::new(false),
        fault: Mutex::new(None),
    };
    let blocks = grid.blocks();
    let threads = (options.threads as u64).min(blocks) as usize;
    let counters = if threads <= 1 {
        grid.work()
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| grid.work())).collect();
            let mut sum = Counters::default();
            for worker in workers {
                match worker.join() {
                    Ok(counters) => sum += counters,
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            sum
        })
    };
    let fault = grid.fault.into_inner().unwrap_or_else(PoisonError::into_inner);
    match fault {
        None => Ok(counters),
        Some(fault) => Err(Fault { kernel: kernel.to_string(), ..fault }),
    }
}

fn check(kernel: &Kernel, grid: [u32; 3], block: [u32; 3], shared_bytes: u32, params: &[u8]) -> Result<(), String> {
    if grid.contains(&0) || grid[1] > 65535 || grid[2] > 65535 || grid[0] > i32::MAX as u32 {
        return Err(format!("a grid of {grid:?} blocks"));
    }
    let threads: u64 = block.iter().map(|n| u64::from(*n)).product();
    if threads == 0 || threads > 1024 || block[2] > 64 {
        return Err(format!("a block of {block:?} threads"));
    }
    if threads > u64::from(kernel.max_threads) {
        return Err(format!("{threads} threads in a block, the kernel is built for {}", kernel.max_threads));
    }
    let shared = u64::from(kernel.shared_bytes) + u64::from(shared_bytes);
    if shared > u64::from(SHARED_LIMIT) {
        return Err(format!("{shared} bytes of shared memory, a block has {SHARED_LIMIT}"));
    }
    if params.len() < kernel.parameter_bytes as usize {
        return Err(format!("{} bytes of parameters instead of {}", params.len(), kernel.parameter_bytes));
    }
    Ok(())
}

/// The launch as the host threads share it.
struct Grid<'a> {
    program: &'a Program,
    shape: &'a Shape,
    view: &'a View<'a>,
    options: &'a Options,
    parameters: &'a [u8],
    /// The blocks in the order in which they run, when it is not the natural one.
    order: Vec<u32>,
    next: AtomicU64,
    stopped: AtomicBool,
    fault: Mutex<Option<Fault>>,
}

impl Grid<'_> {
    fn blocks(&self) -> u64 {
        self.shape.grid.iter().map(|n| u64::from(*n)).product()
    }

    /// Runs blocks until none is left or one has failed.
    fn work(&self) -> Counters {
        let shared = (self.program.shared_bytes + self.shape.dynamic_shared) as usize;
        let mut machine = Machine {
            program: self.program,
            shape: self.shape,
            view: self.view,
            options: self.options,
            parameters: self.parameters,
            shared: Shared::new(shared, self.options.checks),
            counters: Counters::default(),
            cursors: vec![Cursor::default(); self.program.instructions.len()],
            tag: Tag(0),
            arrivals: [0; 16],
        };
        let warps = self.shape.threads().div_ceil(32) as usize;
        let mut warps: Vec<Warp> = (0..warps).map(|i| Warp::new(i, self.program, self.shape)).collect();
        while !self.stopped.load(Relaxed) {
            let turn = self.next.fetch_add(1, Relaxed);
            if turn >= self.blocks() {
                break;
            }
            let number = self.order.get(turn as usize).map_or(turn, |number| u64::from(*number));
            machine.tag = Tag::new(self.view.launch, number, 0);
            let mut random = xorshift(self.options.seed ^ number);
            let order: Option<&mut dyn FnMut() -> u64> = if self.options.seed == 0 { None } else { Some(&mut random) };
            if let Err(fault) = machine.run_block(&mut warps, split(number, self.shape.grid), order) {
                self.stopped.store(true, Relaxed);
                self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
            }
        }
        machine.counters
    }
}

/// A shuffled order of the blocks; empty for the natural one.
fn block_order(grid: [u32; 3], seed: u64) -> Vec<u32> {
    let blocks: u64 = grid.iter().map(|n| u64::from(*n)).product();
    if seed == 0 || blocks > 1 << 20 {
        return Vec::new();
    }
    let mut random = xorshift(seed);
    let mut order: Vec<u32> = (0..blocks as u32).collect();
    (1..order.len()).for_each(|i| order.swap(i, (random() % (i as u64 + 1)) as usize));
    order
}

/// Pseudo-random numbers (Marsaglia, Journal of Statistical Software 8, 2003).
fn xorshift(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}
