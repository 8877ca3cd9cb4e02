//! From queries, keys and values to results: a tile of queries goes over all tiles of keys that it sees.

use super::Plan;
use super::kernels::{KEYS, QUERIES, Seen, Weigh, hide};
use super::points::{Packed, Points, Tiles, tile_of};
use crate::backend::cpu::simd::dispatch;
use crate::backend::cpu::tile::add_product;
use crate::backend::cpu::vmath::VectorMath;
use crate::backend::cpu::{Cpu, Matrix, View};
use std::marker::PhantomData;

/// Queries from `first` on, of the heads that share keys and values.
struct Task<'a, T> {
    /// Number of the keys' head, counted through the batch.
    pair: usize,
    first: usize,
    /// Of each head the results and what is kept.
    heads: Vec<(&'a mut [T], &'a mut [f64])>,
}

/// Writes results and what is kept of each query.
pub fn run<T: VectorMath>(plan: &Plan, cpu: &Cpu, points: [View<'_, T>; 3], out: &mut [T], kept: &mut [f64]) {
    if out.is_empty() {
        return;
    }
    let share = plan.share(cpu, plan.queries);
    let (n, k) = (plan.result(), plan.kept());
    let mut heads = out.chunks_mut(plan.queries * n).zip(kept.chunks_mut(plan.queries * k));
    let mut tasks = vec![];
    for pair in 0..plan.batch * plan.groups {
        let shared = heads.by_ref().take(plan.shared());
        let mut shared: Vec<_> =
            shared.map(|(out, kept)| out.chunks_mut(share * n).zip(kept.chunks_mut(share * k))).collect();
        for first in (0..plan.queries).step_by(share) {
            tasks.push(Task { pair, first, heads: shared.iter_mut().filter_map(Iterator::next).collect() });
        }
    }
    cpu.for_each(tasks, |task| task.run(plan, points));
}

impl<T: VectorMath> Task<'_, T> {
    fn run(self, plan: &Plan, [q, k, v]: [View<'_, T>; 3]) {
        let count = self.heads.first().map_or(0, |(out, _)| out.len() / plan.result());
        // Nothing beyond is seen by the last of the queries, or by any.
        let keys = plan.masks.end(self.pair / plan.groups, self.first + count - 1);
        let mut scratch: Vec<Vec<T>> = self.heads.iter().map(|_| vec![]).collect();
        let queries = scratch.iter_mut().enumerate().map(|(h, scratch)| {
            let start = (self.pair * plan.shared() + h) * plan.queries + self.first;
            Points::of(q.block(start * plan.dim, count * plan.dim, scratch), plan.dim, plan.score)
        });
        let queries: Vec<_> = queries.collect();
        let (mut scratch_k, mut scratch_v) = (vec![], vec![]);
        let start = self.pair * plan.keys;
        let k = Points::of(k.block(start * plan.dim, keys * plan.dim, &mut scratch_k), plan.dim, plan.score);
        let v = Points::of(v.block(start * plan.width, keys * plan.width, &mut scratch_v), plan.width, plan.value);
        match (plan.score_reaches(&queries, &k), plan.value_reaches(&v)) {
            (false, false) => self.with::<T, T>(plan, &queries, &k, &v),
            (true, false) => self.with::<f64, T>(plan, &queries, &k, &v),
            (false, true) => self.with::<T, f64>(plan, &queries, &k, &v),
            (true, true) => self.with::<f64, f64>(plan, &queries, &k, &v),
        }
    }

    /// With scores in S and sums of values in V.
    fn with<S: VectorMath, V: VectorMath>(
        self,
        plan: &Plan,
        queries: &[Points<'_, T>],
        k: &Points<'_, T>,
        v: &Points<'_, T>,
    ) {
        let keys = k.packed::<S>(1.0, |j| k.rise[j]).tiles(plan.inner());
        let values = v.packed::<V>(1.0, |j| v.rise[j]);
        let rises: Vec<[V; KEYS]> = (0..k.count()).step_by(KEYS).map(|first| tile_of(&v.rise, first)).collect();
        let mut tile = Tile {
            plan,
            keys: &keys,
            count: k.count(),
            values: &values,
            rises: &rises,
            buffers: Buffers::new(&values),
        };
        let batch = self.pair / plan.groups;
        for (h, ((out, kept), q)) in self.heads.into_iter().zip(queries).enumerate() {
            let head = self.pair % plan.groups * plan.shared() + h;
            let queries = q.packed::<S>(plan.alpha, |i| -plan.alpha * q.time[i]);
            let rows = out.chunks_mut(QUERIES * plan.result()).zip(kept.chunks_mut(QUERIES * plan.kept()));
            for (first, (out, kept)) in (0..).step_by(QUERIES).zip(rows) {
                tile.run::<T>([batch, head], self.first + first, queries.left(first), out, kept);
            }
        }
    }
}

/// Room for a tile of queries.
struct Buffers<S, V> {
    scores: Vec<S>,
    weights: Vec<V>,
    sums: Vec<V>,
}

impl<S: VectorMath, V: VectorMath> Buffers<S, V> {
    fn new(values: &Packed<V>) -> Self {
        let (scores, weights) = (vec![S::zero(); QUERIES * KEYS], vec![V::zero(); QUERIES * KEYS]);
        Buffers { scores, weights, sums: vec![V::zero(); QUERIES * values.row] }
    }
}

/// A tile of queries against all keys.
struct Tile<'a, S, V> {
    plan: &'a Plan,
    keys: &'a Tiles<S>,
    /// How many keys there are.
    count: usize,
    values: &'a Packed<V>,
    /// Rises of the values, a tile of keys at a time.
    rises: &'a [[V; KEYS]],
    buffers: Buffers<S, V>,
}

impl<S: VectorMath, V: VectorMath> Tile<'_, S, V> {
    fn run<T: VectorMath>(
        &mut self,
        head: [usize; 2],
        first: usize,
        queries: Matrix<'_, S>,
        out: &mut [T],
        kept: &mut [f64],
    ) {
        let Tile { plan, keys, count, values, rises, buffers: Buffers { scores, weights, sums } } = self;
        let rows = out.len() / plan.result();
        let (scores, weights) = (&mut scores[..rows * KEYS], &mut weights[..rows * KEYS]);
        let (mut seen, mut words) = ([Seen::NOTHING; QUERIES], [0; QUERIES]);
        sums.fill(V::zero());
        for (tile, rise) in rises.iter().enumerate() {
            let now = tile * KEYS..(tile * KEYS + KEYS).min(*count);
            if !plan.masks.words(head, first..first + rows, now.clone(), &mut words[..rows]) {
                continue;
            }
            scores.fill(S::zero());
            add_product(queries, keys.right(now.start), [rows, keys.inner, KEYS], scores, KEYS);
            hide(&words[..rows], scores);
            let seen = &mut seen[..rows];
            dispatch(Weigh { scores, weights, rise, seen, sums, row: values.row, real: PhantomData::<T> });
            let left = Matrix { data: weights, offset: 0, row: KEYS as isize, column: 1 };
            add_product(left, values.right(now.start), [rows, now.len(), values.columns()], sums, values.row);
        }
        let sums = sums.chunks_exact(values.row).map(|sums| &sums[..values.dim]);
        let results = out.chunks_exact_mut(plan.result()).zip(kept.chunks_exact_mut(plan.kept()));
        for ((seen, sums), (out, kept)) in seen.iter().zip(sums).zip(results) {
            finish(plan, *seen, sums, out, kept);
        }
    }
}

/// Result and what is kept, from the sums of a query.
fn finish<T: VectorMath, V: VectorMath>(plan: &Plan, seen: Seen, sums: &[V], out: &mut [T], kept: &mut [f64]) {
    let empty = seen.total == 0.0;
    let share = if empty { 0.0 } else { 1.0 / seen.total };
    kept[0] = if empty { 0.0 } else { seen.shift };
    kept[1] = share;
    let Some(c) = plan.value else {
        out.iter_mut().zip(sums).for_each(|(out, &sum)| *out = T::from_f64(sum.to_f64() * share));
        return;
    };
    // Of the mean a of the points: −⟨a, a⟩ = c + ½ Σ pᵢ pⱼ |vᵢ − vⱼ|² ≥ c, where rounding must not lead below.
    let time = c.sqrt() + seen.rise * share;
    let space = || sums.iter().map(|&sum| sum.to_f64() * share);
    let square = time * time - space().map(|a| a * a).sum::<f64>();
    let scale = if square > c {
        (c / square).sqrt()
    } else if square.is_nan() {
        f64::NAN
    } else {
        1.0
    };
    let point = std::iter::once(time).chain(space()).map(|a| a * scale);
    kept[2] = scale;
    kept[3..].iter_mut().zip(point).for_each(|(kept, x)| *kept = x);
    let wanted = &kept[3 + usize::from(plan.space_only)..];
    out.iter_mut().zip(wanted).for_each(|(out, &x)| *out = T::from_f64(x));
}
