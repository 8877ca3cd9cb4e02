//! Manifolds of matrices. A row is one matrix, row-major: n·n numbers for symmetric positive definite matrices, n·p for
//! Stiefel matrices.
//!
//! The interface is that of the other models ([`Kind`], scale `t`; `c` has no meaning here), a row at a time, with two
//! differences. Matrices of any size need memory, so these functions allocate. And some inputs have no result: a matrix
//! that is not positive definite, or two Stiefel matrices whose geodesic was not found. Such a row comes out as NaN, for
//! the caller to report.
//!
//! Points are read as the matrix nearest to what is stored: the symmetric part, or the polar factor. Derivatives include
//! that step, so they are symmetric, or tangent.

mod cholesky;
mod dense;
mod divided;
mod eigen;
mod flow;
mod linear;
mod shooting;
mod spd;
mod spd_affine;
mod spd_log;
mod stiefel;

pub use dense::Matrix;
pub use divided::{exp2, exp3, ln_1p};
pub use eigen::{Eigen, eigen};
pub use spd::Spectrum;

use super::curv::{Curv, CurvGrad};
use super::dd::Dd;
use super::model::{Kind, Role};
use super::wide::{Coord, Wide};

/// A manifold of matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatrixModel {
    /// Symmetric positive definite, affine-invariant metric.
    SpdAffine,
    /// Symmetric positive definite, log-Euclidean metric.
    SpdLog,
    /// `p` orthonormal columns, canonical metric.
    Stiefel {
        /// Number of columns.
        p: usize,
    },
}

struct SpdAffine;
struct SpdLog;
struct Stiefel;

/// Gradients in the arguments and in t.
type Pull<W> = (Vec<Matrix<W>>, W);

/// What a metric has to know. Functions at the origin, lengths and distances follow.
trait Geometry<W: Wide> {
    /// The origin, for matrices of the shape of `like`.
    fn origin(&self, like: &Matrix<W>) -> Matrix<W>;
    /// What a stored row that is not a point stands for; its own adjoint.
    fn read(&self, a: &Matrix<W>) -> Matrix<W> {
        a.clone()
    }
    /// The point that a stored row stands for.
    fn read_point(&self, x: &Matrix<W>) -> Matrix<W> {
        self.read(x)
    }
    /// Gradient of [`Geometry::read_point`].
    fn read_point_vjp(&self, _x: &Matrix<W>, g: &Matrix<W>) -> Matrix<W> {
        self.read(g)
    }
    /// Whether functions of these points lose so many digits that they should be redone in a wider type.
    fn lossy(&self, _points: &[&Matrix<W>]) -> bool {
        false
    }

    fn exp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>) -> Matrix<W>;
    fn exp_vjp(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, g: &Matrix<W>) -> Pull<W>;
    fn log(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> Matrix<W>;
    fn log_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: &Matrix<W>) -> Pull<W>;
    fn dist2(&self, t: W, x: &Matrix<W>, y: &Matrix<W>) -> W;
    fn dist2_vjp(&self, t: W, x: &Matrix<W>, y: &Matrix<W>, g: W) -> Pull<W>;
    fn transport(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>) -> Matrix<W>;
    fn transport_vjp(&self, x: &Matrix<W>, y: &Matrix<W>, v: &Matrix<W>, g: &Matrix<W>) -> Pull<W>;
    fn inner(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>) -> W;
    fn inner_vjp(&self, x: &Matrix<W>, u: &Matrix<W>, v: &Matrix<W>, g: W) -> Pull<W>;
    fn project_tangent(&self, x: &Matrix<W>, z: &Matrix<W>) -> Matrix<W>;
    fn project_tangent_vjp(&self, x: &Matrix<W>, z: &Matrix<W>, g: &Matrix<W>) -> Pull<W>;
    fn egrad_to_rgrad(&self, t: W, x: &Matrix<W>, e: &Matrix<W>) -> Matrix<W>;
    fn egrad_to_rgrad_vjp(&self, t: W, x: &Matrix<W>, e: &Matrix<W>, g: &Matrix<W>) -> Pull<W>;
    fn project(&self, t: W, radius: f64, x: &Matrix<W>) -> Matrix<W>;
    fn project_vjp(&self, t: W, radius: f64, x: &Matrix<W>, g: &Matrix<W>) -> (Matrix<W>, W);
    /// exp_x u, and m transported there.
    fn step(&self, t: W, x: &Matrix<W>, u: &Matrix<W>, m: &Matrix<W>) -> (Matrix<W>, Matrix<W>);

    fn value(&self, kind: Kind, t: W, a: &[Matrix<W>]) -> Option<Matrix<W>> {
        Some(match (kind, a) {
            (Kind::Exp, [x, u]) => self.exp(t, x, u),
            (Kind::Log, [x, y]) => self.log(t, x, y),
            (Kind::Dist, [x, y]) => Matrix::scalar(self.dist2(t, x, y).sqrt()),
            (Kind::Dist2, [x, y]) => Matrix::scalar(self.dist2(t, x, y)),
            (Kind::Transport, [x, y, v]) => self.transport(x, y, v),
            (Kind::Inner, [x, u, v]) => Matrix::scalar(self.inner(x, u, v)),
            (Kind::Norm, [x, u]) => Matrix::scalar(self.inner(x, u, u).sqrt()),
            (Kind::ProjectTangent, [x, z]) => self.project_tangent(x, z),
            (Kind::EgradToRgrad, [x, e]) => self.egrad_to_rgrad(t, x, e),
            _ => return None,
        })
    }

    fn gradient(&self, kind: Kind, t: W, a: &[Matrix<W>], g: &Matrix<W>) -> Option<Pull<W>> {
        // Of √s for the cotangent g; nothing moves where s = 0.
        let root = |s: W| if s == W::of(0.0) { s } else { g[(0, 0)] * 0.5 / s.sqrt() };
        Some(match (kind, a) {
            (Kind::Exp, [x, u]) => self.exp_vjp(t, x, u, g),
            (Kind::Log, [x, y]) => self.log_vjp(t, x, y, g),
            (Kind::Dist, [x, y]) => self.dist2_vjp(t, x, y, root(self.dist2(t, x, y))),
            (Kind::Dist2, [x, y]) => self.dist2_vjp(t, x, y, g[(0, 0)]),
            (Kind::Transport, [x, y, v]) => self.transport_vjp(x, y, v, g),
            (Kind::Inner, [x, u, v]) => self.inner_vjp(x, u, v, g[(0, 0)]),
            (Kind::Norm, [x, u]) => {
                let (mut grads, t) = self.inner_vjp(x, u, u, root(self.inner(x, u, u)));
                let gv = grads.pop()?;
                let gu = grads.pop()? + gv;
                grads.push(gu);
                (grads, t)
            }
            (Kind::ProjectTangent, [x, z]) => self.project_tangent_vjp(x, z, g),
            (Kind::EgradToRgrad, [x, e]) => self.egrad_to_rgrad_vjp(t, x, e, g),
            _ => return None,
        })
    }
}

/// A function at the origin is another with the origin for one of its arguments; and which.
fn at_origin(kind: Kind) -> (Kind, Option<usize>) {
    match kind {
        Kind::Exp0 => (Kind::Exp, Some(0)),
        Kind::Log0 => (Kind::Log, Some(0)),
        Kind::Dist0 => (Kind::Dist, Some(0)),
        Kind::TransportFrom0 => (Kind::Transport, Some(0)),
        Kind::TransportTo0 => (Kind::Transport, Some(1)),
        other => (other, None),
    }
}

/// The arguments of one call, as stored and as read.
struct Call<W> {
    kind: Kind,
    origin: Option<usize>,
    stored: Vec<Matrix<W>>,
    read: Vec<Matrix<W>>,
}

impl<W: Wide> Call<W> {
    /// `None` if they should be read in a wider type.
    fn of<T: Coord>(geometry: &impl Geometry<W>, kind: Kind, args: &[&[T]], cols: usize) -> Option<Call<W>> {
        let roles = kind.inputs();
        let stored: Vec<Matrix<W>> = args.iter().map(|a| Matrix::load(a, cols)).collect();
        let mut read: Vec<Matrix<W>> = stored
            .iter()
            .zip(roles)
            .map(|(a, &role)| if role == Role::Point { geometry.read_point(a) } else { geometry.read(a) })
            .collect();
        let points: Vec<&Matrix<W>> =
            read.iter().zip(roles).filter(|(_, r)| **r == Role::Point).map(|(a, _)| a).collect();
        if geometry.lossy(&points) {
            return None;
        }
        let (kind, origin) = at_origin(kind);
        if let Some(i) = origin {
            read.insert(i, geometry.origin(&read[0]));
        }
        Some(Call { kind, origin, stored, read })
    }

    fn forward<T: Coord>(&self, geometry: &impl Geometry<W>, k: Curv, out: &mut [T]) {
        match geometry.value(self.kind, W::of(k.t), &self.read) {
            Some(value) => value.store(out),
            None => out.fill(T::nan()),
        }
    }

    fn vjp<T: Coord>(
        &self,
        geometry: &impl Geometry<W>,
        kind: Kind,
        k: Curv,
        g: &[T],
        grads: &mut [&mut [T]],
    ) -> CurvGrad {
        let g = if g.len() == 1 { Matrix::load(g, 1) } else { geometry.read(&Matrix::load(g, self.stored[0].cols())) };
        let Some((mut all, t)) = geometry.gradient(self.kind, W::of(k.t), &self.read, &g) else {
            grads.iter_mut().for_each(|row| row.fill(T::nan()));
            return (0.0, f64::NAN);
        };
        if let Some(i) = self.origin {
            all.remove(i);
        }
        for (((row, g), x), role) in grads.iter_mut().zip(&all).zip(&self.stored).zip(kind.inputs()) {
            let g = if *role == Role::Point { geometry.read_point_vjp(x, g) } else { geometry.read(g) };
            g.store(row);
        }
        (0.0, t.value())
    }
}

/// Runs `$body` with `$geometry` as the rules of `$model`.
macro_rules! with_geometry {
    ($model:expr, $geometry:ident => $body:expr) => {
        match $model {
            MatrixModel::SpdAffine => {
                let $geometry = &SpdAffine;
                $body
            }
            MatrixModel::SpdLog => {
                let $geometry = &SpdLog;
                $body
            }
            MatrixModel::Stiefel { .. } => {
                let $geometry = &Stiefel;
                $body
            }
        }
    };
}

impl MatrixModel {
    /// Number of columns of the matrix in a row of `width` numbers, if one fits.
    pub fn cols(self, width: usize) -> Option<usize> {
        match self {
            MatrixModel::SpdAffine | MatrixModel::SpdLog => Some(width.isqrt()).filter(|n| *n > 0 && n * n == width),
            MatrixModel::Stiefel { p } => Some(p).filter(|p| *p > 0 && width % p == 0 && width >= p * p),
        }
    }

    /// Whether the model has this function.
    pub fn has(self, kind: Kind) -> bool {
        !matches!(kind, Kind::MobiusAdd | Kind::Lambda | Kind::Lorentzian | Kind::Convert)
    }

    /// Evaluates one row; a scalar into `out[0]`. NaN where there is no result (see the module), no such function
    /// ([`MatrixModel::has`]), or no matrix of this width ([`MatrixModel::cols`]).
    pub fn forward<T: Coord>(self, kind: Kind, k: Curv, a: &[&[T]], out: &mut [T]) {
        let Some(cols) = self.cols(a[0].len()) else { return out.fill(T::nan()) };
        with_geometry!(self, geometry => match Call::<T::Wide>::of(geometry, kind, a, cols) {
            Some(call) => call.forward(geometry, k, out),
            None => if let Some(call) = Call::<Dd>::of(geometry, kind, a, cols) { call.forward(geometry, k, out) },
        })
    }

    /// Gradient of one row for the cotangent `g` (of length 1 for scalars): writes one row an argument, returns (0, ∂t).
    pub fn vjp<T: Coord>(self, kind: Kind, k: Curv, a: &[&[T]], g: &[T], grads: &mut [&mut [T]]) -> CurvGrad {
        let Some(cols) = self.cols(a[0].len()) else {
            grads.iter_mut().for_each(|row| row.fill(T::nan()));
            return (0.0, f64::NAN);
        };
        with_geometry!(self, geometry => match Call::<T::Wide>::of(geometry, kind, a, cols) {
            Some(call) => call.vjp(geometry, kind, k, g, grads),
            None => match Call::<Dd>::of(geometry, kind, a, cols) {
                Some(call) => call.vjp(geometry, kind, k, g, grads),
                None => (0.0, f64::NAN),
            },
        })
    }

    /// Moves a row onto the manifold. Symmetric matrices: eigenvalues below e^(−r), r = `max_radius` · t, are raised to it
    /// (negative ones, too), then all logarithms are shrunk by one factor, if need be, to bring the matrix within
    /// `max_radius` of the identity. Stiefel: the polar factor, which is the nearest point.
    pub fn project<T: Coord>(self, k: Curv, max_radius: f64, x: &[T], out: &mut [T]) {
        let Some(cols) = self.cols(x.len()) else { return out.fill(T::nan()) };
        let x = Matrix::<T::Wide>::load(x, cols);
        with_geometry!(self, geometry => geometry.project(T::Wide::of(k.t), max_radius, &geometry.read(&x)).store(out))
    }

    /// Gradient of [`MatrixModel::project`].
    pub fn project_vjp<T: Coord>(self, k: Curv, max_radius: f64, x: &[T], g: &[T], gx: &mut [T]) -> CurvGrad {
        let Some(cols) = self.cols(x.len()) else {
            gx.fill(T::nan());
            return (0.0, f64::NAN);
        };
        let (x, g) = (Matrix::<T::Wide>::load(x, cols), Matrix::load(g, cols));
        with_geometry!(self, geometry => {
            let (grad, t) =
                geometry.project_vjp(T::Wide::of(k.t), max_radius, &geometry.read(&x), &geometry.read(&g));
            geometry.read(&grad).store(gx);
            (0.0, t.value())
        })
    }

    /// One optimizer step in place: x ← exp_x(s·u) and the momentum `m` transported along; `u = None` takes `m`.
    pub fn retract_transport<T: Coord>(self, k: Curv, x: &mut [T], u: Option<&[T]>, s: f64, m: &mut [T]) {
        let Some(cols) = self.cols(x.len()) else { return x.fill(T::nan()) };
        let point = Matrix::<T::Wide>::load(x, cols);
        let (u, momentum) = (Matrix::load(u.unwrap_or(m), cols), Matrix::load(m, cols));
        with_geometry!(self, geometry => {
            let t = T::Wide::of(k.t) * s;
            let (y, moved) =
                geometry.step(t, &geometry.read_point(&point), &geometry.read(&u), &geometry.read(&momentum));
            y.store(x);
            moved.store(m);
        })
    }
}
