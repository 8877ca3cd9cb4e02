//! Threads: who runs a chunk never changes what a chunk is.
//!
//! Work is cut into chunks by shape alone, each chunk writes its own part of the output, and partial sums are combined
//! in chunk order. So any number of threads gives the same bits.

use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Bytes of traffic that make a chunk worth handing to another thread.
const GRAIN: usize = 128 << 10;

/// A CPU with its own thread pool.
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
                .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(named).build().ok())
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

    /// Runs `f` on every task, in any order, on the pool; returns when all are done.
    pub fn for_each<T: Send>(&self, tasks: Vec<T>, f: impl Fn(T) + Send + Sync) {
        if self.threads == 1 || tasks.len() < 2 {
            return tasks.into_iter().for_each(f);
        }
        let slots: Vec<Mutex<Option<T>>> = tasks.into_iter().map(|t| Mutex::new(Some(t))).collect();
        self.run(slots.len(), &|i| {
            let task = slots[i].lock().unwrap_or_else(PoisonError::into_inner).take();
            task.into_iter().for_each(&f);
        });
    }

    /// Calls `f(0) … f(n − 1)` on the pool. Not generic, so that the pool's machinery is compiled once.
    fn run(&self, n: usize, f: &(dyn Fn(usize) + Send + Sync)) {
        #[cfg(feature = "rayon")]
        if let Some(pool) = &self.pool {
            use rayon::prelude::*;
            return pool.install(|| (0..n).into_par_iter().with_max_len(1).for_each(f));
        }
        (0..n).for_each(f);
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
        self.rows(out, row, row_bytes, &f);
    }

    /// Compiled once a number type, not once a loop.
    fn rows<T: Send>(&self, out: &mut [T], row: usize, row_bytes: usize, f: &(dyn Fn(usize, &mut [T]) + Send + Sync)) {
        let rows = self.rows_per_chunk(row_bytes);
        let mut tasks = Vec::with_capacity(out.len().div_ceil(rows * row.max(1)));
        for (i, part) in out.chunks_mut(rows * row.max(1)).enumerate() {
            tasks.push((i * rows, part));
        }
        self.for_each(tasks, |(first, part)| f(first, part));
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
