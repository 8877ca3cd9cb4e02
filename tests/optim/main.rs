//! Optimizers on manifolds: convergence, sparse against dense, bits, refusals.

mod clipping;
mod line_search;
mod product;
mod reference;
mod schedule;
mod state;

use beltrami::manifold::{Lorentz, Manifold, PoincareBall};
use beltrami::optim::{Clip, Group, Optimizer, RiemannianAdam, RiemannianAdamW, RiemannianSGD};
use beltrami::param::SparseGrad;
use beltrami::{DType, Device, Error, Grads, Param, Result, Rng, Tensor};
use std::sync::Arc;

type Make = fn(Vec<Param>) -> Box<dyn Optimizer>;

const OPTIMIZERS: [(&str, Make); 7] = [
    ("sgd", |p| Box::new(RiemannianSGD::new(p, 0.1))),
    ("momentum", |p| Box::new(RiemannianSGD::new(p, 0.05).momentum(0.9, 0.1).weight_decay(0.01))),
    ("nesterov", |p| Box::new(RiemannianSGD::new(p, 0.05).momentum(0.8, 0.0).nesterov())),
    ("adam", |p| Box::new(RiemannianAdam::new(p, 0.05))),
    ("amsgrad", |p| Box::new(RiemannianAdam::new(p, 0.05).amsgrad().weight_decay(0.01))),
    ("adamw", |p| Box::new(RiemannianAdamW::new(p, 0.05).amsgrad().betas(0.9, 0.6))),
    ("clipped", |p| Box::new(RiemannianAdam::new(p, 0.05).clip(Clip::Each(0.3)).betas(0.5, 0.9))),
];

fn manifolds() -> Result<Vec<Option<Arc<dyn Manifold>>>> {
    Ok(vec![None, Some(Arc::new(Lorentz::new(-0.7)?)), Some(Arc::new(PoincareBall::new(-1.3)?))])
}

/// Points of the manifold (or of flat space), 5 rows of dimension 3.
fn points(manifold: &Option<Arc<dyn Manifold>>, dtype: DType, stream: u64, device: &Device) -> Result<Tensor> {
    let width = manifold.as_ref().map_or(3, |m| m.ambient(3));
    let rows = Tensor::randn([5, width], DType::F64, Rng::new(5).stream(stream), device)?.mul_scalar(0.4)?;
    match manifold {
        Some(m) => m.exp_map0(&rows)?.to_dtype(dtype),
        None => rows.to_dtype(dtype),
    }
}

fn param(name: &str, value: Tensor, manifold: &Option<Arc<dyn Manifold>>) -> Param {
    let p = Param::new(name, value);
    match manifold {
        Some(m) => p.on_shared(m.clone()),
        None => p,
    }
}

/// Σ dist²(p, target), or the squared difference in flat space.
fn loss(x: &Tensor, target: &Tensor, manifold: &Option<Arc<dyn Manifold>>) -> Result<Tensor> {
    match manifold {
        Some(m) => m.dist2(x, target)?.sum_all(),
        None => x.sub(target)?.square()?.sum_all(),
    }
}

#[test]
fn every_optimizer_finds_the_target_on_every_manifold() -> Result<()> {
    let device = Device::cpu();
    for manifold in manifolds()? {
        let target = points(&manifold, DType::F64, 1, &device)?;
        for (name, make) in OPTIMIZERS {
            let p = param("p", points(&manifold, DType::F64, 0, &device)?, &manifold);
            let mut optimizer = make(vec![p.clone()]);
            for step in 0..600 {
                optimizer.set_lr(0.05 * (1.0 - step as f64 / 600.0));
                optimizer.step(&loss(&p.tensor(), &target, &manifold)?.backward()?)?;
            }
            let left = loss(&p.tensor(), &target, &manifold)?.to_scalar::<f64>()?;
            // Weight decay keeps its optimizers a little off the target.
            let bound = if ["momentum", "amsgrad", "adamw"].contains(&name) { 1e-2 } else { 1e-6 };
            assert!(left < bound, "{name} on {manifold:?}: {left:e} left");
            if let Some(m) = &manifold {
                let again = m.project(&p.tensor())?.to_f64_vec();
                assert_eq!(again, p.tensor().to_f64_vec(), "{name} leaves {manifold:?}");
            }
        }
    }
    Ok(())
}

#[test]
fn sparse_steps_equal_dense_ones_on_touched_rows() -> Result<()> {
    let device = Device::cpu();
    let ids = Tensor::from_slice(&[3_u32, 1, 3], 3)?;
    for manifold in manifolds()? {
        let target = points(&manifold, DType::F32, 1, &device)?.index_select(0, &ids)?;
        for (name, make) in OPTIMIZERS {
            let start = points(&manifold, DType::F32, 0, &device)?;
            let (dense, sparse) = (param("d", start.clone(), &manifold), param("s", start.clone(), &manifold));
            let (mut for_dense, mut for_sparse) = (make(vec![dense.clone()]), make(vec![sparse.clone()]));
            for step in 0..5 {
                let picked = dense.tensor().index_select(0, &ids)?;
                for_dense.step(&loss(&picked, &target, &manifold)?.backward()?)?;
                let lookup = sparse.lookup(&ids)?;
                let grads = loss(&lookup.values, &target, &manifold)?.backward()?;
                for_sparse.step_sparse(&sparse, &lookup.grad(&grads).expect("the loss depends on the rows"))?;
                let (d, s) = (dense.tensor().to_f64_vec(), sparse.tensor().to_f64_vec());
                let width = start.dims()[1];
                for row in 0..5 {
                    let range = row * width..(row + 1) * width;
                    if row == 1 || row == 3 {
                        assert_eq!(d[range.clone()], s[range], "{name}, step {step}, row {row}, {manifold:?}");
                    } else {
                        assert_eq!(start.to_f64_vec()[range.clone()], s[range], "{name} moved row {row}");
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn steps_of_f32_rows_are_those_of_f64_rows_rounded() -> Result<()> {
    let device = Device::cpu();
    for manifold in manifolds()?.into_iter().filter(Option::is_some) {
        let start = points(&manifold, DType::F32, 0, &device)?;
        let grad = Tensor::randn(start.shape(), DType::F32, Rng::new(6), &device)?;
        // Decoupled decay goes by way of rounded rows.
        for (name, make) in OPTIMIZERS.into_iter().filter(|(name, _)| *name != "adamw") {
            let step = |dtype| -> Result<Vec<f64>> {
                let p = param("p", start.to_dtype(dtype)?, &manifold);
                let mut grads = Grads::default();
                grads.insert(&p.tensor(), grad.to_dtype(dtype)?);
                make(vec![p.clone()]).step(&grads)?;
                Ok(p.tensor().to_f64_vec())
            };
            for (narrow, wide) in step(DType::F32)?.into_iter().zip(step(DType::F64)?) {
                assert!((narrow - wide).abs() <= 6.1e-8 * wide.abs(), "{name} on {manifold:?}: {narrow}, not {wide}");
            }
        }
    }
    Ok(())
}

#[test]
fn bits_do_not_depend_on_threads() -> Result<()> {
    for manifold in manifolds()? {
        for (name, make) in OPTIMIZERS {
            let run = |threads| -> Result<Vec<f64>> {
                let device = Device::cpu_with_grain(threads, 16);
                let p = param("p", points(&manifold, DType::F32, 0, &device)?, &manifold);
                let target = points(&manifold, DType::F32, 1, &device)?;
                let mut optimizer = make(vec![p.clone()]);
                for _ in 0..3 {
                    optimizer.step(&loss(&p.tensor(), &target, &manifold)?.backward()?)?;
                }
                Ok(p.tensor().to_f64_vec())
            };
            let want = run(1)?;
            assert_eq!(run(2)?, want, "{name}");
            assert_eq!(run(3)?, want, "{name}");
        }
    }
    Ok(())
}

#[test]
fn a_gradient_that_is_not_finite_changes_nothing() -> Result<()> {
    let (p, q) =
        (Param::new("p", Tensor::from_slice(&[1.0, 2.0], 2)?), Param::new("q", Tensor::from_slice(&[0.5], 1)?));
    let loss = p.tensor().square()?.sum_all()?.add(&q.tensor().add_scalar(-0.5)?.ln()?.sum_all()?)?;
    let mut optimizer = RiemannianAdam::new(vec![p.clone(), q.clone()], 0.1);
    let error = optimizer.step(&loss.backward()?).expect_err("ln 0 has an infinite gradient");
    assert_eq!(
        error.to_string(),
        "Optimizer::step: the gradient of q is not finite (first at 0); no parameter was changed; lower the learning rate, \
         or look for the operation that made it"
    );
    assert_eq!(p.tensor().to_f64_vec(), [1.0, 2.0]);
    Ok(())
}

#[test]
fn steps_do_not_touch_values_that_others_hold() -> Result<()> {
    // A published optimizer adds the weight decay into the gradient that it is given.
    let device = Device::cpu();
    for manifold in manifolds()? {
        for (name, make) in OPTIMIZERS {
            let p = param("p", points(&manifold, DType::F64, 0, &device)?, &manifold);
            let held = p.tensor();
            let grads = loss(&held, &points(&manifold, DType::F64, 1, &device)?, &manifold)?.backward()?;
            let before = (held.to_f64_vec(), grads.get(&held).expect("a gradient").to_f64_vec());
            make(vec![p.clone()]).step(&grads)?;
            assert_eq!(held.to_f64_vec(), before.0, "{name} changed a value");
            assert_eq!(grads.get(&held).expect("still there").to_f64_vec(), before.1, "{name} changed the gradient");
            assert_ne!(p.tensor().to_f64_vec(), before.0, "{name} did nothing");
        }
    }
    Ok(())
}

#[test]
fn momentum_near_the_rim_starts_riemannian() -> Result<()> {
    // A published optimizer seeds the momentum with the Euclidean gradient: at |x| = 0.95 its first step is 380 times
    // too long.
    let ball = PoincareBall::new(-1.0)?;
    let start = Tensor::from_slice(&[0.95, 0.0], [1, 2])?;
    let step = |make: fn(RiemannianSGD) -> RiemannianSGD| -> Result<f64> {
        let p = Param::new("p", start.clone()).on(ball.clone());
        let grads = p.tensor().sum_all()?.backward()?;
        make(RiemannianSGD::new(vec![p.clone()], 0.01)).step(&grads)?;
        ball.dist(&p.tensor(), &start)?.sum_all()?.to_scalar()
    };
    let plain = step(|o| o)?;
    assert!((step(|o| o.momentum(0.9, 0.0))? / plain - 1.0).abs() < 1e-12);
    assert!(step(|o| o.momentum(0.9, 0.0).published_seed())? > 100.0 * plain);
    Ok(())
}

#[test]
fn rows_may_count_their_own_steps() -> Result<()> {
    // Row 0 is touched in every step, row 1 only in the last: then it moves as in a first step, and without `row_steps`
    // as in a fourth.
    for on_ball in [false, true] {
        let late = |own: bool| -> Result<Vec<f64>> {
            let p = Param::new("p", Tensor::from_slice(&[0.1, 0.2, 0.1, 0.2], [2, 2])?);
            let p = if on_ball { p.on(PoincareBall::new(-1.0)?) } else { p };
            let optimizer = RiemannianAdam::new(vec![p.clone()], 0.01);
            let mut optimizer = if own { optimizer.row_steps() } else { optimizer };
            let grad = |rows: &[u32]| {
                let values = Tensor::ones([rows.len(), 2], DType::F64, &Device::cpu())?;
                Ok::<_, Error>(SparseGrad { rows: rows.to_vec(), values })
            };
            optimizer.step_sparse(&p, &grad(&[0])?)?;
            let first = p.tensor().to_f64_vec()[..2].to_vec();
            for _ in 0..2 {
                optimizer.step_sparse(&p, &grad(&[0])?)?;
            }
            optimizer.step_sparse(&p, &grad(&[0, 1])?)?;
            let moved = p.tensor().to_f64_vec()[2..].to_vec();
            assert_eq!(moved == first, own, "moved to {moved:?}, in a first step to {first:?}");
            Ok(moved)
        };
        assert_ne!(late(true)?, late(false)?);
    }
    Ok(())
}

#[test]
fn groups_have_settings_of_their_own() -> Result<()> {
    let names = ["plain", "slow", "kept"];
    let params = names.map(|name| Param::new(name, Tensor::from(1.0)));
    let [plain, slow, kept] = &params;
    let mut optimizer = RiemannianSGD::new(params.to_vec(), 0.5)
        .weight_decay(0.5)
        .group(Group::new(vec![slow.clone()]).lr_scale(0.5))
        .group(Group::new(vec![kept.clone()]).no_decay());
    let mut loss = Tensor::from(0.0);
    for p in &params {
        loss = loss.add(&p.tensor().mul_scalar(0.25)?)?;
    }
    optimizer.step(&loss.backward()?)?;
    // 1 − lr (gradient + decay · 1)
    assert_eq!(plain.tensor().to_scalar::<f64>()?, 1.0 - 0.5 * 0.75);
    assert_eq!(slow.tensor().to_scalar::<f64>()?, 1.0 - 0.25 * 0.75);
    assert_eq!(kept.tensor().to_scalar::<f64>()?, 1.0 - 0.5 * 0.25);
    Ok(())
}

#[test]
fn a_parameter_given_twice_moves_once() -> Result<()> {
    let p = Param::new("p", Tensor::from(1.0));
    let mut optimizer = RiemannianSGD::new(vec![p.clone(), p.clone()], 0.5);
    optimizer.step(&p.tensor().backward()?)?;
    assert_eq!(p.tensor().to_scalar::<f64>()?, 0.5);
    Ok(())
}

#[test]
fn points_stay_on_their_manifold_while_its_curvature_is_learned() -> Result<()> {
    // With points whose ball shrinks when κ grows, a step of κ alone leaves them outside (published code does).
    let kappa = Param::new("kappa", Tensor::from(-1.0));
    let start = Tensor::from_slice(&[0.97, 0.0, 0.0, -0.98], [2, 2])?;
    let p = Param::new("p", start).on(PoincareBall::new(kappa.tensor())?);
    let decayless = Group::new(vec![kappa.clone()]).no_decay();
    let mut optimizer = RiemannianAdamW::new(vec![p.clone()], 0.1).group(decayless);
    let first = -1.0;
    for _ in 0..50 {
        let ball = PoincareBall::new(kappa.tensor())?;
        // Short distances at given coordinates: κ falls.
        let x = p.tensor();
        let loss = ball.dist0(&x)?.sum_all()?.add(&x.sum_all()?.mul_scalar(1e-3)?)?;
        optimizer.step(&loss.backward()?)?;
        let ball = PoincareBall::new(kappa.tensor().detach())?;
        let x = p.tensor().detach();
        assert!(ball.dist0(&x)?.to_f64_vec().iter().all(|d| d.is_finite()));
        assert_eq!(ball.project(&x)?.to_f64_vec(), x.to_f64_vec(), "outside at κ = {:?}", kappa.tensor());
    }
    assert!(kappa.tensor().to_scalar::<f64>()? < 1.5 * first, "κ did not move far");
    Ok(())
}

#[test]
fn a_learnable_curvature_gets_its_gradient() -> Result<()> {
    let kappa = Tensor::from(-0.6).tracked();
    let (x, y) = (Tensor::from_slice(&[0.1, 0.2], 2)?, Tensor::from_slice(&[-0.3, 0.5], 2)?);
    let dist = |kappa: &Tensor| PoincareBall::new(kappa.clone())?.dist(&x, &y);
    let grads: Grads = dist(&kappa)?.backward()?;
    // Unit coordinates: dist = dist₁/√−κ, so ∂dist/∂κ = dist/(−2κ).
    let want = dist(&Tensor::from(-0.6))?.to_scalar::<f64>()? / 1.2;
    assert!((grads.get(&kappa).expect("tracked").to_scalar::<f64>()? / want - 1.0).abs() < 1e-14);
    assert!(matches!(PoincareBall::new(0.5), Err(Error::Argument { .. })));
    Ok(())
}

#[test]
fn wrong_sparse_gradients_are_refused() -> Result<()> {
    let p = Param::new("p", Tensor::from_slice(&[1.0, 2.0, 3.0], [3, 1])?);
    let mut optimizer = RiemannianSGD::new(vec![p.clone()], 0.1);
    let values = Tensor::from_slice(&[1.0, 1.0], [2, 1])?;
    for rows in [vec![1, 1], vec![2, 0], vec![0, 3], vec![0]] {
        let grad = SparseGrad { rows: rows.clone(), values: values.clone() };
        assert!(optimizer.step_sparse(&p, &grad).is_err(), "{rows:?}");
    }
    let vector = Param::new("v", Tensor::from_slice(&[1.0, 2.0, 3.0], 3)?);
    let grad = SparseGrad { rows: vec![2], values: Tensor::from_slice(&[1.0], 1)? };
    let error = RiemannianSGD::new(vec![vector.clone()], 0.1).step_sparse(&vector, &grad);
    assert!(error.expect_err("a vector has no rows").to_string().contains("v is no table"));
    assert!(p.lookup(&Tensor::from_slice(&[3_i64], 1)?).is_err());
    assert!(p.lookup(&Tensor::from_slice(&[-1_i64], 1)?).is_err());
    assert_eq!(p.tensor().to_f64_vec(), [1.0, 2.0, 3.0]);
    Ok(())
}
