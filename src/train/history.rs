//! What has been measured so far.

use crate::io::RawTensor;
use crate::plot::{Axes, Curve, Scene, curves};
use crate::{DType, Result};
use serde_json::{Value, json};

/// The losses of a training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Of each step, in nats a token.
    pub losses: Vec<f64>,
    /// On held-out text: after how many steps, and the loss.
    pub validation: Vec<(usize, f64)>,
}

/// Steps that the training loss is averaged over, where one number is wanted.
const RECENT: usize = 50;

impl History {
    /// The mean loss of the last steps; NaN before the first.
    pub fn recent_loss(&self) -> f64 {
        let recent = &self.losses[self.losses.len().saturating_sub(RECENT)..];
        recent.iter().sum::<f64>() / recent.len() as f64
    }

    /// The metrics of a step, counted from 1: its loss and rate, and the held-out loss if it was measured then.
    pub(super) fn line(&self, step: usize, rate: f64) -> Value {
        let mut line = json!({ "step": step, "loss": self.losses[step - 1], "lr": rate });
        if let Ok(i) = self.validation.binary_search_by_key(&step, |v| v.0) {
            line["val_loss"] = json!(self.validation[i].1);
        }
        line
    }

    /// The loss curves.
    ///
    /// # Errors
    /// If there is nothing to draw.
    pub fn picture(&self) -> Result<Scene> {
        let each: Vec<[f64; 2]> = (1..).zip(&self.losses).map(|(i, &loss)| [f64::from(i), loss]).collect();
        let held_out: Vec<[f64; 2]> = self.validation.iter().map(|&(step, loss)| [step as f64, loss]).collect();
        let all = [Curve { label: "training", points: &each }, Curve { label: "held out", points: &held_out }];
        let drawn = if held_out.is_empty() { &all[..1] } else { &all };
        curves(&Axes { title: "Loss of a token", x: "step", y: "loss (nats)", log_y: false }, drawn)
    }

    pub(super) fn tensors(&self) -> [(&'static str, RawTensor); 2] {
        let pairs: Vec<f64> = self.validation.iter().flat_map(|&(step, loss)| [step as f64, loss]).collect();
        [
            ("losses", numbers(&self.losses, vec![self.losses.len()])),
            ("validation", numbers(&pairs, vec![pairs.len() / 2, 2])),
        ]
    }

    pub(super) fn from_tensors(losses: &RawTensor, validation: &RawTensor) -> Result<History> {
        let losses = losses.to_tensor()?.to_vec()?;
        let pairs = validation.to_tensor()?.to_vec::<f64>()?;
        Ok(History {
            losses,
            validation: pairs.as_chunks().0.iter().map(|&[step, loss]| (step as usize, loss)).collect(),
        })
    }
}

fn numbers(values: &[f64], shape: Vec<usize>) -> RawTensor {
    RawTensor { dtype: DType::F64, shape, bytes: values.iter().flat_map(|x| x.to_le_bytes()).collect() }
}
