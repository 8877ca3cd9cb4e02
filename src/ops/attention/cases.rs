//! Where the registry checks attention: against loops over single pairs.

use super::{AttentionOp, NAME};
use crate::autograd::apply_multi;
use crate::ops::registry::{Case, Cases, Gradient, OpSpec, by_numbers, normal};
use crate::{Result, Tensor};

pub(in crate::ops) static SPECS: &[OpSpec] = &[OpSpec { name: NAME, gradient: Gradient::Any, cases: Cases::Of(cases) }];

/// One case; without masks unless they are named.
#[derive(Clone, Copy)]
struct Setup {
    label: &'static str,
    /// Batch, heads of queries, heads of keys, queries, keys.
    sizes: [usize; 5],
    /// Numbers of a key and of a value.
    dims: [usize; 2],
    /// Of the numbers.
    spread: f64,
    /// κ and τ.
    lorentz: Option<[f64; 2]>,
    /// κ of values, and whether the space part alone is wanted.
    centroid: Option<(f64, bool)>,
    causal: bool,
    documents: bool,
    lengths: bool,
    blocked: bool,
}

const FLAT: Setup = Setup {
    label: "",
    sizes: [2, 2, 2, 3, 4],
    dims: [3, 2],
    spread: 1.0,
    lorentz: None,
    centroid: None,
    causal: false,
    documents: false,
    lengths: false,
    blocked: false,
};
const CURVED: Setup = Setup { lorentz: Some([-0.7, 1.6]), centroid: Some((-1.3, false)), ..FLAT };

const NEARLY_FLAT: &str = "nearly flat space";

const SETUPS: &[Setup] = &[
    Setup { label: "vectors", ..FLAT },
    Setup { label: "points and centroids", ..CURVED },
    Setup { label: "points and sums", centroid: None, ..CURVED },
    Setup { label: "vectors and space parts of centroids", lorentz: None, centroid: Some((-0.8, true)), ..CURVED },
    Setup { label: "shared keys", sizes: [1, 4, 2, 2, 3], ..CURVED },
    Setup { label: "causal, after a cache", sizes: [1, 1, 1, 3, 5], causal: true, ..CURVED },
    Setup { label: "causal, more queries than keys", sizes: [1, 1, 1, 4, 2], causal: true, ..CURVED },
    Setup { label: "causal vectors, more queries than keys", sizes: [1, 1, 1, 4, 2], causal: true, ..FLAT },
    Setup { label: "documents", sizes: [2, 1, 1, 4, 5], documents: true, ..CURVED },
    Setup { label: "lengths, one of them 0", lengths: true, ..CURVED },
    Setup { label: "blocked", blocked: true, ..FLAT },
    Setup {
        label: "all masks",
        sizes: [2, 2, 1, 4, 4],
        causal: true,
        documents: true,
        lengths: true,
        blocked: true,
        ..CURVED
    },
    Setup { label: NEARLY_FLAT, lorentz: Some([-1e-3, 1.0]), centroid: Some((-1e-3, true)), ..CURVED },
    Setup { label: "more than a tile", sizes: [1, 2, 1, 51, 67], dims: [17, 16], lengths: true, ..CURVED },
    Setup { label: "several tiles of vectors", sizes: [1, 1, 1, 97, 130], dims: [33, 35], causal: true, ..FLAT },
    Setup { label: "no queries", sizes: [1, 1, 1, 0, 3], ..CURVED },
    Setup { label: "no keys", sizes: [1, 1, 1, 2, 0], ..CURVED },
];

/// Whether query i of batch entry b sees key j: the masks of the cases, without their tensors.
impl Setup {
    fn document(b: usize, i: usize) -> usize {
        (i + b) / 2
    }

    fn length(b: usize) -> usize {
        3 * b
    }

    fn is_blocked(h: usize, i: usize, j: usize) -> bool {
        (h + i + 2 * j).is_multiple_of(3)
    }

    fn sees(&self, [b, h, i, j]: [usize; 4]) -> bool {
        let [.., n, m] = self.sizes;
        (!self.causal || j + n <= i + m)
            && (!self.documents || Setup::document(b, i) == Setup::document(b, j))
            && (!self.lengths || j < Setup::length(b))
            && (!self.blocked || !Setup::is_blocked(h, i, j))
    }

    fn inputs(&self) -> Result<Vec<Tensor>> {
        let ([batch, heads, groups, n, m], [dim, width]) = (self.sizes, self.dims);
        let mut inputs = vec![];
        for (shape, stream) in
            [([batch, heads, n, dim], 1), ([batch, groups, m, dim], 2), ([batch, groups, m, width], 3)]
        {
            inputs.push(normal(shape, stream)?.mul_scalar(self.spread)?);
        }
        inputs.extend(self.lorentz.into_iter().flatten().map(Tensor::from));
        inputs.extend(self.centroid.map(|(kappa, _)| Tensor::from(kappa)));
        if self.documents {
            for length in [n, m] {
                let ids: Vec<i64> =
                    (0..batch * length).map(|i| Setup::document(i / length, i % length) as i64).collect();
                inputs.push(Tensor::from_slice(&ids, [batch, length])?);
            }
        }
        if self.lengths {
            let lengths: Vec<u32> = (0..batch).map(|b| Setup::length(b) as u32).collect();
            inputs.push(Tensor::from_slice(&lengths, [batch])?);
        }
        if self.blocked {
            let at = |p: usize| Setup::is_blocked(p / (n * m), p / m % n, p % m);
            let blocked: Vec<u8> = (0..heads * n * m).map(|p| u8::from(at(p))).collect();
            inputs.push(Tensor::from_slice(&blocked, [heads, n, m])?);
        }
        Ok(inputs)
    }

    fn op(&self) -> AttentionOp {
        AttentionOp {
            scale: if self.lorentz.is_some() { None } else { Some(0.6) },
            centroid: self.centroid.map(|(_, space)| space),
            causal: self.causal,
            documents: self.documents,
            lengths: self.lengths,
            blocked: self.blocked,
        }
    }

    /// A head's results, pair by pair, from all inputs.
    fn direct(&self, x: &[Vec<f64>]) -> Vec<f64> {
        let ([batch, heads, groups, n, m], [dim, width]) = (self.sizes, self.dims);
        let time = |c: f64, x: &[f64]| (c + x.iter().map(|x| x * x).sum::<f64>()).sqrt();
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        let mut out = vec![];
        for (b, h, i) in (0..batch).flat_map(|b| (0..heads).flat_map(move |h| (0..n).map(move |i| (b, h, i)))) {
            let pair = b * groups + h * groups / heads;
            let q = &x[0][((b * heads + h) * n + i) * dim..][..dim];
            let seen: Vec<usize> = (0..m).filter(|&j| self.sees([b, h, i, j])).collect();
            let score = |&j: &usize| {
                let k = &x[1][(pair * m + j) * dim..][..dim];
                match self.lorentz {
                    None => 0.6 * dot(q, k),
                    Some(_) => {
                        let (c, tau) = (-1.0 / x[3][0], x[4][0]);
                        (2.0 * c + 2.0 * (dot(q, k) - time(c, q) * time(c, k))) / tau
                    }
                }
            };
            let scores: Vec<f64> = seen.iter().map(score).collect();
            let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = scores.iter().map(|s| (s - top).exp()).sum();
            let curved = self.centroid.map(|_| -1.0 / x[if self.lorentz.is_some() { 5 } else { 3 }][0]);
            let mut mean = vec![0.0; 1 + width];
            for (j, score) in seen.iter().zip(&scores) {
                let (p, v) = ((score - top).exp() / total, &x[2][(pair * m + j) * width..][..width]);
                mean[0] += p * curved.map_or(0.0, |c| time(c, v));
                mean[1..].iter_mut().zip(v).for_each(|(mean, v)| *mean += p * v);
            }
            if let Some(c) = curved {
                mean[0] = if seen.is_empty() { c.sqrt() } else { mean[0] };
                let length = (mean[0] * mean[0] - dot(&mean[1..], &mean[1..])).sqrt();
                mean.iter_mut().for_each(|a| *a *= c.sqrt() / length);
            }
            out.extend(&mean[usize::from(!matches!(self.centroid, Some((_, false))))..]);
        }
        out
    }
}

fn cases() -> Result<Vec<Case>> {
    SETUPS
        .iter()
        .map(|&setup| {
            let (op, [batch, heads, _, n, m]) = (setup.op(), setup.sizes);
            let width = setup.dims[1] + usize::from(matches!(setup.centroid, Some((_, false))));
            let run = move |x: &[Tensor]| Ok(apply_multi(op, &x.iter().collect::<Vec<_>>())?.swap_remove(0));
            let case = Case::new(setup.label, setup.inputs()?, run)
                .reference(by_numbers([batch, heads, n, width], move |x| setup.direct(x)));
            // Finite differences of many tiles would take long, and with a tiny κ a step leads out of its domain; the gradients
            // of such are compared with composed ones elsewhere.
            Ok(if n * m > 100 || setup.label == NEARLY_FLAT { case.values_only() } else { case })
        })
        .collect()
}
