//! Convolutions and pooling: matrix products of unfolded windows.

mod window;

pub(super) use window::SPECS;

use crate::tensor::{Shape, Tensor};
use crate::{Error, Result};

/// How a window moves over an image; the same along both of its axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Distance between neighbouring windows.
    pub stride: usize,
    /// Zeros put around the image on every side.
    pub padding: usize,
    /// Distance between neighbouring numbers of a window.
    pub dilation: usize,
    /// Parts that the channels are cut into, each convolved by itself. Unfolding and pooling do not look at it.
    pub groups: usize,
}

impl Default for Conv {
    /// Every window, no padding, no gaps, one group.
    fn default() -> Conv {
        Conv { stride: 1, padding: 0, dilation: 1, groups: 1 }
    }
}

impl Tensor {
    /// The cross-correlation of `[batch, in, l]` with a weight `[out, in / groups, k]`: `[batch, out, l′]`. The bias,
    /// if there is one, is `[out]`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn conv1d(&self, weight: &Tensor, bias: Option<&Tensor>, conv: Conv) -> Result<Tensor> {
        convolve("conv1d", self, weight, bias, conv, 1)
    }

    /// The cross-correlation of `[batch, in, h, w]` with a weight `[out, in / groups, kh, kw]`: `[batch, out, h′, w′]`
    /// with h′ = (h + 2 padding − dilation (kh − 1) − 1) / stride + 1, rounded down. The bias is `[out]`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn conv2d(&self, weight: &Tensor, bias: Option<&Tensor>, conv: Conv) -> Result<Tensor> {
        convolve("conv2d", self, weight, bias, conv, 2)
    }

    /// The transpose of [`Tensor::conv2d`] in its input: `[batch, in, h, w]` and a weight `[in, out / groups, kh, kw]`
    /// give `[batch, out, h′, w′]` with h′ = (h − 1) stride − 2 padding + dilation (kh − 1) + 1 + `extra`.
    ///
    /// `extra`, smaller than the stride, chooses among the sizes that the convolution would round down to h.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn conv_transpose2d(&self, weight: &Tensor, bias: Option<&Tensor>, conv: Conv, extra: usize) -> Result<Tensor> {
        let op = "conv_transpose2d";
        check(op, self, weight, 2, conv)?;
        let (g, k, windows) = (conv.groups, &weight.dims()[2..], &self.dims()[2..]);
        let (batch, inputs) = (self.dims()[0], self.dims()[1]);
        let (outputs, area, places) = (weight.dims()[1] * g, k.iter().product::<usize>(), windows.iter().product());
        let size = |(&n, &k): (&usize, &usize)| {
            let reach = conv.dilation.checked_mul(k - 1)?.checked_add(extra)?.checked_add(1)?;
            let whole = n.saturating_sub(1).checked_mul(conv.stride)?.checked_add(reach)?;
            whole.checked_sub(conv.padding.checked_mul(2)?).filter(|&size| size > 0)
        };
        let size: Option<Vec<usize>> = windows.iter().zip(k).map(size).collect();
        let (Some(size), true, true) = (size, weight.dims()[0] == inputs, extra < conv.stride) else {
            return Err(misfit(op, "sizes do not fit", self, weight, conv));
        };
        let image = self.reshape([batch, g, inputs / g, places])?;
        let weight = weight.reshape([g, inputs / g, outputs / g * area])?.t()?;
        let folded = weight.matmul(&image)?.reshape([batch, outputs * area, places])?.fold(&size, k, conv)?;
        with_bias(op, folded, bias)
    }

    /// The largest number of each window of `[batch, channels, h, w]`; the padding counts as −∞.
    ///
    /// # Errors
    /// If a window does not fit, or could lie in the padding alone (padding above half of a window).
    pub fn max_pool2d(&self, kernel: [usize; 2], conv: Conv) -> Result<Tensor> {
        if kernel.iter().any(|&k| conv.padding > k / 2) {
            return Err(Error::Argument {
                op: "max_pool2d",
                what: format!("padding {} around windows of {kernel:?}", conv.padding),
                remedy: "keep the padding to half of a window".into(),
            });
        }
        let p = conv.padding;
        let padded = (2..self.rank() as isize)
            .filter(|_| p > 0)
            .try_fold(self.clone(), |x, axis| x.pad(axis, p, p, f64::NEG_INFINITY))?;
        padded.pooled(kernel, Conv { padding: 0, ..conv }, |x| x.max(&[2], false))
    }

    /// The mean of each window of `[batch, channels, h, w]`; the padding counts as zeros.
    ///
    /// # Errors
    /// If a window does not fit.
    pub fn avg_pool2d(&self, kernel: [usize; 2], conv: Conv) -> Result<Tensor> {
        self.pooled(kernel, conv, |x| x.mean(&[2], false))
    }

    fn pooled(&self, kernel: [usize; 2], conv: Conv, pool: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
        let (columns, places) = unfolded(self, &kernel, conv)?;
        let (batch, channels) = (self.dims()[0], self.dims()[1]);
        let windows = columns.reshape([batch, channels, kernel[0] * kernel[1], places.iter().product()])?;
        pool(&windows)?.reshape([batch, channels, places[0], places[1]])
    }
}

/// The unfolded image and how many windows there are along each axis.
fn unfolded(image: &Tensor, kernel: &[usize], conv: Conv) -> Result<(Tensor, Vec<usize>)> {
    let columns = image.unfold(kernel, conv)?;
    Ok((columns, window::places("unfold", &image.dims()[2..], kernel, conv)?))
}

fn convolve(
    op: &'static str,
    image: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    conv: Conv,
    axes: usize,
) -> Result<Tensor> {
    check(op, image, weight, axes, conv)?;
    let (g, k) = (conv.groups, &weight.dims()[2..]);
    let (batch, inputs, outputs) = (image.dims()[0], image.dims()[1], weight.dims()[0]);
    if weight.dims()[1] * g != inputs || !outputs.is_multiple_of(g) {
        return Err(misfit(op, "channels do not fit", image, weight, conv));
    }
    let row = inputs / g * k.iter().product::<usize>();
    let (columns, places) = unfolded(image, k, conv)?;
    let columns = columns.reshape([batch, g, row, places.iter().product()])?;
    let product = weight.reshape([g, outputs / g, row])?.matmul(&columns)?;
    let shape: Shape = [batch, outputs].into_iter().chain(places).collect();
    with_bias(op, product.reshape(shape)?, bias)
}

/// Ranks, groups, and that no kernel is empty.
fn check(op: &'static str, image: &Tensor, weight: &Tensor, axes: usize, conv: Conv) -> Result<()> {
    if image.rank() != axes + 2 || weight.rank() != axes + 2 {
        return Err(misfit(op, &format!("both have {} axes", axes + 2), image, weight, conv));
    }
    if conv.groups == 0 || !image.dims()[1].is_multiple_of(conv.groups) {
        return Err(misfit(op, &format!("{} groups", conv.groups), image, weight, conv));
    }
    if weight.dims()[2..].contains(&0) {
        return Err(misfit(op, "the weight is empty", image, weight, conv));
    }
    Ok(())
}

fn misfit(op: &'static str, what: &str, image: &Tensor, weight: &Tensor, conv: Conv) -> Error {
    Error::shape(
        op,
        format!("{what} under {conv:?}"),
        &[image.shape(), weight.shape()],
        "give an image [batch, in, …] and a weight with in / groups channels (transposed: in) that groups divide",
    )
}

fn with_bias(op: &'static str, image: Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let Some(bias) = bias else { return Ok(image) };
    let channels = image.dims()[1];
    if bias.dims() != [channels] {
        return Err(Error::shape(
            op,
            "one bias for each output channel",
            &[bias.shape(), image.shape()],
            "give the bias shape [out]",
        ));
    }
    let mut shape = vec![1; image.rank() - 1];
    shape[0] = channels;
    image.add(&bias.reshape(shape)?)
}
