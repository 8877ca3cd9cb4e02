//! Matrix products and the operations of Euclidean networks.

use super::{Case, Job, Setup};
use crate::{Result, Tensor};

/// Rows and columns of the row operations.
const ROWS: usize = 8192;
const WIDTH: usize = 1024;
const N: f64 = (ROWS * WIDTH) as f64;

pub(super) static CASES: &[Case] = &[
    matmul("matmul/512", [512, 512, 512], |s| product([512, 512, 512], s)),
    matmul("matmul/1024", [1024, 1024, 1024], |s| product([1024, 1024, 1024], s)),
    matmul("matmul/4096x512x512", [4096, 512, 512], |s| product([4096, 512, 512], s)),
    // Forward: read x, write y. Backward: read the gradient and x or y, write a gradient.
    rows("softmax/8192x1024/fwd", 2.0, 5.0, |s| Ok(Job::forward(softmax, one(s)?))),
    rows("softmax/8192x1024/fwdbwd", 5.0, 9.0, |s| Job::backward(softmax, one(s)?)),
    rows("layernorm/8192x1024/fwd", 2.0, 8.0, |s| Ok(Job::forward(layer_norm, with_parameters(s)?))),
    rows("layernorm/8192x1024/fwdbwd", 5.0, 21.0, |s| Job::backward(layer_norm, with_parameters(s)?)),
    rows("gelu/8192x1024/fwd", 2.0, 4.0, |s| Ok(Job::forward(gelu, one(s)?))),
    rows("gelu/8192x1024/fwdbwd", 5.0, 14.0, |s| Job::backward(gelu, one(s)?)),
];

type Build = fn(&Setup<'_>) -> Result<Job>;

const fn matmul(name: &'static str, [m, k, n]: [usize; 3], build: Build) -> Case {
    Case { name, moved: (m * k + k * n + m * n) as f64, flops: 2.0 * (m * k * n) as f64, share: 8, build }
}

const fn rows(name: &'static str, moved: f64, flops: f64, build: Build) -> Case {
    Case { name, moved: moved * N, flops: flops * N, share: 64, build }
}

fn product([m, k, n]: [usize; 3], s: &Setup<'_>) -> Result<Job> {
    let inputs = vec![s.normal([s.rows(m), k], 0)?, s.normal([k, n], 1)?];
    Ok(Job::forward(|x| x[0].matmul(&x[1]), inputs))
}

fn one(s: &Setup<'_>) -> Result<Vec<Tensor>> {
    Ok(vec![s.normal([s.rows(ROWS), WIDTH], 0)?])
}

/// With the gain and the bias that a fresh layer has.
fn with_parameters(s: &Setup<'_>) -> Result<Vec<Tensor>> {
    let (gain, bias) = (Tensor::ones(WIDTH, s.dtype, s.device)?, Tensor::zeros(WIDTH, s.dtype, s.device)?);
    Ok(vec![s.normal([s.rows(ROWS), WIDTH], 0)?, gain, bias])
}

fn softmax(x: &[Tensor]) -> Result<Tensor> {
    x[0].softmax(-1)
}

fn layer_norm(x: &[Tensor]) -> Result<Tensor> {
    x[0].layer_norm(Some(&x[1]), Some(&x[2]), 1e-5)
}

fn gelu(x: &[Tensor]) -> Result<Tensor> {
    x[0].gelu()
}
