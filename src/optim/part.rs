//! What a step does on one factor of a manifold, for blocks of rows.

use super::rows::{KEPT, Portion, Rows, row_width};
use crate::dtype::Element;
use crate::geometry::{Call, Coord, Curv, Descend, Kind, Model, Order, Pace, Step, moves_in_place};
use crate::manifold::Factor;
use crate::{Error, Param, Result};
use std::ops::Range;

/// Rows that are worked on at once: enough for vector registers, few enough for the nearest cache.
pub const BLOCK: usize = 16;

/// A factor of a parameter's manifold; all of it, if the manifold is no product.
pub struct Part {
    factor: Factor,
    moments: Range<usize>,
}

impl Part {
    /// The factors of a parameter's manifold as it is now. Without a manifold, one flat factor.
    pub fn all(param: &Param) -> Result<Vec<Part>> {
        let width = row_width(&param.tensor());
        let curv = Curv { c: 0.0, t: 1.0 };
        let flat = Factor { model: Model::Euclidean, curv, columns: 0..width, max_radius: f64::INFINITY };
        let factors = param.manifold().map_or(Ok(vec![flat]), |m| m.factors(width))?;
        let mut next = 0;
        let parts = factors.into_iter().filter(|f| !f.columns.is_empty()).map(|factor| {
            if factor.columns.end > width {
                let what = format!("a factor of {} has columns {:?} of {width}", param.name(), factor.columns);
                return Err(Error::Argument { op: "Manifold::factors", what, remedy: "keep within the width".into() });
            }
            let first = next;
            next += if factor.model == Model::Euclidean { factor.columns.len() } else { 1 };
            Ok(Part { factor, moments: first..next })
        });
        parts.collect()
    }

    /// Whether coordinates are independent of each other, as in ordinary optimizers.
    pub fn is_flat(&self) -> bool {
        self.factor.model == Model::Euclidean
    }

    /// Its columns of the parameter's rows.
    pub fn columns(&self) -> Range<usize> {
        self.factor.columns.clone()
    }

    /// Its columns of the second moments: one for a curved factor, one a coordinate for a flat one.
    pub fn moments(&self) -> Range<usize> {
        self.moments.clone()
    }

    /// Width of its rows.
    pub fn width(&self) -> usize {
        self.factor.columns.len()
    }

    fn forward<T: Coord>(&self, kind: Kind, args: &[&[T]], out: &mut [T]) {
        self.call(kind).forward(args, out);
    }

    /// A row function of this factor, with its curvature and largest radius.
    pub fn call(&self, kind: Kind) -> Call {
        let Factor { model, curv, max_radius: number, .. } = self.factor;
        Call { model, kind, curv, number, dim: model.dim(self.width()) }
    }

    /// Moves one row back within the largest radius, if there is one.
    pub fn bound<T: Coord>(&self, x: &mut [T]) {
        if self.factor.max_radius.is_finite() {
            let free = x.to_vec();
            self.forward(Kind::Project, &[&free], x);
        }
    }

    /// The tangential parts of ambient rows z.
    pub fn project_tangent<T: Coord>(&self, x: &[T], z: &[T], out: &mut [T]) {
        self.forward(Kind::ProjectTangent, &[x, z], out);
    }
}

/// How the rows of a curved factor move in one step.
pub struct Course<P> {
    /// The rule.
    pub pace: P,
    /// Gradients are taken times this.
    pub clip: f64,
    /// Added to the gradient is x times this.
    pub decay: f64,
    /// Before the step x is moved to its distance from the origin times this.
    pub shrink: f64,
}

impl Part {
    /// What does a course in one pass over rows, if something does.
    fn order<P: Pace>(&self, course: &Course<P>) -> Option<Order<P>> {
        let Course { pace, clip, decay, shrink } = *course;
        let max_radius = self.factor.max_radius;
        (moves_in_place(self.factor.model) && shrink == 1.0).then_some(Order { pace, clip, decay, max_radius })
    }

    /// Moves rows of which this is the only factor, where they are; false if that cannot be done.
    pub fn in_place<P: Pace, T: Coord>(&self, course: &Course<P>, rows: &mut Rows<'_, T>) -> bool {
        let (Factor { model, curv, .. }, Some(order)) = (&self.factor, self.order(course)) else {
            return false;
        };
        let Rows { x, kept: [m, v, largest, steps], grad: g } = rows;
        let (model, curv, width, kept) = (*model, *curv, self.width(), [&mut **v, largest, steps]);
        let [a, b] = &mut [(); 2].map(|()| vec![T::zero(); BLOCK * width]);
        Descend { model, curv, order, width, x, g, m, kept, room: [a, b] }.run();
        true
    }
}

/// Memory for blocks of rows of one factor, packed.
pub struct Scratch<T> {
    rows: [Vec<T>; 5],
    numbers: [[T; BLOCK]; 5],
}

/// A block of rows of one factor.
pub struct Block<'a, T> {
    part: &'a Part,
    /// Points.
    pub x: &'a mut [T],
    /// Momentum, if the rule has any.
    pub m: &'a mut [T],
    /// Coordinate gradients, until the first move.
    pub g: &'a mut [T],
    /// Riemannian gradients once [`Block::gradient`] has been called, directions after [`Block::blend`].
    pub r: &'a mut [T],
    /// Room.
    pub spare: &'a mut [T],
    /// One number a row: ⟨r, r⟩.
    squares: &'a mut [T],
    /// One number a row: how far to go.
    scale: &'a mut [T],
    /// One number a row each, of what the rule keeps: second moment, its largest, steps.
    kept: [&'a mut [T]; KEPT - 1],
}

impl<T: Coord> Scratch<T> {
    /// For factors of at most this width.
    pub fn new(width: usize) -> Scratch<T> {
        let rows = std::array::from_fn(|_| vec![T::zero(); BLOCK * width]);
        Scratch { rows, numbers: [[T::zero(); BLOCK]; 5] }
    }

    /// The rows of a portion from the `first`, at most [`BLOCK`].
    pub fn gather<'a>(&'a mut self, part: &'a Part, portion: &mut Portion<'_, T>, first: usize) -> Block<'a, T> {
        let (n, w) = (BLOCK.min(portion.count() - first), part.width());
        let [x, m, g, r, spare] = self.rows.each_mut().map(|v| &mut v[..n * w]);
        let [squares, scale, kept @ ..] = self.numbers.each_mut().map(|v| &mut v[..n]);
        let mut block = Block { part, x, m, g, r, spare, squares, scale, kept };
        for i in 0..n {
            let (here, row) = (i * w..(i + 1) * w, portion.row(first + i));
            block.x[here.clone()].copy_from_slice(&row.x[part.columns()]);
            block.g[here.clone()].copy_from_slice(&row.grad[part.columns()]);
            match row.kept[0].get(part.columns()) {
                Some(momentum) => block.m[here].copy_from_slice(momentum),
                None => block.m = &mut [],
            }
            for (k, kept) in block.kept.iter_mut().enumerate() {
                match row.kept[k + 1].get(part.number(k)) {
                    Some(&number) => kept[i] = number,
                    None => *kept = &mut [],
                }
            }
        }
        block
    }
}

impl Part {
    /// Where among the numbers of a row its `k`-th is: steps are counted for all factors together.
    fn number(&self, k: usize) -> usize {
        if k < 2 { self.moments.start } else { 0 }
    }
}

impl<T: Coord> Block<'_, T> {
    /// Puts points, momentum and numbers back.
    pub fn scatter(&self, portion: &mut Portion<'_, T>, first: usize) {
        let (columns, w) = (self.part.columns(), self.part.width());
        for i in 0..self.scale.len() {
            let (here, row) = (i * w..(i + 1) * w, portion.row(first + i));
            row.x[columns.clone()].copy_from_slice(&self.x[here.clone()]);
            if let Some(momentum) = row.kept[0].get_mut(columns.clone()) {
                momentum.copy_from_slice(&self.m[here]);
            }
            for (k, kept) in self.kept.iter().enumerate() {
                if let Some(&number) = kept.get(i) {
                    row.kept[k + 1][self.part.number(k)] = number;
                }
            }
        }
    }

    /// Makes a step.
    pub fn follow<P: Pace>(&mut self, course: &Course<P>) {
        let Factor { model, curv, .. } = self.part.factor;
        if let Some(order) = self.part.order(course) {
            let [a, b, c] = &mut self.kept;
            let (width, kept) = (self.part.width(), [&mut **a, b, c]);
            let room = [&mut *self.r, &mut *self.spare];
            return Descend { model, curv, order, width, x: self.x, g: self.g, m: self.m, kept, room }.run();
        }
        self.gradient(course.clip, course.decay);
        self.blend(&course.pace);
        if course.shrink != 1.0 {
            self.shrink(course.shrink);
            self.r.copy_from_slice(self.m);
        }
        self.retract();
    }

    /// r ← the Riemannian gradient of clip · loss + decay |x|²/2, squares ← ⟨r, r⟩.
    pub fn gradient(&mut self, clip: f64, decay: f64) {
        let [clip, decay] = [clip, decay].map(T::from_f64);
        for ((e, &x), &g) in self.spare.iter_mut().zip(&*self.x).zip(&*self.g) {
            *e = clip * g + decay * x;
        }
        self.part.forward(Kind::EgradToRgrad, &[self.x, self.spare], self.r);
        self.part.forward(Kind::Inner, &[self.x, self.r, self.r], self.squares);
    }

    /// m ← the new momentum, r ← the direction, with its scale.
    pub fn blend<P: Pace>(&mut self, pace: &P) {
        let (w, [a, b]) = (self.part.width(), pace.direction());
        for i in 0..self.scale.len() {
            if let Some(m) = self.m.get_mut(i * w..(i + 1) * w) {
                let square: f64 = m.iter().map(|&m| Element::to_f64(m).powi(2)).sum();
                let [keep, add] = pace.blend(square);
                for (m, r) in m.iter_mut().zip(&mut self.r[i * w..]) {
                    let gradient = Element::to_f64(*r);
                    let new = keep * Element::to_f64(*m) + add * gradient;
                    (*m, *r) = (T::from_f64(new), T::from_f64(a * new + b * gradient));
                }
            }
            let kept = self.kept.each_ref().map(|kept| kept.get(i).map_or(0.0, |&number| Element::to_f64(number)));
            let (scale, new) = pace.scale(Element::to_f64(self.squares[i]), kept);
            self.scale[i] = T::from_f64(scale);
            for (kept, new) in self.kept.iter_mut().zip(new) {
                kept.get_mut(i).into_iter().for_each(|kept| *kept = T::from_f64(new));
            }
        }
    }

    /// x ← exp_x(scale · r), within the largest radius, and m transported along.
    pub fn retract(&mut self) {
        let Factor { model, curv, max_radius, .. } = self.part.factor;
        let carried = if self.m.is_empty() { &*self.r } else { &*self.m };
        let (from, to) = ([&*self.x, &*self.r, carried], [&mut *self.spare, &mut *self.g]);
        Step { model, curv, max_radius, width: self.part.width(), from, scale: self.scale, to }.run();
        std::mem::swap(&mut self.x, &mut self.spare);
        if !self.m.is_empty() {
            std::mem::swap(&mut self.m, &mut self.g);
        }
    }

    /// Moves x along its geodesic to the origin, to s times its distance, and m along with it.
    fn shrink(&mut self, s: f64) {
        let s = T::from_f64(s);
        self.part.forward(Kind::Log0, &[self.x], self.spare);
        self.spare.iter_mut().for_each(|u| *u *= s);
        self.part.forward(Kind::Exp0, &[self.spare], self.g);
        self.part.forward(Kind::Transport, &[self.x, self.g, self.m], self.spare);
        std::mem::swap(&mut self.x, &mut self.g);
        std::mem::swap(&mut self.m, &mut self.spare);
    }
}
