//! Where a tensor lives and who computes on it.

use crate::backend::cpu::Cpu;
use std::sync::{Arc, OnceLock};

/// A cheap handle to a device. Tensors carry theirs; an operation runs on the device of its first input.
#[derive(Clone, Debug)]
pub struct Device(Arc<Cpu>);

impl Device {
    /// The CPU with one thread a core, shared by all callers.
    pub fn cpu() -> Device {
        static DEFAULT: OnceLock<Device> = OnceLock::new();
        DEFAULT.get_or_init(|| Device(Arc::default())).clone()
    }

    /// A CPU that runs on `threads` threads of its own. Results do not depend on the number.
    pub fn cpu_with_threads(threads: usize) -> Device {
        Device(Arc::new(Cpu::new(threads)))
    }

    /// A CPU with a chosen chunk size; see [`Cpu::with_grain`].
    pub fn cpu_with_grain(threads: usize, grain: usize) -> Device {
        Device(Arc::new(Cpu::with_grain(threads, grain)))
    }

    /// How many threads compute.
    pub fn threads(&self) -> usize {
        self.0.threads()
    }

    /// Whether both handles are of one device.
    pub fn is_same(&self, other: &Device) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn as_cpu(&self) -> &Cpu {
        &self.0
    }
}
