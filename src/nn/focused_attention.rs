//! Attention of linear cost, on the hyperboloid.

use super::hyperboloid::lift;
use super::lorentz_linear::split_heads;
use super::{Init, Linear, Scope};
use crate::manifold::Curvature;
use crate::{Param, Result, Tensor};

/// What keeps all features positive and no query without a weight, as published.
const FLOOR: f64 = 1e-6;

/// Queries of a causal pass share their sums over earlier keys by blocks of this many.
const BLOCK: usize = 64;

/// Focused linear attention (Yang et al., "Hypformer", KDD 2024, section 4.3): the space coordinates of queries and keys become
/// features f(φ), φ = (relu(s) + ε)/(|ν| + ε), f(φ) = |φ| φᵖ/|φᵖ|, whose product stands for the weight of a key. So
/// Σ f(k) vᵀ and Σ f(k) are made once for all queries, and the cost grows as the number of points, not as its square.
///
/// ```
/// use beltrami::nn::{FocusedAttention, Scope, Space};
/// use beltrami::{DType, Device, Rng, Tensor};
/// let attention = FocusedAttention::new(&Scope::new(Rng::new(1), DType::F64), 9, 2, 4, &(-1.0).into())?;
/// let space = Space::lorentz(&(-1.0).into())?;
/// let x = space.point(&Tensor::randn([1, 5, 8], DType::F64, Rng::new(2), &Device::cpu())?)?;
/// assert_eq!(attention.causal().forward(&x, None)?.dims(), [1, 5, 9]);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FocusedAttention {
    query: Linear,
    key: Linear,
    value: Linear,
    kernel: FocusedKernel,
    heads: usize,
}

impl FocusedAttention {
    /// Among points of `width` coordinates, time included, with `heads` heads of `dim` space coordinates each; p = 2, ν = 1.
    ///
    /// # Errors
    /// If the names `Wq`, `Wk`, `Wv` and those of [`FocusedKernel::new`] cannot be made in this scope.
    pub fn new(scope: &Scope, width: usize, heads: usize, dim: usize, kappa: &Curvature) -> Result<FocusedAttention> {
        let linear = |name: &str| Linear::new(&scope.at(name), width, heads * dim);
        Ok(FocusedAttention {
            query: linear("Wq")?,
            key: linear("Wk")?,
            value: linear("Wv")?,
            kernel: FocusedKernel::new(scope, width.saturating_sub(1), heads, dim, kappa)?,
            heads,
        })
    }

    /// The power p.
    pub fn power(self, power: f64) -> FocusedAttention {
        FocusedAttention { kernel: self.kernel.power(power), ..self }
    }

    /// Every point attends to itself and what came before.
    pub fn causal(self) -> FocusedAttention {
        FocusedAttention { kernel: self.kernel.causal(), ..self }
    }

    /// Points `[B, N, width]` to the same shape. `padding` `[B, N]` of u8 is 1 at points that no other sees.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn forward(&self, x: &Tensor, padding: Option<&Tensor>) -> Result<Tensor> {
        let split = |linear: &Linear| split_heads(&linear.forward(x)?, self.heads);
        self.kernel.forward(&split(&self.query)?, &split(&self.key)?, &split(&self.value)?, padding)
    }
}

/// The part of [`FocusedAttention`] after queries, keys and values are made.
#[derive(Clone, Debug)]
pub struct FocusedKernel {
    scale: Param,
    map: Linear,
    join: Linear,
    power: f64,
    causal: bool,
    kappa: Curvature,
}

impl FocusedKernel {
    /// For `heads` heads of `dim` space coordinates each, to points of `outputs` space coordinates.
    ///
    /// # Errors
    /// If the names `norm_scale`, `v_map_mlp`, `final_linear` cannot be made in this scope.
    pub fn new(scope: &Scope, outputs: usize, heads: usize, dim: usize, kappa: &Curvature) -> Result<FocusedKernel> {
        Ok(FocusedKernel {
            scale: scope.undecayed("norm_scale", [], Init::Constant(1.0))?,
            map: Linear::new(&scope.at("v_map_mlp"), dim, dim)?,
            join: Linear::new(&scope.at("final_linear"), heads * dim, outputs)?,
            power: 2.0,
            causal: false,
            kappa: kappa.clone(),
        })
    }

    /// The power p: the larger, the sharper.
    pub fn power(self, power: f64) -> FocusedKernel {
        FocusedKernel { power, ..self }
    }

    /// Every point attends to itself and what came before.
    pub fn causal(self) -> FocusedKernel {
        FocusedKernel { causal: true, ..self }
    }

    /// Points `[B, N, outputs + 1]` from the space coordinates of queries, keys and values `[B, N, heads, dim]`.
    ///
    /// # Errors
    /// If shapes do not fit.
    pub fn forward(&self, q: &Tensor, k: &Tensor, v: &Tensor, padding: Option<&Tensor>) -> Result<Tensor> {
        let heads_first = |x: &Tensor| x.transpose(1, 2);
        let (q, mut k) = (self.features(&heads_first(q)?)?, self.features(&heads_first(k)?)?);
        if let Some(padding) = padding {
            k = k.masked_fill(&padding.unsqueeze(1)?.unsqueeze(-1)?, 0.0)?;
        }
        // A value of 1 beside the others sums up the weights.
        let rows = heads_first(v)?.pad(-1, 0, 1, 1.0)?;
        let sums = if self.causal { causal(&q, &k, &rows)? } else { q.matmul(&k.t()?.matmul(&rows)?)? };
        let dim = sums.dims()[3] - 1;
        let means = sums.narrow(-1, 0, dim)?.div(&sums.narrow(-1, dim, dim + 1)?.add_scalar(FLOOR)?)?;
        let joined = means.transpose(1, 2)?.add(&self.map.forward(v)?)?.flatten(-2, -1)?;
        lift(&self.join.forward(&joined)?, &self.kappa)
    }

    fn features(&self, s: &Tensor) -> Result<Tensor> {
        let phi = s.relu()?.add_scalar(FLOOR)?.div(&self.scale.tensor().abs()?.add_scalar(FLOOR)?)?;
        let sharp = phi.powf(self.power)?;
        sharp.mul(&phi.norm(&[-1], true)?.div(&sharp.norm(&[-1], true)?)?)
    }
}

/// Σ_{j ≤ i} ⟨q_i, k_j⟩ v_j: within a block as a masked product, from earlier blocks by the sum of their k vᵀ.
fn causal(q: &Tensor, k: &Tensor, v: &Tensor) -> Result<Tensor> {
    let n = q.dims()[2];
    let mut before: Option<Tensor> = None;
    let mut blocks = Vec::with_capacity(n.div_ceil(BLOCK));
    for start in (0..n).step_by(BLOCK) {
        let block = |x: &Tensor| x.narrow(2, start, (start + BLOCK).min(n));
        let (q, k, v) = (block(q)?, block(k)?, block(v)?);
        let within = q.matmul(&k.t()?)?.tril(0)?.matmul(&v)?;
        let here = k.t()?.matmul(&v)?;
        blocks.push(match &before {
            Some(sum) => within.add(&q.matmul(sum)?)?,
            None => within,
        });
        before = Some(before.map_or(Ok(here.clone()), |sum| sum.add(&here))?);
    }
    if blocks.is_empty() {
        v.broadcast_to(v.shape().clone())
    } else {
        Tensor::cat(&blocks.iter().collect::<Vec<_>>(), 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, Device, Rng, gradcheck};

    fn kernel() -> Result<FocusedKernel> {
        FocusedKernel::new(&Scope::new(Rng::new(7), DType::F64), 5, 2, 3, &(-0.6).into())
    }

    fn qkv(n: usize) -> Result<[Tensor; 3]> {
        let make = |i| Tensor::randn([2, n, 2, 3], DType::F64, Rng::new(8).stream(i), &Device::cpu());
        Ok([make(0)?, make(1)?, make(2)?])
    }

    /// What comes later, and what is padding, changes nothing.
    #[test]
    fn a_causal_pass_is_one_over_each_beginning() -> Result<()> {
        let n = BLOCK + 3;
        let ([q, k, v], kernel) = (qkv(n)?, kernel()?);
        let all = kernel.clone().causal().forward(&q, &k, &v, None)?;
        for end in [1, 2, BLOCK, BLOCK + 1, n] {
            let [q, k, v] = [&q, &k, &v].map(|x| x.narrow(1, 0, end));
            let part = kernel.forward(&q?, &k?, &v?, None)?.narrow(1, end - 1, end)?;
            let gaps = all.narrow(1, end - 1, end)?.sub(&part)?.to_f64_vec();
            assert!(gaps.iter().all(|g| g.abs() < 1e-13), "{end}: {gaps:?}");
        }
        let padding = Tensor::generate([2, n], DType::U8, &Device::cpu(), |i| f64::from(i % n >= 5))?;
        let masked = kernel.forward(&q, &k, &v, Some(&padding))?.narrow(1, 0, 5)?;
        let [q, k, v] = [&q, &k, &v].map(|x| x.narrow(1, 0, 5));
        let gaps = masked.sub(&kernel.forward(&q?, &k?, &v?, None)?)?.to_f64_vec();
        assert!(gaps.iter().all(|g| g.abs() < 1e-13), "{gaps:?}");
        Ok(())
    }

    #[test]
    fn gradients() -> Result<()> {
        // Away from the kink of relu.
        let inputs = qkv(3)?.map(|x| x.abs().and_then(|x| x.add_scalar(0.2)));
        let inputs = inputs.into_iter().collect::<Result<Vec<_>>>()?;
        let kernel = kernel()?.power(3.0).causal();
        gradcheck(|x| kernel.forward(&x[0], &x[1], &x[2], None), &inputs)?;
        Ok(())
    }
}
