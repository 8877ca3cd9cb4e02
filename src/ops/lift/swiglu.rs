//! The gate of transformers' feed-forward layers (Shazeer, arXiv:2002.05202, eq. 6), alone or as points.

use super::{Space, lifted};
use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::ops::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::ops::rows::map2;
use crate::ops::sheet::{lift_by_parts, wide};
use crate::ops::unary::scalar::{silu, silu_slope};
use crate::tensor::Tensor;

impl Tensor {
    /// silu(self) · other, number by number; both have the same shape (halves of one tensor, say).
    ///
    /// # Errors
    /// If shapes or types differ.
    pub fn swiglu(&self, other: &Tensor) -> Result<Tensor> {
        lifted(SwiGlu { lifted: false }, &[self, other], &[], None, None)
    }

    /// The points of the hyperboloid of curvature κ with the space coordinates silu(self) · other `[…, d]`: `[…, d + 1]`.
    ///
    /// # Errors
    /// If shapes or types differ, or κ is not one f64 number below 0.
    pub fn swiglu_lift(&self, other: &Tensor, kappa: &Tensor) -> Result<Tensor> {
        lifted(SwiGlu { lifted: true }, &[self, other], &[], Some(kappa), None)
    }
}

/// silu(a) b.
#[derive(Clone, Copy, Debug)]
struct SwiGlu {
    lifted: bool,
}

impl Space for SwiGlu {
    const ROWS: usize = 2;
    const POINTS: bool = false;
    const READS: bool = true;
    const PARAMETERS: &'static [f64] = &[];

    fn name(&self) -> &'static str {
        if self.lifted { "swiglu_lift" } else { "swiglu" }
    }

    #[inline(always)]
    fn value<T: VectorMath, const FMA: bool>(&self, [a, b]: [&[T]; 2], _: [&[T]; 2], h: &mut [T]) {
        map2(a, b, h, |a, b| silu::<T, FMA>(a) * b);
    }

    #[inline(always)]
    fn pull<T: VectorMath, const FMA: bool>(
        &self,
        [a, b]: [&[T]; 2],
        _: [&[T]; 2],
        dh: &[T],
        [da, db]: [&mut [T]; 2],
        _: [&mut [T]; 2],
    ) {
        let gradients = da.iter_mut().zip(db);
        for ((((da, db), &a), &b), &d) in gradients.zip(a).zip(b).zip(dh) {
            *da = d * b * silu_slope::<T, FMA>(a);
            *db = d * silu::<T, FMA>(a);
        }
    }

    fn by_parts(&self, rows: &[Tensor], _: [Option<&Tensor>; 2]) -> Result<Tensor> {
        rows[0].silu()?.mul(&rows[1])
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    OpSpec { name: "swiglu", gradient: Gradient::Any, cases: Cases::Of(|| cases(false)) },
    OpSpec { name: "swiglu_lift", gradient: Gradient::Any, cases: Cases::Of(|| cases(true)) },
];

fn cases(lifted: bool) -> Result<Vec<Case>> {
    let case = |label, a: Tensor, b: Tensor| -> Case {
        let mut inputs = vec![a, b];
        if lifted {
            inputs.push(Tensor::from(-0.6));
        }
        let apply = move |x: &[Tensor]| match x {
            [a, b, kappa] => a.swiglu_lift(b, &wide(kappa)?),
            _ => x[0].swiglu(&x[1]),
        };
        Case::new(label, inputs, apply).reference(move |x| {
            let h = x[0].sigmoid()?.mul(&x[0])?.mul(&x[1])?;
            if lifted { lift_by_parts(&h, &x[2..]) } else { Ok(h) }
        })
    };
    let halves = normal([3, 14], 2)?;
    Ok(vec![
        case("rows", normal([3, 5], 0)?, normal([3, 5], 1)?),
        case("halves of one tensor", halves.narrow(1, 0, 7)?, halves.narrow(1, 7, 14)?),
        case("more rows than a chunk, longer than the lanes", normal([2, 9, 21], 3)?, normal([2, 9, 21], 4)?),
        case("large", normal([2, 5], 5)?.mul_scalar(30.0)?, normal([2, 5], 6)?.mul_scalar(30.0)?),
        case("no rows", normal([0, 3], 7)?, normal([0, 3], 8)?),
    ])
}
