//! Lengths of gradients in the metric of their parameters, and the shortening of long ones.

use crate::{Device, Error, Grads, Param, Result, Tensor};

/// Which gradients count as too long. The length is that of the *Riemannian* gradient in the metric at the point: near
/// the rim of the ball a Euclidean gradient of length 1 is in truth a short one. In flat space both are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// All gradients of a step are shortened by one factor, so that together they are at most this long.
    Global(f64),
    /// The gradient of each parameter is at most this long.
    Each(f64),
}

impl Clip {
    /// What to take each gradient times.
    pub(super) fn factors<'a>(
        self,
        gradients: impl Iterator<Item = (&'a Param, &'a Tensor, Option<&'a [u32]>)>,
    ) -> Result<Vec<f64>> {
        let lengths = gradients.map(|(param, grad, rows)| length(param, grad, rows)).collect::<Result<Vec<_>>>()?;
        let factor = |most: f64, length: f64| if length > most { most / length } else { 1.0 };
        Ok(match self {
            Clip::Global(most) => vec![factor(most, root_of_squares(&lengths)); lengths.len()],
            Clip::Each(most) => lengths.iter().map(|&length| factor(most, length)).collect(),
        })
    }
}

/// The length of the gradients of all `params` together, in their metrics; parameters without a gradient count 0.
///
/// # Errors
/// If a gradient does not fit its manifold, or its length is not finite.
pub fn grad_norm(params: &[Param], grads: &Grads) -> Result<f64> {
    let found = params.iter().filter_map(|param| Some(length(param, grads.get(&param.tensor())?, None)));
    Ok(root_of_squares(&found.collect::<Result<Vec<_>>>()?))
}

/// |rgrad| of a parameter, over all rows or those that `grad` belongs to.
fn length(param: &Param, grad: &Tensor, rows: Option<&[u32]>) -> Result<f64> {
    let grad = grad.detach();
    let lengths = match param.manifold() {
        None if !grad.device().shares_memory(&Device::cpu()) => {
            grad.norm(&(0..grad.rank() as isize).collect::<Vec<_>>(), false)?.to_f64_vec()
        }
        None => grad.to_f64_vec(),
        Some(manifold) => {
            let mut x = param.tensor().detach();
            if let Some(rows) = rows {
                x = x.index_select(0, &Tensor::from_slice(rows, rows.len())?.to_device(x.device())?)?;
            }
            manifold.norm(&x, &manifold.egrad_to_rgrad(&x, &grad)?)?.to_f64_vec()
        }
    };
    let length = root_of_squares(&lengths);
    if length.is_finite() {
        return Ok(length);
    }
    Err(Error::NonFinite {
        place: "gradient norm".into(),
        what: format!("the length of the gradient of {}", param.name()),
        position: lengths.iter().position(|l| !l.is_finite()).unwrap_or(0),
        remedy: "no parameter was changed; look for the operation that made the gradient".into(),
    })
}

/// √Σ v², without overflow on the way.
fn root_of_squares(v: &[f64]) -> f64 {
    let largest = v.iter().fold(0.0, |most: f64, v| if v.is_nan() { f64::NAN } else { most.max(v.abs()) });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * v.iter().map(|v| (v / largest).powi(2)).sum::<f64>().sqrt()
}
