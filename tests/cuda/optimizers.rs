//! Optimizers move parameters on the card as on the processor.

use crate::card::card;
use beltrami::manifold::{Lorentz, Manifold, PoincareBall, Spec, Stiefel};
use beltrami::optim::{Clip, Optimizer, RiemannianAdam, RiemannianAdamW, RiemannianSGD};
use beltrami::param::SparseGrad;
use beltrami::{DType, Device, Error, Param, Result, Rng, Tensor};
use std::sync::Arc;

const ROWS: usize = 5;

/// A name, a manifold (flat without one), the width of its rows.
type Space = (&'static str, Option<Arc<dyn Manifold>>, usize);

fn spaces() -> Result<Vec<Space>> {
    let product: Spec = "h3,e2".parse()?;
    Ok(vec![
        ("lorentz", Some(Arc::new(Lorentz::new(-0.7)?)), 5),
        ("ball", Some(Arc::new(PoincareBall::new(-1.0)?)), 4),
        ("product", Some(product.build()?), 6),
        ("positive definite", Some("spd2".parse::<Spec>()?.build()?), 4),
        ("flat", None, 3),
    ])
}

type Make = fn(Vec<Param>) -> Box<dyn Optimizer>;

const RULES: [(&str, Make); 8] = [
    ("sgd", |p| Box::new(RiemannianSGD::new(p, 0.1))),
    ("sgd, momentum", |p| Box::new(RiemannianSGD::new(p, 0.1).momentum(0.9, 0.1).weight_decay(0.01))),
    ("sgd, nesterov", |p| Box::new(RiemannianSGD::new(p, 0.1).momentum(0.9, 0.0).nesterov().clip(Clip::Global(1.0)))),
    ("sgd, published", |p| Box::new(RiemannianSGD::new(p, 0.1).momentum(0.9, 0.0).published_seed())),
    ("adam", |p| Box::new(RiemannianAdam::new(p, 0.1).weight_decay(0.01).clip(Clip::Each(1.0)))),
    ("adam, amsgrad", |p| Box::new(RiemannianAdam::new(p, 0.1).amsgrad())),
    ("adam, row steps", |p| Box::new(RiemannianAdam::new(p, 0.1).row_steps())),
    ("adamw", |p| Box::new(RiemannianAdamW::new(p, 0.1))),
];

fn start(manifold: &Option<Arc<dyn Manifold>>, width: usize, dtype: DType, device: &Device) -> Result<Param> {
    let drawn = Tensor::randn([ROWS, width], DType::F64, Rng::new(1), &Device::cpu())?.mul_scalar(0.4)?;
    let points = match manifold {
        Some(m) => m.exp_map0(&m.project_tangent(&m.exp_map0(&drawn.zeros_like()?)?, &drawn)?)?,
        None => drawn,
    };
    let param = Param::new("points", points.to_dtype(dtype)?.to_device(device)?);
    Ok(manifold.iter().fold(param, |param, m| param.on_shared(m.clone())))
}

/// The gradient of step `i`, for all rows or some.
fn gradient(i: u64, param: &Param, rows: usize) -> Result<Tensor> {
    let x = param.tensor();
    let drawn = Tensor::randn([rows, x.dims()[1]], DType::F64, Rng::new(2).stream(i), &Device::cpu())?;
    drawn.to_dtype(x.dtype())?.to_device(x.device())
}

fn dense(optimizer: &mut dyn Optimizer, i: u64, param: &Param) -> Result<()> {
    let x = param.tensor();
    // The gradient of a sum of products is the other factor.
    let loss = x.mul(&gradient(i, param, ROWS)?)?.sum_all()?;
    let grads = loss.backward()?;
    drop((x, loss));
    optimizer.step(&grads)
}

fn sparse(optimizer: &mut dyn Optimizer, i: u64, param: &Param) -> Result<()> {
    let rows = if i.is_multiple_of(2) { vec![0, 3] } else { vec![1, 3, 4] };
    let values = gradient(i, param, rows.len())?;
    optimizer.step_sparse(param, &SparseGrad { rows, values })
}

/// The largest difference, of numbers of size 1.
fn apart(a: &Tensor, b: &Tensor) -> f64 {
    let (a, b) = (a.to_f64_vec(), b.to_f64_vec());
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(&b)
        .map(|(a, b)| (a - b).abs() / (1.0 + b.abs()))
        .fold(0.0, |most, d| if d >= most { d } else { most.max(d) })
}

#[test]
fn steps_are_the_processors() -> Result<()> {
    for (space, manifold, width) in spaces()? {
        for (rule, make) in RULES {
            for (dtype, tolerance) in [(DType::F32, 2e-5), (DType::F64, 1e-11)] {
                for step in [dense, sparse] {
                    let [here, there] = [Device::cpu(), card()].map(|device| -> Result<_> {
                        let param = start(&manifold, width, dtype, &device)?;
                        let mut optimizer = make(vec![param.clone()]);
                        for i in 0..3 {
                            step(&mut *optimizer, i, &param)?;
                        }
                        Ok((param.tensor().detach(), optimizer.state()?))
                    });
                    let (here, there) = (here?, there?);
                    let place = format!("{space}, {rule}, {dtype}");
                    assert!(there.0.device().is_same(&card()), "{place}");
                    let error = apart(&there.0, &here.0);
                    assert!(error < tolerance, "{place}: {error:e}");
                    assert_eq!(here.1.metadata, there.1.metadata, "{place}");
                    assert!(here.1.tensors.keys().eq(there.1.tensors.keys()), "{place}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn rows_without_a_gradient_keep_their_bits_and_old_handles_their_numbers() -> Result<()> {
    let (_, manifold, width) = spaces()?.swap_remove(0);
    let param = start(&manifold, width, DType::F32, &card())?;
    let before = param.tensor().detach();
    let numbers = before.to_f64_vec();
    sparse(&mut RiemannianAdam::new(vec![param.clone()], 0.1), 0, &param)?;
    assert_eq!(before.to_f64_vec(), numbers);
    let after = param.tensor().to_f64_vec();
    for row in 0..ROWS {
        let of = row * width..(row + 1) * width;
        assert_eq!(after[of.clone()] == numbers[of], ![0, 3].contains(&row), "row {row}");
    }
    Ok(())
}

#[test]
fn stored_states_go_on_on_the_other_device() -> Result<()> {
    let (_, manifold, width) = spaces()?.swap_remove(1);
    let devices = [Device::cpu(), card()];
    for (from, to) in [(0, 1), (1, 0)] {
        let first = start(&manifold, width, DType::F64, &devices[from])?;
        let mut optimizer = RiemannianAdam::new(vec![first.clone()], 0.1).amsgrad();
        (0..2).try_for_each(|i| dense(&mut optimizer, i, &first))?;
        let second = start(&manifold, width, DType::F64, &devices[to])?;
        second.set(first.tensor().to_device(&devices[to])?)?;
        let mut other = RiemannianAdam::new(vec![second.clone()], 0.1).amsgrad();
        other.load_state(&optimizer.state()?)?;
        dense(&mut optimizer, 2, &first)?;
        dense(&mut other, 2, &second)?;
        // A parameter that moves takes its moments along.
        first.set(first.tensor().to_device(&devices[to])?)?;
        dense(&mut optimizer, 3, &first)?;
        dense(&mut other, 3, &second)?;
        assert!(first.tensor().device().is_same(&devices[to]));
        let error = apart(&first.tensor(), &second.tensor());
        assert!(error < 1e-11, "{error:e}");
    }
    Ok(())
}

#[test]
fn what_has_no_kernels_is_refused_and_stays() -> Result<()> {
    let points = Tensor::eye(2, DType::F64, &card())?.reshape([1, 4])?;
    let param = Param::new("frames", points).on_shared(Arc::new(Stiefel::new(2, 2)?));
    let before = param.tensor().to_f64_vec();
    let values = Tensor::ones([1, 4], DType::F64, &card())?;
    let tried = RiemannianSGD::new(vec![param.clone()], 0.1).step_sparse(&param, &SparseGrad { rows: vec![0], values });
    assert!(matches!(tried, Err(Error::Unsupported { .. })), "{tried:?}");
    assert_eq!(param.tensor().to_f64_vec(), before);
    Ok(())
}

#[test]
fn bad_gradients_move_nothing() -> Result<()> {
    let param = start(&None, 3, DType::F32, &card())?;
    let before = param.tensor().to_f64_vec();
    let mut optimizer = RiemannianSGD::new(vec![param.clone()], 0.1);
    let mut give = |values: Tensor| optimizer.step_sparse(&param, &SparseGrad { rows: vec![1], values });
    let nan = Tensor::from_slice(&[1.0_f32, f32::NAN, 0.0], [1, 3])?;
    assert!(matches!(give(nan.to_device(&card())?), Err(Error::NonFinite { position: 1, .. })));
    assert!(matches!(give(nan), Err(Error::Devices { .. })));
    assert_eq!(param.tensor().to_f64_vec(), before);
    Ok(())
}
