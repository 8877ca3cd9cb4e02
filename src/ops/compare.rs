//! Comparisons (masks of 0 and 1) and choosing by a mask.

use super::binary::{BLOCK, same_dtype};
use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::DType;
use crate::tensor::{Backend, Tensor};
use crate::{Error, Result};

#[derive(Clone, Copy, Debug)]
enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Tensor {
    /// self = other, elementwise with broadcasting, as a mask.
    pub fn eq(&self, other: &Tensor) -> Result<Tensor> {
        apply(Compare::Eq, &[self, other])
    }
    /// self ≠ other, as a mask.
    pub fn ne(&self, other: &Tensor) -> Result<Tensor> {
        apply(Compare::Ne, &[self, other])
    }
    /// self < other, as a mask.
    pub fn lt(&self, other: &Tensor) -> Result<Tensor> {
        apply(Compare::Lt, &[self, other])
    }
    /// self ≤ other, as a mask.
    pub fn le(&self, other: &Tensor) -> Result<Tensor> {
        apply(Compare::Le, &[self, other])
    }
    /// self > other, as a mask.
    pub fn gt(&self, other: &Tensor) -> Result<Tensor> {
        apply(Compare::Gt, &[self, other])
    }
    /// self ≥ other, as a mask.
    pub fn ge(&self, other: &Tensor) -> Result<Tensor> {
        apply(Compare::Ge, &[self, other])
    }

    /// Where this mask is not 0 the number of `yes`, elsewhere that of `no`; all three broadcast.
    ///
    /// The numbers not chosen get a zero gradient, even where they are NaN or infinite.
    pub fn select_from(&self, yes: &Tensor, no: &Tensor) -> Result<Tensor> {
        apply(Where, &[self, yes, no])
    }

    /// `value` where the mask is not 0, this tensor elsewhere.
    pub fn masked_fill(&self, mask: &Tensor, value: f64) -> Result<Tensor> {
        mask.select_from(&Tensor::full([], value, self.dtype(), self.device())?, self)
    }
}

impl Op for Compare {
    fn name(&self) -> &'static str {
        match self {
            Compare::Eq => "eq",
            Compare::Ne => "ne",
            Compare::Lt => "lt",
            Compare::Le => "le",
            Compare::Gt => "gt",
            Compare::Ge => "ge",
        }
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (a, b) = (x[0], x[1]);
        same_dtype(self.name(), a, b)?;
        let shape = a.shape().broadcast(self.name(), b.shape())?;
        let (a, b) = (a.with_layout(a.layout().expanded(&shape)), b.with_layout(b.layout().expanded(&shape)));
        let cpu = match a.device().backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(cuda) => {
                let (kernel, from) = (format!("{}_{}", self.name(), a.dtype()), [&a, &b]);
                return Ok(one(Tensor::mapped_on_card(
                    cuda,
                    self.name(),
                    ("compare", &kernel),
                    (&shape, DType::U8),
                    &from,
                    [],
                )?));
            }
        };
        Ok(one(with_element!(a.dtype(), T, {
            let (va, vb) = (a.view::<T>(), b.view::<T>());
            let test: fn(&T, &T) -> bool = match self {
                Compare::Eq => T::eq,
                Compare::Ne => T::ne,
                Compare::Lt => T::lt,
                Compare::Le => T::le,
                Compare::Gt => T::gt,
                Compare::Ge => T::ge,
            };
            Tensor::filled_by(shape, a.device(), |out: &mut [u8]| {
                cpu.for_each_rows(out, 1, 2 * size_of::<T>() + 1, |first, part| {
                    let (mut sa, mut sb) = (Vec::new(), Vec::new());
                    let (a, b) = (va.block(first, part.len(), &mut sa), vb.block(first, part.len(), &mut sb));
                    part.iter_mut().zip(a.iter().zip(b)).for_each(|(o, (a, b))| *o = u8::from(test(a, b)));
                })
            })
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        None
    }

    fn vjp(&self, _: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Err(Error::NoBackward { op: self.name() })
    }
}

#[derive(Debug)]
struct Where;
impl Op for Where {
    fn name(&self) -> &'static str {
        "where"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (mask, yes, no) = (x[0], x[1], x[2]);
        if mask.dtype() != DType::U8 {
            return Err(Error::DType {
                op: "where",
                what: "the mask must be u8, as comparisons give it",
                got: mask.dtype(),
            });
        }
        same_dtype("where", yes, no)?;
        let shape = yes.shape().broadcast("where", no.shape())?.broadcast("where", mask.shape())?;
        let stretch = |t: &Tensor| t.with_layout(t.layout().expanded(&shape));
        let (mask, yes, no) = (stretch(mask), stretch(yes), stretch(no));
        let cpu = match yes.device().backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(cuda) => {
                let (kernel, to) = (format!("where_{}", yes.dtype().size()), (&shape, yes.dtype()));
                return Ok(one(Tensor::mapped_on_card(
                    cuda,
                    "where",
                    ("compare", &kernel),
                    to,
                    &[&mask, &yes, &no],
                    [],
                )?));
            }
        };
        Ok(one(with_element!(yes.dtype(), T, {
            let (vm, vy, vn) = (mask.view::<u8>(), yes.view::<T>(), no.view::<T>());
            Tensor::filled_by(shape, yes.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, 1, 3 * size_of::<T>() + 1, |first, part| {
                    let (mut sm, mut sy, mut sn) = (Vec::new(), Vec::new(), Vec::new());
                    for (i, out) in part.chunks_mut(BLOCK).enumerate() {
                        let start = first + i * BLOCK;
                        let mask = vm.block(start, out.len(), &mut sm);
                        let (yes, no) = (vy.block(start, out.len(), &mut sy), vn.block(start, out.len(), &mut sn));
                        for (((o, &m), &y), &n) in out.iter_mut().zip(mask).zip(yes).zip(no) {
                            *o = if m != 0 { y } else { n };
                        }
                    }
                })
            })
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: 1, outputs: 0 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let (mask, g) = (cx.input(0)?, cx.grad()?);
        let zero = Tensor::zeros([], g.dtype(), g.device())?;
        Ok(vec![
            None,
            if cx.needs(1) { Some(mask.select_from(&g, &zero)?.sum_to(cx.shape(1))?) } else { None },
            if cx.needs(2) { Some(mask.select_from(&zero, &g)?.sum_to(cx.shape(2))?) } else { None },
        ])
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    mask("eq", || cases(Compare::Eq, |a, b| a == b)),
    mask("ne", || cases(Compare::Ne, |a, b| a != b)),
    mask("lt", || cases(Compare::Lt, |a, b| a < b)),
    mask("le", || cases(Compare::Le, |a, b| a <= b)),
    mask("gt", || cases(Compare::Gt, |a, b| a > b)),
    mask("ge", || cases(Compare::Ge, |a, b| a >= b)),
    OpSpec {
        name: "where",
        gradient: Gradient::Any,
        cases: Cases::Of(|| {
            let choose = |x: &[Tensor]| x[0].detach().gt(&x[0].zeros_like()?)?.select_from(&x[1], &x[2]);
            let mask = Tensor::from_slice(&[1.0, -1.0, 2.0], 3)?;
            let inf = Tensor::from_slice(&[1.0, f64::INFINITY, 3.0], 3)?;
            Ok(vec![
                Case::new("broadcast", vec![mask.clone(), normal([2, 3], 0)?, normal([2, 1], 1)?], choose),
                Case::new("infinite where not chosen", vec![mask, inf, normal(3, 2)?], choose).values_only(),
            ])
        }),
    },
];

const fn mask(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Never("its result is a mask"), cases: Cases::Of(cases) }
}

fn cases(op: Compare, f: fn(f64, f64) -> bool) -> Result<Vec<Case>> {
    let inputs = vec![
        Tensor::from_slice(&[1.0, 2.0, f64::NAN, 0.0, -0.0, f64::INFINITY], 6)?,
        Tensor::from_slice(&[1.0, 1.0, f64::NAN, -0.0, 3.0, f64::INFINITY], 6)?,
    ];
    let direct = move |x: &[Tensor]| {
        let numbers =
            x[0].to_f64_vec().into_iter().zip(x[1].to_f64_vec()).map(|(a, b)| u8::from(f(a, b))).collect::<Vec<_>>();
        Tensor::from_slice(&numbers, 6)
    };
    Ok(vec![Case::new("special numbers", inputs, move |x| apply(op, &[&x[0], &x[1]])).reference(direct)])
}
