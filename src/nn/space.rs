//! The two models of hyperbolic space that layers are written for, and what they need of them.

use super::hyperboloid::{centre, rescale};
use crate::manifold::{Curvature, Lorentz, Manifold, PoincareBall};
use crate::{Error, Result, Tensor};
use std::sync::Arc;

/// Hyperbolic space in which a layer's points lie: rows of the hyperboloid −x₀² + |x_s|² = 1/κ, time first, or of the ball
/// |x|² < −1/κ ([`Coordinates::Radius`](crate::manifold::Coordinates::Radius)).
///
/// ```
/// use beltrami::{Tensor, nn::Space};
/// let ball = Space::poincare(&(-1.0).into())?;
/// let v = Tensor::from_slice(&[0.3, 0.4], [1, 2])?;
/// let back = ball.tangent(&ball.point(&v)?)?.to_f64_vec();
/// assert!((back[0] - 0.3).abs() < 1e-15 && (back[1] - 0.4).abs() < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Space {
    /// The hyperboloid; points of D dimensions have D + 1 coordinates.
    Lorentz(Lorentz),
    /// The Poincaré ball.
    Poincare(PoincareBall),
}

impl Space {
    /// The hyperboloid of curvature κ.
    ///
    /// # Errors
    /// Unless κ < 0.
    pub fn lorentz(kappa: &Curvature) -> Result<Space> {
        Ok(Space::Lorentz(Lorentz::new(kappa.clone())?.in_radius_coordinates()))
    }

    /// The ball of curvature κ.
    ///
    /// # Errors
    /// Unless κ < 0.
    pub fn poincare(kappa: &Curvature) -> Result<Space> {
        Ok(Space::Poincare(PoincareBall::new(kappa.clone())?.in_radius_coordinates()))
    }

    /// The same model with another curvature.
    ///
    /// # Errors
    /// Unless κ < 0.
    pub fn with_curvature(&self, kappa: &Curvature) -> Result<Space> {
        match self {
            Space::Lorentz(_) => Space::lorentz(kappa),
            Space::Poincare(_) => Space::poincare(kappa),
        }
    }

    /// Its curvature.
    pub fn curvature(&self) -> &Curvature {
        match self {
            Space::Lorentz(space) => space.curvature(),
            Space::Poincare(ball) => ball.curvature(),
        }
    }

    /// Distances, geodesics and the rest.
    pub fn manifold(&self) -> &dyn Manifold {
        match self {
            Space::Lorentz(space) => space,
            Space::Poincare(ball) => ball,
        }
    }

    /// The same for a parameter to keep.
    pub fn shared(&self) -> Arc<dyn Manifold> {
        match self {
            Space::Lorentz(space) => Arc::new(space.clone()),
            Space::Poincare(ball) => Arc::new(ball.clone()),
        }
    }

    /// How many coordinates points of `dim` dimensions have.
    pub fn width(&self, dim: usize) -> usize {
        self.manifold().ambient(dim)
    }

    /// The logarithm at the origin of points `[…, width]`: any numbers `[…, D]`.
    ///
    /// # Errors
    /// If the points have no coordinates.
    pub fn tangent(&self, x: &Tensor) -> Result<Tensor> {
        let v = self.manifold().log_map0(x)?;
        v.narrow(-1, self.width(0), v.dims()[v.rank() - 1])
    }

    /// The exponential map at the origin of `[…, D]`: points `[…, width]`.
    ///
    /// # Errors
    /// If there are no coordinates.
    pub fn point(&self, v: &Tensor) -> Result<Tensor> {
        self.manifold().exp_map0(&self.with_head(v)?)
    }

    /// Tangents at the origin as ambient rows: a time of 0 first, on the hyperboloid.
    pub(super) fn with_head(&self, v: &Tensor) -> Result<Tensor> {
        v.pad(-1, self.width(0), 0, 0.0)
    }

    /// The origin as `dim`-dimensional rows like those of `like`.
    pub(super) fn origin(&self, dim: usize, like: &Tensor) -> Result<Tensor> {
        self.point(&Tensor::zeros(dim, like.dtype(), like.device())?)
    }

    /// What stands for x + y: on the ball the gyro-sum x ⊕ y (Ungar 2008); on the hyperboloid the Lorentz residual, the
    /// point in the direction of the sum (He, Yang & Ying, "Lorentzian residual neural networks", KDD 2025).
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn add(&self, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        match self {
            Space::Lorentz(space) => centre(&x.add(y)?, space.curvature()),
            Space::Poincare(ball) => ball.mobius_add(x, y),
        }
    }

    /// The same points on the hyperboloid of equal curvature.
    ///
    /// # Errors
    /// If the points have no coordinates.
    pub fn to_lorentz(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Space::Lorentz(_) => Ok(x.clone()),
            Space::Poincare(ball) => ball.to_lorentz(x),
        }
    }

    /// The point in the direction of a sum of points of the hyperboloid (weights at least 0, not all 0): the centroid of
    /// Law, Liao, Snell & Zemel (ICML 2019), on the ball the gyromidpoint.
    ///
    /// # Errors
    /// If the sum has no coordinates.
    pub fn centre(&self, sum: &Tensor) -> Result<Tensor> {
        let x = centre(sum, self.curvature())?;
        match self {
            Space::Lorentz(_) => Ok(x),
            Space::Poincare(_) => Lorentz::new(self.curvature().clone())?.in_radius_coordinates().to_poincare(&x),
        }
    }

    /// The centroid over some axes of points, none of them the last.
    ///
    /// # Errors
    /// If there is no such axis, or the last one is named.
    pub fn mean(&self, x: &Tensor, axes: &[isize], keep: bool) -> Result<Tensor> {
        if axes.iter().any(|&a| a == -1 || a == x.rank() as isize - 1) {
            let what = "the axis of the coordinates".into();
            return Err(Error::Argument { op: "Space::mean", what, remedy: "name axes of points".into() });
        }
        self.centre(&self.to_lorentz(x)?.mean(axes, keep)?)
    }

    /// The centroids of points `[…, n, width]` with weights `[…, m, n]`: `[…, m, width]`.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn weighted(&self, weights: &Tensor, x: &Tensor) -> Result<Tensor> {
        self.centre(&weights.matmul(&self.to_lorentz(x)?)?)
    }

    /// The same directions and unit distances from the origin in the space of another curvature: x √(κ/κ′).
    ///
    /// # Errors
    /// If a curvature cannot be read.
    pub fn transfer(&self, x: &Tensor, to: &Space) -> Result<Tensor> {
        rescale(x, self.curvature(), to.curvature())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifold::centroid;
    use crate::{DType, Device, Rng};

    fn far(a: &Tensor, b: &Tensor) -> f64 {
        a.to_f64_vec().iter().zip(b.to_f64_vec()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn centroids_are_those_of_the_manifold_in_both_models() -> Result<()> {
        let v = Tensor::randn([2, 5, 3], DType::F64, Rng::new(1), &Device::cpu())?;
        let weights = Tensor::rand([2, 4, 5], DType::F64, Rng::new(2), &Device::cpu())?;
        for kappa in [-1.0, -0.4].map(Curvature::from) {
            for space in [Space::lorentz(&kappa)?, Space::poincare(&kappa)?] {
                let x = space.point(&v)?;
                let wanted = centroid(space.manifold(), &x, None)?;
                assert!(far(&space.mean(&x, &[1], false)?, &wanted) < 1e-13);
                let wanted = centroid(space.manifold(), &x.unsqueeze(1)?, Some(&weights))?;
                assert!(far(&space.weighted(&weights, &x)?, &wanted) < 1e-13);
                assert!(space.mean(&x, &[-1], false).is_err());
            }
        }
        Ok(())
    }

    #[test]
    fn transfer_keeps_unit_distances() -> Result<()> {
        let v = Tensor::randn([4, 3], DType::F64, Rng::new(3), &Device::cpu())?;
        let (from, to) = (Curvature::from(-0.5), Curvature::from(-2.0));
        for (a, b) in [(Space::lorentz(&from)?, Space::lorentz(&to)?), (Space::poincare(&from)?, Space::poincare(&to)?)]
        {
            let x = a.point(&v)?;
            let there = b.manifold().dist0(&a.transfer(&x, &b)?)?.mul_scalar(2.0)?;
            assert!(far(&a.manifold().dist0(&x)?, &there) < 1e-14);
        }
        Ok(())
    }
}
