//! Dropout with a mask that is a function of the random stream, so that nothing is saved for the derivative.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::Element;
use crate::tensor::{Backend, Rng, Tensor};
use crate::{DType, Error, Result};

impl Tensor {
    /// Each number set to 0 with probability `p` (to the nearest 2⁻³²), the others divided by 1 − `p`.
    ///
    /// Whether number i stays depends on `rng` and i alone: give every call a stream of its own. `p` = 0 is the
    /// identity; in evaluation, do not call it.
    ///
    /// # Errors
    /// If `p` is outside `0 ≤ p < 1`.
    pub fn dropout(&self, p: f64, rng: Rng) -> Result<Tensor> {
        if !(0.0..1.0).contains(&p) {
            return Err(Error::Argument {
                op: "dropout",
                what: format!("probability {p}"),
                remedy: "choose 0 ≤ p < 1".into(),
            });
        }
        if p == 0.0 { Ok(self.clone()) } else { apply(Dropout { p, rng }, &[self]) }
    }
}

#[derive(Clone, Debug)]
struct Dropout {
    p: f64,
    rng: Rng,
}

/// Numbers decided by one draw, which has as many 32-bit words.
const WORDS: usize = 4;

impl Dropout {
    /// What the numbers that stay are multiplied with, and the least random word that lets one stay.
    fn scale_and_threshold(&self) -> (f64, u64) {
        (1.0 / (1.0 - self.p), (self.p * 2.0_f64.powi(32)) as u64)
    }

    /// Multiplies numbers `first ..` by 0 or the scale.
    fn mask<T: Element>(&self, first: usize, from: &[T], out: &mut [T]) {
        let (scale, threshold) = self.scale_and_threshold();
        let mut words = self.rng.bits((first / WORDS) as u64);
        for (i, (o, &v)) in (first..).zip(out.iter_mut().zip(from)) {
            if i % WORDS == 0 {
                words = self.rng.bits((i / WORDS) as u64);
            }
            let stays = u64::from(words[i % WORDS]) >= threshold;
            *o = T::from_f64(if stays { v.to_f64() * scale } else { 0.0 });
        }
    }
}

impl Op for Dropout {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let x = x[0];
        Ok(one(with_real!("dropout", x.dtype(), T, {
            let cpu = match x.device().backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => {
                    let ([seed, stream], (scale, threshold)) = (self.rng.key(), self.scale_and_threshold());
                    let more = [seed.into(), stream.into(), scale.into(), threshold.into()];
                    let (kernel, to) = (format!("dropout_{}", x.dtype()), (x.shape(), x.dtype()));
                    return Ok(one(Tensor::mapped_on_card(cuda, "dropout", ("random", &kernel), to, &[x], more)?));
                }
            };
            let view = x.view::<T>();
            Tensor::filled_by(x.shape().clone(), x.device(), |out: &mut [T]| {
                // A draw costs some ten numbers' worth of memory traffic.
                cpu.for_each_rows(out, 1, 16 + 2 * size_of::<T>(), |first, part| {
                    let mut scratch = Vec::new();
                    self.mask(first, view.block(first, part.len(), &mut scratch), part);
                })
            })
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }

    /// Dropout is linear and its own transpose.
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(apply(self.clone(), &[&cx.grad()?])?)])
    }
}

pub(super) static SPECS: &[OpSpec] = &[OpSpec {
    name: "dropout",
    gradient: Gradient::Any,
    cases: Cases::Of(|| {
        let rng = Rng::new(5).stream(2);
        // The mask is that of ones.
        let masked = move |x: &[Tensor]| x[0].ones_like()?.dropout(0.4, rng)?.mul(&x[0]);
        let share = move |x: &[Tensor]| -> Result<Tensor> {
            let ones = Tensor::ones(40_000, DType::F64, x[0].device())?;
            let kept = ones.dropout(0.25, rng)?.gt(&ones.zeros_like()?)?.to_dtype(DType::F64)?.mean_all()?;
            // Four standard deviations.
            let bound = Tensor::full([], 4.0 * (0.25_f64 * 0.75 / 4e4).sqrt(), DType::F64, x[0].device())?;
            let near = kept.add_scalar(-0.75)?.abs()?.lt(&bound)?;
            near.to_dtype(x[0].dtype())?.mul(&x[0])
        };
        Ok(vec![
            Case::new("some", vec![normal([3, 7], 0)?], move |x| x[0].dropout(0.4, rng)).reference(masked),
            Case::new("none", vec![normal([3], 1)?], move |x| x[0].dropout(0.0, rng)?.neg()).reference(|x| x[0].neg()),
            Case::new("as often as asked", vec![Tensor::from(1.0)], share)
                .reference(|x| Ok(x[0].clone()))
                .values_only(),
        ])
    }),
}];
