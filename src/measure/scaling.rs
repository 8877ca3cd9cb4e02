//! Classical scaling: points of a space of constant curvature whose distances come close to given ones, from the
//! eigenvectors of one matrix.
//!
//! With √|κ| d for the distances, the matrix is that of the inner products of the points where they lie in flat space:
//! −d²/2, centred (Torgerson 1952), cos d on the sphere (Wilson, Hancock, Pekalska & Duin 2014, §5), and on the hyperboloid
//! cosh d, whose negative eigenvalues belong to the space part (Keller-Ressel & Nargang, "Hydra", 2020). If the distances
//! are those of points of the space, these come out; if not, the points are those whose inner products are closest.

use super::eigen::symmetric;
use crate::geometry::{Curv, Kind, Model};

/// A kind of space of constant curvature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// κ = 0.
    Flat,
    /// κ < 0.
    Hyperbolic,
    /// κ > 0.
    Spherical,
}

/// The distances (n × n) of the embedding of distances `d` (n × n) in `dim` dimensions with curvature κ.
pub(super) fn embed(d: &[f64], n: usize, shape: Shape, dim: usize, kappa: f64) -> Vec<f64> {
    let root = kappa.abs().sqrt();
    let dim = dim.min(n);
    match shape {
        Shape::Flat => {
            let squares: Vec<f64> = d.iter().map(|d| -0.5 * d * d).collect();
            let rows = largest(symmetric(&centred(squares, n), n), dim);
            pairs(&rows, distance)
        }
        Shape::Hyperbolic => {
            let cosh: Vec<f64> = d.iter().map(|d| (root * d).cosh()).collect();
            let space = symmetric(&cosh, n).into_iter().map(|(value, v)| (-value, v)).rev().collect();
            let mut rows = largest(space, dim);
            // The time, which the functions of rows read off the space part.
            rows.iter_mut().for_each(|x| x.insert(0, 0.0));
            let curv = Curv::canonical(kappa);
            pairs(&rows, |x, y| {
                let mut out = [0.0];
                Model::Lorentz.forward(Kind::Dist, curv, &[x, y], &mut out);
                out[0]
            })
        }
        Shape::Spherical => {
            let cos: Vec<f64> = d.iter().map(|d| (root * d).cos()).collect();
            let mut rows = largest(symmetric(&cos, n), (dim + 1).min(n));
            for x in &mut rows {
                let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt();
                x.iter_mut().for_each(|x| *x /= norm.max(f64::MIN_POSITIVE));
            }
            pairs(&rows, |x, y| {
                let opposite: Vec<f64> = y.iter().map(|y| -y).collect();
                2.0 * distance(x, y).atan2(distance(x, &opposite)) / root
            })
        }
    }
}

/// The coordinates √λ v of the `dim` largest eigenvalues (0 of negative ones): a row a point.
fn largest(eigen: Vec<(f64, Vec<f64>)>, dim: usize) -> Vec<Vec<f64>> {
    let taken = &eigen[eigen.len() - dim..];
    (0..eigen.len()).map(|i| taken.iter().map(|(value, v)| value.max(0.0).sqrt() * v[i]).collect()).collect()
}

/// The matrix less the means of its rows and columns, plus the mean of all.
fn centred(mut a: Vec<f64>, n: usize) -> Vec<f64> {
    let means: Vec<f64> = a.chunks_exact(n).map(|row| row.iter().sum::<f64>() / n as f64).collect();
    let all = means.iter().sum::<f64>() / n as f64;
    a.iter_mut().enumerate().for_each(|(at, x)| *x += all - means[at / n] - means[at % n]);
    a
}

fn distance(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

/// The matrix of a symmetric function of two rows, 0 for a row and itself.
fn pairs(rows: &[Vec<f64>], f: impl Fn(&[f64], &[f64]) -> f64) -> Vec<f64> {
    let n = rows.len();
    let mut out = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..i {
            let d = f(&rows[i], &rows[j]);
            (out[i * n + j], out[j * n + i]) = (d, d);
        }
    }
    out
}
