//! Tokens as points of the hyperboloid.

use super::hyperboloid::lift;
use super::sheet::Sheet;
use super::{Init, LorentzLinear, LorentzResidual, Scope};
use crate::manifold::{Curvature, Lorentz, Manifold};
use crate::{DType, Device, Error, Param, Result, Shape, Tensor};
use std::sync::Arc;

/// A table of points, one a token.
#[derive(Clone, Debug)]
pub struct LorentzEmbedding {
    table: Table,
    positions: Option<Positions>,
    /// Carries points of the table's curvature to that of the layers after it.
    sheet: Sheet,
}

#[derive(Clone, Debug)]
enum Table {
    /// Points, moved along geodesics.
    Points(Param),
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
    /// within 1/√−own of the origin, most of them close to that, in random directions.
    ///
    /// # Errors
    /// If the name `embedding` cannot be made in this scope, or `own` is not negative.
    pub fn new(scope: &Scope, tokens: usize, dim: usize, own: f64, to: &Curvature) -> Result<LorentzEmbedding> {
        let table = Table::Points(points(scope, "embedding", [tokens, dim].into(), own)?);
        Ok(LorentzEmbedding { table, positions: None, sheet: Sheet::new(&own.into()).to(to) })
    }

    /// A flat table of space coordinates `[tokens, dim − 1]`, normal at first, lifted at every use (`project_emb` of HELM).
    ///
    /// # Errors
    /// If the name `weight` cannot be made in this scope.
    pub fn lifted(scope: &Scope, tokens: usize, dim: usize, own: f64, to: &Curvature) -> Result<LorentzEmbedding> {
        let table = Table::Space(scope.param("weight", [tokens, dim.saturating_sub(1)], Init::Normal(1.0))?);
        Ok(LorentzEmbedding { table, positions: None, sheet: Sheet::new(&own.into()).to(to) })
    }

    /// With a learned point for each of the first `length` positions, added by a [`LorentzResidual`] whose learned factor starts
    /// at e⁴, as published, and joined by a [`LorentzLinear`].
    ///
    /// # Errors
    /// If the names `poisitional_encoding` (sic, as published), `add_pos`, `point` cannot be made in this scope.
    pub fn positions(self, scope: &Scope, length: usize, dim: usize) -> Result<LorentzEmbedding> {
        let (own, add) = (&self.sheet.kappa, scope.at("add_pos"));
        let positions = Positions {
            table: points(scope, "poisitional_encoding", [length, 1, dim].into(), own.value()?)?,
            add: LorentzResidual::new(&add, own)?.learned_scale(&add, 4f64.exp())?,
            join: LorentzLinear::new(&scope.at("point"), dim, dim.saturating_sub(1), own)?,
        };
        Ok(LorentzEmbedding { positions: Some(positions), ..self })
    }

    /// The points of `tokens` `[B, T]` (u32 or i64): `[B, T, dim]`.
    ///
    /// # Errors
    /// If a token is not in the table, or there are more positions than points for them.
    pub fn forward(&self, tokens: &Tensor) -> Result<Tensor> {
        let x = match &self.table {
            Table::Points(table) => table.tensor().embedding(tokens)?,
            Table::Space(table) => lift(&table.tensor().embedding(tokens)?, &self.sheet.kappa)?,
        };
        self.sheet.carry(&self.positions.as_ref().map_or(Ok(x.clone()), |positions| positions.add_to(&x))?)
    }

    /// The points of all tokens, `[tokens, dim]`.
    ///
    /// # Errors
    /// If the curvature of the layers after it is no number any more.
    pub fn table(&self) -> Result<Tensor> {
        match &self.table {
            Table::Points(table) => self.sheet.carry(&table.tensor()),
            Table::Space(table) => self.sheet.lift(&table.tensor()),
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

/// A table that starts at exp₀ of random unit vectors of the surrounding space, as published: their time coordinate is not
/// tangent to the origin and dropped.
fn points(scope: &Scope, name: &str, shape: Shape, kappa: f64) -> Result<Param> {
    let space = Lorentz::new(kappa)?.in_radius_coordinates();
    let (on, rows) = (Arc::new(space.clone()), shape.clone());
    let start = move |rng| {
        let v = Tensor::randn(&rows, DType::F64, rng, &Device::cpu())?;
        space.exp_map0(&v.div(&v.norm(&[-1], true)?)?)
    };
    scope.points(name, shape, Init::Draw(Arc::new(start)), on)
}
