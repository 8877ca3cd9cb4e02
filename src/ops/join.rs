//! Putting tensors together: concatenation and stacking; padding with a constant.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::tensor::{Backend, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// The tensors one after the other along `axis`; all other sizes are equal.
    pub fn cat(tensors: &[&Tensor], axis: isize) -> Result<Tensor> {
        let first = first("cat", tensors)?;
        apply(Cat(first.shape().axis("cat", axis)?), tensors)
    }

    /// The tensors, all of one shape, along a new axis put before `axis`.
    pub fn stack(tensors: &[&Tensor], axis: isize) -> Result<Tensor> {
        let axis = first("stack", tensors)?.shape().inserted(0, 1).axis("stack", axis)? as isize;
        let raised = tensors.iter().map(|t| t.unsqueeze(axis)).collect::<Result<Vec<_>>>()?;
        Tensor::cat(&raised.iter().collect::<Vec<_>>(), axis)
    }

    /// Pieces of the given sizes along `axis`; the sizes add up to the axis.
    pub fn split(&self, sizes: &[usize], axis: isize) -> Result<Vec<Tensor>> {
        let at = self.shape().axis("split", axis)?;
        if sizes.iter().sum::<usize>() != self.dims()[at] {
            return Err(Error::shape(
                "split",
                format!("sizes {sizes:?} do not add up to axis {at}"),
                &[self.shape()],
                "make them add up",
            ));
        }
        let mut start = 0;
        let mut piece = |&size: &usize| {
            start += size;
            self.narrow(axis, start - size, start)
        };
        sizes.iter().map(&mut piece).collect()
    }

    /// `before` and `after` copies of `value` put around the numbers along `axis`.
    pub fn pad(&self, axis: isize, before: usize, after: usize, value: f64) -> Result<Tensor> {
        let at = self.shape().axis("pad", axis)?;
        let side = |n| Tensor::full(self.shape().with(at, n), value, self.dtype(), self.device());
        Tensor::cat(&[&side(before)?, self, &side(after)?], axis)
    }
}

fn first<'t>(op: &'static str, tensors: &[&'t Tensor]) -> Result<&'t Tensor> {
    tensors.first().copied().ok_or_else(|| Error::Argument {
        op,
        what: "no tensors".into(),
        remedy: "give at least one".into(),
    })
}

#[derive(Debug)]
struct Cat(usize);
impl Op for Cat {
    fn name(&self) -> &'static str {
        "cat"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let axis = self.0;
        for t in &x[1..] {
            if t.rank() != x[0].rank() || t.shape().without(axis) != x[0].shape().without(axis) {
                return Err(Error::shape(
                    "cat",
                    format!("sizes differ outside axis {axis}"),
                    &[x[0].shape(), t.shape()],
                    "only the joined axis may differ",
                ));
            }
            super::binary::same_dtype("cat", x[0], t)?;
        }
        let size = x.iter().map(|t| t.dims()[axis]).sum();
        let shape = x[0].shape().with(axis, size);
        let inner: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        if let Backend::Cuda(cuda) = x[0].device().backend() {
            let (out, mut start) = (Tensor::on_card(cuda, shape, x[0].dtype())?, 0);
            for t in x {
                let part = out.with_layout(out.layout().sliced(axis, start, t.dims()[axis], 1));
                part.fill_from("cat", cuda, t)?;
                start += t.dims()[axis];
            }
            return Ok(one(out));
        }
        Ok(one(with_element!(x[0].dtype(), T, {
            Tensor::filled_by(shape, x[0].device(), |out: &mut [T]| {
                let mut start = 0;
                for t in x {
                    let (view, row) = (t.view::<T>(), t.dims()[axis] * inner);
                    for i in 0..outer {
                        view.pack(i * row, &mut out[i * size * inner + start..][..row]);
                    }
                    start += row;
                }
            })
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let (g, axis) = (cx.grad()?, self.0);
        let mut start = 0;
        (0..cx.len())
            .map(|i| {
                let end = start + cx.shape(i)[axis];
                let piece = if cx.needs(i) { Some(g.narrow(axis as isize, start, end)?) } else { None };
                start = end;
                Ok(piece)
            })
            .collect()
    }
}

pub(super) static SPECS: &[OpSpec] = &[OpSpec {
    name: "cat",
    gradient: Gradient::Any,
    cases: Cases::Of(|| {
        Ok(vec![
            Case::new("middle axis", vec![normal([2, 1, 3], 0)?, normal([2, 2, 3], 1)?], |x| {
                Tensor::cat(&[&x[0], &x[1]], 1)
            }),
            Case::new("stack", vec![normal([2, 3], 2)?, normal([2, 3], 3)?], |x| Tensor::stack(&[&x[0], &x[1]], -1)),
            Case::new("pad", vec![normal([2, 3], 4)?], |x| x[0].pad(0, 1, 2, 5.0)),
            Case::new("split and join", vec![normal([2, 5], 5)?], |x| {
                let [a, b] = &x[0].split(&[2, 3], 1)?[..] else { return x[0].sum_all() };
                Tensor::cat(&[b, &a.sinh()?], 1)
            }),
        ])
    }),
}];
