//! [`Tensor`]: an immutable value with any number of axes, cheap to clone, free to view.

pub(crate) mod construct;
mod cuda;
mod device;
mod host;
mod layout;
mod rng;
mod shape;

pub(crate) use device::Backend;
pub use device::Device;
pub use layout::{Layout, Run};
pub use rng::Rng;
pub use shape::Shape;

use crate::DType;
use crate::autograd::Edge;
use crate::backend::cpu::{Buffer, View};
use crate::backend::cuda::Memory;
use crate::dtype::Element;
use std::sync::Arc;

/// Numbers on a device, seen through a [`Layout`].
///
/// A tensor is a value: no operation changes it. Clones and views share its numbers. A tensor made by an operation on
/// tracked tensors remembers how it was made, so [`Tensor::backward`] can differentiate it.
#[derive(Clone)]
pub struct Tensor(Arc<Inner>);

struct Inner {
    storage: Arc<Storage>,
    layout: Layout,
    edge: Option<Edge>,
}

struct Storage {
    bytes: Bytes,
    dtype: DType,
    device: Device,
}

/// The bytes of a buffer, where its device can use them.
enum Bytes {
    Host(Buffer),
    Card(Memory),
}

impl Tensor {
    /// A tensor over a buffer that holds the numbers of `shape` in row-major order.
    pub(crate) fn from_buffer(buffer: Buffer, dtype: DType, shape: Shape, device: &Device) -> Tensor {
        debug_assert_eq!(buffer.bytes().len(), shape.numel() * dtype.size());
        debug_assert!(matches!(device.backend(), Backend::Cpu(_)));
        Tensor::over(Bytes::Host(buffer), dtype, shape, device)
    }

    fn over(bytes: Bytes, dtype: DType, shape: Shape, device: &Device) -> Tensor {
        let storage = Arc::new(Storage { bytes, dtype, device: device.clone() });
        Tensor(Arc::new(Inner { storage, layout: Layout::contiguous(shape), edge: None }))
    }

    /// The same numbers through another layout, untracked.
    pub(crate) fn with_layout(&self, layout: Layout) -> Tensor {
        Tensor(Arc::new(Inner { storage: self.0.storage.clone(), layout, edge: None }))
    }

    /// The same numbers with another place on the tape.
    pub(crate) fn with_edge(&self, edge: Option<Edge>) -> Tensor {
        let Inner { storage, layout, .. } = &*self.0;
        Tensor(Arc::new(Inner { storage: storage.clone(), layout: layout.clone(), edge }))
    }

    /// Its place on the tape, if it is tracked.
    pub(crate) fn edge(&self) -> Option<&Edge> {
        self.0.edge.as_ref()
    }

    /// The sizes of the axes.
    pub fn shape(&self) -> &Shape {
        self.0.layout.shape()
    }

    /// The sizes of the axes, as a slice.
    pub fn dims(&self) -> &[usize] {
        self.shape()
    }

    /// How many axes.
    pub fn rank(&self) -> usize {
        self.shape().len()
    }

    /// How many numbers.
    pub fn numel(&self) -> usize {
        self.shape().numel()
    }

    /// The type of the numbers.
    pub fn dtype(&self) -> DType {
        self.0.storage.dtype
    }

    /// Where the numbers are.
    pub fn device(&self) -> &Device {
        &self.0.storage.device
    }

    /// Where in the buffer the numbers lie.
    pub fn layout(&self) -> &Layout {
        &self.0.layout
    }

    /// Whether operations on this tensor are recorded for [`Tensor::backward`].
    pub fn is_tracked(&self) -> bool {
        self.0.edge.is_some()
    }

    /// The numbers, to read in any layout. The caller has checked the dtype, and by [`Device::cpu_for`] that they are in
    /// the processor's memory.
    pub(crate) fn view<T: Element>(&self) -> View<'_, T> {
        debug_assert_eq!(self.dtype(), T::DTYPE);
        match &self.0.storage.bytes {
            Bytes::Host(buffer) => View::new(bytemuck::cast_slice(buffer.bytes()), &self.0.layout),
            Bytes::Card(_) => unreachable!("numbers on {} were to be read by the processor", self.device()),
        }
    }

    /// The numbers as a slice, if they lie in row-major order. Conditions as for [`Tensor::view`].
    pub(crate) fn as_slice<T: Element>(&self) -> Option<&[T]> {
        self.view::<T>().as_slice()
    }

    /// Whether nobody else can see the numbers, and they fill their buffer in order.
    pub(crate) fn is_own(&mut self) -> bool {
        let Some(inner) = Arc::get_mut(&mut self.0) else { return false };
        let in_order = inner.layout.is_contiguous() && inner.layout.offset() == 0;
        inner.edge.is_none() && in_order && Arc::get_mut(&mut inner.storage).is_some()
    }

    /// The numbers for writing, if nobody else can see them, they fill their buffer in order, and the processor can reach
    /// them.
    pub(crate) fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        let inner = Arc::get_mut(&mut self.0)?;
        let len = inner.layout.shape().numel();
        if inner.edge.is_some() || !inner.layout.is_contiguous() || inner.layout.offset() != 0 {
            return None;
        }
        let storage = Arc::get_mut(&mut inner.storage)?;
        debug_assert_eq!(storage.dtype, T::DTYPE);
        match &mut storage.bytes {
            Bytes::Host(buffer) => bytemuck::cast_slice_mut::<u8, T>(buffer.bytes_mut()).get_mut(..len),
            Bytes::Card(_) => None,
        }
    }
}
