//! Where a tensor lives and who computes on it.

use crate::backend::cpu::Cpu;
use crate::backend::cuda::{self, Cuda, Info};
use crate::{Error, Result};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A cheap handle to a device. Tensors carry theirs; an operation runs on the device of its inputs.
#[derive(Clone, Debug)]
pub struct Device(Backend);

/// The kinds of devices. An operation chooses its form by it.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    /// The processor.
    Cpu(Arc<Cpu>),
    /// A card.
    Cuda(Cuda),
}

impl Device {
    /// The CPU with one thread a core, shared by all callers.
    pub fn cpu() -> Device {
        static DEFAULT: OnceLock<Device> = OnceLock::new();
        DEFAULT.get_or_init(|| Device(Backend::Cpu(Arc::default()))).clone()
    }

    /// A CPU that runs on `threads` threads of its own. Results do not depend on the number.
    pub fn cpu_with_threads(threads: usize) -> Device {
        Device(Backend::Cpu(Arc::new(Cpu::new(threads))))
    }

    /// A CPU with a chosen chunk size; see [`Cpu::with_grain`].
    pub fn cpu_with_grain(threads: usize, grain: usize) -> Device {
        Device(Backend::Cpu(Arc::new(Cpu::with_grain(threads, grain))))
    }

    /// NVIDIA card number `ordinal`, from 0.
    ///
    /// # Errors
    /// [`Error::CudaUnavailable`] without the feature `cuda`, without a driver of CUDA 12.0 or newer, or without such a card.
    pub fn cuda(ordinal: usize) -> Result<Device> {
        Ok(Device(Backend::Cuda(Cuda::open(ordinal)?)))
    }

    /// How many NVIDIA cards there are.
    ///
    /// # Errors
    /// As [`Device::cuda`].
    pub fn cuda_count() -> Result<usize> {
        cuda::count()
    }

    /// What the driver knows of the card; `None` for a CPU.
    pub fn cuda_info(&self) -> Result<Option<Info>> {
        match &self.0 {
            Backend::Cpu(_) => Ok(None),
            Backend::Cuda(cuda) => cuda.info().map(Some),
        }
    }

    /// Waits until everything asked of the device is done; a CPU always is.
    ///
    /// # Errors
    /// If a kernel has failed meanwhile.
    pub fn synchronize(&self) -> Result<()> {
        match &self.0 {
            Backend::Cpu(_) => Ok(()),
            Backend::Cuda(cuda) => cuda.synchronize(),
        }
    }

    /// How many threads compute; 1 for a card, which this program's threads only feed.
    pub fn threads(&self) -> usize {
        match &self.0 {
            Backend::Cpu(cpu) => cpu.threads(),
            Backend::Cuda(_) => 1,
        }
    }

    /// Whether both handles are of one device.
    pub fn is_same(&self, other: &Device) -> bool {
        match (&self.0, &other.0) {
            (Backend::Cpu(a), Backend::Cpu(b)) => Arc::ptr_eq(a, b),
            (Backend::Cuda(a), Backend::Cuda(b)) => a.ordinal() == b.ordinal(),
            _ => false,
        }
    }

    /// Whether each can read the other's tensors: all CPUs share their memory.
    pub(crate) fn shares_memory(&self, other: &Device) -> bool {
        matches!((&self.0, &other.0), (Backend::Cpu(_), Backend::Cpu(_))) || self.is_same(other)
    }

    /// The device of a card that was opened.
    #[cfg_attr(not(feature = "cuda"), allow(unreachable_code))]
    pub(super) fn of_card(cuda: &Cuda) -> Device {
        Device(Backend::Cuda(cuda.clone()))
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.0
    }

    /// The processor, for an operation that has no other form.
    ///
    /// # Errors
    /// [`Error::Unsupported`] naming `op` if this is a card.
    pub(crate) fn cpu_for(&self, op: &'static str) -> Result<&Cpu> {
        match &self.0 {
            Backend::Cpu(cpu) => Ok(cpu),
            Backend::Cuda(_) => Err(Error::Unsupported { op, device: self.to_string() }),
        }
    }
}

impl fmt::Display for Device {
    /// `cpu` or `cuda:0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Backend::Cpu(_) => f.write_str("cpu"),
            Backend::Cuda(cuda) => write!(f, "cuda:{}", cuda.ordinal()),
        }
    }
}
