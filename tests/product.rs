//! Products, learnable curvature, retractions, membership.

use beltrami::manifold::{
    Bound, Curvature, Euclidean, Lorentz, Manifold, Parametrisation, PoincareBall, Product, Retraction, Spec, Sphere,
    Transport, check,
};
use beltrami::optim::{Optimizer, RiemannianAdam};
use beltrami::{DType, Device, Param, Result, Rng, Tensor, gradcheck};
use std::sync::Arc;

/// Factors with their dimensions; the first two share a manifold.
fn factors() -> Result<Vec<(Arc<dyn Manifold>, usize)>> {
    let shared: Arc<dyn Manifold> = Arc::new(Lorentz::new(-0.7)?);
    Ok(vec![
        (shared.clone(), 3),
        (shared, 3),
        (Arc::new(PoincareBall::new(-1.3)?), 2),
        (Arc::new(Euclidean::flat()?), 2),
        (Arc::new(PoincareBall::with_curvature_magnitude(0.5)?), 3),
        (Arc::new(Sphere::new(0.3)?), 2),
    ])
}

fn noise(shape: &[usize], stream: u64) -> Result<Tensor> {
    Tensor::randn(shape, DType::F64, Rng::new(3).stream(stream), &Device::cpu())?.mul_scalar(0.5)
}

/// Points of the product, from tangents at the origin.
fn points(product: &Product, n: usize, stream: u64) -> Result<Tensor> {
    product.exp_map0(&noise(&[n, product.width()], stream)?)
}

fn scalar(x: &Tensor) -> Result<f64> {
    x.to_scalar()
}

#[test]
fn maps_act_on_each_factor_and_squares_add() -> Result<()> {
    let product = Product::new(factors()?)?;
    let widths: Vec<usize> = factors()?.iter().map(|(m, dim)| m.ambient(*dim)).collect();
    assert_eq!((product.dim(), product.width()), (15, widths.iter().sum()));
    let (x, y) = (points(&product, 5, 0)?, points(&product, 5, 1)?);
    let u = product.log_map(&x, &y)?;
    let v = product.project_tangent(&x, &noise(&[5, product.width()], 2)?)?;
    type Map = fn(&dyn Manifold, &[Tensor]) -> Result<Tensor>;
    let maps: [(&str, Map); 15] = [
        ("exp", |m, a| m.exp_map(&a[0], &a[2])),
        ("exp0", |m, a| m.exp_map0(&a[2])),
        ("log", |m, a| m.log_map(&a[0], &a[1])),
        ("log0", |m, a| m.log_map0(&a[1])),
        ("transport", |m, a| m.parallel_transport(&a[0], &a[1], &a[3])),
        ("from 0", |m, a| m.parallel_transport_from0(&a[1], &a[3])),
        ("to 0", |m, a| m.parallel_transport_to0(&a[0], &a[3])),
        ("project", |m, a| m.project(&a[3])),
        ("tangent", |m, a| m.project_tangent(&a[0], &a[3])),
        ("gradient", |m, a| m.egrad_to_rgrad(&a[0], &a[3])),
        ("geodesic", |m, a| m.geodesic(&a[0], &a[1], 0.3)),
        ("sum", |m, a| m.mobius_add(&a[0], &a[1])),
        ("multiple", |m, a| m.mobius_scale(&a[0], -1.2)),
        ("retract", |m, a| m.retract(&a[0], &a[2], Retraction::FirstOrder)),
        ("project transport", |m, a| m.transport(&a[0], &a[1], &a[3], Transport::Projection)),
    ];
    let numbers: [(&str, bool, Map); 6] = [
        ("dist", true, |m, a| m.dist(&a[0], &a[1])),
        ("cdist", true, |m, a| m.cdist(&a[0].narrow(0, 0, 1)?, &a[1])?.select(0, 0)),
        ("dist0", true, |m, a| m.dist0(&a[1])),
        ("norm", true, |m, a| m.norm(&a[0], &a[3])),
        ("dist2", false, |m, a| m.dist2(&a[0], &a[1])),
        ("inner", false, |m, a| m.inner(&a[0], &a[2], &a[3])),
    ];
    let args = [x, y, u, v];
    let mut parts: Vec<Vec<Tensor>> = vec![vec![]; widths.len()];
    for arg in &args {
        arg.split(&widths, -1)?.into_iter().zip(&mut parts).for_each(|(part, parts)| parts.push(part));
    }
    for (name, map) in maps {
        let whole = map(&product, &args)?.split(&widths, -1)?;
        for (((m, _), part), whole) in factors()?.iter().zip(&parts).zip(whole) {
            assert_eq!(whole.to_f64_vec(), map(&**m, part)?.to_f64_vec(), "{name} of {}", m.spec());
        }
    }
    for (name, root, function) in numbers {
        let mut sum = [0.0; 5];
        for ((m, _), part) in factors()?.iter().zip(&parts) {
            let values = function(&**m, part)?.to_f64_vec();
            sum.iter_mut().zip(values).for_each(|(s, x)| *s += if root { x * x } else { x });
        }
        for (got, sum) in function(&product, &args)?.to_f64_vec().into_iter().zip(sum) {
            let wanted = if root { sum.sqrt() } else { sum };
            assert!((got - wanted).abs() <= 1e-14 * (1.0 + wanted.abs()), "{name}: {got} against {wanted}");
        }
    }
    Ok(())
}

#[test]
fn distances_have_gradients_everywhere() -> Result<()> {
    let product = Product::new(factors()?)?;
    let (x, y) = (points(&product, 2, 0)?, points(&product, 2, 1)?);
    // The Lorentz time is not read, so its finite difference is 0 as its gradient is.
    gradcheck(|a| product.dist(&a[0], &a[1]), &[x.clone(), y.clone()])?;
    // Equal points: 0. Points that are equal in the first factor: its part is 0, the others' is finite.
    let mixed = Tensor::cat(&[&x.narrow(-1, 0, 4)?, &y.narrow(-1, 4, product.width())?], -1)?;
    for (other, all) in [(&x, true), (&mixed, false)] {
        let x = x.tracked();
        let grads = product.dist(&x, other)?.sum_all()?.backward()?;
        let grad = grads.get(&x).expect("distance depends on x").to_f64_vec();
        let zero = |row: &[f64]| row.iter().all(|&g| g == 0.0);
        assert!(grad.iter().all(|g| g.is_finite()));
        assert!(grad.chunks(product.width()).all(|row| zero(&row[..4]) && zero(row) == all));
    }
    // Distances whose squares f32 cannot hold.
    let line = Product::new([(Arc::new(Euclidean::flat()?) as Arc<dyn Manifold>, 2)])?;
    let tiny = Tensor::from_slice(&[3e-30_f32, 4e-30], 2)?;
    let d: f32 = line.dist0(&tiny)?.to_scalar()?;
    assert!((d / 5e-30 - 1.0).abs() < 1e-6);
    Ok(())
}

#[test]
fn nested_products_are_flat_and_widths_are_checked() -> Result<()> {
    let inner: Arc<dyn Manifold> = "h3,e2".parse::<Spec>()?.build()?;
    let outer = Product::new([(Arc::new(PoincareBall::new(-2.0)?) as Arc<dyn Manifold>, 4), (inner.clone(), 5)])?;
    assert_eq!(outer.spec().to_string(), "p4(kappa=-2),h3,e2");
    let columns: Vec<_> = Manifold::factors(&outer, 10)?.into_iter().map(|f| f.columns).collect();
    assert_eq!(columns, [0..4, 4..8, 8..10]);
    assert_eq!(outer.ambient(9), 10);
    for message in [
        outer.dist0(&Tensor::from_slice(&[0.0; 9], 9)?).unwrap_err().to_string(),
        Manifold::factors(&outer, 11).unwrap_err().to_string(),
    ] {
        assert!(message.contains("p4(kappa=-2),h3,e2") && message.contains("10"), "{message}");
    }
    assert!(Product::new([(inner, 6)]).is_err());
    assert!(Product::new([]).is_err());
    assert!(Product::new([(Arc::new(Euclidean::flat()?) as Arc<dyn Manifold>, 0)]).is_err());
    Ok(())
}

#[test]
fn products_broadcast() -> Result<()> {
    let product = Product::new(factors()?)?;
    let (x, y) = (points(&product, 3, 0)?, points(&product, 2, 1)?);
    let all = product.dist(&x.unsqueeze(1)?, &y)?;
    assert_eq!(all.dims(), [3, 2]);
    for i in 0..3 {
        assert_eq!(product.dist(&x.select(0, i)?, &y)?.to_f64_vec(), all.select(0, i)?.to_f64_vec());
    }
    Ok(())
}

#[test]
fn learned_curvature_starts_where_it_is_told_and_is_read_anew() -> Result<()> {
    for way in [Parametrisation::Exp, Parametrisation::Softplus] {
        for start in [-1e-3, -0.02, -1.0, 3.5, -700.0, 1e3] {
            let kappa = Curvature::learnable("kappa", start, way, Curvature::BOUNDS)?.value()?;
            assert!((kappa / start - 1.0).abs() < 2e-15, "{way:?} {start}: {kappa}");
        }
        let curvature = Curvature::learnable("kappa", -1.0, way, [0.5, 2.0])?;
        let space = Lorentz::new(curvature.clone())?;
        let theta = curvature.param().expect("it is learned");
        assert_eq!(curvature.at_bound()?, None);
        theta.set(Tensor::from(50.0))?;
        assert!((space.spec().kappa + 2.0).abs() < 1e-14);
        assert_eq!(curvature.at_bound()?, Some(Bound::Largest));
        // From the bound the gradient leads back.
        let x = space.exp_map0(&Tensor::from_slice(&[0.0, 0.3, 0.4], 3)?)?.detach();
        let slope = space.dist0(&x)?.backward()?.get(&theta.tensor()).map(scalar).transpose()?;
        assert!(slope.expect("distance depends on κ") < -1e-3);
        theta.set(Tensor::from(-50.0))?;
        assert!((space.spec().kappa + 0.5).abs() < 1e-14);
        assert_eq!(curvature.at_bound()?, Some(Bound::Smallest));
        assert!((space.max_radius() - 15.0 / 0.5_f64.sqrt()).abs() < 1e-12);
    }
    for (kappa, bounds) in [(0.0, [1e-3, 1e3]), (-1.0, [2.0, 3.0]), (-1.0, [-1.0, 3.0]), (f64::NAN, [1e-3, 1e3])] {
        assert!(Curvature::learnable("kappa", kappa, Parametrisation::Exp, bounds).is_err());
    }
    assert!(Curvature::new(Tensor::from(1.0_f32)).is_err() && Curvature::new(f64::NAN).is_err());
    Ok(())
}

#[test]
fn slopes_in_the_curvatures_of_factors() -> Result<()> {
    let (x, y) = (noise(&[2, 7], 0)?.mul_scalar(0.5)?, noise(&[2, 7], 1)?.mul_scalar(0.5)?);
    let space = |kappa: &[Tensor]| {
        let h: Arc<dyn Manifold> = Arc::new(Lorentz::new(kappa[0].clone())?);
        Product::new([(h.clone(), 1), (h, 1), (Arc::new(PoincareBall::new(kappa[1].clone())?), 3)])
    };
    let kappas = [Tensor::from(-0.6), Tensor::from(-1.7)];
    gradcheck(|k| space(k)?.dist(&x, &y), &kappas)?;
    gradcheck(|k| space(k)?.exp_map(&x, &y), &kappas)?;
    gradcheck(|k| space(k)?.log_map(&x, &y), &kappas)?;
    Ok(())
}

/// Points and curvature learn distances measured at κ = −2 together; no point ever leaves, and weight decay does not
/// touch κ.
#[test]
fn points_stay_while_the_curvature_is_learned() -> Result<()> {
    let truth = PoincareBall::new(-2.0)?;
    let targets = truth.exp_map0(&noise(&[12, 2], 0)?)?;
    let wanted = truth.dist(&targets.unsqueeze(0)?, &targets.unsqueeze(1)?)?;
    let curvature = Curvature::learnable("kappa", -0.5, Parametrisation::Exp, Curvature::BOUNDS)?;
    let ball = PoincareBall::new(curvature.clone())?;
    let points = Param::new("points", ball.exp_map0(&noise(&[12, 2], 0)?)?).on(ball.clone());
    let theta = curvature.param().expect("it is learned").clone();
    assert!(points.decays() && !theta.decays());
    let mut optimizer = RiemannianAdam::new(vec![points.clone(), theta], 0.03);
    let (mut first, mut last) = (None, 0.0);
    for _ in 0..600 {
        let x = points.tensor();
        let loss = ball.dist(&x.unsqueeze(0)?, &x.unsqueeze(1)?)?.sub(&wanted)?.square()?.mean_all()?;
        last = scalar(&loss)?;
        first.get_or_insert(last);
        optimizer.step(&loss.backward()?)?;
        let report = check(&ball, &points.tensor())?;
        assert!(report.non_finite == 0 && report.residual == 0.0 && report.radius <= ball.max_radius());
    }
    assert!(last < 0.05 * first.expect("steps were made"), "{first:?} → {last}");
    assert!(curvature.value()? < -0.8, "κ = {}", curvature.value()?);

    let still = Curvature::learnable("kappa", -0.5, Parametrisation::Exp, Curvature::BOUNDS)?;
    let theta = still.param().expect("it is learned").clone();
    let loss = theta.tensor().mul_scalar(0.0)?;
    RiemannianAdam::new(vec![theta], 0.1).weight_decay(0.5).step(&loss.backward()?)?;
    assert!((still.value()? + 0.5).abs() < 1e-15);
    Ok(())
}

#[test]
fn curvature_is_f64_whatever_the_points_are() -> Result<()> {
    let kappa = -0.1 - 1e-12;
    let curvature = Curvature::learnable("kappa", kappa, Parametrisation::Softplus, Curvature::BOUNDS)?;
    let ball = PoincareBall::new(curvature)?;
    assert!((ball.spec().kappa / kappa - 1.0).abs() < 1e-15);
    let (x, y) = (noise(&[4, 3], 0)?.mul_scalar(0.4)?, noise(&[4, 3], 1)?.mul_scalar(0.4)?);
    let (x, y) = (x.to_dtype(DType::F32)?, y.to_dtype(DType::F32)?);
    let single = ball.dist(&x, &y)?;
    assert_eq!(single.dtype(), DType::F32);
    let double = ball.dist(&x.to_dtype(DType::F64)?, &y.to_dtype(DType::F64)?)?;
    for (a, b) in single.to_f64_vec().into_iter().zip(double.to_f64_vec()) {
        assert!((a / b - 1.0).abs() < 6e-8);
    }
    Ok(())
}

#[test]
fn first_order_retractions_agree_to_second_order() -> Result<()> {
    let product = Product::new(factors()?)?;
    let x = points(&product, 4, 0)?;
    let u = product.project_tangent(&x, &noise(&[4, product.width()], 1)?)?;
    let gap = |scale: f64| -> Result<f64> {
        let u = u.mul_scalar(scale)?;
        let exact = product.retract(&x, &u, Retraction::Exp)?;
        scalar(&product.dist(&exact, &product.retract(&x, &u, Retraction::FirstOrder)?)?.max(&[0], false)?)
    };
    let ratio = gap(1e-3)? / gap(5e-4)?;
    assert!((3.5..4.5).contains(&ratio), "{ratio}");
    let y = points(&product, 4, 2)?;
    let parallel = product.transport(&x, &y, &u, Transport::Parallel)?;
    let (before, after) = (product.norm(&x, &u)?.to_f64_vec(), product.norm(&y, &parallel)?.to_f64_vec());
    assert!(before.iter().zip(after).all(|(a, b)| (a / b - 1.0).abs() < 1e-13));
    assert_eq!(product.transport(&x, &y, &u, Transport::Identity)?.to_f64_vec(), u.to_f64_vec());
    Ok(())
}

#[test]
fn check_finds_rows_that_are_not_points() -> Result<()> {
    let product = Product::new(factors()?)?;
    let x = points(&product, 6, 0)?;
    let fine = check(&product, &x)?;
    assert!(fine.rows == 6 && fine.non_finite == 0 && fine.residual < 1e-15);
    let radii = product.dist0(&x)?.to_f64_vec();
    assert_eq!(fine.radius, radii.iter().copied().fold(0.0, f64::max));
    assert_eq!(fine.farthest, radii.iter().position(|&r| r == fine.radius));
    let single = check(&product, &x.to_dtype(DType::F32)?)?;
    assert!(single.residual > 1e-9 && single.residual < 1.2e-7);
    let mut rows = x.to_f64_vec();
    let width = product.width();
    rows[2 * width] += 0.1; // a time
    rows[4 * width + 9] = f64::NAN;
    rows[5 * width + 8] = 1.5; // the ball
    let report = check(&product, &Tensor::from_slice(&rows, [6, width])?)?;
    assert_eq!((report.non_finite, report.worst, report.farthest), (1, Some(5), Some(5)));
    assert!(report.residual > 0.2 && report.radius == f64::INFINITY);
    assert!(check(&product, &Tensor::from(1.0)).is_err() && check(&product, &Tensor::from_slice(&[0.0], 1)?).is_err());
    Ok(())
}
