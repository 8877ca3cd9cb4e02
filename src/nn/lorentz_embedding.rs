//! Tokens as points of the hyperboloid.

use super::hyperboloid::{lift, rescale};
use super::{Init, LorentzLinear, LorentzResidual, Scope};
use crate::manifold::{Curvature, Lorentz, Manifold};
use crate::{DType, Device, Error, Param, Result, Shape, Tensor};
use std::sync::Arc;

/// A table of points, one a token.
#[derive(Clone, Debug)]
pub struct LorentzEmbedding {
    table: Table,
    positions: Option<Positions>,
    to: Curvature,
}

#[derive(Clone, Debug)]
enum Table {
    /// Points of a fixed curvature, moved along geodesics.
    Points(Param, Curvature),
    /// Space coordinates, lifted at every use.
    Space(Param),
}

#[derive(Clone, Debug)]
struct Positions {
    table: Param,
    add: LorentzResidual,
    join: LorentzLinear,
}

impl LorentzEmbedding {
    /// Points of `dim` coordinates, time included, of the fixed curvature `own`, given as points of curvature `to`. They start
    /// in random directions from the origin, at distance 1/√−own from it times the share of a random direction of the
    /// surrounding space that is tangent, as published.
    ///
    /// # Errors
    /// If the name `embedding` cannot be made in this scope, or a curvature is not negative.
    pub fn new(scope: &Scope, tokens: usize, dim: usize, own: f64, to: &Curvature) -> Result<LorentzEmbedding> {
        let space = Lorentz::new(own)?.in_radius_coordinates();
        let shape = [tokens, dim];
        let start = near_origin(shape.into(), &space);
        let table = scope.points("embedding", shape, start, Arc::new(space))?;
        Ok(LorentzEmbedding { table: Table::Points(table, own.into()), positions: None, to: to.clone() })
    }

    /// A flat table of space coordinates `[tokens, dim − 1]`, normal at first, lifted at every use (`project_emb` of HELM).
    ///
    /// # Errors
    /// If the name `weight` cannot be made in this scope.
    pub fn lifted(scope: &Scope, tokens: usize, dim: usize, to: &Curvature) -> Result<LorentzEmbedding> {
        let table = scope.param("weight", [tokens, dim.saturating_sub(1)], Init::Normal(1.0))?;
        Ok(LorentzEmbedding { table: Table::Space(table), positions: None, to: to.clone() })
    }

    /// With a learned point for each of the first `length` positions, added by a [`LorentzResidual`] whose learned factor starts
    /// at e⁴, as published, and joined by a [`LorentzLinear`].
    ///
    /// # Errors
    /// If the names `poisitional_encoding` (sic, as published), `add_pos`, `point` cannot be made in this scope.
    pub fn positions(self, scope: &Scope, length: usize, dim: usize) -> Result<LorentzEmbedding> {
        let space = Lorentz::new(self.to.value()?)?.in_radius_coordinates();
        let start = near_origin([length, 1, dim].into(), &space);
        let positions = Positions {
            table: scope.undecayed("poisitional_encoding", [length, 1, dim], start)?,
            add: LorentzResidual::new(&scope.at("add_pos"), &self.to)?
                .learned_scale(&scope.at("add_pos"), 4f64.exp())?,
            join: LorentzLinear::new(&scope.at("point"), dim, dim.saturating_sub(1), &self.to)?,
        };
        Ok(LorentzEmbedding { positions: Some(positions), ..self })
    }

    /// The points of `tokens` `[B, T]` (u32 or i64): `[B, T, dim]`.
    ///
    /// # Errors
    /// If a token is not in the table, or there are more positions than points for them.
    pub fn forward(&self, tokens: &Tensor) -> Result<Tensor> {
        let x = match &self.table {
            Table::Points(table, own) => rescale(&table.tensor().embedding(tokens)?, own, &self.to)?,
            Table::Space(table) => lift(&table.tensor().embedding(tokens)?, &self.to)?,
        };
        self.positions.as_ref().map_or(Ok(x.clone()), |positions| positions.add_to(&x))
    }

    /// The points of all tokens, `[tokens, dim]`.
    ///
    /// # Errors
    /// If a curvature is not negative any more.
    pub fn table(&self) -> Result<Tensor> {
        match &self.table {
            Table::Points(table, own) => rescale(&table.tensor(), own, &self.to),
            Table::Space(table) => lift(&table.tensor(), &self.to),
        }
    }
}

impl Positions {
    fn add_to(&self, x: &Tensor) -> Result<Tensor> {
        let table = self.table.tensor();
        let (length, known) = (x.dims()[1], table.dims()[0]);
        if length > known {
            let what = format!("{length} positions, points for {known}");
            let remedy = "shorten the sequences".into();
            return Err(Error::Argument { op: "LorentzEmbedding", what, remedy });
        }
        let points = table.narrow(0, 0, length)?.transpose(0, 1)?;
        self.join.forward(&self.add.forward(x, &points)?)
    }
}

/// exp₀ of random unit vectors of the surrounding space, as published. Their time coordinate is not tangent to the origin and
/// dropped, so points lie within 1/√−κ of it, most of them close to that.
fn near_origin(shape: Shape, space: &Lorentz) -> Init {
    let space = space.clone();
    Init::Draw(Arc::new(move |rng| {
        let v = Tensor::randn(&shape, DType::F64, rng, &Device::cpu())?;
        space.exp_map0(&v.div(&v.norm(&[-1], true)?)?)
    }))
}
