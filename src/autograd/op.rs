//! What an operation is, and how one is run.

use super::mode::{Mode, mode};
use super::node::{Edge, Meta, Node, Record, Saved};
use super::sweep::{self, Sweep};
use crate::dtype::DType;
use crate::tensor::{Shape, Tensor};
use crate::{Error, Result};
use smallvec::{SmallVec, smallvec};
use std::fmt::Debug;
use std::sync::Arc;

/// The results of an operation; nearly always one.
pub type Outputs = SmallVec<[Tensor; 1]>;

pub(crate) fn one(t: Tensor) -> Outputs {
    smallvec![t]
}

/// An operation on tensors: how to compute it and how to differentiate it.
///
/// Nothing here has a default: an operation says what it needs for its derivative, or that it has none.
pub trait Op: Debug + Send + Sync + 'static {
    /// The name in the registry and in messages.
    fn name(&self) -> &'static str;

    /// Computes the outputs. Inputs may have any layout; outputs are untracked. Checks shapes and types.
    fn forward(&self, inputs: &[&Tensor]) -> Result<Outputs>;

    /// What `vjp` will look at, or `None` if the operation has no derivative. Outputs of integer type never get one.
    fn saves(&self, needs: &[bool]) -> Option<Saves>;

    /// Gradients of Σ ⟨grad, output⟩ for the inputs that [`Vjp::needs`] one.
    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>>;
}

/// The tensors that a derivative reads: bit i stands for input or output i.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saves {
    /// Inputs.
    pub inputs: u32,
    /// Outputs.
    pub outputs: u32,
}

impl Saves {
    /// Shapes are enough.
    pub const NOTHING: Saves = Saves { inputs: 0, outputs: 0 };
    /// Every input.
    pub const INPUTS: Saves = Saves { inputs: u32::MAX, outputs: 0 };
    /// The outputs alone.
    pub const OUTPUTS: Saves = Saves { inputs: 0, outputs: u32::MAX };
    /// Everything.
    pub const ALL: Saves = Saves { inputs: u32::MAX, outputs: u32::MAX };
}

/// What a derivative has to work with.
pub struct Vjp<'a> {
    pub(super) name: &'static str,
    pub(super) inputs: &'a [Option<Tensor>],
    pub(super) outputs: &'a [Option<Tensor>],
    pub(super) metas: &'a [Meta],
    pub(super) output_metas: &'a [Meta],
    pub(super) grads: &'a [Option<Tensor>],
    pub(super) needs: &'a [bool],
    pub(super) higher_order: bool,
}

impl Vjp<'_> {
    /// How many inputs the operation had.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.metas.len()
    }

    /// Saved input `i`.
    pub fn input(&self, i: usize) -> Result<&Tensor> {
        self.inputs.get(i).and_then(Option::as_ref).ok_or_else(|| self.unsaved("input", i))
    }

    /// Saved output `i`.
    pub fn output(&self, i: usize) -> Result<&Tensor> {
        self.outputs.get(i).and_then(Option::as_ref).ok_or_else(|| self.unsaved("output", i))
    }

    fn unsaved(&self, what: &str, i: usize) -> Error {
        let what = format!("derivative asks for {what} {i}, which was not saved");
        Error::Graph { op: self.name, what, remedy: "name it in `Op::saves`" }
    }

    /// The gradient of output 0 (zeros if only other outputs were used).
    pub fn grad(&self) -> Result<Tensor> {
        self.grad_of(0)
    }

    /// The gradient of output `i`, zeros if it was not used.
    pub fn grad_of(&self, i: usize) -> Result<Tensor> {
        match &self.grads[i] {
            Some(g) => Ok(g.clone()),
            None => {
                let Meta { shape, dtype, device } = &self.output_metas[i];
                Tensor::zeros(shape, *dtype, device)
            }
        }
    }

    /// Whether input `i` wants a gradient.
    pub fn needs(&self, i: usize) -> bool {
        self.needs[i]
    }

    /// The shape of input `i`, saved or not.
    pub fn shape(&self, i: usize) -> &Shape {
        &self.metas[i].shape
    }

    /// The number type of input `i`, saved or not.
    pub fn dtype(&self, i: usize) -> DType {
        self.metas[i].dtype
    }

    /// Whether the gradients will be differentiated again: then they must be made of recorded operations.
    pub fn higher_order(&self) -> bool {
        self.higher_order
    }

    /// The derivative of `reference`, a composition of other operations that equals this one: how fused operations
    /// are differentiated more than once. Needs every input saved.
    pub fn by_reference(&self, reference: impl FnOnce(&[Tensor]) -> Result<Outputs>) -> Result<Vec<Option<Tensor>>> {
        // Fresh nodes, so that the sweep stops here even where one input was computed from another.
        let inputs: Vec<Tensor> = (0..self.metas.len())
            .map(|i| if self.needs[i] { sweep::alias(self.input(i)?) } else { self.input(i).cloned() })
            .collect::<Result<_>>()?;
        let outputs = reference(&inputs)?;
        let mut sweep = Sweep::new(true);
        for (output, grad) in outputs.iter().zip(self.grads) {
            if let (Some(edge), Some(grad)) = (output.edge(), grad) {
                sweep.seed(edge, grad.clone())?;
            }
        }
        let targets: Vec<Option<&Edge>> = inputs.iter().zip(self.needs).map(|(x, &n)| x.edge().filter(|_| n)).collect();
        sweep.run_to(&targets)
    }
}

/// Runs an operation with one output, recording it if an input is tracked.
pub fn apply(op: impl Op, inputs: &[&Tensor]) -> Result<Tensor> {
    let name = op.name();
    apply_multi(op, inputs)?.into_iter().next().ok_or(Error::Graph {
        op: name,
        what: "no output".into(),
        remedy: "return at least one tensor from `Op::forward`",
    })
}

/// Runs an operation, recording it if an input is tracked.
pub fn apply_multi(op: impl Op, inputs: &[&Tensor]) -> Result<Outputs> {
    run(Arc::new(op), inputs)
}

/// Compiled once, not for each operation.
fn run(op: Arc<dyn Op>, inputs: &[&Tensor]) -> Result<Outputs> {
    debug_assert!(crate::ops::is_registered(op.name()), "{} is not in the registry", op.name());
    if inputs.iter().any(|x| !x.device().shares_memory(inputs[0].device())) {
        let devices = inputs.iter().map(|x| x.device().to_string()).collect();
        return Err(Error::Devices { op: op.name(), devices });
    }
    let needs: Vec<bool> = inputs.iter().map(|x| x.is_tracked()).collect();
    let tracked = needs.contains(&true);
    if mode() == Mode::Off || !tracked {
        return op.forward(inputs);
    }
    if mode() == Mode::Sealed {
        return Err(Error::Graph {
            op: op.name(),
            what: "a tracked tensor was captured by a checkpointed function".into(),
            remedy: "pass it to `checkpoint` as an input, or detach it",
        });
    }
    let mut outputs = op.forward(inputs)?;
    if outputs.iter().all(|y| !y.dtype().is_float()) {
        return Ok(outputs);
    }
    let saves = op.saves(&needs).ok_or(Error::NoBackward { op: op.name() })?;
    let keep = |mask: u32, i: usize| mask >> i.min(31) & 1 == 1;
    let saved = Saved {
        inputs: inputs.iter().enumerate().map(|(i, x)| keep(saves.inputs, i).then(|| (*x).clone())).collect(),
        outputs: outputs.iter().enumerate().map(|(i, y)| keep(saves.outputs, i).then(|| y.clone())).collect(),
    };
    let record = Record::new(op, inputs.iter().map(|x| Meta::of(x)).collect(), saved);
    let parents = inputs.iter().map(|x| x.edge().cloned()).collect();
    let node = Node::new(outputs.iter().map(Meta::of).collect(), parents, Some(record));
    for (slot, y) in outputs.iter_mut().enumerate().filter(|(_, y)| y.dtype().is_float()) {
        *y = y.with_edge(Some(Edge { node: node.clone(), slot }));
    }
    Ok(outputs)
}
