//! The backward sweep.

use super::mode::with_recording;
use super::node::{Edge, Meta, Node, Saved};
use super::op::{Op, Outputs, Saves, Vjp, apply, one};
use crate::tensor::Tensor;
use crate::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Gradients by tensor: the result of [`Tensor::backward`].
#[derive(Clone, Debug, Default)]
pub struct Grads(HashMap<u64, Tensor>);

impl Grads {
    /// The gradient of a leaf (a tensor made by [`Tensor::tracked`]), if the loss depends on it.
    pub fn get(&self, leaf: &Tensor) -> Option<&Tensor> {
        self.0.get(&leaf.edge()?.node.seq)
    }

    /// A gradient that comes from elsewhere, for an optimizer: replaces what was there. Ignored if `leaf` is not tracked.
    pub fn insert(&mut self, leaf: &Tensor, grad: Tensor) {
        if let Some(edge) = leaf.edge() {
            self.0.insert(edge.node.seq, grad);
        }
    }

    /// The same, moved out.
    pub fn remove(&mut self, leaf: &Tensor) -> Option<Tensor> {
        self.0.remove(&leaf.edge()?.node.seq)
    }

    /// How many leaves have a gradient.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no leaf has one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Tensor {
    /// This value as a leaf: operations on it are recorded, and [`Tensor::backward`] gives its gradient.
    pub fn tracked(&self) -> Tensor {
        let node = Node::new(vec![Meta::of(self)], vec![], None);
        self.with_edge(Some(Edge { node, slot: 0 }))
    }

    /// This value without its history.
    pub fn detach(&self) -> Tensor {
        if self.is_tracked() { self.with_edge(None) } else { self.clone() }
    }

    /// Gradients of this scalar for every leaf that it depends on. Frees the record.
    ///
    /// # Errors
    /// If the tensor is not a scalar, is not tracked, or its record was freed by an earlier call.
    pub fn backward(&self) -> Result<Grads> {
        if self.numel() != 1 {
            return Err(Error::shape(
                "backward",
                "needs a scalar",
                &[self.shape()],
                "sum or average first, or give a gradient to `backward_with`",
            ));
        }
        self.backward_with(&self.ones_like()?)
    }

    /// Gradients of Σ ⟨grad, self⟩ for every leaf that this tensor depends on. Frees the record.
    pub fn backward_with(&self, grad: &Tensor) -> Result<Grads> {
        let edge = tracked_edge("backward", self)?;
        let mut sweep = Sweep::new(false);
        sweep.seed(edge, grad.clone())?;
        sweep.run_to(&[])?;
        Ok(sweep.leaves)
    }
}

/// Gradients of the scalar `loss` for each of `xs` (zeros where it does not depend on it).
///
/// With `create_graph` the gradients are tracked, so they can be differentiated again, and the record of `loss` is
/// kept; without, it is freed.
///
/// ```
/// # use beltrami::{Tensor, grad};
/// let x = Tensor::from(3.0_f64).tracked();
/// let y = (&x * &x).mul(&x)?;
/// let dy = grad(&y, &[&x], true)?.remove(0);
/// assert_eq!(dy.to_scalar::<f64>()?, 27.0);
/// assert_eq!(grad(&dy, &[&x], false)?[0].to_scalar::<f64>()?, 18.0);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub fn grad(loss: &Tensor, xs: &[&Tensor], create_graph: bool) -> Result<Vec<Tensor>> {
    if loss.numel() != 1 {
        return Err(Error::shape("grad", "needs a scalar", &[loss.shape()], "sum or average first"));
    }
    let mut sweep = Sweep::new(create_graph);
    sweep.seed(tracked_edge("grad", loss)?, loss.ones_like()?)?;
    let targets = xs.iter().map(|x| tracked_edge("grad", x).map(Some)).collect::<Result<Vec<_>>>()?;
    let found = sweep.run_to(&targets)?;
    found.into_iter().zip(xs).map(|(g, x)| g.map_or_else(|| x.zeros_like(), Ok)).collect()
}

fn tracked_edge<'t>(op: &'static str, t: &'t Tensor) -> Result<&'t Edge> {
    t.edge().ok_or_else(|| Error::Graph {
        op,
        what: "the tensor is not tracked, so nothing is known of how it was made".into(),
        remedy: "call `tracked()` on the inputs, outside `no_grad`",
    })
}

/// A gradient slot for each output of a node.
type Pending = (Arc<Node>, Vec<Option<Tensor>>);

pub(super) struct Sweep {
    create_graph: bool,
    /// Nodes with gradients waiting, by age. The youngest has all its gradients: its users are younger still.
    pending: BTreeMap<u64, Pending>,
    leaves: Grads,
}

impl Sweep {
    pub fn new(create_graph: bool) -> Sweep {
        Sweep { create_graph, pending: BTreeMap::new(), leaves: Grads::default() }
    }

    /// Adds `grad` to what is known of the gradient at `edge`.
    pub fn seed(&mut self, edge: &Edge, grad: Tensor) -> Result<()> {
        let meta = &edge.node.outputs[edge.slot];
        if grad.shape() != &meta.shape || grad.dtype() != meta.dtype {
            let what = format!(
                "a gradient of shape {:?} and type {} came for a tensor of type {}",
                grad.shape(),
                grad.dtype(),
                meta.dtype
            );
            return Err(Error::shape(
                "backward",
                what,
                &[&meta.shape],
                "gradients have the shape and type of their tensor",
            ));
        }
        let entry = self.pending.entry(edge.node.seq);
        let (_, slots) = entry.or_insert_with(|| (edge.node.clone(), vec![None; edge.node.outputs.len()]));
        let slot = &mut slots[edge.slot];
        *slot = Some(match slot.take() {
            None => grad,
            Some(sum) if self.create_graph => with_recording(true, || sum.add(&grad))?,
            Some(sum) => with_recording(false, || sum.accumulate(&grad))?,
        });
        Ok(())
    }

    /// Sweeps until every target has its whole gradient, or to the leaves if no targets are given.
    pub fn run_to(&mut self, targets: &[Option<&Edge>]) -> Result<Vec<Option<Tensor>>> {
        let mut found: Vec<Option<Tensor>> = vec![None; targets.len()];
        let oldest = targets.iter().flatten().map(|e| e.node.seq).min().unwrap_or(0);
        while let Some((seq, (node, grads))) = self.pending.pop_last() {
            if seq < oldest {
                break;
            }
            for (slot, target) in found.iter_mut().zip(targets) {
                if let Some(edge) = target.filter(|e| e.node.seq == seq) {
                    *slot = grads[edge.slot].clone();
                }
            }
            if node.record.is_some() {
                self.step(&node, grads)?;
            } else if let Some(g) = grads.into_iter().next().flatten() {
                self.leaves.0.insert(seq, g);
            }
        }
        Ok(found)
    }

    /// One node: gradients of the outputs in, gradients of the inputs out to the parents.
    fn step(&mut self, node: &Arc<Node>, grads: Vec<Option<Tensor>>) -> Result<()> {
        let Some(record) = &node.record else { return Ok(()) };
        let name = record.op.name();
        let Saved { inputs, mut outputs } = record.saved(self.create_graph).ok_or_else(|| Error::Graph {
            op: name,
            what: "the record was freed by an earlier backward".into(),
            remedy: "differentiate once, or use `grad` with `create_graph`",
        })?;
        if self.create_graph {
            for (slot, y) in outputs.iter_mut().enumerate() {
                *y = y.take().map(|y| y.with_edge(Some(Edge { node: node.clone(), slot })));
            }
        }
        let needs: Vec<bool> = node.parents.iter().map(Option::is_some).collect();
        let cx = Vjp {
            name,
            inputs: &inputs,
            outputs: &outputs,
            metas: &record.inputs,
            output_metas: &node.outputs,
            grads: &grads,
            needs: &needs,
            higher_order: self.create_graph,
        };
        let input_grads = with_recording(self.create_graph, || record.op.vjp(&cx))?;
        for (edge, g) in node.parents.iter().zip(input_grads) {
            if let (Some(edge), Some(g)) = (edge, g) {
                self.seed(edge, g)?;
            }
        }
        Ok(())
    }
}

/// The same value at a new place on the tape.
pub(super) fn alias(x: &Tensor) -> Result<Tensor> {
    apply(Alias, &[x])
}

/// The identity, recorded.
#[derive(Debug)]
pub(crate) struct Alias;

impl Op for Alias {
    fn name(&self) -> &'static str {
        "alias"
    }
    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        Ok(one(x[0].detach()))
    }
    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::NOTHING)
    }
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        Ok(vec![Some(cx.grad()?)])
    }
}
