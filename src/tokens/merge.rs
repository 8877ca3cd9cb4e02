//! Merging neighbours, the best pair first: how BPE and scored vocabularies encode.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Replaces neighbours by their merged symbol, as long as `merged` has one for a pair: the smallest key first, among equal
/// keys the leftmost. O(n log n).
pub fn merge<K: Ord>(symbols: Vec<u32>, merged: impl Fn(u32, u32) -> Option<(K, u32)>) -> Vec<u32> {
    const GONE: u32 = u32::MAX;
    let n = symbols.len();
    let mut symbols = symbols;
    // Neighbours that are left; n and usize::MAX lie outside.
    let mut next: Vec<usize> = (1..=n).collect();
    let mut before: Vec<usize> = (0..n).map(|i| i.wrapping_sub(1)).collect();
    let mut heap = BinaryHeap::new();
    let offer = |heap: &mut BinaryHeap<_>, symbols: &[u32], at: usize, right: usize| {
        if let (Some(&a), Some(&b)) = (symbols.get(at), symbols.get(right))
            && let Some((key, _)) = merged(a, b)
        {
            heap.push(Reverse((key, at, a, b)));
        }
    };
    for at in 1..n {
        offer(&mut heap, &symbols, at - 1, at);
    }
    while let Some(Reverse((_, at, a, b))) = heap.pop() {
        let right = next[at];
        // An offer from before one of the two was merged otherwise.
        if symbols[at] != a || symbols.get(right) != Some(&b) {
            continue;
        }
        let Some((_, symbol)) = merged(a, b) else { continue };
        symbols[at] = symbol;
        symbols[right] = GONE;
        next[at] = next[right];
        if let Some(after) = before.get_mut(next[at]) {
            *after = at;
        }
        offer(&mut heap, &symbols, before[at], at);
        offer(&mut heap, &symbols, at, next[at]);
    }
    symbols.retain(|&s| s != GONE);
    symbols
}

#[cfg(test)]
mod tests {
    use super::merge;
    use crate::Rng;

    /// The definition: look at all pairs, merge the best, begin again.
    fn plainly(mut symbols: Vec<u32>, merged: impl Fn(u32, u32) -> Option<(u32, u32)>) -> Vec<u32> {
        loop {
            let pairs = symbols.windows(2).enumerate();
            let best = pairs.filter_map(|(i, p)| merged(p[0], p[1]).map(|(key, symbol)| (key, i, symbol))).min();
            let Some((_, i, symbol)) = best else { return symbols };
            symbols.splice(i..i + 2, [symbol]);
        }
    }

    #[test]
    fn the_heap_gives_what_the_definition_gives() {
        let rng = Rng::new(5);
        for draw in 0..300 {
            let rng = rng.stream(draw);
            let text: Vec<u32> = (0..rng.below(0, 40)).map(|i| rng.below(1 + i, 3) as u32).collect();
            // Two thirds of all pairs merge, with keys of which many are equal; a merged symbol may merge again.
            let merged = |a: u32, b: u32| {
                let mark = rng.below(1000 + u64::from(a) * 64 + u64::from(b), 6) as u32;
                (mark < 4 && a + b < 40).then_some((mark / 2, 3 + a + b))
            };
            assert_eq!(merge(text.clone(), merged), plainly(text.clone(), merged), "{text:?}");
        }
    }
}
