//! A tensor's numbers as a kernel sees them: the struct `View` of `cuda/view.cuh`.

use crate::tensor::Layout;
use crate::{Error, Result};

/// Axes that a kernel can follow, after neighbours that chain were merged.
const AXES: usize = 8;

/// Where number i of a tensor lies: by sizes and strides, innermost axis first, or at i if there are no axes.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct View {
    data: u64,
    rank: u32,
    unused: u32,
    sizes: [u32; AXES],
    strides: [i64; AXES],
}

impl View {
    /// The numbers of `size` bytes each that `layout` names in the memory at `address`.
    ///
    /// # Errors
    /// If the layout has more than eight axes that cannot be merged, or is not contiguous and has 2³² numbers or more.
    pub fn new(op: &'static str, address: u64, size: usize, layout: &Layout) -> Result<View> {
        let data = address + (layout.offset() * size) as u64;
        let mut view = View { data, rank: 0, unused: 0, sizes: [0; AXES], strides: [0; AXES] };
        if layout.is_contiguous() {
            return Ok(view);
        }
        let axes = layout.merged();
        if axes.len() > AXES || layout.shape().numel() > u32::MAX as usize {
            let what = "kernels follow at most 8 axes and 2³² numbers of a view";
            return Err(Error::shape(op, what, &[layout.shape()], "call `contiguous` on parts of it"));
        }
        view.rank = axes.len() as u32;
        for (i, &(size, stride)) in axes.iter().rev().enumerate() {
            (view.sizes[i], view.strides[i]) = (size as u32, stride as i64);
        }
        Ok(view)
    }
}
