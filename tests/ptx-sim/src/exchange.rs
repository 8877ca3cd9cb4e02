//! Execution of operations between the lanes of a warp.

use crate::fault::Kind;
use crate::machine::{Machine, Next, Trouble, first, trouble};
use crate::program::*;
use crate::rows::{LANES, Row, lanes};
use crate::warp::Warp;

impl Machine<'_> {
    /// Executes once all the lanes that are named have come.
    pub(crate) fn exchange(&mut self, warp: &mut Warp, op: &Op, active: u32) -> Result<Next, Trouble> {
        let members = match op {
            Op::Shuffle { members, .. }
            | Op::Vote { members, .. }
            | Op::Ballot { members, .. }
            | Op::MatchAny { members, .. }
            | Op::MatchAll { members, .. }
            | Op::Reduce { members, .. }
            | Op::SyncWarp { members } => warp.rows[*members as usize],
            _ => return Ok(Next::Follow),
        };
        let mut needed = 0;
        for lane in lanes(active) {
            let named = members[lane] as u32;
            if named >> lane & 1 == 0 {
                return trouble(lane, Kind::Divergence, format!("the mask {named:#010x} does not name lane {lane}"));
            }
            needed |= named & warp.live;
        }
        if needed & !active != 0 {
            return Ok(Next::Wait);
        }
        match op {
            Op::Shuffle { mode, to, valid, from, lane, clamp, .. } => {
                self.shuffle(warp, *mode, [*to, *from, *lane, *clamp], *valid, active)?;
            }
            Op::Vote { mode, to, from, .. } => {
                let truth = warp.truth(*from);
                let decide = |lane: usize| {
                    let named = members[lane] as u32 & active;
                    match mode {
                        VoteMode::All => truth & named == named,
                        VoteMode::Any => truth & named != 0,
                        VoteMode::Uniform => truth & named == named || truth & named == 0,
                    }
                };
                let result = (0..LANES).fold(0, |mask, lane| mask | u32::from(decide(lane)) << lane);
                warp.put_predicate(*to, result, active);
            }
            Op::Ballot { to, from, .. } => {
                let truth = warp.truth(*from) & active;
                warp.put(*to, &members.map(|named| u64::from(truth & named as u32)), active);
            }
            Op::MatchAny { to, from, .. } => {
                let row = warp.rows[*from as usize];
                let same: Row =
                    std::array::from_fn(|lane| u64::from(equal(&row, row[lane], members[lane] as u32 & active)));
                warp.put(*to, &same, active);
            }
            Op::MatchAll { to, all, from, .. } => {
                let row = warp.rows[*from as usize];
                let agree = |lane: usize| {
                    let named = members[lane] as u32 & active;
                    if equal(&row, row[lane], named) == named { named } else { 0 }
                };
                let result: Row = std::array::from_fn(|lane| u64::from(agree(lane)));
                warp.put(*to, &result, active);
                if let Some(all) = all {
                    let truth = (0..LANES).fold(0, |mask, lane| mask | u32::from(result[lane] != 0) << lane);
                    warp.put_predicate(*all, truth, active);
                }
            }
            Op::Reduce { mode, to, from, .. } => {
                let row = warp.rows[*from as usize];
                let sum = |lane: usize| {
                    let values = lanes(members[lane] as u32 & active).map(|other| row[other] as u32);
                    u64::from(values.reduce(|a, b| combine(*mode, a, b)).unwrap_or(0))
                };
                let result: Row = std::array::from_fn(sum);
                warp.put(*to, &result, active);
            }
            _ => {}
        }
        Ok(Next::Follow)
    }

    /// `shfl.sync`: the lower five bits of `clamp` bound the lanes, the five from bit 8 cut the warp into segments.
    fn shuffle(
        &self,
        warp: &mut Warp,
        mode: ShuffleMode,
        [to, from, lane, clamp]: [Slot; 4],
        valid: Option<Predicate>,
        active: u32,
    ) -> Result<(), Trouble> {
        let source = warp.rows[from as usize];
        let (mut row, mut inside, mut known) = ([0; LANES], 0, 0);
        let known_before = warp.known[from as usize];
        let shuffled_known = if self.options.checks { known_before } else { u32::MAX };
        let deciding = [lane, clamp].iter().fold(active, |all, slot| all & warp.known[*slot as usize]);
        if self.options.checks && deciding != active {
            return trouble(first(active & !deciding), Kind::Uninitialised, "the lane was never set");
        }
        for own in lanes(active) {
            let by = warp.rows[lane as usize][own] as u32 & 31;
            let control = warp.rows[clamp as usize][own] as u32;
            let (bound, segment) = (control & 31, control >> 8 & 31);
            let me = own as u32;
            let last = (me & segment) | (bound & !segment);
            let lowest = me & segment;
            let (other, is_inside) = match mode {
                ShuffleMode::Up => (me.wrapping_sub(by), me as i32 - by as i32 >= last as i32),
                ShuffleMode::Down => (me + by, me + by <= last),
                ShuffleMode::Butterfly => (me ^ by, me ^ by <= last),
                ShuffleMode::Index => (lowest | (by & !segment), (lowest | (by & !segment)) <= last),
            };
            let other = if is_inside { other as usize } else { own };
            if active >> other & 1 == 0 {
                return trouble(own, Kind::Divergence, format!("lane {own} reads lane {other}, which takes no part"));
            }
            row[own] = source[other];
            inside |= u32::from(is_inside) << own;
            known |= (shuffled_known >> other & 1) << own;
        }
        warp.put(to, &row, active);
        warp.known[to as usize] = (warp.known[to as usize] & !active) | known;
        if let Some(valid) = valid {
            warp.put_predicate(valid, inside, active);
            warp.known[(self.program.slots + valid) as usize] |= active;
        }
        Ok(())
    }
}

/// The lanes of `named` that hold `value`.
fn equal(row: &Row, value: u64, named: u32) -> u32 {
    lanes(named).filter(|lane| row[*lane] == value).fold(0, |mask, lane| mask | 1 << lane)
}

fn combine(mode: ReduceMode, a: u32, b: u32) -> u32 {
    match mode {
        ReduceMode::Add => a.wrapping_add(b),
        ReduceMode::MinUnsigned => a.min(b),
        ReduceMode::MaxUnsigned => a.max(b),
        ReduceMode::MinSigned => (a as i32).min(b as i32) as u32,
        ReduceMode::MaxSigned => (a as i32).max(b as i32) as u32,
        ReduceMode::And => a & b,
        ReduceMode::Or => a | b,
        ReduceMode::Xor => a ^ b,
    }
}
