//! Layers as published by HyperCore and HELM: values, and gradients of inputs and parameters.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use crate::nn::{
    Activation, Input, LorentzActivation, LorentzEmbedding, LorentzFeedForward, LorentzLayerNorm, LorentzLinear,
    LorentzNormalization, LorentzResidual, LorentzRmsNorm, Scope,
};
use crate::tensor::Tensor;
use crate::{Error, Result};

/// Compares `results` with what was recorded under their names, then the gradients of the inputs and of the parameters in
/// `scope`. Parameters and inputs without a recorded gradient got none in the published code.
pub(super) fn judge(
    fixture: &Fixture,
    scope: &Scope,
    inputs: &[(&str, &Tensor)],
    results: &[(&str, Tensor)],
) -> Result<Report> {
    let mut report = Report::default();
    fixture.compare(&mut report, results)?;
    let grads = fixture.backward(results)?;
    let params = scope.params();
    for name in fixture.gradients() {
        let want = fixture.get(&format!("grad.{name}"))?;
        if let Some(reason) = inert(name, &want) {
            report.skip(name, reason);
            continue;
        }
        let got = if let Some(input) = name.strip_prefix("in.") {
            inputs.iter().find(|(n, _)| *n == input).and_then(|(_, x)| grads.get(x)).cloned()
        } else if let Some(place) = name.strip_prefix("w.").and_then(|n| n.strip_suffix(".k")) {
            // c = 1/|κ| = e^(−θ), so ∂/∂c = −(1/c) ∂/∂θ.
            let theta = params.iter().find(|p| p.name() == format!("{place}.theta"));
            let slope = theta.and_then(|p| grads.get(&p.tensor()));
            slope.map(|slope| slope.div(&fixture.get(name)?)?.neg()).transpose()?
        } else {
            params.iter().find(|p| name == format!("w.{}", p.name())).and_then(|p| grads.get(&p.tensor())).cloned()
        };
        let error = got.map_or(f64::INFINITY, |got| distance(&got, &want));
        report.check(format!("gradient of {name}"), error, TOLERANCE);
    }
    Ok(report)
}

/// Why a recorded gradient is nothing but rounding.
fn inert(name: &str, want: &Tensor) -> Option<&'static str> {
    let is_bias = matches!(name, "w.bias") || name.ends_with("attn.bias");
    let nothing = is_bias && want.to_f64_vec().iter().all(|g| g.abs() < 1e-12);
    nothing.then_some(
        "a number added to all scores of a query: the softmax does not see it, and there is no such parameter",
    )
}

/// The width of the last axis of a tensor.
pub(super) fn width(fixture: &Fixture, key: &str) -> Result<usize> {
    Ok(fixture.dims(key)?.last().copied().unwrap_or(0))
}

/// The case has a name that no function knows.
pub(super) fn unknown(fixture: &Fixture) -> Error {
    Error::Argument {
        op: "golden",
        what: format!("unknown case {}", fixture.case()),
        remedy: "give it the name of a published layer".into(),
    }
}

pub(super) fn linear(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [from, to]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let [outputs, inputs] = fixture.dims("w.linear.weight")? else { return Err(unknown(fixture)) };
    let mut layer = LorentzLinear::new(&scope, *inputs, *outputs, &from)?.to_curvature(&to);
    if fixture.case().contains("euc_input") {
        layer = layer.input(Input::PublishedFlat);
    } else if fixture.case().contains("heads") {
        layer = layer.heads(fixture.dims("out.y")?[2]);
    }
    let mut results = vec![("y", layer.forward(&x)?)];
    if fixture.has("out.space") {
        results.push(("space", layer.space(&x)?));
    }
    judge(fixture, &scope, &[("x", &x)], &results)
}

pub(super) fn activation(fixture: &Fixture) -> Result<Report> {
    let functions = [("relu", Activation::Relu), ("gelu", Activation::Gelu), ("silu", Activation::Silu)];
    let (_, function) =
        functions.into_iter().find(|(name, _)| fixture.case().contains(name)).ok_or_else(|| unknown(fixture))?;
    let (x, [from, to]) = (fixture.leaf("x")?, fixture.curvatures()?);
    let y = LorentzActivation::new(function, &from).to_curvature(&to).forward(&x)?;
    judge(fixture, &fixture.scope(), &[("x", &x)], &[("y", y)])
}

pub(super) fn layer_norm(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [from, to]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let layer = LorentzLayerNorm::new(&scope, width(fixture, "w.layer.weight")?, &from)?.to_curvature(&to);
    let y = layer.eps(fixture.number("eps")?).forward(&x)?;
    judge(fixture, &scope, &[("x", &x)], &[("y", y)])
}

pub(super) fn rms_norm(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [from, to]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let dim = width(fixture, "w.weight")?;
    let layer = LorentzRmsNorm::new(&scope, dim, fixture.number("eps")?, &from)?.to_curvature(&to);
    let mut results = vec![("y", layer.forward(&x)?)];
    if fixture.has("out.space") {
        results.push(("space", layer.space(&x.narrow(-1, 1, dim + 1)?)?));
    }
    judge(fixture, &scope, &[("x", &x)], &results)
}

pub(super) fn normalization(fixture: &Fixture) -> Result<Report> {
    let (x, [from, to]) = (fixture.leaf("x")?, fixture.curvatures()?);
    let y = LorentzNormalization::new(&from).to_curvature(&to).forward(&x)?;
    judge(fixture, &fixture.scope(), &[("x", &x)], &[("y", y)])
}

pub(super) fn residual(fixture: &Fixture) -> Result<Report> {
    let (scope, [from, to]) = (fixture.scope(), fixture.curvatures()?);
    let (x, y) = (fixture.leaf("x")?, fixture.leaf("y")?);
    if fixture.case().contains("weight_arg") {
        let w = fixture.leaf("w")?;
        let layer = LorentzResidual::unweighted(&from).scale(fixture.number("scale")?).to_curvature(&to);
        let z = layer.weighted(&x, &y, &w)?;
        return judge(fixture, &scope, &[("x", &x), ("y", &y), ("w", &w)], &[("y", z)]);
    }
    let mut layer = LorentzResidual::new(&scope, &from)?.to_curvature(&to);
    if fixture.case().contains("fixed_scale") {
        layer = layer.scale(fixture.number("scale")?);
    } else if fixture.case().contains("learned_scale") {
        layer = layer.learned_scale(&scope, 1.0)?;
    }
    let z = layer.forward(&x, &y)?;
    judge(fixture, &scope, &[("x", &x), ("y", &y)], &[("y", z)])
}

pub(super) fn feed_forward(fixture: &Fixture) -> Result<Report> {
    let (scope, x, [kappa, _]) = (fixture.scope(), fixture.leaf("x")?, fixture.curvatures()?);
    let inner = width(fixture, "w.w2.linear.weight")?;
    let y = LorentzFeedForward::new(&scope, width(fixture, "in.x")?, inner, &kappa)?.forward(&x)?;
    judge(fixture, &scope, &[("x", &x)], &[("y", y)])
}

pub(super) fn embedding(fixture: &Fixture) -> Result<Report> {
    let (scope, [own, to]) = (fixture.scope(), fixture.curvatures()?);
    let [tokens, dim] = fixture.dims("w.embedding")? else { return Err(unknown(fixture)) };
    let mut layer = LorentzEmbedding::new(&scope, *tokens, *dim, own.value()?, &to)?;
    if fixture.has("w.poisitional_encoding") {
        layer = layer.positions(&scope, fixture.dims("w.poisitional_encoding")?[0], *dim)?;
    }
    judge(fixture, &scope, &[], &[("y", layer.forward(&fixture.integers("in.tok")?)?)])
}
