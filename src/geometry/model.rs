//! The row functions as a table: which model, which function, what goes in and out.

use super::curv::{Curv, CurvGrad, NONE};
use super::wide::Coord;
use super::{euclidean as e, lorentz as l, poincare as p};

/// Which space, in which coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Model {
    /// Hyperboloid, time first.
    Lorentz,
    /// Poincaré ball.
    Poincare,
    /// Flat space.
    Euclidean,
}

/// What a row argument or a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A point of the model.
    Point,
    /// A tangent vector.
    Tangent,
    /// Any row of ambient width.
    Ambient,
    /// A point of the other hyperbolic model.
    Other,
    /// One number.
    Scalar,
}

/// Which function. Arguments come in the order of [`Kind::inputs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// (x, u) → exp_x u.
    Exp,
    /// u → exp_o u.
    Exp0,
    /// (x, y) → log_x y.
    Log,
    /// y → log_o y.
    Log0,
    /// (x, y) → dist.
    Dist,
    /// (x, y) → dist².
    Dist2,
    /// y → dist(o, y).
    Dist0,
    /// (x, y, v) → v transported from x to y.
    Transport,
    /// (y, v) → v transported from the origin to y.
    TransportFrom0,
    /// (x, v) → v transported from x to the origin.
    TransportTo0,
    /// (x, u, v) → ⟨u, v⟩_x.
    Inner,
    /// (x, u) → |u|_x.
    Norm,
    /// (x, z) → tangential part of z at x.
    ProjectTangent,
    /// (x, e) → Riemannian gradient of the Euclidean gradient e.
    EgradToRgrad,
    /// (x, y) → x ⊕ y (ball, flat).
    MobiusAdd,
    /// x → λ_x (ball).
    Lambda,
    /// (x, y) → squared Lorentzian distance (hyperboloid).
    Lorentzian,
    /// x → the same point on the other hyperbolic model.
    Convert,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 18] = [
        Kind::Exp,
        Kind::Exp0,
        Kind::Log,
        Kind::Log0,
        Kind::Dist,
        Kind::Dist2,
        Kind::Dist0,
        Kind::Transport,
        Kind::TransportFrom0,
        Kind::TransportTo0,
        Kind::Inner,
        Kind::Norm,
        Kind::ProjectTangent,
        Kind::EgradToRgrad,
        Kind::MobiusAdd,
        Kind::Lambda,
        Kind::Lorentzian,
        Kind::Convert,
    ];

    /// The row arguments.
    pub const fn inputs(self) -> &'static [Role] {
        use Role::{Ambient, Point, Tangent};
        match self {
            Kind::Exp | Kind::Norm => &[Point, Tangent],
            Kind::Exp0 => &[Tangent],
            Kind::Log | Kind::Dist | Kind::Dist2 | Kind::MobiusAdd | Kind::Lorentzian => &[Point, Point],
            Kind::Log0 | Kind::Dist0 | Kind::Lambda | Kind::Convert => &[Point],
            Kind::Transport => &[Point, Point, Tangent],
            Kind::TransportFrom0 | Kind::TransportTo0 => &[Point, Tangent],
            Kind::Inner => &[Point, Tangent, Tangent],
            Kind::ProjectTangent | Kind::EgradToRgrad => &[Point, Ambient],
        }
    }

    /// The result.
    pub const fn output(self) -> Role {
        match self {
            Kind::Exp | Kind::Exp0 | Kind::MobiusAdd => Role::Point,
            Kind::Dist | Kind::Dist2 | Kind::Dist0 | Kind::Inner | Kind::Norm | Kind::Lambda | Kind::Lorentzian => {
                Role::Scalar
            }
            Kind::Convert => Role::Other,
            _ => Role::Tangent,
        }
    }
}

impl Model {
    /// Width of the rows of a D-dimensional space.
    pub const fn ambient(self, dim: usize) -> usize {
        match self {
            Model::Lorentz => dim + 1,
            Model::Poincare | Model::Euclidean => dim,
        }
    }

    /// Width of what `kind` returns for a D-dimensional space.
    pub const fn width(self, kind: Kind, dim: usize) -> usize {
        match kind.output() {
            Role::Scalar => 1,
            Role::Other => match self {
                Model::Poincare => dim + 1,
                Model::Lorentz | Model::Euclidean => dim,
            },
            _ => self.ambient(dim),
        }
    }

    /// Whether the model has this function.
    pub const fn has(self, kind: Kind) -> bool {
        match kind {
            Kind::MobiusAdd | Kind::Lambda => matches!(self, Model::Poincare),
            Kind::Lorentzian => matches!(self, Model::Lorentz),
            Kind::Convert => matches!(self, Model::Lorentz | Model::Poincare),
            _ => true,
        }
    }

    /// Evaluates one row. A scalar result is rounded into `out[0]`.
    ///
    /// With `self` and `kind` known to the compiler only the one function remains. Panics if [`Model::has`] says no.
    #[inline(always)]
    pub fn forward<T: Coord>(self, kind: Kind, k: Curv, a: &[&[T]], out: &mut [T]) {
        use Kind::*;
        use Model::*;
        let scalar = T::from_f64;
        match (self, kind) {
            (Lorentz, Exp) => l::exp(k, a[0], a[1], out),
            (Lorentz, Exp0) => l::exp0(k, a[0], out),
            (Lorentz, Log) => l::log(k, a[0], a[1], out),
            (Lorentz, Log0) => l::log0(k, a[0], out),
            (Lorentz, Dist) => out[0] = scalar(l::dist(k, a[0], a[1])),
            (Lorentz, Dist2) => out[0] = scalar(l::dist2(k, a[0], a[1])),
            (Lorentz, Dist0) => out[0] = scalar(l::dist0(k, a[0])),
            (Lorentz, Transport) => l::transport(k, a[0], a[1], a[2], out),
            (Lorentz, TransportFrom0) => l::transport_from0(k, a[0], a[1], out),
            (Lorentz, TransportTo0) => l::transport_to0(k, a[0], a[1], out),
            (Lorentz, Inner) => out[0] = scalar(l::inner(k, a[0], a[1], a[2])),
            (Lorentz, Norm) => out[0] = scalar(l::norm(k, a[0], a[1])),
            (Lorentz, ProjectTangent) => l::project_tangent(k, a[0], a[1], out),
            (Lorentz, EgradToRgrad) => l::egrad_to_rgrad(k, a[0], a[1], out),
            (Lorentz, Lorentzian) => out[0] = scalar(l::lorentzian(k, a[0], a[1])),
            (Lorentz, Convert) => l::to_poincare(k, a[0], out),
            (Poincare, Exp) => p::exp(k, a[0], a[1], out),
            (Poincare, Exp0) => p::exp0(k, a[0], out),
            (Poincare, Log) => p::log(k, a[0], a[1], out),
            (Poincare, Log0) => p::log0(k, a[0], out),
            (Poincare, Dist) => out[0] = scalar(p::dist(k, a[0], a[1])),
            (Poincare, Dist2) => out[0] = scalar(p::dist2(k, a[0], a[1])),
            (Poincare, Dist0) => out[0] = scalar(p::dist0(k, a[0])),
            (Poincare, Transport) => p::transport(k, a[0], a[1], a[2], out),
            (Poincare, TransportFrom0) => p::transport_from0(k, a[0], a[1], out),
            (Poincare, TransportTo0) => p::transport_to0(k, a[0], a[1], out),
            (Poincare, Inner) => out[0] = scalar(p::inner(k, a[0], a[1], a[2])),
            (Poincare, Norm) => out[0] = scalar(p::norm(k, a[0], a[1])),
            (Poincare, EgradToRgrad) => p::egrad_to_rgrad(k, a[0], a[1], out),
            (Poincare, MobiusAdd) => p::mobius_add(k, a[0], a[1], out),
            (Poincare, Lambda) => out[0] = scalar(p::lambda(k, a[0])),
            (Poincare, Convert) => p::to_lorentz(k, a[0], out),
            (Euclidean, Exp) => e::exp(k, a[0], a[1], out),
            (Euclidean, Exp0) => e::exp0(k, a[0], out),
            (Euclidean, Log) => e::log(k, a[0], a[1], out),
            (Euclidean, Log0) => e::log0(k, a[0], out),
            (Euclidean, Dist) => out[0] = scalar(e::dist(k, a[0], a[1])),
            (Euclidean, Dist2) => out[0] = scalar(e::dist2(k, a[0], a[1])),
            (Euclidean, Dist0) => out[0] = scalar(e::dist0(k, a[0])),
            (Euclidean, Inner) => out[0] = scalar(e::inner(a[1], a[2])),
            (Euclidean, Norm) => out[0] = scalar(e::norm(a[1])),
            (Euclidean, EgradToRgrad) => e::egrad_to_rgrad(k, a[1], out),
            // Flat transport and tangential parts are the identity, as is the latter on the ball.
            (Euclidean, Transport) => out.copy_from_slice(a[2]),
            (Euclidean, TransportFrom0 | TransportTo0) | (Euclidean | Poincare, ProjectTangent) => {
                out.copy_from_slice(a[1])
            }
            (Lorentz, MobiusAdd | Lambda)
            | (Poincare, Lorentzian)
            | (Euclidean, MobiusAdd | Lambda | Lorentzian | Convert) => {
                panic!("{self:?} has no {kind:?}")
            }
        }
    }

    /// Gradient of one row for the cotangent `g` (of length 1 for scalars): writes one row an argument, returns (∂c, ∂t).
    ///
    /// Nothing has to be saved from the forward pass.
    #[inline(always)]
    pub fn vjp<T: Coord>(self, kind: Kind, k: Curv, a: &[&[T]], g: &[T], grads: &mut [&mut [T]]) -> CurvGrad {
        match grads {
            [gx] => self.vjp1(kind, k, a[0], g, gx),
            [gx, gy] => self.vjp2(kind, k, [a[0], a[1]], g, [gx, gy]),
            [gx, gy, gz] => self.vjp3(kind, k, [a[0], a[1], a[2]], g, [gx, gy, gz]),
            _ => panic!("{kind:?} has {} arguments", kind.inputs().len()),
        }
    }

    #[inline(always)]
    fn vjp1<T: Coord>(self, kind: Kind, k: Curv, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
        use Kind::*;
        use Model::*;
        let s = g[0].to_f64();
        match (self, kind) {
            (Lorentz, Exp0) => l::exp0_vjp(k, x, g, gx),
            (Lorentz, Log0) => l::log0_vjp(k, x, g, gx),
            (Lorentz, Dist0) => l::dist0_vjp(k, x, s, gx),
            (Lorentz, Convert) => l::to_poincare_vjp(k, x, g, gx),
            (Poincare, Exp0) => p::exp0_vjp(k, x, g, gx),
            (Poincare, Log0) => p::log0_vjp(k, x, g, gx),
            (Poincare, Dist0) => p::dist0_vjp(k, x, s, gx),
            (Poincare, Lambda) => p::lambda_vjp(k, x, s, gx),
            (Poincare, Convert) => p::to_lorentz_vjp(k, x, g, gx),
            (Euclidean, Exp0) => e::exp0_vjp(k, x, g, gx),
            (Euclidean, Log0) => e::log0_vjp(k, x, g, gx),
            (Euclidean, Dist0) => e::dist0_vjp(k, x, s, gx),
            _ => panic!("{self:?} has no {kind:?} of one row"),
        }
    }

    #[inline(always)]
    fn vjp2<T: Coord>(self, kind: Kind, k: Curv, a: [&[T]; 2], g: &[T], grads: [&mut [T]; 2]) -> CurvGrad {
        use Kind::*;
        use Model::*;
        let ([x, y], [gx, gy], s) = (a, grads, g[0].to_f64());
        match (self, kind) {
            (Lorentz, Exp) => l::exp_vjp(k, x, y, g, gx, gy),
            (Lorentz, Log) => l::log_vjp(k, x, y, g, gx, gy),
            (Lorentz, Dist) => l::dist_vjp(k, x, y, s, gx, gy),
            (Lorentz, Dist2) => l::dist2_vjp(k, x, y, s, gx, gy),
            (Lorentz, TransportFrom0) => l::transport_from0_vjp(k, x, y, g, gx, gy),
            (Lorentz, TransportTo0) => l::transport_to0_vjp(k, x, y, g, gx, gy),
            (Lorentz, Norm) => l::norm_vjp(k, x, y, s, gx, gy),
            (Lorentz, ProjectTangent) => l::project_tangent_vjp(k, x, y, g, gx, gy),
            (Lorentz, EgradToRgrad) => l::egrad_to_rgrad_vjp(k, x, y, g, gx, gy),
            (Lorentz, Lorentzian) => l::lorentzian_vjp(k, x, y, s, gx, gy),
            (Poincare, Exp) => p::exp_vjp(k, x, y, g, gx, gy),
            (Poincare, Log) => p::log_vjp(k, x, y, g, gx, gy),
            (Poincare, Dist) => p::dist_vjp(k, x, y, s, gx, gy),
            (Poincare, Dist2) => p::dist2_vjp(k, x, y, s, gx, gy),
            (Poincare, TransportFrom0) => p::transport_from0_vjp(k, x, y, g, gx, gy),
            (Poincare, TransportTo0) => p::transport_to0_vjp(k, x, y, g, gx, gy),
            (Poincare, Norm) => p::norm_vjp(k, x, y, s, gx, gy),
            (Poincare, EgradToRgrad) => p::egrad_to_rgrad_vjp(k, x, y, g, gx, gy),
            (Poincare, MobiusAdd) => p::mobius_add_vjp(k, x, y, g, gx, gy),
            (Euclidean, Exp) => e::exp_vjp(k, x, y, g, gx, gy),
            (Euclidean, Log) => e::log_vjp(k, x, y, g, gx, gy),
            (Euclidean, Dist) => e::dist_vjp(k, x, y, s, gx, gy),
            (Euclidean, Dist2) => e::dist2_vjp(k, x, y, s, gx, gy),
            // What does not depend on the base point.
            (Euclidean, TransportFrom0 | TransportTo0) | (Euclidean | Poincare, ProjectTangent) => {
                gx.fill(T::zero());
                gy.copy_from_slice(g);
                NONE
            }
            (Euclidean, Norm) => {
                gx.fill(T::zero());
                e::norm_vjp(y, s, gy);
                NONE
            }
            (Euclidean, EgradToRgrad) => {
                gx.fill(T::zero());
                e::egrad_to_rgrad_vjp(k, y, g, gy)
            }
            _ => panic!("{self:?} has no {kind:?} of two rows"),
        }
    }

    #[inline(always)]
    fn vjp3<T: Coord>(self, kind: Kind, k: Curv, a: [&[T]; 3], g: &[T], grads: [&mut [T]; 3]) -> CurvGrad {
        use Kind::*;
        use Model::*;
        let ([x, y, z], [gx, gy, gz], s) = (a, grads, g[0].to_f64());
        match (self, kind) {
            (Lorentz, Transport) => l::transport_vjp(k, x, y, z, g, gx, gy, gz),
            (Lorentz, Inner) => l::inner_vjp(k, x, y, z, s, gx, gy, gz),
            (Poincare, Transport) => p::transport_vjp(k, x, y, z, g, gx, gy, gz),
            (Poincare, Inner) => p::inner_vjp(k, x, y, z, s, gx, gy, gz),
            (Euclidean, Transport) => {
                gx.fill(T::zero());
                gy.fill(T::zero());
                gz.copy_from_slice(g);
                NONE
            }
            (Euclidean, Inner) => {
                gx.fill(T::zero());
                e::inner_vjp(y, z, s, gy, gz);
                NONE
            }
            _ => panic!("{self:?} has no {kind:?} of three rows"),
        }
    }

    /// Moves a row onto the model, at most `max_radius` (in units of length) from the origin.
    #[inline(always)]
    pub fn project<T: Coord>(self, k: Curv, max_radius: f64, x: &[T], out: &mut [T]) {
        match self {
            Model::Lorentz => l::project(k, max_radius, x, out),
            Model::Poincare => p::project(k, max_radius, x, out),
            Model::Euclidean => e::project(k, max_radius, x, out),
        }
    }

    /// Gradient of [`Model::project`].
    #[inline(always)]
    pub fn project_vjp<T: Coord>(self, k: Curv, max_radius: f64, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
        match self {
            Model::Lorentz => l::project_vjp(k, max_radius, x, g, gx),
            Model::Poincare => p::project_vjp(k, max_radius, x, g, gx),
            Model::Euclidean => e::project_vjp(k, max_radius, x, g, gx),
        }
    }

    /// One optimizer step in place: x ← exp_x(s·u) and the momentum `m` transported along; `u = None` takes `m`.
    #[inline(always)]
    pub fn retract_transport<T: Coord>(self, k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
        match self {
            Model::Lorentz => l::retract_transport(k, x, u, s, m),
            Model::Poincare => p::retract_transport(k, x, u, s, m),
            Model::Euclidean => e::retract_transport(k, x, u, s, m),
        }
    }
}
