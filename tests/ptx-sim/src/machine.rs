//! The machine that executes the warps of a block, one instruction of 32 lanes at a time.

use crate::counters::Counters;
use crate::fault::{Kind, Violation};
use crate::launch::Options;
use crate::memory::{Cursor, View};
use crate::program::*;
use crate::rows::{FULL, LANES, Row, lanes, merge};
use crate::shadow::Tag;
use crate::shared::Shared;
use crate::warp::{Group, Shape, State, Warp};

/// Instructions after which another warp has its turn, so that one may wait for the other.
const TURN: u64 = 100_000;

/// What went wrong, and in which lane.
pub struct Trouble {
    pub violation: Violation,
    pub lane: usize,
}

pub(crate) fn trouble<T>(lane: usize, kind: Kind, what: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble { violation: Violation::new(kind, what), lane })
}

/// Puts a lane to a violation.
pub(crate) fn in_lane(lane: usize) -> impl Fn(Violation) -> Trouble {
    move |violation| Trouble { violation, lane }
}

pub struct Machine<'a> {
    pub program: &'a Program,
    pub shape: &'a Shape,
    pub(crate) view: &'a View<'a>,
    pub options: &'a Options,
    pub parameters: &'a [u8],
    pub shared: Shared,
    pub counters: Counters,
    /// The page that each instruction used last.
    pub(crate) cursors: Vec<Cursor<'a>>,
    /// Who the block is in the shadow of global memory.
    pub(crate) tag: Tag,
    /// Threads that arrived at a barrier without waiting, by barrier.
    pub arrivals: [u32; 16],
}

/// Where control goes after an instruction.
pub(crate) enum Next {
    Follow,
    /// The lanes must wait for others.
    Wait,
    Barrier,
}

impl<'a> Machine<'a> {
    /// Runs a warp until it is done, stands at a barrier, or has had its turn. The error has the instruction.
    pub fn run(&mut self, warp: &mut Warp) -> Result<(), (u32, Trouble)> {
        let program = self.program;
        let turn_end = warp.executed + TURN;
        loop {
            let (Group { mut pc, mut mask, .. }, rival) = match warp.next_group() {
                None => {
                    warp.state = State::Done;
                    return Ok(());
                }
                Some(Err(stuck)) => return Err((stuck.pc, self.stuck(warp, stuck))),
                Some(Ok(next)) => next,
            };
            while mask != 0 && pc < rival {
                if warp.executed >= turn_end {
                    break;
                }
                let instr = &program.instructions[pc as usize];
                let active = match instr.guard {
                    None => mask,
                    Some(guard) => self.guarded(warp, guard, mask).map_err(|trouble| (pc, trouble))?,
                };
                warp.executed += 1;
                self.count(instr, active);
                if active == 0 {
                    pc += 1;
                    continue;
                }
                match &instr.op {
                    Op::Branch { target } if active == mask => {
                        pc = *target;
                        if !warp.groups.is_empty() {
                            break;
                        }
                    }
                    Op::Branch { target } => {
                        warp.groups.push(Group { pc: *target, mask: active, waits: false });
                        mask &= !active;
                        pc += 1;
                        break;
                    }
                    Op::Switch { index, targets } => {
                        self.switch(warp, instr, *index, targets, active).map_err(|trouble| (pc, trouble))?;
                        mask &= !active;
                        pc += 1;
                        break;
                    }
                    Op::Exit => {
                        warp.exit(active);
                        mask &= !active;
                        pc += 1;
                    }
                    op => match self.step(warp, instr, op, pc, active).map_err(|trouble| (pc, trouble))? {
                        Next::Follow => pc += 1,
                        Next::Wait => {
                            // It counts when it is done.
                            self.counters.warp_instructions -= 1;
                            self.counters.thread_instructions -= u64::from(active.count_ones());
                            warp.groups.push(Group { pc, mask, waits: true });
                            mask = 0;
                        }
                        Next::Barrier => {
                            warp.groups.push(Group { pc: pc + 1, mask, waits: false });
                            return Ok(());
                        }
                    },
                }
            }
            if mask != 0 {
                warp.groups.push(Group { pc, mask, waits: false });
            }
            if warp.executed >= turn_end {
                return Ok(());
            }
        }
    }

    fn count(&mut self, instr: &Instr, active: u32) {
        let threads = u64::from(active.count_ones());
        self.counters.warp_instructions += 1;
        self.counters.thread_instructions += threads;
        match instr.work {
            Work::Other => {}
            Work::F32(flops) => self.counters.flops_f32 += flops * threads,
            Work::F64(flops) => self.counters.flops_f64 += flops * threads,
            Work::SpecialFunction => self.counters.special_functions += threads,
        }
    }

    /// The lanes of `mask` in which a guard holds.
    fn guarded(&self, warp: &Warp, guard: Source, mask: u32) -> Result<u32, Trouble> {
        let unknown = mask & !warp.known[(self.program.slots + guard.predicate) as usize];
        if self.options.checks && unknown != 0 {
            return trouble(first(unknown), Kind::Uninitialised, "the guard was never set");
        }
        Ok(mask & warp.truth(guard))
    }

    /// Executes what is no jump.
    fn step(&mut self, warp: &mut Warp, instr: &Instr, op: &Op, pc: u32, active: u32) -> Result<Next, Trouble> {
        if let Op::Trap(what) = op {
            return trouble(first(active), Kind::Trap, what.clone());
        }
        let known = if self.options.checks { self.settle(warp, instr, active)? } else { active };
        match op {
            Op::One(f, to, a) => {
                let mut result = [0; LANES];
                f(&warp.rows[*a as usize], &mut result);
                warp.put(*to, &result, active);
            }
            Op::Two(f, to, [a, b]) => {
                let mut result = [0; LANES];
                f(&warp.rows[*a as usize], &warp.rows[*b as usize], &mut result);
                warp.put(*to, &result, active);
            }
            Op::Three(f, to, [a, b, c]) => {
                let mut result = [0; LANES];
                f(&warp.rows[*a as usize], &warp.rows[*b as usize], &warp.rows[*c as usize], &mut result);
                warp.put(*to, &result, active);
            }
            Op::Four(f, to, [a, b, c, e]) => {
                let mut result = [0; LANES];
                let rows = &warp.rows;
                f(&rows[*a as usize], &rows[*b as usize], &rows[*c as usize], &rows[*e as usize], &mut result);
                warp.put(*to, &result, active);
            }
            Op::Load { .. } | Op::Store { .. } | Op::Atomic { .. } => self.access(warp, op, pc, active)?,
            Op::CopyAsync { .. } | Op::CopyCommit | Op::CopyWait(_) => self.copy(warp, op, pc, active)?,
            Op::LoadMatrix { .. } | Op::Multiply { .. } => return self.matrix(warp, op, active),
            Op::Shuffle { .. }
            | Op::Vote { .. }
            | Op::Ballot { .. }
            | Op::MatchAny { .. }
            | Op::MatchAll { .. }
            | Op::Reduce { .. }
            | Op::SyncWarp { .. } => return self.exchange(warp, op, active),
            Op::Barrier { .. } => return self.barrier(warp, op, pc, active),
            Op::Nothing => {}
            _ => self.simple(warp, op, active, known),
        }
        Ok(Next::Follow)
    }

    /// Marks what the instruction writes as known where all it reads is; a fault when it must know and does not.
    fn settle(&self, warp: &mut Warp, instr: &Instr, active: u32) -> Result<u32, Trouble> {
        let known = instr.reads.iter().fold(active, |known, read| known & warp.known[*read as usize]);
        if instr.is_strict && known != active {
            let lane = first(active & !known);
            return trouble(lane, Kind::Uninitialised, "a register was used before it was written");
        }
        for write in &instr.writes {
            let lanes = &mut warp.known[*write as usize];
            *lanes = (*lanes & !active) | known;
        }
        Ok(known)
    }

    fn switch(&self, warp: &mut Warp, instr: &Instr, index: Slot, targets: &[u32], active: u32) -> Result<(), Trouble> {
        if self.options.checks {
            self.settle(warp, instr, active)?;
        }
        for lane in lanes(active) {
            let index = warp.rows[index as usize][lane];
            let Some(target) = targets.get(index as usize) else {
                return trouble(lane, Kind::OutOfBounds, format!("target {index} of {}", targets.len()));
            };
            warp.groups.push(Group { pc: *target, mask: 1 << lane, waits: false });
        }
        Ok(())
    }

    /// Lanes wait at an operation whose other lanes have gone elsewhere.
    fn stuck(&self, warp: &Warp, group: Group) -> Trouble {
        let kind = match self.program.instructions[group.pc as usize].op {
            Op::Barrier { .. } => Kind::Barrier,
            _ => Kind::Divergence,
        };
        let away = warp.live & !group.mask;
        let what = format!("lanes {:#010x} wait for lanes {away:#010x}, which wait elsewhere", group.mask);
        Trouble { violation: Violation::new(kind, what), lane: first(group.mask) }
    }
}

pub(crate) fn first(mask: u32) -> usize {
    (mask.trailing_zeros() as usize).min(LANES - 1)
}

impl Warp {
    pub fn put(&mut self, to: Slot, row: &Row, active: u32) {
        merge(&mut self.rows[to as usize], row, active);
    }

    pub fn put_predicate(&mut self, to: Predicate, mask: u32, active: u32) {
        let old = &mut self.predicates[to as usize];
        *old = (*old & !active) | (mask & active);
    }

    /// The lanes in which a predicate holds as an operand.
    pub fn truth(&self, source: Source) -> u32 {
        self.predicates[source.predicate as usize] ^ if source.negated { FULL } else { 0 }
    }
}
