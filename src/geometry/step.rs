//! A step along a geodesic, with a tangent transported along it.

use super::curv::Curv;
use super::model::{Call, Kind, Model, blocks};
use super::rows::{Careful, Evaluation, Rows, RowsMut, Tally};
use super::task::{Coord, Task, narrowed, widened};
use super::wide::Wide;
use super::{halfspace as h, lorentz as l, poincare as p};

/// A step of an optimizer for some rows: y = exp_x(s·u), and v transported along; then y is kept within `max_radius`.
pub struct Step<'a, T> {
    /// Which model.
    pub model: Model,
    /// Its curvature.
    pub curv: Curv,
    /// The largest distance of y from the origin.
    pub max_radius: f64,
    /// Width of the rows.
    pub width: usize,
    /// x, u, v.
    pub from: [&'a [T]; 3],
    /// s, one number a row.
    pub scale: &'a [T],
    /// y and the transported v.
    pub to: [&'a mut [T]; 2],
}

impl<T: Coord> Step<'_, T> {
    /// Makes the step.
    pub fn run(mut self) {
        T::run(&mut self, &mut |_, _| ());
        let Step { model, curv, max_radius: number, width, .. } = self;
        if matches!(model, Model::Lorentz | Model::Poincare | Model::Stereographic) || number == f64::INFINITY {
            return;
        }
        // The others are kept within by a function of their own.
        let free = self.to[0].to_vec();
        let call = Call { model, kind: Kind::Project, curv, number, dim: model.dim(width) };
        call.forward(&[&free], self.to[0]);
    }
}

impl<T: Coord> Task<T> for Step<'_, T> {
    fn rows(&self) -> usize {
        self.scale.len()
    }

    fn signed(&self) -> bool {
        self.model.signed()
    }

    fn block<E: Evaluation<Storage = T>>(&mut self, e: E, first: usize) -> Tally {
        let (k, rows) = (self.curv, blocks(e, &self.from, self.width, first));
        let s = Rows::at(e, self.scale, 1, first);
        let [y, w] = &mut self.to;
        let out = [RowsMut::at(e, y, self.width, first), RowsMut::at(e, w, self.width, first)];
        match self.model {
            Model::Poincare | Model::Stereographic => p::retract_transport(k, self.max_radius, rows, s, out),
            Model::Sphere if E::Number::SIGNED => super::sphere::retract_transport(k, rows, s, out),
            Model::Lorentz if E::HYPERBOLIC => l::retract_transport(k, self.max_radius, rows, s, out),
            Model::Euclidean if E::HYPERBOLIC => super::euclidean::retract_transport(k, rows, s, out),
            Model::HalfSpace if E::HYPERBOLIC => h::retract_transport::<h::HalfSpace, E>(k, rows, s, out),
            Model::Solvable if E::HYPERBOLIC => h::retract_transport::<h::Solvable, E>(k, rows, s, out),
            Model::Matrix(m) if E::HYPERBOLIC => m.step_block(k.t, rows, s, out),
            model => panic!("{model:?} is not for this evaluation"),
        }
    }

    fn alone(&mut self, row: usize) -> Tally {
        let [x, u, v] = self.from.map(|rows| widened(rows, self.width, row));
        let (mut y, mut w) = (x.clone(), x.clone());
        let scale = widened(self.scale, 1, row);
        let Step { model, curv, max_radius, width, .. } = *self;
        let to = [y.as_mut_slice(), w.as_mut_slice()];
        let tally = Step { model, curv, max_radius, width, from: [&x, &u, &v], scale: &scale, to }.block(Careful, 0);
        narrowed(&y, self.to[0], row);
        narrowed(&w, self.to[1], row);
        tally
    }
}
