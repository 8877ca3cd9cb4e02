//! Edges set aside, to ask later for what was never shown.

use super::Hierarchy;
use crate::tensor::Rng;
use crate::{Error, Result};

impl Hierarchy {
    /// Sets aside a fraction of the edges that others imply: those of the closure that are not
    /// [direct](Self::direct_edges). What is left has the same closure, so nothing is asked later that could not be
    /// inferred.
    ///
    /// Returns the other edges on the same nodes, and those set aside, sorted by child, then ancestor; weights do not
    /// survive. Which ones is a function of the edges and of `rng`.
    ///
    /// # Errors
    /// [`Error::Argument`] if the fraction is not between 0 and 1, or so small that no edge is set aside.
    pub fn withhold(&self, fraction: f64, rng: Rng) -> Result<(Hierarchy, Vec<(u32, u32)>)> {
        let bad = |what, remedy: &str| Err(Error::Argument { op: "holdout", what, remedy: remedy.into() });
        if !(fraction > 0.0 && fraction < 1.0) {
            return bad(format!("a fraction of {fraction}"), "give one between 0 and 1, as 0.05");
        }
        let direct = self.direct_edges();
        let is_direct = |edge: &(u32, u32)| direct.binary_search(edge).is_ok();
        let mut implied: Vec<(u32, u32)> = self.edges().iter().copied().filter(|e| !is_direct(e)).collect();
        implied.sort_unstable();
        let count = (fraction * implied.len() as f64).round() as usize;
        if count == 0 {
            let what = format!("{fraction} of {} edges that others imply is none", implied.len());
            return bad(what, "give a larger fraction, or a hierarchy with longer chains");
        }
        let chosen = &rng.permutation(implied.len())[..count];
        let mut withheld: Vec<(u32, u32)> = chosen.iter().map(|&i| implied[i as usize]).collect();
        withheld.sort_unstable();
        let kept = self.edges().iter().copied().filter(|e| withheld.binary_search(e).is_err()).collect();
        Ok((self.with_edges(kept), withheld))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_implied_edges_are_set_aside() -> Result<()> {
        let tree = Hierarchy::from_pairs((1..100u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 2))))?;
        let closure = tree.closure();
        let (kept, withheld) = closure.withhold(0.3, Rng::new(4))?;
        let implied = closure.edges().len() - tree.edges().len();
        assert_eq!(withheld.len(), (0.3 * implied as f64).round() as usize);
        assert!(withheld.iter().all(|&(u, v)| kept.ancestors(u).binary_search(&v).is_err()));
        assert_eq!(kept.edges().len() + withheld.len(), closure.edges().len());
        assert_eq!(kept.closure().edges(), closure.edges());
        assert_eq!(closure.withhold(0.3, Rng::new(4))?.1, withheld);
        assert_ne!(closure.withhold(0.3, Rng::new(5))?.1, withheld);
        Ok(())
    }

    #[test]
    fn fractions_that_set_nothing_aside_are_refused() -> Result<()> {
        let star = Hierarchy::from_pairs([("a", "r"), ("b", "r")])?;
        let told = |fraction| star.withhold(fraction, Rng::new(1)).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(told(0.5).contains("0.5 of 0 edges"));
        for outside in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(told(outside).contains("between 0 and 1"), "{outside}");
        }
        Ok(())
    }
}
