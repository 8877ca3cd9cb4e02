//! f32 rows in wide sampling.

use super::{CURVS, Worst, error, noise, norm, number_of, point, scaled};
use beltrami::geometry::{Call, Coord, Curv, Kind, Model};

/// f32 rows against the same numbers as f64 rows: what double-double gives is exact for this purpose. Wide sampling: every
/// radius, every separation, steps in every direction.
#[test]
fn f32_rows_are_as_good_as_f64_rows() {
    let mut worst = Worst::default();
    for m in [Model::Lorentz, Model::Poincare, Model::HalfSpace, Model::Solvable] {
        for seed in 0..4000 {
            let dim = [2, 3, 9, 17][seed as usize % 4];
            let dice = noise(seed + 1000, 8);
            let k = [CURVS[0], CURVS[1], CURVS[2]][(dice[0] * 1.5 + 1.5) as usize % 3];
            let scale = 1.0 / (k.c.sqrt() * k.t);
            let log_uniform = |d: f64, a: f64, b: f64| (a.ln() + (d + 1.0) / 2.0 * (b / a).ln()).exp();
            // f32 holds a point of the ball up to about r = 15; keep one digit of 1 − |x|.
            let far = if m == Model::Poincare { 13.0 } else { 15.0 };
            let round = |row: &[f64]| row.iter().map(|&a| f64::from(a as f32)).collect::<Vec<_>>();
            let x = round(&point(m, k, log_uniform(dice[1], 1e-8, far) * scale, seed, dim));
            let tangent = |salt: u64, length: f64| {
                let (raw, mut u, mut n) = (noise(seed + salt, x.len()), x.clone(), [0.0]);
                // Half of the steps aim at the origin or away from it, more or less.
                let raw: Vec<f64> = match (dice[2] * 2.0 + 2.0) as i32 {
                    0 => x.iter().zip(&raw).map(|(a, b)| b * 1e-3 * norm(&x) - a).collect(),
                    1 => x.iter().zip(&raw).map(|(a, b)| b * 1e-3 * norm(&x) + a).collect(),
                    _ => raw,
                };
                m.forward(Kind::ProjectTangent, k, &[&x, &raw], &mut u);
                m.forward(Kind::Norm, k, &[&x, &u], &mut n);
                round(&scaled(length / n[0], &u))
            };
            let u = tangent(1, log_uniform(dice[3], 1e-7, far) * scale);
            let v = tangent(2, 1.0);
            let mut y = point(m, k, log_uniform(dice[4], 1e-8, far) * scale, seed + 3, dim);
            if dice[5] > 0.0 {
                let step = tangent(4, log_uniform(dice[6], 1e-6, 3.0) * scale);
                m.forward(Kind::Exp, k, &[&x, &step], &mut y);
            }
            let y = round(&y);
            let radius = |p: &[f64]| norm(&p[m.ambient(0)..]) * k.c.sqrt();
            if m == Model::Poincare && radius(&x).max(radius(&y)) > 1.0 - 2e-7 {
                continue;
            }
            let e = round(&noise(seed + 5, x.len()));
            for kind in Kind::ALL.into_iter().filter(|&kind| m.has(kind)) {
                let rows: Vec<&[f64]> = match kind {
                    Kind::Exp | Kind::Norm => vec![&x, &u],
                    Kind::Exp0 => vec![&u],
                    Kind::Inner => vec![&x, &u, &v],
                    Kind::Transport => vec![&x, &y, &v],
                    Kind::HyperplaneDist => vec![&y, &x, &v],
                    Kind::TransportFrom0 | Kind::TransportTo0 => vec![&x, &v],
                    Kind::ProjectTangent | Kind::EgradToRgrad | Kind::Busemann => vec![&x, &e],
                    _ if kind.inputs().len() == 1 => vec![&x],
                    _ => vec![&x, &y],
                };
                let g = round(&noise(seed + 6, m.width(kind, dim)));
                let (wide, narrow) =
                    (everything::<f64>(m, kind, k, &rows, &g), everything::<f32>(m, kind, k, &rows, &g));
                for (i, (a, b)) in narrow.iter().zip(&wide).enumerate() {
                    // What f32 cannot hold is not f32's fault: overflow, or the underflow of a component.
                    if norm(b) < 1e30 && norm(b) > 1e-30 {
                        let part = ["value", "d1", "d2", "d3"][i];
                        worst.note(format!("{m:?} {kind:?} {part}"), error(a, b), format!("seed {seed}"));
                    }
                }
            }
        }
    }
    worst.print("worst f32 error, wide sampling");
    worst.check(|_| 6.0e-8);
}

/// Value and row gradients, as f64.
fn everything<T: Coord>(m: Model, kind: Kind, k: Curv, rows: &[&[f64]], g: &[f64]) -> Vec<Vec<f64>> {
    let store = |row: &[f64]| row.iter().map(|&a| T::from_f64(a)).collect::<Vec<T>>();
    let wide = |row: Vec<T>| row.into_iter().map(|a| a.to_f64()).collect::<Vec<f64>>();
    let rows: Vec<Vec<T>> = rows.iter().map(|r| store(r)).collect();
    let rows: Vec<&[T]> = rows.iter().map(Vec::as_slice).collect();
    let g = store(g);
    let mut out = g.clone();
    let call = Call { model: m, kind, curv: k, number: number_of(kind), dim: m.dim(rows[0].len()) };
    call.forward(&rows, &mut out);
    let mut grads: Vec<Vec<T>> = rows.iter().map(|r| r.to_vec()).collect();
    let mut slots: Vec<&mut [T]> = grads.iter_mut().map(Vec::as_mut_slice).collect();
    call.vjp(&rows, &g, &mut slots);
    std::iter::once(out).chain(grads).map(wide).collect()
}
