//! The CPU: threads, buffers, vector math, matrix products, reading tensors of any layout.

mod buffer;
pub(crate) mod gemm;
pub mod simd;
mod threads;
pub(crate) mod tile;
mod view;
pub mod vmath;

#[cfg(feature = "cuda")]
pub(in crate::backend) use buffer::class_of;
pub use buffer::{Buffer, PoolStats, pool_stats, pool_trim};
pub use gemm::{Matrix, gemm};
pub use threads::Cpu;
pub use view::{View, numbers, numbers_mut};
