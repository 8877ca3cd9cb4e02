//! The residual connection of the hyperboloid (He et al., "Lorentzian residual neural networks", KDD 2025): a = x + w y,
//! z = √c a/√−⟨a, a⟩.
//!
//! **No cancellation.** With δ = x − y and ⟨δ, δ⟩ ≥ 0, the squared chord, −⟨a, a⟩ = c (1 + w)² + w ⟨δ, δ⟩, never below
//! c (1 + w)² for w ≥ 0. The chord is that of the points with the given space coordinates: times are computed, not read.
//!
//! **Gradients are those of the formula in all coordinates**, times included, at these points. So they can be compared with
//! other systems', and whatever made a point (a lift, say) takes the gradient of its time on to space coordinates and κ.

mod pair;

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use super::row_sums::row_sums;
use super::rows::{squares, written};
use super::sheet::{Sheet, lift_by_parts, radius_sq, rescale_by_parts, wide, width};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::simd::{Kernel, dispatch};
use crate::backend::cpu::vmath::VectorMath;
use crate::tensor::{Shape, Tensor};
use crate::{Error, Result};
use pair::{Row, Slopes};

impl Tensor {
    /// x ⊕ y = √c a/√−⟨a, a⟩ with a = x + w y, of points x (this tensor) and y `[…, d + 1]` of the hyperboloid of curvature
    /// κ = −1/c. Then the space coordinates are multiplied with `scale` and time follows; then all with √(κ/κ′) if `to`
    /// (κ′) is given. w is 1, one number, or one a row `[…, 1]`; NaN where a negative w makes a not timelike.
    ///
    /// Times of x and y are not read. Gradients are those of the formula above in all coordinates, times included.
    ///
    /// ```
    /// use beltrami::prelude::*;
    /// let (space, kappa) = (Lorentz::with_radius_sq(2.0)?, Tensor::from(-0.5));
    /// let x = space.exp_map0(&Tensor::from_slice(&[0.0, 0.7, -0.2], 3)?)?;
    /// let y = space.exp_map0(&Tensor::from_slice(&[0.0, 0.1, 0.9], 3)?)?;
    /// let middle = x.lorentz_residual(&y, None, None, &kappa, None)?;
    /// let halves = [space.dist(&x, &middle)?, space.dist(&middle, &y)?, space.dist(&x, &y)?.mul_scalar(0.5)?];
    /// let halves = halves.map(|d| d.to_f64_vec()[0]);
    /// assert!((halves[0] - halves[1]).abs() < 1e-15 && (halves[0] - halves[2]).abs() < 1e-15);
    /// # Ok::<(), beltrami::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes do not fit, types differ, or a curvature is not one f64 number below 0.
    pub fn lorentz_residual(
        &self,
        y: &Tensor,
        weight: Option<&Tensor>,
        scale: Option<&Tensor>,
        kappa: &Tensor,
        to: Option<&Tensor>,
    ) -> Result<Tensor> {
        let op = Residual { weight: weight.is_some(), scale: scale.is_some() };
        let inputs = [Some(self), Some(y), weight, scale, Some(kappa), to];
        apply(op, &inputs.into_iter().flatten().collect::<Vec<_>>())
    }
}

/// Inputs: x, y, then w and m where they are there, κ, κ′ if the curvature changes.
#[derive(Clone, Copy, Debug)]
struct Residual {
    weight: bool,
    scale: bool,
}

/// What is the same for all rows.
#[derive(Clone, Copy)]
struct Call {
    sheet: Sheet,
    /// m, if there is one.
    scale: Option<f64>,
}

impl Residual {
    /// The number of the first curvature.
    fn curvatures(self) -> usize {
        2 + usize::from(self.weight) + usize::from(self.scale)
    }

    fn call(self, x: &[&Tensor]) -> Result<Call> {
        let op = self.name();
        width(op, x[0].shape(), 1)?;
        for other in &x[1..self.curvatures()] {
            super::binary::same_dtype(op, x[0], other)?;
        }
        let misfit =
            |other: &Tensor, remedy| Err(Error::shape(op, "shapes do not fit", &[x[0].shape(), other.shape()], remedy));
        if x[1].shape() != x[0].shape() {
            return misfit(x[1], "x and y have the same shape");
        }
        if self.weight && x[2].numel() != 1 && *x[2].shape() != numbers(x[0].shape()) {
            return misfit(x[2], "the weight is one number, or one a row […, 1]");
        }
        let scale = if self.scale { Some(x[self.curvatures() - 1]) } else { None };
        if let Some(scale) = scale.filter(|scale| scale.numel() != 1) {
            return misfit(scale, "the scale is one number");
        }
        Ok(Call { sheet: Sheet::of(op, &x[self.curvatures()..])?, scale: scale.map(|scale| scale.to_f64_vec()[0]) })
    }

    /// w of each row, whether it is one number or none.
    fn weights(self, x: &Tensor, w: Option<&Tensor>) -> Result<Tensor> {
        let rows = numbers(x.shape());
        match w.filter(|_| self.weight) {
            None => Tensor::full([], 1.0, x.dtype(), x.device())?.broadcast_to(rows),
            Some(w) if w.numel() == 1 => w.detach().reshape([])?.broadcast_to(rows),
            Some(w) => Ok(w.detach()),
        }
    }

    /// The same made of tensor operations, which do read times.
    fn by_parts(self, x: &[Tensor]) -> Result<Tensor> {
        let kappas = &x[self.curvatures()..];
        let a = if self.weight {
            let w = if x[2].numel() == 1 { x[2].reshape([])? } else { x[2].clone() };
            x[0].add(&x[1].mul(&w)?)?
        } else {
            x[0].add(&x[1])?
        };
        let z = super::centre::by_parts(&a, &radius_sq(&kappas[0], &a)?)?;
        if !self.scale {
            return rescale_by_parts(&z, kappas);
        }
        let m = x[self.curvatures() - 1].reshape([])?;
        lift_by_parts(&z.narrow(-1, 1, z.dims()[z.rank() - 1])?.mul(&m)?, kappas)
    }
}

/// One number for each row.
fn numbers(rows: &Shape) -> Shape {
    rows.with(rows.len() - 1, 1)
}

impl Op for Residual {
    fn name(&self) -> &'static str {
        "lorentz_residual"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (call, shape) = (self.call(x)?, x[0].shape().clone());
        let (n, device) = (shape[shape.len() - 1], x[0].device());
        let cpu = device.cpu_for(self.name())?;
        let weights = self.weights(x[0], x.get(2).copied())?;
        with_real!(self.name(), x[0].dtype(), T, {
            let (vx, vy, vw) = (x[0].view::<T>(), x[1].view::<T>(), weights.view::<T>());
            Ok(one(Tensor::filled_by(shape, device, |out: &mut [T]| {
                cpu.for_each_rows(out, n, 3 * n * size_of::<T>(), |first, out| {
                    let (mut sx, mut sy, mut sw) = (Vec::new(), Vec::new(), Vec::new());
                    dispatch(Forward {
                        call,
                        n,
                        x: vx.block(first * n, out.len(), &mut sx),
                        y: vy.block(first * n, out.len(), &mut sy),
                        w: vw.block(first, out.len() / n, &mut sw),
                        out,
                    });
                })
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::INPUTS)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return cx.by_reference(|x| Ok(one(self.by_parts(x)?)));
        }
        let inputs = (0..cx.len()).map(|i| cx.input(i)).collect::<Result<Vec<_>>>()?;
        let (call, shape, g) = (self.call(&inputs)?, cx.shape(0).clone(), cx.grad()?);
        let (n, device) = (shape[shape.len() - 1], g.device());
        let cpu = device.cpu_for(self.name())?;
        let weights = self.weights(inputs[0], inputs.get(2).copied())?;
        with_real!(self.name(), g.dtype(), T, {
            let (vx, vy, vw) = (inputs[0].view::<T>(), inputs[1].view::<T>(), weights.view::<T>());
            let vg = g.view::<T>();
            let count = shape[..shape.len() - 1].iter().product();
            let chunk = cpu.rows_per_chunk(5 * n * size_of::<T>());
            let shapes = vec![shape.clone(), shape.clone(), numbers(&shape)];
            let (grads, sums) = written(cpu, device, shapes, [count, chunk], |first, count, out: Vec<&mut [T]>| {
                let mut scratch = [const { Vec::new() }; 4];
                let [sx, sy, sw, sg] = &mut scratch;
                let (start, len) = (first * n, count * n);
                dispatch(Backward {
                    call,
                    n,
                    x: vx.block(start, len, sx),
                    y: vy.block(start, len, sy),
                    w: vw.block(first, count, sw),
                    g: vg.block(start, len, sg),
                    out,
                })
            });
            // In the order of the chunks, so the same for any number of threads.
            let add = |t: Sums, s: &Sums| Sums {
                by_c: t.by_c + s.by_c,
                along: t.along + s.along,
                w: t.w + s.w,
                m: t.m + s.m,
            };
            let total = sums.iter().fold(Sums::default(), add);
            let number = |value: f64, i: usize| Tensor::full(cx.shape(i), value, g.dtype(), device);
            let mut grads = grads.into_iter();
            let mut result: Vec<_> = grads.by_ref().take(2).map(Some).collect();
            if self.weight {
                result.push(if cx.shape(2).numel() == 1 { Some(number(total.w, 2)?) } else { grads.next() });
            }
            if self.scale {
                result.push(Some(number(total.m, self.curvatures() - 1)?));
            }
            result.extend(call.sheet.gradients(cx, self.curvatures(), total.by_c, total.along)?);
            Ok(result.into_iter().enumerate().map(|(i, grad)| grad.filter(|_| cx.needs(i))).collect())
        })
    }
}

struct Forward<'a, T> {
    call: Call,
    n: usize,
    x: &'a [T],
    y: &'a [T],
    w: &'a [T],
    out: &'a mut [T],
}
impl<T: VectorMath> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (n, Call { sheet, scale }) = (self.n, self.call);
        for (i, out) in self.out.chunks_exact_mut(n).enumerate() {
            let (x, y, w) = (&self.x[i * n + 1..][..n - 1], &self.y[i * n + 1..][..n - 1], self.w[i]);
            let k = T::from_f64(scale.unwrap_or(1.0) * Row::of(sheet.c, x, y, w.to_f64()).k);
            let (time, h) = out.split_at_mut(1);
            for ((h, &x), &y) in h.iter_mut().zip(x).zip(y) {
                *h = k * w.v_fma::<FMA>(y, x);
            }
            time[0] = T::from_f64(sheet.scale * (squares(h, 0.0) + sheet.c).sqrt());
            if sheet.changes() {
                let scale = T::from_f64(sheet.scale);
                h.iter_mut().for_each(|h| *h *= scale);
            }
        }
    }
}

/// What a chunk adds up: the gradient of c, g · result, and the gradients of w and m.
#[derive(Clone, Copy, Default)]
struct Sums {
    by_c: f64,
    along: f64,
    w: f64,
    m: f64,
}

struct Backward<'a, T> {
    call: Call,
    n: usize,
    x: &'a [T],
    y: &'a [T],
    w: &'a [T],
    g: &'a [T],
    /// The gradients of x, y and w.
    out: Vec<&'a mut [T]>,
}
impl<T: VectorMath> Kernel for Backward<'_, T> {
    type Output = Sums;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> Sums {
        let Backward { call: Call { sheet: Sheet { c, scale: rho, .. }, scale }, n, x, y, w, g, mut out } = self;
        let mut total = Sums::default();
        let [dx, dy, dw] = &mut out[..] else { return total };
        for (i, w_out) in dw.iter_mut().enumerate() {
            let (at, w) = (i * n, w[i].to_f64());
            let (x, y, g) = (&x[at + 1..][..n - 1], &y[at + 1..][..n - 1], &g[at..][..n]);
            let row = Row::of(c, x, y, w);
            let ([xx, yy, xy, dd, ds, aa], [x0, y0, d0], k) = (row.sums, row.times, row.k);
            let (g0, g) = (g[0].to_f64(), &g[1..]);
            let [gx, gy, gd] = row_sums([x, y, g], Slopes);
            let a0 = x0 + w * y0;
            // The gradient of z = k a is p (g + lean a) in space and `dz0` in time.
            let m = scale.unwrap_or(1.0);
            let time = if scale.is_some() { (m * m * k * k * aa + c).sqrt() } else { k * a0 };
            let (p, lean, dz0) = if scale.is_some() { (rho * m, g0 * m * k / time, 0.0) } else { (rho, 0.0, rho * g0) };
            let by_x = p * (gx + lean * (xx + w * xy)) + dz0 * x0;
            let by_y = p * (gy + lean * (xy + w * yy)) + dz0 * y0;
            let by_delta = p * (gd + 0.5 * lean * ((ds + dd) + w * (ds - dd))) + dz0 * d0;
            // ∂z/∂a: k (dz + (dz · z)/c (−z₀, z_s))
            let by_a = by_x + w * by_y;
            let turn = k * k * by_a / c;
            let (of_g, of_a) = (k * p, k * (p * lean + turn));
            let da0 = k * (dz0 - turn * a0);
            let slope = k / row.square * (0.5 * row.chord * (w * by_y - by_x) - c * (1.0 + w) * by_delta);
            let along = k * (gx + w * gy);
            total.by_c += 0.5 * (k * by_a / c + if scale.is_some() { rho * g0 / time } else { 0.0 });
            total.along += rho * (g0 * time + m * along);
            total.w += slope;
            total.m += rho * (along + g0 * m * k * k * aa / time);
            *w_out = T::from_f64(slope);
            let (dx, dy) = (&mut dx[at..][..n], &mut dy[at..][..n]);
            (dx[0], dy[0]) = (T::from_f64(da0), T::from_f64(w * da0));
            let [of_g, of_a, w] = [of_g, of_a, w].map(T::from_f64);
            for ((((dx, dy), &x), &y), &g) in dx[1..].iter_mut().zip(&mut dy[1..]).zip(x).zip(y).zip(g) {
                let da = of_a.v_fma::<FMA>(w.v_fma::<FMA>(y, x), of_g * g);
                (*dx, *dy) = (da, w * da);
            }
        }
        total
    }
}

pub(super) static SPECS: &[OpSpec] =
    &[OpSpec { name: "lorentz_residual", gradient: Gradient::Any, cases: Cases::Of(cases) }];

/// Inputs of a case are space coordinates, so that finite differences stay on the hyperboloid.
fn cases() -> Result<Vec<Case>> {
    let case = |label, x: Tensor, y: Tensor, more: &[Option<Tensor>; 2], kappas: &[f64]| -> Case {
        let [weight, scale] = [more[0].is_some(), more[1].is_some()];
        let mut inputs: Vec<Tensor> = [Some(x), Some(y)].iter().chain(more).flatten().cloned().collect();
        inputs.extend(kappas.iter().map(|&kappa| Tensor::from(kappa)));
        let op = Residual { weight, scale };
        let points = move |x: &[Tensor]| -> Result<Vec<Tensor>> {
            let mut all = x.to_vec();
            all[op.curvatures()..].iter_mut().try_for_each(|kappa| wide(kappa).map(|k| *kappa = k))?;
            let kappa = all[op.curvatures()].clone();
            all[..2].iter_mut().try_for_each(|s| s.lift(None, &kappa, None).map(|point| *s = point))?;
            Ok(all)
        };
        let apply = move |x: &[Tensor]| apply(op, &points(x)?.iter().collect::<Vec<_>>());
        Case::new(label, inputs, apply).reference(move |x| op.by_parts(&points(x)?))
    };
    let far = |radius: f64, stream| -> Result<Tensor> {
        let x = normal([2, 5], stream)?;
        x.div(&x.norm(&[-1], true)?)?.mul_scalar(radius)
    };
    let weights = |shape: &[usize], stream| -> Result<Option<Tensor>> { Ok(Some(normal(shape, stream)?.sigmoid()?)) };
    let number = |value: f64| Some(Tensor::from(value));
    Ok(vec![
        case("weight 1", normal([3, 5], 0)?, normal([3, 5], 1)?, &[None, None], &[-1.0]),
        case(
            "one weight, scale",
            normal([2, 2, 4], 2)?,
            normal([2, 2, 4], 3)?,
            &[number(0.7), number(3.0)],
            &[-0.6, -1.7],
        ),
        case(
            "a weight a row",
            normal([2, 3, 4], 4)?,
            normal([2, 3, 4], 5)?,
            &[weights(&[2, 3, 1], 6)?, None],
            &[-0.6, -1.7],
        ),
        case(
            "more rows than a chunk, longer than the lanes",
            normal([9, 21], 7)?,
            normal([9, 21], 8)?,
            &[weights(&[9, 1], 9)?, number(2.0)],
            &[-0.3],
        ),
        case(
            "negative weight",
            normal([2, 4], 10)?,
            normal([2, 4], 10)?.mul_scalar(1.1)?,
            &[number(-0.3), None],
            &[-1.0],
        ),
        case("at the origin", normal([2, 3], 11)?.mul_scalar(0.0)?, normal([2, 3], 12)?, &[number(1.2), None], &[-0.5]),
        case("close", far(2.0, 13)?, far(2.0, 13)?.add_scalar(1e-8)?, &[number(1.2), number(2.0)], &[-0.5]),
        case("near the origin", far(1e-8, 14)?, far(1e-8, 15)?, &[number(1.2), None], &[-0.5]),
        case("radius 80", far(80.0, 16)?, far(80.0, 17)?, &[number(0.8), number(4.0)], &[-1.0])
            .step(1e-1)
            .tolerance(1e-6),
        case("no rows", normal([0, 3], 18)?, normal([0, 3], 19)?, &[weights(&[0, 1], 20)?, number(2.0)], &[-1.0, -2.0]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grad;

    /// Points at distances r₁ and r₂ along one ray of the unit hyperboloid have their midpoint at the mean, however far out
    /// and however close they are; −⟨a, a⟩ from the coordinates of a would lose e^(2r) roundings.
    #[test]
    fn midpoints_keep_their_digits() -> Result<()> {
        let kappa = Tensor::from(-1.0);
        for (r1, r2) in [(1e-9, 2e-9), (0.5, 0.5 + 1e-7), (3.0, 7.0), (7.5, 7.5), (9.0, 9.001), (0.0, 8.0), (-6.0, 7.0)]
        {
            let at = |r: f64| Tensor::from_slice(&[0.0, 0.6 * r.sinh(), 0.8 * r.sinh()], [1, 3]);
            let want = f64::sinh(0.5 * (r1 + r2));
            let z = at(r1)?.lorentz_residual(&at(r2)?, None, None, &kappa, None)?.to_f64_vec();
            for (z, want) in z[1..].iter().zip([0.6 * want, 0.8 * want]) {
                // The mean moves by an ulp of r, and a sum that cancels by one of its terms.
                let condition = 1.0 + f64::max(f64::abs(r1), f64::abs(r2)) + (f64::sinh(r1) / want).abs();
                assert!((z - want).abs() <= 4e-16 * condition * want.abs(), "{r1} {r2}: {z} is not {want}");
            }
        }
        Ok(())
    }

    #[test]
    fn gradients_are_those_of_the_formula_in_all_coordinates() -> Result<()> {
        let [kappa, to] = [-0.6, -1.7].map(|kappa| Tensor::from(kappa).tracked());
        let point =
            |stream| -> Result<Tensor> { Ok(normal([3, 4], stream)?.lift(None, &kappa.detach(), None)?.tracked()) };
        let (w, m) = (Tensor::from(0.7).tracked(), Tensor::from(3.0).tracked());
        for scale in [false, true] {
            let inputs = [Some(point(0)?), Some(point(1)?), Some(w.clone()), scale.then(|| m.clone())];
            let inputs: Vec<Tensor> = inputs.into_iter().flatten().chain([kappa.clone(), to.clone()]).collect();
            let op = Residual { weight: true, scale };
            let leaves: Vec<&Tensor> = inputs.iter().collect();
            let gradients = |z: Tensor| grad(&z.mul(&normal([3, 5], 2)?)?.sum_all()?, &leaves, false);
            let (got, want) = (gradients(apply(op, &leaves)?)?, gradients(op.by_parts(&inputs)?)?);
            for (got, want) in got.iter().flat_map(Tensor::to_f64_vec).zip(want.iter().flat_map(Tensor::to_f64_vec)) {
                assert!((got - want).abs() <= 1e-12 * (1.0 + want.abs()), "{got} is not {want}");
            }
        }
        Ok(())
    }
}
