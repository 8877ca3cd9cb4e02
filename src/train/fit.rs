//! A whole training: steps, measurements on held-out text, checkpoints, metrics.

use super::{Checkpoints, Trainer};
use crate::io::{JsonLines, write_atomic};
use crate::models::language::likelihood;
use crate::tokens::Batches;
use crate::{Device, Error, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is done beside the steps.
pub struct Plan<'a> {
    /// Held-out text.
    pub validation: &'a Batches<'a>,
    /// It is measured every so many steps, and after the last.
    pub evaluate_every: usize,
    /// Windows of it that are measured; `None` for all.
    pub evaluate_windows: Option<usize>,
    /// A checkpoint is written every so many steps, and after the last.
    pub checkpoint_every: usize,
    /// A checkpoint is written too when so much time has gone by since the last one.
    pub checkpoint_after: Duration,
    /// Checkpoints that are kept.
    pub keep: usize,
    /// Where checkpoints, `metrics.jsonl` and the loss curve `loss.svg` go.
    pub dir: &'a Path,
    /// What the training is made of besides its settings: a checkpoint of anything else is refused.
    pub origin: BTreeMap<String, String>,
    /// Where evaluation computes.
    pub device: &'a Device,
}

/// What happens during a training, as it happens.
pub enum Event<'e> {
    /// It goes on from this checkpoint.
    Resumed(&'e Path),
    /// A newer checkpoint was damaged, and passed over.
    PassedOver(&'e Error),
    /// A step was made, which learned from so many targets.
    Step(usize),
    /// The loss on held-out text was measured.
    Validation(f64),
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Whether all steps were made; else it was stopped, and saved.
    pub done: bool,
    /// Wall seconds of training, over all interruptions.
    pub seconds: f64,
    /// The last checkpoint.
    pub checkpoint: PathBuf,
}

/// Trains to the end, or until `stop` says so; with `resume` from the newest good checkpoint.
///
/// A run that was killed at any moment and resumed has the parameters, and the metrics, of one that never stopped: the same
/// bits.
///
/// # Errors
/// As [`Trainer::step`], the last good checkpoint named; [`Error::Io`] if results cannot be written: the checkpoints before
/// are still there. With `resume`, as [`Trainer::load`], and [`Error::Argument`] if there is no checkpoint.
pub fn fit(
    trainer: &mut Trainer<'_>,
    plan: &Plan<'_>,
    resume: bool,
    stop: &dyn Fn() -> bool,
    told: &mut dyn FnMut(&Trainer<'_>, Event<'_>),
) -> Result<End> {
    let checkpoints = Checkpoints::in_dir(plan.dir, plan.keep)?;
    let before =
        if resume { take_up(trainer, plan, &checkpoints, told)? } else { checkpoints.clear().map(|()| 0.0)? };
    let start = Instant::now();
    let seconds = || before + start.elapsed().as_secs_f64();
    let mut metrics = begin_metrics(trainer, plan)?;
    let save = |trainer: &Trainer<'_>| checkpoints.write(&trainer.state(&plan.origin, seconds())?);
    // A training that cannot write its first state says so before it has worked for nothing.
    let mut checkpoint = save(trainer)?;
    let mut saved = Instant::now();
    while !trainer.is_done() {
        if stop() {
            checkpoint = save(trainer)?;
            return Ok(End { done: false, seconds: seconds(), checkpoint });
        }
        let targets = trainer.step().map_err(|e| with_checkpoint(e, &checkpoint))?;
        let step = trainer.steps();
        told(trainer, Event::Step(targets));
        if step.is_multiple_of(plan.evaluate_every) || trainer.is_done() {
            let rows = trainer.settings().batch;
            let measured = likelihood(trainer.model(), plan.validation, rows, plan.evaluate_windows, plan.device)?;
            trainer.history.validation.push((step, measured.loss()));
            told(trainer, Event::Validation(measured.loss()));
        }
        metrics.push(&trainer.history().line(step, trainer.settings().rate(step - 1)))?;
        let due = step.is_multiple_of(plan.checkpoint_every) || saved.elapsed() >= plan.checkpoint_after;
        if due || trainer.is_done() {
            metrics.sync()?;
            checkpoint = save(trainer)?;
            saved = Instant::now();
        }
    }
    trainer.history().picture()?.write_svg(plan.dir.join("loss.svg"))?;
    Ok(End { done: true, seconds: seconds(), checkpoint })
}

/// Goes on from the newest good checkpoint; the seconds until then.
fn take_up(
    trainer: &mut Trainer<'_>,
    plan: &Plan<'_>,
    checkpoints: &Checkpoints,
    told: &mut dyn FnMut(&Trainer<'_>, Event<'_>),
) -> Result<f64> {
    let Some(found) = checkpoints.read_newest()? else {
        return Err(Error::Argument {
            op: "train",
            what: format!("there is no checkpoint in {}", plan.dir.display()),
            remedy: "start without resuming, or give the directory of that training".into(),
        });
    };
    found.passed_over.iter().for_each(|error| told(trainer, Event::PassedOver(error)));
    let seconds = found.state.seconds;
    trainer.load(&found.path, found.state, &plan.origin)?;
    told(trainer, Event::Resumed(&found.path));
    Ok(seconds)
}

/// The metrics file with the lines of the steps made so far, whatever it held before.
fn begin_metrics(trainer: &Trainer<'_>, plan: &Plan<'_>) -> Result<JsonLines> {
    let path = plan.dir.join("metrics.jsonl");
    write_atomic(&path, |out| {
        (1..=trainer.steps())
            .try_for_each(|step| writeln!(out, "{}", trainer.history().line(step, trainer.settings().rate(step - 1))))
    })?;
    JsonLines::append_to(path, None)
}

/// The error, with where to go on from.
fn with_checkpoint(error: Error, checkpoint: &Path) -> Error {
    match error {
        Error::NonFinite { place, what, position, remedy } => {
            let remedy = format!("{remedy}, and go on from the last good checkpoint, {}", checkpoint.display());
            Error::NonFinite { place, what, position, remedy }
        }
        other => other,
    }
}
