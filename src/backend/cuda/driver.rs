//! Finding the driver. Every way in which CUDA can be missing becomes [`Error::CudaUnavailable`].

use crate::{Error, Result};
use cudarc::driver::result::{self, DriverError};
use cudarc::driver::sys::{self, CUresult};
use std::sync::OnceLock;

/// What this crate and cudarc call. cudarc looks each up when it is first called and panics if it is missing, as in the
/// stub library that comes with the toolkit, so all are looked up before.
const SYMBOLS: [&str; 26] = [
    "cuCtxSetCurrent",
    "cuCtxSynchronize",
    "cuDeviceGet",
    "cuDeviceGetAttribute",
    "cuDeviceGetCount",
    "cuDeviceGetDefaultMemPool",
    "cuDeviceGetName",
    "cuDevicePrimaryCtxRetain",
    "cuDeviceTotalMem_v2",
    "cuDriverGetVersion",
    "cuGetErrorString",
    "cuInit",
    "cuLaunchKernel",
    "cuMemAllocAsync",
    "cuMemAlloc_v2",
    "cuMemFreeAsync",
    "cuMemFree_v2",
    "cuMemGetInfo_v2",
    "cuMemPoolSetAttribute",
    "cuMemPoolTrimTo",
    "cuMemcpyDtoHAsync_v2",
    "cuMemcpyHtoDAsync_v2",
    "cuModuleGetFunction",
    "cuModuleLoadData",
    "cuStreamCreate",
    "cuStreamSynchronize",
];

/// The oldest driver that takes the kernels: PTX 8.0 came with CUDA 12.0.
const OLDEST: (u32, u32) = (12, 0);

/// How many cards there are.
///
/// # Errors
/// [`Error::CudaUnavailable`] if there is no driver, no card, or the driver is too old.
pub fn count() -> Result<usize> {
    version()?;
    let count = result::device::get_count().map_err(|e| unavailable(explain(e), REINSTALL))?;
    if count < 1 {
        return Err(no_card());
    }
    Ok(count as usize)
}

/// The CUDA version that the driver serves.
pub(super) fn version() -> Result<(u32, u32)> {
    // Only a driver that works is remembered: a card may be plugged in later.
    static VERSION: OnceLock<(u32, u32)> = OnceLock::new();
    match VERSION.get() {
        Some(&version) => Ok(version),
        None => initialise().map(|version| *VERSION.get_or_init(|| version)),
    }
}

const INSTALL: &str = "install NVIDIA's driver (12.0 or newer), or use `Device::cpu()`";
const REINSTALL: &str = "see whether `nvidia-smi` works, else install NVIDIA's driver again";

fn initialise() -> Result<(u32, u32)> {
    // SAFETY: loading libcuda runs its initialisers, which is what a program that uses CUDA asks for.
    if !unsafe { sys::is_culib_present() } {
        return Err(unavailable("the library libcuda was not found", INSTALL));
    }
    // SAFETY: as above; the library was found, so this cannot panic.
    let library = unsafe { sys::culib() };
    for name in SYMBOLS {
        // SAFETY: the symbol is only looked up, never called or read, by this name.
        if let Err(e) = unsafe { library.get::<*const ()>(name.as_bytes()) } {
            return Err(unavailable(format!("libcuda has no {name} ({e}): a stub, or too old"), INSTALL));
        }
    }
    match result::init() {
        Ok(()) => {}
        Err(DriverError(CUresult::CUDA_ERROR_NO_DEVICE)) => return Err(no_card()),
        Err(DriverError(CUresult::CUDA_ERROR_STUB_LIBRARY)) => {
            return Err(unavailable("the libcuda that was found is the toolkit's stub, not a driver", INSTALL));
        }
        Err(e) => return Err(unavailable(explain(e), REINSTALL)),
    }
    let mut version = 0;
    // SAFETY: the pointer is to an integer that outlives the call.
    unsafe { sys::cuDriverGetVersion(&mut version) }.result().map_err(|e| unavailable(explain(e), REINSTALL))?;
    let version = (version as u32 / 1000, version as u32 % 1000 / 10);
    if version < OLDEST {
        return Err(unavailable(format!("the driver serves CUDA {}.{} only", version.0, version.1), INSTALL));
    }
    Ok(version)
}

fn unavailable(what: impl Into<String>, remedy: &str) -> Error {
    Error::CudaUnavailable { what: what.into(), remedy: remedy.into() }
}

fn no_card() -> Error {
    unavailable("the driver finds no card", "plug one in (and see CUDA_VISIBLE_DEVICES), or use `Device::cpu()`")
}

/// What the driver says of an error.
pub(super) fn explain(e: DriverError) -> String {
    let text = e.error_string().map(|text| text.to_string_lossy().into_owned());
    format!("{} ({:?})", text.unwrap_or_else(|_| "unknown error".into()), e.0)
}

/// An error of the driver at `place`.
pub(super) fn failed(place: impl Into<String>) -> impl FnOnce(DriverError) -> Error {
    let place = place.into();
    move |e| Error::Cuda { place, what: explain(e) }
}
