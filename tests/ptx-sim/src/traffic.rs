//! How well the lanes of a warp share an access.

use crate::rows::{Row, lanes};

/// The sectors of 32 bytes that the lanes touch.
pub fn sectors(addresses: &Row, active: u32, bytes: u32) -> u64 {
    let touched = |address: u64| address / 32..=address.saturating_add(u64::from(bytes) - 1) / 32;
    distinct(|| lanes(active).flat_map(|lane| touched(addresses[lane])))
}

/// The passes through shared memory beyond one for each 128 bytes that the lanes ask for.
///
/// Words of four bytes lie in 32 banks; a pass gives one word of each bank, to any number of lanes. Accesses of 8 and
/// 16 bytes are made by halves and quarters of the warp.
pub fn bank_conflicts(addresses: &Row, active: u32, bytes: u32) -> u64 {
    let words = u64::from(bytes.div_ceil(4));
    let together = 32 / words as u32;
    let part_mask = if together == 32 { u32::MAX } else { (1 << together) - 1 };
    let mut conflicts = 0;
    for part in 0..words as u32 {
        let lanes_of_part = active & part_mask << (part * together);
        if apart(addresses, lanes_of_part, words) {
            continue;
        }
        let mut first_of_bank = [u64::MAX; 32];
        let mut clash = false;
        for lane in lanes(lanes_of_part) {
            for word in addresses[lane] / 4..addresses[lane] / 4 + words {
                let first = &mut first_of_bank[(word % 32) as usize];
                clash |= *first != u64::MAX && *first != word;
                *first = word;
            }
        }
        if clash {
            let words_of = |lane: usize| addresses[lane] / 4..addresses[lane] / 4 + words;
            let mut all: Vec<u64> = lanes(lanes_of_part).flat_map(words_of).collect();
            all.sort_unstable();
            all.dedup();
            let in_bank = |bank| all.iter().filter(|word| *word % 32 == bank).count() as u64;
            conflicts += (0..32).map(in_bank).max().unwrap_or(1) - 1;
        }
    }
    conflicts
}

/// Whether no two lanes use one bank.
fn apart(addresses: &Row, active: u32, words: u64) -> bool {
    let group = (1u32 << words) - 1;
    let mut used = 0;
    for lane in lanes(active) {
        let banks = group.rotate_left((addresses[lane] / 4 % 32) as u32);
        if used & banks != 0 {
            return false;
        }
        used |= banks;
    }
    true
}

/// The number of different values; quick when they come in order.
fn distinct<I: Iterator<Item = u64>>(values: impl Fn() -> I) -> u64 {
    let (mut count, mut last, mut ordered) = (0, None, true);
    for value in values() {
        count += u64::from(last != Some(value));
        ordered &= last.is_none_or(|last| last <= value);
        last = Some(value);
    }
    if ordered {
        return count;
    }
    let mut all: Vec<u64> = values().collect();
    all.sort_unstable();
    all.dedup();
    all.len() as u64
}
