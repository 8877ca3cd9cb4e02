//! Where numbers are crunched: one module a device; and files as memory.
pub mod cpu;
pub mod cuda;
mod mapped;

pub use mapped::Mapped;
