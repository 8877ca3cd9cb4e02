//! Trading time for memory: keep the inputs of a piece of a model, compute its inside again when it is differentiated.

use super::mode::{Mode, with_mode, with_recording};
use super::op::{Op, Outputs, Saves, Vjp, apply, one};
use super::sweep::Sweep;
use crate::Result;
use crate::tensor::Tensor;
use std::fmt;
use std::sync::Arc;

type Function = dyn Fn(&[Tensor]) -> Result<Tensor> + Send + Sync;

/// `f(xs)`, keeping only `xs` for the backward sweep, which runs `f` again.
///
/// `f` must give the same result each time (counter-based randomness does). Every tracked tensor that it uses must be
/// among `xs`: capturing one is an error, since its gradient would be lost.
///
/// ```
/// # use beltrami::{Tensor, checkpoint};
/// let x = Tensor::from(0.5_f64).tracked();
/// let y = checkpoint(|x| x[0].exp()?.tanh(), &[&x])?;
/// let g = y.backward()?;
/// let e = 0.5_f64.exp();
/// assert!((g.get(&x).unwrap().to_scalar::<f64>()? - e / e.cosh().powi(2)).abs() < 1e-15);
/// # Ok::<(), beltrami::Error>(())
/// ```
pub fn checkpoint(f: impl Fn(&[Tensor]) -> Result<Tensor> + Send + Sync + 'static, xs: &[&Tensor]) -> Result<Tensor> {
    apply(Checkpoint(Arc::new(f)), xs)
}

pub(crate) struct Checkpoint(Arc<Function>);

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checkpoint")
    }
}

impl Op for Checkpoint {
    fn name(&self) -> &'static str {
        "checkpoint"
    }

    fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
        let x: Vec<Tensor> = x.iter().map(|x| x.detach()).collect();
        with_mode(Mode::Sealed, || (self.0)(&x)).map(one)
    }

    fn saves(&self, _: &[bool]) -> Option<Saves> {
        Some(Saves::INPUTS)
    }

    fn vjp(&self, cx: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
        if cx.higher_order() {
            return cx.by_reference(|x| (self.0)(x).map(one));
        }
        let fresh = |i: usize| cx.input(i).map(|x| if cx.needs(i) { x.tracked() } else { x.detach() });
        let x = (0..cx.inputs.len()).map(fresh).collect::<Result<Vec<_>>>()?;
        let y = with_recording(true, || (self.0)(&x))?;
        let mut sweep = Sweep::new(false);
        if let Some(edge) = y.edge() {
            sweep.seed(edge, cx.grad()?)?;
        }
        sweep.run_to(&x.iter().map(Tensor::edge).collect::<Vec<_>>())
    }
}
