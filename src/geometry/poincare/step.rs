//! Steps of optimizers: exp along a geodesic, with a tangent transported along it.

use super::exp::{Ray, orthogonal};
use super::omega;
use super::tangent::limit;
use crate::geometry::curv::Curv;
use crate::geometry::descend::{self, Advance, Gradient, Gram};
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::amplified;
use crate::geometry::wide::{Wide, either};

/// A step of an optimizer: y = exp_x(s·u), and v transported along to y, for one number s a row. Then y is brought back
/// within `max_radius`.
#[inline(always)]
pub fn retract_transport<E: Evaluation>(
    k: Curv,
    max_radius: f64,
    [x, u, v]: [Rows<'_, E>; 3],
    s: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    let (limit, _) = limit(k, max_radius);
    block(
        [s],
        [x, u, v],
        |[x, u, v]| [(x, x), (u, u), (x, u), (x, v), (u, v)],
        |[s], sums| {
            let Advance { y, v, loss, .. } = <Steps as descend::Steps>::advance(k, limit, s, sums, orthogonal(x, u));
            Numbers::new([y[0], y[1], v[0], v[1], v[2]]).loss(loss)
        },
        out,
        |[x, u, v], [a, b, rho, cx, cu]| [a * x + b * u, rho * v + cx * x + cu * u],
    )
}

/// Steps on the ball.
pub(in crate::geometry) struct Steps;

impl descend::Steps for Steps {
    const TIME: bool = false;

    /// t (ω/2)² e of e = clip·g + decay·x, with ⟨r, r⟩ = (t ω/2)² |e|².
    #[inline(always)]
    fn gradient<W: Wide>(k: Curv, [clip, decay]: [f64; 2], _: W, s: &Gram<W>) -> Gradient<W> {
        let w = omega(k, s.xx);
        let (half, a) = (w * (0.5 * k.t), w * w * (0.25 * k.t));
        let size = s.gg * clip * clip + s.xx * decay * decay;
        let e2 = size + s.xg * 2.0 * clip * decay;
        let loss = amplified(size, e2).larger(W::of(1.0) / w);
        Gradient { of: [a * decay, a * clip], square: half * half * e2.at_least_zero(), loss }
    }

    fn limit(k: Curv, max_radius: f64) -> f64 {
        limit(k, max_radius).0
    }

    #[inline(always)]
    fn advance<W: Wide>(
        k: Curv,
        limit: f64,
        s: W,
        [x2, u2, xu, xv, uv]: [W; 5],
        apart: impl Fn(W) -> Option<W>,
    ) -> Advance<W> {
        let step = s * k.t;
        let r = Ray::of(k, step, [x2, u2, xu], apart);
        let (xv, uv) = (xv * k.c, uv * k.c * step);
        // The formulas of `transport` with d = p x + q U and ω_y = ω_x sech² n / E.
        let (p, q) = r.displacement();
        let dv = p * xv + q * uv;
        let (x2, u2, xu) = (r.x2 * k.c, r.u2 * k.c, r.xu * k.c);
        let d2 = p * p * x2 + p * q * xu * 2.0 + q * q * u2;
        let rho = r.th.sech2 / r.e;
        let wy = r.w * rho;
        let den = d2 + r.w * wy;
        let a = -(rho * 2.0 * (x2 * dv + (wy + d2) * xv) / den);
        let b = rho * 2.0 * (r.w * dv - d2 * xv) / den;
        let y2 = r.x2 * (p + 1.0) * (p + 1.0) + r.xu * (p + 1.0) * q * 2.0 + r.u2 * q * q;
        let n = y2.sqrt();
        let [back] = either!(n < limit, [W::of(1.0)], [W::of(limit) / n]);
        let q = q * step;
        let loss = if W::SIGNED { r.loss().larger(r.w * wy / den) } else { r.loss() };
        let zero = W::of(0.0);
        Advance { y: [back * (p + 1.0), back * q], y0: zero, v: [rho, a * p + b, a * q], v0: zero, loss }
    }
}
