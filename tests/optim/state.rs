//! Stored states: a resumed run gives the bits of one that never stopped, and what does not fit is refused whole.

use super::{OPTIMIZERS, loss, manifolds, param, points};
use beltrami::io::{TensorFile, read_tensors, write_tensors};
use beltrami::manifold::{Lorentz, Manifold, PoincareBall};
use beltrami::optim::{Group, Optimizer, RiemannianAdam, RiemannianAdamW, RiemannianSGD};
use beltrami::{DType, Device, Param, Result, Tensor};
use std::path::Path;
use std::sync::Arc;

#[test]
fn a_resumed_run_gives_the_same_bits() -> Result<()> {
    let device = Device::cpu();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("optim-state.safetensors");
    for manifold in manifolds()? {
        for dtype in [DType::F32, DType::F64] {
            let target = points(&manifold, dtype, 1, &device)?;
            for (name, make) in OPTIMIZERS {
                let p = param("p", points(&manifold, dtype, 0, &device)?, &manifold);
                let run = |p: &Param, optimizer: &mut Box<dyn Optimizer>| -> Result<()> {
                    for _ in 0..3 {
                        optimizer.set_lr(optimizer.lr() * 0.7);
                        optimizer.step(&loss(&p.tensor(), &target, &manifold)?.backward()?)?;
                    }
                    Ok(())
                };
                let mut optimizer = make(vec![p.clone()]);
                run(&p, &mut optimizer)?;
                write_tensors(&path, &optimizer.state()?)?;
                let copy = param("p", p.tensor(), &manifold);
                let mut resumed = make(vec![copy.clone()]);
                resumed.load_state(&read_tensors(&path)?)?;
                assert_eq!(resumed.state()?, optimizer.state()?, "{name}");
                run(&p, &mut optimizer)?;
                run(&copy, &mut resumed)?;
                assert_eq!(copy.tensor().to_f64_vec(), p.tensor().to_f64_vec(), "{name} on {manifold:?}");
                assert_eq!(resumed.lr(), optimizer.lr());
            }
        }
    }
    Ok(())
}

/// A parameter of four rows.
fn four(name: &str, manifold: Option<Arc<dyn Manifold>>) -> Result<Param> {
    let rows = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.1];
    Ok(param(name, Tensor::from_slice(&rows, [4, 2])?, &manifold))
}

fn ball(kappa: f64) -> Result<Option<Arc<dyn Manifold>>> {
    Ok(Some(Arc::new(PoincareBall::new(kappa)?)))
}

fn moved(param: &Param, mut optimizer: impl Optimizer) -> Result<TensorFile> {
    optimizer.step(&param.tensor().square()?.sum_all()?.backward()?)?;
    optimizer.state()
}

#[test]
fn what_does_not_fit_is_refused() -> Result<()> {
    let p = four("p", ball(-1.0)?)?;
    let state = moved(&p, RiemannianAdam::new(vec![p.clone()], 0.1))?;
    let refuses = |mut optimizer: Box<dyn Optimizer>, file: &TensorFile, why: &str| -> Result<()> {
        let before = optimizer.state()?;
        let error = optimizer.load_state(file).expect_err(why).to_string();
        assert!(error.contains(why) && error.contains("nothing was changed"), "{error:?} does not say {why:?}");
        assert_eq!(optimizer.state()?, before, "{why}");
        Ok(())
    };
    let adam = |p: Param| Box::new(RiemannianAdam::new(vec![p], 0.2));
    let fits = || -> Result<Box<RiemannianAdam>> { Ok(adam(four("p", ball(-1.0)?)?)) };
    fits()?.load_state(&state)?;

    refuses(adam(four("p", ball(-0.5)?)?), &state, "p/manifold was poincare(kappa=-1)")?;
    refuses(adam(four("p", Some(Arc::new(Lorentz::new(-1.0)?)))?), &state, "is lorentz(kappa=-1) now")?;
    let radius: Arc<dyn Manifold> = Arc::new(PoincareBall::with_curvature_magnitude(1.0)?);
    refuses(adam(four("p", Some(radius))?), &state, "is poincare(kappa=-1,radius) now")?;
    refuses(adam(four("p", None)?), &state, "is euclidean now")?;
    refuses(adam(four("q", ball(-1.0)?)?), &state, "the metadata has no q/manifold")?;
    refuses(Box::new(fits()?.betas(0.9, 0.99)), &state, "beta2 was 0.999")?;
    refuses(Box::new(fits()?.amsgrad()), &state, "amsgrad was false")?;
    refuses(Box::new(fits()?.weight_decay(0.1)), &state, "p/weight_decay was 0")?;
    let grouped = Group::new(vec![p.clone()]).lr_scale(0.5);
    refuses(Box::new(RiemannianAdam::new(vec![], 0.1).group(grouped)), &state, "p/lr_scale was 1")?;
    refuses(Box::new(RiemannianSGD::new(vec![p.clone()], 0.1)), &state, "optimizer was RiemannianAdam")?;
    refuses(Box::new(RiemannianAdamW::new(vec![p.clone()], 0.1)), &state, "optimizer was RiemannianAdam")?;
    refuses(Box::new(RiemannianAdam::new(vec![], 0.1)), &state, "belongs to no parameter")?;

    let wider = param("p", Tensor::from_slice(&[0.1; 12], [4, 3])?, &ball(-1.0)?);
    refuses(adam(wider), &state, "p/momentum is f64 [4, 2], not f64 [4, 3]")?;
    let single = param("p", four("p", None)?.tensor().to_dtype(DType::F32)?, &ball(-1.0)?);
    refuses(adam(single), &state, "p/momentum is f64 [4, 2], not f32 [4, 2]")?;
    let mut poorer = state.clone();
    poorer.tensors.remove("p/second_moment");
    refuses(fits()?, &poorer, "there is no tensor p/second_moment")?;
    let mut vaguer = state.clone();
    vaguer.metadata.insert("p/step".into(), "soon".into());
    refuses(fits()?, &vaguer, "p/step is \"soon\", not a number")?;
    refuses(fits()?, &TensorFile::default(), "the metadata has no optimizer")
}

#[test]
fn names_tell_parameters_apart() -> Result<()> {
    let twins = vec![four("p", None)?, four("p", None)?];
    let error = RiemannianAdam::new(twins, 0.1).state().expect_err("two have one name").to_string();
    assert!(error.contains("two parameters are named p"), "{error}");
    Ok(())
}

#[test]
fn numbers_come_back_bit_for_bit() -> Result<()> {
    let p = four("p", ball(-1.0 / 3.0)?)?;
    let lr = 0.1 + 0.2;
    let state = moved(&p, RiemannianAdam::new(vec![p.clone()], lr).betas(1.0 / 3.0, 0.7))?;
    assert_eq!(state.metadata["p/manifold"], "poincare(kappa=-0.3333333333333333)");
    assert_eq!(state.metadata["p/step"], "1");
    let mut resumed = RiemannianAdam::new(vec![four("p", ball(-1.0 / 3.0)?)?], 0.5).betas(1.0 / 3.0, 0.7);
    resumed.load_state(&state)?;
    assert_eq!(resumed.lr().to_bits(), lr.to_bits());
    Ok(())
}
