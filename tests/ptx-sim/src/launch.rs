//! The launch of a grid.

use crate::counters::Counters;
use crate::fault::{Fault, Kind};
use crate::memory::Memory;
use crate::module::Module;

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
        Options { checks: true, seed: 0, threads: 1, limit: 1 << 32 }
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

/// Runs `kernel` over a grid of blocks with `shared_bytes` of dynamic shared memory.
pub fn launch(
    _module: &Module,
    kernel: &str,
    _grid: [u32; 3],
    _block: [u32; 3],
    _shared_bytes: u32,
    _params: &[u8],
    _memory: &Memory,
    _options: &Options,
) -> Result<Counters, Fault> {
    Err(Fault {
        kind: Kind::Unsupported,
        what: "no instruction is interpreted yet".into(),
        kernel: kernel.into(),
        line: 0,
        instruction: String::new(),
        block: [0; 3],
        thread: [0; 3],
    })
}
