//! Functions of hyperbolic space for the charts that have no form of their own: evaluated on another chart.

use super::chart::{Ball, Chart, ChartModel, Hyperboloid};
use super::{Manifold, convert_points, convert_tangents, missing};
use crate::geometry::{Kind, Model, Role};
use crate::{DType, Result, Tensor};

impl<M: ChartModel> Chart<M> {
    /// `kind` of this chart, or of the same points on another one.
    pub(super) fn hyperbolic_function(
        &self,
        op: &'static str,
        kind: Kind,
        number: f64,
        args: &[&Tensor],
    ) -> Result<Tensor> {
        match M::MODEL {
            model if model.has(kind) => self.apply_with(kind, number, args),
            Model::HalfSpace | Model::Solvable => self.on_hyperboloid(kind, number, args),
            // Where κ < 0, stereographic coordinates are those of the ball.
            Model::Stereographic if self.curvature().value()? < 0.0 => {
                self.as_model::<Ball>().apply_with(kind, number, args)
            }
            _ => Err(missing(op, self.spec())),
        }
    }

    /// In f64, so that f32 rows are rounded once.
    fn on_hyperboloid(&self, kind: Kind, number: f64, args: &[&Tensor]) -> Result<Tensor> {
        let hyperboloid = self.as_model::<Hyperboloid>();
        let wide: Vec<Tensor> = args.iter().map(|x| x.to_dtype(DType::F64)).collect::<Result<_>>()?;
        let there = |(i, role): (usize, &Role)| match role {
            Role::Point => convert_points(self, &hyperboloid, &wide[i]),
            // A tangent follows its point.
            Role::Tangent => convert_tangents(self, &hyperboloid, &wide[i - 1], &wide[i]),
            // Directions at the origin have the same coordinates in all charts.
            _ => wide[i].pad(-1, 1, 0, 0.0),
        };
        let rows = kind.inputs().iter().enumerate().map(there).collect::<Result<Vec<_>>>()?;
        hyperboloid.apply_with(kind, number, &rows.iter().collect::<Vec<_>>())?.to_dtype(args[0].dtype())
    }
}
