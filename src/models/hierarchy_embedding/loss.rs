//! What is minimised, of all nodes of a step at once.

use crate::manifold::Manifold;
use crate::models::entailment::energy;
use crate::{Error, Result, Tensor};
use std::fmt;
use std::str::FromStr;

/// What points are trained for, and so how they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Near their ancestors, far from others: the softmax over distances of Nickel and Kiela (2017).
    Softmax,
    /// Inside the cones of their ancestors, outside those of others: Ganea, Bécigneul, Hofmann (ICML 2018).
    Cones,
}

/// How far outside a cone a sample should be, γ (Ganea et al., §6).
const MARGIN: f64 = 0.01;

/// The points of a step: V nodes, A pairs of a node and its ancestor, K samples a node.
pub(super) struct Batch {
    /// \[V, width].
    pub nodes: Tensor,
    /// \[A], u32: the node of each ancestor.
    pub owners: Tensor,
    /// \[A, width].
    pub ancestors: Tensor,
    /// \[V, K, width].
    pub samples: Tensor,
}

impl Loss {
    /// The loss of a batch, summed over its (node, ancestor) pairs. `squared` takes squared distances.
    pub(super) fn of(self, space: &dyn Manifold, batch: &Batch, squared: bool) -> Result<Tensor> {
        let own = batch.nodes.index_select(0, &batch.owners)?;
        let nodes = batch.nodes.unsqueeze(1)?;
        match self {
            Loss::Softmax => {
                let dist = |x: &Tensor, y: &Tensor| if squared { space.dist2(x, y) } else { space.dist(x, y) };
                // −ln(e^−d / (e^−d + Z)) = ln(1 + Z e^d), with Z the sum of e^−d over the samples.
                let z = dist(&nodes, &batch.samples)?.neg()?.logsumexp(1, false)?;
                dist(&own, &batch.ancestors)?.add(&z.index_select(0, &batch.owners)?)?.softplus()?.sum_all()
            }
            Loss::Cones => {
                let inside = energy(space, &batch.ancestors, &own)?.sum_all()?;
                let outside = energy(space, &batch.samples, &nodes)?.neg()?.add_scalar(MARGIN)?.relu()?.sum_all()?;
                inside.add(&outside)
            }
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::Softmax => "softmax",
            Loss::Cones => "cones",
        })
    }
}

impl FromStr for Loss {
    type Err = Error;

    fn from_str(text: &str) -> Result<Loss> {
        [Loss::Softmax, Loss::Cones].into_iter().find(|loss| loss.to_string() == text).ok_or_else(|| Error::Argument {
            op: "loss",
            what: format!("unknown loss {text:?}"),
            remedy: "choose softmax or cones".into(),
        })
    }
}
