//! What a step does on one factor of a manifold, for blocks of rows.

use super::rows::{Rows, row_width};
use crate::backend::cpu::simd::Kernel;
use crate::geometry::{Coord, Curv, Kind, Model, launch};
use crate::{Param, Result};
use std::ops::Range;

/// Rows that are worked on at once: their numbers stay in the nearest cache.
pub const BLOCK: usize = 16;

/// A factor of a parameter's manifold; all of it, if the manifold is no product.
pub struct Part {
    model: Model,
    curv: Curv,
    radius: f64,
    /// Its columns of the parameter's rows.
    pub columns: Range<usize>,
    /// Its columns of the second moments: one for a curved factor, one a coordinate for a flat one.
    pub moments: Range<usize>,
}

impl Part {
    /// The factors of a parameter's manifold as it is now. Without a manifold, one flat factor.
    pub fn all(param: &Param) -> Result<Vec<Part>> {
        let width = row_width(&param.tensor());
        let flat = |columns| Part {
            model: Model::Euclidean,
            curv: Curv { c: 0.0, t: 1.0 },
            radius: f64::INFINITY,
            columns,
            moments: 0..width,
        };
        let Some(manifold) = param.manifold() else { return Ok(vec![flat(0..width)]) };
        let mut next = 0;
        let parts = manifold.factors(width)?.into_iter().map(|f| {
            let moments = if f.model == Model::Euclidean { f.columns.len() } else { 1 };
            next += moments;
            Part {
                model: f.model,
                curv: f.curv,
                radius: f.max_radius,
                columns: f.columns,
                moments: next - moments..next,
            }
        });
        Ok(parts.collect())
    }

    /// Whether coordinates are independent of each other, as in ordinary optimizers.
    pub fn is_flat(&self) -> bool {
        self.model == Model::Euclidean
    }

    fn width(&self) -> usize {
        self.columns.len()
    }

    /// The Riemannian gradients r of the coordinate gradients e at x, and ⟨r, r⟩_x if wanted.
    pub fn gradient<T: Coord>(&self, x: &[T], e: &[T], r: &mut [T], squares: Option<&mut [T]>) {
        launch::<T, _>(Gradient { part: self, x, e, r, squares });
    }

    /// x ← exp_x(s r), within the largest radius. Uses up `r`, and `spare`.
    pub fn advance<T: Coord>(&self, x: &mut [T], r: &mut [T], s: f64, spare: &mut [T]) {
        launch::<T, _>(Advance { part: self, x, r, s, spare });
    }

    /// x ← exp_x(s u), within the largest radius, and m transported along; u is m itself if not given. One s a row.
    pub fn retract<T: Coord>(&self, x: &mut [T], u: Option<&[T]>, s: &[f64], m: &mut [T], spare: &mut [T]) {
        launch::<T, _>(Retract { part: self, x, u, s, m, spare });
    }

    /// Moves x along its geodesic to the origin, to s times its distance, and m along with it.
    pub fn shrink<T: Coord>(&self, s: f64, x: &mut [T], m: &mut [T], spare: [&mut [T]; 2]) {
        launch::<T, _>(Shrink { part: self, s, x, m, spare });
    }

    /// Moves one row back within the largest radius, if there is one.
    pub fn bound<T: Coord>(&self, x: &mut [T]) {
        if self.radius.is_finite() {
            self.model.project(self.curv, self.radius, &x.to_vec(), x);
        }
    }

    /// The tangential parts of ambient rows z.
    pub fn project_tangent<T: Coord>(&self, x: &[T], z: &[T], out: &mut [T]) {
        let w = self.width();
        for ((x, z), out) in x.chunks_exact(w).zip(z.chunks_exact(w)).zip(out.chunks_exact_mut(w)) {
            self.model.forward(Kind::ProjectTangent, self.curv, &[x, z], out);
        }
    }
}

struct Gradient<'a, T> {
    part: &'a Part,
    x: &'a [T],
    e: &'a [T],
    r: &'a mut [T],
    squares: Option<&'a mut [T]>,
}

impl<T: Coord> Kernel for Gradient<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (Part { model, curv, .. }, w) = (self.part, self.part.width());
        for (x, (e, r)) in self.x.chunks_exact(w).zip(self.e.chunks_exact(w).zip(self.r.chunks_exact_mut(w))) {
            model.forward(Kind::EgradToRgrad, *curv, &[x, e], r);
        }
        let Some(squares) = self.squares else { return };
        for ((x, r), square) in self.x.chunks_exact(w).zip(self.r.chunks_exact(w)).zip(squares.chunks_exact_mut(1)) {
            model.forward(Kind::Inner, *curv, &[x, r, r], square);
        }
    }
}

struct Advance<'a, T> {
    part: &'a Part,
    x: &'a mut [T],
    r: &'a mut [T],
    s: f64,
    spare: &'a mut [T],
}

impl<T: Coord> Kernel for Advance<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (Part { model, curv, radius, .. }, w) = (self.part, self.part.width());
        let s = T::from_f64(self.s);
        self.r.iter_mut().for_each(|r| *r *= s);
        let moved = &mut self.spare[..w];
        for (x, r) in self.x.chunks_exact_mut(w).zip(self.r.chunks_exact(w)) {
            model.forward(Kind::Exp, *curv, &[x, r], moved);
            model.project(*curv, *radius, moved, x);
        }
    }
}

struct Retract<'a, T> {
    part: &'a Part,
    x: &'a mut [T],
    u: Option<&'a [T]>,
    s: &'a [f64],
    m: &'a mut [T],
    spare: &'a mut [T],
}

impl<T: Coord> Kernel for Retract<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (Part { model, curv, radius, .. }, w) = (self.part, self.part.width());
        let moved = &mut self.spare[..w];
        let rows = self.x.chunks_exact_mut(w).zip(self.m.chunks_exact_mut(w)).zip(self.s);
        for (i, ((x, m), &s)) in rows.enumerate() {
            model.retract_transport(*curv, x, self.u.map(|u| &u[i * w..][..w]), s, m);
            moved.copy_from_slice(x);
            model.project(*curv, *radius, moved, x);
        }
    }
}

struct Shrink<'a, T> {
    part: &'a Part,
    s: f64,
    x: &'a mut [T],
    m: &'a mut [T],
    spare: [&'a mut [T]; 2],
}

impl<T: Coord> Kernel for Shrink<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (Part { model, curv, .. }, w) = (self.part, self.part.width());
        let s = T::from_f64(self.s);
        let [a, y] = self.spare.map(|spare| &mut spare[..w]);
        for (x, m) in self.x.chunks_exact_mut(w).zip(self.m.chunks_exact_mut(w)) {
            model.forward(Kind::Log0, *curv, &[x], a);
            a.iter_mut().for_each(|a| *a *= s);
            model.forward(Kind::Exp0, *curv, &[a], y);
            model.forward(Kind::Transport, *curv, &[x, y, m], a);
            m.copy_from_slice(a);
            x.copy_from_slice(y);
        }
    }
}

/// Memory for blocks of rows of one factor, packed.
pub struct Scratch<T> {
    rows: [Vec<T>; 5],
    squares: [T; BLOCK],
    scale: [f64; BLOCK],
}

/// A block of rows of one factor.
pub struct Block<'a, T> {
    /// Points.
    pub x: &'a mut [T],
    /// Momentum.
    pub m: &'a mut [T],
    /// Coordinate gradients.
    pub g: &'a mut [T],
    /// Room for Riemannian gradients.
    pub r: &'a mut [T],
    /// More room.
    pub spare: &'a mut [T],
    /// One number a row: ⟨r, r⟩.
    pub squares: &'a mut [T],
    /// One number a row: how far to go.
    pub scale: &'a mut [f64],
}

impl<T: Coord> Scratch<T> {
    /// For factors of at most this width.
    pub fn new(width: usize) -> Scratch<T> {
        let rows = std::array::from_fn(|_| vec![T::zero(); BLOCK * width]);
        Scratch { rows, squares: [T::zero(); BLOCK], scale: [0.0; BLOCK] }
    }

    /// At most [`BLOCK`] rows, with gradients `clip` times as long.
    pub fn gather(&mut self, part: &Part, rows: &[Rows<'_, T>], clip: f64) -> Block<'_, T> {
        let (n, w, clip) = (rows.len(), part.width(), T::from_f64(clip));
        let [x, m, g, r, spare] = self.rows.each_mut().map(|v| &mut v[..n * w]);
        for (i, row) in rows.iter().enumerate() {
            let here = i * w..(i + 1) * w;
            x[here.clone()].copy_from_slice(&row.x[part.columns.clone()]);
            if let Some(momentum) = row.kept[0].get(part.columns.clone()) {
                m[here.clone()].copy_from_slice(momentum);
            }
            for (g, &from) in g[here].iter_mut().zip(&row.grad[part.columns.clone()]) {
                *g = clip * from;
            }
        }
        Block { x, m, g, r, spare, squares: &mut self.squares[..n], scale: &mut self.scale[..n] }
    }
}

impl<T: Coord> Block<'_, T> {
    /// Puts points and momentum back.
    pub fn scatter(&self, part: &Part, rows: &mut [Rows<'_, T>]) {
        let w = part.width();
        for (row, (x, m)) in rows.iter_mut().zip(self.x.chunks_exact(w).zip(self.m.chunks_exact(w))) {
            row.x[part.columns.clone()].copy_from_slice(x);
            if let Some(momentum) = row.kept[0].get_mut(part.columns.clone()) {
                momentum.copy_from_slice(m);
            }
        }
    }

    /// The Riemannian gradients of loss + decay |x|²/2 into `r`, and their squares if wanted.
    pub fn gradient(&mut self, part: &Part, decay: f64, squares: bool) {
        let decay = T::from_f64(decay);
        for ((e, &x), &g) in self.spare.iter_mut().zip(&*self.x).zip(&*self.g) {
            *e = g + decay * x;
        }
        part.gradient(self.x, self.spare, self.r, squares.then_some(&mut *self.squares));
    }
}
