//! The row functions as a table: which model, which function, what goes in and out.

use super::curv::{Curv, CurvGrad};
use super::matrix::MatrixModel;
use super::rows::{Careful, Evaluation, Rows, RowsMut, Tally};
use super::task::{Coord, Task, narrowed, widened};
use super::wide::Wide;
use super::{euclidean as e, halfspace as h, lorentz as l, poincare as p, sphere as s};

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
    /// Half-space, height first.
    HalfSpace,
    /// Half-space as a solvable group: logarithm of the height first.
    Solvable,
    /// Sphere, rows of the space around it.
    Sphere,
    /// Stereographic coordinates of curvature κ = −c of any sign: the ball, flat space, the sphere.
    Stereographic,
    /// A manifold of matrices.
    Matrix(MatrixModel),
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
    /// (x, y) → x ⊕ y (ball, stereographic).
    MobiusAdd,
    /// x → λ_x (ball, stereographic).
    Lambda,
    /// (x, y) → squared Lorentzian distance (hyperboloid).
    Lorentzian,
    /// (a, b) → −a₀b₀ + ⟨a_s,b_s⟩ of any ambient rows (hyperboloid).
    Minkowski,
    /// x → the same point on the other hyperbolic model.
    Convert,
    /// x → the row moved onto the model, at most [`Call::number`] (in units of length) from the origin.
    Project,
    /// (x, p, a) → signed distance of x to the hyperplane through p orthogonal to the tangent a at p.
    HyperplaneDist,
    /// (x, b) → Busemann function of x and the ideal point in the direction of the row b (its space part).
    Busemann,
    /// (x, y) → exp_x(s log_x y), s = [`Call::number`].
    Geodesic,
    /// x → exp_o(r log_o x), r = [`Call::number`].
    GyroScale,
    /// x → half-aperture of the entailment cone at x, whose constant is [`Call::number`].
    HalfAperture,
    /// (x, y) → angle at x between the ray from the origin and the geodesic to y.
    ExteriorAngle,
}

impl Kind {
    /// A function at the origin is another with the origin for one of its arguments; and which.
    pub(crate) const fn at_origin(self) -> (Kind, Option<usize>) {
        match self {
            Kind::Exp0 => (Kind::Exp, Some(0)),
            Kind::Log0 => (Kind::Log, Some(0)),
            Kind::Dist0 => (Kind::Dist, Some(0)),
            Kind::TransportFrom0 => (Kind::Transport, Some(0)),
            Kind::TransportTo0 => (Kind::Transport, Some(1)),
            other => (other, None),
        }
    }

    /// All kinds.
    pub const ALL: [Kind; 26] = [
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
        Kind::Minkowski,
        Kind::Convert,
        Kind::Project,
        Kind::HyperplaneDist,
        Kind::Busemann,
        Kind::Geodesic,
        Kind::GyroScale,
        Kind::HalfAperture,
        Kind::ExteriorAngle,
    ];

    /// The row arguments.
    pub const fn inputs(self) -> &'static [Role] {
        use Role::{Ambient, Point, Tangent};
        match self {
            Kind::Exp | Kind::Norm => &[Point, Tangent],
            Kind::Exp0 => &[Tangent],
            Kind::Log
            | Kind::Dist
            | Kind::Dist2
            | Kind::MobiusAdd
            | Kind::Lorentzian
            | Kind::Geodesic
            | Kind::ExteriorAngle => &[Point, Point],
            Kind::Log0 | Kind::Dist0 | Kind::Lambda | Kind::Convert | Kind::GyroScale | Kind::HalfAperture => &[Point],
            Kind::Transport | Kind::HyperplaneDist => &[Point, Point, Tangent],
            Kind::TransportFrom0 | Kind::TransportTo0 => &[Point, Tangent],
            Kind::Inner => &[Point, Tangent, Tangent],
            Kind::ProjectTangent | Kind::EgradToRgrad | Kind::Busemann => &[Point, Ambient],
            Kind::Minkowski => &[Ambient, Ambient],
            Kind::Project => &[Ambient],
        }
    }

    /// The result.
    pub const fn output(self) -> Role {
        match self {
            Kind::Exp | Kind::Exp0 | Kind::MobiusAdd | Kind::Project | Kind::Geodesic | Kind::GyroScale => Role::Point,
            Kind::Dist
            | Kind::Dist2
            | Kind::Dist0
            | Kind::Inner
            | Kind::Norm
            | Kind::Lambda
            | Kind::Lorentzian
            | Kind::Minkowski
            | Kind::HyperplaneDist
            | Kind::Busemann
            | Kind::HalfAperture
            | Kind::ExteriorAngle => Role::Scalar,
            Kind::Convert => Role::Other,
            _ => Role::Tangent,
        }
    }
}

impl Model {
    /// All models; of Stiefel matrices those with two columns, for all.
    pub const ALL: [Model; 10] = [
        Model::Lorentz,
        Model::Poincare,
        Model::Euclidean,
        Model::HalfSpace,
        Model::Solvable,
        Model::Sphere,
        Model::Stereographic,
        Model::Matrix(MatrixModel::SpdAffine),
        Model::Matrix(MatrixModel::SpdLog),
        Model::Matrix(MatrixModel::Stiefel { p: 2 }),
    ];

    /// The name in those of operations.
    pub const fn name(self) -> &'static str {
        match self {
            Model::Lorentz => "lorentz",
            Model::Poincare => "poincare",
            Model::Euclidean => "euclidean",
            Model::HalfSpace => "half_space",
            Model::Solvable => "solvable",
            Model::Sphere => "sphere",
            Model::Stereographic => "stereographic",
            Model::Matrix(MatrixModel::SpdAffine) => "spd_affine",
            Model::Matrix(MatrixModel::SpdLog) => "spd_log",
            Model::Matrix(MatrixModel::Stiefel { .. }) => "stiefel",
        }
    }

    /// Dimension of the space with rows of this width; 0 if there is none.
    pub const fn dim(self, width: usize) -> usize {
        match self {
            Model::Lorentz | Model::Sphere => width.saturating_sub(1),
            Model::Matrix(m) => m.dim(width),
            _ => width,
        }
    }

    /// Width of the rows of a D-dimensional space.
    pub const fn ambient(self, dim: usize) -> usize {
        match self {
            Model::Lorentz | Model::Sphere => dim + 1,
            Model::Matrix(m) => m.ambient(dim),
            _ => dim,
        }
    }

    /// Width of what `kind` returns for a D-dimensional space.
    pub const fn width(self, kind: Kind, dim: usize) -> usize {
        match kind.output() {
            Role::Scalar => 1,
            Role::Other => match self {
                Model::Poincare => dim + 1,
                _ => dim,
            },
            _ => self.ambient(dim),
        }
    }

    /// Whether the model has this function.
    pub const fn has(self, kind: Kind) -> bool {
        if let Model::Matrix(m) = self {
            return m.has(kind);
        }
        match kind {
            Kind::MobiusAdd | Kind::Lambda => matches!(self, Model::Poincare | Model::Stereographic),
            Kind::Lorentzian | Kind::Minkowski => matches!(self, Model::Lorentz),
            Kind::Convert | Kind::HalfAperture | Kind::ExteriorAngle => {
                matches!(self, Model::Lorentz | Model::Poincare)
            }
            Kind::HyperplaneDist | Kind::Busemann | Kind::Geodesic | Kind::GyroScale => {
                matches!(self, Model::Lorentz | Model::Poincare | Model::Euclidean)
            }
            _ => true,
        }
    }

    /// Whether its curvature may be positive.
    pub const fn signed(self) -> bool {
        matches!(self, Model::Sphere | Model::Stereographic)
    }

    /// Evaluates rows, however many `args` hold, one after the other. A scalar result is a row of one number.
    ///
    /// Panics if [`Model::has`] says no, or if lengths do not fit.
    pub fn forward<T: Coord>(self, kind: Kind, curv: Curv, args: &[&[T]], out: &mut [T]) {
        let dim = self.dim(args[0].len());
        Call { model: self, kind, curv, number: f64::INFINITY, dim }.forward(args, out)
    }

    /// Gradients of one row for the cotangent `g`: see [`Call::vjp`].
    pub fn vjp<T: Coord>(self, kind: Kind, curv: Curv, args: &[&[T]], g: &[T], grads: &mut [&mut [T]]) -> CurvGrad {
        let dim = self.dim(args[0].len());
        Call { model: self, kind, curv, number: f64::INFINITY, dim }.vjp(args, g, grads)
    }
}

/// A function with everything that it needs beside rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// Which model.
    pub model: Model,
    /// Which function.
    pub kind: Kind,
    /// Its curvature.
    pub curv: Curv,
    /// The number that some functions take: the largest radius of [`Kind::Project`].
    pub number: f64,
    /// Dimension of the space.
    pub dim: usize,
}

impl Call {
    /// Evaluates rows: `args` and `out` hold the same number of rows, one after the other.
    ///
    /// Panics if the model has no such function ([`Model::has`]) or lengths differ.
    pub fn forward<T: Coord>(&self, args: &[&[T]], out: &mut [T]) {
        T::run(&mut Forward { call: *self, args, out }, &mut |_, _| ());
    }

    /// Gradients for the cotangents `g` of the result: writes the rows of each argument, returns the sums of (∂c, ∂t) in
    /// the order of the rows. Nothing has to be saved from the forward pass.
    pub fn vjp<T: Coord>(&self, args: &[&[T]], g: &[T], grads: &mut [&mut [T]]) -> CurvGrad {
        let mut sum = (0.0, 0.0);
        T::run(&mut Backward { call: *self, args, g, grads }, &mut |c, t| {
            sum.0 += c;
            sum.1 += t;
        });
        sum
    }

    /// The plain numbers that its formulas take, by name: what runs of the same function on a device have of their own.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        let Call { model, kind, curv: k, number, .. } = *self;
        let mut all = vec![("c", k.c), ("t", k.t), ("number", number)];
        match (model, kind) {
            (Model::Lorentz, Kind::Project) => {
                let [limit, _] = l::limit::<f64>(k, number);
                all.push(("limit", limit));
            }
            (Model::Poincare | Model::Stereographic, Kind::Project) => {
                let (limit, (in_c, in_t)) = p::limit(k, number);
                all.extend([("limit", limit), ("limit_c", in_c), ("limit_t", in_t)]);
            }
            (Model::Euclidean, Kind::Project) => all.push(("limit", e::limit(k, number))),
            (Model::Sphere, Kind::Project) => all.push(("limit", s::limit(k, number))),
            (Model::HalfSpace | Model::Solvable, Kind::Project) => all.push(("limit", h::limit(k, number))),
            _ => (),
        }
        all
    }

    /// Width of argument rows.
    fn width(&self) -> usize {
        self.model.ambient(self.dim)
    }

    /// Width of result rows.
    fn out_width(&self) -> usize {
        self.model.width(self.kind, self.dim)
    }

    /// The function of a block of rows; no code for models that `E` does not evaluate.
    #[inline(always)]
    pub(super) fn forward_block<E: Evaluation>(&self, a: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
        match self.model {
            Model::Poincare | Model::Stereographic => p::forward(self, a, out),
            Model::Sphere if E::Number::SIGNED => s::forward(self, a, out),
            _ if E::HYPERBOLIC => self.hyperbolic_block(a, out),
            _ => self.missing(),
        }
    }

    /// Its gradient.
    #[inline(always)]
    pub(super) fn vjp_block<E: Evaluation>(
        &self,
        a: [Rows<'_, E>; 3],
        g: Rows<'_, E>,
        out: [RowsMut<'_, E>; 3],
    ) -> Tally {
        match self.model {
            Model::Poincare | Model::Stereographic => p::vjp(self, a, g, out),
            Model::Sphere if E::Number::SIGNED => s::vjp(self, a, g, out),
            _ if E::HYPERBOLIC => self.hyperbolic_vjp_block(a, g, out),
            _ => self.missing(),
        }
    }

    /// Of a function that the model does not have: a mistake of the caller's.
    #[cold]
    pub(super) fn missing(&self) -> ! {
        panic!("{:?} has no {:?}", self.model, self.kind)
    }

    #[inline(always)]
    fn hyperbolic_block<E: Evaluation>(&self, a: [Rows<'_, E>; 3], out: RowsMut<'_, E>) -> Tally {
        use Kind::*;
        use Model::*;
        let Call { model, kind, curv: k, number, .. } = *self;
        let [x, y, z] = a;
        match (model, kind) {
            (HalfSpace, _) => h::forward::<h::HalfSpace, E>(kind, k, number, a, out),
            (Solvable, _) => h::forward::<h::Solvable, E>(kind, k, number, a, out),
            (Lorentz, Exp) => l::exp(k, [x, y], out),
            (Lorentz, Exp0) => l::exp0(k, [x], out),
            (Lorentz, Log) => l::log(k, [x, y], out),
            (Lorentz, Log0) => l::log0(k, [x], out),
            (Lorentz, Dist) => l::dist(k, [x, y], out),
            (Lorentz, Dist2) => l::dist2(k, [x, y], out),
            (Lorentz, Dist0) => l::dist0(k, [x], out),
            (Lorentz, Transport) => l::transport(k, [x, y, z], out),
            (Lorentz, TransportFrom0) => l::transport_from0(k, [x, y], out),
            (Lorentz, TransportTo0) => l::transport_to0(k, [x, y], out),
            (Lorentz, Inner) => l::inner(k, [x, y, z], out),
            (Lorentz, Norm) => l::norm(k, [x, y], out),
            (Lorentz, ProjectTangent) => l::project_tangent(k, [x, y], out),
            (Lorentz, EgradToRgrad) => l::egrad_to_rgrad(k, [x, y], out),
            (Lorentz, Lorentzian) => l::lorentzian(k, [x, y], out),
            (Lorentz, Minkowski) => l::minkowski([x, y], out),
            (Lorentz, Convert) => l::to_poincare(k, [x], out),
            (Lorentz, Project) => l::project(k, number, [x], out),
            (Lorentz, HyperplaneDist) => l::hyperplane_dist(k, [x, y, z], out),
            (Lorentz, Busemann) => l::busemann(k, [x, y], out),
            (Lorentz, Geodesic) => l::geodesic(k, number, [x, y], out),
            (Lorentz, GyroScale) => l::gyro_scale(k, number, [x], out),
            (Lorentz, HalfAperture) => l::half_aperture(k, number, [x], out),
            (Lorentz, ExteriorAngle) => l::exterior_angle(k, [x, y], out),
            (Euclidean, Exp) => e::exp(k, [x, y], out),
            (Euclidean, Exp0) => e::exp0(k, [x], out),
            (Euclidean, Log) => e::log(k, [x, y], out),
            (Euclidean, Log0) => e::log0(k, [x], out),
            (Euclidean, Dist) => e::dist(k, [x, y], out),
            (Euclidean, Dist2) => e::dist2(k, [x, y], out),
            (Euclidean, Dist0) => e::dist0(k, [x], out),
            (Euclidean, Inner) => e::inner([x, y, z], out),
            (Euclidean, Norm) => e::norm([x, y], out),
            (Euclidean, EgradToRgrad) => e::egrad_to_rgrad(k, [x, y], out),
            (Euclidean, Project) => e::project(k, number, [x], out),
            (Euclidean, HyperplaneDist) => e::hyperplane_dist(k, [x, y, z], out),
            (Euclidean, Busemann) => e::busemann(k, [x, y], out),
            (Euclidean, Geodesic) => e::geodesic(number, [x, y], out),
            (Euclidean, GyroScale) => e::gyro_scale(number, [x], out),
            // Flat transport and tangential parts are the identity.
            (Euclidean, Transport) => e::last([x, y, z], out),
            (Euclidean, TransportFrom0 | TransportTo0 | ProjectTangent) => e::last([x, y], out),
            (Matrix(m), _) => m.forward_block(self, [x, y, z], out),
            _ => self.missing(),
        }
    }

    #[inline(always)]
    fn hyperbolic_vjp_block<E: Evaluation>(
        &self,
        a: [Rows<'_, E>; 3],
        g: Rows<'_, E>,
        out: [RowsMut<'_, E>; 3],
    ) -> Tally {
        use Kind::*;
        use Model::*;
        let Call { model, kind, curv: k, number, .. } = *self;
        let ([x, y, z], [gx, gy, gz]) = (a, out);
        match (model, kind) {
            (HalfSpace, _) => h::vjp::<h::HalfSpace, E>(kind, k, number, a, g, [gx, gy, gz]),
            (Solvable, _) => h::vjp::<h::Solvable, E>(kind, k, number, a, g, [gx, gy, gz]),
            (Lorentz, Exp) => l::exp_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Exp0) => l::exp0_vjp(k, [x], g, [gx]),
            (Lorentz, Log) => l::log_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Log0) => l::log0_vjp(k, [x], g, [gx]),
            (Lorentz, Dist) => l::dist_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Dist2) => l::dist2_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Dist0) => l::dist0_vjp(k, [x], g, [gx]),
            (Lorentz, Transport) => l::transport_vjp(k, [x, y, z], g, [gx, gy, gz]),
            (Lorentz, TransportFrom0) => l::transport_from0_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, TransportTo0) => l::transport_to0_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Inner) => l::inner_vjp(k, [x, y, z], g, [gx, gy, gz]),
            (Lorentz, Norm) => l::norm_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, ProjectTangent) => l::project_tangent_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, EgradToRgrad) => l::egrad_to_rgrad_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Lorentzian) => l::lorentzian_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Minkowski) => l::minkowski_vjp([x, y], g, [gx, gy]),
            (Lorentz, Convert) => l::to_poincare_vjp(k, [x], g, [gx]),
            (Lorentz, Project) => l::project_vjp(k, number, [x], g, [gx]),
            (Lorentz, HyperplaneDist) => l::hyperplane_dist_vjp(k, [x, y, z], g, [gx, gy, gz]),
            (Lorentz, Busemann) => l::busemann_vjp(k, [x, y], g, [gx, gy]),
            (Lorentz, Geodesic) => l::geodesic_vjp(k, number, [x, y], g, [gx, gy]),
            (Lorentz, GyroScale) => l::gyro_scale_vjp(k, number, [x], g, [gx]),
            (Lorentz, HalfAperture) => l::half_aperture_vjp(k, number, [x], g, [gx]),
            (Lorentz, ExteriorAngle) => l::exterior_angle_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Exp) => e::exp_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Exp0) => e::exp0_vjp(k, [x], g, [gx]),
            (Euclidean, Log) => e::log_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Log0) => e::log0_vjp(k, [x], g, [gx]),
            (Euclidean, Dist) => e::dist_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Dist2) => e::dist2_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Dist0) => e::dist0_vjp(k, [x], g, [gx]),
            (Euclidean, Inner) => e::inner_vjp([x, y, z], g, [gx, gy, gz]),
            (Euclidean, Norm) => e::norm_vjp([x, y], g, [gx, gy]),
            (Euclidean, EgradToRgrad) => e::egrad_to_rgrad_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Project) => e::project_vjp(k, number, [x], g, [gx]),
            (Euclidean, HyperplaneDist) => e::hyperplane_dist_vjp(k, [x, y, z], g, [gx, gy, gz]),
            (Euclidean, Busemann) => e::busemann_vjp(k, [x, y], g, [gx, gy]),
            (Euclidean, Geodesic) => e::geodesic_vjp(number, g, [gx, gy]),
            (Euclidean, GyroScale) => e::gyro_scale_vjp(number, g, [gx]),
            (Euclidean, Transport) => e::last_vjp(g, [gx, gy, gz]),
            (Euclidean, TransportFrom0 | TransportTo0 | ProjectTangent) => e::last_vjp(g, [gx, gy]),
            (Matrix(m), _) => m.vjp_block(self, [x, y, z], g, [gx, gy, gz]),
            _ => self.missing(),
        }
    }
}

/// The arguments' blocks at row `first`; missing ones repeat the last.
#[inline(always)]
pub(super) fn blocks<'a, E: Evaluation>(
    e: E,
    args: &[&'a [E::Storage]],
    width: usize,
    first: usize,
) -> [Rows<'a, E>; 3] {
    let at = |i: usize| Rows::at(e, args[i.min(args.len() - 1)], width, first);
    [at(0), at(1), at(2)]
}

struct Forward<'a, T> {
    call: Call,
    args: &'a [&'a [T]],
    out: &'a mut [T],
}

impl<T: Coord> Task<T> for Forward<'_, T> {
    fn rows(&self) -> usize {
        self.out.len() / self.call.out_width()
    }

    fn signed(&self) -> bool {
        self.call.model.signed()
    }

    fn block<E: Evaluation<Storage = T>>(&mut self, e: E, first: usize) -> Tally {
        let args = blocks(e, self.args, self.call.width(), first);
        self.call.forward_block(args, RowsMut::at(e, self.out, self.call.out_width(), first))
    }

    fn alone(&mut self, row: usize) -> Tally {
        let (width, mut out) = (self.call.width(), vec![0.0; self.call.out_width()]);
        let args: Vec<_> = self.args.iter().map(|a| widened(a, width, row)).collect();
        let args: Vec<_> = args.iter().map(Vec::as_slice).collect();
        let tally = Forward { call: self.call, args: &args, out: &mut out }.block(Careful, 0);
        narrowed(&out, self.out, row);
        tally
    }
}

struct Backward<'a, 'b, T> {
    call: Call,
    args: &'a [&'a [T]],
    g: &'a [T],
    grads: &'a mut [&'b mut [T]],
}

impl<T: Coord> Task<T> for Backward<'_, '_, T> {
    fn rows(&self) -> usize {
        self.g.len() / self.call.out_width()
    }

    fn signed(&self) -> bool {
        self.call.model.signed()
    }

    fn block<E: Evaluation<Storage = T>>(&mut self, e: E, first: usize) -> Tally {
        let (call, width) = (self.call, self.call.width());
        let mut grads = self.grads.iter_mut();
        let mut next = || match grads.next() {
            Some(grad) => RowsMut::at(e, grad, width, first),
            None => RowsMut::at(e, &mut [], width, 0),
        };
        let out = [next(), next(), next()];
        let g = Rows::at(e, self.g, call.out_width(), first);
        call.vjp_block(blocks(e, self.args, width, first), g, out)
    }

    fn alone(&mut self, row: usize) -> Tally {
        let width = self.call.width();
        let args: Vec<_> = self.args.iter().map(|a| widened(a, width, row)).collect();
        let args: Vec<_> = args.iter().map(Vec::as_slice).collect();
        let g = widened(self.g, self.call.out_width(), row);
        let mut rows = vec![vec![0.0; width]; self.grads.len()];
        let mut grads: Vec<_> = rows.iter_mut().map(Vec::as_mut_slice).collect();
        let tally = Backward { call: self.call, args: &args, g: &g, grads: &mut grads }.block(Careful, 0);
        self.grads.iter_mut().zip(&rows).for_each(|(grad, from)| narrowed(from, grad, row));
        tally
    }
}
