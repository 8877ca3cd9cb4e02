//! All pairs of two sets of f32 points, from one matrix product.
//!
//! Points of either model are lifted to the unit hyperboloid: to a space part S and T = X₀ − 1, X₀ = √(1 + |S|²). There
//! u = cosh(√c t dist) − 1 is X₀Y₀ − 1 − ⟨S,S′⟩ = TT′ + T + T′ − ⟨S,S′⟩, in f64 to 2⁻⁵³ of TT′ + T + T′, which is never
//! smaller than the product. Pairs for which that is not enough for a rounded f32, the close ones, are left to the
//! functions of rows.

use super::Model;
use super::curv::Curv;
use super::dd::Dd;
use super::wide::{Scalar, Wide};
use crate::backend::cpu::Buffer;
use crate::backend::cpu::simd::{self, Fused, Kernel, Level};
use crate::backend::cpu::tile::{self, NARROW, WIDE};
use crate::backend::cpu::vmath::acosh_1p;
use bytemuck::cast_slice;

/// A pair is left out where u is not above this share of TT′ + T + T′: then 34 bits are right.
const COARSE: f64 = 1.0 / 524288.0;
/// A pair is left out from here on, where u² is no f64 (and where u is NaN).
const HUGE: f64 = 1e150;
/// Pairs of a row that are computed at once; a multiple of a tile's columns.
const GROUP: usize = 256;

/// Points of a model, and what lifts them to the unit hyperboloid.
#[derive(Debug)]
pub struct Lifted<'a> {
    rows: &'a [f32],
    width: usize,
    dim: usize,
    /// S as a multiple of the free coordinates.
    scale: Vec<f64>,
    /// T of each point, then zeros up to a multiple of [`GROUP`].
    time: Vec<f64>,
}

impl<'a> Lifted<'a> {
    fn of(model: Model, k: Curv, rows: &'a [f32], width: usize) -> Self {
        let (dim, len, root) = (model.dim(width), rows.len() / width, k.c.sqrt());
        let (mut scale, mut time) = (Vec::with_capacity(len), Vec::with_capacity(len.next_multiple_of(GROUP)));
        for row in rows.chunks_exact(width) {
            let free = &row[width - dim..];
            let s2 = k.c * square(free);
            let (factor, t) = if model == Model::Lorentz {
                (root, s2 / (1.0 + (1.0 + s2).sqrt()))
            } else {
                // S = 2√c x/ω. Outside of the ball there is no such point, and NaN leaves out its pairs.
                let omega = omega(k, s2, free);
                if omega > 0.0 { (2.0 * root / omega, 2.0 * s2 / omega) } else { (0.0, f64::NAN) }
            };
            scale.push(factor);
            time.push(t);
        }
        time.resize(len.next_multiple_of(GROUP), 0.0);
        Lifted { rows, width, dim, scale, time }
    }

    /// S of point `i`.
    #[inline(always)]
    fn at(&self, i: usize) -> impl Iterator<Item = f64> {
        let (row, scale) = (&self.rows[i * self.width..][..self.width], self.scale[i]);
        row[self.width - self.dim..].iter().map(move |&x| scale * f64::from(x))
    }

    /// How many points.
    pub fn count(&self) -> usize {
        self.scale.len()
    }

    /// (S, X₀) of each point.
    pub fn ambient(&self) -> Vec<f64> {
        (0..self.count()).flat_map(|i| self.at(i).chain([1.0 + self.time[i]])).collect()
    }
}

/// |x|².
fn square(x: &[f32]) -> f64 {
    let (chunks, rest) = x.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &x)| *sum += f64::from(x) * f64::from(x));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>()
}

/// ω = 1 − c|x|² from c|x|²; in double-double where it cancels.
fn omega(k: Curv, s2: f64, x: &[f32]) -> f64 {
    if s2 < 0.95 {
        return 1.0 - s2;
    }
    let x2 = x.iter().fold(Dd::of(0.0), |sum, &x| sum.accumulate(Dd::of(x.into()) * f64::from(x)));
    (Dd::of(1.0) - x2 * k.c).value()
}

/// A pair (i, j) that is to be computed by the functions of rows.
pub type Left = [usize; 2];

/// Points x against points y.
pub struct Pairs<'a> {
    model: Model,
    curv: Curv,
    /// The points x.
    pub x: Lifted<'a>,
    /// The points y.
    pub y: Lifted<'a>,
    /// S of the points y in panels.
    panels: Buffer,
}

impl<'a> Pairs<'a> {
    /// Pairs of rows of `width` numbers, if the model has such a form and the machine fused multiply-add.
    pub fn of(model: Model, curv: Curv, [x, y]: [&'a [f32]; 2], width: usize) -> Option<Self> {
        Fused::available()?;
        if !matches!(model, Model::Lorentz | Model::Poincare) || curv.c.is_nan() || curv.c <= 0.0 {
            return None;
        }
        let [x, y] = [x, y].map(|rows| Lifted::of(model, curv, rows, width));
        let [_, columns] = if simd::level() == Level::Avx512 { WIDE } else { NARROW };
        let panels = tile::panels((0..y.count()).map(|j| y.at(j)), y.dim, columns);
        Some(Pairs { model, curv, x, y, panels })
    }

    /// How many free coordinates a point has.
    pub fn dim(&self) -> usize {
        self.x.dim
    }

    /// The distances of the points x from `first` on, `[count, m]`. Those of the pairs that are returned mean nothing.
    pub fn dist(&self, first: usize, out: &mut [f32]) -> Vec<Left> {
        let scale = 1.0 / (self.curv.c.sqrt() * self.curv.t);
        self.each(first, out.len() / self.y.count(), Values { scale, m: self.y.count(), out })
    }

    /// For the cotangents `g` of such distances: g ∂dist/∂u, 0 for the pairs that are returned. The gradient of all pairs
    /// in (c, t) is added to `curvature`, if there is one.
    pub fn dist_vjp(&self, first: usize, g: &[f32], gu: &mut [f64], curvature: Option<&mut (f64, f64)>) -> Vec<Left> {
        let (root, m) = (self.curv.c.sqrt(), self.y.count());
        let scale = 1.0 / (root * self.curv.t);
        let mut sums = [0.0; 2];
        let learned = curvature.is_some();
        let slopes = Slopes { pairs: self, first, scale, m, g, gu, curvature: learned.then_some(&mut sums) };
        let left = self.each(first, g.len() / m, slopes);
        if let Some((gc, gt)) = curvature {
            *gc += sums[0] * scale / (2.0 * self.curv.c);
            *gt -= sums[1] * scale / self.curv.t;
        }
        left
    }

    fn each(&self, first: usize, count: usize, each: impl Row) -> Vec<Left> {
        match simd::level() {
            Level::Avx512 => simd::dispatch(Strip::<{ WIDE[0] }, { WIDE[1] }, _> { pairs: self, first, count, each }),
            _ => simd::dispatch(Strip::<{ NARROW[0] }, { NARROW[1] }, _> { pairs: self, first, count, each }),
        }
    }

    /// The gradient in a point's free coordinates, from (Σ S′ ∂u, Σ Y₀ ∂u) over its pairs.
    ///
    /// u has the gradient Y₀/X₀ S − S′ in S. On the hyperboloid S = √c x; in the ball, x moved by dx moves S = 2√c x/ω by
    /// √c ((1 + X₀) dx + S⟨S,dx⟩).
    pub fn pull(&self, points: &Lifted<'_>, i: usize, sums: &[f64], out: &mut [f64]) {
        let (s, x0, root) = (|| points.at(i), 1.0 + points.time[i], self.curv.c.sqrt());
        let (others, time) = sums.split_at(points.dim);
        let along = time[0] / x0;
        out.iter_mut().zip(s()).zip(others).for_each(|((out, s), other)| *out = along * s - other);
        if self.model == Model::Lorentz {
            out.iter_mut().for_each(|out| *out *= root);
        } else {
            let radial: f64 = out.iter().zip(s()).map(|(g, s)| g * s).sum();
            out.iter_mut().zip(s()).for_each(|(out, s)| *out = root * ((1.0 + x0) * *out + radial * s));
        }
    }
}

/// What is done with the u of some pairs of a row: those of point `first` + `row` with the points y from `start` on. ∞
/// stands for pairs that are left out.
trait Row {
    fn row<const FMA: bool>(&mut self, row: usize, start: usize, u: &[f64]);
}

/// Points x from `first` on against all y, in tiles of R × C.
struct Strip<'a, const R: usize, const C: usize, F> {
    pairs: &'a Pairs<'a>,
    first: usize,
    count: usize,
    each: F,
}

impl<const R: usize, const C: usize, F: Row> Kernel for Strip<'_, R, C, F> {
    type Output = Vec<Left>;
    #[inline(always)]
    fn run<const FMA: bool>(mut self) -> Vec<Left> {
        let Pairs { x, y, panels, .. } = self.pairs;
        let (dim, mut left) = (x.dim, vec![]);
        let minus = |r: usize| x.at(self.first + r).map(|s| -s);
        let strips = tile::panels((0..self.count).map(minus), dim, R);
        let (strips, panels): (&[f64], &[f64]) = (cast_slice(strips.bytes()), cast_slice(panels.bytes()));
        let mut u = [[0.0; GROUP]; R];
        for start in (0..y.count()).step_by(GROUP) {
            let width = GROUP.min(y.count() - start);
            let times = &y.time[start..][..GROUP];
            let columns = panels[start * dim..].chunks_exact(C * dim).zip(times.as_chunks::<C>().0);
            for (s, strip) in strips.chunks_exact(R * dim).enumerate() {
                let rows = R.min(self.count - s * R);
                let tx = &x.time[self.first + s * R..][..rows];
                for (c, (panel, ty)) in columns.clone().enumerate() {
                    let mut tile = [[0.0; C]; R];
                    for (tile, tx) in tile.iter_mut().zip(tx) {
                        tile.iter_mut().zip(ty).for_each(|(u, ty)| *u = tx.mul_add(ty + 1.0, *ty));
                    }
                    tile::accumulate(strip.as_chunks().0, panel.as_chunks().0, &mut tile);
                    u.iter_mut().zip(tile).for_each(|(u, tile)| u.as_chunks_mut().0[c] = tile);
                }
                for (r, (u, tx)) in u.iter_mut().zip(tx).enumerate() {
                    let row = s * R + r;
                    leave_out(&mut u[..width], *tx, times, |j| left.push([self.first + row, start + j]));
                    self.each.row::<FMA>(row, start, &u[..width]);
                }
            }
        }
        left
    }
}

/// Puts ∞ where u has lost too much, and tells where.
#[inline(always)]
fn leave_out(u: &mut [f64], tx: f64, ty: &[f64], mut at: impl FnMut(usize)) {
    let (a, b) = (COARSE * tx, COARSE * (tx + 1.0));
    let lost = |u: f64, ty: f64| !((ty.mul_add(b, a) < u) & (u < HUGE));
    if u.iter().zip(ty).fold(0, |any, (&u, &ty)| any | u64::from(lost(u, ty))) == 0 {
        return;
    }
    for (j, (u, &ty)) in u.iter_mut().zip(ty).enumerate() {
        if lost(*u, ty) {
            *u = f64::INFINITY;
            at(j);
        }
    }
}

struct Values<'a> {
    scale: f64,
    m: usize,
    out: &'a mut [f32],
}

impl Row for Values<'_> {
    #[inline(always)]
    fn row<const FMA: bool>(&mut self, row: usize, start: usize, u: &[f64]) {
        let out = &mut self.out[row * self.m + start..][..u.len()];
        out.iter_mut().zip(u).for_each(|(out, &u)| *out = (acosh_1p::<FMA>(u) * self.scale) as f32);
    }
}

struct Slopes<'a> {
    pairs: &'a Pairs<'a>,
    first: usize,
    scale: f64,
    m: usize,
    g: &'a [f32],
    gu: &'a mut [f64],
    /// For 2c · ∂c and −t · ∂t, both before scaling.
    curvature: Option<&'a mut [f64; 2]>,
}

impl Row for Slopes<'_> {
    #[inline(always)]
    fn row<const FMA: bool>(&mut self, row: usize, start: usize, u: &[f64]) {
        let place = row * self.m + start;
        let (g, gu) = (&self.g[place..][..u.len()], &mut self.gu[place..][..u.len()]);
        // acosh′(1 + u) = 1/√(u(u+2)).
        for ((gu, &g), &u) in gu.iter_mut().zip(g).zip(u) {
            *gu = f64::from(g) * self.scale / (u * (u + 2.0)).sqrt();
        }
        let Some(sums) = &mut self.curvature else { return };
        let (tx, ty) = (self.pairs.x.time[self.first + row], &self.pairs.y.time[start..][..u.len()]);
        let lorentz = self.pairs.model == Model::Lorentz;
        let mut terms = [[0.0; GROUP]; 2];
        let [in_c, in_t] = &mut terms;
        for (j, ((&g, &u), &ty)) in g.iter().zip(u).zip(ty).enumerate() {
            let g = if u < HUGE { f64::from(g) } else { 0.0 };
            let (u, d) = (if u < HUGE { u } else { 1.0 }, tx - ty);
            let a = acosh_1p::<FMA>(u);
            let root = (u * (u + 2.0)).sqrt();
            // 2c ∂u/∂c is 2u − (X₀−Y₀)²/(X₀Y₀) on the hyperboloid, u (2 + T + T′) in the ball.
            let more = if lorentz { -(d * d) / ((1.0 + tx) * (1.0 + ty)) } else { u * (tx + ty) };
            in_c[j] = g * (more / root - above_tanh(a, u, root));
            in_t[j] = g * a;
        }
        for (sum, terms) in sums.iter_mut().zip(&terms) {
            *sum += terms[..u.len()].iter().sum::<f64>();
        }
    }
}

/// a − 2 tanh(a/2), where tanh(a/2) = u/√(u(u+2)).
#[inline(always)]
fn above_tanh(a: f64, u: f64, root: f64) -> f64 {
    let z = a * a;
    let near = a * z * (1.0 / 12.0 - z * (1.0 / 120.0 - z * (17.0 / 20160.0 - z * (31.0 / 362880.0))));
    if u < 1.0 / 64.0 { near } else { a - 2.0 * u / root }
}
