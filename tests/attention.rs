//! Attention over many tiles, and far from the origin.

use beltrami::ops::Attention;
use beltrami::prelude::*;
use beltrami::{Result, grad};

fn normal(shape: [usize; 4], stream: u64, scale: f64) -> Result<Tensor> {
    Tensor::randn(shape, DType::F64, Rng::new(5).stream(stream), &Device::cpu())?.mul_scalar(scale)
}

/// Gradients in q, k, v, κ, τ and κ of values: from tiles, or composed of tensor operations.
fn gradients(inputs: &[Tensor], composed: bool, masks: impl Fn(Attention) -> Attention) -> Result<Vec<Tensor>> {
    let x: Vec<Tensor> = inputs.iter().map(Tensor::tracked).collect();
    let attention = masks(Attention::lorentz(&x[3], &x[4]).centroid(&x[5]));
    let y = attention.apply(&x[0], &x[1], &x[2])?;
    let wave = Tensor::generate(y.shape(), y.dtype(), y.device(), |i| (1.0 + i as f64).sin())?;
    grad(&y.mul(&wave)?.sum_all()?, &x.iter().collect::<Vec<_>>(), composed)
}

/// The largest difference, relative to the largest number.
fn difference(got: &Tensor, want: &Tensor) -> f64 {
    let (got, want) = (got.to_f64_vec(), want.to_f64_vec());
    let largest = want.iter().fold(1e-300, |m: f64, x| m.max(x.abs()));
    let differences = got.iter().zip(&want).map(|(g, w)| (g - w).abs() / largest);
    differences.fold(0.0, |m, d| if d > m || d.is_nan() { d } else { m })
}

#[test]
fn gradients_of_many_tiles_are_those_of_the_composition() -> Result<()> {
    let inputs = [
        normal([2, 4, 101, 18], 1, 0.7)?,
        normal([2, 2, 150, 18], 2, 0.7)?,
        normal([2, 2, 150, 33], 3, 0.7)?,
        Tensor::from(-0.7),
        Tensor::from(2.5),
        Tensor::from(-1.4),
    ];
    let lengths = Tensor::from_slice(&[150u32, 71], 2)?;
    for (label, masked) in [("all keys", false), ("causal and lengths", true)] {
        let masks = |a: Attention| if masked { a.causal().lengths(&lengths) } else { a };
        let (got, want) = (gradients(&inputs, false, masks)?, gradients(&inputs, true, masks)?);
        for (i, (got, want)) in got.iter().zip(&want).enumerate() {
            let error = difference(got, want);
            assert!(error < 1e-11, "{label}: input {i} differs by {error:e}");
        }
    }
    Ok(())
}

/// Points in clusters at a radius: what they differ by is tiny beside their coordinates.
#[test]
fn f32_keeps_its_digits_far_out() -> Result<()> {
    for (radius, tolerance) in [(1.0, 2e-6), (80.0, 2e-6), (1e3, 2e-6)] {
        let far = |stream| -> Result<Tensor> {
            let away =
                Tensor::generate([1, 1, 70, 8], DType::F64, &Device::cpu(), |i| f64::from(u8::from(i % 8 == 0)))?;
            away.mul_scalar(radius)?.add(&normal([1, 1, 70, 8], stream, 0.5)?)?.to_dtype(DType::F32)
        };
        let (q, k, v) = (far(1)?, far(2)?, far(3)?);
        let (kappa, temperature) = (Tensor::from(-1.0), Tensor::from(1.5));
        let attention = Attention::lorentz(&kappa, &temperature).centroid(&kappa);
        let got = attention.apply(&q, &k, &v)?;
        let wide = |x: &Tensor| x.to_dtype(DType::F64);
        let want = attention.apply(&wide(&q)?, &wide(&k)?, &wide(&v)?)?;
        let error = difference(&got, &want);
        assert!(error < tolerance, "radius {radius}: centroids are off by {error:e}");

        let scalars = [kappa, temperature.clone(), Tensor::from(-1.0)];
        let all = |x: [Tensor; 3]| x.into_iter().chain(scalars.clone()).collect::<Vec<_>>();
        let got = gradients(&all([q.clone(), k.clone(), v.clone()]), false, |a| a)?;
        let want = gradients(&all([wide(&q)?, wide(&k)?, wide(&v)?]), false, |a| a)?;
        for (i, (got, want)) in got.iter().zip(&want).enumerate().take(3) {
            let error = difference(got, want);
            assert!(error < 4.0 * tolerance, "radius {radius}: gradient of input {i} is off by {error:e}");
        }
    }
    Ok(())
}

/// The composed scores would be NaN for a row without keys.
#[test]
fn a_query_without_keys_gives_the_origin_and_no_gradient() -> Result<()> {
    let x: Vec<Tensor> = (0..3).map(|s| Ok(normal([1, 1, 3, 2], s, 1.0)?.tracked())).collect::<Result<_>>()?;
    let kappa = Tensor::from(-0.25);
    let nothing = Tensor::from_slice(&[0i64], 1)?;
    let y = Attention::dot(1.0).centroid(&kappa).lengths(&nothing).apply(&x[0], &x[1], &x[2])?;
    assert_eq!(y.to_f64_vec(), [2.0, 0.0, 0.0].repeat(3));
    for g in grad(&y.sum_all()?, &x.iter().collect::<Vec<_>>(), false)? {
        assert!(g.to_f64_vec().iter().all(|&g| g == 0.0), "{g:?}");
    }
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused() -> Result<()> {
    let x = normal([1, 2, 3, 4], 1, 1.0)?;
    let (one, zero) = (Tensor::from(1.0), Tensor::from(0.0));
    let message = |attention: Attention, k: &Tensor| attention.apply(&x, k, &x).unwrap_err().to_string();
    assert!(message(Attention::lorentz(&one, &one), &x).contains("choose κ < 0"));
    assert!(message(Attention::lorentz(&Tensor::from(-1.0), &zero), &x).contains("temperature 0"));
    assert!(message(Attention::dot(1.0), &normal([1, 2, 3, 5], 2, 1.0)?).contains("shapes do not fit"));
    assert!(message(Attention::dot(1.0).lengths(&one), &x).contains("one length for each batch entry"));
    assert!(message(Attention::dot(1.0).blocked(&one), &x).contains("u8"));
    Ok(())
}
