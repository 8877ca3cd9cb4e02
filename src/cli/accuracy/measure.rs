//! Relative errors of every function in every regime.

use super::samples::{Regime, Sample, Wanted, regimes, samples};
use crate::geometry::{Curv, Kind, Model};
use crate::ops::manifold::{rows, rows_with};
use crate::{DType, Device, Result, Tensor};
use std::collections::BTreeMap;
use std::fmt;

/// What is measured: a function or a derivative of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    /// The function.
    pub function: String,
    /// None for the value; the letter of an argument for the gradient in it; c or t for the slope in the curvature.
    pub of: Option<char>,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            None => write!(f, "{}", self.function),
            Some(letter) => write!(f, "d{}/d{letter}", self.function),
        }
    }
}

/// What was found in a regime.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The regime.
    pub regime: Regime,
    /// How many samples it has.
    pub samples: usize,
    /// The worst relative error of each quantity; infinite where a result is not finite and should be.
    pub errors: BTreeMap<Quantity, f64>,
    /// By how much [`RGRAD`] magnifies the rounding of the gradient that it converts, at worst.
    pub condition: f64,
}

impl Cell {
    /// The largest error that a quantity may have: the target; for derivatives four times that.
    pub fn bar(&self, quantity: &Quantity) -> f64 {
        match quantity {
            Quantity { function, .. } if function == RGRAD => 4.0 * self.condition * self.regime.target,
            Quantity { of: Some(_), .. } => 4.0 * self.regime.target,
            Quantity { of: None, .. } => self.regime.target,
        }
    }

    /// What is above its bar.
    pub fn failures(&self) -> impl Iterator<Item = (&Quantity, f64)> {
        self.errors.iter().map(|(q, e)| (q, *e)).filter(|(q, e)| e.is_nan() || *e > self.bar(q))
    }

    /// The worst error of the quantities that `which` takes.
    pub fn worst(&self, which: impl Fn(&Quantity) -> bool) -> f64 {
        self.errors.iter().filter(|(q, _)| which(q)).fold(0.0, |worst, (_, e)| e.max(worst))
    }

    fn note(&mut self, function: &str, of: Option<char>, error: f64) {
        let worst = self.errors.entry(Quantity { function: function.into(), of }).or_insert(0.0);
        *worst = worst.max(error);
    }
}

/// The Riemannian gradient of the distance, as an optimizer gets it: the gradient, converted.
pub const RGRAD: &str = "Rgrad";

/// A function at rows: its value, and the gradients of ⟨g, value⟩ in every argument, in c and in t.
pub struct Evaluation {
    /// `[N, width]`, or `[N]` for scalars.
    pub value: Tensor,
    /// Each of the shape of its argument.
    pub grads: Vec<Tensor>,
    /// In c and t, summed over the rows.
    pub slopes: [f64; 2],
}

/// One function at rows of one model, type and curvature: arguments [N, ambient], a cotangent [N, width].
#[derive(Clone)]
pub struct Batch {
    model: Model,
    kind: Kind,
    number: f64,
    curv: Curv,
    /// The arguments.
    pub args: Vec<Tensor>,
    /// The cotangent.
    pub g: Tensor,
}

impl Batch {
    /// The rows of some samples.
    ///
    /// # Errors
    /// If there is no sample.
    pub fn new(regime: &Regime, kind: Kind, samples: &[(&Sample, &Wanted)]) -> Result<Batch> {
        let tensor = |rows: Vec<Vec<f64>>| {
            let width = rows.first().map_or(0, Vec::len);
            Tensor::from_slice(&rows.concat(), [rows.len(), width])?.to_dtype(regime.dtype)
        };
        let rows: Vec<_> = samples.iter().map(|(s, w)| s.rows(regime.model, kind, &w.letters)).collect();
        let argument = |i: usize| tensor(rows.iter().map(|r| r[i].clone()).collect());
        Ok(Batch {
            model: regime.model,
            kind,
            number: samples.first().map_or(f64::INFINITY, |(_, w)| w.number),
            curv: samples.first().map_or(Curv { c: 1.0, t: 1.0 }, |(s, _)| s.curv),
            args: (0..kind.inputs().len()).map(argument).collect::<Result<_>>()?,
            g: tensor(samples.iter().map(|(s, w)| s.g[..w.value.len()].to_vec()).collect())?,
        })
    }

    /// Rows `first..end` of it.
    ///
    /// # Errors
    /// If it has not so many.
    pub fn part(&self, first: usize, end: usize) -> Result<Batch> {
        let part = |t: &Tensor| t.narrow(0, first, end);
        Ok(Batch { args: self.args.iter().map(part).collect::<Result<_>>()?, g: part(&self.g)?, ..*self })
    }

    /// Evaluates the function as programs do: on tensors, with the tape.
    ///
    /// # Errors
    /// As [`rows`].
    pub fn evaluate(&self) -> Result<Evaluation> {
        let leaves: Vec<Tensor> = self.args.iter().map(Tensor::tracked).collect();
        let (c, t) = (Tensor::from(self.curv.c).tracked(), Tensor::from(self.curv.t).tracked());
        let args = leaves.iter().collect::<Vec<_>>();
        let value = rows_with(self.model, self.kind, self.number, &args, &c, &t)?;
        let grads = value.backward_with(&self.g.reshape(value.shape())?)?;
        let grad = |leaf: &Tensor| grads.get(leaf).map_or_else(|| leaf.zeros_like(), |g| Ok(g.clone()));
        Ok(Evaluation {
            grads: leaves.iter().map(grad).collect::<Result<_>>()?,
            slopes: [grad(&c)?.to_scalar()?, grad(&t)?.to_scalar()?],
            value: value.detach(),
        })
    }
}

/// Samples that may share a batch: of one model, type and curvature.
///
/// # Errors
/// If the embedded files are damaged.
pub fn groups(regimes: &[Regime]) -> Result<Vec<Vec<Sample>>> {
    let mut groups: Vec<Vec<Sample>> = vec![];
    for sample in samples(regimes)? {
        let key = |s: &Sample| (regimes[s.regime].model, regimes[s.regime].dtype, s.curv);
        match groups.iter_mut().find(|group| key(&group[0]) == key(&sample)) {
            Some(group) => group.push(sample),
            None => groups.push(vec![sample]),
        }
    }
    Ok(groups)
}

/// Measures everything.
///
/// # Errors
/// If the embedded files are damaged.
pub fn measure() -> Result<Vec<Cell>> {
    let regimes = regimes()?;
    let mut cells: Vec<Cell> = regimes
        .iter()
        .map(|r| Cell { regime: r.clone(), samples: 0, errors: BTreeMap::new(), condition: 1.0 })
        .collect();
    for group in groups(&regimes)? {
        let regime = &regimes[group[0].regime];
        for sample in &group {
            cells[sample.regime].samples += 1;
        }
        for kind in Kind::ALL.into_iter().filter(|kind| regime.model.has(*kind)) {
            measure_kind(regime, kind, &group, &mut cells)?;
        }
    }
    Ok(cells)
}

fn measure_kind(regime: &Regime, kind: Kind, group: &[Sample], cells: &mut [Cell]) -> Result<()> {
    let name = format!("{kind:?}");
    let known: Vec<_> = group.iter().filter_map(|s| Some((s, s.wanted.get(&name)?))).collect();
    let Some((_, first)) = known.first() else { return Ok(()) };
    let batch = Batch::new(regime, kind, &known)?;
    let all = batch.evaluate()?;
    let values = Rows::of(&all.value, first.value.len());
    let width = regime.model.ambient(group[0].g.len() - 1);
    let grads: Vec<Rows> = all.grads.iter().map(|g| Rows::of(g, width)).collect();
    for (i, (sample, want)) in known.iter().enumerate() {
        let cell = &mut cells[sample.regime];
        let dtype = regime.dtype;
        cell.note(&name, None, error(values.row(i), &want.value, dtype));
        for ((grad, want), letter) in grads.iter().zip(&want.grads).zip(&want.letters) {
            // The slot of a time that is not read has no gradient.
            let (time, got) = grad.row(i).split_at(width - want.len());
            let stray = if time.iter().any(|a| *a != 0.0) { f64::INFINITY } else { 0.0 };
            cell.note(&name, Some(*letter), error(got, want, dtype).max(stray));
        }
        let slopes = batch.part(i, i + 1)?.evaluate()?.slopes;
        for ((letter, got), want) in ['c', 't'].into_iter().zip(slopes).zip(&want.slopes) {
            cell.note(&name, Some(letter), error(&[got], &[*want], dtype));
        }
    }
    if kind == Kind::Dist {
        let ones = Tensor::ones(batch.g.shape(), regime.dtype, &Device::cpu())?;
        let grad = Batch { g: ones, ..batch.clone() }.evaluate()?.grads.swap_remove(0);
        let (c, t) = (Tensor::from(batch.curv.c), Tensor::from(batch.curv.t));
        let got = Rows::of(&rows(regime.model, Kind::EgradToRgrad, &[&batch.args[0], &grad], &c, &t)?, width);
        for (i, sample) in group.iter().enumerate() {
            if let Some(want) = sample.wanted.get(RGRAD) {
                let cell = &mut cells[sample.regime];
                cell.condition = cell.condition.max(condition(regime.model, sample, &want.value));
                cell.note(RGRAD, None, error(got.row(i), &want.value, regime.dtype));
            }
        }
    }
    Ok(())
}

/// ‖G⁻¹‖ ‖∇dist‖ t/‖rgrad‖: an error of ∇dist, relative to its length, is magnified at most so when the inverse metric G⁻¹
/// makes a tangent of it. On the hyperboloid G⁻¹ = I + c x xᵀ; in the solvable chart it is c times that of dy₀² + |dY + Y dy₀|²,
/// whose determinant is 1 and whose trace in the plane of ∂y₀ and Y is 2 + |Y|²; elsewhere it is a multiple of the identity.
fn condition(model: Model, sample: &Sample, rgrad: &[f64]) -> f64 {
    let Some(dist) = sample.wanted.get("Dist") else { return 1.0 };
    let (c, x) = (sample.curv.c, sample.arg('x'));
    let inverse = match model {
        Model::Lorentz => 1.0 + c * norm(x).powi(2),
        Model::Solvable => {
            let y = norm(&x[1..]);
            c * (1.0 + y * (y + (y * y + 4.0).sqrt()) / 2.0)
        }
        _ => return 1.0,
    };
    inverse * norm(&dist.grads[0]) / sample.g[0].abs() * sample.curv.t / norm(rgrad)
}

/// The rows of a tensor as f64.
struct Rows {
    numbers: Vec<f64>,
    width: usize,
}

impl Rows {
    fn of(t: &Tensor, width: usize) -> Rows {
        Rows { numbers: t.to_f64_vec(), width }
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.numbers[i * self.width..][..self.width]
    }
}

/// ‖got − want‖/‖want‖. Infinite if `got` is not finite; 0 if `want` is beyond the largest number of the type. Below the
/// smallest normal number a type has fewer digits, so shorter rows count as if they had that length in each coordinate.
pub fn error(got: &[f64], want: &[f64], dtype: DType) -> f64 {
    let (smallest, largest) = match dtype {
        DType::F32 => (f64::from(f32::MIN_POSITIVE), f64::from(f32::MAX)),
        _ => (f64::MIN_POSITIVE, f64::MAX),
    };
    let length = norm(want);
    if length > largest {
        return 0.0;
    }
    if got.len() != want.len() || got.iter().any(|a| !a.is_finite()) {
        return f64::INFINITY;
    }
    let off: Vec<f64> = got.iter().zip(want).map(|(a, b)| a - b).collect();
    norm(&off) / length.max(smallest * (want.len() as f64).sqrt())
}

/// The length of a row, also where squares would overflow.
fn norm(row: &[f64]) -> f64 {
    let top = row.iter().fold(0.0f64, |m, a| m.max(a.abs()));
    if top == 0.0 || !top.is_finite() {
        return top;
    }
    top * row.iter().map(|a| (a / top).powi(2)).sum::<f64>().sqrt()
}
