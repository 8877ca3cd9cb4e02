//! Elementwise functions, number by number: to 4 units in the last place in f32, to 1e-12 in f64.

use crate::card::card;
use beltrami::{DType, Result, Tensor};

type Function = fn(&Tensor) -> Result<Tensor>;

const FUNCTIONS: &[(&str, Function)] = &[
    ("neg", Tensor::neg),
    ("abs", Tensor::abs),
    ("sign", Tensor::sign),
    ("add_scalar", |x| x.add_scalar(0.1)),
    ("mul_scalar", |x| x.mul_scalar(0.1)),
    ("square", Tensor::square),
    ("sqrt", Tensor::sqrt),
    ("rsqrt", Tensor::rsqrt),
    ("recip", Tensor::recip),
    ("powf", |x| x.powf(1.7)),
    ("clamp", |x| x.clamp(-1.1, 0.3)),
    ("exp", Tensor::exp),
    ("expm1", Tensor::expm1),
    ("ln", Tensor::ln),
    ("log1p", Tensor::log1p),
    ("sin", Tensor::sin),
    ("cos", Tensor::cos),
    ("asin", Tensor::asin),
    ("acos", Tensor::acos),
    ("atan", Tensor::atan),
    ("sinh", Tensor::sinh),
    ("cosh", Tensor::cosh),
    ("tanh", Tensor::tanh),
    ("asinh", Tensor::asinh),
    ("acosh", Tensor::acosh),
    ("atanh", Tensor::atanh),
    ("erf", Tensor::erf),
    ("sinhc", Tensor::sinhc),
    ("sigmoid", Tensor::sigmoid),
    ("softplus", Tensor::softplus),
    ("relu", Tensor::relu),
    ("leaky_relu", |x| x.leaky_relu(0.01)),
    ("elu", |x| x.elu(1.1)),
    ("silu", Tensor::silu),
    ("gelu", Tensor::gelu),
    ("gelu_tanh", Tensor::gelu_tanh),
];

/// Every size from subnormal to overflowing, both signs, and a dense stretch around 0.
fn points() -> Vec<f64> {
    let sizes = (-150..128).map(|e| 1.37 * f64::from(e).exp2());
    let dense = (0..400).map(|i| 0.01 + 0.037 * f64::from(i));
    let positive: Vec<f64> = sizes.chain(dense).chain([0.0, 1.0, f64::INFINITY, f64::NAN]).collect();
    positive.iter().copied().chain(positive.iter().map(|x| -x)).collect()
}

/// `None` if they agree.
fn difference(got: f64, want: f64, dtype: DType) -> Option<f64> {
    if got == want || (got.is_nan() && want.is_nan()) {
        return None;
    }
    let (unit, smallest) = match dtype {
        DType::F32 => (f64::from(f32::EPSILON), f64::from(f32::MIN_POSITIVE)),
        _ => (1e-12 / 4.0, f64::MIN_POSITIVE),
    };
    // Below the smallest normal number, the processor's forms of some tails give 0.
    if (got - want).abs() < smallest {
        return None;
    }
    let error = (got - want).abs() / (unit * want.abs());
    (error > 4.0 || error.is_nan()).then_some(error)
}

#[test]
fn functions_agree_number_by_number() -> Result<()> {
    let points = points();
    let mut wrong = vec![];
    for dtype in [DType::F32, DType::F64] {
        let here = Tensor::from_slice(&points, points.len())?.to_dtype(dtype)?;
        let there = here.to_device(&card())?;
        for (name, f) in FUNCTIONS {
            let (got, want) = (f(&there)?.to_f64_vec(), f(&here)?.to_f64_vec());
            for ((x, got), want) in here.to_f64_vec().into_iter().zip(got).zip(want) {
                if let Some(error) = difference(got, want, dtype) {
                    wrong.push(format!("{name}({x:e}) in {dtype} is {got:e}, on the CPU {want:e}: {error:.1} units"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    Ok(())
}

#[test]
fn long_sums_are_right_in_any_shape() -> Result<()> {
    let n = 70_001;
    let x = Tensor::rand([3, n], DType::F32, beltrami::Rng::new(3), &beltrami::Device::cpu())?;
    let there = x.to_device(&card())?;
    for axes in [vec![0], vec![1], vec![0, 1]] {
        for f in [Tensor::sum, Tensor::max, Tensor::min, Tensor::mean] {
            let (got, want) = (f(&there, &axes, false)?.to_f64_vec(), f(&x, &axes, false)?.to_f64_vec());
            // Sums are in f64, so both are rounded once.
            assert!(got.iter().zip(&want).all(|(g, w)| (g - w).abs() <= 2e-7 * w.abs()), "over {axes:?}");
        }
        assert_eq!(there.t()?.contiguous()?.t()?.sum(&axes, true)?.to_f64_vec(), there.sum(&axes, true)?.to_f64_vec());
    }
    Ok(())
}

#[test]
fn long_rows_have_their_order_and_their_running_sums() -> Result<()> {
    let x = Tensor::randn([3, 1000], DType::F64, beltrami::Rng::new(4), &beltrami::Device::cpu())?;
    let there = x.to_device(&card())?;
    for f in [Tensor::argmax, Tensor::argmin] {
        assert_eq!(f(&there, 1, false)?.to_vec::<i64>()?, f(&x, 1, false)?.to_vec::<i64>()?);
    }
    let (got, want) = (there.cumsum(1)?.to_vec::<f64>()?, x.cumsum(1)?.to_vec::<f64>()?);
    assert!(got.iter().zip(&want).all(|(g, w)| (g - w).abs() < 1e-11));
    let ones = Tensor::ones([2, 70], DType::U8, &card())?;
    assert_eq!(ones.argmax(1, false)?.to_vec::<i64>()?, [0, 0]);
    Ok(())
}
