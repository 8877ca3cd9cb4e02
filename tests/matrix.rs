//! Manifolds of matrices against 160-digit arithmetic (tests/golden/matrix) and recorded cases (tests/golden/lie), and
//! against what they must satisfy.

use beltrami::geometry::matrix::{Matrix, Spectrum, geodesic};
use beltrami::geometry::{Coord, Curv, Dd, Kind, MatrixModel, Model, Step};
use beltrami::manifold::{Manifold, SpdAffineInvariant, SpdLogEuclidean, Spec, Stiefel};
use beltrami::optim::{Optimizer, RiemannianAdam, RiemannianSGD};
use beltrami::{DType, Device, Error, Param, Result, Rng, Tensor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

const AFFINE: Model = Model::Matrix(MatrixModel::SpdAffine);
const LOG: Model = Model::Matrix(MatrixModel::SpdLog);
const fn stiefel(p: usize) -> Model {
    Model::Matrix(MatrixModel::Stiefel { p })
}

fn golden(path: &str) -> String {
    let path = format!("{}/tests/golden/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn number(v: &Value) -> f64 {
    v.as_str().unwrap().parse().unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(number).collect()
}

fn norm(a: &[f64]) -> f64 {
    let top = a.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if top == 0.0 { 0.0 } else { top * a.iter().map(|x| (x / top).powi(2)).sum::<f64>().sqrt() }
}

/// ‖got − want‖/‖want‖; ‖got‖ itself where nothing is wanted.
fn error(got: &[f64], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    if got.iter().any(|x| !x.is_finite()) {
        return f64::INFINITY;
    }
    let off: Vec<f64> = got.iter().zip(want).map(|(a, b)| a - b).collect();
    let w = norm(want);
    if w == 0.0 { norm(&off) } else { norm(&off) / w }
}

/// Worst error per name.
#[derive(Default)]
struct Worst(BTreeMap<String, (f64, String)>);

impl Worst {
    fn note(&mut self, name: String, e: f64, place: &str) {
        let slot = self.0.entry(name).or_insert((0.0, String::new()));
        if e > slot.0 || e.is_nan() {
            *slot = (e, place.into());
        }
    }
}

/// Runs one recorded case in one storage type.
fn run<T: Coord>(case: &Value, worst: &mut Worst) {
    let space = case["space"].as_str().unwrap();
    let model = match space {
        "spd_affine" => AFFINE,
        "spd_log" => LOG,
        _ => stiefel(case["p"].as_u64().unwrap() as usize),
    };
    let k = Curv { c: 1.0, t: number(&case["t"]) };
    let place = format!("{} {}", case["n"], case["regime"]);
    let row = |name: &str| numbers(&case[name]).iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>();
    let wide = |row: &[T]| row.iter().map(|&x| x.to_f64()).collect::<Vec<_>>();
    for (name, want) in case["out"].as_object().unwrap() {
        let kind = *Kind::ALL.iter().find(|k| format!("{k:?}") == *name).unwrap();
        let letters = want["args"].as_str().unwrap();
        let rows: Vec<Vec<T>> = letters.chars().map(|l| row(&l.to_string())).collect();
        let rows: Vec<&[T]> = rows.iter().map(Vec::as_slice).collect();
        let value = numbers(&want["value"]);
        let largest = |a: &[f64]| a.iter().fold(0.0f64, |a, b| a.max(b.abs()));
        if largest(&value) > T::max_value().to_f64() {
            continue;
        }
        let mut out = vec![T::nan(); value.len()];
        model.forward(kind, k, &rows, &mut out);
        let label = format!("{} {space} {name}", T::DTYPE);
        worst.note(label.clone(), error(&wide(&out), &value), &place);

        let g = &row("g")[..value.len()];
        let mut grads: Vec<Vec<T>> = rows.iter().map(|r| vec![T::nan(); r.len()]).collect();
        let mut slots: Vec<&mut [T]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
        let (gc, gt) = model.vjp(kind, k, &rows, g, &mut slots);
        assert_eq!(gc, 0.0);
        for ((got, want), letter) in grads.iter().zip(want["grads"].as_array().unwrap()).zip(letters.chars()) {
            let want = numbers(want);
            if largest(&want) <= T::max_value().to_f64() {
                worst.note(format!("{label} d{letter}"), error(&wide(got), &want), &place);
            }
        }
        worst.note(format!("{label} dt"), error(&[gt], &[number(&want["gt"])]), &place);
    }
}

#[test]
fn values_and_gradients_in_every_regime() {
    let mut worst = Worst::default();
    for line in golden("matrix/cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        run::<f64>(&case, &mut worst);
        if case["f32"].as_bool().unwrap() {
            run::<f32>(&case, &mut worst);
        }
    }
    for (name, (e, place)) in &worst.0 {
        println!("  {name:<44} {e:9.1e}  {place}");
    }
    let bar = |name: &str| if name.starts_with("f32") { 6e-8 } else { 3e-16 };
    let bad: Vec<_> = worst.0.iter().filter(|(n, (e, _))| e.is_nan() || *e > bar(n)).collect();
    assert!(bad.is_empty(), "over the bar: {bad:#?}");
}

// ---------------------------------------------------------------------------------------- recorded elsewhere

fn call(model: Model, kind: Kind, args: &[&[f64]]) -> Vec<f64> {
    let mut out = vec![f64::NAN; model.width(kind, model.dim(args[0].len()))];
    model.forward(kind, Curv { c: 1.0, t: 1.0 }, args, &mut out);
    out
}

fn scaled(s: f64, a: &[f64]) -> Vec<f64> {
    a.iter().map(|x| s * x).collect()
}

#[test]
fn recorded_cases() {
    let file: Value = serde_json::from_str(&golden("lie/spd.json")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let n = case["n"].as_u64().unwrap() as usize;
        let get = |name: &str| numbers(&case[name]["data"]);
        let (a, b, v) = (get("A"), get("B"), get("V"));
        let spectrum = Spectrum::<Dd>::of(&Matrix::load(&a, n));
        let stored = |m: Matrix<Dd>| {
            let mut out = vec![0.0; n * n];
            m.store(&mut out);
            out
        };
        let half = Dd { hi: 0.5, lo: 0.0 };
        let checks = [
            ("logm_A", stored(spectrum.ln())),
            ("sqrt_A", stored(spectrum.power(half))),
            ("riem_log_A_B", call(AFFINE, Kind::Log, &[&a, &b])),
            ("riem_exp_A_V", call(AFFINE, Kind::Exp, &[&a, &v])),
            ("parallel_transport_V_A_to_B", call(AFFINE, Kind::Transport, &[&a, &b, &v])),
            ("geodesic_midpoint", stored(geodesic(&Matrix::load(&a, n), &Matrix::load(&b, n), half))),
        ];
        for (what, got) in checks {
            assert!(error(&got, &get(what)) < 3e-16, "{} {what}: {:e}", case["name"], error(&got, &get(what)));
        }
        for (what, model) in [("affine_invariant_dist", AFFINE), ("log_euclidean_dist", LOG)] {
            assert!(error(&call(model, Kind::Dist, &[&a, &b]), &[number(&case[what])]) < 3e-16, "{what}");
        }
    }
}

// ---------------------------------------------------------------------------------------- without recorded values

/// Numbers in (−1, 1), the same on every run.
fn noise(seed: u64, n: usize) -> Vec<f64> {
    (0..n).map(|i| 2.0 * Rng::new(seed).uniform(i as u64) - 1.0).collect()
}

/// A point about `r` from the origin.
fn point(m: Model, width: usize, r: f64, seed: u64) -> Vec<f64> {
    let u = tangent(m, &call(m, Kind::Exp0, &[&vec![0.0; width]]), r, seed);
    call(m, Kind::Exp0, &[&u])
}

/// A tangent of length r at x.
fn tangent(m: Model, x: &[f64], r: f64, seed: u64) -> Vec<f64> {
    let z = noise(seed, x.len());
    // Twice: projecting reads Stiefel points as orthonormal, and tangents as symmetric.
    let u = call(m, Kind::ProjectTangent, &[x, &z]);
    scaled(r / call(m, Kind::Norm, &[x, &u])[0], &u)
}

const SPACES: [(Model, usize); 10] = [
    (AFFINE, 1),
    (AFFINE, 9),
    (AFFINE, 25),
    (LOG, 4),
    (LOG, 9),
    (stiefel(1), 3),
    (stiefel(2), 6),
    (stiefel(2), 10),
    (stiefel(3), 9),
    (stiefel(3), 24),
];

#[test]
fn exp_inverts_log_and_transport_is_an_isometry() {
    for (m, width) in SPACES {
        for (i, r) in [1e-6, 0.3, 1.5, 2.5].into_iter().enumerate() {
            let place = format!("{m:?} {width} {r}");
            let x = point(m, width, 1.2, i as u64);
            let (u, v) = (tangent(m, &x, r, 11), tangent(m, &x, 1.0, 12));
            let y = call(m, Kind::Exp, &[&x, &u]);
            assert!(error(&call(m, Kind::Log, &[&x, &y]), &u) < 1e-14 * (1.0 + 1.0 / r), "{place}");
            assert!((call(m, Kind::Dist, &[&x, &y])[0] / r - 1.0).abs() < 1e-14 * (1.0 + 1.0 / r), "{place}");
            let w = call(m, Kind::Transport, &[&x, &y, &v]);
            assert!((call(m, Kind::Norm, &[&y, &w])[0] - 1.0).abs() < 1e-13, "{place}");
            // The velocity arrives as the velocity: −log back.
            let end = call(m, Kind::Transport, &[&x, &y, &u]);
            let back = call(m, Kind::Log, &[&y, &x]);
            assert!(error(&scaled(-1.0, &back), &end) < 1e-13 * (1.0 + 1.0 / r), "{place}");
            // A step is exp and transport.
            let (mut z, mut moved) = (x.clone(), v.clone());
            Step {
                model: m,
                curv: Curv { c: 1.0, t: 1.0 },
                width,
                from: [&x, &scaled(-2.0, &u), &v],
                scale: &[-0.5],
                to: [&mut z, &mut moved],
            }
            .run();
            assert!(error(&z, &y) < 1e-15 && error(&moved, &w) < 1e-13 * (1.0 + 1.0 / r), "{place}");
        }
    }
}

#[test]
fn affine_invariance() {
    let n = 4;
    let a = noise(1, n * n);
    let apply = |x: &[f64]| -> Vec<f64> {
        let entry =
            |i: usize, j: usize| -> f64 { (0..n * n).map(|kl| a[i * n + kl / n] * x[kl] * a[j * n + kl % n]).sum() };
        (0..n * n).map(|ij| entry(ij / n, ij % n)).collect()
    };
    let (x, y) = (point(AFFINE, n * n, 1.0, 2), point(AFFINE, n * n, 1.0, 3));
    let u = tangent(AFFINE, &x, 1.0, 4);
    let (ax, ay, au) = (apply(&x), apply(&y), apply(&u));
    assert!(error(&call(AFFINE, Kind::Dist, &[&ax, &ay]), &call(AFFINE, Kind::Dist, &[&x, &y])) < 1e-13);
    assert!(error(&call(AFFINE, Kind::Exp, &[&ax, &au]), &apply(&call(AFFINE, Kind::Exp, &[&x, &u]))) < 1e-13);
    assert!(error(&call(AFFINE, Kind::Log, &[&ax, &ay]), &apply(&call(AFFINE, Kind::Log, &[&x, &y]))) < 1e-13);
}

#[test]
fn one_column_is_the_sphere() {
    let m = stiefel(1);
    for (i, angle) in [1e-7, 0.5, 2.0, 3.0, 3.1].into_iter().enumerate() {
        let x = point(m, 4, 1.0, i as u64);
        let u = tangent(m, &x, angle, 5);
        let want: Vec<f64> = x.iter().zip(&u).map(|(x, u)| angle.cos() * x + angle.sin() / angle * u).collect();
        let y = call(m, Kind::Exp, &[&x, &u]);
        assert!(error(&y, &want) < 1e-15, "{angle}");
        assert!((call(m, Kind::Dist, &[&x, &y])[0] / angle - 1.0).abs() < 1e-15 * (4.0 + 1.0 / angle), "{angle}");
    }
}

/// v′ = −Γ(ẋ, v) by Runge and Kutta's method, with the Christoffel function of Edelman, Arias & Smith (1998), eq. 2.49:
/// Γ(u, v) = ½(u vᵀ + v uᵀ)x + ½x(uᵀ(1 − xxᵀ)v + vᵀ(1 − xxᵀ)u).
#[test]
fn stiefel_transport_solves_its_equation() {
    let (m, n, p) = (stiefel(2), 5, 2);
    let x = point(m, n * p, 1.0, 1);
    let (u, v) = (tangent(m, &x, 1.3, 2), tangent(m, &x, 1.0, 3));
    let load = |a: &[f64]| Matrix::<f64>::load(a, p);
    let state = |s: f64| {
        // The point and velocity at time s: the latter is carried by the very function under test only for itself.
        let y = call(m, Kind::Exp, &[&x, &scaled(s, &u)]);
        let h = 1e-4;
        let (a, b) = (call(m, Kind::Exp, &[&x, &scaled(s + h, &u)]), call(m, Kind::Exp, &[&x, &scaled(s - h, &u)]));
        let (c, d) =
            (call(m, Kind::Exp, &[&x, &scaled(s + 2.0 * h, &u)]), call(m, Kind::Exp, &[&x, &scaled(s - 2.0 * h, &u)]));
        let velocity: Vec<f64> = (0..n * p).map(|i| (8.0 * (a[i] - b[i]) - (c[i] - d[i])) / (12.0 * h)).collect();
        (load(&y), load(&velocity))
    };
    let slope = |s: f64, v: &Matrix<f64>| {
        let (x, u) = state(s);
        let half = |u: &Matrix<f64>, v: &Matrix<f64>| {
            let normal = v - &x * (x.t() * v);
            u * (v.t() * &x) + &x * (u.t() * normal)
        };
        (half(&u, v) + half(v, &u)).scale(-0.5)
    };
    let (steps, mut w) = (64, load(&v));
    let h = 1.0 / steps as f64;
    for i in 0..steps {
        let s = i as f64 * h;
        let a = slope(s, &w);
        let b = slope(s + h / 2.0, &(&w + a.scale(h / 2.0)));
        let c = slope(s + h / 2.0, &(&w + b.scale(h / 2.0)));
        let d = slope(s + h, &(&w + c.scale(h)));
        w = w + (a + (b + c).scale(2.0) + d).scale(h / 6.0);
    }
    let y = call(m, Kind::Exp, &[&x, &u]);
    assert!(error(w.numbers(), &call(m, Kind::Transport, &[&x, &y, &v])) < 1e-8);
}

/// Every velocity that is shorter than the injectivity radius is found again.
#[test]
fn stiefel_logarithms_far_away() {
    for (n, p) in [(3, 1), (3, 2), (4, 2), (5, 3), (3, 3), (8, 2)] {
        let m = stiefel(p);
        for seed in 0..20 {
            let x = point(m, n * p, 1.0, seed);
            let u = tangent(m, &x, 0.88 * std::f64::consts::PI, seed + 100);
            let y = call(m, Kind::Exp, &[&x, &u]);
            let e = error(&call(m, Kind::Log, &[&x, &y]), &u);
            assert!(e < 1e-12, "{n} × {p}, {seed}: {e:e}");
        }
    }
}

#[test]
fn projections() -> Result<()> {
    let space = SpdAffineInvariant::new(2)?;
    let inside = Tensor::from_slice(&[2.0, 0.5, 0.5, 1.0], 4)?;
    assert_eq!(space.project(&inside)?.to_vec::<f64>()?, inside.to_vec::<f64>()?);
    // The asymmetric part goes, the negative eigenvalue is raised, and the rest is within reach.
    let raised = space.project(&Tensor::from_slice(&[1.0, 3.0, 1.0, 1.0], 4)?)?;
    let far = space.dist0(&raised)?.to_scalar::<f64>()?;
    assert!(far <= space.max_radius() * (1.0 + 1e-15) && far > 9.9, "{far}");
    // Stiefel: the polar factor, x (xᵀx)^−½, leaves a symmetric positive xᵀz.
    let space = Stiefel::new(3, 2)?;
    let z = Tensor::from_slice(&noise(3, 6), 6)?;
    let x = Matrix::<f64>::load(&space.project(&z)?.to_vec::<f64>()?, 2);
    let unit = x.t() * &x - Matrix::identity(2, 2);
    let h = x.t() * Matrix::load(&z.to_vec::<f64>()?, 2);
    assert!(unit.largest() < 1e-15 && (&h - h.t()).largest() < 1e-15 && h[(0, 0)] > 0.0 && h[(1, 1)] > 0.0);
    Ok(())
}

#[test]
fn powers_and_their_derivatives() {
    let x = point(AFFINE, 9, 1.0, 1);
    let (x, d) = (Matrix::<f64>::load(&x, 3), Matrix::<f64>::load(&noise(2, 9), 3).sym());
    for s in [0.5, -1.0, 2.0] {
        let h = 1e-5;
        let power = |t: f64| Spectrum::of(&(&x + d.scale(t))).power(s);
        let differences = (power(h) - power(-h)).scale(0.5 / h);
        let e = error(Spectrum::of(&x).power_derivative(s, &d).numbers(), differences.numbers());
        assert!(e < 1e-8, "{s}: {e:e}");
    }
}

// ---------------------------------------------------------------------------------------- manifolds

#[test]
fn errors_say_what_is_wrong() -> Result<()> {
    let indefinite = Tensor::from_slice(&[1.0, 2.0, 2.0, 1.0], 4)?;
    let identity = Tensor::from_slice(&[1.0, 0.0, 0.0, 1.0], 4)?;
    let spaces: [Arc<dyn Manifold>; 2] = [Arc::new(SpdAffineInvariant::new(2)?), Arc::new(SpdLogEuclidean::new(2)?)];
    for space in spaces {
        for result in [space.dist(&indefinite, &identity), space.log_map(&identity, &indefinite)] {
            assert!(matches!(result, Err(Error::NonFinite { position: 0, .. })), "{result:?}");
        }
        assert!(matches!(space.exp_map0(&Tensor::from_slice(&[1.0, 2.0, 3.0], 3)?), Err(Error::Shape { .. })));
        assert!(space.factors(9).is_err());
    }
    // A rotation and a reflection.
    let mirror = Tensor::from_slice(&[1.0, 0.0, 0.0, -1.0], 4)?;
    let result = Stiefel::new(2, 2)?.log_map(&identity, &mirror);
    assert!(matches!(result, Err(Error::NonFinite { .. })), "{result:?}");
    assert!(Stiefel::new(2, 3).is_err() && Stiefel::new(1, 1).is_err() && SpdAffineInvariant::new(0).is_err());
    Ok(())
}

#[test]
fn specs_build_what_they_say() -> Result<()> {
    for (text, width, radius) in [("spd3", 9, 10.0), ("spd_log4", 16, 10.0), ("stiefel(5,2)", 10, f64::INFINITY)] {
        let space = text.parse::<Spec>()?.build()?;
        assert_eq!(space.spec().to_string(), text);
        assert_eq!((space.ambient(1), space.max_radius()), (width, radius));
    }
    Ok(())
}

/// The mean of matrices, which for the log-Euclidean metric is known: the exponential of the mean logarithm.
#[test]
fn means() -> Result<()> {
    let spaces: [Arc<dyn Manifold>; 2] = [Arc::new(SpdAffineInvariant::new(3)?), Arc::new(SpdLogEuclidean::new(3)?)];
    for (space, flat) in spaces.into_iter().zip([false, true]) {
        let u = Tensor::randn([20, 9], DType::F64, Rng::new(1), &Device::cpu())?.mul_scalar(0.3)?;
        let points = space.exp_map0(&u)?;
        let start = space.exp_map0(&Tensor::zeros([1, 9], DType::F64, &Device::cpu())?)?;
        let mean = Param::new("mean", start).on_shared(space.clone());
        let mut optimizer = RiemannianSGD::new(vec![mean.clone()], 0.4);
        for _ in 0..60 {
            optimizer.step(&space.dist2(&mean.tensor(), &points)?.mean_all()?.backward()?)?;
        }
        let mean = mean.tensor().detach();
        let pull = space.log_map(&mean, &points)?.mean(&[0], true)?;
        assert!(space.norm(&mean, &pull)?.to_vec::<f64>()?[0] < 1e-12);
        if flat {
            let want = space.exp_map0(&space.log_map0(&points)?.mean(&[0], true)?)?.to_vec::<f64>()?;
            assert!(error(&mean.to_vec::<f64>()?, &want) < 1e-12);
        }
    }
    Ok(())
}

/// The p columns that catch most of a quadratic form span its first eigenvectors; and stay orthonormal.
#[test]
fn principal_components() -> Result<()> {
    let (n, p) = (5, 2);
    let space = Arc::new(Stiefel::new(n, p)?);
    let weights = [5.0, 4.0, 1.0, 0.5, 0.1];
    let a = Tensor::from_slice(&weights.iter().flat_map(|w| vec![*w; p]).collect::<Vec<_>>(), n * p)?;
    for adam in [false, true] {
        let start = space.project(&Tensor::randn([1, n * p], DType::F64, Rng::new(2), &Device::cpu())?)?;
        let x = Param::new("x", start).on_shared(space.clone());
        let params = vec![x.clone()];
        let mut optimizer: Box<dyn Optimizer> = match adam {
            true => Box::new(RiemannianAdam::new(params, 0.05)),
            false => Box::new(RiemannianSGD::new(params, 0.1).momentum(0.5, 0.0)),
        };
        for _ in 0..400 {
            let loss = x.tensor().square()?.mul(&a)?.sum_all()?.neg()?;
            optimizer.step(&loss.backward()?)?;
        }
        let x = Matrix::<f64>::load(&x.tensor().to_vec::<f64>()?, p);
        assert!((x.t() * &x - Matrix::identity(p, p)).largest() < 1e-14);
        let caught: f64 = (0..n * p).map(|i| weights[i / p] * x.numbers()[i].powi(2)).sum();
        assert!((caught - 9.0).abs() < 1e-4, "{caught}");
    }
    Ok(())
}
