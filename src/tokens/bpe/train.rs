//! Learning merges: counts of pairs are kept up to date, only words that hold the merged pair are touched.

use super::BYTES;
use crate::tokens::pieces::pieces;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

type Pair = (u32, u32);

/// A word of the text: its symbols so far, and how often it occurs.
struct Word {
    symbols: Vec<u32>,
    count: u64,
}

/// How often a pair occurs in the text, and the words (by number) that have held it.
#[derive(Default)]
struct Found {
    count: u64,
    words: Vec<usize>,
}

/// The first `merges` merges, fewer if no pair occurs twice any more.
pub fn learn<'a>(texts: impl IntoIterator<Item = &'a str>, merges: usize) -> Vec<Pair> {
    let mut words = words(texts);
    let mut found: HashMap<Pair, Found> = HashMap::new();
    for (i, word) in words.iter().enumerate() {
        add_pairs(&mut found, i, word, |_| true);
    }
    // Counts in the heap may be out of date, but never too small: what has grown is pushed again.
    let mut heap: BinaryHeap<(u64, Reverse<Pair>)> = found.iter().map(|(&p, f)| (f.count, Reverse(p))).collect();
    let mut learned = Vec::new();
    while learned.len() < merges {
        let Some((count, Reverse(pair))) = heap.pop() else { break };
        let now = found.get(&pair).map_or(0, |f| f.count);
        if now < 2 {
            continue;
        }
        if now < count {
            heap.push((now, Reverse(pair)));
            continue;
        }
        let symbol = BYTES + learned.len() as u32;
        let touched = found.remove(&pair).unwrap_or_default().words;
        for i in touched {
            let word = &mut words[i];
            for p in pairs(&word.symbols) {
                if let Some(f) = found.get_mut(&p) {
                    f.count -= word.count;
                }
            }
            word.symbols = replaced(&word.symbols, pair, symbol);
            // All pairs of the new symbol are new to the word, the others are no more frequent than before.
            let new = |p: Pair| p.0 == symbol || p.1 == symbol;
            add_pairs(&mut found, i, word, new);
            heap.extend(pairs(&word.symbols).filter(|&p| new(p)).map(|p| (found[&p].count, Reverse(p))));
        }
        learned.push(pair);
    }
    learned
}

/// The different pieces of the texts in the order of their bytes, so that nothing depends on the order of a hash map.
fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Word> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for piece in texts.into_iter().flat_map(pieces) {
        *counts.entry(piece).or_default() += 1;
    }
    let sorted: BTreeMap<&str, u64> = counts.into_iter().collect();
    sorted.into_iter().map(|(w, count)| Word { symbols: w.bytes().map(u32::from).collect(), count }).collect()
}

fn pairs(symbols: &[u32]) -> impl Iterator<Item = Pair> {
    symbols.windows(2).map(|w| (w[0], w[1]))
}

/// Counts the pairs of word `i`, and notes it with those that it has not held before.
fn add_pairs(found: &mut HashMap<Pair, Found>, i: usize, word: &Word, new: impl Fn(Pair) -> bool) {
    for p in pairs(&word.symbols) {
        let f = found.entry(p).or_default();
        f.count += word.count;
        if new(p) && f.words.last() != Some(&i) {
            f.words.push(i);
        }
    }
}

/// The symbols with `pair` replaced, from the left.
fn replaced(symbols: &[u32], pair: Pair, by: u32) -> Vec<u32> {
    let mut out = Vec::with_capacity(symbols.len());
    let mut i = 0;
    while i < symbols.len() {
        let hit = symbols.get(i..i + 2) == Some(&[pair.0, pair.1]);
        out.push(if hit { by } else { symbols[i] });
        i += 1 + usize::from(hit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: count all pairs anew for each merge.
    fn plainly(text: &str, merges: usize) -> Vec<Pair> {
        let mut pieces: Vec<Vec<u32>> = pieces(text).map(|p| p.bytes().map(u32::from).collect()).collect();
        let mut learned = Vec::new();
        while learned.len() < merges {
            let mut counts: BTreeMap<Pair, u64> = BTreeMap::new();
            for w in pieces.iter().flat_map(|p| pairs(p)) {
                *counts.entry(w).or_default() += 1;
            }
            let best = counts.into_iter().filter(|c| c.1 >= 2).max_by_key(|&(pair, count)| (count, Reverse(pair)));
            let Some((pair, _)) = best else { break };
            pieces.iter_mut().for_each(|p| *p = replaced(p, pair, BYTES + learned.len() as u32));
            learned.push(pair);
        }
        learned
    }

    #[test]
    fn kept_counts_give_the_merges_of_fresh_counts() {
        let rng = crate::Rng::new(3);
        let random: String = (0..2000)
            .map(|i| if rng.below(i, 5) == 0 { ' ' } else { (b'a' + rng.below(i, 4) as u8) as char })
            .collect();
        for text in ["aaaa aaa aa a", "abab abab baba", &random, "犬犬 犬", ""] {
            let learned = learn([text], 60);
            assert_eq!(learned, plainly(text, 60), "{text:.40}");
        }
    }
}
