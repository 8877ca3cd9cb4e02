//! Functions composed of operations: their values and derivatives.

use beltrami::{DType, Device, Result, Rng, Tensor, gradcheck, gradgradcheck};

fn normal(shape: &[usize], stream: u64) -> Tensor {
    Tensor::randn(shape, DType::F64, Rng::new(3).stream(stream), &Device::cpu()).expect("a random tensor")
}

fn integers(numbers: &[i64]) -> Tensor {
    Tensor::from_slice(numbers, numbers.len()).expect("as many numbers as the shape holds")
}

/// The formula's sum over every value of every letter.
fn by_loops(formula: &str, operands: &[&Tensor]) -> (Vec<usize>, Vec<f64>) {
    let (left, right) = formula.split_once("->").expect("an arrow");
    let parts: Vec<&str> = left.split(',').collect();
    let mut letters: Vec<(char, usize)> = vec![];
    for (part, operand) in parts.iter().zip(operands) {
        letters.extend(part.chars().zip(operand.dims().iter().copied()));
    }
    letters.sort_unstable();
    letters.dedup();
    let size = |c: char| letters.iter().find(|l| l.0 == c).map_or(1, |l| l.1);
    let shape: Vec<usize> = right.chars().map(size).collect();
    let mut out = vec![0.0; shape.iter().product()];
    for mut count in 0..letters.iter().map(|l| l.1).product::<usize>() {
        let mut at = vec![];
        for &(letter, size) in &letters {
            at.push((letter, count % size));
            count /= size;
        }
        let index = |part: &str| {
            let value = |c: char| at.iter().find(|l| l.0 == c).map_or(0, |l| l.1);
            part.chars().fold(0, |place, c| place * size(c) + value(c))
        };
        out[index(right)] += parts.iter().zip(operands).map(|(p, t)| t.to_f64_vec()[index(p)]).product::<f64>();
    }
    (shape, out)
}

#[test]
fn einsum_is_the_sum_of_products() -> Result<()> {
    let formulas: [(&str, &[&[usize]]); 16] = [
        ("bhqd,bhkd->bhqk", &[&[2, 2, 3, 4], &[2, 2, 2, 4]]),
        ("bqhd,bkhd->bhqk", &[&[2, 3, 2, 4], &[2, 2, 2, 4]]),
        ("bhqk,bkhd->bqhd", &[&[2, 2, 3, 2], &[2, 2, 2, 4]]),
        ("ij,jk->ki", &[&[2, 3], &[3, 4]]),
        ("ij,ij->", &[&[2, 3], &[2, 3]]),
        ("bi,bi->b", &[&[2, 3], &[2, 3]]),
        ("i,j->ji", &[&[2], &[3]]),
        ("ij,ij->ji", &[&[2, 3], &[2, 3]]),
        ("ijk,kl->il", &[&[2, 3, 4], &[4, 2]]),
        ("ij->", &[&[2, 3]]),
        ("ij->ji", &[&[2, 3]]),
        ("iijj->ji", &[&[3, 3, 2, 2]]),
        ("iji,jk->k", &[&[3, 2, 3], &[2, 4]]),
        ("ij,jk,kl->il", &[&[2, 3], &[3, 4], &[4, 2]]),
        ("i,i,i->i", &[&[3], &[3], &[3]]),
        (",i->i", &[&[], &[3]]),
    ];
    for (formula, shapes) in formulas {
        let operands: Vec<Tensor> = shapes.iter().zip(0..).map(|(s, i)| normal(s, i)).collect();
        let refs: Vec<&Tensor> = operands.iter().collect();
        let ((shape, want), got) = (by_loops(formula, &refs), Tensor::einsum(formula, &refs)?);
        assert_eq!(got.dims(), shape, "{formula}");
        for (g, w) in got.to_f64_vec().iter().zip(&want) {
            assert!((g - w).abs() < 1e-12, "{formula}: {g} and {w}");
        }
        let f = |x: &[Tensor]| Tensor::einsum(formula, &x.iter().collect::<Vec<_>>());
        assert!(gradcheck(f, &operands)? < 1e-8, "{formula}");
        assert!(gradgradcheck(f, &operands)? < 1e-7, "{formula}");
    }
    let (a, b) = (normal(&[2, 3, 4], 0), normal(&[4, 5], 1));
    let further = Tensor::einsum("...i,ij->...j", &[&a, &b])?;
    assert_eq!(further.to_f64_vec(), a.matmul(&b)?.to_f64_vec());
    Ok(())
}

#[test]
fn triangles_and_repetitions() -> Result<()> {
    let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3])?;
    assert_eq!(x.tril(0)?.to_f64_vec(), [1.0, 0.0, 0.0, 4.0, 5.0, 0.0]);
    assert_eq!(x.triu(0)?.to_f64_vec(), [1.0, 2.0, 3.0, 0.0, 5.0, 6.0]);
    assert_eq!(x.triu(1)?.to_f64_vec(), [0.0, 2.0, 3.0, 0.0, 0.0, 6.0]);
    assert_eq!(Tensor::tri(2, 3, 1, DType::U8, &Device::cpu())?.to_vec::<u8>()?, [1, 1, 0, 1, 1, 1]);
    assert_eq!(Tensor::tri(2, 0, 0, DType::U8, &Device::cpu())?.dims(), [2, 0]);
    assert_eq!(x.repeat(&[2, 1, 2])?.dims(), [2, 2, 6]);
    assert_eq!(x.repeat(&[1, 2])?.to_f64_vec(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0]);
    assert_eq!(x.roll(1, 1)?.to_f64_vec(), [3.0, 1.0, 2.0, 6.0, 4.0, 5.0]);
    assert_eq!(x.roll(-4, 1)?.to_f64_vec(), x.roll(2, 1)?.to_f64_vec());
    let all = |x: &[Tensor]| x[0].tril(0)?.triu(-1)?.repeat(&[2, 2])?.roll(3, 0)?.square();
    assert!(gradcheck(all, &[normal(&[3, 3], 0)])? < 1e-8);
    Ok(())
}

#[test]
fn products_and_variances() -> Result<()> {
    let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 0.0, -5.0, 6.0], [2, 3])?;
    assert_eq!(x.prod(1, false)?.to_f64_vec(), [6.0, 0.0]);
    assert_eq!(x.narrow(1, 0, 0)?.prod(1, true)?.to_f64_vec(), [1.0, 1.0]);
    assert!(gradcheck(|x| x[0].prod(1, false), &[x])? < 1e-8);
    let y = Tensor::from_slice(&[1.0, 2.0, 3.0, 6.0], [1, 4])?;
    assert_eq!(y.var(&[1], false)?.to_f64_vec(), [3.5]);
    assert_eq!(y.std(&[1], true)?.to_f64_vec(), [3.5_f64.sqrt()]);
    assert!(gradcheck(|x| x[0].std(&[0], false), &[normal(&[4, 3], 1)])? < 1e-8);
    assert_eq!(Tensor::ones(3, DType::F64, &Device::cpu())?.tracked().std(&[0], false)?.to_f64_vec(), [0.0]);
    Ok(())
}

#[test]
fn choices_work_on_every_number_type() -> Result<()> {
    let x = Tensor::arange(6, DType::F64, &Device::cpu())?.reshape([3, 2])?;
    for dtype in [DType::F32, DType::F64, DType::BF16, DType::U32, DType::I64, DType::U8] {
        let x = x.to_dtype(dtype)?;
        assert_eq!(x.embedding(&integers(&[2, 0]))?.to_f64_vec(), [4.0, 5.0, 0.0, 1.0]);
        assert_eq!(x.argmax(0, false)?.to_vec::<i64>()?, [2, 2]);
        assert_eq!(x.sort(0, true)?.to_f64_vec(), [4.0, 5.0, 2.0, 3.0, 0.0, 1.0]);
        let hot = integers(&[1, 0]).one_hot(3, dtype)?;
        assert_eq!((hot.dtype(), hot.to_f64_vec()), (dtype, vec![0.0, 1.0, 0.0, 1.0, 0.0, 0.0]));
    }
    // A table kept in bf16 gets its gradient in bf16.
    let table = x.to_dtype(DType::BF16)?.tracked();
    let loss = table.embedding(&integers(&[1, 1, 0]))?.to_dtype(DType::F32)?.sum_all()?;
    let g = beltrami::grad(&loss, &[&table], false)?.swap_remove(0);
    assert_eq!((g.dtype(), g.to_f64_vec()), (DType::BF16, vec![1.0, 1.0, 2.0, 2.0, 0.0, 0.0]));
    Ok(())
}

#[test]
fn places_are_untracked() -> Result<()> {
    let (values, places) = normal(&[3, 5], 2).tracked().topk(2, 1)?;
    assert!(values.is_tracked() && !places.is_tracked());
    assert_eq!(places.dtype(), DType::I64);
    Ok(())
}
