//! Along geodesics: the point at the fraction s of the way from x to y, exp_x(s log_x y), and r ⊗ x, the same from the
//! origin (Ganea, Bécigneul & Hofmann, NeurIPS 2018, section 2.2). Both are free of t.
//!
//! The first is the hyperboloid's αx + βy carried to the ball: (A x + B y)/((1−α−β)/2 + A + B), A = α/ω_x, B = β/ω_y.

use super::{Pair, omega};
use crate::geometry::between::Between;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use crate::geometry::scalar::{amplified, asinhc, tanhc};
use crate::geometry::wide::Wide;

/// The weights of a pair of points.
struct Way<W> {
    pair: Pair<W>,
    /// Squared distance of (c, t = 1).
    dist2: W,
    between: Between<W>,
    /// A and B.
    parts: [W; 2],
    /// What they are divided by.
    den: W,
}

impl<W: Wide> Way<W> {
    #[inline(always)]
    fn of(k: Curv, s: f64, sums: [W; 3]) -> Self {
        let pair = Pair::of(k, sums);
        let dist2 = pair.dist2(k);
        let between = Between::of(s, dist2 * k.c / 4.0);
        let parts = [between.a / pair.wx, between.b / pair.wy];
        let den = between.rest / 2.0 + parts[0] + parts[1];
        Way { pair, dist2, between, parts, den }
    }

    /// The weights of x and y.
    #[inline(always)]
    fn weights(&self) -> [W; 2] {
        [self.parts[0] / self.den, self.parts[1] / self.den]
    }

    /// Beside ω: points beyond the two, near the rim.
    #[inline(always)]
    fn loss(&self) -> W {
        amplified(self.parts[0] - self.parts[1], self.den).larger(self.pair.loss())
    }
}

/// The point at the fraction `s` of the way from x to y.
#[inline(always)]
pub fn geodesic<E: Evaluation>(k: Curv, s: f64, points: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    let k = Curv { t: 1.0, ..k };
    block(
        [],
        points,
        |[x, y]| Pair::terms(x, y),
        |[], sums| {
            let p = Way::of(k, s, sums);
            Numbers::new(p.weights()).loss(p.loss())
        },
        [out],
        |[x, y], [a, b]| [a * x + b * y],
    )
}

/// Gradient of [`geodesic`].
#[inline(always)]
pub fn geodesic_vjp<E: Evaluation>(
    k: Curv,
    s: f64,
    [x, y]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    let k = Curv { t: 1.0, ..k };
    block(
        [],
        [x, y, g],
        |[x, y, g]| {
            let [x2, y2, d2] = Pair::terms(x, y);
            [x2, y2, d2, (g, x), (g, y), (g, y - x)]
        },
        |[], [x2, y2, d2, gx, gy, gd]| {
            let p = Way::of(k, s, [x2, y2, d2]);
            let ([a, b], pair, w) = (p.weights(), &p.pair, &p.between);
            let gden = -((a * gx + b * gy) / p.den);
            // Cotangents of A and B, (⟨g,x⟩ − ⟨g,result⟩)/den: the result is close to both of two close points.
            let rest = w.rest / (p.den * 2.0);
            let ga = (gx * rest - b * gd) / p.den;
            let gb = (gy * rest + a * gd) / p.den;
            let (gwx, gwy) = (-(ga * p.parts[0] / pair.wx), -(gb * p.parts[1] / pair.wy));
            let half = gden / 2.0;
            // A = α/ω_x also counts in gden; what is left of gden is its part in (1 − α − β)/2.
            let gw = (ga / pair.wx - half) * w.da + (gb / pair.wy - half) * w.db;
            let (e, (gc, _)) = pair.dist2_vjp(k, gw * k.c / 4.0);
            let (cx, cy) = (gwx * x2, gwy * y2);
            let sum = gc + gw * p.dist2 / 4.0 - cx - cy;
            let twice = 2.0 * k.c;
            Numbers::new([
                a,
                b,
                e * pair.h / pair.wx - gwx * twice,
                e * pair.h / pair.wy - gwy * twice,
                e / (pair.wx * pair.wy),
            ])
            .curvature((sum, E::Number::of(0.0)))
            .loss(p.loss().larger(amplified(cx - cy, sum)))
        },
        out,
        |[x, y, g], [a, b, cx, cy, cd]| {
            let d = cd * (y - x);
            [a * g + cx * x - d, b * g + cy * y + d]
        },
    )
}

/// r ⊗ x = φ x with φ = r τ(r²w)/τ(w), w = atanh²(√c|x|), and the slope of φ in c|x|²; last the loss.
#[inline(always)]
fn scaled<W: Wide>(k: Curv, r: f64, x2: W) -> [W; 3] {
    let w = omega(k, x2);
    let h = x2 * k.c / w;
    let a = asinhc(h);
    let square = a * a * h;
    let (one, all) = (tanhc(square), tanhc(square * r * r));
    let f = all.tau / one.tau * r;
    // d(atanh² √y)/dy = 1/(τ(w)(1−y)).
    let df = f * (all.dtau / all.tau * r * r - one.dtau / one.tau) / (one.tau * w);
    [f, df, W::of(1.0) / w]
}

/// r ⊗ x = exp_o(r log_o x).
#[inline(always)]
pub fn gyro_scale<E: Evaluation>(k: Curv, r: f64, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x]| [(x, x)],
        |[], [x2]| {
            let [f, _, loss] = scaled(k, r, x2);
            Numbers::new([f]).loss(loss)
        },
        [out],
        |[x], [f]| [f * x],
    )
}

/// Gradient of [`gyro_scale`].
#[inline(always)]
pub fn gyro_scale_vjp<E: Evaluation>(
    k: Curv,
    r: f64,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 1],
) -> Tally {
    block(
        [],
        [x, g],
        |[x, g]| [(x, x), (x, g)],
        |[], [x2, xg]| {
            let [f, df, loss] = scaled(k, r, x2);
            let gy = xg * df;
            Numbers::new([f, gy * 2.0 * k.c]).curvature((gy * x2, E::Number::of(0.0))).loss(loss)
        },
        out,
        |[x, g], [f, cx]| [f * g + cx * x],
    )
}
