//! Matrix products with any strides and broadcast batch axes.

use super::binary::same_dtype;
use super::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::{Matrix, gemm};
use crate::tensor::{Layout, Shape, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// The matrix product over the last two axes, `[…, m, k] · […, k, n] → […, m, n]`; leading axes broadcast.
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
        let cpu = a.device().cpu_for("matmul")?;
        with_real!("matmul", a.dtype(), T, {
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
