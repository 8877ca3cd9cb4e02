//! Distances of all pairs of f32 rows from matrices of inner products.
//!
//! |y − x|² = |x|² + |y|² − 2⟨x,y⟩ cancels for close points. Products of f32 numbers are exact in f64, so the sum is good to
//! 2⁻⁵³ of |x|² + |y|²; pairs for which that is not enough for a rounded f32 are left to the functions of rows.

use super::curv::Curv;
use super::wide::Wide;
use super::{Model, lorentz, poincare};
use crate::backend::cpu::simd::{F64x8, Fused, Kernel};

/// What distances of a pair of points are made of.
pub(super) trait Pair<W: Wide> {
    /// The distance.
    fn dist(&self, k: Curv) -> W;
    /// For the cotangent g: (a, b) of the gradient −a (y − x) + b x in x, and (∂c, ∂t).
    fn dist_vjp(&self, k: Curv, g: W) -> ([W; 2], (W, W));
}

/// One row x against many rows y.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// Which model: [`Against::has`].
    pub model: Model,
    /// Its curvature.
    pub curv: Curv,
    /// |x|², of space parts on the hyperboloid.
    pub x2: f64,
    /// |y|² of each y.
    pub y2: &'a [f64],
    /// ⟨x,y⟩ with each y.
    pub xy: &'a [f64],
}

impl Against<'_> {
    /// Whether there is such a form for a model.
    pub fn has(model: Model) -> bool {
        matches!(model, Model::Lorentz | Model::Poincare)
    }

    /// The distances. Pairs for which products are too coarse are left out and pushed to `redo`.
    pub fn dist(self, fused: Fused, out: &mut [f32], redo: &mut Vec<usize>) {
        fused.run(Values { pairs: self, out, redo });
    }

    /// For the cotangents g: the a of each pair (0 where it is pushed to `redo`), Σ(a + b), and the sums of (∂c, ∂t).
    pub fn dist_vjp(self, fused: Fused, g: &[f32], a: &mut [f64], redo: &mut Vec<usize>) -> (f64, f64, f64) {
        fused.run(Gradients { pairs: self, g, a, redo })
    }

    /// |x|², |y|² and ⟨x,y⟩ of the eight pairs from `start`; beyond the end, of points that are far from x.
    #[inline(always)]
    fn products(&self, start: usize) -> [F64x8; 3] {
        [F64x8::splat(self.x2), eight(self.y2, start, 1.0), eight(self.xy, start, 0.0)]
    }
}

#[inline(always)]
fn eight(x: &[f64], start: usize, rest: f64) -> F64x8 {
    match x[start..].first_chunk() {
        Some(whole) => F64x8::from_array(*whole),
        None => F64x8::from_array(std::array::from_fn(|i| x.get(start + i).copied().unwrap_or(rest))),
    }
}

/// Pushes the pairs that have lost too much, and tells which. NaN (0/0 of coincident points) counts as lost.
#[inline(always)]
fn lost(loss: F64x8, start: usize, count: usize, redo: &mut Vec<usize>) -> [bool; 8] {
    let limit = <f64 as Wide>::CARE;
    if loss.all_at_most(limit) {
        return [false; 8];
    }
    let mut out = [false; 8];
    for (r, loss) in loss.to_array().into_iter().enumerate().take(count) {
        out[r] = loss > limit || loss.is_nan();
        if out[r] {
            redo.push(start + r);
        }
    }
    out
}

struct Values<'a> {
    pairs: Against<'a>,
    out: &'a mut [f32],
    redo: &'a mut Vec<usize>,
}

impl Kernel for Values<'_> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (k, n) = (self.pairs.curv, self.out.len());
        for start in (0..n).step_by(8) {
            let products = self.pairs.products(start);
            let (dist, loss) = if self.pairs.model == Model::Lorentz {
                let (pair, loss) = lorentz::from_products(k, products);
                (pair.dist(k), loss)
            } else {
                let (pair, loss) = poincare::from_products(k, products);
                (pair.dist(k), loss)
            };
            let count = 8.min(n - start);
            lost(loss, start, count, self.redo);
            match self.out[start..].first_chunk_mut() {
                Some(whole) => dist.narrow(whole),
                None => {
                    let mut rounded = [0.0; 8];
                    dist.narrow(&mut rounded);
                    self.out[start..].iter_mut().zip(rounded).for_each(|(out, d)| *out = d);
                }
            }
        }
    }
}

struct Gradients<'a> {
    pairs: Against<'a>,
    g: &'a [f32],
    a: &'a mut [f64],
    redo: &'a mut Vec<usize>,
}

impl Kernel for Gradients<'_> {
    type Output = (f64, f64, f64);
    #[inline(always)]
    fn run<const FMA: bool>(self) -> (f64, f64, f64) {
        let (k, n) = (self.pairs.curv, self.g.len());
        let mut sums = (0.0, 0.0, 0.0);
        for start in (0..n).step_by(8) {
            let products = self.pairs.products(start);
            let count = 8.min(n - start);
            let mut g = [0.0; 8];
            g[..count].copy_from_slice(&self.g[start..start + count]);
            let g = F64x8::widen(&g);
            let (([a, b], (gc, gt)), loss) = if self.pairs.model == Model::Lorentz {
                let (pair, loss) = lorentz::from_products(k, products);
                (pair.dist_vjp(k, g), loss)
            } else {
                let (pair, loss) = poincare::from_products(k, products);
                (pair.dist_vjp(k, g), loss)
            };
            let lost = lost(loss, start, count, self.redo);
            let (a, b, gc, gt) = (a.to_array(), b.to_array(), gc.to_array(), gt.to_array());
            for r in 0..count {
                self.a[start + r] = if lost[r] { 0.0 } else { a[r] };
                if !lost[r] {
                    sums.0 += a[r] + b[r];
                    sums.1 += gc[r];
                    sums.2 += gt[r];
                }
            }
        }
        sums
    }
}
