//! Points and tangents in another chart of hyperbolic space: [`Conversion`] on tensors of rows.

use super::registry::{Case, Cases, Gradient, OpSpec};
use crate::autograd::{Op, Outputs, Saves, Vjp, apply, one};
use crate::backend::cpu::View;
use crate::backend::cuda::{Arg, Cuda, Grid};
use crate::dtype::{DType, Real};
use crate::geometry::{Conversion, Model};
use crate::tensor::{Backend, Shape, Tensor};
use crate::{Device, Error, Result, Rng};

/// Points x (rows of `from`) as rows of `to`; `c` are the curvatures of the coordinates of the two, f64 scalars.
///
/// # Errors
/// If one of the models is not of hyperbolic space, the rows are too short, or a curvature is not positive.
pub fn points(from: Model, to: Model, x: &Tensor, c: [&Tensor; 2]) -> Result<Tensor> {
    apply(ConvertOp { from, to, tangents: false }, &[x, c[0], c[1]])
}

/// Tangents u at the points x, of one shape, as tangents at the converted points.
///
/// # Errors
/// As [`points`], and if the shapes differ.
pub fn tangents(from: Model, to: Model, x: &Tensor, u: &Tensor, c: [&Tensor; 2]) -> Result<Tensor> {
    apply(ConvertOp { from, to, tangents: true }, &[x, u, c[0], c[1]])
}

#[derive(Clone, Copy, Debug)]
struct ConvertOp {
    from: Model,
    to: Model,
    tangents: bool,
}

impl ConvertOp {
    /// The conversion, and the widths of its rows.
    fn prepare(&self, inputs: &[&Tensor]) -> Result<(Conversion, [usize; 2])> {
        let op = self.name();
        let wrong = |what: String, remedy: &str| Err(Error::Argument { op, what, remedy: remedy.into() });
        for model in [self.from, self.to] {
            if !Conversion::has(model) {
                return wrong(format!("{model:?} has no charts"), "convert between charts of hyperbolic space");
            }
        }
        let (rows, curvatures) = inputs.split_at(inputs.len() - 2);
        let x = rows[0];
        for u in rows {
            super::binary::same_dtype(op, x, u)?;
            if u.dims() != x.dims() {
                return Err(Error::shape(
                    op,
                    "shapes differ",
                    &[x.shape(), u.shape()],
                    "give a tangent for each point",
                ));
            }
        }
        let (width, least) = (x.dims().last().copied().unwrap_or(0), self.from.ambient(1));
        if width < least {
            return wrong(format!("rows of {width} numbers"), "a row of this model has at least a dimension");
        }
        let c = [curvatures[0].to_scalar::<f64>()?, curvatures[1].to_scalar()?];
        if let Some(c) = c.iter().find(|&&c| c.is_nan() || c <= 0.0 || c.is_infinite()) {
            return wrong(format!("the curvature of the coordinates is {c}"), "it must be positive");
        }
        let to_width = self.to.ambient(width + 1 - least);
        Ok((Conversion { from: (self.from, c[0]), to: (self.to, c[1]) }, [width, to_width]))
    }
}

impl Op for ConvertOp {
    fn name(&self) -> &'static str {
        if self.tangents { "convert_tangents" } else { "convert_points" }
    }

    fn forward(&self, inputs: &[&Tensor]) -> Result<Outputs> {
        let (conversion, [width, to_width]) = self.prepare(inputs)?;
        let (x, device) = (inputs[0], inputs[0].device());
        let shape: Shape = x.dims()[..x.rank() - 1].iter().copied().chain([to_width]).collect();
        let cpu = match device.backend() {
            Backend::Cpu(cpu) => cpu,
            Backend::Cuda(cuda) => {
                let out = Tensor::on_card(cuda, shape, x.dtype())?;
                self.on_card(cuda, &conversion, &inputs[..inputs.len() - 2], &[&out])?;
                return Ok(one(out));
            }
        };
        with_real!(self.name(), x.dtype(), T, {
            let x: View<'_, T> = x.view();
            let u: Option<View<'_, T>> = self.tangents.then(|| inputs[1].view());
            let bytes = (2 * width + to_width) * size_of::<T>();
            Ok(one(Tensor::filled_by(shape, device, |out: &mut [T]| {
                cpu.for_each_rows(out, to_width, bytes, |first, out| {
                    let (mut sx, mut su) = (Vec::new(), Vec::new());
                    let n = out.len() / to_width * width;
                    let x = x.block(first * width, n, &mut sx).chunks(width);
                    let out = out.chunks_mut(to_width);
                    match &u {
                        None => x.zip(out).for_each(|(x, out)| conversion.point(x, out)),
                        Some(u) => {
                            let u = u.block(first * width, n, &mut su).chunks(width);
                            x.zip(u).zip(out).for_each(|((x, u), out)| conversion.tangent(x, u, out));
                        }
                    }
                });
            })))
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::INPUTS)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return Err(Error::Graph {
                op: self.name(),
                what: "its derivative is fused and cannot be differentiated again".into(),
                remedy: "compose the formula of tensor operations where second derivatives are wanted",
            });
        }
        let inputs = (0..cx.len()).map(|i| cx.input(i)).collect::<Result<Vec<_>>>()?;
        let (conversion, widths) = self.prepare(&inputs)?;
        let g = cx.grad()?;
        let rows = inputs.len() - 2;
        if let Backend::Cuda(cuda) = g.device().backend() {
            let on_card = |shape: &[usize], dtype| Tensor::on_card(cuda, Shape::from(shape), dtype);
            let mut found = (0..rows).map(|_| on_card(inputs[0].dims(), g.dtype())).collect::<Result<Vec<_>>>()?;
            let pairs = on_card(&[inputs[0].numel() / widths[0], 2], DType::F64)?;
            let from: Vec<&Tensor> = inputs[..rows].iter().copied().chain([&g]).collect();
            self.on_card(cuda, &conversion, &from, &found.iter().chain([&pairs]).collect::<Vec<_>>())?;
            for i in 0..2 {
                found.push(pairs.select(-1, i)?.sum_all()?.reshape(cx.shape(rows + i as usize).clone())?);
            }
            return Ok(found.into_iter().enumerate().map(|(i, t)| cx.needs(i).then_some(t)).collect());
        }
        let (found, curvature) = with_real!(self.name(), inputs[0].dtype(), T, {
            gradients::<T>(&conversion, widths, &inputs[..rows], &g)
        })?;
        let mut out: Vec<_> = found.into_iter().enumerate().map(|(i, t)| cx.needs(i).then_some(t)).collect();
        for (i, value) in [curvature.0, curvature.1].into_iter().enumerate() {
            let i = rows + i;
            out.push(if cx.needs(i) { Some(Tensor::full(cx.shape(i), value, DType::F64, g.device())?) } else { None });
        }
        Ok(out)
    }
}

/// The structure `Conversion` of `cuda/convert.cu`.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Charts {
    models: [i32; 2],
    curvatures: [f64; 2],
    dimension: i64,
}

impl ConvertOp {
    /// Launches the kernel of this function, or of its derivative if there is a cotangent after the rows.
    fn on_card(&self, cuda: &Cuda, conversion: &Conversion, inputs: &[&Tensor], results: &[&Tensor]) -> Result<()> {
        let (op, x) = (self.name(), inputs[0]);
        let chart = |model| match model {
            Model::Lorentz => 0,
            Model::Poincare => 1,
            Model::HalfSpace => 2,
            _ => 3,
        };
        let width = x.dims()[x.rank() - 1];
        let charts = Charts {
            models: [chart(self.from), chart(self.to)],
            curvatures: [conversion.from.1, conversion.to.1],
            dimension: (width + 1 - self.from.ambient(1)) as i64,
        };
        let rows = x.numel() / width;
        let suffix = if inputs.len() > 1 + usize::from(self.tangents) { "_vjp" } else { "" };
        let inputs = inputs.iter().map(|t| t.detach().contiguous()).collect::<Result<Vec<_>>>()?;
        let mut args = vec![Arg::record(results[0].memory(op)?, &charts)];
        for t in inputs.iter().chain(results.iter().copied()) {
            args.push(t.packed(op)?);
        }
        args.push(rows.into());
        cuda.launch("convert", &format!("{op}{suffix}_{}", x.dtype()), Grid::elements(rows), &args)
    }
}

/// Gradients of the rows, and the sums of those of the curvatures in the order of the rows.
fn gradients<T: Real>(
    conversion: &Conversion,
    [width, to_width]: [usize; 2],
    inputs: &[&Tensor],
    g: &Tensor,
) -> Result<(Vec<Tensor>, (f64, f64))> {
    let numbers: Vec<Vec<T>> = inputs.iter().map(|t| t.to_vec()).collect::<Result<_>>()?;
    let g: Vec<T> = g.to_vec()?;
    let mut out: Vec<Vec<T>> = numbers.iter().map(|n| vec![T::zero(); n.len()]).collect();
    let mut sum = (0.0, 0.0);
    for (r, g) in g.chunks(to_width).enumerate() {
        let at = r * width..(r + 1) * width;
        let (c, d) = match (numbers.as_slice(), out.as_mut_slice()) {
            ([x], [gx]) => conversion.point_vjp(&x[at.clone()], g, &mut gx[at]),
            ([x, u], [gx, gu]) => {
                let to = [&mut gx[at.clone()], &mut gu[at.clone()]];
                conversion.tangent_vjp(&x[at.clone()], &u[at], g, to)
            }
            _ => (0.0, 0.0),
        };
        sum = (sum.0 + c, sum.1 + d);
    }
    let tensors = out.iter().zip(inputs).map(|(n, t)| Tensor::from_slice(n, t.dims())).collect::<Result<_>>()?;
    Ok((tensors, sum))
}

/// A case for each pair of models.
fn cases(tangents_too: bool) -> Result<Vec<Case>> {
    let models: Vec<Model> = Model::ALL.into_iter().filter(|&m| Conversion::has(m)).collect();
    let mut cases = Vec::new();
    for (i, &from) in models.iter().enumerate() {
        for (j, &to) in models.iter().enumerate() {
            let row = |stream: u64, spread: f64| {
                let rng = Rng::new(29).stream(stream + 8 * (i * models.len() + j) as u64);
                Tensor::randn([2, from.ambient(3)], DType::F64, rng, &Device::cpu())?.mul_scalar(spread)
            };
            let mut x = row(0, 0.2)?;
            if from == Model::HalfSpace {
                x = x.exp()?;
            }
            let mut inputs = vec![x];
            if tangents_too {
                inputs.push(row(1, 1.0)?);
            }
            inputs.extend([Tensor::from(1.3), Tensor::from(0.8)]);
            let run = move |x: &[Tensor]| {
                let (rows, c) = x.split_at(x.len() - 2);
                let c = [c[0].to_dtype(DType::F64)?, c[1].to_dtype(DType::F64)?];
                match rows {
                    [x, u] => tangents(from, to, x, u, [&c[0], &c[1]]),
                    _ => points(from, to, &rows[0], [&c[0], &c[1]]),
                }
            };
            cases.push(Case::new(format!("{from:?} to {to:?}"), inputs, run).step(1e-3).f32_tolerance(1e-6));
        }
    }
    Ok(cases)
}

pub(super) static SPECS: &[OpSpec] = &[
    OpSpec {
        name: "convert_points",
        gradient: Gradient::Once("its derivative is a fused row function"),
        cases: Cases::Of(|| cases(false)),
    },
    OpSpec {
        name: "convert_tangents",
        gradient: Gradient::Once("its derivative is a fused row function"),
        cases: Cases::Of(|| cases(true)),
    },
];
