//! Elementwise operations of two tensors, with broadcasting.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::{DType, Real};
use crate::tensor::{Backend, Tensor};
use crate::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Maximum,
    Minimum,
}

impl Tensor {
    /// self + other, broadcasting.
    pub fn add(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Add, &[self, other])
    }

    /// self − other, broadcasting.
    pub fn sub(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Sub, &[self, other])
    }

    /// self · other, elementwise, broadcasting.
    pub fn mul(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Mul, &[self, other])
    }

    /// self / other, elementwise, broadcasting.
    pub fn div(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Div, &[self, other])
    }

    /// self to the power of other, elementwise, broadcasting. Its derivative in the exponent is 0 where self is 0.
    pub fn pow(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Pow, &[self, other])
    }

    /// The larger of both, elementwise, broadcasting; NaN wins. Where they are equal each gets half the gradient.
    pub fn maximum(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Maximum, &[self, other])
    }

    /// The smaller of both, elementwise, broadcasting; NaN wins. Where they are equal each gets half the gradient.
    pub fn minimum(&self, other: &Tensor) -> Result<Tensor> {
        apply(Binary::Minimum, &[self, other])
    }

    /// self + other, into self's buffer if nobody else sees it: how gradients are summed.
    pub(crate) fn accumulate(mut self, other: &Tensor) -> Result<Tensor> {
        if self.shape() != other.shape() || self.dtype() != other.dtype() {
            return self.add(other);
        }
        let device = other.device().clone();
        let Backend::Cpu(cpu) = device.backend() else { return self.add(other) };
        with_real!("add", other.dtype(), T, {
            let view = other.view::<T>();
            if let Some(sum) = self.as_mut_slice::<T>() {
                cpu.for_each_rows(sum, 1, 3 * size_of::<T>(), |first, part| {
                    let mut scratch = Vec::new();
                    let more = view.block(first, part.len(), &mut scratch);
                    part.iter_mut().zip(more).for_each(|(s, &m)| *s += m);
                });
                return Ok(self);
            }
        });
        self.add(other)
    }
}

impl Binary {
    fn kernel<T: Real>(self) -> fn(&[T], &[T], &mut [T]) {
        fn zip<T: Real>(a: &[T], b: &[T], out: &mut [T], f: impl Fn(T, T) -> T) {
            for ((o, &a), &b) in out.iter_mut().zip(a).zip(b) {
                *o = f(a, b);
            }
        }
        match self {
            Binary::Add => |a, b, out| zip(a, b, out, |a, b| a + b),
            Binary::Sub => |a, b, out| zip(a, b, out, |a, b| a - b),
            Binary::Mul => |a, b, out| zip(a, b, out, |a, b| a * b),
            Binary::Div => |a, b, out| zip(a, b, out, |a, b| a / b),
            Binary::Pow => |a, b, out| zip(a, b, out, T::powf),
            // `a + b` is NaN when one of them is.
            Binary::Maximum => |a, b, out| {
                zip(a, b, out, |a, b| {
                    if a >= b {
                        a
                    } else if b > a {
                        b
                    } else {
                        a + b
                    }
                })
            },
            Binary::Minimum => |a, b, out| {
                zip(a, b, out, |a, b| {
                    if a <= b {
                        a
                    } else if b < a {
                        b
                    } else {
                        a + b
                    }
                })
            },
        }
    }

    /// The share of the gradient of max or min that goes to `a`: 1, ½ or 0.
    fn share(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        let wins = if self == Binary::Maximum { a.gt(b)? } else { a.lt(b)? };
        wins.to_dtype(a.dtype())?.add(&a.eq(b)?.to_dtype(a.dtype())?.mul_scalar(0.5)?)
    }
}

impl Op for Binary {
    fn name(&self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Pow => "pow",
            Binary::Maximum => "maximum",
            Binary::Minimum => "minimum",
        }
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (a, b) = (x[0], x[1]);
        same_dtype(self.name(), a, b)?;
        let shape = a.shape().broadcast(self.name(), b.shape())?;
        let (a, b) = (a.with_layout(a.layout().expanded(&shape)), b.with_layout(b.layout().expanded(&shape)));
        with_real!(self.name(), a.dtype(), T, {
            let cpu = match a.device().backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => {
                    let kernel = format!("{}_{}", self.name(), a.dtype());
                    let (to, from) = ((&shape, a.dtype()), [&a, &b]);
                    return Ok(one(Tensor::mapped_on_card(cuda, self.name(), ("binary", &kernel), to, &from, [])?));
                }
            };
            let (va, vb, kernel) = (a.view::<T>(), b.view::<T>(), self.kernel::<T>());
            Ok(one(Tensor::filled_by(shape, a.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, 1, 3 * size_of::<T>(), |first, part| {
                    let (mut sa, mut sb) = (Vec::new(), Vec::new());
                    for (i, out) in part.chunks_mut(BLOCK).enumerate() {
                        let start = first + i * BLOCK;
                        kernel(va.block(start, out.len(), &mut sa), vb.block(start, out.len(), &mut sb), out);
                    }
                })
            })))
        })
    }

    fn saves(&self, needs: &[bool]) -> Option<Saves> {
        let inputs = match self {
            Binary::Add | Binary::Sub => 0,
            // Each factor is needed for the other's gradient only.
            Binary::Mul => u32::from(needs[1]) | u32::from(needs[0]) << 1,
            Binary::Div => u32::from(needs[1]) | 2,
            _ => 3,
        };
        Some(Saves { inputs, outputs: 0 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let g = cx.grad()?;
        let left = || -> Result<Tensor> {
            Ok(match self {
                Binary::Add | Binary::Sub => g.clone(),
                Binary::Mul => g.mul(cx.input(1)?)?,
                Binary::Div => g.div(cx.input(1)?)?,
                // d a^b / da = b a^(b − 1)
                Binary::Pow => {
                    let (a, b) = (cx.input(0)?, cx.input(1)?);
                    g.mul(&b.mul(&a.pow(&b.add_scalar(-1.0)?)?)?)?
                }
                Binary::Maximum | Binary::Minimum => g.mul(&self.share(cx.input(0)?, cx.input(1)?)?)?,
            })
        };
        let right = || -> Result<Tensor> {
            Ok(match self {
                Binary::Add => g.clone(),
                Binary::Sub => g.neg()?,
                Binary::Mul => g.mul(cx.input(0)?)?,
                // d (a / b) / db = −(a / b) / b
                Binary::Div => g.mul(&cx.input(0)?.div(cx.input(1)?)?)?.div(cx.input(1)?)?.neg()?,
                // d a^b / db = a^b ln a, whose limit at a = 0 is 0 for b > 0
                Binary::Pow => {
                    let (a, b) = (cx.input(0)?, cx.input(1)?);
                    let ln = a.eq(&a.zeros_like()?)?.select_from(&a.zeros_like()?, &a.ln()?)?;
                    g.mul(&a.pow(b)?.mul(&ln)?)?
                }
                Binary::Maximum | Binary::Minimum => g.mul(&self.share(cx.input(1)?, cx.input(0)?)?)?,
            })
        };
        Ok(vec![
            if cx.needs(0) { Some(left()?.sum_to(cx.shape(0))?) } else { None },
            if cx.needs(1) { Some(right()?.sum_to(cx.shape(1))?) } else { None },
        ])
    }
}

/// Numbers worked on at a time: three such blocks of f64 stay in the L1 cache.
pub(super) const BLOCK: usize = 1024;

/// Both operands must hold one type: nothing is converted behind the caller's back.
pub(super) fn same_dtype(op: &'static str, a: &Tensor, b: &Tensor) -> Result<DType> {
    if a.dtype() == b.dtype() {
        return Ok(a.dtype());
    }
    Err(Error::DType {
        op,
        what: if a.dtype().is_float() {
            "both operands must have one type"
        } else {
            "both operands must have one integer type"
        },
        got: b.dtype(),
    })
}

/// Operators on references panic where the named methods give an error, with the same words.
macro_rules! operator {
    ($trait:ident, $method:ident, $scalar:expr) => {
        impl std::ops::$trait<&Tensor> for &Tensor {
            type Output = Tensor;
            /// # Panics
            /// Where the method of the same name gives an error.
            fn $method(self, other: &Tensor) -> Tensor {
                Tensor::$method(self, other).unwrap_or_else(|e| panic!("{e}"))
            }
        }
        impl std::ops::$trait<f64> for &Tensor {
            type Output = Tensor;
            /// # Panics
            /// If the tensor holds integers.
            fn $method(self, scalar: f64) -> Tensor {
                let f: fn(&Tensor, f64) -> Result<Tensor> = $scalar;
                f(self, scalar).unwrap_or_else(|e| panic!("{e}"))
            }
        }
    };
}
operator!(Add, add, |x, s| x.add_scalar(s));
operator!(Sub, sub, |x, s| x.add_scalar(-s));
operator!(Mul, mul, |x, s| x.mul_scalar(s));
operator!(Div, div, |x, s| x.mul_scalar(1.0 / s));

impl std::ops::Neg for &Tensor {
    type Output = Tensor;
    /// # Panics
    /// If the tensor holds integers.
    fn neg(self) -> Tensor {
        Tensor::neg(self).unwrap_or_else(|e| panic!("{e}"))
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    spec("add", || cases(Binary::Add, |a, b| a + b)),
    spec("sub", || cases(Binary::Sub, |a, b| a - b)),
    spec("mul", || cases(Binary::Mul, |a, b| a * b)),
    spec("div", || cases(Binary::Div, |a, b| a / b)),
    spec("pow", || {
        let positive = normal([2, 3], 0)?.abs()?.add_scalar(0.3)?;
        let case = |label, a: Tensor, b: Tensor| Case::new(label, vec![a, b], |x| x[0].pow(&x[1])).step(1e-2);
        Ok(vec![
            case("positive base", positive, normal(3, 1)?),
            case("zero base, value only", Tensor::from(0.0), Tensor::from(2.0)).values_only(),
        ])
    }),
    spec("maximum", || cases(Binary::Maximum, f64::max)),
    spec("minimum", || cases(Binary::Minimum, f64::min)),
];

const fn spec(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Any, cases: Cases::Of(cases) }
}

fn cases(op: Binary, f: fn(f64, f64) -> f64) -> Result<Vec<Case>> {
    let run = move |x: &[Tensor]| apply(op, &[&x[0], &x[1]]);
    let direct = move |x: &[Tensor]| {
        let numbers = x[0].to_f64_vec().into_iter().zip(x[1].to_f64_vec()).map(|(a, b)| f(a, b)).collect::<Vec<_>>();
        Tensor::from_slice(&numbers, x[0].shape())
    };
    // Divisors stay clear of 0.
    let away = |t: Tensor| -> Result<Tensor> { t.sign()?.mul_scalar(0.5)?.add(&t) };
    Ok(vec![
        Case::new("same shape", vec![normal([2, 3], 0)?, away(normal([2, 3], 1)?)?], run).reference(direct).step(1e-2),
        Case::new("both stretch", vec![normal([2, 1, 3], 2)?, away(normal([4, 1], 3)?)?], run).step(1e-2),
        Case::new("scalar", vec![normal([2, 2], 4)?, Tensor::from(-1.5)], run).step(1e-2),
    ])
}
