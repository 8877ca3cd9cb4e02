//! Spaces of constant curvature as manifolds: their row functions are in [`geometry`](crate::geometry).

use super::{Curvature, Factor, Manifold, Retraction, Spec, compose};
use crate::geometry::{Conversion, Curv, Kind, Model};
use crate::ops::manifold::rows_with;
use crate::ops::pairwise::cdist;
use crate::{Error, Result, Tensor};
use std::f64::consts::PI;
use std::fmt::Debug;
use std::marker::PhantomData;

/// Which coordinates a chart uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinates {
    /// The unit model; κ scales the metric, so points stay on the manifold when κ moves.
    Unit,
    /// The model's radius is 1/√|κ|: how published checkpoints are stored.
    Radius,
}

/// A model of [`geometry`](crate::geometry) as a type.
pub trait ChartModel: Copy + Debug + Default + Send + Sync + 'static {
    /// The row functions.
    const MODEL: Model;
    /// The name in a [`Spec`].
    const NAME: &'static str;
}

/// The hyperboloid −x₀² + |x_s|² = −1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hyperboloid;
impl ChartModel for Hyperboloid {
    const MODEL: Model = Model::Lorentz;
    const NAME: &'static str = "lorentz";
}

/// The ball |x| < 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ball;
impl ChartModel for Ball {
    const MODEL: Model = Model::Poincare;
    const NAME: &'static str = "poincare";
}

/// Flat space.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flat;
impl ChartModel for Flat {
    const MODEL: Model = Model::Euclidean;
    const NAME: &'static str = "euclidean";
}

/// The half-space h > 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Upper;
impl ChartModel for Upper {
    const MODEL: Model = Model::HalfSpace;
    const NAME: &'static str = "halfspace";
}

/// The half-space as a solvable group.
#[derive(Clone, Copy, Debug, Default)]
pub struct Group;
impl ChartModel for Group {
    const MODEL: Model = Model::Solvable;
    const NAME: &'static str = "solvable";
}

/// The sphere |x| = 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundSphere;
impl ChartModel for RoundSphere {
    const MODEL: Model = Model::Sphere;
    const NAME: &'static str = "sphere";
}

/// Stereographic coordinates of any curvature.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyCurvature;
impl ChartModel for AnyCurvature {
    const MODEL: Model = Model::Stereographic;
    const NAME: &'static str = "stereographic";
}

/// A manifold given by the row functions of one model.
#[derive(Clone, Debug)]
pub struct Chart<M> {
    curvature: Curvature,
    coordinates: Coordinates,
    /// If it was chosen.
    max_radius: Option<f64>,
    model: PhantomData<M>,
}

/// Hyperbolic space as the upper sheet of a hyperboloid in Minkowski space; rows have width D + 1, time first.
///
/// The time coordinate is redundant: functions read the space part and write both.
///
/// ```
/// use beltrami::{Tensor, manifold::{Lorentz, Manifold}};
/// let space = Lorentz::new(-1.0)?;
/// let u = Tensor::from_slice(&[0.0, 3.0, 4.0], 3)?; // a tangent at the origin, of length 5
/// let x = space.exp_map0(&u)?;
/// assert!((space.dist0(&x)?.to_scalar::<f64>()? - 5.0).abs() < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub type Lorentz = Chart<Hyperboloid>;

/// Hyperbolic space as the Poincaré ball; rows have width D.
pub type PoincareBall = Chart<Ball>;

/// Hyperbolic space as the half-space, metric (dh² + |dw|²)/(−κ h²): rows (h, w) of width D, height h > 0 first. The
/// origin is (1, 0); coordinates do not depend on κ.
///
/// ```
/// use beltrami::{Tensor, manifold::{HalfSpace, Manifold}};
/// let space = HalfSpace::new(-1.0)?;
/// let x = space.exp_map0(&Tensor::from_slice(&[2.0, 0.0], 2)?)?; // straight up
/// assert!((x.to_f64_vec()[0] - f64::exp(2.0)).abs() < 1e-14);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub type HalfSpace = Chart<Upper>;

/// Hyperbolic space as a solvable group, metric (dy₀² + |dY + Y dy₀|²)/−κ: rows (y₀, Y) of width D, Cartan coordinate
/// first, with h = e^y₀ and w = h Y in the [`HalfSpace`]. Every row is a point; the origin is 0.
pub type Solvable = Chart<Group>;

/// Flat space, with the same interface.
pub type Euclidean = Chart<Flat>;

/// The sphere in the space around it; rows have width D + 1, and the origin is (1, 0, …, 0).
///
/// A row is read as a direction, whatever its length, and a tangent row as its tangential part; results lie on the
/// sphere. Between antipodes, [`log_map`](Manifold::log_map) and the gradient of the distance are 0.
///
/// ```
/// use beltrami::{Tensor, manifold::{Manifold, Sphere}};
/// let earth = Sphere::new(1.0 / 6371.0_f64.powi(2))?; // lengths in kilometres
/// let north = Tensor::from_slice(&[0.0, 0.0, 1.0], 3)?;
/// let equator = Tensor::from_slice(&[1.0, 0.0, 0.0], 3)?;
/// assert!((earth.dist(&north, &equator)?.to_scalar::<f64>()? - 10007.54).abs() < 0.01);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub type Sphere = Chart<RoundSphere>;

/// Stereographic coordinates of curvature κ of any sign (Bachmann, Bécigneul & Ganea, ICML 2020); rows have width D.
///
/// κ < 0 is the ball |x|² < −1/κ, κ = 0 flat space with the metric 4|dx|², κ > 0 the sphere without the antipode of the
/// origin, which is at infinity. Everything is smooth in κ, through 0 as well, so a tracked κ may change its sign in
/// training. Its coordinates are [`Coordinates::Radius`]: when κ moves down, [`project`](Manifold::project) points that it
/// has left outside. Between antipodes, [`log_map`](Manifold::log_map) and the gradient of the distance are 0.
///
/// ```
/// use beltrami::{Tensor, manifold::{Manifold, Stereographic}};
/// let kappa = Tensor::from(0.0).tracked();
/// let space = Stereographic::new(kappa.clone())?;
/// let x = Tensor::from_slice(&[0.3, 0.4], 2)?;
/// let d = space.dist0(&x)?; // 2|x| (1 − κ|x|²/3 + …)
/// assert!((d.to_scalar::<f64>()? - 1.0).abs() < 1e-15);
/// let slope = d.backward()?.get(&kappa).expect("distance depends on κ").to_scalar::<f64>()?;
/// assert!((slope + 0.25 / 3.0).abs() < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub type Stereographic = Chart<AnyCurvature>;

/// Within which distance of the origin points are kept unless something else was chosen: at κ = −1, what f32 rows of the
/// ball can place to some digits; in stereographic coordinates of the sphere, a millionth of the way short of the antipode,
/// which has none.
fn reach(model: Model, kappa: f64) -> f64 {
    match model {
        Model::Stereographic if kappa > 0.0 => PI / kappa.sqrt() * (1.0 - 1e-6),
        _ if kappa < 0.0 => 15.0 / (-kappa).sqrt(),
        _ => f64::INFINITY,
    }
}

impl<M: ChartModel> Chart<M> {
    fn make(kappa: impl Into<Curvature>, coordinates: Coordinates) -> Result<Chart<M>> {
        let curvature = kappa.into();
        curvature.value()?;
        Ok(Chart { curvature, coordinates, max_radius: None, model: PhantomData })
    }

    fn hyperbolic(op: &'static str, kappa: impl Into<Curvature>, coordinates: Coordinates) -> Result<Chart<M>> {
        let chart = Chart::make(kappa, coordinates)?;
        let value = chart.curvature.value()?;
        if value < 0.0 {
            return Ok(chart);
        }
        Err(Error::Argument {
            op,
            what: format!("curvature κ = {value}"),
            remedy: "hyperbolic space has κ < 0; use Euclidean for κ = 0, Stereographic for any κ".into(),
        })
    }

    /// The curvature.
    pub fn curvature(&self) -> &Curvature {
        &self.curvature
    }

    /// The coordinates.
    pub fn coordinates(&self) -> Coordinates {
        self.coordinates
    }

    /// The same manifold with points kept within `radius` of the origin (in its own units of length).
    ///
    /// # Errors
    /// If the radius is not positive.
    pub fn with_max_radius(self, radius: f64) -> Result<Chart<M>> {
        if radius > 0.0 {
            return Ok(Chart { max_radius: Some(radius), ..self });
        }
        let what = format!("radius {radius}");
        Err(Error::Argument { op: "with_max_radius", what, remedy: "give a positive length".into() })
    }

    /// The same curvature in [`Coordinates::Radius`], as layers exchange points.
    pub fn in_radius_coordinates(self) -> Chart<M> {
        Chart { coordinates: Coordinates::Radius, ..self }
    }

    /// The chart of another model with the same curvature.
    pub(super) fn as_model<N: ChartModel>(&self) -> Chart<N> {
        let Chart { curvature, coordinates, max_radius, .. } = self;
        Chart { curvature: curvature.clone(), coordinates: *coordinates, max_radius: *max_radius, model: PhantomData }
    }

    /// (c, t) as tensors that gradients for κ flow through.
    fn parameters(&self) -> Result<(Tensor, Tensor)> {
        let kappa = self.curvature.tensor()?;
        let one = Tensor::from(1.0);
        match (M::MODEL, self.coordinates) {
            (Model::Euclidean, _) => Ok((Tensor::from(0.0), one)),
            (Model::Sphere, Coordinates::Unit) => Ok((one, kappa.sqrt()?)),
            (Model::Sphere, Coordinates::Radius) => Ok((kappa.clone(), one)),
            (_, Coordinates::Unit) => Ok((one, kappa.neg()?.sqrt()?)),
            (_, Coordinates::Radius) => Ok((kappa.neg()?, one)),
        }
    }

    /// M ⊗ x = exp_o(M log_o x) of points x `[…, width]` and a matrix M `[E, D]` (Ganea, Bécigneul & Hofmann, NeurIPS 2018,
    /// equation 27): points of the E-dimensional space. A time coordinate is not among the D.
    ///
    /// # Errors
    /// If M has not D columns.
    pub fn mobius_matvec(&self, m: &Tensor, x: &Tensor) -> Result<Tensor> {
        let u = self.log_map0(x)?;
        let (head, width) = (M::MODEL.ambient(0), u.dims()[u.rank() - 1]);
        let v = u.narrow(-1, head, width)?.matmul(&m.t()?)?;
        let v = if head == 0 { v } else { Tensor::cat(&[&u.narrow(-1, 0, head)?, &v], -1)? };
        self.exp_map0(&v)
    }

    fn apply(&self, kind: Kind, args: &[&Tensor]) -> Result<Tensor> {
        self.apply_with(kind, self.max_radius(), args)
    }

    pub(super) fn apply_with(&self, kind: Kind, number: f64, args: &[&Tensor]) -> Result<Tensor> {
        let (c, t) = self.parameters()?;
        rows_with(M::MODEL, kind, number, args, &c, &t)
    }
}

impl Lorentz {
    /// Curvature κ < 0 on the unit hyperboloid. A tracked scalar or [`Curvature::learnable`] makes κ learnable.
    pub fn new(kappa: impl Into<Curvature>) -> Result<Lorentz> {
        Chart::hyperbolic("Lorentz::new", kappa, Coordinates::Unit)
    }

    /// The hyperboloid −x₀² + |x_s|² = −c, so κ = −1/c: to read published checkpoints.
    pub fn with_radius_sq(c: f64) -> Result<Lorentz> {
        Chart::hyperbolic("Lorentz::with_radius_sq", -1.0 / c, Coordinates::Radius)
    }

    /// The squared Lorentzian distance −2/c − 2⟨x, y⟩ of Law et al. (ICML 2019), without its cancellation.
    pub fn lorentzian_dist2(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.apply(Kind::Lorentzian, &[x, y])
    }

    /// The same points on the ball of equal curvature and coordinates.
    pub fn to_poincare(&self, x: &Tensor) -> Result<Tensor> {
        self.apply(Kind::Convert, &[x])
    }
}

impl PoincareBall {
    /// Curvature κ < 0 on the unit ball. A tracked scalar or [`Curvature::learnable`] makes κ learnable.
    pub fn new(kappa: impl Into<Curvature>) -> Result<PoincareBall> {
        Chart::hyperbolic("PoincareBall::new", kappa, Coordinates::Unit)
    }

    /// The ball c|x|² < 1, so κ = −c: to read published checkpoints.
    pub fn with_curvature_magnitude(c: f64) -> Result<PoincareBall> {
        Chart::hyperbolic("PoincareBall::with_curvature_magnitude", -c, Coordinates::Radius)
    }

    /// The conformal factor λ_x = 2/(1 − c|x|²).
    pub fn conformal_factor(&self, x: &Tensor) -> Result<Tensor> {
        self.apply(Kind::Lambda, &[x])
    }

    /// The same points on the hyperboloid of equal curvature and coordinates.
    pub fn to_lorentz(&self, x: &Tensor) -> Result<Tensor> {
        self.apply(Kind::Convert, &[x])
    }
}

impl HalfSpace {
    /// Curvature κ < 0. A tracked scalar or [`Curvature::learnable`] makes κ learnable.
    pub fn new(kappa: impl Into<Curvature>) -> Result<HalfSpace> {
        Chart::hyperbolic("HalfSpace::new", kappa, Coordinates::Unit)
    }

    /// Curvature κ = −c with tangents measured as other charts in radius coordinates measure them.
    pub fn with_curvature_magnitude(c: f64) -> Result<HalfSpace> {
        Chart::hyperbolic("HalfSpace::with_curvature_magnitude", -c, Coordinates::Radius)
    }
}

impl Solvable {
    /// Curvature κ < 0. A tracked scalar or [`Curvature::learnable`] makes κ learnable.
    pub fn new(kappa: impl Into<Curvature>) -> Result<Solvable> {
        Chart::hyperbolic("Solvable::new", kappa, Coordinates::Unit)
    }

    /// As [`HalfSpace::with_curvature_magnitude`].
    pub fn with_curvature_magnitude(c: f64) -> Result<Solvable> {
        Chart::hyperbolic("Solvable::with_curvature_magnitude", -c, Coordinates::Radius)
    }
}

impl Euclidean {
    /// Flat space.
    pub fn flat() -> Result<Euclidean> {
        Chart::make(0.0, Coordinates::Unit)
    }
}

impl Sphere {
    /// Curvature κ > 0 on the unit sphere. A tracked scalar or [`Curvature::learnable`] makes κ learnable.
    pub fn new(kappa: impl Into<Curvature>) -> Result<Sphere> {
        Sphere::positive("Sphere::new", kappa, Coordinates::Unit)
    }

    /// The sphere |x|² = c, so κ = 1/c.
    pub fn with_radius_sq(c: f64) -> Result<Sphere> {
        Sphere::positive("Sphere::with_radius_sq", 1.0 / c, Coordinates::Radius)
    }

    fn positive(op: &'static str, kappa: impl Into<Curvature>, coordinates: Coordinates) -> Result<Sphere> {
        let chart = Chart::make(kappa, coordinates)?;
        let value = chart.curvature.value()?;
        if value > 0.0 {
            return Ok(chart);
        }
        Err(Error::Argument {
            op,
            what: format!("curvature κ = {value}"),
            remedy: "a sphere has κ > 0; use Stereographic for any κ".into(),
        })
    }
}

impl Stereographic {
    /// Any curvature κ. A tracked scalar or [`Curvature::learnable`] makes κ learnable.
    pub fn new(kappa: impl Into<Curvature>) -> Result<Stereographic> {
        Chart::make(kappa, Coordinates::Radius)
    }

    /// The sum x ⊕ y, in flat space x + y.
    pub fn mobius_add(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.apply(Kind::MobiusAdd, &[x, y])
    }

    /// The conformal factor λ_x = 2/(1 + κ|x|²).
    pub fn conformal_factor(&self, x: &Tensor) -> Result<Tensor> {
        self.apply(Kind::Lambda, &[x])
    }
}

impl<M: ChartModel> Manifold for Chart<M> {
    fn spec(&self) -> Spec {
        // `make` has read κ already, so it is a number.
        let kappa = self.curvature.value().unwrap_or(f64::NAN);
        Spec { kind: M::NAME.into(), kappa, radius: self.coordinates == Coordinates::Radius, factors: vec![] }
    }

    fn kappa(&self) -> Result<Tensor> {
        self.curvature.tensor()
    }

    fn ambient(&self, dim: usize) -> usize {
        M::MODEL.ambient(dim)
    }

    row_functions!();

    fn geodesic(&self, x: &Tensor, y: &Tensor, s: f64) -> Result<Tensor> {
        if M::MODEL.has(Kind::Geodesic) {
            return self.apply_with(Kind::Geodesic, s, &[x, y]);
        }
        compose::geodesic(self, x, y, s)
    }

    fn mobius_add(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        if M::MODEL.has(Kind::MobiusAdd) {
            return self.apply(Kind::MobiusAdd, &[x, y]);
        }
        compose::mobius_add(self, x, y)
    }

    fn mobius_scale(&self, x: &Tensor, r: f64) -> Result<Tensor> {
        if M::MODEL.has(Kind::GyroScale) {
            return self.apply_with(Kind::GyroScale, r, &[x]);
        }
        compose::mobius_scale(self, x, r)
    }

    fn hyperplane_dist(&self, x: &Tensor, p: &Tensor, a: &Tensor) -> Result<Tensor> {
        self.hyperbolic_function("hyperplane_dist", Kind::HyperplaneDist, f64::INFINITY, &[x, p, a])
    }

    fn busemann(&self, x: &Tensor, b: &Tensor) -> Result<Tensor> {
        let b = compose::direction("busemann", b, M::MODEL.ambient(0))?;
        self.hyperbolic_function("busemann", Kind::Busemann, f64::INFINITY, &[x, &b])
    }

    fn half_aperture(&self, x: &Tensor, size: f64) -> Result<Tensor> {
        self.hyperbolic_function("half_aperture", Kind::HalfAperture, size, &[x])
    }

    fn exterior_angle(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.hyperbolic_function("exterior_angle", Kind::ExteriorAngle, f64::INFINITY, &[x, y])
    }

    fn cdist(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        let (c, t) = self.parameters()?;
        cdist(M::MODEL, x, y, &c, &t)
    }

    fn retract(&self, x: &Tensor, u: &Tensor, how: Retraction) -> Result<Tensor> {
        match how {
            Retraction::Exp => self.exp_map(x, u),
            Retraction::FirstOrder => {
                let (_, t) = self.parameters()?;
                self.project(&x.add(&u.mul(&t.to_dtype(u.dtype())?)?)?)
            }
        }
    }

    fn max_radius(&self) -> f64 {
        // `make` has read κ already, so it is a number.
        self.max_radius.unwrap_or_else(|| reach(M::MODEL, self.curvature.value().unwrap_or(f64::NAN)))
    }

    fn hyperbolic_chart(&self) -> Result<Option<(Model, Tensor)>> {
        let chart = Conversion::has(M::MODEL).then(|| self.parameters());
        Ok(chart.transpose()?.map(|(c, _)| (M::MODEL, c)))
    }

    fn factors(&self, width: usize) -> Result<Vec<Factor>> {
        let (c, t) = self.parameters()?;
        let curv = Curv { c: c.to_scalar()?, t: t.to_scalar()? };
        Ok(vec![Factor { model: M::MODEL, curv, columns: 0..width, max_radius: self.max_radius() }])
    }
}
