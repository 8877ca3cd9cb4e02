//! Manifolds as values: a [`Manifold`] says what distance, exponential map, transport and gradient mean, for tensors
//! of rows and for optimizers. It belongs to a parameter ([`Param`](crate::Param)); activations are plain tensors.

/// The methods of [`Manifold`] that are row functions, for a type that can `apply` one by its kind.
macro_rules! row_functions {
    () => {
        row_functions! {
            exp_map(x, u) = Exp,
            exp_map0(u) = Exp0,
            log_map(x, y) = Log,
            log_map0(y) = Log0,
            dist(x, y) = Dist,
            dist2(x, y) = Dist2,
            dist0(y) = Dist0,
            parallel_transport(x, y, v) = Transport,
            parallel_transport_from0(y, v) = TransportFrom0,
            parallel_transport_to0(x, v) = TransportTo0,
            inner(x, u, v) = Inner,
            norm(x, u) = Norm,
            project(x) = Project,
            project_tangent(x, z) = ProjectTangent,
            egrad_to_rgrad(x, e) = EgradToRgrad,
        }
    };
    ($($method:ident($($row:ident),+) = $kind:ident,)+) => {$(
        fn $method(&self, $($row: &Tensor),+) -> Result<Tensor> {
            self.apply(Kind::$kind, &[$($row),+])
        }
    )+};
}

mod chart;
mod compose;
mod convert;
mod curvature;
mod distribution;
mod elsewhere;
mod karcher;
mod matrix;
mod membership;
mod product;
mod spec;
mod statistics;

pub use chart::{
    Chart, ChartModel, Coordinates, Euclidean, HalfSpace, Lorentz, PoincareBall, Solvable, Sphere, Stereographic,
};
pub use convert::{convert_points, convert_tangents};
pub use curvature::{Bound, Curvature, Parametrisation};
pub use distribution::WrappedNormal;
pub use matrix::{Matrices, SpdAffineInvariant, SpdLogEuclidean, Stiefel};
pub use membership::{Report, check};
pub use product::Product;
pub use spec::Spec;
pub use statistics::{centroid, frechet_mean, frechet_variance};

use crate::geometry::{Curv, Model};
use crate::{Error, Result, Tensor};
use std::fmt::Debug;
use std::ops::Range;

/// A Riemannian manifold whose points are rows: the last axis of a tensor.
///
/// Arguments broadcast over their leading axes. `x`, `y` are points, `u`, `v` tangents at `x`. Lengths are in units
/// of the manifold's own metric, whose sectional curvature is κ.
pub trait Manifold: Debug + Send + Sync {
    /// What it is, to store beside numbers and to compare on loading.
    fn spec(&self) -> Spec;

    /// Its sectional curvature κ as it is now: an f64 scalar, tracked if gradients are to reach it.
    ///
    /// # Errors
    /// If it is not constant: of products, whose factors have one each, and most manifolds of matrices.
    fn kappa(&self) -> Result<Tensor> {
        Err(not_constant(&self.spec()))
    }

    /// The same as a product, if it is one.
    fn as_product(&self) -> Option<&Product> {
        None
    }

    /// Width of the rows of a `dim`-dimensional space.
    fn ambient(&self, dim: usize) -> usize;

    /// exp_x u: the point reached from x after the geodesic with velocity u has run for time 1.
    fn exp_map(&self, x: &Tensor, u: &Tensor) -> Result<Tensor>;

    /// [`Manifold::exp_map`] from the origin.
    fn exp_map0(&self, u: &Tensor) -> Result<Tensor>;

    /// log_x y: the velocity at x of the geodesic that is at y at time 1.
    fn log_map(&self, x: &Tensor, y: &Tensor) -> Result<Tensor>;

    /// [`Manifold::log_map`] at the origin.
    fn log_map0(&self, y: &Tensor) -> Result<Tensor>;

    /// The geodesic distance; its gradient where x = y is 0.
    fn dist(&self, x: &Tensor, y: &Tensor) -> Result<Tensor>;

    /// The distances of all pairs: `[n, m]` of points x `[n, width]` and y `[m, width]`. Nothing of size n·m·width is made
    /// where the manifold has a form that needs none.
    fn cdist(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.dist(&x.unsqueeze(-2)?, &y.unsqueeze(-3)?)
    }

    /// dist², smooth also where x = y.
    fn dist2(&self, x: &Tensor, y: &Tensor) -> Result<Tensor>;

    /// The distance from the origin.
    fn dist0(&self, y: &Tensor) -> Result<Tensor>;

    /// The point reached from x by the tangent u, exactly or nearly.
    fn retract(&self, x: &Tensor, u: &Tensor, how: Retraction) -> Result<Tensor> {
        match how {
            Retraction::Exp => self.exp_map(x, u),
            Retraction::FirstOrder => self.project(&x.add(u)?),
        }
    }

    /// v at x brought to y, as a tangent there.
    fn transport(&self, x: &Tensor, y: &Tensor, v: &Tensor, how: Transport) -> Result<Tensor> {
        match how {
            Transport::Parallel => self.parallel_transport(x, y, v),
            Transport::Projection => self.project_tangent(y, v),
            Transport::Identity => Ok(v.clone()),
        }
    }

    /// v transported in parallel from x to y along their geodesic.
    fn parallel_transport(&self, x: &Tensor, y: &Tensor, v: &Tensor) -> Result<Tensor>;

    /// v transported in parallel from the origin to y.
    fn parallel_transport_from0(&self, y: &Tensor, v: &Tensor) -> Result<Tensor>;

    /// v transported in parallel from x to the origin.
    fn parallel_transport_to0(&self, x: &Tensor, v: &Tensor) -> Result<Tensor>;

    /// ⟨u, v⟩ in the metric at x.
    fn inner(&self, x: &Tensor, u: &Tensor, v: &Tensor) -> Result<Tensor>;

    /// |u| in the metric at x.
    fn norm(&self, x: &Tensor, u: &Tensor) -> Result<Tensor>;

    /// The point at the fraction `s` of the way from x to y, exp_x(s log_x y); s outside 0..1 goes beyond the two.
    fn geodesic(&self, x: &Tensor, y: &Tensor, s: f64) -> Result<Tensor> {
        compose::geodesic(self, x, y, s)
    }

    /// x ⊕ y = exp_x of log_o y transported from the origin to x: the sum of the gyrovector space (Ungar 2008).
    fn mobius_add(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        compose::mobius_add(self, x, y)
    }

    /// r ⊗ x: the point r times as far from the origin as x, in its direction.
    fn mobius_scale(&self, x: &Tensor, r: f64) -> Result<Tensor> {
        compose::mobius_scale(self, x, r)
    }

    /// The signed distance of x to the hyperplane through the point p orthogonal to the tangent a at p, positive on the side
    /// that a points to; only the direction of a counts.
    ///
    /// # Errors
    /// If the manifold has no hyperplanes: all but hyperbolic and flat space.
    fn hyperplane_dist(&self, x: &Tensor, p: &Tensor, a: &Tensor) -> Result<Tensor> {
        let _ = (x, p, a);
        Err(missing("hyperplane_dist", self.spec()))
    }

    /// [`Manifold::hyperplane_dist`] to the hyperplane orthogonal to the geodesic that leaves the origin in the direction of
    /// the tangent z there, at the signed distance r `[…]` from the origin: the parametrisation (r, z) of Shimizu, Mukuta &
    /// Harada (ICLR 2021), in which no two hyperplanes are the same. Their r is half of this one.
    ///
    /// ```
    /// # use beltrami::{Tensor, manifold::{Manifold, PoincareBall}};
    /// let ball = PoincareBall::new(-1.0)?;
    /// let z = Tensor::from_slice(&[0.0, 1.0], 2)?;
    /// let x = ball.exp_map0(&z)?; // at the distance 2: λ is 2 at the origin
    /// let gap = ball.hyperplane_dist0(&x, &z, &Tensor::from(1.5))?;
    /// assert!((gap.to_scalar::<f64>()? - 0.5).abs() < 1e-15);
    /// # Ok::<(), beltrami::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Manifold::hyperplane_dist`].
    fn hyperplane_dist0(&self, x: &Tensor, z: &Tensor, r: &Tensor) -> Result<Tensor> {
        compose::hyperplane_dist0(self, x, z, r)
    }

    /// How far x is from the ideal point in the direction of b (rows of ambient width; a time in them is not read), counted
    /// from the origin: the limit of dist(x, z) − dist(o, z) as z goes there.
    ///
    /// # Errors
    /// If the manifold has no ideal points: all but hyperbolic and flat space.
    fn busemann(&self, x: &Tensor, b: &Tensor) -> Result<Tensor> {
        let _ = (x, b);
        Err(missing("busemann", self.spec()))
    }

    /// The half-aperture, in 0..π/2, of the entailment cone at x (Ganea, Bécigneul & Hofmann, ICML 2018), asin(2K/sinh r) at
    /// the distance r/√−κ from the origin; `size` is K, by custom 0.1. Where 2K > sinh r there is no cone: it is π/2 there.
    ///
    /// # Errors
    /// If the manifold has no such cones: all but hyperbolic space.
    fn half_aperture(&self, x: &Tensor, size: f64) -> Result<Tensor> {
        let _ = (x, size);
        Err(missing("half_aperture", self.spec()))
    }

    /// The angle at x, in 0..π, between the ray from the origin and the geodesic to y: y is in the cone at x if it is at most
    /// [`Manifold::half_aperture`]. It is 0 where x is the origin or y = x.
    ///
    /// # Errors
    /// As [`Manifold::half_aperture`].
    fn exterior_angle(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        let _ = (x, y);
        Err(missing("exterior_angle", self.spec()))
    }

    /// The rows moved onto the manifold, at most [`Manifold::max_radius`] from the origin.
    fn project(&self, x: &Tensor) -> Result<Tensor>;

    /// The tangential part of an ambient row z at x.
    fn project_tangent(&self, x: &Tensor, z: &Tensor) -> Result<Tensor>;

    /// The Riemannian gradient at x that the Euclidean (coordinate) gradient e stands for.
    fn egrad_to_rgrad(&self, x: &Tensor, e: &Tensor) -> Result<Tensor>;

    /// The largest distance from the origin that points are kept within.
    fn max_radius(&self) -> f64;

    /// For a chart of hyperbolic space, its model and the curvature c of its coordinates, through which gradients for κ
    /// flow; for other manifolds nothing.
    ///
    /// # Errors
    /// If the curvature cannot be read.
    fn hyperbolic_chart(&self) -> Result<Option<(Model, Tensor)>> {
        Ok(None)
    }

    /// The row functions for optimizers, with the curvature as it is now: one factor, or one a factor of a product.
    ///
    /// # Errors
    /// If rows of this manifold cannot have this width.
    fn factors(&self, width: usize) -> Result<Vec<Factor>>;
}

/// The error of a function that not every manifold has.
fn missing(op: &'static str, spec: Spec) -> Error {
    let remedy = match spec.kind.as_str() {
        "product" => "take it of the factors, one by one (`Product::parts`)",
        _ => "use a chart of hyperbolic space (κ < 0): lorentz, poincare, halfspace or solvable",
    };
    Error::Argument { op, what: format!("{spec} has no such function"), remedy: remedy.into() }
}

fn not_constant(spec: &Spec) -> Error {
    let what = format!("{spec} has no constant curvature");
    let remedy = "use a space of constant curvature, or ask the factors of a product one by one".into();
    Error::Argument { op: "Manifold::kappa", what, remedy }
}

/// How a tangent becomes a step ([`Manifold::retract`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retraction {
    /// Along the geodesic.
    #[default]
    Exp,
    /// The coordinates moved straight, then projected: equal to the geodesic up to second order in the length of the step.
    FirstOrder,
}

/// How a tangent is brought to another point ([`Manifold::transport`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Along the geodesic; keeps lengths and angles.
    #[default]
    Parallel,
    /// The tangential part of the same coordinates.
    Projection,
    /// The same coordinates, for charts in which any row is a tangent.
    Identity,
}

/// A factor of a manifold: row functions on some columns of its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// The row functions.
    pub model: Model,
    /// Their curvature.
    pub curv: Curv,
    /// The columns of this factor.
    pub columns: Range<usize>,
    /// Points are kept within this distance of the origin.
    pub max_radius: f64,
}
