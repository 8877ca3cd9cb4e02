//! The tape: what it records, frees, refuses.

use beltrami::autograd::apply;
use beltrami::{Device, Error, Result, Tensor, checkpoint, grad, gradcheck, gradgradcheck, no_grad};

fn leaf(x: f64) -> Tensor {
    Tensor::from(x).tracked()
}

#[test]
fn gradients_add_up_where_paths_join() -> Result<()> {
    let x = leaf(3.0);
    let y = x.mul(&x)?.add(&x.mul_scalar(5.0)?)?.add(&x)?;
    let grads = y.backward()?;
    assert_eq!(grads.get(&x).unwrap().to_scalar::<f64>()?, 12.0);
    assert_eq!(grads.len(), 1);
    Ok(())
}

#[test]
fn a_record_is_freed_by_backward() -> Result<()> {
    let x = leaf(2.0);
    let y = x.exp()?;
    y.backward()?;
    let again = y.backward().expect_err("the record is gone");
    assert_eq!(
        again.to_string(),
        "exp: the record was freed by an earlier backward; differentiate once, or use `grad` with `create_graph`"
    );
    Ok(())
}

#[test]
fn derivatives_of_any_order() -> Result<()> {
    let x = leaf(0.7);
    let mut y = x.sin()?;
    for want in [0.7_f64.cos(), -0.7_f64.sin(), -0.7_f64.cos(), 0.7_f64.sin()] {
        y = grad(&y, &[&x], true)?.remove(0);
        assert!((y.to_scalar::<f64>()? - want).abs() < 1e-15);
    }
    Ok(())
}

#[test]
fn inputs_computed_from_each_other_keep_their_partial_derivatives() -> Result<()> {
    // softmax is fused; its second derivative goes through the reference, where an input must not be followed further.
    let f = |x: &[Tensor]| {
        let y = x[0].mul(&x[0])?;
        x[0].mul(&y)?.softmax(-1)?.mul(&y)
    };
    gradcheck(f, &[Tensor::from_slice(&[0.3, -0.8, 1.1], 3)?])?;
    gradgradcheck(f, &[Tensor::from_slice(&[0.3, -0.8, 1.1], 3)?])?;
    Ok(())
}

#[test]
fn a_wrong_derivative_is_found() {
    // The value depends on x, the recorded derivative does not.
    let cut = |x: &[Tensor]| x[0].detach().exp()?.add(&x[0]);
    let error = gradcheck(cut, &[Tensor::from(0.5)]).expect_err("the gradient is wrong");
    assert!(matches!(error, Error::Gradient { .. }), "{error}");
}

#[test]
fn a_long_tape_needs_no_stack() -> Result<()> {
    let x = leaf(1.0);
    let mut y = x.clone();
    for _ in 0..200_000 {
        y = y.add_scalar(1e-6)?;
    }
    assert_eq!(y.backward()?.get(&x).unwrap().to_scalar::<f64>()?, 1.0);
    // And one that is dropped without ever being differentiated.
    let mut z = x.clone();
    for _ in 0..200_000 {
        z = z.mul(&x)?;
    }
    drop(z);
    Ok(())
}

#[test]
fn nothing_is_recorded_when_told_so() -> Result<()> {
    let x = leaf(1.0);
    assert!(!no_grad(|| x.exp())?.is_tracked());
    assert!(!x.detach().exp()?.is_tracked());
    assert!(x.exp()?.is_tracked());
    let untracked = Tensor::from(1.0);
    assert!(matches!(untracked.backward(), Err(Error::Graph { .. })));
    assert!(matches!(grad(&x.exp()?, &[&untracked], false), Err(Error::Graph { .. })));
    assert!(matches!(Tensor::from_slice(&[1.0, 2.0], 2)?.tracked().backward(), Err(Error::Shape { .. })));
    Ok(())
}

#[test]
fn a_checkpoint_refuses_to_lose_a_gradient() -> Result<()> {
    let (x, w) = (leaf(1.0), leaf(2.0));
    let captured = w.clone();
    let error = checkpoint(move |x| x[0].mul(&captured), &[&x]).expect_err("w is not an input");
    assert!(error.to_string().contains("captured by a checkpointed function"), "{error}");
    let y = checkpoint(|x| x[0].mul(&x[1])?.exp(), &[&x, &w])?;
    let grads = y.backward()?;
    let e = 2.0_f64.exp();
    assert_eq!(grads.get(&x).unwrap().to_scalar::<f64>()?, 2.0 * e);
    assert_eq!(grads.get(&w).unwrap().to_scalar::<f64>()?, e);
    Ok(())
}

#[test]
fn an_operation_without_a_derivative_refuses_a_tracked_input() -> Result<()> {
    use beltrami::autograd::{Op, Outputs, Saves, Vjp};
    /// A name of the registry, so that only the missing derivative is at fault.
    #[derive(Debug)]
    struct Blunt;
    impl Op for Blunt {
        fn name(&self) -> &'static str {
            "exp"
        }
        fn forward(&self, x: &[&Tensor]) -> Result<Outputs> {
            Ok([x[0].detach()].into_iter().collect())
        }
        fn saves(&self, _: &[bool]) -> Option<Saves> {
            None
        }
        fn vjp(&self, _: &Vjp<'_>) -> Result<Vec<Option<Tensor>>> {
            Err(Error::NoBackward { op: "exp" })
        }
    }
    assert!(matches!(apply(Blunt, &[&leaf(1.0)]), Err(Error::NoBackward { op: "exp" })));
    assert!(apply(Blunt, &[&Tensor::from(1.0)]).is_ok());
    Ok(())
}

#[test]
fn wrong_shapes_are_named() -> Result<()> {
    let device = Device::cpu();
    let a = Tensor::zeros([2, 3], beltrami::DType::F32, &device)?;
    let b = Tensor::zeros([4], beltrami::DType::F32, &device)?;
    let text = |e: Result<Tensor>| e.expect_err("an error").to_string();
    assert_eq!(
        text(a.add(&b)),
        "add: shapes do not broadcast (got [[2, 3], [4]]); align sizes from the last axis; each pair must be equal or have a 1"
    );
    assert_eq!(
        text(a.matmul(&a)),
        "matmul: inner sizes differ (got [[2, 3], [2, 3]]); columns of the left must equal rows of the right"
    );
    assert_eq!(
        text(a.add(&a.to_dtype(beltrami::DType::F64)?)),
        "add: both operands must have one type, got f64; convert with `to_dtype`"
    );
    assert_eq!(text(a.sum(&[2], false)), "sum: axis 2 of a tensor of shape [2, 3]; axes run from -2 to 1");
    Ok(())
}
