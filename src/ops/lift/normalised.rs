//! Norms of points: layer norm or RMS norm of the space coordinates, and the point with these.

use super::{Space, lifted};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::geometry::Wide;
use crate::ops::norm::{Standard, accumulate, statistics};
use crate::ops::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::ops::row_sums::{Terms, row_sums};
use crate::ops::sheet::{lift_by_parts, wide};
use crate::tensor::Tensor;

impl Tensor {
    /// [`rms_norm`](Tensor::rms_norm) of the space coordinates of points `[…, d + 1]` with a gain `[d]`, as points of the
    /// hyperboloid of curvature κ, then √(κ/κ′) times that if `to` (κ′) is given (Hypformer, KDD 2024, eq. 6).
    ///
    /// # Errors
    /// If the shapes do not fit, types differ, or a curvature is not one f64 number below 0.
    pub fn lorentz_rms_norm(
        &self,
        weight: Option<&Tensor>,
        eps: f64,
        kappa: &Tensor,
        to: Option<&Tensor>,
    ) -> Result<Tensor> {
        lifted(Normalised { centred: false, eps }, &[self], &[weight, None], Some(kappa), to)
    }

    /// The same with [`layer_norm`](Tensor::layer_norm), gain and bias.
    ///
    /// # Errors
    /// As [`Tensor::lorentz_rms_norm`].
    pub fn lorentz_layer_norm(
        &self,
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
        kappa: &Tensor,
        to: Option<&Tensor>,
    ) -> Result<Tensor> {
        lifted(Normalised { centred: true, eps }, &[self], &[weight, bias], Some(kappa), to)
    }
}

/// (x_s − mean)/√(variance + eps) · gain + bias.
#[derive(Clone, Copy, Debug)]
struct Normalised {
    centred: bool,
    eps: f64,
}

impl Space for Normalised {
    const ROWS: usize = 1;
    const POINTS: bool = true;
    const READS: bool = true;
    const PARAMETERS: &'static [f64] = &[1.0, 0.0];

    fn name(&self) -> &'static str {
        if self.centred { "lorentz_layer_norm" } else { "lorentz_rms_norm" }
    }

    #[inline(always)]
    fn value<T: VectorMath, const FMA: bool>(&self, [x, _]: [&[T]; 2], [gain, bias]: [&[T]; 2], h: &mut [T]) {
        let [mean, scale] = statistics(self.centred, self.eps, x);
        let standard = Standard::<T>::new(mean, scale);
        for (((h, &x), &w), &b) in h.iter_mut().zip(x).zip(gain).zip(bias) {
            *h = standard.at(x) * w + b;
        }
    }

    /// The statistics are computed again from the row, which the gradient reads anyway.
    #[inline(always)]
    fn pull<T: VectorMath, const FMA: bool>(
        &self,
        [x, _]: [&[T]; 2],
        [gain, _]: [&[T]; 2],
        dh: &[T],
        [dx, _]: [&mut [T]; 2],
        [to_gain, to_bias]: [&mut [T]; 2],
    ) {
        let [mean, scale] = statistics(self.centred, self.eps, x);
        let standard = Standard::new(mean, scale);
        // scale · (h − mean(h) − x̂ mean(h x̂)) with h = dh · gain; without mean(h) if the row was not centred.
        let [level, along] = row_sums([x, dh, gain], Moments { mean }).map(|sum| sum / x.len() as f64);
        let level = T::from_f64(if self.centred { level } else { 0.0 });
        let (scale, along) = (T::from_f64(scale), T::from_f64(scale * along));
        for (((dx, &d), &x), &w) in dx.iter_mut().zip(dh).zip(x).zip(gain) {
            *dx = scale * ((d * w - level) - standard.at(x) * along);
        }
        accumulate(standard, dh, x, to_gain, to_bias);
    }

    fn by_parts(&self, rows: &[Tensor], [gain, bias]: [Option<&Tensor>; 2]) -> Result<Tensor> {
        if self.centred { rows[0].layer_norm(gain, bias, self.eps) } else { rows[0].rms_norm(gain, self.eps) }
    }
}

/// h and h (x − mean), given x, the gradient and the gain.
#[derive(Clone, Copy)]
struct Moments {
    mean: f64,
}
impl Terms<3, 2> for Moments {
    #[inline(always)]
    fn factors<W: Wide>(self, [x, dh, gain]: [W; 3]) -> [[W; 2]; 2] {
        let h = dh * gain;
        [[h, W::of(1.0)], [h, x - self.mean]]
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    OpSpec { name: "lorentz_layer_norm", gradient: Gradient::Any, cases: Cases::Of(|| cases(true)) },
    OpSpec { name: "lorentz_rms_norm", gradient: Gradient::Any, cases: Cases::Of(|| cases(false)) },
];

fn cases(centred: bool) -> Result<Vec<Case>> {
    let case = |label, x: Tensor, gain: bool, bias: bool, kappas: &[f64]| -> Result<Case> {
        let d = x.dims()[x.rank() - 1] - 1;
        let (norm, mut inputs) = (Normalised { centred, eps: 1e-5 }, vec![x]);
        if gain {
            inputs.push(normal(d, 11)?);
        }
        if bias {
            inputs.push(normal(d, 12)?);
        }
        let first = inputs.len();
        inputs.extend(kappas.iter().map(|&kappa| Tensor::from(kappa)));
        let parameters = move |x: &[Tensor]| [gain.then(|| x[1].clone()), bias.then(|| x[first - 1].clone())];
        let apply = move |x: &[Tensor]| {
            let kappas = x[first..].iter().map(wide).collect::<Result<Vec<_>>>()?;
            let [gain, bias] = parameters(x);
            lifted(norm, &[&x[0]], &[gain.as_ref(), bias.as_ref()], kappas.first(), kappas.get(1))
        };
        Ok(Case::new(label, inputs, apply).reference(move |x| {
            let space = x[0].narrow(-1, 1, x[0].dims()[x[0].rank() - 1])?;
            let [gain, bias] = parameters(x);
            let centred = if centred { space.sub(&space.mean(&[-1], true)?)? } else { space };
            let mut h = centred.mul(&centred.square()?.mean(&[-1], true)?.add_scalar(norm.eps)?.rsqrt()?)?;
            if let Some(gain) = gain {
                h = h.mul(&gain)?;
            }
            lift_by_parts(&bias.map_or(Ok(h.clone()), |bias| h.add(&bias))?, &x[first..])
        }))
    };
    Ok(vec![
        case("with gain", normal([3, 6], 0)?, true, false, &[-1.0])?,
        case("gain and bias, another curvature", normal([2, 2, 5], 1)?, true, centred, &[-0.6, -1.7])?,
        case("plain", normal([2, 5], 2)?, false, false, &[-0.3])?,
        case("more rows than a chunk, longer than the lanes", normal([17, 34], 3)?, true, centred, &[-0.6, -0.3])?,
        case("near the origin", normal([2, 5], 4)?.mul_scalar(1e-3)?, true, false, &[-1.0])?.step(1e-4).tolerance(1e-6),
        case("radius 1000", normal([2, 6], 5)?.mul_scalar(450.0)?, true, false, &[-1.0, -0.5])?,
        case("no rows", normal([0, 4], 6)?, true, centred, &[-1.0])?,
    ])
}
