//! Matrix products with any strides and broadcast batch axes.

use super::binary::same_dtype;
use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::{Matrix, gemm};
use crate::backend::cuda::{Cuda, Factor, Grid, args};
use crate::dtype::DType;
use crate::tensor::{Backend, Layout, Shape, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// The matrix product over the last two axes, `[…, m, k] · […, k, n] → […, m, n]`; leading axes broadcast. bf16 is summed
    /// in f32 and rounded once.
    pub fn matmul(&self, other: &Tensor) -> Result<Tensor> {
        if self.rank() < 2 || other.rank() < 2 {
            return Err(Error::shape(
                "matmul",
                "needs matrices",
                &[self.shape(), other.shape()],
                "give vectors an axis of size 1 with `unsqueeze`",
            ));
        }
        if other.rank() == 2 && self.rank() > 2 && self.layout().is_contiguous() {
            // One tall product instead of a batch of small ones; its gradient needs no sum over the batch either.
            let rows = self.flatten(0, -2)?.matmul(other)?;
            return rows.reshape(self.shape().with(self.rank() - 1, other.dims()[1]));
        }
        apply(MatMul, &[self, other])
    }
}

#[derive(Debug)]
struct MatMul;
impl Op for MatMul {
    fn name(&self) -> &'static str {
        "matmul"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (a, b) = (x[0], x[1]);
        same_dtype("matmul", a, b)?;
        let (split_a, split_b) = (a.rank() - 2, b.rank() - 2);
        let (m, k, n) = (a.dims()[split_a], a.dims()[split_a + 1], b.dims()[split_b + 1]);
        if b.dims()[split_b] != k {
            return Err(Error::shape(
                "matmul",
                "inner sizes differ",
                &[a.shape(), b.shape()],
                "columns of the left must equal rows of the right",
            ));
        }
        let batch = Shape::from(&a.dims()[..split_a]).broadcast("matmul", &Shape::from(&b.dims()[..split_b]))?;
        let full = |rows, cols| batch.iter().copied().chain([rows, cols]).collect::<Shape>();
        let (la, lb) = (a.layout().expanded(&full(m, k)), b.layout().expanded(&full(k, n)));
        if a.dtype() == DType::BF16 {
            return Ok(one(halves(a, b, &batch, [m, k, n], full(m, n))?));
        }
        with_real!("matmul", a.dtype(), T, {
            let cpu = match a.device().backend() {
                Backend::Cpu(cpu) => cpu,
                Backend::Cuda(cuda) => {
                    let sides = [&a.with_layout(la), &b.with_layout(lb)];
                    let out = Tensor::on_card(cuda, full(m, n), a.dtype())?;
                    if !by_library(cuda, &out, sides, &batch, [m, k, n])? {
                        by_kernel(cuda, &out, sides, &batch, [m, k, n])?;
                    }
                    return Ok(one(out));
                }
            };
            let (da, db) = (a.view::<T>().data(), b.view::<T>().data());
            let products = places(&la, &batch).into_iter().zip(places(&lb, &batch));
            let products = products.map(|(pa, pb)| (matrix(da, pa, &la), matrix(db, pb, &lb))).collect();
            Ok(one(Tensor::filled_by(full(m, n), a.device(), |out: &mut [T]| gemm(cpu, products, [m, k, n], out))))
        })
    }

    fn saves(&self, needs: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: u32::from(needs[1]) | u32::from(needs[0]) << 1, outputs: 0 })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let g = cx.grad()?;
        // C = A B:  Ā = C̄ Bᵀ,  B̄ = Aᵀ C̄
        let left = |cx: &Vjp<'_>| g.matmul(&cx.input(1)?.t()?)?.sum_to(cx.shape(0));
        let right = |cx: &Vjp<'_>| cx.input(0)?.t()?.matmul(&g)?.sum_to(cx.shape(1));
        Ok(vec![if cx.needs(0) { Some(left(cx)?) } else { None }, if cx.needs(1) { Some(right(cx)?) } else { None }])
    }
}

/// The product of bf16 matrices: by the tensor cores of a card that has them, else as f32.
fn halves(a: &Tensor, b: &Tensor, batch: &Shape, [m, k, n]: [usize; 3], shape: Shape) -> Result<Tensor> {
    if let Backend::Cuda(cuda) = a.device().backend()
        && cuda.capability() >= (8, 0)
    {
        let expanded = |x: &Tensor, rows, columns| {
            let full = batch.iter().copied().chain([rows, columns]).collect::<Shape>();
            x.with_layout(x.layout().expanded(&full))
        };
        let out = Tensor::on_card(cuda, shape, DType::BF16)?;
        if !by_library(cuda, &out, [&expanded(a, m, k), &expanded(b, k, n)], batch, [m, k, n])? {
            let (a, b) = (a.detach().contiguous()?, b.detach().contiguous()?);
            by_kernel(cuda, &out, [&expanded(&a, m, k), &expanded(&b, k, n)], batch, [m, k, n])?;
        }
        return Ok(out);
    }
    a.detach().to_dtype(DType::F32)?.matmul(&b.detach().to_dtype(DType::F32)?)?.to_dtype(DType::BF16)
}

/// Lets cuBLAS write the product of sides that are expanded to the whole batch; whether it could.
fn by_library(cuda: &Cuda, out: &Tensor, sides: [&Tensor; 2], batch: &Shape, sizes: [usize; 3]) -> Result<bool> {
    let factors = [factor(sides[0], batch)?, factor(sides[1], batch)?];
    cuda.product(&out.packed("matmul")?, &factors, sizes, batch.numel(), out.dtype())
}

/// Writes the product by the kernel of `cuda/matmul.cu`, of sides that are expanded to the whole batch; for bf16 matrices,
/// whose rows lie without gaps, by that of `cuda/matmul_bf16.cu`.
fn by_kernel(cuda: &Cuda, out: &Tensor, sides: [&Tensor; 2], batch: &Shape, [m, k, n]: [usize; 3]) -> Result<()> {
    /// Rows and columns of what a block makes.
    const TILE: usize = 64;
    let [left, right] = sides.map(|side| -> Result<_> {
        let first = side.layout().offset();
        let places: Vec<i64> = places(side.layout(), batch).into_iter().map(|p| p as i64 - first as i64).collect();
        Tensor::from_slice(&places, places.len())?.to_card(cuda)
    });
    let (left, right) = (left?, right?);
    let (a, b) = (sides[0].start("matmul")?, sides[1].start("matmul")?);
    let [[a_row, a_column], [b_row, b_column]] = sides.map(distances);
    let tiles = batch.numel() * m.div_ceil(TILE) * n.div_ceil(TILE);
    let blocks = tiles.min(1 << 20);
    let [c, left, right] = [out.packed("matmul")?, left.packed("matmul")?, right.packed("matmul")?];
    if out.dtype() == DType::BF16 {
        let args = args![c, a, left, b, right, m, k, n, tiles];
        cuda.launch("matmul_bf16", "matmul_bf16", Grid::blocks(blocks, 128), args)
    } else {
        let args = args![c, a, left, a_row, a_column, b, right, b_row, b_column, m, k, n, tiles];
        cuda.launch("matmul", &format!("matmul_{}", out.dtype()), Grid::blocks(blocks, 256), args)
    }
}

/// A side as cuBLAS is told of it.
fn factor<'a>(x: &'a Tensor, batch: &Shape) -> Result<Factor<'a>> {
    let places = places(x.layout(), batch);
    let steps = || places.windows(2).map(|pair| pair[1] as i64 - pair[0] as i64);
    let step = steps().next().unwrap_or(0);
    let step = steps().all(|other| other == step).then_some(step);
    Ok(Factor { start: x.start("matmul")?, strides: distances(x), step })
}

/// How far apart rows and columns are.
fn distances(x: &Tensor) -> [i64; 2] {
    let [.., row, column] = *x.layout().strides() else { return [0; 2] };
    [row as i64, column as i64]
}

/// Where each matrix of the batch starts.
fn places(layout: &Layout, batch: &Shape) -> Vec<usize> {
    let mut leading = layout.clone();
    for axis in [batch.len() + 1, batch.len()] {
        leading = leading.sliced(axis, 0, 1.min(layout.shape()[axis]), 1);
    }
    let mut places = Vec::with_capacity(batch.numel());
    leading.for_runs(0, leading.shape().numel(), |run| {
        places.extend((0..run.len).map(|i| (run.offset as isize + i as isize * run.stride) as usize));
    });
    places.resize(batch.numel(), 0);
    places
}

fn matrix<'a, T>(data: &'a [T], offset: usize, layout: &Layout) -> Matrix<'a, T> {
    let [.., row, column] = layout.strides() else { return Matrix { data, offset, row: 0, column: 0 } };
    Matrix { data, offset, row: *row, column: *column }
}

pub(super) static SPECS: &[OpSpec] = &[OpSpec {
    name: "matmul",
    gradient: Gradient::Any,
    cases: Cases::Of(|| {
        let product = |x: &[Tensor]| x[0].matmul(&x[1]);
        let direct = by_numbers([3, 2], |x| {
            let at = |i: usize, j: usize| (0..4).map(|k| x[0][i * 4 + k] * x[1][k * 2 + j]).sum();
            (0..3).flat_map(|i| [at(i, 0), at(i, 1)]).collect()
        });
        Ok(vec![
            Case::new("matrices", vec![normal([3, 4], 0)?, normal([4, 2], 1)?], product).reference(direct),
            Case::new("batch broadcasts both ways", vec![normal([2, 1, 3, 4], 2)?, normal([3, 4, 2], 3)?], product),
            Case::new("batch times matrix", vec![normal([2, 3, 4], 4)?, normal([4, 2], 5)?], product),
            Case::new("transposed", vec![normal([4, 3], 6)?, normal([2, 4], 7)?], |x| x[0].t()?.matmul(&x[1].t()?)),
            Case::new("empty inner axis", vec![normal([3, 0], 8)?, normal([0, 2], 9)?], product),
        ])
    }),
}];
