//! The CPU: vector math, threads, buffers, matrix products.
pub mod simd;
pub mod vmath;
