//! Tensors that are made on the card have the processor's bits.

use crate::card::card;
use beltrami::{DType, Device, Result, Rng, Tensor};

const TYPES: [DType; 6] = [DType::F32, DType::F64, DType::BF16, DType::U32, DType::I64, DType::U8];

fn same(make: impl Fn(&Device) -> Result<Tensor>) -> Result<()> {
    let (there, here) = (make(&card())?, make(&Device::cpu())?);
    assert!(there.device().is_same(&card()));
    let bits = |x: &Tensor| x.to_f64_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!((there.dtype(), there.dims(), bits(&there)), (here.dtype(), here.dims(), bits(&here)));
    Ok(())
}

#[test]
fn constants() -> Result<()> {
    for dtype in TYPES {
        same(|device| Tensor::full([3, 100], 7.3, dtype, device))?;
        same(|device| Tensor::zeros(1, dtype, device))?;
        same(|device| Tensor::arange(300, dtype, device))?;
        same(|device| Tensor::eye(5, dtype, device))?;
    }
    same(|device| Tensor::full(3, -0.0, DType::F64, device))
}

#[test]
fn random_numbers() -> Result<()> {
    let rng = Rng::new(0x1234_5678_9abc_def0).stream(1 << 40);
    for dtype in TYPES {
        same(|device| Tensor::rand([7, 300], dtype, rng, device))?;
    }
    same(|device| Tensor::randn([7, 300], DType::F64, rng, device))?;
    for dtype in [DType::F32, DType::F64] {
        same(|device| Tensor::randn([7, 301], dtype, rng, &Device::cpu())?.to_device(device)?.dropout(0.3, rng))?;
    }
    Ok(())
}

#[test]
fn conversions_round_and_saturate_alike() -> Result<()> {
    let numbers = [
        0.0,
        -0.0,
        0.5,
        1.5,
        -2.5,
        254.9,
        255.5,
        256.0,
        -1.0,
        4294967295.5,
        1e10,
        -1e10,
        1e19,
        -1e19,
        1e39,
        3.4e38,
        1e-46,
        1e-40,
        1.00390625,
        1.0039062500000002,
        1.01171875,
        9.3e-41,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    for from in TYPES {
        for to in TYPES {
            same(|device| {
                Tensor::from_slice(&numbers, numbers.len())?.to_dtype(from)?.to_device(device)?.to_dtype(to)
            })?;
        }
    }
    Ok(())
}
