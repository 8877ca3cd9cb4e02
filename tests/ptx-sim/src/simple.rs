//! Execution of selections, predicates, carries and packing.

use crate::machine::Machine;
use crate::program::*;
use crate::rows::{LANES, Row, lanes};
use crate::warp::Warp;

impl Machine<'_> {
    pub(crate) fn simple(&mut self, warp: &mut Warp, op: &Op, active: u32, known: u32) {
        match op {
            Op::Test { test, to, other, from: [a, b], with } => {
                let holds = test(&warp.rows[*a as usize], &warp.rows[*b as usize]);
                let (mut yes, mut no) = (holds, !holds);
                if let Some((logic, source)) = with {
                    let truth = warp.truth(*source);
                    (yes, no) = (logic.apply(yes, truth), logic.apply(no, truth));
                }
                for (to, mask) in [(to, yes), (other, no)] {
                    if let Some(to) = to {
                        warp.put_predicate(*to, mask, active);
                    }
                }
            }
            Op::Set { test, value, to, from: [a, b] } => {
                let holds = test(&warp.rows[*a as usize], &warp.rows[*b as usize]);
                let row = row_of(|lane| if holds >> lane & 1 == 1 { *value } else { 0 });
                warp.put(*to, &row, active);
            }
            Op::Select { to, from: [a, b], by } => self.select(warp, *to, [*a, *b], *by, active),
            Op::Logic { logic, to, from } => self.logic(warp, *logic, *to, *from, active, known),
            Op::Truth { to, from } => {
                let row = &warp.rows[*from as usize];
                let mask = (0..LANES).fold(0, |mask, i| mask | ((row[i] != 0) as u32) << i);
                warp.put_predicate(*to, mask, active);
            }
            Op::Pack { to, parts, bits } => {
                let mut row = [0; LANES];
                for (i, part) in parts.iter().enumerate() {
                    let field = low(*bits);
                    for (whole, part) in row.iter_mut().zip(&warp.rows[*part as usize]) {
                        *whole |= (part & field) << (i as u32 * bits);
                    }
                }
                warp.put(*to, &row, active);
            }
            Op::Unpack { to, from, bits } => {
                let whole = warp.rows[*from as usize];
                for (i, to) in to.iter().enumerate() {
                    if let Some(to) = to {
                        warp.put(*to, &whole.map(|value| value >> (i as u32 * bits) & low(*bits)), active);
                    }
                }
            }
            Op::Carry { kind, wide, to, from, takes, leaves } => {
                self.carry(warp, *kind, *wide, *to, *from, [*takes, *leaves], active);
            }
            Op::Clock { to } => {
                let now = self.counters.warp_instructions;
                warp.put(*to, &[now; LANES], active);
            }
            Op::ActiveMask { to } => warp.put(*to, &[u64::from(active); LANES], active),
            _ => {}
        }
    }

    /// What is not chosen need not be known.
    fn select(&self, warp: &mut Warp, to: Slot, [a, b]: [Slot; 2], by: Source, active: u32) {
        let truth = warp.truth(by);
        let (first, second) = (&warp.rows[a as usize], &warp.rows[b as usize]);
        let row = row_of(|lane| if truth >> lane & 1 == 1 { first[lane] } else { second[lane] });
        if self.options.checks {
            let decided = warp.known[(self.program.slots + by.predicate) as usize];
            let chosen = (truth & warp.known[a as usize]) | (!truth & warp.known[b as usize]);
            let lanes = &mut warp.known[to as usize];
            *lanes = (*lanes & !active) | (decided & chosen & active);
        }
        warp.put(to, &row, active);
    }

    /// An operand that decides alone makes the result known.
    fn logic(&self, warp: &mut Warp, logic: Logic, to: Predicate, from: [Source; 2], active: u32, known: u32) {
        let [a, b] = from.map(|source| warp.truth(source));
        if self.options.checks {
            let slots = self.program.slots;
            let [known_a, known_b] = from.map(|source| warp.known[(slots + source.predicate) as usize]);
            let decided = match logic {
                Logic::And => (known_a & !a) | (known_b & !b),
                Logic::Or => (known_a & a) | (known_b & b),
                Logic::Xor => 0,
            };
            let lanes = &mut warp.known[(slots + to) as usize];
            *lanes = (*lanes & !active) | ((known | decided) & active);
        }
        warp.put_predicate(to, logic.apply(a, b), active);
    }

    #[allow(clippy::too_many_arguments)]
    fn carry(
        &self,
        warp: &mut Warp,
        kind: CarryKind,
        wide: bool,
        to: Slot,
        from: [Slot; 3],
        [takes, leaves]: [bool; 2],
        active: u32,
    ) {
        let width = if wide { 64 } else { 32 };
        let [a, b, c] = from.map(|slot| warp.rows[slot as usize]);
        let mut row = [0; LANES];
        for lane in lanes(active) {
            let (a, b, c) = (u128::from(a[lane]), u128::from(b[lane]), u128::from(c[lane]));
            let carry = if takes { u128::from(warp.carry >> lane & 1) } else { 0 };
            let field = u128::from(low(width));
            let sum = match kind {
                CarryKind::Add => a + b + carry,
                // A borrow shows as bits above the width.
                CarryKind::Sub => a.wrapping_sub(b).wrapping_sub(carry),
                CarryKind::MadLow => ((a * b) & field) + c + carry,
                CarryKind::MadHigh => ((a * b) >> width) + c + carry,
            };
            row[lane] = sum as u64 & low(width);
            if leaves {
                let out = (sum >> width & 1) as u32;
                warp.carry = (warp.carry & !(1 << lane)) | out << lane;
            }
        }
        warp.put(to, &row, active);
    }
}

fn low(bits: u32) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

fn row_of(f: impl Fn(usize) -> u64) -> Row {
    std::array::from_fn(f)
}
