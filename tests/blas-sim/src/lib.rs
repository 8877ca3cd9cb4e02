//! A `libcublas.so` for machines without a card: products of matrices as cuBLAS's manual defines them, by plain loops over
//! the memory of the simulated card of `tests/ptx-sim`.
//!
//! It is written from the manual (cuBLAS library, "cublasGemmStridedBatchedEx"): column-major matrices, leading dimensions,
//! operations N and T, scales in the type of the sum. What a program may not ask for is refused with the status that the
//! manual gives. It says nothing about the rounding and the speed of the real library.
//!
//! `product` is the arithmetic, `driver` how it reaches the card's memory, `calls` the C boundary, and `install` loads the
//! library into a test program.

mod calls;
mod driver;
mod install;
mod product;

pub use install::{Blas, install};
