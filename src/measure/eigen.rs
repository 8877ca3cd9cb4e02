//! Eigenvalues and eigenvectors of a symmetric matrix.
//!
//! Householder's reduction to three diagonals, then QL steps with implicit shifts (Bowdler, Martin, Reinsch & Wilkinson,
//! "The QR and QL algorithms for symmetric matrices", 1968).

/// The eigenvalues of a symmetric n × n matrix, ascending, and a unit eigenvector for each.
pub(super) fn symmetric(matrix: &[f64], n: usize) -> Vec<(f64, Vec<f64>)> {
    let mut q: Vec<Vec<f64>> = matrix.chunks_exact(n.max(1)).map(<[f64]>::to_vec).collect();
    let (mut diagonal, mut side) = tridiagonal(&mut q);
    implicit_ql(&mut diagonal, &mut side, &mut q);
    let mut pairs: Vec<_> =
        diagonal.into_iter().enumerate().map(|(k, value)| (value, q.iter().map(|row| row[k]).collect())).collect();
    pairs.sort_by(|a: &(f64, Vec<f64>), b| a.0.total_cmp(&b.0));
    pairs
}

/// Turns `a` into the orthogonal q for which qᵀ a q has three diagonals; returns the main one, and the one beside it, whose
/// entry k couples k − 1 and k.
fn tridiagonal(a: &mut [Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let n = a.len();
    let (mut diagonal, mut side) = (vec![0.0; n], vec![0.0; n]);
    // Reflections, from the last row up; row k keeps the vector of its own, `diagonal[k]` its half square for now.
    for k in (1..n).rev() {
        let scale = a[k][..k].iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        if k == 1 || scale == 0.0 {
            side[k] = a[k][k - 1];
            continue;
        }
        let mut u: Vec<f64> = a[k][..k].iter().map(|x| x / scale).collect();
        let square: f64 = u.iter().map(|x| x * x).sum();
        let root = -square.sqrt().copysign(u[k - 1]);
        side[k] = scale * root;
        let half = square - u[k - 1] * root;
        u[k - 1] -= root;
        // p = A u / half and A ← A − u pᵀ − p uᵀ, in the lower triangle.
        let mut p = vec![0.0; k];
        for (i, row) in a[..k].iter().enumerate() {
            for j in 0..i {
                p[i] += row[j] * u[j];
                p[j] += row[j] * u[i];
            }
            p[i] += row[i] * u[i];
        }
        p.iter_mut().for_each(|x| *x /= half);
        let dot = u.iter().zip(&p).map(|(u, p)| u * p).sum::<f64>() / (2.0 * half);
        p.iter_mut().zip(&u).for_each(|(p, u)| *p -= dot * u);
        for (i, row) in a[..k].iter_mut().enumerate() {
            for j in 0..=i {
                row[j] -= u[i] * p[j] + p[i] * u[j];
            }
        }
        a[k][..k].copy_from_slice(&u);
        diagonal[k] = half;
    }
    // The product of the reflections, from the first row down.
    for k in 0..n {
        let half = diagonal[k];
        if half != 0.0 {
            let u = a[k][..k].to_vec();
            let mut dots = vec![0.0; k];
            for (row, u) in a[..k].iter().zip(&u) {
                dots.iter_mut().zip(row).for_each(|(dot, x)| *dot += u * x);
            }
            for (row, u) in a[..k].iter_mut().zip(&u) {
                row.iter_mut().zip(&dots).for_each(|(x, dot)| *x -= u / half * dot);
            }
        }
        diagonal[k] = a[k][k];
        a[k][k] = 1.0;
        a[k][..k].fill(0.0);
        a[..k].iter_mut().for_each(|row| row[k] = 0.0);
    }
    (diagonal, side)
}

/// Steps for one eigenvalue: more than any finite matrix takes.
const STEPS: usize = 60;

/// Makes the side diagonal vanish by rotations, which the columns of `q` take part in.
fn implicit_ql(diagonal: &mut [f64], side: &mut [f64], q: &mut [Vec<f64>]) {
    let n = diagonal.len();
    side.rotate_left(1.min(n)); // now entry k couples k and k + 1, the last nothing
    for k in 0..n {
        // Two or three steps are usual.
        for _ in 0..STEPS {
            let small = |m: &usize| side[*m].abs() <= f64::EPSILON * (diagonal[*m].abs() + diagonal[*m + 1].abs());
            let end = (k..n - 1).find(small).unwrap_or(n - 1);
            if end == k {
                break;
            }
            // The shift is the eigenvalue of the leading 2 × 2 that is closer to its corner.
            let g = (diagonal[k + 1] - diagonal[k]) / (2.0 * side[k]);
            let mut g = diagonal[end] - diagonal[k] + side[k] / (g + g.hypot(1.0).copysign(g));
            let (mut sine, mut cosine, mut shift) = (1.0, 1.0, 0.0);
            let mut split = false;
            for i in (k..end).rev() {
                let (f, b) = (sine * side[i], cosine * side[i]);
                let r = f.hypot(g);
                side[i + 1] = r;
                if r == 0.0 {
                    diagonal[i + 1] -= shift;
                    side[end] = 0.0;
                    split = true;
                    break;
                }
                (sine, cosine) = (f / r, g / r);
                g = diagonal[i + 1] - shift;
                let r = (diagonal[i] - g) * sine + 2.0 * cosine * b;
                shift = sine * r;
                diagonal[i + 1] = g + shift;
                g = cosine * r - b;
                for row in q.iter_mut() {
                    let (x, y) = (row[i], row[i + 1]);
                    (row[i], row[i + 1]) = (cosine * x - sine * y, sine * x + cosine * y);
                }
            }
            if !split {
                diagonal[k] -= shift;
                side[k] = g;
                side[end] = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    #[test]
    fn vectors_are_orthogonal_and_give_the_matrix_back() {
        let rng = Rng::new(3);
        for n in [1, 2, 3, 10, 40] {
            for rank in [1, 3, n] {
                // Σ ± u uᵀ of `rank` vectors: multiple eigenvalues 0 where the rank is small.
                let u = |k: usize, i: usize| rng.normal((k * n + i) as u64);
                let sign = |k: usize| if k.is_multiple_of(2) { 1.0 } else { -1.0 };
                let entry = |i: usize, j: usize| (0..rank).map(|k| sign(k) * u(k, i) * u(k, j)).sum::<f64>();
                let a: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
                let pairs = symmetric(&a, n);
                assert!(pairs.is_sorted_by(|a, b| a.0 <= b.0));
                let largest = a.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
                for i in 0..n {
                    for j in 0..n {
                        let back: f64 = pairs.iter().map(|(value, v)| value * v[i] * v[j]).sum();
                        assert!((back - a[i * n + j]).abs() < 1e-13 * n as f64 * largest, "n {n}, rank {rank}");
                        let dot: f64 = pairs[i].1.iter().zip(&pairs[j].1).map(|(x, y)| x * y).sum();
                        assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-13, "n {n}, rank {rank}");
                    }
                }
            }
        }
    }
}
