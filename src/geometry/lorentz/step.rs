//! Steps of optimizers: exp along a geodesic, with a tangent transported along it.

use super::exp::Ray;
use super::tangent::limit;
use super::time;
use crate::geometry::curv::Curv;
use crate::geometry::descend::{self, Advance, Gradient, Gram};
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::wide::{Wide, either};

/// A step of an optimizer: y = exp_x(s·u), and v transported along to y, for one number s a row. Then y is brought back
/// within `max_radius`.
#[inline(always)]
pub fn retract_transport<E: Evaluation>(
    k: Curv,
    max_radius: f64,
    [x, u, v]: [Rows<'_, E>; 3],
    s: Rows<'_, E>,
    [y, w]: [RowsMut<'_, E>; 2],
) -> Tally {
    let [limit, _] = limit::<f64>(k, max_radius);
    block(
        [s],
        [x.tail(), u.tail(), v.tail()],
        |[x, u, v]| [(x, x), (u, u), (x, u), (x, v), (u, v)],
        |[s], sums| {
            let Advance { y, y0, v, v0, loss } = <Steps as descend::Steps>::advance(k, limit, s, sums, |_| None);
            Numbers::new([y[0], y[1], v[1], v[2]]).heads([y0, v0]).loss(loss)
        },
        [y.headed(), w.headed()],
        |[x, u, v], [a, b, ca, cb]| [a * x + b * u, v + ca * x + cb * u],
    )
}

/// Steps on the hyperboloid.
pub(in crate::geometry) struct Steps;

impl descend::Steps for Steps {
    const TIME: bool = true;

    /// t times the tangential part of z = (−e₀, e_s) of e = clip·g + decay·x; ⟨r, r⟩ = t²(⟨z,z⟩ + c⟨x,z⟩²).
    #[inline(always)]
    fn gradient<W: Wide>(k: Curv, [clip, decay]: [f64; 2], g0: W, s: &Gram<W>) -> Gradient<W> {
        let x0 = time(k, s.xx);
        let e0 = g0 * clip + x0 * decay;
        let m = s.xg * clip + s.xx * decay + x0 * e0;
        let size = s.gg * clip * clip + s.xx * decay * decay;
        let e2 = size + s.xg * 2.0 * clip * decay;
        let square = (e2 - e0 * e0 + m * m * k.c).at_least_zero();
        let whole = size + e0 * e0 + m * m * k.c;
        let loss = (whole / square).unless_zero(whole);
        let of = [(m * k.c + decay) * k.t, W::of(k.t) * clip];
        Gradient { of, square: square * k.t * k.t, loss }
    }

    fn limit(k: Curv, max_radius: f64) -> f64 {
        limit::<f64>(k, max_radius)[0]
    }

    #[inline(always)]
    fn advance<W: Wide>(
        k: Curv,
        limit: f64,
        s: W,
        [x2, u2, xu, xv, uv]: [W; 5],
        _: impl Fn(W) -> Option<W>,
    ) -> Advance<W> {
        let step = s * k.t;
        let r = Ray::of(k, step, [x2, u2, xu]);
        // v + c⟨U,v⟩ ((cosh n − 1)/n² U + (sinh n / n) x): transport along the geodesic itself.
        let uv = (uv * step - r.u0 * xv / r.x0) * k.c;
        let (ca, cb) = (uv * r.sh.s, uv * r.sh.versine * step);
        let v0 = xv / r.x0 + ca * r.x0 + uv * r.sh.versine * r.u0;
        let (a, b) = (r.sh.c, r.sh.s);
        let n = (a * a * x2 + a * b * xu * step * 2.0 + b * b * r.u2).at_least_zero().sqrt();
        let edge = W::of(limit);
        let [back, y0] = either!(n < limit, [W::of(1.0), r.y0], [edge / n, time(k, edge * edge)]);
        Advance { y: [back * a, back * b * step], y0, v: [W::of(1.0), ca, cb], v0, loss: r.loss() }
    }
}
