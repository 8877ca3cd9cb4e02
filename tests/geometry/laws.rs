//! What holds between the functions of a model, and between models.

use super::{CURVS, MODELS, Worst, dot, error, noise, point, scalar, scaled};
use beltrami::geometry::{Call, Conversion, Coord, Curv, Kind, Model, Step};

#[test]
fn exp_inverts_log() {
    for m in MODELS {
        for k in CURVS {
            for (r, dim) in [(0.3, 2), (1.0, 8), (2.0, 19), (4.0, 64)] {
                // Radii on the unit model: the round trip loses e^2r.
                let r = r / (k.c.sqrt() * k.t);
                let (x, y) = (point(m, k, r, 1, dim), point(m, k, r, 2, dim));
                let (mut u, mut z) = (x.clone(), x.clone());
                m.forward(Kind::Log, k, &[&x, &y], &mut u);
                m.forward(Kind::Exp, k, &[&x, &u], &mut z);
                assert!(error(&z, &y) < 1e-12, "{m:?} {k:?} {r}");
                let (mut d, mut n) = ([0.0], [0.0]);
                m.forward(Kind::Dist, k, &[&x, &y], &mut d);
                m.forward(Kind::Norm, k, &[&x, &u], &mut n);
                assert!((d[0] / n[0] - 1.0).abs() < 1e-13, "{m:?} {k:?} {r}: {d:?} {n:?}");
            }
        }
    }
}

#[test]
fn the_two_hyperbolic_models_agree() {
    for k in CURVS {
        for (r, dim) in [(0.3, 2), (1.0, 8), (2.5, 19)] {
            let (x, y) = (point(Model::Poincare, k, r, 3, dim), point(Model::Poincare, k, r, 4, dim));
            let (mut lx, mut ly, mut back) = (vec![0.0; dim + 1], vec![0.0; dim + 1], x.clone());
            Model::Poincare.forward(Kind::Convert, k, &[&x], &mut lx);
            Model::Poincare.forward(Kind::Convert, k, &[&y], &mut ly);
            Model::Lorentz.forward(Kind::Convert, k, &[&lx], &mut back);
            assert!(error(&back, &x) < 1e-15);
            let on = scalar(Model::Lorentz, Kind::Minkowski, k, &[&lx, &lx]) * k.c;
            assert!((on + 1.0).abs() < 1e-13);
            let a = scalar(Model::Poincare, Kind::Dist, k, &[&x, &y]);
            let b = scalar(Model::Lorentz, Kind::Dist, k, &[&lx, &ly]);
            assert!((a / b - 1.0).abs() < 1e-14, "{a} {b}");
            let radius = scalar(Model::Poincare, Kind::Dist0, k, &[&x]);
            assert!((radius / scalar(Model::Lorentz, Kind::Dist0, k, &[&lx]) - 1.0).abs() < 1e-15);
            let chord = scalar(Model::Lorentz, Kind::Lorentzian, k, &[&lx, &ly]);
            let s = k.c.sqrt() * k.t;
            assert!((chord * s * s / (4.0 * (b * s / 2.0).sinh().powi(2)) - 1.0).abs() < 1e-13);
        }
    }
}

const CHARTS: [Model; 4] = [Model::Lorentz, Model::Poincare, Model::HalfSpace, Model::Solvable];

/// Distances and lengths are the same in every chart, unit or radius, and the way back is the way.
#[test]
fn conversions_are_isometries() {
    let mut worst = Worst::default();
    for (from, to) in CHARTS.into_iter().flat_map(|a| CHARTS.map(|b| (a, b))) {
        for (a, b) in [(CURVS[0], CURVS[0]), (Curv { c: 1.0, t: 1.6 }, Curv { c: 2.56, t: 1.0 })] {
            for (r, dim) in [(0.0, 1), (1e-9, 2), (0.3, 2), (1.0, 8), (3.0, 19)] {
                // Heights next to 1 cannot be told apart as points next to 0 can.
                if r == 1e-9 && [from, to].contains(&Model::HalfSpace) {
                    continue;
                }
                let r = r / a.t;
                let there = Conversion { from: (from, a.c), to: (to, b.c) };
                let back = Conversion { from: (to, b.c), to: (from, a.c) };
                let (x, y) = (point(from, a, r, 41, dim), point(from, a, r, 42, dim));
                let mut u = x.clone();
                from.forward(Kind::ProjectTangent, a, &[&x, &noise(43, x.len())], &mut u);
                let width = to.ambient(dim);
                let [mut cx, mut cy, mut cu] = [(); 3].map(|()| vec![0.0; width]);
                there.point(&x, &mut cx);
                there.point(&y, &mut cy);
                there.tangent(&x, &u, &mut cu);
                let (mut x2, mut u2) = (x.clone(), u.clone());
                back.point(&cx, &mut x2);
                back.tangent(&cx, &cu, &mut u2);
                let place = format!("{from:?} {a:?} to {to:?}, r = {r}");
                // The rounding of a row moves its point by up to e^r, and lengths with it, on the way back once more.
                let slack = (2.0 * r * a.t).exp();
                worst.note("points", error(&x2, &x) / slack, &place);
                worst.note("tangents", error(&u2, &u) / slack, &place);
                let numbers = [
                    ("dist", scalar(from, Kind::Dist, a, &[&x, &y]), scalar(to, Kind::Dist, b, &[&cx, &cy])),
                    ("norm", scalar(from, Kind::Norm, a, &[&x, &u]), scalar(to, Kind::Norm, b, &[&cx, &cu])),
                    (
                        "inner",
                        scalar(from, Kind::Inner, a, &[&x, &u, &u]),
                        scalar(to, Kind::Inner, b, &[&cx, &cu, &cu]),
                    ),
                ];
                for (name, had, has) in numbers {
                    worst.note(name, error(&[has], &[had]) / slack, &place);
                }
            }
        }
    }
    worst.print("worst change by conversion, over e^2r");
    worst.check(|_| 1e-15);
}

#[test]
fn a_height_that_is_not_positive_becomes_one() {
    for h in [0.0, -3.0, f64::NEG_INFINITY] {
        let call = Call { model: Model::HalfSpace, kind: Kind::Project, curv: CURVS[0], number: 5.0, dim: 3 };
        let mut y = [0.0; 3];
        call.forward(&[&[h, 2.0, -1.0][..]], &mut y);
        assert!(y[0] > 0.0, "{h}: {y:?}");
        assert!((scalar(Model::HalfSpace, Kind::Dist0, CURVS[0], &[&y]) - 5.0).abs() < 1e-13);
    }
}

fn step_of(model: Model, curv: Curv, from: [&[f64]; 3], s: f64, to: [&mut [f64]; 2]) {
    Step { model, curv, max_radius: f64::INFINITY, width: from[0].len(), from, scale: &[s], to }.run();
}

#[test]
fn a_step_is_exp_and_transport() {
    for m in MODELS {
        for k in CURVS {
            for (r, length) in [(0.0, 0.3), (1.0, 0.0), (1.0, 1e-6), (1.5, 1.0), (5.0, 2.0)] {
                let dim = 11;
                let x = point(m, k, r, 5, dim);
                let (mut u, mut v) = (noise(6, x.len()), noise(7, x.len()));
                for w in [&mut u, &mut v] {
                    let raw = w.clone();
                    m.forward(Kind::ProjectTangent, k, &[&x, &raw], w);
                    let mut n = [0.0];
                    m.forward(Kind::Norm, k, &[&x, w], &mut n);
                    *w = scaled(1.0 / n[0], w);
                }
                let step = scaled(-length, &u);
                let (mut y, mut want) = (x.clone(), v.clone());
                m.forward(Kind::Exp, k, &[&x, &step], &mut y);
                m.forward(Kind::Transport, k, &[&x, &y, &v], &mut want);
                let (mut z, mut got) = (x.clone(), v.clone());
                step_of(m, k, [&x, &u, &v], -length, [&mut z, &mut got]);
                assert!(error(&z, &y) < 1e-14, "{m:?} {k:?} {r} {length}");
                assert!(error(&got, &want) < 1e-12, "{m:?} {k:?} {r} {length}: {got:?} {want:?}");
                // The velocity itself.
                let (mut z, mut got, mut want) = (x.clone(), u.clone(), u.clone());
                m.forward(Kind::Transport, k, &[&x, &y, &u], &mut want);
                step_of(m, k, [&x, &u, &u], -length, [&mut z, &mut got]);
                assert!(error(&z, &y) < 1e-14);
                assert!(error(&got, &want) < 1e-12, "{m:?} {k:?} {r} {length}");
            }
        }
    }
}

/// df(x; displacement t u) = ⟨rgrad, u⟩_x: what makes gradient descent with exp descend at the rate of the metric.
#[test]
fn riemannian_gradient_is_dual_to_displacement() {
    for m in MODELS {
        for k in CURVS {
            let (x, e) = (point(m, k, 1.2, 13, 7), noise(14, m.ambient(7)));
            let raw = noise(15, x.len());
            let (mut u, mut r) = (x.clone(), x.clone());
            m.forward(Kind::ProjectTangent, k, &[&x, &raw], &mut u);
            m.forward(Kind::EgradToRgrad, k, &[&x, &e], &mut r);
            let mut inner = [0.0];
            m.forward(Kind::Inner, k, &[&x, &r, &u], &mut inner);
            assert!((inner[0] - k.t * dot(&e, &u)).abs() < 1e-13, "{m:?} {k:?}");
        }
    }
}

#[test]
fn coincident_points_have_distance_and_gradient_zero() {
    fn check<T: Coord>(m: Model) {
        let k = Curv { c: 0.7, t: 1.3 };
        let x: Vec<T> = point(m, k, 2.0, 16, 9).into_iter().map(T::from_f64).collect();
        for kind in [Kind::Dist, Kind::Dist2] {
            let (mut d, mut gx, mut gy) = ([T::one()], x.clone(), x.clone());
            m.forward(kind, k, &[&x, &x], &mut d);
            let grad = m.vjp(kind, k, &[&x, &x], &[T::one()], &mut [&mut gx, &mut gy]);
            assert_eq!(d[0], T::zero());
            assert!(gx.iter().chain(&gy).all(|g| *g == T::zero()));
            assert_eq!((grad.0.abs(), grad.1.abs()), (0.0, 0.0));
        }
    }
    for m in MODELS {
        check::<f32>(m);
        check::<f64>(m);
    }
}

#[test]
fn nan_is_not_hidden() {
    for m in MODELS {
        let k = Curv { c: 1.0, t: 1.0 };
        let (x, mut y) = (point(m, k, 1.0, 17, 5), point(m, k, 1.0, 18, 5));
        *y.last_mut().unwrap() = f64::NAN;
        for kind in [Kind::Dist, Kind::Dist2, Kind::Log, Kind::Exp] {
            let (mut out, mut gx, mut gy) = (vec![0.0; m.width(kind, 5)], x.clone(), x.clone());
            m.forward(kind, k, &[&x, &y], &mut out);
            assert!(out.iter().any(|v| v.is_nan()), "{m:?} {kind:?}");
            m.vjp(kind, k, &[&x, &y], &noise(19, m.width(kind, 5)), &mut [&mut gx, &mut gy]);
            let linear = m == Model::Euclidean;
            assert!(linear || gx.iter().chain(&gy).any(|v| v.is_nan()), "{m:?} {kind:?} gradient");
        }
    }
}
