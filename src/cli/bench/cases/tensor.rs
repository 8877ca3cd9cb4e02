//! Matrix products and the operations of Euclidean networks.

use super::{Case, Job, normal};
use crate::{DType, Device, Result, Tensor};

/// Rows and columns of the row operations.
const SHAPE: [usize; 2] = [8192, 1024];
const N: f64 = 8192.0 * 1024.0;

pub(super) static CASES: &[Case] = &[
    matmul("matmul/512", [512, 512, 512], |d, t| product([512, 512, 512], d, t)),
    matmul("matmul/1024", [1024, 1024, 1024], |d, t| product([1024, 1024, 1024], d, t)),
    matmul("matmul/4096x512x512", [4096, 512, 512], |d, t| product([4096, 512, 512], d, t)),
    // Forward: read x, write y. Backward: read the gradient and x or y, write a gradient.
    rows("softmax/8192x1024/fwd", 2.0, 5.0, |d, t| Ok(Job::forward(softmax, one(d, t)?))),
    rows("softmax/8192x1024/fwdbwd", 5.0, 9.0, |d, t| Job::backward(softmax, one(d, t)?)),
    rows("layernorm/8192x1024/fwd", 2.0, 8.0, |d, t| Ok(Job::forward(layer_norm, with_parameters(d, t)?))),
    rows("layernorm/8192x1024/fwdbwd", 5.0, 21.0, |d, t| Job::backward(layer_norm, with_parameters(d, t)?)),
    rows("gelu/8192x1024/fwd", 2.0, 4.0, |d, t| Ok(Job::forward(gelu, one(d, t)?))),
    rows("gelu/8192x1024/fwdbwd", 5.0, 14.0, |d, t| Job::backward(gelu, one(d, t)?)),
];

type Build = fn(&Device, DType) -> Result<Job>;

const fn matmul(name: &'static str, [m, k, n]: [usize; 3], build: Build) -> Case {
    Case { name, moved: (m * k + k * n + m * n) as f64, flops: 2.0 * (m * k * n) as f64, build }
}

const fn rows(name: &'static str, moved: f64, flops: f64, build: Build) -> Case {
    Case { name, moved: moved * N, flops: flops * N, build }
}

fn product([m, k, n]: [usize; 3], device: &Device, dtype: DType) -> Result<Job> {
    let inputs = vec![normal([m, k], 0, device, dtype)?, normal([k, n], 1, device, dtype)?];
    Ok(Job::forward(|x| x[0].matmul(&x[1]), inputs))
}

fn one(device: &Device, dtype: DType) -> Result<Vec<Tensor>> {
    Ok(vec![normal(SHAPE, 0, device, dtype)?])
}

/// With the gain and the bias that a fresh layer has.
fn with_parameters(device: &Device, dtype: DType) -> Result<Vec<Tensor>> {
    let width = SHAPE[1];
    Ok(vec![
        normal(SHAPE, 0, device, dtype)?,
        Tensor::ones(width, dtype, device)?,
        Tensor::zeros(width, dtype, device)?,
    ])
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
