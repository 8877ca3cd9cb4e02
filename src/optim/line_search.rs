//! Descent along geodesics with a searched step length: Absil, Mahony, Sepulchre, *Optimization Algorithms on Matrix
//! Manifolds* (2008), chapters 4 and 8; Nocedal and Wright, *Numerical Optimization* (2006), chapter 3.

use super::gradients::collect;
use super::rows::row_width;
use crate::manifold::{Euclidean, Manifold};
use crate::param::Param;
use crate::{Error, Result, Tensor};
use std::sync::Arc;

/// Where to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Against the gradient.
    Steepest,
    /// Conjugate gradients with β = |g|²/|g′|² (g′ the gradient before; Fletcher and Reeves 1964). Needs
    /// [`Condition::StrongWolfe`] with c₂ < ½ to be sure of descent.
    FletcherReeves,
    /// Conjugate gradients with β = max(0, ⟨g, g − Tg′⟩/|g′|²), T the transport (Polak and Ribière 1969).
    PolakRibiere,
}

/// Which step length s is good, for the loss φ(s) along the geodesic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// φ(s) ≤ φ(0) + c₁ s φ′(0). Trial steps cost a loss, no gradient.
    Armijo {
        /// 0 < c₁ < 1, usually 1e-4.
        c1: f64,
    },
    /// That, and |φ′(s)| ≤ c₂ |φ′(0)|. Each trial step costs a gradient.
    StrongWolfe {
        /// 0 < c₁ < c₂, usually 1e-4.
        c1: f64,
        /// c₁ < c₂ < 1, usually 0.9; 0.1 to 0.4 for conjugate gradients.
        c2: f64,
    },
}

/// How a search went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Searched {
    /// The step along the direction; 0 if none was taken.
    pub step: f64,
    /// The loss before.
    pub before: f64,
    /// The loss after.
    pub after: f64,
    /// How often the loss was computed.
    pub evaluations: usize,
    /// Whether no step met the condition. The parameters are then what they were: either the gradient vanishes to the
    /// precision of the loss, or more evaluations are needed.
    pub failed: bool,
}

/// Gradient descent or conjugate gradients that search the length of each step. It moves all parameters together, so it
/// is for losses without noise.
///
/// ```
/// use beltrami::optim::{Direction, RiemannianLineSearch};
/// use beltrami::prelude::*;
///
/// let ball = PoincareBall::new(-1.0)?;
/// let goal = Tensor::from_slice(&[0.3, -0.6], [1, 2])?;
/// let point = Param::new("point", Tensor::from_slice(&[0.1, 0.9], [1, 2])?).on(ball.clone());
/// let mut search = RiemannianLineSearch::new(vec![point.clone()]).direction(Direction::PolakRibiere);
/// for _ in 0..20 {
///     search.step(|| ball.dist2(&point.tensor(), &goal)?.sum_all())?;
/// }
/// assert!(ball.dist(&point.tensor(), &goal)?.to_f64_vec()[0] < 1e-7);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub struct RiemannianLineSearch {
    params: Vec<Param>,
    direction: Direction,
    condition: Condition,
    first_step: f64,
    max_evaluations: usize,
    last: Option<Last>,
}

/// The last step that was taken.
struct Last {
    step: f64,
    /// ⟨g, g⟩.
    square: f64,
    starts: Vec<Start>,
}

/// A parameter where a search starts, as rows.
struct Start {
    param: Param,
    manifold: Arc<dyn Manifold>,
    x: Tensor,
    gradient: Tensor,
    direction: Tensor,
}

/// A point on the line.
#[derive(Clone, Copy)]
struct Trial {
    step: f64,
    loss: f64,
    slope: f64,
}

impl RiemannianLineSearch {
    /// Steepest descent with Armijo's condition, c₁ = 1e-4, first trial step 1, at most 40 evaluations a step.
    pub fn new(params: Vec<Param>) -> RiemannianLineSearch {
        let (direction, condition) = (Direction::Steepest, Condition::Armijo { c1: 1e-4 });
        RiemannianLineSearch { params, direction, condition, first_step: 1.0, max_evaluations: 40, last: None }
    }

    /// Where to search.
    pub fn direction(self, direction: Direction) -> Self {
        RiemannianLineSearch { direction, ..self }
    }

    /// Which step is good.
    pub fn condition(self, condition: Condition) -> Self {
        RiemannianLineSearch { condition, ..self }
    }

    /// The first trial of the first step; later ones begin with twice the step before.
    pub fn first_step(self, first_step: f64) -> Self {
        RiemannianLineSearch { first_step, ..self }
    }

    /// How often a step may compute the loss.
    pub fn max_evaluations(self, max_evaluations: usize) -> Self {
        RiemannianLineSearch { max_evaluations, ..self }
    }

    /// One step. `loss` computes the loss from the parameters as they are when it is called.
    ///
    /// # Errors
    /// If the loss or its gradient is not finite at the start, or `loss` fails: the parameters are then what they were.
    pub fn step(&mut self, mut loss: impl FnMut() -> Result<Tensor>) -> Result<Searched> {
        let now = loss()?;
        let before: f64 = now.detach().to_f64_vec().first().copied().unwrap_or(f64::NAN);
        if !before.is_finite() {
            return Err(Error::NonFinite {
                place: "RiemannianLineSearch::step".into(),
                what: "the loss".into(),
                position: 0,
                remedy: "no parameter was changed; start elsewhere".into(),
            });
        }
        let mut starts = self.starts(&now)?;
        drop(now);
        let square = sum(&starts, |s| s.inner(&s.gradient, &s.gradient))?;
        self.choose(&mut starts, square)?;
        let mut slope = sum(&starts, |s| s.inner(&s.gradient, &s.direction))?;
        if slope >= 0.0 {
            // Not downhill: begin again with the gradient.
            for start in &mut starts {
                start.direction = start.gradient.neg()?;
            }
            slope = -square;
        }
        let start = Trial { step: 0.0, loss: before, slope };
        let mut evaluations = 1;
        let found = match slope {
            0.0 => Ok(None),
            _ => self.search(start, |step| {
                evaluations += 1;
                self.try_step(&starts, step, &mut loss)
            }),
        };
        let Ok(Some(Trial { step, loss: after, .. })) = found else {
            starts.iter().try_for_each(|s| s.put(&s.x))?;
            self.last = None;
            return found.map(|_| Searched { step: 0.0, before, after: before, evaluations, failed: true });
        };
        self.last = Some(Last { step, square, starts });
        Ok(Searched { step, before, after, evaluations, failed: false })
    }

    /// The parameters that the loss depends on, with their Riemannian gradients; no direction yet.
    fn starts(&self, loss: &Tensor) -> Result<Vec<Start>> {
        let found = collect(self.params.iter(), &loss.backward()?)?;
        let start = |(i, grad): (usize, Tensor)| {
            let param: &Param = &self.params[i];
            let manifold = match param.manifold() {
                Some(manifold) => manifold.clone(),
                None => Arc::new(Euclidean::flat()?),
            };
            let rows = |t: &Tensor| t.detach().reshape([t.numel() / row_width(t), row_width(t)]);
            let x = rows(&param.tensor())?;
            let gradient = manifold.egrad_to_rgrad(&x, &rows(&grad)?)?;
            Ok(Start { param: param.clone(), manifold, x, direction: gradient.neg()?, gradient })
        };
        found.into_iter().map(start).collect()
    }

    /// Bends the directions towards the ones before, transported here.
    fn choose(&self, starts: &mut [Start], square: f64) -> Result<()> {
        let Some(last) = self.last.as_ref().filter(|last| last.fits(starts)) else { return Ok(()) };
        let beta = match self.direction {
            Direction::Steepest => return Ok(()),
            Direction::FletcherReeves => square / last.square,
            Direction::PolakRibiere => {
                let mut across = 0.0;
                for (start, old) in starts.iter().zip(&last.starts) {
                    across += start.inner(&start.gradient, &old.carry(&old.gradient, &start.x)?)?;
                }
                ((square - across) / last.square).max(0.0)
            }
        };
        for (start, old) in starts.iter_mut().zip(&last.starts) {
            let old = old.carry(&old.direction, &start.x)?.mul_scalar(beta)?;
            start.direction = start.direction.add(&old)?;
        }
        Ok(())
    }

    /// Moves the parameters and looks at the loss there.
    fn try_step(&self, starts: &[Start], step: f64, loss: &mut impl FnMut() -> Result<Tensor>) -> Result<Trial> {
        let mut points = Vec::with_capacity(starts.len());
        for s in starts {
            let x = s.manifold.project(&s.manifold.exp_map(&s.x, &s.direction.mul_scalar(step)?)?)?;
            s.put(&x)?;
            points.push(x);
        }
        let there = loss()?;
        let value = there.detach().to_f64_vec().first().copied().unwrap_or(f64::NAN);
        let mut slope = f64::NAN;
        if matches!(self.condition, Condition::StrongWolfe { .. }) && value.is_finite() {
            slope = 0.0;
            let here = self.starts(&there)?;
            for (s, x) in starts.iter().zip(&points) {
                if let Some(here) = here.iter().find(|h| h.param.is_same(&s.param)) {
                    slope += here.inner(&here.gradient, &s.carry(&s.direction, x)?)?;
                }
            }
        }
        Ok(Trial { step, loss: value, slope })
    }

    /// Nocedal and Wright, algorithms 3.5 and 3.6 in one loop: `low` is the best step with enough decrease, and
    /// together with `high` (once there is one) it encloses a good step.
    fn search(&self, start: Trial, mut look: impl FnMut(f64) -> Result<Trial>) -> Result<Option<Trial>> {
        let (c1, c2) = match self.condition {
            Condition::Armijo { c1 } => (c1, None),
            Condition::StrongWolfe { c1, c2 } => (c1, Some(c2)),
        };
        let (mut low, mut high): (Trial, Option<Trial>) = (start, None);
        let mut step = self.last.as_ref().map_or(self.first_step, |last| 2.0 * last.step);
        for _ in 1..self.max_evaluations {
            let trial = look(step)?;
            let enough = trial.loss <= start.loss + c1 * step * start.slope;
            if !enough || (low.step > 0.0 && trial.loss >= low.loss) {
                high = Some(trial);
            } else if c2.is_none_or(|c2| trial.slope.abs() <= -c2 * start.slope) {
                return Ok(Some(trial));
            } else {
                let uphill = match high {
                    None => trial.slope >= 0.0,
                    Some(high) => trial.slope * (high.step - low.step) >= 0.0,
                };
                if uphill {
                    high = Some(low);
                }
                low = trial;
            }
            step = match high {
                None => 2.0 * step,
                Some(high) => between(low, high),
            };
        }
        Ok(None)
    }
}

impl Last {
    /// Whether these are the parameters that moved.
    fn fits(&self, starts: &[Start]) -> bool {
        let same = |(a, b): (&Start, &Start)| a.param.is_same(&b.param);
        self.square > 0.0 && self.starts.len() == starts.len() && self.starts.iter().zip(starts).all(same)
    }
}

impl Start {
    /// ⟨u, v⟩ over all rows.
    fn inner(&self, u: &Tensor, v: &Tensor) -> Result<f64> {
        Ok(self.manifold.inner(&self.x, u, v)?.to_f64_vec().iter().sum())
    }

    /// v transported to `y`.
    fn carry(&self, v: &Tensor, y: &Tensor) -> Result<Tensor> {
        self.manifold.parallel_transport(&self.x, y, v)
    }

    fn put(&self, x: &Tensor) -> Result<()> {
        self.param.set(x.reshape(self.param.tensor().shape())?)
    }
}

fn sum(starts: &[Start], f: impl Fn(&Start) -> Result<f64>) -> Result<f64> {
    starts.iter().map(f).sum()
}

/// Where the parabola with the value and slope of `low` and the value of `high` is least, kept off the ends.
fn between(low: Trial, high: Trial) -> f64 {
    let width = high.step - low.step;
    let bend = high.loss - low.loss - low.slope * width;
    let share = -low.slope * width / (2.0 * bend);
    low.step + width * if share.is_finite() { share.clamp(0.1, 0.9) } else { 0.5 }
}
