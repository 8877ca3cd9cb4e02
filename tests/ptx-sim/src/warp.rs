//! A warp: the rows of its registers, and where its lanes are.
//!
//! Lanes at one place of the program form a group. The group with the lowest place runs first, and groups that meet
//! become one: with the layout that compilers give loops and branches, lanes come together again where the paths join.
//! An operation of several lanes waits for those that it names, as the hardware does since compute capability 7.0.

use crate::program::{Program, Special};
use crate::rows::{FULL, LANES, Row};
use crate::shared::Local;

/// Lanes at the same instruction.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub pc: u32,
    pub mask: u32,
    /// Whether an operation waits for lanes that are elsewhere.
    pub waits: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ready,
    /// At barrier `id`, for `count` threads or for all.
    AtBarrier {
        id: u32,
        count: Option<u32>,
        pc: u32,
    },
    Done,
}

/// A `cp.async` under way.
pub struct Copy {
    pub lane: usize,
    pub group: u32,
    pub to: u64,
    pub bytes: u32,
    pub value: u128,
}

pub struct Warp {
    pub index: usize,
    pub rows: Vec<Row>,
    pub predicates: Vec<u32>,
    /// The lanes in which a row, or after the rows a predicate, has a value.
    pub known: Vec<u32>,
    pub carry: u32,
    pub local: Local,
    pub copies: Vec<Copy>,
    /// Groups of copies that each lane has committed.
    pub committed: [u32; LANES],
    pub groups: Vec<Group>,
    /// Lanes that have a thread, and those whose thread still runs.
    pub started: u32,
    pub live: u32,
    pub state: State,
    pub executed: u64,
}

/// The grid as special registers show it.
pub struct Shape {
    pub grid: [u32; 3],
    pub block: [u32; 3],
    pub dynamic_shared: u32,
}

impl Shape {
    pub fn threads(&self) -> u32 {
        self.block.iter().product()
    }

    /// The coordinates of a thread of a block.
    pub fn thread(&self, number: u32) -> [u32; 3] {
        split(u64::from(number), self.block)
    }
}

/// The coordinates of the `number`-th place of a box, the first axis fastest.
pub fn split(number: u64, shape: [u32; 3]) -> [u32; 3] {
    let (x, y) = (u64::from(shape[0]), u64::from(shape[1]));
    [(number % x) as u32, (number / x % y) as u32, (number / x / y) as u32]
}

impl Warp {
    pub fn new(index: usize, program: &Program, shape: &Shape) -> Warp {
        let mut rows = vec![[0; LANES]; program.slots as usize];
        for (slot, bits) in &program.constants {
            rows[*slot as usize] = [*bits; LANES];
        }
        let threads = shape.threads() - 32 * index as u32;
        let started = if threads >= 32 { FULL } else { (1 << threads) - 1 };
        Warp {
            index,
            rows,
            predicates: vec![0; program.predicates as usize],
            known: vec![0; (program.slots + program.predicates) as usize],
            carry: 0,
            local: Local::new(program.local_bytes as usize),
            copies: Vec::new(),
            committed: [0; LANES],
            groups: Vec::new(),
            started,
            live: started,
            state: State::Ready,
            executed: 0,
        }
    }

    /// Makes the warp ready for a block.
    pub fn start(&mut self, program: &Program, shape: &Shape, block: [u32; 3]) {
        self.known.fill(0);
        for (slot, _) in &program.constants {
            self.known[*slot as usize] = FULL;
        }
        for (slot, special) in &program.specials {
            self.known[*slot as usize] = FULL;
            let first = 32 * self.index as u32;
            for (lane, value) in self.rows[*slot as usize].iter_mut().enumerate() {
                *value = u64::from(special.value(lane as u32, first, shape, program, block));
            }
        }
        self.local.clear();
        self.copies.clear();
        self.committed = [0; LANES];
        self.groups.clear();
        self.groups.push(Group { pc: 0, mask: self.started, waits: false });
        self.live = self.started;
        self.state = State::Ready;
        self.executed = 0;
    }

    /// Takes out the group that is to run next, those at the same place merged into it, and the lowest place above it
    /// where others are. An error is a group that waits for lanes which will never come.
    pub fn next_group(&mut self) -> Option<Result<(Group, u32), Group>> {
        let first = *self.groups.first()?;
        let Some(pc) = self.groups.iter().filter(|group| !group.waits).map(|group| group.pc).min() else {
            return Some(Err(first));
        };
        let mut mask = 0;
        let mut rival = u32::MAX;
        self.groups.retain(|group| {
            if group.pc == pc {
                mask |= group.mask;
            } else if group.pc > pc {
                rival = rival.min(group.pc);
            }
            group.pc != pc
        });
        Some(Ok((Group { pc, mask, waits: false }, rival)))
    }

    /// Ends the threads of `lanes`; who waited for them need not any more.
    pub fn exit(&mut self, lanes: u32) {
        self.live &= !lanes;
        self.groups.iter_mut().for_each(|group| group.waits = false);
    }
}

impl Special {
    fn value(self, lane: u32, first: u32, shape: &Shape, program: &Program, block: [u32; 3]) -> u32 {
        match self {
            Special::Thread(axis) => shape.thread(first + lane)[axis],
            Special::BlockSize(axis) => shape.block[axis],
            Special::Block(axis) => block[axis],
            Special::GridSize(axis) => shape.grid[axis],
            Special::Lane => lane,
            Special::Warp => first / 32,
            Special::Warps => shape.threads().div_ceil(32),
            Special::Below => (1 << lane) - 1,
            Special::UpTo => u32::MAX >> (31 - lane),
            Special::Above => !(u32::MAX >> (31 - lane)),
            Special::From => !((1 << lane) - 1),
            Special::Equal => 1 << lane,
            Special::DynamicShared => shape.dynamic_shared,
            Special::TotalShared => program.shared_bytes + shape.dynamic_shared,
        }
    }
}
