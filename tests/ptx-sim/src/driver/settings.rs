//! Settings of the driver, from the environment or from `cusim_set`, fixed by the first call that needs one.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use super::abi::{Outcome, Text, enter};
use super::guard::lock;
use super::status::Status;

#[derive(Debug)]
pub(super) struct Settings {
    /// `CUSIM_DEVICES`: how many devices there are (1).
    pub devices: i32,
    /// `CUSIM_MEMORY`: bytes of memory of each device (8 GiB).
    pub memory: u64,
    /// `CUSIM_CC`: compute capability, as 90 for 9.0 (90). PTX for a newer one is refused.
    pub capability: i32,
    /// `CUSIM_PTX`: newest PTX version that is accepted, as 80 for 8.0 (80, what a driver of CUDA 12.0 reads).
    pub ptx: u32,
    /// `CUSIM_LAZY`: work waits until something needs its result.
    pub lazy: bool,
    /// `CUSIM_STICKY`: after a fault every call of the context fails, as on hardware.
    pub sticky: bool,
    /// `CUSIM_VERBOSE`: faults and refusals are also written to stderr.
    pub verbose: bool,
}

/// What the program set: it goes before the environment.
static GIVEN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
static SETTINGS: OnceLock<Settings> = OnceLock::new();

fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let text = lock(&GIVEN).get(name).cloned().or_else(|| std::env::var(name).ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(otherwise)
}

pub(super) fn settings() -> &'static Settings {
    SETTINGS.get_or_init(|| Settings {
        devices: number("CUSIM_DEVICES", 1).clamp(0, 16),
        memory: number("CUSIM_MEMORY", 8 << 30),
        capability: number("CUSIM_CC", 90),
        ptx: number("CUSIM_PTX", 80),
        lazy: number("CUSIM_LAZY", 0) != 0,
        sticky: number("CUSIM_STICKY", 0) != 0,
        verbose: number("CUSIM_VERBOSE", 0) != 0,
    })
}

fn set(name: &Text, value: &Text) -> Outcome {
    if SETTINGS.get().is_some() {
        return Err(Status::IllegalState);
    }
    lock(&GIVEN).insert(name.str()?.to_owned(), value.str()?.to_owned());
    Ok(())
}

/// Sets a variable of this file as the environment would, without touching that. `IllegalState` once they are in use.
///
/// # Safety
/// Both are C strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cusim_set(name: Text, value: Text) -> i32 {
    enter(|| set(&name, &value))
}
