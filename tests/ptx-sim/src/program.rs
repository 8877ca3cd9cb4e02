//! A kernel after decoding: instructions over slots.
//!
//! A slot is the index of a row of a warp: a register, a constant or a special register. A predicate is the index of a
//! mask of lanes.

use crate::rows::{Four, One, Test, Three, Two};
use crate::syntax::Space;

pub type Slot = u32;
pub type Predicate = u32;

/// Generic addresses of shared memory begin here.
pub const SHARED_WINDOW: u64 = 1 << 60;
/// Generic addresses of local memory begin here.
pub const LOCAL_WINDOW: u64 = 2 << 60;
/// The size of both windows.
pub const WINDOW: u64 = 1 << 32;

/// A special register with a value that is fixed while a block runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Special {
    Thread(usize),
    BlockSize(usize),
    Block(usize),
    GridSize(usize),
    Lane,
    Warp,
    Warps,
    /// The lanes below, up to, above, from, and equal to the own one.
    Below,
    UpTo,
    Above,
    From,
    Equal,
    DynamicShared,
    TotalShared,
}

/// A predicate as an operand: negated or not.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    pub predicate: Predicate,
    pub negated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logic {
    And,
    Or,
    Xor,
}

impl Logic {
    pub fn apply(self, a: u32, b: u32) -> u32 {
        match self {
            Logic::And => a & b,
            Logic::Or => a | b,
            Logic::Xor => a ^ b,
        }
    }
}

/// The operation of an instruction with carry: `a + b + carry`, `a - b - carry` or `low or high(a * b) + c + carry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarryKind {
    Add,
    Sub,
    MadLow,
    MadHigh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomicKind {
    Add,
    AddF32,
    AddF64,
    MinUnsigned,
    MaxUnsigned,
    MinSigned,
    MaxSigned,
    And,
    Or,
    Xor,
    Exchange,
    CompareExchange,
    Increment,
    Decrement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShuffleMode {
    Up,
    Down,
    Butterfly,
    Index,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteMode {
    All,
    Any,
    Uniform,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReduceMode {
    Add,
    MinUnsigned,
    MaxUnsigned,
    MinSigned,
    MaxSigned,
    And,
    Or,
    Xor,
}

/// The numbers that the matrix units multiply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragment {
    Half,
    Brain,
    Tf32,
    Double,
}

/// Where an access goes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub space: Space,
    pub address: Slot,
    pub offset: i64,
    /// Bytes of an element: 1, 2, 4 or 8.
    pub bytes: u32,
    /// A volatile, relaxed, acquiring or releasing access is ordered by other means than barriers.
    pub is_ordered: bool,
}

pub enum Op {
    One(One, Slot, Slot),
    Two(Two, Slot, [Slot; 2]),
    Three(Three, Slot, [Slot; 3]),
    Four(Four, Slot, [Slot; 4]),
    Carry {
        kind: CarryKind,
        wide: bool,
        to: Slot,
        from: [Slot; 3],
        takes: bool,
        leaves: bool,
    },
    /// Writes `a ? b combine`, and its complement combined to `other`.
    Test {
        test: Test,
        to: Option<Predicate>,
        other: Option<Predicate>,
        from: [Slot; 2],
        with: Option<(Logic, Source)>,
    },
    /// Writes `value` where the test holds, else zero.
    Set {
        test: Test,
        value: u64,
        to: Slot,
        from: [Slot; 2],
    },
    Select {
        to: Slot,
        from: [Slot; 2],
        by: Source,
    },
    Logic {
        logic: Logic,
        to: Predicate,
        from: [Source; 2],
    },
    /// A predicate from the low bit of a row.
    Truth {
        to: Predicate,
        from: Slot,
    },
    Pack {
        to: Slot,
        parts: Vec<Slot>,
        bits: u32,
    },
    Unpack {
        to: Vec<Option<Slot>>,
        from: Slot,
        bits: u32,
    },
    Clock {
        to: Slot,
    },
    /// The sign is taken along to registers of `signed` bytes.
    Load {
        place: Place,
        to: Vec<Option<Slot>>,
        signed: Option<u32>,
    },
    Store {
        place: Place,
        from: Vec<Slot>,
    },
    Atomic {
        place: Place,
        kind: AtomicKind,
        to: Option<Slot>,
        from: [Slot; 2],
    },
    CopyAsync {
        to: Slot,
        to_offset: i64,
        from: Slot,
        from_offset: i64,
        bytes: u32,
        read: Option<Slot>,
    },
    CopyCommit,
    /// Waits until at most so many groups are under way; all of them, committed or not, for none.
    CopyWait(Option<u32>),
    LoadMatrix {
        address: Slot,
        offset: i64,
        to: Vec<Slot>,
        transposed: bool,
    },
    Multiply {
        fragment: Fragment,
        depth: usize,
        to: Vec<Slot>,
        a: Vec<Slot>,
        b: Vec<Slot>,
        c: Vec<Slot>,
    },
    Shuffle {
        mode: ShuffleMode,
        to: Slot,
        valid: Option<Predicate>,
        from: Slot,
        lane: Slot,
        clamp: Slot,
        members: Slot,
    },
    Vote {
        mode: VoteMode,
        to: Predicate,
        from: Source,
        members: Slot,
    },
    Ballot {
        to: Slot,
        from: Source,
        members: Slot,
    },
    MatchAny {
        to: Slot,
        from: Slot,
        members: Slot,
    },
    MatchAll {
        to: Slot,
        all: Option<Predicate>,
        from: Slot,
        members: Slot,
    },
    Reduce {
        mode: ReduceMode,
        to: Slot,
        from: Slot,
        members: Slot,
    },
    ActiveMask {
        to: Slot,
    },
    SyncWarp {
        members: Slot,
    },
    /// `count` threads, or all; `reduce` counts or combines a predicate over the block.
    Barrier {
        id: Slot,
        count: Option<Slot>,
        arrives: bool,
        reduce: Option<BarrierReduce>,
    },
    Branch {
        target: u32,
    },
    /// By an index into targets.
    Switch {
        index: Slot,
        targets: Vec<u32>,
    },
    Exit,
    Trap(String),
    /// What has no effect here: fences, prefetches, hints.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
pub enum BarrierReduce {
    Count { to: Slot, from: Source },
    All { to: Predicate, from: Source },
    Any { to: Predicate, from: Source },
}

/// What an instruction counts as, a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Other,
    F32(u64),
    F64(u64),
    SpecialFunction,
}

pub struct Instr {
    pub op: Op,
    pub guard: Option<Source>,
    /// What must be known for the results to be known: slots, and predicates after them.
    pub reads: Vec<u32>,
    /// What is known when all of `reads` is.
    pub writes: Vec<u32>,
    /// Whether an unknown operand is a fault at once, since it decides an address, a jump or what others see.
    pub is_strict: bool,
    pub work: Work,
    /// Index into the texts.
    pub source: u32,
}

/// A decoded kernel.
pub struct Program {
    pub instructions: Vec<Instr>,
    /// The line and the text of instructions.
    pub sources: Vec<(u32, String)>,
    pub slots: u32,
    pub predicates: u32,
    pub constants: Vec<(Slot, u64)>,
    pub specials: Vec<(Slot, Special)>,
    /// Bytes of local memory of a thread.
    pub local_bytes: u32,
    /// Static shared memory, after which the dynamic one begins.
    pub shared_bytes: u32,
}
