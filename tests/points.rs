//! Features as points of a manifold, and points drawn uniformly.

use beltrami::data::{Scale, embed_to_hyperbolic, normalize_radius, project_to_ball, sample_uniform};
use beltrami::manifold::{Euclidean, Lorentz, Manifold, PoincareBall};
use beltrami::{DType, Device, Rng, Tensor};

/// The manifolds under test, with room for large radii.
fn manifolds(radius: f64) -> Vec<Box<dyn Manifold>> {
    vec![
        Box::new(Lorentz::new(-1.0).unwrap().with_max_radius(radius).unwrap()),
        Box::new(Lorentz::with_radius_sq(2.5).unwrap().with_max_radius(radius).unwrap()),
        Box::new(PoincareBall::new(-0.3).unwrap().with_max_radius(radius).unwrap()),
        Box::new(PoincareBall::with_curvature_magnitude(4.0).unwrap().with_max_radius(radius).unwrap()),
        Box::new(Euclidean::flat().unwrap()),
    ]
}

fn features(n: usize, dim: usize) -> Tensor {
    Tensor::randn([n, dim], DType::F64, Rng::new(8), &Device::cpu()).unwrap().mul_scalar(7.0).unwrap()
}

fn radii(points: &Tensor, manifold: &dyn Manifold) -> Vec<f64> {
    manifold.dist0(points).unwrap().to_f64_vec()
}

fn close(got: f64, expected: f64, tolerance: f64) -> bool {
    (got - expected).abs() <= tolerance * expected.abs()
}

#[test]
fn features_keep_directions_and_get_their_radius() {
    let x = features(101, 4);
    for m in manifolds(50.0) {
        let (points, mean) = embed_to_hyperbolic(&x, &*m, Scale::Mean(1.5)).unwrap();
        assert_eq!(points.dims(), [101, m.ambient(4)]);
        let r = radii(&points, &*m);
        assert!(close(r.iter().sum::<f64>() / 101.0, 1.5, 1e-12), "{m:?}");

        let (points, median) = embed_to_hyperbolic(&x, &*m, Scale::Quantile { q: 0.5, radius: 2.0 }).unwrap();
        let mut r = radii(&points, &*m);
        r.sort_by(f64::total_cmp);
        assert!(close(r[50], 2.0, 1e-12), "{m:?}: {}", r[50]);

        // Back by the logarithm: the features, scaled.
        let back = m.log_map0(&points).unwrap().narrow(-1, m.ambient(4) - 4, m.ambient(4)).unwrap();
        let expected = x.mul_scalar(median).unwrap();
        for (b, e) in back.to_f64_vec().into_iter().zip(expected.to_f64_vec()) {
            assert!((b - e).abs() < 1e-12, "{m:?}: {b}, {e}");
        }
        // The same factor again gives the same points; another data set is treated alike.
        let (again, factor) = embed_to_hyperbolic(&x, &*m, Scale::Fixed(median)).unwrap();
        assert_eq!((again.to_f64_vec(), factor), (points.to_f64_vec(), median));
        let longest = embed_to_hyperbolic(&x, &*m, Scale::Quantile { q: 1.0, radius: 2.0 }).unwrap().1;
        assert!(longest < median && longest < mean);
    }
}

#[test]
fn features_in_f32_and_with_gradients() {
    let ball = PoincareBall::new(-1.0).unwrap();
    let x = features(20, 3).to_dtype(DType::F32).unwrap().tracked();
    let (points, factor) = embed_to_hyperbolic(&x, &ball, Scale::Mean(1.0)).unwrap();
    assert_eq!(points.dtype(), DType::F32);
    // The distance from the origin is linear in the feature: 2 (the metric there) times the factor.
    let grads = ball.dist0(&points).unwrap().sum_all().unwrap().backward().unwrap();
    let slope = grads.get(&x).unwrap().norm(&[-1], false).unwrap().to_f64_vec();
    assert!(slope.iter().all(|s| close(*s, 2.0 * factor, 1e-5)), "{slope:?}");
}

#[test]
fn features_without_a_scale_are_refused() {
    let ball = PoincareBall::new(-1.0).unwrap();
    let told = |x: &Tensor, scale| embed_to_hyperbolic(x, &ball, scale).unwrap_err().to_string();
    let zeros = features(3, 2).zeros_like().unwrap();
    assert!(told(&zeros, Scale::Mean(1.0)).contains("distances of 0 from the origin cannot become 1"));
    assert!(told(&features(3, 2), Scale::Mean(-1.0)).contains("cannot become -1"));
    assert!(told(&features(3, 2), Scale::Quantile { q: 1.5, radius: 1.0 }).contains("quantile 1.5"));
    assert!(told(&Tensor::from_slice(&[1.0, f64::NAN], [1, 2]).unwrap(), Scale::Mean(1.0)).contains("not finite"));
    assert!(told(&Tensor::from(1.0), Scale::Mean(1.0)).contains("rows"));
    assert!(project_to_ball(&zeros, &ball, 0.0).unwrap_err().to_string().contains("radius 0"));
}

#[test]
fn points_are_kept_within_a_radius() {
    for m in manifolds(50.0) {
        let (points, _) = embed_to_hyperbolic(&features(200, 3), &*m, Scale::Mean(2.0)).unwrap();
        let kept = project_to_ball(&points, &*m, 2.0).unwrap();
        let (before, after) = (radii(&points, &*m), radii(&kept, &*m));
        let (old, new) = (points.to_f64_vec(), kept.to_f64_vec());
        let width = points.dims()[1];
        assert!(before.iter().any(|r| *r < 2.0) && before.iter().any(|r| *r > 2.0));
        for (i, (b, a)) in before.iter().zip(&after).enumerate() {
            if *b <= 2.0 {
                // But for the time of the hyperboloid, which is written anew.
                let space = (i + 1) * width - 3..(i + 1) * width;
                assert_eq!(old[space.clone()], new[space], "{m:?}");
            } else {
                assert!(close(*a, 2.0, 1e-13), "{m:?}: {a}");
            }
        }
        // Directions stay.
        let cut = m.log_map0(&kept).unwrap().to_f64_vec();
        let whole = m.log_map0(&points).unwrap().to_f64_vec();
        for (i, r) in before.iter().enumerate().filter(|(_, r)| **r > 2.0) {
            for k in 0..width {
                assert!((cut[i * width + k] * r / 2.0 - whole[i * width + k]).abs() < 1e-11, "{m:?}");
            }
        }
        let (same, factor) = normalize_radius(&points, &*m, Scale::Mean(0.5)).unwrap();
        assert!(close(factor, 0.25, 1e-12));
        assert!(close(radii(&same, &*m).iter().sum::<f64>() / 200.0, 0.5, 1e-12), "{m:?}");
    }
    // Rows outside the ball come in; the origin stays and has a gradient.
    let ball = PoincareBall::new(-1.0).unwrap();
    let x = Tensor::from_slice(&[0.0, 0.0, 3.0, 4.0], [2, 2]).unwrap().tracked();
    let kept = project_to_ball(&x, &ball, 3.0).unwrap();
    let r = radii(&kept, &ball);
    assert!(r[0] == 0.0 && close(r[1], 3.0, 1e-13), "{r:?}");
    let grads = kept.sum_all().unwrap().backward().unwrap();
    assert_eq!(grads.get(&x).unwrap().to_f64_vec()[..2], [1.0, 1.0]);
}

/// Kolmogorov and Smirnov's largest distance of an empirical distribution from F, times √n.
fn kolmogorov(mut sample: Vec<f64>, f: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let off = |(i, x): (usize, &f64)| (f(*x) - i as f64 / n).abs().max((f(*x) - (i + 1) as f64 / n).abs());
    sample.iter().enumerate().map(off).fold(0.0, f64::max) * n.sqrt()
}

/// The share of the volume of a ball of radius `end` within x, κ = −1: closed forms of ∫ sinh^(d−1).
fn volume_share(dim: usize, x: f64, end: f64) -> f64 {
    let volume = |x: f64| match dim {
        1 => x,
        2 => 2.0 * (x / 2.0).sinh().powi(2),
        3 => (x.sinh() * x.cosh() - x) / 2.0,
        4 => x.cosh().powi(3) / 3.0 - x.cosh() + 2.0 / 3.0,
        _ => unreachable!("no closed form is written down here"),
    };
    volume(x) / volume(end)
}

#[test]
fn radii_of_uniform_points_follow_their_law() {
    const N: usize = 20_000;
    for m in manifolds(50.0) {
        let root = (-m.spec().kappa).sqrt();
        for (dim, radius) in [(1, 3.0), (2, 0.5), (2, 12.0), (3, 4.0), (4, 2.0)] {
            let rng = Rng::new(dim as u64).stream(7);
            let points = sample_uniform(&*m, N, dim, radius, DType::F64, rng, &Device::cpu()).unwrap();
            assert_eq!(points.dims(), [N, m.ambient(dim)]);
            let law = |r: f64| match root > 0.0 {
                true => volume_share(dim, root * r, root * radius),
                false => (r / radius).powi(dim as i32),
            };
            // Exceeded by one in 10,000 seeds.
            let off = kolmogorov(radii(&points, &*m), law);
            assert!(off < 2.23, "{m:?}, dimension {dim}, radius {radius}: {off}");

            // No direction is preferred: means are 0, second moments 1/dim, both within five standard errors.
            let u = m.log_map0(&points).unwrap().narrow(-1, m.ambient(dim) - dim, m.ambient(dim)).unwrap();
            let unit = u.div(&u.norm(&[-1], true).unwrap()).unwrap();
            let mean = unit.mean(&[0], false).unwrap().to_f64_vec();
            let square = unit.square().unwrap().mean(&[0], false).unwrap().to_f64_vec();
            assert!(mean.iter().all(|x| x.abs() < 5.0 / (N as f64).sqrt()), "{m:?}, {dim}: {mean:?}");
            assert!(square.iter().all(|x| (x - 1.0 / dim as f64).abs() < 5.0 / (N as f64).sqrt()), "{square:?}");
        }
    }
}

#[test]
fn uniform_points_at_extremes() {
    for (dim, radius) in [(1, 1e-120), (2, 1e-12), (3, 300.0), (1000, 0.1), (1000, 300.0), (20_000, 3.0), (63, 20.0)] {
        for m in manifolds(1000.0) {
            let points = sample_uniform(&*m, 40, dim, radius, DType::F64, Rng::new(1), &Device::cpu()).unwrap();
            let x = points.to_f64_vec();
            assert!(x.iter().all(|x| x.is_finite()), "{m:?}, {dim}, {radius}");
            let root = (-m.spec().kappa).sqrt();
            // The ball's coordinates cannot tell such points from its rim.
            if m.spec().kind != "poincare" || root * radius < 10.0 {
                let r = radii(&points, &*m);
                assert!(r.iter().all(|r| *r > 0.0 && *r <= radius * (1.0 + 1e-12)), "{m:?}, {dim}, {radius}: {r:?}");
                // In so many dimensions all lie near the surface.
                assert!(dim < 1000 || r.iter().all(|r| *r > 0.9 * radius), "{m:?}, {dim}, {radius}");
            }
        }
    }
    let single = sample_uniform(&Lorentz::new(-1.0).unwrap(), 100, 3, 5.0, DType::F32, Rng::new(2), &Device::cpu());
    assert_eq!(single.unwrap().dtype(), DType::F32);
}

#[test]
fn uniform_points_are_functions_of_the_seed() {
    let ball = PoincareBall::new(-1.0).unwrap();
    let draw = |n, seed, device: &Device| sample_uniform(&ball, n, 3, 2.0, DType::F64, Rng::new(seed), device).unwrap();
    let [one, many] = [Device::cpu_with_grain(1, 64), Device::cpu_with_grain(3, 64)];
    let x = draw(100, 1, &one).to_f64_vec();
    assert_eq!(x, draw(100, 1, &many).to_f64_vec());
    assert_eq!(x[..30], draw(10, 1, &one).to_f64_vec());
    assert_ne!(x, draw(100, 2, &one).to_f64_vec());
}

#[test]
fn impossible_balls_are_refused() {
    let ball = PoincareBall::new(-1.0).unwrap();
    let told = |dim, radius, dtype| {
        sample_uniform(&ball, 1, dim, radius, dtype, Rng::new(1), &Device::cpu()).unwrap_err().to_string()
    };
    assert!(told(2, 20.0, DType::F64).contains("kept within 15; give a positive radius within that"));
    assert!(told(2, -1.0, DType::F64).contains("radius -1"));
    assert!(told(2, f64::NAN, DType::F64).contains("radius NaN"));
    assert!(told(0, 1.0, DType::F64).contains("dimension 0"));
    assert!(told(2, 1.0, DType::I64).contains("f32 or f64"));
}
