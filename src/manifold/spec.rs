//! What a manifold is, as text: stored in file metadata, compared on loading.

use super::{Euclidean, HalfSpace, Lorentz, Manifold, PoincareBall, Solvable, matrix};
use crate::{Error, Result};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Kind, curvature and coordinates of a manifold: `poincare(kappa=-1)`, `lorentz(kappa=-0.5,radius)`, `euclidean`; or the
/// kind and size of one of matrices: `spd3` (affine-invariant), `spd_log3` (log-Euclidean), `stiefel(5,2)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// `lorentz`, `poincare`, `halfspace`, `solvable` or `euclidean`; or the whole text, size included, for manifolds of
    /// matrices.
    pub kind: String,
    /// Sectional curvature; 0 for flat space and for matrices, whose curvature is not constant.
    pub kappa: f64,
    /// Whether the model's radius follows κ (see [`Coordinates`](super::Coordinates)); else unit coordinates.
    pub radius: bool,
}

impl Spec {
    /// The manifold that this describes.
    pub fn build(&self) -> Result<Arc<dyn Manifold>> {
        Ok(match (self.kind.as_str(), self.radius) {
            ("lorentz", false) => Arc::new(Lorentz::new(self.kappa)?),
            ("lorentz", true) => Arc::new(Lorentz::with_radius_sq(-1.0 / self.kappa)?),
            ("poincare", false) => Arc::new(PoincareBall::new(self.kappa)?),
            ("poincare", true) => Arc::new(PoincareBall::with_curvature_magnitude(-self.kappa)?),
            ("halfspace", false) => Arc::new(HalfSpace::new(self.kappa)?),
            ("halfspace", true) => Arc::new(HalfSpace::with_curvature_magnitude(-self.kappa)?),
            ("solvable", false) => Arc::new(Solvable::new(self.kappa)?),
            ("solvable", true) => Arc::new(Solvable::with_curvature_magnitude(-self.kappa)?),
            ("euclidean", _) => Arc::new(Euclidean::flat()?),
            (other, _) => return matrix::parse(other).ok_or_else(|| unknown(other)),
        })
    }
}

fn unknown(text: &str) -> Error {
    Error::Argument {
        op: "manifold",
        what: format!("unknown manifold {text:?}"),
        remedy: "choose poincare, lorentz, halfspace, solvable or euclidean, as in \"lorentz(kappa=-1)\", or spd3, spd_log3, stiefel(5,2)"
            .into(),
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind.as_str(), self.radius) {
            (kind, _) if self.kappa == 0.0 => f.write_str(kind),
            (kind, true) => write!(f, "{kind}(kappa={},radius)", self.kappa),
            (kind, false) => write!(f, "{kind}(kappa={})", self.kappa),
        }
    }
}

impl FromStr for Spec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Spec> {
        if let Some(matrices) = matrix::parse(text) {
            return Ok(matrices.spec());
        }
        let (kind, arguments) = match text.split_once('(') {
            Some((kind, rest)) => (kind, rest.strip_suffix(')').ok_or_else(|| unknown(text))?),
            None => (text, ""),
        };
        let flat = kind == "euclidean";
        if !flat && !["lorentz", "poincare", "halfspace", "solvable"].contains(&kind) {
            return Err(unknown(text));
        }
        let mut spec = Spec { kind: kind.into(), kappa: if flat { 0.0 } else { -1.0 }, radius: false };
        for argument in arguments.split(',').filter(|a| !a.is_empty()) {
            match argument.split_once('=') {
                Some(("kappa", value)) => spec.kappa = value.parse().map_err(|_| unknown(text))?,
                None if argument == "radius" => spec.radius = true,
                _ => return Err(unknown(text)),
            }
        }
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trip() -> Result<()> {
        for text in [
            "poincare(kappa=-1)",
            "lorentz(kappa=-0.3333333333333333,radius)",
            "halfspace(kappa=-2)",
            "euclidean",
            "spd3",
            "spd_log2",
            "stiefel(5,2)",
        ] {
            let spec: Spec = text.parse()?;
            assert_eq!(spec.to_string(), text);
            assert_eq!(spec.build()?.spec(), spec);
        }
        assert_eq!("lorentz".parse::<Spec>()?.kappa, -1.0);
        for wrong in ["poincaré", "lorentz(kappa=x)", "lorentz(kappa=-1", "poincare(radius=2)", "spd0", "stiefel(2,3)"]
        {
            assert!(wrong.parse::<Spec>().is_err(), "{wrong}");
        }
        Ok(())
    }
}
