//! The build without the feature `cuda`: the same names, of types that have no values.

use super::{Arg, Factor, Grid, Info};
use crate::dtype::DType;
use crate::{Error, Result};

/// A card; there is none in this build.
#[derive(Clone, Debug)]
pub enum Cuda {}

/// Memory of a card; there is none in this build.
pub enum Memory {}

fn unavailable() -> Error {
    let what = "this program was built without it".into();
    Error::CudaUnavailable { what, remedy: "build with feature cuda".into() }
}

/// How many cards there are.
pub fn count() -> Result<usize> {
    Err(unavailable())
}

#[allow(missing_docs)]
impl Cuda {
    pub fn open(_: usize) -> Result<Cuda> {
        Err(unavailable())
    }
    pub fn ordinal(&self) -> usize {
        match *self {}
    }
    pub fn capability(&self) -> (u32, u32) {
        match *self {}
    }
    pub fn info(&self) -> Result<Info> {
        match *self {}
    }
    pub fn allocate(&self, _: usize) -> Result<Memory> {
        match *self {}
    }
    pub fn upload(&self, _: &[u8]) -> Result<Memory> {
        match *self {}
    }
    pub fn synchronize(&self) -> Result<()> {
        match *self {}
    }
    pub fn trim(&self) -> Result<()> {
        match *self {}
    }
    pub(crate) fn launch(&self, _: &'static str, _: &str, _: Grid, _: &[Arg<'_>]) -> Result<()> {
        match *self {}
    }
    pub(crate) fn product(&self, _: &Arg<'_>, _: &[Factor<'_>; 2], _: [usize; 3], _: usize, _: DType) -> Result<bool> {
        match *self {}
    }
}

#[allow(missing_docs)]
impl Memory {
    pub fn cuda(&self) -> &Cuda {
        match *self {}
    }
    pub fn len(&self) -> usize {
        match *self {}
    }
    pub fn is_empty(&self) -> bool {
        match *self {}
    }
    pub fn address(&self) -> u64 {
        match *self {}
    }
    pub fn download(&self, _: usize, _: &mut [u8]) -> Result<()> {
        match *self {}
    }
}
