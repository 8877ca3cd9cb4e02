//! `beltrami bench`: times the cases of [`cases`], and says how near they come to what the machine can do.

pub mod bounds;
pub mod cases;
mod machine;

use super::{Outcome, glob};
use crate::{DType, Device, Error, Result};
use bounds::CARDS;
use cases::{Case, Setup};
use machine::{Machine, Stopwatch};
use serde_json::{Value, json};

/// Times operations: wall and CPU milliseconds, and the shares of the machine's bandwidth and arithmetic reached.
///
/// `fwd` runs forward untracked; `fwdbwd` runs forward and backward with a fixed random cotangent, for the gradients of
/// every input and parameter. The first call is reported apart and never counted. A card is waited for after each call;
/// beside it stand lower bounds for two cards, computed from counted work (docs/cuda.md), which are no measurements.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only cases whose name fits one of these patterns (`*` and `?`), separated by commas.
    #[arg(default_value = "*", value_name = "GLOB")]
    cases: String,
    /// Where to compute, separated by commas: cpu, cuda (card 0).
    #[arg(long, default_value = "cpu", value_delimiter = ',', value_name = "DEVICES", value_parser = ["cpu", "cuda"])]
    device: Vec<String>,
    /// How many threads of the processor compute.
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
    /// One JSON object a case, device and line.
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
    let bench = Bench::new(args)?;
    if !args.json {
        bench.print_head()?;
    }
    let mut outcome = Outcome::Passed;
    for case in chosen {
        if !bench.run(case)? {
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}

/// What is asked for, and where.
struct Bench<'a> {
    args: &'a Args,
    dtype: DType,
    cpu: Option<(Device, Machine)>,
    /// The card, or why there is none.
    card: Option<std::result::Result<Device, Error>>,
}

impl Bench<'_> {
    fn new(args: &Args) -> Result<Bench<'_>> {
        let asked = |name| args.device.iter().any(|device| device == name);
        let dtype = if args.f64 { DType::F64 } else { DType::F32 };
        let device = Device::cpu_with_threads(args.threads.into());
        let machine = asked("cpu").then(|| Ok(Machine::measure(device.cpu_for("bench")?, dtype))).transpose()?;
        let card = match asked("cuda").then(|| Device::cuda(0)) {
            Some(Err(error)) if !matches!(error, Error::CudaUnavailable { .. }) => return Err(error),
            card => card,
        };
        Ok(Bench { args, dtype, cpu: machine.map(|machine| (device, machine)), card })
    }

    fn print_head(&self) -> Result<()> {
        let mut columns = format!("{:34}", "case");
        if let Some((device, machine)) = &self.cpu {
            println!(
                "{} thread(s), {}: copies {:.1} GB/s, multiply-adds {:.1} GFLOP/s. \
                 Bytes: every input read and every result written once.",
                device.threads(),
                self.dtype,
                machine.bandwidth / 1e9,
                machine.flops / 1e9
            );
            columns += &format!(
                " {:>9} {:>9} {:>9} {:>8} {:>7} {:>9} {:>7}",
                "ms min", "median", "cpu", "MB", "of bw", "MFLOP", "of peak"
            );
        }
        match &self.card {
            Some(Ok(card)) => {
                let info = card.cuda_info()?.map_or_else(String::new, |info| info.to_string());
                println!("{card} {info}: waited for after each call.");
                columns += &format!(" {:>9} {:>9}", "card min", "median");
            }
            Some(Err(error)) => println!("{error}."),
            None => {}
        }
        if self.card.is_some() {
            println!("Columns with >= are lower bounds for f32 in ms, from counted work (docs/cuda.md), not measured.");
            CARDS.iter().for_each(|card| columns += &format!(" {:>9}", format!(">= {}", card.name)));
        }
        println!("{columns}");
        Ok(())
    }

    /// Times a case wherever it is asked for; whether all its results are finite.
    fn run(&self, case: &Case) -> Result<bool> {
        let cpu =
            self.cpu.as_ref().map(|(device, machine)| Ok((self.time(case, device)?, device, machine))).transpose()?;
        let card = match &self.card {
            Some(Ok(device)) => match self.time(case, device) {
                Ok(timing) => Some((timing, device)),
                // The card has no kernel for it yet.
                Err(Error::Unsupported { .. }) => None,
                Err(error) => return Err(error),
            },
            _ => None,
        };
        let bounds = self.bounds(case);
        let finite = cpu.iter().map(|c| c.0.finite).chain(card.iter().map(|c| c.0.finite)).all(|finite| finite);
        if self.args.json {
            if let Some((timing, device, machine)) = &cpu {
                println!("{}", timing.record(case, device, self.dtype, Some(machine)));
            }
            if let Some((timing, device)) = &card {
                println!("{}", timing.record(case, device, self.dtype, None));
            }
            for (card, seconds) in CARDS.iter().zip(&bounds) {
                println!("{}", json!({ "case": case.name, "card": card.name, "ms_bound": round(seconds * 1e3) }));
            }
            return Ok(finite);
        }
        let mut row = format!("{:34}", case.name);
        if let Some((timing, _, machine)) = &cpu {
            row += &timing.columns(case, self.dtype, machine);
        }
        if let Some((timing, _)) = &card {
            row += &format!(" {:9.3} {:9.3}", timing.wall[0], median(&timing.wall));
        } else if let Some(Ok(_)) = &self.card {
            row += &format!(" {:>9} {:>9}", "-", "-");
        }
        if self.card.is_some() {
            match bounds[..] {
                [] => CARDS.iter().for_each(|_| row += &format!(" {:>9}", "-")),
                _ => bounds.iter().for_each(|seconds| row += &format!(" {:9.4}", seconds * 1e3)),
            }
        }
        println!("{row}{}", if finite { "" } else { "  NOT FINITE" });
        Ok(finite)
    }

    fn time(&self, case: &Case, device: &Device) -> Result<Timing> {
        Timing::of(case, &Setup { device, dtype: self.dtype, share: 1 }, self.args)
    }

    /// The least seconds on each of [`CARDS`], where they are asked for and the work was counted.
    fn bounds(&self, case: &Case) -> Vec<f64> {
        let work = bounds::work(case.name).filter(|_| self.card.is_some() && !self.args.f64);
        work.map_or_else(Vec::new, |work| CARDS.iter().map(|card| card.bound(&work).0).collect())
    }
}

/// What a case took, in milliseconds.
struct Timing {
    first: f64,
    wall: Vec<f64>,
    cpu: Vec<f64>,
    finite: bool,
}

impl Timing {
    fn of(case: &Case, setup: &Setup<'_>, args: &Args) -> Result<Timing> {
        let mut job = (case.build)(setup)?;
        setup.device.synchronize()?;
        let mut once = || -> Result<(f64, f64)> {
            let watch = Stopwatch::start();
            job.run()?;
            setup.device.synchronize()?;
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

    fn record(&self, case: &Case, device: &Device, dtype: DType, machine: Option<&Machine>) -> Value {
        let mut record = json!({
            "case": case.name,
            "peer": "beltrami",
            "library": "beltrami",
            "device": device.to_string(),
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
        });
        if let Some(machine) = machine {
            let (bandwidth, peak) = self.shares(case, dtype, machine);
            record["machine_gb_per_s"] = round(machine.bandwidth / 1e9).into();
            record["machine_gflop_per_s"] = round(machine.flops / 1e9).into();
            record["bandwidth_share"] = round(bandwidth).into();
            record["peak_share"] = round(peak).into();
        }
        record
    }

    fn columns(&self, case: &Case, dtype: DType, machine: &Machine) -> String {
        let (bandwidth, peak) = self.shares(case, dtype, machine);
        format!(
            " {:9.3} {:9.3} {:9.3} {:8.1} {:6.0}% {:9.1} {:6.0}%",
            self.wall[0],
            median(&self.wall),
            median(&self.cpu),
            case.bytes(dtype) / 1e6,
            100.0 * bandwidth,
            case.flops / 1e6,
            100.0 * peak,
        )
    }
}

/// Four decimals, as records have them.
fn round(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

/// The middle of sorted numbers.
fn median(sorted: &[f64]) -> f64 {
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}
