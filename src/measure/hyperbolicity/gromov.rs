//! δ at a base point, from Gromov products.
//!
//! (x|y) = (d(x, w) + d(y, w) − d(x, y))/2 is how long the paths from w to x and to y go together. In a tree (x|z) is at
//! least the smaller of (x|y) and (y|z). So δ_w is the largest excess of the (max, min) product of the matrix of products
//! over the matrix itself (Fournier, Ismail & Vigneron, "Computing the Gromov hyperbolicity of a discrete metric space",
//! 2015); δ_w ≤ δ ≤ 2δ_w.

use super::Distances;
use crate::backend::cpu::Cpu;
use crate::backend::cpu::simd::{Kernel, dispatch};

/// δ at the first point; 0 if there is none.
pub(super) fn at_base(d: &Distances, cpu: &Cpu) -> f64 {
    let n = d.len();
    if n == 0 {
        return 0.0;
    }
    let from = d.row(0);
    let product = |x: usize, y: usize| 0.5 * (from[x] + from[y] - d.at(x, y));
    let products: Vec<f64> = (0..n * n).map(|i| product(i / n, i % n)).collect();
    let mut excess = vec![0.0; n];
    cpu.for_each(excess.iter_mut().enumerate().collect(), |(x, out)| {
        *out = dispatch(Row { products: &products, n, x });
    });
    excess.into_iter().fold(0.0, f64::max)
}

/// The largest excess in row x, left of the diagonal: both matrices are symmetric.
struct Row<'a> {
    products: &'a [f64],
    n: usize,
    x: usize,
}

/// Lanes that a maximum is kept in.
const LANES: usize = 16;

impl Kernel for Row<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<const FMA: bool>(self) -> f64 {
        let row = |i: usize| &self.products[i * self.n..(i + 1) * self.n];
        let own = row(self.x);
        let mut excess = 0.0;
        for (z, &own_z) in own.iter().enumerate().take(self.x) {
            let (mine, theirs) = (own.chunks_exact(LANES), row(z).chunks_exact(LANES));
            let tail = mine.remainder().iter().zip(theirs.remainder());
            let mut best = tail.fold(f64::NEG_INFINITY, |m, (&a, &b)| f64::max(m, f64::min(a, b)));
            let mut lanes = [f64::NEG_INFINITY; LANES];
            for (a, b) in mine.zip(theirs) {
                for k in 0..LANES {
                    // Written out, since `f64::min` also looks after NaN.
                    let low = if a[k] < b[k] { a[k] } else { b[k] };
                    lanes[k] = if low > lanes[k] { low } else { lanes[k] };
                }
            }
            best = lanes.into_iter().fold(best, f64::max);
            excess = f64::max(excess, best - own_z);
        }
        excess
    }
}
