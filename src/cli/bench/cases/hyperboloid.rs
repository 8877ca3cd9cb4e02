//! The fused operations of hyperbolic transformers, on 4096 points of 511 dimensions.

use super::{Case, Job, Setup};
use crate::{DType, Result, Tensor};

/// Rows, and coordinates with time.
const ROWS: usize = 4096;
const WIDTH: usize = 512;
const N: f64 = (ROWS * WIDTH) as f64;

pub(super) static CASES: &[Case] = &[
    Case {
        name: "lorentz_linear/4096x512x512/fwdbwd",
        // x and weight, result; cotangent, both again, both gradients: three products.
        moved: 6.0 * N + 3.0 * (WIDTH * WIDTH) as f64,
        flops: 6.0 * N * WIDTH as f64,
        share: 64,
        build: |s| Job::backward(linear, weighted(s)?),
    },
    // Forward: read the space coordinates, write the points. Backward: read the gradient and the points, write a gradient.
    rows("lift/4096x512/fwd", 2.0, 3.0, |s| Ok(Job::forward(lift, vec![space(0, s)?, bias(s)?]))),
    rows("lift/4096x512/fwdbwd", 5.0, 8.0, |s| Job::backward(lift, vec![space(0, s)?, bias(s)?])),
    rows("lorentz_rmsnorm/4096x512/fwd", 2.0, 6.0, |s| Ok(Job::forward(norm, vec![point(0, s)?, bias(s)?]))),
    rows("lorentz_rmsnorm/4096x512/fwdbwd", 5.0, 18.0, |s| Job::backward(norm, vec![point(0, s)?, bias(s)?])),
    rows("lresnet/4096x512/fwd", 3.0, 16.0, |s| Ok(Job::forward(residual, summands(s)?))),
    rows("lresnet/4096x512/fwdbwd", 8.0, 44.0, |s| Job::backward(residual, summands(s)?)),
    rows("lorentz_centre/4096x512/fwdbwd", 5.0, 12.0, |s| Job::backward(centre, vec![point(0, s)?])),
    rows("swiglu_lift/4096x512/fwd", 3.0, 6.0, |s| Ok(Job::forward(gate, vec![space(0, s)?, space(1, s)?]))),
    rows("swiglu_lift/4096x512/fwdbwd", 8.0, 20.0, |s| Job::backward(gate, vec![space(0, s)?, space(1, s)?])),
];

type Build = fn(&Setup<'_>) -> Result<Job>;

const fn rows(name: &'static str, moved: f64, flops: f64, build: Build) -> Case {
    Case { name, moved: moved * N, flops: flops * N, share: 64, build }
}

/// κ = −1 where x is.
fn kappa(x: &Tensor) -> Result<Tensor> {
    Tensor::full([], -1.0, DType::F64, x.device())
}

fn space(stream: u64, s: &Setup<'_>) -> Result<Tensor> {
    s.normal([s.rows(ROWS), WIDTH - 1], stream)
}

fn point(stream: u64, s: &Setup<'_>) -> Result<Tensor> {
    let x = space(stream, s)?;
    x.lift(None, &kappa(&x)?, None)
}

/// One number a space coordinate.
fn bias(s: &Setup<'_>) -> Result<Tensor> {
    s.normal([WIDTH - 1], 7)
}

fn weighted(s: &Setup<'_>) -> Result<Vec<Tensor>> {
    Ok(vec![point(0, s)?, s.normal([WIDTH - 1, WIDTH], 8)?.mul_scalar(0.05)?, bias(s)?])
}

/// Two points and a weight.
fn summands(s: &Setup<'_>) -> Result<Vec<Tensor>> {
    Ok(vec![point(0, s)?, point(1, s)?, Tensor::ones([], s.dtype, s.device)?])
}

fn linear(x: &[Tensor]) -> Result<Tensor> {
    x[0].matmul(&x[1].t()?)?.lift(Some(&x[2]), &kappa(&x[0])?, None)
}

fn lift(x: &[Tensor]) -> Result<Tensor> {
    x[0].lift(Some(&x[1]), &kappa(&x[0])?, None)
}

fn norm(x: &[Tensor]) -> Result<Tensor> {
    x[0].lorentz_rms_norm(Some(&x[1]), 1e-8, &kappa(&x[0])?, None)
}

fn residual(x: &[Tensor]) -> Result<Tensor> {
    let scale = Tensor::full([], (WIDTH as f64).sqrt(), x[0].dtype(), x[0].device())?;
    x[0].lorentz_residual(&x[1], Some(&x[2]), Some(&scale), &kappa(&x[0])?, None)
}

fn centre(x: &[Tensor]) -> Result<Tensor> {
    x[0].lorentz_centre(&kappa(&x[0])?)
}

fn gate(x: &[Tensor]) -> Result<Tensor> {
    x[0].swiglu_lift(&x[1], &kappa(&x[0])?)
}
