//! One training: begun or gone on with, stopped by Ctrl-C, saved now and then.

use super::checkpoint::Checkpoint;
use crate::cli::{interrupt, usage};
use crate::data::Hierarchy;
use crate::models::{HierarchyTrainer, Settings};
use crate::{Device, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What is trained, how long, and where its state is kept.
pub(super) struct Training<'a> {
    pub hierarchy: &'a Hierarchy,
    pub settings: &'a Settings,
    pub epochs: usize,
    pub checkpoint: PathBuf,
    pub device: &'a Device,
}

/// A trainer, and the time that its training has taken before.
pub(super) struct Begun<'a> {
    trainer: HierarchyTrainer<'a>,
    seconds: f64,
    cpu_seconds: f64,
}

/// A trainer that is done.
pub(super) struct Trained<'a> {
    pub trainer: HierarchyTrainer<'a>,
    /// Wall seconds of training, over all interruptions.
    pub seconds: f64,
    /// CPU seconds likewise, where the system tells.
    pub cpu_seconds: f64,
    /// None if there was nothing left to do.
    pub pairs_per_second: Option<f64>,
}

/// Checkpoints are written this often.
const SAVE_EVERY: Duration = Duration::from_secs(60);

impl<'a> Training<'a> {
    /// A trainer at the start, or at the checkpoint.
    pub fn begin(&self, resume: bool) -> Result<Begun<'a>> {
        if !resume {
            let trainer = HierarchyTrainer::new(self.hierarchy, self.settings.clone())?;
            return Ok(Begun { trainer, seconds: 0.0, cpu_seconds: 0.0 });
        }
        let origin = Checkpoint::origin(self.hierarchy, self.settings);
        let checkpoint = Checkpoint::read(&self.checkpoint, &origin)?;
        let trainer = checkpoint.trainer(&self.checkpoint, self.hierarchy, self.settings)?;
        Ok(Begun { trainer, seconds: checkpoint.seconds, cpu_seconds: checkpoint.cpu_seconds })
    }

    /// Trains to the end, and saves. None if the user stopped it: then it has saved and said how to go on.
    pub fn run(&self, begun: Begun<'a>, title: &str, stop: &dyn Fn() -> bool) -> Result<Option<Trained<'a>>> {
        let Begun { mut trainer, seconds: before, cpu_seconds: cpu_before } = begun;
        let origin = Checkpoint::origin(self.hierarchy, self.settings);
        let (start, cpu_start) = (Instant::now(), usage::cpu_seconds().unwrap_or(0.0));
        let seconds = || before + start.elapsed().as_secs_f64();
        let cpu_seconds = || cpu_before + usage::cpu_seconds().unwrap_or(0.0) - cpu_start;
        let save = |trainer: &HierarchyTrainer<'_>| {
            let (origin, state) = (origin.clone(), trainer.state()?);
            Checkpoint { origin, state, seconds: seconds(), cpu_seconds: cpu_seconds() }.write(&self.checkpoint)
        };
        let bar = progress_bar(title, self.epochs, trainer.epochs());
        let (mut pairs, mut saved) = (0, Instant::now());
        while trainer.epochs() < self.epochs {
            if stop() {
                bar.finish_and_clear();
                save(&trainer)?;
                eprintln!("beltrami: stopped in epoch {} of {}; saved.", trainer.epochs() + 1, self.epochs);
                eprintln!("Go on with: {}", interrupt::command_with("--resume"));
                return Ok(None);
            }
            let step = trainer.step(self.device)?;
            pairs += step.pairs;
            if let Some(loss) = step.finished {
                let rate = pairs as f64 / start.elapsed().as_secs_f64();
                bar.set_message(format!("loss {loss:.4}, {:.1} M pairs/s", rate * 1e-6));
                bar.inc(1);
                if saved.elapsed() > SAVE_EVERY {
                    save(&trainer)?;
                    saved = Instant::now();
                }
            }
        }
        bar.finish_and_clear();
        save(&trainer)?;
        Ok(Some(Trained {
            pairs_per_second: (pairs > 0).then(|| pairs as f64 / start.elapsed().as_secs_f64()),
            seconds: seconds(),
            cpu_seconds: cpu_seconds(),
            trainer,
        }))
    }
}

/// Draws on stderr, and nowhere if that is no terminal.
fn progress_bar(title: &str, epochs: usize, done: usize) -> ProgressBar {
    let bar = ProgressBar::new(epochs as u64).with_position(done as u64).with_prefix(title.to_owned());
    match ProgressStyle::with_template("{prefix}{bar:30} epoch {pos}/{len}  {msg}  {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
