//! Layers for images as published by HyperCore.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use super::layers::{judge, unknown, width};
use super::points;
use crate::nn::{HyperbolicBatchNorm, LorentzConv2d, Pass, PatchEmbedding, Space};
use crate::{Conv, Result, Rng};

/// Kernel, stride and padding are not recorded; these are those of the published cases, told apart by name.
pub(super) fn conv2d(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [from, to]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let (size, strides, paddings) = match fixture.case() {
        case if case.contains("k3p1") => ([3, 3], [1, 1], [1, 1]),
        case if case.contains("strided") => ([3, 2], [2, 1], [1, 0]),
        _ => return Err(unknown(fixture)),
    };
    let (inputs, outputs) = (width(fixture, "in.x")?, width(fixture, "out.y")? - 1);
    let layer = LorentzConv2d::new(&scope, inputs, outputs, size, Conv::default(), &from)?;
    let layer = layer.strides(strides).paddings(paddings).to_curvature(&to);
    points::judge(fixture, &scope, &[("x", &x)], &[("y", layer.forward(&x)?)], &["in.x"])
}

pub(super) fn patches(fixture: &Fixture) -> Result<Report> {
    let (scope, images, [kappa, _]) = (fixture.scope(), fixture.leaf("img")?, fixture.curvatures()?);
    let [_, channels, height, across] = fixture.dims("in.img")? else { return Err(unknown(fixture)) };
    let [_, patches, outputs] = fixture.dims("out.y")? else { return Err(unknown(fixture)) };
    let size = (height * across / patches).isqrt();
    let y = PatchEmbedding::new(&scope, *channels, outputs - 1, size, &kappa)?.forward(&images)?;
    judge(fixture, &scope, &[("img", &images)], &[("y", y)])
}

pub(super) fn average(fixture: &Fixture) -> Result<Report> {
    let (x, [kappa, _]) = (fixture.leaf("x")?, fixture.curvatures()?);
    let y = Space::lorentz(&kappa)?.mean(&x, &[1, 2], false)?;
    judge(fixture, &fixture.scope(), &[("x", &x)], &[("y", y)])
}

pub(super) fn batch_norm(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [kappa, _]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let layer = HyperbolicBatchNorm::new(&scope, width(fixture, "in.x")? - 1, &Space::lorentz(&kappa)?)?.by_sample();
    let y = layer.forward(&x, &Pass::train(Rng::new(0)))?;
    let mut report = points::judge(fixture, &scope, &[("x", &x)], &[("y", y)], &["in.x", "w.beta"])?;
    for state in scope.states() {
        let want = fixture.get(&format!("out.{}", state.name()))?;
        report.check(state.name(), distance(&state.tensor(), &want), TOLERANCE);
    }
    Ok(report)
}
