//! The card's memory and the order of its work, by the driver that the program has loaded.

use std::ffi::c_void;
use std::sync::OnceLock;

use libloading::os::unix::Library;

/// The functions of the driver that are used here.
pub struct Driver {
    current: unsafe extern "C" fn(*mut usize) -> i32,
    to_host: unsafe extern "C" fn(*mut u8, u64, usize) -> i32,
    to_card: unsafe extern "C" fn(u64, *const u8, usize) -> i32,
    on_stream: unsafe extern "C" fn(usize, unsafe extern "C" fn(*mut c_void), *mut c_void) -> i32,
    _library: Library,
}

/// A status of the driver other than success.
#[derive(Debug)]
pub struct Failed;

fn check(status: i32) -> Result<(), Failed> {
    if status == 0 { Ok(()) } else { Err(Failed) }
}

/// The driver; `None` if the program has none.
pub fn driver() -> Option<&'static Driver> {
    static DRIVER: OnceLock<Option<Driver>> = OnceLock::new();
    DRIVER.get_or_init(load).as_ref()
}

fn load() -> Option<Driver> {
    // SAFETY: the driver is loaded already, and its functions have these types in its manual.
    unsafe {
        let library = Library::new("libcuda.so").ok()?;
        Some(Driver {
            current: *library.get(b"cuCtxGetCurrent\0").ok()?,
            to_host: *library.get(b"cuMemcpyDtoH_v2\0").ok()?,
            to_card: *library.get(b"cuMemcpyHtoD_v2\0").ok()?,
            on_stream: *library.get(b"cuLaunchHostFunc\0").ok()?,
            _library: library,
        })
    }
}

impl Driver {
    /// The context of this thread; 0 if there is none.
    pub fn context(&self) -> Result<usize, Failed> {
        let mut context = 0;
        // SAFETY: the pointer is to a handle that outlives the call.
        check(unsafe { (self.current)(&mut context) })?;
        Ok(context)
    }

    /// The bytes from an address on.
    pub fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Failed> {
        // SAFETY: the copy ends before the call returns, and `bytes` has room for it.
        check(unsafe { (self.to_host)(bytes.as_mut_ptr(), address, bytes.len()) })
    }

    /// Puts bytes at an address.
    pub fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Failed> {
        // SAFETY: the copy ends before the call returns.
        check(unsafe { (self.to_card)(address, bytes.as_ptr(), bytes.len()) })
    }

    /// Has a stream call `work` in its turn; as often as it likes, if it records a graph.
    ///
    /// The stream must be one that does not wait for the default stream, on which copies are made.
    pub fn submit(&self, stream: usize, work: impl Fn() + Send + Sync + 'static) -> Result<(), Failed> {
        type Work = Box<dyn Fn() + Send + Sync>;
        unsafe extern "C" fn call(work: *mut c_void) {
            // SAFETY: the pointer is that of the box below, which is never freed.
            unsafe { (*work.cast::<Work>())() }
        }
        // A recorded call may come again at any time, so it stays.
        let work: &'static mut Work = Box::leak(Box::new(Box::new(work)));
        // SAFETY: `call` may be called with this data from any thread, at any time.
        check(unsafe { (self.on_stream)(stream, call, std::ptr::from_mut(work).cast()) })
    }
}
