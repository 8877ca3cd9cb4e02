//! Rearrangements that move no number: reshape, permute, slice, expand; and the copy that makes them contiguous.

use super::registry::{Case, Cases, Gradient, OpSpec, normal};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::Element;
use crate::tensor::{Backend, Device, Layout, Shape, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// The same numbers in the same order under another shape. Free when the layout allows, else a copy.
    pub fn reshape(&self, shape: impl Into<Shape>) -> Result<Tensor> {
        let shape = shape.into();
        if shape == *self.shape() { Ok(self.clone()) } else { apply(Reshape(shape), &[self]) }
    }

    /// Axes in another order: axis i of the result is axis `axes[i]`.
    pub fn permute(&self, axes: &[usize]) -> Result<Tensor> {
        apply(Permute(axes.to_vec()), &[self])
    }

    /// Two axes exchanged; negative ones count from the end.
    pub fn transpose(&self, a: isize, b: isize) -> Result<Tensor> {
        let (a, b) = (self.shape().axis("transpose", a)?, self.shape().axis("transpose", b)?);
        let mut axes: Vec<usize> = (0..self.rank()).collect();
        axes.swap(a, b);
        self.permute(&axes)
    }

    /// The matrix transpose: the last two axes exchanged.
    pub fn t(&self) -> Result<Tensor> {
        self.transpose(-2, -1)
    }

    /// Numbers `start .. end` along `axis`.
    pub fn narrow(&self, axis: isize, start: usize, end: usize) -> Result<Tensor> {
        self.slice(axis, start, end, 1)
    }

    /// Every `step`-th number of `start .. end` along `axis`; a negative step walks from `end − 1` backwards.
    pub fn slice(&self, axis: isize, start: usize, end: usize, step: isize) -> Result<Tensor> {
        let axis = self.shape().axis("slice", axis)?;
        let size = self.dims()[axis];
        if start > end || end > size || step == 0 {
            return Err(Error::Argument {
                op: "slice",
                what: format!("{start}..{end} by {step} on an axis of size {size}"),
                remedy: format!("choose 0 ≤ start ≤ end ≤ {size} and a step other than 0"),
            });
        }
        let len = (end - start).div_ceil(step.unsigned_abs());
        let start = if step > 0 || len == 0 { start } else { end - 1 };
        apply(Slice(Places { axis, start, len, step, size }), &[self])
    }

    /// The entry at `index` along `axis`, without that axis.
    pub fn select(&self, axis: isize, index: usize) -> Result<Tensor> {
        let axis = self.shape().axis("select", axis)?;
        self.slice(axis as isize, index, index + 1, 1)?.squeeze(axis as isize)
    }

    /// The order along `axis` reversed.
    pub fn flip(&self, axis: isize) -> Result<Tensor> {
        let size = self.dims()[self.shape().axis("flip", axis)?];
        self.slice(axis, 0, size, -1)
    }

    /// Repeated to `shape`: axes of size 1 stretch, new axes come in front.
    pub fn broadcast_to(&self, shape: impl Into<Shape>) -> Result<Tensor> {
        let shape = shape.into();
        if shape == *self.shape() { Ok(self.clone()) } else { apply(Expand(shape), &[self]) }
    }

    /// A new axis of size 1 before `axis` (up to the rank; negative counts from the end of the result).
    pub fn unsqueeze(&self, axis: isize) -> Result<Tensor> {
        let axis = self.shape().inserted(0, 1).axis("unsqueeze", axis)?;
        self.reshape(self.shape().inserted(axis, 1))
    }

    /// Without `axis`, whose size is 1.
    pub fn squeeze(&self, axis: isize) -> Result<Tensor> {
        let axis = self.shape().axis("squeeze", axis)?;
        if self.dims()[axis] != 1 {
            return Err(Error::shape(
                "squeeze",
                format!("axis {axis} is not of size 1"),
                &[self.shape()],
                "reshape or reduce instead",
            ));
        }
        self.reshape(self.shape().without(axis))
    }

    /// Axes `from ..= to` merged into one.
    pub fn flatten(&self, from: isize, to: isize) -> Result<Tensor> {
        let (from, to) = (self.shape().axis("flatten", from)?, self.shape().axis("flatten", to)?);
        let dims = self.dims();
        let merged = dims[from..=to.max(from)].iter().product();
        let shape: Shape =
            dims[..from].iter().copied().chain([merged]).chain(dims[to.max(from) + 1..].iter().copied()).collect();
        self.reshape(shape)
    }

    /// The same numbers in row-major order; a copy only if they are not.
    pub fn contiguous(&self) -> Result<Tensor> {
        if self.layout().is_contiguous() { Ok(self.clone()) } else { apply(Contiguous, &[self]) }
    }
}

#[derive(Debug)]
struct Reshape(Shape);
impl Op for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        if x[0].numel() != self.0.numel() {
            return Err(Error::shape(
                "reshape",
                "another number of elements",
                &[x[0].shape(), &self.0],
                "keep the product of the sizes",
            ));
        }
        Ok(one(match x[0].layout().reshaped(&self.0) {
            Some(layout) => x[0].with_layout(layout),
            None => copied(x[0])?.with_layout(Layout::contiguous(self.0.clone())),
        }))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(cx.grad()?.reshape(cx.shape(0))?)])
    }
}

#[derive(Debug)]
struct Permute(Vec<usize>);
impl Op for Permute {
    fn name(&self) -> &'static str {
        "permute"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        if sorted.iter().copied().ne(0..x[0].rank()) {
            return Err(Error::Argument {
                op: "permute",
                what: format!("{:?} is not an order of the axes of {:?}", self.0, x[0].shape()),
                remedy: "name each axis once".into(),
            });
        }
        Ok(one(x[0].with_layout(x[0].layout().permuted(&self.0))))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        let mut inverse = vec![0; self.0.len()];
        self.0.iter().enumerate().for_each(|(i, &axis)| inverse[axis] = i);
        Ok(vec![Some(cx.grad()?.permute(&inverse)?)])
    }
}

/// `len` places from `start`, `step` apart, on an axis of `size`.
#[derive(Clone, Debug)]
struct Places {
    axis: usize,
    start: usize,
    len: usize,
    step: isize,
    size: usize,
}

#[derive(Debug)]
struct Slice(Places);
impl Op for Slice {
    fn name(&self) -> &'static str {
        "slice"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let &Places { axis, start, len, step, .. } = &self.0;
        Ok(one(x[0].with_layout(x[0].layout().sliced(axis, start, len, step))))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(apply(Unslice(self.0.clone()), &[&cx.grad()?])?)])
    }
}

/// The transpose of [`Slice`]: its input put into zeros.
#[derive(Debug)]
struct Unslice(Places);
impl Op for Unslice {
    fn name(&self) -> &'static str {
        "unslice"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let &Places { axis, start, len, step, size } = &self.0;
        let shape = x[0].shape().with(axis, size);
        if let Backend::Cuda(cuda) = x[0].device().backend() {
            let out = Tensor::zeros(shape, x[0].dtype(), x[0].device())?;
            out.with_layout(out.layout().sliced(axis, start, len, step)).fill_from("unslice", cuda, x[0])?;
            return Ok(one(out));
        }
        let row: usize = shape[axis + 1..].iter().product();
        Ok(one(with_element!(x[0].dtype(), T, {
            let packed = x[0].contiguous()?;
            let from = packed.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by(shape, x[0].device(), |out: &mut [T]| {
                out.fill(T::from_f64(0.0));
                for (i, rows) in from.chunks_exact(row.max(1)).enumerate() {
                    let (outer, j) = (i / len, i % len);
                    let place = outer * size + (start as isize + j as isize * step) as usize;
                    out[place * row..][..row].copy_from_slice(rows);
                }
            })
        })))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(apply(Slice(self.0.clone()), &[&cx.grad()?])?)])
    }
}

#[derive(Debug)]
struct Expand(Shape);
impl Op for Expand {
    fn name(&self) -> &'static str {
        "broadcast_to"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        if x[0].shape().broadcast("broadcast_to", &self.0)? != self.0 {
            return Err(Error::shape(
                "broadcast_to",
                "the target is smaller",
                &[x[0].shape(), &self.0],
                "only axes of size 1 stretch",
            ));
        }
        Ok(one(x[0].with_layout(x[0].layout().expanded(&self.0))))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(cx.grad()?.sum_to(cx.shape(0))?)])
    }
}

#[derive(Debug)]
struct Contiguous;
impl Op for Contiguous {
    fn name(&self) -> &'static str {
        "contiguous"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        Ok(one(copied(x[0])?))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(cx.grad()?)])
    }
}

/// The numbers in row-major order in a buffer of their own.
fn copied(x: &Tensor) -> Result<Tensor> {
    copied_to(x, x.device())
}

fn copied_to(x: &Tensor, device: &Device) -> Result<Tensor> {
    let cpu = match (x.device().backend(), device.backend()) {
        (Backend::Cpu(_), Backend::Cpu(cpu)) => cpu,
        (Backend::Cuda(_), Backend::Cpu(_)) => return x.to_host(device),
        (Backend::Cuda(_), Backend::Cuda(cuda)) if x.device().is_same(device) => {
            let out = Tensor::on_card(cuda, x.shape(), x.dtype())?;
            out.fill_from("contiguous", cuda, x)?;
            return Ok(out);
        }
        (_, Backend::Cuda(cuda)) => return x.to_card(cuda),
    };
    Ok(with_element!(x.dtype(), T, {
        let view = x.view::<T>();
        Tensor::filled_by(x.shape().clone(), device, |out: &mut [T]| {
            cpu.for_each_rows(out, 1, 2 * size_of::<T>(), |first, part| view.pack(first, part));
        })
    }))
}

/// The tensor on another device.
pub(crate) fn to_device(x: &Tensor, device: &Device) -> Result<Tensor> {
    if x.device().is_same(device) { Ok(x.clone()) } else { apply(ToDevice(device.clone()), &[x]) }
}

#[derive(Debug)]
struct ToDevice(Device);
impl Op for ToDevice {
    fn name(&self) -> &'static str {
        "to_device"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        Ok(one(copied_to(x[0], &self.0)?))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves { inputs: 1, outputs: 0 })
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(cx.grad()?.to_device(cx.input(0)?.device())?)])
    }
}

pub(super) static SPECS: &[OpSpec] = &[
    spec("alias", || Ok(vec![Case::new("vector", vec![normal(3, 0)?], |x| apply(crate::autograd::Alias, &[&x[0]]))])),
    spec("checkpoint", || {
        let f = |x: &[Tensor]| x[0].mul(&x[1])?.tanh();
        let inputs = vec![normal([2, 3], 0)?, normal(3, 1)?];
        Ok(vec![Case::new("two inputs", inputs, move |x| crate::checkpoint(f, &[&x[0], &x[1]])).reference(f)])
    }),
    spec("reshape", || {
        let shapes = [("merge", vec![6, 4]), ("split", vec![2, 3, 2, 2])];
        shapes
            .into_iter()
            .map(|(label, to)| Ok(Case::new(label, vec![normal([2, 3, 4], 0)?], move |x| x[0].reshape(to.clone()))))
            .collect()
    }),
    spec("permute", || Ok(vec![Case::new("rotate", vec![normal([2, 3, 4], 0)?], |x| x[0].permute(&[2, 0, 1]))])),
    spec("slice", || {
        let ways = [("forward", 1, 5, 2), ("backward", 0, 6, -2), ("empty", 3, 3, 1)];
        ways.into_iter()
            .map(|(label, a, b, step)| {
                Ok(Case::new(label, vec![normal([2, 6, 2], 0)?], move |x| x[0].slice(1, a, b, step)))
            })
            .collect()
    }),
    spec("unslice", || {
        let way = |x: &[Tensor]| apply(Unslice(Places { axis: 1, start: 5, len: 3, step: -2, size: 6 }), &[&x[0]]);
        Ok(vec![Case::new("backward", vec![normal([2, 3, 2], 0)?], way)])
    }),
    spec("broadcast_to", || {
        Ok(vec![Case::new("both ways", vec![normal([3, 1], 0)?], |x| x[0].broadcast_to([2, 3, 4]))])
    }),
    spec("contiguous", || {
        Ok(vec![Case::new("of a transpose", vec![normal([3, 4], 0)?], |x| apply(Contiguous, &[&x[0].t()?]))])
    }),
    spec("to_device", || {
        Ok(vec![Case::new("another pool", vec![normal([3, 4], 0)?], |x| x[0].to_device(&Device::cpu_with_threads(1)))])
    }),
];

const fn spec(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Any, cases: Cases::Of(cases) }
}
