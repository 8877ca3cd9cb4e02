//! Manifolds of matrices: symmetric positive definite ones with two metrics, and Stiefel matrices.

use super::{Factor, Manifold, Spec};
use crate::geometry::{Curv, Kind, MatrixModel, Model};
use crate::ops::manifold::rows_with;
use crate::{Error, Result, Tensor};
use std::marker::PhantomData;
use std::sync::Arc;

/// A manifold whose rows are matrices of one size, row-major. `M` says of which kind, for the constructors.
#[derive(Clone, Debug)]
pub struct Matrices<M> {
    model: MatrixModel,
    /// Rows and columns of a matrix.
    size: (usize, usize),
    max_radius: f64,
    kind: PhantomData<M>,
}

/// Names [`SpdAffineInvariant`].
#[derive(Clone, Copy, Debug)]
pub struct AffineInvariant;
/// Names [`SpdLogEuclidean`].
#[derive(Clone, Copy, Debug)]
pub struct LogEuclidean;
/// Names [`Stiefel`].
#[derive(Clone, Copy, Debug)]
pub struct Orthonormal;

/// Symmetric positive definite n × n matrices with the affine-invariant metric tr(x⁻¹u x⁻¹v) (Pennec, Fillard & Ayache,
/// IJCV 2006); rows have width n², the origin is the identity. Curvature is ≤ 0 and not constant.
///
/// Both triangles are read, as (x + xᵀ)/2. `project` raises eigenvalues below e^(−[`max_radius`](Manifold::max_radius)),
/// negative ones too, to it; and shrinks the logarithm of what is farther than `max_radius` from the identity.
///
/// # Errors
/// Functions of a matrix that is not positive definite are [`Error::NonFinite`].
///
/// ```
/// use beltrami::{Tensor, manifold::{Manifold, SpdAffineInvariant}};
/// let space = SpdAffineInvariant::new(2)?;
/// let (x, y) = (Tensor::from_slice(&[1.0, 0.0, 0.0, 1.0], 4)?, Tensor::from_slice(&[1.0, 0.0, 0.0, 9.0], 4)?);
/// assert!((space.dist(&x, &y)?.to_scalar::<f64>()? - 9f64.ln()).abs() < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub type SpdAffineInvariant = Matrices<AffineInvariant>;

/// Symmetric positive definite n × n matrices with the log-Euclidean metric (Arsigny, Fillard, Pennec & Ayache, SIAM J.
/// Matrix Anal. 2007), which is flat: distances are those of the matrix logarithms. Else as [`SpdAffineInvariant`].
pub type SpdLogEuclidean = Matrices<LogEuclidean>;

/// n × p matrices with orthonormal columns and the canonical metric tr(uᵀ(1 − ½xxᵀ)v) (Edelman, Arias & Smith, SIAM J.
/// Matrix Anal. 1998); rows have width n·p, the origin is the first p columns of the identity. The sphere is p = 1.
///
/// A stored point is read as the nearest matrix with orthonormal columns, its polar factor, which is also what `project`
/// gives. `max_radius` is ∞: the space is compact.
///
/// `log_map`, distances and transport between points search for the geodesic; that takes some (np)³ operations, and finds
/// the shortest one within the injectivity radius, which is at least √(4/5)π ≈ 0.89π. Beyond it they may give that of a
/// longer geodesic.
///
/// # Errors
/// [`Error::NonFinite`] where the search for a geodesic found none, as between rotations and reflections (p = n).
pub type Stiefel = Matrices<Orthonormal>;

/// Within this distance of the identity condition numbers are at most e^(10√2) ≈ 1.4e6, which f32 can hold.
const MAX_RADIUS: f64 = 10.0;

impl<M> Matrices<M> {
    fn make(model: MatrixModel, size: (usize, usize), max_radius: f64) -> Result<Matrices<M>> {
        if model.dim(size.0 * size.1) == 0 {
            return Err(Error::Argument {
                op: "manifold of matrices",
                what: format!("no space of {} × {} matrices", size.0, size.1),
                remedy: "spd needs n ≥ 1; stiefel(n,p) needs 1 ≤ p ≤ n and n ≥ 2".into(),
            });
        }
        Ok(Matrices { model, size, max_radius, kind: PhantomData })
    }

    fn name(&self) -> String {
        let (n, p) = self.size;
        match self.model {
            MatrixModel::SpdAffine => format!("spd{n}"),
            MatrixModel::SpdLog => format!("spd_log{n}"),
            MatrixModel::Stiefel { .. } => format!("stiefel({n},{p})"),
        }
    }

    /// Width of the rows.
    fn width(&self) -> usize {
        self.size.0 * self.size.1
    }

    fn apply(&self, kind: Kind, args: &[&Tensor]) -> Result<Tensor> {
        if let Some(other) = args.iter().find(|a| a.dims().last() != Some(&self.width())) {
            let what = format!("rows of {} have width {}", self.name(), self.width());
            return Err(Error::shape(self.model_name(), what, &[other.shape()], "reshape matrices to rows"));
        }
        let one = Tensor::from(1.0);
        let out = rows_with(Model::Matrix(self.model), kind, self.max_radius, args, &one, &one)?;
        let bad = with_real!(self.model_name(), out.dtype(), T, {
            out.to_vec::<T>()?.iter().position(|x| num_traits::Float::is_nan(*x))
        });
        let Some(position) = bad else { return Ok(out) };
        let remedy = match self.model {
            MatrixModel::Stiefel { .. } => {
                "points must have rank p, and be connected by a geodesic that is not longer than 0.89π"
            }
            _ => "points must be positive definite: call `project`",
        };
        let what = format!("the result of {kind:?}");
        Err(Error::NonFinite { place: self.name(), what, position, remedy: remedy.into() })
    }

    fn model_name(&self) -> &'static str {
        Model::Matrix(self.model).name()
    }
}

impl SpdAffineInvariant {
    /// Of n × n matrices.
    ///
    /// # Errors
    /// If n = 0.
    pub fn new(n: usize) -> Result<SpdAffineInvariant> {
        Matrices::make(MatrixModel::SpdAffine, (n, n), MAX_RADIUS)
    }
}

impl SpdLogEuclidean {
    /// Of n × n matrices.
    ///
    /// # Errors
    /// If n = 0.
    pub fn new(n: usize) -> Result<SpdLogEuclidean> {
        Matrices::make(MatrixModel::SpdLog, (n, n), MAX_RADIUS)
    }
}

impl Stiefel {
    /// Of n × p matrices.
    ///
    /// # Errors
    /// Unless 1 ≤ p ≤ n and n ≥ 2.
    pub fn new(n: usize, p: usize) -> Result<Stiefel> {
        Matrices::make(MatrixModel::Stiefel { p }, (n, p), f64::INFINITY)
    }
}

/// The manifold of a [`Spec`]'s text, if it is one of matrices: `spd3`, `spd_log3`, `stiefel(5,2)`.
pub(super) fn parse(text: &str) -> Option<Arc<dyn Manifold>> {
    if let Some(size) = text.strip_prefix("stiefel(") {
        let (n, p) = size.strip_suffix(')')?.split_once(',')?;
        return Some(Arc::new(Stiefel::new(n.trim().parse().ok()?, p.trim().parse().ok()?).ok()?));
    }
    if let Some(n) = text.strip_prefix("spd_log") {
        return Some(Arc::new(SpdLogEuclidean::new(n.parse().ok()?).ok()?));
    }
    Some(Arc::new(SpdAffineInvariant::new(text.strip_prefix("spd")?.parse().ok()?).ok()?))
}

impl<M: std::fmt::Debug + Send + Sync> Manifold for Matrices<M> {
    fn spec(&self) -> Spec {
        Spec::new(&self.name(), 0.0)
    }

    /// The width is that of the matrices, whatever `dim`.
    fn ambient(&self, _dim: usize) -> usize {
        self.width()
    }

    fn kappa(&self) -> Result<Tensor> {
        match self.model {
            // The logarithm is an isometry to flat space.
            MatrixModel::SpdLog => Ok(Tensor::from(0.0)),
            _ => Err(super::not_constant(&self.spec())),
        }
    }

    row_functions!();

    fn max_radius(&self) -> f64 {
        self.max_radius
    }

    fn factors(&self, width: usize) -> Result<Vec<Factor>> {
        if width != self.width() {
            return Err(Error::Argument {
                op: "Manifold::factors",
                what: format!("rows of width {width} for {}, whose rows have {}", self.name(), self.width()),
                remedy: "reshape matrices to rows".into(),
            });
        }
        let (model, curv) = (Model::Matrix(self.model), Curv { c: 1.0, t: 1.0 });
        Ok(vec![Factor { model, curv, columns: 0..width, max_radius: self.max_radius }])
    }
}
