//! Products of matrices by cuBLAS, where it is installed; `cuda/matmul.cu` makes all others.
//!
//! The library is looked for when the first product is asked for. `BELTRAMI_CUBLAS=off` leaves it alone: then the bits of a
//! product depend neither on its batch nor on the version of a library, at the price of speed.

use super::{Arg, Cuda, Factor};
use crate::dtype::DType;
use crate::{Error, Result};
use cudarc::cublas::sys::{
    self, cublasComputeType_t as Compute, cublasGemmAlgo_t as Algorithm, cublasHandle_t, cublasMath_t as Math,
    cublasOperation_t as Operation, cublasStatus_t as Status, cudaDataType_t as Kind,
};
use cudarc::driver::sys::CUstream;
use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// cuBLAS in a card's context, bound to the card's stream.
pub(super) struct Blas(cublasHandle_t);

// SAFETY: a handle may be used from any thread in which its context is current, by one at a time; the card keeps it behind
// a lock.
unsafe impl Send for Blas {}

/// What is called. As with the driver, cudarc would panic at a missing one.
const SYMBOLS: [&str; 4] = ["cublasCreate_v2", "cublasGemmStridedBatchedEx", "cublasSetMathMode", "cublasSetStream_v2"];

static LEFT_OUT: AtomicBool = AtomicBool::new(false);

/// Leaves cuBLAS alone from now on, in the whole program, as `BELTRAMI_CUBLAS=off` does.
pub fn leave_out_cublas() {
    LEFT_OUT.store(true, Ordering::Relaxed);
}

/// Whether products go to cuBLAS: it is there, and nobody forbids it.
fn is_used() -> Result<bool> {
    static PRESENT: OnceLock<bool> = OnceLock::new();
    if LEFT_OUT.load(Ordering::Relaxed) {
        return Ok(false);
    }
    match std::env::var_os("BELTRAMI_CUBLAS") {
        None => Ok(*PRESENT.get_or_init(is_present)),
        Some(value) if value == "off" => Ok(false),
        Some(value) => Err(Error::Cuda {
            place: format!("BELTRAMI_CUBLAS={}", value.display()),
            what: "set it to off, or not at all".into(),
        }),
    }
}

fn is_present() -> bool {
    // SAFETY: loading cuBLAS runs its initialisers, as for every program that uses it.
    if !unsafe { sys::is_culib_present() } {
        return false;
    }
    // SAFETY: as above; the library was found, so this cannot panic.
    let library = unsafe { sys::culib() };
    // SAFETY: the symbols are only looked up, never called or read, by this type.
    SYMBOLS.iter().all(|name| unsafe { library.get::<*const ()>(name.as_bytes()) }.is_ok())
}

/// An error of cuBLAS at `place`.
fn check(place: &str, status: Status) -> Result<()> {
    if status == Status::CUBLAS_STATUS_SUCCESS {
        return Ok(());
    }
    let what = format!("{status:?}; without cuBLAS it goes with BELTRAMI_CUBLAS=off");
    Err(Error::Cuda { place: place.into(), what })
}

impl Blas {
    /// For the context that is current.
    fn new(stream: CUstream) -> Result<Blas> {
        let mut handle = std::ptr::null_mut();
        // SAFETY: the pointer is to a handle that outlives the call.
        check("starting cuBLAS", unsafe { sys::cublasCreate_v2(&mut handle) })?;
        // SAFETY: the handle was just made; the stream is of the same context and is never destroyed.
        check("giving cuBLAS a stream", unsafe { sys::cublasSetStream_v2(handle, stream.cast()) })?;
        // f32 without TF32, and bf16 without partial sums in bf16.
        let exact = Math::CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
        // SAFETY: as above.
        check("asking cuBLAS for full precision", unsafe { sys::cublasSetMathMode(handle, exact) })?;
        Ok(Blas(handle))
    }
}

/// A row-major matrix [rows, columns] as cuBLAS wants it, which reads memory by columns: its transpose, as it lies or turned,
/// and the distance of its lines. `None` if neither axis has neighbours.
fn leading([rows, columns]: [usize; 2], [down, along]: [i64; 2]) -> Option<(Operation, i32)> {
    let lines = |(length, gap): (usize, i64), (count, distance): (usize, i64)| {
        // An axis of one number has no distances.
        let distance = if count == 1 { length as i64 } else { distance };
        let fits = (length == 1 || gap == 1) && distance >= length as i64;
        if fits { i32::try_from(distance).ok() } else { None }
    };
    let (rows, columns) = ((rows, down), (columns, along));
    let as_it_lies = lines(columns, rows).map(|distance| (Operation::CUBLAS_OP_N, distance));
    as_it_lies.or_else(|| lines(rows, columns).map(|distance| (Operation::CUBLAS_OP_T, distance)))
}

impl Cuda {
    /// `batch` products of sizes m × k and k × n, written to `out` in row-major order. Whether that was done: false if cuBLAS is
    /// not used, or cannot express the strides, types or sizes.
    ///
    /// # Errors
    /// If cuBLAS fails.
    pub(crate) fn product(
        &self,
        out: &Arg<'_>,
        [a, b]: &[Factor<'_>; 2],
        [m, k, n]: [usize; 3],
        batch: usize,
        dtype: DType,
    ) -> Result<bool> {
        let (kind, compute) = match dtype {
            DType::F32 => (Kind::CUDA_R_32F, Compute::CUBLAS_COMPUTE_32F),
            DType::F64 => (Kind::CUDA_R_64F, Compute::CUBLAS_COMPUTE_64F),
            DType::BF16 => (Kind::CUDA_R_16BF, Compute::CUBLAS_COMPUTE_32F),
            _ => return Ok(false),
        };
        if [m, k, n, batch].contains(&0) || !is_used()? {
            return Ok(false);
        }
        let (Some(left), Some(right)) = (leading([m, k], a.strides), leading([k, n], b.strides)) else {
            return Ok(false);
        };
        let (Some(left_step), Some(right_step)) = (a.step, b.step) else { return Ok(false) };
        let int = |size: usize| i32::try_from(size).ok();
        let (Some(rows), Some(inner), Some(columns), Some(count)) = (int(m), int(k), int(n), int(batch)) else {
            return Ok(false);
        };
        // The scales have the type of the sum.
        let (single, double) = ([1_f32, 0.0], [1_f64, 0.0]);
        let [one, zero]: [*const c_void; 2] = match compute {
            Compute::CUBLAS_COMPUTE_64F => double.each_ref().map(|x| (&raw const *x).cast()),
            _ => single.each_ref().map(|x| (&raw const *x).cast()),
        };
        let pointer = |arg: &Arg<'_>| arg.words[0] as *mut c_void;
        self.with_blas(|blas| {
            // By columns, the memory of C = A B is that of Cᵀ = Bᵀ Aᵀ.
            //
            // SAFETY: the handle is of this card, whose context is current; the scales outlive the call. The pointers,
            // sizes and distances are those of layouts, which name only numbers of their tensors' memory; the memory is
            // borrowed by the arguments, and freed in the order of the stream that the handle is bound to.
            let status = unsafe {
                sys::cublasGemmStridedBatchedEx(
                    blas.0,
                    right.0,
                    left.0,
                    columns,
                    rows,
                    inner,
                    one,
                    pointer(&b.start),
                    kind,
                    right.1,
                    right_step,
                    pointer(&a.start),
                    kind,
                    left.1,
                    left_step,
                    zero,
                    pointer(out),
                    kind,
                    columns,
                    (m * n) as i64,
                    count,
                    compute,
                    Algorithm::CUBLAS_GEMM_DFALT,
                )
            };
            match status {
                // Found before anything runs: a card too old for the type.
                Status::CUBLAS_STATUS_NOT_SUPPORTED | Status::CUBLAS_STATUS_ARCH_MISMATCH => Ok(false),
                status => check("a product by cuBLAS", status).map(|()| true),
            }
        })
    }

    /// Calls `f` with this card's cuBLAS, which is started when first asked for.
    fn with_blas(&self, f: impl FnOnce(&Blas) -> Result<bool>) -> Result<bool> {
        self.enter()?;
        let mut blas = self.blas();
        let blas = match &mut *blas {
            Some(blas) => blas,
            none => none.insert(Blas::new(self.stream())?),
        };
        f(blas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_expressed_by_its_neighbours() {
        let (lies, turned) = (Operation::CUBLAS_OP_N, Operation::CUBLAS_OP_T);
        assert_eq!(leading([3, 4], [4, 1]), Some((lies, 4)));
        assert_eq!(leading([3, 4], [9, 1]), Some((lies, 9)));
        assert_eq!(leading([3, 4], [1, 3]), Some((turned, 3)));
        assert_eq!(leading([1, 4], [0, 1]), Some((lies, 4)));
        assert_eq!(leading([1, 4], [0, 7]), Some((turned, 7)));
        assert_eq!(leading([3, 1], [7, 0]), Some((lies, 7)));
        assert_eq!(leading([1, 1], [-5, 0]), Some((lies, 1)));
    }

    #[test]
    fn gaps_on_both_axes_repeats_and_reversals_are_not() {
        for strides in [[8, 2], [0, 1], [1, 0], [0, 0], [-4, 1], [4, -1], [3, 1], [1 << 40, 1]] {
            assert_eq!(leading([3, 4], strides), None, "{strides:?}");
        }
    }
}
