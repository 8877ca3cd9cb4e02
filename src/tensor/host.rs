//! Looking at the numbers: copies to the host and printing.

use super::{Backend, Device, Tensor};
use crate::dtype::Element;
use crate::{Error, Result};
use std::fmt;

impl Tensor {
    /// The numbers in row-major order.
    ///
    /// # Errors
    /// If the tensor holds another type than `T`.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        if self.dtype() != T::DTYPE {
            return Err(Error::DType {
                op: "to_vec",
                what: "asked for another type than the tensor holds",
                got: self.dtype(),
            });
        }
        if let Backend::Cuda(_) = self.device().backend() {
            return self.to_host(&Device::cpu())?.to_vec();
        }
        let mut out = vec![T::from_f64(0.0); self.numel()];
        self.view::<T>().pack(0, &mut out);
        Ok(out)
    }

    /// The numbers in row-major order as f64, from any type.
    ///
    /// # Panics
    /// If the tensor is on a card that has failed.
    pub fn to_f64_vec(&self) -> Vec<f64> {
        self.try_to_f64_vec().unwrap_or_else(|e| panic!("{e}"))
    }

    fn try_to_f64_vec(&self) -> Result<Vec<f64>> {
        with_element!(self.dtype(), T, Ok(self.to_vec::<T>()?.into_iter().map(T::to_f64).collect()))
    }

    /// The only number.
    ///
    /// # Errors
    /// If there is not exactly one, or it has another type than `T`.
    pub fn to_scalar<T: Element>(&self) -> Result<T> {
        match self.to_vec::<T>()?[..] {
            [x] => Ok(x),
            _ => Err(Error::shape(
                "to_scalar",
                "the tensor does not hold exactly one number",
                &[self.shape()],
                "index or reduce it first",
            )),
        }
    }
}

impl fmt::Debug for Tensor {
    /// Shape, type and the first numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        let (dims, dtype) = (self.shape(), self.dtype());
        let Ok(numbers) = self.try_to_f64_vec() else {
            return write!(f, "Tensor{dims:?} {dtype} on {}, which has failed", self.device());
        };
        let shown: Vec<String> = numbers.iter().take(SHOWN).map(|x| format!("{x}")).collect();
        let more = if numbers.len() > SHOWN { ", …" } else { "" };
        let tracked = if self.is_tracked() { " tracked" } else { "" };
        write!(f, "Tensor{dims:?} {dtype}{tracked} [{}{more}]", shown.join(", "))
    }
}
