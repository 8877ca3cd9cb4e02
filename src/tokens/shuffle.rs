//! A random order that is computed place by place: nothing is stored, any place can be asked for first.

use crate::Rng;

/// Where place `i` of 0..n goes: a permutation that `rng` fixes.
///
/// A Feistel network of six rounds on the next power of four, walked until it falls within 0..n (Black and Rogaway, "Ciphers
/// with arbitrary finite domains", CT-RSA 2002).
pub fn shuffled(i: usize, n: usize, rng: Rng) -> usize {
    debug_assert!(i < n);
    let half = (usize::BITS - (n - 1).leading_zeros()).div_ceil(2);
    let mask = (1u64 << half) - 1;
    let mut x = i as u64;
    loop {
        let (mut left, mut right) = (x >> half, x & mask);
        for round in 0..6 {
            (left, right) = (right, left ^ (rng.u64(round << 32 | right) & mask));
        }
        x = left << half | right;
        if x < n as u64 {
            return x as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shuffled;
    use crate::Rng;

    #[test]
    fn every_place_comes_once() {
        for n in [1, 2, 3, 5, 16, 17, 1000] {
            let mut places: Vec<usize> = (0..n).map(|i| shuffled(i, n, Rng::new(3))).collect();
            let moved = places.iter().enumerate().filter(|(i, p)| i != *p).count();
            assert!(n < 100 || moved > n * 9 / 10);
            places.sort_unstable();
            assert!(places.into_iter().eq(0..n));
        }
    }

    #[test]
    fn all_orders_of_three_occur_alike() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..6000 {
            *counts.entry([0, 1, 2].map(|i| shuffled(i, 3, Rng::new(seed)))).or_insert(0) += 1;
        }
        // 1000 each, with a standard deviation of 29.
        assert!(counts.len() == 6 && counts.values().all(|&c| (850..1150).contains(&c)), "{counts:?}");
    }
}
