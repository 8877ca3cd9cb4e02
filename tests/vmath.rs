//! The elementary functions against exact values: every entry of the table, every level this machine has.
//!
//! The exhaustive sweeps over all f32 arguments are ignored by default; run them in release mode:
//! `cargo test --release --test vmath -- --ignored`.

use beltrami::backend::cpu::simd::{Level, level};
use beltrami::backend::cpu::vmath::{FUNCTIONS, Function};
use rayon::prelude::*;

/// The error of `got` in ulp of `exact`; infinite where only one is NaN or a zero has the wrong sign.
fn error_f32(got: f32, exact: f64) -> f64 {
    const BEYOND: f64 = (1u128 << 127) as f64 * 2.0;
    if got.is_nan() || exact.is_nan() {
        return if got.is_nan() && exact.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if exact == 0.0 {
        return if got == 0.0 && got.is_sign_negative() == exact.is_sign_negative() { 0.0 } else { f64::INFINITY };
    }
    // An overflow counts as the number after the largest.
    let got = f64::from(got).clamp(-BEYOND, BEYOND);
    let exact = exact.clamp(-BEYOND, BEYOND);
    let exponent = (exact.abs().to_bits() >> 52).clamp(1023 - 126, 1023 + 127);
    (got - exact).abs() / f64::from_bits((exponent - 23) << 52)
}

/// The error of `got` in ulp of `near + rest` ulp.
fn error_f64(got: f64, near: f64, rest: f64) -> f64 {
    if got == near {
        return rest.abs();
    }
    let exponent = (near.abs().to_bits() >> 52).max(1);
    let (unit, up) = if exponent > 52 {
        (f64::from_bits((exponent - 52) << 52), 1.0)
    } else {
        (f64::from_bits(1 << 52), 2f64.powi(53 - exponent as i32))
    };
    ((got - near) * up / unit - rest).abs()
}

/// The worst error, and where.
type Worst = (f64, f64);

fn worse(a: Worst, b: Worst) -> Worst {
    if b.0 <= a.0 { a } else { b }
}

/// The baseline and the best level; those between agree with the best, see [`levels_agree`].
fn extremes() -> Vec<Level> {
    let mut levels = vec![Level::Baseline, level()];
    levels.dedup();
    levels
}

/// The worst error of `f` at both extremes over the bit patterns, in blocks, judged by `exact`.
fn sweep(f: &Function, exact: impl Fn(&[f64], &mut [f64]), mut patterns: impl Iterator<Item = u32>) -> Vec<Worst> {
    let levels = extremes();
    let mut worst = vec![(0.0, 0.0); levels.len()];
    let (mut y, mut judge) = (vec![0.0; 4096], vec![0.0; 4096]);
    loop {
        let block = patterns.by_ref().take(y.len());
        let x: Vec<f32> = block.map(f32::from_bits).collect();
        if x.is_empty() {
            return worst;
        }
        let wide: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
        exact(&wide, &mut judge[..x.len()]);
        for (&at, worst) in levels.iter().zip(&mut worst) {
            (f.f32)(at, &x, &mut y[..x.len()]);
            for ((&x, &y), &exact) in wide.iter().zip(&y).zip(&judge) {
                // The nearest f32 is not worth a closer look: errors up to 0.5 cannot be avoided.
                if y.to_bits() != (exact as f32).to_bits() {
                    *worst = worse(*worst, (error_f32(y, exact), x));
                }
            }
        }
    }
}

/// Prints the worst errors and holds them against the bound.
fn judge(name: &str, bound: f64, worst: &[Worst]) {
    for (at, (error, x)) in extremes().iter().zip(worst) {
        println!("{name:8} {at} {error:.3} ulp at {x:e}");
    }
    let holds = worst.iter().all(|(error, _)| *error <= bound);
    assert!(holds, "{name}: {worst:?}, bound {bound}");
}

#[test]
fn f32_strided() {
    // Where the formulas change over, and where results overflow, underflow or saturate.
    let special = [
        0.0f32, 1e-38, 0.17, 0.25, 0.3466, 0.5, 0.707, 1.0, 1.414, 2.0, 4.0, 9.01, 10.0, 17.3, 88.0, 88.72, 89.41,
        103.97, 16384.0, 1048576.0, 3.4e38,
    ];
    let near = |s: f32| (s.to_bits().saturating_sub(300)..s.to_bits() + 300).flat_map(|b| [b, b | 1 << 31]);
    for f in FUNCTIONS {
        let patterns = (0..=u32::MAX).step_by(10007).chain(special.into_iter().flat_map(near));
        let std = |x: &[f64], y: &mut [f64]| {
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = (f.reference)(x));
        };
        judge(f.name, f.ulp_f32, &sweep(f, std, patterns));
    }
}

/// All f32 arguments, judged by our f64 functions, which [`f64_golden`] holds against exact values.
fn exhaustive(name: &str) {
    let named = |f: &&Function| f.name == name;
    let f = FUNCTIONS.iter().find(named).expect("in the table");
    let start = std::time::Instant::now();
    let worst = (0..1u32 << 12)
        .into_par_iter()
        .map(|block| {
            let patterns = (block << 20)..=(block << 20 | 0xf_ffff);
            sweep(f, |x, y| (f.f64)(level(), x, y), patterns)
        })
        .reduce_with(|a, b| a.into_iter().zip(b).map(|(a, b)| worse(a, b)).collect())
        .expect("some blocks");
    println!("{name}: {:.0} s", start.elapsed().as_secs_f64());
    judge(name, f.ulp_f32, &worst);
}

#[test]
fn f64_golden() {
    let folder =
        std::env::var("VMATH_GOLDEN").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/vmath").into());
    for f in FUNCTIONS {
        let text = std::fs::read_to_string(format!("{folder}/{}.tsv", f.name)).expect("golden values");
        let bits = |s: &str| f64::from_bits(u64::from_str_radix(s, 16).expect("hexadecimal"));
        let row = |line: &str| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().expect("three cells");
            let (x, near) = (bits(cell()), bits(cell()));
            (x, near, cell().parse().expect("a number"))
        };
        let rows: Vec<(f64, f64, f64)> = text.lines().map(row).collect();
        let x: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let mut y = vec![0.0; x.len()];
        for at in Level::available() {
            (f.f64)(at, &x, &mut y);
            let errors = rows.iter().zip(&y).map(|(&(x, near, rest), &got)| (error_f64(got, near, rest), x));
            let (error, x) = errors.fold((0.0, 0.0), worse);
            println!("{:8} {at} {error:.3} ulp at {x:e}", f.name);
            assert!(error <= f.ulp_f64, "{} at {at}: {error} ulp at {x:e}", f.name);
        }
    }
}

/// Function, then `x>f(x)` in both widths; ±1e4 is beyond the range of both.
const SPECIAL: &str = "
exp 0>1 -0>1 inf>inf -inf>0 1e4>inf -1e4>0
expm1 0>0 -0>-0 inf>inf -inf>-1 1e4>inf -1e4>-1
sigmoid 0>0.5 -0>0.5 inf>1 -inf>0 1e4>1 -1e4>0
sinh 0>0 -0>-0 inf>inf -inf>-inf 1e4>inf -1e4>-inf
cosh 0>1 -0>1 inf>inf -inf>inf 1e4>inf -1e4>inf
tanh 0>0 -0>-0 inf>1 -inf>-1 20>1 -20>-1
ln 1>0 0>-inf -0>-inf inf>inf -1>nan -inf>nan
ln_1p 0>0 -0>-0 -1>-inf inf>inf -2>nan -inf>nan
asinh 0>0 -0>-0 inf>inf -inf>-inf
acosh 1>0 inf>inf 0.5>nan 0>nan -1>nan -inf>nan
atanh 0>0 -0>-0 1>inf -1>-inf 1.5>nan -1.5>nan inf>nan -inf>nan
erf 0>0 -0>-0 inf>1 -inf>-1 7>1 -7>-1
erfc 0>1 -0>1 inf>0 -inf>2 30>0 -7>2
sin 0>0 -0>-0 inf>nan -inf>nan
cos 0>1 -0>1 inf>nan -inf>nan
";

/// Exact at every level: zeros with their sign, infinities, NaN, the ends of domains, saturation, tiny arguments.
#[test]
fn special_values() {
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    for f in FUNCTIONS {
        let mut rows = SPECIAL.lines().map(str::split_whitespace);
        let row = rows.find_map(|mut row| (row.next() == Some(f.name)).then_some(row));
        let number = |s: &str| s.parse::<f64>().expect("a number");
        let row = row.expect("special values of every function");
        let pairs = row.map(|pair| pair.split_once('>').expect("a pair"));
        let mut pairs: Vec<(f64, f64)> = pairs.map(|(x, y)| (number(x), number(y))).collect();
        // Functions that are like x at 0 give tiny arguments back.
        let linear = f.name != "erf" && pairs.contains(&(0.0, 0.0));
        pairs.push((f64::NAN, f64::NAN));
        for at in Level::available() {
            for &(x, want) in &pairs {
                // 18 lanes: some in full vectors, some in the loop's remainder.
                let (mut wide, mut narrow) = ([0.0; 18], [0.0; 18]);
                (f.f64)(at, &[x; 18], &mut wide);
                (f.f32)(at, &[x as f32; 18], &mut narrow);
                for y in wide.into_iter().chain(narrow.map(f64::from)) {
                    assert!(same(y, want), "{}({x}) at {at}: {y}, want {want}", f.name);
                }
            }
            let tiny = [f64::from_bits(1), -f64::from_bits(1), f64::MIN_POSITIVE, -1e-310];
            let tiny32 = [f32::from_bits(1), -f32::from_bits(1), f32::MIN_POSITIVE, -1e-41];
            if linear {
                let (mut y, mut y32) = ([0.0; 4], [0.0; 4]);
                (f.f64)(at, &tiny, &mut y);
                (f.f32)(at, &tiny32, &mut y32);
                assert_eq!((y, y32), (tiny, tiny32), "{} at {at}", f.name);
            }
        }
    }
}

/// Levels with fused multiply-add agree to the bit.
#[test]
fn levels_agree() {
    let levels: Vec<Level> = Level::available().filter(|l| l.has_fma()).collect();
    let x: Vec<f32> = (0..1u32 << 16).map(|i| f32::from_bits(i.wrapping_mul(0x9e37_79b9))).collect();
    let wide: Vec<f64> = x.iter().map(|&x| f64::from(x) * 1.000_000_1).collect();
    for f in FUNCTIONS {
        let bits = |at: Level| {
            let (mut y, mut y64) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            (f.f32)(at, &x, &mut y);
            (f.f64)(at, &wide, &mut y64);
            // The payload of NaN is nobody's promise.
            let one = |y: f32| if y.is_nan() { 0 } else { y.to_bits() };
            let two = |y: f64| if y.is_nan() { 0 } else { y.to_bits() };
            (y.into_iter().map(one).collect::<Vec<_>>(), y64.into_iter().map(two).collect::<Vec<_>>())
        };
        assert!(levels.windows(2).all(|l| bits(l[0]) == bits(l[1])), "{}", f.name);
    }
}

#[test]
#[ignore = "all 2^32 arguments"]
fn exhaustive_exp() {
    exhaustive("exp");
}

#[test]
#[ignore = "all 2^32 arguments"]
fn exhaustive_tanh() {
    exhaustive("tanh");
}

#[test]
#[ignore = "all 2^32 arguments, all functions; VMATH_ONLY=sin,cos chooses"]
fn exhaustive_all() {
    let only = std::env::var("VMATH_ONLY").unwrap_or_default();
    for f in FUNCTIONS {
        if only.is_empty() || only.split(',').any(|name| name == f.name) {
            exhaustive(f.name);
        }
    }
}
