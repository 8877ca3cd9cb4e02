//! Images cut into patches, each a point.

use super::hyperboloid::lift;
use super::{LorentzConv2d, Scope};
use crate::manifold::Curvature;
use crate::{Conv, Result, Tensor};

/// The patches of an image as points of the hyperboloid: the colours of a pixel are the space coordinates of a point, and a
/// convolution whose windows are the patches joins the points of each to one.
///
/// ```
/// use beltrami::nn::{PatchEmbedding, Scope};
/// use beltrami::{DType, Device, Tensor, tensor::Rng};
/// let layer = PatchEmbedding::new(&Scope::new(Rng::new(1), DType::F64), 3, 8, 4, &(-1.0).into())?;
/// let images = Tensor::zeros([2, 3, 16, 16], DType::F64, &Device::cpu())?;
/// assert_eq!(layer.forward(&images)?.dims(), [2, 16, 9]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PatchEmbedding {
    projection: LorentzConv2d,
    curvature: Curvature,
}

impl PatchEmbedding {
    /// Square patches of `size` pixels with `channels` colours, to points of `outputs` space coordinates.
    ///
    /// # Errors
    /// If the names `projection.…` of a [`LorentzConv2d`] cannot be made in this scope, or patches are empty.
    pub fn new(
        scope: &Scope,
        channels: usize,
        outputs: usize,
        size: usize,
        kappa: &Curvature,
    ) -> Result<PatchEmbedding> {
        let conv = Conv { stride: size, ..Conv::default() };
        let projection = LorentzConv2d::new(&scope.at("projection"), channels + 1, outputs, [size; 2], conv, kappa)?;
        Ok(PatchEmbedding { projection, curvature: kappa.clone() })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> PatchEmbedding {
        PatchEmbedding { projection: self.projection.to_curvature(kappa), ..self }
    }

    /// Images `[batch, channels, h, w]` to points `[batch, patches, outputs + 1]`, row by row.
    ///
    /// # Errors
    /// If the shape does not fit.
    pub fn forward(&self, images: &Tensor) -> Result<Tensor> {
        let pixels = images.transpose(1, -1)?.transpose(1, 2)?;
        self.projection.forward(&lift(&pixels, &self.curvature)?)?.flatten(1, 2)
    }
}
