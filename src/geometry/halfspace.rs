//! Hyperbolic space as the group of dilations and translations w ↦ h w + w₀ of R^(D−1), in two charts.
//!
//! * [`HalfSpace`]: (h, w) with h > 0 and the metric (dh² + |dw|²)/(c h²); the identity is (1, 0).
//! * [`Solvable`]: (ln h, Y) with Y = w/h and the metric (dy₀² + |dY + Y dy₀|²)/c; the identity is (0, 0), every row is a
//!   point, and the volume is that of R^D.
//!
//! Coordinates do not depend on (c, t), which only scale the metric. Left translations are isometries. So every formula
//! here is that of the half-space at the identity: for points in (r, m) = x⁻¹y, formed from differences, for tangents in
//! the orthonormal left-invariant frame, (a, b). A [`Chart`] says how its rows become those and back. On the unit
//! hyperboloid (X₀, X₁, X_f) the point (r, m) has X₀ − X₁ = 1/r and X_f = m/r, hence with sinh²(d/2) = q
//!
//! q = (|r−1|² + |m|²)/(4r),  X₁ = (r−1)/r + 2q.
//!
//! The half-space loses no digits, but for the sum in which exp ends. In the solvable chart |Y| is the loss: there the
//! frame is oblique to the coordinates.

mod exp;
mod log;
mod pair;
mod project;
mod tangent;
mod transport;

use super::curv::Curv;
use super::euclidean::{last, last_vjp};
use super::model::Kind;
use super::rows::{Evaluation, Rows, RowsMut, Tally};
use super::scalar::{asinhc, sinhc};
use super::wide::Wide;
use crate::dtype::Element;
pub use exp::retract_transport;
pub(super) use project::limit;

/// Coordinates of the group, and of tangents in its left-invariant frame. Cotangents of results are called `g`; a method
/// `pull_f` takes those of f's results and gives those of its arguments.
pub trait Chart: Copy {
    /// The first coordinate of the identity; the others are 0.
    const IDENTITY: f64;

    /// [r, r − 1, α, β] of the first coordinates of x and y.
    fn relative<W: Wide>(x0: W, y0: W) -> [W; 4];
    /// A coordinate of m = α(y − x) + βx.
    fn apart<W: Wide>(ab: [W; 2], x: W, y: W) -> W;
    /// (∂x₀, ∂y₀) from r ∂r, ⟨∂m, m⟩ and ⟨∂m, x⟩; those of rows are ∂y = α ∂m and ∂x = −[`Chart::shift`] ∂m.
    fn pull_relative<W: Wide>(relative: [W; 4], gr: W, gm_m: W, gm_x: W) -> [W; 2];
    /// α − β.
    fn shift<W: Wide>(alpha: W) -> W;

    /// [a, λ] of the first coordinates of a point x and a tangent u.
    fn frame<W: Wide>(x0: W, u0: W) -> [W; 2];
    /// A coordinate of b.
    fn framed<W: Wide>(frame: [W; 2], x: W, u: W) -> W;
    /// (∂x₀, ∂u₀) from ∂a, ⟨∂b, b⟩ and ⟨∂b, x⟩; those of rows are ∂u = λ ∂b and ∂x = [`Chart::slant`] ∂b.
    fn pull_frame<W: Wide>(frame: [W; 2], ga: W, gb_b: W, gb_x: W) -> [W; 2];
    /// What multiplies x in b.
    fn slant<W: Wide>(a: W) -> W;

    /// The length of a frame vector in coordinates: a tangent at y is this times (a, b), tilted.
    fn unit<W: Wide>(y0: W) -> W;
    /// A coordinate of that tangent, from those of b and y, both already multiplied.
    fn tilt<W: Wide>(a: W, y: W, b: W) -> W;
    /// ∂a from the cotangent's first coordinate and ⟨g, y⟩; ∂b is [`Chart::unit`] g.
    fn pull_a<W: Wide>(y0: W, g0: W, gy: W) -> W;
    /// ∂y₀ from ⟨g, tangent⟩.
    fn pull_unit<W: Wide>(y0: W, g_out: W) -> W;

    /// [y₀, P, Q] of y = x · E, where E is the point of [`exp::Ray`] from the identity: rows y = P x + Q b.
    fn place<W: Wide>(x0: W, ray: &exp::Ray<W>) -> [W; 3];
    /// [∂x₀, ∂S, ∂e] from g₀, ⟨g, b⟩ and ⟨g, x⟩.
    fn pull_place<W: Wide>(x0: W, ray: &exp::Ray<W>, g0: W, gb: W, gx: W) -> [W; 3];

    /// |Y|² as a loss.
    fn loss<W: Wide>(y2: W) -> W;
    /// A first coordinate that is valid: heights are positive.
    fn valid<W: Wide>(x0: W) -> W;
}

/// Height and place over the boundary, (h, w).
#[derive(Clone, Copy, Debug)]
pub struct HalfSpace;

impl Chart for HalfSpace {
    const IDENTITY: f64 = 1.0;

    #[inline(always)]
    fn relative<W: Wide>(x0: W, y0: W) -> [W; 4] {
        [y0 / x0, (y0 - x0) / x0, W::of(1.0) / x0, W::of(0.0)]
    }
    #[inline(always)]
    fn apart<W: Wide>([a, _]: [W; 2], x: W, y: W) -> W {
        a * (y - x)
    }
    #[inline(always)]
    fn pull_relative<W: Wide>([r, _, a, _]: [W; 4], gr: W, gm_m: W, _: W) -> [W; 2] {
        [-((gr + gm_m) * a), gr * a / r]
    }
    #[inline(always)]
    fn shift<W: Wide>(alpha: W) -> W {
        alpha
    }

    #[inline(always)]
    fn frame<W: Wide>(x0: W, u0: W) -> [W; 2] {
        [u0 / x0, W::of(1.0) / x0]
    }
    #[inline(always)]
    fn framed<W: Wide>([_, l]: [W; 2], _: W, u: W) -> W {
        l * u
    }
    #[inline(always)]
    fn pull_frame<W: Wide>([a, l]: [W; 2], ga: W, gb_b: W, _: W) -> [W; 2] {
        [-((a * ga + gb_b) * l), ga * l]
    }
    #[inline(always)]
    fn slant<W: Wide>(_: W) -> W {
        W::of(0.0)
    }

    #[inline(always)]
    fn unit<W: Wide>(y0: W) -> W {
        y0
    }
    #[inline(always)]
    fn tilt<W: Wide>(_: W, _: W, b: W) -> W {
        b
    }
    #[inline(always)]
    fn pull_a<W: Wide>(y0: W, g0: W, _: W) -> W {
        y0 * g0
    }
    #[inline(always)]
    fn pull_unit<W: Wide>(y0: W, g_out: W) -> W {
        g_out / y0
    }

    #[inline(always)]
    fn place<W: Wide>(x0: W, ray: &exp::Ray<W>) -> [W; 3] {
        [x0 / ray.e, W::of(1.0), x0 * (ray.s / ray.e)]
    }
    #[inline(always)]
    fn pull_place<W: Wide>(x0: W, ray: &exp::Ray<W>, g0: W, gb: W, _: W) -> [W; 3] {
        let out = (g0 + ray.s * gb) / ray.e;
        [out, x0 * gb / ray.e, -(x0 * out / ray.e)]
    }

    #[inline(always)]
    fn loss<W: Wide>(_: W) -> W {
        W::of(0.0)
    }
    #[inline(always)]
    fn valid<W: Wide>(x0: W) -> W {
        x0.larger(W::of(f64::from(f32::MIN_POSITIVE)))
    }
}

/// Cartan coordinate and fibre, (ln h, w/h): x · y = (x₀ + y₀, Y + e^−y₀ X).
#[derive(Clone, Copy, Debug)]
pub struct Solvable;

impl Chart for Solvable {
    const IDENTITY: f64 = 0.0;

    #[inline(always)]
    fn relative<W: Wide>(x0: W, y0: W) -> [W; 4] {
        // r = e^δ, and r − 1 = e^(δ/2) 2 sinh(δ/2).
        let d = y0 - x0;
        let half = (d * 0.5).exp();
        let (r, rho) = (half * half, half * d * sinhc(d * d * 0.25).s);
        [r, rho, r, rho]
    }
    #[inline(always)]
    fn apart<W: Wide>([a, b]: [W; 2], x: W, y: W) -> W {
        a * (y - x) + b * x
    }
    #[inline(always)]
    fn pull_relative<W: Wide>(_: [W; 4], gr: W, gm_m: W, gm_x: W) -> [W; 2] {
        let d = gr + gm_m + gm_x;
        [-d, d]
    }
    #[inline(always)]
    fn shift<W: Wide>(_: W) -> W {
        W::of(1.0)
    }

    #[inline(always)]
    fn frame<W: Wide>(_: W, u0: W) -> [W; 2] {
        [u0, W::of(1.0)]
    }
    #[inline(always)]
    fn framed<W: Wide>([a, _]: [W; 2], x: W, u: W) -> W {
        u + a * x
    }
    #[inline(always)]
    fn pull_frame<W: Wide>(_: [W; 2], ga: W, _: W, gb_x: W) -> [W; 2] {
        [W::of(0.0), ga + gb_x]
    }
    #[inline(always)]
    fn slant<W: Wide>(a: W) -> W {
        a
    }

    #[inline(always)]
    fn unit<W: Wide>(_: W) -> W {
        W::of(1.0)
    }
    #[inline(always)]
    fn tilt<W: Wide>(a: W, y: W, b: W) -> W {
        b - a * y
    }
    #[inline(always)]
    fn pull_a<W: Wide>(_: W, g0: W, gy: W) -> W {
        g0 - gy
    }
    #[inline(always)]
    fn pull_unit<W: Wide>(_: W, _: W) -> W {
        W::of(0.0)
    }

    #[inline(always)]
    fn place<W: Wide>(x0: W, ray: &exp::Ray<W>) -> [W; 3] {
        // −ln e = −ln(1 − d), by way of sinh²(ln(e)/2) = d²/(4e).
        let d = ray.descent;
        [x0 + d * asinhc(d * d / (ray.e * 4.0)) / ray.e.sqrt(), ray.e, ray.s]
    }
    #[inline(always)]
    fn pull_place<W: Wide>(_: W, ray: &exp::Ray<W>, g0: W, gb: W, gx: W) -> [W; 3] {
        [g0, gb, gx - g0 / ray.e]
    }

    #[inline(always)]
    fn loss<W: Wide>(y2: W) -> W {
        y2
    }
    #[inline(always)]
    fn valid<W: Wide>(x0: W) -> W {
        x0
    }
}

/// The identity as a row, where `kind` is one of the functions from or to the origin.
fn identity<C: Chart, E: Evaluation>(kind: Kind, width: usize) -> Vec<E::Storage> {
    use Kind::{Dist0, Exp0, Log0, TransportFrom0, TransportTo0};
    let mut row = Vec::new();
    if matches!(kind, Exp0 | Log0 | Dist0 | TransportFrom0 | TransportTo0) {
        row.resize(width, E::Storage::from_f64(0.0));
        row[0] = E::Storage::from_f64(C::IDENTITY);
    }
    row
}

/// A function of a block of rows.
#[inline(always)]
pub fn forward<C: Chart, E: Evaluation>(
    kind: Kind,
    k: Curv,
    max_radius: f64,
    [x, y, z]: [Rows<'_, E>; 3],
    out: RowsMut<'_, E>,
) -> Tally {
    use Kind::*;
    let o = identity::<C, E>(kind, x.width());
    let o = Rows::constant(&o);
    match kind {
        Exp0 => forward_of::<C, E>(Exp, k, max_radius, [o, x, x], out),
        Log0 => forward_of::<C, E>(Log, k, max_radius, [o, x, x], out),
        Dist0 => forward_of::<C, E>(Dist, k, max_radius, [o, x, x], out),
        TransportFrom0 => forward_of::<C, E>(Transport, k, max_radius, [o, x, y], out),
        TransportTo0 => forward_of::<C, E>(Transport, k, max_radius, [x, o, y], out),
        _ => forward_of::<C, E>(kind, k, max_radius, [x, y, z], out),
    }
}

/// [`forward`] of the functions that are not of the origin. A function of its own: there is one copy of each formula.
#[inline(never)]
fn forward_of<C: Chart, E: Evaluation>(
    kind: Kind,
    k: Curv,
    max_radius: f64,
    [x, y, z]: [Rows<'_, E>; 3],
    out: RowsMut<'_, E>,
) -> Tally {
    match kind {
        Kind::Exp => exp::exp::<C, E>(k, [x, y], out),
        Kind::Log => log::log::<C, E>(k, [x, y], out),
        Kind::Dist => pair::dist::<C, E>(k, [x, y], out),
        Kind::Dist2 => pair::dist2::<C, E>(k, [x, y], out),
        Kind::Transport => transport::transport::<C, E>([x, y, z], out),
        Kind::Inner => tangent::inner::<C, E>(k, [x, y, z], out),
        Kind::Norm => tangent::norm::<C, E>(k, [x, y], out),
        Kind::EgradToRgrad => tangent::egrad_to_rgrad::<C, E>(k, [x, y], out),
        Kind::Project => project::project::<C, E>(k, max_radius, x, out),
        // Tangents are not constrained.
        Kind::ProjectTangent => last([x, y], out),
        _ => panic!("the charts of the half-space have no {kind:?}"),
    }
}

/// Gradients of a function of a block of rows.
#[inline(always)]
pub fn vjp<C: Chart, E: Evaluation>(
    kind: Kind,
    k: Curv,
    max_radius: f64,
    [x, y, z]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gy, gz]: [RowsMut<'_, E>; 3],
) -> Tally {
    use Kind::*;
    let o = identity::<C, E>(kind, x.width());
    let o = Rows::constant(&o);
    // What the gradient of the origin goes to.
    let mut waste = Vec::new();
    match kind {
        Exp0 | Log0 | Dist0 => {
            let kind = if kind == Exp0 {
                Exp
            } else if kind == Log0 {
                Log
            } else {
                Dist
            };
            let go = gx.beside(&mut waste);
            vjp_of::<C, E>(kind, k, max_radius, [o, x, x], g, [go, gx, gz])
        }
        TransportFrom0 => {
            let go = gx.beside(&mut waste);
            vjp_of::<C, E>(Transport, k, max_radius, [o, x, y], g, [go, gx, gy])
        }
        TransportTo0 => {
            let go = gx.beside(&mut waste);
            vjp_of::<C, E>(Transport, k, max_radius, [x, o, y], g, [gx, go, gy])
        }
        _ => vjp_of::<C, E>(kind, k, max_radius, [x, y, z], g, [gx, gy, gz]),
    }
}

/// [`vjp`] of the functions that are not of the origin.
#[inline(never)]
fn vjp_of<C: Chart, E: Evaluation>(
    kind: Kind,
    k: Curv,
    max_radius: f64,
    [x, y, z]: [Rows<'_, E>; 3],
    g: Rows<'_, E>,
    [gx, gy, gz]: [RowsMut<'_, E>; 3],
) -> Tally {
    match kind {
        Kind::Exp => exp::exp_vjp::<C, E>(k, [x, y], g, [gx, gy]),
        Kind::Log => log::log_vjp::<C, E>(k, [x, y], g, [gx, gy]),
        Kind::Dist => pair::dist_vjp::<C, E>(k, [x, y], g, [gx, gy]),
        Kind::Dist2 => pair::dist2_vjp::<C, E>(k, [x, y], g, [gx, gy]),
        Kind::Transport => transport::transport_vjp::<C, E>([x, y, z], g, [gx, gy, gz]),
        Kind::Inner => tangent::inner_vjp::<C, E>(k, [x, y, z], g, [gx, gy, gz]),
        Kind::Norm => tangent::norm_vjp::<C, E>(k, [x, y], g, [gx, gy]),
        Kind::EgradToRgrad => tangent::egrad_to_rgrad_vjp::<C, E>(k, [x, y], g, [gx, gy]),
        Kind::Project => project::project_vjp::<C, E>(k, max_radius, x, g, gx),
        Kind::ProjectTangent => last_vjp(g, [gx, gy]),
        _ => panic!("the charts of the half-space have no {kind:?}"),
    }
}
