//! Functions of rows in three steps: sums over the coordinates, numbers made of the sums, coordinates of the result.
//!
//! That split is what makes them fast. Sums and coordinates are loops along a row; the numbers (roots, logarithms) of
//! the rows of a block are computed side by side in vector registers. An [`Evaluation`] says in which arithmetic:
//! [`Lanes`] for f32 rows ([`Singly`] where numbers must be [`Wide::SIGNED`]), [`Careful`] for f64 rows and for the few
//! f32 rows whose [`Numbers::loss`] is too large.

use super::dd::Dd;
use super::wide::{Lane, Wide};
use crate::backend::cpu::simd::Fused;
use crate::dtype::{Element, Real};

/// Rows of a block.
pub const BLOCK: usize = 8;

/// Interleaved accumulators of a sum, merged in a fixed order: the same bits on every machine.
const ACCUMULATORS: usize = 8;

/// How a block of rows is evaluated.
pub trait Evaluation: Copy {
    /// What coordinates are stored in.
    type Storage: Real;
    /// What they are computed with.
    type Number: Wide;
    /// Rows of a block, at most [`BLOCK`].
    const ROWS: usize;
    /// Whether it evaluates models of negative or no curvature; those of any curvature it does if numbers are
    /// [`Wide::SIGNED`]. No code is made for the others.
    const HYPERBOLIC: bool;
    /// Calls `f`, which evaluates a block, in a function of its own.
    fn call<R>(self, f: impl FnOnce() -> R) -> R;
}

/// f32 rows in f64, [`BLOCK`] rows side by side, on machines with fused multiply-add.
#[derive(Clone, Copy)]
pub struct Lanes(pub Fused);
impl Evaluation for Lanes {
    type Storage = f32;
    type Number = Lane;
    const ROWS: usize = BLOCK;
    const HYPERBOLIC: bool = true;
    #[inline(always)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        self.0.call(f)
    }
}

/// f32 rows one by one in f64, for models of any curvature: their functions choose between forms, which lanes do badly.
#[derive(Clone, Copy)]
pub struct Singly;
impl Evaluation for Singly {
    type Storage = f32;
    type Number = f64;
    const ROWS: usize = 1;
    const HYPERBOLIC: bool = false;
    #[inline(never)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

/// f64 rows one by one in double-double.
#[derive(Clone, Copy)]
pub struct Careful;
impl Evaluation for Careful {
    type Storage = f64;
    type Number = Dd;
    const ROWS: usize = 1;
    const HYPERBOLIC: bool = true;
    #[inline(never)]
    fn call<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

/// The rows of one argument in a block.
pub struct Rows<'a, E: Evaluation> {
    numbers: &'a [E::Storage],
    width: usize,
    /// Coordinates at the front that are not looked at.
    skip: usize,
}

impl<E: Evaluation> Clone for Rows<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: Evaluation> Copy for Rows<'_, E> {}

impl<'a, E: Evaluation> Rows<'a, E> {
    /// The block that starts at row `first` of rows of `width` numbers, which may be short at the end.
    #[inline(always)]
    pub fn at(_: E, numbers: &'a [E::Storage], width: usize, first: usize) -> Self {
        let end = numbers.len().min((first + E::ROWS) * width);
        Rows { numbers: &numbers[first * width..end], width, skip: 0 }
    }

    /// The rows without their first coordinate.
    #[inline(always)]
    pub fn tail(self) -> Self {
        Rows { skip: 1, ..self }
    }

    /// Row `r`; beyond a short block its last row stands in.
    #[inline(always)]
    pub(super) fn row(&self, r: usize) -> &'a [E::Storage] {
        let start = r.min(self.numbers.len() / self.width - 1) * self.width;
        &self.numbers[start + self.skip..start + self.width]
    }

    /// The first coordinate of row `r`.
    #[inline(always)]
    fn head(&self, r: usize) -> E::Number {
        E::Number::of(self.row(r)[0].to_f64())
    }
}

/// The rows of one result in a block.
pub struct RowsMut<'a, E: Evaluation> {
    numbers: &'a mut [E::Storage],
    width: usize,
    /// 1 if the first coordinate is given by [`Numbers::heads`].
    head: usize,
    evaluation: E,
}

impl<'a, E: Evaluation> RowsMut<'a, E> {
    /// As [`Rows::at`].
    #[inline(always)]
    pub fn at(evaluation: E, numbers: &'a mut [E::Storage], width: usize, first: usize) -> Self {
        let end = numbers.len().min((first + E::ROWS) * width);
        RowsMut { numbers: &mut numbers[first * width..end], width, head: 0, evaluation }
    }

    /// The first coordinate apart: a time, or the one number of a scalar result.
    #[inline(always)]
    pub fn headed(self) -> Self {
        RowsMut { head: 1, ..self }
    }
}

/// What a function makes of the sums of one row.
pub struct Numbers<W, const C: usize, const M: usize> {
    /// Coefficients for the coordinates of the results.
    pub coefficients: [W; C],
    /// First coordinates of results that have them [apart](RowsMut::headed).
    pub heads: [W; M],
    /// By how much roundings have been amplified: beyond [`Wide::CARE`], an f32 row is redone in double-double.
    pub loss: W,
    /// Gradient in `c`, of a derivative.
    pub c: W,
    /// Gradient in `t`, of a derivative.
    pub t: W,
}

impl<W: Wide, const C: usize, const M: usize> Numbers<W, C, M> {
    /// Heads and gradients 0, nothing lost.
    #[inline(always)]
    pub fn new(coefficients: [W; C]) -> Self {
        let zero = W::of(0.0);
        Numbers { coefficients, heads: [zero; M], loss: zero, c: zero, t: zero }
    }
    /// With first coordinates.
    #[inline(always)]
    pub fn heads(self, heads: [W; M]) -> Self {
        Numbers { heads, ..self }
    }
    /// With a loss.
    #[inline(always)]
    pub fn loss(self, loss: W) -> Self {
        Numbers { loss, ..self }
    }
    /// With gradients in (c, t).
    #[inline(always)]
    pub fn curvature(self, (c, t): (W, W)) -> Self {
        Numbers { c, t, ..self }
    }
}

/// Loss and curvature gradients of each row of a block.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// [`Numbers::loss`].
    pub loss: [f64; BLOCK],
    /// [`Numbers::c`].
    pub c: [f64; BLOCK],
    /// [`Numbers::t`].
    pub t: [f64; BLOCK],
}

/// Evaluates a function of a block: `sums` of the coordinates of `rows`, `numbers` of the first coordinates of `read` and
/// the sums, `coordinates` of the rows and the numbers' coefficients, rounded once into `out`.
#[inline(always)]
pub fn block<E: Evaluation, const H: usize, const N: usize, const K: usize, const C: usize, const M: usize>(
    read: [Rows<'_, E>; H],
    rows: [Rows<'_, E>; N],
    sums: impl Fn([E::Number; N]) -> [E::Number; K],
    numbers: impl Fn([E::Number; H], [E::Number; K]) -> Numbers<E::Number, C, M>,
    out: [RowsMut<'_, E>; M],
    coordinates: impl Fn([E::Number; N], [E::Number; C]) -> [E::Number; M],
) -> Tally {
    let Some(evaluation) = out.first().map(|out| out.evaluation) else { return Tally::default() };
    evaluation.call(|| here(read, rows, sums, numbers, out, coordinates))
}

/// [`block`] in line.
#[inline(always)]
fn here<E: Evaluation, const H: usize, const N: usize, const K: usize, const C: usize, const M: usize>(
    read: [Rows<'_, E>; H],
    rows: [Rows<'_, E>; N],
    sums: impl Fn([E::Number; N]) -> [E::Number; K],
    numbers: impl Fn([E::Number; H], [E::Number; K]) -> Numbers<E::Number, C, M>,
    out: [RowsMut<'_, E>; M],
    coordinates: impl Fn([E::Number; N], [E::Number; C]) -> [E::Number; M],
) -> Tally {
    let zero = E::Number::of(0.0);
    let mut heads = [[zero; BLOCK]; H];
    let mut totals = [[zero; BLOCK]; K];
    for r in 0..E::ROWS {
        for h in 0..H {
            heads[h][r] = read[h].head(r);
        }
        let s = row_sums(each(&rows, r), &sums);
        for k in 0..K {
            totals[k][r] = s[k];
        }
    }
    let mut coefficients = [[zero; BLOCK]; C];
    let mut first = [[zero; BLOCK]; M];
    let mut tally = Tally::default();
    // For lanes this loop becomes vector code: everything in `numbers` is inlined and free of jumps.
    for r in 0..E::ROWS {
        let mut head = [zero; H];
        for h in 0..H {
            head[h] = heads[h][r];
        }
        let mut total = [zero; K];
        for k in 0..K {
            total[k] = totals[k][r];
        }
        let n = numbers(head, total);
        for i in 0..C {
            coefficients[i][r] = n.coefficients[i];
        }
        for m in 0..M {
            first[m][r] = n.heads[m];
        }
        tally.loss[r] = n.loss.value();
        tally.c[r] = n.c.value();
        tally.t[r] = n.t.value();
    }
    let mut out = out;
    let count = if M > 0 { out[0].numbers.len() / out[0].width } else { 0 };
    for r in 0..count {
        let mut c = [zero; C];
        for i in 0..C {
            c[i] = coefficients[i][r];
        }
        let mut target: [&mut [E::Storage]; M] = std::array::from_fn(|_| Default::default());
        let mut m = 0;
        for o in &mut out {
            let row = &mut o.numbers[r * o.width..(r + 1) * o.width];
            if o.head > 0 {
                row[0] = E::Storage::from_f64(first[m][r].value());
            }
            target[m] = &mut row[o.head..];
            m += 1;
        }
        row_map(each(&rows, r), target, |v| coordinates(v, c));
    }
    tally
}

#[inline(always)]
fn each<'a, E: Evaluation, const N: usize>(rows: &[Rows<'a, E>; N], r: usize) -> [&'a [E::Storage]; N] {
    let mut out: [&[E::Storage]; N] = [&[]; N];
    for a in 0..N {
        out[a] = rows[a].row(r);
    }
    out
}

// Plain loops over arrays rather than `array::map`: these functions are inlined hundreds of times, and what `map`
// expands to would be most of the library's compile time.

/// K sums over the coordinates of N rows of one length: `Σᵢ f(row₁[i], …, row_N[i])`.
#[inline(always)]
pub(super) fn row_sums<const N: usize, const K: usize, T: Real, W: Wide>(
    rows: [&[T]; N],
    f: impl Fn([W; N]) -> [W; K],
) -> [W; K] {
    let n = if N > 0 { rows[0].len() } else { 0 };
    let mut acc = [[W::of(0.0); ACCUMULATORS]; K];
    let mut add = |first: usize, len: usize| {
        let mut piece: [&[T]; N] = [&[]; N];
        for a in 0..N {
            piece[a] = &rows[a][first..first + len];
        }
        for l in 0..len {
            let mut v = [W::of(0.0); N];
            for a in 0..N {
                v[a] = W::of(piece[a][l].to_f64());
            }
            let v = f(v);
            for k in 0..K {
                acc[k][l] = acc[k][l].accumulate(v[k]);
            }
        }
    };
    let whole = n / ACCUMULATORS * ACCUMULATORS;
    for first in (0..whole).step_by(ACCUMULATORS) {
        add(first, ACCUMULATORS);
    }
    add(whole, n - whole);
    let mut out = [W::of(0.0); K];
    for k in 0..K {
        let a = &acc[k];
        out[k] = ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
    }
    out
}

/// M rows from N rows, coordinate by coordinate, rounded once.
#[inline(always)]
fn row_map<const N: usize, const M: usize, T: Real, W: Wide>(
    mut rows: [&[T]; N],
    mut out: [&mut [T]; M],
    f: impl Fn([W; N]) -> [W; M],
) {
    let n = if M > 0 { out[0].len() } else { 0 };
    if n == 0 {
        return;
    }
    for row in &mut rows {
        *row = &row[..n];
    }
    for row in &mut out {
        *row = &mut std::mem::take(row)[..n];
    }
    for i in 0..n {
        let mut v = [W::of(0.0); N];
        for a in 0..N {
            v[a] = W::of(rows[a][i].to_f64());
        }
        let v = f(v);
        for k in 0..M {
            out[k][i] = T::from_f64(v[k].value());
        }
    }
}
