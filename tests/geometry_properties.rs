//! What must hold of every hyperbolic space, for random points, tangents, curvatures and conventions, in f32 and f64.
//!
//! Bounds are condition numbers times the unit roundoff ε of the rows' type; nothing else is allowed for. Lengths are in
//! units of the curvature radius. With r the distance of a point from the origin:
//!
//! * storing a *point* moves it by up to ε sinh r: each coordinate is rounded by ε, a ball's metric there is
//!   2/(1 − |x|²) with 2|x|/(1 − |x|²) = sinh r, and the hyperboloid's space part has length sinh r;
//! * storing a *tangent* u changes it by up to ε|u| on the ball, whose metric is conformal, and by up to
//!   ε cosh(r)|u| on the hyperboloid, where a radial tangent has cosh r times its length in coordinates;
//! * a *number* is rounded by ε.
//!
//! Each result may be wrong by `SLACK` times its own rounding. How such moves grow from then on is stated at each test.
//! Beyond a bound of [`BLURRED`] the first order says nothing, and nothing is claimed.

use beltrami::geometry::{Kind, Model};
use beltrami::manifold::{Lorentz, Manifold, PoincareBall};
use beltrami::ops::manifold::rows;
use beltrami::{DType, Result, Tensor};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Results are right to half a unit in the last place and little more.
const SLACK: f64 = 1.1;

/// A position or direction that is known no better than this (in curvature radii, radians) is not known.
const BLURRED: f64 = 0.1;

/// What the tests' own arithmetic, in f64, may add to a number.
const OWN: f64 = 4.0 * f64::EPSILON;

/// A hyperbolic space in one of its forms.
#[derive(Debug)]
struct Space {
    model: Model,
    manifold: Box<dyn Manifold>,
    /// c of the coordinates.
    c: f64,
    /// √−κ: lengths times this are in curvature radii.
    root: f64,
    dtype: DType,
    dim: usize,
}

impl Space {
    fn new(lorentz: bool, radius: bool, kappa: f64, single: bool, dim: usize) -> Result<Space> {
        let manifold: Box<dyn Manifold> = match (lorentz, radius) {
            (true, false) => Box::new(Lorentz::new(-kappa)?),
            (true, true) => Box::new(Lorentz::with_radius_sq(1.0 / kappa)?),
            (false, false) => Box::new(PoincareBall::new(-kappa)?),
            (false, true) => Box::new(PoincareBall::with_curvature_magnitude(kappa)?),
        };
        Ok(Space {
            model: if lorentz { Model::Lorentz } else { Model::Poincare },
            manifold,
            c: if radius { kappa } else { 1.0 },
            root: kappa.sqrt(),
            dtype: if single { DType::F32 } else { DType::F64 },
            dim,
        })
    }

    /// The unit roundoff.
    fn eps(&self) -> f64 {
        if self.dtype == DType::F32 { 2f64.powi(-24) } else { 2f64.powi(-53) }
    }

    /// How far storing a point moves it.
    fn placing(&self, x: &Tensor) -> f64 {
        SLACK * self.eps() * self.radius(x).sinh()
    }

    /// How far storing a tangent at x changes it, relative to its length.
    fn aiming(&self, x: &Tensor) -> f64 {
        let stretch = if self.model == Model::Lorentz { self.radius(x).cosh() } else { 1.0 };
        SLACK * self.eps() * stretch
    }

    fn radius(&self, x: &Tensor) -> f64 {
        number(self.manifold.dist0(&wide(x))) * self.root
    }

    /// The distance in curvature radii, of rows as they are stored.
    fn dist(&self, x: &Tensor, y: &Tensor) -> f64 {
        number(self.manifold.dist(&wide(x), &wide(y))) * self.root
    }

    /// ⟨u, v⟩ at x of rows as they are stored, in curvature radii.
    fn inner(&self, x: &Tensor, u: &Tensor, v: &Tensor) -> f64 {
        number(self.manifold.inner(&wide(x), &wide(u), &wide(v))) * self.root.powi(2)
    }

    fn norm(&self, x: &Tensor, u: &Tensor) -> f64 {
        number(self.manifold.norm(&wide(x), &wide(u))) * self.root
    }

    /// The point at distance r from the origin in a direction.
    fn point(&self, polar: &Polar) -> Tensor {
        let origin = Tensor::from_slice(&self.origin(), self.origin().len()).unwrap();
        let u = self.tangent_wide(&origin, polar);
        self.manifold.exp_map0(&u).unwrap().to_dtype(self.dtype).unwrap()
    }

    fn origin(&self) -> Vec<f64> {
        let mut row = vec![0.0; self.manifold.ambient(self.dim)];
        if self.model == Model::Lorentz {
            row[0] = 1.0 / self.c.sqrt();
        }
        row
    }

    /// The tangent of a length in a direction.
    fn tangent(&self, x: &Tensor, polar: &Polar) -> Tensor {
        self.tangent_wide(&wide(x), polar).to_dtype(self.dtype).unwrap()
    }

    fn tangent_wide(&self, x: &Tensor, polar: &Polar) -> Tensor {
        let row = &polar.direction[..self.manifold.ambient(self.dim)];
        let u = self.manifold.project_tangent(x, &Tensor::from_slice(row, row.len()).unwrap()).unwrap();
        u.mul_scalar(polar.length / self.norm(x, &u)).unwrap()
    }

    /// A function that only this model has.
    fn own(&self, kind: Kind, args: &[&Tensor]) -> Tensor {
        // Scalars of these functions do not depend on the scale of tangents.
        rows(self.model, kind, args, &Tensor::from(self.c), &Tensor::from(1.0)).unwrap()
    }
}

fn wide(t: &Tensor) -> Tensor {
    t.to_dtype(DType::F64).unwrap()
}

fn number(t: Result<Tensor>) -> f64 {
    t.unwrap().to_f64_vec()[0]
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A length in curvature radii, and a direction (any row but zero).
#[derive(Clone, Debug)]
struct Polar {
    length: f64,
    direction: Vec<f64>,
}

/// One more than the largest dimension.
const WIDEST: usize = 18;

/// Lengths from 1e-9 to `longest`, many of them short.
fn polar(longest: f64) -> impl Strategy<Value = Polar> {
    let length = prop_oneof![(-9.0..0.0f64).prop_map(|e| 10f64.powf(e)), 0.1..2.0, 2.0..longest];
    (length, direction()).prop_map(|(length, direction)| Polar { length, direction })
}

fn direction() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![0.01..1.0f64, -1.0..-0.01f64], WIDEST)
}

/// Both models, both conventions, κ from −10 to −1e-3, both types, 2 to 17 dimensions.
fn spaces() -> impl Strategy<Value = Space> {
    prop_oneof![of_model(Model::Lorentz), of_model(Model::Poincare)]
}

fn of_model(model: Model) -> impl Strategy<Value = Space> {
    (any::<bool>(), -3.0..1.0f64, any::<bool>(), 2..WIDEST).prop_map(move |(radius, exponent, single, dim)| {
        Space::new(model == Model::Lorentz, radius, 10f64.powf(exponent), single, dim).unwrap()
    })
}

/// Where f32 rows of the ball still place a point to a digit; manifolds keep points within 15 unless told otherwise.
const FAR: f64 = 14.0;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1000, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() }
}

/// Fails if the error is above the bound, unless the bound says nothing.
macro_rules! within {
    ($error:expr, $bound:expr) => {
        let (error, bound) = ($error, $bound);
        prop_assert!(error <= bound || bound > BLURRED, "{} is {error:e}, above {bound:e}", stringify!($error));
    };
}

proptest! {
    #![proptest_config(config())]

    /// exp_x log_x y = y. An error η|u| of u = log_x y at x has grown to η sinh d at distance d (the worst Jacobi field).
    #[test]
    fn exp_inverts_log(s in spaces(), x in polar(FAR), y in polar(FAR)) {
        let (x, y) = (s.point(&x), s.point(&y));
        let back = s.manifold.exp_map(&x, &s.manifold.log_map(&x, &y).unwrap()).unwrap();
        within!(s.dist(&back, &y), s.aiming(&x) * s.dist(&x, &y).sinh() + s.placing(&y));
    }

    /// log_x exp_x u = u. Moving the far end of a geodesic changes its velocity by no more than the move.
    #[test]
    fn log_inverts_exp(s in spaces(), x in polar(FAR / 2.0), u in polar(FAR / 2.0)) {
        let x = s.point(&x);
        let u = s.tangent(&x, &u);
        let y = s.manifold.exp_map(&x, &u).unwrap();
        let back = s.manifold.log_map(&x, &y).unwrap();
        let off = wide(&back).sub(&wide(&u)).unwrap();
        within!(s.norm(&x, &off), s.placing(&y) + s.aiming(&x) * s.norm(&x, &u));
    }

    /// d(x, z) ≤ d(x, y) + d(y, z), with equality if y is on the geodesic: the rows are what they are, only the three
    /// numbers are rounded, so even a y next to the geodesic may not gain more than that. Nor lose more than its move.
    #[test]
    fn triangle_inequality(s in spaces(), x in polar(FAR), z in polar(FAR), y in polar(FAR), part in 0.0..1.0f64) {
        let [x, y, z] = [x, y, z].map(|p| s.point(&p));
        let d = |a: &Tensor, b: &Tensor| number(s.manifold.dist(a, b)) * s.root;
        let rounding = |total: f64| (2.0 * SLACK * s.eps() + OWN) * total;
        let u = s.manifold.log_map(&x, &z).unwrap().mul_scalar(part).unwrap();
        let between = s.manifold.exp_map(&x, &u).unwrap();
        for y in [&y, &between] {
            let (direct, around) = (d(&x, &z), d(&x, y) + d(y, &z));
            prop_assert!(direct - around <= rounding(around), "{direct:e} directly, {around:e} around");
        }
        let moved = s.placing(&between) + 2.0 * s.aiming(&x) * s.dist(&x, &between).sinh();
        let gain = d(&x, &between) + d(&between, &z) - d(&x, &z);
        within!(gain, 2.0 * moved + rounding(d(&x, &z)));
        prop_assert!((d(&x, &z) - d(&z, &x)).abs() <= rounding(d(&x, &z)));
    }

    /// Transport keeps inner products.
    #[test]
    fn transport_is_an_isometry(
        s in spaces(), x in polar(FAR), y in polar(FAR), u in polar(3.0), v in polar(3.0),
    ) {
        let (x, y) = (s.point(&x), s.point(&y));
        let (u, v) = (s.tangent(&x, &u), s.tangent(&x, &v));
        let there = |u: &Tensor| s.manifold.parallel_transport(&x, &y, u).unwrap();
        let scale = s.norm(&x, &u) * s.norm(&x, &v);
        let off = s.inner(&y, &there(&u), &there(&v)) - s.inner(&x, &u, &v);
        within!(off.abs() / scale, 2.0 * s.aiming(&y) + OWN);
        let back = s.manifold.parallel_transport(&y, &x, &there(&v)).unwrap();
        let off = s.norm(&x, &wide(&back).sub(&wide(&v)).unwrap());
        within!(off / s.norm(&x, &v), s.aiming(&y) + s.aiming(&x) + OWN);
    }

    /// Transport over a point of the geodesic is transport. A point next to it, off by δ, spans a triangle of area < 2δ
    /// with the geodesic, and transport around a triangle turns by its area.
    #[test]
    fn transport_composes_along_a_geodesic(
        s in spaces(), x in polar(FAR), y in polar(FAR), v in polar(3.0), part in 0.0..1.0f64,
    ) {
        let (x, y) = (s.point(&x), s.point(&y));
        let v = s.tangent(&x, &v);
        let u = s.manifold.log_map(&x, &y).unwrap().mul_scalar(part).unwrap();
        let m = s.manifold.exp_map(&x, &u).unwrap();
        let there = |a: &Tensor, b: &Tensor, v: &Tensor| s.manifold.parallel_transport(a, b, v).unwrap();
        let off = wide(&there(&m, &y, &there(&x, &m, &v))).sub(&wide(&there(&x, &y, &v))).unwrap();
        let moved = s.placing(&m) + 2.0 * s.aiming(&x) * s.dist(&x, &m).sinh();
        within!(s.norm(&y, &off) / s.norm(&x, &v), 2.0 * moved + s.aiming(&m) + 2.0 * s.aiming(&y));
    }

    /// Distances, angles between logarithms, and angles of transported vectors survive Lorentz transformations.
    ///
    /// Moving x by δ moves log_x y by ≤ (1 + d)δ (the Hessian of d²/2 is ≤ d coth d), moving y by ≤ δ; transport between
    /// them turns by ≤ δ.
    #[test]
    fn lorentz_transformations_change_nothing(
        s in of_model(Model::Lorentz), map in isometries(), x in polar(5.0), y in polar(5.0), z in polar(5.0),
    ) {
        let before = [x, y, z].map(|p| s.point(&p));
        let after = [0, 1, 2].map(|i| map.of(&s, &before[i]));
        let moves = [0, 1, 2].map(|i| map.rounding(&s, &before[i]) + s.placing(&after[i]));
        let d = [(0, 1), (0, 2), (1, 2)].map(|(i, j)| s.dist(&before[i], &before[j]));
        let both = [&before, &after];

        let [a, b] = both.map(|[x, y, _]| number(s.manifold.dist(x, y)) * s.root);
        within!((a - b).abs(), moves[0] + moves[1] + 2.0 * SLACK * s.eps() * d[0]);

        let log = |x: &Tensor, y: &Tensor| s.manifold.log_map(x, y).unwrap();
        let aiming = both.map(|[x, ..]| s.aiming(x)).iter().sum::<f64>();
        let [a, b] = both.map(|[x, y, z]| s.inner(x, &log(x, y), &log(x, z)));
        let bound = (moves[1] + (1.0 + d[0]) * moves[0]) / d[0] + (moves[2] + (1.0 + d[1]) * moves[0]) / d[1];
        within!((a - b).abs() / (d[0] * d[1]), bound + 2.0 * aiming);

        let turned = both.map(|[_, y, _]| s.aiming(y)).iter().sum::<f64>();
        let carried = |x: &Tensor, y: &Tensor, z: &Tensor| s.manifold.parallel_transport(x, y, &log(x, z)).unwrap();
        let [a, b] = both.map(|[x, y, z]| s.inner(y, &carried(x, y, z), &log(y, z)));
        let bound = (moves[2] + (1.0 + d[1]) * moves[0]) / d[1] + (moves[2] + (1.0 + d[2]) * moves[1]) / d[2];
        within!((a - b).abs() / (d[1] * d[2]), bound + moves[0] + moves[1] + aiming + 2.0 * turned);
    }

    /// The two models are one space.
    #[test]
    fn models_agree(s in of_model(Model::Poincare), x in polar(FAR), y in polar(FAR), u in polar(FAR / 2.0)) {
        let (x, y) = (s.point(&x), s.point(&y));
        let other = Space::new(true, s.c != 1.0, s.root.powi(2), s.dtype == DType::F32, s.dim).unwrap();
        let [lx, ly] = [&x, &y].map(|p| s.own(Kind::Convert, &[p]));
        let d = s.dist(&x, &y);
        let numbers = 2.0 * SLACK * s.eps() * d;
        let (a, b) = (number(s.manifold.dist(&x, &y)) * s.root, number(other.manifold.dist(&lx, &ly)) * s.root);
        within!((a - b).abs(), other.placing(&lx) + other.placing(&ly) + numbers);
        within!((s.radius(&x) - other.radius(&lx)).abs(), other.placing(&lx) + numbers);
        within!(s.dist(&other.own(Kind::Convert, &[&lx]), &x), other.placing(&lx) + s.placing(&x));
        // Steps from the origin, where the ball's metric is four times the flat one.
        let origin = Tensor::from_slice(&s.origin(), s.origin().len()).unwrap();
        let u = s.tangent(&origin, &u);
        let doubled: Vec<f64> = [0.0].into_iter().chain(u.to_f64_vec().into_iter().map(|a| 2.0 * a)).collect();
        let lu = Tensor::from_slice(&doubled, doubled.len()).unwrap().to_dtype(s.dtype).unwrap();
        let (p, q) = (s.manifold.exp_map0(&u).unwrap(), other.manifold.exp_map0(&lu).unwrap());
        within!(s.dist(&p, &other.own(Kind::Convert, &[&q])), other.placing(&q) + 2.0 * s.placing(&p));
    }

    /// Points satisfy the equation of their model, tangents are tangent: −x₀² + |x_s|² = −1/c and −x₀u₀ + ⟨x_s, u_s⟩ = 0
    /// up to the rounding of every coordinate (and of this test's own sums), |x|² < 1/c in the ball.
    #[test]
    fn results_lie_on_the_manifold(s in spaces(), x in polar(FAR / 2.0), u in polar(FAR / 2.0)) {
        let x = s.point(&x);
        let u = s.tangent(&x, &u);
        let y = s.manifold.exp_map(&x, &u).unwrap();
        let eps = SLACK * s.eps() + (s.dim + 3) as f64 * f64::EPSILON;
        for p in [&x, &y, &s.manifold.project(&y).unwrap()] {
            let row = p.to_f64_vec();
            if s.model == Model::Poincare {
                prop_assert!(s.c * dot(&row, &row) < 1.0);
                continue;
            }
            let residual = -row[0] * row[0] + dot(&row[1..], &row[1..]) + 1.0 / s.c;
            prop_assert!(residual.abs() <= 4.0 * eps * row[0] * row[0], "{residual:e} at {row:?}");
        }
        if s.model == Model::Lorentz {
            let tangents = [s.manifold.log_map(&y, &x).unwrap(), s.manifold.parallel_transport(&x, &y, &u).unwrap()];
            for v in tangents {
                let (y, v) = (y.to_f64_vec(), v.to_f64_vec());
                let sizes = dot(&y, &y).sqrt() * dot(&v, &v).sqrt();
                let residual = -y[0] * v[0] + dot(&y[1..], &v[1..]);
                prop_assert!(residual.abs() <= 4.0 * eps * sizes, "{residual:e} of {sizes:e}");
            }
        }
    }

    /// The ball with Möbius addition is a gyrogroup (Ungar): 0 ⊕ b = b = b ⊕ 0, (−a) ⊕ (a ⊕ b) = b, and
    /// a ⊕ (b ⊕ c) = (a ⊕ b) ⊕ gyr[a, b]c, where gyr[a, b] is transport from −b to a without its scale.
    ///
    /// a ⊕ is an isometry. Moving a by δ moves a ⊕ w by ≤ δ cosh r_w (parallel geodesics part) + δ sinh r_w (the frame
    /// at a turns by ≤ δ) = δ exp(r_w). gyr[a, b]c is off by its five roundings.
    #[test]
    fn moebius_addition_is_a_gyrogroup(
        s in of_model(Model::Poincare), a in polar(FAR / 3.0), b in polar(FAR / 3.0), c in polar(FAR / 3.0),
    ) {
        let [a, b, c] = [a, b, c].map(|p| s.point(&p));
        let add = |x: &Tensor, y: &Tensor| s.own(Kind::MobiusAdd, &[x, y]);
        let lambda = |x: &Tensor| s.own(Kind::Lambda, &[x]).to_f64_vec()[0];
        let zero = a.zeros_like().unwrap();
        within!(s.dist(&add(&zero, &b), &b), s.placing(&b));
        within!(s.dist(&add(&b, &zero), &b), s.placing(&b));

        let sum = add(&a, &b);
        within!(s.dist(&add(&a.neg().unwrap(), &sum), &b), s.placing(&sum) + s.placing(&b));

        let turned = s.manifold.parallel_transport(&b.neg().unwrap(), &a, &c).unwrap();
        let turned = turned.mul_scalar(lambda(&a) / lambda(&b)).unwrap();
        let (left, right) = (add(&a, &add(&b, &c)), add(&sum, &turned));
        let of_left = s.placing(&add(&b, &c)) + s.placing(&left);
        let of_right = s.placing(&sum) * s.radius(&c).exp() + 5.0 * s.placing(&c) + s.placing(&right);
        within!(s.dist(&left, &right), of_left + of_right);
    }
}

/// A boost after two reflections.
#[derive(Debug)]
struct Isometry {
    mirrors: [Vec<f64>; 2],
    axis: Vec<f64>,
    rapidity: f64,
}

fn isometries() -> impl Strategy<Value = Isometry> {
    (direction(), direction(), direction(), -4.0..4.0f64).prop_map(|(a, b, axis, rapidity)| Isometry {
        mirrors: [a, b],
        axis,
        rapidity,
    })
}

impl Isometry {
    /// The image of a point, computed in f64.
    fn of(&self, s: &Space, x: &Tensor) -> Tensor {
        let mut space = x.to_f64_vec()[1..].to_vec();
        let along = |row: &[f64], w: &[f64]| dot(row, w) / dot(w, w).sqrt();
        let add = |row: &mut [f64], w: &[f64], length: f64| {
            let unit = length / dot(w, w).sqrt();
            row.iter_mut().zip(w).for_each(|(a, b)| *a += unit * b);
        };
        for mirror in &self.mirrors {
            let mirror = &mirror[..s.dim];
            let length = along(&space, mirror);
            add(&mut space, mirror, -2.0 * length);
        }
        let axis = &self.axis[..s.dim];
        let (time, length) = ((1.0 / s.c + dot(&space, &space)).sqrt(), along(&space, axis));
        let boosted = self.rapidity.sinh() * time + self.rapidity.cosh() * length;
        add(&mut space, axis, boosted - length);
        let time = (1.0 / s.c + dot(&space, &space)).sqrt();
        let row: Vec<f64> = [time].into_iter().chain(space).collect();
        Tensor::from_slice(&row, row.len()).unwrap().to_dtype(s.dtype).unwrap()
    }

    /// How far f64 arithmetic moves the image: sums of D terms, three times, of at most the size of the boosted row.
    fn rounding(&self, s: &Space, x: &Tensor) -> f64 {
        3.0 * (s.dim + 3) as f64 * f64::EPSILON * (self.rapidity.abs() + s.radius(x)).exp()
    }
}
