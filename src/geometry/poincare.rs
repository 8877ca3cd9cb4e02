//! The Poincaré ball |x|² < 1/c with the metric (2/ω)² |dx|², ω = 1 − c|x|².
//!
//! Rows have width D. Two facts carry every formula here (d = y − x, δ² = c|d|²): the Möbius denominator is a sum of
//! positives, 1 − 2c⟨x,y⟩ + c²|x|²|y|² = δ² + ω_x ω_y, and the distance is an asinh of a difference,
//! sinh²(√c dist/2) = h = δ²/(ω_x ω_y). Only ω itself cancels; it is formed in the wide type, and for points closer
//! to the rim than f64 can resolve for f32 rows (ω < 2⁻²²) in double-double.
//!
//! `*_vjp` functions take the cotangent `g` of the result, write the gradients of the rows, and return those of (c, t).

mod exp;
mod gyro;
mod log;
mod tangent;
mod transport;

pub use exp::{exp, exp_vjp, exp0, exp0_vjp, retract_transport};
pub use gyro::{lambda, lambda_vjp, mobius_add, mobius_add_vjp, to_lorentz, to_lorentz_vjp};
pub use log::{log, log_vjp, log0, log0_vjp};
pub use tangent::{egrad_to_rgrad, egrad_to_rgrad_vjp, inner, inner_vjp, norm, norm_vjp, project, project_vjp};
pub use transport::{transport, transport_from0, transport_from0_vjp, transport_to0, transport_to0_vjp, transport_vjp};

use super::curv::{Curv, CurvGrad, NONE};
use super::rows::{map, sums, zero};
use super::scalar::{asinh_sqrt, ratio};
use super::wide::{Coord, Wide, cold};

/// What a pair of points has besides its rows; all scaled by c, so as on the unit ball.
#[derive(Clone, Copy)]
struct Pair<W> {
    /// c|x|².
    x2: W,
    /// c|y|².
    y2: W,
    /// δ² = c|y−x|².
    d2: W,
    /// ω_x = 1 − c|x|².
    wx: W,
    /// ω_y = 1 − c|y|².
    wy: W,
    /// h = sinh²(√c dist/2) = δ²/(ω_x ω_y).
    h: W,
}

impl<W: Wide> Pair<W> {
    #[inline(always)]
    fn new<T: Coord>(k: Curv, x: &[T], y: &[T]) -> Self {
        let [x2, y2, d2] = sums([x, y], |[x, y]: [W; 2]| {
            let d = y - x;
            [x * x, y * y, d * d]
        });
        Self::of(k, x2, y2, d2)
    }

    /// The pair (0, y).
    #[inline(always)]
    fn from_origin<T: Coord>(k: Curv, y: &[T]) -> Self {
        let [y2] = sums([y], |[y]: [W; 1]| [y * y]);
        Self::of(k, W::of(0.0), y2, y2)
    }

    #[inline(always)]
    fn of(k: Curv, x2: W, y2: W, d2: W) -> Self {
        let (x2, y2, d2) = (x2 * k.c, y2 * k.c, d2 * k.c);
        let (wx, wy) = (W::of(1.0) - x2, W::of(1.0) - y2);
        Pair { x2, y2, d2, wx, wy, h: d2 / (wx * wy) }
    }

    /// Whether ω has lost too many digits.
    #[inline(always)]
    fn lossy(&self) -> bool {
        self.wx.value().min(self.wy.value()) * W::CARE < 1.0
    }

    #[inline(always)]
    fn dist(&self, k: Curv) -> W {
        asinh_sqrt(self.h) * 2.0 / (W::of(k.c).sqrt() * k.t)
    }

    #[inline(always)]
    fn dist2(&self, k: Curv) -> W {
        let a = asinh_sqrt(self.h) * 2.0 / k.t;
        a * a / k.c
    }

    /// For the cotangent g of dist²: the factor e of ∂x = e(−d/(ω_xω_y) + (h/ω_x) x), ∂y = e(d/(ω_xω_y) + (h/ω_y) y),
    /// and the gradients of (c, t).
    #[inline(always)]
    fn dist2_vjp(&self, k: Curv, g: W) -> (W, CurvGrad) {
        let r = ratio(self.h);
        let g = g * 4.0 / k.t / k.t;
        // dist² t²/4 = q Ψ(h) with q = h/c, Ψ = asinh²(√h)/h = F²(1+h); c enters q through the two ω only.
        let h1 = self.h + 1.0;
        let (psi, dpsi) = (r.f * r.f * h1, r.f * (r.df * h1 * 2.0 + r.f));
        let q = self.h / k.c;
        let dq = q * (self.x2 / self.wx + self.y2 / self.wy) / k.c;
        let gc = g * (dq * psi + q * dpsi * (q + dq * k.c));
        let gt = -(g * q * psi) * 2.0 / k.t;
        (g * r.f * 2.0, (gc.value(), gt.value()))
    }

    /// The cotangent of dist² that a cotangent of dist amounts to; `None` at coincidence, where the gradient is 0.
    #[inline(always)]
    fn through_root(&self, k: Curv, g: f64) -> Option<W> {
        let d = self.dist(k);
        (d != W::of(0.0)).then(|| W::of(g) / (d * 2.0))
    }
}

/// dist(x, y) = 2/(√c t) · asinh √h.
#[inline(always)]
pub fn dist<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| Pair::<super::Dd>::new(k, x, y).dist(k).value());
    }
    p.dist(k).value()
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub fn dist_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| dist_rows(&Pair::<super::Dd>::new(k, x, y), k, x, y, g, gx, gy));
    }
    dist_rows(&p, k, x, y, g, gx, gy)
}

#[inline(always)]
fn dist_rows<T: Coord, W: Wide>(
    p: &Pair<W>,
    k: Curv,
    x: &[T],
    y: &[T],
    g: f64,
    gx: &mut [T],
    gy: &mut [T],
) -> CurvGrad {
    match p.through_root(k, g) {
        Some(g) => dist2_rows(p, k, x, y, g, gx, gy),
        None => {
            zero(gx);
            zero(gy);
            NONE
        }
    }
}

/// dist(x, y)², smooth also where x = y.
#[inline(always)]
pub fn dist2<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| Pair::<super::Dd>::new(k, x, y).dist2(k).value());
    }
    p.dist2(k).value()
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| {
            let p = Pair::<super::Dd>::new(k, x, y);
            dist2_rows(&p, k, x, y, super::Dd::of(g), gx, gy)
        });
    }
    dist2_rows(&p, k, x, y, T::Wide::of(g), gx, gy)
}

#[inline(always)]
fn dist2_rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], g: W, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let (e, grad) = p.dist2_vjp(k, g);
    let (a, b, c) = (e / (p.wx * p.wy), e * p.h / p.wx, e * p.h / p.wy);
    map([x, y], [gx, gy], |[x, y]: [W; 2]| {
        let d = a * (y - x);
        [b * x - d, c * y + d]
    });
    grad
}

/// dist(0, y).
#[inline(always)]
pub fn dist0<T: Coord>(k: Curv, y: &[T]) -> f64 {
    let p = Pair::<T::Wide>::from_origin(k, y);
    if p.lossy() {
        return cold(|| Pair::<super::Dd>::from_origin(k, y).dist(k).value());
    }
    p.dist(k).value()
}

/// Gradient of [`dist0`]; zero where y = 0.
#[inline(always)]
pub fn dist0_vjp<T: Coord>(k: Curv, y: &[T], g: f64, gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::from_origin(k, y);
    if p.lossy() {
        return cold(|| dist0_rows(&Pair::<super::Dd>::from_origin(k, y), k, y, g, gy));
    }
    dist0_rows(&p, k, y, g, gy)
}

#[inline(always)]
fn dist0_rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, y: &[T], g: f64, gy: &mut [T]) -> CurvGrad {
    let Some(g) = p.through_root(k, g) else {
        zero(gy);
        return NONE;
    };
    let (e, grad) = p.dist2_vjp(k, g);
    let a = e / (p.wy * p.wy);
    map([y], [gy], |[y]: [W; 1]| [a * y]);
    grad
}
