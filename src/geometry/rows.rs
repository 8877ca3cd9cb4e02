//! Functions of rows in three steps: sums over the coordinates, numbers made of the sums, coordinates of the result.
//!
//! That split is what makes them fast. Sums and coordinates are loops along a row; the numbers (roots, logarithms) of
//! the rows of a block are computed side by side in vector registers. An [`Evaluation`] says in which arithmetic:
//! [`Lanes`] for f32 rows ([`Singly`] where numbers must be [`Wide::SIGNED`]), [`Careful`] for f64 rows and for the few
//! f32 rows whose [`Numbers::loss`] is too large.

use super::dd::Dd;
use super::wide::Wide;
use crate::backend::cpu::simd::{F64x4, F64x8, Fused, Kernel};
use crate::dtype::{Element, Real};
use std::slice::{from_mut, from_ref};

/// Rows of a block.
pub const BLOCK: usize = 8;

/// How a block of rows is evaluated.
pub trait Evaluation: Copy {
    /// What coordinates are stored in.
    type Storage: Real;
    /// What is computed with: a number of each row of the block.
    type Number: Wide;
    /// What is computed with along a row: neighbouring coordinates.
    type Coordinates: Wide;
    /// These as they are stored, an array.
    type Columns: Copy;
    /// Rows of a block.
    const WIDTH: usize;
    /// Whether it evaluates models of negative or no curvature; those of any curvature it does if numbers are
    /// [`Wide::SIGNED`]. No code is made for the others.
    const HYPERBOLIC: bool;

    /// A row cut into columns, and what is left at its end.
    fn columns(row: &[Self::Storage]) -> (&[Self::Columns], &[Self::Storage]);
    /// [`Evaluation::columns`] to be written.
    fn columns_mut(row: &mut [Self::Storage]) -> (&mut [Self::Columns], &mut [Self::Storage]);
    /// The end of a row as columns, with zeros beyond.
    fn padded(end: &[Self::Storage]) -> Self::Columns;
    /// Columns as numbers.
    fn load(x: &Self::Columns) -> Self::Coordinates;
    /// The way back, rounded once.
    fn store(x: Self::Coordinates, to: &mut Self::Columns);
    /// What of some columns belongs to the end of a row.
    fn store_end(x: &Self::Columns, to: &mut [Self::Storage]);
    /// The sums of what was accumulated for each row of the block.
    fn totals(rows: &[Self::Coordinates; BLOCK]) -> Self::Number;
    /// A number of each row of the block.
    fn collect(f: impl Fn(usize) -> f64) -> Self::Number;
    /// The numbers of the rows of the block, as f64.
    fn values(x: Self::Number) -> [f64; BLOCK];
    /// The number of row `r`, for all its coordinates.
    fn spread(x: &Self::Number, r: usize) -> Self::Coordinates;
    /// Runs what evaluates a block, in a function of its own.
    fn call<K: Kernel>(self, block: K) -> K::Output;

    /// One more sum over coordinates, of terms that depend on a number of the row, where rows are evaluated one by one.
    #[inline(always)]
    fn again<const N: usize>(
        rows: [Rows<'_, Self>; N],
        number: Self::Number,
        term: impl Fn([Self::Coordinates; N], Self::Coordinates) -> Self::Coordinates,
    ) -> Option<Self::Number> {
        if Self::WIDTH > 1 {
            return None;
        }
        let (row, number, mut sum) = (Cut::new(&rows, 0), Self::spread(&number, 0), Self::Coordinates::of(0.0));
        for i in 0..row.whole[0].len() {
            sum = sum.accumulate(term(load::<Self, N>(&row.whole, i), number));
        }
        Some(Self::totals(&[sum; BLOCK]))
    }
}

/// How an evaluation reads and writes rows of `$storage`, `$width` coordinates at once.
macro_rules! in_columns {
    ($storage:ty, $width:expr) => {
        type Storage = $storage;
        type Columns = [$storage; $width];
        #[inline(always)]
        fn columns(row: &[$storage]) -> (&[Self::Columns], &[$storage]) {
            row.as_chunks()
        }
        #[inline(always)]
        fn columns_mut(row: &mut [$storage]) -> (&mut [Self::Columns], &mut [$storage]) {
            row.as_chunks_mut()
        }
        #[inline(always)]
        fn padded(end: &[$storage]) -> Self::Columns {
            let mut columns = [0.0; $width];
            columns.iter_mut().zip(end).for_each(|(to, &x)| *to = x);
            columns
        }
        #[inline(always)]
        fn store_end(x: &Self::Columns, to: &mut [$storage]) {
            to.iter_mut().zip(x).for_each(|(to, &x)| *to = x);
        }
    };
}
#[cfg(test)]
pub(super) use in_columns;

/// f32 rows in f64, [`BLOCK`] rows side by side, on machines with fused multiply-add.
#[derive(Clone, Copy)]
pub struct Lanes(pub Fused);

impl Evaluation for Lanes {
    type Number = F64x8;
    type Coordinates = F64x4;
    const WIDTH: usize = BLOCK;
    const HYPERBOLIC: bool = true;
    in_columns!(f32, 4);
    #[inline(always)]
    fn load(x: &[f32; 4]) -> F64x4 {
        F64x4::widen(x)
    }
    #[inline(always)]
    fn store(x: F64x4, to: &mut [f32; 4]) {
        x.narrow(to);
    }
    #[inline(always)]
    fn totals(rows: &[F64x4; BLOCK]) -> F64x8 {
        F64x8::sums(rows)
    }
    #[inline(always)]
    fn collect(f: impl Fn(usize) -> f64) -> F64x8 {
        F64x8::from_array([f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)])
    }
    #[inline(always)]
    fn values(x: F64x8) -> [f64; BLOCK] {
        x.to_array()
    }
    #[inline(always)]
    fn spread(x: &F64x8, r: usize) -> F64x4 {
        F64x4::splat(x.to_array()[r])
    }
    #[inline(always)]
    fn call<K: Kernel>(self, block: K) -> K::Output {
        self.0.run(block)
    }
}

/// f32 rows one by one in f64, for models of any curvature: their functions choose between forms, which lanes do badly.
#[derive(Clone, Copy)]
pub struct Singly;
impl Evaluation for Singly {
    type Number = f64;
    type Coordinates = f64;
    const WIDTH: usize = 1;
    const HYPERBOLIC: bool = false;
    in_columns!(f32, 1);
    #[inline(always)]
    fn load(&[x]: &[f32; 1]) -> f64 {
        f64::from(x)
    }
    #[inline(always)]
    fn store(x: f64, to: &mut [f32; 1]) {
        *to = [x as f32];
    }
    #[inline(always)]
    fn totals(rows: &[f64; BLOCK]) -> f64 {
        rows[0]
    }
    #[inline(always)]
    fn collect(f: impl Fn(usize) -> f64) -> f64 {
        f(0)
    }
    #[inline(always)]
    fn values(x: f64) -> [f64; BLOCK] {
        [x; BLOCK]
    }
    #[inline(always)]
    fn spread(x: &f64, _: usize) -> f64 {
        *x
    }
    #[inline(never)]
    fn call<K: Kernel>(self, block: K) -> K::Output {
        block.run::<false>()
    }
}

/// f64 rows one by one in double-double.
#[derive(Clone, Copy)]
pub struct Careful;

impl Evaluation for Careful {
    type Number = Dd;
    type Coordinates = Dd;
    const WIDTH: usize = 1;
    const HYPERBOLIC: bool = true;
    in_columns!(f64, 1);
    #[inline(always)]
    fn load(&[x]: &[f64; 1]) -> Dd {
        Dd::of(x)
    }
    #[inline(always)]
    fn store(x: Dd, to: &mut [f64; 1]) {
        *to = [x.hi];
    }
    #[inline(always)]
    fn totals(rows: &[Dd; BLOCK]) -> Dd {
        rows[0] + 0.0
    }
    #[inline(always)]
    fn collect(f: impl Fn(usize) -> f64) -> Dd {
        Dd::of(f(0))
    }
    #[inline(always)]
    fn values(x: Dd) -> [f64; BLOCK] {
        [x.hi; BLOCK]
    }
    #[inline(always)]
    fn spread(x: &Dd, _: usize) -> Dd {
        *x
    }
    #[inline(never)]
    fn call<K: Kernel>(self, block: K) -> K::Output {
        block.run::<false>()
    }
}

/// The rows of one argument in a block.
pub struct Rows<'a, E: Evaluation> {
    numbers: &'a [E::Storage],
    width: usize,
    /// Where the last row starts.
    last: usize,
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
        let end = numbers.len().min((first + E::WIDTH) * width);
        let numbers = &numbers[first * width..end];
        Rows { numbers, width, last: numbers.len().saturating_sub(width), skip: 0 }
    }

    /// One row that stands for every row of any block.
    #[inline(always)]
    pub fn constant(numbers: &'a [E::Storage]) -> Self {
        Rows { numbers, width: numbers.len(), last: 0, skip: 0 }
    }

    /// Numbers in a row.
    #[inline(always)]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows without their first coordinate.
    #[inline(always)]
    pub fn tail(self) -> Self {
        Rows { skip: 1, ..self }
    }

    /// Row `r`; beyond a short block its last row stands in.
    #[inline(always)]
    pub(super) fn row(&self, r: usize) -> &'a [E::Storage] {
        let start = (r * self.width).min(self.last);
        &self.numbers[start + self.skip..start + self.width]
    }

    /// The first coordinates.
    #[inline(always)]
    fn heads(&self) -> E::Number {
        E::collect(|r| self.row(r)[0].to_f64())
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
        let end = numbers.len().min((first + E::WIDTH) * width);
        RowsMut { numbers: &mut numbers[first * width..end], width, head: 0, evaluation }
    }

    /// As many rows of other memory, which `numbers` is made to hold.
    #[inline(always)]
    pub fn beside<'b>(&self, numbers: &'b mut Vec<E::Storage>) -> RowsMut<'b, E> {
        numbers.resize(self.numbers.len(), E::Storage::from_f64(0.0));
        RowsMut { numbers, width: self.width, head: 0, evaluation: self.evaluation }
    }

    /// How many rows there are.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        // Most blocks are full, and a division takes as long as a row.
        if self.numbers.len() == E::WIDTH * self.width { E::WIDTH } else { self.numbers.len() / self.width }
    }

    /// Row `r`.
    pub(super) fn row(&mut self, r: usize) -> &mut [E::Storage] {
        &mut self.numbers[r * self.width..][..self.width]
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

/// A product of coordinates, a term of a sum: what is added together with its product costs one instruction.
pub type Product<W> = (W, W);

/// Evaluates a function of a block: `sums` of the coordinates of `rows`, `numbers` of the first coordinates of `read` and
/// the sums, `coordinates` of the rows and the numbers' coefficients, rounded once into `out`.
#[inline(always)]
pub fn block<E: Evaluation, const H: usize, const N: usize, const K: usize, const C: usize, const M: usize>(
    read: [Rows<'_, E>; H],
    rows: [Rows<'_, E>; N],
    sums: impl Fn([E::Coordinates; N]) -> [Product<E::Coordinates>; K],
    numbers: impl Fn([E::Number; H], [E::Number; K]) -> Numbers<E::Number, C, M>,
    out: [RowsMut<'_, E>; M],
    coordinates: impl Fn([E::Coordinates; N], [E::Coordinates; C]) -> [E::Coordinates; M],
) -> Tally {
    prepared(read, |_| [], rows, |[], v| sums(v), |heads, [], s| numbers(heads, s), out, coordinates)
}

/// [`block`] where the terms of the sums depend on the first coordinates too, by way of what `prepare` makes of them. The
/// terms must be zero where all coordinates are.
#[inline(always)]
pub fn prepared<
    E: Evaluation,
    const H: usize,
    const P: usize,
    const N: usize,
    const K: usize,
    const C: usize,
    const M: usize,
>(
    read: [Rows<'_, E>; H],
    prepare: impl Fn([E::Number; H]) -> [E::Number; P],
    rows: [Rows<'_, E>; N],
    sums: impl Fn([E::Coordinates; P], [E::Coordinates; N]) -> [Product<E::Coordinates>; K],
    numbers: impl Fn([E::Number; H], [E::Number; P], [E::Number; K]) -> Numbers<E::Number, C, M>,
    out: [RowsMut<'_, E>; M],
    coordinates: impl Fn([E::Coordinates; N], [E::Coordinates; C]) -> [E::Coordinates; M],
) -> Tally {
    match out.first() {
        Some(first) => first.evaluation.call(Block {
            read,
            prepare: (prepare, [(); P]),
            rows,
            sums: (sums, [(); K]),
            numbers: (numbers, [(); C]),
            out,
            coordinates,
        }),
        None => Tally::default(),
    }
}

/// What [`prepared`] does, as a kernel: closures would not be inlined into the copy for an instruction set.
struct Block<'a, E: Evaluation, A, S, F, G, const H: usize, const N: usize, const M: usize> {
    read: [Rows<'a, E>; H],
    prepare: A,
    rows: [Rows<'a, E>; N],
    sums: S,
    numbers: F,
    out: [RowsMut<'a, E>; M],
    coordinates: G,
}

impl<E, A, S, F, G, const H: usize, const P: usize, const N: usize, const K: usize, const C: usize, const M: usize>
    Kernel for Block<'_, E, (A, [(); P]), (S, [(); K]), (F, [(); C]), G, H, N, M>
where
    E: Evaluation,
    A: Fn([E::Number; H]) -> [E::Number; P],
    S: Fn([E::Coordinates; P], [E::Coordinates; N]) -> [Product<E::Coordinates>; K],
    F: Fn([E::Number; H], [E::Number; P], [E::Number; K]) -> Numbers<E::Number, C, M>,
    G: Fn([E::Coordinates; N], [E::Coordinates; C]) -> [E::Coordinates; M],
{
    type Output = Tally;
    // Indices run through several arrays at once.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn run<const FMA: bool>(self) -> Tally {
        let Block { read, prepare: (prepare, _), rows, sums: (sums, _), numbers: (numbers, _), mut out, coordinates } =
            self;
        let zero = E::Number::of(0.0);
        let mut heads = [zero; H];
        for h in 0..H {
            heads[h] = read[h].heads();
        }
        let ready = prepare(heads);
        let nothing = E::Coordinates::of(0.0);
        let mut partial = [[nothing; BLOCK]; K];
        if K > 0 {
            for r in 0..E::WIDTH {
                let (row, mut sum, mut p) = (Cut::new(&rows, r), [nothing; K], [nothing; P]);
                for i in 0..P {
                    p[i] = E::spread(&ready[i], r);
                }
                // Zeros beyond the end of a row add nothing: every term is a product of coordinates.
                for part in row.parts(row.whole[0].len()) {
                    for i in 0..part[0].len() {
                        let terms = sums(p, load::<E, N>(&part, i));
                        for k in 0..K {
                            sum[k] = sum[k].accumulate_product(terms[k].0, terms[k].1);
                        }
                    }
                }
                for k in 0..K {
                    partial[k][r] = sum[k];
                }
            }
        }
        let mut totals = [zero; K];
        for k in 0..K {
            totals[k] = E::totals(&partial[k]);
        }
        let n = numbers(heads, ready, totals);
        let mut first = [[0.0; BLOCK]; M];
        for m in 0..M {
            first[m] = E::values(n.heads[m]);
        }
        for r in 0..out[0].count() {
            let mut c = [nothing; C];
            for i in 0..C {
                c[i] = E::spread(&n.coefficients[i], r);
            }
            let mut whole: [&mut [E::Columns]; M] = std::array::from_fn(|_| Default::default());
            let mut end: [&mut [E::Storage]; M] = std::array::from_fn(|_| Default::default());
            for (m, o) in out.iter_mut().enumerate() {
                let (head, row) = o.numbers[r * o.width..(r + 1) * o.width].split_at_mut(o.head);
                if let [head] = head {
                    *head = E::Storage::from_f64(first[m][r]);
                }
                (whole[m], end[m]) = E::columns_mut(row);
            }
            let row = Cut::new(&rows, r);
            let mut padded = [E::padded(&[]); M];
            for (part, to) in row.parts(whole[0].len()).into_iter().zip([whole, padded.each_mut().map(from_mut)]) {
                let n = part[0].len();
                let mut result: [&mut [E::Columns]; M] = std::array::from_fn(|_| Default::default());
                for (to, from) in result.iter_mut().zip(to) {
                    *to = &mut from[..n];
                }
                for i in 0..n {
                    let numbers = coordinates(load::<E, N>(&part, i), c);
                    for m in 0..M {
                        E::store(numbers[m], &mut result[m][i]);
                    }
                }
            }
            for (end, padded) in end.into_iter().zip(&padded) {
                E::store_end(padded, end);
            }
        }
        Tally { loss: E::values(n.loss), c: E::values(n.c), t: E::values(n.t) }
    }
}

/// Columns of a row of each argument.
type Part<'a, E, const N: usize> = [&'a [<E as Evaluation>::Columns]; N];

/// A row of each argument cut into columns.
struct Cut<'a, E: Evaluation, const N: usize> {
    whole: [&'a [E::Columns]; N],
    /// What is left at the ends.
    end: [E::Columns; N],
    /// Whether anything is.
    rest: bool,
}

impl<'a, E: Evaluation, const N: usize> Cut<'a, E, N> {
    #[inline(always)]
    fn new(rows: &[Rows<'a, E>; N], r: usize) -> Self {
        let mut cut = Cut { whole: [&[]; N], end: [E::padded(&[]); N], rest: false };
        for (a, rows) in rows.iter().enumerate() {
            let (whole, end) = E::columns(rows.row(r));
            cut.whole[a] = whole;
            if !end.is_empty() {
                (cut.end[a], cut.rest) = (E::padded(end), true);
            }
        }
        cut
    }

    /// The first `n` columns, and the end: all slices of a part are of one length. One loop runs over both parts, or else
    /// there would be two copies of what it does.
    #[inline(always)]
    fn parts(&self, n: usize) -> [Part<'_, E, N>; 2] {
        let (mut whole, mut end): (Part<'_, E, N>, Part<'_, E, N>) = ([&[]; N], [&[]; N]);
        for a in 0..N {
            whole[a] = &self.whole[a][..n];
            if self.rest && E::WIDTH > 1 {
                end[a] = from_ref(&self.end[a]);
            }
        }
        [whole, end]
    }
}

// Plain loops over arrays rather than `array::map`: these functions are inlined hundreds of times, and what `map`
// expands to would be most of the library's compile time.

#[inline(always)]
fn load<E: Evaluation, const N: usize>(part: &[&[E::Columns]; N], i: usize) -> [E::Coordinates; N] {
    let mut v = [E::Coordinates::of(0.0); N];
    for a in 0..N {
        v[a] = E::load(&part[a][i]);
    }
    v
}
