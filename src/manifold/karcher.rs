//! The Fréchet mean where curvature varies: of positive definite (affine-invariant) and of Stiefel matrices.
//!
//! Steps along Σ wᵢ log xᵢ (Karcher, CPAM 1977) until they are short, then Newton's, with the derivatives of the logarithms.

use super::statistics::{SHORT, STEPS, inverse, mapped, not_found, weighted, worse};
use super::{Factor, Manifold};
use crate::geometry::{Kind, MatrixModel, Model};
use crate::{DType, Result, Tensor, no_grad};

/// The mean of points x `[…, n, width]` with weights `[…, n]` that sum to 1, sought from `start` `[…, width]`. The last step
/// is on the tape.
pub(super) fn mean(
    op: &'static str,
    manifold: &dyn Manifold,
    start: Tensor,
    x: &Tensor,
    shares: &Tensor,
) -> Result<Tensor> {
    let [factor] = &manifold.factors(start.dims()[start.rank() - 1])?[..] else { return manifold.kappa() };
    let space = Space { manifold, factor };
    let (at, hessian) = no_grad(|| {
        let (x, shares) = (x.detach(), shares.detach());
        let at = space.search(op, start, &x, &shares)?;
        let step = space.hessian(&at, &x, &shares)?.solve(manifold, &at, &space.pull(&at, &x, &shares)?)?;
        let at = manifold.exp_map(&at, &step)?;
        space.hessian(&at, &x, &shares).map(|hessian| (at, hessian))
    })?;
    manifold.exp_map(&at, &hessian.solve(manifold, &at, &space.pull(&at, x, shares)?)?)
}

/// Where the mean is sought.
struct Space<'a> {
    manifold: &'a dyn Manifold,
    factor: &'a Factor,
}

/// That of Σ wᵢ dist²/2, in a frame of tangents.
struct Hessian {
    /// Tangents `[…, width, width]` that span the tangent space; more than its dimension.
    frame: Tensor,
    /// The inverse of ⟨frame, H frame⟩, with the identity where the frame is redundant.
    inverse: Tensor,
}

impl Space<'_> {
    /// Whether curvature is at most 0; else it is at least 0.
    fn hyperbolic(&self) -> bool {
        self.factor.model == Model::Matrix(MatrixModel::SpdAffine)
    }

    /// Σ wᵢ log xᵢ: against the gradient of Σ wᵢ dist²/2.
    fn pull(&self, at: &Tensor, x: &Tensor, shares: &Tensor) -> Result<Tensor> {
        weighted(&self.manifold.log_map(&at.unsqueeze(-2)?, x)?, shares)
    }

    fn search(&self, op: &'static str, start: Tensor, x: &Tensor, shares: &Tensor) -> Result<Tensor> {
        let (mut at, mut last) = (start, f64::INFINITY);
        for _ in 0..STEPS {
            let distances = self.manifold.dist(&at.unsqueeze(-2)?, x)?;
            // The Hessian lies between 1 and the mean of these.
            let stretch = mapped(&distances, |s| if self.hyperbolic() { stretch(s) } else { 1.0 })?;
            let stride = mapped(&stretch.mul(shares)?.sum(&[-1], true)?, |most| 2.0 / (1.0 + most))?;
            let step = self.pull(&at, x, shares)?.mul(&stride)?;
            let lengths = self.manifold.norm(&at, &step)?.to_f64_vec();
            let spreads = distances.mul(shares)?.sum(&[-1], false)?.to_f64_vec();
            last = lengths.iter().zip(&spreads).map(|(l, s)| l / s.max(1.0)).fold(0.0, worse);
            at = self.manifold.exp_map(&at, &step)?;
            if last <= SHORT {
                return Ok(at);
            }
        }
        Err(not_found(op, last))
    }

    fn hessian(&self, at: &Tensor, x: &Tensor, shares: &Tensor) -> Result<Hessian> {
        let width = at.dims()[at.rank() - 1];
        let identity = Tensor::eye(width, DType::F64, at.device())?;
        // Transport keeps the frame orthonormal; Stiefel matrices, whose metric hardly varies, may be too far for it.
        let (part, frame) = if self.hyperbolic() {
            let origin = self.manifold.exp_map0(&at.zeros_like()?)?.unsqueeze(-2)?;
            let part = self.manifold.project_tangent(&origin, &identity)?;
            let frame = self.manifold.parallel_transport_from0(&at.unsqueeze(-2)?, &part)?;
            (part, frame)
        } else {
            let part = self.manifold.project_tangent(&at.unsqueeze(-2)?, &identity)?;
            (part.clone(), part)
        };
        // The covariant derivative of the pull, which is the ordinary one where the pull is 0.
        let turned = frame.matmul(&self.slopes(at, x, shares)?)?.neg()?;
        let products =
            self.manifold.inner(&at.unsqueeze(-2)?.unsqueeze(-2)?, &frame.unsqueeze(-2)?, &turned.unsqueeze(-3)?)?;
        let rest = identity.sub(&part)?;
        let inverse = inverse(&products.add(&rest.t()?.matmul(&rest)?)?)?;
        Ok(Hessian { frame, inverse })
    }

    /// The derivative of the pull in the coordinates of `at`, transposed: `[…, width, width]`.
    fn slopes(&self, at: &Tensor, x: &Tensor, shares: &Tensor) -> Result<Tensor> {
        let (model, curv) = (self.factor.model, self.factor.curv);
        let (n, width) = (x.dims()[x.rank() - 2], x.dims()[x.rank() - 1]);
        let sets = &at.dims()[..at.rank() - 1];
        let shape = |tail: &[usize]| -> crate::Shape { sets.iter().chain(tail).copied().collect() };
        let points = x.broadcast_to(shape(&[n, width]))?.to_f64_vec();
        let weights = shares.broadcast_to(shape(&[n]))?.to_f64_vec();
        let centres = at.to_f64_vec();
        let mut slopes = vec![0.0; centres.len() * width];
        let mut axis = vec![0.0; width];
        let [mut to_at, mut to_x] = [vec![0.0; width], vec![0.0; width]];
        for (i, (point, weight)) in points.chunks_exact(width).zip(weights).enumerate() {
            let set = i / n;
            for j in 0..width {
                axis.fill(0.0);
                axis[j] = weight;
                let arguments = [&centres[set * width..][..width], point];
                model.vjp(Kind::Log, curv, &arguments, &axis, &mut [&mut to_at[..], &mut to_x[..]]);
                let column = slopes[set * width * width..].iter_mut().skip(j).step_by(width);
                column.zip(&to_at).for_each(|(sum, slope)| *sum += slope);
            }
        }
        Tensor::from_slice(&slopes, shape(&[width, width]))?.to_device(at.device())
    }
}

impl Hessian {
    /// H⁻¹ pull.
    fn solve(&self, manifold: &dyn Manifold, at: &Tensor, pull: &Tensor) -> Result<Tensor> {
        let along = manifold.inner(&at.unsqueeze(-2)?, &self.frame, &pull.unsqueeze(-2)?)?;
        let coordinates = self.inverse.matmul(&along.unsqueeze(-1)?)?;
        self.frame.t()?.matmul(&coordinates)?.squeeze(-1)
    }
}

/// The largest eigenvalue of the Hessian of dist²/2 at the distance s, r coth r: the affine-invariant metric has curvature
/// down to −1/2.
fn stretch(s: f64) -> f64 {
    let r = s * std::f64::consts::FRAC_1_SQRT_2;
    if r == 0.0 { 1.0 } else { r / r.tanh() }
}
