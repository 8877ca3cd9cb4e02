//! The end of a Lorentz linear layer: bias, time coordinate, curvature.

use super::{Space, lifted};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::ops::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::ops::sheet::{lift_by_parts, wide};
use crate::tensor::Tensor;

impl Tensor {
    /// The points with space coordinates h = s + b of s `[…, d]` and a bias `[d]`: ρ (√(|h|² + c), h) `[…, d + 1]`, c =
    /// −1/κ, ρ = √(κ/κ′) or 1 without `to` (κ′). Curvatures are f64 scalars and get exact gradients too.
    ///
    /// ```
    /// use beltrami::Tensor;
    /// let (space, kappa) = (Tensor::from_slice(&[3.0, 0.0], 2)?, Tensor::from(-1.0 / 16.0));
    /// assert_eq!(space.lift(None, &kappa, None)?.to_vec::<f64>()?, [5.0, 3.0, 0.0]);
    /// # Ok::<(), beltrami::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the bias has another shape or type, or a curvature is not one f64 number below 0.
    pub fn lift(&self, bias: Option<&Tensor>, kappa: &Tensor, to: Option<&Tensor>) -> Result<Tensor> {
        lifted(Affine, &[self], &[bias], Some(kappa), to)
    }
}

/// s + b.
#[derive(Clone, Copy, Debug)]
struct Affine;

impl Space for Affine {
    const ROWS: usize = 1;
    const POINTS: bool = false;
    const READS: bool = false;
    const PARAMETERS: &'static [f64] = &[0.0];

    fn name(&self) -> &'static str {
        "lift"
    }

    #[inline(always)]
    fn value<T: VectorMath, const FMA: bool>(&self, [s, _]: [&[T]; 2], [bias, _]: [&[T]; 2], h: &mut [T]) {
        for ((h, &s), &b) in h.iter_mut().zip(s).zip(bias) {
            *h = s + b;
        }
    }

    #[inline(always)]
    fn pull<T: VectorMath, const FMA: bool>(
        &self,
        _: [&[T]; 2],
        _: [&[T]; 2],
        dh: &[T],
        [ds, _]: [&mut [T]; 2],
        [bias, _]: [&mut [T]; 2],
    ) {
        ds.copy_from_slice(dh);
        bias.iter_mut().zip(dh).for_each(|(b, &d)| *b += d);
    }

    fn by_parts(&self, rows: &[Tensor], [bias, _]: [Option<&Tensor>; 2]) -> Result<Tensor> {
        bias.map_or(Ok(rows[0].clone()), |bias| rows[0].add(bias))
    }
}

pub(super) static SPECS: &[OpSpec] = &[OpSpec { name: "lift", gradient: Gradient::Any, cases: Cases::Of(cases) }];

fn cases() -> Result<Vec<Case>> {
    let case = |label, s: Tensor, bias: bool, kappas: &[f64]| -> Result<Case> {
        let d = s.dims()[s.rank() - 1];
        let mut inputs = vec![s];
        if bias {
            inputs.push(normal(d, 21)?);
        }
        let first = inputs.len();
        inputs.extend(kappas.iter().map(|&kappa| Tensor::from(kappa)));
        let apply = move |x: &[Tensor]| {
            let kappas = x[first..].iter().map(wide).collect::<Result<Vec<_>>>()?;
            x[0].lift(x[1..first].first(), &kappas[0], kappas.get(1))
        };
        Ok(Case::new(label, inputs, apply).reference(move |x| {
            let h = if first > 1 { x[0].add(&x[1])? } else { x[0].clone() };
            lift_by_parts(&h, &x[first..])
        }))
    };
    let near = normal([2, 5], 3)?.mul_scalar(1e-8)?;
    let far = |radius: f64, stream| -> Result<Tensor> {
        let x = normal([2, 5], stream)?;
        x.div(&x.norm(&[-1], true)?)?.mul_scalar(radius)
    };
    Ok(vec![
        case("of space coordinates", normal([3, 5], 0)?, false, &[-1.0])?,
        case("bias, another curvature", normal([2, 2, 4], 1)?, true, &[-0.6, -1.7])?,
        case("more rows than a chunk, longer than the lanes", normal([19, 21], 2)?, true, &[-0.6, -0.3])?,
        case("origin", Tensor::zeros([2, 3], near.dtype(), near.device())?, false, &[-2.0, -0.5])?,
        case("near the origin", near, false, &[-0.8])?,
        case("radius 80", far(80.0, 4)?, false, &[-1.3, -0.7])?,
        case("radius 1000", far(1e3, 5)?, true, &[-1.0])?,
        case("no rows", normal([0, 3], 6)?, true, &[-1.0, -2.0])?,
    ])
}
