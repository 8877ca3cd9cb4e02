//! Entailment cones (Ganea, Bécigneul, Hofmann, "Hyperbolic entailment cones for learning hierarchical embeddings",
//! ICML 2018): every point x is the apex of a cone that opens away from the origin, and what lies in it is below x.

use crate::manifold::Manifold;
use crate::{Result, Tensor};

/// K, which sets how wide cones are.
const WIDTH: f64 = 0.1;

/// How far y is outside the cone of x, as an angle: max(0, Ξ(x, y) − ψ(x)) (eq. 33 there).
///
/// Rows broadcast over their leading axes. Hyperbolic space only.
pub(super) fn energy(space: &dyn Manifold, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    excess(space, x, y)?.relu()
}

/// [`energy`] without its floor, which tells the points within a cone apart: negative there, least on its axis.
pub(super) fn excess(space: &dyn Manifold, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    space.exterior_angle(x, y)?.sub(&space.half_aperture(x, WIDTH)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifold::{Lorentz, PoincareBall};

    /// Angles and apertures on the ball, by the published formulas (eq. 26 and 28).
    fn published(x: [f64; 2], y: [f64; 2]) -> f64 {
        let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
        let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
        let gap = (xx + yy - 2.0 * xy).sqrt();
        let cos = (xy * (1.0 + xx) - xx * (1.0 + yy)) / (xx.sqrt() * gap * (1.0 + xx * yy - 2.0 * xy).sqrt());
        (cos.acos() - (WIDTH * (1.0 - xx) / xx.sqrt()).asin()).max(0.0)
    }

    #[test]
    fn energies_are_the_published_ones_in_both_models_at_any_curvature() -> Result<()> {
        for (x, y) in [([0.3, 0.1], [0.5, 0.4]), ([0.2, -0.4], [-0.6, 0.1]), ([0.3, 0.0], [0.6, 0.01])] {
            for kappa in [-1.0, -0.3, -4.0] {
                let ball = PoincareBall::new(kappa)?;
                let [x, y] = [Tensor::from_slice(&x, [1, 2])?, Tensor::from_slice(&y, [1, 2])?];
                let on_ball: f64 = energy(&ball, &x, &y)?.to_scalar()?;
                let space = Lorentz::new(kappa)?;
                let above: f64 = energy(&space, &ball.to_lorentz(&x)?, &ball.to_lorentz(&y)?)?.to_scalar()?;
                let [x, y] = [x, y].map(|t| t.to_f64_vec());
                let wanted = published([x[0], x[1]], [y[0], y[1]]);
                assert!((on_ball - wanted).abs() < 1e-12, "{x:?}, {y:?}: {on_ball} and {wanted}");
                assert!((above - wanted).abs() < 1e-12, "{x:?}, {y:?}: {above} and {wanted}");
            }
        }
        Ok(())
    }

    #[test]
    fn slopes_are_finite_at_the_apex_and_at_the_origin() -> Result<()> {
        let space = Lorentz::new(-1.0)?;
        let tangents = [0.0, 0.0, 0.0, 0.0, 1.0, 0.5, 0.0, 2.0, 1.0];
        let x = space.exp_map0(&Tensor::from_slice(&tangents, [3, 3])?)?.tracked();
        let grads = energy(&space, &x.unsqueeze(0)?, &x.unsqueeze(1)?)?.sum_all()?.backward()?;
        let slopes = grads.get(&x).map(Tensor::to_f64_vec).unwrap_or_default();
        assert!(slopes.len() == 9 && slopes.iter().all(|g| g.is_finite()), "{slopes:?}");
        assert!(slopes.iter().any(|g| *g != 0.0));
        Ok(())
    }
}
