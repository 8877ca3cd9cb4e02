//! The metric on tangents, gradients, projections, and the way to the ball.

use super::time;
use crate::geometry::curv::{Curv, CurvGrad, NONE};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, round, sums, zero};
use crate::geometry::wide::{Coord, Wide, cold};

/// ⟨u,v⟩_s, ⟨x,u⟩/x₀ and ⟨x,v⟩/x₀ (the times of u and v), x₀, and the product ⟨u,v⟩.
struct Product<W> {
    u0: W,
    v0: W,
    x0: W,
    value: W,
    lossy: bool,
}

impl<W: Wide> Product<W> {
    #[inline(always)]
    fn new<T: Coord>(k: Curv, x: &[T], u: &[T], v: &[T]) -> Self {
        let [x2, uv, xu, xv] = sums([&x[1..], &u[1..], &v[1..]], |[x, u, v]: [W; 3]| [x * x, u * v, x * u, x * v]);
        let x0 = time(k, x2);
        let (u0, v0) = (xu / x0, xv / x0);
        let value = uv - u0 * v0;
        // Nearly radial tangents far out: their space and time parts cancel.
        let lossy = uv.value().abs() > value.value().abs() * W::CARE;
        Product { u0, v0, x0, value, lossy }
    }
    /// √⟨u,u⟩; rounding may leave −ε under the root.
    #[inline(always)]
    fn norm(&self) -> f64 {
        let square = if self.value < W::of(0.0) { W::of(0.0) } else { self.value };
        square.sqrt().value()
    }
}

/// ⟨u, v⟩_x = ⟨u_s,v_s⟩ − ⟨x_s,u_s⟩⟨x_s,v_s⟩/x₀².
#[inline(always)]
pub fn inner<T: Coord>(k: Curv, x: &[T], u: &[T], v: &[T]) -> f64 {
    let p = Product::<T::Wide>::new(k, x, u, v);
    if p.lossy {
        return cold(|| Product::<Dd>::new(k, x, u, v).value.value());
    }
    p.value.value()
}

/// Gradient of [`inner`].
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn inner_vjp<T: Coord>(
    k: Curv,
    x: &[T],
    u: &[T],
    v: &[T],
    g: f64,
    gx: &mut [T],
    gu: &mut [T],
    gv: &mut [T],
) -> CurvGrad {
    #[inline(always)]
    fn run<T: Coord, W: Wide>(k: Curv, p: &Product<W>, rows: [&[T]; 3], g: f64, out: [&mut [T]; 3]) -> CurvGrad {
        let (a, b, c) = (p.u0 / p.x0, p.v0 / p.x0, p.u0 * p.v0 / (p.x0 * p.x0) * 2.0);
        let out = out.map(|o| {
            o[0] = T::zero();
            &mut o[1..]
        });
        map(rows.map(|r| &r[1..]), out, |[x, u, v]: [W; 3]| {
            [(c * x - b * u - a * v) * g, (v - b * x) * g, (u - a * x) * g]
        });
        // −u₀v₀ ∝ −1/x₀², and 2x₀ ∂x₀/∂c = −1/c².
        ((-(a * b) * g / (k.c * k.c)).value(), 0.0)
    }
    let p = Product::<T::Wide>::new(k, x, u, v);
    if p.lossy {
        return cold(|| run(k, &Product::<Dd>::new(k, x, u, v), [x, u, v], g, [gx, gu, gv]));
    }
    run(k, &p, [x, u, v], g, [gx, gu, gv])
}

/// |u|_x.
#[inline(always)]
pub fn norm<T: Coord>(k: Curv, x: &[T], u: &[T]) -> f64 {
    let p = Product::<T::Wide>::new(k, x, u, u);
    if p.lossy {
        return cold(|| Product::<Dd>::new(k, x, u, u).norm());
    }
    p.norm()
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<T: Coord>(k: Curv, x: &[T], u: &[T], g: f64, gx: &mut [T], gu: &mut [T]) -> CurvGrad {
    #[inline(always)]
    fn run<T: Coord, W: Wide>(
        k: Curv,
        p: &Product<W>,
        x: &[T],
        u: &[T],
        g: f64,
        gx: &mut [T],
        gu: &mut [T],
    ) -> CurvGrad {
        if p.value <= W::of(0.0) {
            zero(gx);
            zero(gu);
            return NONE;
        }
        let g = W::of(g) / p.value.sqrt();
        let a = p.u0 / p.x0;
        (gx[0], gu[0]) = (T::zero(), T::zero());
        map([&x[1..], &u[1..]], [&mut gx[1..], &mut gu[1..]], |[x, u]: [W; 2]| {
            let r = g * (u - a * x);
            [-(a * r), r]
        });
        (-(g * a * a / (2.0 * k.c * k.c)).value(), 0.0)
    }
    let p = Product::<T::Wide>::new(k, x, u, u);
    if p.lossy {
        return cold(|| run(k, &Product::<Dd>::new(k, x, u, u), x, u, g, gx, gu));
    }
    run(k, &p, x, u, g, gx, gu)
}

/// ⟨a, b⟩ = ⟨a_s,b_s⟩ − a₀b₀ of arbitrary ambient rows.
#[inline(always)]
pub fn minkowski<T: Coord>(a: &[T], b: &[T]) -> f64 {
    let [s] = sums([&a[1..], &b[1..]], |[a, b]: [T::Wide; 2]| [a * b]);
    (s - T::Wide::of(a[0].to_f64()) * b[0].to_f64()).value()
}

/// Gradient of [`minkowski`].
#[inline(always)]
pub fn minkowski_vjp<T: Coord>(a: &[T], b: &[T], g: f64, ga: &mut [T], gb: &mut [T]) {
    map([a, b], [&mut *ga, &mut *gb], |[a, b]: [f64; 2]| [g * b, g * a]);
    (ga[0], gb[0]) = (-ga[0], -gb[0]);
}

/// The same space part (at most `max_radius` from the origin), with its time: any ambient row becomes a point.
#[inline(always)]
pub fn project<T: Coord>(k: Curv, max_radius: f64, x: &[T], out: &mut [T]) {
    let [x2] = sums([&x[1..]], |[x]: [T::Wide; 1]| [x * x]);
    let limit = (k.c.sqrt() * k.t * max_radius).sinh() / k.c.sqrt();
    let n = x2.sqrt().value();
    if n <= limit {
        out[0] = round(time(k, x2));
        out[1..].copy_from_slice(&x[1..]);
    } else {
        out[0] = round(time(k, T::Wide::of(limit) * limit));
        map([&x[1..]], [&mut out[1..]], |[x]: [T::Wide; 1]| [x * (limit / n)]);
    }
}

/// Gradient of [`project`].
#[inline(always)]
pub fn project_vjp<T: Coord>(k: Curv, max_radius: f64, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
    let rows = [&x[1..], &g[1..]];
    let [x2, xg] = sums(rows, |[x, g]: [T::Wide; 2]| [x * x, x * g]);
    let (x2, xg, g0) = (x2.value(), xg.value(), g[0].to_f64());
    let (n, root) = (x2.sqrt(), k.c.sqrt());
    let limit = (root * k.t * max_radius).sinh() / root;
    gx[0] = T::zero();
    if n <= limit {
        let x0 = time(k, x2);
        map(rows, [&mut gx[1..]], |[x, g]: [f64; 2]| [g + g0 / x0 * x]);
        return (-0.5 * g0 / (x0 * k.c * k.c), 0.0);
    }
    let (a, b) = (limit / n, limit / n * (xg / x2));
    map(rows, [&mut gx[1..]], |[x, g]: [f64; 2]| [a * g - b * x]);
    // Everything else goes through the limit L = sinh(q)/√c, q = √c t max_radius: space L x̂, time cosh(q)/√c.
    let q = root * k.t * max_radius;
    let gl = xg / n;
    let gq = (gl * q.cosh() + g0 * q.sinh()) / root;
    let gc = (gq * q - gl * limit - g0 * q.cosh() / root) / (2.0 * k.c);
    (gc, gq * root * max_radius)
}

/// z + c⟨x,z⟩x scaled by s, for an ambient z with its time given apart: space, and time = c s(x₀⟨x_s,z_s⟩ − |x_s|² z₀).
#[inline(always)]
fn tangential<T: Coord>(k: Curv, s: f64, x: &[T], z0: f64, z: &[T], out: &mut [T]) {
    let [x2, xz] = sums([&x[1..], &z[1..]], |[x, z]: [T::Wide; 2]| [x * x, x * z]);
    let x0 = time(k, x2);
    let a = (xz - x0 * z0) * k.c;
    out[0] = round((x0 * xz - x2 * z0) * k.c * s);
    map([&x[1..], &z[1..]], [&mut out[1..]], |[x, z]: [T::Wide; 2]| [(z + a * x) * s]);
}

/// Gradient of [`tangential`] where s is proportional to t.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn tangential_vjp<T: Coord>(
    k: Curv,
    s: f64,
    x: &[T],
    z0: f64,
    z: &[T],
    g: &[T],
    gx: &mut [T],
    gz: &mut [T],
) -> CurvGrad {
    let rows = [&x[1..], &z[1..], &g[1..]];
    let [x2, xz, xg, zg] = sums(rows, |[x, z, g]: [T::Wide; 3]| [x * x, x * z, x * g, z * g]);
    let x0 = time(k, x2);
    let g0 = T::Wide::of(g[0].to_f64());
    let m = xz - x0 * z0;
    let gxz = (xg + g0 * x0) * k.c;
    let gx0 = (g0 * xz - xg * z0) * k.c;
    let gx2 = -(g0 * z0 * k.c);
    let gz0 = -((xg * x0 + g0 * x2) * k.c);
    let explicit = m * xg + g0 * (x0 * xz - x2 * z0);
    let gc = (explicit - gx0 * 0.5 / (x0 * k.c * k.c)) * s;
    let along = (zg + explicit * k.c) * s;
    let (a, b, e) = (m * k.c * s, gxz * s, (gx2 * 2.0 + gx0 / x0) * s);
    gx[0] = T::zero();
    gz[0] = round(gz0 * s);
    map(rows, [&mut gx[1..], &mut gz[1..]], |[x, z, g]: [T::Wide; 3]| [a * g + b * z + e * x, g * s + b * x]);
    (gc.value(), (along / k.t).value())
}

/// The tangential part z + c⟨x,z⟩x of an ambient row z.
#[inline(always)]
pub fn project_tangent<T: Coord>(k: Curv, x: &[T], z: &[T], out: &mut [T]) {
    tangential(k, 1.0, x, z[0].to_f64(), z, out)
}

/// Gradient of [`project_tangent`].
#[inline(always)]
pub fn project_tangent_vjp<T: Coord>(k: Curv, x: &[T], z: &[T], g: &[T], gx: &mut [T], gz: &mut [T]) -> CurvGrad {
    // The scale is 1 here, so nothing depends on t.
    (tangential_vjp(k, 1.0, x, z[0].to_f64(), z, g, gx, gz).0, 0.0)
}

/// The Riemannian gradient of what has the ambient Euclidean gradient e: t times the tangential part of (−e₀, e_s).
#[inline(always)]
pub fn egrad_to_rgrad<T: Coord>(k: Curv, x: &[T], e: &[T], out: &mut [T]) {
    tangential(k, k.t, x, -e[0].to_f64(), e, out)
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<T: Coord>(k: Curv, x: &[T], e: &[T], g: &[T], gx: &mut [T], ge: &mut [T]) -> CurvGrad {
    let grad = tangential_vjp(k, k.t, x, -e[0].to_f64(), e, g, gx, ge);
    ge[0] = -ge[0];
    grad
}

/// The same point on the ball: x_s/(1 + √c x₀). `out` has width D.
#[inline(always)]
pub fn to_poincare<T: Coord>(k: Curv, x: &[T], out: &mut [T]) {
    let [x2] = sums([&x[1..]], |[x]: [T::Wide; 1]| [x * x]);
    let a = (x2 * k.c + 1.0).sqrt() + 1.0;
    map([&x[1..]], [out], |[x]: [T::Wide; 1]| [x / a]);
}

/// Gradient of [`to_poincare`].
#[inline(always)]
pub fn to_poincare_vjp<T: Coord>(k: Curv, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
    let [x2, xg] = sums([&x[1..], g], |[x, g]: [T::Wide; 2]| [x * x, x * g]);
    let x0 = (x2 * k.c + 1.0).sqrt();
    let a = T::Wide::of(1.0) / (x0 + 1.0);
    let gz = -(xg * a * a / (x0 * 2.0));
    let b = gz * 2.0 * k.c;
    gx[0] = T::zero();
    map([&x[1..], g], [&mut gx[1..]], |[x, g]: [T::Wide; 2]| [a * g + b * x]);
    ((gz * x2).value(), 0.0)
}
