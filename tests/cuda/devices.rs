//! Where tensors lie: copies, memory, several devices in one operation, several threads on one.

use crate::card::{card, second_card};
use beltrami::{DType, Device, Error, Result, Rng, Tensor};

#[test]
fn copies_keep_the_bits_of_any_view() -> Result<()> {
    let cpu = Tensor::randn([4, 3, 5], DType::F64, Rng::new(1), &Device::cpu())?;
    for dtype in [DType::F32, DType::F64, DType::BF16, DType::U32, DType::I64, DType::U8] {
        let x = cpu.abs()?.to_dtype(dtype)?.permute(&[2, 0, 1])?.slice(0, 0, 5, -2)?;
        let there = x.to_device(&card())?;
        assert!(there.device().is_same(&card()) && there.dims() == x.dims() && there.dtype() == dtype);
        let back = there.transpose(0, 2)?.to_device(&Device::cpu())?.transpose(0, 2)?;
        assert_eq!(back.to_f64_vec(), x.to_f64_vec());
        assert_eq!(format!("{there:?}"), format!("{x:?}"));
    }
    let empty = Tensor::zeros([0, 3], DType::F32, &card())?;
    assert!(empty.exp()?.to_vec::<f32>()?.is_empty());
    Ok(())
}

#[test]
fn devices_do_not_mix() -> Result<()> {
    let here = Tensor::ones(3, DType::F32, &Device::cpu())?;
    let there = here.to_device(&card())?;
    let error = here.add(&there).expect_err("the inputs lie apart");
    assert_eq!(error.to_string(), "add: inputs lie on [\"cpu\", \"cuda:0\"]; bring them together with `to_device`");
    if let Some(second) = second_card() {
        let elsewhere = there.to_device(&second)?;
        assert_eq!(elsewhere.to_vec::<f32>()?, [1.0; 3]);
        assert!(matches!(there.mul(&elsewhere), Err(Error::Devices { op: "mul", .. })));
        assert_eq!(elsewhere.to_device(&card())?.add(&there)?.to_vec::<f32>()?, [2.0; 3]);
    }
    Ok(())
}

#[test]
fn gradients_come_back_over_devices() -> Result<()> {
    let x = Tensor::from_slice(&[0.5, -1.0], 2)?.tracked();
    let loss = x.to_device(&card())?.tanh()?.sum_all()?.to_device(&Device::cpu())?;
    let gradient = loss.backward()?.get(&x).expect("the loss depends on x").clone();
    assert!(gradient.device().is_same(&Device::cpu()));
    let slope = |x: f64| x.cosh().powi(-2);
    let error =
        gradient.to_vec::<f64>()?.iter().zip([0.5, -1.0]).fold(0.0_f64, |e, (g, x)| e.max((g - slope(x)).abs()));
    assert!(error < 1e-15, "{error}");
    Ok(())
}

#[test]
fn a_full_card_says_so_and_goes_on() -> Result<()> {
    let kept = Tensor::ones(1000, DType::F32, &card())?;
    let error = Tensor::zeros([1 << 25, 1 << 20], DType::F64, &card()).expect_err("no card has 256 TiB");
    assert!(matches!(error, Error::OutOfMemory { requested, free } if requested == 1 << 48 && free > 0), "{error}");
    assert_eq!(kept.sum_all()?.to_scalar::<f32>()?, 1000.0);
    Ok(())
}

#[test]
fn types_that_do_not_compute_are_refused_as_on_the_processor() -> Result<()> {
    let x = Tensor::ones(2, DType::BF16, &card())?;
    assert!(matches!(x.add(&x), Err(Error::DType { op: "add", .. })));
    assert!(matches!(x.exp(), Err(Error::DType { op: "exp", .. })));
    Ok(())
}

#[test]
fn views_of_more_axes_than_kernels_follow_are_refused() -> Result<()> {
    let x = Tensor::ones(vec![2; 9], DType::F32, &card())?;
    let backwards = (0..9).try_fold(x.clone(), |x, axis| x.narrow(axis, 0, 1))?;
    assert_eq!(backwards.exp()?.numel(), 1);
    let reversed = x.permute(&[8, 7, 6, 5, 4, 3, 2, 1, 0])?;
    assert!(matches!(reversed.exp(), Err(Error::Shape { op: "exp", .. })));
    Ok(())
}

#[test]
fn threads_share_a_card() -> Result<()> {
    let x = Tensor::from_slice(&[1.0, 2.0, 3.0], 3)?.to_device(&card())?;
    std::thread::scope(|scope| {
        let sums: Vec<_> = (0..4)
            .map(|i| {
                let x = &x;
                scope.spawn(move || -> Result<f64> { x.mul_scalar(f64::from(i))?.sum_all()?.to_scalar() })
            })
            .collect();
        for (i, sum) in sums.into_iter().enumerate() {
            assert_eq!(sum.join().expect("the thread ends")?, 6.0 * i as f64);
        }
        Ok(())
    })
}

#[test]
fn a_card_is_known_by_name_and_memory() -> Result<()> {
    let info = card().cuda_info()?.expect("a card has one");
    assert!(!info.name.is_empty() && info.driver >= (12, 0) && info.total >= info.free && info.free > 0);
    assert_eq!(Device::cpu().cuda_info()?, None);
    assert_eq!(card().to_string(), "cuda:0");
    let beyond = Device::cuda(Device::cuda_count()?).expect_err("cards are numbered from 0");
    assert!(matches!(beyond, Error::CudaUnavailable { .. }), "{beyond}");
    card().synchronize()
}
