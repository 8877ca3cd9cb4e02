//! The least time that a case can take on a card without caches, from the work that it was counted to do: a roofline
//! (Williams, Waterman, Patterson 2009). A bound on an ideal machine, not a measurement and no forecast: it knows nothing of
//! latency and occupancy, what PTX counts as one instruction may become several, and what is read again may come from a cache.
//!
//! The work is counted by the interpreter of `tests/ptx-sim` in `tests/bounds.rs`, which writes `cuda/counters.tsv`.

/// What a case in f32 does, at its full size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Kernels launched.
    pub launches: f64,
    /// Bytes of the sectors of global memory that warps touch.
    pub bytes: f64,
    /// Operations on f32, two for a fused multiply-add.
    pub f32: f64,
    /// Operations on f64.
    pub f64: f64,
    /// Operations of the matrix units on bf16.
    pub mma: f64,
    /// Exponentials, roots and the like, of the special function units.
    pub special: f64,
    /// Instructions of warps.
    pub warps: f64,
}

/// A card: what it can do at most.
pub struct Card {
    /// Its name.
    pub name: &'static str,
    /// Bytes of memory a second.
    bandwidth: f64,
    multiprocessors: f64,
    /// The highest clock, in Hz.
    clock: f64,
    /// Operations of a multiprocessor in a clock.
    f32: f64,
    f64: f64,
    mma: f64,
}

/// NVIDIA H100 Tensor Core GPU Architecture (2022), SXM5 board, and NVIDIA A100 Tensor Core GPU Architecture (2020) with the
/// data sheet of the 80 GB SXM board; operations in a clock from the CUDA C++ Programming Guide, "Arithmetic Instructions",
/// and for matrices of bf16 without sparsity from the same papers.
pub const CARDS: [Card; 2] = [
    Card {
        name: "H100",
        bandwidth: 3.35e12,
        multiprocessors: 132.0,
        clock: 1.98e9,
        f32: 256.0,
        f64: 128.0,
        mma: 4096.0,
    },
    Card {
        name: "A100",
        bandwidth: 2.04e12,
        multiprocessors: 108.0,
        clock: 1.41e9,
        f32: 128.0,
        f64: 64.0,
        mma: 2048.0,
    },
];

/// Results of the special function units of a multiprocessor in a clock, and warp instructions that it can issue.
const SPECIAL: f64 = 16.0;
const ISSUE: f64 = 4.0;

/// Seconds between kernels that follow each other in a stream, assumed.
const LAUNCH: f64 = 2e-6;

impl Card {
    /// The least seconds for `work`, and what takes them.
    pub fn bound(&self, work: &Work) -> (f64, &'static str) {
        let clocks = self.multiprocessors * self.clock;
        let needs = [
            (work.bytes / self.bandwidth, "memory"),
            (work.f32 / (self.f32 * clocks), "f32"),
            (work.f64 / (self.f64 * clocks), "f64"),
            (work.mma / (self.mma * clocks), "matrix units"),
            (work.special / (SPECIAL * clocks), "special functions"),
            (work.warps / (ISSUE * clocks), "issue"),
        ];
        let most = needs.into_iter().fold((0.0, "launch"), |a, b| if b.0 > a.0 { b } else { a });
        (most.0 + LAUNCH * work.launches, most.1)
    }
}

/// The counted cases by name.
pub fn counted() -> impl Iterator<Item = (&'static str, Work)> {
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/counters.tsv")).lines().skip(1).filter_map(|line| {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        let numbers: Vec<f64> = fields.map_while(|field| field.parse().ok()).collect();
        let [launches, bytes, f32, f64, mma, special, warps] = numbers[..] else { return None };
        Some((name, Work { launches, bytes, f32, f64, mma, special, warps }))
    })
}

/// The work of a case, if it was counted.
pub fn work(case: &str) -> Option<Work> {
    counted().find_map(|(name, work)| (name == case).then_some(work))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scarcest_resource_decides() {
        let [h100, a100] = CARDS;
        let copy = Work { launches: 1.0, bytes: 3.35e9, warps: 1e6, ..Work::default() };
        let (seconds, limit) = h100.bound(&copy);
        assert!((seconds - 1.002e-3).abs() < 1e-9 && limit == "memory", "{seconds} {limit}");
        // 108 · 64 · 1.41 GHz: the 9.7 TFLOP/s of the data sheet.
        let (seconds, limit) = a100.bound(&Work { f64: 9.746e9, ..copy });
        assert!(seconds > 1.6e-3 && limit == "memory", "{seconds} {limit}");
        let (seconds, limit) = a100.bound(&Work { f64: 97.46e9, ..copy });
        assert!((seconds - 1.0002e-2).abs() < 1e-5 && limit == "f64", "{seconds} {limit}");
    }
}
