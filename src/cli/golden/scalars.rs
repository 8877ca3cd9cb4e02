//! Learning-rate schedule and Fermi–Dirac decoder.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use crate::Result;
use crate::optim::schedule::{Cosine, Schedule, Warmup};
use crate::tensor::Tensor;

pub(super) fn schedule(fixture: &Fixture) -> Result<Report> {
    let (warmup, total) = (fixture.number("warmup")? as usize, fixture.number("total")? as usize);
    let cosine = Cosine { steps: total.saturating_sub(warmup), min_ratio: fixture.number("min_lr_ratio")? };
    let rule = Warmup { steps: warmup }.then(warmup, cosine);
    let want = fixture.get("out.lr_mult")?;
    let got: Vec<f64> = (0..want.numel()).map(|step| rule.multiplier(step)).collect();
    let mut report = Report::default();
    report.check("lr_mult", distance(&Tensor::from_slice(&got, got.len())?, &want), TOLERANCE);
    Ok(report)
}

/// p = 1/(e^((d − r)/t) + 1) = σ((r − d)/t) (Krioukov et al. 2010; the link decoder of HGCN).
pub(super) fn fermi_dirac(fixture: &Fixture) -> Result<Report> {
    let (r, t) = (fixture.number("r")?, fixture.number("t")?);
    let d = fixture.leaf("d")?;
    let results = [("p", d.neg()?.add_scalar(r)?.mul_scalar(1.0 / t)?.sigmoid()?)];
    let mut report = Report::default();
    fixture.compare(&mut report, &results)?;
    let grads = fixture.backward(&results)?;
    let got =
        grads.get(&d).map_or(f64::INFINITY, |g| fixture.get("grad.in.d").map_or(f64::INFINITY, |w| distance(g, &w)));
    report.check("gradient of d", got, TOLERANCE);
    Ok(report)
}
