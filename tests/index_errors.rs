//! Bad input to indexing, ordering, einsum, dropout and convolution gives an error that says what to do.

use beltrami::{Conv, DType, Device, Result, Rng, Tensor};

fn zeros(shape: &[usize]) -> Tensor {
    Tensor::zeros(shape, DType::F32, &Device::cpu()).expect("zeros")
}

fn integers(numbers: &[i64]) -> Tensor {
    Tensor::from_slice(numbers, numbers.len()).expect("as many numbers as the shape holds")
}

fn message(result: Result<Tensor>) -> String {
    result.expect_err("this input is bad").to_string()
}

#[test]
fn ids_outside_their_axis() {
    let x = zeros(&[3, 2]);
    let far = integers(&[0, 2, 3, -1]);
    let says = |op: &str, index: i64, position, size| {
        format!("{op}: index {index} at position {position} is outside 0..{size}; check the ids")
    };
    assert_eq!(message(x.embedding(&far)), says("embedding", 3, 2, 3));
    assert_eq!(message(x.index_select(1, &far)), says("index_select", 2, 1, 2));
    assert_eq!(message(x.index_select(0, &integers(&[1, -1]))), says("index_select", -1, 1, 3));
    assert_eq!(message(integers(&[0, i64::MIN]).one_hot(2, DType::F32)), says("one_hot", i64::MIN, 1, 2));
    let ids = Tensor::from_slice(&[0_u32, 1, 9, 0], [2, 2]).expect("four numbers");
    assert_eq!(message(x.gather(0, &ids)), says("gather", 9, 2, 3));
    assert_eq!(message(x.scatter_add(0, &ids, &zeros(&[2, 2]))), says("scatter_add", 9, 2, 3));
    assert_eq!(message(x.index_add(0, &far, &zeros(&[4, 2]))), says("index_add", 3, 2, 3));
    assert_eq!(message(zeros(&[0, 2]).embedding(&integers(&[0]))), says("embedding", 0, 0, 0));
}

#[test]
fn ids_and_sources_that_do_not_fit() {
    let x = zeros(&[3, 2]);
    assert_eq!(
        message(x.embedding(&zeros(&[2]))),
        "embedding: ids must be u32 or i64, got f32; convert with `to_dtype`"
    );
    assert_eq!(
        message(zeros(&[3]).embedding(&integers(&[0]))),
        "embedding: the table is not a matrix (got [[3]]); give it one row for each id, shape [n, d]"
    );
    assert_eq!(
        message(x.gather(0, &integers(&[0]))),
        "gather: ids do not fit beside axis 0 (got [[3, 2], [1]]); \
         ids have the same axes, none larger but the indexed one"
    );
    assert_eq!(
        message(x.index_add(0, &integers(&[0]), &zeros(&[2, 2]))),
        "index_add: src has another shape than what the ids choose (got [[2, 2], [1, 2]]); \
         give a number for each one chosen"
    );
    let ids = Tensor::zeros([2, 2], DType::U32, &Device::cpu()).expect("zeros");
    assert_eq!(
        message(x.scatter_add(0, &ids, &zeros(&[1, 2]))),
        "scatter_add: src is smaller than ids (got [[1, 2], [2, 2]]); give a number for each id"
    );
    assert_eq!(
        message(integers(&[0, 1]).index_add(0, &integers(&[0]), &integers(&[1]))),
        "index_add: sums f32, f64 or bf16, got i64; convert with `to_dtype`"
    );
    assert_eq!(message(x.gather(2, &ids)), "gather: axis 2 of a tensor of shape [3, 2]; axes run from -2 to 1");
}

#[test]
fn order_of_too_few_numbers() {
    assert_eq!(
        message(zeros(&[2, 3]).topk(4, 1).map(|(values, _)| values)),
        "topk: 4 numbers wanted of an axis of size 3 (got [[2, 3]]); choose an axis that has them"
    );
    assert_eq!(
        message(zeros(&[2, 0]).argmax(1, false)),
        "argmax: 1 numbers wanted of an axis of size 0 (got [[2, 0]]); choose an axis that has them"
    );
    assert!(zeros(&[0, 3]).argmax(1, false).is_ok_and(|x| x.dims() == [0]));
    assert!(zeros(&[2, 0]).sort(1, false).is_ok_and(|x| x.dims() == [2, 0]));
    assert_eq!(message(integers(&[1]).cumsum(0)), "cumsum: computes in f32 or f64, got i64; convert with `to_dtype`");
}

#[test]
fn formulas_that_do_not_fit() {
    let (a, b) = (zeros(&[2, 3]), zeros(&[4, 5]));
    let says = |formula: &str, what: &str| {
        format!(
            "einsum: in \"{formula}\" {what}; \
             write one letter for each axis, as in \"bij,bjk->bik\", of one size throughout"
        )
    };
    for (formula, what) in [
        ("ij,jk->ik", "`j` is 3 and 4"),
        ("ij,kl", "there is no `->`"),
        ("ij->i", "it names 1 operands, but 2 were given"),
        ("ijk,kl->i", "`ijk` names 3 axes, but operand 0 has shape [2, 3]"),
        ("ij,kl->m", "`m` of the result is in no operand"),
        ("ij,kl->ii", "`i` is twice in the result"),
        ("i1,kl->i", "`1` is not a letter"),
        ("i...,k...->", "`...` is 3 and 5"),
    ] {
        assert_eq!(message(Tensor::einsum(formula, &[&a, &b])), says(formula, what));
    }
    assert_eq!(message(Tensor::einsum("->", &[])), says("->", "it names 1 operands, but 0 were given"));
}

#[test]
fn probabilities_and_triangles() {
    for p in [1.0, -0.1, f64::NAN] {
        let says = format!("dropout: probability {p}; choose 0 ≤ p < 1");
        assert_eq!(message(zeros(&[2]).dropout(p, Rng::new(0))), says);
    }
    assert_eq!(message(zeros(&[2]).tril(0)), "tril: needs matrices (got [[2]]); give at least two axes");
    assert_eq!(
        message(zeros(&[2, 2]).repeat(&[2])),
        "repeat: 1 numbers of copies (got [[2, 2]]); give one for each axis"
    );
    assert!(zeros(&[0]).roll(3, 0).is_ok_and(|x| x.dims() == [0]));
}

#[test]
fn windows_that_do_not_fit() {
    let (image, weight, conv) = (zeros(&[1, 2, 4, 4]), zeros(&[2, 2, 3, 3]), Conv::default());
    assert_eq!(
        message(image.unfold(&[5, 1], conv)),
        "unfold: no window of [5, 1] fits an image of [4, 4] under \
         Conv { stride: 1, padding: 0, dilation: 1, groups: 1 }; \
         choose a smaller kernel or more padding, and stride and dilation of at least 1"
    );
    assert_eq!(
        message(image.unfold(&[2], conv)),
        "unfold: a kernel of [2] (got [[1, 2, 4, 4]]); \
         give [batch, channels, l] and one size, or [batch, channels, h, w] and two"
    );
    assert_eq!(
        message(image.fold(&[4, 4], &[2, 2], conv)),
        "fold: not the columns of an image of [4, 4] under a kernel of [2, 2] (got [[1, 2, 4, 4]]); \
         give [batch, channels · kernel, places] as `unfold` does"
    );
    assert_eq!(
        message(image.conv2d(&weight, None, Conv { groups: 2, ..conv })),
        "conv2d: channels do not fit under Conv { stride: 1, padding: 0, dilation: 1, groups: 2 } \
         (got [[1, 2, 4, 4], [2, 2, 3, 3]]); \
         give an image [batch, in, …] and a weight with in / groups channels (transposed: in) that groups divide"
    );
    assert_eq!(
        message(image.conv2d(&weight, Some(&zeros(&[3])), conv)),
        "conv2d: one bias for each output channel (got [[3], [1, 2, 2, 2]]); give the bias shape [out]"
    );
    let huge = usize::MAX;
    for bad in [
        Conv { stride: 0, ..conv },
        Conv { dilation: 0, ..conv },
        Conv { groups: 0, ..conv },
        Conv { groups: 3, ..conv },
        Conv { dilation: huge, ..conv },
        Conv { padding: huge, ..conv },
    ] {
        assert!(image.conv2d(&weight, None, bad).is_err(), "{bad:?}");
        assert!(image.conv_transpose2d(&weight, None, bad, 0).is_err(), "{bad:?}");
    }
    assert!(image.conv1d(&weight, None, conv).is_err());
    assert!(image.conv_transpose2d(&weight, None, conv, 1).is_err());
    assert!(image.conv2d(&zeros(&[2, 2, 0, 3]), None, conv).is_err());
    assert_eq!(
        message(image.max_pool2d([2, 2], Conv { padding: 2, ..conv })),
        "max_pool2d: padding 2 around windows of [2, 2]; keep the padding to half of a window"
    );
}
