//! exp_x u = x · E(a, b), E = (1/e, (S/e) b) with n² = a² + |b|², S = sinh n/n and e = X₀ − X₁ = cosh n − S a.
//!
//! (a, b) is t u in the frame at x. Upwards (a > 0) e is small: there it is written as (1 + S²|b|²)/(cosh n + S a).

use super::Chart;
use super::transport::Turn;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, prepared};
use crate::geometry::scalar::{SMALL, sinhc};
use crate::geometry::wide::{Wide, either};

/// A tangent (a, b) at the identity, and where it leads.
pub struct Ray<W> {
    /// a.
    a: W,
    /// S.
    pub(super) s: W,
    /// e.
    pub(super) e: W,
    /// 1 − e.
    pub(super) descent: W,
    /// cosh n.
    pub(super) cosh: W,
    /// dS/dn².
    s_z: W,
    /// Slopes of e in a, |b|² and n², as if those were independent.
    e_a: W,
    e_b: W,
    e_z: W,
}

impl<W: Wide> Ray<W> {
    #[inline(always)]
    pub(super) fn of(a: W, b2: W) -> Self {
        let z = a * a + b2;
        let h = sinhc(z);
        let (c, s, ds) = (h.c, h.s, h.ds);
        let [e, e_a, e_b, e_z] = either!(a < 0.0, [c - s * a, -s, W::of(0.0), s / 2.0 - a * ds], {
            let tau = s / c;
            let den = tau * a + 1.0;
            let e = (W::of(1.0) / c + s * tau * b2) / den;
            let e_z = tau * ds * b2 * 2.0 - e * tau / 2.0 - e * a * ds / c;
            [e, -(e * tau / den), s * tau / den, e_z / den]
        });
        let [descent] = either!(z < SMALL, [s * a - z * h.versine], [W::of(1.0) - e]);
        Ray { a, s, e, descent, cosh: c, s_z: ds, e_a, e_b, e_z }
    }

    /// S/e: the point E has m = (S/e) b.
    #[inline(always)]
    fn scale(&self) -> W {
        self.s / self.e
    }

    /// A tangent at the identity carried to E, from |b|², its a, and its product with b.
    #[inline(always)]
    fn turn(&self, b2: W, a: W, bb: W) -> Turn<W> {
        let scale = self.scale();
        Turn::of(W::of(1.0) / self.e, scale * scale * b2, a, scale * bb)
    }

    /// (∂a, f) with ∂b = f b, from ∂S and ∂e.
    #[inline(always)]
    pub(super) fn pull(&self, gs: W, ge: W) -> [W; 2] {
        let gz = gs * self.s_z + ge * self.e_z;
        [ge * self.e_a + gz * 2.0 * self.a, (gz + ge * self.e_b) * 2.0]
    }
}

/// Digits lost in y = P x + Q b, and in the frame.
#[inline(always)]
fn loss<C: Chart, W: Wide>(ray: &Ray<W>, x0: W, [y0, p, q]: [W; 3], [b2, bx, x2]: [W; 3]) -> W {
    let y2 = y0 * y0 + (p * p * x2 + p * q * bx * 2.0 + q * q * b2).at_least_zero();
    let frame = C::loss(ray.cosh * ray.cosh * x2 * (x2 + 1.0) + x0 * x0);
    ((p * p * x2 + frame) / y2).sqrt().unless_zero(x2 + frame)
}

/// exp_x u into `out`.
#[inline(always)]
pub(super) fn exp<C: Chart, E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    prepared(
        [x, u],
        |[x0, u0]| C::frame(x0, u0),
        [x.tail(), u.tail()],
        |frame, [x, u]| {
            let b = C::framed(frame, x, u);
            [(b, b), (b, x), (x, x)]
        },
        |[x0, _], [a, l], [b2, bx, x2]| {
            let (b2, bx) = (b2 * k.t * k.t, bx * k.t);
            let ray = Ray::of(a * k.t, b2);
            let [y0, p, q] = C::place(x0, &ray);
            Numbers::new([a, l, p, q * k.t]).heads([y0]).loss(loss::<C, _>(&ray, x0, [y0, p, q], [b2, bx, x2]))
        },
        [out.headed()],
        |[x, u], [a, l, p, q]| [p * x + q * C::framed([a, l], x, u)],
    )
}

/// Gradient of [`exp`] for the cotangent rows `g`.
#[inline(always)]
pub(super) fn exp_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    [x, u]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gu]: [RowsMut<'_, E>; 2],
) -> Tally {
    prepared(
        [x, u, g],
        |[x0, u0, _]| C::frame(x0, u0),
        [x.tail(), u.tail(), g.tail()],
        |frame, [x, u, g]| {
            let b = C::framed(frame, x, u);
            [(b, b), (b, x), (g, b), (g, x), (x, x)]
        },
        |[x0, _, g0], [a, l], [b2, bx, gb, gx, x2]| {
            let ray = Ray::of(a * k.t, b2 * k.t * k.t);
            let [y0, p, q] = C::place(x0, &ray);
            let [gx0, gs, ge] = C::pull_place(x0, &ray, g0, gb * k.t, gx);
            // t moves y along the velocity that has been carried there; by way of ∂a and ∂b it would cancel far out.
            let turn = ray.turn(b2 * k.t * k.t, a, b2 * k.t);
            let gt = C::pull_a(y0, g0, p * gx + q * k.t * gb) * turn.a
                + C::unit(y0) * gb * (turn.along_m * ray.scale() * k.t + 1.0);
            let [ga, f] = ray.pull(gs, ge);
            // ∂b = t Q g + t² f b.
            let (ga, q, f) = (ga * k.t, q * k.t, f * k.t * k.t);
            let gb_b = q * gb + f * b2;
            let [fx0, gu0] = C::pull_frame([a, l], ga, gb_b, q * gx + f * bx);
            Numbers::new([a, l, p, q, f, C::slant(a)])
                .heads([gx0 + fx0, gu0])
                .curvature((E::Number::of(0.0), gt))
                .loss(C::loss(ray.cosh * x2))
        },
        [gx.headed(), gu.headed()],
        |[x, u, g], [a, l, p, q, f, slant]| {
            let gb = q * g + f * C::framed([a, l], x, u);
            [p * g + slant * gb, l * gb]
        },
    )
}

/// A step of an optimizer: y = exp_x(s·u), and v transported along to y, for one number s a row.
#[inline(always)]
pub fn retract_transport<C: Chart, E: Evaluation>(
    k: Curv,
    [x, u, v]: [Rows<'_, E>; 3],
    s: Rows<'_, E>,
    [y, w]: [RowsMut<'_, E>; 2],
) -> Tally {
    prepared(
        [x, u, v, s],
        |[x0, u0, v0, _]| {
            let ([a, l], [av, _]) = (C::frame(x0, u0), C::frame(x0, v0));
            [a, l, av]
        },
        [x.tail(), u.tail(), v.tail()],
        |[a, l, av], [x, u, v]| {
            let (b, bv) = (C::framed([a, l], x, u), C::framed([av, l], x, v));
            [(b, b), (b, x), (b, bv), (x, x)]
        },
        |[x0, _, _, s], [a, l, av], [b2, bx, bv, x2]| {
            let step = s * k.t;
            let (b2, bx) = (b2 * step * step, bx * step);
            let ray = Ray::of(a * step, b2);
            let [y0, p, q] = C::place(x0, &ray);
            let turn = ray.turn(b2, av, step * bv);
            let unit = C::unit(y0);
            let up = unit * turn.a;
            Numbers::new([a, l, p, q * step, av, unit, unit * turn.along_m * ray.scale() * step, up])
                .heads([y0, up])
                .loss(loss::<C, _>(&ray, x0, [y0, p, q], [b2, bx, x2]).larger(C::loss(ray.cosh * x2)))
        },
        [y.headed(), w.headed()],
        |[x, u, v], [a, l, p, q, av, unit, along_b, up]| {
            let b = C::framed([a, l], x, u);
            let y = p * x + q * b;
            [y, C::tilt(up, y, unit * C::framed([av, l], x, v) + along_b * b)]
        },
    )
}
