//! The same operation on another device: values, gradients, and values of views.

use super::{LAYOUTS, bits_equal, close_above, failed, finding, gradients};
use crate::ops::registry::{Case, Gradient, OpSpec};
use crate::ops::verify::Finding;
use crate::{DType, Device, Error, Result, Tensor};

/// Relative to the largest number: a few roundings of the type, since devices have other forms of the same functions.
fn tolerance(dtype: DType) -> f64 {
    if dtype == DType::F32 { 4.0 * f64::from(f32::EPSILON) } else { 1e-12 }
}

/// Compares one operation on `device` with itself on the CPU, at every case, in f64 and f32.
///
/// # Errors
/// [`Error::Unsupported`] if it, or another that a case needs, has no form for the device.
pub fn compare(spec: &OpSpec, device: &Device) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for case in &spec.cases()? {
        let differentiable = case.differentiable && !matches!(spec.gradient, Gradient::Never(_));
        for (dtype, checks) in [(DType::F64, ["f64", "f64 gradient"]), (DType::F32, ["f32", "f32 gradient"])] {
            let convert = |x: &Tensor| if x.dtype() == DType::F64 { x.to_dtype(dtype) } else { Ok(x.clone()) };
            let inputs = case.inputs.iter().map(convert).collect::<Result<Vec<_>>>()?;
            for (check, with_gradients) in checks.into_iter().zip([false, true]).filter(|(_, g)| !g || differentiable) {
                match on_device(case, &inputs, device, with_gradients, tolerance(dtype)) {
                    Err(e @ Error::Unsupported { .. }) => return Err(e),
                    result => findings.push(finding(spec, &case.label, check, result)),
                }
            }
        }
        match views_on_device(case, device) {
            Err(e @ Error::Unsupported { .. }) => return Err(e),
            result => findings.push(finding(spec, &case.label, "views", result)),
        }
    }
    Ok(findings)
}

fn moved(inputs: &[Tensor], device: &Device) -> Result<Vec<Tensor>> {
    inputs.iter().map(|x| x.to_device(device)).collect()
}

fn on_device(case: &Case, inputs: &[Tensor], device: &Device, with_gradients: bool, tolerance: f64) -> Result<f64> {
    let there = moved(inputs, device)?;
    let (got, want) = if with_gradients {
        (gradients(case, &there)?, gradients(case, inputs)?)
    } else {
        (vec![(case.apply)(&there)?], vec![(case.apply)(inputs)?])
    };
    if got.len() != want.len() {
        return Err(failed(format!("{} results, {} on the CPU", got.len(), want.len())));
    }
    // A gradient that is zero in exact arithmetic is a residue of roundings: compared with the others, not with itself.
    let numbers = want.iter().flat_map(Tensor::to_f64_vec).filter(|x| x.is_finite());
    let least = (numbers.fold(0.0_f64, |m, x| m.max(x.abs())) * 1e-15).max(1e-30);
    got.iter().zip(&want).try_fold(0.0_f64, |worst, (got, want)| {
        if got.dtype() != want.dtype() {
            return Err(failed(format!("{}, on the CPU {}", got.dtype(), want.dtype())));
        }
        Ok(worst.max(close_above(least, got, want, tolerance, "CPU's value")?))
    })
}

fn views_on_device(case: &Case, device: &Device) -> Result<f64> {
    let inputs = moved(&case.inputs, device)?;
    let want = (case.apply)(&inputs)?;
    for (name, view) in LAYOUTS {
        for i in 0..inputs.len() {
            let mut inputs = inputs.clone();
            inputs[i] = view(&inputs[i])?;
            bits_equal(&(case.apply)(&inputs)?, &want, &format!("with input {i} {name}"))?;
        }
    }
    Ok(0.0)
}
