//! Spaces as the command line names them: `poincare`, `h5`, `h3,e2`.

use super::bad;
use crate::Result;
use crate::manifold::Spec;

/// A manifold and its dimension.
pub(super) struct Space {
    pub spec: Spec,
    pub dim: usize,
}

/// The dimension where none is named.
const DIM: usize = 5;

/// Letters that stand for a manifold on its own.
const SHORT: [(char, &str); 3] = [('h', "lorentz"), ('p', "poincare"), ('e', "euclidean")];

impl Space {
    /// From the text, and what the other options say of it.
    ///
    /// # Errors
    /// If the text names no manifold, or the options contradict it.
    pub fn new(text: &str, kappa: Option<f64>, dim: Option<usize>) -> Result<Space> {
        let text = text.trim();
        let factors: Option<Vec<(char, usize)>> = split(text).iter().map(|piece| factor(piece)).collect();
        let (mut spec, dim): (Spec, usize) = match factors.as_deref() {
            // A name, perhaps with its curvature.
            None => (text.parse()?, dim.unwrap_or(DIM)),
            Some(factors) => {
                let total = factors.iter().map(|(_, dim)| dim).sum();
                if dim.is_some_and(|dim| dim != total) {
                    return Err(bad(format!("{text:?} has {total} dimensions"), "leave --dim out"));
                }
                let alone = SHORT.iter().find(|(letter, _)| factors.len() == 1 && factors[0].0 == *letter);
                let name = alone.map_or(text.to_owned(), |(_, name)| {
                    let curvature = text.find('(').map_or("", |start| &text[start..]);
                    format!("{name}{curvature}")
                });
                (name.parse()?, total)
            }
        };
        if let Some(kappa) = kappa {
            if factors.is_some_and(|factors| factors.len() > 1) {
                return Err(bad(format!("one κ for the product {text:?}"), "leave --kappa out"));
            }
            if spec.kind == "euclidean" && kappa != 0.0 {
                let remedy = "leave --kappa out, or choose poincare or lorentz";
                return Err(bad(format!("κ = {kappa} for flat space"), remedy));
            }
            spec.kappa = kappa;
        }
        Ok(Space { spec, dim })
    }

    /// The learning rate that keeps this space together: squared distances bear smaller steps only.
    pub fn usual_lr(&self) -> f64 {
        if self.spec.kind == "euclidean" { 0.01 } else { 0.05 }
    }
}

/// A list of spaces: `e5,h5,"h3,e2"`, products in double quotes.
pub(super) fn list(text: &str) -> Vec<String> {
    let mut quoted = false;
    let pieces = text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    pieces.map(|piece| piece.trim().trim_matches('"').to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// The factors of a product: cut at commas, but not in parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    })
    .collect()
}

/// A letter and a dimension, as h5 or h5(kappa=-0.5).
fn factor(piece: &str) -> Option<(char, usize)> {
    let mut letters = piece.trim().chars();
    let letter = letters.next().filter(char::is_ascii_lowercase)?;
    let rest = letters.as_str();
    let dim = rest.split_once('(').map_or(rest, |(dim, _)| dim);
    Some((letter, dim.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_short_names() -> Result<()> {
        for (text, kappa, dim, spec, total) in [
            ("poincare", None, None, "poincare(kappa=-1)", 5),
            ("lorentz", Some(-0.5), Some(7), "lorentz(kappa=-0.5)", 7),
            ("h10", None, None, "lorentz(kappa=-1)", 10),
            ("h3(kappa=-2)", None, Some(3), "lorentz(kappa=-2)", 3),
            ("p2", Some(-4.0), None, "poincare(kappa=-4)", 2),
            ("e50", None, None, "euclidean", 50),
        ] {
            let space = Space::new(text, kappa, dim)?;
            assert_eq!((space.spec.to_string().as_str(), space.dim), (spec, total), "{text}");
        }
        for (text, kappa, dim) in
            [("q5", None, None), ("h5", None, Some(4)), ("e5", Some(-1.0), None), ("", None, None)]
        {
            assert!(Space::new(text, kappa, dim).is_err(), "{text}");
        }
        Ok(())
    }

    #[test]
    fn lists_keep_products_together() {
        assert_eq!(list(r#"e5, h5,"h3,e2",p2(kappa=-2)"#), ["e5", "h5", "h3,e2", "p2(kappa=-2)"]);
        assert_eq!(list(" , "), Vec::<String>::new());
    }
}
