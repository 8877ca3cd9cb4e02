//! Row functions on a card: the kernels of `cuda/manifold_*.cu`, which are printed from the formulas.

use crate::backend::cuda::{Arg, Cuda, Grid};
use crate::dtype::DType;
use crate::geometry::{Call, Kind, Model};
use crate::tensor::{Shape, Tensor};
use crate::{Error, Result};

/// The structure `Rows` of `cuda/rows.cuh`.
#[repr(C)]
#[derive(Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
struct Rows {
    data: u64,
    outer_stride: i64,
    inner_stride: i64,
    width: i64,
}

/// The structure `Launch`.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Launch {
    arguments: [Rows; 4],
    results: [Rows; 3],
    curvature: u64,
    rows: i64,
    inner: i64,
    lanes: u32,
    size: u32,
    aligned: u32,
    unused: u32,
    care: f64,
    parameters: [f64; 8],
}

/// Threads of a block.
const THREADS: usize = 128;
/// Lanes of a warp, and coordinates that a lane holds.
const WARP: usize = 32;
const HELD: usize = 4;
/// The loss from which a row is redone in double-double: what leaves f32 rows half a unit, and f64 rows 12 digits.
pub(super) const CARE: [f64; 2] = [4_194_304.0, 1024.0];

/// The family of kernels of a model.
fn family(model: Model) -> Option<&'static str> {
    Some(match model {
        Model::Lorentz => "manifold_lorentz",
        Model::Poincare => "manifold_poincare",
        Model::Euclidean => "manifold_euclidean",
        Model::HalfSpace => "manifold_half_space",
        Model::Solvable => "manifold_solvable",
        Model::Sphere => "manifold_sphere",
        Model::Stereographic => "manifold_stereographic",
        _ => return None,
    })
}

/// Whether there are kernels for this model.
pub(in crate::ops) fn has(model: Model) -> bool {
    match model {
        Model::Matrix(m) => super::matrix::has(m),
        _ => family(model).is_some(),
    }
}

/// The results of `args`, rows that were broadcast to the same leading axes, as rows of `shape`.
pub(in crate::ops) fn forward(
    op: &'static str,
    cuda: &Cuda,
    call: &Call,
    args: &[&Tensor],
    shape: &Shape,
) -> Result<Tensor> {
    let out = Tensor::on_card(cuda, shape.clone(), args[0].dtype())?;
    run(op, "", cuda, call, args, &[&out], None)?;
    Ok(out)
}

/// Gradients for arguments and, last, the cotangent: rows of `shape` for each argument, and of every row those in c and
/// t.
pub(in crate::ops) fn vjp(
    op: &'static str,
    cuda: &Cuda,
    call: &Call,
    args: &[&Tensor],
    shape: &Shape,
) -> Result<Vec<Tensor>> {
    let grads = (1..args.len()).map(|_| Tensor::on_card(cuda, shape.clone(), args[0].dtype()));
    let mut grads = grads.collect::<Result<Vec<_>>>()?;
    let batch = Shape::from(&shape[..shape.len() - 1]);
    let pairs = Tensor::full(batch.inserted(batch.len(), 2), 0.0, DType::F64, args[0].device())?;
    run(op, "_vjp", cuda, call, args, &grads.iter().collect::<Vec<_>>(), Some(&pairs))?;
    grads.extend([pairs.select(-1, 0)?, pairs.select(-1, 1)?]);
    Ok(grads)
}

/// A step of an optimizer, as [`Step`](crate::geometry::Step): exp_x(s·u) within `call.number` of the origin, and v
/// transported along, of rows `[n, width]` and s `[n, 1]`.
pub(crate) fn step(cuda: &Cuda, call: &Call, [x, u, v]: [&Tensor; 3], s: &Tensor) -> Result<[Tensor; 2]> {
    if let Model::Matrix(_) = call.model {
        // Matrices have no kernel of a whole step.
        let row = |kind, args: &[&Tensor]| super::rows_on_card(cuda, &Call { kind, ..*call }, args);
        let y = row(Kind::Exp, &[x, &u.mul(s)?])?;
        let carried = row(Kind::Transport, &[x, &y, v])?;
        return Ok([y, carried]);
    }
    let like = |t: &Tensor| Tensor::on_card(cuda, t.shape().clone(), t.dtype());
    let to = [like(x)?, like(x)?];
    // The kernel knows the radius by the same parameters as the projection.
    let call = Call { kind: Kind::Project, ..*call };
    run(call.model.name(), "_step", cuda, &call, &[x, u, v, s], &[&to[0], &to[1]], None)?;
    Ok(to)
}

/// Launches the kernel that is named as the operation.
fn run(
    op: &'static str,
    suffix: &str,
    cuda: &Cuda,
    call: &Call,
    args: &[&Tensor],
    results: &[&Tensor],
    curvature: Option<&Tensor>,
) -> Result<()> {
    if !has(call.model) {
        return Err(Error::Unsupported { op, device: args[0].device().to_string() });
    }
    if let Model::Matrix(m) = call.model {
        return if args[0].numel() == 0 {
            Ok(())
        } else {
            super::matrix::run(op, cuda, (m, call), args, results, curvature)
        };
    }
    let Some(family) = family(call.model) else {
        return Err(Error::Unsupported { op, device: args[0].device().to_string() });
    };
    let axes = args[0].rank() - 1;
    let rows: usize = args[0].dims()[..axes].iter().product();
    if rows == 0 {
        return Ok(());
    }
    let split = (0..=axes).find(|&k| args.iter().all(|t| strides(t, k).is_some()));
    // Where leading axes do not fold into two, arguments are copied.
    let packed = args.iter().map(|t| if split.is_some() { Ok(t.detach()) } else { t.detach().contiguous() });
    let packed = packed.collect::<Result<Vec<_>>>()?;
    let split = split.unwrap_or(0);
    let size = args[0].dtype().size();
    let place = |t: &Tensor| -> Result<Rows> {
        let [outer_stride, inner_stride] = strides(t, split).unwrap_or([0, 0]);
        let data = t.memory(op)?.address() + (t.layout().offset() * size) as u64;
        Ok(Rows { data, outer_stride, inner_stride, width: t.dims()[axes] as i64 })
    };
    let (mut launch, mut widest, mut aligned): (Launch, usize, bool) = (bytemuck::Zeroable::zeroed(), 1, true);
    let sources = packed.iter().zip(&mut launch.arguments);
    for (t, to) in sources.chain(results.iter().copied().zip(&mut launch.results)) {
        *to = place(t)?;
        widest = widest.max(t.dims()[axes]);
        let starts = [to.data as i64, to.outer_stride * size as i64, to.inner_stride * size as i64];
        aligned &= to.width == 1 || starts.iter().all(|start| start % 16 == 0);
    }
    launch.curvature = match curvature {
        Some(pairs) => pairs.memory(op)?.address(),
        None => 0,
    };
    launch.rows = rows as i64;
    launch.inner = args[0].dims()[split..axes].iter().product::<usize>() as i64;
    launch.lanes = widest.div_ceil(HELD).next_power_of_two().min(WARP) as u32;
    launch.size = size as u32;
    launch.aligned = u32::from(aligned);
    launch.care = CARE[usize::from(size == 8)];
    for (to, (_, value)) in launch.parameters.iter_mut().zip(call.parameters()) {
        *to = value;
    }
    let kernel = format!("{}{suffix}", op.replace('.', "_"));
    let grid = Grid::blocks((rows * launch.lanes as usize).div_ceil(THREADS), THREADS as u32);
    cuda.launch(family, &kernel, grid, &[Arg::record(results[0].memory(op)?, &launch)])
}

/// How far apart rows are along the axes before axis `split` and along those after it, if each are one step; coordinates
/// must be neighbours.
fn strides(t: &Tensor, split: usize) -> Option<[i64; 2]> {
    let axes = t.rank() - 1;
    let (dims, steps) = (t.dims(), t.layout().strides());
    if dims[axes] > 1 && steps[axes] != 1 {
        return None;
    }
    let fold = |axes: std::ops::Range<usize>| {
        let mut one = None;
        for i in axes.rev().filter(|&i| dims[i] > 1) {
            match &mut one {
                None => one = Some((steps[i], steps[i] * dims[i] as isize)),
                Some((_, next)) if *next == steps[i] => *next *= dims[i] as isize,
                Some(_) => return None,
            }
        }
        Some(one.map_or(0, |(step, _)| step as i64))
    };
    Some([fold(0..split)?, fold(split..axes)?])
}
