//! The two coordinate systems that training runs in: the unit ball for hyperbolic space, and flat space.
//!
//! Riemannian gradient descent with the exponential map does the same in any coordinates, so the hyperboloid is trained
//! on the ball too, where distances are cheapest to get exactly; its points are converted at the end.
//!
//! Rows are whole [`Block`]s, padded with zeros, so that loops over them need no remainder.

use crate::Result;
use crate::backend::cpu::vmath::VectorMath;
use crate::geometry::Model;
use crate::manifold::Manifold;

/// Lanes of a block.
pub(super) const LANES: usize = 8;

/// A piece of a row.
pub(super) type Block = [f64; LANES];

/// How a distance d(x, y) and its gradient follow from |x − y|² and one number kept beside each point:
/// ∂d/∂x = along · (x − y) + (scale / side x) · x.
pub(super) struct Pull {
    pub distance: f64,
    pub along: f64,
    pub scale: f64,
}

/// What multiplies x and u in the new point.
pub(super) struct Move {
    pub x: f64,
    pub u: f64,
}

/// Coordinates of a space. All functions are free of branches, for loops that the compiler vectorises.
pub(super) trait Chart: Copy + Send + Sync {
    /// The number kept beside a point, from |x|².
    fn side(self, norm2: f64) -> f64;
    /// Distance and gradient from |x − y|² and the points' sides.
    fn pull<const FMA: bool>(self, gap2: f64, side_x: f64, side_y: f64) -> Pull;
    /// The factor that makes a coordinate gradient a Riemannian one.
    fn metric(self, side: f64) -> f64;
    /// exp_x u = m.x · x + m.u · u, from the side of x, ⟨x, u⟩ and |u|².
    fn exp<const FMA: bool>(self, side: f64, xu: f64, u2: f64) -> Move;
    /// The largest |x| that points are kept within.
    fn rim(self) -> f64;
}

/// The unit ball with the metric of curvature κ = −1/radius²; a point's side is ω = 1 − |x|².
#[derive(Clone, Copy)]
pub(super) struct Ball {
    /// 1/√−κ.
    pub radius: f64,
    /// The largest |x|.
    pub rim: f64,
}

impl Chart for Ball {
    #[inline(always)]
    fn side(self, norm2: f64) -> f64 {
        1.0 - norm2
    }

    /// d = 2 R asinh √q with q = |x − y|² / (ω_x ω_y).
    #[inline(always)]
    fn pull<const FMA: bool>(self, gap2: f64, side_x: f64, side_y: f64) -> Pull {
        let w = side_x * side_y;
        let q = gap2 / w;
        let (s, r) = (q.sqrt(), (1.0 + q).sqrt());
        // dd/dq; where the points coincide the gradient is taken as 0.
        let slope = if q > 0.0 { self.radius / (s * r) } else { 0.0 };
        Pull { distance: 2.0 * self.radius * (s + r).v_ln::<FMA>(), along: 2.0 * slope / w, scale: 2.0 * slope * q }
    }

    #[inline(always)]
    fn metric(self, side: f64) -> f64 {
        let s = side / (2.0 * self.radius);
        s * s
    }

    /// exp_x u = ((1 + 2 T ξ + T²) x + ω T e) / E with e = u/|u|, ξ = ⟨x, e⟩, T = tanh(|u|/ω), and
    /// E = 1 + 2 T ξ + |x|² T² written as a sum of squares, which stays positive.
    #[inline(always)]
    fn exp<const FMA: bool>(self, side: f64, xu: f64, u2: f64) -> Move {
        let length = u2.sqrt();
        let inverse = if length > 0.0 { 1.0 / length } else { 0.0 };
        let t = (length / side).v_tanh::<FMA>();
        let xi = xu * inverse;
        let across = 1.0 - side - xi * xi;
        let across = if across > 0.0 { across } else { 0.0 };
        let near = 1.0 + t * xi;
        let e = 1.0 / (near * near + t * t * across);
        Move { x: (1.0 + t * (2.0 * xi + t)) * e, u: side * t * inverse * e }
    }

    #[inline(always)]
    fn rim(self) -> f64 {
        self.rim
    }
}

/// Flat space, with squared distances.
#[derive(Clone, Copy)]
pub(super) struct Flat;

impl Chart for Flat {
    #[inline(always)]
    fn side(self, _norm2: f64) -> f64 {
        1.0
    }

    #[inline(always)]
    fn pull<const FMA: bool>(self, gap2: f64, _side_x: f64, _side_y: f64) -> Pull {
        Pull { distance: gap2, along: 2.0, scale: 0.0 }
    }

    #[inline(always)]
    fn metric(self, _side: f64) -> f64 {
        1.0
    }

    #[inline(always)]
    fn exp<const FMA: bool>(self, _side: f64, _xu: f64, _u2: f64) -> Move {
        Move { x: 1.0, u: 1.0 }
    }

    #[inline(always)]
    fn rim(self) -> f64 {
        f64::INFINITY
    }
}

/// The space of these that a manifold is, if it is one: a hyperbolic model or flat space on its own, no product.
#[derive(Clone, Copy)]
pub(super) enum Fused {
    Ball(Ball),
    Flat,
}

impl Fused {
    pub fn of(manifold: &dyn Manifold, dim: usize) -> Result<Option<Fused>> {
        let factors = manifold.factors(manifold.ambient(dim))?;
        let [factor] = factors.as_slice() else { return Ok(None) };
        let scale = factor.curv.c.sqrt() * factor.curv.t;
        let ball = Ball { radius: 1.0 / scale, rim: (0.5 * factor.max_radius * scale).tanh() };
        Ok(match factor.model {
            Model::Euclidean => Some(Fused::Flat),
            model => matches!(model, Model::Lorentz | Model::Poincare).then_some(Fused::Ball(ball)),
        })
    }
}

/// Points as rows of blocks, with their sides.
#[derive(Clone)]
pub(super) struct Table {
    pub dim: usize,
    /// Blocks a row.
    pub blocks: usize,
    pub rows: Vec<Block>,
    pub side: Vec<f64>,
}

impl Table {
    /// From rows of `dim` numbers, one after another.
    pub fn new<C: Chart>(chart: C, dim: usize, numbers: &[f64]) -> Table {
        let blocks = dim.div_ceil(LANES);
        let mut rows = vec![[0.0; LANES]; numbers.len() / dim * blocks];
        for (row, numbers) in rows.chunks_exact_mut(blocks).zip(numbers.chunks_exact(dim)) {
            row.as_flattened_mut()[..dim].copy_from_slice(numbers);
        }
        let side = rows.chunks_exact(blocks).map(|row| chart.side(dot(row, row))).collect();
        Table { dim, blocks, rows, side }
    }

    #[inline(always)]
    pub fn row(&self, i: usize) -> &[Block] {
        &self.rows[i * self.blocks..(i + 1) * self.blocks]
    }

    /// Rows of `dim` numbers, one after another.
    pub fn numbers(&self) -> Vec<f64> {
        self.rows.chunks_exact(self.blocks).flat_map(|row| &row.as_flattened()[..self.dim]).copied().collect()
    }
}

/// `f` in each lane. Blocks go by value, which lets the compiler keep each in a register.
#[inline(always)]
pub(super) fn lanes(a: Block, b: Block, f: impl Fn(f64, f64) -> f64) -> Block {
    let mut out = [0.0; LANES];
    for k in 0..LANES {
        out[k] = f(a[k], b[k]);
    }
    out
}

/// The sum of a block's lanes, in a fixed order that halves.
#[inline(always)]
pub(super) fn total(b: Block) -> f64 {
    let [a, b] = [[b[0] + b[4], b[1] + b[5]], [b[2] + b[6], b[3] + b[7]]];
    (a[0] + b[0]) + (a[1] + b[1])
}

/// ⟨a, b⟩.
#[inline(always)]
pub(super) fn dot(a: &[Block], b: &[Block]) -> f64 {
    let mut sum = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        sum = lanes(sum, lanes(*a, *b, |a, b| a * b), |s, p| s + p);
    }
    total(sum)
}

/// |a − b|².
#[inline(always)]
pub(super) fn gap2(a: &[Block], b: &[Block]) -> f64 {
    let mut sum = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        sum = lanes(sum, lanes(*a, *b, |a, b| a - b), |s, gap| s + gap * gap);
    }
    total(sum)
}

/// `out` = f · (a − b).
#[inline(always)]
pub(super) fn scaled_gap(out: &mut [Block], f: f64, a: &[Block], b: &[Block]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = lanes(*a, *b, |a, b| f * (a - b));
    }
}

/// `out` = f · out + g · a.
#[inline(always)]
pub(super) fn combine(out: &mut [Block], f: f64, g: f64, a: &[Block]) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = lanes(*out, *a, |o, a| f * o + g * a);
    }
}

/// `out` += g · a.
#[inline(always)]
pub(super) fn add_scaled(out: &mut [Block], g: f64, a: &[Block]) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = lanes(*out, *a, |o, a| o + g * a);
    }
}
