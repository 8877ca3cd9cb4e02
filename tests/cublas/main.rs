//! Products of matrices by cuBLAS and without it.
//!
//! Which library a process uses is settled with its first product, so what needs another one runs this program again.

#[path = "../cuda/card.rs"]
#[allow(dead_code)]
mod card;
#[path = "../cuda/compile.rs"]
mod compile;

use beltrami::{DType, Device, Result, Rng, Tensor};
use compile::compile;
use std::path::PathBuf;
use std::process::Command;

/// The interpreter's cuBLAS; none on a real card, or where a test leaves it out.
fn blas() -> Option<&'static cublas::Blas> {
    let wanted = !card::is_real() && std::env::var_os("BELTRAMI_TEST_CUBLAS").is_none();
    wanted.then(|| cublas::install().expect("cargo has built the library"))
}

/// Card 0, with the interpreter's cuBLAS beside it.
fn card() -> Device {
    let card = card::card();
    blas();
    card
}

type Place = fn(&Tensor) -> Result<Tensor>;

/// How a matrix that was made [rows, columns] may lie in memory; each gives back those axes.
const LAYOUTS: &[(&str, Place)] = &[
    ("as made", |x| Ok(x.clone())),
    ("turned", |x| x.transpose(-2, -1)?.contiguous()?.transpose(-2, -1)),
    ("part of a larger one", |x| {
        Tensor::cat(&[x, x, x], -1)?.narrow(-1, x.dims()[x.rank() - 1], 2 * x.dims()[x.rank() - 1])
    }),
    ("later rows of a larger one", |x| {
        Tensor::cat(&[x, x], -2)?.narrow(-2, x.dims()[x.rank() - 2], 2 * x.dims()[x.rank() - 2])
    }),
    ("part of a larger one, turned", |x| {
        let x = x.transpose(-2, -1)?;
        let columns = x.dims()[x.rank() - 1];
        Tensor::cat(&[&x, &x], -1)?.narrow(-1, columns, 2 * columns)?.transpose(-2, -1)
    }),
];

/// Batches of both sides, whose distances are constant.
const BATCHES: &[(&[usize], &[usize])] = &[(&[], &[]), (&[3], &[3]), (&[3], &[1]), (&[1], &[3]), (&[2, 2], &[2, 2])];

/// Rows, inner, columns.
const SIZES: &[[usize; 3]] = &[[5, 7, 3], [1, 6, 4], [4, 1, 5], [6, 3, 1], [1, 1, 1]];

fn random(shape: Vec<usize>, dtype: DType, seed: u64) -> Result<Tensor> {
    Tensor::randn(shape, DType::F64, Rng::new(seed), &Device::cpu())?.to_dtype(dtype)
}

/// The largest error, in units of the type at the size of the sum of absolute products.
fn error(got: &Tensor, a: &Tensor, b: &Tensor) -> Result<f64> {
    let (a, b) =
        (a.to_device(&Device::cpu())?.to_dtype(DType::F64)?, b.to_device(&Device::cpu())?.to_dtype(DType::F64)?);
    let (want, scale) = (a.matmul(&b)?.to_f64_vec(), a.abs()?.matmul(&b.abs()?)?.to_f64_vec());
    let unit = match got.dtype() {
        DType::F32 => f64::from(f32::EPSILON),
        DType::BF16 => (-8_f64).exp2(),
        _ => f64::EPSILON,
    };
    assert_eq!(got.numel(), want.len());
    let errors = got.to_f64_vec().into_iter().zip(want).zip(scale).map(|((x, y), s)| (x - y).abs() / (unit * s));
    Ok(errors.fold(0.0, |worst, e| if e <= worst { worst } else { e }))
}

/// Every layout of both sides × batches × sizes × types, and how many of those products the library made.
fn all_products() -> Result<(u64, u64)> {
    let (card, before) = (card(), products());
    let mut made = 0;
    for dtype in [DType::F32, DType::F64, DType::BF16] {
        for (&[m, k, n], (left, right)) in SIZES.iter().flat_map(|sizes| BATCHES.iter().map(move |b| (sizes, b))) {
            let a = random([left, &[m, k][..]].concat(), dtype, 1)?.to_device(&card)?;
            let b = random([right, &[k, n][..]].concat(), dtype, 2)?.to_device(&card)?;
            for (name_a, lay_a) in LAYOUTS {
                for (name_b, lay_b) in LAYOUTS {
                    let (x, y) = (lay_a(&a)?, lay_b(&b)?);
                    let error = error(&x.matmul(&y)?, &a, &b)?;
                    let what = || format!("{dtype} {:?} {name_a} by {:?} {name_b}", a.shape(), b.shape());
                    assert!(error <= 2.0, "{}: {error} units", what());
                    made += 1;
                }
            }
        }
    }
    Ok((made, products() - before))
}

fn products() -> u64 {
    blas().map_or(0, cublas::Blas::products)
}

#[test]
fn every_layout_batch_and_type_goes_to_the_library() -> Result<()> {
    let (made, by_library) = all_products()?;
    assert!(blas().is_none() || made == by_library, "{by_library} of {made}");
    Ok(())
}

#[test]
fn what_the_library_cannot_express_goes_to_the_kernel() -> Result<()> {
    let card = card();
    let a = random(vec![4, 6], DType::F32, 3)?.to_device(&card)?;
    let b = random(vec![6, 4], DType::F32, 4)?.to_device(&card)?;
    let row = random(vec![1, 6], DType::F32, 5)?.to_device(&card)?;
    let both = random(vec![2, 1, 4, 6], DType::F32, 6)?.to_device(&card)?;
    let ways = random(vec![3, 6, 4], DType::F32, 7)?.to_device(&card)?;
    let before = products();
    for (name, x, y) in [
        ("every second number", Tensor::cat(&[&a, &a], -1)?.slice(-1, 0, 12, 2)?, b.clone()),
        ("backwards", a.slice(1, 0, 6, -1)?, b.clone()),
        ("a row repeated", row.broadcast_to([4, 6])?, b.clone()),
        ("batches that broadcast both ways", both, ways),
        ("no inner axis", a.narrow(1, 0, 0)?, b.narrow(0, 0, 0)?),
        ("no rows", a.narrow(0, 0, 0)?, b),
    ] {
        let got = x.matmul(&y)?;
        assert!(got.to_f64_vec().iter().all(|x| x.is_finite()), "{name}");
        let error = error(&got, &x, &y)?;
        // Without an inner axis all sums are 0, as is their scale.
        assert!(
            error <= 2.0 || (error.is_nan() && got.to_f64_vec().iter().all(|&x| x == 0.0)),
            "{name}: {error} units"
        );
    }
    assert_eq!(products(), before);
    Ok(())
}

#[test]
fn gradients_of_products_are_the_processors() -> Result<()> {
    let (a, b) = (random(vec![2, 5, 7], DType::F64, 8)?, random(vec![7, 3], DType::F64, 9)?);
    let gradients = |device: &Device| -> Result<Vec<f64>> {
        let (a, b) = (a.to_device(device)?.tracked(), b.to_device(device)?.tracked());
        let all = a.matmul(&b)?.square()?.sum_all()?.backward()?;
        let of = |x: &Tensor| all.get(x).expect("the sum depends on both").to_f64_vec();
        Ok([of(&a), of(&b)].concat())
    };
    let (before, there) = (products(), gradients(&card())?);
    assert!(blas().is_none() || products() > before + 2);
    let here = gradients(&Device::cpu())?;
    let largest = here.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    assert!(there.iter().zip(here).all(|(x, y)| (x - y).abs() <= 1e-14 * largest));
    Ok(())
}

/// Run by the tests below, which set the stage.
#[test]
#[ignore = "asks for a library that the other tests provide"]
fn products_without_the_library() -> Result<()> {
    let (made, by_library) = all_products()?;
    assert!(made > 0 && by_library == 0);
    Ok(())
}

/// Run by a test below.
#[test]
#[ignore = "asks for a library that the other tests provide"]
fn a_product_says_what_is_wrong() -> Result<()> {
    let wanted = std::env::var("BELTRAMI_TEST_WANTED").expect("set by the test that runs this one");
    let x = Tensor::ones([2, 2], DType::F32, &card())?;
    let error = x.matmul(&x).expect_err("the library fails").to_string();
    assert!(error.contains(&wanted) && error.contains("off"), "{error}");
    Ok(())
}

/// Runs one test of this program with more in its environment.
fn again(test: &str, environment: &[(&str, &str)]) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args([test, "--exact", "--include-ignored", "--nocapture"])
        .envs(environment.iter().copied())
        .output()
        .expect("this program runs again");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{test} with {environment:?}: {text}");
}

#[test]
fn the_environment_leaves_the_library_alone() {
    let off = [("BELTRAMI_CUBLAS", "off")];
    again("products_without_the_library", &off);
    let wrong = [("BELTRAMI_CUBLAS", "of"), ("BELTRAMI_TEST_WANTED", "BELTRAMI_CUBLAS=of")];
    again("a_product_says_what_is_wrong", &wrong);
}

/// A folder with a libcublas of that source; its place.
fn folder(name: &str, source: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("libcublas-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder for the library");
    compile(&folder, "libcublas.so", source);
    folder.to_str().expect("a path in UTF-8").into()
}

#[test]
fn a_library_that_is_missing_or_lacks_functions_is_none() {
    if blas().is_none() {
        return; // A real cuBLAS cannot be hidden from the loader.
    }
    again("products_without_the_library", &[("BELTRAMI_TEST_CUBLAS", "none")]);
    let empty = folder("empty", "int unrelated;\n");
    let environment = [("BELTRAMI_TEST_CUBLAS", "none"), ("LD_LIBRARY_PATH", empty.as_str())];
    again("products_without_the_library", &environment);
}

#[test]
fn a_library_that_does_not_start_is_an_error() {
    if blas().is_none() {
        return;
    }
    let names = include_str!("../../src/backend/cuda/blas.rs").split('"').filter(|name| name.starts_with("cublas"));
    let source: String = names.map(|name| format!("int {name}(void) {{ return 1; }}\n")).collect();
    let broken = folder("broken", &source);
    let environment = [
        ("BELTRAMI_TEST_CUBLAS", "none"),
        ("LD_LIBRARY_PATH", broken.as_str()),
        ("BELTRAMI_TEST_WANTED", "NOT_INITIALIZED"),
    ];
    again("a_product_says_what_is_wrong", &environment);
}
