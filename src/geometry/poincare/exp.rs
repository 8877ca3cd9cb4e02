//! exp_x u = x + (ω T² x + τ U)/E: where the geodesic from x with velocity u is after time 1.
//!
//! U = t u, n = √c|U|/ω, T = tanh n, τ = T/n, and E = 1 + 2cτ⟨x,U⟩/ω + c|x|²T² > 0 is the Möbius denominator. E is small
//! only for long steps inwards from near the rim; it is then written as a sum of squares, and f32 rows go to double-double.

use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, sums};
use crate::geometry::scalar::{Tanhc, tanhc};
use crate::geometry::wide::{Coord, Wide, cold};

/// A point and a tangent; sums are scaled by c.
struct Ray<W> {
    x2: W,
    u2: W,
    xu: W,
    /// ω at x.
    w: W,
    /// n².
    z: W,
    th: Tanhc<W>,
    /// E.
    e: W,
}

impl<W: Wide> Ray<W> {
    /// `step` is t, or t times what scales the tangent.
    #[inline(always)]
    fn new<T: Coord>(k: Curv, step: f64, x: &[T], u: &[T]) -> Self {
        let [x2, u2, xu] = sums([x, u], |[x, u]: [W; 2]| [x * x, u * u, x * u]);
        let s = W::of(step);
        let (x2, u2, xu) = (x2 * k.c, u2 * k.c * s * s, xu * k.c * s);
        let w = W::of(1.0) - x2;
        let z = u2 / (w * w);
        let th = tanhc(z);
        let slope = th.tau * xu / w;
        let mut e = slope * 2.0 + 1.0 + x2 * th.square;
        if e.value() < 1e-3 {
            // E = (1 − T|ξ|)² + c T²|x⊥|² with ξ = √c⟨x,U⟩/|U| → −1 and x⊥ the part of x orthogonal to U.
            let q = xu / u2 * s;
            let [p2] = sums([x, u], |[x, u]: [W; 2]| {
                let p = x - q * u;
                [p * p]
            });
            let p2 = p2 * k.c;
            let (t, xi) = (th.square.sqrt(), xu * xu / u2);
            let near = th.co + t * (w + p2) / (xi.sqrt() + 1.0);
            e = near * near + th.square * p2;
        }
        Ray { x2, u2, xu, w, z, th, e }
    }

    /// Whether ω or E has lost too many digits (gradients divide by E once more).
    #[inline(always)]
    fn lossy(&self) -> bool {
        self.w.value() * W::CARE < 1.0 || self.e.value() * W::CARE.sqrt() < 1.0
    }

    /// (α, β) of exp_x u = x + α x + β U.
    #[inline(always)]
    fn displacement(&self) -> (W, W) {
        (self.w * self.th.square / self.e, self.th.tau / self.e)
    }
}

/// exp_x u into `out`.
#[inline(always)]
pub fn exp<T: Coord>(k: Curv, x: &[T], u: &[T], out: &mut [T]) {
    let r = Ray::<T::Wide>::new(k, k.t, x, u);
    if r.lossy() {
        return cold(|| rows(&Ray::<Dd>::new(k, k.t, x, u), k.t, x, u, out));
    }
    rows(&r, k.t, x, u, out)
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(r: &Ray<W>, step: f64, x: &[T], u: &[T], out: &mut [T]) {
    let (a, b) = r.displacement();
    let b = b * step;
    map([x, u], [out], |[x, u]: [W; 2]| [x + (a * x + b * u)]);
}

/// Gradient of [`exp`] for the cotangent row `g`.
#[inline(always)]
pub fn exp_vjp<T: Coord>(k: Curv, x: &[T], u: &[T], g: &[T], gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    let r = Ray::<T::Wide>::new(k, k.t, x, u);
    if r.lossy() {
        return cold(|| vjp_rows(&Ray::<Dd>::new(k, k.t, x, u), k, x, u, g, gx, gu));
    }
    vjp_rows(&r, k, x, u, g, gx, gu)
}

#[inline(always)]
fn vjp_rows<T: Coord, W: Wide>(r: &Ray<W>, k: Curv, x: &[T], u: &[T], g: &[T], gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    let Ray { x2, u2, xu, w, z, ref th, e } = *r;
    let [ga, gb] = sums([x, u, g], |[x, u, g]: [W; 3]| [g * x, g * u]);
    let gb = gb * k.t;
    let (a, b) = r.displacement();
    let ge = -((a * ga + b * gb) / e);
    let gsquare = ga * w / e + ge * x2;
    let gtau = gb / e + ge * xu * 2.0 / w;
    let gz = gsquare * th.tau * th.sech2 + gtau * th.dtau;
    let gxu = ge * th.tau * 2.0 / w;
    let gu2 = gz / (w * w);
    // ω appears in the numerator, in E (also as c|x|² = 1 − ω) and in n.
    let gw = ga * th.square / e - ge * th.square - gxu * xu / w - gz * z * 2.0 / w;
    let gc = (gu2 * u2 + gxu * xu - gw * x2) / k.c;
    let gt = (b * gb + gu2 * u2 * 2.0 + gxu * xu) / k.t;
    let (a, b) = (a + 1.0, b * k.t);
    let (xx, xu, uu) = (gw * -2.0 * k.c, gxu * k.c * k.t, gu2 * 2.0 * k.c * k.t * k.t);
    map([x, u, g], [gx, gu], |[x, u, g]: [W; 3]| [a * g + xx * x + xu * u, b * g + uu * u + xu * x]);
    (gc.value(), gt.value())
}

/// exp_0 u = tanh(n)/n · t u with n = √c t|u|.
#[inline(always)]
pub fn exp0<T: Coord>(k: Curv, u: &[T], out: &mut [T]) {
    let [u2] = sums([u], |[u]: [T::Wide; 1]| [u * u]);
    let a = tanhc(u2 * k.c * k.t * k.t).tau * k.t;
    map([u], [out], |[u]: [T::Wide; 1]| [a * u]);
}

/// Gradient of [`exp0`].
#[inline(always)]
pub fn exp0_vjp<T: Coord>(k: Curv, u: &[T], g: &[T], gu: &mut [T]) -> CurvGrad {
    let [u2, gb] = sums([u, g], |[u, g]: [T::Wide; 2]| [u * u, u * g]);
    let (u2, gb) = (u2 * k.t * k.t, gb * k.t);
    let th = tanhc(u2 * k.c);
    let gu2 = gb * th.dtau;
    let (a, b) = (th.tau * k.t, gu2 * 2.0 * k.c * k.t);
    map([u, g], [gu], |[u, g]: [T::Wide; 2]| [a * g + b * k.t * u]);
    ((gu2 * u2).value(), ((th.tau * gb + gu2 * u2 * 2.0 * k.c) / k.t).value())
}

/// One optimizer step in place: x ← exp_x(s·u), and the momentum `m` is transported along.
///
/// `u = None` takes the momentum itself as the direction.
#[inline(always)]
pub fn retract_transport<T: Coord>(k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
    let r = Ray::<T::Wide>::new(k, k.t * s, x, u.unwrap_or(m));
    if r.lossy() {
        let r = Ray::<Dd>::new(k, k.t * s, x, u.unwrap_or(m));
        return cold(|| step_rows(&r, k, x, u, s, m));
    }
    step_rows(&r, k, x, u, s, m)
}

#[inline(always)]
fn step_rows<T: Coord, W: Wide>(r: &Ray<W>, k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
    let step = W::of(k.t) * s;
    let [xv, uv] = sums([&*x, u.unwrap_or(m), &*m], |[x, u, v]: [W; 3]| [x * v, u * v]);
    let (xv, uv) = (xv * k.c, uv * k.c * step);
    // The formulas of `transport` with d = p x + q U and ω_y = ω_x sech² n / E.
    let (p, q) = r.displacement();
    let dv = p * xv + q * uv;
    let d2 = p * p * r.x2 + p * q * r.xu * 2.0 + q * q * r.u2;
    let rho = r.th.sech2 / r.e;
    let wy = r.w * rho;
    let den = d2 + r.w * wy;
    let a = -(rho * 2.0 * (r.x2 * dv + (wy + d2) * xv) / den);
    let b = rho * 2.0 * (r.w * dv - d2 * xv) / den;
    let (cx, cu, q) = (a * p + b, a * q * step, q * step);
    for i in 0..m.len() {
        let (xi, vi) = (W::of(x[i].to_f64()), W::of(m[i].to_f64()));
        let ui = u.map_or(vi, |u| W::of(u[i].to_f64()));
        x[i] = T::from_f64((xi + (p * xi + q * ui)).value());
        m[i] = T::from_f64((rho * vi + cx * xi + cu * ui).value());
    }
}
