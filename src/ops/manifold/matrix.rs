//! Symmetric positive definite matrices on a card: the kernels of `cuda/matrix.cu`.

use crate::Result;
use crate::backend::cuda::{Arg, Cuda, Grid};
use crate::dtype::DType;
use crate::geometry::{Call, Kind, MatrixModel, Role};
use crate::tensor::Tensor;

/// The structure `Launch` of `cuda/matrix.cu`.
#[repr(C)]
#[derive(Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
struct Launch {
    arguments: [u64; 3],
    cotangent: u64,
    results: [u64; 3],
    curvatures: u64,
    scratch: u64,
    scratch_bytes: i64,
    rows: i64,
    n: i64,
    kind: i64,
    origin: i64,
    count: i64,
    points: i64,
    t: f64,
    number: f64,
    care: f64,
}

/// The functions, in the order of the `Kind` of `cuda/matrix.cu`.
const KINDS: [Kind; 10] = [
    Kind::Exp,
    Kind::Log,
    Kind::Dist,
    Kind::Dist2,
    Kind::Transport,
    Kind::Inner,
    Kind::Norm,
    Kind::ProjectTangent,
    Kind::EgradToRgrad,
    Kind::Project,
];

/// Matrices that a thread makes for a row, at most.
const MATRICES: usize = 256;
/// Bytes of memory for all threads together, unless one needs more.
const SCRATCH: usize = 1 << 28;
/// Threads of a block.
const THREADS: usize = 32;

/// Whether there are kernels for this model.
pub(super) const fn has(model: MatrixModel) -> bool {
    !matches!(model, MatrixModel::Stiefel { .. })
}

/// Launches the kernel of the model; with `curvature`, where gradients in (c, t) go, that of the gradients, for which the
/// cotangent follows the arguments.
pub(super) fn run(
    op: &'static str,
    cuda: &Cuda,
    (model, call): (MatrixModel, &Call),
    args: &[&Tensor],
    results: &[&Tensor],
    curvature: Option<&Tensor>,
) -> Result<()> {
    let dims = args[0].dims();
    let width = dims[dims.len() - 1];
    let (rows, n) = (args[0].numel() / width, width.isqrt());
    let packed = args.iter().map(|t| t.detach().contiguous()).collect::<Result<Vec<_>>>()?;
    let address =
        |t: &Tensor| -> Result<u64> { Ok(t.memory(op)?.address() + (t.layout().offset() * t.dtype().size()) as u64) };
    let (kind, origin) = call.kind.at_origin();
    let roles = call.kind.inputs();
    let mut launch = Launch { rows: rows as i64, n: n as i64, origin: -1, ..Launch::default() };
    launch.kind = KINDS.iter().position(|&k| k == kind).map_or(-1, |i| i as i64);
    launch.count = roles.len() as i64;
    // A mask of the slots that hold stored points.
    let mut slots: Vec<bool> = roles.iter().map(|&role| role == Role::Point).collect();
    if let Some(i) = origin {
        (launch.origin, launch.count) = (i as i64, launch.count + 1);
        slots.insert(i, false);
    }
    launch.points = slots.iter().enumerate().map(|(i, &point)| i64::from(point) << i).sum();
    for (to, t) in launch.arguments.iter_mut().zip(&packed[..roles.len()]) {
        *to = address(t)?;
    }
    if let Some(pairs) = curvature {
        (launch.cotangent, launch.curvatures) = (address(&packed[roles.len()])?, address(pairs)?);
    }
    for (to, t) in launch.results.iter_mut().zip(results) {
        *to = address(t)?;
    }
    (launch.t, launch.number, launch.care) = (call.curv.t, call.number, super::card::CARE[0]);
    // Numbers of double-double; a row of short ones is at least a few words.
    let bytes = MATRICES * (n * n + 1) * 16;
    let blocks = rows.min(SCRATCH / bytes).div_ceil(THREADS).max(1);
    let scratch = Tensor::on_card(cuda, [blocks * THREADS * bytes / 8], DType::F64)?;
    (launch.scratch, launch.scratch_bytes) = (address(&scratch)?, bytes as i64);
    let suffix = if curvature.is_some() { "_vjp" } else { "" };
    let name = if model == MatrixModel::SpdAffine { "spd_affine" } else { "spd_log" };
    let kernel = format!("{name}{suffix}_{}", args[0].dtype());
    let record = [Arg::record(results[0].memory(op)?, &launch)];
    cuda.launch("matrix", &kernel, Grid::blocks(blocks, THREADS as u32), &record)
}
