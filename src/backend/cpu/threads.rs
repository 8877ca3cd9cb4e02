//! Threads: who runs a chunk never changes what a chunk is.
//!
//! Work is cut into chunks by shape alone, each chunk writes its own part of the output, and partial sums are combined
//! in chunk order. So any number of threads gives the same bits.

use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Bytes of traffic that make a chunk worth handing to another thread.
const GRAIN: usize = 128 << 10;

/// A CPU with its own threads: the caller of an operation and a pool of the others.
pub struct Cpu {
    threads: usize,
    grain: usize,
    #[cfg(feature = "rayon")]
    pool: Option<rayon::ThreadPool>,
}

impl Cpu {
    /// A CPU device that runs on `threads` threads (at least one; one without the feature `rayon`).
    pub fn new(threads: usize) -> Cpu {
        Cpu::with_grain(threads, GRAIN)
    }

    /// As [`Cpu::new`] with chunks of about `grain` bytes. Results depend on the grain (sums are cut differently),
    /// never on the threads; tests use a tiny grain to make small tensors span many chunks.
    pub fn with_grain(threads: usize, grain: usize) -> Cpu {
        let grain = grain.max(1);
        #[cfg(feature = "rayon")]
        {
            let named = |i| format!("beltrami-{i}");
            let pool = (threads > 1)
                .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads - 1).thread_name(named).build().ok())
                .flatten();
            let threads = if pool.is_some() { threads } else { 1 };
            Cpu { threads, grain, pool }
        }
        #[cfg(not(feature = "rayon"))]
        {
            let _ = threads;
            Cpu { threads: 1, grain }
        }
    }

    /// How many threads run chunks.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Rows in a chunk when one row moves `row_bytes`: at least one.
    pub fn rows_per_chunk(&self, row_bytes: usize) -> usize {
        (self.grain / row_bytes.max(1)).max(1)
    }

    /// Runs `f` on every task, in any order, on this thread and the pool's; returns when all are done.
    pub fn for_each<T: Send>(&self, tasks: Vec<T>, f: impl Fn(T) + Send + Sync) {
        let count = tasks.len();
        let waiting = Mutex::new(tasks.into_iter());
        // Apart from `f`, so that no lock is held while it runs.
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        self.together(count, &|| {
            while let Some(task) = next() {
                f(task);
            }
        });
    }

    /// Cuts `out` (rows of `row` numbers) into chunks and calls `f(first_row, rows_of_out)` on each.
    /// `row_bytes` is the traffic of one row, inputs included.
    pub fn for_each_rows<T: Send>(
        &self,
        out: &mut [T],
        row: usize,
        row_bytes: usize,
        f: impl Fn(usize, &mut [T]) + Send + Sync,
    ) {
        self.for_each_rows_dyn(out, row, row_bytes, &f);
    }

    /// One copy for each type of number, not for each loop.
    fn for_each_rows_dyn<T: Send>(
        &self,
        out: &mut [T],
        row: usize,
        row_bytes: usize,
        f: &(dyn Fn(usize, &mut [T]) + Sync),
    ) {
        let rows = self.rows_per_chunk(row_bytes);
        let tasks = out.chunks_mut(rows * row.max(1)).enumerate().collect();
        self.for_each(tasks, |(i, part)| f(i * rows, part));
    }

    /// Runs `work`, which takes tasks until none is left, on as many threads as `count` tasks can keep busy.
    fn together(&self, count: usize, work: &(dyn Fn() + Sync)) {
        #[cfg(feature = "rayon")]
        if let Some(pool) = self.pool.as_ref().filter(|_| count > 1) {
            // The caller works too: it is awake already, the others come when they have woken up.
            return pool.in_place_scope(|scope| {
                (1..self.threads.min(count)).for_each(|_| scope.spawn(|_| work()));
                work();
            });
        }
        let _ = count;
        work();
    }
}

impl Default for Cpu {
    /// One thread a core.
    fn default() -> Cpu {
        Cpu::new(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

impl fmt::Debug for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpu({} threads)", self.threads)
    }
}
