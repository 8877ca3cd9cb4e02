//! Comparing layers that do not read the time of a point where the published ones do, or the other way about.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use crate::nn::Scope;
use crate::tensor::Tensor;
use crate::{Error, Result};

/// Compares `results` with what was recorded under their names, and the recorded gradients of inputs and parameters. Of those
/// named in `points`, which are points of a hyperboloid, only the free coordinates have a gradient of their own: there
/// g_s + g₀ x_s/x₀ is compared.
pub(super) fn judge(
    fixture: &Fixture,
    scope: &Scope,
    inputs: &[(&str, &Tensor)],
    results: &[(&str, Tensor)],
    points: &[&str],
) -> Result<Report> {
    let mut report = Report::default();
    fixture.compare(&mut report, results)?;
    let grads = fixture.backward(results)?;
    let inputs = inputs.iter().map(|&(name, x)| (format!("in.{name}"), x.clone()));
    let leaves: Vec<_> = inputs.chain(scope.params().iter().map(|p| (format!("w.{}", p.name()), p.tensor()))).collect();
    for name in fixture.gradients() {
        let (_, leaf) = leaves.iter().find(|(known, _)| known == name).ok_or_else(|| Error::Argument {
            op: "golden",
            what: format!("the layer of {} has no {name}", fixture.case()),
            remedy: "record the gradients of what the layer has".into(),
        })?;
        let got = grads.get(leaf).cloned().map_or_else(|| leaf.zeros_like(), Ok)?;
        let want = fixture.get(&format!("grad.{name}"))?;
        let error = match points.contains(&name) {
            true => distance(&free(leaf, &got)?, &free(leaf, &want)?),
            false => distance(&got, &want),
        };
        report.check(format!("gradient of {name}"), error, TOLERANCE);
    }
    Ok(report)
}

/// A gradient by the ambient coordinates of points x as one by their space coordinates.
fn free(x: &Tensor, g: &Tensor) -> Result<Tensor> {
    let width = x.dims().last().copied().unwrap_or(0);
    let along = x.narrow(-1, 1, width)?.div(&x.narrow(-1, 0, 1)?)?;
    g.narrow(-1, 1, width)?.add(&g.narrow(-1, 0, 1)?.mul(&along)?)
}
