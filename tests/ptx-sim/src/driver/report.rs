//! What went wrong and what it cost, for those who ask: the exports `cusim_*` beyond the CUDA API.
//!
//! Faults and counters belong to the thread on which the work ran: without `CUSIM_LAZY` the thread that launched it.
//! So tests which run side by side in one process do not see each other's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::sync::Mutex;

use super::abi::{Out, Text};
use super::guard::lock;
use super::settings::settings;
use super::status::Status;
use crate::{Counters, Fault, Kind, Violation};

thread_local! {
    /// The text of this thread's last fault or refusal.
    static LAST: RefCell<CString> = RefCell::default();
    /// Launches and their cost by kernel.
    static COUNTED: RefCell<BTreeMap<String, (u64, Counters)>> = const { RefCell::new(BTreeMap::new()) };
    static LEAK_TEXT: RefCell<CString> = RefCell::default();
}

/// Memory that was alive when its context was destroyed, a line each.
static LEAKS: Mutex<String> = Mutex::new(String::new());

/// Keeps a text as this thread's last fault.
pub(super) fn note(text: &str) {
    if settings().verbose {
        eprintln!("cusim: {text}");
    }
    LAST.set(c_string(text));
}

fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', " ")).unwrap_or_default()
}

fn status(kind: Kind) -> Status {
    match kind {
        Kind::OutOfBounds | Kind::Null | Kind::UseAfterFree | Kind::Uninitialised | Kind::Race | Kind::AsyncCopy => {
            Status::IllegalAddress
        }
        Kind::Misaligned => Status::MisalignedAddress,
        Kind::InvalidFree => Status::InvalidValue,
        Kind::OutOfMemory => Status::OutOfMemory,
        Kind::Launch => Status::InvalidValue,
        Kind::Unsupported => Status::IllegalInstruction,
        Kind::Barrier | Kind::Divergence | Kind::Trap | Kind::Hang => Status::LaunchFailed,
    }
}

/// Notes a fault of a kernel and gives the code for it.
pub(super) fn fault(fault: &Fault) -> Status {
    note(&fault.to_string());
    status(fault.kind)
}

/// Notes a mistake of a call of the host and gives the code for it. A wrong address is a wrong argument there.
pub(super) fn refuse(call: &str, violation: Violation) -> Status {
    note(&format!("{violation}, in {call}"));
    if violation.kind == Kind::OutOfMemory { Status::OutOfMemory } else { Status::InvalidValue }
}

/// Adds the cost of a launch.
pub(super) fn count(kernel: &str, counters: Counters) {
    COUNTED.with_borrow_mut(|counted| {
        let (launches, sum) = counted.entry(kernel.to_owned()).or_default();
        *launches += 1;
        *sum += counters;
    });
}

pub(super) fn leak(ordinal: i32, address: u64, bytes: u64) {
    lock(&LEAKS).push_str(&format!("device {ordinal}: {bytes} bytes at {address:#x}\n"));
}

/// Launches and cost of a kernel, or of all where no name is given.
fn counted(kernel: &Text) -> (u64, Counters) {
    COUNTED.with_borrow(|counted| {
        let name = kernel.str().ok();
        let mut sum = (0, Counters::default());
        for (_, (launches, counters)) in counted.iter().filter(|(kernel, _)| name.is_none_or(|name| name == *kernel)) {
            sum.0 += launches;
            sum.1 += *counters;
        }
        sum
    })
}

/// The text of this thread's last fault: kind, what happened, kernel, line, instruction, block and thread. Empty if there
/// was none. Valid until the thread's next fault.
#[unsafe(no_mangle)]
pub extern "C" fn cusim_last_fault() -> *const c_char {
    LAST.with_borrow(|text| text.as_ptr())
}

/// The cost of this thread's launches of a kernel (null: of all kernels) since the last reset; the number of launches
/// comes back.
///
/// # Safety
/// `kernel` is null or a C string, `counters` null or valid for a write of `Counters`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cusim_counters(kernel: Text, counters: Out<Counters>) -> u64 {
    let (launches, sum) = counted(&kernel);
    counters.offer(sum);
    launches
}

/// Forgets this thread's counters and last fault, and all reported leaks.
#[unsafe(no_mangle)]
pub extern "C" fn cusim_reset() {
    COUNTED.take();
    LAST.take();
    lock(&LEAKS).clear();
}

/// Memory that was still allocated when its context was destroyed, a line each. Valid until this thread's next call.
#[unsafe(no_mangle)]
pub extern "C" fn cusim_leaks() -> *const c_char {
    LEAK_TEXT.set(c_string(&lock(&LEAKS)));
    LEAK_TEXT.with_borrow(|text| text.as_ptr())
}
