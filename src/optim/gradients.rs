//! The gradients that a step is given, checked before anything moves.

use crate::dtype::Real;
use crate::param::Param;
use crate::tensor::Backend;
use crate::{Error, Grads, Result, Tensor};
use std::sync::atomic::{AtomicBool, Ordering};

/// The checked gradients of the parameters that have one: all are looked at before any parameter moves.
pub fn collect<'a>(params: impl Iterator<Item = &'a Param>, grads: &Grads) -> Result<Vec<(usize, Tensor)>> {
    let mut found = vec![];
    for (i, param) in params.enumerate() {
        let value = param.tensor();
        if let Some(grad) = grads.get(&value) {
            found.push((i, checked(param.name(), &value, grad, None)?));
        }
    }
    Ok(found)
}

/// The gradient in row-major order, checked: shape, type and finite numbers.
pub fn checked(name: &str, value: &Tensor, grad: &Tensor, rows: Option<&[u32]>) -> Result<Tensor> {
    let op = "Optimizer::step";
    let wanted = match rows {
        None => value.shape().clone(),
        Some(rows) => {
            if value.rank() != 2 {
                return Err(Error::shape(op, format!("{name} is no table"), &[value.shape()], "use a dense step"));
            }
            let sorted = rows.windows(2).all(|w| w[0] < w[1]);
            let size = value.dims()[0];
            match rows.last() {
                Some(&last) if last as usize >= size => {
                    return Err(Error::Index { op, index: last.into(), position: rows.len() - 1, size });
                }
                _ if !sorted => {
                    let what = format!("rows of the gradient of {name} are not ascending");
                    return Err(Error::Argument { op, what, remedy: "sort them and add up repeated ones".into() });
                }
                _ => value.shape().with(0, rows.len()),
            }
        }
    };
    if *grad.shape() != wanted || grad.dtype() != value.dtype() {
        let what = format!("the gradient of {name} is {} {:?}", grad.dtype(), grad.shape());
        return Err(Error::shape(op, what, &[&wanted], "it must have the parameter's type and shape"));
    }
    if !grad.device().shares_memory(value.device()) {
        return Err(Error::Devices { op, devices: [value, grad].map(|t| t.device().to_string()).into() });
    }
    let grad = grad.detach().contiguous()?;
    match first_not_finite(op, &grad)? {
        None => Ok(grad),
        Some(position) => Err(Error::NonFinite {
            place: op.into(),
            what: format!("the gradient of {name}"),
            position,
            remedy: "no parameter was changed; lower the learning rate, or look for the operation that made it".into(),
        }),
    }
}

/// Where the first number is that is not finite.
fn first_not_finite(op: &'static str, grad: &Tensor) -> Result<Option<usize>> {
    let Backend::Cpu(cpu) = grad.device().backend() else {
        // As in `all_finite`; only bad numbers are brought over and searched.
        let zero = grad.mul_scalar(0.0)?.sum_all()?.to_f64_vec() == [0.0];
        return Ok(if zero { None } else { grad.to_f64_vec().iter().position(|x| !x.is_finite()) });
    };
    with_real!(op, grad.dtype(), T, {
        let numbers = grad.as_slice::<T>().unwrap_or_default();
        let finite = AtomicBool::new(true);
        cpu.for_each(numbers.chunks(cpu.rows_per_chunk(size_of::<T>())).collect(), |chunk| {
            if !all_finite(chunk) {
                finite.store(false, Ordering::Relaxed);
            }
        });
        let search = || numbers.iter().position(|x| !num_traits::Float::is_finite(*x));
        Ok(if finite.into_inner() { None } else { search() })
    })
}

/// Sums of products 0 · x are 0 exactly if all numbers are finite. Several sums side by side vectorise.
fn all_finite<T: Real>(numbers: &[T]) -> bool {
    let zero = T::zero();
    let (chunks, rest) = numbers.as_chunks::<32>();
    let mut sums = [zero; 32];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &x)| *sum += zero * x);
    }
    sums.iter_mut().zip(rest).for_each(|(sum, &x)| *sum += zero * x);
    sums.iter().all(|&sum| sum == zero)
}
