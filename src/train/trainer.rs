//! One step after another.

use super::state::{State, load_parameters, parameters};
use super::{History, Settings};
use crate::models::LanguageModel;
use crate::nn::Pass;
use crate::optim::{Clip, Optimizer, RiemannianAdamW};
use crate::tokens::{Batch, Batches, Cursor};
use crate::{Device, Error, Grads, Param, Result, Rng, Tensor, no_grad};
use std::collections::BTreeMap;
use std::path::Path;

/// Trains a model: AdamW on flat parameters, its Riemannian form on points of curved spaces.
pub struct Trainer<'a> {
    model: &'a dyn LanguageModel,
    params: Vec<Param>,
    data: &'a Batches<'a>,
    settings: Settings,
    optimizer: RiemannianAdamW,
    cursor: Cursor,
    pub(super) history: History,
    device: Device,
}

impl<'a> Trainer<'a> {
    /// A training at its start.
    ///
    /// # Errors
    /// [`Error::Argument`] if a setting makes no sense.
    pub fn new(
        model: &'a dyn LanguageModel,
        data: &'a Batches<'a>,
        settings: Settings,
        device: &Device,
    ) -> Result<Trainer<'a>> {
        settings.check()?;
        let params = model.params();
        let optimizer = RiemannianAdamW::new(params.clone(), settings.lr).weight_decay(settings.weight_decay);
        let optimizer = if settings.clip.is_finite() { optimizer.clip(Clip::Global(settings.clip)) } else { optimizer };
        let (cursor, history) = Default::default();
        Ok(Trainer { model, params, data, settings, optimizer, cursor, history, device: device.clone() })
    }

    /// The model.
    pub fn model(&self) -> &'a dyn LanguageModel {
        self.model
    }

    /// The choices.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The losses so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// How many steps have been made.
    pub fn steps(&self) -> usize {
        self.history.losses.len()
    }

    /// Whether all have.
    pub fn is_done(&self) -> bool {
        self.steps() >= self.settings.steps
    }

    /// Makes one step; how many targets it learned from.
    ///
    /// # Errors
    /// [`Error::NonFinite`] if the loss or a gradient is not finite: no parameter has moved then, and the error names the step
    /// and the first layer or the parameter. Whatever the model or the data refuses.
    pub fn step(&mut self) -> Result<usize> {
        let step = self.steps();
        let rng = Rng::new(self.settings.seed).named("dropout").derive(step as u64);
        let mut cursor = self.cursor;
        let mut batches = Vec::with_capacity(self.settings.accumulate);
        for _ in 0..self.settings.accumulate {
            let (batch, next) = self.data.take(cursor, self.settings.batch, &self.device)?;
            batches.push(batch);
            cursor = next;
        }
        let targets: usize = batches.iter().map(|b| b.counted).sum();
        let mut grads = Grads::default();
        let mut loss = 0.0;
        for (i, batch) in (0..).zip(&batches) {
            let share = batch.counted as f64 / targets.max(1) as f64;
            let pass = Pass::train(rng.derive(i));
            let part = self.model.loss(batch, &pass)?;
            let value = part.to_f64_vec()[0];
            if !value.is_finite() {
                return Err(self.not_finite(batch, &pass));
            }
            loss += share * value;
            self.add(&mut grads, part.mul_scalar(share)?.backward()?)?;
        }
        self.optimizer.set_lr(self.settings.rate(step));
        self.optimizer.step(&grads).map_err(|e| self.at_this_step(e))?;
        self.model.stepped()?;
        self.cursor = cursor;
        self.history.losses.push(loss);
        Ok(targets)
    }

    /// Adds gradients of one run through the model to those of the runs before.
    fn add(&self, sum: &mut Grads, mut more: Grads) -> Result<()> {
        if sum.is_empty() {
            *sum = more;
            return Ok(());
        }
        for leaf in self.params.iter().map(Param::tensor) {
            if let Some(g) = more.remove(&leaf) {
                let total = match sum.remove(&leaf) {
                    Some(before) => before.add(&g)?,
                    None => g,
                };
                sum.insert(&leaf, total);
            }
        }
        Ok(())
    }

    /// The error for a loss that is not finite: looks for where it began.
    fn not_finite(&self, batch: &Batch, pass: &Pass) -> Error {
        let first_bad = |t: &Tensor| t.to_f64_vec().iter().position(|x| !x.is_finite());
        let report = |what: String, position| Error::NonFinite {
            place: format!("training step {}", self.steps() + 1),
            what,
            position,
            remedy: "no parameter was changed; lower the learning rate".into(),
        };
        for param in &self.params {
            if let Some(position) = first_bad(&param.tensor()) {
                return report(format!("the parameter {}", param.name()), position);
            }
        }
        let mut see = |layer: &str, output: &Tensor| match first_bad(output) {
            Some(position) => Err(report(format!("the loss, and the output of the layer {layer},"), position)),
            None => Ok(()),
        };
        match no_grad(|| self.model.logits(batch, pass, &mut see)) {
            Err(error) => error,
            Ok(_) => report("the loss, though no layer's output,".into(), 0),
        }
    }

    /// The error with the step that it belongs to.
    fn at_this_step(&self, error: Error) -> Error {
        match error {
            Error::NonFinite { what, position, remedy, .. } => {
                Error::NonFinite { place: format!("training step {}", self.steps() + 1), what, position, remedy }
            }
            other => other,
        }
    }

    /// All that is needed to go on. `origin` tells what the training is made of besides the settings, as model and data.
    ///
    /// # Errors
    /// If two parameters have one name.
    pub fn state(&self, origin: &BTreeMap<String, String>, seconds: f64) -> Result<State> {
        Ok(State {
            origin: self.with_settings(origin),
            model: parameters(self.model)?,
            optimizer: self.optimizer.state()?,
            cursor: self.cursor,
            history: self.history.clone(),
            seconds,
        })
    }

    /// Goes on from a state of a training that was made of the same; `path` names its file in errors.
    ///
    /// # Errors
    /// [`Error::Format`] if it was made of something else.
    pub fn load(&mut self, path: &Path, state: State, origin: &BTreeMap<String, String>) -> Result<()> {
        let now = self.with_settings(origin);
        let differences: Vec<String> = now
            .iter()
            .filter_map(|(name, now)| {
                let then = state.origin.get(name).map_or("unknown", String::as_str);
                (then != now).then(|| format!("{name} was {then} and is {now}"))
            })
            .collect();
        if !differences.is_empty() {
            return Err(Error::Format {
                path: path.to_owned(),
                line: None,
                what: format!("the checkpoint is from another training: {}", differences.join(", ")),
                remedy: "give the same options and data, or start anew without resuming".into(),
            });
        }
        load_parameters(self.model, path, &state.model)?;
        self.optimizer.load_state(&state.optimizer)?;
        (self.cursor, self.history) = (state.cursor, state.history);
        Ok(())
    }

    fn with_settings(&self, origin: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let settings = self.settings.entries().into_iter().map(|(name, value)| (name.to_owned(), value));
        origin.clone().into_iter().chain(settings).collect()
    }
}
