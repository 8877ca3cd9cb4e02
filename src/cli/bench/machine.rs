//! What this machine can do at best, measured, and the clocks to measure it with.

use crate::backend::cpu::Cpu;
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::{DType, Real};
use std::hint::black_box;
use std::time::Instant;

/// Rates in bytes and operations a second.
pub(super) struct Machine {
    /// Of streaming loops over arrays larger than the caches, counting each number read and each written once.
    pub bandwidth: f64,
    /// Of multiply-adds (two operations each) on registers.
    pub flops: f64,
}

impl Machine {
    /// The best of several tries on all threads of `cpu`.
    pub fn measure(cpu: &Cpu, dtype: DType) -> Machine {
        let flops = match dtype {
            DType::F64 => flops::<f64, 8>(cpu),
            _ => flops::<f32, 16>(cpu),
        };
        Machine { bandwidth: bandwidth(cpu), flops }
    }
}

/// y = x and z = x + 3 y, whichever is faster, on arrays of 32 MB.
fn bandwidth(cpu: &Cpu) -> f64 {
    const LEN: usize = 8 << 20;
    let x: Vec<f32> = (0..LEN).map(|i| i as f32).collect();
    let (mut y, mut z) = (x.clone(), x.clone());
    let mut best = 0.0_f64;
    for _ in 0..7 {
        let watch = Stopwatch::start();
        cpu.for_each_rows(&mut y, 1, 8, |first, y| y.copy_from_slice(&x[first..][..y.len()]));
        let copied = 2.0 / watch.stop().0;
        let watch = Stopwatch::start();
        cpu.for_each_rows(&mut z, 1, 12, |first, z| {
            let (x, y) = (&x[first..][..z.len()], &y[first..][..z.len()]);
            dispatch(Triad(x, y, z));
        });
        best = best.max(copied).max(3.0 / watch.stop().0);
    }
    black_box(&z);
    best * (LEN * size_of::<f32>()) as f64 * 1e3
}

struct Triad<'a>(&'a [f32], &'a [f32], &'a mut [f32]);
impl Kernel for Triad<'_> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for ((z, &x), &y) in self.2.iter_mut().zip(self.0).zip(self.1) {
            *z = x + 3.0 * y;
        }
    }
}

fn flops<T: Real, const LANES: usize>(cpu: &Cpu) -> f64 {
    const STEPS: usize = 1 << 18;
    let mut best = 0.0_f64;
    for _ in 0..7 {
        let watch = Stopwatch::start();
        cpu.for_each(vec![(); cpu.threads()], |()| {
            black_box(dispatch(MultiplyAdd::<T, LANES>(STEPS, T::from_f64(black_box(0.999)))));
        });
        best = best.max(1e3 / watch.stop().0);
    }
    best * (2 * STEPS * WAYS * LANES * cpu.threads()) as f64
}

/// Independent chains of multiply-adds, enough to hide their latency; each fills the widest register.
const WAYS: usize = 10;

struct MultiplyAdd<T, const LANES: usize>(usize, T);
impl<T: Real, const LANES: usize> Kernel for MultiplyAdd<T, LANES> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        let mut acc = [[T::one(); LANES]; WAYS];
        for _ in 0..self.0 {
            for way in &mut acc {
                *way = std::array::from_fn(
                    |i| {
                        if FMA { way[i].mul_add(self.1, self.1) } else { way[i] * self.1 + self.1 }
                    },
                );
            }
        }
        acc.iter().flatten().copied().sum()
    }
}

/// Wall and CPU time since a moment.
pub(super) struct Stopwatch(Instant, Option<f64>);

impl Stopwatch {
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now(), cpu_ms())
    }

    /// Milliseconds of wall time and of CPU time over all threads (NaN where the system does not tell).
    pub fn stop(&self) -> (f64, f64) {
        let cpu = cpu_ms().zip(self.1).map_or(f64::NAN, |(now, then)| now - then);
        (self.0.elapsed().as_secs_f64() * 1e3, cpu)
    }
}

/// CPU milliseconds of this process so far.
#[cfg(unix)]
fn cpu_ms() -> Option<f64> {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(t.tv_sec as f64 * 1e3 + t.tv_nsec as f64 / 1e6)
}

#[cfg(not(unix))]
fn cpu_ms() -> Option<f64> {
    None
}
