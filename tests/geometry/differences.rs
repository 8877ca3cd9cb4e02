//! Gradients against differences.

use super::{CURVS, MODELS, dot, noise, number_of, point, scalar};
use beltrami::geometry::{Call, Curv, Kind, Model};

/// Central differences of ⟨g, f⟩ against a gradient.
fn differences(name: &str, at: &[f64], grad: &[f64], f: impl Fn(&[f64]) -> f64) {
    for i in 0..at.len() {
        let h = 1e-6;
        let moved = |s: f64| {
            let mut a = at.to_vec();
            a[i] += s;
            f(&a)
        };
        let want = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
        assert!((grad[i] - want).abs() < 2e-8 * (1.0 + want.abs()), "{name} [{i}]: {} is not {want}", grad[i]);
    }
}

#[test]
fn gradients_of_flat_space() {
    let (m, k) = (Model::Euclidean, Curv { c: 0.0, t: 1.6 });
    for kind in Kind::ALL.into_iter().filter(|&kind| m.has(kind)) {
        let n = kind.inputs().len();
        let dim = 11;
        let rows: Vec<Vec<f64>> = (0..n as u64).map(|s| noise(s + 8, dim)).collect();
        let g = noise(20, m.width(kind, dim));
        let call = |curv| Call { model: m, kind, curv, number: number_of(kind), dim };
        let value = |flat: &[f64], t: f64| {
            let rows: Vec<&[f64]> = flat.chunks(dim).collect();
            let mut out = vec![0.0; g.len()];
            call(Curv { c: 0.0, t }).forward(&rows, &mut out);
            dot(&out, &g)
        };
        let mut grads = vec![vec![0.0; dim]; n];
        let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let mut slots: Vec<&mut [f64]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
        let (gc, gt) = call(k).vjp(&slices, &g, &mut slots);
        let flat = rows.concat();
        differences(&format!("{kind:?}"), &flat, &grads.concat(), |a| value(a, k.t));
        differences(&format!("{kind:?} t"), &[k.t], &[gt], |t| value(&flat, t[0]));
        assert_eq!(gc, 0.0);
    }
}

#[test]
fn gradients_of_projections() {
    for m in MODELS {
        for k in CURVS {
            let x = point(m, k, 1.5, 9, 9);
            let g = noise(10, x.len());
            // Inside and outside of the largest radius.
            for max in [3.0, 0.8] {
                let call = |curv| Call { model: m, kind: Kind::Project, curv, number: max, dim: 9 };
                let value = |x: &[f64], k: Curv| {
                    let mut out = x.to_vec();
                    call(k).forward(&[x], &mut out);
                    dot(&out, &g)
                };
                let mut gx = x.clone();
                let (gc, gt) = call(k).vjp(&[&x], &g, &mut [&mut gx]);
                differences(&format!("{m:?} project"), &x, &gx, |x| value(x, k));
                differences("project c", &[k.c], &[gc], |c| value(&x, Curv { c: c[0], ..k }));
                differences("project t", &[k.t], &[gt], |t| value(&x, Curv { t: t[0], ..k }));
                let mut y = x.clone();
                call(k).forward(&[&x], &mut y);
                let mut d = [0.0];
                m.forward(Kind::Dist0, k, &[&y], &mut d);
                assert!(d[0] < max * (1.0 + 1e-14));
            }
        }
    }
    let (a, b) = (noise(11, 12), noise(12, 12));
    let (mut ga, mut gb) = (a.clone(), b.clone());
    Model::Lorentz.vjp(Kind::Minkowski, CURVS[0], &[&a, &b], &[0.7], &mut [&mut ga, &mut gb]);
    let product = |a: &[f64], b: &[f64]| 0.7 * scalar(Model::Lorentz, Kind::Minkowski, CURVS[0], &[a, b]);
    differences("minkowski a", &a, &ga, |a| product(a, &b));
    differences("minkowski b", &b, &gb, |b| product(&a, b));
}
