//! A whole step of an optimizer in two passes over a row: from the coordinate gradient to the moved point and momentum.
//!
//! Gradient, momentum and direction are combinations of three rows, the point x, the coordinate gradient g and the
//! momentum m. So one pass gives the six products of these ([`Gram`]), from which all lengths follow, and the other writes
//! the new rows. Rows are changed in place.

use super::curv::Curv;
use super::model::Model;
use super::rows::{BLOCK, Evaluation, Numbers, Rows, RowsMut, Tally, block};
use super::scalar::amplified;
use super::task::{Coord, Task, narrowed, widened};
use super::wide::Wide;
use super::{lorentz, poincare};
use crate::backend::cpu::simd::Kernel;
use std::marker::PhantomData;

/// Numbers that a rule may keep a row.
pub const KEPT: usize = 3;

/// A rule: what numbers of a row decide about its step.
pub trait Pace: Copy {
    /// (a, b) of the new momentum a·m + b·r, where r is the Riemannian gradient and `square` the sum of the squares of m.
    fn blend<W: Wide>(&self, square: W) -> [W; 2];
    /// (a, b) of the direction a·(new momentum) + b·r.
    fn direction(&self) -> [f64; 2];
    /// How far to go along the direction, from ⟨r, r⟩ and what is kept; and what of that is new.
    fn scale<W: Wide>(&self, square: W, kept: [W; KEPT]) -> (W, [W; 2]);
}

/// What holds for all rows of a step.
#[derive(Clone, Copy)]
pub struct Order<P> {
    /// The rule.
    pub pace: P,
    /// Gradients are taken times this.
    pub clip: f64,
    /// Added to the gradient is x times this.
    pub decay: f64,
    /// The largest distance from the origin.
    pub max_radius: f64,
}

/// Whether there is a [`Descend`] for a model.
pub fn moves_in_place(model: Model) -> bool {
    matches!(model, Model::Lorentz | Model::Poincare | Model::Stereographic)
}

/// A step of some rows of one model: x ← exp_x(scale · direction) within `max_radius`, m ← the new momentum transported.
pub struct Descend<'a, T, P> {
    /// Which model.
    pub model: Model,
    /// Its curvature.
    pub curv: Curv,
    /// The step.
    pub order: Order<P>,
    /// Width of the rows.
    pub width: usize,
    /// Points.
    pub x: &'a mut [T],
    /// Coordinate gradients.
    pub g: &'a [T],
    /// Momenta, if the rule has any.
    pub m: &'a mut [T],
    /// One number a row each, or none at all: the first two are replaced.
    pub kept: [&'a mut [T]; KEPT],
}

impl<T: Coord, P: Pace> Descend<'_, T, P> {
    /// Makes the step.
    pub fn run(self) {
        T::run(&mut InPlace { step: self, stage: Default::default(), nothing: [T::zero()] }, &mut |_, _| ());
    }
}

/// A [`Descend`] with room for a block of results.
struct InPlace<'a, T, P> {
    step: Descend<'a, T, P>,
    stage: [Vec<T>; 2],
    nothing: [T; 1],
}

impl<T: Coord, P: Pace> Task<T> for InPlace<'_, T, P> {
    fn rows(&self) -> usize {
        self.step.x.len() / self.step.width
    }

    fn signed(&self) -> bool {
        self.step.model.signed()
    }

    fn block<E: Evaluation<Storage = T>>(&mut self, e: E, first: usize) -> Tally {
        let Descend { model, curv, order, width, x, g, m, kept } = &mut self.step;
        let w = *width;
        let here = first * w..x.len().min((first + E::WIDTH) * w);
        let [y, n] = self.stage.each_mut().map(|stage| {
            stage.resize(BLOCK * w, T::zero());
            &mut stage[..here.len()]
        });
        let numbers = kept.each_ref().map(|kept| match kept.is_empty() {
            true => Rows::constant(&self.nothing),
            false => Rows::at(e, kept, 1, first),
        });
        let rows = [Rows::at(e, x, w, first), Rows::at(e, g, w, first)];
        let to = RowsMut::at(e, y, w, 0);
        let tally = if m.is_empty() {
            match model {
                Model::Lorentz if E::HYPERBOLIC => {
                    without_momentum::<lorentz::Steps, E, P>(e, *curv, order, numbers, rows, to)
                }
                _ => without_momentum::<poincare::Steps, E, P>(e, *curv, order, numbers, rows, to),
            }
        } else {
            let (m, to) = (Rows::at(e, m, w, first), [to, RowsMut::at(e, n, w, 0)]);
            match model {
                Model::Lorentz if E::HYPERBOLIC => {
                    with_momentum::<lorentz::Steps, E, P>(e, *curv, order, numbers, rows, m, to)
                }
                _ => with_momentum::<poincare::Steps, E, P>(e, *curv, order, numbers, rows, m, to),
            }
        };
        // A row that is going to be redone stays as it is.
        let count = here.len() / w;
        let again = |r: usize| tally.loss[r] > <E::Number as Wide>::CARE;
        if !(0..count).any(again) {
            x[here.clone()].copy_from_slice(y);
            if !m.is_empty() {
                m[here].copy_from_slice(n);
            }
        } else {
            for r in (0..count).filter(|&r| !again(r)) {
                let (from, to) = (r * w..(r + 1) * w, (first + r) * w..(first + r + 1) * w);
                x[to.clone()].copy_from_slice(&y[from.clone()]);
                if !m.is_empty() {
                    m[to].copy_from_slice(&n[from]);
                }
            }
        }
        for (kept, new) in kept.iter_mut().zip([tally.c, tally.t]).filter(|(kept, _)| !kept.is_empty()) {
            for r in (0..count).filter(|&r| !again(r)) {
                kept[first + r] = T::from_f64(new[r]);
            }
        }
        tally
    }

    fn alone(&mut self, row: usize) -> Tally {
        let Descend { model, curv, order, width, x, g, m, kept } = &mut self.step;
        let wide = |rows: &[T], width| if rows.is_empty() { vec![] } else { widened(rows, width, row) };
        let (mut one, along, mut momentum) = (wide(x, *width), wide(g, *width), wide(m, *width));
        let mut numbers = kept.each_ref().map(|kept| wide(kept, 1));
        let (model, curv, order, width) = (*model, *curv, *order, *width);
        let [a, b, c] = &mut numbers;
        Descend { model, curv, order, width, x: &mut one, g: &along, m: &mut momentum, kept: [a, b, c] }.run();
        narrowed(&one, x, row);
        narrowed(&momentum, m, row);
        kept.iter_mut().zip(&numbers).for_each(|(kept, numbers)| narrowed(numbers, kept, row));
        Tally::default()
    }
}

/// What a model has to say about steps.
pub(super) trait Steps {
    /// Whether rows have a time apart.
    const TIME: bool;

    /// The Riemannian gradient of clip·g + decay·x, whose time is `g0`.
    fn gradient<W: Wide>(k: Curv, shares: [f64; 2], g0: W, gram: &Gram<W>) -> Gradient<W>;

    /// |x| of the farthest points.
    fn limit(k: Curv, max_radius: f64) -> f64;

    /// The step s·u from x, with v along: takes |x|², |u|², ⟨x,u⟩, ⟨x,v⟩, ⟨u,v⟩ of coordinates. `apart(q)` is |x − q u|²
    /// of single rows.
    fn advance<W: Wide>(k: Curv, limit: f64, s: W, sums: [W; 5], apart: impl Fn(W) -> Option<W>) -> Advance<W>;
}

/// A Riemannian gradient r.
pub(super) struct Gradient<W> {
    /// r as a combination of x and g.
    pub of: [W; 2],
    /// ⟨r, r⟩.
    pub square: W,
    /// By how much roundings are amplified in that.
    pub loss: W,
}

/// The end of a step.
pub(super) struct Advance<W> {
    /// The new point as a combination of x and u.
    pub y: [W; 2],
    /// Its time.
    pub y0: W,
    /// The transported v as a combination of v, x and u.
    pub v: [W; 3],
    /// Its time.
    pub v0: W,
    /// By how much roundings are amplified.
    pub loss: W,
}

/// Products of x, g and m.
#[derive(Clone, Copy)]
pub(super) struct Gram<W> {
    pub xx: W,
    pub gg: W,
    pub mm: W,
    pub xg: W,
    pub xm: W,
    pub gm: W,
}

impl<W: Wide> Gram<W> {
    /// ⟨a, b⟩ of two combinations.
    #[inline(always)]
    fn product(&self, a: [W; 3], b: [W; 3]) -> W {
        let squares = a[0] * b[0] * self.xx + a[1] * b[1] * self.gg + a[2] * b[2] * self.mm;
        squares
            + (a[0] * b[1] + a[1] * b[0]) * self.xg
            + (a[0] * b[2] + a[2] * b[0]) * self.xm
            + (a[1] * b[2] + a[2] * b[1]) * self.gm
    }

    /// ⟨x, a⟩.
    #[inline(always)]
    fn with_x(&self, a: [W; 3]) -> W {
        a[0] * self.xx + a[1] * self.xg + a[2] * self.xm
    }

    /// |a|², and by how much roundings are amplified in it.
    #[inline(always)]
    fn square(&self, a: [W; 3]) -> (W, W) {
        let size = a[0] * a[0] * self.xx + a[1] * a[1] * self.gg + a[2] * a[2] * self.mm;
        let square = self.product(a, a).at_least_zero();
        (square, amplified(size, square))
    }
}

/// The new rows as combinations of x, g and m.
struct Outcome<W> {
    y: [W; 3],
    m: [W; 3],
    /// Their times.
    times: [W; 2],
    kept: [W; 2],
    loss: W,
}

/// What makes an [`Outcome`] of the sums. A kernel: it is too long to be inlined where it is used.
struct Decide<'a, S, W, P, A> {
    model: PhantomData<S>,
    curv: Curv,
    limit: f64,
    order: &'a Order<P>,
    /// Times of g.
    g0: W,
    kept: [W; KEPT],
    gram: Gram<W>,
    /// |a|² of a combination of x, g and m, of single rows.
    apart: A,
}

impl<S: Steps, W: Wide, P: Pace, A: Fn([W; 3]) -> Option<W>> Kernel for Decide<'_, S, W, P, A> {
    type Output = Outcome<W>;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> Outcome<W> {
        let Decide { curv, limit, order, g0, kept, gram, apart, .. } = self;
        let (pace, zero) = (&order.pace, W::of(0.0));
        let r = S::gradient(curv, [order.clip, order.decay], g0, &gram);
        let (s, new) = pace.scale(r.square, kept);
        let ([keep, add], [a, b]) = (pace.blend(gram.mm), pace.direction());
        let v = [add * r.of[0], add * r.of[1], keep];
        let u = [v[0] * a + r.of[0] * b, v[1] * a + r.of[1] * b, v[2] * a];
        let (square, loss) = gram.square(u);
        let sums = [gram.xx, square, gram.with_x(u), gram.with_x(v), gram.product(u, v)];
        let end = S::advance(curv, limit, s, sums, |q| apart([W::of(1.0) - q * u[0], -(q * u[1]), -(q * u[2])]));
        let (mut y, mut m) = ([zero; 3], [zero; 3]);
        for i in 0..3 {
            y[i] = end.y[1] * u[i];
            m[i] = end.v[0] * v[i] + end.v[2] * u[i];
        }
        (y[0], m[0]) = (y[0] + end.y[0], m[0] + end.v[1]);
        let loss = (end.loss * loss.larger(W::of(1.0))).larger(r.loss);
        Outcome { y, m, times: [end.y0, end.v0], kept: new, loss }
    }
}

/// |a|² of a combination of the rows of a block that is one row.
#[inline(always)]
fn square_of<E: Evaluation, const N: usize>(rows: [Rows<'_, E>; N], a: [E::Number; N]) -> Option<E::Number> {
    let zero = E::Coordinates::of(0.0);
    (E::WIDTH == 1).then(|| {
        let a = a.each_ref().map(|a| E::spread(a, 0));
        let columns = rows.each_ref().map(|row| E::columns(row.row(0)).0);
        let sum = (0..columns[0].len()).fold(zero, |sum, i| {
            let p = (0..N).fold(zero, |p, n| p + a[n] * E::load(&columns[n][i]));
            sum.accumulate_product(p, p)
        });
        E::totals(&[sum; BLOCK])
    })
}

/// A step without momentum.
#[inline(always)]
fn without_momentum<S: Steps, E: Evaluation, P: Pace>(
    e: E,
    curv: Curv,
    order: &Order<P>,
    [a, b, c]: [Rows<'_, E>; KEPT],
    [x, g]: [Rows<'_, E>; 2],
    y: RowsMut<'_, E>,
) -> Tally {
    let (limit, time, zero) = (S::limit(curv, order.max_radius), g, E::Number::of(0.0));
    let ([x, g], y) = if S::TIME { ([x.tail(), g.tail()], y.headed()) } else { ([x, g], y) };
    block(
        [a, b, c, time],
        [x, g],
        |[x, g]| [(x, x), (g, g), (x, g)],
        |[a, b, c, g0], [xx, gg, xg]| {
            let gram = Gram { xx, gg, mm: zero, xg, xm: zero, gm: zero };
            let (model, apart) = (PhantomData::<S>, |[a, b, _]: [E::Number; 3]| square_of([x, g], [a, b]));
            let o = e.call(Decide { model, curv, limit, order, g0, kept: [a, b, c], gram, apart });
            Numbers::new([o.y[0], o.y[1]]).heads([o.times[0]]).curvature((o.kept[0], o.kept[1])).loss(o.loss)
        },
        [y],
        |[x, g], [a, b]| [a * x + b * g],
    )
}

/// A step with momentum.
#[inline(always)]
fn with_momentum<S: Steps, E: Evaluation, P: Pace>(
    e: E,
    curv: Curv,
    order: &Order<P>,
    [a, b, c]: [Rows<'_, E>; KEPT],
    [x, g]: [Rows<'_, E>; 2],
    m: Rows<'_, E>,
    [y, n]: [RowsMut<'_, E>; 2],
) -> Tally {
    let (limit, time) = (S::limit(curv, order.max_radius), g);
    let (rows, to) = match S::TIME {
        true => ([x.tail(), g.tail(), m.tail()], [y.headed(), n.headed()]),
        false => ([x, g, m], [y, n]),
    };
    block(
        [a, b, c, time],
        rows,
        |[x, g, m]| [(x, x), (g, g), (m, m), (x, g), (x, m), (g, m)],
        |[a, b, c, g0], [xx, gg, mm, xg, xm, gm]| {
            let gram = Gram { xx, gg, mm, xg, xm, gm };
            let (model, apart) = (PhantomData::<S>, |a: [E::Number; 3]| square_of(rows, a));
            let o = e.call(Decide { model, curv, limit, order, g0, kept: [a, b, c], gram, apart });
            let [y, m] = [o.y, o.m];
            Numbers::new([y[0], y[1], y[2], m[0], m[1], m[2]])
                .heads(o.times)
                .curvature((o.kept[0], o.kept[1]))
                .loss(o.loss)
        },
        to,
        |[x, g, m], [ax, ag, am, bx, bg, bm]| [ax * x + ag * g + am * m, bx * x + bg * g + bm * m],
    )
}
