//! What a launch cost, in events that a device would also count.

use std::ops::AddAssign;

/// Events of one launch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub warp_instructions: u64,
    pub thread_instructions: u64,
    /// Bytes of global memory that the lanes asked for.
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Sectors of 32 bytes of global memory that the warps touched.
    pub sectors_read: u64,
    pub sectors_written: u64,
    /// Passes through shared memory beyond those which the width of the access needs.
    pub bank_conflicts: u64,
    /// Operations on f32, two for a fused multiply and add.
    pub flops_f32: u64,
    pub flops_f64: u64,
    /// Operations of the matrix units, two for a product and its sum.
    pub flops_mma: u64,
    /// Reciprocals, roots, exponentials, logarithms and circular functions of the special function unit.
    pub special_functions: u64,
    /// Barriers of blocks, counted once a block.
    pub barriers: u64,
}

impl AddAssign for Counters {
    fn add_assign(&mut self, other: Counters) {
        self.warp_instructions += other.warp_instructions;
        self.thread_instructions += other.thread_instructions;
        self.bytes_read += other.bytes_read;
        self.bytes_written += other.bytes_written;
        self.sectors_read += other.sectors_read;
        self.sectors_written += other.sectors_written;
        self.bank_conflicts += other.bank_conflicts;
        self.flops_f32 += other.flops_f32;
        self.flops_f64 += other.flops_f64;
        self.flops_mma += other.flops_mma;
        self.special_functions += other.special_functions;
        self.barriers += other.barriers;
    }
}
