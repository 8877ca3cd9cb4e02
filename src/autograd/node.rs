//! The tape: one node an operation, pointing at the nodes of its inputs.

use super::op::Op;
use crate::dtype::DType;
use crate::tensor::{Device, Shape, Tensor};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Output `slot` of `node`.
#[derive(Clone)]
pub(crate) struct Edge {
    pub node: Arc<Node>,
    pub slot: usize,
}

/// A leaf (no record) or one run of an operation.
pub(crate) struct Node {
    /// Later nodes have larger numbers, so descending order is a valid order for the backward sweep.
    pub seq: u64,
    pub outputs: Vec<Meta>,
    pub parents: Vec<Option<Edge>>,
    pub record: Option<Record>,
}

pub(crate) struct Record {
    pub op: Arc<dyn Op>,
    pub inputs: Vec<Meta>,
    saved: Mutex<Option<Saved>>,
}

/// What the derivative needs of the forward run. Outputs are kept without their edge: a node must not own itself.
#[derive(Clone)]
pub(crate) struct Saved {
    pub inputs: Vec<Option<Tensor>>,
    pub outputs: Vec<Option<Tensor>>,
}

/// What is known of a tensor without holding its numbers.
#[derive(Clone)]
pub(crate) struct Meta {
    pub shape: Shape,
    pub dtype: DType,
    pub device: Device,
}

impl Meta {
    pub fn of(t: &Tensor) -> Meta {
        Meta { shape: t.shape().clone(), dtype: t.dtype(), device: t.device().clone() }
    }
}

impl Record {
    pub fn new(op: Arc<dyn Op>, inputs: Vec<Meta>, saved: Saved) -> Record {
        Record { op, inputs, saved: Mutex::new(Some(saved)) }
    }

    /// The saved tensors; gone afterwards unless `retain`. `None` if an earlier sweep took them.
    pub fn saved(&self, retain: bool) -> Option<Saved> {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if retain { saved.clone() } else { saved.take() }
    }
}

impl Node {
    pub fn new(outputs: Vec<Meta>, parents: Vec<Option<Edge>>, record: Option<Record>) -> Arc<Node> {
        static SEQ: AtomicU64 = AtomicU64::new(0);
        Arc::new(Node { seq: SEQ.fetch_add(1, Ordering::Relaxed), outputs, parents, record })
    }
}

impl Drop for Node {
    /// Takes the chain of parents apart in a loop: dropping it link by link would overflow the stack on long tapes.
    fn drop(&mut self) {
        let mut stack: Vec<Arc<Node>> = Vec::new();
        let release = |node: &mut Node, stack: &mut Vec<Arc<Node>>| {
            stack.extend(node.parents.drain(..).flatten().map(|e| e.node));
            if let Some(saved) = node.record.as_ref().and_then(|r| r.saved(false)) {
                // Saved inputs hold edges too; keep their nodes alive until the loop reaches them.
                let tensors = saved.inputs.iter().chain(&saved.outputs).flatten();
                stack.extend(tensors.filter_map(|t| t.edge().map(|e| e.node.clone())));
            }
        };
        release(self, &mut stack);
        while let Some(node) = stack.pop() {
            if let Ok(mut node) = Arc::try_unwrap(node) {
                release(&mut node, &mut stack);
            }
        }
    }
}
