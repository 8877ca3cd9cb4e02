//! Embeddings of a hierarchy: a point for each node, near its ancestors and far from all other nodes.
//!
//! The loss is the softmax over distances of Nickel & Kiela ("Poincaré embeddings for learning hierarchical
//! representations", NeurIPS 2017, eq. 6): for a node u and its ancestor v, with sampled nodes v′ that are no ancestors,
//!
//! ```text
//! loss(u, v) = −ln( e^−d(u,v) / (e^−d(u,v) + Σ e^−d(u,v′)) )
//! ```
//!
//! minimised by Riemannian stochastic gradient descent. Two things differ from the published loop, both measured on
//! WordNet's mammals: a node brings all its ancestors at once, and these share one set of samples, which costs a sixth of
//! the distances; and the burn-in (in which the angles find their order before the points move out) lets the rate
//! rise linearly from 0 instead of stepping up from a hundredth.
//!
//! Flat space, for comparison, takes squared distances, as the published code does.
//!
//! One hyperbolic or flat space at a fixed curvature has a fused step (`step`). Everything else, products, a curvature that
//! is learned, [entailment cones](Loss::Cones), goes by tensors (`general`), some ten times as slowly.
//!
//! Every random number is a function of (seed, epoch, node), and sums are taken in the order of a step's nodes. So the
//! same settings give the same bits on any number of threads, and whether or not a run was interrupted.

mod general;
mod loss;
mod sampling;
mod step;
mod trainer;

pub use loss::Loss;
pub use trainer::{HierarchyTrainer, Progress, State};

use super::chart::Fused;
use crate::manifold::Spec;
use crate::{Error, Result};

/// What determines an embedding, beside the hierarchy.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where the points live. Hyperbolic models in unit coordinates only.
    pub manifold: Spec,
    /// Dimension of the space.
    pub dim: usize,
    /// Whether κ is learned too, of each factor of a product, starting from the manifold's, once points have spread in the
    /// burn-in. θ = ln|κ| (κ itself in stereographic coordinates, where it may change its sign) takes steps of
    /// [`lr`](Self::lr) times the mean gradient of the (node, ancestor) pairs.
    pub learn_curvature: bool,
    /// What is minimised. Cones need angles that mean something, so the softmax comes first, for the burn-in.
    pub loss: Loss,
    /// Fraction of the edges that others imply to be [set aside](crate::data::Hierarchy::withhold): they are not
    /// trained on, nor are their ends ever sampled against each other. 0 for none.
    pub holdout: f64,
    /// Whether steps go by tensors even where there is a fused one: that is the processor's, a card needs tensors.
    pub by_tensors: bool,
    /// Nodes sampled against the ancestors of each node.
    pub negatives: usize,
    /// Learning rate after the burn-in.
    pub lr: f64,
    /// Epochs over which the rate rises linearly to [`lr`](Self::lr).
    pub burn_in: usize,
    /// Nodes a step. Each brings all its ancestors; their gradients are added.
    pub batch: usize,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Default for Settings {
    /// What does best on WordNet's mammals in 5 dimensions, with 600 epochs.
    fn default() -> Settings {
        Settings {
            manifold: Spec::new("poincare", -1.0),
            dim: 5,
            learn_curvature: false,
            loss: Loss::Softmax,
            holdout: 0.0,
            by_tensors: false,
            negatives: 50,
            lr: 0.05,
            burn_in: 300,
            batch: 16,
            seed: 1,
        }
    }
}

impl Settings {
    /// The rate of an epoch, counted from 0.
    pub fn rate(&self, epoch: usize) -> f64 {
        self.lr * ((epoch + 1) as f64 / (self.burn_in + 1) as f64).min(1.0)
    }

    /// Whether an epoch, counted from 0, is of the burn-in.
    fn burns_in(&self, epoch: usize) -> bool {
        epoch < self.burn_in
    }

    /// What an epoch minimises.
    fn loss_of(&self, epoch: usize) -> Loss {
        if self.burns_in(epoch) { Loss::Softmax } else { self.loss }
    }

    /// The factors whose curvature is learned.
    fn learned(&self) -> Vec<&Spec> {
        if self.learn_curvature { self.manifold.curved() } else { vec![] }
    }

    /// The coordinates of the fused step, if it can make these steps.
    fn fused(&self) -> Result<Option<Fused>> {
        match (self.by_tensors || self.learn_curvature, self.loss) {
            (false, Loss::Softmax) => Fused::of(&*self.manifold.build()?, self.dim),
            _ => Ok(None),
        }
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// [`Error::Argument`] for the first that is not.
    pub fn check(&self) -> Result<()> {
        let bad = |what: String, remedy: &str| Err(Error::Argument { op: "embed", what, remedy: remedy.into() });
        if self.dim == 0 {
            return bad("dimension 0".into(), "give at least 1; 5 to 10 is usual");
        }
        if self.negatives == 0 {
            return bad("0 negatives".into(), "give at least 1; 50 is usual");
        }
        if self.batch == 0 {
            return bad("batches of 0 nodes".into(), "give at least 1");
        }
        if !(self.lr > 0.0 && self.lr.is_finite()) {
            return bad(format!("learning rate {}", self.lr), "give a positive number; 0.05 is usual");
        }
        if !(0.0..1.0).contains(&self.holdout) {
            return bad(format!("a holdout of {}", self.holdout), "give a fraction between 0 and 1, as 0.05");
        }
        if self.manifold.radius && self.manifold.kind != "stereographic" {
            return bad(
                format!("{} has the radius convention", self.manifold),
                "train on unit coordinates: leave `radius` out",
            );
        }
        self.manifold.build()?;
        if self.learn_curvature && self.manifold.curved().is_empty() {
            let what = format!("{} has no curvature that can be learned", self.manifold);
            return bad(what, "choose a curved space, as poincare, or a product with one, as h3,e2");
        }
        if self.loss == Loss::Cones && self.manifold.kappa >= 0.0 {
            let what = format!("{} has no entailment cones", self.manifold);
            return bad(what, "choose hyperbolic space: lorentz, poincare, halfspace or solvable");
        }
        if self.loss == Loss::Cones && self.learn_curvature {
            return bad("cones are the same at every curvature".into(), "keep it fixed, or choose the softmax");
        }
        Ok(())
    }
}
