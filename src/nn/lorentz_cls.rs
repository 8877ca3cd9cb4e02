//! Classes as points of the hyperboloid.

use super::{Init, Scope};
use crate::manifold::{Curvature, Lorentz, Manifold};
use crate::{DType, Device, Param, Result, Tensor};
use std::sync::Arc;

/// Scores from the squared Lorentzian distances D_k = max(0, −2c − 2⟨x, p_k⟩ + b_k), c = −1/κ, to a learned point of each
/// class (the decoder of Chen et al., "Fully hyperbolic neural networks", ACL 2022).
///
/// ```
/// use beltrami::nn::{LorentzCls, Score, Scope};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let classes = LorentzCls::new(&Scope::new(Rng::new(1), DType::F64), 2, 5, &(-1.0).into())?;
/// let scores = classes.forward(&Tensor::from_slice(&[1.0, 0.0, 0.0], [1, 3])?, Score::Distance)?;
/// assert_eq!(scores.dims(), [1, 5]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzCls {
    points: Param,
    bias: Param,
    space: Lorentz,
}

/// What becomes of a distance D.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Score {
    /// −D: a logit.
    #[default]
    Distance,
    /// 10/(1 + D).
    Proximity,
    /// −10 ln(1 + D).
    LogProximity,
}

impl LorentzCls {
    /// For points of `dim` dimensions. Those of the classes are exp₀ of tangents that are normal with deviation 1/√dim; b is 0.
    ///
    /// # Errors
    /// If the names `cls`, `bias` cannot be made in this scope, or unless κ < 0.
    pub fn new(scope: &Scope, dim: usize, classes: usize, kappa: &Curvature) -> Result<LorentzCls> {
        let space = Lorentz::new(kappa.clone())?.in_radius_coordinates();
        let on = space.clone();
        let draw = move |rng| {
            let v = Tensor::randn([classes, dim], DType::F64, rng, &Device::cpu())?;
            on.exp_map0(&v.mul_scalar(1.0 / (dim as f64).sqrt())?.pad(-1, 1, 0, 0.0)?)
        };
        let init = Init::Draw(Arc::new(draw));
        Ok(LorentzCls {
            points: scope.points("cls", [classes, dim + 1], init, Arc::new(space.clone()))?,
            bias: scope.undecayed("bias", classes, Init::Constant(0.0))?,
            space,
        })
    }

    /// Points `[…, dim + 1]` to scores `[…, classes]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor, score: Score) -> Result<Tensor> {
        let distances = self.squared_distances(x)?.add(&self.bias.tensor())?.relu()?;
        match score {
            Score::Distance => distances.neg(),
            Score::Proximity => distances.add_scalar(1.0)?.recip()?.mul_scalar(10.0),
            Score::LogProximity => distances.log1p()?.mul_scalar(-10.0),
        }
    }

    /// 4c sinh²(d/(2√c)) of the distances d, which keeps the digits that −2c − 2⟨x, p⟩ would cancel.
    fn squared_distances(&self, x: &Tensor) -> Result<Tensor> {
        let points = self.points.tensor();
        let (classes, width) = (points.dims()[0], points.dims()[1]);
        let leading = &x.dims()[..x.rank().saturating_sub(1)];
        let shape: Vec<usize> = leading.iter().copied().chain([classes]).collect();
        let rows = x.reshape([leading.iter().product(), x.dims().last().copied().unwrap_or(width)])?;
        let near = |t: Tensor| t.to_dtype(x.dtype())?.to_device(x.device());
        let root = near(self.space.curvature().tensor()?.neg()?.sqrt()?.mul_scalar(0.5)?)?;
        self.space.cdist(&rows, &points)?.mul(&root)?.sinh()?.div(&root)?.square()?.reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, gradcheck};

    #[test]
    fn a_class_is_nearest_to_its_own_point() -> Result<()> {
        let classes = LorentzCls::new(&Scope::new(Rng::new(2), DType::F64), 3, 4, &(-0.7).into())?;
        let scores = classes.forward(&classes.points.tensor(), Score::Distance)?;
        let own: Vec<f64> = (0..4).map(|k| scores.to_f64_vec()[5 * k]).collect();
        assert!(own.iter().all(|d| *d == 0.0) && scores.to_f64_vec().iter().all(|d| *d <= 0.0), "{own:?}");
        let v = Tensor::randn([2, 3], DType::F64, Rng::new(3), &Device::cpu())?;
        for score in [Score::Distance, Score::Proximity, Score::LogProximity] {
            gradcheck(
                |v| classes.forward(&classes.space.exp_map0(&v[0].pad(-1, 1, 0, 0.0)?)?, score),
                std::slice::from_ref(&v),
            )?;
        }
        Ok(())
    }
}
