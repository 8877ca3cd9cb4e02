//! Spaces of positive curvature, and of curvature that changes its sign: what geometry.rs (values, gradients) leaves out.

use beltrami::geometry::{Call, Coord, Curv, Kind, Model, Step};
use beltrami::prelude::*;
use beltrami::{Error, Result, manifold::Spec};
use std::f64::consts::PI;

fn scalar<T: Coord>(m: Model, kind: Kind, k: Curv, args: &[&[T]]) -> f64 {
    let mut out = [T::zero()];
    m.forward(kind, k, args, &mut out);
    out[0].to_f64()
}

fn row(m: Model, kind: Kind, k: Curv, args: &[&[f64]]) -> Vec<f64> {
    let mut out = args[0].to_vec();
    m.forward(kind, k, args, &mut out);
    out
}

fn gap(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

const K: Curv = Curv { c: 0.49, t: 1.3 };

fn on_sphere() -> [Vec<f64>; 3] {
    let x = row(Model::Sphere, Kind::Project, K, &[&[0.3, -0.2, 0.9, 0.4]]);
    let y = row(Model::Sphere, Kind::Project, K, &[&[-0.7, 0.1, 0.2, 0.5]]);
    let v = row(Model::Sphere, Kind::ProjectTangent, K, &[&x, &[0.4, 0.3, -0.2, 0.6]]);
    [x, y, v]
}

#[test]
fn exp_inverts_log_and_lengths_agree() {
    let [x, y, _] = on_sphere();
    let u = row(Model::Sphere, Kind::Log, K, &[&x, &y]);
    assert!(gap(&row(Model::Sphere, Kind::Exp, K, &[&x, &u]), &y) < 1e-15);
    let (n, d) = (scalar(Model::Sphere, Kind::Norm, K, &[&x, &u]), scalar(Model::Sphere, Kind::Dist, K, &[&x, &y]));
    assert!((n / d - 1.0).abs() < 1e-15);
    let z = row(Model::Sphere, Kind::Exp0, K, &[&row(Model::Sphere, Kind::Log0, K, &[&y])]);
    assert!(gap(&z, &y) < 1e-15);
}

/// Lengths of rows do not count, so nothing is lost when an optimizer's rounding moves them off the sphere.
#[test]
fn rows_are_directions() {
    let [x, y, v] = on_sphere();
    let longer: Vec<f64> = y.iter().map(|a| 8.0 * a).collect();
    for kind in [Kind::Dist, Kind::Log, Kind::Exp] {
        let mut out = [vec![0.0; 4], vec![0.0; 4]];
        let args = if kind == Kind::Exp { [&v, &v] } else { [&y, &longer] };
        for (out, b) in out.iter_mut().zip(args) {
            let n = if kind == Kind::Dist { 1 } else { 4 };
            Model::Sphere.forward(kind, K, &[&x, b], &mut out[..n]);
        }
        assert!(gap(&out[0], &out[1]) < 1e-15, "{kind:?}");
    }
}

#[test]
fn antipodes_are_finite() {
    fn check<T: Coord>(m: Model, k: Curv, x: &[f64], y: &[f64]) {
        let [x, y]: [Vec<T>; 2] = [x, y].map(|row| row.iter().map(|&a| T::from_f64(a)).collect());
        let largest = PI / (k.c.abs().sqrt() * k.t);
        let d = scalar::<T>(m, Kind::Dist, k, &[&x, &y]);
        assert!((d / largest - 1.0).abs() <= T::epsilon().to_f64(), "{m:?}: {d} is not {largest}");
        for kind in [Kind::Dist, Kind::Dist2] {
            let (mut gx, mut gy) = (x.clone(), y.clone());
            m.vjp(kind, k, &[&x, &y], &[T::one()], &mut [&mut gx, &mut gy]);
            assert!(gx.iter().chain(&gy).all(|g| *g == T::zero()), "{m:?} {kind:?}");
        }
        let mut u = x.clone();
        m.forward(Kind::Log, k, &[&x, &y], &mut u);
        assert!(u.iter().all(|a| *a == T::zero()), "{m:?} log");
    }
    let x = [0.48, 0.6, 0.64];
    let y = x.map(|a: f64| -a);
    check::<f32>(Model::Sphere, K, &x, &y);
    check::<f64>(Model::Sphere, K, &x, &y);
    let unit = Curv { c: -1.0, t: 1.0 };
    check::<f32>(Model::Stereographic, unit, &[0.0, 1.0], &[0.0, -1.0]);
    check::<f64>(Model::Stereographic, unit, &[0.5, 0.0], &[-2.0, 0.0]);
    // To the antipode and back is the identity, whichever the way.
    let [x, _, v] = on_sphere();
    let minus: Vec<f64> = x.iter().map(|a| -a).collect();
    assert!(gap(&row(Model::Sphere, Kind::Transport, K, &[&x, &minus, &v]), &v) < 1e-15);
}

#[test]
fn a_step_on_the_sphere_is_exp_and_transport_however_long() {
    let [x, y, v] = on_sphere();
    let u = row(Model::Sphere, Kind::Log, K, &[&x, &y]);
    for s in [0.0, 1e-6, 0.7, -1.1, 3.0] {
        let step: Vec<f64> = u.iter().map(|a| s * a).collect();
        let z = row(Model::Sphere, Kind::Exp, K, &[&x, &step]);
        let want = row(Model::Sphere, Kind::Transport, K, &[&x, &z, &v]);
        let (mut got, mut w) = (x.clone(), v.clone());
        let to = [got.as_mut_slice(), w.as_mut_slice()];
        Step { model: Model::Sphere, curv: K, width: 4, from: [&x, &u, &v], scale: &[s], to }.run();
        assert!(gap(&got, &z) < 1e-15 && gap(&w, &want) < 1e-14, "{s}");
    }
}

#[test]
fn projections_keep_within_the_radius() {
    let k = Curv { c: 0.49, t: 1.0 };
    let call = Call { model: Model::Sphere, kind: Kind::Project, curv: k, number: 1.2, dim: 2 };
    for z in [[0.1, 0.9, -0.4], [-5.0, 1e-9, 0.0], [3.0, 0.2, 0.1]] {
        let mut x = [0.0; 3];
        call.forward(&[z.as_slice()], &mut x);
        let d = scalar(Model::Sphere, Kind::Dist0, k, &[&x]);
        assert!(d <= 1.2 + 1e-15, "{z:?}: {d}");
        assert!((gap(&x, &[0.0; 3]) * 0.7 - 1.0).abs() < 1e-15);
        // Gradients against differences, on either side of the limit.
        let g = [0.3, -0.8, 0.5];
        let value = |z: &[f64], c: f64| {
            let mut out = [0.0; 3];
            Call { curv: Curv { c, ..k }, ..call }.forward(&[z], &mut out);
            out.iter().zip(g).map(|(a, b)| a * b).sum::<f64>()
        };
        if z[1].abs() < 1e-3 {
            continue;
        }
        let mut gz = [0.0; 3];
        let (gc, _) = call.vjp(&[&z], &g, &mut [&mut gz]);
        let h = 1e-5;
        for (i, slope) in gz.into_iter().enumerate() {
            let moved = |s: f64| std::array::from_fn::<_, 3, _>(|j| if j == i { z[j] + s } else { z[j] });
            let want = (value(&moved(h), k.c) - value(&moved(-h), k.c)) / (2.0 * h);
            assert!((slope - want).abs() < 1e-8, "{z:?} {i}");
        }
        assert!((gc - (value(&z, k.c + h) - value(&z, k.c - h)) / (2.0 * h)).abs() < 1e-8);
    }
    let mut x = [1.0; 3];
    call.forward(&[[0.0; 3].as_slice()], &mut x);
    assert!(gap(&x, &[1.0 / 0.7, 0.0, 0.0]) < 1e-15, "the row 0 becomes the origin");
}

/// Value and slope in κ of every distance join at κ = 0: systems that switch to a series of |κ| there get the sign of
/// the slope wrong on one side.
#[test]
fn curvature_passes_through_zero() -> Result<()> {
    let (x, y) = (Tensor::from_slice(&[0.3, -0.2, 0.5], 3)?, Tensor::from_slice(&[-0.4, 0.1, 0.2], 3)?);
    let at = |kappa: f64| -> Result<(f64, f64)> {
        let kappa = Tensor::from(kappa).tracked();
        let d = Stereographic::new(kappa.clone())?.dist(&x, &y)?;
        Ok((d.to_scalar()?, d.backward()?.get(&kappa).expect("tracked").to_scalar()?))
    };
    let (d, slope) = at(0.0)?;
    let line = [0.7, -0.3, 0.3];
    assert!((d - 2.0 * gap(&line, &[0.0; 3])).abs() < 1e-15);
    for kappa in [1e-15, 1e-12, 1e-9, 1e-8, 1e-7, 1e-5] {
        for signed in [kappa, -kappa] {
            let (e, near) = at(signed)?;
            assert!((e - d - slope * signed).abs() < 1e-15 + signed * signed, "κ = {signed:e}");
            assert!((near / slope - 1.0).abs() < 1e-15 + 10.0 * kappa, "κ = {signed:e}: {near} after {slope}");
        }
    }
    Ok(())
}

#[test]
fn the_models_of_one_space_agree() -> Result<()> {
    let (x, y) = (Tensor::from_slice(&[0.3, -0.2], 2)?, Tensor::from_slice(&[-0.4, 0.5], 2)?);
    let number = |t: Tensor| t.to_scalar::<f64>();
    let ball = PoincareBall::with_curvature_magnitude(0.8)?;
    assert_eq!(number(Stereographic::new(-0.8)?.dist(&x, &y)?)?, number(ball.dist(&x, &y)?)?);
    // Stereographic coordinates of x̂ on the unit sphere are x̂_s/(1 + x̂₀).
    let lift = |x: &Tensor| -> Result<Tensor> {
        let x = x.to_vec::<f64>()?;
        let n = x[0] * x[0] + x[1] * x[1];
        Tensor::from_slice(&[(1.0 - n) / (1.0 + n), 2.0 * x[0] / (1.0 + n), 2.0 * x[1] / (1.0 + n)], 3)
    };
    let round = number(Sphere::new(1.0)?.dist(&lift(&x)?, &lift(&y)?)?)?;
    assert!((number(Stereographic::new(1.0)?.dist(&x, &y)?)? / round - 1.0).abs() < 1e-15);
    Ok(())
}

#[test]
fn optimizers_find_the_mean_on_curved_spaces() -> Result<()> {
    let spaces = ["sphere(kappa=0.5)", "sphere(kappa=2,radius)", "stereographic(kappa=0.7)", "stereographic(kappa=0)"];
    for text in spaces {
        let space = text.parse::<Spec>()?.build()?;
        let tangents = Tensor::randn([20, space.ambient(3)], DType::F64, Rng::new(3), &Device::cpu())?;
        let points = space.exp_map0(&tangents.mul_scalar(0.3)?)?;
        let mean = Param::new("mean", points.narrow(0, 0, 1)?).on_shared(space.clone());
        let mut optimizer = RiemannianSGD::new(vec![mean.clone()], 0.2);
        for _ in 0..60 {
            optimizer.step(&space.dist2(&mean.tensor(), &points)?.mean_all()?.backward()?)?;
        }
        let mean = mean.tensor().detach();
        let pull = space.log_map(&mean, &points)?.mean(&[0], true)?;
        let left = space.norm(&mean, &pull)?.to_vec::<f64>()?[0];
        assert!(left < 1e-8, "{text}: {left:e}");
    }
    Ok(())
}

#[test]
fn what_is_no_sphere_is_refused() {
    for kappa in [0.0, -1.0, f64::NAN] {
        assert!(matches!(Sphere::new(kappa), Err(Error::Argument { .. })), "{kappa}");
    }
    assert!(Stereographic::new(f64::INFINITY).is_err());
}
