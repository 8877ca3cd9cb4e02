//! Parallel transport along the geodesic: v + κ(x + y), κ = ⟨y,v⟩/(1/c − ⟨x,y⟩).
//!
//! ⟨y,v⟩ = ⟨d,v_s⟩ − d₀ v₀ because ⟨x,v⟩ = 0, and 1/c − ⟨x,y⟩ = 2/c + chord/2.

use super::{Pair, time};
use crate::geometry::curv::{Curv, CurvGrad};
use crate::geometry::dd::Dd;
use crate::geometry::rows::{map, round, sums};
use crate::geometry::wide::{Coord, Wide, cold};

/// Transport of v from x to y into `out`.
#[inline(always)]
pub fn transport<T: Coord>(k: Curv, x: &[T], y: &[T], v: &[T], out: &mut [T]) {
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if lossy(&p, k) {
        return cold(|| rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, [x, y, v], out));
    }
    rows(&p, k, [x, y, v], out)
}

/// Whether f64 is too coarse. Roundings of κ(x+y) reach |d||v|(x₀+y₀)/den, and the result may be as short as
/// |v|/(√c x₀): a radial tangent far out that is carried inwards.
#[inline(always)]
fn lossy<W: Wide>(p: &Pair<W>, k: Curv) -> bool {
    let den = W::of(2.0) / k.c + p.chord / 2.0;
    let reach = p.d2.sqrt() * (p.x0 + p.y0) * p.x0 * k.c.sqrt();
    p.lossy() || reach.value() > den.value() * W::CARE
}

/// v₀, κ and κ's denominator.
#[inline(always)]
fn parts<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, rows: [&[T]; 3]) -> [W; 3] {
    let [dv, xv] = sums(rows, |[x, y, v]: [W; 3]| [(y - x) * v, x * v]);
    let v0 = xv / p.x0;
    let den = W::of(2.0) / k.c + p.chord / 2.0;
    [v0, (dv - p.d0 * v0) / den, den]
}

#[inline(always)]
fn rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, rows: [&[T]; 3], out: &mut [T]) {
    let rows = rows.map(|r| &r[1..]);
    let [v0, a, _] = parts(p, k, rows);
    out[0] = round(v0 + a * (p.x0 + p.y0));
    map(rows, [&mut out[1..]], |[x, y, v]: [W; 3]| [v + a * (x + y)]);
}

/// Gradient of [`transport`] for the cotangent row `g`.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn transport_vjp<T: Coord>(
    k: Curv,
    x: &[T],
    y: &[T],
    v: &[T],
    g: &[T],
    gx: &mut [T],
    gy: &mut [T],
    gv: &mut [T],
) -> CurvGrad {
    let p = Pair::<T::Wide>::new(k, &x[1..], &y[1..]);
    if lossy(&p, k) {
        return cold(|| vjp_rows(&Pair::<Dd>::new(k, &x[1..], &y[1..]), k, [x, y, v, g], [gx, gy, gv]));
    }
    vjp_rows(&p, k, [x, y, v, g], [gx, gy, gv])
}

#[inline(always)]
fn vjp_rows<T: Coord, W: Wide>(p: &Pair<W>, k: Curv, rows: [&[T]; 4], mut out: [&mut [T]; 3]) -> CurvGrad {
    let g0 = W::of(rows[3][0].to_f64());
    let rows = rows.map(|r| &r[1..]);
    let [v0, a, den] = parts(p, k, [rows[0], rows[1], rows[2]]);
    let [ga] = sums(rows, |[x, y, _, g]: [W; 4]| [g * (x + y)]);
    let ga = ga + g0 * (p.x0 + p.y0);
    let gnum = ga / den;
    let gden = -(gnum * a);
    let gchord = gden / 2.0;
    let gd0 = -(gnum * v0 + p.d0 * gchord * 2.0);
    let gv0 = g0 - gnum * p.d0;
    let (gx0, gy0) = (g0 * a - gv0 * v0 / p.x0, g0 * a);
    let gc = gd0 * p.d0_c(k) + gx0 * p.x0_c(k) + gy0 * p.y0_c(k) - gden * 2.0 / (k.c * k.c);
    let (cv, cd) = (gv0 / p.x0, gchord * 2.0);
    let (cx, cy) = ((gx0 - gd0) / p.x0, (gy0 + gd0) / p.y0);
    for o in &mut out {
        o[0] = T::zero();
    }
    map(rows, out.map(|o| &mut o[1..]), |[x, y, v, g]: [W; 4]| {
        let d = y - x;
        let gd = gnum * v + cd * d;
        [a * g + cv * v + cx * x - gd, a * g + cy * y + gd, g + gnum * d + cv * x]
    });
    (gc.value(), 0.0)
}

/// Transport of v from the origin to y: v + κ y_s with κ = c⟨y_s,v_s⟩/(1 + √c y₀); time √c⟨y_s,v_s⟩.
#[inline(always)]
pub fn transport_from0<T: Coord>(k: Curv, y: &[T], v: &[T], out: &mut [T]) {
    let [y2, m] = sums([&y[1..], &v[1..]], |[y, v]: [T::Wide; 2]| [y * y, y * v]);
    let root = T::Wide::of(k.c).sqrt();
    let a = m * k.c / (root * time(k, y2) + 1.0);
    out[0] = round(m * root);
    map([&y[1..], &v[1..]], [&mut out[1..]], |[y, v]: [T::Wide; 2]| [v + a * y]);
}

/// Gradient of [`transport_from0`].
#[inline(always)]
pub fn transport_from0_vjp<T: Coord>(k: Curv, y: &[T], v: &[T], g: &[T], gy: &mut [T], gv: &mut [T]) -> CurvGrad {
    let rows = [&y[1..], &v[1..], &g[1..]];
    let [y2, m, ga] = sums(rows, |[y, v, g]: [T::Wide; 3]| [y * y, y * v, y * g]);
    let g0 = T::Wide::of(g[0].to_f64());
    let root = T::Wide::of(k.c).sqrt();
    let y0 = root * time(k, y2);
    let den = y0 + 1.0;
    let a = m * k.c / den;
    let gm = ga * k.c / den + g0 * root;
    let gy0 = -(ga * a / den);
    let gz = gy0 / (y0 * 2.0);
    let c = gz * 2.0 * k.c;
    (gy[0], gv[0]) = (T::zero(), T::zero());
    map(rows, [&mut gy[1..], &mut gv[1..]], |[y, v, g]: [T::Wide; 3]| [a * g + gm * v + c * y, g + gm * y]);
    ((ga * m / den + g0 * m / (root * 2.0) + gz * y2).value(), 0.0)
}

/// Transport of v from x to the origin: v − c⟨x_s,v_s⟩/(X₀(1+X₀)) x_s with X₀ = √c x₀; time 0.
#[inline(always)]
pub fn transport_to0<T: Coord>(k: Curv, x: &[T], v: &[T], out: &mut [T]) {
    let [x2, m] = sums([&x[1..], &v[1..]], |[x, v]: [T::Wide; 2]| [x * x, x * v]);
    let x0 = (x2 * k.c + 1.0).sqrt();
    let a = m * k.c / (x0 * (x0 + 1.0));
    out[0] = T::zero();
    map([&x[1..], &v[1..]], [&mut out[1..]], |[x, v]: [T::Wide; 2]| [v - a * x]);
}

/// Gradient of [`transport_to0`].
#[inline(always)]
pub fn transport_to0_vjp<T: Coord>(k: Curv, x: &[T], v: &[T], g: &[T], gx: &mut [T], gv: &mut [T]) -> CurvGrad {
    let rows = [&x[1..], &v[1..], &g[1..]];
    let [x2, m, ga] = sums(rows, |[x, v, g]: [T::Wide; 3]| [x * x, x * v, x * g]);
    let x0 = (x2 * k.c + 1.0).sqrt();
    let den = x0 * (x0 + 1.0);
    let a = -(m * k.c / den);
    let gm = -(ga * k.c / den);
    let gx0 = -(ga * a * (x0 * 2.0 + 1.0) / den);
    let gz = gx0 / (x0 * 2.0);
    let c = gz * 2.0 * k.c;
    (gx[0], gv[0]) = (T::zero(), T::zero());
    map(rows, [&mut gx[1..], &mut gv[1..]], |[x, v, g]: [T::Wide; 3]| [a * g + gm * v + c * x, g + gm * x]);
    // ∂κ/∂c = κ (1 + X₀)/(2cX₀²), explicit c and c in X₀ together.
    ((ga * a * (x0 + 1.0) / (x0 * x0 * 2.0 * k.c)).value(), 0.0)
}
