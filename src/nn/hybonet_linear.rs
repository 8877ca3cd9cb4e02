//! The linear layer of HyboNet, on the hyperboloid.

use super::{Activation, Init, Pass, Scope};
use crate::manifold::Curvature;
use crate::{DType, Device, Param, Result, Tensor};
use std::sync::Arc;

/// With h = W dropout(φ(x)) + b, the point whose time is t = e^γ σ(h₀) + √c + ½ in the direction of h_s (Chen et al., "Fully
/// hyperbolic neural networks", ACL 2022, eq. 3), c = −1/κ.
///
/// ```
/// use beltrami::nn::{HybonetLinear, Pass, Scope};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let layer = HybonetLinear::new(&Scope::new(Rng::new(1), DType::F64), 3, 4, &(-1.0).into())?;
/// let y = layer.forward(&Tensor::from_slice(&[1.0, 0.0, 0.0], [1, 3])?, &Pass::evaluate())?;
/// assert_eq!(y.dims(), [1, 4]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HybonetLinear {
    weight: Param,
    bias: Param,
    scale: Param,
    curvature: Curvature,
    activation: Option<Activation>,
    dropout: f64,
}

impl HybonetLinear {
    /// From rows of `inputs` coordinates to points of `outputs` coordinates, time included in both. W is uniform in
    /// ± 1/√outputs, but 0 for the time of the input; b is 0 and e^γ is 10.
    ///
    /// # Errors
    /// If the names `weight.weight`, `weight.bias`, `scale` cannot be made in this scope.
    pub fn new(scope: &Scope, inputs: usize, outputs: usize, kappa: &Curvature) -> Result<HybonetLinear> {
        let affine = scope.at("weight");
        let bound = 1.0 / (outputs as f64).sqrt();
        let draw = move |rng| {
            let drawn = Tensor::rand([outputs, inputs], DType::F64, rng, &Device::cpu())?;
            let spread = drawn.mul_scalar(2.0 * bound)?.add_scalar(-bound)?;
            spread.narrow(1, inputs.min(1), inputs)?.pad(1, inputs.min(1), 0, 0.0)
        };
        Ok(HybonetLinear {
            weight: affine.param("weight", [outputs, inputs], Init::Draw(Arc::new(draw)))?,
            bias: affine.undecayed("bias", outputs, Init::Constant(0.0))?,
            scale: scope.undecayed("scale", [], Init::Constant(10f64.ln()))?,
            curvature: kappa.clone(),
            activation: None,
            dropout: 0.0,
        })
    }

    /// φ, applied to all coordinates of the input.
    pub fn activation(self, activation: Activation) -> HybonetLinear {
        HybonetLinear { activation: Some(activation), ..self }
    }

    /// The share of φ(x) that is dropped in training.
    pub fn dropout(self, share: f64) -> HybonetLinear {
        HybonetLinear { dropout: share, ..self }
    }

    /// `[…, inputs]` to points `[…, outputs]`. Where h_s is 0, which has no direction, the result is the origin.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor, pass: &Pass) -> Result<Tensor> {
        let x = self.activation.map_or(Ok(x.clone()), |f| f.apply(x))?;
        let x = match pass.draw().filter(|_| self.dropout > 0.0) {
            Some(rng) => x.dropout(self.dropout, rng)?,
            None => x,
        };
        let h = x.matmul(&self.weight.tensor().t()?)?.add(&self.bias.tensor())?;
        let radius = self.curvature.tensor()?.neg()?.recip()?.sqrt()?.to_dtype(h.dtype())?.to_device(h.device())?;
        // t − √c, so that |y_s|² = t² − c = (t − √c)(t − √c + 2√c) subtracts nothing.
        let above = h.narrow(-1, 0, 1)?.sigmoid()?.mul(&self.scale.tensor().exp()?)?.add_scalar(0.5)?;
        let length = above.mul(&above.add(&radius.mul_scalar(2.0)?)?)?.sqrt()?;
        let space = h.narrow(-1, 1, h.dims()[h.rank() - 1])?;
        let norm = space.norm(&[-1], true)?;
        let (zero, one) = (norm.zeros_like()?, norm.ones_like()?);
        let pointless = norm.eq(&zero)?;
        let space = space.mul(&length.div(&pointless.select_from(&one, &norm)?)?)?;
        let time = pointless.select_from(&zero, &above)?.add(&radius)?;
        Tensor::cat(&[&time, &space], -1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    #[test]
    fn results_lie_on_the_hyperboloid_even_without_a_direction() -> Result<()> {
        let scope = Scope::new(Rng::new(5), DType::F64);
        let layer = HybonetLinear::new(&scope, 4, 5, &(-0.5).into())?.activation(Activation::Relu);
        let x = Tensor::from_slice(&[1.5, -1.0, 0.3, 2.0, 1.4, 0.0, 0.0, 0.0], [2, 4])?;
        let y = layer.forward(&x, &Pass::evaluate())?;
        for row in y.to_f64_vec().chunks_exact(5) {
            let square = row[1..].iter().map(|s| s * s).sum::<f64>() - row[0] * row[0];
            assert!((square + 2.0).abs() < 1e-12, "{row:?}");
        }
        assert!((y.to_f64_vec()[5] - 2f64.sqrt()).abs() < 1e-15);
        Ok(())
    }
}
