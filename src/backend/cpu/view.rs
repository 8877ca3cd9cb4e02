//! Reading a tensor of any layout, and making new row-major buffers.

use super::Buffer;
use crate::dtype::Element;
use crate::tensor::Layout;

/// The numbers of a tensor, readable in row-major order whatever their layout.
#[derive(Clone, Copy)]
pub struct View<'a, T> {
    data: &'a [T],
    layout: &'a Layout,
    contiguous: bool,
}

impl<'a, T: Element> View<'a, T> {
    /// The numbers of `data` that `layout` names.
    pub fn new(data: &'a [T], layout: &'a Layout) -> View<'a, T> {
        View { data, layout, contiguous: layout.is_contiguous() }
    }

    /// The layout.
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }

    /// The whole buffer that the layout points into.
    pub fn data(&self) -> &'a [T] {
        self.data
    }

    /// All numbers, if they lie in row-major order.
    pub fn as_slice(&self) -> Option<&'a [T]> {
        let numel = self.layout.shape().numel();
        self.contiguous.then(|| if numel == 0 { &[] } else { &self.data[self.layout.offset()..][..numel] })
    }

    /// Numbers `start .. start + len` in row-major order: a slice of the buffer if possible, else packed in `scratch`.
    pub fn block<'s>(&self, start: usize, len: usize, scratch: &'s mut Vec<T>) -> &'s [T]
    where
        'a: 's,
    {
        if len == 0 {
            return &[];
        }
        if self.contiguous {
            return &self.data[self.layout.offset() + start..][..len];
        }
        scratch.resize(len, T::zeroed());
        self.pack(start, scratch);
        scratch
    }

    /// Copies numbers `start ..` in row-major order into `out`.
    pub fn pack(&self, start: usize, out: &mut [T]) {
        let mut done = 0;
        self.layout.for_runs(start, out.len(), |run| {
            let out = &mut out[done..done + run.len];
            done += run.len;
            match run.stride {
                1 => out.copy_from_slice(&self.data[run.offset..run.offset + run.len]),
                0 => out.fill(self.data[run.offset]),
                stride => {
                    let mut at = run.offset as isize;
                    for o in out {
                        *o = self.data[at as usize];
                        at += stride;
                    }
                }
            }
        });
    }
}

/// A new buffer of `len` numbers with unspecified contents, to be written through [`numbers_mut`].
pub fn numbers<T: Element>(len: usize) -> Buffer {
    Buffer::new(len * size_of::<T>())
}

/// The numbers of a buffer, for writing.
pub fn numbers_mut<T: Element>(buffer: &mut Buffer) -> &mut [T] {
    bytemuck::cast_slice_mut(buffer.bytes_mut())
}
