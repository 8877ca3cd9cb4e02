//! Contexts: which device a thread uses, and what lives there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::abi::{Out, Outcome, api};
use super::device::{self, Device, device};
use super::guard::lock;
use super::handles::Table;
use super::settings::settings;
use super::status::Status;
use super::stream;
use super::{event, managed, module, report};

/// A context.
pub(super) struct Context {
    pub handle: usize,
    pub ordinal: i32,
    /// Allocations that are alive: address and bytes.
    pub blocks: Mutex<BTreeMap<u64, u64>>,
    /// The fault after which nothing works any more, where `CUSIM_STICKY` asks for that.
    fault: Mutex<Option<Status>>,
}

static CONTEXTS: Table<Context> = Table::new();

/// The primary context of each device in use, and how often it was retained.
static PRIMARY: Mutex<BTreeMap<i32, (Arc<Context>, usize)>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// The contexts that this thread has pushed; the last is current.
    static STACK: RefCell<Vec<Arc<Context>>> = const { RefCell::new(Vec::new()) };
}

impl Context {
    fn new(ordinal: i32) -> Arc<Context> {
        let made =
            CONTEXTS.add(|handle| Context { handle, ordinal, blocks: Mutex::default(), fault: Mutex::default() });
        stream::add_default(&made);
        made
    }

    pub fn device(&self) -> &'static Device {
        &device::devices()[self.ordinal as usize]
    }

    /// Keeps the status of a fault where faults are to stay.
    pub fn fail(&self, status: Status) {
        if settings().sticky {
            *lock(&self.fault) = Some(status);
        }
    }

    fn check(&self) -> Outcome {
        lock(&self.fault).map_or(Ok(()), Err)
    }

    /// Runs all work, frees everything and reports what the program had left.
    fn destroy(self: &Arc<Self>) -> Outcome {
        let outcome = stream::synchronize_context(self);
        CONTEXTS.remove(self.handle)?;
        module::forget(self);
        stream::forget(self);
        event::forget(self);
        let left = std::mem::take(&mut *lock(&self.blocks));
        for (address, bytes) in left {
            report::leak(self.ordinal, address, bytes);
            managed::forget(address);
            // The address is of this table, hence alive.
            let _ = self.device().memory.free(address);
        }
        outcome
    }
}

/// The current context of this thread: `InvalidContext` without one, its fault where that stays.
pub(super) fn current() -> Result<Arc<Context>, Status> {
    let context = STACK.with_borrow(|stack| stack.last().cloned()).ok_or(Status::InvalidContext)?;
    context.check()?;
    Ok(context)
}

/// The context of a handle.
pub(super) fn context(handle: usize) -> Result<Arc<Context>, Status> {
    CONTEXTS.get(handle).map_err(|_| Status::InvalidContext)
}

/// All live contexts.
pub(super) fn contexts() -> Vec<Arc<Context>> {
    CONTEXTS.all(|_| true)
}

fn create(made: Out<usize>, ordinal: i32) -> Outcome {
    device(ordinal)?;
    let context = Context::new(ordinal);
    made.set(context.handle)?;
    STACK.with_borrow_mut(|stack| stack.push(context));
    Ok(())
}

api! {
    fn cuDevicePrimaryCtxRetain(context: Out<usize>, ordinal: i32) {
        device(ordinal)?;
        let mut primary = lock(&PRIMARY);
        let (held, count) = primary.entry(ordinal).or_insert_with(|| (Context::new(ordinal), 0));
        *count += 1;
        context.set(held.handle)
    }

    /// The last release destroys the context.
    fn cuDevicePrimaryCtxRelease_v2(ordinal: i32) {
        let mut primary = lock(&PRIMARY);
        let (held, count) = primary.get_mut(&ordinal).ok_or(Status::InvalidContext)?;
        *count -= 1;
        if *count > 0 {
            return Ok(());
        }
        let held = held.clone();
        primary.remove(&ordinal);
        held.destroy()
    }

    fn cuDevicePrimaryCtxReset_v2(ordinal: i32) {
        let removed = lock(&PRIMARY).remove(&ordinal);
        removed.map_or(Ok(()), |(held, _)| held.destroy())
    }

    fn cuDevicePrimaryCtxGetState(ordinal: i32, flags: Out<u32>, active: Out<i32>) {
        device(ordinal)?;
        flags.set(0)?;
        active.set(i32::from(lock(&PRIMARY).contains_key(&ordinal)))
    }

    fn cuCtxCreate_v2(made: Out<usize>, _flags: u32, ordinal: i32) {
        create(made, ordinal)
    }

    fn cuCtxCreate_v3(made: Out<usize>, _affinity: usize, _count: i32, _flags: u32, ordinal: i32) {
        create(made, ordinal)
    }

    fn cuCtxCreate_v4(made: Out<usize>, _parameters: usize, _flags: u32, ordinal: i32) {
        create(made, ordinal)
    }

    fn cuCtxDestroy_v2(handle: usize) {
        let destroyed = context(handle)?;
        STACK.with_borrow_mut(|stack| stack.retain(|held| held.handle != handle));
        destroyed.destroy()
    }

    fn cuCtxGetCurrent(found: Out<usize>) {
        found.set(STACK.with_borrow(|stack| stack.last().map_or(0, |context| context.handle)))
    }

    fn cuCtxSetCurrent(handle: usize) {
        let next = if handle == 0 { None } else { Some(context(handle)?) };
        STACK.with_borrow_mut(|stack| {
            stack.pop();
            stack.extend(next);
        });
        Ok(())
    }

    fn cuCtxPushCurrent_v2(handle: usize) {
        let pushed = context(handle)?;
        STACK.with_borrow_mut(|stack| stack.push(pushed));
        Ok(())
    }

    fn cuCtxPopCurrent_v2(popped: Out<usize>) {
        let context = STACK.with_borrow_mut(Vec::pop).ok_or(Status::InvalidContext)?;
        popped.offer(context.handle);
        Ok(())
    }

    fn cuCtxGetDevice(ordinal: Out<i32>) {
        ordinal.set(current()?.ordinal)
    }

    fn cuCtxSynchronize() {
        stream::synchronize_context(current()?.as_ref())
    }

    fn cuCtxSetFlags(_flags: u32) {
        current().map(drop)
    }

    /// Limits and caches change nothing here; they can be set and read as on a device.
    fn cuCtxGetLimit(value: Out<usize>, limit: i32) {
        current()?;
        if (0..=6).contains(&limit) { value.set(1024) } else { Err(Status::UnsupportedLimit) }
    }

    fn cuCtxSetLimit(limit: i32, _value: usize) {
        current()?;
        if (0..=6).contains(&limit) { Ok(()) } else { Err(Status::UnsupportedLimit) }
    }

    fn cuCtxGetCacheConfig(config: Out<i32>) {
        current()?;
        config.set(0)
    }

    fn cuCtxSetCacheConfig(_config: i32) {
        current().map(drop)
    }

    fn cuCtxGetStreamPriorityRange(least: Out<i32>, greatest: Out<i32>) {
        current()?;
        least.offer(0);
        greatest.offer(-5);
        Ok(())
    }

    fn cuCtxEnablePeerAccess(peer: usize, _flags: u32) {
        context(peer)?;
        Err(Status::PeerAccessUnsupported)
    }

    fn cuCtxDisablePeerAccess(peer: usize) {
        context(peer)?;
        Err(Status::PeerAccessNotEnabled)
    }

    fn cuProfilerStart() { Ok(()) }

    fn cuProfilerStop() { Ok(()) }
}
