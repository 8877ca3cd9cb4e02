//! Convolutions on the hyperboloid.

use super::hyperboloid::{lift, rescale, space};
use super::{Init, Scope};
use crate::manifold::Curvature;
use crate::{Conv, Error, Param, Result, Tensor};

/// The convolution of Bdeir, Schwethelm & Landwehr ("Fully hyperbolic convolutional neural networks for computer vision",
/// ICLR 2024, section 4.2): the points of a window are joined to one, whose space coordinates are all of theirs and whose
/// time is √(c + Σ |x_s|²), c = −1/κ; a Lorentz linear layer follows. What lies outside of the image is the origin.
///
/// Joined points are never made: the space coordinates go through an ordinary convolution, the times through one of ones.
///
/// Points are rows, channels last: `[batch, …, inputs]`, with N axes between.
///
/// ```
/// use beltrami::nn::{LorentzConv2d, Scope};
/// use beltrami::{Conv, DType, Device, Tensor, tensor::Rng};
/// let scope = Scope::new(Rng::new(1), DType::F64);
/// let conv = Conv { padding: 1, ..Conv::default() };
/// let layer = LorentzConv2d::new(&scope, 4, 6, [3, 3], conv, &(-1.0).into())?;
/// let image = Tensor::zeros([2, 5, 5, 4], DType::F64, &Device::cpu())?; // the origin, but for its time, which is not read
/// assert_eq!(layer.forward(&image)?.dims(), [2, 5, 5, 7]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzConv<const N: usize> {
    kernel: Kernel<N>,
    conv: Conv,
    strides: [usize; N],
    paddings: [usize; N],
}

/// Along one axis: `[batch, length, inputs]`.
pub type LorentzConv1d = LorentzConv<1>;

/// Along two axes: `[batch, height, width, inputs]`.
pub type LorentzConv2d = LorentzConv<2>;

/// The linear layer that a window goes through.
#[derive(Clone, Debug)]
struct Kernel<const N: usize> {
    /// `[out, 1 + K (in − 1)]`: for the time, then for the space coordinates of every place.
    weight: Param,
    bias: Param,
    size: [usize; N],
    curvature: Curvature,
    to: Option<Curvature>,
}

impl<const N: usize> Kernel<N> {
    fn new(
        op: &'static str,
        scope: &Scope,
        inputs: usize,
        outputs: usize,
        size: [usize; N],
        kappa: &Curvature,
    ) -> Result<Kernel<N>> {
        let fan = inputs.saturating_sub(1) * size.iter().product::<usize>();
        if fan == 0 {
            let what = format!("a kernel of {size:?} for points of {inputs} coordinates");
            let remedy = "points have a time and space coordinates, kernels a positive size".into();
            return Err(Error::Argument { op, what, remedy });
        }
        let scope = scope.at("linearized_kernel").at("linear");
        let init = || Init::Uniform((2.0 / fan as f64).sqrt());
        Ok(Kernel {
            weight: scope.param("weight", [outputs, 1 + fan], init())?,
            bias: scope.undecayed("bias", outputs, init())?,
            size,
            curvature: kappa.clone(),
            to: None,
        })
    }

    /// `[out, in − 1, …]`, for the space coordinates.
    fn weight(&self) -> Result<Tensor> {
        let weight = self.weight.tensor();
        let (out, places) = (weight.dims()[0], self.size.iter().product::<usize>());
        let shape: Vec<usize> = [out, (weight.dims()[1] - 1) / places].into_iter().chain(self.size).collect();
        weight.narrow(1, 1, weight.dims()[1])?.reshape([out, places, shape[1]])?.t()?.reshape(shape)
    }

    /// The points of the results, from the space coordinates after their convolution and the sums of |x_s|².
    fn points(&self, convolved: &Tensor, squares: &Tensor) -> Result<Tensor> {
        let near = |t: Tensor| t.to_dtype(squares.dtype())?.to_device(squares.device());
        let time = squares.add(&near(self.curvature.tensor()?.recip()?.neg()?)?)?.sqrt()?;
        let ones = [1; N];
        let column = |t: &Tensor| t.reshape([&[t.numel()], &ones[..]].concat());
        let for_time = column(&self.weight.tensor().narrow(1, 0, 1)?)?;
        let h = convolved.add(&time.mul(&for_time)?)?.add(&column(&self.bias.tensor())?)?;
        let y = lift(&channels_last::<N>(&h)?, &self.curvature)?;
        self.to.as_ref().map_or(Ok(y.clone()), |to| rescale(&y, &self.curvature, to))
    }
}

/// `[batch, …, channels]` as `[batch, channels, …]`.
fn channels_first<const N: usize>(op: &'static str, x: &Tensor) -> Result<Tensor> {
    if x.rank() != N + 2 {
        let remedy = "give points as [batch, length, channels] or [batch, height, width, channels]";
        return Err(Error::shape(op, "needs a batch of images of points", &[x.shape()], remedy));
    }
    let order: Vec<usize> = [0, N + 1].into_iter().chain(1..=N).collect();
    x.permute(&order)
}

fn channels_last<const N: usize>(x: &Tensor) -> Result<Tensor> {
    let order: Vec<usize> = [0].into_iter().chain(2..N + 2).chain([1]).collect();
    x.permute(&order)
}

impl<const N: usize> LorentzConv<N> {
    /// From points of `inputs` coordinates, time included, to points of `outputs` space coordinates. W and b are uniform in
    /// ± √(2/(K (inputs − 1))), with K places in the kernel.
    ///
    /// # Errors
    /// If the names `linearized_kernel.linear.weight`, `….bias` cannot be made in this scope, the kernel is empty, or `conv`
    /// has groups.
    pub fn new(
        scope: &Scope,
        inputs: usize,
        outputs: usize,
        size: [usize; N],
        conv: Conv,
        kappa: &Curvature,
    ) -> Result<LorentzConv<N>> {
        ungrouped("LorentzConv::new", conv)?;
        let kernel = Kernel::new("LorentzConv::new", scope, inputs, outputs, size, kappa)?;
        Ok(LorentzConv { kernel, conv, strides: [conv.stride; N], paddings: [conv.padding; N] })
    }

    /// Another stride for each axis.
    pub fn strides(self, strides: [usize; N]) -> LorentzConv<N> {
        LorentzConv { strides, ..self }
    }

    /// Another padding for each axis.
    pub fn paddings(self, paddings: [usize; N]) -> LorentzConv<N> {
        LorentzConv { paddings, ..self }
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzConv<N> {
        LorentzConv { kernel: Kernel { to: Some(kappa.clone()), ..self.kernel }, ..self }
    }

    /// `[batch, …, inputs]` to `[batch, …′, outputs + 1]`, sizes as of [`Tensor::conv2d`].
    ///
    /// # Errors
    /// If the shape does not fit.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let s = channels_first::<N>("LorentzConv", &space(x)?)?;
        let ones = Tensor::ones([&[1, 1], &self.kernel.size[..]].concat(), s.dtype(), s.device())?;
        let squares = self.convolve(&s.square()?.sum(&[1], true)?, &ones)?;
        self.kernel.points(&self.convolve(&s, &self.kernel.weight()?)?, &squares)
    }

    /// What the axes have in common is done by the convolution, the rest of the padding before and of the strides after it.
    fn convolve(&self, image: &Tensor, weight: &Tensor) -> Result<Tensor> {
        let padding = self.paddings.into_iter().min().unwrap_or(0);
        let stride = self.strides.into_iter().fold(0, gcd);
        let conv = Conv { stride, padding, ..self.conv };
        let mut image = image.clone();
        for (axis, rest) in (2..).zip(self.paddings.map(|p| p - padding)).filter(|(_, rest)| *rest > 0) {
            image = image.pad(axis, rest, rest, 0.0)?;
        }
        let mut out = if N == 1 { image.conv1d(weight, None, conv) } else { image.conv2d(weight, None, conv) }?;
        for (axis, step) in (2..).zip(self.strides.map(|s| s / stride)).filter(|(_, step)| *step > 1) {
            out = out.slice(axis, 0, out.dims()[axis as usize], step as isize)?;
        }
        Ok(out)
    }
}

/// The transposed convolution: origins are put between the points of an image, then it is convolved (section 4.2 of the same
/// paper).
#[derive(Clone, Debug)]
pub struct LorentzConvTranspose2d {
    kernel: Kernel<2>,
    conv: Conv,
    extra: usize,
}

impl LorentzConvTranspose2d {
    /// From points of `inputs` coordinates, time included, to points of `outputs` space coordinates; first values as of
    /// [`LorentzConv::new`]. `conv` and `extra` as of [`Tensor::conv_transpose2d`]: stride − 1 origins between points.
    ///
    /// # Errors
    /// As [`LorentzConv::new`].
    pub fn new(
        scope: &Scope,
        inputs: usize,
        outputs: usize,
        size: [usize; 2],
        conv: Conv,
        extra: usize,
        kappa: &Curvature,
    ) -> Result<LorentzConvTranspose2d> {
        let op = "LorentzConvTranspose2d::new";
        ungrouped(op, conv)?;
        Ok(LorentzConvTranspose2d { kernel: Kernel::new(op, scope, inputs, outputs, size, kappa)?, conv, extra })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzConvTranspose2d {
        LorentzConvTranspose2d { kernel: Kernel { to: Some(kappa.clone()), ..self.kernel }, ..self }
    }

    /// `[batch, h, w, inputs]` to `[batch, h′, w′, outputs + 1]`, sizes as of [`Tensor::conv_transpose2d`].
    ///
    /// # Errors
    /// If the shape does not fit.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let s = channels_first::<2>("LorentzConvTranspose2d", &space(x)?)?;
        let ones = Tensor::ones([&[1, 1], &self.kernel.size[..]].concat(), s.dtype(), s.device())?;
        // To convolve an image with zeros put between is to spread each of its numbers by the kernel turned around.
        let spread = |image: &Tensor, weight: &Tensor| {
            let turned = weight.flip(-1)?.flip(-2)?.transpose(0, 1)?;
            image.conv_transpose2d(&turned, None, self.conv, self.extra)
        };
        let squares = spread(&s.square()?.sum(&[1], true)?, &ones)?;
        self.kernel.points(&spread(&s, &self.kernel.weight()?)?, &squares)
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn ungrouped(op: &'static str, conv: Conv) -> Result<()> {
    if conv.groups == 1 {
        return Ok(());
    }
    let what = format!("{} groups", conv.groups);
    Err(Error::Argument { op, what, remedy: "all points of a window are joined to one: give one group".into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, Device, Rng, gradcheck};

    fn image(shape: [usize; 4], stream: u64) -> Result<Tensor> {
        lift(&Tensor::randn(shape, DType::F64, Rng::new(stream), &Device::cpu())?, &(-0.6).into())
    }

    /// A row of an image is an image of one row.
    #[test]
    fn one_axis_is_two_with_one_of_size_one() -> Result<()> {
        let conv = Conv { stride: 2, ..Conv::default() };
        let scope = || Scope::new(Rng::new(2), DType::F64);
        let kappa = (-0.6).into();
        let line = LorentzConv1d::new(&scope(), 4, 3, [3], conv, &kappa)?.to_curvature(&(-2.0).into());
        let plane = LorentzConv2d::new(&scope(), 4, 3, [1, 3], conv, &kappa)?.to_curvature(&(-2.0).into());
        let x = image([2, 1, 7, 3], 3)?;
        let (a, b) = (line.forward(&x.squeeze(1)?)?, plane.forward(&x)?.squeeze(1)?);
        assert_eq!(a.dims(), [2, 3, 4]);
        assert!(a.sub(&b)?.to_f64_vec().iter().all(|g| g.abs() < 1e-15));
        Ok(())
    }

    #[test]
    fn a_transposed_convolution_is_one_of_an_image_with_origins_between() -> Result<()> {
        let scope = || Scope::new(Rng::new(2), DType::F64);
        let kappa = (-0.6).into();
        let conv = Conv { stride: 2, padding: 1, ..Conv::default() };
        let layer = LorentzConvTranspose2d::new(&scope(), 3, 2, [3, 3], conv, 0, &kappa)?;
        let x = image([1, 2, 2, 2], 3)?;
        // Three by three with origins between, and one more around for windows that overhang.
        let origin = image([1, 1, 1, 2], 0)?.zeros_like()?;
        let at = |i, j| x.narrow(1, i, i + 1)?.narrow(2, j, j + 1);
        let row = |cells: [&Tensor; 3]| Tensor::cat(&cells, 2);
        let (between, top) = (row([&origin; 3])?, row([&at(0, 0)?, &origin, &at(0, 1)?])?);
        let spread = Tensor::cat(&[&top, &between, &row([&at(1, 0)?, &origin, &at(1, 1)?])?], 1)?;
        let plain = LorentzConv2d::new(&scope(), 3, 2, [3, 3], Conv { padding: 1, ..Conv::default() }, &kappa)?;
        let (got, want) = (layer.forward(&x)?, plain.forward(&spread)?);
        assert_eq!(got.dims(), [1, 3, 3, 3]);
        assert!(got.sub(&want)?.to_f64_vec().iter().all(|g| g.abs() < 1e-14));
        gradcheck(|x| layer.forward(&x[0]), &[x])?;
        Ok(())
    }
}
