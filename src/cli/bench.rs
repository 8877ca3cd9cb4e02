//! `beltrami bench`: times the cases of [`cases`], and says how near they come to what the machine can do.

pub mod cases;
mod machine;

use super::{Outcome, glob};
use crate::{DType, Device, Error, Result};
use cases::{Case, Job};
use machine::{Machine, Stopwatch};
use serde_json::{Value, json};

/// Times operations: wall and CPU milliseconds, and the shares of the machine's bandwidth and arithmetic reached.
///
/// `fwd` runs forward untracked; `fwdbwd` runs forward and backward with a fixed random cotangent, for the gradients of
/// every input and parameter. The first call is reported apart and never counted.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only cases whose name fits one of these patterns (`*` and `?`), separated by commas.
    #[arg(default_value = "*", value_name = "GLOB")]
    cases: String,
    /// How many threads compute.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: u16,
    /// How often each case is timed.
    #[arg(long, default_value_t = 9, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
    /// Seconds a case may take, its first call excepted.
    #[arg(long, default_value_t = 20.0, value_name = "SECONDS")]
    cap: f64,
    /// Compute in f64 instead of f32.
    #[arg(long)]
    f64: bool,
    /// One JSON object a case and line.
    #[arg(long)]
    json: bool,
    /// Print the names of the cases and run nothing.
    #[arg(long)]
    list: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let chosen: Vec<&Case> = cases::all().filter(|c| args.cases.split(',').any(|g| glob(g, c.name))).collect();
    if chosen.is_empty() {
        return Err(Error::Argument {
            op: "bench",
            what: format!("no case fits {}", args.cases),
            remedy: "`beltrami bench --list` names them".into(),
        });
    }
    if args.list {
        chosen.iter().for_each(|case| println!("{}", case.name));
        return Ok(Outcome::Passed);
    }
    let device = Device::cpu_with_threads(args.threads.into());
    let dtype = if args.f64 { DType::F64 } else { DType::F32 };
    let machine = Machine::measure(device.cpu_for("bench")?, dtype);
    if !args.json {
        println!(
            "{} thread(s), {dtype}: copies {:.1} GB/s, multiply-adds {:.1} GFLOP/s. \
             Bytes: every input read and every result written once.",
            device.threads(),
            machine.bandwidth / 1e9,
            machine.flops / 1e9
        );
        println!(
            "{:34} {:>9} {:>9} {:>9} {:>8} {:>7} {:>9} {:>7}",
            "case", "ms min", "median", "cpu", "MB", "of bw", "MFLOP", "of peak"
        );
    }
    let mut outcome = Outcome::Passed;
    for case in chosen {
        let timing = Timing::of((case.build)(&device, dtype)?, args)?;
        if !timing.finite {
            outcome = Outcome::Failed;
        }
        if args.json {
            println!("{}", timing.record(case, &device, dtype, &machine));
        } else {
            println!("{}", timing.row(case, dtype, &machine));
        }
    }
    Ok(outcome)
}

/// What a case took, in milliseconds.
struct Timing {
    first: f64,
    wall: Vec<f64>,
    cpu: Vec<f64>,
    finite: bool,
}

impl Timing {
    fn of(mut job: Job, args: &Args) -> Result<Timing> {
        let mut once = || -> Result<(f64, f64)> {
            let watch = Stopwatch::start();
            job.run()?;
            Ok(watch.stop())
        };
        let (first, _) = once()?;
        let total = Stopwatch::start();
        for _ in 0..if args.repeats == 1 { 0 } else { 2 } {
            if total.stop().0 < 1e3 * args.cap / 4.0 {
                once()?;
            }
        }
        let (mut wall, mut cpu) = (vec![], vec![]);
        while wall.len() < args.repeats as usize && (wall.is_empty() || total.stop().0 < 1e3 * args.cap) {
            let (w, c) = once()?;
            wall.push(w);
            cpu.push(c);
        }
        wall.sort_by(f64::total_cmp);
        cpu.sort_by(f64::total_cmp);
        Ok(Timing { first, wall, cpu, finite: job.is_finite() })
    }

    /// What was reached of the machine: bandwidth, then arithmetic.
    fn shares(&self, case: &Case, dtype: DType, machine: &Machine) -> (f64, f64) {
        let seconds = self.wall[0] / 1e3;
        (case.bytes(dtype) / seconds / machine.bandwidth, case.flops / seconds / machine.flops)
    }

    fn record(&self, case: &Case, device: &Device, dtype: DType, machine: &Machine) -> Value {
        let round = |x: f64| (x * 1e4).round() / 1e4;
        let (bandwidth, peak) = self.shares(case, dtype, machine);
        json!({
            "case": case.name,
            "peer": "beltrami",
            "library": "beltrami",
            "threads": device.threads(),
            "dtype": dtype.name(),
            "ms_median": round(median(&self.wall)),
            "ms_min": round(self.wall[0]),
            "cpu_ms_median": round(median(&self.cpu)),
            "repeats": self.wall.len(),
            "first_ms": round(self.first),
            "finite": self.finite,
            "bytes_floor": case.bytes(dtype),
            "flops_floor": case.flops,
            "machine_gb_per_s": round(machine.bandwidth / 1e9),
            "machine_gflop_per_s": round(machine.flops / 1e9),
            "bandwidth_share": round(bandwidth),
            "peak_share": round(peak),
        })
    }

    fn row(&self, case: &Case, dtype: DType, machine: &Machine) -> String {
        let (bandwidth, peak) = self.shares(case, dtype, machine);
        format!(
            "{:34} {:9.3} {:9.3} {:9.3} {:8.1} {:6.0}% {:9.1} {:6.0}%{}",
            case.name,
            self.wall[0],
            median(&self.wall),
            median(&self.cpu),
            case.bytes(dtype) / 1e6,
            100.0 * bandwidth,
            case.flops / 1e6,
            100.0 * peak,
            if self.finite { "" } else { "  NOT FINITE" }
        )
    }
}

/// The middle of sorted numbers.
fn median(sorted: &[f64]) -> f64 {
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}
