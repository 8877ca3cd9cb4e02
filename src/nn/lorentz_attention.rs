//! Multi-head attention of fully hyperbolic transformers.

use super::attend::{attend, weights};
use super::hyperboloid::{centre, lift};
use super::lorentz_linear::split_heads;
use super::lorentz_norm::unit;
use super::{Init, Linear, Mask, Rotation, Scope};
use crate::manifold::Curvature;
use crate::{Param, Result, Tensor};

/// Attention between points of the hyperboloid of curvature κ, c = −1/κ (Chen et al., "Fully hyperbolic neural networks", ACL
/// 2022; Yang et al., "Hypformer", KDD 2024).
///
/// Queries, keys and values of each head are points whose space coordinates are linear in all coordinates of the input.
/// Position j's weight for i is the softmax over j of (2c + 2⟨q_i, k_j⟩)/τ, minus the squared Lorentzian distance over a
/// learned temperature τ, which starts at √(heads · width). A head's result is the Lorentzian centroid of the values, and the
/// layer's a linear function of the coordinates of all heads, lifted.
///
/// ```
/// use beltrami::nn::{LorentzMultiheadAttention, Mask, Scope};
/// use beltrami::prelude::*;
/// let kappa = (-1.0).into();
/// let scope = Scope::new(Rng::new(1), DType::F32);
/// let attention = LorentzMultiheadAttention::new(&scope, 2, 9, &kappa)?; // two heads of 9 coordinates, time included
/// let tangents = Tensor::randn([1, 5, 18], DType::F32, Rng::new(2), &Device::cpu())?;
/// let x = Lorentz::new(-1.0)?.exp_map0(&tangents)?;
/// assert_eq!(attention.forward(&x, &Mask::causal(), None)?.dims(), [1, 5, 18]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LorentzMultiheadAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    /// Of all heads side by side; without it their centroid is taken.
    join: Option<Linear>,
    temperature: Param,
    heads: usize,
    normalize: bool,
    kappa: Curvature,
}

impl LorentzMultiheadAttention {
    /// Of `heads` heads whose points have `width` coordinates, time included; points that come and go have heads · width.
    ///
    /// # Errors
    /// If the names `Wq`, `Wk`, `Wv`, `final_linear`, `scale` cannot be made in this scope.
    pub fn new(scope: &Scope, heads: usize, width: usize, kappa: &Curvature) -> Result<LorentzMultiheadAttention> {
        let layer = LorentzMultiheadAttention::mean_heads(scope, heads, width, kappa)?;
        let dim = heads * width;
        let join = Linear::new(&scope.at("final_linear"), dim, dim.saturating_sub(1))?;
        Ok(LorentzMultiheadAttention { join: Some(join), ..layer })
    }

    /// The result is the centroid of those of the heads, of `width` coordinates.
    ///
    /// # Errors
    /// If the names `Wq`, `Wk`, `Wv`, `scale` cannot be made in this scope.
    pub fn mean_heads(
        scope: &Scope,
        heads: usize,
        width: usize,
        kappa: &Curvature,
    ) -> Result<LorentzMultiheadAttention> {
        let dim = heads * width;
        let linear = |name: &str| Linear::new(&scope.at(name), dim, heads * width.saturating_sub(1));
        Ok(LorentzMultiheadAttention {
            query: linear("Wq")?,
            key: linear("Wk")?,
            value: linear("Wv")?,
            join: None,
            temperature: scope.undecayed("scale", 1, Init::Constant((dim as f64).sqrt()))?,
            heads,
            normalize: false,
            kappa: kappa.clone(),
        })
    }

    /// The space coordinates of queries and keys get length 1.
    pub fn normalize(self) -> LorentzMultiheadAttention {
        LorentzMultiheadAttention { normalize: true, ..self }
    }

    /// Among the points `x`, `[B, N, heads · width]`; `rotation` turns the space coordinates of queries and keys.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn forward(&self, x: &Tensor, mask: &Mask, rotation: Option<&Rotation>) -> Result<Tensor> {
        let [q, k] = [self.query(x, rotation)?, self.key(x, rotation)?];
        self.join(&attend(&q, &k, &self.value(x)?, &self.temperature.tensor(), mask, &self.kappa)?)
    }

    /// From queries of points `x` `[B, N, …]` to keys and values of `y` `[B, M, …]`.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn cross(&self, x: &Tensor, y: &Tensor, mask: &Mask) -> Result<Tensor> {
        let [q, k] = [self.query(x, None)?, self.key(y, None)?];
        self.join(&attend(&q, &k, &self.value(y)?, &self.temperature.tensor(), mask, &self.kappa)?)
    }

    /// The weights that [`LorentzMultiheadAttention::forward`] uses, `[B, heads, N, N]`.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn weights(&self, x: &Tensor, mask: &Mask, rotation: Option<&Rotation>) -> Result<Tensor> {
        let [q, k] = [self.query(x, rotation)?, self.key(x, rotation)?];
        weights(&q, &k, &self.temperature.tensor(), mask, &self.kappa)
    }

    fn query(&self, x: &Tensor, rotation: Option<&Rotation>) -> Result<Tensor> {
        self.turned(&self.query, x, rotation)
    }

    fn key(&self, x: &Tensor, rotation: Option<&Rotation>) -> Result<Tensor> {
        self.turned(&self.key, x, rotation)
    }

    fn value(&self, x: &Tensor) -> Result<Tensor> {
        split_heads(&self.value.forward(x)?, self.heads)?.transpose(1, 2)
    }

    /// Space coordinates of queries or keys, `[B, heads, N, width − 1]`.
    fn turned(&self, linear: &Linear, x: &Tensor, rotation: Option<&Rotation>) -> Result<Tensor> {
        let s = split_heads(&linear.forward(x)?, self.heads)?;
        let s = rotation.map_or(Ok(s.clone()), |r| r.apply(&s))?;
        if self.normalize { unit(&s)? } else { s }.transpose(1, 2)
    }

    /// One point a position from those of the heads, `[B, heads, N, width]`.
    fn join(&self, o: &Tensor) -> Result<Tensor> {
        let o = o.transpose(1, 2)?;
        match &self.join {
            Some(linear) => lift(&linear.forward(&o.flatten(-2, -1)?)?, &self.kappa),
            None => centre(&o.sum(&[2], false)?, &self.kappa),
        }
    }
}
