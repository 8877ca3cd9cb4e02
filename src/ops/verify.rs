//! Proving the registry: every operation at every case, by finite differences, against its reference, on views of
//! every kind, in f32, and on any number of threads. The tests and `beltrami gradcheck` run the same code.

mod device;

pub use device::compare;

use super::registry::{Case, Gradient, OpSpec};
use crate::autograd::grad;
use crate::tensor::Tensor;
use crate::{DType, Device, Error, Result};

/// What a check of one case found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The operation.
    pub op: &'static str,
    /// The case.
    pub case: String,
    /// What was compared.
    pub check: &'static str,
    /// The relative error; 0 where bits were compared and equal.
    pub error: f64,
    /// What is wrong, if it is.
    pub failure: Option<String>,
}

/// Runs every check of one operation.
pub fn verify(spec: &OpSpec) -> Vec<Finding> {
    let mut findings = Vec::new();
    let cases = match spec.cases() {
        Ok(cases) if cases.is_empty() => {
            return vec![finding(spec, "-", "cases", Err(failed("no case to check it at".into())))];
        }
        Ok(cases) => cases,
        Err(e) => return vec![finding(spec, "-", "cases", Err(e))],
    };
    let differentiable = cases.iter().any(|c| c.differentiable);
    if !matches!(spec.gradient, Gradient::Never(_)) && !differentiable && !LINEAR_IN_STORAGE.contains(&spec.name) {
        findings.push(finding(spec, "-", "cases", Err(failed("no case checks its derivative".into()))));
    }
    for case in &cases {
        let mut push = |check, result| findings.push(finding(spec, &case.label, check, result));
        push("reference", against_reference(case));
        push("views", on_views(case));
        push("f32", in_f32(case));
        push("threads", on_threads(case));
        match spec.gradient {
            Gradient::Never(_) => push("refuses", refuses_to_be_cut(case)),
            _ if !case.differentiable => {}
            order => {
                push("gradient", case.check.run(&case.apply, &case.inputs));
                push("gradient views", gradients_on_views(case));
                if order == Gradient::Any {
                    let looser = crate::GradCheck { tolerance: case.check.tolerance * 10.0, ..case.check };
                    push("second gradient", looser.run_second(&case.apply, &case.inputs));
                }
            }
        }
    }
    findings
}

/// Conversions round, so finite differences see steps; their derivative is checked by value in the tests.
const LINEAR_IN_STORAGE: [&str; 1] = ["to_dtype"];

fn finding(spec: &OpSpec, case: &str, check: &'static str, result: Result<f64>) -> Finding {
    let (error, failure) = match result {
        Ok(error) => (error, None),
        Err(Error::Gradient { error, place, tolerance }) => {
            (error, Some(format!("relative error {error:.1e} above {tolerance:.1e}: {place}")))
        }
        Err(e) => (f64::NAN, Some(e.to_string())),
    };
    Finding { op: spec.name, case: case.into(), check, error, failure }
}

fn failed(what: String) -> Error {
    Error::Graph { op: "verify", what, remedy: "mend the operation or its case" }
}

fn against_reference(case: &Case) -> Result<f64> {
    let Some(reference) = &case.reference else { return Ok(0.0) };
    let (got, want) = ((case.apply)(&case.inputs)?, reference(&case.inputs)?);
    close(&got, &want, 1e-12, "reference")
}

/// The largest difference relative to the largest number; NaN and infinities must match exactly.
fn close(got: &Tensor, want: &Tensor, tolerance: f64, what: &str) -> Result<f64> {
    close_above(1e-30, got, want, tolerance, what)
}

/// [`close`] where what is below `least` counts as much as that.
fn close_above(least: f64, got: &Tensor, want: &Tensor, tolerance: f64, what: &str) -> Result<f64> {
    if got.shape() != want.shape() {
        return Err(failed(format!("shape {:?}, the {what} has {:?}", got.shape(), want.shape())));
    }
    let (got, want) = (got.to_f64_vec(), want.to_f64_vec());
    let scale = want.iter().filter(|x| x.is_finite()).fold(least, |m, x| m.max(x.abs()));
    let mut worst = 0.0_f64;
    for (i, (g, w)) in got.iter().zip(&want).enumerate() {
        let same = g == w || (g.is_nan() && w.is_nan());
        let error = if same { 0.0 } else { (g - w).abs() / scale };
        if error > tolerance || error.is_nan() {
            return Err(failed(format!("number {i} is {g:e}, the {what} {w:e} (relative difference {error:.1e})")));
        }
        worst = worst.max(error);
    }
    Ok(worst)
}

type Rearrange = fn(&Tensor) -> Result<Tensor>;

/// Layouts that hold the same numbers: behind a transpose, every second of a larger buffer, backwards.
const LAYOUTS: [(&str, Rearrange); 3] = [
    ("transposed", |x| {
        let order: Vec<usize> = (0..x.rank()).rev().collect();
        copy(&x.permute(&order)?)?.permute(&order)
    }),
    (
        "sliced",
        |x| if x.rank() == 0 { Ok(x.clone()) } else { Tensor::stack(&[x, x], -1)?.narrow(-1, 1, 2)?.squeeze(-1) },
    ),
    ("backwards", |x| if x.rank() == 0 { Ok(x.clone()) } else { copy(&x.flip(0)?)?.flip(0) }),
];

/// The numbers of a view in a buffer of their own.
fn copy(x: &Tensor) -> Result<Tensor> {
    x.contiguous()
}

fn bits_equal(got: &Tensor, want: &Tensor, what: &str) -> Result<f64> {
    let bits = |t: &Tensor| t.to_f64_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
    if got.shape() == want.shape() && bits(got) == bits(want) {
        return Ok(0.0);
    }
    Err(failed(format!("other bits {what}: {got:?} instead of {want:?}")))
}

fn on_views(case: &Case) -> Result<f64> {
    let want = (case.apply)(&case.inputs)?;
    for (name, view) in LAYOUTS {
        for i in 0..case.inputs.len() {
            let mut inputs = case.inputs.clone();
            inputs[i] = view(&inputs[i])?;
            bits_equal(&(case.apply)(&inputs)?, &want, &format!("with input {i} {name}"))?;
        }
    }
    Ok(0.0)
}

fn gradients(case: &Case, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
    let leaves: Vec<Tensor> =
        inputs.iter().map(|x| if x.dtype().is_float() { x.tracked() } else { x.clone() }).collect();
    let y = (case.apply)(&leaves)?;
    let wave = Tensor::generate(y.shape(), y.dtype(), y.device(), |i| (1.0 + i as f64).sin())?;
    let loss = y.mul(&wave)?.sum_all()?;
    grad(&loss, &leaves.iter().filter(|x| x.is_tracked()).collect::<Vec<_>>(), false)
}

fn gradients_on_views(case: &Case) -> Result<f64> {
    let want = gradients(case, &case.inputs)?;
    let mut worst = 0.0_f64;
    for (name, view) in LAYOUTS {
        let inputs = case.inputs.iter().map(view).collect::<Result<Vec<_>>>()?;
        for (got, want) in gradients(case, &inputs)?.iter().zip(&want) {
            worst = worst.max(close(got, want, 1e-12, name)?);
        }
    }
    Ok(worst)
}

fn in_f32(case: &Case) -> Result<f64> {
    let narrow = |x: &Tensor| if x.dtype() == DType::F64 { x.to_dtype(DType::F32) } else { Ok(x.clone()) };
    let inputs = case.inputs.iter().map(narrow).collect::<Result<Vec<_>>>()?;
    // The same numbers in both types, so that only the arithmetic differs.
    let wide = inputs.iter().zip(&case.inputs).map(|(x, y)| x.to_dtype(y.dtype())).collect::<Result<Vec<_>>>()?;
    let (got, want) = ((case.apply)(&inputs)?, (case.apply)(&wide)?);
    close(&got.to_dtype(want.dtype())?, &want, case.f32_tolerance, "f64 value")
}

/// A tiny grain makes small tensors span many chunks.
fn on_threads(case: &Case) -> Result<f64> {
    let mut want: Option<Vec<Tensor>> = None;
    for threads in [1, 2, 3] {
        let device = Device::cpu_with_grain(threads, 16);
        let inputs = case.inputs.iter().map(|x| x.to_device(&device)).collect::<Result<Vec<_>>>()?;
        let mut got = vec![(case.apply)(&inputs)?];
        if case.differentiable && got[0].dtype().is_float() {
            got.extend(gradients(case, &inputs)?);
        }
        match &want {
            None => want = Some(got),
            Some(want) => {
                for (g, w) in got.iter().zip(want) {
                    bits_equal(g, w, &format!("on {threads} threads"))?;
                }
            }
        }
    }
    Ok(0.0)
}

/// An operation without a derivative must refuse a tracked input, or give a result that cannot have one.
fn refuses_to_be_cut(case: &Case) -> Result<f64> {
    let inputs: Vec<Tensor> =
        case.inputs.iter().map(|x| if x.dtype().is_float() { x.tracked() } else { x.clone() }).collect();
    match (case.apply)(&inputs) {
        Err(Error::NoBackward { .. }) => Ok(0.0),
        Ok(y) if !y.dtype().is_float() && !y.is_tracked() => Ok(0.0),
        Ok(_) => Err(failed("a tracked input went through an operation that has no derivative".into())),
        Err(e) => Err(e),
    }
}
