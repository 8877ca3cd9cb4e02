//! From points to logits of tokens.

use super::{Init, Linear, LorentzEmbedding, LorentzLinear, LorentzRmsNorm, Scope};
use crate::manifold::Curvature;
use crate::{Result, Tensor};

/// The head of HELM: a [`LorentzLinear`] to the curvature of the output, RMS norm, and logits linear in all coordinates, time
/// included.
#[derive(Clone, Debug)]
pub struct LanguageHead {
    project: LorentzLinear,
    norm: LorentzRmsNorm,
    logits: Option<Linear>,
}

/// The names of the parts, which differ between published models.
#[derive(Clone, Copy, Debug)]
pub struct HeadNames {
    /// Of the norm.
    pub norm: &'static str,
    /// Of the map to logits.
    pub logits: &'static str,
}

impl LanguageHead {
    /// From points of `dim` coordinates of curvature `from` to `tokens` logits, by way of points of curvature `to`.
    ///
    /// # Errors
    /// If the names cannot be made in this scope.
    pub fn new(
        scope: &Scope,
        names: HeadNames,
        [dim, tokens]: [usize; 2],
        [from, to]: [&Curvature; 2],
    ) -> Result<LanguageHead> {
        let init = Init::Uniform(1.0 / (dim as f64).sqrt());
        let logits = Linear::unbiased(&scope.at(names.logits), dim, tokens, init)?;
        Ok(LanguageHead { logits: Some(logits), ..LanguageHead::tied(scope, names, dim, [from, to])? })
    }

    /// Without a map to logits of its own: the logit of a token is the Minkowski product with its point, which falls with the
    /// distance from it.
    ///
    /// # Errors
    /// If the names cannot be made in this scope.
    pub fn tied(scope: &Scope, names: HeadNames, dim: usize, [from, to]: [&Curvature; 2]) -> Result<LanguageHead> {
        let space = dim.saturating_sub(1);
        Ok(LanguageHead {
            project: LorentzLinear::new(&scope.at("final_proj"), dim, space, from)?.to_curvature(to),
            norm: LorentzRmsNorm::new(&scope.at(names.norm), space, 1e-8, to)?,
            logits: None,
        })
    }

    /// Points `[…, dim]` to logits `[…, tokens]`.
    ///
    /// # Errors
    /// If the last axis has another size.
    pub fn forward(&self, x: &Tensor, embedding: &LorentzEmbedding) -> Result<Tensor> {
        let y = self.norm.forward(&self.project.forward(x)?)?;
        match &self.logits {
            Some(linear) => linear.forward(&y),
            None => {
                let flipped = [&y.narrow(-1, 0, 1)?.neg()?, &super::hyperboloid::space(&y)?];
                Tensor::cat(&flipped, -1)?.matmul(&embedding.table()?.t()?)
            }
        }
    }
}
