//! One source, several instruction sets: loops compiled for each and chosen at run time.
//!
//! A [`Kernel`] is a loop written once in plain Rust. [`dispatch`] holds one compiled copy of it for each [`Level`] and
//! runs the best one that this machine has; inside a copy the compiler vectorises the loop with that level's registers.
//! This works only if everything between the copy and the arithmetic is inlined, so `run` and all it calls for each
//! number are `#[inline(always)]` and free of branches (selects only).
//!
//! `FMA` says whether the copy has fused multiply-add. All levels with it give the same bits; the x86 baseline, which
//! lacks it, may differ in the last places.

mod lanes;

pub use lanes::{F64x4, F64x8, out_of_line};

use std::fmt::{self, Display};
use std::sync::OnceLock;

/// An instruction set that kernels are compiled for, from least to most capable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// What the program as a whole was compiled for: SSE2 on x86-64, NEON on 64-bit ARM.
    Baseline,
    /// 256-bit registers and fused multiply-add.
    Avx2,
    /// 512-bit registers.
    Avx512,
}

impl Level {
    /// All levels that this machine can run, from least to most capable.
    pub fn available() -> impl Iterator<Item = Level> {
        [Level::Baseline, Level::Avx2, Level::Avx512].into_iter().filter(|&l| l <= level())
    }

    /// Whether kernels at this level have fused multiply-add.
    pub const fn has_fma(self) -> bool {
        BASELINE_FMA || !matches!(self, Level::Baseline)
    }
}

impl Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Baseline => "baseline",
            Level::Avx2 => "avx2+fma",
            Level::Avx512 => "avx512",
        })
    }
}

/// 64-bit ARM has fused multiply-add in its baseline, x86-64 only where the whole program is compiled for it.
const BASELINE_FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

/// The most capable level of this machine (looked up once).
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(detect)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    use std::arch::is_x86_feature_detected as has;
    let avx2 = has!("avx2") && has!("fma") && has!("bmi1") && has!("bmi2");
    let avx512 = has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Baseline,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

/// A loop to be compiled for every level. Mark `run` `#[inline(always)]`.
pub trait Kernel {
    /// What the loop returns.
    type Output;
    /// The loop. `FMA`: fused multiply-add is one instruction here; without it, a multiplication and an addition.
    fn run<const FMA: bool>(self) -> Self::Output;
}

/// Runs the copy of `k` compiled for this machine.
#[inline]
pub fn dispatch<K: Kernel>(k: K) -> K::Output {
    // SAFETY: `level` has just found what this machine has.
    unsafe { run_at(level(), k) }
}

/// Proof that this machine has fused multiply-add, in registers of 256 bits where it is an x86.
///
/// For code of which there should be one copy only: what cannot be had without fused multiply-add is left out.
#[derive(Clone, Copy, Debug)]
pub struct Fused(());

impl Fused {
    /// The proof, if it is true.
    pub fn available() -> Option<Fused> {
        level().has_fma().then_some(Fused(()))
    }

    /// Runs the one copy of `k`, compiled with these instructions and out of line.
    #[inline(always)]
    pub fn run<K: Kernel>(self, k: K) -> K::Output {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the proof exists only where `level` has found AVX2 with fused multiply-add.
        unsafe {
            avx2(k)
        }
        #[cfg(not(target_arch = "x86_64"))]
        k.run::<true>()
    }
}

/// Runs the copy of `k` compiled for `at`, for tests and measurements.
///
/// # Panics
/// If this machine does not have that level.
pub fn dispatch_at<K: Kernel>(at: Level, k: K) -> K::Output {
    assert!(at <= level(), "this machine has {}, not {at}", level());
    // SAFETY: just checked.
    unsafe { run_at(at, k) }
}

/// SAFETY: the machine must have level `at`.
#[inline]
unsafe fn run_at<K: Kernel>(at: Level, k: K) -> K::Output {
    match at {
        // SAFETY: the caller has checked that the machine has these instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { avx512(k) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2(k) },
        _ => k.run::<BASELINE_FMA>(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi1,bmi2")]
fn avx512<K: Kernel>(k: K) -> K::Output {
    k.run::<true>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2")]
fn avx2<K: Kernel>(k: K) -> K::Output {
    k.run::<true>()
}

/// A function of one number, to be applied along a slice. Mark `eval` `#[inline(always)]`.
pub trait Map<T> {
    /// The value at `x`, without branches.
    fn eval<const FMA: bool>(x: T) -> T;
}

/// A function of two numbers, to be applied along two slices. Mark `eval` `#[inline(always)]`.
pub trait Map2<T> {
    /// The value at `(a, b)`, without branches.
    fn eval<const FMA: bool>(a: T, b: T) -> T;
}

/// `y[i] = F(x[i])`.
///
/// # Panics
/// If the lengths differ; so do the other maps.
pub fn map<T: Copy, F: Map<T>>(x: &[T], y: &mut [T]) {
    map_at::<T, F>(level(), x, y);
}

/// [`map`] at a chosen level, see [`dispatch_at`].
pub fn map_at<T: Copy, F: Map<T>>(at: Level, x: &[T], y: &mut [T]) {
    struct Loop<'a, T, F>(&'a [T], &'a mut [T], std::marker::PhantomData<F>);
    impl<T: Copy, F: Map<T>> Kernel for Loop<'_, T, F> {
        type Output = ();
        #[inline(always)]
        fn run<const FMA: bool>(self) {
            for (y, &x) in self.1.iter_mut().zip(self.0) {
                *y = F::eval::<FMA>(x);
            }
        }
    }
    assert_eq!(x.len(), y.len(), "map: lengths differ");
    dispatch_at(at, Loop::<T, F>(x, y, std::marker::PhantomData));
}

/// `x[i] = F(x[i])`.
pub fn map_in_place<T: Copy, F: Map<T>>(x: &mut [T]) {
    struct Loop<'a, T, F>(&'a mut [T], std::marker::PhantomData<F>);
    impl<T: Copy, F: Map<T>> Kernel for Loop<'_, T, F> {
        type Output = ();
        #[inline(always)]
        fn run<const FMA: bool>(self) {
            for x in self.0 {
                *x = F::eval::<FMA>(*x);
            }
        }
    }
    dispatch(Loop::<T, F>(x, std::marker::PhantomData));
}

/// `y[i] = F(a[i], b[i])`.
pub fn map2<T: Copy, F: Map2<T>>(a: &[T], b: &[T], y: &mut [T]) {
    struct Loop<'a, T, F>(&'a [T], &'a [T], &'a mut [T], std::marker::PhantomData<F>);
    impl<T: Copy, F: Map2<T>> Kernel for Loop<'_, T, F> {
        type Output = ();
        #[inline(always)]
        fn run<const FMA: bool>(self) {
            for ((y, &a), &b) in self.2.iter_mut().zip(self.0).zip(self.1) {
                *y = F::eval::<FMA>(a, b);
            }
        }
    }
    assert!(a.len() == y.len() && b.len() == y.len(), "map2: lengths differ");
    dispatch(Loop::<T, F>(a, b, y, std::marker::PhantomData));
}
