//! Manifolds of matrices. A row is one matrix, row-major: n·n numbers for symmetric positive definite matrices, n·p for
//! Stiefel matrices.
//!
//! The interface is that of the other models ([`Kind`], scale `t`; `c` has no meaning here), a row at a time, with two
//! differences. Matrices of any size need memory, so these functions allocate. And some inputs have no result: a matrix
//! that is not positive definite, or two Stiefel matrices whose geodesic was not found. Such a row comes out as NaN; the
//! manifolds on tensors ([`SpdAffineInvariant`](crate::manifold::SpdAffineInvariant) and others) report it as an error.
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
pub use spd_affine::geodesic;

use super::dd::Dd;
use super::model::{Call, Kind, Role};
use super::rows::{Evaluation, Rows, RowsMut, Tally};
use super::wide::Scalar;
use crate::DType;
use crate::dtype::Real;

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
trait Geometry<W: Scalar> {
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
    /// By how much functions of these points amplify roundings: beyond [`Wide::CARE`](super::Wide::CARE) they are redone in a wider type.
    fn loss(&self, _points: &[&Matrix<W>]) -> f64 {
        1.0
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

    /// The value of a function that does not start at the origin.
    fn value(&self, kind: Kind, t: W, number: f64, a: &[Matrix<W>]) -> Option<Matrix<W>> {
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
            (Kind::Project, [x]) => self.project(t, number, x),
            _ => return None,
        })
    }

    /// Its gradients.
    fn gradient(&self, kind: Kind, t: W, number: f64, a: &[Matrix<W>], g: &Matrix<W>) -> Option<Pull<W>> {
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
            (Kind::Project, [x]) => {
                let (gx, t) = self.project_vjp(t, number, x, g);
                (vec![gx], t)
            }
            _ => return None,
        })
    }
}

/// The arguments of one call.
struct Arguments<W> {
    stored: Vec<Matrix<W>>,
    /// With the origin, where the function starts or ends there.
    read: Vec<Matrix<W>>,
    /// See [`Geometry::loss`].
    loss: f64,
}

impl<W: Scalar> Arguments<W> {
    fn of<T: Real>(geometry: &impl Geometry<W>, kind: Kind, args: &[&[T]], cols: usize) -> Arguments<W> {
        let roles = kind.inputs();
        let stored: Vec<Matrix<W>> = args.iter().map(|a| Matrix::load(a, cols)).collect();
        let mut read: Vec<Matrix<W>> = stored
            .iter()
            .zip(roles)
            .map(|(a, &role)| if role == Role::Point { geometry.read_point(a) } else { geometry.read(a) })
            .collect();
        let points = read.iter().zip(roles).filter(|(_, role)| **role == Role::Point).map(|(a, _)| a);
        let loss = if W::CARE.is_finite() { geometry.loss(&points.collect::<Vec<_>>()) } else { 0.0 };
        if let (_, Some(i)) = kind.at_origin() {
            read.insert(i, geometry.origin(&read[0]));
        }
        Arguments { stored, read, loss }
    }
}

/// One row forward in the wide type W; returns its loss.
fn forward<W: Scalar, T: Real>(
    geometry: &impl Geometry<W>,
    call: &Call,
    cols: usize,
    args: &[&[T]],
    out: &mut [T],
) -> f64 {
    let a = Arguments::of(geometry, call.kind, args, cols);
    match geometry.value(call.kind.at_origin().0, W::of(call.curv.t), call.number, &a.read) {
        Some(value) => value.store(out),
        None => out.fill(T::nan()),
    }
    a.loss
}

/// One row backward in the wide type W; returns its loss and the gradient in t.
fn backward<W: Scalar, T: Real>(
    geometry: &impl Geometry<W>,
    call: &Call,
    cols: usize,
    args: &[&[T]],
    g: &[T],
    grads: &mut [&mut [T]],
) -> (f64, f64) {
    let a = Arguments::of(geometry, call.kind, args, cols);
    let scalar = call.kind.output() == Role::Scalar;
    let g = if scalar { Matrix::load(g, 1) } else { geometry.read(&Matrix::load(g, cols)) };
    let (kind, origin) = call.kind.at_origin();
    let Some((mut all, t)) = geometry.gradient(kind, W::of(call.curv.t), call.number, &a.read, &g) else {
        grads.iter_mut().for_each(|row| row.fill(T::nan()));
        return (a.loss, f64::NAN);
    };
    if let Some(i) = origin {
        all.remove(i);
    }
    for (((row, g), x), role) in grads.iter_mut().zip(&all).zip(&a.stored).zip(call.kind.inputs()) {
        let g = if *role == Role::Point { geometry.read_point_vjp(x, g) } else { geometry.read(g) };
        g.store(row);
    }
    (a.loss, t.value())
}

/// exp_x(s·u), and m transported along, in the wide type W; returns the loss.
fn step<W: Scalar, T: Real>(
    geometry: &impl Geometry<W>,
    t: f64,
    rows: [&[T]; 3],
    s: T,
    [y, w]: [&mut [T]; 2],
    cols: usize,
) -> f64 {
    let [x, u, m] = rows.map(|row| Matrix::load(row, cols));
    let x = geometry.read_point(&x);
    let (to, moved) = geometry.step(W::of(t) * s.to_f64(), &x, &geometry.read(&u), &geometry.read(&m));
    to.store(y);
    moved.store(w);
    if W::CARE.is_finite() { geometry.loss(&[&x]) } else { 0.0 }
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
    /// Dimension of the space with rows of this width; 0 if no matrix is that wide.
    pub const fn dim(self, width: usize) -> usize {
        match self {
            MatrixModel::SpdAffine | MatrixModel::SpdLog => {
                let n = width.isqrt();
                if n * n == width { n * (n + 1) / 2 } else { 0 }
            }
            MatrixModel::Stiefel { p } => {
                if p > 0 && width.is_multiple_of(p) && width >= p * p {
                    width - p * (p + 1) / 2
                } else {
                    0
                }
            }
        }
    }

    /// Width of the rows of a space of this dimension, or of the next smaller one there is.
    pub const fn ambient(self, dim: usize) -> usize {
        match self {
            MatrixModel::SpdAffine | MatrixModel::SpdLog => {
                let n = ((8 * dim + 1).isqrt() - 1) / 2;
                n * n
            }
            MatrixModel::Stiefel { p } => dim + p * (p + 1) / 2,
        }
    }

    /// Whether the model has this function.
    pub const fn has(self, kind: Kind) -> bool {
        use Kind::{
            Busemann, Convert, ExteriorAngle, Geodesic, GyroScale, HalfAperture, HyperplaneDist, Lambda, Lorentzian,
            Minkowski, MobiusAdd,
        };
        !matches!(
            kind,
            MobiusAdd
                | Lambda
                | Lorentzian
                | Minkowski
                | Convert
                | HyperplaneDist
                | Busemann
                | Geodesic
                | GyroScale
                | HalfAperture
                | ExteriorAngle
        )
    }

    const fn cols(self, width: usize) -> usize {
        match self {
            MatrixModel::SpdAffine | MatrixModel::SpdLog => width.isqrt(),
            MatrixModel::Stiefel { p } => p,
        }
    }

    /// Evaluates one row; returns its loss.
    #[inline(never)]
    fn forward<T: Real>(self, call: &Call, args: &[&[T]], out: &mut [T]) -> f64 {
        let cols = self.cols(args[0].len());
        with_geometry!(self, geometry => match T::DTYPE {
            DType::F32 => forward::<f64, T>(geometry, call, cols, args, out),
            _ => forward::<Dd, T>(geometry, call, cols, args, out),
        })
    }

    /// Gradients of one row; returns its loss and the gradient in t.
    #[inline(never)]
    fn vjp<T: Real>(self, call: &Call, args: &[&[T]], g: &[T], grads: &mut [&mut [T]]) -> (f64, f64) {
        let cols = self.cols(args[0].len());
        with_geometry!(self, geometry => match T::DTYPE {
            DType::F32 => backward::<f64, T>(geometry, call, cols, args, g, grads),
            _ => backward::<Dd, T>(geometry, call, cols, args, g, grads),
        })
    }

    /// One step of an optimizer; returns its loss.
    #[inline(never)]
    fn step<T: Real>(self, t: f64, rows: [&[T]; 3], s: T, to: [&mut [T]; 2]) -> f64 {
        let cols = self.cols(rows[0].len());
        with_geometry!(self, geometry => match T::DTYPE {
            DType::F32 => step::<f64, T>(geometry, t, rows, s, to, cols),
            _ => step::<Dd, T>(geometry, t, rows, s, to, cols),
        })
    }

    /// A block of rows of the table, one by one.
    #[inline(always)]
    pub(super) fn forward_block<E: Evaluation>(
        self,
        call: &Call,
        a: [Rows<'_, E>; 3],
        mut out: RowsMut<'_, E>,
    ) -> Tally {
        let (n, mut tally) = (call.kind.inputs().len(), Tally::default());
        for r in 0..out.count() {
            tally.loss[r] = self.forward(call, &a.map(|a| a.row(r))[..n], out.row(r));
        }
        tally
    }

    /// Gradients of a block of rows, one by one.
    #[inline(always)]
    pub(super) fn vjp_block<E: Evaluation>(
        self,
        call: &Call,
        a: [Rows<'_, E>; 3],
        g: Rows<'_, E>,
        mut grads: [RowsMut<'_, E>; 3],
    ) -> Tally {
        let (n, mut tally) = (call.kind.inputs().len(), Tally::default());
        for r in 0..grads[0].count() {
            let mut rows: Vec<&mut [E::Storage]> = grads.iter_mut().take(n).map(|g| g.row(r)).collect();
            (tally.loss[r], tally.t[r]) = self.vjp(call, &a.map(|a| a.row(r))[..n], g.row(r), &mut rows);
        }
        tally
    }

    /// Steps of a block of rows, one by one: exp_x(s·u), and v transported along.
    #[inline(always)]
    pub(super) fn step_block<E: Evaluation>(
        self,
        t: f64,
        a: [Rows<'_, E>; 3],
        s: Rows<'_, E>,
        mut out: [RowsMut<'_, E>; 2],
    ) -> Tally {
        let mut tally = Tally::default();
        for r in 0..out[0].count() {
            tally.loss[r] = self.step(t, a.map(|a| a.row(r)), s.row(r)[0], out.each_mut().map(|o| o.row(r)));
        }
        tally
    }
}
