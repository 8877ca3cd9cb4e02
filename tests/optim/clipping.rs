//! Lengths of gradients are those of the metric.

use super::{loss, manifolds, param, points};
use beltrami::manifold::{Manifold, PoincareBall};
use beltrami::optim::{Clip, Optimizer, RiemannianSGD, grad_norm};
use beltrami::param::SparseGrad;
use beltrami::{DType, Device, Error, Param, Result, Tensor};

#[test]
fn lengths_are_riemannian() -> Result<()> {
    // On the unit ball |rgrad|_x = |egrad| (1 − |x|²)/2.
    let x = Tensor::from_slice(&[0.6, 0.8 - 1e-3, 0.0, 0.5], [2, 2])?;
    let p = Param::new("p", x.clone()).on(PoincareBall::new(-1.0)?);
    let q = Param::new("q", Tensor::from_slice(&[1.0, 2.0], 2)?);
    let loss = p.tensor().mul_scalar(3.0)?.sum_all()?.add(&q.tensor().mul_scalar(1e200)?.sum_all()?)?;
    let grads = loss.backward()?;
    let rows = [0.36 + (0.8 - 1e-3) * (0.8 - 1e-3), 0.25].map(|x2: f64| 3.0 * 2.0_f64.sqrt() * (1.0 - x2) / 2.0);
    let want = rows[0].hypot(rows[1]);
    assert!((grad_norm(std::slice::from_ref(&p), &grads)? / want - 1.0).abs() < 1e-13);
    // Squares would overflow.
    assert!((grad_norm(&[p, q], &grads)? / (1e200 * 2.0_f64.sqrt()) - 1.0).abs() < 1e-15);
    Ok(())
}

#[test]
fn clipping_shortens_the_step_to_the_length() -> Result<()> {
    // A step of plain descent is as long as lr times the Riemannian gradient.
    let device = Device::cpu();
    for manifold in manifolds()?.into_iter().flatten() {
        let some = Some(manifold.clone());
        let (x, target) = (points(&some, DType::F64, 0, &device)?, points(&some, DType::F64, 1, &device)?);
        for (most, shortened) in [(0.25, true), (1e3, false)] {
            let p = param("p", x.clone(), &some);
            let mut optimizer = RiemannianSGD::new(vec![p.clone()], 0.1).clip(Clip::Global(most));
            let grads = loss(&p.tensor(), &target, &some)?.backward()?;
            let length = grad_norm(std::slice::from_ref(&p), &grads)?;
            optimizer.step(&grads)?;
            let moved = manifold.dist2(&x, &p.tensor().detach())?.sum_all()?.to_scalar::<f64>()?.sqrt();
            let want = 0.1 * if shortened { most } else { length };
            assert!((moved / want - 1.0).abs() < 1e-12, "moved {moved}, not {want}");
        }
    }
    Ok(())
}

#[test]
fn one_factor_for_all_or_one_for_each() -> Result<()> {
    let moved = |clip| -> Result<[f64; 2]> {
        let (p, q) = (Param::new("p", Tensor::from(0.0)), Param::new("q", Tensor::from(0.0)));
        let loss = p.tensor().mul_scalar(3.0)?.add(&q.tensor().mul_scalar(-4.0)?)?;
        RiemannianSGD::new(vec![p.clone(), q.clone()], 1.0).clip(clip).step(&loss.backward()?)?;
        Ok([p.tensor().to_scalar()?, q.tensor().to_scalar()?])
    };
    assert_eq!(moved(Clip::Global(2.5))?, [-1.5, 2.0]);
    assert_eq!(moved(Clip::Each(3.5))?, [-3.0, 3.5]);
    Ok(())
}

#[test]
fn steps_of_some_rows_are_clipped_by_themselves() -> Result<()> {
    let ball = PoincareBall::new(-1.0)?;
    let x = Tensor::from_slice(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [3, 2])?;
    let p = Param::new("p", x.clone()).on(ball.clone());
    let grad = SparseGrad { rows: vec![2], values: Tensor::from_slice(&[30.0, -40.0], [1, 2])? };
    RiemannianSGD::new(vec![p.clone()], 0.1).clip(Clip::Each(2.0)).step_sparse(&p, &grad)?;
    let moved = ball.dist(&x, &p.tensor().detach())?.to_f64_vec();
    assert_eq!(moved[..2], [0.0, 0.0]);
    assert!((moved[2] - 0.2).abs() < 1e-15, "{moved:?}");
    Ok(())
}

#[test]
fn a_length_beyond_all_numbers_changes_nothing() -> Result<()> {
    let p = Param::new("p", Tensor::from_slice(&[1.0, 2.0], 2)?);
    let loss = p.tensor().mul_scalar(1.7e308)?.sum_all()?;
    let mut optimizer = RiemannianSGD::new(vec![p.clone()], 0.1).clip(Clip::Global(1.0));
    let error = optimizer.step(&loss.backward()?).expect_err("its length is 2.4e308");
    assert!(matches!(error, Error::NonFinite { .. }), "{error}");
    assert_eq!(p.tensor().to_f64_vec(), [1.0, 2.0]);
    Ok(())
}
