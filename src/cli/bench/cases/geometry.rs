//! Functions of manifolds on 65536 points of 64 dimensions, all pairs of 2048, and optimizer steps.

use super::{Case, Job, normal};
use crate::manifold::{Lorentz, Manifold, PoincareBall};
use crate::optim::{Optimizer, RiemannianAdam, RiemannianSGD};
use crate::param::SparseGrad;
use crate::{DType, Device, Grads, Param, Result, Rng, Tensor};
use std::sync::Arc;

const ROWS: usize = 65536;
const DIM: usize = 64;

pub(super) static CASES: &[Case] = &[
    two("poincare.dist/65536x64/fwd", 2, 0, 8, |d, t| forward(Ball, Op::Dist, d, t)),
    two("poincare.dist/65536x64/fwdbwd", 4, 2, 20, |d, t| backward(Ball, Op::Dist, d, t)),
    two("poincare.expmap/65536x64/fwd", 3, 0, 10, |d, t| forward(Ball, Op::Exp, d, t)),
    two("poincare.expmap/65536x64/fwdbwd", 6, 2, 30, |d, t| backward(Ball, Op::Exp, d, t)),
    two("poincare.logmap/65536x64/fwd", 3, 0, 12, |d, t| forward(Ball, Op::Log, d, t)),
    two("poincare.logmap/65536x64/fwdbwd", 6, 2, 32, |d, t| backward(Ball, Op::Log, d, t)),
    two("poincare.expmap0/65536x64/fwd", 2, 0, 3, |d, t| forward(Ball, Op::Exp0, d, t)),
    two("poincare.expmap0/65536x64/fwdbwd", 4, 1, 10, |d, t| backward(Ball, Op::Exp0, d, t)),
    two("poincare.logmap0/65536x64/fwd", 2, 0, 3, |d, t| forward(Ball, Op::Log0, d, t)),
    two("poincare.logmap0/65536x64/fwdbwd", 4, 1, 10, |d, t| backward(Ball, Op::Log0, d, t)),
    two("poincare.mobius_add/65536x64/fwd", 3, 0, 10, |d, t| forward(Ball, Op::Add, d, t)),
    two("poincare.mobius_add/65536x64/fwdbwd", 6, 2, 30, |d, t| backward(Ball, Op::Add, d, t)),
    two("poincare.ptransp/65536x64/fwd", 4, 0, 16, |d, t| forward(Ball, Op::Transport, d, t)),
    two("poincare.ptransp/65536x64/fwdbwd", 8, 3, 50, |d, t| backward(Ball, Op::Transport, d, t)),
    two("lorentz.dist/65536x64/fwd", 2, 0, 8, |d, t| forward(Sheet, Op::Dist, d, t)),
    two("lorentz.dist/65536x64/fwdbwd", 4, 2, 20, |d, t| backward(Sheet, Op::Dist, d, t)),
    two("lorentz.expmap/65536x64/fwd", 3, 0, 10, |d, t| forward(Sheet, Op::Exp, d, t)),
    two("lorentz.expmap/65536x64/fwdbwd", 6, 2, 30, |d, t| backward(Sheet, Op::Exp, d, t)),
    two("lorentz.logmap/65536x64/fwd", 3, 0, 12, |d, t| forward(Sheet, Op::Log, d, t)),
    two("lorentz.logmap/65536x64/fwdbwd", 6, 2, 32, |d, t| backward(Sheet, Op::Log, d, t)),
    two("lorentz.expmap0/65536x64/fwd", 2, 0, 3, |d, t| forward(Sheet, Op::Exp0, d, t)),
    two("lorentz.expmap0/65536x64/fwdbwd", 4, 1, 10, |d, t| backward(Sheet, Op::Exp0, d, t)),
    two("lorentz.logmap0/65536x64/fwd", 2, 0, 3, |d, t| forward(Sheet, Op::Log0, d, t)),
    two("lorentz.logmap0/65536x64/fwdbwd", 4, 1, 10, |d, t| backward(Sheet, Op::Log0, d, t)),
    two("lorentz.ptransp/65536x64/fwd", 4, 0, 12, |d, t| forward(Sheet, Op::Transport, d, t)),
    two("lorentz.ptransp/65536x64/fwdbwd", 8, 3, 40, |d, t| backward(Sheet, Op::Transport, d, t)),
    pairs("poincare.cdist/2048x2048x64/fwd", |d, t| cdist(Ball, false, d, t)),
    pairs("poincare.cdist/2048x2048x64/fwdbwd", |d, t| cdist(Ball, true, d, t)),
    pairs("lorentz.cdist/2048x2048x64/fwd", |d, t| cdist(Sheet, false, d, t)),
    pairs("lorentz.cdist/2048x2048x64/fwdbwd", |d, t| cdist(Sheet, true, d, t)),
    steps("radam.poincare/100000x64", 5, |d, t| adam(Ball, 0, d, t)),
    steps("rsgd.poincare/100000x64", 3, sgd),
    steps("radam.lorentz/100000x64", 5, |d, t| adam(Sheet, 0, d, t)),
    Case {
        name: "radam.sparse.poincare/100000x64/4096",
        moved: (5 * 4096 * DIM) as f64,
        flops: (40 * 4096 * DIM) as f64,
        build: |d, t| adam(Ball, 4096, d, t),
    },
];

type Build = fn(&Device, DType) -> Result<Job>;

/// `arrays` of rows are read or written in the pass (of a backward pass, `again` more gradients), `flops` a coordinate.
const fn two(name: &'static str, arrays: usize, again: usize, flops: usize, build: Build) -> Case {
    let numbers = (ROWS * DIM) as f64;
    Case { name, moved: (arrays + again) as f64 * numbers, flops: flops as f64 * numbers, build }
}

/// Distances of all pairs of so many points.
const PAIRS: usize = 2048;

const fn pairs(name: &'static str, build: Build) -> Case {
    Case { name, moved: (PAIRS * PAIRS + 2 * PAIRS * DIM) as f64, flops: (PAIRS * PAIRS * (2 * DIM + 8)) as f64, build }
}

fn cdist(space: Space, again: bool, device: &Device, dtype: DType) -> Result<Job> {
    let manifold = space.manifold()?;
    let inputs = vec![space.points(PAIRS, 0, device, dtype)?, space.points(PAIRS, 1, device, dtype)?];
    let function = move |a: &[Tensor]| manifold.cdist(&a[0], &a[1]);
    if again { Job::backward(function, inputs) } else { Ok(Job::forward(function, inputs)) }
}

const fn steps(name: &'static str, arrays: usize, build: Build) -> Case {
    let numbers = (TABLE * DIM) as f64;
    Case { name, moved: arrays as f64 * numbers, flops: 40.0 * numbers, build }
}

#[derive(Clone, Copy)]
enum Space {
    Ball,
    Sheet,
}
use Space::{Ball, Sheet};

#[derive(Clone, Copy)]
enum Op {
    Dist,
    Exp,
    Log,
    Exp0,
    Log0,
    Add,
    Transport,
}

impl Space {
    fn manifold(self) -> Result<Arc<dyn Manifold>> {
        Ok(match self {
            Ball => Arc::new(PoincareBall::new(-1.0)?),
            Sheet => Arc::new(Lorentz::new(-1.0)?),
        })
    }

    /// Random directions with a radius uniform in [0, 0.9), or normal space parts of spread 0.3.
    fn points(self, rows: usize, stream: u64, device: &Device, dtype: DType) -> Result<Tensor> {
        let x = normal([rows, DIM], stream, device, dtype)?;
        match self {
            Ball => {
                let radius = Tensor::rand([rows, 1], dtype, Rng::new(1).stream(stream), device)?.mul_scalar(0.9)?;
                x.div(&x.norm(&[-1], true)?)?.mul(&radius)
            }
            Sheet => {
                let head = Tensor::zeros([rows, 1], dtype, device)?;
                self.manifold()?.project(&Tensor::cat(&[&head, &x.mul_scalar(0.3)?], -1)?)
            }
        }
    }

    fn tangents(self, x: &Tensor, stream: u64, device: &Device, dtype: DType) -> Result<Tensor> {
        let scale = if matches!(self, Ball) { 0.05 } else { 0.1 };
        let width = x.dims()[1];
        let z = normal([x.dims()[0], width], stream, device, dtype)?.mul_scalar(scale)?;
        self.manifold()?.project_tangent(x, &z)
    }
}

type Function = Box<dyn Fn(&[Tensor]) -> Result<Tensor>>;

/// The function and its arguments.
fn case(space: Space, op: Op, device: &Device, dtype: DType) -> Result<(Function, Vec<Tensor>)> {
    let manifold = space.manifold()?;
    let x = space.points(ROWS, 0, device, dtype)?;
    let y = space.points(ROWS, 1, device, dtype)?;
    let u = space.tangents(&x, 2, device, dtype)?;
    let inputs = match op {
        Op::Dist | Op::Log | Op::Add => vec![x, y],
        Op::Exp => vec![x, u],
        Op::Exp0 => vec![u.mul_scalar(4.0)?],
        Op::Log0 => vec![y],
        Op::Transport => vec![x, y, u],
    };
    let ball = PoincareBall::new(-1.0)?;
    let function = move |a: &[Tensor]| match op {
        Op::Dist => manifold.dist(&a[0], &a[1]),
        Op::Exp => manifold.exp_map(&a[0], &a[1]),
        Op::Log => manifold.log_map(&a[0], &a[1]),
        Op::Exp0 => manifold.exp_map0(&a[0]),
        Op::Log0 => manifold.log_map0(&a[0]),
        Op::Add => ball.mobius_add(&a[0], &a[1]),
        Op::Transport => manifold.parallel_transport(&a[0], &a[1], &a[2]),
    };
    Ok((Box::new(function), inputs))
}

fn forward(space: Space, op: Op, device: &Device, dtype: DType) -> Result<Job> {
    let (function, inputs) = case(space, op, device, dtype)?;
    Ok(Job::forward(function, inputs))
}

fn backward(space: Space, op: Op, device: &Device, dtype: DType) -> Result<Job> {
    let (function, inputs) = case(space, op, device, dtype)?;
    Job::backward(function, inputs)
}

/// Rows of the table that optimizers move.
const TABLE: usize = 100_000;

/// A table and a gradient for it.
fn table(space: Space, device: &Device, dtype: DType) -> Result<(Param, Tensor)> {
    let points = space.points(TABLE, 3, device, dtype)?;
    let gradient = normal([TABLE, points.dims()[1]], 4, device, dtype)?;
    Ok((Param::new("table", points).on_shared(space.manifold()?), gradient))
}

fn adam(space: Space, rows: usize, device: &Device, dtype: DType) -> Result<Job> {
    let (table, gradient) = table(space, device, dtype)?;
    let mut optimizer = RiemannianAdam::new(vec![table.clone()], 1e-3);
    if rows == 0 {
        return Ok(dense(optimizer, table, gradient));
    }
    let ids: Vec<u32> = (0..rows as u32).map(|i| i * (TABLE / rows) as u32).collect();
    let values = gradient.narrow(0, 0, rows)?.contiguous()?;
    let sparse = SparseGrad { rows: ids, values };
    Ok(Job::new(move || {
        optimizer.step_sparse(&table, &sparse)?;
        Ok(vec![Tensor::from(1.0)])
    }))
}

fn sgd(device: &Device, dtype: DType) -> Result<Job> {
    let (table, gradient) = table(Ball, device, dtype)?;
    Ok(dense(RiemannianSGD::new(vec![table.clone()], 1e-3), table, gradient))
}

fn dense(mut optimizer: impl Optimizer + 'static, table: Param, gradient: Tensor) -> Job {
    Job::new(move || {
        let mut grads = Grads::default();
        grads.insert(&table.tensor(), gradient.clone());
        optimizer.step(&grads)?;
        Ok(vec![Tensor::from(1.0)])
    })
}
