//! A hierarchy is learned on the card as on the processor, by tensors.

use crate::card::card;
use beltrami::data::Hierarchy;
use beltrami::models::{HierarchyTrainer, Loss, Settings};
use beltrami::{Device, Error, Result};
use std::path::Path;
use std::process::Command;

#[test]
fn losses_are_the_processors() -> Result<()> {
    let tree = Hierarchy::from_pairs((1..10u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 3))))?.closure();
    let plain = Settings { dim: 3, negatives: 4, burn_in: 1, batch: 4, by_tensors: true, ..Settings::default() };
    for (manifold, loss, learn_curvature) in [
        ("poincare", Loss::Softmax, false),
        ("lorentz", Loss::Softmax, true),
        ("euclidean", Loss::Softmax, false),
        ("lorentz", Loss::Cones, false),
    ] {
        let settings = Settings { manifold: manifold.parse()?, loss, learn_curvature, ..plain.clone() };
        let [here, there] = [Device::cpu(), card()].map(|device| -> Result<Vec<f64>> {
            let mut trainer = HierarchyTrainer::new(&tree, settings.clone())?;
            while trainer.epochs() < 3 {
                trainer.step(&device)?;
            }
            Ok(trainer.losses().to_vec())
        });
        let (here, there) = (here?, there?);
        for (a, b) in here.iter().zip(&there) {
            assert!((a - b).abs() < 1e-5 * a.abs().max(1.0), "{manifold}, {loss}: {here:?} and {there:?}");
        }
    }
    let mut fused = HierarchyTrainer::new(&tree, Settings { by_tensors: false, ..plain })?;
    assert!(matches!(fused.step(&card()), Err(Error::Unsupported { .. })));
    Ok(())
}

#[test]
fn without_a_card_the_command_says_so() {
    // A machine that has a driver cannot hide it from the loader.
    if Path::new("/dev/nvidiactl").exists() {
        return;
    }
    let embed = |device: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beltrami"));
        let output = command.args(["embed", "--device", device]).env_remove("LD_LIBRARY_PATH").output();
        let output = output.expect("the command runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = embed("cuda");
    assert!(code == Some(2) && text.contains("libcuda was not found"), "{code:?}: {text}");
    let (code, text) = embed("gpu");
    assert!(code == Some(2) && text.contains("cuda:N"), "{code:?}: {text}");
}
