//! Distances of all pairs of two sets of points, from matrix products.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::gemm::{self, Matrix};
use crate::backend::cpu::simd::Fused;
use crate::dtype::Element;
use crate::geometry::pairs::Against;
use crate::geometry::{Call, Curv, Kind, Model};
use crate::tensor::{Shape, Tensor};
use crate::{DType, Error, Result};

/// dist(xᵢ, yⱼ) as `[n, m]` of points x `[n, width]` and y `[m, width]`; `c` and `t` as for
/// [`rows`](super::manifold::rows). Nothing of size n·m·width is made. f32 points on machines with fused multiply-add go by
/// way of matrix products, close pairs excepted; all others one by one.
///
/// # Errors
/// If shapes or types differ, or the model has no distance.
pub fn cdist(model: Model, x: &Tensor, y: &Tensor, c: &Tensor, t: &Tensor) -> Result<Tensor> {
    apply(CdistOp { model }, &[x, y, c, t])
}

#[derive(Clone, Copy, Debug)]
struct CdistOp {
    model: Model,
}

const NAME: &str = "cdist";

/// Rows of a matrix of pairs that are computed at once.
const STRIP: usize = 32;

/// The points of one side: rows, and for products their free coordinates in f64 and the squares of those.
struct Points<T> {
    rows: Vec<T>,
    free: Vec<f64>,
    squares: Vec<f64>,
    /// Width of a row, and of its free coordinates.
    width: usize,
    dim: usize,
}

impl<T: crate::geometry::Coord> Points<T> {
    fn of(model: Model, x: &Tensor, products: bool) -> Result<Points<T>> {
        let width = x.dims()[1];
        let skip = if products { width - model.dim(width) } else { 0 };
        let rows = x.to_vec::<T>()?;
        let wide = |row: &[T]| -> Vec<f64> { row[skip..].iter().map(|&x| Element::to_f64(x)).collect() };
        let free: Vec<f64> = if products { rows.chunks_exact(width).flat_map(wide).collect() } else { vec![] };
        let dim = width - skip;
        let squares = free.chunks_exact(dim).map(|row| row.iter().map(|x| x * x).sum()).collect();
        Ok(Points { rows, free, squares, width, dim })
    }

    fn len(&self) -> usize {
        self.rows.len() / self.width
    }

    fn row(&self, i: usize) -> &[T] {
        &self.rows[i * self.width..][..self.width]
    }

    /// ⟨x,y⟩ for the points x from `first` and all y, `[count, m]`.
    fn products(&self, first: usize, y: &Points<T>, out: &mut [f64]) {
        let (m, dim) = (y.len(), self.dim);
        let x = Matrix { data: &self.free, offset: first * dim, row: dim as isize, column: 1 };
        let transposed = Matrix { data: &y.free, offset: 0, row: 1, column: dim as isize };
        gemm::one(x, transposed, out.len() / m, dim, m, out);
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

    /// Where products serve.
    fn fused(&self, dtype: DType) -> Option<Fused> {
        Fused::available().filter(|_| dtype == DType::F32 && Against::has(self.model))
    }

    fn call(&self, curv: Curv, width: usize) -> Call {
        let dim = self.model.dim(width);
        Call { model: self.model, kind: Kind::Dist, curv, number: f64::INFINITY, dim }
    }
}

impl Op for CdistOp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn forward(&self, inputs: &[&Tensor]) -> Result<Outputs> {
        let curv = self.prepare(inputs)?;
        let (x, y, device) = (inputs[0], inputs[1], inputs[0].device());
        let cpu = device.cpu_for(NAME)?;
        let (n, m) = (x.dims()[0], y.dims()[0]);
        let fused = self.fused(x.dtype());
        with_real!(NAME, x.dtype(), T, {
            let (x, y) =
                (Points::<T>::of(self.model, x, fused.is_some())?, Points::<T>::of(self.model, y, fused.is_some())?);
            let call = self.call(curv, x.width);
            let alone = |i: usize, j: usize, out: &mut T| {
                call.forward(&[x.row(i), y.row(j)], std::slice::from_mut(out));
            };
            Ok(one(Tensor::filled_by(Shape::from([n, m]), device, |out: &mut [T]| {
                let strips: Vec<_> = out.chunks_mut((STRIP * m).max(1)).enumerate().collect();
                cpu.for_each(strips, |(s, out)| {
                    let Some(fused) = fused else {
                        out.iter_mut().enumerate().for_each(|(p, out)| alone(s * STRIP + p / m, p % m, out));
                        return;
                    };
                    let mut gram = vec![0.0; out.len()];
                    x.products(s * STRIP, &y, &mut gram);
                    let (mut redo, mut single) = (vec![], vec![0.0f32; m]);
                    for (r, (out, xy)) in out.chunks_mut(m).zip(gram.chunks(m)).enumerate() {
                        let i = s * STRIP + r;
                        let pairs = Against { model: self.model, curv, x2: x.squares[i], y2: &y.squares, xy };
                        pairs.dist(fused, &mut single, &mut redo);
                        out.iter_mut().zip(&single).for_each(|(out, &d)| *out = T::from_f64(d.into()));
                        redo.drain(..).for_each(|j| alone(i, j, &mut out[j]));
                    }
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
        let g = cx.grad()?;
        with_real!(NAME, inputs[0].dtype(), T, {
            let side = |x: &Tensor, y: &Tensor, g: &Tensor| self.side::<T>(curv, x, y, g);
            let (gx, (gc, gt)) = side(inputs[0], inputs[1], &g)?;
            // The distance is symmetric: the gradient in y is that of the pairs (y, x).
            let gy = if cx.needs(1) { Some(side(inputs[1], inputs[0], &g.t()?)?.0) } else { None };
            let number = |i: usize, value: f64| {
                cx.needs(i).then(|| Tensor::full(cx.shape(i), value, DType::F64, inputs[0].device())).transpose()
            };
            Ok(vec![Some(gx).filter(|_| cx.needs(0)), gy, number(2, gc)?, number(3, gt)?])
        })
    }
}

impl CdistOp {
    /// The gradient in x, and those of (c, t).
    fn side<T: crate::geometry::Coord>(
        &self,
        curv: Curv,
        x: &Tensor,
        y: &Tensor,
        g: &Tensor,
    ) -> Result<(Tensor, (f64, f64))> {
        let (shape, device) = (x.shape().clone(), x.device().clone());
        let cpu = device.cpu_for(NAME)?;
        let fused = self.fused(x.dtype());
        let (x, y) =
            (Points::<T>::of(self.model, x, fused.is_some())?, Points::<T>::of(self.model, y, fused.is_some())?);
        let (g, m, width) = (g.to_vec::<T>()?, y.len(), x.width);
        let call = self.call(curv, width);
        let mut out = vec![T::zero(); x.rows.len()];
        let mut curvature = vec![(0.0, 0.0); x.len().div_ceil(STRIP)];
        let strips: Vec<_> = out.chunks_mut(STRIP * width).zip(&mut curvature).enumerate().collect();
        cpu.for_each(strips, |(s, (out, curvature))| {
            let first = s * STRIP;
            let count = out.len() / width;
            let skip = width - x.dim;
            // A row of gradients, in f64: what products give, then pairs one by one.
            let mut sums = vec![0.0; count * width];
            let (mut gx, mut gy) = (vec![T::zero(); width], vec![T::zero(); width]);
            let mut alone = |i: usize, j: usize, sum: &mut [f64]| {
                let g = [g[i * m + j]];
                let (gc, gt) = call.vjp(&[x.row(i), y.row(j)], &g, &mut [&mut gx, &mut gy]);
                sum.iter_mut().zip(&gx).for_each(|(sum, g)| *sum += Element::to_f64(*g));
                (gc, gt)
            };
            match fused {
                None => {
                    for (r, sum) in sums.chunks_exact_mut(width).enumerate() {
                        for j in 0..m {
                            let (gc, gt) = alone(first + r, j, sum);
                            (curvature.0, curvature.1) = (curvature.0 + gc, curvature.1 + gt);
                        }
                    }
                }
                Some(fused) => {
                    let mut gram = vec![0.0; count * m];
                    x.products(first, &y, &mut gram);
                    let (mut a, mut redo) = (vec![0.0; count * m], vec![]);
                    for (r, (a, xy)) in a.chunks_exact_mut(m.max(1)).zip(gram.chunks_exact(m.max(1))).enumerate() {
                        let i = first + r;
                        let g: Vec<f32> = g[i * m..][..m].iter().map(|&g| Element::to_f64(g) as f32).collect();
                        let pairs = Against { model: self.model, curv, x2: x.squares[i], y2: &y.squares, xy };
                        let (own, gc, gt) = pairs.dist_vjp(fused, &g, a, &mut redo);
                        (curvature.0, curvature.1) = (curvature.0 + gc, curvature.1 + gt);
                        let sum = &mut sums[r * width..][..width];
                        sum[skip..].iter_mut().zip(&x.free[i * x.dim..]).for_each(|(sum, x)| *sum = own * x);
                        for j in redo.drain(..) {
                            let (gc, gt) = alone(i, j, sum);
                            (curvature.0, curvature.1) = (curvature.0 + gc, curvature.1 + gt);
                        }
                    }
                    // −Σⱼ aᵢⱼ yⱼ.
                    let mut ay = vec![0.0; count * x.dim];
                    let a = Matrix { data: &a, offset: 0, row: m as isize, column: 1 };
                    let y = Matrix { data: &y.free, offset: 0, row: x.dim as isize, column: 1 };
                    gemm::one(a, y, count, m, x.dim, &mut ay);
                    for (sum, ay) in sums.chunks_exact_mut(width).zip(ay.chunks_exact(x.dim)) {
                        sum[skip..].iter_mut().zip(ay).for_each(|(sum, ay)| *sum -= ay);
                    }
                }
            }
            out.iter_mut().zip(&sums).for_each(|(out, &sum)| *out = T::from_f64(sum));
        });
        let total = curvature.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        Ok((Tensor::from_slice(&out, shape)?.to_device(&device)?, total))
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
