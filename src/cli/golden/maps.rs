//! The maps between hyperboloid and ball as published by HyperCore, which are right for c = 1 only.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use crate::Result;
use crate::manifold::{Lorentz, PoincareBall};
use crate::tensor::Tensor;

/// The published way to the hyperboloid adds this to the denominator, and so leaves the hyperboloid.
const PUBLISHED: f64 = 1e-6;

pub(super) fn run(fixture: &Fixture) -> Result<Report> {
    let (x, p) = (fixture.leaf("x")?, fixture.leaf("p")?);
    let exact = PoincareBall::new(-1.0)?.to_lorentz(&p.detach())?;
    let results = [("to_poincare", Lorentz::new(-1.0)?.to_poincare(&x)?), ("to_lorentz", published(&p)?)];
    let mut report = Report::default();
    fixture.compare(&mut report, &results)?;
    report.check("to_lorentz, exact", distance(&exact, &results[1].1.detach()), published_error(&p)?);
    let grads = fixture.backward(&results)?;
    let of = |t: &Tensor| grads.get(t).cloned().map_or_else(|| t.zeros_like(), Ok);
    // The published functions read the time of a point, ours do not: compared is the gradient in the space part.
    let space = |t: &Tensor| t.narrow(-1, 1, t.dims()[t.rank() - 1]);
    let time = |t: &Tensor| t.narrow(-1, 0, 1);
    let (recorded, point) = (fixture.get("grad.in.x")?, x.detach());
    let want = space(&recorded)?.add(&time(&recorded)?.mul(&space(&point)?)?.div(&time(&point)?)?)?;
    report.check("gradient of x", distance(&space(&of(&x)?)?, &want), TOLERANCE);
    report.check("gradient of p", distance(&of(&p)?, &fixture.get("grad.in.p")?), TOLERANCE);
    Ok(report)
}

/// (1 + |p|², 2p)/(1 − |p|² + 1e-6).
fn published(p: &Tensor) -> Result<Tensor> {
    let p2 = p.square()?.sum(&[-1], true)?;
    let rows = Tensor::cat(&[&p2.add_scalar(1.0)?, &p.mul_scalar(2.0)?], -1)?;
    rows.div(&p2.neg()?.add_scalar(1.0 + PUBLISHED)?)
}

/// The relative error of that: 1e-6/(1 − |p|²) at the row where it is largest.
fn published_error(p: &Tensor) -> Result<f64> {
    let p2 = p.detach().square()?.sum(&[-1], false)?.to_vec::<f64>()?;
    Ok(p2.into_iter().fold(0.0, |worst: f64, p2| worst.max(1.01 * PUBLISHED / (1.0 - p2))))
}
