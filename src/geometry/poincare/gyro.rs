//! Möbius addition, the conformal factor, and the way to the hyperboloid.

use super::transport::omega;
use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, round, sums};
use crate::geometry::wide::{Coord, Wide, cold};

/// A pair of points for addition; sums scaled by c.
struct Sum<W> {
    x2: W,
    y2: W,
    /// c|x+y|².
    s2: W,
    wx: W,
    wy: W,
    /// 1 + 2c⟨x,y⟩ + c²|x|²|y|² = c|x+y|² + ω_xω_y.
    den: W,
}

impl<W: Wide> Sum<W> {
    #[inline(always)]
    fn new<T: Coord>(k: Curv, x: &[T], y: &[T]) -> Self {
        let [x2, y2, s2] = sums([x, y], |[x, y]: [W; 2]| {
            let s = x + y;
            [x * x, y * y, s * s]
        });
        let (x2, y2, s2) = (x2 * k.c, y2 * k.c, s2 * k.c);
        let (wx, wy) = (W::of(1.0) - x2, W::of(1.0) - y2);
        Sum { x2, y2, s2, wx, wy, den: s2 + wx * wy }
    }

    #[inline(always)]
    fn lossy(&self) -> bool {
        self.wx.value().min(self.wy.value()) * W::CARE < 1.0
    }
}

/// x ⊕ y = (ω_x (x+y) + c|x+y|² x)/(c|x+y|² + ω_xω_y).
#[inline(always)]
pub fn mobius_add<T: Coord>(k: Curv, x: &[T], y: &[T], out: &mut [T]) {
    let p = Sum::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| rows(&Sum::<Dd>::new(k, x, y), x, y, out));
    }
    rows(&p, x, y, out)
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(p: &Sum<W>, x: &[T], y: &[T], out: &mut [T]) {
    let (a, b) = (p.wx / p.den, p.s2 / p.den);
    map([x, y], [out], |[x, y]: [W; 2]| [a * (x + y) + b * x]);
}

/// Gradient of [`mobius_add`].
#[inline(always)]
pub fn mobius_add_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: &[T], gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let p = Sum::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| vjp_rows(&Sum::<Dd>::new(k, x, y), k, [x, y, g], [gx, gy]));
    }
    vjp_rows(&p, k, [x, y, g], [gx, gy])
}

#[inline(always)]
fn vjp_rows<T: Coord, W: Wide>(p: &Sum<W>, k: Curv, rows: [&[T]; 3], out: [&mut [T]; 2]) -> CurvGrad {
    let [ga, gb] = sums(rows, |[x, y, g]: [W; 3]| [g * (x + y), g * x]);
    let (a, b) = (p.wx / p.den, p.s2 / p.den);
    let gden = -((a * ga + b * gb) / p.den);
    let gwx = ga / p.den + gden * p.wy;
    let gwy = gden * p.wx;
    let gs2 = gb / p.den + gden;
    let gc = (gs2 * p.s2 - gwx * p.x2 - gwy * p.y2) / k.c;
    let (cx, cy, cs) = (gwx * 2.0 * k.c, gwy * 2.0 * k.c, gs2 * 2.0 * k.c);
    map(rows, out, |[x, y, g]: [W; 3]| {
        let s = a * g + cs * (x + y);
        [b * g - cx * x + s, s - cy * y]
    });
    (gc.value(), 0.0)
}

/// The conformal factor λ_x = 2/ω.
#[inline(always)]
pub fn lambda<T: Coord>(k: Curv, x: &[T]) -> f64 {
    (T::Wide::of(2.0) / omega(k, x)).value()
}

/// Gradient of [`lambda`].
#[inline(always)]
pub fn lambda_vjp<T: Coord>(k: Curv, x: &[T], g: f64, gx: &mut [T]) -> CurvGrad {
    let w = omega(k, x);
    let [x2] = sums([x], |[x]: [T::Wide; 1]| [x * x]);
    let a = T::Wide::of(2.0 * g) / (w * w);
    let b = a * 2.0 * k.c;
    map([x], [gx], |[x]: [T::Wide; 1]| [b * x]);
    ((a * x2).value(), 0.0)
}

/// The same point on the hyperboloid: space 2x/ω, time (1 + c|x|²)/(√c ω). `out` has width D+1.
#[inline(always)]
pub fn to_lorentz<T: Coord>(k: Curv, x: &[T], out: &mut [T]) {
    let w = omega(k, x);
    let a = T::Wide::of(2.0) / w;
    out[0] = round((a - 1.0) / T::Wide::of(k.c).sqrt());
    map([x], [&mut out[1..]], |[x]: [T::Wide; 1]| [a * x]);
}

/// Gradient of [`to_lorentz`].
#[inline(always)]
pub fn to_lorentz_vjp<T: Coord>(k: Curv, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
    let w = omega(k, x);
    let root = T::Wide::of(k.c).sqrt();
    let [x2, xg] = sums([x, &g[1..]], |[x, g]: [T::Wide; 2]| [x * x, x * g]);
    let g0 = T::Wide::of(g[0].to_f64()) / root;
    let a = T::Wide::of(2.0) / w;
    let ga = xg + g0;
    let b = ga * a * a * 0.5;
    let bx = b * 2.0 * k.c;
    map([x, &g[1..]], [gx], |[x, g]: [T::Wide; 2]| [a * g + bx * x]);
    ((b * x2 - g0 * (a - 1.0) / (2.0 * k.c)).value(), 0.0)
}
