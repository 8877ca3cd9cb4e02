//! A device in software: PTX is parsed, decoded once and executed a warp at a time, with every access checked.
//!
//! From the text up: `lexer` and `parse` make statements (`syntax`); `decode` and its forms make of the statements of a
//! kernel instructions over register slots (`program`), with functions over 32 lanes chosen beforehand (`integer`,
//! `float`, `half`, `convert`); a `machine` executes them for a `warp` and a `block`, on `shared` memory and the pages
//! of `memory`, each with its shadow; `launch` runs the grid.
//! `driver` is the CUDA driver API over that, and `install` loads it into a test program.

mod access;
mod atomic;
mod block;
mod convert;
mod copy;
pub mod counters;
mod decode;
mod decode_arithmetic;
mod decode_jump;
mod decode_memory;
mod decode_warp;
mod driver;
mod exchange;
pub mod fault;
mod float;
mod form;
mod half;
mod install;
mod integer;
pub mod launch;
mod lexer;
mod machine;
mod matrix;
pub mod memory;
pub mod module;
mod operand;
mod operands;
mod page;
mod parse;
mod program;
mod round;
mod rows;
mod shadow;
mod shared;
mod simple;
mod syntax;
mod traffic;
mod warp;

pub use counters::Counters;
pub use fault::{Fault, Kind, Violation};
pub use install::{Driver, install, install_with, library};
pub use launch::{Options, launch};
pub use memory::Memory;
pub use module::Module;
