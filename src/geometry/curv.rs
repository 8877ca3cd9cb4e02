//! Curvature as the formulas see it.

/// The two numbers that a geometry depends on.
///
/// * `c > 0` is the curvature of the coordinates: Lorentz rows satisfy −x₀² + |x_s|² = −1/c, ball rows |x|² < 1/c, rows of
///   the sphere |x|² = 1/c. The stereographic model takes any c.
/// * `t > 0` is the scale of tangents: a tangent u displaces coordinates by t·u. Hence exp(x, u) = exp_c(x, t u),
///   log = log_c / t, dist = dist_c / t, while inner products and transport are those of the c-geometry.
///
/// For any (c, t) the sectional curvature is −c t² (of the sphere c t²) in units where |u| is length, so two choices matter:
/// [`Curv::canonical`] keeps points on the unit model and lets κ scale the metric (points never leave when κ moves);
/// [`Curv::radius`] moves the model's radius, which is how most published checkpoints are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curv {
    /// Curvature of the coordinates, > 0 (any number in the stereographic model, ignored by the Euclidean one).
    pub c: f64,
    /// Scale of tangents, > 0.
    pub t: f64,
}

impl Curv {
    /// Sectional curvature κ < 0 on unit coordinates: (c, t) = (1, √−κ).
    pub fn canonical(kappa: f64) -> Curv {
        Curv { c: 1.0, t: (-kappa).sqrt() }
    }

    /// Sectional curvature κ < 0 as the radius 1/√−κ of the model: (c, t) = (−κ, 1).
    pub fn radius(kappa: f64) -> Curv {
        Curv { c: -kappa, t: 1.0 }
    }
}

/// Contributions of one row to the gradients in `c` and `t`.
pub type CurvGrad = (f64, f64);
