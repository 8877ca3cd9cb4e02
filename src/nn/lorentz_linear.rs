//! The linear layer of fully hyperbolic networks, on the hyperboloid.

use super::sheet::Sheet;
use super::{Init, Linear, Scope};
use crate::manifold::{Curvature, Lorentz, Manifold};
use crate::{Error, Result, Tensor};

/// x ↦ (√(|h|² + c), h) with h = W x + b, W `[out, in]` acting on all coordinates, time included (Yang et al.,
/// "Hypformer", KDD 2024, eq. 5: the hyperbolic transformation with curvatures).
///
/// ```
/// use beltrami::nn::{LorentzLinear, Scope};
/// use beltrami::{DType, Tensor, tensor::Rng};
/// let scope = Scope::new(Rng::new(1), DType::F64);
/// let layer = LorentzLinear::new(&scope, 3, 4, &(-1.0).into())?;
/// let y = layer.forward(&Tensor::from_slice(&[1.0, 0.0, 0.0], [1, 3])?)?;
/// assert_eq!(y.dims(), [1, 5]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzLinear {
    linear: Linear,
    sheet: Sheet,
    input: Input,
    heads: Option<usize>,
}

/// What a layer is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// Points of its curvature.
    #[default]
    Points,
    /// Flat vectors, which become points by the exponential map at the origin.
    Flat,
    /// Flat vectors as HyperCore takes them: exp₀ of (1, x), whose first coordinate is not tangent to the origin. The length
    /// of that is √(|x|² − 1), or 1e-8 for |x| < 1.
    PublishedFlat,
}

impl LorentzLinear {
    /// From rows of `inputs` coordinates, time included, to points with `outputs` space coordinates, all of curvature κ.
    /// W is uniform in ± √2 √(6/(inputs + outputs)), b is 0.
    ///
    /// # Errors
    /// If the names `linear.weight`, `linear.bias` cannot be made in this scope.
    pub fn new(scope: &Scope, inputs: usize, outputs: usize, kappa: &Curvature) -> Result<LorentzLinear> {
        let layer = LorentzLinear::unbiased(scope, inputs, outputs, kappa)?;
        Ok(LorentzLinear { linear: layer.linear.zero_bias(&scope.at("linear"))?, ..layer })
    }

    /// Without b.
    ///
    /// # Errors
    /// If the name `linear.weight` cannot be made in this scope.
    pub fn unbiased(scope: &Scope, inputs: usize, outputs: usize, kappa: &Curvature) -> Result<LorentzLinear> {
        let init = Init::xavier(inputs, outputs, std::f64::consts::SQRT_2);
        let linear = Linear::unbiased(&scope.at("linear"), inputs, outputs, init)?;
        Ok(LorentzLinear { linear, sheet: Sheet::new(kappa), input: Input::Points, heads: None })
    }

    /// The result as points of another curvature.
    pub fn to_curvature(self, kappa: &Curvature) -> LorentzLinear {
        LorentzLinear { sheet: self.sheet.to(kappa), ..self }
    }

    /// Takes flat vectors of `inputs` − 1 coordinates, or points.
    pub fn input(self, input: Input) -> LorentzLinear {
        LorentzLinear { input, ..self }
    }

    /// Cuts h in as many pieces, each of which becomes a point: results are `[…, heads, outputs/heads + 1]`.
    pub fn heads(self, heads: usize) -> LorentzLinear {
        LorentzLinear { heads: Some(heads), ..self }
    }

    /// `[…, inputs]` to points `[…, outputs + 1]`.
    ///
    /// # Errors
    /// If the last axis has another size, or heads do not divide the outputs.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.sheet.lift(&self.affine(x)?)
    }

    /// The space coordinates alone, `[…, outputs]`.
    ///
    /// # Errors
    /// As [`LorentzLinear::forward`].
    pub fn space(&self, x: &Tensor) -> Result<Tensor> {
        self.sheet.carry(&self.affine(x)?)
    }

    fn affine(&self, x: &Tensor) -> Result<Tensor> {
        let h = match self.input {
            Input::Points => self.linear.forward(x),
            Input::Flat => self.linear.forward(&self.point_of_flat(x)?),
            Input::PublishedFlat => self.linear.forward(&self.point_of_published_flat(x)?),
        }?;
        self.heads.map_or(Ok(h.clone()), |heads| split_heads(&h, heads))
    }

    fn point_of_flat(&self, x: &Tensor) -> Result<Tensor> {
        let space = Lorentz::new(self.sheet.kappa.clone())?.in_radius_coordinates();
        space.exp_map0(&x.pad(-1, 1, 0, 0.0)?)
    }

    fn point_of_published_flat(&self, x: &Tensor) -> Result<Tensor> {
        let c = self.sheet.kappa.tensor()?.recip()?.neg()?.to_dtype(x.dtype())?.to_device(x.device())?;
        let s = c.sqrt()?;
        let n = x.square()?.sum(&[-1], true)?.add_scalar(-1.0)?.clamp(1e-8, f64::INFINITY)?.sqrt()?;
        let stretch = n.div(&s)?.sinh()?.mul(&s)?.div(&n)?;
        super::hyperboloid::lift(&x.mul(&stretch)?, &self.sheet.kappa)
    }
}

/// `[…, heads · d]` as `[…, heads, d]`.
pub(super) fn split_heads(x: &Tensor, heads: usize) -> Result<Tensor> {
    let width = x.dims().last().copied().unwrap_or(0);
    if heads == 0 || width % heads != 0 {
        let what = format!("{heads} heads do not divide {width} coordinates");
        return Err(Error::shape("split_heads", what, &[x.shape()], "choose a width that is a multiple of the heads"));
    }
    let outer = &x.dims()[..x.rank() - 1];
    x.reshape([outer, &[heads, width / heads]].concat())
}
