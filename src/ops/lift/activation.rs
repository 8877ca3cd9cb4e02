//! Activations of points: a function of each space coordinate, and the point with these.

use super::{Space, lifted};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::ops::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::ops::rows::{map, map2};
use crate::ops::sheet::{lift_by_parts, wide};
use crate::ops::unary::scalar::{gelu, gelu_slope, silu, silu_slope};
use crate::tensor::Tensor;

/// A function of one number that [`Tensor::lorentz_activation`] applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// [`Tensor::relu`].
    Relu,
    /// [`Tensor::gelu`].
    Gelu,
    /// [`Tensor::silu`].
    Silu,
}

impl Tensor {
    /// The activation of the space coordinates of points `[…, d + 1]`, as points of the hyperboloid of curvature κ, then
    /// √(κ/κ′) times that if `to` (κ′) is given (Hypformer, KDD 2024, eq. 6).
    ///
    /// # Errors
    /// If a row has no time coordinate, or a curvature is not one f64 number below 0.
    pub fn lorentz_activation(&self, f: Activation, kappa: &Tensor, to: Option<&Tensor>) -> Result<Tensor> {
        lifted(f, &[self], &[], Some(kappa), to)
    }
}

impl Space for Activation {
    const ROWS: usize = 1;
    const POINTS: bool = true;
    const READS: bool = true;
    const PARAMETERS: &'static [f64] = &[];

    fn name(&self) -> &'static str {
        "lorentz_activation"
    }

    #[inline(always)]
    fn value<T: VectorMath, const FMA: bool>(&self, [x, _]: [&[T]; 2], _: [&[T]; 2], h: &mut [T]) {
        match self {
            Activation::Relu => map(x, h, |x| if x < T::zero() { T::zero() } else { x }),
            Activation::Gelu => map(x, h, gelu::<T, FMA>),
            Activation::Silu => map(x, h, silu::<T, FMA>),
        }
    }

    #[inline(always)]
    fn pull<T: VectorMath, const FMA: bool>(
        &self,
        [x, _]: [&[T]; 2],
        _: [&[T]; 2],
        dh: &[T],
        [dx, _]: [&mut [T]; 2],
        _: [&mut [T]; 2],
    ) {
        match self {
            Activation::Relu => map2(x, dh, dx, |x, d| if x > T::zero() { d } else { T::zero() }),
            Activation::Gelu => map2(x, dh, dx, |x, d| d * gelu_slope::<T, FMA>(x)),
            Activation::Silu => map2(x, dh, dx, |x, d| d * silu_slope::<T, FMA>(x)),
        }
    }

    fn by_parts(&self, rows: &[Tensor], _: [Option<&Tensor>; 2]) -> Result<Tensor> {
        match self {
            Activation::Relu => rows[0].relu(),
            Activation::Gelu => rows[0].gelu(),
            Activation::Silu => rows[0].silu(),
        }
    }
}

pub(super) static SPECS: &[OpSpec] =
    &[OpSpec { name: "lorentz_activation", gradient: Gradient::Any, cases: Cases::Of(cases) }];

fn cases() -> Result<Vec<Case>> {
    let case = |label, f: Activation, x: Tensor, kappas: &[f64]| -> Case {
        let inputs = [x].into_iter().chain(kappas.iter().map(|&kappa| Tensor::from(kappa))).collect();
        let apply = move |x: &[Tensor]| {
            let kappas = x[1..].iter().map(wide).collect::<Result<Vec<_>>>()?;
            x[0].lorentz_activation(f, &kappas[0], kappas.get(1))
        };
        Case::new(label, inputs, apply).reference(move |x| {
            let space = x[0].narrow(-1, 1, x[0].dims()[x[0].rank() - 1])?;
            lift_by_parts(&f.by_parts(&[space], [None; 2])?, &x[1..])
        })
    };
    Ok(vec![
        case("relu", Activation::Relu, normal([3, 6], 0)?, &[-0.6, -1.7]),
        case("gelu", Activation::Gelu, normal([2, 2, 5], 1)?, &[-1.0]),
        case("silu", Activation::Silu, normal([3, 22], 2)?, &[-0.3, -2.0]),
        case("radius 1000", Activation::Silu, normal([2, 6], 3)?.mul_scalar(450.0)?, &[-1.0]),
        case("origin", Activation::Gelu, normal([2, 3], 4)?.mul_scalar(0.0)?, &[-1.0]),
        case("no rows", Activation::Gelu, normal([0, 3], 5)?, &[-1.0]),
    ])
}
