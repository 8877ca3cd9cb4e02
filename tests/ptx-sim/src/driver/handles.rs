//! Handles: what a caller holds of a stream, an event, a module is a number, never an address, so that a wrong or an old
//! one is an error instead of a crash.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use super::guard::{read, write};
use super::status::Status;

/// The next handle of any kind. Handles are never used twice and differ between kinds; multiples of 16, as pointers are.
static NEXT: AtomicUsize = AtomicUsize::new(0x1000);

/// All live objects of a kind.
pub(super) struct Table<T>(RwLock<BTreeMap<usize, Arc<T>>>);

impl<T> Table<T> {
    pub const fn new() -> Self {
        Table(RwLock::new(BTreeMap::new()))
    }

    /// Adds what `make` builds for its handle.
    pub fn add(&self, make: impl FnOnce(usize) -> T) -> Arc<T> {
        let handle = NEXT.fetch_add(16, Ordering::Relaxed);
        let made = Arc::new(make(handle));
        write(&self.0).insert(handle, made.clone());
        made
    }

    /// The object of a handle, or `InvalidHandle`.
    pub fn get(&self, handle: usize) -> Result<Arc<T>, Status> {
        read(&self.0).get(&handle).cloned().ok_or(Status::InvalidHandle)
    }

    /// Takes the object of a handle out, or `InvalidHandle`.
    pub fn remove(&self, handle: usize) -> Result<Arc<T>, Status> {
        write(&self.0).remove(&handle).ok_or(Status::InvalidHandle)
    }

    /// Takes out all objects that `which` names.
    pub fn remove_all(&self, which: impl Fn(&T) -> bool) {
        write(&self.0).retain(|_, object| !which(object));
    }

    /// All objects that `which` names, in order of their handles.
    pub fn all(&self, which: impl Fn(&T) -> bool) -> Vec<Arc<T>> {
        read(&self.0).values().filter(|object| which(object)).cloned().collect()
    }
}
