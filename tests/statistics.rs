//! Means, variances and the wrapped normal distribution.

use beltrami::manifold::{
    Curvature, Euclidean, Lorentz, Manifold, Parametrisation, PoincareBall, Product, SpdAffineInvariant,
    SpdLogEuclidean, Sphere, Stereographic, Stiefel, WrappedNormal, centroid, convert_points, frechet_mean,
    frechet_variance,
};
use beltrami::{DType, Device, GradCheck, Result, Rng, Tensor, gradcheck};
use std::f64::consts::TAU;
use std::sync::Arc;

fn manifolds() -> Result<Vec<(Arc<dyn Manifold>, usize)>> {
    let all: [(Arc<dyn Manifold>, usize); 7] = [
        // Wide enough that the points lie within a quarter of the circumference.
        (Arc::new(Sphere::new(0.01)?), 4),
        (Arc::new(Stereographic::new(0.01)?), 3),
        (Arc::new(Lorentz::new(-0.7)?), 4),
        (Arc::new(PoincareBall::new(-1.3)?), 3),
        (Arc::new(PoincareBall::with_curvature_magnitude(0.4)?), 3),
        (Arc::new(Euclidean::flat()?), 3),
        (
            Arc::new(Product::new([
                (Arc::new(Lorentz::new(-2.0)?) as Arc<dyn Manifold>, 2),
                (Arc::new(Euclidean::flat()?), 2),
            ])?),
            5,
        ),
    ];
    Ok(all.into())
}

fn noise(shape: &[usize], stream: u64) -> Result<Tensor> {
    Tensor::randn(shape, DType::F64, Rng::new(8).stream(stream), &Device::cpu())
}

/// Two sets of 6 points, about `spread` from the origin.
fn points(manifold: &dyn Manifold, width: usize, spread: f64) -> Result<Tensor> {
    manifold.exp_map0(&noise(&[2, 6, width], 0)?.mul_scalar(spread)?)
}

fn weights() -> Result<Tensor> {
    Tensor::from_slice(&[1.0, 0.5, 2.0, 0.0, 3.0, 1.5], 6)
}

fn worst(x: &Tensor) -> f64 {
    x.to_f64_vec().into_iter().fold(0.0, |m, x| if x.is_nan() { x } else { m.max(x.abs()) })
}

#[test]
fn at_the_frechet_mean_the_logarithms_cancel() -> Result<()> {
    for (m, width) in manifolds()? {
        for spread in [1e-6, 0.5, 2.0] {
            let x = points(&*m, width, spread)?;
            let mean = frechet_mean(&*m, &x, Some(&weights()?))?;
            assert_eq!(mean.dims(), [2, width]);
            let base = mean.unsqueeze(-2)?;
            let pull = m.log_map(&base, &x)?.mul(&weights()?.unsqueeze(-1)?)?.sum(&[-2], false)?;
            let error = worst(&m.norm(&mean, &pull)?) / worst(&m.dist(&base, &x)?);
            assert!(error < 1e-11, "{} at {spread}: {error:.1e}", m.spec());
            // And nearby it is worse.
            let variance = frechet_variance(&*m, &x, Some(&weights()?))?.to_f64_vec();
            let aside =
                m.exp_map(&mean, &m.project_tangent(&mean, &noise(&[2, width], 4)?)?.mul_scalar(0.1 * spread)?)?;
            let total = weights()?.to_f64_vec().iter().sum::<f64>();
            let there = m.dist2(&aside.unsqueeze(-2)?, &x)?.mul(&weights()?)?.sum(&[-1], false)?.to_f64_vec();
            assert!(variance.iter().zip(there).all(|(v, t)| *v < t / total), "{} at {spread}", m.spec());
        }
    }
    Ok(())
}

#[test]
fn means_of_points_far_out() -> Result<()> {
    let space = Lorentz::new(-1.0)?;
    let far = space.exp_map0(&Tensor::from_slice(&[0.0, 11.0, 3.0], 3)?)?;
    for step in [1e-3, 1.0, 9.0] {
        // The mean of two points is half way between them.
        let u = space.project_tangent(&far, &Tensor::from_slice(&[0.0, -0.2, 1.0], 3)?)?;
        let u = u.mul_scalar(step / space.norm(&far, &u)?.to_scalar::<f64>()?)?;
        let pair = Tensor::stack(&[&space.exp_map(&far, &u)?, &space.exp_map(&far, &u.neg()?)?], 0)?;
        for mean in [frechet_mean(&space, &pair, None)?, centroid(&space, &pair, None)?] {
            let d = space.dist(&mean, &pair)?.to_vec::<f64>()?;
            // A rounding of coordinates of size e^11 is a distance of about 1e-11.
            assert!((d[0] - d[1]).abs() < 1e-9 && (d[0] - step).abs() < 1e-9, "{step}: {d:?}");
        }
    }
    Ok(())
}

#[test]
fn the_centroid_is_the_same_point_in_all_charts() -> Result<()> {
    let (space, ball) = (Lorentz::new(-0.7)?, PoincareBall::new(-0.7)?);
    let x = points(&space, 4, 1.0)?;
    let w = weights()?;
    let mean = centroid(&space, &x, Some(&w))?;
    // Law et al. (ICML 2019): the weighted sum, divided by its Lorentzian length.
    let sum = x.mul(&w.unsqueeze(-1)?)?.sum(&[-2], false)?;
    let signs = Tensor::from_slice(&[1.0, -1.0, -1.0, -1.0], 4)?;
    let direct = sum.div(&sum.square()?.mul(&signs)?.sum(&[-1], true)?.sqrt()?)?;
    assert!(worst(&direct.sub(&mean)?) < 1e-13);
    // The gyromidpoint (Ungar): ½ ⊗ Σ w λ x / Σ w (λ − 1).
    let y = space.to_poincare(&x)?;
    let lambda = ball.conformal_factor(&y)?.mul(&w)?;
    let mass = lambda.sub(&w)?.sum(&[-1], true)?;
    let double = y.mul(&lambda.unsqueeze(-1)?)?.sum(&[-2], false)?.div(&mass)?;
    let half = ball.exp_map0(&ball.log_map0(&double)?.mul_scalar(0.5)?)?;
    let on_ball = centroid(&ball, &y, Some(&w))?;
    assert!(worst(&half.sub(&on_ball)?) < 1e-13);
    assert!(worst(&space.to_poincare(&mean)?.sub(&on_ball)?) < 1e-13);
    assert!(worst(&convert_points(&ball, &space, &on_ball)?.sub(&mean)?) < 1e-12);
    let flat = Euclidean::flat()?;
    let mean = y.mul(&w.unsqueeze(-1)?)?.sum(&[-2], false)?.mul_scalar(1.0 / 8.0)?;
    assert!(worst(&centroid(&flat, &y, Some(&w))?.sub(&mean)?) < 1e-15);
    Ok(())
}

#[test]
fn means_have_gradients() -> Result<()> {
    for (m, width) in manifolds()? {
        let inputs = [points(&*m, width, 0.5)?, weights()?.add_scalar(0.2)?];
        gradcheck(|a| frechet_mean(&*m, &a[0], Some(&a[1])), &inputs)?;
        gradcheck(|a| centroid(&*m, &a[0], Some(&a[1])), &inputs)?;
        gradcheck(|a| frechet_variance(&*m, &a[0], Some(&a[1])), &inputs)?;
    }
    // In the curvature: of a radius model, whose coordinates move with it, and of points that coincide.
    let x = noise(&[5, 3], 1)?.mul_scalar(0.3)?;
    gradcheck(|k| frechet_variance(&PoincareBall::new(k[0].clone())?, &x, None), &[Tensor::from(-0.6)])?;
    gradcheck(|k| frechet_mean(&PoincareBall::new(k[0].clone())?, &x, None), &[Tensor::from(-0.6)])?;
    gradcheck(|k| centroid(&PoincareBall::new(k[0].clone())?, &x, None), &[Tensor::from(-0.6)])?;
    let ball = PoincareBall::new(-1.0)?;
    let same = x.narrow(0, 0, 1)?.broadcast_to([4, 3])?.contiguous()?.tracked();
    for mean in [frechet_mean(&ball, &same, None)?, centroid(&ball, &same, None)?] {
        let slopes = mean.sum_all()?.backward()?.get(&same).expect("the mean depends on the points").to_f64_vec();
        assert!(slopes.iter().all(|s| (s - 0.25).abs() < 1e-14), "{slopes:?}");
    }
    Ok(())
}

#[test]
fn the_log_euclidean_mean_is_that_of_the_logarithms() -> Result<()> {
    let space = SpdLogEuclidean::new(2)?;
    let x = space.exp_map0(&noise(&[5, 4], 0)?)?;
    let direct = space.exp_map0(&space.log_map0(&x)?.mean(&[0], false)?)?;
    assert!(worst(&frechet_mean(&space, &x, None)?.sub(&direct)?) < 1e-13);
    Ok(())
}

#[test]
fn means_of_matrices_whose_curvature_varies() -> Result<()> {
    let spd: Arc<dyn Manifold> = Arc::new(SpdAffineInvariant::new(2)?);
    let stiefel: Arc<dyn Manifold> = Arc::new(Stiefel::new(3, 2)?);
    let product: Arc<dyn Manifold> =
        Arc::new(Product::new([(spd.clone(), 3), (Arc::new(Lorentz::new(-1.0)?) as Arc<dyn Manifold>, 2)])?);
    for (m, width, spread) in [(&spd, 4, 1e-6), (&spd, 4, 0.5), (&spd, 4, 3.0), (&stiefel, 6, 0.3), (&product, 7, 0.5)]
    {
        let x = points(&**m, width, spread)?;
        let mean = frechet_mean(&**m, &x, Some(&weights()?))?;
        let base = mean.unsqueeze(-2)?;
        let pull = m.log_map(&base, &x)?.mul(&weights()?.unsqueeze(-1)?)?.sum(&[-2], false)?;
        let error = worst(&m.norm(&mean, &pull)?) / worst(&m.dist(&base, &x)?);
        // Coordinates near 1 place points to 1e-16.
        assert!(error < 1e-12 + 1e-15 / spread, "{} at {spread}: {error:.1e}", m.spec());
    }
    // Stiefel's logarithms are dear: two points of the sphere that Stiefel matrices of one column are.
    for (m, n) in [(spd.clone(), 3), (Arc::new(Stiefel::new(3, 1)?), 2)] {
        let points = m.exp_map0(&noise(&[n, m.ambient(0)], 0)?.mul_scalar(0.3)?)?;
        let inputs = [points, noise(&[n], 1)?.square()?.add_scalar(0.2)?];
        gradcheck(|a| frechet_mean(&*m, &a[0], Some(&a[1])), &inputs)?;
        gradcheck(|a| frechet_variance(&*m, &a[0], Some(&a[1])), &inputs)?;
    }
    // The mean of two matrices is half way between them; of those that commute, it is that of the logarithms.
    let pair = points(&*spd, 4, 1.0)?.narrow(-2, 0, 2)?;
    let half = spd.geodesic(&pair.select(-2, 0)?, &pair.select(-2, 1)?, 0.5)?;
    assert!(worst(&frechet_mean(&*spd, &pair, None)?.sub(&half)?) < 1e-12);
    let diagonal = noise(&[5, 4], 6)?.mul(&Tensor::from_slice(&[2.0, 0.0, 0.0, 2.0], 4)?)?;
    let geometric = spd.exp_map0(&diagonal.mean(&[0], false)?)?;
    assert!(worst(&frechet_mean(&*spd, &spd.exp_map0(&diagonal)?, None)?.sub(&geometric)?) < 1e-12);
    // There is no space around them to take a centroid in.
    let message = centroid(&*spd, &pair, None).unwrap_err().to_string();
    assert!(message.contains("spd2"), "{message}");
    Ok(())
}

#[test]
fn means_refuse_what_has_none() -> Result<()> {
    let ball = PoincareBall::new(-1.0)?;
    let x = Tensor::from_slice(&[0.1, 0.2, 0.3, -0.1], [2, 2])?;
    for weights in [[1.0, -0.5], [0.0, 0.0], [f64::NAN, 1.0]] {
        assert!(frechet_mean(&ball, &x, Some(&Tensor::from_slice(&weights, 2)?)).is_err());
    }
    assert!(centroid(&ball, &x, Some(&Tensor::from_slice(&[1.0], 1)?)).is_err());
    assert!(frechet_mean(&ball, &x.select(0, 0)?, None).is_err());
    let nowhere = Tensor::from_slice(&[0.1, 0.2, f64::NAN, -0.1], [2, 2])?;
    assert!(frechet_mean(&ball, &nowhere, None).is_err());
    Ok(())
}

#[test]
fn samples_are_as_wide_as_they_are_told() -> Result<()> {
    for (m, width) in manifolds()? {
        let mean = m.exp_map0(&noise(&[width], 2)?.mul_scalar(0.4)?)?;
        for std in [1e-3, 0.1, 1.0] {
            let normal = WrappedNormal::new(m.clone(), mean.clone(), std)?;
            let x = normal.sample(4000, Rng::new(5))?;
            let dim = m.as_product().map_or(3, Product::dim) as f64;
            let square = m.dist2(&mean, &x)?.mean_all()?.to_scalar::<f64>()? / (dim * std * std);
            // The mean of 4000 · dim squares of normal numbers lies within 1 ± 0.05 but for one time in 10,000.
            assert!((square - 1.0).abs() < 0.05, "{} with {std}: {square}", m.spec());
            assert_eq!(x.to_f64_vec(), normal.sample(4000, Rng::new(5))?.to_f64_vec());
        }
    }
    Ok(())
}

/// ∫ p dV = 1 over the hyperbolic plane and κ = −0.5 space, in polar coordinates around the origin; the mean is elsewhere.
#[test]
fn densities_integrate_to_one() -> Result<()> {
    let kappa = -0.5_f64;
    let root = (-kappa).sqrt();
    let space = Arc::new(PoincareBall::new(kappa)?);
    let mean = space.exp_map0(&Tensor::from_slice(&[0.3, -0.2], 2)?)?;
    let normal = WrappedNormal::new(space.clone(), mean, Tensor::from_slice(&[0.5, 0.8], 2)?)?;
    let (radii, angles, farthest) = (400, 128, 9.0);
    let mut rows = Vec::new();
    let mut volumes = Vec::new();
    for i in 0..radii {
        let r = (i as f64 + 0.5) * farthest / radii as f64;
        for j in 0..angles {
            let (sin, cos) = (j as f64 * TAU / angles as f64).sin_cos();
            // A tangent at the ball's origin has twice the length of its coordinates.
            rows.extend([0.5 * r * cos, 0.5 * r * sin]);
            volumes.push((root * r).sinh() / root * farthest / radii as f64 * TAU / angles as f64);
        }
    }
    let x = space.exp_map0(&Tensor::from_slice(&rows, [radii * angles, 2])?)?;
    let density = normal.log_prob(&x)?.exp()?;
    let total: f64 = density.to_f64_vec().iter().zip(volumes).map(|(p, v)| p * v).sum();
    assert!((total - 1.0).abs() < 1e-4, "{total}");
    Ok(())
}

#[test]
fn densities_and_samples_have_gradients() -> Result<()> {
    for (m, width) in manifolds()? {
        let dim = m.as_product().map_or(3, Product::dim);
        let mean = m.exp_map0(&noise(&[width], 2)?.mul_scalar(0.4)?)?;
        let std = noise(&[dim], 3)?.mul_scalar(0.2)?.exp()?.mul_scalar(0.4)?;
        let x = points(&*m, width, 0.4)?;
        let check = GradCheck { step: 1e-3, ..GradCheck::default() };
        let density = |a: &[Tensor]| WrappedNormal::new(m.clone(), a[0].clone(), a[1].clone())?.log_prob(&a[2]);
        check.run(&density, &[mean.clone(), std.clone(), x])?;
        let sample = |a: &[Tensor]| WrappedNormal::new(m.clone(), a[0].clone(), a[1].clone())?.sample(3, Rng::new(1));
        check.run(&sample, &[mean, std])?;
    }
    let x = noise(&[5, 3], 1)?.mul_scalar(0.3)?;
    let mean = Tensor::from_slice(&[0.1, 0.2, -0.3], 3)?;
    let density =
        |k: &[Tensor]| WrappedNormal::new(Arc::new(PoincareBall::new(k[0].clone())?), mean.clone(), 0.7)?.log_prob(&x);
    gradcheck(density, &[Tensor::from(-0.6)])?;
    let learned = Curvature::learnable("kappa", -0.6, Parametrisation::Exp, Curvature::BOUNDS)?;
    let normal = WrappedNormal::new(Arc::new(PoincareBall::new(learned.clone())?), mean.clone(), 0.7)?;
    let theta = learned.param().expect("it is learned").tensor();
    let slope = normal.log_prob(&x)?.sum_all()?.backward()?.get(&theta).expect("the density depends on κ").to_f64_vec();
    assert!(slope[0].is_finite() && slope[0] != 0.0);
    Ok(())
}

#[test]
fn densities_are_exact_near_and_far() -> Result<()> {
    let space: Arc<dyn Manifold> = Arc::new(Lorentz::new(-1.0)?);
    let origin = space.exp_map0(&Tensor::from_slice(&[0.0; 4], 4)?)?;
    let normal = WrappedNormal::new(space.clone(), origin, 2.0)?;
    for r in [0.0, 1e-9, 1e-3, 0.7, 0.71, 3.0, 30.0] {
        let x = space.exp_map0(&Tensor::from_slice(&[0.0, r, 0.0, 0.0], 4)?)?;
        let stretch = if r < 1e-2 { r * r / 6.0 } else { (f64::sinh(r) / r).ln() };
        let exact = -r * r / 8.0 - 3.0 * 2f64.ln() - 1.5 * TAU.ln() - 2.0 * stretch;
        let got: f64 = normal.log_prob(&x)?.to_scalar()?;
        assert!((got - exact).abs() < 1e-14 * (1.0 + exact.abs()), "{r}: {got} against {exact}");
    }
    for bad in [0.0, -1.0, f64::NAN] {
        assert!(WrappedNormal::new(space.clone(), space.exp_map0(&noise(&[4], 0)?)?, bad).is_err());
    }
    assert!(WrappedNormal::new(space.clone(), noise(&[4], 0)?, noise(&[4], 0)?.square()?).is_err());
    Ok(())
}
