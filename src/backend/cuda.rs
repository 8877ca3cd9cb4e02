//! NVIDIA cards, by CUDA's driver: memory, copies, and one way to run a kernel.
//!
//! Nothing of CUDA is needed to build. The driver's library is looked for when a card is first asked for, the kernels are
//! PTX text inside the program (`cuda/ptx`, compiled from `cuda/*.cu` by `cuda/build`), translated by the driver. Without
//! the feature `cuda` the types here have no values, so the branches that use them vanish.

#[cfg(not(feature = "cuda"))]
mod absent;
#[cfg(feature = "cuda")]
mod blas;
#[cfg(feature = "cuda")]
mod context;
#[cfg(feature = "cuda")]
mod driver;
mod launch;
#[cfg(feature = "cuda")]
mod memory;
#[cfg(feature = "cuda")]
mod ptx;
mod view;

#[cfg(not(feature = "cuda"))]
pub use absent::{Cuda, Memory, count};
#[cfg(feature = "cuda")]
pub use blas::leave_out_cublas;
#[cfg(feature = "cuda")]
pub use context::Cuda;
#[cfg(feature = "cuda")]
pub use driver::count;
pub use launch::{Arg, Grid};
pub(crate) use launch::{Factor, args};
#[cfg(feature = "cuda")]
pub use memory::Memory;
pub(crate) use view::View;

use std::fmt;

/// What is known of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Its name, such as "NVIDIA H100".
    pub name: String,
    /// The CUDA version that the driver serves, as (major, minor).
    pub driver: (u32, u32),
    /// Its compute capability, as (major, minor).
    pub capability: (u32, u32),
    /// Bytes of memory.
    pub total: usize,
    /// Bytes of memory that nobody holds. What this program's pool keeps for reuse is not among them.
    pub free: usize,
}

impl fmt::Display for Info {
    /// "NVIDIA H100, compute capability 9.0, CUDA 12.4, 78.9 of 79.6 GiB free".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Info { name, driver, capability, total, free } = self;
        let gib = |bytes: &usize| *bytes as f64 / f64::from(1 << 30);
        write!(f, "{name}, compute capability {}.{}, ", capability.0, capability.1)?;
        write!(f, "CUDA {}.{}, {:.1} of {:.1} GiB free", driver.0, driver.1, gib(free), gib(total))
    }
}
