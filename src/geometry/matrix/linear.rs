//! Linear equations by LU factors with partial pivoting.

use super::dense::Matrix;

/// P a = l u of a square matrix in f64; both factors in one.
pub(super) struct Lu {
    lu: Matrix<f64>,
    order: Vec<usize>,
}

impl Lu {
    /// Factors `a`. Solutions are not finite where `a` is singular.
    pub fn of(mut a: Matrix<f64>) -> Lu {
        let n = a.rows();
        let mut order: Vec<usize> = (0..n).collect();
        for k in 0..n {
            let best = (k..n).fold(k, |b, i| if a[(i, k)].abs() > a[(b, k)].abs() { i } else { b });
            if best != k {
                order.swap(k, best);
                for j in 0..n {
                    (a[(k, j)], a[(best, j)]) = (a[(best, j)], a[(k, j)]);
                }
            }
            for i in k + 1..n {
                let factor = a[(i, k)] / a[(k, k)];
                a[(i, k)] = factor;
                for j in k + 1..n {
                    a[(i, j)] -= factor * a[(k, j)];
                }
            }
        }
        Lu { lu: a, order }
    }

    /// x with a x = b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = b.len();
        let mut x: Vec<f64> = self.order.iter().map(|&i| b[i]).collect();
        for i in 0..n {
            x[i] -= (0..i).map(|j| self.lu[(i, j)] * x[j]).sum::<f64>();
        }
        for i in (0..n).rev() {
            let rest = x[i] - (i + 1..n).map(|j| self.lu[(i, j)] * x[j]).sum::<f64>();
            x[i] = rest / self.lu[(i, i)];
        }
        x
    }

    /// x with aᵀx = b.
    pub fn solve_transposed(&self, b: &[f64]) -> Vec<f64> {
        let n = b.len();
        let mut y = b.to_vec();
        for i in 0..n {
            let rest = y[i] - (0..i).map(|j| self.lu[(j, i)] * y[j]).sum::<f64>();
            y[i] = rest / self.lu[(i, i)];
        }
        for i in (0..n).rev() {
            y[i] -= (i + 1..n).map(|j| self.lu[(j, i)] * y[j]).sum::<f64>();
        }
        let mut x = vec![0.0; n];
        self.order.iter().zip(y).for_each(|(&i, y)| x[i] = y);
        x
    }
}
