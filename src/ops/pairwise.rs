//! Distances of all pairs of two sets of points.

use super::manifold::{self, card};
use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::{Buffer, Cpu, Matrix, gemm, numbers, numbers_mut};
use crate::backend::cuda::Cuda;
use crate::dtype::Element;
use crate::geometry::pairs::{Left, Pairs};
use crate::geometry::{Call, Coord, Curv, Kind, Model};
use crate::tensor::{Backend, Shape, Tensor};
use crate::{DType, Error, Result};
use bytemuck::cast_slice;

/// dist(xᵢ, yⱼ) as `[n, m]` of points x `[n, width]` and y `[m, width]`; `c` and `t` as for
/// [`rows`](super::manifold::rows). Nothing of size n·m·width is made. f32 points on machines with fused multiply-add go by
/// way of matrix products, close pairs excepted; all others one by one.
///
/// # Errors
/// If shapes or types differ, or the model has no distance.
pub fn cdist(model: Model, x: &Tensor, y: &Tensor, c: &Tensor, t: &Tensor) -> Result<Tensor> {
    let (c, t) = (c.to_device(x.device())?, t.to_device(x.device())?);
    apply(CdistOp { model }, &[x, y, &c, &t])
}

#[derive(Clone, Copy, Debug)]
struct CdistOp {
    model: Model,
}

const NAME: &str = "cdist";

/// Rows of a matrix of pairs that are computed at once.
const STRIP: usize = 48;

/// `rows!(T, x, …)`: each of these tensors as a slice of its numbers, copied only where it is a view that is not contiguous.
macro_rules! rows {
    ($t:ty, $($x:ident),*) => { $(
        let (view, mut scratch) = ($x.view::<$t>(), vec![]);
        let $x = view.block(0, $x.numel(), &mut scratch);
    )* };
}

/// Points x and y, for pairs that are computed one by one.
struct Singly<'a, T> {
    call: Call,
    width: usize,
    x: &'a [T],
    y: &'a [T],
}

impl<'a, T: Coord> Singly<'a, T> {
    fn pair(&self, i: usize, j: usize) -> [&'a [T]; 2] {
        [&self.x[i * self.width..][..self.width], &self.y[j * self.width..][..self.width]]
    }

    fn dist(&self, i: usize, j: usize, out: &mut T) {
        self.call.forward(&self.pair(i, j), std::slice::from_mut(out));
    }

    /// Adds the gradients in x or y (`side` 0 or 1) of some pairs to `sum`; returns those in (c, t).
    fn dist_vjp(&self, side: usize, pairs: impl Iterator<Item = (Left, T)>, sum: &mut [f64]) -> (f64, f64) {
        let mut rows = [vec![T::zero(); self.width], vec![T::zero(); self.width]];
        let mut curvature = (0.0, 0.0);
        for ([i, j], g) in pairs {
            let [gx, gy] = &mut rows;
            let (gc, gt) = self.call.vjp(&self.pair(i, j), &[g], &mut [gx, gy]);
            sum.iter_mut().zip(&rows[side]).for_each(|(sum, g)| *sum += Element::to_f64(*g));
            curvature = (curvature.0 + gc, curvature.1 + gt);
        }
        curvature
    }
}

impl CdistOp {
    fn prepare(&self, inputs: &[&Tensor]) -> Result<Curv> {
        let [x, y, c, t] = inputs else {
            let what = format!("{} inputs", inputs.len());
            return Err(Error::Argument { op: NAME, what, remedy: "give x, y, c and t".into() });
        };
        super::binary::same_dtype(NAME, x, y)?;
        if x.rank() != 2 || y.rank() != 2 || x.dims()[1] != y.dims()[1] || self.model.dim(x.dims()[1]) == 0 {
            let shapes = [x.shape(), y.shape()];
            return Err(Error::shape(NAME, "needs two tables of points", &shapes, "give [n, width] and [m, width]"));
        }
        Ok(Curv { c: c.to_scalar()?, t: t.to_scalar()? })
    }

    fn call(&self, curv: Curv, width: usize) -> Call {
        Call { model: self.model, kind: Kind::Dist, curv, number: f64::INFINITY, dim: self.model.dim(width) }
    }

    fn singly<'a, T: Coord>(&self, curv: Curv, width: usize, x: &'a [T], y: &'a [T]) -> Singly<'a, T> {
        Singly { call: self.call(curv, width), width, x, y }
    }
}

impl Op for CdistOp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn forward(&self, inputs: &[&Tensor]) -> Result<Outputs> {
        let curv = self.prepare(inputs)?;
        let (x, y, device) = (inputs[0], inputs[1], inputs[0].device());
        let (n, m, width) = (x.dims()[0], y.dims()[0], x.dims()[1]);
        let shape = Shape::from([n, m]);
        let cpu = match device.backend() {
            Backend::Cuda(cuda) if card::has(self.model) => {
                let rows = card_rows([x, y])?;
                let out = card::forward(
                    manifold::name(self.model, Kind::Dist),
                    cuda,
                    &self.call(curv, width),
                    &[&rows[0], &rows[1]],
                    &[n, m, 1].into(),
                )?;
                return Ok(one(out.squeeze(-1)?));
            }
            _ => device.cpu_for(NAME)?,
        };
        if x.dtype() == DType::F32 {
            rows!(f32, x, y);
            if let Some(pairs) = Pairs::of(self.model, curv, [x, y], width) {
                let singly = self.singly(curv, width, x, y);
                return Ok(one(Tensor::filled_by(shape, device, |out: &mut [f32]| {
                    let strips = out.chunks_mut((STRIP * m).max(1)).enumerate().collect();
                    cpu.for_each(strips, |(s, out)| {
                        for [i, j] in pairs.dist(s * STRIP, out) {
                            singly.dist(i, j, &mut out[(i - s * STRIP) * m + j]);
                        }
                    });
                })));
            }
        }
        with_real!(NAME, x.dtype(), T, {
            rows!(T, x, y);
            let singly = self.singly(curv, width, x, y);
            Ok(one(Tensor::filled_by(shape, device, |out: &mut [T]| {
                let strips = out.chunks_mut(m.max(1)).enumerate().collect();
                cpu.for_each(strips, |(i, out)| {
                    out.iter_mut().enumerate().for_each(|(j, out)| singly.dist(i, j, out));
                });
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::INPUTS)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return Err(Error::Graph {
                op: NAME,
                what: "its derivative is fused and cannot be differentiated again".into(),
                remedy: "take `dist` of broadcast points, composed of tensor operations",
            });
        }
        let inputs = (0..cx.len()).map(|i| cx.input(i)).collect::<Result<Vec<_>>>()?;
        let curv = self.prepare(&inputs)?;
        let (x, y, g) = (inputs[0], inputs[1], &cx.grad()?);
        let (device, width) = (x.device(), x.dims()[1]);
        let number = |i: usize, value: f64| {
            cx.needs(i).then(|| Tensor::full(cx.shape(i), value, DType::F64, device)).transpose()
        };
        let cpu = match device.backend() {
            Backend::Cuda(cuda) if card::has(self.model) => {
                let ([gx, gy], [gc, gt]) = vjp_on_card(cuda, &self.call(curv, width), [x, y], g)?;
                let rows = [(0, gx), (1, gy)].map(|(i, g)| Some(g).filter(|_| cx.needs(i)));
                return Ok(rows.into_iter().chain([number(2, gc)?, number(3, gt)?]).collect());
            }
            _ => device.cpu_for(NAME)?,
        };
        let learned = cx.needs(2) || cx.needs(3);
        let (mut scratch_x, mut scratch_y) = (vec![], vec![]);
        let products = if x.dtype() == DType::F32 {
            let (view_x, view_y) = (x.view(), y.view());
            let rows = [view_x.block(0, x.numel(), &mut scratch_x), view_y.block(0, y.numel(), &mut scratch_y)];
            rows!(f32, g);
            Pairs::of(self.model, curv, rows, width).map(|pairs| Products::of(cpu, pairs, g, learned))
        } else {
            None
        };
        with_real!(NAME, x.dtype(), T, {
            let tables = [x, y];
            rows!(T, x, y, g);
            let singly = self.singly(curv, width, x, y);
            let side = |side: usize| singly.side(side, tables[side], g, products.as_ref());
            let (gx, (gc, gt)) = side(0)?;
            let (more_c, more_t) = products.as_ref().map_or((0.0, 0.0), |p| p.curvature);
            let gy = if cx.needs(1) { Some(side(1)?.0) } else { None };
            Ok(vec![Some(gx).filter(|_| cx.needs(0)), gy, number(2, gc + more_c)?, number(3, gt + more_t)?])
        })
    }
}

/// Both tables as rows of all pairs `[n, m, width]`: nothing is copied.
fn card_rows([x, y]: [&Tensor; 2]) -> Result<[Tensor; 2]> {
    let shape = [x.dims()[0], y.dims()[0], x.dims()[1]];
    let (x, y) = (x.detach().unsqueeze(1)?, y.detach().unsqueeze(0)?);
    Ok([x.broadcast_to(shape)?, y.broadcast_to(shape)?])
}

/// Gradients in the points of both sides and in (c, t), from those of some points x against all y at a time.
fn vjp_on_card(cuda: &Cuda, call: &Call, [x, y]: [&Tensor; 2], g: &Tensor) -> Result<([Tensor; 2], [f64; 2])> {
    /// Numbers of gradients of pairs that are held at once.
    const HELD: usize = 1 << 26;
    let (n, m, width) = (x.dims()[0], y.dims()[0], x.dims()[1]);
    let strip = (HELD / (m * width).max(1)).max(1);
    let (mut gx, mut gy, mut curvature) = (vec![], y.detach().zeros_like()?, [0.0; 2]);
    for first in (0..n).step_by(strip) {
        let last = n.min(first + strip);
        let [rows_x, rows_y] = card_rows([&x.narrow(0, first, last)?, y])?;
        let g = g.detach().narrow(0, first, last)?.unsqueeze(-1)?;
        let grads =
            card::vjp(manifold::name(call.model, Kind::Dist), cuda, call, &[&rows_x, &rows_y, &g], rows_x.shape())?;
        gx.push(grads[0].sum(&[1], false)?);
        gy = gy.add(&grads[1].sum(&[0], false)?)?;
        for (sum, part) in curvature.iter_mut().zip(&grads[2..]) {
            *sum += part.sum_all()?.to_scalar::<f64>()?;
        }
    }
    let gx = if gx.is_empty() { x.detach().zeros_like()? } else { Tensor::cat(&gx.iter().collect::<Vec<_>>(), 0)? };
    Ok(([gx, gy], curvature))
}

/// What matrix products give of the gradients.
struct Products<'a> {
    pairs: Pairs<'a>,
    /// The cotangents of the pairs' u, `[n, m]`.
    gu: Buffer,
    curvature: (f64, f64),
    /// Pairs that are left, in order for a pass over x and for one over y.
    left: [Vec<Left>; 2],
}

impl<'a> Products<'a> {
    fn of(cpu: &Cpu, pairs: Pairs<'a>, g: &[f32], learned: bool) -> Self {
        let m = pairs.y.count();
        let mut gu = numbers::<f64>(g.len());
        let size = (STRIP * m).max(1);
        let mut results = vec![(vec![], (0.0, 0.0)); g.len().div_ceil(size)];
        let strips =
            numbers_mut::<f64>(&mut gu).chunks_mut(size).zip(g.chunks(size)).zip(&mut results).enumerate().collect();
        cpu.for_each(strips, |(s, ((gu, g), (left, curvature)))| {
            *left = pairs.dist_vjp(s * STRIP, g, gu, learned.then_some(curvature));
        });
        let curvature = results.iter().fold((0.0, 0.0), |sum, (_, c)| (sum.0 + c.0, sum.1 + c.1));
        let mut by_x: Vec<Left> = results.into_iter().flat_map(|(left, _)| left).collect();
        by_x.sort_unstable();
        let mut by_y = by_x.clone();
        by_y.sort_unstable_by_key(|&[i, j]| [j, i]);
        Products { pairs, gu, curvature, left: [by_x, by_y] }
    }

    /// Σ (S, X₀) ∂u over the pairs of each point of a side, `[points, dim + 1]`.
    fn sums(&self, cpu: &Cpu, side: usize) -> Vec<f64> {
        let (Pairs { x, y, .. }, m) = (&self.pairs, self.pairs.y.count() as isize);
        let (points, others, row, column) = if side == 0 { (x, y, m, 1) } else { (y, x, 1, m) };
        let ambient = others.ambient();
        let width = self.pairs.dim() + 1;
        let left = Matrix { data: cast_slice(self.gu.bytes()), offset: 0, row, column };
        let right = Matrix { data: &ambient, offset: 0, row: width as isize, column: 1 };
        let mut out = vec![0.0; points.count() * width];
        gemm(cpu, vec![(left, right)], [points.count(), others.count(), width], &mut out);
        out
    }

    /// The pairs of a side's point that are left.
    fn left(&self, side: usize, i: usize) -> &[Left] {
        let left = &self.left[side];
        let before = |end: usize| left.partition_point(|pair| pair[side] < end);
        &left[before(i)..before(i + 1)]
    }

    /// A point's gradient without the pairs that are left.
    fn pull(&self, side: usize, i: usize, sums: &[f64], out: &mut [f64]) {
        let (dim, points) = (self.pairs.dim(), [&self.pairs.x, &self.pairs.y][side]);
        let free = out.len() - dim;
        self.pairs.pull(points, i, &sums[i * (dim + 1)..][..dim + 1], &mut out[free..]);
    }
}

impl<T: Coord> Singly<'_, T> {
    /// The gradients of the points of one side (0: x, 1: y), and those in (c, t): from products, where there are any, and
    /// pair by pair.
    fn side(
        &self,
        side: usize,
        points: &Tensor,
        g: &[T],
        products: Option<&Products<'_>>,
    ) -> Result<(Tensor, (f64, f64))> {
        let (device, width) = (points.device(), self.width);
        let cpu = device.cpu_for(NAME)?;
        let (n, m) = (self.x.len() / width, self.y.len() / width);
        let sums = products.map(|p| (p, p.sums(cpu, side)));
        let count = points.dims()[0];
        let mut curvature = vec![(0.0, 0.0); count];
        let gradients = Tensor::filled_by(points.shape().clone(), device, |out: &mut [T]| {
            let rows = out.chunks_exact_mut(width).zip(&mut curvature).enumerate().collect::<Vec<_>>();
            let mut rows = rows.into_iter();
            let strips = (0..count.div_ceil(STRIP)).map(|_| rows.by_ref().take(STRIP).collect::<Vec<_>>()).collect();
            cpu.for_each(strips, |strip: Vec<_>| {
                let mut sum = vec![0.0; width];
                for (i, (out, curvature)) in strip {
                    sum.fill(0.0);
                    let with_g = |pair: Left| (pair, g[pair[0] * m + pair[1]]);
                    *curvature = match &sums {
                        Some((products, sums)) => {
                            products.pull(side, i, sums, &mut sum);
                            let left = products.left(side, i);
                            self.dist_vjp(side, left.iter().map(|&pair| with_g(pair)), &mut sum)
                        }
                        None if side == 0 => self.dist_vjp(side, (0..m).map(|j| with_g([i, j])), &mut sum),
                        None => self.dist_vjp(side, (0..n).map(|j| with_g([j, i])), &mut sum),
                    };
                    out.iter_mut().zip(&sum).for_each(|(out, &sum)| *out = T::from_f64(sum));
                }
            });
        });
        Ok((gradients, curvature.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1))))
    }
}

pub(super) static SPECS: &[OpSpec] =
    &[OpSpec { name: NAME, gradient: Gradient::Once("its derivative is fused"), cases: Cases::Of(cases) }];

fn cases() -> Result<Vec<Case>> {
    let case = |model: Model, c: f64, label: &str| -> Result<Case> {
        let width = model.ambient(3);
        // Two points are close to each other.
        let x = normal([5, width], 1)?.mul_scalar(0.2)?;
        let near = x.narrow(0, 0, 1)?.add_scalar(1e-4)?;
        let y = Tensor::cat(&[&near, &normal([3, width], 2)?.mul_scalar(0.2)?], 0)?;
        let inputs = vec![x, y, Tensor::from(c), Tensor::from(0.8)];
        let scalars =
            |x: &[Tensor]| -> Result<[Tensor; 2]> { Ok([x[2].to_dtype(DType::F64)?, x[3].to_dtype(DType::F64)?]) };
        let apply = move |x: &[Tensor]| {
            let [c, t] = scalars(x)?;
            cdist(model, &x[0], &x[1], &c, &t)
        };
        let reference = move |x: &[Tensor]| {
            let [c, t] = scalars(x)?;
            super::manifold::rows(model, Kind::Dist, &[&x[0].unsqueeze(1)?, &x[1].unsqueeze(0)?], &c, &t)
        };
        Ok(Case::new(label, inputs, apply).reference(reference).step(1e-5).tolerance(1e-6).f32_tolerance(2e-3))
    };
    Ok(vec![
        case(Model::Lorentz, 1.0, "hyperboloid")?,
        case(Model::Poincare, 1.3, "ball")?,
        case(Model::Euclidean, 1.0, "flat")?,
    ])
}
