//! A device in software: PTX is parsed, decoded once and executed a warp at a time, with every access checked.
//!
//! From the text up: `lexer` and `parse` give statements; `decode*` turns the statements of a kernel into instructions
//! over register slots (`program`), with functions over the 32 lanes chosen beforehand (`arithmetic`, `float`,
//! `convert`); `warp` and `block` execute them on `memory` and `shared`; `launch` runs the grid. `driver` is the CUDA
//! driver API over that, and `install` loads it into a test program.

pub mod counters;
mod driver;
pub mod fault;
mod install;
pub mod launch;
pub mod memory;
pub mod module;
mod page;
mod shadow;

pub use counters::Counters;
pub use fault::{Fault, Kind, Violation};
pub use install::{Driver, install, install_with, library};
pub use launch::{Options, launch};
pub use memory::Memory;
pub use module::Module;
