//! What a step does on one factor of a manifold, for blocks of rows.

use super::rows::{Rows, row_width};
use crate::geometry::{Call, Coord, Curv, Kind, Model, Step};
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

    fn width(&self) -> usize {
        self.factor.columns.len()
    }

    fn forward<T: Coord>(&self, kind: Kind, args: &[&[T]], out: &mut [T]) {
        let Factor { model, curv, max_radius: number, .. } = self.factor;
        let dim = model.dim(self.width());
        Call { model, kind, curv, number, dim }.forward(args, out);
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

/// Memory for blocks of rows of one factor, packed.
pub struct Scratch<T> {
    rows: [Vec<T>; 5],
    squares: [T; BLOCK],
    scale: [T; BLOCK],
}

/// A block of rows of one factor.
pub struct Block<'a, T> {
    part: &'a Part,
    /// Points.
    pub x: &'a mut [T],
    /// Momentum.
    pub m: &'a mut [T],
    /// Coordinate gradients, until the first move.
    pub g: &'a mut [T],
    /// Riemannian gradients, once [`Block::gradient`] has been called.
    pub r: &'a mut [T],
    /// Room.
    pub spare: &'a mut [T],
    /// One number a row: ⟨r, r⟩.
    pub squares: &'a mut [T],
    /// One number a row: how far to go.
    pub scale: &'a mut [T],
}

impl<T: Coord> Scratch<T> {
    /// For factors of at most this width.
    pub fn new(width: usize) -> Scratch<T> {
        let rows = std::array::from_fn(|_| vec![T::zero(); BLOCK * width]);
        Scratch { rows, squares: [T::zero(); BLOCK], scale: [T::zero(); BLOCK] }
    }

    /// At most [`BLOCK`] rows, with gradients `clip` times as long.
    pub fn gather<'a>(&'a mut self, part: &'a Part, rows: &[Rows<'_, T>], clip: f64) -> Block<'a, T> {
        let (n, w, clip) = (rows.len(), part.width(), T::from_f64(clip));
        let [x, m, g, r, spare] = self.rows.each_mut().map(|v| &mut v[..n * w]);
        for (i, row) in rows.iter().enumerate() {
            let here = i * w..(i + 1) * w;
            x[here.clone()].copy_from_slice(&row.x[part.columns()]);
            if let Some(momentum) = row.kept[0].get(part.columns()) {
                m[here.clone()].copy_from_slice(momentum);
            }
            for (g, &from) in g[here].iter_mut().zip(&row.grad[part.columns()]) {
                *g = clip * from;
            }
        }
        Block { part, x, m, g, r, spare, squares: &mut self.squares[..n], scale: &mut self.scale[..n] }
    }
}

impl<T: Coord> Block<'_, T> {
    /// Puts points and momentum back.
    pub fn scatter(&self, rows: &mut [Rows<'_, T>]) {
        let (columns, w) = (self.part.columns(), self.part.width());
        for (row, (x, m)) in rows.iter_mut().zip(self.x.chunks(w).zip(self.m.chunks(w))) {
            row.x[columns.clone()].copy_from_slice(x);
            if let Some(momentum) = row.kept[0].get_mut(columns.clone()) {
                momentum.copy_from_slice(m);
            }
        }
    }

    /// r ← the Riemannian gradient of loss + decay |x|²/2.
    pub fn gradient(&mut self, decay: f64) {
        if decay == 0.0 {
            return self.part.forward(Kind::EgradToRgrad, &[self.x, self.g], self.r);
        }
        let decay = T::from_f64(decay);
        for ((e, &x), &g) in self.spare.iter_mut().zip(&*self.x).zip(&*self.g) {
            *e = g + decay * x;
        }
        self.part.forward(Kind::EgradToRgrad, &[self.x, self.spare], self.r);
    }

    /// squares ← ⟨r, r⟩.
    pub fn square(&mut self) {
        self.part.forward(Kind::Inner, &[self.x, self.r, self.r], self.squares);
    }

    /// x ← exp_x(s r), within the largest radius.
    pub fn advance(&mut self, s: f64) {
        let s = T::from_f64(s);
        self.r.iter_mut().for_each(|r| *r *= s);
        self.part.forward(Kind::Exp, &[self.x, self.r], self.spare);
        self.part.forward(Kind::Project, &[self.spare], self.x);
    }

    /// x ← exp_x(scale · u), within the largest radius, and m transported along. u is r, or m itself.
    pub fn retract(&mut self, along_r: bool) {
        let Factor { model, curv, .. } = self.part.factor;
        let u: &[T] = if along_r { self.r } else { self.m };
        let (from, to) = ([&*self.x, u, &*self.m], [&mut *self.spare, &mut *self.g]);
        Step { model, curv, width: self.part.width(), from, scale: self.scale, to }.run();
        std::mem::swap(&mut self.m, &mut self.g);
        self.part.forward(Kind::Project, &[self.spare], self.x);
    }

    /// Moves x along its geodesic to the origin, to s times its distance, and m along with it.
    pub fn shrink(&mut self, s: f64) {
        let s = T::from_f64(s);
        self.part.forward(Kind::Log0, &[self.x], self.spare);
        self.spare.iter_mut().for_each(|u| *u *= s);
        self.part.forward(Kind::Exp0, &[self.spare], self.g);
        self.part.forward(Kind::Transport, &[self.x, self.g, self.m], self.spare);
        std::mem::swap(&mut self.x, &mut self.g);
        std::mem::swap(&mut self.m, &mut self.spare);
    }
}
