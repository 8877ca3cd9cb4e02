//! Functions of manifolds on 65536 points of 64 dimensions, all pairs of 2048, and optimizer steps.

use super::{Case, Job, Setup};
use crate::manifold::{Lorentz, Manifold, PoincareBall};
use crate::optim::{Optimizer, RiemannianAdam, RiemannianSGD};
use crate::param::SparseGrad;
use crate::{Grads, Param, Result, Rng, Tensor};
use std::sync::Arc;

const ROWS: usize = 65536;
const DIM: usize = 64;

pub(super) static CASES: &[Case] = &[
    two("poincare.dist/65536x64/fwd", 2, 0, 8, |s| forward(Ball, Op::Dist, s)),
    two("poincare.dist/65536x64/fwdbwd", 4, 2, 20, |s| backward(Ball, Op::Dist, s)),
    two("poincare.expmap/65536x64/fwd", 3, 0, 10, |s| forward(Ball, Op::Exp, s)),
    two("poincare.expmap/65536x64/fwdbwd", 6, 2, 30, |s| backward(Ball, Op::Exp, s)),
    two("poincare.logmap/65536x64/fwd", 3, 0, 12, |s| forward(Ball, Op::Log, s)),
    two("poincare.logmap/65536x64/fwdbwd", 6, 2, 32, |s| backward(Ball, Op::Log, s)),
    two("poincare.expmap0/65536x64/fwd", 2, 0, 3, |s| forward(Ball, Op::Exp0, s)),
    two("poincare.expmap0/65536x64/fwdbwd", 4, 1, 10, |s| backward(Ball, Op::Exp0, s)),
    two("poincare.logmap0/65536x64/fwd", 2, 0, 3, |s| forward(Ball, Op::Log0, s)),
    two("poincare.logmap0/65536x64/fwdbwd", 4, 1, 10, |s| backward(Ball, Op::Log0, s)),
    two("poincare.mobius_add/65536x64/fwd", 3, 0, 10, |s| forward(Ball, Op::Add, s)),
    two("poincare.mobius_add/65536x64/fwdbwd", 6, 2, 30, |s| backward(Ball, Op::Add, s)),
    two("poincare.ptransp/65536x64/fwd", 4, 0, 16, |s| forward(Ball, Op::Transport, s)),
    two("poincare.ptransp/65536x64/fwdbwd", 8, 3, 50, |s| backward(Ball, Op::Transport, s)),
    two("lorentz.dist/65536x64/fwd", 2, 0, 8, |s| forward(Sheet, Op::Dist, s)),
    two("lorentz.dist/65536x64/fwdbwd", 4, 2, 20, |s| backward(Sheet, Op::Dist, s)),
    two("lorentz.expmap/65536x64/fwd", 3, 0, 10, |s| forward(Sheet, Op::Exp, s)),
    two("lorentz.expmap/65536x64/fwdbwd", 6, 2, 30, |s| backward(Sheet, Op::Exp, s)),
    two("lorentz.logmap/65536x64/fwd", 3, 0, 12, |s| forward(Sheet, Op::Log, s)),
    two("lorentz.logmap/65536x64/fwdbwd", 6, 2, 32, |s| backward(Sheet, Op::Log, s)),
    two("lorentz.expmap0/65536x64/fwd", 2, 0, 3, |s| forward(Sheet, Op::Exp0, s)),
    two("lorentz.expmap0/65536x64/fwdbwd", 4, 1, 10, |s| backward(Sheet, Op::Exp0, s)),
    two("lorentz.logmap0/65536x64/fwd", 2, 0, 3, |s| forward(Sheet, Op::Log0, s)),
    two("lorentz.logmap0/65536x64/fwdbwd", 4, 1, 10, |s| backward(Sheet, Op::Log0, s)),
    two("lorentz.ptransp/65536x64/fwd", 4, 0, 12, |s| forward(Sheet, Op::Transport, s)),
    two("lorentz.ptransp/65536x64/fwdbwd", 8, 3, 40, |s| backward(Sheet, Op::Transport, s)),
    pairs("poincare.cdist/2048x2048x64/fwd", |s| cdist(Ball, false, s)),
    pairs("poincare.cdist/2048x2048x64/fwdbwd", |s| cdist(Ball, true, s)),
    pairs("lorentz.cdist/2048x2048x64/fwd", |s| cdist(Sheet, false, s)),
    pairs("lorentz.cdist/2048x2048x64/fwdbwd", |s| cdist(Sheet, true, s)),
    steps("radam.poincare/100000x64", 5, |s| adam(Ball, 0, s)),
    steps("rsgd.poincare/100000x64", 3, sgd),
    steps("radam.lorentz/100000x64", 5, |s| adam(Sheet, 0, s)),
    Case {
        name: "radam.sparse.poincare/100000x64/4096",
        moved: (5 * 4096 * DIM) as f64,
        flops: (40 * 4096 * DIM) as f64,
        share: 32,
        build: |s| adam(Ball, 4096, s),
    },
];

type Build = fn(&Setup<'_>) -> Result<Job>;

/// `arrays` of rows are read or written in the pass (of a backward pass, `again` more gradients), `flops` a coordinate.
const fn two(name: &'static str, arrays: usize, again: usize, flops: usize, build: Build) -> Case {
    let numbers = (ROWS * DIM) as f64;
    Case { name, moved: (arrays + again) as f64 * numbers, flops: flops as f64 * numbers, share: 128, build }
}

/// Distances of all pairs of so many points.
const PAIRS: usize = 2048;

const fn pairs(name: &'static str, build: Build) -> Case {
    let (moved, flops) = (PAIRS * PAIRS + 2 * PAIRS * DIM, PAIRS * PAIRS * (2 * DIM + 8));
    Case { name, moved: moved as f64, flops: flops as f64, share: 32, build }
}

fn cdist(space: Space, again: bool, s: &Setup<'_>) -> Result<Job> {
    let manifold = space.manifold()?;
    let inputs = vec![space.points(s.rows(PAIRS), 0, s)?, space.points(PAIRS, 1, s)?];
    let function = move |a: &[Tensor]| manifold.cdist(&a[0], &a[1]);
    if again { Job::backward(function, inputs) } else { Ok(Job::forward(function, inputs)) }
}

const fn steps(name: &'static str, arrays: usize, build: Build) -> Case {
    let numbers = (TABLE * DIM) as f64;
    Case { name, moved: arrays as f64 * numbers, flops: 40.0 * numbers, share: 32, build }
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
    fn points(self, rows: usize, stream: u64, s: &Setup<'_>) -> Result<Tensor> {
        let x = s.normal([rows, DIM], stream)?;
        match self {
            Ball => {
                let radius = Tensor::rand([rows, 1], s.dtype, Rng::new(1).stream(stream), s.device)?.mul_scalar(0.9)?;
                x.div(&x.norm(&[-1], true)?)?.mul(&radius)
            }
            Sheet => {
                let head = Tensor::zeros([rows, 1], s.dtype, s.device)?;
                self.manifold()?.project(&Tensor::cat(&[&head, &x.mul_scalar(0.3)?], -1)?)
            }
        }
    }

    fn tangents(self, x: &Tensor, stream: u64, s: &Setup<'_>) -> Result<Tensor> {
        let scale = if matches!(self, Ball) { 0.05 } else { 0.1 };
        let width = x.dims()[1];
        let z = s.normal([x.dims()[0], width], stream)?.mul_scalar(scale)?;
        self.manifold()?.project_tangent(x, &z)
    }
}

type Function = Box<dyn Fn(&[Tensor]) -> Result<Tensor>>;

/// The function and its arguments.
fn case(space: Space, op: Op, s: &Setup<'_>) -> Result<(Function, Vec<Tensor>)> {
    let manifold = space.manifold()?;
    let x = space.points(s.rows(ROWS), 0, s)?;
    let y = space.points(s.rows(ROWS), 1, s)?;
    let u = space.tangents(&x, 2, s)?;
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

fn forward(space: Space, op: Op, s: &Setup<'_>) -> Result<Job> {
    let (function, inputs) = case(space, op, s)?;
    Ok(Job::forward(function, inputs))
}

fn backward(space: Space, op: Op, s: &Setup<'_>) -> Result<Job> {
    let (function, inputs) = case(space, op, s)?;
    Job::backward(function, inputs)
}

/// Rows of the table that optimizers move.
const TABLE: usize = 100_000;

/// A table and a gradient for it.
fn table(space: Space, s: &Setup<'_>) -> Result<(Param, Tensor)> {
    let points = space.points(s.rows(TABLE), 3, s)?;
    let gradient = s.normal([s.rows(TABLE), points.dims()[1]], 4)?;
    Ok((Param::new("table", points).on_shared(space.manifold()?), gradient))
}

fn adam(space: Space, rows: usize, s: &Setup<'_>) -> Result<Job> {
    let (table, gradient) = table(space, s)?;
    let mut optimizer = RiemannianAdam::new(vec![table.clone()], 1e-3);
    if rows == 0 {
        return Ok(dense(optimizer, table, gradient));
    }
    let (rows, apart) = (s.rows(rows), (TABLE / rows) as u32);
    let ids: Vec<u32> = (0..rows as u32).map(|i| i * apart).collect();
    let values = gradient.narrow(0, 0, rows)?.contiguous()?;
    let sparse = SparseGrad { rows: ids, values };
    Ok(Job::new(move || {
        optimizer.step_sparse(&table, &sparse)?;
        Ok(vec![Tensor::from(1.0)])
    }))
}

fn sgd(s: &Setup<'_>) -> Result<Job> {
    let (table, gradient) = table(Ball, s)?;
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
