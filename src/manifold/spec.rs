//! What a manifold is, as text: stored in file metadata, compared on loading.

use super::{
    Curvature, Euclidean, HalfSpace, Lorentz, Manifold, PoincareBall, Product, Solvable, Sphere, Stereographic, matrix,
};
use crate::{Error, Result};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Kind, curvature and coordinates of a manifold: `poincare(kappa=-1)`, `lorentz(kappa=-0.5,radius)`, `euclidean`; the
/// kind and size of one of matrices: `spd3` (affine-invariant), `spd_log3` (log-Euclidean), `stiefel(5,2)`; the factors of a
/// product with their dimensions: `h8,h8(kappa=-0.5),e4`.
///
/// In a product h is `lorentz`, p `poincare`, e `euclidean`, s `sphere`, any other kind its name, as in `name8`; a
/// curvature that is not written is the kind's usual one (−1, 0 or 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// `lorentz`, `poincare`, `halfspace`, `solvable`, `euclidean`, `sphere`, `stereographic` or `product`; or the whole
    /// text, size included, for manifolds of matrices.
    pub kind: String,
    /// Sectional curvature; 0 for flat space, for matrices, whose curvature is not constant, and for products.
    pub kappa: f64,
    /// Whether the model's radius follows κ (see [`Coordinates`](super::Coordinates)); else unit coordinates.
    pub radius: bool,
    /// The factors of a product, each with its dimension.
    pub factors: Vec<(Spec, usize)>,
}

/// Kinds that have a letter in products.
const LETTERS: [(&str, &str); 4] = [("h", "lorentz"), ("p", "poincare"), ("e", "euclidean"), ("s", "sphere")];

/// Kinds and their usual curvatures.
const KINDS: [(&str, f64); 7] = [
    ("lorentz", -1.0),
    ("poincare", -1.0),
    ("halfspace", -1.0),
    ("solvable", -1.0),
    ("euclidean", 0.0),
    ("sphere", 1.0),
    ("stereographic", -1.0),
];

impl Spec {
    /// A manifold in unit coordinates, where its kind has them.
    pub fn new(kind: &str, kappa: f64) -> Spec {
        // Stereographic coordinates have no other convention.
        Spec { kind: kind.into(), kappa, radius: kind == "stereographic", factors: vec![] }
    }

    /// The manifold that this describes. Equal factors of a product share one manifold.
    ///
    /// # Errors
    /// If there is no such kind, or it has no such curvature.
    pub fn build(&self) -> Result<Arc<dyn Manifold>> {
        Ok(match (self.kind.as_str(), self.radius) {
            ("lorentz", true) => Arc::new(Lorentz::with_radius_sq(-1.0 / self.kappa)?),
            ("poincare", true) => Arc::new(PoincareBall::with_curvature_magnitude(-self.kappa)?),
            ("euclidean", _) => Arc::new(Euclidean::flat()?),
            ("product", _) => Arc::new(self.product()?),
            ("halfspace", true) => Arc::new(HalfSpace::with_curvature_magnitude(-self.kappa)?),
            ("solvable", true) => Arc::new(Solvable::with_curvature_magnitude(-self.kappa)?),
            ("sphere", true) => Arc::new(Sphere::with_radius_sq(1.0 / self.kappa)?),
            (other, _) => match matrix::parse(other) {
                Some(matrices) => matrices,
                None => self.at(self.kappa.into())?,
            },
        })
    }

    /// The factors whose curvature can be learned, the manifold itself if it is no product: curved, and in coordinates that
    /// do not follow κ by a number of their own.
    pub fn curved(&self) -> Vec<&Spec> {
        let curved = |spec: &&Spec| match spec.kind.as_str() {
            "lorentz" | "poincare" | "halfspace" | "solvable" | "sphere" => !spec.radius,
            kind => kind == "stereographic",
        };
        let itself = (self.kind != "product").then_some(self);
        self.factors.iter().map(|(factor, _)| factor).chain(itself).filter(curved).collect()
    }

    /// The manifold that this describes, with these curvatures of its [`curved`](Spec::curved) factors in place of their
    /// own, in order; a tracked curvature gets a gradient. Factors without one keep their own.
    ///
    /// # Errors
    /// As [`Spec::build`].
    pub fn build_with(&self, curvatures: impl IntoIterator<Item = Curvature>) -> Result<Arc<dyn Manifold>> {
        let mut given = curvatures.into_iter();
        let mut build = |spec: &Spec| match spec.curved().is_empty() {
            true => spec.build(),
            false => given.next().map_or_else(|| spec.build(), |kappa| spec.at(kappa)),
        };
        if self.kind != "product" {
            return build(self);
        }
        let factors = self.factors.iter().map(|(spec, dim)| Ok((build(spec)?, *dim))).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Product::new(factors)?))
    }

    /// In the coordinates of [`Spec::new`], at a curvature.
    fn at(&self, kappa: Curvature) -> Result<Arc<dyn Manifold>> {
        Ok(match self.kind.as_str() {
            "lorentz" => Arc::new(Lorentz::new(kappa)?),
            "poincare" => Arc::new(PoincareBall::new(kappa)?),
            "halfspace" => Arc::new(HalfSpace::new(kappa)?),
            "solvable" => Arc::new(Solvable::new(kappa)?),
            "sphere" => Arc::new(Sphere::new(kappa)?),
            "stereographic" => Arc::new(Stereographic::new(kappa)?),
            other => return Err(unknown(other)),
        })
    }

    fn product(&self) -> Result<Product> {
        let mut built: Vec<(&Spec, Arc<dyn Manifold>)> = Vec::new();
        let mut factors = Vec::new();
        for (spec, dim) in &self.factors {
            let manifold = match built.iter().find(|(known, _)| *known == spec) {
                Some((_, manifold)) => manifold.clone(),
                None => spec.build()?,
            };
            built.push((spec, manifold.clone()));
            factors.push((manifold, *dim));
        }
        Product::new(factors)
    }

    fn usual_kappa(&self) -> Option<f64> {
        KINDS.iter().find(|(kind, _)| *kind == self.kind).map(|(_, kappa)| *kappa)
    }
}

fn unknown(text: &str) -> Error {
    Error::Argument {
        op: "manifold",
        what: format!("unknown manifold {text:?}"),
        remedy: "choose poincare, lorentz, halfspace, solvable, euclidean, sphere or stereographic, as in \
                 \"lorentz(kappa=-1)\", or spd3, spd_log3, stiefel(5,2), or a product, as in \"h8,h8(kappa=-0.5),e4\""
            .into(),
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind.as_str(), self.radius) {
            ("product", _) => {
                for (i, (factor, dim)) in self.factors.iter().enumerate() {
                    let kind = factor.kind.as_str();
                    let name = LETTERS.iter().find(|(_, long)| *long == kind).map_or(kind, |(letter, _)| letter);
                    write!(f, "{}{name}{dim}", if i == 0 { "" } else { "," })?;
                    match (factor.usual_kappa() == Some(factor.kappa), factor.radius && kind != "stereographic") {
                        (_, true) => write!(f, "(kappa={},radius)", factor.kappa)?,
                        (false, false) => write!(f, "(kappa={})", factor.kappa)?,
                        (true, false) => {}
                    }
                }
                Ok(())
            }
            ("stereographic", _) => write!(f, "stereographic(kappa={})", self.kappa),
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
        let mut factors = Vec::new();
        for (i, part) in split_factors(text).enumerate() {
            match parse_factor(part).ok_or_else(|| unknown(text))? {
                (spec, None) if i == 0 && part == text => return Ok(spec),
                (spec, Some(dim)) => factors.push((spec, dim)),
                (_, None) => return Err(unknown(text)),
            }
        }
        Ok(Spec { factors, ..Spec::new("product", 0.0) })
    }
}

/// Cuts at the commas that are not in parentheses.
fn split_factors(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    text.split(move |c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    })
}

/// A kind, for a factor of a product followed by its dimension, and arguments in parentheses.
fn parse_factor(text: &str) -> Option<(Spec, Option<usize>)> {
    let (head, arguments) = match text.split_once('(') {
        Some((head, rest)) => (head, rest.strip_suffix(')')?),
        None => (text, ""),
    };
    let name = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let dim = if name.len() < head.len() { Some(head[name.len()..].parse().ok()?) } else { None };
    let long = LETTERS.iter().find(|(letter, _)| *letter == name && dim.is_some()).map_or(name, |(_, long)| long);
    let mut spec = Spec::new(long, 0.0);
    spec.kappa = spec.usual_kappa()?;
    for argument in arguments.split(',').filter(|a| !a.is_empty()) {
        match argument.split_once('=') {
            Some(("kappa", value)) => spec.kappa = value.parse().ok()?,
            None if argument == "radius" => spec.radius = true,
            _ => return None,
        }
    }
    Some((spec, dim))
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
            "sphere(kappa=1)",
            "sphere(kappa=0.25,radius)",
            "stereographic(kappa=0)",
            "stereographic(kappa=0.5)",
            "spd3",
            "spd_log2",
            "stiefel(5,2)",
            "h8",
            "h8,h8(kappa=-0.5),e4,p2(kappa=-2,radius),halfspace3,s3,stereographic2(kappa=0.5)",
        ] {
            let spec: Spec = text.parse()?;
            assert_eq!(spec.to_string(), text);
            assert_eq!(spec.build()?.spec(), spec);
        }
        assert_eq!("lorentz".parse::<Spec>()?.kappa, -1.0);
        assert_eq!("lorentz8,euclidean4".parse::<Spec>()?, "h8,e4".parse()?);
        let wrong = ["poincaré", "lorentz(kappa=x)", "lorentz(kappa=-1", "poincare(radius=2)", "spd0", "stiefel(2,3)"];
        for wrong in wrong.into_iter().chain(["", "h", "h8,", "h8,lorentz", "h8(kappa=-1", "8", "spheres", "h8;e4"]) {
            assert!(wrong.parse::<Spec>().is_err(), "{wrong}");
        }
        Ok(())
    }
}
