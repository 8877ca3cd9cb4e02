//! The loss of L-CLIP.

use super::Report;
use super::fixture::{Fixture, TOLERANCE, distance};
use crate::io::{RawTensor, TensorFile};
use crate::manifold::{Lorentz, Manifold};
use crate::nn::{ClipLoss, Scope};
use crate::{DType, Result};
use std::collections::BTreeMap;

/// Lengths and roots as published have 1e-8 added before they divide.
const FLOORED: f64 = 1e-7;

pub(super) fn run(fixture: &Fixture) -> Result<Report> {
    let [kappa, _] = fixture.curvatures()?;
    let (images, texts) = (fixture.get("in.img")?, fixture.get("in.txt")?);
    let theta = RawTensor::of(&fixture.get("in.ls")?)?;
    let file = TensorFile { tensors: BTreeMap::from([("logit_scale".into(), theta)]), ..TensorFile::default() };
    let loss = ClipLoss::new(&Scope::stored(fixture.case(), file, DType::F64), &kappa)?;
    let space = Lorentz::new(kappa)?.in_radius_coordinates();
    let mut report = Report::default();
    for (name, got, tolerance) in [
        // Recorded before they are scaled.
        ("image_logits", loss.logits(&images, &texts)?.div(&fixture.get("in.ls")?.exp()?)?, TOLERANCE),
        ("contrastive", loss.contrast(&images, &texts)?, TOLERANCE),
        ("aperture", space.half_aperture(&texts, 0.1)?, FLOORED),
        ("angle_meru", space.exterior_angle(&texts, &images)?, FLOORED),
        ("entail_meru", loss.entailment(&images, &texts)?, FLOORED),
    ] {
        report.check(name, distance(&got, &fixture.get(&format!("out.{name}"))?), tolerance);
    }
    for name in ["angle_as_coded", "entail_as_coded"] {
        report.skip(name, "the published angle is of all pairs and drops a coordinate; angle_meru is compared");
    }
    report.skip("gradients", "they contain the shares of the outputs as coded");
    Ok(report)
}
