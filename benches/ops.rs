//! `cargo bench -F cli`: the cases of `beltrami bench` under criterion, on one thread.

use beltrami::cli::bench::cases::{self, Setup};
use beltrami::{DType, Device};
use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let device = Device::cpu_with_threads(1);
    for case in cases::all() {
        // Inputs are made inside, so that cases filtered out cost nothing.
        criterion.bench_function(case.name, |bencher| {
            let mut job =
                (case.build)(&Setup { device: &device, dtype: DType::F32, share: 1 }).expect("a case must build");
            bencher.iter(|| job.run().expect("a case must run"));
        });
    }
    criterion.final_summary();
}
