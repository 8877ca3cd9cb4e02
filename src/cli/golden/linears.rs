//! Linear layers and classifiers as published by HyperCore.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use super::layers::{judge, width};
use super::points;
use crate::Result;
use crate::nn::{
    Activation, HybonetLinear, HyperbolicActivation, HyperbolicLinear, LorentzCls, LorentzMlr, Pass, Score, Space,
};

pub(super) fn hybonet(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [kappa, _]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let layer = HybonetLinear::new(&scope, width(fixture, "in.x")?, width(fixture, "out.y")?, &kappa)?;
    // The activation is recorded in the name alone.
    let layer = if fixture.case().contains("relu") { layer.activation(Activation::Relu) } else { layer };
    let y = layer.forward(&x, &Pass::evaluate())?;
    judge(fixture, &scope, &[("x", &x)], &[("y", y)])
}

pub(super) fn at_origin_poincare(fixture: &Fixture) -> Result<Report> {
    let (scope, x) = (fixture.scope(), fixture.leaf("x")?);
    let ball = Space::poincare(&(-fixture.get("w.c")?.to_f64_vec()[0]).into())?;
    let y = HyperbolicLinear::new(&scope, width(fixture, "in.x")?, width(fixture, "out.y")?, &ball)?.forward(&x)?;
    let act = HyperbolicActivation::new(Activation::Tanh, &ball).forward(&y)?;
    judge(fixture, &scope, &[("x", &x)], &[("y", y), ("act", act)])
}

pub(super) fn at_origin_lorentz(fixture: &Fixture) -> Result<Report> {
    let [kappa, _] = fixture.curvatures()?;
    // As published the activation follows the recorded result.
    let act = HyperbolicActivation::new(Activation::Tanh, &Space::lorentz(&kappa)?).forward(&fixture.get("out.y")?)?;
    let mut report = Report::default();
    report.check("act", distance(&act, &fixture.get("out.act")?), TOLERANCE);
    let reason = "the published matrix gives tangents at the origin a time, which none has, and swaps base point and tangent \
                  of the bias; the layer is held against the one on the ball instead";
    ["y", "y_nobias", "gradients"].iter().for_each(|what| report.skip(*what, reason));
    Ok(report)
}

pub(super) fn lorentz_mlr(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [kappa, _]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let y = LorentzMlr::new(&scope, width(fixture, "w.z")?, width(fixture, "out.y")?, &kappa)?.forward(&x)?;
    judge(fixture, &scope, &[("x", &x)], &[("y", y)])
}

pub(super) fn lorentz_cls(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [kappa, _]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let layer = LorentzCls::new(&scope, width(fixture, "in.x")? - 1, width(fixture, "w.bias")?, &kappa)?;
    let results = [
        ("neg_dist", layer.forward(&x, Score::Distance)?),
        ("prob", layer.forward(&x, Score::Proximity)?),
        ("neg_log_prob", layer.forward(&x, Score::LogProximity)?),
    ];
    points::judge(fixture, &scope, &[("x", &x)], &results, &["in.x", "w.cls"])
}
