//! The numbers of a pair of points that their weighted sum is made of, without cancellation.

use crate::dtype::{DType, Real};
use crate::geometry::Wide;
use crate::ops::row_sums::{Terms, row_sums};

/// x², y², x y, δ², δ (x + y) and (x + w y)² with δ = x − y.
#[derive(Clone, Copy)]
struct Pair {
    w: f64,
}
impl Terms<2, 6> for Pair {
    #[inline(always)]
    fn factors<W: Wide>(self, [x, y]: [W; 2]) -> [[W; 2]; 6] {
        let (delta, a) = (x - y, x + y * self.w);
        [[x, x], [y, y], [x, y], [delta, delta], [delta, x + y], [a, a]]
    }
}

/// The square of the part of x + y across x − y, given the share along it.
#[derive(Clone, Copy)]
struct Across {
    along: f64,
}
impl Terms<2, 1> for Across {
    #[inline(always)]
    fn factors<W: Wide>(self, [x, y]: [W; 2]) -> [[W; 2]; 1] {
        let part = (x + y) - (x - y) * self.along;
        [[part, part]]
    }
}

/// g x, g y and g (x − y).
#[derive(Clone, Copy)]
pub(super) struct Slopes;
impl Terms<3, 3> for Slopes {
    #[inline(always)]
    fn factors<W: Wide>(self, [x, y, g]: [W; 3]) -> [[W; 2]; 3] {
        [[g, x], [g, y], [g, x - y]]
    }
}

/// What the numbers of a row are made of, all in f64, and these numbers.
pub(super) struct Row {
    /// The sums of [`Pair`] over the space coordinates.
    pub sums: [f64; 6],
    /// The times of x, y and δ.
    pub times: [f64; 3],
    /// ⟨δ, δ⟩ ≥ 0.
    pub chord: f64,
    /// −⟨a, a⟩.
    pub square: f64,
    /// √c/√−⟨a, a⟩.
    pub k: f64,
}

impl Row {
    #[inline(always)]
    pub fn of<T: Real>(c: f64, x: &[T], y: &[T], w: f64) -> Row {
        let all = row_sums([x, y], Pair { w });
        let [xx, yy, xy, dd, ds, _] = all;
        let (x0, y0) = ((xx + c).sqrt(), (yy + c).sqrt());
        // L = |δ|² |σ|² − (δ · σ)² for σ = x + y, that is |δ|² times the square of the part of σ across δ: from f64 rows
        // coordinate by coordinate, since the difference would lose what they have; sums of f32 rows have digits to spare.
        let across = if T::DTYPE == DType::F64 && dd > 0.0 {
            let along = ds / dd;
            let [across] = row_sums([x, y], Across { along });
            dd * across
        } else {
            (dd * (2.0 * xx + 2.0 * yy - dd) - ds * ds).max(0.0)
        };
        // By Lagrange's identity ⟨δ, δ⟩ (2c + 2 (x₀y₀ + x · y)) = 4c |δ|² + L, where (x₀y₀)² − (x · y)² = c (x² + y² + c) + L/4.
        let sum = if xy < 0.0 { (c * (xx + yy + c) + 0.25 * across) / (x0 * y0 - xy) } else { x0 * y0 + xy };
        let chord = (4.0 * c * dd + across) / (2.0 * c + 2.0 * sum);
        let square = c * (1.0 + w) * (1.0 + w) + w * chord;
        Row { sums: all, times: [x0, y0, ds / (x0 + y0)], chord, square, k: (c / square).sqrt() }
    }
}
