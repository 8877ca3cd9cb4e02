//! A block: its warps, and the barriers at which they meet.

use crate::fault::{Fault, Kind, Violation};
use crate::machine::{Machine, Next, Trouble, first, trouble};
use crate::program::*;
use crate::rows::LANES;
use crate::warp::{State, Warp};

impl Machine<'_> {
    /// Runs a block to its end. `order` gives the next pseudo-random number, when warps are to run in such an order.
    pub fn run_block(
        &mut self,
        warps: &mut [Warp],
        block: [u32; 3],
        mut order: Option<&mut dyn FnMut() -> u64>,
    ) -> Result<(), Fault> {
        self.shared.clear();
        self.arrivals = [0; 16];
        for warp in warps.iter_mut() {
            warp.start(self.program, self.shape, block);
        }
        let mut turn: Vec<usize> = (0..warps.len()).collect();
        loop {
            if let Some(random) = &mut order {
                (1..turn.len()).for_each(|i| turn.swap(i, (random() % (i as u64 + 1)) as usize));
            }
            for &i in &turn {
                let warp = &mut warps[i];
                if warp.state != State::Ready {
                    continue;
                }
                self.run(warp).map_err(|(pc, trouble)| self.fault(i, pc, trouble, block))?;
                if warp.executed > self.options.limit {
                    let pc = warp.groups.first().map_or(0, |group| group.pc);
                    let what = format!("the warp executed {} instructions", warp.executed);
                    let lane = first(warp.live);
                    let hang = trouble::<()>(lane, Kind::Hang, what);
                    return hang.map_err(|trouble| self.fault(i, pc, trouble, block));
                }
            }
            if warps.iter().all(|warp| warp.state == State::Done) {
                return Ok(());
            }
            if !warps.iter().any(|warp| warp.state == State::Ready) {
                self.release(warps).map_err(|(i, pc, trouble)| self.fault(i, pc, trouble, block))?;
            }
        }
    }

    /// A warp comes to a barrier.
    pub(crate) fn barrier(&mut self, warp: &mut Warp, op: &Op, pc: u32, active: u32) -> Result<Next, Trouble> {
        let Op::Barrier { id, count, arrives, .. } = op else { return Ok(Next::Follow) };
        if active != warp.live {
            return Ok(Next::Wait);
        }
        if count.is_none() && warp.live != warp.started {
            let gone = warp.started & !warp.live;
            let what = format!("lanes {gone:#010x} of the warp have exited before this barrier");
            return trouble(first(active), Kind::Barrier, what);
        }
        let lane = first(active);
        let id = warp.rows[*id as usize][lane] as u32;
        if id >= 16 {
            return trouble(lane, Kind::Barrier, format!("there is no barrier {id}"));
        }
        let count = count.map(|slot| warp.rows[slot as usize][lane] as u32);
        if *arrives {
            self.arrivals[id as usize] += 32;
            return Ok(Next::Follow);
        }
        warp.state = State::AtBarrier { id, count, pc };
        Ok(Next::Barrier)
    }

    /// All warps stand at barriers or are done: lets those go on whose barrier is complete.
    fn release(&mut self, warps: &mut [Warp]) -> Result<(), (usize, u32, Trouble)> {
        let mut released = false;
        for barrier in 0..16 {
            let here = |warp: &Warp| match warp.state {
                State::AtBarrier { id, count, pc } if id == barrier => Some((count, pc)),
                _ => None,
            };
            let waiting: Vec<usize> = (0..warps.len()).filter(|i| here(&warps[*i]).is_some()).collect();
            let Some((count, pc)) = waiting.first().and_then(|i| here(&warps[*i])) else { continue };
            let complete = match count {
                // Every warp, at the same barrier of the program.
                None => waiting.len() == warps.len() && waiting.iter().all(|i| here(&warps[*i]) == Some((None, pc))),
                Some(count) => 32 * waiting.len() as u32 + self.arrivals[barrier as usize] >= count,
            };
            if complete {
                self.arrivals[barrier as usize] = 0;
                self.finish(warps, &waiting, pc);
                released = true;
            }
        }
        if released {
            self.shared.pass_barrier();
            return Ok(());
        }
        let stuck = warps.iter().enumerate().find_map(|(i, warp)| match warp.state {
            State::AtBarrier { pc, .. } => Some((i, pc)),
            _ => None,
        });
        let Some((i, pc)) = stuck else { return Ok(()) };
        let away = |warp: &&Warp| !matches!(warp.state, State::AtBarrier { pc: place, .. } if place == pc);
        let other = warps.iter().find(away).map_or(i, |warp| warp.index);
        let what = match warps[other].state {
            State::Done => format!("warp {i} waits at a barrier, but warp {other} has exited"),
            _ => format!("warps {i} and {other} wait at different barriers"),
        };
        let lane = first(warps[i].live);
        Err((i, pc, Trouble { violation: Violation::new(Kind::Barrier, what), lane }))
    }

    /// Lets the waiting warps go on, with the result of a reduction.
    fn finish(&mut self, warps: &mut [Warp], waiting: &[usize], pc: u32) {
        self.counters.barriers += 1;
        let Op::Barrier { reduce, .. } = &self.program.instructions[pc as usize].op else { return };
        let votes = |source: Source| -> (u32, u32) {
            let votes = waiting.iter().map(|i| (warps[*i].truth(source) & warps[*i].live, warps[*i].live));
            votes.fold((0, 0), |(yes, all), (truth, live)| (yes + truth.count_ones(), all + live.count_ones()))
        };
        let result = match reduce {
            None => (0, 0),
            Some(
                BarrierReduce::Count { from, .. } | BarrierReduce::All { from, .. } | BarrierReduce::Any { from, .. },
            ) => votes(*from),
        };
        for i in waiting {
            let warp = &mut warps[*i];
            let live = warp.live;
            match reduce {
                Some(BarrierReduce::Count { to, .. }) => warp.put(*to, &[u64::from(result.0); LANES], live),
                Some(BarrierReduce::All { to, .. }) => {
                    warp.put_predicate(*to, if result.0 == result.1 { live } else { 0 }, live);
                }
                Some(BarrierReduce::Any { to, .. }) => {
                    warp.put_predicate(*to, if result.0 > 0 { live } else { 0 }, live);
                }
                None => {}
            }
            warp.state = State::Ready;
        }
    }

    fn fault(&self, warp: usize, pc: u32, trouble: Trouble, block: [u32; 3]) -> Fault {
        let instr = &self.program.instructions[pc as usize];
        let (line, text) = self.program.sources[instr.source as usize].clone();
        Fault {
            kind: trouble.violation.kind,
            what: trouble.violation.what,
            kernel: String::new(),
            line,
            instruction: text,
            block,
            thread: self.shape.thread(32 * warp as u32 + trouble.lane as u32),
        }
    }
}
