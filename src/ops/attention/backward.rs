//! Gradients, with every tile of weights computed again: a task takes some keys and goes over all queries.
//!
//! With p the softmax and ṗ its cotangents, those of the scores are p (ṗ − Σ p ṗ). A centroid o = s a, s = √c/√(−⟨a, a⟩), takes a
//! cotangent g to ȧ = s (g − (g·o) õ/c), õ = (o₀, −o); then ȧ·a = 0, so Σ p ṗ = 0. As scores do, ṗ may leave out what is the
//! same along a row: of ȧ₀ v₀, ȧ₀ √c.

use super::Plan;
use super::kernels::{Differentiate, KEYS, QUERIES, Row, hide};
use super::points::{Packed, Points, tile_of};
use crate::backend::cpu::simd::dispatch;
use crate::backend::cpu::tile::add_product;
use crate::backend::cpu::vmath::VectorMath;
use crate::backend::cpu::{Cpu, Matrix, View, numbers, numbers_mut};
use crate::tensor::{Device, Tensor};
use crate::{Result, Shape};
use std::marker::PhantomData;

/// Gradients in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slopes {
    /// In the temperature.
    pub temperature: f64,
    /// In c of queries and keys.
    pub score: f64,
    /// In c of values.
    pub value: f64,
}

/// What all tasks read.
#[derive(Clone, Copy)]
struct Given<'a, T> {
    plan: &'a Plan,
    q: View<'a, T>,
    k: View<'a, T>,
    v: View<'a, T>,
    g: View<'a, T>,
    /// The results; not needed for centroids.
    out: Option<View<'a, T>>,
    kept: View<'a, f64>,
}

/// Keys from `first` on of a head.
struct Task<'a, T> {
    /// Number of the keys' head, counted through the batch.
    pair: usize,
    first: usize,
    count: usize,
    /// Of all queries of the heads that share the keys: what these keys add.
    dq: &'a mut [T],
    dk: &'a mut [T],
    dv: &'a mut [T],
    slopes: &'a mut Slopes,
}

/// Gradients of queries, keys and values, and those in numbers, for the cotangent `g`.
pub fn run<T: VectorMath>(
    plan: &Plan,
    cpu: &Cpu,
    device: &Device,
    [q, k, v]: [View<'_, T>; 3],
    g: View<'_, T>,
    out: Option<View<'_, T>>,
    kept: View<'_, f64>,
) -> Result<([Tensor; 3], Slopes)> {
    let given = Given { plan, q, k, v, g, out, kept };
    let (pairs, share) = (plan.batch * plan.groups, plan.share(cpu, plan.keys));
    let parts = plan.keys.div_ceil(share).max(1);
    let (rows, dim, width) = (plan.shared() * plan.queries, plan.dim, plan.width);
    let mut buffers =
        [pairs * parts * rows * dim, pairs * plan.keys * dim, pairs * plan.keys * width].map(numbers::<T>);
    let mut slopes = vec![Slopes::default(); pairs * parts];
    let [mut dq, mut dk, mut dv] = buffers.each_mut().map(numbers_mut::<T>);
    let mut tasks = vec![];
    for (i, slopes) in slopes.iter_mut().enumerate() {
        let (pair, first) = (i / parts, i % parts * share);
        let count = share.min(plan.keys - first);
        let cut = [(&mut dq, rows * dim), (&mut dk, count * dim), (&mut dv, count * width)];
        if let [Some(dq), Some(dk), Some(dv)] = cut.map(|(all, n)| all.split_off_mut(..n)) {
            tasks.push(Task { pair, first, count, dq, dk, dv, slopes });
        }
    }
    cpu.for_each(tasks, |task| task.run(given));
    let sum = slopes.iter().fold(Slopes::default(), |sum, s| Slopes {
        temperature: sum.temperature + s.temperature,
        score: sum.score + s.score,
        value: sum.value + s.value,
    });
    let shapes = [
        Shape::from([plan.batch * plan.groups, parts, rows, dim]),
        Shape::from([plan.batch, plan.groups, plan.keys, dim]),
        Shape::from([plan.batch, plan.groups, plan.keys, width]),
    ];
    let tensors = buffers.into_iter().zip(shapes).map(|(b, shape)| Tensor::from_buffer(b, T::DTYPE, shape, device));
    let tensors: Vec<Tensor> = tensors.collect();
    let dq = if parts == 1 { tensors[0].clone() } else { tensors[0].sum(&[1], false)? };
    let dq = dq.reshape([plan.batch, plan.heads, plan.queries, dim])?;
    Ok(([dq, tensors[1].clone(), tensors[2].clone()], sum))
}

impl<T: VectorMath> Task<'_, T> {
    fn run(self, given: Given<'_, T>) {
        let Given { plan, q, k, v, .. } = given;
        let (mut scratch_k, mut scratch_v) = (vec![], vec![]);
        let start = self.pair * plan.keys + self.first;
        let (dim, width) = (plan.dim, plan.width);
        let k = Points::of(k.block(start * dim, self.count * dim, &mut scratch_k), dim, plan.score);
        let v = Points::of(v.block(start * width, self.count * width, &mut scratch_v), width, plan.value);
        let mut scratch = vec![vec![]; plan.shared()];
        let queries = scratch.iter_mut().enumerate().map(|(h, scratch)| {
            let start = (self.pair * plan.shared() + h) * plan.queries;
            Points::of(q.block(start * dim, plan.queries * dim, scratch), dim, plan.score)
        });
        let queries: Vec<_> = queries.collect();
        match (plan.score_reaches(&queries, &k), plan.value_reaches(&v)) {
            (false, false) => self.with::<T, T>(given, &queries, &k, &v),
            (true, false) => self.with::<f64, T>(given, &queries, &k, &v),
            (false, true) => self.with::<T, f64>(given, &queries, &k, &v),
            (true, true) => self.with::<f64, f64>(given, &queries, &k, &v),
        }
    }

    /// With the products of scores in S and those of values in V.
    fn with<S: VectorMath, V: VectorMath>(
        self,
        given: Given<'_, T>,
        queries: &[Points<'_, T>],
        k: &Points<'_, T>,
        v: &Points<'_, T>,
    ) {
        let Given { plan, .. } = given;
        let keys = k.packed::<S>(1.0, |j| k.rise[j]);
        let key_tiles = keys.tiles(plan.inner());
        let value_tiles = v.packed::<V>(1.0, |j| v.rise[j]).tiles(plan.value_inner());
        let (mut gk, mut gv) = (Packed::<S>::zeros(self.count, plan.dim), Packed::<V>::zeros(self.count, plan.width));
        let tiles = self.count.div_ceil(KEYS);
        let (mut key_times, mut value_times) = (vec![[S::zero(); KEYS]; tiles], vec![[V::zero(); KEYS]; tiles]);
        let [mut scores, mut slopes] = [(); 2].map(|()| vec![S::zero(); QUERIES * KEYS]);
        let [mut cotangents, mut weights] = [(); 2].map(|()| vec![V::zero(); QUERIES * KEYS]);
        let mut words = [0; QUERIES];
        let batch = self.pair / plan.groups;
        for (h, (q, dq)) in queries.iter().zip(self.dq.chunks_mut((plan.queries * plan.dim).max(1))).enumerate() {
            let shared = self.pair * plan.shared() + h;
            let head = [batch, shared % plan.heads];
            let results = given.results::<V>(shared, q, (self.first == 0).then_some(&mut *self.slopes));
            let (cotangent, rows) = results;
            let queries = q.packed::<S>(plan.alpha, |i| -plan.alpha * q.time[i]);
            let mut gq = Packed::<S>::zeros(q.count(), plan.dim);
            let mut query_times = vec![0.0; q.count()];
            for tile in 0..tiles {
                let now = tile * KEYS..(tile * KEYS + KEYS).min(self.count);
                let seen = self.first + now.start..self.first + now.end;
                let key_rise = &tile_of(&k.rise, now.start);
                for first in (0..q.count()).step_by(QUERIES) {
                    let count = QUERIES.min(q.count() - first);
                    let words = &mut words[..count];
                    if !plan.masks.words(head, first..first + count, seen.clone(), words) {
                        continue;
                    }
                    let size = count * KEYS;
                    let (scores, slopes) = (&mut scores[..size], &mut slopes[..size]);
                    let (cotangents, weights) = (&mut cotangents[..size], &mut weights[..size]);
                    scores.fill(S::zero());
                    cotangents.fill(V::zero());
                    add_product(
                        queries.left(first),
                        key_tiles.right(now.start),
                        [count, key_tiles.inner, KEYS],
                        scores,
                        KEYS,
                    );
                    let sizes = [count, value_tiles.inner, KEYS];
                    add_product(cotangent.left(first), value_tiles.right(now.start), sizes, cotangents, KEYS);
                    hide(words, scores);
                    dispatch(Differentiate {
                        scores,
                        cotangents,
                        weights,
                        slopes,
                        rows: &rows[first..][..count],
                        key_rise,
                        query_times: &mut query_times[first..][..count],
                        key_times: &mut key_times[tile],
                        value_times: &mut value_times[tile],
                        real: PhantomData::<T>,
                    });
                    let across = Matrix { data: &*slopes, offset: 0, row: KEYS as isize, column: 1 };
                    let row = gq.row;
                    add_product(
                        across,
                        keys.right(now.start),
                        [count, now.len(), keys.columns()],
                        gq.rows_from_mut(first),
                        row,
                    );
                    let down = Matrix { data: &*slopes, offset: 0, row: 1, column: KEYS as isize };
                    let row = gk.row;
                    let sizes = [now.len(), count, queries.columns()];
                    add_product(down, queries.right(first), sizes, gk.rows_from_mut(now.start), row);
                    let down = Matrix { data: &*weights, offset: 0, row: 1, column: KEYS as isize };
                    let row = gv.row;
                    let sizes = [now.len(), count, cotangent.columns()];
                    add_product(down, cotangent.right(first), sizes, gv.rows_from_mut(now.start), row);
                }
            }
            query_gradients(plan, q, &gq, &query_times, dq, self.slopes);
        }
        // The scores are α (q·k − q₀ (k₀ − √c)); queries were multiplied by α already.
        let times: Vec<f64> = key_times.iter().flatten().map(|&t| t.to_f64()).collect();
        self.slopes.score += key_gradients(k, &gk, &times, self.dk, |j| {
            // ∂(k₀ − √c)/∂c at a fixed space part.
            plan.score.map_or(0.0, |c| -k.rise[j] / (2.0 * k.time[j] * c.sqrt()))
        });
        let times: Vec<f64> = value_times.iter().flatten().map(|&t| t.to_f64()).collect();
        self.slopes.value +=
            key_gradients(v, &gv, &times, self.dv, |j| plan.value.map_or(0.0, |_| 1.0 / (2.0 * v.time[j])));
    }
}

impl<T: VectorMath> Given<'_, T> {
    /// Of each query of a head the cotangent of its sum of values, and what the derivative of its weights needs. The slope in
    /// the c of values that results have beside those through points is added to `slopes`, if there are some.
    fn results<V: VectorMath>(
        &self,
        head: usize,
        q: &Points<'_, T>,
        mut slopes: Option<&mut Slopes>,
    ) -> (Packed<V>, Vec<Row>) {
        let plan = self.plan;
        let (width, result, kept) = (plan.width, plan.result(), plan.kept());
        let (start, count) = (head * plan.queries, plan.queries);
        let (mut scratch_g, mut scratch_out, mut scratch_kept) = (vec![], vec![], vec![]);
        let g = self.g.block(start * result, count * result, &mut scratch_g);
        let out = self.out.as_ref().map(|out| out.block(start * result, count * result, &mut scratch_out));
        let all_kept = self.kept.block(start * kept, count * kept, &mut scratch_kept);
        let mut cotangents = Packed::<V>::zeros(count, width);
        let mut rows = Vec::with_capacity(count);
        for (i, cotangent) in cotangents.rows_mut().enumerate() {
            let (g, kept) = (&g[i * result..][..result], &all_kept[i * kept..][..kept]);
            let mut row = Row { shift: kept[0], share: kept[1], time: -plan.alpha * q.time[i], ..Row::default() };
            if let Some(c) = plan.value {
                let ([scale, time], point) = ([kept[2], kept[3]], &kept[4..]);
                let (g_time, g) = if plan.space_only { (0.0, g) } else { (g[0].to_f64(), &g[1..]) };
                let along = g_time * time + g.iter().zip(point).map(|(&g, x)| g.to_f64() * x).sum::<f64>();
                let pull = along / c;
                for ((to, &g), x) in cotangent.iter_mut().zip(g).zip(point) {
                    *to = V::from_f64(scale * (g.to_f64() + pull * x));
                }
                row.rise = scale * (g_time - pull * time);
                row.mean = -row.rise * c.sqrt();
                cotangent[width] = V::from_f64(row.rise);
                if let Some(slopes) = &mut slopes {
                    slopes.value += along / (2.0 * c);
                }
            } else {
                cotangent.iter_mut().zip(g).for_each(|(to, &g)| *to = V::from_f64(g.to_f64()));
                let out = out.map_or(&[][..], |out| &out[i * result..][..result]);
                row.mean = g.iter().zip(out).map(|(&g, &x)| g.to_f64() * x.to_f64()).sum();
            }
            rows.push(row);
        }
        (cotangents, rows)
    }
}

/// Gradients of queries from Σ slope · key and the same of the keys' rises; what they add to the slopes in numbers.
fn query_gradients<T: VectorMath, S: VectorMath>(
    plan: &Plan,
    q: &Points<'_, T>,
    sums: &Packed<S>,
    rises: &[f64],
    dq: &mut [T],
    slopes: &mut Slopes,
) {
    for (i, (dq, rise)) in dq.chunks_exact_mut(plan.dim).zip(rises).enumerate() {
        let (sum, time) = (&sums.rows_from(i)[..plan.dim], q.time[i]);
        let along: f64 = q.at(i).zip(sum).map(|(x, &sum)| x * sum.to_f64()).sum();
        // dS/dτ = −S/τ, and α = 2/τ.
        slopes.temperature -= 0.5 * plan.alpha * plan.alpha * (along - time * rise);
        let lag = if plan.score.is_some() { rise / time } else { 0.0 };
        slopes.score -= 0.5 * plan.alpha * lag;
        for ((dq, &sum), x) in dq.iter_mut().zip(sum).zip(q.at(i)) {
            *dq = T::from_f64(plan.alpha * (sum.to_f64() - lag * x));
        }
    }
}

/// Gradients of points from those of their space parts and of their times, x₀ = √(c + |x|²). Gives Σ gradient of the time ·
/// `by_c`.
fn key_gradients<T: VectorMath, W: VectorMath>(
    points: &Points<'_, T>,
    sums: &Packed<W>,
    times: &[f64],
    out: &mut [T],
    by_c: impl Fn(usize) -> f64,
) -> f64 {
    let mut slope = 0.0;
    for (j, (out, time)) in out.chunks_exact_mut(sums.dim).zip(times).enumerate() {
        // Vectors have no time.
        let lead = if points.time[j] > 0.0 { time / points.time[j] } else { 0.0 };
        for ((out, &sum), x) in out.iter_mut().zip(sums.rows_from(j)).zip(points.at(j)) {
            *out = T::from_f64(sum.to_f64() + lead * x);
        }
        slope += time * by_c(j);
    }
    slope
}
