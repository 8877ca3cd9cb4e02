//! The work of the benchmarked cases, as the interpreter counts it, is what `cuda/counters.tsv` says, from which bounds
//! follow; and `docs/cuda.md` has these bounds.
//!
//! A program of its own: what other tests launch would be counted too.

#[path = "cuda/card.rs"]
#[allow(dead_code)]
mod card;

use beltrami::cli::bench::bounds::{CARDS, Work, counted};
use beltrami::cli::bench::cases::{self, Case, Setup};
use beltrami::{DType, Error, Result};
use std::fmt::Write;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a share of the case costs, times the share.
fn count(case: &Case, driver: &cuda::Driver) -> Result<Work> {
    let device = crate::card::card();
    let mut job = (case.build)(&Setup { device: &device, dtype: DType::F32, share: case.share })?;
    // The first run may fill caches.
    job.run()?;
    driver.reset();
    job.run()?;
    device.synchronize()?;
    let (launches, counted) = driver.all_counters();
    let all = |events: u64| (events * case.share as u64) as f64;
    Ok(Work {
        launches: launches as f64,
        bytes: all(32 * (counted.sectors_read + counted.sectors_written)),
        f32: all(counted.flops_f32),
        f64: all(counted.flops_f64),
        mma: all(counted.flops_mma),
        special: all(counted.special_functions),
        warps: all(counted.warp_instructions),
    })
}

fn numbers(work: &Work) -> [f64; 7] {
    [work.launches, work.bytes, work.f32, work.f64, work.mma, work.special, work.warps]
}

/// Rounding differs between processors, and with it which rows are done in twice the precision.
fn is_close(a: &Work, b: &Work) -> bool {
    numbers(a).iter().zip(numbers(b)).all(|(a, b)| (a - b).abs() <= 0.02 * a.max(b))
}

#[test]
fn the_counted_work_is_what_kernels_do() {
    if crate::card::is_real() {
        return;
    }
    crate::card::card();
    // What is counted are our own kernels.
    beltrami::backend::cuda::leave_out_cublas();
    let driver = cuda::install().expect("the tests run on it");
    let mut table = String::from("case\tlaunches\tbytes\tf32\tf64\tmma\tspecial\twarps\n");
    let mut changed = vec![];
    let recorded: Vec<(&str, Work)> = counted().collect();
    for case in cases::all() {
        let before = recorded.iter().find(|(name, _)| *name == case.name).map(|(_, work)| work);
        let work = match count(case, driver) {
            Ok(work) => Some(work),
            // There is no kernel for it yet.
            Err(Error::Unsupported { .. }) => None,
            Err(error) => panic!("{}: {error}", case.name),
        };
        if let Some(work) = &work {
            let fields = numbers(work).map(|x| x.to_string()).join("\t");
            writeln!(table, "{}\t{fields}", case.name).expect("strings take all");
        }
        match (&work, before) {
            (Some(a), Some(b)) if is_close(a, b) => {}
            (None, None) => {}
            _ => changed.push(case.name),
        }
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counters.tsv");
    std::fs::write(&target, table).expect("the folder for tests' files");
    assert!(changed.is_empty(), "the work of {changed:?} has changed: copy {} to cuda/", target.display());
}

/// The bounds as `docs/cuda.md` has them.
fn bounds() -> String {
    let mut table = String::from("| case | kernels | MB | M warp instructions |");
    CARDS.iter().for_each(|card| table += &format!(" {}, µs | by |", card.name));
    table += &format!("\n|---|---|---|---|{}\n", "---|---|".repeat(CARDS.len()));
    for (name, work) in counted() {
        table += &format!("| {name} | {} | {:.1} | {:.2} |", work.launches, work.bytes / 1e6, work.warps / 1e6);
        for card in &CARDS {
            let (seconds, limit) = card.bound(&work);
            table += &format!(" {:.1} | {limit} |", seconds * 1e6);
        }
        table.push('\n');
    }
    table
}

#[test]
fn the_document_has_the_bounds() {
    let document = std::fs::read_to_string(Path::new(ROOT).join("docs/cuda.md")).expect("docs/cuda.md");
    let table = bounds();
    assert!(document.contains(&table), "docs/cuda.md lacks this table:\n{table}");
    assert!(counted().count() > 10);
}
