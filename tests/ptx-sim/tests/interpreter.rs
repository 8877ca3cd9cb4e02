//! The interpreter of PTX on small kernels.

#[path = "interpreter/arithmetic.rs"]
mod arithmetic;
#[path = "interpreter/control.rs"]
mod control;
#[path = "interpreter/detectors.rs"]
mod detectors;
#[path = "interpreter/exchange.rs"]
mod exchange;
#[path = "interpreter/kernel.rs"]
mod kernel;
#[path = "interpreter/memory.rs"]
mod memory;
