//! Helper threads that share one job at a time with the thread that brings it.
//!
//! Operations follow each other within microseconds, and waking a sleeping thread costs as much as a small operation.
//! So helpers watch for the next job for a moment before they sleep, and the caller begins at once and alone: whoever
//! wakes up before the work is done joins in, whoever does not is not waited for.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long helpers watch for a job, and the caller for its helpers, before they sleep.
const WATCH: Duration = Duration::from_micros(100);

/// A number of helper threads.
pub(super) struct Pool {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
    /// Held by the thread whose job it is.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// A job has come, or the end.
    call: Condvar,
    /// The last helper has left the job.
    left: Condvar,
    /// `State::number`, to watch without the lock.
    number: AtomicUsize,
    /// Helpers inside the job. Changed under the lock, watched without.
    inside: AtomicUsize,
}

#[derive(Default)]
struct State {
    /// Counts jobs.
    number: usize,
    job: Option<Job>,
    panic: Option<Box<dyn Any + Send>>,
    stop: bool,
}

/// The caller's closure. It lives until the caller has withdrawn it and all helpers have left.
#[derive(Clone, Copy)]
struct Job(&'static (dyn Fn() + Sync));

impl Pool {
    /// Starts `helpers` threads, or as many as the system allows.
    pub fn new(helpers: usize) -> Pool {
        let shared = Arc::new(Shared::default());
        let start = |i: usize| {
            let shared = shared.clone();
            std::thread::Builder::new().name(format!("beltrami-{i}")).spawn(move || shared.help()).ok()
        };
        let helpers = (0..helpers).map_while(start).collect();
        Pool { shared, helpers, turn: Mutex::new(()) }
    }

    /// How many helpers there are.
    pub fn helpers(&self) -> usize {
        self.helpers.len()
    }

    /// Runs `work` on this thread and, at the same time, on any helper that is free; returns when all have left it.
    /// If the helpers have another job already (another thread's, or the one that this is part of), works alone.
    pub fn run(&self, work: &(dyn Fn() + Sync)) {
        let turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(std::sync::TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => return work(),
        };
        // SAFETY: only the lifetime is changed. No helper uses the closure after this function: `withdraw` lets no more
        // helpers in and returns when the last has left; nothing between here and there can unwind or return.
        let job = Job(unsafe { std::mem::transmute::<&(dyn Fn() + Sync), &'static (dyn Fn() + Sync)>(work) });
        self.shared.announce(job);
        let mine = catch_unwind(AssertUnwindSafe(work));
        let theirs = self.shared.withdraw();
        drop(turn);
        if let Some(panic) = mine.err().or(theirs) {
            resume_unwind(panic);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.number.fetch_add(1, Ordering::Release);
        self.shared.call.notify_all();
        for helper in self.helpers.drain(..) {
            // Helpers catch the panics of jobs, so there is nothing to learn here.
            let _ = helper.join();
        }
    }
}

impl Shared {
    /// No code that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, job: Job) {
        let mut state = self.lock();
        state.number += 1;
        state.job = Some(job);
        self.number.store(state.number, Ordering::Release);
        drop(state);
        self.call.notify_all();
    }

    /// Lets no more helpers in and waits until all have left.
    fn withdraw(&self) -> Option<Box<dyn Any + Send>> {
        self.lock().job = None;
        watch(|| self.inside.load(Ordering::Acquire) == 0);
        let mut state = self.lock();
        while self.inside.load(Ordering::Acquire) != 0 {
            state = self.left.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.panic.take()
    }

    /// What a helper does all its life.
    fn help(&self) {
        let mut seen = 0;
        loop {
            watch(|| self.number.load(Ordering::Acquire) != seen);
            let mut state = self.lock();
            while state.number == seen && !state.stop {
                state = self.call.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.stop {
                return;
            }
            seen = state.number;
            let Some(Job(work)) = state.job else { continue };
            self.inside.fetch_add(1, Ordering::AcqRel);
            drop(state);
            let result = catch_unwind(AssertUnwindSafe(work));
            let mut state = self.lock();
            if let Err(panic) = result {
                state.panic = Some(panic);
            }
            if self.inside.fetch_sub(1, Ordering::AcqRel) == 1 {
                self.left.notify_all();
            }
        }
    }
}

/// Spins until `done` or until [`WATCH`] has passed.
fn watch(done: impl Fn() -> bool) {
    let start = Instant::now();
    loop {
        // The clock costs more than a look.
        for _ in 0..64 {
            if done() {
                return;
            }
            std::hint::spin_loop();
        }
        if start.elapsed() > WATCH {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pool;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Takes numbers until none is left; gives their sum.
    fn add_up(pool: &Pool, n: usize) -> usize {
        let (next, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
        pool.run(&|| {
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= n {
                    break;
                }
                sum.fetch_add(i, Ordering::Relaxed);
            }
        });
        sum.into_inner()
    }

    #[test]
    fn work_is_done_once_and_done_on_return() {
        let pool = Pool::new(3);
        for n in 0..2000 {
            assert_eq!(add_up(&pool, n), n * n.saturating_sub(1) / 2);
        }
    }

    #[test]
    fn jobs_within_jobs_and_from_many_threads() {
        let pool = Pool::new(2);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let total = AtomicUsize::new(0);
                        pool.run(&|| {
                            total.fetch_add(add_up(&pool, 5), Ordering::Relaxed);
                        });
                        let total = total.into_inner();
                        assert!((10..=30).contains(&total) && total.is_multiple_of(10));
                    }
                });
            }
        });
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let pool = Pool::new(2);
        for turn in 0..50 {
            let tasks = Mutex::new(0..100);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                pool.run(&|| {
                    loop {
                        let task = tasks.lock().unwrap_or_else(|e| e.into_inner()).next();
                        match task {
                            Some(i) => assert_ne!(i, turn, "the task that fails"),
                            None => break,
                        }
                    }
                })
            }));
            assert!(outcome.is_err());
            assert_eq!(add_up(&pool, 10), 45);
        }
    }
}
