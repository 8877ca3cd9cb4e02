//! The hyperboloid −x₀² + |x_s|² = −1/c in ambient rows of width D+1, coordinate 0 is time.
//!
//! The time coordinate is redundant and never read: x₀ = √(1/c + |x_s|²) and, for a tangent u at x,
//! u₀ = ⟨x_s,u_s⟩/x₀ are recomputed. Results carry both parts. Hence gradients are zero in the time slot of points and
//! tangents, and a cotangent on a result's time slot is pulled back through its formula. Exceptions: [`project_tangent`],
//! [`egrad_to_rgrad`] and [`minkowski`] read arbitrary ambient rows.
//!
//! With d = y_s − x_s and d₀ = y₀ − x₀ = (2⟨x_s,d⟩ + |d|²)/(x₀+y₀), the chord is |d|² − d₀² = (4/c) sinh²(√c dist/2):
//! no acosh, nothing lost between close points. At large radius, radially separated points cancel |d|² against d₀²;
//! where that costs more than 22 bits, f32 rows are redone in double-double.

mod exp;
mod log;
mod tangent;
mod transport;

pub use exp::{exp, exp_vjp, exp0, exp0_vjp, retract_transport};
pub use log::{log, log_vjp, log0, log0_vjp};
pub use tangent::{
    egrad_to_rgrad, egrad_to_rgrad_vjp, inner, inner_vjp, minkowski, minkowski_vjp, norm, norm_vjp, project,
    project_tangent, project_tangent_vjp, project_vjp, to_poincare, to_poincare_vjp,
};
pub use transport::{transport, transport_from0, transport_from0_vjp, transport_to0, transport_to0_vjp, transport_vjp};

use super::curv::{Curv, CurvGrad, NONE};
use super::dd::Dd;
use super::rows::{map, sums, zero};
use super::scalar::{asinh_sqrt, ratio};
use super::wide::{Coord, Wide, cold};

/// √(1/c + |x_s|²).
#[inline(always)]
fn time<W: Wide>(k: Curv, x2: W) -> W {
    (W::of(1.0) / k.c + x2).sqrt()
}

/// What a pair of points has besides its rows, in the coordinates' own scale.
#[derive(Clone, Copy)]
struct Pair<W> {
    x0: W,
    y0: W,
    /// |d|², d = y_s − x_s.
    d2: W,
    /// d₀ = y₀ − x₀.
    d0: W,
    /// The squared chord |d|² − d₀² = 4h/c.
    chord: W,
    /// h = sinh²(√c dist/2).
    h: W,
}

impl<W: Wide> Pair<W> {
    /// Takes space parts.
    #[inline(always)]
    fn new<T: Coord>(k: Curv, x: &[T], y: &[T]) -> Self {
        let [x2, y2, d2, xd] = sums([x, y], |[x, y]: [W; 2]| {
            let d = y - x;
            [x * x, y * y, d * d, x * d]
        });
        let (x0, y0) = (time(k, x2), time(k, y2));
        let d0 = (xd * 2.0 + d2) / (x0 + y0);
        Self::of(k, x0, y0, d2, d0)
    }

    #[inline(always)]
    fn of(k: Curv, x0: W, y0: W, d2: W, d0: W) -> Self {
        let chord = d2 - d0 * d0;
        // Rounding may leave −ε; NaN stays.
        let chord = if chord < W::of(0.0) { W::of(0.0) } else { chord };
        Pair { x0, y0, d2, d0, chord, h: chord * k.c / 4.0 }
    }

    /// Whether |d|² − d₀² has lost too many digits.
    #[inline(always)]
    fn lossy(&self) -> bool {
        self.d2.value() > self.chord.value() * W::CARE
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

    /// ∂x₀/∂c = −1/(2c²x₀).
    #[inline(always)]
    fn x0_c(&self, k: Curv) -> W {
        W::of(-0.5) / (self.x0 * k.c * k.c)
    }

    /// ∂y₀/∂c.
    #[inline(always)]
    fn y0_c(&self, k: Curv) -> W {
        W::of(-0.5) / (self.y0 * k.c * k.c)
    }

    /// ∂d₀/∂c = d₀/(2c²x₀y₀).
    #[inline(always)]
    fn d0_c(&self, k: Curv) -> W {
        self.d0 * 0.5 / (self.x0 * self.y0 * k.c * k.c)
    }

    /// For the cotangent g of dist²: the factor e of ∂x = −2e(d − (d₀/x₀)x), ∂y = 2e(d − (d₀/y₀)y), and (∂c, ∂t).
    #[inline(always)]
    fn dist2_vjp(&self, k: Curv, g: W) -> (W, CurvGrad) {
        let r = ratio(self.h);
        let g = g / k.t / k.t;
        // dist² t² = chord Ψ(h) with Ψ = asinh²(√h)/h = F²(1+h); chord depends on c through d₀ only.
        let h1 = self.h + 1.0;
        let (psi, dpsi) = (r.f * r.f * h1, r.f * (r.df * h1 * 2.0 + r.f));
        let chord_c = -(self.d0 * self.d0_c(k) * 2.0);
        let gc = g * (chord_c * psi + self.chord * dpsi * (self.chord + chord_c * k.c) / 4.0);
        let gt = -(g * self.chord * psi) * 2.0 / k.t;
        (g * r.f, (gc.value(), gt.value()))
    }
}

/// Distance on the hyperboloid, 2/(√c t) · asinh √h.
#[inline(always)]
pub fn dist<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    let (x, y) = (&x[1..], &y[1..]);
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| Pair::<Dd>::new(k, x, y).dist(k).value());
    }
    p.dist(k).value()
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub fn dist_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if p.lossy() {
        return cold(|| dist_rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, x, y, g, gx, gy));
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
    let d = p.dist(k);
    if d == W::of(0.0) {
        zero(gx);
        zero(gy);
        return NONE;
    }
    let (e, grad) = p.dist2_vjp(k, W::of(g) / (d * 2.0));
    chord_rows(p, e, x, y, gx, gy);
    grad
}

/// dist(x, y)², smooth also where x = y.
#[inline(always)]
pub fn dist2<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    let (x, y) = (&x[1..], &y[1..]);
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| Pair::<Dd>::new(k, x, y).dist2(k).value());
    }
    p.dist2(k).value()
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    #[inline(always)]
    fn rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
        let (e, grad) = p.dist2_vjp(k, W::of(g));
        chord_rows(p, e, x, y, gx, gy);
        grad
    }
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if p.lossy() {
        return cold(|| rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, x, y, g, gx, gy));
    }
    rows(&p, k, x, y, g, gx, gy)
}

/// Gradient rows of the chord: ∂x = −2e(d − (d₀/x₀)x), ∂y = 2e(d − (d₀/y₀)y).
#[inline(always)]
fn chord_rows<T: Coord, W: Wide>(p: &Pair<W>, e: W, x: &[T], y: &[T], gx: &mut [T], gy: &mut [T]) {
    let (a, b, c) = (e * 2.0, e * 2.0 * p.d0 / p.x0, e * 2.0 * p.d0 / p.y0);
    (gx[0], gy[0]) = (T::zero(), T::zero());
    map([&x[1..], &y[1..]], [&mut gx[1..], &mut gy[1..]], |[x, y]: [W; 2]| {
        let d = a * (y - x);
        [b * x - d, d - c * y]
    });
}

/// The squared Lorentzian distance (−2/c − 2⟨x,y⟩)/t² = 4 sinh²(√c t dist/2)/(c t²): a smooth stand-in for dist².
#[inline(always)]
pub fn lorentzian<T: Coord>(k: Curv, x: &[T], y: &[T]) -> f64 {
    let (x, y) = (&x[1..], &y[1..]);
    let p = Pair::<T::Wide>::new(k, x, y);
    if p.lossy() {
        return cold(|| Pair::<Dd>::new(k, x, y).chord.value() / k.t / k.t);
    }
    (p.chord / k.t / k.t).value()
}

/// Gradient of [`lorentzian`].
#[inline(always)]
pub fn lorentzian_vjp<T: Coord>(k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
    #[inline(always)]
    fn rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, x: &[T], y: &[T], g: f64, gx: &mut [T], gy: &mut [T]) -> CurvGrad {
        let g = W::of(g) / k.t / k.t;
        chord_rows(p, g, x, y, gx, gy);
        let gc = -(g * p.d0 * p.d0_c(k) * 2.0);
        (gc.value(), (g * p.chord * -2.0 / k.t).value())
    }
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if p.lossy() {
        return cold(|| rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, x, y, g, gx, gy));
    }
    rows(&p, k, x, y, g, gx, gy)
}

/// dist(o, y) = asinh(√c|y_s|)/(√c t).
#[inline(always)]
pub fn dist0<T: Coord>(k: Curv, y: &[T]) -> f64 {
    let [y2] = sums([&y[1..]], |[y]: [T::Wide; 1]| [y * y]);
    // asinh √z in the safe form of `asinh_sqrt`.
    (asinh_sqrt(y2 * k.c) / (T::Wide::of(k.c).sqrt() * k.t)).value()
}

/// Gradient of [`dist0`]; zero where y is the origin.
#[inline(always)]
pub fn dist0_vjp<T: Coord>(k: Curv, y: &[T], g: f64, gy: &mut [T]) -> CurvGrad {
    let [y2] = sums([&y[1..]], |[y]: [T::Wide; 1]| [y * y]);
    if y2 == T::Wide::of(0.0) {
        zero(gy);
        return NONE;
    }
    let z = y2 * k.c;
    let g = T::Wide::of(g) / k.t;
    // With F and z = c|y|²: dist t = |y| √(1+z) F(z), so its slope in c is |y|³ (√(1+z) F)′.
    let r = ratio(z);
    let (n, root) = (y2.sqrt(), (z + 1.0).sqrt());
    let gc = g * n * y2 * (root * r.df + r.f * 0.5 / root);
    let gt = -(g * n * root * r.f / k.t);
    let a = g / (n * root);
    gy[0] = T::zero();
    map([&y[1..]], [&mut gy[1..]], |[y]: [T::Wide; 1]| [a * y]);
    (gc.value(), gt.value())
}
