//! Occupancy: how many blocks a processor holds, by threads, shared memory and number. Registers are given by ptxas,
//! which has no part here: a thread counts as `REGISTERS_OF_THREAD`, which never limits.

use super::abi::{Out, Outcome, Sizes, api};
use super::device::{
    BLOCKS_OF_PROCESSOR, MAX_THREADS, PROCESSORS, SHARED_OF_PROCESSOR, SHARED_OPT_IN, THREADS_OF_PROCESSOR, WARP,
};
use super::module::function;
use super::status::Status;
use crate::module::Kernel;

pub(super) const REGISTERS_OF_THREAD: u32 = 32;
/// What the system takes of each block's shared memory.
const RESERVED: u32 = 1 << 10;

/// Blocks of `threads` threads that a processor holds.
pub(super) fn blocks(kernel: &Kernel, threads: u32, dynamic: u32) -> u32 {
    if threads == 0 || threads > kernel.max_threads || kernel.shared_bytes + dynamic > SHARED_OPT_IN {
        return 0;
    }
    let by_threads = THREADS_OF_PROCESSOR / threads.next_multiple_of(WARP);
    let by_shared = SHARED_OF_PROCESSOR / (kernel.shared_bytes + dynamic + RESERVED);
    by_threads.min(by_shared).min(BLOCKS_OF_PROCESSOR)
}

fn active_blocks(found: Out<i32>, handle: usize, threads: i32, dynamic: usize) -> Outcome {
    let threads = u32::try_from(threads).ok().filter(|n| *n > 0).ok_or(Status::InvalidValue)?;
    let dynamic = u32::try_from(dynamic).map_err(|_| Status::InvalidValue)?;
    found.set(blocks(function(handle)?.kernel(), threads, dynamic) as i32)
}

/// The block size that keeps most threads of a processor busy, the larger one of equals.
fn best_block(grid: Out<i32>, block: Out<i32>, handle: usize, sizes: Sizes, dynamic: usize, limit: i32) -> Outcome {
    let function = function(handle)?;
    let kernel = function.kernel();
    let most = if limit > 0 { (limit as u32).min(MAX_THREADS) } else { MAX_THREADS }.min(kernel.max_threads);
    let candidates = (1..=most / WARP).map(|warps| warps * WARP).chain((most < WARP).then_some(most));
    let busy = |threads: u32| {
        let shared = sizes.of(threads).unwrap_or(dynamic).try_into().unwrap_or(u32::MAX - SHARED_OPT_IN);
        (blocks(kernel, threads, shared) * threads, threads)
    };
    let (active, threads) = candidates.map(busy).max().ok_or(Status::InvalidValue)?;
    grid.set((active / threads.max(1) * PROCESSORS) as i32)?;
    block.set(threads as i32)
}

api! {
    fn cuOccupancyMaxActiveBlocksPerMultiprocessor(found: Out<i32>, handle: usize, threads: i32, dynamic: usize) {
        active_blocks(found, handle, threads, dynamic)
    }

    fn cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
        found: Out<i32>,
        handle: usize,
        threads: i32,
        dynamic: usize,
        _flags: u32,
    ) {
        active_blocks(found, handle, threads, dynamic)
    }

    fn cuOccupancyMaxPotentialBlockSize(
        grid: Out<i32>,
        block: Out<i32>,
        handle: usize,
        sizes: Sizes,
        dynamic: usize,
        limit: i32,
    ) {
        best_block(grid, block, handle, sizes, dynamic, limit)
    }

    fn cuOccupancyMaxPotentialBlockSizeWithFlags(
        grid: Out<i32>,
        block: Out<i32>,
        handle: usize,
        sizes: Sizes,
        dynamic: usize,
        limit: i32,
        _flags: u32,
    ) {
        best_block(grid, block, handle, sizes, dynamic, limit)
    }

    fn cuOccupancyAvailableDynamicSMemPerBlock(bytes: Out<usize>, handle: usize, blocks: i32, _threads: i32) {
        let function = function(handle)?;
    let kernel = function.kernel();
        let blocks = u32::try_from(blocks).ok().filter(|n| *n > 0).ok_or(Status::InvalidValue)?;
        let share = (SHARED_OF_PROCESSOR / blocks).min(SHARED_OPT_IN + RESERVED);
        bytes.set(share.saturating_sub(kernel.shared_bytes + RESERVED) as usize)
    }
}
