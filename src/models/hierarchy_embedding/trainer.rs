//! The training loop as a state machine: one step at a time, stoppable after any.

use super::Settings;
use super::sampling::Draws;
use super::step::{Stepper, Visit};
use crate::backend::cpu::Cpu;
use crate::data::Hierarchy;
use crate::geometry::{Conversion, Model};
use crate::models::Embeddings;
use crate::models::chart::{Ball, Flat, Table};
use crate::{Error, Result};

/// Everything that training goes on from. Two runs with equal settings, hierarchy and state continue with equal bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Coordinates that training runs in: `dim` numbers a node (of the ball, for both hyperbolic models).
    pub rows: Vec<f64>,
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
/// use beltrami::backend::cpu::Cpu;
/// use beltrami::data::Hierarchy;
/// use beltrami::models::{HierarchyTrainer, Settings, reconstruction};
///
/// let animals = Hierarchy::from_pairs([("cat", "animal"), ("dog", "animal"), ("pug", "dog")])?.closure();
/// let settings = Settings { dim: 2, burn_in: 20, ..Settings::default() };
/// let cpu = Cpu::new(1);
/// let mut trainer = HierarchyTrainer::new(&animals, settings)?;
/// while trainer.epochs() < 40 {
///     trainer.step(&cpu)?;
/// }
/// let quality = reconstruction(&trainer.embeddings()?, &animals, &cpu)?;
/// assert!(quality.map > 0.9);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub struct HierarchyTrainer<'a> {
    hierarchy: &'a Hierarchy,
    pub(super) settings: Settings,
    draws: Draws,
    space: Space,
    table: Table,
    pub(super) stepper: Stepper,
    /// Nodes that have ancestors.
    children: Vec<u32>,
    /// The current epoch's order of `children`.
    order: Vec<u32>,
    losses: Vec<f64>,
    pub(super) step: usize,
    pub(super) partial: f64,
}

#[derive(Clone, Copy)]
enum Space {
    Ball(Ball),
    Flat(Flat),
}

impl<'a> HierarchyTrainer<'a> {
    /// A trainer at its start. The hierarchy's edges are what is learned: usually its closure.
    ///
    /// # Errors
    /// [`Error::Argument`] if a setting is out of its range.
    pub fn new(hierarchy: &'a Hierarchy, settings: Settings) -> Result<Self> {
        settings.check()?;
        let rows = Draws::new(settings.seed).start(hierarchy.len() * settings.dim);
        Self::resume(hierarchy, settings, State { rows, ..State::default() })
    }

    /// A trainer that goes on from `state`.
    ///
    /// # Errors
    /// [`Error::Argument`] if a setting is out of its range or the state does not fit; [`Error::NonFinite`] if the state
    /// holds NaN or infinity.
    pub fn resume(hierarchy: &'a Hierarchy, settings: Settings, state: State) -> Result<Self> {
        settings.check()?;
        let children: Vec<u32> = (0..hierarchy.len() as u32).filter(|&i| !hierarchy.ancestors(i).is_empty()).collect();
        let unfit = |what: String| Error::Argument {
            op: "resume",
            what,
            remedy: "use the checkpoint of this hierarchy and dimension".into(),
        };
        if state.rows.len() != hierarchy.len() * settings.dim {
            let (rows, nodes) = (state.rows.len(), hierarchy.len());
            return Err(unfit(format!("{rows} coordinates for {nodes} nodes in {} dimensions", settings.dim)));
        }
        if state.step > 0 && state.step >= children.len().div_ceil(settings.batch) {
            return Err(unfit(format!("step {} is beyond the end of an epoch", state.step)));
        }
        if let Some(position) = state.rows.iter().chain([&state.partial]).position(|x| !x.is_finite()) {
            let remedy = "the file is damaged: start anew, or lower the learning rate if training diverged".into();
            return Err(Error::NonFinite { place: "resume".into(), what: "the state".into(), position, remedy });
        }
        let manifold = settings.manifold.build()?;
        let factor = manifold.factors(manifold.ambient(settings.dim))?.swap_remove(0);
        let (table, space) = match (factor.model, factor.curv) {
            (Model::Euclidean, _) => (Table::new(Flat, settings.dim, &state.rows), Space::Flat(Flat)),
            (_, curv) => {
                let ball = Ball { radius: 1.0 / curv.t, rim: (0.5 * manifold.max_radius() * curv.t).tanh() };
                (Table::new(ball, settings.dim, &state.rows), Space::Ball(ball))
            }
        };
        if let Some(node) = table.side.iter().position(|&side| side <= 0.0) {
            return Err(unfit(format!("the point of node {node} is outside the ball")));
        }
        let mut trainer = HierarchyTrainer {
            hierarchy,
            draws: Draws::new(settings.seed),
            stepper: Stepper::new(hierarchy.len(), settings.batch),
            settings,
            space,
            table,
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

    /// Steps of an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.children.len().div_ceil(self.settings.batch)
    }

    /// One step, on the CPU's threads; the bits do not depend on how many.
    ///
    /// # Errors
    /// [`Error::NonFinite`] if training diverged.
    pub fn step(&mut self, cpu: &Cpu) -> Result<Progress> {
        let epoch = self.losses.len();
        let visits = self.draw();
        let (count, pairs) = (visits.len(), visits.iter().map(|v| v.others.len()).sum());
        let rate = self.settings.rate(epoch);
        let loss = match self.space {
            Space::Ball(ball) => self.stepper.run(ball, &mut self.table, count, rate, cpu),
            Space::Flat(flat) => self.stepper.run(flat, &mut self.table, count, rate, cpu),
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
        for (visit, &node) in self.stepper.visits.iter_mut().zip(nodes) {
            let ancestors = self.hierarchy.ancestors(node);
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
        &self.stepper.visits[..nodes.len()]
    }

    fn finish_epoch(&mut self) -> f64 {
        let loss = self.partial / self.hierarchy.edges().len() as f64;
        self.losses.push(loss);
        (self.step, self.partial) = (0, 0.0);
        self.shuffle();
        loss
    }

    /// What to go on from later.
    pub fn state(&self) -> State {
        State { rows: self.table.numbers(), losses: self.losses.clone(), step: self.step, partial: self.partial }
    }

    /// The points as they are now, as rows of the manifold.
    ///
    /// # Errors
    /// [`Error::NonFinite`] if training diverged in the last step.
    pub fn embeddings(&self) -> Result<Embeddings> {
        let (dim, rows) = (self.settings.dim, self.table.numbers());
        let manifold = &self.settings.manifold;
        let built = manifold.build()?;
        let (ambient, model) = (built.ambient(dim), built.hyperbolic_chart()?.map(|(model, _)| model));
        let rows = match model {
            None | Some(Model::Poincare) => rows,
            Some(model) => {
                let conversion = Conversion { from: (Model::Poincare, 1.0), to: (model, 1.0) };
                let mut out = vec![0.0; rows.len() / dim * ambient];
                for (x, out) in rows.chunks_exact(dim).zip(out.chunks_exact_mut(ambient)) {
                    conversion.point(x, out);
                }
                out
            }
        };
        Embeddings::new(self.hierarchy.names().to_vec(), manifold.clone(), dim, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Result<Hierarchy> {
        Ok(Hierarchy::from_pairs((1..80u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 3))))?.closure())
    }

    fn train(trainer: &mut HierarchyTrainer, epochs: usize, threads: usize) -> Result<()> {
        let cpu = Cpu::new(threads);
        while trainer.epochs() < epochs {
            trainer.step(&cpu)?;
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
                first.step(&Cpu::new(threads))?;
                let mut second = HierarchyTrainer::resume(&tree, settings.clone(), first.state())?;
                train(&mut second, 12, threads)?;
                assert_eq!(whole.state(), second.state(), "{manifold}, {threads} threads");
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
            let quality = crate::models::reconstruction(&trainer.embeddings()?, &tree, &Cpu::new(1))?;
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
        let mut state = trainer.state();
        state.rows[7] = f64::NAN;
        assert!(resume(state.clone()).unwrap_or_default().contains("not finite (first at 7)"));
        state.rows[7] = 1.5;
        assert!(resume(state.clone()).unwrap_or_default().contains("outside the ball"));
        state.rows.pop();
        assert!(resume(state).unwrap_or_default().contains("coordinates for 80 nodes"));
        Ok(())
    }
}
