//! The same composed of tensor operations, with the matrix of all scores: for derivatives of higher order, and to compare
//! with.

use super::AttentionOp;
use crate::Result;
use crate::autograd::{Outputs, one};
use crate::tensor::Tensor;

impl AttentionOp {
    pub(super) fn reference(&self, x: &[&Tensor]) -> Result<Outputs> {
        let inputs = self.inputs(x);
        let plan = self.plan(&inputs)?;
        let [q, k, v] = inputs.points;
        let (k, v) = (shared_out(k, plan.shared())?, shared_out(v, plan.shared())?);
        let products = q.matmul(&k.t()?)?;
        let scores = match inputs.lorentz {
            Some([kappa, temperature]) => {
                let c = one_of(kappa, q)?.recip()?.neg()?;
                let times = time(q, &c)?.matmul(&time(&k, &c)?.t()?)?;
                products.sub(&times)?.add(&c)?.mul_scalar(2.0)?.div(&one_of(temperature, q)?)?
            }
            None => products.mul_scalar(plan.alpha)?,
        };
        let hidden = plan.masks.tensor([plan.batch, plan.heads])?.to_device(q.device())?;
        let weights = scores.masked_fill(&hidden, f64::NEG_INFINITY)?.softmax(-1)?;
        let space = weights.matmul(&v)?;
        let Some(kappa) = inputs.centroid else { return Ok(one(space)) };
        let c = one_of(kappa, q)?.recip()?.neg()?;
        // The origin, where nothing is seen.
        let empty = weights.detach().sum(&[-1], true)?.neg()?.add_scalar(1.0)?;
        let mean_time = weights.matmul(&time(&v, &c)?)?.add(&empty.mul(&c.sqrt()?)?)?;
        let square = mean_time.square()?.sub(&space.square()?.sum(&[-1], true)?)?;
        let scale = c.div(&square)?.sqrt()?;
        let space = space.mul(&scale)?;
        Ok(one(if plan.space_only { space } else { Tensor::cat(&[&mean_time.mul(&scale)?, &space], -1)? }))
    }
}

/// √(c + |x|²) of the rows of x, which keep their axis.
fn time(x: &Tensor, c: &Tensor) -> Result<Tensor> {
    x.square()?.sum(&[-1], true)?.add(c)?.sqrt()
}

/// A tensor of one number as a scalar of the type of `like`.
fn one_of(x: &Tensor, like: &Tensor) -> Result<Tensor> {
    x.reshape([])?.to_dtype(like.dtype())
}

/// A copy of each head for each of the heads of queries that share it.
fn shared_out(x: &Tensor, shared: usize) -> Result<Tensor> {
    let &[batch, groups, rows, width] = x.dims() else { return Ok(x.clone()) };
    x.unsqueeze(2)?.broadcast_to([batch, groups, shared, rows, width])?.reshape([batch, groups * shared, rows, width])
}
