//! The functions of [`geometry`](crate::geometry) on tensors: every one a single node, a row at a time, forward and
//! backward, nothing saved but the inputs.

pub(super) mod card;
mod matrix;

pub(crate) use card::step;

use super::registry::{Case, Cases, Gradient, OpSpec};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::View;
use crate::backend::cuda::Cuda;
use crate::dtype::DType;
use crate::geometry::{Call, Curv, Kind, MatrixModel, Model, Role};
use crate::tensor::{Backend, Shape, Tensor};
use crate::{Device, Error, Result, Rng};
use std::sync::LazyLock;

/// `kind` on `model` of rows (last axis) that broadcast over their leading axes; `c` and `t` are f64 scalars, see
/// [`Curv`]. A scalar result has no last axis.
///
/// # Errors
/// If the model has no such function, widths differ, or c or t is not a positive number (a number, for the c of
/// [`Model::Stereographic`]).
pub fn rows(model: Model, kind: Kind, args: &[&Tensor], c: &Tensor, t: &Tensor) -> Result<Tensor> {
    rows_with(model, kind, f64::INFINITY, args, c, t)
}

/// [`rows`] of a function that takes a number ([`Call::number`]).
///
/// # Errors
/// As [`rows`].
pub fn rows_with(model: Model, kind: Kind, number: f64, args: &[&Tensor], c: &Tensor, t: &Tensor) -> Result<Tensor> {
    if !model.has(kind) {
        let what = format!("{model:?} has no {kind:?}");
        return Err(Error::Argument { op: "rows", what, remedy: "see `Model::has`".into() });
    }
    // A manifold's curvature may lie elsewhere than its points; its gradient goes back there.
    let near = |k: &Tensor| match args.first() {
        Some(x) if !x.device().shares_memory(k.device()) => k.to_device(x.device()),
        _ => Ok(k.clone()),
    };
    let (c, t) = (near(c)?, near(t)?);
    let inputs: Vec<&Tensor> = args.iter().copied().chain([&c, &t]).collect();
    let out = apply(RowOp { model, kind, number }, &inputs)?;
    if kind.output() == Role::Scalar { out.squeeze(-1) } else { Ok(out) }
}

/// A row function on a card off the tape, where the curvature is known: rows `[n, width]`, also of a scalar result.
pub(crate) fn rows_on_card(cuda: &Cuda, call: &Call, args: &[&Tensor]) -> Result<Tensor> {
    let Call { model, kind, number, .. } = *call;
    let shape = Shape::from(&[args[0].dims()[0], model.width(kind, call.dim)][..]);
    card::forward(RowOp { model, kind, number }.name(), cuda, call, args, &shape)
}

#[derive(Clone, Copy, Debug)]
struct RowOp {
    model: Model,
    kind: Kind,
    number: f64,
}

/// The rows of the arguments, broadcast to common leading axes.
struct Rows {
    batch: Shape,
    args: Vec<Tensor>,
    call: Call,
}

impl RowOp {
    fn prepare(&self, inputs: &[&Tensor]) -> Result<Rows> {
        let (op, RowOp { model, kind, number }) = (self.name(), *self);
        let Some((args, [c, t])) = inputs.split_at_checked(kind.inputs().len()) else {
            let what = format!("{kind:?} of {} arguments", inputs.len() as isize - 2);
            return Err(Error::Argument { op, what, remedy: "see `Kind::inputs`".into() });
        };
        let scalar = |t: &Tensor, name| -> Result<f64> {
            let v = t.to_scalar::<f64>()?;
            // Flat space ignores c; stereographic coordinates take any.
            let any = model == Model::Euclidean || model == Model::Stereographic && v.is_finite();
            if v > 0.0 && v.is_finite() || (any && name == "c") {
                return Ok(v);
            }
            let what = format!("the curvature parameter {name} is {v}");
            Err(Error::Argument { op, what, remedy: "it must be positive: see `geometry::Curv`".into() })
        };
        let curv = Curv { c: scalar(c, "c")?, t: scalar(t, "t")? };
        let widths: Vec<usize> = args.iter().map(|a| a.dims().last().copied().unwrap_or(0)).collect();
        if widths.iter().any(|&w| w != widths[0] || model.dim(w) == 0) {
            let shapes: Vec<&Shape> = args.iter().map(|a| a.shape()).collect();
            return Err(Error::shape(
                op,
                "rows have other widths",
                &shapes,
                "points and tangents are rows of one ambient width",
            ));
        }
        let mut batch = Shape::default();
        for a in args {
            super::binary::same_dtype(op, args[0], a)?;
            batch = batch.broadcast(op, &Shape::from(&a.dims()[..a.rank() - 1]))?;
        }
        let full = batch.inserted(batch.len(), widths[0]);
        let args = args.iter().map(|a| a.with_layout(a.layout().expanded(&full))).collect();
        Ok(Rows { batch, args, call: Call { model, kind, curv, number, dim: model.dim(widths[0]) } })
    }
}

impl Op for RowOp {
    fn name(&self) -> &'static str {
        name(self.model, self.kind)
    }

    fn forward(&self, inputs: &[&Tensor]) -> Result<Outputs> {
        let Rows { batch, args, call } = self.prepare(inputs)?;
        let width = args[0].dims()[batch.len()];
        let out_width = self.model.width(self.kind, call.dim);
        let shape = batch.inserted(batch.len(), out_width);
        let device = args[0].device();
        if let (Backend::Cuda(cuda), true) = (device.backend(), card::has(self.model)) {
            let rows: Vec<&Tensor> = args.iter().collect();
            return Ok(one(card::forward(self.name(), cuda, &call, &rows, &shape)?));
        }
        let cpu = device.cpu_for(self.name())?;
        with_real!(self.name(), args[0].dtype(), T, {
            let views: Vec<View<'_, T>> = args.iter().map(Tensor::view).collect();
            let bytes = (args.len() * width + out_width) * size_of::<T>();
            Ok(one(Tensor::filled_by(shape, device, |out: &mut [T]| {
                cpu.for_each_rows(out, out_width, bytes, |first, out| {
                    let mut scratch = vec![Vec::new(); views.len()];
                    let rows = out.len() / out_width;
                    call.forward(&blocks(&views, &mut scratch, first, rows, width), out);
                })
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::INPUTS)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return Err(Error::Graph {
                op: self.name(),
                what: "its derivative is fused and cannot be differentiated again".into(),
                remedy: "compose the formula of tensor operations where second derivatives are wanted",
            });
        }
        let inputs = (0..cx.len()).map(|i| cx.input(i)).collect::<Result<Vec<_>>>()?;
        let Rows { batch, args, call } = self.prepare(&inputs)?;
        let width = args[0].dims()[batch.len()];
        let (rows, device) = (batch.numel(), args[0].device());
        let g = cx.grad()?;
        let out_width = g.dims()[batch.len()];
        let shape = batch.inserted(batch.len(), width);
        if let (Backend::Cuda(cuda), true) = (device.backend(), card::has(self.model)) {
            let rows: Vec<&Tensor> = args.iter().chain([&g]).collect();
            let grads = card::vjp(self.name(), cuda, &call, &rows, &shape)?;
            let to_input = |(i, full): (usize, Tensor)| match (cx.needs(i), i < args.len()) {
                (false, _) => Ok(None),
                (_, true) => full.sum_to(cx.shape(i)).map(Some),
                (_, false) => full.sum_all()?.reshape(cx.shape(i).clone()).map(Some),
            };
            return grads.into_iter().enumerate().map(to_input).collect();
        }
        let cpu = device.cpu_for(self.name())?;
        let curvature;
        let mut grads: Vec<Option<Tensor>> = with_real!(self.name(), args[0].dtype(), T, {
            let views: Vec<View<'_, T>> = args.iter().map(Tensor::view).collect();
            let g = g.view::<T>();
            let n = views.len();
            let mut buffers: Vec<_> = (0..n).map(|_| crate::backend::cpu::numbers::<T>(rows * width)).collect();
            let chunk = cpu.rows_per_chunk((2 * n * width + out_width) * size_of::<T>());
            let mut sums = vec![(0.0, 0.0); rows.div_ceil(chunk)];
            let mut outs: Vec<_> = buffers
                .iter_mut()
                .map(|b| crate::backend::cpu::numbers_mut::<T>(b).chunks_mut(chunk * width))
                .collect();
            let tasks = sums
                .iter_mut()
                .enumerate()
                .map(|(i, sum)| (i * chunk, outs.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>(), sum))
                .collect::<Vec<_>>();
            cpu.for_each(tasks, |(first, mut outs, sum)| {
                let rows = outs[0].len() / width;
                let (mut scratch, mut sg) = (vec![Vec::new(); n], Vec::new());
                let blocks = blocks(&views, &mut scratch, first, rows, width);
                let g = g.block(first * out_width, rows * out_width, &mut sg);
                *sum = call.vjp(&blocks, g, &mut outs);
            });
            // In chunk order, so the same for any number of threads.
            curvature = sums.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            buffers
                .into_iter()
                .enumerate()
                .map(|(i, b)| {
                    let full = Tensor::from_buffer(b, cx.dtype(i), shape.clone(), device);
                    if cx.needs(i) { full.sum_to(cx.shape(i)).map(Some) } else { Ok(None) }
                })
                .collect::<Result<_>>()?
        });
        let n = grads.len();
        for (i, value) in [curvature.0, curvature.1].into_iter().enumerate() {
            let needed = cx.needs(n + i);
            grads.push(if needed { Some(Tensor::full(cx.shape(n + i), value, DType::F64, device)?) } else { None });
        }
        Ok(grads)
    }
}

/// Rows `first .. first + rows` of every argument.
fn blocks<'s, T: crate::dtype::Real>(
    views: &[View<'s, T>],
    scratch: &'s mut [Vec<T>],
    first: usize,
    rows: usize,
    width: usize,
) -> Vec<&'s [T]> {
    views.iter().zip(scratch).map(|(v, s)| v.block(first * width, rows * width, s)).collect()
}

/// Every function that exists, as an operation.
static SPECS: LazyLock<Vec<OpSpec>> = LazyLock::new(|| {
    let exist = Model::ALL.iter().flat_map(|&model| Kind::ALL.map(|kind| (model, kind)));
    let spec = |(model, kind): (Model, Kind)| {
        // Made once in the life of the program.
        let name = format!("{}.{}", model.name(), snake(&format!("{kind:?}"))).leak();
        let gradient = Gradient::Once("its derivative is a fused row function");
        OpSpec { name, gradient, cases: Cases::Rows(model, kind) }
    };
    exist.filter(|(model, kind)| model.has(*kind)).map(spec).collect()
});

/// The operations of row functions.
pub(super) fn specs() -> &'static [OpSpec] {
    &SPECS
}

/// The name of the operation of a row function.
pub(super) fn name(model: Model, kind: Kind) -> &'static str {
    let is_this = |spec: &&OpSpec| matches!(spec.cases, Cases::Rows(m, k) if (m.name(), k) == (model.name(), kind));
    specs().iter().find(is_this).map_or("manifold", |spec| spec.name)
}

/// `ProjectTangent` as `project_tangent`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Rows of the model from small numbers.
fn point(model: Model, small: &Tensor) -> Result<Tensor> {
    match model {
        Model::Matrix(MatrixModel::Stiefel { .. }) => {
            let origin = rows(model, Kind::Exp0, &[&small.zeros_like()?], &Tensor::from(1.0), &Tensor::from(1.0))?;
            // Not orthonormal, but read as the nearest such rows.
            origin.add(small)
        }
        Model::Matrix(_) | Model::HalfSpace => {
            rows(model, Kind::Exp0, &[small], &Tensor::from(1.0), &Tensor::from(1.0))
        }
        // Ball points need |x|² < 1/c; normal rows of this size stay well inside.
        _ => Ok(small.clone()),
    }
}

/// Where a row function is checked.
pub(super) fn cases(model: Model, kind: Kind) -> Result<Vec<Case>> {
    let roles = kind.inputs();
    // A cone of custom size, a factor, a radius.
    let number = if kind == Kind::HalfAperture { 0.1 } else { 1.3 };
    let case = |label: &str, batch: &[&[usize]], c: f64, t: f64, spread: f64| -> Result<Case> {
        let width = model.ambient(3);
        let mut inputs = roles
            .iter()
            .enumerate()
            .map(|(i, role)| {
                let shape: Shape = batch[i % batch.len()].iter().copied().chain([width]).collect();
                let rows = Tensor::randn(&shape, DType::F64, Rng::new(23).stream(i as u64), &Device::cpu())?;
                match role {
                    Role::Point if model == Model::Sphere => {
                        rows_with(model, Kind::Project, f64::INFINITY, &[&rows], &Tensor::from(c), &Tensor::from(t))
                    }
                    Role::Point => point(model, &rows.mul_scalar(spread)?),
                    // Heights that are projected have a slope where they are positive.
                    Role::Ambient if (model, kind) == (Model::HalfSpace, Kind::Project) => point(model, &rows),
                    _ => Ok(rows),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        inputs.extend([Tensor::from(c), Tensor::from(t)]);
        let apply = move |x: &[Tensor]| {
            let (args, curv) = x.split_at(x.len() - 2);
            let (c, t) = (curv[0].to_dtype(DType::F64)?, curv[1].to_dtype(DType::F64)?);
            rows_with(model, kind, number, &args.iter().collect::<Vec<_>>(), &c, &t)
        };
        Ok(Case::new(label, inputs, apply).step(1e-3).f32_tolerance(1e-6))
    };
    // Finite differences evaluate every row for every number: few rows where one is dear.
    let [grid, some, broadcast, close]: [&[&[usize]]; 4] = match model {
        Model::Matrix(_) => [&[&[1, 2]], &[&[1]], &[&[2, 1], &[1]], &[&[1]]],
        _ => [&[&[2, 2]], &[&[3]], &[&[2, 1], &[3]], &[&[2]]],
    };
    let mut cases = vec![
        case("unit coordinates, c t² = 0.49", grid, 1.0, 0.7, 0.2)?,
        case("radius convention, c = 1.7", some, 1.7, 1.0, 0.2)?,
        case("broadcast", broadcast, 1.0, 1.0, 0.2)?,
        case("close to the origin", close, 1.0, 1.0, 1e-3)?,
    ];
    if model == Model::Stereographic {
        cases.push(case("positive curvature", &[&[3]], -0.6, 1.0, 0.2)?);
        cases.push(case("no curvature", &[&[2]], 0.0, 1.0, 0.2)?);
    }
    Ok(cases)
}
