//! The CUDA driver API over the interpreter: what `libcuda.so` exports.
//!
//! From the bottom up: `status`, `abi` and `handles` are the C boundary; `device` and `context` say where work runs;
//! `work` is what can be done, `queue` when it is done, `stream` and `event` how a program orders it, `capture` and
//! `graph` how it is recorded; `allocation`, `pool`, `managed`, `host`, `transfer`, `module`, `launch` and `occupancy` are the calls
//! that make work; `report` tells tests what happened.

mod abi;
mod allocation;
mod capture;
mod context;
mod device;
mod event;
mod graph;
mod guard;
mod handles;
mod host;
mod launch;
mod managed;
mod missing;
mod module;
mod occupancy;
mod pool;
mod queue;
mod report;
mod settings;
mod status;
mod stream;
mod symbols;
mod transfer;
mod work;
