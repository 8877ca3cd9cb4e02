//! The hyperboloid −x₀² + |x_s|² = −1/c in ambient rows of width D+1, coordinate 0 is time.
//!
//! The time coordinate is redundant and never read: x₀ = √(1/c + |x_s|²) and, for a tangent u at x,
//! u₀ = ⟨x_s,u_s⟩/x₀ are recomputed. Results carry both parts. Hence gradients are zero in the time slot of points and
//! tangents, and a cotangent on a result's time slot is pulled back through its formula. Exceptions: [`project_tangent`],
//! [`egrad_to_rgrad`] and [`minkowski`] read arbitrary ambient rows.
//!
//! With d = y_s − x_s and d₀ = y₀ − x₀ = (2⟨x_s,d⟩ + |d|²)/(x₀+y₀), the chord is |d|² − d₀² = (4/c) sinh²(√c dist/2):
//! no acosh, nothing lost between close points. At large radius, radially separated points cancel |d|² against d₀²;
//! that is the loss these functions report.

mod busemann;
mod cone;
mod exp;
mod geodesic;
mod hyperplane;
mod log;
mod step;
mod tangent;
mod transport;

pub use busemann::{busemann, busemann_vjp};
pub use cone::{exterior_angle, exterior_angle_vjp, half_aperture, half_aperture_vjp};
pub use exp::{exp, exp_vjp, exp0, exp0_vjp};
pub use geodesic::{geodesic, geodesic_vjp, gyro_scale, gyro_scale_vjp};
pub use hyperplane::{hyperplane_dist, hyperplane_dist_vjp};
pub use log::{log, log_vjp, log0, log0_vjp};
pub(super) use step::Steps;
pub use step::retract_transport;
pub(super) use tangent::limit;
pub use tangent::{
    egrad_to_rgrad, egrad_to_rgrad_vjp, inner, inner_vjp, minkowski, minkowski_vjp, norm, norm_vjp, project,
    project_tangent, project_tangent_vjp, project_vjp, to_poincare, to_poincare_vjp,
};
pub use transport::{transport, transport_from0, transport_from0_vjp, transport_to0, transport_to0_vjp, transport_vjp};

use super::curv::Curv;
use super::rows::{Evaluation, Numbers, Product, Rows, RowsMut, Tally, block};
use super::scalar::{asinh_sqrt, ratio};
use super::wide::Wide;

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
    /// The terms of the sums that [`Pair::of`] takes.
    #[inline(always)]
    fn terms(x: W, y: W) -> [Product<W>; 4] {
        let d = y - x;
        [(x, x), (y, y), (d, d), (x, d)]
    }

    #[inline(always)]
    fn of(k: Curv, [x2, y2, d2, xd]: [W; 4]) -> Self {
        let (x0, y0) = (time(k, x2), time(k, y2));
        let d0 = (xd * 2.0 + d2) / (x0 + y0);
        let chord = (d2 - d0 * d0).at_least_zero();
        Pair { x0, y0, d2, d0, chord, h: chord * k.c / 4.0 }
    }

    /// Digits lost in |d|² − d₀².
    #[inline(always)]
    fn loss(&self) -> W {
        (self.d2 / self.chord).unless_zero(self.d2)
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
    fn dist2_vjp(&self, k: Curv, g: W) -> (W, (W, W)) {
        let r = ratio(self.h);
        let g = g / k.t / k.t;
        // dist² t² = chord Ψ(h) with Ψ = asinh²(√h)/h = F²(1+h); chord depends on c through d₀ only.
        let h1 = self.h + 1.0;
        let (psi, dpsi) = (r.f * r.f * h1, r.f * (r.df * h1 * 2.0 + r.f));
        let chord_c = -(self.d0 * self.d0_c(k) * 2.0);
        let gc = g * (chord_c * psi + self.chord * dpsi * (self.chord + chord_c * k.c) / 4.0);
        let gt = -(g * self.chord * psi) * 2.0 / k.t;
        (g * r.f, (gc, gt))
    }

    /// Gradient of the chord, ∂x = −2e(d − (d₀/x₀)x), ∂y = 2e(d − (d₀/y₀)y), as −a d + b x and a d − c y.
    #[inline(always)]
    fn chord_vjp(&self, e: W) -> [W; 3] {
        let a = e * 2.0;
        [a, a * self.d0 / self.x0, a * self.d0 / self.y0]
    }
}

/// A number made of a pair of points.
#[inline(always)]
fn of_pair<E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    out: RowsMut<'_, E>,
    f: impl Fn(&Pair<E::Number>) -> E::Number,
) -> Tally {
    block(
        [],
        [x.tail(), y.tail()],
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Pair::of(k, sums);
            Numbers::new([]).heads([f(&p)]).loss(p.loss())
        },
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of such a number, which depends on the rows through the chord: `f` gives the factor e and (∂c, ∂t).
#[inline(always)]
fn of_pair_vjp<E: Evaluation>(
    k: Curv,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gy]: [RowsMut<'_, E>; 2],
    f: impl Fn(&Pair<E::Number>, E::Number) -> (E::Number, (E::Number, E::Number)),
) -> Tally {
    block(
        [g],
        [x.tail(), y.tail()],
        |[x, y]| Pair::terms(x, y),
        |[g], sums| {
            let p = Pair::of(k, sums);
            let (e, grad) = f(&p, g);
            Numbers::new(p.chord_vjp(e)).curvature(grad).loss(p.loss())
        },
        [gx.headed(), gy.headed()],
        |[x, y], [a, b, c]| {
            let d = a * (y - x);
            [b * x - d, d - c * y]
        },
    )
}

/// Distance on the hyperboloid, 2/(√c t) · asinh √h.
#[inline(always)]
pub fn dist<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(k, points, out, |p| p.dist(k))
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub fn dist_vjp<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_pair_vjp(k, points, g, out, |p, g| {
        let d = p.dist(k);
        p.dist2_vjp(k, (g / (d * 2.0)).unless_zero(d))
    })
}

/// dist(x, y)², smooth also where x = y.
#[inline(always)]
pub fn dist2<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(k, points, out, |p| p.dist2(k))
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_pair_vjp(k, points, g, out, |p, g| p.dist2_vjp(k, g))
}

/// The squared Lorentzian distance (−2/c − 2⟨x,y⟩)/t² = 4 sinh²(√c t dist/2)/(c t²): a smooth stand-in for dist².
#[inline(always)]
pub fn lorentzian<E: Evaluation>(k: Curv, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_pair(k, points, out, |p| p.chord / k.t / k.t)
}

/// Gradient of [`lorentzian`].
#[inline(always)]
pub fn lorentzian_vjp<E: Evaluation>(
    k: Curv,
    points: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    of_pair_vjp(k, points, g, out, |p, g| {
        let g = g / k.t / k.t;
        (g, (-(g * p.d0 * p.d0_c(k) * 2.0), g * p.chord * -2.0 / k.t))
    })
}

/// dist(o, y) = asinh(√c|y_s|)/(√c t).
#[inline(always)]
pub fn dist0<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        [y.tail()],
        |[y]| [(y, y)],
        // asinh √z in the safe form of `asinh_sqrt`.
        |[], [y2]| Numbers::new([]).heads([asinh_sqrt(y2 * k.c) / (E::Number::of(k.c).sqrt() * k.t)]),
        [out.headed()],
        |[y], []| [y],
    )
}

/// Gradient of [`dist0`]; zero where y is the origin.
#[inline(always)]
pub fn dist0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, [gy]: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [g],
        [y.tail()],
        |[y]| [(y, y)],
        |[g], [y2]| {
            let z = y2 * k.c;
            let g = g / k.t;
            // With F and z = c|y|²: dist t = |y| √(1+z) F(z), so its slope in c is |y|³ (√(1+z) F)′.
            let r = ratio(z);
            let (n, root) = (y2.sqrt(), (z + 1.0).sqrt());
            let gc = g * n * y2 * (root * r.df + r.f * 0.5 / root);
            let gt = -(g * n * root * r.f / k.t);
            Numbers::new([(g / (n * root)).unless_zero(n)]).curvature((gc, gt))
        },
        [gy.headed()],
        |[y], [a]| [a * y],
    )
}
