//! What `libcublas.so` exports.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::driver::driver;
use crate::product::{Kind, Matrix, Product};

const SUCCESS: i32 = 0;
const NOT_INITIALIZED: i32 = 1;
const INVALID_VALUE: i32 = 7;
const EXECUTION_FAILED: i32 = 13;
const NOT_SUPPORTED: i32 = 15;

/// What is known of a handle.
#[derive(Clone, Copy)]
struct Handle {
    context: usize,
    stream: usize,
    math: i32,
}

static HANDLES: Mutex<BTreeMap<usize, Handle>> = Mutex::new(BTreeMap::new());

thread_local! {
    static PRODUCTS: Cell<u64> = const { Cell::new(0) };
}

fn handles() -> MutexGuard<'static, BTreeMap<usize, Handle>> {
    HANDLES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls of this thread that were not refused.
#[unsafe(no_mangle)]
pub extern "C" fn blassim_products() -> u64 {
    PRODUCTS.get()
}

/// A handle for the context of this thread.
///
/// # Safety
/// The pointer is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cublasCreate_v2(made: *mut usize) -> i32 {
    let context = driver().and_then(|driver| driver.context().ok()).filter(|context| *context != 0);
    let Some(context) = context else { return NOT_INITIALIZED };
    if made.is_null() {
        return INVALID_VALUE;
    }
    let mut handles = handles();
    let handle = 1 + handles.keys().next_back().unwrap_or(&0);
    handles.insert(handle, Handle { context, stream: 0, math: 0 });
    // SAFETY: not null, hence valid by the contract.
    unsafe { made.write(handle) };
    SUCCESS
}

/// Forgets a handle.
#[unsafe(no_mangle)]
pub extern "C" fn cublasDestroy_v2(handle: usize) -> i32 {
    if handles().remove(&handle).is_some() { SUCCESS } else { NOT_INITIALIZED }
}

fn set(handle: usize, change: impl FnOnce(&mut Handle)) -> i32 {
    match handles().get_mut(&handle) {
        Some(handle) => {
            change(handle);
            SUCCESS
        }
        None => NOT_INITIALIZED,
    }
}

/// Later products run on this stream.
#[unsafe(no_mangle)]
pub extern "C" fn cublasSetStream_v2(handle: usize, stream: usize) -> i32 {
    set(handle, |handle| handle.stream = stream)
}

/// Later products round as this says.
#[unsafe(no_mangle)]
pub extern "C" fn cublasSetMathMode(handle: usize, math: i32) -> i32 {
    set(handle, |handle| handle.math = math)
}

/// The type of numbers, of sums (`cudaDataType_t`, `cublasComputeType_t`), and what is computed with them.
const KINDS: &[(i32, i32, Kind)] = &[(0, 68, Kind::F32), (1, 70, Kind::F64), (14, 68, Kind::Bf16)];

/// `CUBLAS_DEFAULT_MATH`, and with `CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION`: others may round inputs to TF32.
const MATHS: [i32; 2] = [0, 16];

/// C = α op(A) op(B) + β C for a batch of matrices at a constant distance, later, on the handle's stream.
///
/// # Safety
/// The scales are null or valid, and have the type of the sum.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cublasGemmStridedBatchedEx(
    handle: usize,
    turn_left: i32,
    turn_right: i32,
    m: i32,
    n: i32,
    k: i32,
    alpha: *const c_void,
    left: u64,
    left_kind: i32,
    left_leading: i32,
    left_step: i64,
    right: u64,
    right_kind: i32,
    right_leading: i32,
    right_step: i64,
    beta: *const c_void,
    out: u64,
    out_kind: i32,
    out_leading: i32,
    out_step: i64,
    batch: i32,
    compute: i32,
    _algorithm: i32,
) -> i32 {
    let Some(handle) = handles().get(&handle).copied() else { return NOT_INITIALIZED };
    let Some(driver) = driver() else { return NOT_INITIALIZED };
    if !driver.context().is_ok_and(|current| current == handle.context) {
        return INVALID_VALUE;
    }
    let kind = KINDS.iter().find(|(kind, sum, _)| (left_kind, compute) == (*kind, *sum));
    let Some(&(.., kind)) = kind.filter(|_| [right_kind, out_kind] == [left_kind; 2] && MATHS.contains(&handle.math))
    else {
        return NOT_SUPPORTED;
    };
    let sizes = [m, k, n, batch].map(usize::try_from);
    let ([Ok(m), Ok(k), Ok(n), Ok(batch)], false) = (sizes, alpha.is_null() || beta.is_null()) else {
        return INVALID_VALUE;
    };
    let matrix = |address, [rows, columns]: [usize; 2], turn, leading: i32, step| {
        let leading = usize::try_from(leading).ok()?;
        let turned = match turn {
            0 => false,
            1 => true,
            _ => return None,
        };
        let [rows, columns] = if turned { [columns, rows] } else { [rows, columns] };
        (leading >= rows.max(1)).then_some(Matrix { address, rows, columns, leading, step, turned })
    };
    let left = matrix(left, [m, k], turn_left, left_leading, left_step);
    let right = matrix(right, [k, n], turn_right, right_leading, right_step);
    let out = matrix(out, [m, n], 0, out_leading, out_step);
    let (Some(left), Some(right), Some(out)) = (left, right, out) else { return INVALID_VALUE };
    let scales = [alpha, beta].map(|scale| {
        // SAFETY: not null, hence valid and of the type of the sum by the contract.
        if kind == Kind::F64 { unsafe { *scale.cast::<f64>() } } else { unsafe { *scale.cast::<f32>() }.into() }
    });
    let product = Product { kind, sizes: [m, k, n], scales, left, right, out, batch };
    let failed = Arc::new(AtomicBool::new(false));
    let outcome = failed.clone();
    let run = move || {
        if product.run(driver).is_err() {
            outcome.store(true, Ordering::Relaxed);
        }
    };
    if driver.submit(handle.stream, run).is_err() || failed.load(Ordering::Relaxed) {
        return EXECUTION_FAILED;
    }
    PRODUCTS.set(PRODUCTS.get() + 1);
    SUCCESS
}
