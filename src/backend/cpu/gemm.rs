//! Matrix products by `matrixmultiply`, cut over the batch or the rows, never over the inner axis.
//!
//! Each number of the product is summed by one thread in the order that `matrixmultiply` fixes by the inner size
//! alone. So, unlike elsewhere, the cut may follow the number of threads without changing a bit (a test compares).

use super::Cpu;
use crate::dtype::{DType, Real};

/// A matrix somewhere in a buffer.
#[derive(Clone, Copy)]
pub struct Matrix<'a, T> {
    /// The buffer.
    pub data: &'a [T],
    /// Place of the first number.
    pub offset: usize,
    /// Distance between rows.
    pub row: isize,
    /// Distance between columns.
    pub column: isize,
}

/// Products smaller than this many multiply-adds are not worth another thread.
const SMALL: usize = 1 << 18;
/// Rows are cut at multiples of this, a multiple of every micro-kernel's height.
const STRIP: usize = 48;

/// `out[b] = left[b] · right[b]` for each product of the batch; sizes are [m, k, n], `out` is row-major.
pub fn gemm<T: Real>(cpu: &Cpu, products: Vec<(Matrix<'_, T>, Matrix<'_, T>)>, [m, k, n]: [usize; 3], out: &mut [T]) {
    if m * n == 0 {
        return;
    }
    let work = m * k.max(1) * n;
    let strips =
        if work < 2 * SMALL || products.len() >= cpu.threads() { 1 } else { cpu.threads().min(m.div_ceil(STRIP)) };
    let rows = m.div_ceil(strips).next_multiple_of(if strips > 1 { STRIP } else { 1 });
    let mut tasks = Vec::with_capacity(products.len() * strips);
    for ((a, b), out) in products.into_iter().zip(out.chunks_mut(m * n)) {
        for (i, out) in out.chunks_mut(rows * n).enumerate() {
            tasks.push((Matrix { offset: (a.offset as isize + (i * rows) as isize * a.row) as usize, ..a }, b, out));
        }
    }
    // Many small products share a task.
    let share = (SMALL / work.max(1)).max(1);
    let mut tasks = tasks.into_iter();
    let mut groups = vec![];
    loop {
        let group: Vec<_> = tasks.by_ref().take(share).collect();
        if group.is_empty() {
            break;
        }
        groups.push(group);
    }
    cpu.for_each(groups, |group| group.into_iter().for_each(|(a, b, out)| one(a, b, out.len() / n, k, n, out)));
}

/// `out = a · b` on the calling thread.
pub fn one<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>, m: usize, k: usize, n: usize, out: &mut [T]) {
    if k == 0 {
        return out.fill(T::zero());
    }
    check(&a, m, k);
    check(&b, k, n);
    let (pa, pb) = (a.data[a.offset..].as_ptr(), b.data[b.offset..].as_ptr());
    let (po, row) = (out.as_mut_ptr(), n as isize);
    // SAFETY: `check` has shown that every place which the strides reach from the offset lies in its buffer; `out`
    // holds m · n numbers and is borrowed mutably, so it overlaps neither. The casts keep the type: T is f32 or f64.
    unsafe {
        match T::DTYPE {
            DType::F32 => matrixmultiply::sgemm(
                m,
                k,
                n,
                1.0,
                pa.cast(),
                a.row,
                a.column,
                pb.cast(),
                b.row,
                b.column,
                0.0,
                po.cast(),
                row,
                1,
            ),
            _ => matrixmultiply::dgemm(
                m,
                k,
                n,
                1.0,
                pa.cast(),
                a.row,
                a.column,
                pb.cast(),
                b.row,
                b.column,
                0.0,
                po.cast(),
                row,
                1,
            ),
        }
    }
}

/// Every corner of the matrix lies in its buffer (the extremes of a linear function are at corners).
pub(super) fn check<T>(m: &Matrix<'_, T>, rows: usize, columns: usize) {
    for r in [0, rows as isize - 1] {
        for c in [0, columns as isize - 1] {
            let place = m.offset as isize + r * m.row + c * m.column;
            assert!((0..m.data.len() as isize).contains(&place), "gemm: a matrix reaches outside its buffer");
        }
    }
}
