//! What a kernel, or a call of the host, did wrong.

use std::fmt;

/// The kinds of fault that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    OutOfBounds,
    Misaligned,
    Null,
    UseAfterFree,
    InvalidFree,
    OutOfMemory,
    /// A register, or a byte of memory, was used before it was written.
    Uninitialised,
    /// Two warps (shared memory) or two blocks (global memory) use a byte, at least one writes it, and nothing orders
    /// them.
    Race,
    /// Not every thread of the block reaches the same barrier.
    Barrier,
    /// A warp operation names lanes which do not take part in it.
    Divergence,
    /// Shared memory was used while `cp.async` was still filling it.
    AsyncCopy,
    /// The grid, the block, the shared memory or the parameters do not fit the kernel.
    Launch,
    /// The module has an instruction or a form of it which is not interpreted.
    Unsupported,
    /// The kernel executed `trap`.
    Trap,
    /// The block did not finish within the limit of instructions.
    Hang,
}

/// A fault without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub kind: Kind,
    pub what: String,
}

impl Violation {
    pub fn new(kind: Kind, what: impl Into<String>) -> Violation {
        Violation { kind, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.what)
    }
}

impl std::error::Error for Violation {}

/// A fault of a kernel: what it was, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: Kind,
    pub what: String,
    pub kernel: String,
    /// The line of the PTX text, from one; zero for a fault of the launch itself.
    pub line: u32,
    /// The instruction with its modifiers and operands.
    pub instruction: String,
    pub block: [u32; 3],
    pub thread: [u32; 3],
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}: {}, in kernel {}", self.kind, self.what, self.kernel)?;
        if self.line > 0 {
            let (block, thread) = (self.block, self.thread);
            write!(f, ", line {}: `{}`, block {block:?}, thread {thread:?}", self.line, self.instruction)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
