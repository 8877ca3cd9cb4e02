//! The functions of [`geometry`](crate::geometry) on tensors: every one a single node, a row at a time, forward and
//! backward, nothing saved but the inputs.

use super::registry::{Case, Gradient, OpSpec};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::View;
use crate::backend::cpu::simd::Kernel;
use crate::dtype::DType;
use crate::geometry::{Coord, Curv, Kind, Model, Role, launch};
use crate::tensor::{Shape, Tensor};
use crate::{Device, Error, Result, Rng};

/// `kind` on `model` of rows (last axis) that broadcast over their leading axes; `c` and `t` are f64 scalars, see
/// [`Curv`]. A scalar result has no last axis.
///
/// # Errors
/// If the model has no such function, widths differ, or c or t is not a positive number.
pub fn rows(model: Model, kind: Kind, args: &[&Tensor], c: &Tensor, t: &Tensor) -> Result<Tensor> {
    let inputs: Vec<&Tensor> = args.iter().copied().chain([c, t]).collect();
    let out = apply(RowOp { model, function: Function::Table(kind) }, &inputs)?;
    if kind.output() == Role::Scalar { out.squeeze(-1) } else { Ok(out) }
}

/// Rows moved onto the manifold, at most `max_radius` (in units of length) from the origin.
///
/// # Errors
/// As [`rows`].
pub fn project(model: Model, max_radius: f64, x: &Tensor, c: &Tensor, t: &Tensor) -> Result<Tensor> {
    apply(RowOp { model, function: Function::Project(max_radius) }, &[x, c, t])
}

#[derive(Clone, Copy, Debug)]
struct RowOp {
    model: Model,
    function: Function,
}

#[derive(Clone, Copy, Debug)]
enum Function {
    Table(Kind),
    /// Within this distance of the origin.
    Project(f64),
}

impl Function {
    fn arity(self) -> usize {
        match self {
            Function::Table(kind) => kind.inputs().len(),
            Function::Project(_) => 1,
        }
    }
}

/// The rows of the arguments, broadcast to common leading axes.
struct Rows {
    batch: Shape,
    args: Vec<Tensor>,
    curv: Curv,
}

impl RowOp {
    fn prepare(&self, inputs: &[&Tensor]) -> Result<Rows> {
        let op = self.name();
        let known = match self.function {
            Function::Table(kind) => self.model.has(kind),
            Function::Project(_) => true,
        };
        let (Some((args, [c, t])), true) = (inputs.split_at_checked(self.function.arity()), known) else {
            let what =
                format!("{:?} has no {:?} of {} arguments", self.model, self.function, inputs.len() as isize - 2);
            return Err(Error::Argument { op, what, remedy: "see `Model::has` and `Kind::inputs`".into() });
        };
        let scalar = |t: &Tensor, name| -> Result<f64> {
            let v = t.to_scalar::<f64>()?;
            // Flat space ignores c.
            if v > 0.0 && v.is_finite() || (self.model == Model::Euclidean && name == "c") {
                return Ok(v);
            }
            let what = format!("the curvature parameter {name} is {v}");
            Err(Error::Argument { op, what, remedy: "it must be positive: a hyperbolic κ is negative".into() })
        };
        let curv = Curv { c: scalar(c, "c")?, t: scalar(t, "t")? };
        let widths: Vec<usize> = args.iter().map(|a| a.dims().last().copied().unwrap_or(0)).collect();
        let smallest = self.model.ambient(1);
        if widths.iter().any(|&w| w != widths[0] || w < smallest) {
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
        Ok(Rows { batch, args, curv })
    }
}

impl Op for RowOp {
    fn name(&self) -> &'static str {
        let found = match self.function {
            Function::Table(kind) => NAMES.iter().find(|(m, k, _)| (*m, *k) == (self.model, kind)).map(|row| row.2),
            Function::Project(_) => PROJECT.iter().find(|row| row.0 == self.model).map(|row| row.1),
        };
        found.unwrap_or("manifold")
    }

    fn forward(&self, inputs: &[&Tensor]) -> Result<Outputs> {
        let Rows { batch, args, curv } = self.prepare(inputs)?;
        let width = args[0].dims()[batch.len()];
        let out_width = match self.function {
            Function::Table(kind) => self.model.width(kind, width + 1 - self.model.ambient(1)),
            Function::Project(_) => width,
        };
        let shape = batch.inserted(batch.len(), out_width);
        let device = args[0].device();
        with_real!(self.name(), args[0].dtype(), T, {
            let views: Vec<View<'_, T>> = args.iter().map(Tensor::view).collect();
            let bytes = (args.len() * width + out_width) * size_of::<T>();
            Ok(one(Tensor::filled_by(shape, device, |out: &mut [T]| {
                device.as_cpu().for_each_rows(out, out_width, bytes, |first, out| {
                    let mut scratch = vec![Vec::new(); views.len()];
                    let rows = out.len() / out_width;
                    let blocks = blocks(&views, &mut scratch, first, rows, width);
                    launch::<T, _>(Forward { op: *self, curv, width, blocks: &blocks, out, out_width });
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
        let Rows { batch, args, curv } = self.prepare(&inputs)?;
        let width = args[0].dims()[batch.len()];
        let (rows, device) = (batch.numel(), args[0].device());
        let g = cx.grad()?;
        let out_width = g.dims()[batch.len()];
        let shape = batch.inserted(batch.len(), width);
        let curvature;
        let mut grads: Vec<Option<Tensor>> = with_real!(self.name(), args[0].dtype(), T, {
            let views: Vec<View<'_, T>> = args.iter().map(Tensor::view).collect();
            let g = g.view::<T>();
            let n = views.len();
            let mut buffers: Vec<_> = (0..n).map(|_| crate::backend::cpu::numbers::<T>(rows * width)).collect();
            let chunk = device.as_cpu().rows_per_chunk((2 * n * width + out_width) * size_of::<T>());
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
            device.as_cpu().for_each(tasks, |(first, outs, sum)| {
                let rows = outs[0].len() / width;
                let (mut scratch, mut sg) = (vec![Vec::new(); n], Vec::new());
                let blocks = blocks(&views, &mut scratch, first, rows, width);
                let g = g.block(first * out_width, rows * out_width, &mut sg);
                launch::<T, _>(Backward { op: *self, curv, width, blocks: &blocks, g, out_width, grads: outs, sum });
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
fn blocks<'s, T: Coord>(
    views: &[View<'s, T>],
    scratch: &'s mut [Vec<T>],
    first: usize,
    rows: usize,
    width: usize,
) -> Vec<&'s [T]> {
    views.iter().zip(scratch).map(|(v, s)| v.block(first * width, rows * width, s)).collect()
}

struct Forward<'a, T> {
    op: RowOp,
    curv: Curv,
    width: usize,
    blocks: &'a [&'a [T]],
    out: &'a mut [T],
    out_width: usize,
}

impl<T: Coord> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Forward { op: RowOp { model, function }, curv, width, blocks, out, out_width } = self;
        let n = blocks.len();
        for (i, out) in out.chunks_exact_mut(out_width).enumerate() {
            let mut rows: [&[T]; 3] = [&[]; 3];
            rows.iter_mut().zip(blocks).for_each(|(row, block)| *row = &block[i * width..][..width]);
            match function {
                Function::Table(kind) => model.forward(kind, curv, &rows[..n], out),
                Function::Project(radius) => model.project(curv, radius, rows[0], out),
            }
        }
    }
}

struct Backward<'a, T> {
    op: RowOp,
    curv: Curv,
    width: usize,
    blocks: &'a [&'a [T]],
    g: &'a [T],
    out_width: usize,
    grads: Vec<&'a mut [T]>,
    sum: &'a mut (f64, f64),
}

impl<T: Coord> Kernel for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Backward { op: RowOp { model, function }, curv, width, blocks, g, out_width, mut grads, sum } = self;
        let n = blocks.len();
        for (i, g) in g.chunks_exact(out_width).enumerate() {
            let mut rows: [&[T]; 3] = [&[]; 3];
            rows.iter_mut().zip(blocks).for_each(|(row, block)| *row = &block[i * width..][..width]);
            let mut out: [&mut [T]; 3] = [&mut [], &mut [], &mut []];
            out.iter_mut().zip(&mut grads).for_each(|(row, grad)| *row = &mut grad[i * width..][..width]);
            let (gc, gt) = match function {
                Function::Table(kind) => model.vjp(kind, curv, &rows[..n], g, &mut out[..n]),
                Function::Project(radius) => model.project_vjp(curv, radius, rows[0], g, out[0]),
            };
            sum.0 += gc;
            sum.1 += gt;
        }
    }
}

/// The names of the projections.
const PROJECT: [(Model, &str); 3] = [
    (Model::Lorentz, "lorentz.project"),
    (Model::Poincare, "poincare.project"),
    (Model::Euclidean, "euclidean.project"),
];

/// Every function that exists, under the name of its operation.
const NAMES: [(Model, Kind, &str); 47] = [
    (Model::Lorentz, Kind::Exp, "lorentz.exp"),
    (Model::Lorentz, Kind::Exp0, "lorentz.exp0"),
    (Model::Lorentz, Kind::Log, "lorentz.log"),
    (Model::Lorentz, Kind::Log0, "lorentz.log0"),
    (Model::Lorentz, Kind::Dist, "lorentz.dist"),
    (Model::Lorentz, Kind::Dist2, "lorentz.dist2"),
    (Model::Lorentz, Kind::Dist0, "lorentz.dist0"),
    (Model::Lorentz, Kind::Transport, "lorentz.transport"),
    (Model::Lorentz, Kind::TransportFrom0, "lorentz.transport_from0"),
    (Model::Lorentz, Kind::TransportTo0, "lorentz.transport_to0"),
    (Model::Lorentz, Kind::Inner, "lorentz.inner"),
    (Model::Lorentz, Kind::Norm, "lorentz.norm"),
    (Model::Lorentz, Kind::ProjectTangent, "lorentz.project_tangent"),
    (Model::Lorentz, Kind::EgradToRgrad, "lorentz.egrad_to_rgrad"),
    (Model::Lorentz, Kind::Lorentzian, "lorentz.lorentzian"),
    (Model::Lorentz, Kind::Convert, "lorentz.convert"),
    (Model::Poincare, Kind::Exp, "poincare.exp"),
    (Model::Poincare, Kind::Exp0, "poincare.exp0"),
    (Model::Poincare, Kind::Log, "poincare.log"),
    (Model::Poincare, Kind::Log0, "poincare.log0"),
    (Model::Poincare, Kind::Dist, "poincare.dist"),
    (Model::Poincare, Kind::Dist2, "poincare.dist2"),
    (Model::Poincare, Kind::Dist0, "poincare.dist0"),
    (Model::Poincare, Kind::Transport, "poincare.transport"),
    (Model::Poincare, Kind::TransportFrom0, "poincare.transport_from0"),
    (Model::Poincare, Kind::TransportTo0, "poincare.transport_to0"),
    (Model::Poincare, Kind::Inner, "poincare.inner"),
    (Model::Poincare, Kind::Norm, "poincare.norm"),
    (Model::Poincare, Kind::ProjectTangent, "poincare.project_tangent"),
    (Model::Poincare, Kind::EgradToRgrad, "poincare.egrad_to_rgrad"),
    (Model::Poincare, Kind::MobiusAdd, "poincare.mobius_add"),
    (Model::Poincare, Kind::Lambda, "poincare.lambda"),
    (Model::Poincare, Kind::Convert, "poincare.convert"),
    (Model::Euclidean, Kind::Exp, "euclidean.exp"),
    (Model::Euclidean, Kind::Exp0, "euclidean.exp0"),
    (Model::Euclidean, Kind::Log, "euclidean.log"),
    (Model::Euclidean, Kind::Log0, "euclidean.log0"),
    (Model::Euclidean, Kind::Dist, "euclidean.dist"),
    (Model::Euclidean, Kind::Dist2, "euclidean.dist2"),
    (Model::Euclidean, Kind::Dist0, "euclidean.dist0"),
    (Model::Euclidean, Kind::Transport, "euclidean.transport"),
    (Model::Euclidean, Kind::TransportFrom0, "euclidean.transport_from0"),
    (Model::Euclidean, Kind::TransportTo0, "euclidean.transport_to0"),
    (Model::Euclidean, Kind::Inner, "euclidean.inner"),
    (Model::Euclidean, Kind::Norm, "euclidean.norm"),
    (Model::Euclidean, Kind::ProjectTangent, "euclidean.project_tangent"),
    (Model::Euclidean, Kind::EgradToRgrad, "euclidean.egrad_to_rgrad"),
];

const fn spec(i: usize, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    let why = "its derivative is a fused row function";
    OpSpec { name: NAMES[i].2, gradient: Gradient::Once(why), cases }
}

const fn projection(i: usize, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name: PROJECT[i].1, gradient: Gradient::Once("its derivative is a fused row function"), cases }
}

/// Rows inside and rows beyond the largest radius.
fn project_cases<const I: usize>() -> Result<Vec<Case>> {
    project_cases_of(PROJECT[I].0)
}

fn project_cases_of(model: Model) -> Result<Vec<Case>> {
    let case = |label, scale| -> Result<Case> {
        let x = Tensor::randn([3, model.ambient(3)], DType::F64, Rng::new(29), &Device::cpu())?.mul_scalar(scale)?;
        let apply =
            move |x: &[Tensor]| project(model, 1.3, &x[0], &x[1].to_dtype(DType::F64)?, &x[2].to_dtype(DType::F64)?);
        Ok(Case::new(label, vec![x, Tensor::from(0.8), Tensor::from(1.1)], apply).step(1e-3).f32_tolerance(1e-6))
    };
    Ok(vec![case("inside", 0.1)?, case("outside", 9.0)?])
}

/// The cases of row `I` of [`NAMES`].
fn cases<const I: usize>() -> Result<Vec<Case>> {
    let (model, kind, _) = NAMES[I];
    cases_of(model, kind)
}

fn cases_of(model: Model, kind: Kind) -> Result<Vec<Case>> {
    let roles = kind.inputs();
    let case = |label: &str, batch: &[&[usize]], c: f64, t: f64, spread: f64| -> Result<Case> {
        let width = model.ambient(3);
        let mut inputs = roles
            .iter()
            .enumerate()
            .map(|(i, role)| {
                let shape: Shape = batch[i % batch.len()].iter().copied().chain([width]).collect();
                let rows = Tensor::randn(&shape, DType::F64, Rng::new(23).stream(i as u64), &Device::cpu())?;
                // Ball points need |x|² < 1/c; normal rows of this size stay well inside.
                if *role == Role::Point { rows.mul_scalar(spread) } else { Ok(rows) }
            })
            .collect::<Result<Vec<_>>>()?;
        inputs.extend([Tensor::from(c), Tensor::from(t)]);
        let apply = move |x: &[Tensor]| {
            let (args, curv) = x.split_at(x.len() - 2);
            rows(
                model,
                kind,
                &args.iter().collect::<Vec<_>>(),
                &curv[0].to_dtype(DType::F64)?,
                &curv[1].to_dtype(DType::F64)?,
            )
        };
        Ok(Case::new(label, inputs, apply).step(1e-3).f32_tolerance(1e-6))
    };
    Ok(vec![
        case("unit coordinates, κ = −0.49", &[&[2, 2]], 1.0, 0.7, 0.2)?,
        case("radius convention, κ = −1.7", &[&[3]], 1.7, 1.0, 0.2)?,
        case("broadcast", &[&[2, 1][..], &[3]], 1.0, 1.0, 0.2)?,
        case("close to the origin", &[&[2]], 1.0, 1.0, 1e-3)?,
    ])
}

pub(super) static SPECS: [OpSpec; 50] = [
    projection(0, project_cases::<0>),
    projection(1, project_cases::<1>),
    projection(2, project_cases::<2>),
    spec(0, cases::<0>),
    spec(1, cases::<1>),
    spec(2, cases::<2>),
    spec(3, cases::<3>),
    spec(4, cases::<4>),
    spec(5, cases::<5>),
    spec(6, cases::<6>),
    spec(7, cases::<7>),
    spec(8, cases::<8>),
    spec(9, cases::<9>),
    spec(10, cases::<10>),
    spec(11, cases::<11>),
    spec(12, cases::<12>),
    spec(13, cases::<13>),
    spec(14, cases::<14>),
    spec(15, cases::<15>),
    spec(16, cases::<16>),
    spec(17, cases::<17>),
    spec(18, cases::<18>),
    spec(19, cases::<19>),
    spec(20, cases::<20>),
    spec(21, cases::<21>),
    spec(22, cases::<22>),
    spec(23, cases::<23>),
    spec(24, cases::<24>),
    spec(25, cases::<25>),
    spec(26, cases::<26>),
    spec(27, cases::<27>),
    spec(28, cases::<28>),
    spec(29, cases::<29>),
    spec(30, cases::<30>),
    spec(31, cases::<31>),
    spec(32, cases::<32>),
    spec(33, cases::<33>),
    spec(34, cases::<34>),
    spec(35, cases::<35>),
    spec(36, cases::<36>),
    spec(37, cases::<37>),
    spec(38, cases::<38>),
    spec(39, cases::<39>),
    spec(40, cases::<40>),
    spec(41, cases::<41>),
    spec(42, cases::<42>),
    spec(43, cases::<43>),
    spec(44, cases::<44>),
    spec(45, cases::<45>),
    spec(46, cases::<46>),
];
