//! Tensors whose numbers lie on a card: making them, moving them, giving them to kernels.

use super::{Backend, Bytes, Device, Rng, Shape, Tensor};
use crate::backend::cpu::Buffer;
use crate::backend::cuda::{Arg, Cuda, Grid, Memory, View, args};
use crate::dtype::{DType, Element};
use crate::{Error, Result};

impl Tensor {
    /// A row-major tensor on a card with unspecified numbers, which a kernel is about to write.
    pub(crate) fn on_card(cuda: &Cuda, shape: impl Into<Shape>, dtype: DType) -> Result<Tensor> {
        let shape = shape.into();
        let memory = cuda.allocate(shape.numel() * dtype.size())?;
        Ok(Tensor::over(Bytes::Card(memory), dtype, shape, &Device::of_card(cuda)))
    }

    /// The numbers in any layout, as the argument `View` of a kernel.
    ///
    /// # Errors
    /// If the layout has more axes than kernels follow; the error names `op`.
    pub(crate) fn strided(&self, op: &'static str) -> Result<Arg<'_>> {
        let memory = self.memory(op)?;
        Ok(Arg::view(memory, View::new(op, memory.address(), self.dtype().size(), self.layout())?))
    }

    /// The numbers in row-major order, as the pointer argument of a kernel.
    ///
    /// # Errors
    /// If they lie in another order; the error names `op`.
    pub(crate) fn packed(&self, op: &'static str) -> Result<Arg<'_>> {
        if !self.layout().is_contiguous() {
            return Err(Error::shape(op, "a kernel wants rows without gaps", &[self.shape()], "call `contiguous`"));
        }
        self.start(op)
    }

    /// The number that the layout begins with, as the pointer argument of a kernel that follows the strides itself.
    pub(crate) fn start(&self, op: &'static str) -> Result<Arg<'_>> {
        Ok(Arg::pointer(self.memory(op)?, self.layout().offset() * self.dtype().size()))
    }

    /// Where its numbers are on the card.
    ///
    /// # Errors
    /// If they are not on one; the error names `op`.
    pub(crate) fn memory(&self, op: &'static str) -> Result<&Memory> {
        match &self.0.storage.bytes {
            Bytes::Card(memory) => Ok(memory),
            Bytes::Host(_) => Err(Error::Devices { op, devices: vec!["cpu".into()] }),
        }
    }

    /// Writes the numbers of `from`, of the same shape and type, to where this tensor's lie: how slices are filled.
    /// The caller has just made this tensor and nobody else sees it.
    pub(crate) fn fill_from(&self, op: &'static str, cuda: &Cuda, from: &Tensor) -> Result<()> {
        debug_assert_eq!((self.shape(), self.dtype()), (from.shape(), from.dtype()));
        let (n, kernel) = (self.numel(), format!("copy_{}", self.dtype().size()));
        cuda.launch("view", &kernel, Grid::elements(n), args![self.strided(op)?, from.strided(op)?, n])
    }

    /// A new tensor: number i is what `kernel` makes of number i of each of `inputs`, which have its shape, and `more`.
    /// The kernel takes the output, how many numbers, the inputs as views, and `more`; errors name `op`.
    pub(crate) fn mapped_on_card(
        cuda: &Cuda,
        op: &'static str,
        (family, kernel): (&'static str, &str),
        (shape, dtype): (&Shape, DType),
        inputs: &[&Tensor],
        more: impl IntoIterator<Item = Arg<'static>>,
    ) -> Result<Tensor> {
        let (out, n) = (Tensor::on_card(cuda, shape, dtype)?, shape.numel());
        let mut all = vec![out.packed(op)?, n.into()];
        for x in inputs {
            all.push(x.strided(op)?);
        }
        for arg in more {
            all.push(arg);
        }
        cuda.launch(family, kernel, Grid::elements(n), &all)?;
        drop(all);
        Ok(out)
    }

    /// A copy on a card, from this tensor's device, wherever that is.
    pub(crate) fn to_card(&self, cuda: &Cuda) -> Result<Tensor> {
        if let Backend::Cuda(_) = self.device().backend() {
            return self.to_host(&Device::cpu())?.to_card(cuda);
        }
        let bytes = with_element!(self.dtype(), T, {
            let mut scratch = Vec::new();
            cuda.upload(bytemuck::cast_slice(self.view::<T>().block(0, self.numel(), &mut scratch)))?
        });
        Ok(Tensor::over(Bytes::Card(bytes), self.dtype(), self.shape().clone(), &Device::of_card(cuda)))
    }

    /// A copy in the processor's memory of a tensor on a card, for `device`, which is a CPU.
    pub(crate) fn to_host(&self, device: &Device) -> Result<Tensor> {
        let packed = self.detach().contiguous()?;
        let mut buffer = Buffer::new(self.numel() * self.dtype().size());
        packed.memory("to_device")?.download(packed.layout().offset() * self.dtype().size(), buffer.bytes_mut())?;
        Ok(Tensor::from_buffer(buffer, self.dtype(), self.shape().clone(), device))
    }

    /// All numbers equal to `value`.
    pub(super) fn full_on_card(cuda: &Cuda, shape: Shape, value: f64, dtype: DType) -> Result<Tensor> {
        let mut pattern = [0; 8];
        with_element!(
            dtype,
            T,
            pattern[..size_of::<T>()].copy_from_slice(bytemuck::bytes_of(&<T as Element>::from_f64(value)))
        );
        let (n, kernel, pattern) = (shape.numel(), format!("fill_{}", dtype.size()), u64::from_le_bytes(pattern));
        let out = Tensor::on_card(cuda, shape, dtype)?;
        cuda.launch("view", &kernel, Grid::elements(n), args![out.packed("full")?, pattern, n])?;
        Ok(out)
    }

    /// Number i is draw i of `rng`, uniform in [0, 1): the processor's bits.
    pub(super) fn uniform_on_card(cuda: &Cuda, shape: Shape, dtype: DType, rng: Rng) -> Result<Tensor> {
        let n = shape.numel();
        let out = Tensor::on_card(cuda, shape, dtype)?;
        let (kernel, [seed, stream]) = (format!("uniform_{dtype}"), rng.key());
        cuda.launch("random", &kernel, Grid::elements(n), args![out.packed("rand")?, seed, stream, n])?;
        Ok(out)
    }
}
