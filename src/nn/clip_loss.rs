//! The loss of image–text models in hyperbolic space.

use super::{Init, Scope};
use crate::manifold::{Curvature, Lorentz, Manifold};
use crate::{CrossEntropy, DType, Param, Result, Tensor};

/// Contrast and entailment of pairs of image and text (Desai et al., "Hyperbolic image-text representations", ICML 2023, section
/// 3.2): the cross-entropies of each image's text and of each text's image with logits −d · min(e^θ, 100), halved, and a
/// multiple of the mean by which the image leaves the entailment cone of its text.
#[derive(Clone, Debug)]
pub struct ClipLoss {
    scale: Param,
    space: Lorentz,
    cone: f64,
    entailment: f64,
}

impl ClipLoss {
    /// On points of the hyperboloid. θ = ln(1/0.07), cones of size 0.1, entailment counts a fifth.
    ///
    /// # Errors
    /// If the name `logit_scale` cannot be made in this scope, or unless κ < 0.
    pub fn new(scope: &Scope, kappa: &Curvature) -> Result<ClipLoss> {
        Ok(ClipLoss {
            scale: scope.undecayed("logit_scale", [], Init::Constant((1.0f64 / 0.07).ln()))?,
            space: Lorentz::new(kappa.clone())?.in_radius_coordinates(),
            cone: 0.1,
            entailment: 0.2,
        })
    }

    /// What the entailment is multiplied with; 0 leaves it out.
    pub fn entailment_weight(self, weight: f64) -> ClipLoss {
        ClipLoss { entailment: weight, ..self }
    }

    /// The loss of images and texts `[n, width]`, pair by pair: a scalar.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn forward(&self, images: &Tensor, texts: &Tensor) -> Result<Tensor> {
        let contrast = self.contrast(images, texts)?;
        if self.entailment == 0.0 {
            return Ok(contrast);
        }
        contrast.add(&self.entailment(images, texts)?.mul_scalar(self.entailment)?)
    }

    /// −d(text i, image j) · min(e^θ, 100).
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn logits(&self, images: &Tensor, texts: &Tensor) -> Result<Tensor> {
        let scale = self.scale.tensor().clamp(f64::NEG_INFINITY, 100f64.ln())?.exp()?;
        self.space.cdist(texts, images)?.mul(&scale)?.neg()
    }

    /// The mean of both cross-entropies.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn contrast(&self, images: &Tensor, texts: &Tensor) -> Result<Tensor> {
        let logits = self.logits(images, texts)?;
        let own = Tensor::arange(logits.dims()[0], DType::I64, logits.device())?;
        let how = CrossEntropy::default();
        let both = logits.softmax_cross_entropy(&own, &how)?.add(&logits.t()?.softmax_cross_entropy(&own, &how)?)?;
        both.mul_scalar(0.5)
    }

    /// The mean angle by which an image is outside the cone of its text.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn entailment(&self, images: &Tensor, texts: &Tensor) -> Result<Tensor> {
        let angles = self.space.exterior_angle(texts, images)?;
        angles.sub(&self.space.half_aperture(texts, self.cone)?)?.relu()?.mean_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Space;
    use crate::{Device, Rng, gradcheck};

    #[test]
    fn a_text_entails_what_is_behind_it() -> Result<()> {
        let loss = ClipLoss::new(&Scope::new(Rng::new(1), DType::F64), &(-0.5).into())?;
        let space = Space::lorentz(&(-0.5).into())?;
        let v = Tensor::randn([4, 3], DType::F64, Rng::new(2), &Device::cpu())?;
        let texts = space.point(&v)?;
        assert!(loss.entailment(&space.point(&v.mul_scalar(1.5)?)?, &texts)?.to_scalar::<f64>()? == 0.0);
        assert!(loss.entailment(&space.point(&v.neg()?)?, &texts)?.to_scalar::<f64>()? > 1.0);
        let images = Tensor::randn([4, 3], DType::F64, Rng::new(3), &Device::cpu())?;
        gradcheck(|x| loss.forward(&space.point(&x[0])?, &space.point(&x[1])?), &[images, v])?;
        Ok(())
    }
}
