//! The point of the hyperboloid in the direction of a sum of points (Law et al., "Lorentzian distance learning for
//! hyperbolic representations", ICML 2019, eq. 8).

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use super::rows::{dot, squares, written};
use super::sheet::{Sheet, radius_sq, wide, width};
use crate::Result;
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::Real;
use crate::tensor::Tensor;

impl Tensor {
    /// √c a/√−⟨a, a⟩ of rows a `[…, d + 1]`, time first and positive, with c = −1/κ. A row that is not timelike is NaN.
    ///
    /// The rows' times are read: they are no points. Time of the result is computed from its space coordinates.
    ///
    /// # Errors
    /// If a row has no time coordinate, or κ is not one f64 number below 0.
    pub fn lorentz_centre(&self, kappa: &Tensor) -> Result<Tensor> {
        apply(Centre, &[self, kappa])
    }
}

/// The same made of tensor operations, given c.
pub(super) fn by_parts(a: &Tensor, c: &Tensor) -> Result<Tensor> {
    let (time, space) = (a.narrow(-1, 0, 1)?, a.narrow(-1, 1, a.dims()[a.rank() - 1])?);
    let square = time.square()?.sub(&space.square()?.sum(&[-1], true)?)?;
    a.mul(&square.rsqrt()?)?.mul(&c.sqrt()?)
}

#[derive(Clone, Copy, Debug)]
struct Centre;

impl Op for Centre {
    fn name(&self) -> &'static str {
        "lorentz_centre"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (a, sheet) = (x[0], Sheet::of(self.name(), &x[1..])?);
        let (n, cpu) = (width(self.name(), a.shape(), 1)?, a.device().cpu_for(self.name())?);
        with_real!(self.name(), a.dtype(), T, {
            let view = a.view::<T>();
            Ok(one(Tensor::filled_by(a.shape().clone(), a.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, n, 2 * n * size_of::<T>(), |first, out| {
                    let mut scratch = Vec::new();
                    dispatch(Forward { c: sheet.c, n, a: view.block(first * n, out.len(), &mut scratch), out });
                })
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::INPUTS)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return cx.by_reference(|x| Ok(one(by_parts(&x[0], &radius_sq(&x[1], &x[0])?)?)));
        }
        let (g, a, sheet) = (cx.grad()?, cx.input(0)?, Sheet::of(self.name(), &[cx.input(1)?])?);
        let (n, cpu, shape) = (a.dims()[a.rank() - 1], a.device().cpu_for(self.name())?, a.shape());
        with_real!(self.name(), g.dtype(), T, {
            let (vg, va) = (g.view::<T>(), a.view::<T>());
            let count = shape[..shape.len() - 1].iter().product();
            let chunk = cpu.rows_per_chunk(3 * n * size_of::<T>());
            let shapes = vec![shape.clone()];
            let (mut grads, sums) = written(cpu, g.device(), shapes, [count, chunk], |first, count, mut out| {
                let (mut sg, mut sa) = (Vec::new(), Vec::new());
                let (g, a) = (vg.block(first * n, count * n, &mut sg), va.block(first * n, count * n, &mut sa));
                dispatch(Backward::<T> { c: sheet.c, n, g, a, out: out.pop().unwrap_or_default() })
            });
            // In the order of the chunks, so the same for any number of threads.
            let mut result = vec![grads.pop().filter(|_| cx.needs(0))];
            result.extend(sheet.gradients(cx, 1, sums.iter().sum(), 0.0)?);
            Ok(result)
        })
    }
}

/// √c/√−⟨a, a⟩.
#[inline(always)]
fn factor<T: Real>(c: f64, a: &[T]) -> f64 {
    let (time, space) = (a[0].to_f64(), squares(&a[1..], 0.0).sqrt());
    (c / ((time - space) * (time + space))).sqrt()
}

struct Forward<'a, T> {
    c: f64,
    n: usize,
    a: &'a [T],
    out: &'a mut [T],
}
impl<T: VectorMath> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for (a, out) in self.a.chunks_exact(self.n).zip(self.out.chunks_exact_mut(self.n)) {
            let k = T::from_f64(factor(self.c, a));
            out.iter_mut().zip(a).for_each(|(o, &a)| *o = k * a);
            out[0] = T::from_f64((squares(&out[1..], 0.0) + self.c).sqrt());
        }
    }
}

struct Backward<'a, T> {
    c: f64,
    n: usize,
    g: &'a [T],
    a: &'a [T],
    out: &'a mut [T],
}
impl<T: VectorMath> Kernel for Backward<'_, T> {
    /// The gradient of c.
    type Output = f64;
    /// ∂z/∂a: k (g + (g · z)/c (−z₀, z_s)), and z/2c for c.
    #[inline(always)]
    fn run<const FMA: bool>(self) -> f64 {
        let mut by_c = 0.0;
        let rows = self.g.chunks_exact(self.n).zip(self.a.chunks_exact(self.n));
        for ((g, a), out) in rows.zip(self.out.chunks_exact_mut(self.n)) {
            let (k, along) = (factor(self.c, a), dot(g, a));
            let turn = k * k * k * along / self.c;
            by_c += 0.5 * k * along / self.c;
            let (of_g, of_a) = (T::from_f64(k), T::from_f64(turn));
            for ((o, &g), &a) in out.iter_mut().zip(g).zip(a) {
                *o = of_a.v_fma::<FMA>(a, of_g * g);
            }
            out[0] = T::from_f64(k * g[0].to_f64() - turn * a[0].to_f64());
        }
        by_c
    }
}

pub(super) static SPECS: &[OpSpec] =
    &[OpSpec { name: "lorentz_centre", gradient: Gradient::Any, cases: Cases::Of(cases) }];

fn cases() -> Result<Vec<Case>> {
    // Rows with the given space coordinates, inside the light cone.
    let case = |label, space: Tensor, kappa: f64| -> Result<Case> {
        let a = Tensor::cat(&[&space.square()?.sum(&[-1], true)?.add_scalar(0.7)?.sqrt()?, &space], -1)?;
        let apply = |x: &[Tensor]| x[0].lorentz_centre(&wide(&x[1])?);
        Ok(Case::new(label, vec![a, Tensor::from(kappa)], apply)
            .reference(|x| by_parts(&x[0], &radius_sq(&x[1], &x[0])?))
            .step(1e-3))
    };
    let outside = Tensor::from_slice(&[1.0, 1.0, 0.5, 2.0, 1.0, 0.5], [2, 3])?;
    Ok(vec![
        case("rows", normal([3, 5], 0)?, -1.0)?,
        case("more rows than a chunk, longer than the lanes", normal([2, 9, 21], 1)?, -0.4)?,
        case("near the axis", normal([2, 4], 2)?.mul_scalar(1e-8)?, -2.0)?,
        Case::new("not timelike", vec![outside, Tensor::from(-1.0)], |x| x[0].lorentz_centre(&wide(&x[1])?))
            .reference(|x| by_parts(&x[0], &radius_sq(&x[1], &x[0])?))
            .values_only(),
        case("no rows", normal([0, 3], 3)?, -1.0)?,
    ])
}
