//! Flat space in the same dress: `c` is ignored, `t` scales the metric as everywhere (exp(x, u) = x + t u).

use super::curv::Curv;
use super::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, block};
use super::wide::{Wide, either};

/// x + t u.
#[inline(always)]
pub fn exp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |[x, u], []| [x + u * k.t])
}

/// Gradient of [`exp`].
#[inline(always)]
pub fn exp_vjp<E: Evaluation>(k: Curv, [_, u]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [u, g],
        |[u, g]| [(u, g)],
        |[], [ug]| Numbers::new([]).curvature((E::Number::of(0.0), ug)),
        out,
        |[_, g], []| [g, g * k.t],
    )
}

/// (y − x)/t.
#[inline(always)]
pub fn log<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |[x, y], []| [(y - x) / k.t])
}

/// Gradient of [`log`].
#[inline(always)]
pub fn log_vjp<E: Evaluation>(k: Curv, [x, y]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [],
        [x, y, g],
        |[x, y, g]| [(y - x, g)],
        |[], [dg]| Numbers::new([]).curvature((E::Number::of(0.0), -(dg / k.t / k.t))),
        out,
        |[_, _, g], []| [-(g / k.t), g / k.t],
    )
}

/// exp from the origin, t u.
#[inline(always)]
pub fn exp0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |[u], []| [u * k.t])
}

/// Gradient of [`exp0`].
#[inline(always)]
pub fn exp0_vjp<E: Evaluation>(k: Curv, [u]: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [],
        [u, g],
        |[u, g]| [(u, g)],
        |[], [ug]| Numbers::new([]).curvature((E::Number::of(0.0), ug)),
        out,
        |[_, g], []| [g * k.t],
    )
}

/// log from the origin, y/t.
#[inline(always)]
pub fn log0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |[y], []| [y / k.t])
}

/// Gradient of [`log0`].
#[inline(always)]
pub fn log0_vjp<E: Evaluation>(k: Curv, [y]: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [],
        [y, g],
        |[y, g]| [(y, g)],
        |[], [yg]| Numbers::new([]).curvature((E::Number::of(0.0), -(yg / k.t / k.t))),
        out,
        |[_, g], []| [g / k.t],
    )
}

/// A number made of |y − x|².
#[inline(always)]
fn of_square<E: Evaluation>(rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>, f: impl Fn(E::Number) -> E::Number) -> Tally {
    block(
        [],
        rows,
        |[x, y]| [(y - x, y - x)],
        |[], [d2]| Numbers::new([]).heads([f(d2)]),
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of such a number; `f` gives the cotangent of |y − x|²/t².
#[inline(always)]
fn of_square_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
    f: impl Fn(E::Number, E::Number) -> E::Number,
) -> Tally {
    block(
        [g],
        rows,
        |[x, y]| [(y - x, y - x)],
        |[g], [d2]| {
            let a = f(d2, g) * 2.0 / k.t / k.t;
            Numbers::new([a]).curvature((E::Number::of(0.0), -(a * d2 / k.t)))
        },
        out,
        |[x, y], [a]| {
            let d = a * (y - x);
            [-d, d]
        },
    )
}

/// |y − x|/t.
#[inline(always)]
pub fn dist<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_square(rows, out, |d2| d2.sqrt() / k.t)
}

/// Gradient of [`dist`]; zero where x = y.
#[inline(always)]
pub fn dist_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_square_vjp(k, rows, g, out, |d2, g| (g * k.t / (d2.sqrt() * 2.0)).unless_zero(d2))
}

/// |y − x|²/t².
#[inline(always)]
pub fn dist2<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    of_square(rows, out, |d2| d2 / k.t / k.t)
}

/// Gradient of [`dist2`].
#[inline(always)]
pub fn dist2_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    of_square_vjp(k, rows, g, out, |_, g| g)
}

/// |y|/t.
#[inline(always)]
pub fn dist0<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |[y]| [(y, y)], |[], [y2]| Numbers::new([]).heads([y2.sqrt() / k.t]), [out.headed()], |[y], []| [y])
}

/// Gradient of [`dist0`]; zero where y = 0.
#[inline(always)]
pub fn dist0_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 1], g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block(
        [g],
        rows,
        |[y]| [(y, y)],
        |[g], [y2]| {
            let n = y2.sqrt();
            let a = (g / (n * k.t)).unless_zero(n);
            Numbers::new([a]).curvature((E::Number::of(0.0), -(a * y2 / k.t)))
        },
        out,
        |[y], [a]| [a * y],
    )
}

/// ⟨u, v⟩ of (x, u, v).
#[inline(always)]
pub fn inner<E: Evaluation>([_, u, v]: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block([], [u, v], |[u, v]| [(u, v)], |[], [uv]| Numbers::new([]).heads([uv]), [out.headed()], |[u, _], []| [u])
}

/// Gradient of [`inner`].
#[inline(always)]
pub fn inner_vjp<E: Evaluation>([_, u, v]: [Rows<'_, E>; 3], g: Rows<'_, E>, out: [RowsMut<'_, E>; 3]) -> Tally {
    let zero = E::Coordinates::of(0.0);
    block([g], [u, v], |_| [], |[g], []| Numbers::new([g]), out, |[u, v], [g]| [zero, g * v, g * u])
}

/// |u| of (x, u).
#[inline(always)]
pub fn norm<E: Evaluation>([_, u]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    dist0(Curv { c: 0.0, t: 1.0 }, [u], out)
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub fn norm_vjp<E: Evaluation>([_, u]: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    let zero = E::Coordinates::of(0.0);
    block(
        [g],
        [u],
        |[u]| [(u, u)],
        |[g], [u2]| {
            let n = u2.sqrt();
            Numbers::new([(g / n).unless_zero(n)])
        },
        out,
        |[u], [a]| [zero, a * u],
    )
}

/// t e, so that df(x; t u) = ⟨rgrad, u⟩, of (x, e).
#[inline(always)]
pub fn egrad_to_rgrad<E: Evaluation>(k: Curv, [_, e]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    exp0(k, [e], out)
}

/// Gradient of [`egrad_to_rgrad`].
#[inline(always)]
pub fn egrad_to_rgrad_vjp<E: Evaluation>(
    k: Curv,
    [_, e]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block(
        [],
        [e, g],
        |[e, g]| [(e, g)],
        |[], [eg]| Numbers::new([]).curvature((E::Number::of(0.0), eg)),
        out,
        |[_, g], []| [E::Coordinates::of(0.0), g * k.t],
    )
}

/// The last argument as it is: flat transport, and tangential parts in charts without constraint.
#[inline(always)]
pub fn last<E: Evaluation, const N: usize>(rows: [Rows<'_, E>; N], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |v, []| [v[N - 1]])
}

/// Gradient of [`last`].
#[inline(always)]
pub fn last_vjp<E: Evaluation, const N: usize>(g: Rows<'_, E>, out: [RowsMut<'_, E>; N]) -> Tally {
    let zero = E::Coordinates::of(0.0);
    block(
        [],
        [g],
        |_| [],
        |[], []| Numbers::new([]),
        out,
        |[g], []| {
            let mut v = [zero; N];
            v[N - 1] = g;
            v
        },
    )
}

/// |x| of points at distance `max_radius` from the origin.
#[inline(always)]
pub(super) fn limit(k: Curv, max_radius: f64) -> f64 {
    max_radius * k.t
}

/// Moves x radially to distance `max_radius` from the origin if it is farther.
#[inline(always)]
pub fn project<E: Evaluation>(k: Curv, max_radius: f64, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    let limit = limit(k, max_radius);
    block(
        [],
        rows,
        |[x]| [(x, x)],
        |[], [x2]| {
            let n = x2.sqrt();
            Numbers::new(either!(n < limit, [E::Number::of(1.0)], [E::Number::of(limit) / n],))
        },
        [out],
        |[x], [a]| [a * x],
    )
}

/// Gradient of [`project`].
#[inline(always)]
pub fn project_vjp<E: Evaluation>(
    k: Curv,
    max_radius: f64,
    [x]: [Rows<'_, E>; 1],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 1],
) -> Tally {
    let limit = limit(k, max_radius);
    block(
        [],
        [x, g],
        |[x, g]| [(x, x), (x, g)],
        |[], [x2, xg]| {
            let (n, zero) = (x2.sqrt(), E::Number::of(0.0));
            let [a, b, gt] = either!(
                n < limit,
                [E::Number::of(1.0), zero, zero],
                [E::Number::of(limit) / n, -(xg * limit / (x2 * n)), xg / n * max_radius],
            );
            Numbers::new([a, b]).curvature((zero, gt))
        },
        out,
        |[x, g], [a, b]| [a * g + b * x],
    )
}

/// The signed distance ⟨x − p, a⟩/(|a| t) of (x, p, a) to the hyperplane through p orthogonal to a; 0 where a = 0.
#[inline(always)]
pub fn hyperplane_dist<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, p, a]| [(x - p, a), (a, a)],
        |[], [da, a2]| Numbers::new([]).heads([(da / (a2.sqrt() * k.t)).unless_zero(a2)]),
        [out.headed()],
        |[x, _, _], []| [x],
    )
}

/// Gradient of [`hyperplane_dist`].
#[inline(always)]
pub fn hyperplane_dist_vjp<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    out: [RowsMut<'_, E>; 3],
) -> Tally {
    block(
        [g],
        rows,
        |[x, p, a]| [(x - p, a), (a, a)],
        |[g], [da, a2]| {
            let g = (g / (a2.sqrt() * k.t)).unless_zero(a2);
            Numbers::new([g, (g * da / a2).unless_zero(a2)]).curvature((E::Number::of(0.0), -(g * da / k.t)))
        },
        out,
        |[x, p, a], [g, along]| [g * a, -(g * a), g * (x - p) - along * a],
    )
}

/// The Busemann function −⟨x, b⟩/(|b| t) of (x, b).
#[inline(always)]
pub fn busemann<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block(
        [],
        rows,
        |[x, b]| [(x, b), (b, b)],
        |[], [xb, b2]| Numbers::new([]).heads([-(xb / (b2.sqrt() * k.t))]),
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`busemann`].
#[inline(always)]
pub fn busemann_vjp<E: Evaluation>(k: Curv, rows: [Rows<'_, E>; 2], g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block(
        [g],
        rows,
        |[x, b]| [(x, b), (b, b)],
        |[g], [xb, b2]| {
            let g = -(g / (b2.sqrt() * k.t));
            Numbers::new([g, xb / b2]).curvature((E::Number::of(0.0), -(g * xb / k.t)))
        },
        out,
        |[x, b], [g, along]| [g * b, g * (x - along * b)],
    )
}

/// The point x + s(y − x) at the fraction s of the way from x to y.
#[inline(always)]
pub fn geodesic<E: Evaluation>(s: f64, rows: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |[x, y], []| [x * (E::Coordinates::of(1.0) - s) + y * s])
}

/// Gradient of [`geodesic`].
#[inline(always)]
pub fn geodesic_vjp<E: Evaluation>(s: f64, g: Rows<'_, E>, out: [RowsMut<'_, E>; 2]) -> Tally {
    block([], [g], |_| [], |[], []| Numbers::new([]), out, |[g], []| [g * (E::Coordinates::of(1.0) - s), g * s])
}

/// r x.
#[inline(always)]
pub fn gyro_scale<E: Evaluation>(r: f64, rows: [Rows<'_, E>; 1], out: RowsMut<'_, E>) -> Tally {
    block([], rows, |_| [], |[], []| Numbers::new([]), [out], |[x], []| [x * r])
}

/// Gradient of [`gyro_scale`].
#[inline(always)]
pub fn gyro_scale_vjp<E: Evaluation>(r: f64, g: Rows<'_, E>, out: [RowsMut<'_, E>; 1]) -> Tally {
    block([], [g], |_| [], |[], []| Numbers::new([]), out, |[g], []| [g * r])
}

/// A step of an optimizer: y = x + t s u; flat transport leaves v as it is.
#[inline(always)]
pub fn retract_transport<E: Evaluation>(
    k: Curv,
    rows: [Rows<'_, E>; 3],
    s: Rows<'_, E>,
    out: [RowsMut<'_, E>; 2],
) -> Tally {
    block([s], rows, |_| [], |[s], []| Numbers::new([s * k.t]), out, |[x, u, v], [s]| [x + s * u, v])
}
