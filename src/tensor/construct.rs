//! Making tensors.

use super::{Backend, Device, Rng, Shape, Tensor};
use crate::backend::cpu::{Buffer, numbers, numbers_mut};
use crate::dtype::{DType, Element};
use crate::{Error, Result};

impl Tensor {
    /// The numbers of `data` in row-major order, on the default CPU.
    ///
    /// # Errors
    /// If `data` has another length than `shape` says.
    pub fn from_slice<T: Element>(data: &[T], shape: impl Into<Shape>) -> Result<Tensor> {
        let shape = shape.into();
        if data.len() != shape.numel() {
            let what = format!("{} numbers were given", data.len());
            return Err(Error::shape("from_slice", what, &[&shape], "give as many numbers as the shape holds"));
        }
        Ok(Tensor::filled_by(shape, &Device::cpu(), |out: &mut [T]| out.copy_from_slice(data)))
    }

    /// A row-major tensor whose numbers `fill` writes.
    pub(crate) fn filled_by<T: Element>(shape: Shape, device: &Device, fill: impl FnOnce(&mut [T])) -> Tensor {
        let mut buffer = numbers::<T>(shape.numel());
        fill(numbers_mut(&mut buffer));
        Tensor::from_buffer(buffer, T::DTYPE, shape, device)
    }

    /// Two row-major tensors that `fill` writes together.
    pub(crate) fn both_filled_by<A: Element, B: Element>(
        shapes: [Shape; 2],
        device: &Device,
        fill: impl FnOnce(&mut [A], &mut [B]),
    ) -> [Tensor; 2] {
        let (mut a, mut b) = (numbers::<A>(shapes[0].numel()), numbers::<B>(shapes[1].numel()));
        fill(numbers_mut(&mut a), numbers_mut(&mut b));
        let [shape_a, shape_b] = shapes;
        [Tensor::from_buffer(a, A::DTYPE, shape_a, device), Tensor::from_buffer(b, B::DTYPE, shape_b, device)]
    }

    /// All numbers equal to `value`.
    pub fn full(shape: impl Into<Shape>, value: f64, dtype: DType, device: &Device) -> Result<Tensor> {
        let shape = shape.into();
        if let Backend::Cuda(cuda) = device.backend() {
            return Tensor::full_on_card(cuda, shape, value, dtype);
        }
        let mut buffer = Buffer::new(shape.numel() * dtype.size());
        if value == 0.0 && value.is_sign_positive() {
            buffer.bytes_mut().fill(0);
        } else {
            with_element!(dtype, T, numbers_mut(&mut buffer).fill(<T as Element>::from_f64(value)));
        }
        Ok(Tensor::from_buffer(buffer, dtype, shape, device))
    }

    /// Zeros.
    pub fn zeros(shape: impl Into<Shape>, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::full(shape, 0.0, dtype, device)
    }

    /// Ones.
    pub fn ones(shape: impl Into<Shape>, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::full(shape, 1.0, dtype, device)
    }

    /// Zeros of this tensor's shape, type and device.
    pub fn zeros_like(&self) -> Result<Tensor> {
        Tensor::zeros(self.shape(), self.dtype(), self.device())
    }

    /// Ones of this tensor's shape, type and device.
    pub fn ones_like(&self) -> Result<Tensor> {
        Tensor::ones(self.shape(), self.dtype(), self.device())
    }

    /// `0, 1, …, n − 1`.
    pub fn arange(n: usize, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::generate(n, dtype, device, |i| i as f64)
    }

    /// The `n` × `n` identity matrix.
    pub fn eye(n: usize, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::generate([n, n], dtype, device, |i| if i / n == i % n { 1.0 } else { 0.0 })
    }

    /// Uniform in [0, 1): number i is draw i of `rng`.
    pub fn rand(shape: impl Into<Shape>, dtype: DType, rng: Rng, device: &Device) -> Result<Tensor> {
        match device.backend() {
            Backend::Cuda(cuda) if dtype.is_float() => Tensor::uniform_on_card(cuda, shape.into(), dtype, rng),
            _ => Tensor::generate(shape, dtype, device, |i| rng.uniform(i as u64)),
        }
    }

    /// Standard normal: number i is draw i of `rng`.
    pub fn randn(shape: impl Into<Shape>, dtype: DType, rng: Rng, device: &Device) -> Result<Tensor> {
        Tensor::generate(shape, dtype, device, |i| rng.normal(i as u64))
    }

    /// Number i is `f(i)`, rounded to the type. For a card the processor computes and copies.
    pub fn generate(
        shape: impl Into<Shape>,
        dtype: DType,
        device: &Device,
        f: impl Fn(usize) -> f64 + Send + Sync,
    ) -> Result<Tensor> {
        let shape = shape.into();
        let cpu = match device.backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(_) => return Tensor::generate(shape, dtype, &Device::cpu(), f)?.to_device(device),
        };
        Ok(with_element!(dtype, T, {
            Tensor::filled_by(shape, device, |out: &mut [T]| {
                // A draw costs some ten numbers' worth of memory traffic.
                cpu.for_each_rows(out, 1, 64, |first, part| {
                    part.iter_mut().enumerate().for_each(|(i, o)| *o = <T as Element>::from_f64(f(first + i)));
                })
            })
        }))
    }

    /// A copy on another device (the tensor itself if it is there already).
    pub fn to_device(&self, device: &Device) -> Result<Tensor> {
        crate::ops::view::to_device(self, device)
    }
}

impl From<f64> for Tensor {
    /// A scalar on the default CPU.
    fn from(x: f64) -> Tensor {
        Tensor::filled_by(Shape::default(), &Device::cpu(), |out| out[0] = x)
    }
}

impl From<f32> for Tensor {
    /// A scalar on the default CPU.
    fn from(x: f32) -> Tensor {
        Tensor::filled_by(Shape::default(), &Device::cpu(), |out| out[0] = x)
    }
}
