//! exp_x u = cosh n · x + (sinh n / n) U, with U = t u and n² = c(|U_s|² − U₀²).
//!
//! Two places lose digits: n² for a nearly radial u far out, and the sum for a long step inwards. Where f64 is not
//! enough for f32 rows, they are redone in double-double.

use super::log::set_time;
use super::time;
use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, round, sums};
use crate::geometry::scalar::{Sinhc, sinhc};
use crate::geometry::wide::{Coord, Wide, cold};

/// A point and a tangent U in the coordinates' own scale.
struct Ray<W> {
    x0: W,
    /// |U_s|².
    u2: W,
    /// U₀ = ⟨x_s,U_s⟩/x₀.
    u0: W,
    /// ⟨U,U⟩ = |U_s|² − U₀².
    q: W,
    sh: Sinhc<W>,
    /// Time of the result.
    y0: W,
}

impl<W: Wide> Ray<W> {
    /// Takes space parts; `step` is t, or t times what scales the tangent.
    #[inline(always)]
    fn new<T: Coord>(k: Curv, step: f64, x: &[T], u: &[T]) -> Self {
        let [x2, u2, xu] = sums([x, u], |[x, u]: [W; 2]| [x * x, u * u, x * u]);
        let s = W::of(step);
        let x0 = time(k, x2);
        let (u2, u0) = (u2 * s * s, xu * s / x0);
        let q = u2 - u0 * u0;
        let q = if q < W::of(0.0) { W::of(0.0) } else { q };
        let sh = sinhc(q * k.c);
        Ray { x0, u2, u0, q, y0: sh.c * x0 + sh.s * u0, sh }
    }

    #[inline(always)]
    fn lossy(&self) -> bool {
        // The sum may lose half of the digits: the point that results may still be close to the origin.
        self.u2.value() > self.q.value() * W::CARE || (self.sh.c * self.x0).value() > self.y0.value() * W::CARE.sqrt()
    }
}

/// exp_x u into `out`.
#[inline(always)]
pub fn exp<T: Coord>(k: Curv, x: &[T], u: &[T], out: &mut [T]) {
    let r = Ray::<T::Wide>::new(k, k.t, &x[1..], &u[1..]);
    if r.lossy() {
        return cold(|| rows(&Ray::<Dd>::new(k, k.t, &x[1..], &u[1..]), k.t, x, u, out));
    }
    rows(&r, k.t, x, u, out)
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(r: &Ray<W>, step: f64, x: &[T], u: &[T], out: &mut [T]) {
    let (a, b) = (r.sh.c, r.sh.s * step);
    out[0] = round(r.y0);
    map([&x[1..], &u[1..]], [&mut out[1..]], |[x, u]: [W; 2]| [a * x + b * u]);
}

/// Gradient of [`exp`] for the cotangent row `g`.
#[inline(always)]
pub fn exp_vjp<T: Coord>(k: Curv, x: &[T], u: &[T], g: &[T], gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    let r = Ray::<T::Wide>::new(k, k.t, &x[1..], &u[1..]);
    if r.lossy() {
        return cold(|| vjp_rows(&Ray::<Dd>::new(k, k.t, &x[1..], &u[1..]), k, x, u, g, gx, gu));
    }
    vjp_rows(&r, k, x, u, g, gx, gu)
}

#[inline(always)]
fn vjp_rows<T: Coord, W: Wide>(r: &Ray<W>, k: Curv, x: &[T], u: &[T], g: &[T], gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    let rows = [&x[1..], &u[1..], &g[1..]];
    let [ga, gb] = sums(rows, |[x, u, g]: [W; 3]| [g * x, g * u]);
    let g0 = W::of(g[0].to_f64());
    let (ga, gb) = (ga + g0 * r.x0, gb * k.t + g0 * r.u0);
    let (a, b) = (r.sh.c, r.sh.s);
    let gz = ga * b / 2.0 + gb * r.sh.ds;
    let gq = gz * k.c;
    let gu0 = g0 * b - r.u0 * gq * 2.0;
    let gx0 = g0 * a - gu0 * r.u0 / r.x0;
    let gxu = gu0 / r.x0;
    // All of t enters through U: ⟨∂U, u⟩, with g₀b counted in gu0.
    let gt = ((gb - g0 * r.u0) * b + gq * r.u2 * 2.0 + gu0 * r.u0) / k.t;
    let gc = gz * r.q - gx0 * 0.5 / (r.x0 * k.c * k.c);
    let (cx, cxu) = (gx0 / r.x0, gxu * k.t);
    let (b, cu) = (b * k.t, gq * 2.0 * k.t * k.t);
    (gx[0], gu[0]) = (T::zero(), T::zero());
    map(rows, [&mut gx[1..], &mut gu[1..]], |[x, u, g]: [W; 3]| [a * g + cxu * u + cx * x, b * g + cu * u + cxu * x]);
    (gc.value(), gt.value())
}

/// exp_o u: space (sinh n / n) t u_s, time cosh(n)/√c, n = √c t|u_s|.
#[inline(always)]
pub fn exp0<T: Coord>(k: Curv, u: &[T], out: &mut [T]) {
    let [u2] = sums([&u[1..]], |[u]: [T::Wide; 1]| [u * u]);
    let sh = sinhc(u2 * k.c * k.t * k.t);
    let a = sh.s * k.t;
    out[0] = round(sh.c / T::Wide::of(k.c).sqrt());
    map([&u[1..]], [&mut out[1..]], |[u]: [T::Wide; 1]| [a * u]);
}

/// Gradient of [`exp0`].
#[inline(always)]
pub fn exp0_vjp<T: Coord>(k: Curv, u: &[T], g: &[T], gu: &mut [T]) -> CurvGrad {
    let [u2, gb] = sums([&u[1..], &g[1..]], |[u, g]: [T::Wide; 2]| [u * u, u * g]);
    let (u2, gb) = (u2 * k.t * k.t, gb * k.t);
    let sh = sinhc(u2 * k.c);
    let g0 = T::Wide::of(g[0].to_f64()) / T::Wide::of(k.c).sqrt();
    let gz = g0 * sh.s / 2.0 + gb * sh.ds;
    let (a, b) = (sh.s * k.t, gz * 2.0 * k.c * k.t);
    gu[0] = T::zero();
    map([&u[1..], &g[1..]], [&mut gu[1..]], |[u, g]: [T::Wide; 2]| [a * g + b * k.t * u]);
    let gc = gz * u2 - g0 * sh.c / (2.0 * k.c);
    let gt = (sh.s * gb + gz * u2 * 2.0 * k.c) / k.t;
    (gc.value(), gt.value())
}

/// One optimizer step in place: x ← exp_x(s·u), and the momentum `m` is transported along.
///
/// `u = None` takes the momentum itself as the direction.
#[inline(always)]
pub fn retract_transport<T: Coord>(k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
    let r = Ray::<T::Wide>::new(k, k.t * s, &x[1..], &u.unwrap_or(m)[1..]);
    if r.lossy() {
        let r = Ray::<Dd>::new(k, k.t * s, &x[1..], &u.unwrap_or(m)[1..]);
        return cold(|| step_rows(&r, k, x, u, s, m));
    }
    step_rows(&r, k, x, u, s, m)
}

#[inline(always)]
fn step_rows<T: Coord, W: Wide>(r: &Ray<W>, k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
    let step = W::of(k.t) * s;
    let [xv, uv] = sums([&x[1..], &u.unwrap_or(m)[1..], &m[1..]], |[x, u, v]: [W; 3]| [x * v, u * v]);
    // v + c⟨U,v⟩ ((cosh n − 1)/n² U + (sinh n / n) x): transport along the geodesic itself.
    let uv = (uv * step - r.u0 * xv / r.x0) * k.c;
    let (a, b) = (r.sh.c, r.sh.s * step);
    let (ca, cb) = (uv * r.sh.s, uv * r.sh.versine * step);
    m[0] = round(xv / r.x0 + ca * r.x0 + uv * r.sh.versine * r.u0);
    for i in 1..m.len() {
        let (xi, vi) = (W::of(x[i].to_f64()), W::of(m[i].to_f64()));
        let ui = u.map_or(vi, |u| W::of(u[i].to_f64()));
        x[i] = T::from_f64((a * xi + b * ui).value());
        m[i] = T::from_f64((vi + ca * xi + cb * ui).value());
    }
    set_time::<T, W>(k, x);
}
