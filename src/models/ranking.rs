//! Exact ranks: how many nodes are at most as far from a node as each of some others.
//!
//! *Far* is a key: any number that grows with the distance from the node. Nothing is sorted: keys are counted against
//! the few that matter, block by block, so all pairs of a large hierarchy can be gone through.

use super::chart::Table;
use crate::backend::cpu::Cpu;
use crate::backend::cpu::simd::{Kernel, dispatch};

/// Keys that are counted together, and points of a tile.
const BLOCK: usize = 32;

/// Questions that are answered in one pass over the points.
const SHARE: usize = 16;

/// Where are the `wanted` nodes among all that are neither `known` nor `node`?
pub(super) struct Question<'a> {
    pub node: u32,
    pub wanted: &'a [u32],
    /// Left out of the count; the wanted ones are among them.
    pub known: &'a [u32],
}

/// One node's average precision, and the sum of the ranks of what was wanted.
#[derive(Clone, Copy, Default)]
pub(super) struct Score {
    pub precision: f64,
    pub ranks: f64,
}

/// Counts keys that are at most as large as a wanted one.
struct Counter {
    /// Keys of the wanted nodes, ascending.
    bounds: Vec<f64>,
    counts: Vec<u64>,
}

impl Counter {
    fn new(wanted: impl Iterator<Item = f64>) -> Counter {
        let mut bounds: Vec<f64> = wanted.collect();
        bounds.sort_unstable_by(f64::total_cmp);
        Counter { counts: vec![0; bounds.len()], bounds }
    }

    /// Adds a block. NaN stands for no node.
    #[inline(always)]
    fn add(&mut self, keys: &[f64; BLOCK]) {
        for (&bound, count) in self.bounds.iter().zip(&mut self.counts).rev() {
            let hits = keys.iter().map(|&key| u64::from(key <= bound)).sum::<u64>();
            if hits == 0 {
                break;
            }
            *count += hits;
        }
    }

    /// The score, once the keys that were counted but should not have been are taken away.
    fn score(mut self, known: impl Iterator<Item = f64>) -> Score {
        for key in known {
            for (&bound, count) in self.bounds.iter().zip(&mut self.counts) {
                *count -= u64::from(key <= bound);
            }
        }
        let mut score = Score::default();
        for (found, &nearer) in (1u32..).zip(&self.counts) {
            score.ranks += nearer as f64 + 1.0;
            score.precision += f64::from(found) / (nearer as f64 + f64::from(found));
        }
        Score { precision: score.precision / self.bounds.len() as f64, ..score }
    }
}

/// A question answered from the keys of all nodes.
pub(super) fn answer(question: &Question<'_>, keys: &[f64]) -> Score {
    let of = |&i: &u32| keys[i as usize];
    let mut counter = Counter::new(question.wanted.iter().map(of));
    let (blocks, rest) = keys.as_chunks::<BLOCK>();
    blocks.iter().for_each(|block| counter.add(block));
    let mut last = [f64::NAN; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    counter.add(&last);
    counter.score(question.known.iter().chain([&question.node]).map(of))
}

/// Points coordinate by coordinate, [`BLOCK`] at a time.
pub(super) struct Tiles {
    dim: usize,
    nodes: usize,
    /// A tile after the other: a block for each coordinate, and one of 1/side.
    blocks: Vec<[f64; BLOCK]>,
}

impl Tiles {
    pub fn new(table: &Table) -> Tiles {
        let (dim, nodes) = (table.dim, table.side.len());
        let mut blocks = vec![[f64::NAN; BLOCK]; nodes.div_ceil(BLOCK) * (dim + 1)];
        for i in 0..nodes {
            let (tile, lane) = (i / BLOCK * (dim + 1), i % BLOCK);
            for (k, &x) in table.row(i).as_flattened()[..dim].iter().enumerate() {
                blocks[tile + k][lane] = x;
            }
            blocks[tile + dim][lane] = 1.0 / table.side[i];
        }
        Tiles { dim, nodes, blocks }
    }

    /// Answers all questions; who answers which changes nothing.
    pub fn answers(&self, questions: &[Question<'_>], cpu: &Cpu) -> Vec<Score> {
        let mut scores = vec![Score::default(); questions.len()];
        let tasks = questions.chunks(SHARE).zip(scores.chunks_mut(SHARE)).collect();
        cpu.for_each(tasks, |(questions, scores)| dispatch(Answering { tiles: self, questions, scores }));
        scores
    }

    /// A point's coordinates.
    fn point(&self, i: u32) -> impl Iterator<Item = f64> {
        debug_assert!((i as usize) < self.nodes);
        let (tile, lane) = (i as usize / BLOCK * (self.dim + 1), i as usize % BLOCK);
        self.blocks[tile..tile + self.dim].iter().map(move |block| block[lane])
    }
}

/// The keys of a tile's points as seen from x: |x − y|² / ω_y on the ball, |x − y|² in flat space.
#[inline(always)]
fn keys<const FMA: bool>(x: &[f64], tile: &[[f64; BLOCK]]) -> [f64; BLOCK] {
    let mut keys = [0.0; BLOCK];
    for (&x, column) in x.iter().zip(tile) {
        for (key, y) in keys.iter_mut().zip(column) {
            let gap = y - x;
            *key = if FMA { gap.mul_add(gap, *key) } else { gap * gap + *key };
        }
    }
    for (key, inverse) in keys.iter_mut().zip(&tile[x.len()]) {
        *key *= inverse;
    }
    keys
}

struct Answering<'a> {
    tiles: &'a Tiles,
    questions: &'a [Question<'a>],
    scores: &'a mut [Score],
}

impl Kernel for Answering<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Answering { tiles, questions, scores } = self;
        let tile = |i: usize| &tiles.blocks[i * (tiles.dim + 1)..(i + 1) * (tiles.dim + 1)];
        let points: Vec<f64> = questions.iter().flat_map(|q| tiles.point(q.node)).collect();
        let points = points.chunks_exact(tiles.dim);
        // The same arithmetic as for all others, so that equal points have equal keys.
        let key = |x: &[f64], other: u32| keys::<FMA>(x, tile(other as usize / BLOCK))[other as usize % BLOCK];
        let mut counters: Vec<Counter> = questions
            .iter()
            .zip(points.clone())
            .map(|(q, x)| Counter::new(q.wanted.iter().map(|&other| key(x, other))))
            .collect();
        for i in 0..tiles.nodes.div_ceil(BLOCK) {
            for (x, counter) in points.clone().zip(&mut counters) {
                counter.add(&keys::<FMA>(x, tile(i)));
            }
        }
        for (((q, x), counter), score) in questions.iter().zip(points).zip(counters).zip(scores) {
            *score = counter.score(q.known.iter().chain([&q.node]).map(|&other| key(x, other)));
        }
    }
}
