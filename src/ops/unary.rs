//! Elementwise functions of one tensor: a value, a slope fused for the backward sweep, and the same slope made of
//! tensor operations for higher derivatives.

mod activation;
mod algebraic;
mod normal;
pub(super) mod scalar;
mod transcendental;

use super::registry::{Case, OpSpec};
use crate::Result;
use crate::autograd::{Op, Outputs, Saves, Vjp, one};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::backend::cuda::{Arg, Cuda};
use crate::dtype::Real;
use crate::tensor::{Backend, Tensor};
use std::fmt::Debug;

/// Makes of each row a [`Function`], the [`Tensor`] method that applies it, and its entry in the registry.
///
/// A row: documentation; type, method and parameters with an example of each; value; slope and what it reads; the
/// slope made of tensor operations; the exact function in f64; where it is checked; points without a slope; and, for
/// the circular functions, [`Function::FAR`].
macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident $method:ident ($($p:ident = $example:expr),*) {
        value |$x:ident| $value:expr;
        slope |$r:ident: $reads:ident| $slope:expr;
        tensor |$t:ident| $tensor:expr;
        exact $exact:expr;
        at $at:expr, $kinks:expr;
        $(far $far:expr;)?
    })*) => {
        impl Tensor {$(
            $(#[$doc])*
            pub fn $method(&self, $($p: f64),*) -> Result<Tensor> {
                crate::autograd::apply(Unary($name { $($p),* }), &[self])
            }
        )*}
        $(
            #[derive(Clone, Copy, Debug)]
            struct $name { $($p: f64),* }
            impl Function for $name {
                const NAME: &'static str = stringify!($method);
                const FAMILY: &'static str = FAMILY;
                const READS: Reads = Reads::$reads;
                $(const FAR: Option<[u64; 2]> = Some($far);)?
                #[inline(always)]
                fn value<T: VectorMath, const FMA: bool>(self, $x: T) -> T {
                    let Self { $($p),* } = self;
                    $value
                }
                #[inline(always)]
                fn slope<T: VectorMath, const FMA: bool>(self, $r: T) -> T {
                    let Self { $($p),* } = self;
                    $slope
                }
                fn slope_tensor(self, $t: &Tensor) -> Result<Tensor> {
                    let Self { $($p),* } = self;
                    $tensor
                }
                fn parameters(self) -> [f64; 2] {
                    let given: &[f64] = &[$(self.$p),*];
                    std::array::from_fn(|i| given.get(i).copied().unwrap_or_default())
                }
            }
        )*
        pub(super) static SPECS: &[OpSpec] = &[$(OpSpec {
            name: stringify!($method),
            gradient: Gradient::Any,
            cases: crate::ops::registry::Cases::Of(|| cases(|x| x.$method($($example),*), $exact, &$at, &$kinks)),
        }),*];
    };
}
use functions;

pub(super) static SPECS: [&[OpSpec]; 3] = [algebraic::SPECS, transcendental::SPECS, activation::SPECS];

/// A function of one number.
trait Function: Copy + Debug + Send + Sync + 'static {
    const NAME: &'static str;
    /// The kernels' file, named as this one.
    const FAMILY: &'static str;
    /// What the slope reads besides the gradient.
    const READS: Reads;
    /// For `[v, s]`: beyond [`NEAR`], where the vector forms of sine and cosine end, the value is sin(x + v π/2) and the
    /// slope sin(x + s π/2).
    const FAR: Option<[u64; 2]> = None;
    fn value<T: VectorMath, const FMA: bool>(self, x: T) -> T;
    /// f′, given x or y = f(x) as [`Function::READS`] says.
    fn slope<T: VectorMath, const FMA: bool>(self, read: T) -> T;
    /// The same made of tensor operations.
    fn slope_tensor(self, read: &Tensor) -> Result<Tensor>;
    /// What its kernels take besides numbers.
    fn parameters(self) -> [f64; 2];
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Nothing,
    Input,
    Output,
}

#[derive(Debug)]
struct Unary<F>(F);

impl<F: Function> Op for Unary<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let f = self.0;
        with_real!(F::NAME, x[0].dtype(), T, {
            if let Backend::Cuda(cuda) = x[0].device().backend() {
                return Ok(one(on_card(cuda, f, "", &[x[0]])?));
            }
            Ok(one(blocks::<T, 1>(F::NAME, [x[0]], &|[x], out| {
                dispatch(Values { f, x, out });
                if let Some([turn, _]) = F::FAR {
                    mend(x, out, &|i, o| *o = x[i].sin_far(turn));
                }
            })?))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(match F::READS {
            Reads::Nothing => Saves::NOTHING,
            Reads::Input => Saves::INPUTS,
            Reads::Output => Saves::OUTPUTS,
        })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let g = cx.grad()?;
        let read = match F::READS {
            Reads::Nothing => &g,
            Reads::Input => cx.input(0)?,
            Reads::Output => cx.output(0)?,
        };
        if cx.higher_order() {
            return Ok(vec![Some(self.0.slope_tensor(read)?.mul(&g)?)]);
        }
        Ok(vec![Some(slopes(self.0, read, &g)?)])
    }
}

/// A case at smooth points and one, for values only, at the others.
fn cases(f: fn(&Tensor) -> Result<Tensor>, exact: fn(f64) -> f64, at: &[f64], kinks: &[f64]) -> Result<Vec<Case>> {
    let case = |label, at: &[f64]| -> Result<Case> {
        let direct = move |x: &[Tensor]| {
            let values: Vec<f64> = x[0].to_f64_vec().into_iter().map(exact).collect();
            Tensor::from_slice(&values, x[0].shape())
        };
        Ok(Case::new(label, vec![Tensor::from_slice(at, at.len())?], move |x| f(&x[0])).reference(direct).step(1e-3))
    };
    let mut cases = vec![case("smooth points", at)?];
    if !kinks.is_empty() {
        cases.push(case("special points", kinks)?.values_only());
    }
    Ok(cases)
}

/// g · f′ in one pass.
fn slopes<F: Function>(f: F, read: &Tensor, g: &Tensor) -> Result<Tensor> {
    with_real!(F::NAME, g.dtype(), T, {
        if let Backend::Cuda(cuda) = g.device().backend() {
            return on_card(cuda, f, "_slope", &[g, read]);
        }
        blocks::<T, 2>(F::NAME, [g, read], &|[g, x], out| {
            dispatch(Slopes { f, x, g, out });
            if let Some([_, turn]) = F::FAR {
                mend(x, out, &|i, o| *o = g[i] * x[i].sin_far(turn));
            }
        })
    })
}

/// The kernel of the value, or of the slope times the gradient.
fn on_card<F: Function>(cuda: &Cuda, f: F, which: &str, inputs: &[&Tensor]) -> Result<Tensor> {
    let (kernel, to) = (format!("{}{which}_{}", F::NAME, inputs[0].dtype()), (inputs[0].shape(), inputs[0].dtype()));
    Tensor::mapped_on_card(cuda, F::NAME, (F::FAMILY, &kernel), to, inputs, f.parameters().map(Arg::from))
}

/// What is done with a block of each input and of the output.
type Loop<'a, T, const N: usize> = dyn Fn([&[T]; N], &mut [T]) + Sync + 'a;

/// A tensor of the shape of `x[0]`, written by `f` from blocks of all `x`. One copy for each type of number.
fn blocks<T: Real, const N: usize>(op: &'static str, x: [&Tensor; N], f: &Loop<'_, T, N>) -> Result<Tensor> {
    let cpu = x[0].device().cpu_for(op)?;
    let (views, device) = (x.map(Tensor::view::<T>), x[0].device());
    Ok(Tensor::filled_by(x[0].shape().clone(), device, |out: &mut [T]| {
        cpu.for_each_rows(out, 1, (N + 1) * size_of::<T>(), |first, out| {
            let mut scratch = [const { Vec::new() }; N];
            let mut scratch = scratch.iter_mut();
            let blocks = views.each_ref().map(|v| v.block(first, out.len(), scratch.next().expect("one for each")));
            f(blocks, out);
        })
    }))
}

/// Largest |x| that the vector forms of sine and cosine take.
const NEAR: f64 = 1_048_576.0;

/// Computes again, one by one, what lies beyond [`NEAR`]; rarely there is anything.
fn mend<T: VectorMath>(x: &[T], out: &mut [T], f: &dyn Fn(usize, &mut T)) {
    let near = T::lit(NEAR);
    if x.iter().fold(true, |all, x| all & (x.abs() <= near)) {
        return;
    }
    for (i, (x, o)) in x.iter().zip(out).enumerate() {
        if x.abs() > near {
            f(i, o);
        }
    }
}

struct Values<'a, F, T> {
    f: F,
    x: &'a [T],
    out: &'a mut [T],
}
impl<F: Function, T: VectorMath> Kernel for Values<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for (o, &x) in self.out.iter_mut().zip(self.x) {
            *o = self.f.value::<T, FMA>(x);
        }
    }
}

struct Slopes<'a, F, T> {
    f: F,
    x: &'a [T],
    g: &'a [T],
    out: &'a mut [T],
}
impl<F: Function, T: VectorMath> Kernel for Slopes<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for ((o, &x), &g) in self.out.iter_mut().zip(self.x).zip(self.g) {
            *o = g * self.f.slope::<T, FMA>(x);
        }
    }
}
