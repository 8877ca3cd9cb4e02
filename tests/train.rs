//! Training of language models: checkpoints, going on from them, and what stops a training.

use beltrami::models::LanguageModel;
use beltrami::models::language::{NeuralNgram, See};
use beltrami::nn::{Pass, Scope};
use beltrami::tokens::{Batch, Batches, Bytes, TokenStore, Tokenizer};
use beltrami::train::{End, Event, Plan, Settings, Trainer, fit, parameters};
use beltrami::{DType, Device, Error, Param, Result, Rng, Tensor};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A directory that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("beltrami-train-{}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn store() -> TokenStore {
    let documents = (0..60).map(|i| Bytes.document(&format!("the dog of house {i} is a kind of canine")));
    TokenStore::in_memory(Bytes.vocabulary(), documents).unwrap()
}

fn model() -> NeuralNgram {
    NeuralNgram::new(&Scope::new(Rng::new(1), DType::F32), Bytes.vocabulary(), 8, 3).unwrap()
}

fn settings() -> Settings {
    Settings { steps: 24, batch: 4, accumulate: 2, lr: 0.01, warmup: 4, ..Settings::default() }
}

type Heard = Vec<String>;

/// Trains in `dir`, and stops after so many steps of this run.
fn run(dir: &Path, model: &dyn LanguageModel, settings: Settings, resume: bool, most: usize) -> Result<(End, Heard)> {
    let (store, device) = (store(), Device::cpu());
    let [train, held] = store.split(0.1, Rng::new(3))?;
    let data = Batches::new(&store, &train, 16)?.shuffled(Rng::new(4));
    let validation = Batches::new(&store, &held, 16)?;
    let plan = Plan {
        validation: &validation,
        evaluate_every: 5,
        evaluate_windows: None,
        checkpoint_every: 7,
        checkpoint_after: Duration::MAX,
        keep: 2,
        dir,
        origin: BTreeMap::from([("data".into(), store.fingerprint().to_string())]),
        device: &device,
    };
    let mut trainer = Trainer::new(model, &data, settings, &device)?;
    let (steps, mut heard) = (std::cell::Cell::new(0), vec![]);
    let end = fit(&mut trainer, &plan, resume, &|| steps.get() >= most, &mut |_, event| match event {
        Event::Step(_) => steps.set(steps.get() + 1),
        Event::PassedOver(error) => heard.push(error.to_string()),
        Event::Resumed(path) => heard.push(path.display().to_string()),
        Event::Validation(_) => {}
    })?;
    Ok((end, heard))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_training_that_goes_on_has_the_bits_of_one_that_never_stopped() -> Result<()> {
    let (whole, parts) = (Scratch::new("whole"), Scratch::new("parts"));
    let straight = model();
    assert!(run(&whole.0, &straight, settings(), false, usize::MAX)?.0.done);
    // Stopped twice; then its newest checkpoint is damaged, and its metrics are cut within a line.
    let broken = || model();
    run(&parts.0, &broken(), settings(), false, 3)?;
    run(&parts.0, &broken(), settings(), true, 8)?;
    let newest = parts.0.join("checkpoint-00000011.safetensors");
    let mut bytes = fs::read(&newest).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&newest, &bytes).unwrap();
    let metrics = fs::read(parts.0.join("metrics.jsonl")).unwrap();
    fs::write(parts.0.join("metrics.jsonl"), &metrics[..metrics.len() / 2]).unwrap();
    let again = model();
    let (end, heard) = run(&parts.0, &again, settings(), true, usize::MAX)?;
    assert!(end.done);
    assert!(heard[0].contains("00000011") && heard[0].contains("checksum"), "{heard:?}");
    assert!(heard[1].contains("00000007"), "{heard:?}");
    assert_eq!(parameters(&again)?, parameters(&straight)?);
    let read = |dir: &Path| fs::read_to_string(dir.join("metrics.jsonl")).unwrap();
    assert_eq!(read(&parts.0), read(&whole.0));
    assert_eq!(read(&whole.0).lines().count(), 24);
    let kept = ["checkpoint-00000021.safetensors", "checkpoint-00000024.safetensors", "loss.svg", "metrics.jsonl"];
    assert_eq!(names(&whole.0), kept);
    Ok(())
}

#[test]
fn checkpoints_of_another_training_are_refused() -> Result<()> {
    let scratch = Scratch::new("another");
    assert!(run(&scratch.0, &model(), settings(), true, 1).unwrap_err().to_string().contains("no checkpoint"));
    run(&scratch.0, &model(), settings(), false, 1)?;
    let other = Settings { lr: 0.02, ..settings() };
    let error = run(&scratch.0, &model(), other, true, 1).unwrap_err().to_string();
    assert!(error.contains("lr was 0.01 and is 0.02"), "{error}");
    for name in names(&scratch.0).iter().filter(|n| n.starts_with("checkpoint")) {
        fs::write(scratch.0.join(name), b"no").unwrap();
    }
    assert!(run(&scratch.0, &model(), settings(), true, 1).is_err());
    Ok(())
}

/// A model whose second layer overflows from its third run on.
struct Overflows(NeuralNgram, std::cell::Cell<usize>);

impl LanguageModel for Overflows {
    fn params(&self) -> Vec<Param> {
        self.0.params()
    }

    fn logits(&self, batch: &Batch, pass: &Pass, see: &mut See<'_>) -> Result<Tensor> {
        self.1.set(self.1.get() + 1);
        let logits = self.0.logits(batch, pass, see)?;
        let bad = if self.1.get() > 4 { logits.mul_scalar(f64::INFINITY)? } else { logits };
        see("overflow", &bad)?;
        Ok(bad)
    }
}

#[test]
fn a_loss_that_is_not_finite_stops_with_step_layer_and_checkpoint() {
    let scratch = Scratch::new("overflow");
    let error = run(&scratch.0, &Overflows(model(), 0.into()), settings(), false, usize::MAX).unwrap_err();
    assert!(matches!(error, Error::NonFinite { .. }));
    let error = error.to_string();
    for part in ["training step 3", "the layer overflow", "checkpoint-00000000.safetensors"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn accumulated_runs_are_one_large_run() -> Result<()> {
    let (a, b) = (Scratch::new("accumulated"), Scratch::new("large"));
    let (many, one) = (model(), model());
    run(&a.0, &many, Settings { batch: 2, accumulate: 4, ..settings() }, false, 1)?;
    run(&b.0, &one, Settings { batch: 8, accumulate: 1, ..settings() }, false, 1)?;
    let moments = |dir: &Path| {
        let path = dir.join("checkpoint-00000001.safetensors");
        let file = beltrami::io::read_tensors(path).unwrap();
        file.tensors["optimizer/embedding/momentum"].to_tensor().unwrap().to_f64_vec()
    };
    let (x, y) = (moments(&a.0), moments(&b.0));
    let largest = y.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    assert!(largest > 0.0 && x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-5 * largest));
    Ok(())
}

#[test]
fn settings_without_sense_are_named() {
    for (settings, name) in [
        (Settings { steps: 0, ..settings() }, "steps"),
        (Settings { lr: f64::NAN, ..settings() }, "lr"),
        (Settings { min_lr_ratio: 2.0, ..settings() }, "min-lr-ratio"),
        (Settings { clip: 0.0, ..settings() }, "clip"),
    ] {
        assert!(settings.check().unwrap_err().to_string().contains(name));
    }
    let s = settings();
    assert_eq!((s.rate(0), s.rate(3)), (0.0025, 0.01));
    assert!((s.rate(23) - 0.001).abs() < 1e-15);
}
