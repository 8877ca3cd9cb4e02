//! Geodesics, gyrovector operations, hyperplanes, horospheres and cones of manifolds: the models agree, and each figure has
//! the property that defines it.

use beltrami::manifold::{
    Euclidean, HalfSpace, Lorentz, Manifold, PoincareBall, Solvable, SpdLogEuclidean, Spec, Stereographic,
    convert_points, convert_tangents,
};
use beltrami::{DType, Device, Rng, Tensor, gradcheck};

const KAPPA: f64 = -0.6;

fn spaces() -> (Lorentz, PoincareBall) {
    (Lorentz::new(KAPPA).unwrap(), PoincareBall::new(KAPPA).unwrap())
}

/// Random points of the ball, some 1.5 from the origin.
fn points(ball: &PoincareBall, n: usize, seed: u64) -> Tensor {
    let u = Tensor::randn([n, 5], DType::F64, Rng::new(seed), &Device::cpu()).unwrap();
    ball.exp_map0(&u.mul_scalar(0.4).unwrap()).unwrap()
}

/// Both manifolds, each with two sets of points, the same ones.
fn pairs() -> [(Box<dyn Manifold>, [Tensor; 2]); 2] {
    let (sheet, ball) = spaces();
    let (x, y) = (points(&ball, 40, 1), points(&ball, 40, 2));
    let there = [ball.to_lorentz(&x).unwrap(), ball.to_lorentz(&y).unwrap()];
    [(Box::new(ball), [x, y]), (Box::new(sheet), there)]
}

fn assert_close(a: &Tensor, b: &Tensor, what: &str) {
    assert_eq!(a.dims(), b.dims(), "{what}");
    for (a, b) in a.to_f64_vec().into_iter().zip(b.to_f64_vec()) {
        assert!((a - b).abs() <= 1e-13 * (1.0 + b.abs()), "{what}: {a} is not {b}");
    }
}

#[test]
fn geodesics_have_constant_speed_and_exact_ends() {
    for (m, [x, y]) in pairs() {
        let dist = m.dist(&x, &y).unwrap();
        for s in [0.0, 0.25, 0.8, 1.0, 1.5, -0.5] {
            let z = m.geodesic(&x, &y, s).unwrap();
            assert_close(&m.dist(&x, &z).unwrap(), &dist.mul_scalar(s.abs()).unwrap(), "from x");
            assert_close(&m.dist(&z, &y).unwrap(), &dist.mul_scalar((1.0 - s).abs()).unwrap(), "to y");
        }
        // A time is computed anew.
        let space = |t: &Tensor| t.narrow(-1, m.ambient(0), m.ambient(5)).unwrap().to_f64_vec();
        assert_eq!(space(&m.geodesic(&x, &y, 0.0).unwrap()), space(&x));
        assert_eq!(space(&m.geodesic(&x, &y, 1.0).unwrap()), space(&y));
    }
}

#[test]
fn gyro_operations_agree_between_the_models() {
    let (sheet, ball) = spaces();
    let [(_, [x, y]), (_, [lx, ly])] = pairs();
    let same = |on_ball: Tensor, on_sheet: Tensor, what: &str| {
        assert_close(&sheet.to_poincare(&on_sheet).unwrap(), &on_ball, what);
    };
    same(ball.mobius_add(&x, &y).unwrap(), sheet.mobius_add(&lx, &ly).unwrap(), "sum");
    same(ball.mobius_scale(&x, -1.7).unwrap(), sheet.mobius_scale(&lx, -1.7).unwrap(), "multiple");
    let m = Tensor::randn([3, 5], DType::F64, Rng::new(3), &Device::cpu()).unwrap();
    let product = ball.mobius_matvec(&m, &x).unwrap();
    assert_eq!(product.dims(), [40, 3]);
    same(product, sheet.mobius_matvec(&m, &lx).unwrap(), "product");
    // x ⊕ x = 2 ⊗ x, −x ⊕ x = o, and r ⊗ x is r times as far.
    assert_close(&ball.mobius_add(&x, &x).unwrap(), &ball.mobius_scale(&x, 2.0).unwrap(), "double");
    assert_close(&sheet.mobius_add(&lx, &lx).unwrap(), &sheet.mobius_scale(&lx, 2.0).unwrap(), "double");
    assert_close(&ball.mobius_add(&x.neg().unwrap(), &x).unwrap(), &x.zeros_like().unwrap(), "inverse");
    let far = sheet.dist0(&sheet.mobius_scale(&lx, 3.0).unwrap()).unwrap();
    assert_close(&far, &sheet.dist0(&lx).unwrap().mul_scalar(3.0).unwrap(), "three times as far");
}

#[test]
fn hyperplanes_are_as_far_as_their_closest_point() {
    for (m, [x, p]) in pairs() {
        let noise = Tensor::randn(p.shape(), DType::F64, Rng::new(4), &Device::cpu()).unwrap();
        let a = m.project_tangent(&p, &noise).unwrap();
        // From a point of the plane straight along its normal.
        let b = m.project_tangent(&p, &m.log_map(&p, &x).unwrap()).unwrap();
        let ratio = m.inner(&p, &a, &b).unwrap().div(&m.inner(&p, &a, &a).unwrap()).unwrap();
        let within = b.sub(&a.mul(&ratio.unsqueeze(-1).unwrap()).unwrap()).unwrap();
        let foot = m.exp_map(&p, &within).unwrap();
        assert_close(&m.hyperplane_dist(&foot, &p, &a).unwrap(), &ratio.zeros_like().unwrap(), "in the plane");
        let normal = m.parallel_transport(&p, &foot, &a).unwrap();
        for s in [0.6, -0.3] {
            let step = normal.mul_scalar(s).unwrap();
            let above = m.exp_map(&foot, &step).unwrap();
            let expected = m.norm(&foot, &step).unwrap().mul_scalar(s.signum()).unwrap();
            assert_close(&m.hyperplane_dist(&above, &p, &a).unwrap(), &expected, "above the plane");
        }
    }
}

#[test]
fn busemann_functions_are_limits_of_distances() {
    for (m, [x, _]) in pairs() {
        let b = Tensor::randn(x.shape(), DType::F64, Rng::new(5), &Device::cpu()).unwrap();
        let o = x.zeros_like().unwrap();
        let b = m.project_tangent(&m.exp_map0(&o).unwrap(), &b).unwrap();
        let length = m.dist0(&m.exp_map0(&b).unwrap()).unwrap().unsqueeze(-1).unwrap();
        // As close to the ideal point as numbers can say; the limit is reached exponentially.
        let far = m.exp_map0(&b.div(&length).unwrap().mul_scalar(16.0 / KAPPA.abs().sqrt()).unwrap()).unwrap();
        let limit = m.dist(&x, &far).unwrap().sub(&m.dist0(&far).unwrap()).unwrap();
        let got = m.busemann(&x, &b).unwrap();
        for (got, limit) in got.to_f64_vec().into_iter().zip(limit.to_f64_vec()) {
            assert!((got - limit).abs() < 1e-9 * (1.0 + limit.abs()), "{got} is not {limit}");
        }
    }
}

#[test]
fn cones_agree_between_the_models_and_hold_what_they_should() {
    let [(ball, [x, y]), (sheet, [lx, ly])] = pairs();
    assert_close(&sheet.half_aperture(&lx, 0.1).unwrap(), &ball.half_aperture(&x, 0.1).unwrap(), "half-aperture");
    assert_close(&sheet.exterior_angle(&lx, &ly).unwrap(), &ball.exterior_angle(&x, &y).unwrap(), "angle");
    for (m, x, y) in [(&ball, &x, &y), (&sheet, &lx, &ly)] {
        // Straight out the angle is 0, straight in π; else it is that of the velocities.
        let out = m.exterior_angle(x, &m.mobius_scale(x, 1.5).unwrap()).unwrap();
        assert!(out.to_f64_vec().iter().all(|a| a.abs() < 1e-7));
        let inwards = m.exterior_angle(x, &m.mobius_scale(x, 0.5).unwrap()).unwrap();
        assert!(inwards.to_f64_vec().iter().all(|a| (a - std::f64::consts::PI).abs() < 1e-7));
        let origin = m.exp_map0(&x.zeros_like().unwrap()).unwrap();
        let (u, v) = (m.log_map(x, &origin).unwrap(), m.log_map(x, y).unwrap());
        let cosine = m.inner(x, &u, &v).unwrap().div(&m.norm(x, &u).unwrap()).unwrap();
        let cosine = cosine.div(&m.norm(x, &v).unwrap()).unwrap().neg().unwrap().to_f64_vec();
        for (angle, cosine) in m.exterior_angle(x, y).unwrap().to_f64_vec().into_iter().zip(cosine) {
            assert!((angle.cos() - cosine).abs() < 1e-13, "{angle} {cosine}");
        }
    }
}

#[test]
fn all_charts_of_hyperbolic_space_have_the_same_figures() {
    let (_, ball) = spaces();
    let (x, y) = (points(&ball, 40, 1), points(&ball, 40, 2));
    let noise = |seed| Tensor::randn(x.shape(), DType::F64, Rng::new(seed), &Device::cpu()).unwrap();
    let (a, b) = (noise(4), noise(5));
    let same = |m: &dyn Manifold, [p, q, normal]: [&Tensor; 3], close: &dyn Fn(&Tensor, &Tensor, &str)| {
        let angle = |m: &dyn Manifold, p, q| m.exterior_angle(p, q).unwrap();
        close(&m.half_aperture(p, 0.1).unwrap(), &ball.half_aperture(&x, 0.1).unwrap(), "half-aperture");
        close(&angle(m, p, q), &angle(&ball, &x, &y), "angle");
        close(&m.busemann(p, &b).unwrap(), &ball.busemann(&x, &b).unwrap(), "Busemann function");
        close(&m.hyperplane_dist(p, q, normal).unwrap(), &ball.hyperplane_dist(&x, &y, &a).unwrap(), "hyperplane");
    };
    let charts: [Box<dyn Manifold>; 2] =
        [Box::new(HalfSpace::new(KAPPA).unwrap()), Box::new(Solvable::new(KAPPA).unwrap())];
    for m in charts {
        let there = |x| convert_points(&ball, &*m, x).unwrap();
        let normal = convert_tangents(&ball, &*m, &y, &a).unwrap();
        let (p, q) = (there(&x), there(&y));
        same(&*m, [&p, &q, &normal], &assert_close);
        // f32 rows are rounded once.
        let narrow = |x: &Tensor| x.to_dtype(DType::F32).unwrap();
        let wide = |x: &Tensor| narrow(x).to_dtype(DType::F64).unwrap();
        let (got, want) = (m.exterior_angle(&narrow(&p), &narrow(&q)), m.exterior_angle(&wide(&p), &wide(&q)));
        let (got, want) = (got.unwrap().to_f64_vec(), want.unwrap().to_f64_vec());
        assert!(got.iter().zip(want).all(|(got, want)| *got == f64::from(want as f32)));
    }
    let stereographic = Stereographic::new(KAPPA).unwrap();
    let scaled = |x: &Tensor| x.mul_scalar(1.0 / KAPPA.abs().sqrt()).unwrap();
    same(&stereographic, [&scaled(&x), &scaled(&y), &a], &assert_close);
}

#[test]
fn hyperplanes_by_direction_and_distance_from_the_origin() {
    for (m, [x, z]) in pairs() {
        let origin = m.exp_map0(&x.zeros_like().unwrap()).unwrap();
        let z = m.log_map0(&z).unwrap();
        let (x2, r) = (m.log_map0(&x).unwrap(), Tensor::from_slice(&[-0.8, 0.0, 2.5, 0.3], [4, 1]).unwrap());
        // Shimizu, Mukuta & Harada, equation 6: asinh(⟨X, ẑ⟩ cosh ρ − X₀ sinh ρ)/√−κ on the unit hyperboloid, ρ = √−κ r.
        let (root, length) = (KAPPA.abs().sqrt(), m.norm(&origin, &z).unwrap());
        let distance = m.dist0(&x).unwrap().mul_scalar(root).unwrap();
        let cosine = m.inner(&origin, &x2, &z).unwrap().div(&length).unwrap();
        let along = cosine.div(&m.norm(&origin, &x2).unwrap()).unwrap().mul(&distance.sinh().unwrap()).unwrap();
        let rho = r.mul_scalar(root).unwrap();
        let (up, down) = (along.mul(&rho.cosh().unwrap()), distance.cosh().unwrap().mul(&rho.sinh().unwrap()));
        let want = up.unwrap().sub(&down.unwrap()).unwrap().asinh().unwrap().mul_scalar(1.0 / root).unwrap();
        assert_close(&m.hyperplane_dist0(&x, &z, &r).unwrap(), &want, "hyperplanes");
        gradcheck(|a| m.hyperplane_dist0(&x, &a[0], &a[1]), &[z, r]).unwrap();
    }
}

#[test]
fn other_manifolds_say_what_they_have_not() {
    let flat = Euclidean::flat().unwrap();
    let x = Tensor::from_slice(&[1.0, 2.0], [1, 2]).unwrap();
    let error = flat.half_aperture(&x, 0.1).unwrap_err().to_string();
    assert!(error.contains("half_aperture: euclidean") && error.contains("halfspace"), "{error}");
    let sphere = "sphere".parse::<Spec>().unwrap().build().unwrap();
    let error = sphere.hyperplane_dist(&x, &x, &x).unwrap_err().to_string();
    assert!(error.contains("hyperplane_dist: sphere"), "{error}");
    // Its factors may have it.
    let product = "h1".parse::<Spec>().unwrap().build().unwrap();
    let error = product.busemann(&x, &x).unwrap_err().to_string();
    assert!(error.contains("busemann: h1") && error.contains("Product::parts"), "{error}");
    let spd = SpdLogEuclidean::new(2).unwrap();
    let x = spd.exp_map0(&Tensor::from_slice(&[0.3, 0.1, 0.1, -0.2], [1, 4]).unwrap()).unwrap();
    let error = spd.busemann(&x, &x).unwrap_err().to_string();
    assert!(error.contains("busemann: spd_log2") && error.contains("poincare"), "{error}");
    // What is made of exp and log alone, every manifold has.
    let origin = spd.exp_map0(&x.zeros_like().unwrap()).unwrap();
    let half = spd.geodesic(&origin, &x, 0.5);
    assert_close(&half.unwrap(), &spd.mobius_scale(&x, 0.5).unwrap(), "half the way to the origin");
}
