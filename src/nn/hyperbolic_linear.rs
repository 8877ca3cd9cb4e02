//! The linear layer and the activation of hyperbolic neural networks: Euclidean ones in the tangent space at the origin.

use super::{Activation, Init, Scope, Space};
use crate::{Param, Result, Tensor};

/// x ↦ exp₀(W log₀ x) ⊕ exp₀ b, with ⊕ the gyro-sum (Ganea, Bécigneul & Hofmann, "Hyperbolic neural networks", NeurIPS 2018,
/// section 3.2), on the ball or the hyperboloid.
///
/// ```
/// use beltrami::nn::{HyperbolicLinear, Scope, Space};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let space = Space::poincare(&(-1.0).into())?;
/// let layer = HyperbolicLinear::new(&Scope::new(Rng::new(1), DType::F64), 2, 3, &space)?;
/// let y = layer.forward(&Tensor::from_slice(&[0.5, 0.1], [1, 2])?)?;
/// assert_eq!(y.dims(), [1, 3]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HyperbolicLinear {
    weight: Param,
    bias: Option<Param>,
    space: Space,
}

impl HyperbolicLinear {
    /// From points of `inputs` dimensions to points of `outputs` dimensions. W is uniform in ± √2 √(6/(inputs + outputs)), b
    /// is 0.
    ///
    /// # Errors
    /// If the names `weight`, `bias` cannot be made in this scope.
    pub fn new(scope: &Scope, inputs: usize, outputs: usize, space: &Space) -> Result<HyperbolicLinear> {
        let layer = HyperbolicLinear::unbiased(scope, inputs, outputs, space)?;
        Ok(HyperbolicLinear { bias: Some(scope.undecayed("bias", outputs, Init::Constant(0.0))?), ..layer })
    }

    /// The same without ⊕ exp₀ b.
    ///
    /// # Errors
    /// If the name `weight` cannot be made in this scope.
    pub fn unbiased(scope: &Scope, inputs: usize, outputs: usize, space: &Space) -> Result<HyperbolicLinear> {
        let init = Init::xavier(inputs, outputs, std::f64::consts::SQRT_2);
        let weight = scope.param("weight", [outputs, inputs], init)?;
        Ok(HyperbolicLinear { weight, bias: None, space: space.clone() })
    }

    /// Points of `inputs` dimensions to points of `outputs` dimensions.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.space.point(&self.space.tangent(x)?.matmul(&self.weight.tensor().t()?)?)?;
        match &self.bias {
            Some(bias) => self.space.manifold().mobius_add(&y, &self.space.point(&bias.tensor())?),
            None => Ok(y),
        }
    }
}

/// x ↦ exp₀ φ(log₀ x): an activation in the tangent space at the origin, leading to the space of the same or another
/// curvature (Chami et al., "Hyperbolic graph convolutional neural networks", NeurIPS 2019, eq. 10).
#[derive(Clone, Debug)]
pub struct HyperbolicActivation {
    activation: Activation,
    from: Space,
    to: Space,
}

impl HyperbolicActivation {
    /// From `space` to itself.
    pub fn new(activation: Activation, space: &Space) -> HyperbolicActivation {
        HyperbolicActivation { activation, from: space.clone(), to: space.clone() }
    }

    /// The result as points of another space.
    pub fn to_space(self, to: &Space) -> HyperbolicActivation {
        HyperbolicActivation { to: to.clone(), ..self }
    }

    /// Points to points.
    ///
    /// # Errors
    /// If the points have no coordinates.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.to.point(&self.activation.apply(&self.from.tangent(x)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifold::convert_points;
    use crate::{DType, Device, Rng, gradcheck};

    /// Both models are one space, so the layer commutes with the map between them.
    #[test]
    fn models_agree() -> Result<()> {
        let kappa = (-0.6).into();
        let (ball, space) = (Space::poincare(&kappa)?, Space::lorentz(&kappa)?);
        let scope = || Scope::new(Rng::new(3), DType::F64);
        let layer = |space: &Space| HyperbolicLinear::new(&scope(), 3, 2, space);
        let (on_ball, above) = (layer(&ball)?, layer(&space)?);
        // Tangents at the origin are half as long in the ball's coordinates, so equal points need half the bias there.
        let bias = Tensor::from_slice(&[0.4, -0.7], 2)?;
        for (layer, b) in [(&on_ball, bias.mul_scalar(0.5)?), (&above, bias)] {
            layer.bias.iter().try_for_each(|p| p.set(b.clone()))?;
        }
        let x = ball.point(&Tensor::randn([4, 3], DType::F64, Rng::new(4), &Device::cpu())?)?;
        let lifted = convert_points(ball.manifold(), space.manifold(), &x)?;
        // On the ball: far out its coordinates do not tell those of the hyperboloid to the last digits.
        let got = convert_points(space.manifold(), ball.manifold(), &above.forward(&lifted)?)?;
        let gaps = got.sub(&on_ball.forward(&x)?)?.to_f64_vec();
        assert!(gaps.iter().all(|g| g.abs() < 1e-13), "{gaps:?}");
        Ok(())
    }

    #[test]
    fn gradients() -> Result<()> {
        let v = Tensor::randn([3, 2], DType::F64, Rng::new(5), &Device::cpu())?;
        for space in [Space::lorentz(&(-0.6).into())?, Space::poincare(&(-0.6).into())?] {
            let layer = HyperbolicLinear::new(&Scope::new(Rng::new(3), DType::F64), 2, 2, &space)?;
            let tanh =
                HyperbolicActivation::new(Activation::Tanh, &space).to_space(&space.with_curvature(&(-2.0).into())?);
            gradcheck(|v| tanh.forward(&layer.forward(&space.point(&v[0])?)?), std::slice::from_ref(&v))?;
        }
        Ok(())
    }
}
