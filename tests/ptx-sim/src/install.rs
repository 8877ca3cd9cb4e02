//! How a test program gets this driver: it links the Rust library, which finds the `libcuda.so` that cargo built beside it
//! and loads it, before anything asks the loader for a driver.
//!
//! Cargo builds both forms of the library when a package has it as a dev-dependency, and puts `libcuda.so` into
//! `target/<profile>/deps`, where the test programs are. Once it is loaded, the loader gives it to everyone who opens
//! `libcuda.so`, since that is its SONAME: a binding that opens its driver late, as cudarc does, needs no environment.
//!
//! The library that is linked and the one that is loaded are two copies of this code. The device lives in the loaded one,
//! and the functions of [`Driver`] ask that one.

use std::ffi::{CStr, CString, c_char};
use std::path::PathBuf;
use std::sync::OnceLock;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

use crate::Counters;

const NAME: &str = "libcuda.so";

/// Where cargo put `libcuda.so` for the running test, bench or example: beside it, above it or in `deps` beside it.
/// `CUSIM_LIBRARY` overrides.
pub fn library() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("CUSIM_LIBRARY") {
        return Some(PathBuf::from(path)).filter(|path| path.is_file());
    }
    let program = std::env::current_exe().ok()?;
    let beside = program.parent()?;
    let places = [beside.to_path_buf(), beside.join("deps"), beside.join("../deps"), beside.join("..")];
    places.iter().map(|place| place.join(NAME)).find(|path| path.is_file())
}

/// The loaded driver.
pub struct Driver {
    last_fault: extern "C" fn() -> *const c_char,
    counters: unsafe extern "C" fn(*const c_char, *mut Counters) -> u64,
    reset: extern "C" fn(),
    leaks: extern "C" fn() -> *const c_char,
    _library: Library,
}

/// Loads the driver, once for the process. Call it before the first use of CUDA; the message says what is missing.
pub fn install() -> Result<&'static Driver, String> {
    install_with(&[])
}

/// As [`install`], with settings (`("CUSIM_DEVICES", "2")`) that go before the environment. Those of the first call count.
pub fn install_with(settings: &[(&str, &str)]) -> Result<&'static Driver, String> {
    static DRIVER: OnceLock<Result<Driver, String>> = OnceLock::new();
    DRIVER.get_or_init(|| load(settings)).as_ref().map_err(Clone::clone)
}

fn load(settings: &[(&str, &str)]) -> Result<Driver, String> {
    let path = library().ok_or("no libcuda.so of ptx-sim beside the program: build it, or set CUSIM_LIBRARY")?;
    let failed = |error: libloading::Error| format!("{}: {error}", path.display());
    // SAFETY: loading runs no code of ours, and the symbols have the types of their definitions in `driver::report`.
    unsafe {
        let library = Library::open(Some(&path), RTLD_NOW | RTLD_GLOBAL).map_err(failed)?;
        let set: unsafe extern "C" fn(*const c_char, *const c_char) -> i32 =
            *library.get(b"cusim_set\0").map_err(failed)?;
        for (name, value) in settings {
            let text = |text: &str| CString::new(text).map_err(|error| error.to_string());
            if set(text(name)?.as_ptr(), text(value)?.as_ptr()) != 0 {
                return Err(format!("{name} is set too late: the driver is in use"));
            }
        }
        Ok(Driver {
            last_fault: *library.get(b"cusim_last_fault\0").map_err(failed)?,
            counters: *library.get(b"cusim_counters\0").map_err(failed)?,
            reset: *library.get(b"cusim_reset\0").map_err(failed)?,
            leaks: *library.get(b"cusim_leaks\0").map_err(failed)?,
            _library: library,
        })
    }
}

fn owned(text: *const c_char) -> String {
    // SAFETY: the exports give strings that live until the thread's next call.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

impl Driver {
    /// The last fault of this thread's work in words, empty if there was none.
    pub fn last_fault(&self) -> String {
        owned((self.last_fault)())
    }

    /// Launches of a kernel by this thread since the last reset, and what they cost.
    pub fn counters(&self, kernel: &str) -> (u64, Counters) {
        self.count(CString::new(kernel).ok())
    }

    /// Launches of all kernels by this thread since the last reset, and what they cost.
    pub fn all_counters(&self) -> (u64, Counters) {
        self.count(None)
    }

    fn count(&self, kernel: Option<CString>) -> (u64, Counters) {
        let mut counters = Counters::default();
        let name = kernel.as_ref().map_or(std::ptr::null(), |name| name.as_ptr());
        // SAFETY: the name is a C string or null, and the counters are written in place.
        let launches = unsafe { (self.counters)(name, &mut counters) };
        (launches, counters)
    }

    /// Forgets this thread's counters and last fault, and the leaks.
    pub fn reset(&self) {
        (self.reset)()
    }

    /// Memory that was alive when its context was destroyed, a line each.
    pub fn leaks(&self) -> String {
        owned((self.leaks)())
    }
}
