//! Kernels that another compiler made (Triton 3.9, `triton/kernels.py`), against plain loops: the interpreter's reading of
//! fragments, of `ldmatrix` and of `cp.async` is not only checked by code of its own authors.

use cudarc::driver::{CudaContext, CudaFunction, CudaSlice, CudaStream, LaunchConfig, PushKernelArg};
use std::sync::Arc;

const THREADS: u32 = 128;

/// A kernel and a stream for it.
fn kernel(ptx: &str, name: &str) -> (CudaFunction, Arc<CudaStream>) {
    cuda::install().unwrap();
    let context = CudaContext::new(0).unwrap();
    (context.load_module(ptx.into()).unwrap().load_function(name).unwrap(), context.new_stream().unwrap())
}

fn config(x: usize, y: usize, shared_mem_bytes: u32) -> LaunchConfig {
    LaunchConfig { grid_dim: (x as u32, y as u32, 1), block_dim: (THREADS, 1, 1), shared_mem_bytes }
}

/// Numbers between -2 and 2 (Knuth's MMIX generator).
fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1 << 22) as f32 - 2.0
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn add() {
    let (kernel, stream) = kernel(include_str!("triton/add.ptx"), "add");
    for (count, seed) in [(1, 1), (255, 2), (256, 3), (257, 4), (1000, 5)] {
        let (x, y) = (numbers(count, seed), numbers(count, seed + 100));
        let (there_x, there_y) = (stream.clone_htod(&x).unwrap(), stream.clone_htod(&y).unwrap());
        let mut out: CudaSlice<f32> = unsafe { stream.alloc(count) }.unwrap();
        let (n, scratch) = (count as i32, 0u64);
        let mut launch = stream.launch_builder(&kernel);
        launch.arg(&there_x).arg(&there_y).arg(&mut out).arg(&n).arg(&scratch).arg(&scratch);
        unsafe { launch.launch(config(count.div_ceil(256), 1, 0)) }.unwrap();
        let expected: Vec<f32> = x.iter().zip(&y).map(|(x, y)| x + y).collect();
        assert_eq!(stream.clone_dtoh(&out).unwrap(), expected, "{count} values");
    }
}

#[test]
fn softmax() {
    let (kernel, stream) = kernel(include_str!("triton/softmax.ptx"), "softmax");
    for (rows, columns, seed) in [(1, 1, 1), (3, 17, 2), (2, 128, 3), (4, 256, 4)] {
        let x = numbers(rows * columns, seed);
        let there = stream.clone_htod(&x).unwrap();
        let mut out: CudaSlice<f32> = unsafe { stream.alloc(rows * columns) }.unwrap();
        let (n, scratch) = (columns as i32, 0u64);
        let mut launch = stream.launch_builder(&kernel);
        launch.arg(&there).arg(&mut out).arg(&n).arg(&scratch).arg(&scratch);
        unsafe { launch.launch(config(rows, 1, 16)) }.unwrap();
        for (row, found) in x.chunks(columns).zip(stream.clone_dtoh(&out).unwrap().chunks(columns)) {
            let powers: Vec<f64> = row.iter().map(|x| f64::from(*x).exp()).collect();
            let sum: f64 = powers.iter().sum();
            for (power, found) in powers.iter().zip(found) {
                let expected = power / sum;
                assert!((f64::from(*found) - expected).abs() <= 1e-6 * expected, "{found} for {expected}");
            }
        }
    }
}

/// The nearest bf16, ties to even, as bits.
fn bf16(x: f32) -> u16 {
    let bits = x.to_bits();
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

fn value(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

/// Tiles of 32 x 32 with steps of 32: shapes below, at and above one tile, and odd numbers of rows.
#[test]
fn matmul() {
    let (kernel, stream) = kernel(include_str!("triton/matmul.ptx"), "matmul");
    let driver = cuda::install().unwrap();
    for (rows, columns, depth, seed) in
        [(32, 32, 32, 1), (5, 16, 16, 2), (33, 48, 80, 3), (64, 32, 144, 4), (17, 64, 96, 5)]
    {
        let a: Vec<u16> = numbers(rows * depth, seed).into_iter().map(bf16).collect();
        let b: Vec<u16> = numbers(depth * columns, seed + 100).into_iter().map(bf16).collect();
        let (there_a, there_b) = (stream.clone_htod(&a).unwrap(), stream.clone_htod(&b).unwrap());
        let mut out: CudaSlice<f32> = unsafe { stream.alloc(rows * columns) }.unwrap();
        let (m, n, k, scratch) = (rows as i32, columns as i32, depth as i32, 0u64);
        let mut launch = stream.launch_builder(&kernel);
        launch.arg(&there_a).arg(&there_b).arg(&mut out).arg(&m).arg(&n).arg(&k).arg(&scratch).arg(&scratch);
        let launched = unsafe { launch.launch(config(rows.div_ceil(32), columns.div_ceil(32), SHARED)) };
        assert!(launched.is_ok(), "{}", driver.last_fault());
        let found = stream.clone_dtoh(&out).unwrap();
        for i in 0..rows {
            for j in 0..columns {
                let products = (0..depth).map(|k| value(a[i * depth + k]) * value(b[k * columns + j]));
                let (expected, size) = products.fold((0.0, 0.0), |(sum, size), x| (sum + x, size + x.abs()));
                let error = (f64::from(found[i * columns + j]) - expected).abs();
                assert!(error <= 1e-6 * size, "({rows}, {columns}, {depth}) at ({i}, {j}): {error}");
            }
        }
    }
}

/// Shared memory of the product, as the compiler states it.
const SHARED: u32 = 8192;
