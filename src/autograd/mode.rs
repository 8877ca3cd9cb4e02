//! Whether operations are recorded on this thread.

use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Operations on tracked tensors are recorded.
    Record,
    /// Nothing is recorded: the caller said so.
    Off,
    /// Nothing is recorded, and meeting a tracked tensor is an error: its gradient would be lost.
    Sealed,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Record) };
}

pub(crate) fn mode() -> Mode {
    MODE.get()
}

/// Whether operations on tracked tensors are recorded on this thread.
pub fn is_recording() -> bool {
    mode() == Mode::Record
}

/// Runs `f` without recording: its results are untracked.
///
/// ```
/// # use beltrami::{Tensor, no_grad};
/// let x = Tensor::from(2.0_f64).tracked();
/// assert!(!no_grad(|| &x * &x).is_tracked());
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    with_mode(Mode::Off, f)
}

pub(crate) fn with_recording<R>(on: bool, f: impl FnOnce() -> R) -> R {
    with_mode(if on { Mode::Record } else { Mode::Off }, f)
}

pub(crate) fn with_mode<R>(mode: Mode, f: impl FnOnce() -> R) -> R {
    /// Puts the old mode back even when `f` panics.
    struct Restore(Mode);
    impl Drop for Restore {
        fn drop(&mut self) {
            MODE.set(self.0);
        }
    }
    let _restore = Restore(MODE.replace(mode));
    f()
}
