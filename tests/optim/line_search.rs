//! Line searches: every direction with every condition, the conditions themselves, and failures that change nothing.

use super::{loss, manifolds, param, points};
use beltrami::manifold::{Lorentz, Manifold};
use beltrami::optim::{Condition, Direction, RiemannianLineSearch};
use beltrami::{DType, Device, Error, Param, Result, Tensor};
use std::cell::Cell;

const DIRECTIONS: [Direction; 3] = [Direction::Steepest, Direction::FletcherReeves, Direction::PolakRibiere];
const CONDITIONS: [Condition; 2] = [Condition::Armijo { c1: 1e-4 }, Condition::StrongWolfe { c1: 1e-4, c2: 0.3 }];

#[test]
fn every_search_finds_the_target() -> Result<()> {
    let device = Device::cpu();
    for manifold in manifolds()? {
        let target = points(&manifold, DType::F64, 1, &device)?;
        for (direction, condition) in DIRECTIONS.into_iter().flat_map(|d| CONDITIONS.map(|c| (d, c))) {
            let p = param("p", points(&manifold, DType::F64, 0, &device)?, &manifold);
            let mut search = RiemannianLineSearch::new(vec![p.clone()]).direction(direction).condition(condition);
            let mut last = f64::INFINITY;
            for _ in 0..60 {
                let found = search.step(|| loss(&p.tensor(), &target, &manifold))?;
                assert!(found.before <= last && found.after <= found.before, "the loss rose: {found:?}");
                last = found.after;
            }
            assert!(last < 1e-12, "{direction:?}, {condition:?} on {manifold:?}: {last:e} left");
            if let Some(m) = &manifold {
                assert_eq!(m.project(&p.tensor())?.to_f64_vec(), p.tensor().to_f64_vec(), "off the manifold");
            }
        }
    }
    Ok(())
}

/// Σ aᵢ xᵢ², a from 1 to 100.
fn valley(x: &Tensor) -> Result<Tensor> {
    let a: Vec<f64> = (0..10).map(|i| 10_f64.powf(i as f64 * 2.0 / 9.0)).collect();
    x.square()?.mul(&Tensor::from_slice(&a, 10)?)?.sum_all()
}

#[test]
fn conjugate_directions_go_along_a_valley() -> Result<()> {
    let after = |direction| -> Result<f64> {
        let p = Param::new("p", Tensor::ones([10], DType::F64, &Device::cpu())?);
        let wolfe = Condition::StrongWolfe { c1: 1e-4, c2: 0.1 };
        let mut search = RiemannianLineSearch::new(vec![p.clone()]).direction(direction).condition(wolfe);
        for _ in 0..40 {
            search.step(|| valley(&p.tensor()))?;
        }
        valley(&p.tensor())?.to_scalar()
    };
    let steepest = after(Direction::Steepest)?;
    for direction in [Direction::FletcherReeves, Direction::PolakRibiere] {
        let left = after(direction)?;
        assert!(left < 1e-4 * steepest, "{direction:?} leaves {left:e}, steepest descent {steepest:e}");
    }
    Ok(())
}

#[test]
fn steps_meet_their_condition() -> Result<()> {
    // In one flat dimension φ(s) = f(x − s f′(x)).
    let (f, df) = (|x: f64| (3.0 * x).sin() + 0.1 * x * x, |x: f64| 3.0 * (3.0 * x).cos() + 0.2 * x);
    for (condition, first) in CONDITIONS.into_iter().flat_map(|c| [1e-3, 0.3, 20.0].map(|s| (c, s))) {
        let p = Param::new("p", Tensor::from(0.4));
        let count = Cell::new(0);
        let compute = || {
            count.set(count.get() + 1);
            let x = p.tensor();
            x.mul_scalar(3.0)?.sin()?.add(&x.square()?.mul_scalar(0.1)?)
        };
        let mut search = RiemannianLineSearch::new(vec![p.clone()]).condition(condition).first_step(first);
        let found = search.step(compute)?;
        let (x, slope) = (p.tensor().to_scalar::<f64>()?, -df(0.4) * df(0.4));
        assert!(!found.failed && found.evaluations == count.get());
        assert!((0.4 - found.step * df(0.4) - x).abs() < 1e-14);
        assert!((found.before - f(0.4)).abs() < 1e-15 && (found.after - f(x)).abs() < 1e-15);
        assert!(found.after <= found.before + 1e-4 * found.step * slope, "{condition:?}: {found:?}");
        if let Condition::StrongWolfe { c2, .. } = condition {
            assert!((df(x) * df(0.4)).abs() <= c2 * slope.abs(), "{found:?}");
        }
    }
    Ok(())
}

#[test]
fn a_failed_search_changes_nothing() -> Result<()> {
    let space = Lorentz::new(-1.0)?;
    let x = space.exp_map0(&Tensor::from_slice(&[0.0, 0.3, -0.4], [1, 3])?)?;
    let p = Param::new("p", x.clone()).on(space.clone());
    let held = || p.tensor().to_f64_vec();
    let mut search = RiemannianLineSearch::new(vec![p.clone()]).max_evaluations(6);
    // At the minimum there is no way down.
    let found = search.step(|| space.dist2(&p.tensor(), &x)?.sum_all())?;
    assert!(found.failed && found.step == 0.0 && found.evaluations == 1, "{found:?}");
    assert_eq!(held(), x.to_f64_vec());
    // A loss that is larger wherever one goes, and one that is no number.
    for other in [1e9, f64::NAN] {
        let calls = Cell::new(0);
        let found = search.step(|| {
            calls.set(calls.get() + 1);
            let distance = space.dist0(&p.tensor())?.sum_all()?;
            if calls.get() == 1 { Ok(distance) } else { distance.mul_scalar(other) }
        })?;
        assert!(found.failed && found.evaluations == 6 && found.after == found.before, "{found:?}");
        assert_eq!(held(), x.to_f64_vec());
    }
    // A loss that breaks off.
    let calls = Cell::new(0);
    let broken = search.step(|| {
        calls.set(calls.get() + 1);
        if calls.get() == 3 {
            return Err(Error::Argument { op: "test", what: "broken".into(), remedy: "none".into() });
        }
        space.dist0(&p.tensor())?.sum_all()?.mul_scalar(if calls.get() == 1 { 1.0 } else { 1e9 })
    });
    assert!(broken.expect_err("the third call").to_string().contains("broken"));
    assert_eq!(held(), x.to_f64_vec());
    // No number at the start.
    let error = search.step(|| space.dist0(&p.tensor())?.sum_all()?.mul_scalar(f64::NAN));
    assert!(matches!(error, Err(Error::NonFinite { .. })));
    Ok(())
}

#[test]
fn all_parameters_move_together() -> Result<()> {
    let space = Lorentz::new(-0.5)?;
    let start = space.exp_map0(&Tensor::from_slice(&[0.0, 1.0, 2.0], [1, 3])?)?;
    let (p, q) = (Param::new("p", start).on(space.clone()), Param::new("q", Tensor::from(2.0)));
    let idle = Param::new("idle", Tensor::from(7.0));
    let params = vec![p.clone(), idle.clone(), q.clone()];
    let mut search = RiemannianLineSearch::new(params).direction(Direction::PolakRibiere);
    for _ in 0..40 {
        // The distance should be q, and q should be 1.
        search.step(|| {
            let off = space.dist0(&p.tensor())?.sum_all()?.sub(&q.tensor())?.square()?;
            off.add(&q.tensor().add_scalar(-1.0)?.square()?)
        })?;
    }
    assert!((q.tensor().to_scalar::<f64>()? - 1.0).abs() < 1e-6);
    assert!((space.dist0(&p.tensor())?.to_f64_vec()[0] - 1.0).abs() < 1e-6);
    assert_eq!(idle.tensor().to_scalar::<f64>()?, 7.0);
    Ok(())
}
