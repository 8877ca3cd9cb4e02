//! Looking at the numbers: copies to the host and printing.

use super::Tensor;
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
        let mut out = vec![T::from_f64(0.0); self.numel()];
        self.view::<T>().pack(0, &mut out);
        Ok(out)
    }

    /// The numbers in row-major order as f64, from any type.
    pub fn to_f64_vec(&self) -> Vec<f64> {
        with_element!(self.dtype(), T, {
            let mut out = vec![T::from_f64(0.0); self.numel()];
            self.view::<T>().pack(0, &mut out);
            out.into_iter().map(T::to_f64).collect()
        })
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
        let numbers = self.to_f64_vec();
        let shown: Vec<String> = numbers.iter().take(SHOWN).map(|x| format!("{x}")).collect();
        let more = if numbers.len() > SHOWN { ", …" } else { "" };
        let tracked = if self.is_tracked() { " tracked" } else { "" };
        write!(f, "Tensor{dims:?} {dtype}{tracked} [{}{more}]", shown.join(", "))
    }
}
