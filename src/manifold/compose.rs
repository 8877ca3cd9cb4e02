//! Functions that follow from others, for manifolds that have no form of their own. They are evaluated in f64, so that f32
//! rows are rounded once.

use super::Manifold;
use crate::{DType, Result, Tensor};

/// `f` of arguments widened from f32.
pub(super) fn widely<const N: usize>(
    args: [&Tensor; N],
    f: impl FnOnce([&Tensor; N]) -> Result<Tensor>,
) -> Result<Tensor> {
    if args[0].dtype() != DType::F32 {
        return f(args);
    }
    let wide: Vec<Tensor> = args.iter().map(|x| x.to_dtype(DType::F64)).collect::<Result<_>>()?;
    f(std::array::from_fn(|i| &wide[i]))?.to_dtype(DType::F32)
}

/// exp_x(s log_x y).
pub(super) fn geodesic<M: Manifold + ?Sized>(m: &M, x: &Tensor, y: &Tensor, s: f64) -> Result<Tensor> {
    widely([x, y], |[x, y]| m.exp_map(x, &m.log_map(x, y)?.mul_scalar(s)?))
}

/// exp_x of log_o y brought to x.
pub(super) fn mobius_add<M: Manifold + ?Sized>(m: &M, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    widely([x, y], |[x, y]| m.exp_map(x, &m.parallel_transport_from0(x, &m.log_map0(y)?)?))
}

/// exp_o(r log_o x).
pub(super) fn mobius_scale<M: Manifold + ?Sized>(m: &M, x: &Tensor, r: f64) -> Result<Tensor> {
    widely([x], |[x]| m.exp_map0(&m.log_map0(x)?.mul_scalar(r)?))
}

/// The hyperplane through exp_o(r ẑ) orthogonal to ẑ brought there, ẑ = z/|z|.
pub(super) fn hyperplane_dist0<M: Manifold + ?Sized>(m: &M, x: &Tensor, z: &Tensor, r: &Tensor) -> Result<Tensor> {
    widely([x, z, r], |[x, z, r]| {
        let origin = m.exp_map0(&z.zeros_like()?)?;
        let length = m.norm(&origin, z)?.unsqueeze(-1)?;
        // 0 has no direction; it stays 0.
        let (zero, one) = (length.zeros_like()?, length.ones_like()?);
        let direction = z.div(&length.eq(&zero)?.select_from(&one, &length)?)?;
        let p = m.exp_map0(&direction.mul(&r.unsqueeze(-1)?)?)?;
        m.hyperplane_dist(x, &p, &m.parallel_transport_from0(&p, &direction)?)
    })
}
