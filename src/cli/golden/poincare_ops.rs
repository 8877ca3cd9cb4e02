//! Functions of the Poincaré ball as published by HyperCore and geoopt.

use super::Report;
use super::fixture::Fixture;
use crate::Result;
use crate::manifold::{Manifold, PoincareBall};
use crate::tensor::Tensor;

pub(super) fn run(fixture: &Fixture) -> Result<Report> {
    let c = fixture.number("c")?;
    let ball = PoincareBall::with_curvature_magnitude(c)?;
    let [x, y, u, v0, z] = ["x", "y", "u", "v0", "z"].map(|name| fixture.get(&format!("in.{name}")));
    let (x, y, u, v0, z) = (x?, y?, u?, v0?, z?);
    let points = y.dims()[0];
    let classes = fixture.get("out.mlr")?.dims()[1];
    let weights = z.narrow(1, 0, points)?.softmax(-1)?;
    let planes = z.narrow(0, 0, classes)?;
    let results = [
        ("mobius_add", ball.mobius_add(&x, &y)?),
        ("dist", ball.dist(&x, &y)?),
        ("sqdist", ball.dist2(&x, &y)?),
        ("expmap0", ball.exp_map0(&v0)?),
        ("logmap0", ball.log_map0(&y)?),
        ("expmap", ball.exp_map(&x, &u)?),
        ("logmap", ball.log_map(&x, &y)?),
        ("ptransp", ball.parallel_transport(&x, &y, &u)?),
        ("ptransp0", ball.parallel_transport_from0(&y, &v0)?),
        // M ⊗ x = exp₀(M log₀ x)
        ("matvec", ball.exp_map0(&ball.log_map0(&x)?.matmul(&z.t()?)?)?),
        ("midpoint", midpoint(&x, c)?),
        ("wmidpoint", weighted_midpoint(&weights, &y, &ball, c)?),
        ("mlr", published_mlr(&x, &planes, &planes.select(1, 0)?, c)?),
        ("mlr_nobias", published_mlr(&x, &planes, &Tensor::zeros(classes, x.dtype(), x.device())?, c)?),
    ];
    let mut report = Report::default();
    fixture.compare(&mut report, &results)?;
    report.skip("gradients", "the published code detaches the conformal factor, so its gradients are wrong");
    Ok(report)
}

/// The Einstein midpoint of the rows: with γ² = 1/(1 − c|x|²), m = Σ γ² x/(Σ γ² − n/2), halved on the way back.
fn midpoint(x: &Tensor, c: f64) -> Result<Tensor> {
    let gamma2 = |x: &Tensor| x.square()?.sum(&[-1], true)?.mul_scalar(-c)?.add_scalar(1.0)?.recip();
    let g = gamma2(x)?;
    let m = g.mul(x)?.sum(&[0], true)?.div(&g.sum(&[0], true)?.add_scalar(-0.5 * x.dims()[0] as f64)?)?;
    let gm = gamma2(&m)?.sqrt()?;
    gm.div(&gm.add_scalar(1.0)?)?.mul(&m)
}

/// The weighted gyro-midpoint: t = Σ w λ x/Σ |w| (λ − 1), then t/(1 + √(1 + c|t|²)).
fn weighted_midpoint(w: &Tensor, x: &Tensor, ball: &PoincareBall, c: f64) -> Result<Tensor> {
    let lambda = ball.conformal_factor(x)?.unsqueeze(-1)?;
    let t = w.matmul(&lambda.mul(x)?)?.div(&w.abs()?.matmul(&lambda.add_scalar(-1.0)?)?)?;
    t.div(&t.square()?.sum(&[-1], true)?.mul_scalar(c)?.add_scalar(1.0)?.sqrt()?.add_scalar(1.0)?)
}

/// Signed distances to hyperplanes, (2|z|/√c) asinh(√cΛ/|z| ⟨x,z⟩ cosh(2√c r) − (Λ − 1) sinh(2√c r)), with Λ as the
/// published code has it: 2(1 − c|x|²), where the conformal factor 2/(1 − c|x|²) belongs.
fn published_mlr(x: &Tensor, planes: &Tensor, r: &Tensor, c: f64) -> Result<Tensor> {
    let s = c.sqrt();
    let z = planes.norm(&[-1], false)?;
    let inverted = x.square()?.sum(&[-1], true)?.mul_scalar(-2.0 * c)?.add_scalar(2.0)?;
    let angle = r.mul_scalar(2.0 * s)?;
    let along = x.matmul(&planes.t()?)?.mul(&inverted)?.mul_scalar(s)?.div(&z)?.mul(&angle.cosh()?)?;
    let offset = inverted.add_scalar(-1.0)?.mul(&angle.sinh()?)?;
    along.sub(&offset)?.asinh()?.mul(&z)?.mul_scalar(2.0 / s)
}
