//! The metric on tangents, (a a′ + ⟨b, b′⟩)/c in the frame, and gradients.

use super::Chart;
use crate::geometry::curv::Curv;
use crate::geometry::rows::{Evaluation, Numbers, Rows, RowsMut, Tally, prepared};
use crate::geometry::wide::Wide;

/// [a, a′, λ] of two tangents.
#[inline(always)]
fn frames<C: Chart, W: Wide>(x0: W, u0: W, v0: W) -> [W; 3] {
    let ([a, l], [av, _]) = (C::frame(x0, u0), C::frame(x0, v0));
    [a, av, l]
}

/// ⟨u, v⟩_x.
#[inline(always)]
pub(super) fn inner<C: Chart, E: Evaluation>(k: Curv, [x, u, v]: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
    prepared(
        [x, u, v],
        |[x0, u0, v0]| frames::<C, _>(x0, u0, v0),
        [x.tail(), u.tail(), v.tail()],
        |[a, av, l], [x, u, v]| [(C::framed([a, l], x, u), C::framed([av, l], x, v)), (x, x)],
        |_, [a, av, _], [uv, x2]| Numbers::new([]).heads([(a * av + uv) / k.c]).loss(C::loss(x2)),
        [out.headed()],
        |[x, _, _], []| [x],
    )
}

/// Gradient of [`inner`].
#[inline(always)]
pub(super) fn inner_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    [x, u, v]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gu, gv]: [RowsMut<'_, E>; 3],
) -> Tally {
    prepared(
        [x, u, v, g],
        |[x0, u0, v0, _]| frames::<C, _>(x0, u0, v0),
        [x.tail(), u.tail(), v.tail()],
        |[a, av, l], [x, u, v]| {
            let (b, bv) = (C::framed([a, l], x, u), C::framed([av, l], x, v));
            [(b, bv), (b, x), (bv, x), (x, x)]
        },
        |[_, _, _, g], [a, av, l], [bb, bx, bvx, x2]| {
            let g = g / k.c;
            let [xu, gu0] = C::pull_frame([a, l], g * av, g * bb, g * bvx);
            let [xv, gv0] = C::pull_frame([av, l], g * a, g * bb, g * bx);
            let gc = -(g * (a * av + bb) / k.c);
            Numbers::new([a, av, l, g, C::slant(a), C::slant(av)])
                .heads([xu + xv, gu0, gv0])
                .curvature((gc, E::Number::of(0.0)))
                .loss(C::loss(x2))
        },
        [gx.headed(), gu.headed(), gv.headed()],
        |[x, u, v], [a, av, l, g, slant, slant_v]| {
            let (b, bv) = (g * C::framed([a, l], x, u), g * C::framed([av, l], x, v));
            [slant * bv + slant_v * b, l * bv, l * b]
        },
    )
}

/// |u|_x.
#[inline(always)]
pub(super) fn norm<C: Chart, E: Evaluation>(k: Curv, [x, u]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    prepared(
        [x, u],
        |[x0, u0]| C::frame(x0, u0),
        [x.tail(), u.tail()],
        |frame, [x, u]| {
            let b = C::framed(frame, x, u);
            [(b, b), (x, x)]
        },
        |_, [a, _], [b2, x2]| Numbers::new([]).heads([((a * a + b2) / k.c).sqrt()]).loss(C::loss(x2)),
        [out.headed()],
        |[x, _], []| [x],
    )
}

/// Gradient of [`norm`]; zero where u = 0.
#[inline(always)]
pub(super) fn norm_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    [x, u]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, gu]: [RowsMut<'_, E>; 2],
) -> Tally {
    prepared(
        [x, u, g],
        |[x0, u0, _]| C::frame(x0, u0),
        [x.tail(), u.tail()],
        |frame, [x, u]| {
            let b = C::framed(frame, x, u);
            [(b, b), (b, x), (x, x)]
        },
        |[_, _, g], [a, l], [b2, bx, x2]| {
            let n = ((a * a + b2) / k.c).sqrt();
            let gc = -(g * n / k.c / 2.0);
            let g = (g / n / k.c).unless_zero(n);
            let [gx0, gu0] = C::pull_frame([a, l], g * a, g * b2, g * bx);
            Numbers::new([a, l, g, C::slant(a)]).heads([gx0, gu0]).curvature((gc, E::Number::of(0.0))).loss(C::loss(x2))
        },
        [gx.headed(), gu.headed()],
        |[x, u], [a, l, g, slant]| {
            let b = g * C::framed([a, l], x, u);
            [slant * b, l * b]
        },
    )
}

/// The Riemannian gradient t c (ε₀, ε) in the frame, where ε₀ and ε are what the Euclidean gradient e gives for the
/// vectors of the frame: df(x; t u) = ⟨rgrad, u⟩_x.
#[inline(always)]
pub(super) fn egrad_to_rgrad<C: Chart, E: Evaluation>(k: Curv, [x, e]: [Rows<'_, E>; 2], out: RowsMut<'_, E>) -> Tally {
    prepared(
        [x, e],
        |_| [],
        [x.tail(), e.tail()],
        |[], [x, e]| [(x, e), (x, x)],
        |[x0, e0], [], [xe, x2]| {
            let unit = C::unit(x0) * k.t * k.c;
            let up = unit * C::pull_a(x0, e0, xe);
            Numbers::new([unit * C::unit(x0), up]).heads([up]).loss(C::loss(x2))
        },
        [out.headed()],
        |[x, e], [s, up]| [C::tilt(up, x, s * e)],
    )
}

/// Gradient of [`egrad_to_rgrad`], which is its own adjoint in e.
#[inline(always)]
pub(super) fn egrad_to_rgrad_vjp<C: Chart, E: Evaluation>(
    k: Curv,
    [x, e]: [Rows<'_, E>; 2],
    g: Rows<'_, E>,
    [gx, ge]: [RowsMut<'_, E>; 2],
) -> Tally {
    prepared(
        [x, e, g],
        |_| [],
        [x.tail(), e.tail(), g.tail()],
        |[], [x, e, g]| [(x, e), (x, g), (e, g), (x, x)],
        |[x0, e0, g0], [], [xe, xg, eg, x2]| {
            let unit = C::unit(x0);
            let (a, b) = (C::pull_a(x0, e0, xe), C::pull_a(x0, g0, xg));
            let value = a * b + unit * unit * eg;
            let s = unit * k.t * k.c;
            let (ua, ub) = (s * a, s * b);
            Numbers::new([s * unit, ub, C::slant(ua), C::slant(ub)])
                .heads([C::pull_unit(x0, value * 2.0 * k.t * k.c), ub])
                .curvature((value * k.t, value * k.c))
                .loss(C::loss(x2))
        },
        [gx.headed(), ge.headed()],
        |[x, e, g], [s, up, ua, ub]| [-(ub * e + ua * g), C::tilt(up, x, s * g)],
    )
}
