//! Positions as rotations of the space coordinates.

use crate::{DType, Device, Error, Result, Tensor};

/// HoPE (He et al., "HELM", 2025): neighbouring space coordinates (2j, 2j + 1) at position t are turned by the angle
/// t θ_j, θ_j = base^(−2j/d), as in rotary embeddings (Su et al., arXiv:2104.09864). A rotation keeps |x_s|, so time stays and
/// the point is moved by an isometry; inner products depend on differences of positions alone. Of an odd number of coordinates
/// the last is not turned.
///
/// ```
/// use beltrami::{DType, Device, Tensor, nn::Hope};
/// let turn = Hope::new(4).at(&Tensor::from_slice(&[0u32, 5], 2)?, DType::F64, &Device::cpu())?;
/// let x = Tensor::from_slice(&[1.0, 0.0, 0.0, 2.0].repeat(2), [1, 2, 1, 4])?; // batch, position, head, coordinate
/// let y = turn.apply(&x)?.to_f64_vec();
/// assert_eq!(y[..4], [1.0, 0.0, 0.0, 2.0]);
/// assert!((y[4] - 5f64.cos()).abs() < 1e-15 && (y[5] - 5f64.sin()).abs() < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hope {
    width: usize,
    base: f64,
    yarn: Option<Yarn>,
}

/// Longer contexts than those trained on (Peng et al., "YaRN", arXiv:2309.00071): fast rotations stay, slow ones are slowed by
/// `factor`, those between are interpolated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Yarn {
    /// The length that the model was trained on.
    pub trained_length: usize,
    /// How many times as long contexts may be.
    pub factor: f64,
    /// Pairs that turn more often than this within `trained_length` stay as they are.
    pub fast: f64,
    /// Pairs that turn less often than this are slowed by the whole factor.
    pub slow: f64,
    /// The weight of the correction of the softmax's temperature; see [`Yarn::sharpening`].
    pub mscale: f64,
}

impl Yarn {
    /// For contexts `factor` times as long as `trained_length`; `fast` = 32, `slow` = 1, `mscale` = 1.
    pub fn new(trained_length: usize, factor: f64) -> Yarn {
        Yarn { trained_length, factor, fast: 32.0, slow: 1.0, mscale: 1.0 }
    }

    /// What scores are multiplied with: (0.1 mscale ln factor + 1)².
    pub fn sharpening(&self) -> f64 {
        (0.1 * self.mscale * self.factor.ln() + 1.0).powi(2)
    }

    /// How much of pair j's rotation is slowed, 0 to 1.
    fn slowed(&self, pair: usize, width: usize, base: f64) -> f64 {
        // The pair that turns `times` times within the trained length.
        let pair_of = |times: f64| {
            let turns = self.trained_length as f64 / (times * std::f64::consts::TAU);
            width as f64 * turns.ln() / (2.0 * base.ln())
        };
        let last = (width - 1) as f64;
        let (low, high) = (pair_of(self.fast).floor().max(0.0), pair_of(self.slow).ceil().min(last));
        // A ramp of no width would divide by 0.
        let width = if low == high { 1e-3 } else { high - low };
        ((pair as f64 - low) / width).clamp(0.0, 1.0)
    }
}

impl Hope {
    /// For `width` space coordinates; the base is 10 000.
    pub fn new(width: usize) -> Hope {
        Hope { width, base: 1e4, yarn: None }
    }

    /// Another base.
    pub fn base(self, base: f64) -> Hope {
        Hope { base, ..self }
    }

    /// For longer contexts.
    pub fn yarn(self, yarn: Yarn) -> Hope {
        Hope { yarn: Some(yarn), ..self }
    }

    /// θ_j for each pair.
    pub fn frequencies(&self) -> Vec<f64> {
        let width = self.width / 2 * 2;
        let theta = |j: usize| {
            let theta = self.base.powf(-2.0 * j as f64 / width as f64);
            self.yarn.map_or(theta, |yarn| {
                let slowed = yarn.slowed(j, width, self.base);
                theta / yarn.factor * slowed + theta * (1.0 - slowed)
            })
        };
        (0..width / 2).map(theta).collect()
    }

    /// The rotations at `positions`, `[T]` for all sequences or `[B, T]`, u32 or i64, for tensors of this type and place.
    ///
    /// # Errors
    /// If positions are not integers.
    pub fn at(&self, positions: &Tensor, dtype: DType, device: &Device) -> Result<Rotation> {
        if positions.dtype().is_float() {
            return Err(Error::DType { op: "Hope::at", what: "positions are integers", got: positions.dtype() });
        }
        let theta = self.frequencies();
        // Angles in f64: t θ in f32 would be off by 1e-4 at t = 2000.
        let angles: Vec<f64> = positions.to_f64_vec().iter().flat_map(|t| theta.iter().map(move |f| t * f)).collect();
        let shape: Vec<usize> = positions.dims().iter().copied().chain([theta.len()]).collect();
        let angles = Tensor::from_slice(&angles, shape)?;
        let here = |x: Tensor| x.to_dtype(dtype)?.to_device(device);
        Rotation::new(&here(angles.cos()?)?, &here(angles.sin()?)?)
    }
}

/// Rotations of pairs of coordinates at each position.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// `[1 or B, T, 1, pairs]`.
    cos: Tensor,
    sin: Tensor,
}

impl Rotation {
    /// By angles with these cosines and sines, `[T, pairs]` or `[B, T, pairs]`.
    ///
    /// # Errors
    /// If their shapes differ or are others.
    pub fn new(cos: &Tensor, sin: &Tensor) -> Result<Rotation> {
        if cos.shape() != sin.shape() || !matches!(cos.rank(), 2 | 3) {
            let remedy = "give both as [T, pairs] or [B, T, pairs]";
            return Err(Error::shape("Rotation::new", "shapes do not fit", &[cos.shape(), sin.shape()], remedy));
        }
        let table = |x: &Tensor| if x.rank() == 2 { x.unsqueeze(0)?.unsqueeze(-2) } else { x.unsqueeze(-2) };
        Ok(Rotation { cos: table(cos)?, sin: table(sin)? })
    }

    /// Turns `x`, `[B, T, heads, d]`; coordinates beyond the pairs stay.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let turned = 2 * self.cos.dims()[3];
        let width = x.dims().last().copied().unwrap_or(0);
        if x.rank() != 4 || width < turned {
            let remedy = "give [B, T, heads, d] with d at least twice the pairs";
            return Err(Error::shape("Rotation", "shapes do not fit", &[x.shape(), self.cos.shape()], remedy));
        }
        let (a, b) = (x.slice(-1, 0, turned, 2)?, x.slice(-1, 1, turned, 2)?);
        let (cos, sin) = (&self.cos, &self.sin);
        let pairs = [a.mul(cos)?.sub(&b.mul(sin)?)?, a.mul(sin)?.add(&b.mul(cos)?)?];
        let y = Tensor::stack(&[&pairs[0], &pairs[1]], -1)?.flatten(-2, -1)?;
        if turned == width { Ok(y) } else { Tensor::cat(&[&y, &x.narrow(-1, turned, width)?], -1) }
    }
}
