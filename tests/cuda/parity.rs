//! Every operation of the registry, on the card as on the processor.

use crate::card::card;
use beltrami::Error;
use beltrami::ops::{registry, verify};

/// What has no kernel yet: operations, and models all of whose functions have none ("model."). May only shrink.
const MISSING: &[&str] = &[
    "attention",
    "lift",
    "lorentz_activation",
    "lorentz_centre",
    "lorentz_layer_norm",
    "lorentz_residual",
    "lorentz_rms_norm",
    "stiefel.",
    "swiglu",
    "swiglu_lift",
];

#[test]
fn every_operation_gives_the_processors_values() {
    // Its bits depend on the layout; `tests/cublas` is about it.
    beltrami::backend::cuda::leave_out_cublas();
    let device = card();
    let (mut failures, mut missing) = (vec![], vec![]);
    for spec in registry::all() {
        match verify::compare(spec, &device) {
            Err(Error::Unsupported { .. }) => missing.push(spec.name),
            Err(e) => failures.push(format!("{}: {e}", spec.name)),
            Ok(findings) => failures.extend(
                findings
                    .into_iter()
                    .filter_map(|f| Some(format!("{} / {} / {}: {}", f.op, f.case, f.check, f.failure?))),
            ),
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    let covers = |entry: &str, name: &str| if entry.ends_with('.') { name.starts_with(entry) } else { name == entry };
    let new: Vec<_> = missing.iter().filter(|name| !MISSING.iter().any(|entry| covers(entry, name))).collect();
    assert!(new.is_empty(), "without a kernel: {new:?}");
    let done: Vec<_> = MISSING.iter().filter(|entry| !missing.iter().any(|name| covers(entry, name))).collect();
    assert!(done.is_empty(), "have kernels now, so strike them out: {done:?}");
}
