//! What a kernel is launched with: its arguments, and how many threads run it.

use super::{Memory, View};
use smallvec::SmallVec;

/// Threads: blocks of `threads` each, with `shared` bytes of shared memory beyond what the kernel declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// How many blocks; none is no launch.
    pub blocks: u32,
    /// Threads in a block.
    pub threads: u32,
    /// Bytes of shared memory that the launch adds.
    pub shared: u32,
}

/// Threads in a block, where a kernel does not need another number.
const THREADS: u32 = 256;
/// Enough blocks to fill any card; kernels walk on from there.
const BLOCKS: usize = 1 << 16;

impl Grid {
    /// For a kernel whose threads walk over `n` numbers.
    pub fn elements(n: usize) -> Grid {
        Grid::blocks(n.div_ceil(THREADS as usize).min(BLOCKS), THREADS)
    }

    /// For a kernel that gives each of `n` rows a warp; the warps walk on if there are very many.
    pub fn warps(n: usize) -> Grid {
        Grid::blocks(n.div_ceil(THREADS as usize / 32).min(BLOCKS), THREADS)
    }

    /// Blocks of `threads` threads.
    pub fn blocks(blocks: usize, threads: u32) -> Grid {
        Grid { blocks: blocks as u32, threads, shared: 0 }
    }
}

/// One argument of a kernel: its bytes, and the memory that it points to, which must outlive the launch.
#[cfg_attr(not(feature = "cuda"), expect(dead_code, reason = "nothing is launched in this build"))]
pub struct Arg<'a> {
    pub(super) words: SmallVec<[u64; 2]>,
    pub(super) size: usize,
    pub(super) memory: Option<&'a Memory>,
}

impl<'a> Arg<'a> {
    /// A pointer into `memory`, `offset` bytes from its start.
    pub fn pointer(memory: &'a Memory, offset: usize) -> Arg<'a> {
        Arg { memory: Some(memory), ..Arg::from(memory.address() + offset as u64) }
    }

    pub(crate) fn view(memory: &'a Memory, view: View) -> Arg<'a> {
        Arg::record(memory, &view)
    }

    /// A structure of whole words, which may point into `memory` and into other memory that the caller holds.
    pub(crate) fn record<T: bytemuck::Pod>(memory: &'a Memory, record: &T) -> Arg<'a> {
        let words = SmallVec::from_slice(bytemuck::cast_slice(std::slice::from_ref(record)));
        Arg { words, size: size_of::<T>(), memory: Some(memory) }
    }
}

macro_rules! scalar {
    ($($t:ty: $x:ident => $bits:expr;)*) => {$(
        impl From<$t> for Arg<'_> {
            fn from($x: $t) -> Self {
                Arg { words: SmallVec::from_slice(&[$bits]), size: size_of::<$t>(), memory: None }
            }
        }
    )*};
}
scalar! {
    u32: x => u64::from(x);
    u64: x => x;
    usize: x => x as u64;
    i64: x => x as u64;
    f32: x => u64::from(x.to_bits());
    f64: x => x.to_bits();
}

/// A side of a product of matrices: where its numbers begin, how far apart its rows and its columns are, and, if that is
/// always the same, the matrices of its batch.
#[cfg_attr(not(feature = "cuda"), expect(dead_code, reason = "nothing is multiplied on a card in this build"))]
pub(crate) struct Factor<'a> {
    pub start: Arg<'a>,
    pub strides: [i64; 2],
    pub step: Option<i64>,
}

/// Arguments of a kernel, in its order: `args![&out, x.strided("exp")?, n]`.
macro_rules! args {
    ($($arg:expr),* $(,)?) => { &[$($crate::backend::cuda::Arg::from($arg)),*] };
}
pub(crate) use args;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_thread_or_is_walked_to() {
        assert_eq!(Grid::elements(0).blocks, 0);
        assert_eq!(Grid::elements(257), Grid { blocks: 2, threads: 256, shared: 0 });
        assert_eq!(Grid::warps(9).blocks, 2);
        assert_eq!(Grid::elements(1 << 40).blocks, 1 << 16);
    }
}
