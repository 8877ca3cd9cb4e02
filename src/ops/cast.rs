//! Conversion between number types.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::Result;
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::{DType, Element};
use crate::tensor::{Backend, Tensor};

impl Tensor {
    /// The same numbers in another type: rounded to nearest between floats, towards zero (saturating) to integers.
    pub fn to_dtype(&self, dtype: DType) -> Result<Tensor> {
        if self.dtype() == dtype { Ok(self.clone()) } else { apply(Cast(dtype), &[self]) }
    }
}

#[derive(Debug)]
struct Cast(DType);
impl Op for Cast {
    fn name(&self) -> &'static str {
        "to_dtype"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let x = x[0];
        let cpu = match x.device().backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(cuda) => {
                let kernel = format!("{}_from_{}", self.0, x.dtype());
                return Ok(one(Tensor::mapped_on_card(
                    cuda,
                    "to_dtype",
                    ("cast", &kernel),
                    (x.shape(), self.0),
                    &[x],
                    [],
                )?));
            }
        };
        Ok(one(with_element!(
            x.dtype(),
            From,
            with_element!(self.0, To, {
                let view = x.view::<From>();
                Tensor::filled_by(x.shape().clone(), x.device(), |out: &mut [To]| {
                    cpu.for_each_rows(out, 1, size_of::<From>() + size_of::<To>(), |first, part| {
                        let mut scratch = Vec::new();
                        let from = view.block(first, part.len(), &mut scratch);
                        // f64 holds every other type's numbers exactly, except i64 beyond 2⁵³.
                        part.iter_mut().zip(from).for_each(|(o, &v)| *o = <To as Element>::from_f64(v.to_f64()));
                    });
                })
            })
        )))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(cx.grad()?.to_dtype(cx.dtype(0))?)])
    }
}

pub(super) static SPECS: &[OpSpec] = &[OpSpec {
    name: "to_dtype",
    gradient: Gradient::Any,
    cases: Cases::Of(|| {
        let through = |x: &[Tensor]| {
            // Exact in f32, so that finite differences see a linear function.
            let rounded = x[0].detach().to_dtype(DType::F32)?.to_dtype(DType::F64)?;
            let scale = x[0].to_dtype(DType::F32)?.to_dtype(DType::F64)?;
            rounded.add(&scale)?.sub(&scale.detach())
        };
        Ok(vec![
            Case::new("to integers", vec![normal(7, 0)?.mul_scalar(3.0)?], |x| {
                x[0].to_dtype(DType::I64)?.to_dtype(DType::F64)
            })
            .values_only(),
            Case::new("through f32", vec![normal(4, 1)?], through).values_only(),
        ])
    }),
}];
