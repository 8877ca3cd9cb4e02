//! Attention in tiles, forward and backward, without the matrix of all scores (Dao et al., arXiv:2205.14135): between flat
//! vectors (Vaswani et al., arXiv:1706.03762) or points of the hyperboloid, whose values are averaged to their Lorentzian
//! centroid (Law et al. 2019; attention of Chen et al., arXiv:2105.14686).
//!
//! Scores that differ by a constant along a row have the same softmax. So −q₀k₀ is taken as −q₀(k₀ − √c), whose second
//! factor is |k|²/(k₀ + √c): what is left does not grow as the space becomes flat, and 2c is not needed at all.
//!
//! Far from the origin a score is a small difference of large products, as are the square of a centroid's length and every
//! derivative of the two. There products are taken in f64, whatever the type of the tensors: see `Plan::score_reaches`.

mod backward;
mod cases;
mod forward;
mod kernels;
mod mask;
mod points;
mod reference;

pub(super) use cases::SPECS;

use super::binary::same_dtype;
use crate::autograd::{Op, Outputs, Saves, Vjp, apply_multi};
use crate::backend::cpu::Cpu;
use crate::tensor::{Shape, Tensor};
use crate::{DType, Element, Error, Result};
use mask::{Masks, Sources};
use points::Points;

const NAME: &str = "attention";

/// What scores are, what becomes of values, and which keys a query sees.
///
/// [`apply`](Attention::apply) takes queries `[batch, heads, n, d]`, keys `[batch, groups, m, d]` and values
/// `[batch, groups, m, e]`, of any layout, in f32 or f64 (bf16 is widened to f32). The number of heads is a multiple of that of
/// groups: heads that follow each other share keys and values. Key j's weight for query i is the softmax over the keys of the
/// scores S, among the keys that all masks leave visible.
///
/// ```
/// use beltrami::{ops::Attention, prelude::*};
///
/// let normal = |stream| Tensor::randn([2, 4, 10, 8], DType::F32, Rng::new(stream), &Device::cpu());
/// let (q, k, v) = (normal(1)?, normal(2)?, normal(3)?);
///
/// let flat = Attention::dot(1.0 / 8f64.sqrt()).causal().apply(&q, &k, &v)?;
/// assert_eq!(flat.dims(), [2, 4, 10, 8]);
///
/// // The same numbers as space parts of points of the hyperboloid of curvature −0.5; the results have time first.
/// let (kappa, temperature) = (Tensor::from(-0.5), Tensor::from(3.0));
/// let curved = Attention::lorentz(&kappa, &temperature).centroid(&kappa).causal().apply(&q, &k, &v)?;
/// assert_eq!(curved.dims(), [2, 4, 10, 9]);
/// # Ok::<(), beltrami::Error>(())
/// ```
///
/// A query that sees no key gets zeros, or the origin as its centroid; no gradient goes through it to queries, keys and
/// values.
#[derive(Clone, Debug)]
pub struct Attention {
    score: Score,
    centroid: Option<(Tensor, bool)>,
    causal: bool,
    documents: Option<[Tensor; 2]>,
    lengths: Option<Tensor>,
    blocked: Option<Tensor>,
}

#[derive(Clone, Debug)]
enum Score {
    Dot { scale: f64 },
    Lorentz { kappa: Tensor, temperature: Tensor },
}

impl Attention {
    /// S = scale · q·k of vectors, and sums of values.
    pub fn dot(scale: f64) -> Attention {
        Attention::new(Score::Dot { scale })
    }

    /// S = (2c + 2⟨q, k⟩)/τ, which is minus the squared Lorentzian distance over the temperature τ > 0. Queries and keys are the
    /// space parts of points −x₀² + |x|² = −c with c = −1/κ; their times x₀ are derived. κ < 0 and τ are tensors of one number;
    /// both get gradients. Values are summed, unless told otherwise.
    pub fn lorentz(kappa: &Tensor, temperature: &Tensor) -> Attention {
        Attention::new(Score::Lorentz { kappa: kappa.clone(), temperature: temperature.clone() })
    }

    fn new(score: Score) -> Attention {
        Attention { score, centroid: None, causal: false, documents: None, lengths: None, blocked: None }
    }

    /// Values are the space parts of points of curvature κ, c = −1/κ; the result is the centroid √c a/√(−⟨a, a⟩) of a = Σ p v,
    /// `[batch, heads, n, e + 1]` with time first.
    pub fn centroid(self, kappa: &Tensor) -> Attention {
        Attention { centroid: Some((kappa.clone(), false)), ..self }
    }

    /// The space part of [`Attention::centroid`] alone, `[batch, heads, n, e]`.
    pub fn centroid_space(self, kappa: &Tensor) -> Attention {
        Attention { centroid: Some((kappa.clone(), true)), ..self }
    }

    /// Query i sees keys up to i + m − n: itself and what came before, where the last n of m keys belong to the queries and
    /// those before them come from a cache.
    pub fn causal(self) -> Attention {
        Attention { causal: true, ..self }
    }

    /// A query sees the keys of its own document: ids `[batch, n]` of queries and `[batch, m]` of keys, u32 or i64.
    pub fn documents(self, queries: &Tensor, keys: &Tensor) -> Attention {
        Attention { documents: Some([queries.clone(), keys.clone()]), ..self }
    }

    /// Only the first keys are there, as many as `lengths`, `[batch]` of u32 or i64, says; the others are padding.
    pub fn lengths(self, lengths: &Tensor) -> Attention {
        Attention { lengths: Some(lengths.clone()), ..self }
    }

    /// Keys are hidden where `blocked`, u8 and broadcast to `[batch, heads, n, m]`, is not 0.
    pub fn blocked(self, blocked: &Tensor) -> Attention {
        Attention { blocked: Some(blocked.clone()), ..self }
    }

    /// The results for these queries, keys and values.
    ///
    /// Tiles of keys that no query of a tile sees cost nothing. Memory grows with n + m, except for derivatives of higher
    /// order, which are composed of tensor operations.
    ///
    /// # Errors
    /// If shapes or types do not fit, κ is not negative, or τ or the scale are not positive and finite.
    pub fn apply(&self, q: &Tensor, k: &Tensor, v: &Tensor) -> Result<Tensor> {
        let widened = |x: &Tensor| if x.dtype() == DType::BF16 { x.to_dtype(DType::F32) } else { Ok(x.clone()) };
        let points = [widened(q)?, widened(k)?, widened(v)?];
        let mut inputs: Vec<&Tensor> = points.iter().collect();
        let scale = match &self.score {
            Score::Dot { scale } => Some(*scale),
            Score::Lorentz { kappa, temperature } => {
                inputs.extend([kappa, temperature]);
                None
            }
        };
        inputs.extend(self.centroid.as_ref().map(|(kappa, _)| kappa));
        inputs.extend(self.documents.iter().flatten().chain(&self.lengths).chain(&self.blocked));
        let op = AttentionOp {
            scale,
            centroid: self.centroid.as_ref().map(|&(_, space)| space),
            causal: self.causal,
            documents: self.documents.is_some(),
            lengths: self.lengths.is_some(),
            blocked: self.blocked.is_some(),
        };
        Ok(apply_multi(op, &inputs)?.swap_remove(0))
    }
}

/// Inputs: q, k, v; κ and τ without a scale; κ of the values for a centroid; then the masks that are there.
#[derive(Clone, Copy, Debug)]
struct AttentionOp {
    /// Of the product of vectors.
    scale: Option<f64>,
    /// Whether of the centroid the space part alone is wanted.
    centroid: Option<bool>,
    causal: bool,
    documents: bool,
    lengths: bool,
    blocked: bool,
}

/// The inputs by name.
struct Inputs<'a> {
    points: [&'a Tensor; 3],
    /// κ and τ.
    lorentz: Option<[&'a Tensor; 2]>,
    centroid: Option<&'a Tensor>,
    masks: Sources<'a>,
}

impl AttentionOp {
    fn inputs<'a>(&self, x: &[&'a Tensor]) -> Inputs<'a> {
        let mut rest = x[3..].iter().copied();
        let mut next = |there: bool| if there { rest.next() } else { None };
        let curved = self.scale.is_none();
        Inputs {
            points: [x[0], x[1], x[2]],
            lorentz: next(curved).zip(next(curved)).map(|(kappa, temperature)| [kappa, temperature]),
            centroid: next(self.centroid.is_some()),
            masks: Sources {
                causal: self.causal,
                documents: next(self.documents).zip(next(self.documents)).map(|(q, k)| [q, k]),
                lengths: next(self.lengths),
                blocked: next(self.blocked),
            },
        }
    }

    fn plan(&self, inputs: &Inputs<'_>) -> Result<Plan> {
        let [q, k, v] = inputs.points;
        same_dtype(NAME, q, k)?;
        same_dtype(NAME, q, v)?;
        let misfit = |what: &str, remedy| Err(Error::shape(NAME, what, &[q.shape(), k.shape(), v.shape()], remedy));
        let (&[batch, heads, queries, dim], &[kb, groups, keys, kd], &[vb, vg, vm, width]) =
            (q.dims(), k.dims(), v.dims())
        else {
            return misfit("needs four axes", "give [batch, heads, length, dim]");
        };
        if [batch, batch, groups, keys, dim] != [kb, vb, vg, vm, kd] {
            return misfit(
                "shapes do not fit",
                "keys have the batch and dim of queries, values the batch and length of keys",
            );
        }
        if dim == 0 || width == 0 || groups == 0 || !heads.is_multiple_of(groups) {
            let remedy = "let the heads of queries be a multiple of those of keys, and vectors have numbers";
            return misfit("heads cannot be shared out", remedy);
        }
        let (alpha, score) = match (self.scale, inputs.lorentz) {
            (_, Some([kappa, temperature])) => {
                (2.0 / positive("temperature", number(temperature)?)?, Some(radius_sq(kappa)?))
            }
            (scale, None) => (positive("scale", scale.unwrap_or(f64::NAN))?, None),
        };
        let masks = Masks::of(inputs.masks, [batch, heads, queries, keys])?;
        let value = inputs.centroid.map(radius_sq).transpose()?;
        let space_only = self.centroid == Some(true);
        Ok(Plan { batch, heads, groups, queries, keys, dim, width, alpha, score, value, space_only, masks })
    }
}

impl Op for AttentionOp {
    fn name(&self) -> &'static str {
        NAME
    }

    /// The result, and in f64 what [`Plan::kept`] says.
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let (inputs, device) = (self.inputs(x), x[0].device());
        let cpu = device.cpu_for(NAME)?;
        let (plan, [q, k, v]) = (self.plan(&inputs)?, inputs.points);
        let shapes = [plan.result(), plan.kept()].map(|n| Shape::from([plan.batch, plan.heads, plan.queries, n]));
        with_real!(NAME, q.dtype(), T, {
            let views = [q.view::<T>(), k.view::<T>(), v.view::<T>()];
            let results =
                Tensor::both_filled_by(shapes, device, |out, kept| forward::run(&plan, cpu, views, out, kept));
            Ok(results.into_iter().collect())
        })
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        // The centroid is kept with more digits than the result has.
        Some(Saves { inputs: u32::MAX, outputs: if self.centroid.is_some() { 0b10 } else { 0b11 } })
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return cx.by_reference(|x| self.reference(&x.iter().collect::<Vec<_>>()));
        }
        let x = (0..cx.len()).map(|i| cx.input(i)).collect::<Result<Vec<_>>>()?;
        let (inputs, device) = (self.inputs(&x), x[0].device());
        let cpu = device.cpu_for(NAME)?;
        let (plan, [q, k, v]) = (self.plan(&inputs)?, inputs.points);
        let (g, kept) = (cx.grad()?, cx.output(1)?);
        let (points, slopes) = with_real!(NAME, q.dtype(), T, {
            let out = if plan.value.is_some() { None } else { Some(cx.output(0)?.view::<T>()) };
            let views = [q.view::<T>(), k.view(), v.view()];
            backward::run(&plan, cpu, device, views, g.view(), out, kept.view())?
        });
        let mut grads: Vec<Option<Tensor>> = points.into_iter().map(Some).collect();
        // c = −1/κ, so ∂c/∂κ = c².
        let kappa = |c: Option<f64>, slope: f64| slope * c.unwrap_or(0.0).powi(2);
        let mut numbers = vec![];
        if inputs.lorentz.is_some() {
            numbers.extend([kappa(plan.score, slopes.score), slopes.temperature]);
        }
        if inputs.centroid.is_some() {
            numbers.push(kappa(plan.value, slopes.value));
        }
        for (i, number) in (grads.len()..).zip(numbers) {
            grads.push(Some(Tensor::full(cx.shape(i), number, cx.dtype(i), device)?));
        }
        grads.resize(cx.len(), None);
        Ok(grads.into_iter().enumerate().map(|(i, g)| g.filter(|_| cx.needs(i))).collect())
    }
}

/// What is to be computed.
struct Plan {
    batch: usize,
    heads: usize,
    /// Heads of keys and values.
    groups: usize,
    queries: usize,
    keys: usize,
    /// Numbers of a query and a key.
    dim: usize,
    /// Numbers of a value.
    width: usize,
    /// S = alpha · (q·k, or ⟨q, k⟩).
    alpha: f64,
    /// c of queries and keys.
    score: Option<f64>,
    /// c of values.
    value: Option<f64>,
    space_only: bool,
    masks: Masks,
}

impl Plan {
    /// Heads that share keys and values.
    fn shared(&self) -> usize {
        self.heads / self.groups
    }

    /// Numbers that a score's product sums over.
    fn inner(&self) -> usize {
        self.dim + usize::from(self.score.is_some())
    }

    /// Numbers that the product of a cotangent and a value sums over.
    fn value_inner(&self) -> usize {
        self.width + usize::from(self.value.is_some())
    }

    /// Numbers of a result.
    fn result(&self) -> usize {
        self.width + usize::from(self.value.is_some() && !self.space_only)
    }

    /// Numbers that forward keeps for a query: the shift and the inverse of the sum of its exponentials; for centroids also
    /// √c/√(−⟨a, a⟩), and the centroid with all its digits.
    fn kept(&self) -> usize {
        2 + self.value.map_or(0, |_| self.width + 2)
    }

    /// Queries or keys, of `length` in a head, that a task takes: by shape alone.
    fn share(&self, cpu: &Cpu, length: usize) -> usize {
        /// Bytes for which one row makes work.
        const ROW: usize = 256;
        /// Beyond so many tasks, smaller ones keep no more threads busy.
        const TASKS: usize = 64;
        cpu.rows_per_chunk(ROW).max((length * self.batch * self.groups).div_ceil(TASKS))
    }

    /// Whether the points reach so far out that f32 products would lose digits: of scores, where what cancels is much larger
    /// than what is left.
    fn score_reaches<T: Element>(&self, q: &[Points<'_, T>], k: &Points<'_, T>) -> bool {
        /// Scores are then off by about 1e-6, since rounding takes 6e-8 of the sum of both products.
        const LARGEST: f64 = 32.0;
        let cancelling = |q: &Points<'_, T>| q.radius * k.radius + q.latest() * k.highest();
        self.score.is_some() && q.iter().any(|q| self.alpha * cancelling(q) > LARGEST)
    }

    /// The same of values, where −⟨a, a⟩ may be as small as c.
    fn value_reaches<T: Element>(&self, v: &Points<'_, T>) -> bool {
        /// Of |v|²/c: at most so many units in the last place are lost.
        const LARGEST: f64 = 8.0;
        self.value.is_some_and(|c| v.radius * v.radius > LARGEST * c)
    }
}

fn number(x: &Tensor) -> Result<f64> {
    x.detach().to_dtype(DType::F64)?.to_scalar()
}

fn radius_sq(kappa: &Tensor) -> Result<f64> {
    let kappa = number(kappa)?;
    if kappa < 0.0 && kappa.is_finite() {
        return Ok(-1.0 / kappa);
    }
    Err(Error::Argument { op: NAME, what: format!("curvature {kappa}"), remedy: "choose κ < 0".into() })
}

fn positive(what: &str, x: f64) -> Result<f64> {
    if x > 0.0 && x.is_finite() {
        return Ok(x);
    }
    Err(Error::Argument { op: NAME, what: format!("{what} {x}"), remedy: "choose one above 0".into() })
}
