//! The loops over a tile of scores, for the processor's vector units.
//!
//! Types: T is that of the tensors, in which exponentials are taken; S and V are the working precisions of the score's
//! and the value's products, T or f64.

use crate::backend::cpu::simd::Kernel;
use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::Element;
use std::marker::PhantomData;

/// Queries of a tile: as many as keep its scores in the L1 cache, a multiple of what the product takes at a time.
pub const QUERIES: usize = 48;
/// Keys of a tile, as many as a word has bits.
pub const KEYS: usize = 64;

/// The same number in another type, rounded to nearest.
#[inline(always)]
pub fn cast<A: Element, B: Element>(x: A) -> B {
    B::from_f64(x.to_f64())
}

/// Interleaved accumulators, which the compiler keeps in vector registers.
const LANES: usize = 16;

/// The sum of f over the lanes of arrays, the lanes then in f64.
#[inline(always)]
fn sum<A: VectorMath>(f: impl Fn(usize) -> A) -> f64 {
    let mut lanes = [A::zero(); LANES];
    for j in (0..KEYS).step_by(LANES) {
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane += f(j + i);
        }
    }
    lanes.iter().map(|&lane| lane.to_f64()).sum()
}

#[inline(always)]
fn largest<A: VectorMath>(x: &[A; KEYS]) -> A {
    let larger = |a: A, b: A| if b > a { b } else { a };
    let mut lanes = [A::neg_infinity(); LANES];
    for x in x.as_chunks::<LANES>().0 {
        lanes.iter_mut().zip(x).for_each(|(lane, &x)| *lane = larger(*lane, x));
    }
    lanes.into_iter().fold(A::neg_infinity(), larger)
}

/// Puts −∞ where a row's word has no bit.
pub fn hide<S: VectorMath>(words: &[u64], scores: &mut [S]) {
    for (word, scores) in words.iter().zip(scores.as_chunks_mut::<KEYS>().0) {
        let seen = word.trailing_ones() as usize;
        if seen == KEYS {
            continue;
        }
        if *word >> seen == 0 {
            scores[seen..].fill(S::neg_infinity());
            continue;
        }
        for (j, score) in scores.iter_mut().enumerate() {
            if word >> j & 1 == 0 {
                *score = S::neg_infinity();
            }
        }
    }
}

/// What a query has seen so far, relative to exp(`shift`): Milakov and Gimelshein, arXiv:1805.02867.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The largest score.
    pub shift: f64,
    /// The sum of weights.
    pub total: f64,
    /// The weighted sum of rises.
    pub rise: f64,
}

impl Seen {
    /// Nothing.
    pub const NOTHING: Seen = Seen { shift: f64::NEG_INFINITY, total: 0.0, rise: 0.0 };
}

/// Weights of a tile of keys, from scores; what was seen before is brought to the new shift.
pub struct Weigh<'a, T, S, V> {
    /// `[queries, KEYS]`.
    pub scores: &'a [S],
    /// The same: exp(score − shift).
    pub weights: &'a mut [V],
    /// How far the times of the values lie above the least.
    pub rise: &'a [V; KEYS],
    /// Of each query.
    pub seen: &'a mut [Seen],
    /// Of each query the weighted sum of values so far.
    pub sums: &'a mut [V],
    /// Distance of its rows.
    pub row: usize,
    /// The type of the exponentials.
    pub real: PhantomData<T>,
}

impl<T: VectorMath, S: VectorMath, V: VectorMath> Kernel for Weigh<'_, T, S, V> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let scores = self.scores.as_chunks::<KEYS>().0.iter().zip(self.weights.as_chunks_mut::<KEYS>().0);
        for (((scores, weights), seen), sums) in scores.zip(self.seen).zip(self.sums.chunks_exact_mut(self.row)) {
            let shift = seen.shift.max(largest(scores).to_f64());
            // Nothing seen yet: a difference of two −∞ would be NaN.
            let shift = if shift == f64::NEG_INFINITY { 0.0 } else { shift };
            let shift_of_scores = S::from_f64(shift);
            let mut exps = [T::zero(); KEYS];
            for (e, &score) in exps.iter_mut().zip(scores) {
                *e = cast::<S, T>(score - shift_of_scores).v_exp::<FMA>();
            }
            weights.iter_mut().zip(&exps).for_each(|(w, &e)| *w = cast(e));
            let kept = if seen.shift == shift || seen.total == 0.0 { 1.0 } else { (seen.shift - shift).exp() };
            if kept != 1.0 {
                sums.iter_mut().for_each(|sum| *sum *= V::from_f64(kept));
            }
            // In the precision of the sums of values: the time of their mean is √c · total + rise, all of which must agree.
            seen.total = seen.total * kept + sum(|j| weights[j]);
            seen.rise = seen.rise * kept + sum(|j| weights[j] * self.rise[j]);
            seen.shift = shift;
        }
    }
}

/// What the derivative of a query's row of weights needs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// The largest score.
    pub shift: f64,
    /// 1 / sum of weights, 0 where there are none.
    pub share: f64,
    /// The mean of the cotangents of its weights.
    pub mean: f64,
    /// The query's time in the score, −α q₀.
    pub time: f64,
    /// The cotangent of the time of its sum of values.
    pub rise: f64,
}

/// Cotangents of a tile of scores: p (ṗ − Σ p ṗ), with p the softmax and ṗ its cotangent.
pub struct Differentiate<'a, T, S, V> {
    /// `[queries, KEYS]`.
    pub scores: &'a [S],
    /// The same: ṗ.
    pub cotangents: &'a [V],
    /// The same: p.
    pub weights: &'a mut [V],
    /// The same: the result.
    pub slopes: &'a mut [S],
    /// Of each query.
    pub rows: &'a [Row],
    /// Of each key: how far its time lies above the least.
    pub key_rise: &'a [S; KEYS],
    /// Of each query: Σ slope · rise of the key.
    pub query_times: &'a mut [f64],
    /// Of each key: Σ slope · time of the query.
    pub key_times: &'a mut [S; KEYS],
    /// Of each value: Σ p · cotangent of the time.
    pub value_times: &'a mut [V; KEYS],
    /// The type of the exponentials.
    pub real: PhantomData<T>,
}

impl<T: VectorMath, S: VectorMath, V: VectorMath> Kernel for Differentiate<'_, T, S, V> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let scores = self.scores.as_chunks::<KEYS>().0.iter().zip(self.cotangents.as_chunks::<KEYS>().0);
        let results = self.weights.as_chunks_mut::<KEYS>().0.iter_mut().zip(self.slopes.as_chunks_mut::<KEYS>().0);
        for ((((scores, cotangents), (weights, slopes)), row), time) in
            scores.zip(results).zip(self.rows).zip(self.query_times)
        {
            let (shift, share, mean) = (S::from_f64(row.shift), T::from_f64(row.share), V::from_f64(row.mean));
            let (query_time, rise) = (S::from_f64(row.time), V::from_f64(row.rise));
            for j in 0..KEYS {
                let p = cast::<S, T>(scores[j] - shift).v_exp::<FMA>() * share;
                weights[j] = cast(p);
                slopes[j] = cast(p * cast::<V, T>(cotangents[j] - mean));
            }
            for j in 0..KEYS {
                self.key_times[j] += slopes[j] * query_time;
                self.value_times[j] += weights[j] * rise;
            }
            *time += sum(|j| slopes[j] * self.key_rise[j]);
        }
    }
}
