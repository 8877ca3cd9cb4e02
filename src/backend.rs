//! Where numbers are crunched: one module a device.
pub mod cpu;
pub mod cuda;
