//! Tensors made of others by composition: triangles, repetition, rolling, products, variances.

use crate::dtype::DType;
use crate::tensor::{Device, Shape, Tensor};
use crate::{Error, Result};

impl Tensor {
    /// `[rows, columns]` with 1 where column ≤ row + `diagonal`, else 0: with `diagonal` 0 and u8 the causal mask.
    pub fn tri(rows: usize, columns: usize, diagonal: isize, dtype: DType, device: &Device) -> Result<Tensor> {
        let below = |i: usize| (i % columns) as isize <= ((i / columns) as isize).saturating_add(diagonal);
        Tensor::generate([rows, columns], dtype, device, |i| if below(i) { 1.0 } else { 0.0 })
    }

    /// The matrices `[…, m, n]` with 0 above the `diagonal` (0 is the main one, positive ones lie above it).
    pub fn tril(&self, diagonal: isize) -> Result<Tensor> {
        let mask = self.triangle("tril", diagonal)?;
        mask.select_from(self, &Tensor::zeros([], self.dtype(), self.device())?)
    }

    /// The matrices `[…, m, n]` with 0 below the `diagonal`.
    pub fn triu(&self, diagonal: isize) -> Result<Tensor> {
        let mask = self.triangle("triu", diagonal.saturating_sub(1))?;
        mask.select_from(&Tensor::zeros([], self.dtype(), self.device())?, self)
    }

    fn triangle(&self, op: &'static str, diagonal: isize) -> Result<Tensor> {
        match self.dims() {
            [.., m, n] => Tensor::tri(*m, *n, diagonal, DType::U8, self.device()),
            _ => Err(Error::shape(op, "needs matrices", &[self.shape()], "give at least two axes")),
        }
    }

    /// `times[i]` copies one after the other along axis i; more numbers than axes add axes in front.
    ///
    /// # Errors
    /// If there are fewer numbers than axes.
    pub fn repeat(&self, times: &[usize]) -> Result<Tensor> {
        let Some(new) = times.len().checked_sub(self.rank()) else {
            return Err(Error::shape(
                "repeat",
                format!("{} numbers of copies", times.len()),
                &[self.shape()],
                "give one for each axis",
            ));
        };
        let sizes: Vec<usize> = vec![1; new].into_iter().chain(self.dims().iter().copied()).collect();
        let apart: Shape = sizes.iter().flat_map(|&size| [1, size]).collect();
        let copies: Shape = times.iter().zip(&sizes).flat_map(|(&times, &size)| [times, size]).collect();
        let merged: Shape = times.iter().zip(&sizes).map(|(times, size)| times * size).collect();
        self.reshape(apart)?.broadcast_to(copies)?.reshape(merged)
    }

    /// The numbers moved `by` places along `axis`; those that leave at one end enter at the other.
    pub fn roll(&self, by: isize, axis: isize) -> Result<Tensor> {
        let size = self.dims()[self.shape().axis("roll", axis)?];
        let cut = size - by.checked_rem_euclid(size as isize).unwrap_or(0) as usize;
        if cut == size {
            return Ok(self.clone());
        }
        Tensor::cat(&[&self.narrow(axis, cut, size)?, &self.narrow(axis, 0, cut)?], axis)
    }

    /// The product over `axis`, which stays with size 1 if `keep`; 1 for an empty axis. Zeros do no harm to the
    /// gradient: halves are multiplied with each other, never divided.
    pub fn prod(&self, axis: isize, keep: bool) -> Result<Tensor> {
        let at = self.shape().axis("prod", axis)?;
        let axis = at as isize;
        if self.dims()[at] == 0 {
            let size = if keep { self.shape().with(at, 1) } else { self.shape().without(at) };
            return Tensor::ones(size, self.dtype(), self.device());
        }
        let mut product = self.clone();
        while product.dims()[at] > 1 {
            let (size, half) = (product.dims()[at], product.dims()[at] / 2);
            let pairs = product.narrow(axis, 0, half)?.mul(&product.narrow(axis, half, 2 * half)?)?;
            let odd = product.narrow(axis, 2 * half, size)?;
            product = if 2 * half == size { pairs } else { Tensor::cat(&[&pairs, &odd], axis)? };
        }
        if keep { Ok(product) } else { product.squeeze(axis) }
    }

    /// The mean square distance from the mean over `axes` (of the numbers themselves: the sum is divided by their
    /// count, not by one less).
    pub fn var(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        self.sub(&self.mean(axes, true)?)?.square()?.mean(axes, keep)
    }

    /// The square root of [`Tensor::var`]; its gradient at 0 is 0.
    pub fn std(&self, axes: &[isize], keep: bool) -> Result<Tensor> {
        self.var(axes, keep)?.sqrt0()
    }
}
