//! Points drawn uniformly from a geodesic ball.

use super::features::tangents0;
use crate::backend::cpu::Cpu;
use crate::dtype::Element;
use crate::geometry::Model;
use crate::manifold::{Factor, Manifold};
use crate::tensor::Shape;
use crate::{DType, Device, Error, Result, Rng, Tensor};

/// `n` points `[n, manifold.ambient(dim)]`, uniform (by volume) in the ball of a geodesic `radius` around the origin.
///
/// The direction is that of a normal vector, the distance the inverse of its distribution function, which has density
/// ∝ sinh^(dim−1)(√−κ r), or r^(dim−1) in flat space. Point i is a function of `rng` and i alone.
///
/// # Errors
/// If the radius is not positive or beyond the manifold's [`max_radius`](Manifold::max_radius) (see
/// [`with_max_radius`](crate::manifold::Chart::with_max_radius)), the dimension is 0, the type is not f32 or f64, or the
/// manifold has several factors (a ball of a product is no product of balls).
pub fn sample_uniform(
    manifold: &dyn Manifold,
    n: usize,
    dim: usize,
    radius: f64,
    dtype: DType,
    rng: Rng,
    device: &Device,
) -> Result<Tensor> {
    const OP: &str = "sample_uniform";
    let bad = |what: String, remedy: &str| Err(Error::Argument { op: OP, what, remedy: remedy.into() });
    if dim == 0 {
        return bad("dimension 0".into(), "give at least one dimension");
    }
    if !(radius > 0.0 && radius.is_finite() && radius <= manifold.max_radius()) {
        let what = format!("radius {radius} on a manifold whose points are kept within {}", manifold.max_radius());
        return bad(what, "give a positive radius within that, or a manifold `with_max_radius`");
    }
    let factors = manifold.factors(manifold.ambient(dim))?;
    let [Factor { model, curv, .. }] = factors[..] else {
        return bad(format!("the manifold has {} factors", factors.len()), "sample each factor by itself");
    };
    let law = match model {
        Model::Euclidean => Radial::Flat,
        Model::Lorentz | Model::Poincare | Model::HalfSpace | Model::Solvable => {
            Radial::Hyperbolic { root: curv.c.sqrt() * curv.t }
        }
        _ => return bad(format!("points of {}", manifold.spec()), "sample hyperbolic or flat space"),
    };
    // |u| = 1 in coordinates is this long at the origin.
    let axis = Tensor::generate([1, dim], DType::F64, device, |i| if i == 0 { 1.0 } else { 0.0 })?;
    let axis = tangents0(OP, &axis, manifold)?;
    let unit = manifold.norm(&manifold.exp_map0(&axis.zeros_like()?)?, &axis)?.to_vec::<f64>()?[0];
    let draw = Draw { law, dim, radius, unit, rng };
    let rows = with_real!(OP, dtype, T, draw.rows::<T>(n, device.cpu_for(OP)?, device));
    manifold.exp_map0(&tangents0(OP, &rows, manifold)?)
}

struct Draw {
    law: Radial,
    dim: usize,
    radius: f64,
    unit: f64,
    rng: Rng,
}

impl Draw {
    /// Tangents at the origin that exp takes to the points.
    fn rows<T: Element>(&self, n: usize, cpu: &Cpu, device: &Device) -> Tensor {
        let dim = self.dim;
        let solver = self.law.inverse(dim, self.radius);
        Tensor::filled_by(Shape::from([n, dim]), device, |out: &mut [T]| {
            // A draw costs some ten numbers' worth of memory traffic.
            cpu.for_each_rows(out, dim, 64 * dim, |first, part| {
                let mut direction = vec![0.0; dim];
                for (i, row) in part.chunks_exact_mut(dim).enumerate() {
                    // dim + 1 draws a point: its distance, and its direction.
                    let index = (first + i) as u64 * (dim as u64 + 1);
                    let r = solver.at(1.0 - self.rng.uniform(index));
                    (1..).zip(&mut direction).for_each(|(k, x)| *x = self.rng.normal(index + k));
                    let norm = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
                    if norm == 0.0 {
                        // As good as any: a normal vector has no direction here.
                        direction[0] = 1.0;
                    }
                    let scale = r / self.unit / if norm == 0.0 { 1.0 } else { norm };
                    row.iter_mut().zip(&direction).for_each(|(o, x)| *o = T::from_f64(x * scale));
                }
            });
        })
    }
}

/// How the volume of a ball grows with its radius.
#[derive(Clone, Copy)]
enum Radial {
    /// r^dim.
    Flat,
    /// ∫ sinh^(dim−1)(√−κ r) dr; `root` is √−κ.
    Hyperbolic { root: f64 },
}

impl Radial {
    fn inverse(self, dim: usize, radius: f64) -> Inverse {
        match self {
            // On a line all geometries are one.
            Radial::Hyperbolic { root } if dim > 1 => Inverse::Hyperbolic(Hyperbolic::new(dim, radius, root)),
            _ => Inverse::Power { radius, dim: dim as f64 },
        }
    }
}

enum Inverse {
    Power { radius: f64, dim: f64 },
    Hyperbolic(Hyperbolic),
}

impl Inverse {
    /// The radius within which the share `u` in (0, 1] of the ball's volume lies.
    fn at(&self, u: f64) -> f64 {
        match self {
            Inverse::Power { radius, dim } => radius * u.powf(1.0 / dim),
            Inverse::Hyperbolic(h) => h.at(u),
        }
    }
}

/// The volume V(x) = ∫₀ˣ sinh^(d−1), d ≥ 2, relative to that at X = √−κ · radius.
///
/// V(x) = sinhᵈ x / (d cosh x) · F with F = ₂F₁(1/2, 1; d/2 + 1; tanh² x) (DLMF 15.8.1 on the integral), which lies
/// between 1 and d/(d−1). Everything is a function of ρ = ln(sinh x / sinh X) ≤ 0, in which ln V is almost linear (its
/// slope d/F lies in d−1..=d) and nothing overflows.
struct Hyperbolic {
    d: f64,
    root: f64,
    /// X, tanh² X, 1/cosh² X.
    end: f64,
    tanh2: f64,
    sech2: f64,
    f_end: f64,
}

impl Hyperbolic {
    fn new(dim: usize, radius: f64, root: f64) -> Hyperbolic {
        let end = radius * root;
        let (tanh2, sech2) = (end.tanh().powi(2), end.cosh().powi(-2));
        let mut law = Hyperbolic { d: dim as f64, root, end, tanh2, sech2, f_end: 1.0 };
        law.f_end = law.f(0.0);
        law
    }

    fn at(&self, u: f64) -> f64 {
        let wanted = u.ln();
        let mut rho = wanted / self.d;
        for _ in 0..STEPS {
            let f = self.f(rho);
            let log_volume = self.d * rho - 0.5 * self.cosh2(rho).ln() + (f / self.f_end).ln();
            let step = (log_volume - wanted) * f / self.d;
            rho = (rho - step).min(0.0);
            // Newton's method doubles the digits: what is left now is the square of this step.
            if step.abs() < 1e-9 {
                break;
            }
        }
        self.radius(rho) / self.root
    }

    /// x.
    fn radius(&self, rho: f64) -> f64 {
        // Far out sinh x ∝ eˣ to the last place; a draw is at least 2⁻⁵³, so x does not fall below FAR/2.
        if self.end > FAR { self.end + rho } else { (self.end.sinh() * rho.exp()).asinh() }
    }

    /// cosh² x / cosh² X.
    fn cosh2(&self, rho: f64) -> f64 {
        self.sech2 + self.tanh2 * (2.0 * rho).exp()
    }

    /// F at ρ.
    fn f(&self, rho: f64) -> f64 {
        let cosh2 = self.cosh2(rho);
        let (q, p) = (self.tanh2 * (2.0 * rho).exp() / cosh2, self.sech2 / cosh2); // tanh² x, 1/cosh² x
        if q <= 0.5 || self.d >= MANY {
            // Σ (1/2)ₖ/(d/2 + 1)ₖ qᵏ: all terms positive, and falling at least by half.
            let (mut sum, mut term) = (1.0, 1.0);
            let mut k = 0.0;
            while term > f64::EPSILON / 4.0 * sum {
                term *= q * (k + 0.5) / (k + 0.5 * self.d + 1.0);
                sum += term;
                k += 1.0;
            }
            return sum;
        }
        // Integration by parts takes d − 2 to d: F_d = d (1 − p F_{d−2}) / ((d − 1) q), here with p ≤ q, so errors die
        // out. It begins with V = x (d = 1) or V = cosh x − 1 (d = 2).
        let (mut d, mut f) = match self.d % 2.0 {
            0.0 => (2.0, 2.0 / (1.0 + p.sqrt())),
            _ => (1.0, self.radius(rho) / q.sqrt()),
        };
        while d < self.d {
            d += 2.0;
            f = d * (1.0 - p * f) / ((d - 1.0) * q);
        }
        f
    }
}

/// More than Newton's method takes from a start within a factor of 2.
const STEPS: usize = 64;
/// Beyond this X, sinh x / sinh X = e^(x−X) for every x that is drawn.
const FAR: f64 = 80.0;
/// From this dimension on the series is short everywhere.
const MANY: f64 = 64.0;

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 − the volume outside over the whole, by Simpson's rule on 20,000 pieces.
    fn share(dim: i32, x: f64, end: f64) -> f64 {
        let integral = |a: f64, b: f64| {
            let n = 20_000;
            // Further in there is less than 10⁻¹⁷ of it.
            let a = a.max(b - 40.0 / (dim - 1) as f64);
            let h = (b - a) / n as f64;
            // sinh over its value at the end, in logarithms.
            let f = |i: usize| {
                let t = a + h * i as f64;
                ((dim - 1) as f64 * (t - end)).exp() * ((-2.0 * t).exp_m1() / (-2.0 * end).exp_m1()).powi(dim - 1)
            };
            let inner: f64 = (1..n).map(|i| f(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
            (f(0) + inner + f(n)) * h / 3.0
        };
        integral(0.0, x) / integral(0.0, end)
    }

    #[test]
    fn inverse_of_the_integral() {
        for dim in [2, 3, 4, 5, 8, 17, 63, 64, 200] {
            for end in [1e-3, 0.3, 0.9, 2.0, 7.0, 30.0] {
                let law = Hyperbolic::new(dim, end, 1.0);
                for u in [1e-9, 0.01, 0.3, 0.9, 0.999_999] {
                    let got = share(dim as i32, law.at(u), end);
                    assert!((got / u - 1.0).abs() < 1e-8, "dim {dim}, X {end}, u {u}: {got}");
                }
                assert_eq!(law.at(1.0), law.radius(0.0), "dim {dim}, X {end}");
            }
        }
    }

    #[test]
    fn closed_forms() {
        // d = 2: cosh x − 1 = u (cosh X − 1), or sinh(x/2) = √u sinh(X/2).
        for end in [1e-150_f64, 1e-5, 0.5, 1.0, 5.0, 40.0, 79.0] {
            let law = Hyperbolic::new(2, end, 1.0);
            for u in [1e-16_f64, 1e-6, 0.1, 0.5, 0.99, 1.0 - 1e-12, 1.0] {
                let (exact, got) = (2.0 * (u.sqrt() * (0.5 * end).sinh()).asinh(), law.at(u));
                assert!((got / exact - 1.0).abs() < 1e-14, "X {end}, u {u}: {got}, {exact}");
            }
        }
        // Far out V ∝ e^((d−1)x).
        for (dim, end) in [(3, 81.0), (5, 700.0), (2, 1e6), (1000, 300.0)] {
            let law = Hyperbolic::new(dim, end, 1.0);
            let (exact, got) = (end + 0.01_f64.ln() / (dim as f64 - 1.0), law.at(0.01));
            assert!((got / exact - 1.0).abs() < 1e-15, "dim {dim}, X {end}: {got}, {exact}");
        }
    }
}
