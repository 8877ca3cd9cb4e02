//! Staying within a distance of the identity: what lies beyond is drawn back along its geodesic.

use super::Chart;
use super::exp::Ray;
use super::log::Pull;
use super::pair::Between;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, prepared};
use crate::geometry::scalar::Ratio;
use crate::geometry::wide::{Wide, either};

/// The largest radius R on the unit hyperboloid, and sinh²(R/2).
struct Limit<W> {
    radius: W,
    q: f64,
}

/// sinh²(R/2).
#[inline(always)]
pub(in crate::geometry) fn limit(k: Curv, max_radius: f64) -> f64 {
    (k.c.sqrt() * k.t * max_radius / 2.0).sinh().powi(2)
}

impl<W: Wide> Limit<W> {
    #[inline(always)]
    fn of(k: Curv, max_radius: f64) -> Self {
        Limit { radius: W::of(k.c).sqrt() * k.t * max_radius, q: limit(k, max_radius) }
    }

    /// f(q) with (a, b) = f(q) (X₁, X_f) of length R.
    #[inline(always)]
    fn shrink(&self, q: W) -> Ratio<W> {
        let f = self.radius / (q.sqrt() * (q + 1.0).sqrt() * 2.0);
        let dhf = f / ((q + 1.0) * 2.0);
        Ratio { f, df: -(f * (q * 2.0 + 1.0) / (q + 1.0) / q / 2.0), dhf }
    }
}

/// The row as a point, at most `max_radius` from the identity; a height that is not positive counts as
/// that of a point at infinity, nearly.
#[inline(always)]
pub(super) fn project<C: Chart, E: Evaluation>(k: Curv, max_radius: f64, x: Rows<'_, E>, out: RowsMut<'_, E>) -> Tally {
    let limit = Limit::of(k, max_radius);
    prepared(
        [x],
        |[x0]| [C::valid(x0)],
        [x.tail()],
        |_, [x]| [(x, x)],
        |_, [x0], [x2]| {
            let one = E::Number::of(C::IDENTITY);
            let rel = C::relative(one, x0);
            let [_, _, alpha, _] = rel;
            let p = Between::of(rel, alpha * alpha * x2);
            let q = p.q;
            let [head, scale] = either!(q < limit.q, [x0, E::Number::of(1.0)], {
                let f = limit.shrink(p.q).f;
                let b = f / p.r;
                let [y0, _, s] = C::place(one, &Ray::of(f * p.rise(), b * b * p.m2));
                [y0, s * b * alpha]
            });
            Numbers::new([scale]).heads([head]).loss(C::loss(x2))
        },
        [out.headed()],
        |[x], [s]| [s * x],
    )
}

/// Gradient of [`project`]. What would move y outwards cancels, and that is e^r times what is left.
#[inline(always)]
pub(super) fn project_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    max_radius: f64,
    x: Rows<'_, E>,
    g: Rows<'_, E>,
    gx: RowsMut<'_, E>,
) -> Tally {
    let limit = Limit::of(k, max_radius);
    prepared(
        [x, g],
        |[x0, _]| [C::valid(x0)],
        [x.tail(), g.tail()],
        |_, [x, g]| [(x, x), (x, g)],
        |[raw, g0], [x0], [x2, xg]| {
            let zero = E::Number::of(0.0);
            let one = E::Number::of(C::IDENTITY);
            let rel = C::relative(one, x0);
            let [_, _, alpha, _] = rel;
            let p = Between::of(rel, alpha * alpha * x2);
            let q = p.q;
            let [head, along_g, along_x, radius, cancels] =
                either!(q < limit.q, [g0, E::Number::of(1.0), zero, zero, zero], {
                    let f = limit.shrink(p.q);
                    // b = β m with m = α x.
                    let (a, beta) = (f.f * p.rise(), f.f / p.r);
                    let ray = Ray::of(a, beta * beta * p.m2);
                    let [_, _, s] = C::place(one, &ray);
                    let gm = xg * alpha;
                    let [_, gs, ge] = C::pull_place(one, &ray, g0, beta * gm, zero);
                    // ∂b = S g + h b.
                    let [ga, h] = ray.pull(gs, ge);
                    let gb_m = s * gm + h * beta * p.m2;
                    let pull = Pull::of(&p, &f, ga, gb_m);
                    let gm_m = pull.along_b * gb_m + pull.along_m * p.m2;
                    let [_, gx0] = C::pull_relative(rel, pull.gr, gm_m, zero);
                    let along_m = pull.along_b * h * beta + pull.along_m;
                    let radius = ga * a + beta * gb_m;
                    [gx0, alpha * pull.along_b * s, alpha * along_m * alpha, radius, q]
                });
            // A height that was replaced has no slope.
            let below = raw - x0;
            let [head] = either!(below < 0.0, [zero], [head]);
            Numbers::new([along_g, along_x])
                .heads([head])
                .curvature((radius / k.c / 2.0, radius / k.t))
                .loss(C::loss(x2).larger(cancels))
        },
        [gx.headed()],
        |[x, g], [s, h]| [s * g + h * x],
    )
}
