//! The C boundary: what the arguments of the driver's functions are, and how each function returns.
//!
//! All pointers of callers are wrapped here, so that the functions themselves are plain Rust. What every wrapper relies on
//! is the contract of the driver API: a pointer that a caller passes is null or valid for the type and length that the
//! function's signature states, for the time of the call (host memory of an asynchronous copy: until the copy is done).

use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::status::Status;

/// What the body of a driver function returns.
pub(super) type Outcome = Result<(), Status>;

/// Where a function stores a result: `T *out`.
#[repr(transparent)]
pub struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Stores `value`. Null is `InvalidValue`.
    pub(super) fn set(self, value: T) -> Outcome {
        if self.0.is_null() {
            return Err(Status::InvalidValue);
        }
        // SAFETY: the caller's pointer is not null, hence valid for a write of T.
        unsafe { self.0.write(value) };
        Ok(())
    }

    /// Stores `value` unless the caller passed null, for results that the API calls optional.
    pub(super) fn offer(self, value: T) {
        if !self.0.is_null() {
            // SAFETY: as in `set`.
            unsafe { self.0.write(value) };
        }
    }

    /// Stores as many `values` as the caller has room for.
    pub(super) fn fill(self, values: &[T], room: usize) -> usize
    where
        T: Copy,
    {
        let count = values.len().min(room);
        if self.0.is_null() {
            return values.len();
        }
        // SAFETY: the caller states room for `room` values of T, and `count` is at most that.
        unsafe { self.0.copy_from_nonoverlapping(values.as_ptr(), count) };
        count
    }

    /// The present value. Null is `InvalidValue`.
    pub(super) fn get(&self) -> Result<T, Status>
    where
        T: Copy,
    {
        if self.0.is_null() {
            return Err(Status::InvalidValue);
        }
        // SAFETY: not null, hence a valid, initialised T where the API takes an argument in and out.
        Ok(unsafe { self.0.read() })
    }

    /// Nowhere.
    pub(super) fn none() -> Self {
        Out(std::ptr::null_mut())
    }

    /// The same place for another type, where the type depends on another argument.
    pub(super) fn cast<U>(self) -> Out<U> {
        Out(self.0.cast())
    }

    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

/// A C string of the caller.
#[repr(transparent)]
pub struct Text(*const c_char);

impl Text {
    /// Its bytes, without the closing zero. Null is `InvalidValue`.
    pub(super) fn bytes(&self) -> Result<&[u8], Status> {
        if self.0.is_null() {
            return Err(Status::InvalidValue);
        }
        // SAFETY: a string of the C API ends with a zero, and lives as long as the call that borrows it.
        Ok(unsafe { CStr::from_ptr(self.0) }.to_bytes())
    }

    pub(super) fn str(&self) -> Result<&str, Status> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Status::InvalidValue)
    }
}

/// Host memory, kept as a number: an asynchronous copy holds it until it runs.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HostPtr(usize);

impl HostPtr {
    pub(super) fn address(self) -> usize {
        self.0
    }

    pub(super) fn new(address: usize) -> Self {
        HostPtr(address)
    }

    /// The `length` bytes there, to read.
    pub(super) fn read<R>(self, length: usize, with: impl FnOnce(&[u8]) -> R) -> Result<R, Status> {
        if length == 0 {
            return Ok(with(&[]));
        }
        if self.0 == 0 {
            return Err(Status::InvalidValue);
        }
        // SAFETY: the contract of a copy: `length` readable bytes that nobody writes until the copy is done.
        Ok(with(unsafe { std::slice::from_raw_parts(self.0 as *const u8, length) }))
    }

    /// The `length` bytes there, to write.
    pub(super) fn write<R>(self, length: usize, with: impl FnOnce(&mut [u8]) -> R) -> Result<R, Status> {
        if length == 0 {
            return Ok(with(&mut []));
        }
        if self.0 == 0 {
            return Err(Status::InvalidValue);
        }
        // SAFETY: the contract of a copy: `length` writable bytes that nobody else uses until the copy is done.
        Ok(with(unsafe { std::slice::from_raw_parts_mut(self.0 as *mut u8, length) }))
    }
}

/// The arguments of a launch: an array of pointers, one to each value.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Arguments(*const HostPtr);

impl Arguments {
    /// The bytes of argument `index`, which has `length` bytes. A null array or a null entry is `InvalidValue`.
    pub(super) fn bytes(&self, index: usize, length: usize) -> Result<Vec<u8>, Status> {
        if self.0.is_null() {
            return Err(Status::InvalidValue);
        }
        // SAFETY: the array has a pointer for each parameter of the kernel, and `index` is one of them.
        let argument = unsafe { *self.0.add(index) };
        argument.read(length, <[u8]>::to_vec)
    }
}

/// A function of the host that a stream calls, with its data.
#[derive(Clone, Copy)]
pub(super) struct Callback {
    pub function: unsafe extern "C" fn(HostPtr),
    pub data: HostPtr,
}

impl Callback {
    pub(super) fn call(self) {
        // SAFETY: `cuLaunchHostFunc` takes a function that may be called with this data from any thread.
        unsafe { (self.function)(self.data) }
    }
}

/// A function of the host that tells the dynamic shared memory for a number of threads, or null.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Sizes(Option<unsafe extern "C" fn(i32) -> usize>);

impl Sizes {
    pub(super) fn of(self, threads: u32) -> Option<usize> {
        // SAFETY: the occupancy calls take a function of any number of threads.
        self.0.map(|sizes| unsafe { sizes(threads as i32) })
    }
}

/// Runs the body of a function of the API: a panic inside must not cross into C.
pub(super) fn enter(body: impl FnOnce() -> Outcome) -> i32 {
    let status = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Status::Success,
        Ok(Err(status)) => status,
        Err(_) => Status::Unknown,
    };
    status as i32
}

/// Defines exported driver functions: each is a Rust body that returns an `Outcome`. `address(name)` finds them by name,
/// for `cuGetProcAddress`.
macro_rules! api {
    ($($(#[$note:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $body:block)*) => {
        $(
            $(#[$note])*
            ///
            /// # Safety
            /// The contract of the CUDA driver API: every pointer is null or valid for what the signature says.
            #[allow(non_snake_case)]
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($argument: $kind),*) -> i32 {
                $crate::driver::abi::enter(move || $body)
            }
        )*

        pub(super) fn address(name: &str) -> Option<*const ()> {
            match name {
                $(stringify!($name) => Some($name as *const ()),)*
                _ => None,
            }
        }
    };
}
pub(super) use api;
