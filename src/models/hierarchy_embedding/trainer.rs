//! The training loop as a state machine: one step at a time, stoppable after any.

use super::general::{General, theta};
use super::sampling::Draws;
use super::step::{Stepper, Visit};
use super::{Loss, Settings};
use crate::data::Hierarchy;
use crate::geometry::{Curv, Kind, Model};
use crate::models::Embeddings;
use crate::models::chart::{Ball, Flat, Fused, Table};
use crate::{DType, Device, Error, Result};
use std::borrow::Cow;

/// Everything that training goes on from. Two runs with equal settings, hierarchy and state continue with equal bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Coordinates that training runs in. One hyperbolic or flat space at a fixed κ: `dim` numbers a node, of the ball
    /// for both hyperbolic models. Otherwise rows of the manifold.
    pub rows: Vec<f64>,
    /// Of each factor whose curvature is learned, in order: ln|κ| as it is now, κ itself in stereographic coordinates.
    pub curvatures: Vec<f64>,
    /// Mean loss a (node, ancestor) pair of each finished epoch.
    pub losses: Vec<f64>,
    /// Steps done in the current epoch.
    pub step: usize,
    /// Sum of the loss over these steps.
    pub partial: f64,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Pairs of points whose distance was learned from.
    pub pairs: usize,
    /// The epoch's mean loss a (node, ancestor) pair, if this was its last step.
    pub finished: Option<f64>,
}

/// Learns an embedding of a hierarchy.
///
/// ```
/// use beltrami::Device;
/// use beltrami::data::Hierarchy;
/// use beltrami::models::{HierarchyTrainer, Settings, reconstruction};
///
/// let animals = Hierarchy::from_pairs([("cat", "animal"), ("dog", "animal"), ("pug", "dog")])?.closure();
/// let settings = Settings { dim: 2, burn_in: 20, ..Settings::default() };
/// let device = Device::cpu();
/// let mut trainer = HierarchyTrainer::new(&animals, settings)?;
/// while trainer.epochs() < 40 {
///     trainer.step(&device)?;
/// }
/// let quality = reconstruction(&trainer.embeddings()?, &animals, &device)?;
/// assert!(quality.map > 0.9);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub struct HierarchyTrainer<'a> {
    /// All that is true: nothing of it is sampled.
    hierarchy: &'a Hierarchy,
    /// What is learned: all of it, or what is not withheld.
    learned: Cow<'a, Hierarchy>,
    withheld: Vec<(u32, u32)>,
    pub(super) settings: Settings,
    draws: Draws,
    way: Way,
    visits: Vec<Visit>,
    /// Nodes that have ancestors.
    children: Vec<u32>,
    /// The current epoch's order of `children`.
    order: Vec<u32>,
    losses: Vec<f64>,
    pub(super) step: usize,
    pub(super) partial: f64,
}

/// How steps are made, and the points.
enum Way {
    Ball(Ball, Stepper),
    Flat(Stepper),
    General(General),
}

impl<'a> HierarchyTrainer<'a> {
    /// A trainer at its start. The hierarchy's edges are what is learned: usually its closure.
    ///
    /// # Errors
    /// [`Error::Argument`] if a setting is out of its range, or the hierarchy has too few edges to set some aside.
    pub fn new(hierarchy: &'a Hierarchy, settings: Settings) -> Result<Self> {
        settings.check()?;
        let (draws, nodes) = (Draws::new(settings.seed), hierarchy.len());
        let rows = match settings.fused()? {
            Some(_) => draws.start(nodes * settings.dim),
            None => General::start(&*settings.manifold.build()?, settings.dim, nodes, draws)?,
        };
        let curvatures = settings.learned().into_iter().map(theta).collect();
        Self::resume(hierarchy, settings, State { rows, curvatures, ..State::default() })
    }

    /// A trainer that goes on from `state`.
    ///
    /// # Errors
    /// [`Error::Argument`] if a setting is out of its range or the state does not fit; [`Error::NonFinite`] if the state
    /// holds NaN or infinity.
    pub fn resume(hierarchy: &'a Hierarchy, settings: Settings, state: State) -> Result<Self> {
        settings.check()?;
        let draws = Draws::new(settings.seed);
        let (learned, withheld) = match settings.holdout {
            0.0 => (Cow::Borrowed(hierarchy), vec![]),
            fraction => hierarchy.withhold(fraction, draws.holdout()).map(|(kept, w)| (Cow::Owned(kept), w))?,
        };
        let children: Vec<u32> = (0..hierarchy.len() as u32).filter(|&i| !learned.ancestors(i).is_empty()).collect();
        let unfit = |what: String| Error::Argument {
            op: "resume",
            what,
            remedy: "use the checkpoint of this hierarchy and these settings".into(),
        };
        let (fused, dim) = (settings.fused()?, settings.dim);
        let width = if fused.is_some() { dim } else { settings.manifold.build()?.ambient(dim) };
        if state.rows.len() != hierarchy.len() * width {
            let (rows, nodes) = (state.rows.len(), hierarchy.len());
            return Err(unfit(format!("{rows} coordinates for {nodes} nodes with {width} each")));
        }
        let (stored, expected) = (state.curvatures.len(), settings.learned().len());
        if stored != expected {
            return Err(unfit(format!("{stored} learned curvatures for {expected} to learn")));
        }
        if state.step > 0 && state.step >= children.len().div_ceil(settings.batch) {
            return Err(unfit(format!("step {} is beyond the end of an epoch", state.step)));
        }
        let numbers = state.rows.iter().chain(&state.curvatures).chain([&state.partial]);
        if let Some(position) = numbers.into_iter().position(|x| !x.is_finite()) {
            let remedy = "the file is damaged: start anew, or lower the learning rate if training diverged".into();
            return Err(Error::NonFinite { place: "resume".into(), what: "the state".into(), position, remedy });
        }
        let way = match fused {
            Some(Fused::Ball(ball)) => Way::Ball(ball, Stepper::new(Table::new(ball, dim, &state.rows))),
            Some(Fused::Flat) => Way::Flat(Stepper::new(Table::new(Flat, dim, &state.rows))),
            None => {
                // Row functions compute f32 rows in f64 and f64 rows in twice that, which takes five times as long.
                let spec = settings.manifold.clone();
                Way::General(General::new(spec, dim, &state.rows, &state.curvatures, DType::F32)?)
            }
        };
        if let Way::Ball(_, stepper) = &way
            && let Some(node) = stepper.table.side.iter().position(|&side| side <= 0.0)
        {
            return Err(unfit(format!("the point of node {node} is outside the ball")));
        }
        let mut trainer = HierarchyTrainer {
            hierarchy,
            learned,
            withheld,
            draws,
            way,
            visits: vec![Visit::default(); settings.batch.min(children.len())],
            settings,
            order: vec![],
            children,
            losses: state.losses,
            step: state.step,
            partial: state.partial,
        };
        trainer.shuffle();
        Ok(trainer)
    }

    fn shuffle(&mut self) {
        let order = self.draws.order(self.losses.len(), self.children.len());
        self.order = order.into_iter().map(|i| self.children[i as usize]).collect();
    }

    /// Epochs finished.
    pub fn epochs(&self) -> usize {
        self.losses.len()
    }

    /// Mean loss a pair of each finished epoch.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The (node, ancestor) edges that are not trained on, sorted; empty without a holdout.
    pub fn withheld(&self) -> &[(u32, u32)] {
        &self.withheld
    }

    /// The edges that are trained on.
    pub fn learned(&self) -> &Hierarchy {
        &self.learned
    }

    /// Steps of an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.children.len().div_ceil(self.settings.batch)
    }

    /// One step, on the device's threads, whose number changes no bits; or on a card, by tensors.
    ///
    /// # Errors
    /// [`Error::NonFinite`] if training diverged; [`Error::Unsupported`] on a card without
    /// [`Settings::by_tensors`], where the settings have a fused step.
    pub fn step(&mut self, device: &Device) -> Result<Progress> {
        let epoch = self.losses.len();
        let count = self.draw().len();
        let (rate, op) = (self.settings.rate(epoch), "hierarchy embedding");
        let visits = &mut self.visits[..count];
        let pairs = visits.iter().map(|v| v.others.len()).sum();
        let loss = match &mut self.way {
            Way::Ball(ball, stepper) => stepper.run(*ball, visits, rate, device.cpu_for(op)?),
            Way::Flat(stepper) => stepper.run(Flat, visits, rate, device.cpu_for(op)?),
            Way::General(general) => {
                let settings = &self.settings;
                general.move_to(device)?;
                if settings.loss_of(epoch) == Loss::Cones && epoch == settings.burn_in && self.step == 0 {
                    general.draw_in()?;
                }
                general.run(visits, settings.loss_of(epoch), rate, !settings.burns_in(epoch), device)?
            }
        };
        if !loss.is_finite() {
            let place = format!("embed, epoch {}, step {}", epoch + 1, self.step + 1);
            let remedy = "lower the learning rate".into();
            return Err(Error::NonFinite { place, what: "the loss".into(), position: 0, remedy });
        }
        self.step += 1;
        self.partial += loss;
        let finished = (self.step == self.steps_per_epoch()).then(|| self.finish_epoch());
        Ok(Progress { pairs, finished })
    }

    /// The visits of the coming step: its nodes, their ancestors and samples.
    pub(super) fn draw(&mut self) -> &[Visit] {
        let epoch = self.losses.len();
        let start = self.step * self.settings.batch;
        let nodes = &self.order[start..(start + self.settings.batch).min(self.order.len())];
        for (visit, &node) in self.visits.iter_mut().zip(nodes) {
            let ancestors = self.learned.ancestors(node);
            visit.node = node;
            visit.others.clear();
            visit.others.extend_from_slice(ancestors);
            self.draws.negatives(epoch, self.hierarchy, node, self.settings.negatives, &mut visit.others);
            visit.ancestors = ancestors.len();
            if visit.others.len() == ancestors.len() {
                // Nothing to tell the ancestors from: no loss.
                visit.others.clear();
                visit.ancestors = 0;
            }
        }
        &self.visits[..nodes.len()]
    }

    fn finish_epoch(&mut self) -> f64 {
        let loss = self.partial / self.learned.edges().len() as f64;
        self.losses.push(loss);
        (self.step, self.partial) = (0, 0.0);
        self.shuffle();
        loss
    }

    /// What to go on from later.
    ///
    /// # Errors
    /// None in practice.
    pub fn state(&self) -> Result<State> {
        let (rows, curvatures) = match &self.way {
            Way::Ball(_, stepper) | Way::Flat(stepper) => (stepper.table.numbers(), vec![]),
            Way::General(general) => (general.rows(), general.thetas()?),
        };
        Ok(State { rows, curvatures, losses: self.losses.clone(), step: self.step, partial: self.partial })
    }

    /// The points as they are now, as rows of the manifold.
    ///
    /// # Errors
    /// [`Error::NonFinite`] if training diverged in the last step.
    pub fn embeddings(&self) -> Result<Embeddings> {
        let (dim, names) = (self.settings.dim, self.hierarchy.names());
        let rows = match &self.way {
            Way::General(general) => {
                return Ok(general.embeddings(names, dim)?.trained_with(self.settings.loss));
            }
            Way::Ball(_, stepper) if self.settings.manifold.kind == "lorentz" => on_hyperboloid(&stepper.table, dim),
            Way::Ball(_, stepper) | Way::Flat(stepper) => stepper.table.numbers(),
        };
        Embeddings::new(names.to_vec(), self.settings.manifold.clone(), dim, rows)
    }
}

/// The points of the ball on the hyperboloid, both in unit coordinates.
fn on_hyperboloid(table: &Table, dim: usize) -> Vec<f64> {
    let rows = table.numbers();
    let mut out = vec![0.0; rows.len() / dim * (dim + 1)];
    for (x, out) in rows.chunks_exact(dim).zip(out.chunks_exact_mut(dim + 1)) {
        Model::Poincare.forward(Kind::Convert, Curv::canonical(-1.0), &[x], out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Result<Hierarchy> {
        Ok(Hierarchy::from_pairs((1..80u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 3))))?.closure())
    }

    fn train(trainer: &mut HierarchyTrainer, epochs: usize, threads: usize) -> Result<()> {
        let device = Device::cpu_with_threads(threads);
        while trainer.epochs() < epochs {
            trainer.step(&device)?;
        }
        Ok(())
    }

    #[test]
    fn bits_depend_neither_on_threads_nor_on_a_pause() -> Result<()> {
        let tree = tree()?;
        for manifold in ["poincare", "euclidean"] {
            let settings = Settings { manifold: manifold.parse()?, batch: 50, burn_in: 3, ..Settings::default() };
            let mut whole = HierarchyTrainer::new(&tree, settings.clone())?;
            train(&mut whole, 12, 1)?;
            for threads in [2, 3] {
                let mut first = HierarchyTrainer::new(&tree, settings.clone())?;
                train(&mut first, 5, threads)?;
                first.step(&Device::cpu_with_threads(threads))?;
                let mut second = HierarchyTrainer::resume(&tree, settings.clone(), first.state()?)?;
                train(&mut second, 12, threads)?;
                assert_eq!(whole.state()?, second.state()?, "{manifold}, {threads} threads");
            }
        }
        Ok(())
    }

    #[test]
    fn a_small_tree_is_learned_on_every_manifold() -> Result<()> {
        let tree = tree()?;
        for (manifold, dim, bound) in [("poincare", 5, 0.97), ("lorentz(kappa=-0.5)", 5, 0.97), ("euclidean", 10, 0.9)]
        {
            let settings = Settings { manifold: manifold.parse()?, dim, burn_in: 100, ..Settings::default() };
            let mut trainer = HierarchyTrainer::new(&tree, settings)?;
            train(&mut trainer, 300, 1)?;
            let quality = crate::models::reconstruction(&trainer.embeddings()?, &tree, &Device::cpu())?;
            assert!(quality.map > bound, "{manifold}: {quality:?}");
        }
        Ok(())
    }

    #[test]
    fn bad_settings_and_states_are_refused() -> Result<()> {
        let tree = tree()?;
        let fine = Settings::default();
        let new = |s: Settings| HierarchyTrainer::new(&tree, s).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(new(Settings { dim: 0, ..fine.clone() }).contains("dimension 0"));
        assert!(new(Settings { lr: f64::NAN, ..fine.clone() }).contains("learning rate NaN"));
        assert!(new(Settings { manifold: "poincare(kappa=1)".parse()?, ..fine.clone() }).contains("κ < 0"));
        let trainer = HierarchyTrainer::new(&tree, fine.clone())?;
        let resume = |s: State| HierarchyTrainer::resume(&tree, fine.clone(), s).err().map(|e| e.to_string());
        let mut state = trainer.state()?;
        state.rows[7] = f64::NAN;
        assert!(resume(state.clone()).unwrap_or_default().contains("not finite (first at 7)"));
        state.rows[7] = 1.5;
        assert!(resume(state.clone()).unwrap_or_default().contains("outside the ball"));
        state.rows.pop();
        assert!(resume(state).unwrap_or_default().contains("coordinates for 80 nodes"));
        Ok(())
    }
}
