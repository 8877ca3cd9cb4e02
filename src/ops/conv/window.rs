//! Windows of an image laid out as columns, and their transpose.

use super::Conv;
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::dtype::Element;
use crate::ops::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::tensor::Tensor;
use crate::{Error, Result};

impl Tensor {
    /// The numbers of every window as a column: `[batch, channels, h, w]` under a kernel of `[kh, kw]` gives
    /// `[batch, channels · kh · kw, places]`; `[batch, channels, l]` under `[k]` likewise. Padding is zeros.
    ///
    /// # Errors
    /// If the image has other axes than the kernel, or no window fits.
    pub fn unfold(&self, kernel: &[usize], conv: Conv) -> Result<Tensor> {
        let axes = kernel.len();
        if !(1..=2).contains(&axes) || self.rank() != axes + 2 {
            return Err(Error::shape(
                "unfold",
                format!("a kernel of {kernel:?}"),
                &[self.shape()],
                "give [batch, channels, l] and one size, or [batch, channels, h, w] and two",
            ));
        }
        apply(Unfold(Windows::new("unfold", &self.dims()[2..], kernel, conv)?), &[self])
    }

    /// The transpose of [`Tensor::unfold`]: columns `[batch, channels · kh · kw, places]` added up to an image
    /// `[batch, channels, h, w]`, whose last axes are `size`.
    ///
    /// # Errors
    /// If the columns are not those of an image of that size.
    pub fn fold(&self, size: &[usize], kernel: &[usize], conv: Conv) -> Result<Tensor> {
        let windows = Windows::new("fold", size, kernel, conv)?;
        let fits = (1..=2).contains(&size.len())
            && size.len() == kernel.len()
            && self.rank() == 3
            && self.dims()[1].is_multiple_of(windows.area())
            && self.dims()[2] == windows.count();
        if !fits {
            return Err(Error::shape(
                "fold",
                format!("not the columns of an image of {size:?} under a kernel of {kernel:?}"),
                &[self.shape()],
                "give [batch, channels · kernel, places] as `unfold` does",
            ));
        }
        apply(Fold(windows), &[self])
    }
}

/// How many windows there are along each axis.
pub(super) fn places(op: &'static str, size: &[usize], kernel: &[usize], conv: Conv) -> Result<Vec<usize>> {
    let along = |(&n, &k): (&usize, &usize)| {
        let reach = conv.dilation.checked_mul(k.checked_sub(1)?)?.checked_add(1)?;
        Some(conv.padding.checked_mul(2)?.checked_add(n)?.checked_sub(reach)?.checked_div(conv.stride)? + 1)
    };
    let places: Option<Vec<usize>> = size.iter().zip(kernel).map(along).collect();
    places.filter(|_| conv.dilation > 0).ok_or_else(|| Error::Argument {
        op,
        what: format!("no window of {kernel:?} fits an image of {size:?} under {conv:?}"),
        remedy: "choose a smaller kernel or more padding, and stride and dilation of at least 1".into(),
    })
}

/// The windows of one image. With one axis the first is of size 1.
#[derive(Clone, Debug)]
struct Windows {
    size: Vec<usize>,
    kernel: [usize; 2],
    places: [usize; 2],
    full: [usize; 2],
    conv: Conv,
}

impl Windows {
    fn new(op: &'static str, size: &[usize], kernel: &[usize], conv: Conv) -> Result<Windows> {
        let two = |x: &[usize]| match x {
            [h, w, ..] => [*h, *w],
            [w] => [1, *w],
            [] => [1, 1],
        };
        let places = two(&places(op, size, kernel, conv)?);
        Ok(Windows { size: size.to_vec(), kernel: two(kernel), places, full: two(size), conv })
    }

    fn area(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    fn count(&self) -> usize {
        self.places[0] * self.places[1]
    }

    fn pixels(&self) -> usize {
        self.full[0] * self.full[1]
    }

    /// Along an axis: the windows whose number `tap` lies in the image, and where in the image that of window `i` lies.
    fn inside(&self, axis: usize, tap: usize) -> (std::ops::Range<usize>, impl Fn(usize) -> usize + use<>) {
        let Conv { stride, padding, dilation, .. } = self.conv;
        // An axis that is not there has no padding.
        let padding = if self.size.len() + axis < 2 { 0 } else { padding };
        let start = tap * dilation;
        let first = padding.saturating_sub(start).div_ceil(stride).min(self.places[axis]);
        let end = (self.full[axis] + padding).saturating_sub(start).div_ceil(stride).clamp(first, self.places[axis]);
        (first..end, move |i| i * stride + start - padding)
    }

    /// Calls `f(place, pixel, count)` for each straight run: windows from `place` on see, at tap `tap` of the kernel,
    /// `count` pixels from `pixel` on, a stride apart.
    fn runs(&self, tap: usize, mut f: impl FnMut(usize, usize, usize)) {
        let ((rows, y), (columns, x)) = (self.inside(0, tap / self.kernel[1]), self.inside(1, tap % self.kernel[1]));
        if columns.is_empty() {
            return;
        }
        for row in rows {
            f(row * self.places[1] + columns.start, y(row) * self.full[1] + x(columns.start), columns.len());
        }
    }
}

#[derive(Debug)]
struct Unfold(Windows);
impl Op for Unfold {
    fn name(&self) -> &'static str {
        "unfold"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let cpu = x[0].device().cpu_for("unfold")?;
        let (x, w) = (x[0].detach().contiguous()?, &self.0);
        let (batch, rows) = (x.dims()[0], x.dims()[1] * w.area());
        let (count, pixels, stride) = (w.count(), w.pixels(), w.conv.stride);
        Ok(one(with_element!(x.dtype(), T, {
            let from = x.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by([batch, rows, count].into(), x.device(), |out: &mut [T]| {
                cpu.for_each_rows(out, count, 2 * count * size_of::<T>(), |first, part| {
                    for (row, out) in (first..).zip(part.chunks_exact_mut(count)) {
                        let plane = &from[row / w.area() * pixels..][..pixels];
                        out.fill(T::from_f64(0.0));
                        w.runs(row % w.area(), |place, pixel, len| {
                            let out = &mut out[place..place + len];
                            if stride == 1 {
                                return out.copy_from_slice(&plane[pixel..pixel + len]);
                            }
                            out.iter_mut().zip(plane[pixel..].iter().step_by(stride)).for_each(|(o, &v)| *o = v);
                        });
                    }
                })
            })
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(apply(Fold(self.0.clone()), &[&cx.grad()?])?)])
    }
}

#[derive(Debug)]
struct Fold(Windows);
impl Op for Fold {
    fn name(&self) -> &'static str {
        "fold"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let cpu = x[0].device().cpu_for("fold")?;
        let (x, w) = (x[0].detach().contiguous()?, &self.0);
        let (area, count, stride) = (w.area(), w.count(), w.conv.stride);
        let shape = [x.dims()[0], x.dims()[1] / area].into_iter().chain(w.size.iter().copied()).collect();
        Ok(one(with_real!("fold", x.dtype(), T, {
            let from = x.as_slice::<T>().unwrap_or_default();
            Tensor::filled_by(shape, x.device(), |out: &mut [T]| {
                let pixels = w.pixels().max(1);
                cpu.for_each_rows(out, pixels, (area * count + pixels) * size_of::<T>(), |first, part| {
                    for (plane, out) in (first..).zip(part.chunks_exact_mut(pixels)) {
                        out.fill(T::from_f64(0.0));
                        for tap in 0..area {
                            let column = &from[(plane * area + tap) * count..][..count];
                            w.runs(tap, |place, pixel, len| {
                                let targets = out[pixel..].iter_mut().step_by(stride);
                                targets.zip(&column[place..place + len]).for_each(|(o, &v)| *o += v);
                            });
                        }
                    }
                })
            })
        })))
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(apply(Unfold(self.0.clone()), &[&cx.grad()?])?)])
    }
}

pub(in crate::ops) static SPECS: &[OpSpec] = &[
    spec("unfold", || {
        let wide = Conv { stride: 2, padding: 1, dilation: 2, groups: 2 };
        let near = Conv { padding: 2, ..Conv::default() };
        let line = Conv { stride: 2, padding: 1, ..Conv::default() };
        let inputs = vec![normal([1, 4, 5, 4], 0)?, normal([2, 2, 3, 2], 1)?, normal(2, 2)?];
        let plane = vec![normal([2, 1, 3, 3], 3)?, normal([2, 1, 2, 3], 4)?];
        let row = vec![normal([2, 2, 6], 5)?, normal([2, 2, 3], 6)?];
        Ok(vec![
            Case::new("columns", vec![normal([1, 2, 3, 4], 7)?], move |x| x[0].unfold(&[2, 3], near)),
            Case::new("conv2d", inputs, move |x| x[0].conv2d(&x[1], Some(&x[2]), wide)).reference(correlation(
                [1, 4, 5, 4],
                [2, 2, 3, 2],
                [2, 2],
                wide,
            )),
            Case::new("conv2d, plain", plane, move |x| x[0].conv2d(&x[1], None, near)).reference(correlation(
                [2, 1, 3, 3],
                [2, 1, 2, 3],
                [6, 5],
                near,
            )),
            Case::new("conv1d", row, move |x| x[0].conv1d(&x[1], None, line)).reference(move |x| {
                // One line of an image that is padded by hand, so that both ways differ.
                let image = x[0].pad(-1, 1, 1, 0.0)?.unsqueeze(2)?;
                image.conv2d(&x[1].unsqueeze(2)?, None, Conv { padding: 0, ..line })?.squeeze(2)
            }),
            Case::new("largest", vec![normal([1, 2, 4, 4], 8)?], move |x| x[0].max_pool2d([2, 2], line)),
            Case::new("largest of negative", vec![normal([1, 1, 4, 4], 8)?.abs()?.neg()?], move |x| {
                x[0].max_pool2d([3, 3], line)
            })
            .reference(by_numbers([1, 1, 2, 2], |x| {
                let (rows, largest) = ([0..2, 1..4], f64::NEG_INFINITY);
                let at = |i: usize, j: usize| {
                    let cells = rows[i].clone().flat_map(|y| rows[j].clone().map(move |c| y * 4 + c));
                    cells.fold(largest, |m, place| m.max(x[0][place]))
                };
                vec![at(0, 0), at(0, 1), at(1, 0), at(1, 1)]
            })),
            Case::new("mean", vec![normal([1, 2, 4, 4], 9)?], |x| {
                x[0].avg_pool2d([2, 2], Conv { stride: 2, ..Conv::default() })
            })
            .reference(|x| x[0].reshape([1, 2, 2, 2, 2, 2])?.mean(&[3, 5], false)),
        ])
    }),
    spec("fold", || {
        let wide = Conv { stride: 2, padding: 1, dilation: 1, groups: 2 };
        let fold = move |x: &[Tensor]| x[0].fold(&[4, 3], &[2, 2], wide);
        let transposed = move |x: &[Tensor]| x[0].conv_transpose2d(&x[1], Some(&x[2]), wide, 1);
        // The derivative of the convolution whose transpose this is.
        let by_derivative = move |x: &[Tensor]| -> Result<Tensor> {
            let image = Tensor::zeros([1, 4, 4, 6], x[0].dtype(), x[0].device())?.tracked();
            let inner = image.conv2d(&x[1], None, wide)?.mul(&x[0])?.sum_all()?;
            crate::grad(&inner, &[&image], false)?[0].add(&x[2].reshape([4, 1, 1])?)
        };
        let inputs = vec![normal([1, 2, 2, 3], 10)?, normal([2, 2, 3, 3], 11)?, normal(4, 12)?];
        Ok(vec![
            Case::new("columns", vec![normal([1, 4, 6], 13)?], fold).reference(move |x| {
                let image = Tensor::zeros([1, 1, 4, 3], x[0].dtype(), x[0].device())?.tracked();
                let inner = image.unfold(&[2, 2], wide)?.mul(&x[0])?.sum_all()?;
                Ok(crate::grad(&inner, &[&image], false)?.swap_remove(0))
            }),
            Case::new("conv_transpose2d", inputs, transposed).reference(by_derivative),
            Case::new("a line", vec![normal([2, 2, 6], 14)?], |x| x[0].fold(&[7], &[2], Conv::default())),
        ])
    }),
];

const fn spec(name: &'static str, cases: fn() -> Result<Vec<Case>>) -> OpSpec {
    OpSpec { name, gradient: Gradient::Any, cases: Cases::Of(cases) }
}

/// Cross-correlation by the loops of its definition; the sizes of image, weight and result's last axes are given.
fn correlation(
    [batch, inputs, h, w]: [usize; 4],
    [outputs, part, kh, kw]: [usize; 4],
    [rows, columns]: [usize; 2],
    conv: Conv,
) -> impl Fn(&[Tensor]) -> Result<Tensor> + 'static {
    by_numbers([batch, outputs, rows, columns], move |x| {
        let mut out = vec![];
        for i in 0..batch * outputs * rows * columns {
            let (column, row) = (i % columns, i / columns % rows);
            let (output, b) = (i / columns / rows % outputs, i / columns / rows / outputs);
            let mut sum = x.get(2).map_or(0.0, |bias| bias[output]);
            for tap in 0..part * kh * kw {
                let (channel, ky, kx) = (tap / kw / kh, tap / kw % kh, tap % kw);
                let input = output / (outputs / conv.groups) * (inputs / conv.groups) + channel;
                let (y, z) = (row * conv.stride + ky * conv.dilation, column * conv.stride + kx * conv.dilation);
                let inside = |at: usize, size: usize| (conv.padding..size + conv.padding).contains(&at);
                if inside(y, h) && inside(z, w) {
                    let pixel = ((b * inputs + input) * h + y - conv.padding) * w + z - conv.padding;
                    sum += x[0][pixel] * x[1][output * part * kh * kw + tap];
                }
            }
            out.push(sum);
        }
        out
    })
}
