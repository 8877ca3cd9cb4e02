//! Mistakes of kernels, each found and named.

use crate::kernel::{Bench, run};
use cuda::{Fault, Kind, Options};

/// The fault of a body in one block of `threads` threads.
fn fault(body: &str, threads: u32) -> Fault {
    run(body, threads).expect_err(body)
}

fn kind(body: &str, threads: u32) -> Kind {
    fault(body, threads).kind
}

#[test]
fn addresses() {
    assert_eq!(kind("ld.global.u32 %r3, [%rd1+4096];", 32), Kind::OutOfBounds);
    assert_eq!(kind("st.global.u32 [%rd1+4092], %r0;", 32), Kind::OutOfBounds);
    assert_eq!(kind("ld.global.u32 %r3, [%rd1-4];", 32), Kind::OutOfBounds);
    assert_eq!(kind("ld.global.v2.u32 {%r3, %r4}, [%rd1];", 32), Kind::Misaligned);
    assert_eq!(kind("mov.u64 %rd2, 64; st.global.u32 [%rd2], 1;", 32), Kind::Null);
    assert_eq!(kind("st.shared.u32 [s+1024], 1;", 32), Kind::OutOfBounds);
    assert_eq!(kind("st.local.u32 [l+64], 1;", 32), Kind::OutOfBounds);
    assert_eq!(kind("mov.u32 %r3, s; st.shared.u32 [%r3+2], 1;", 32), Kind::Misaligned);
}

#[test]
fn the_place_of_a_fault() {
    let bench = Bench { grid: 2, block: 64, ..Bench::default() };
    let fault = bench.run("setp.eq.u32 %p1, %r2, 101;\n@%p1 ld.global.u32 %r3, [%rd1+4000];").unwrap_err();
    assert_eq!((fault.block, fault.thread), ([1, 0, 0], [37, 0, 0]));
    assert_eq!(fault.instruction, "@%p1 ld.global.u32 %r3, [%rd1+4000]");
    assert_eq!(fault.kernel, "k");
    assert_eq!(fault.to_string().lines().count(), 1);
}

#[test]
fn what_was_never_written() {
    let bench = Bench { known: 16, ..Bench::default() };
    assert_eq!(bench.run("ld.global.u32 %r3, [%rd1];").unwrap_err().kind, Kind::Uninitialised);
    assert_eq!(kind("ld.shared.u32 %r3, [s];", 32), Kind::Uninitialised);
    assert_eq!(kind("st.shared.u8 [s], 1; ld.shared.u16 %r3, [s];", 1), Kind::Uninitialised);
    assert_eq!(kind("ld.local.u32 %r3, [l];", 32), Kind::Uninitialised);
    assert_eq!(kind("add.s32 %r3, %r4, 1; st.global.u32 [%rd1], %r3;", 32), Kind::Uninitialised);
    assert_eq!(kind("@%p4 bra $E; $E:", 32), Kind::Uninitialised);
    // Only some lanes have a value.
    let some = "setp.lt.u32 %p1, %r0, 5; @%p1 mov.u32 %r3, 1;";
    assert_eq!(kind(&format!("{some} st.global.u32 [%rd1], %r3;"), 32), Kind::Uninitialised);
    // An unknown value that decides nothing is no mistake.
    assert!(
        run(&format!("{some} selp.u32 %r4, %r3, 9, %p1; add.s32 %r5, %r3, 1; st.global.u32 [%rd1], %r4;"), 32).is_ok()
    );
    let options = Options { checks: false, ..Options::default() };
    assert!(Bench { known: 0, options, ..Bench::default() }.run("ld.global.u32 %r3, [%rd1];").is_ok());
}

#[test]
fn races_in_shared_memory() {
    let own = "mov.u32 %r3, s; mad.lo.s32 %r4, %r0, 4, %r3;";
    let other = "xor.b32 %r5, %r0, 32; mad.lo.s32 %r5, %r5, 4, %r3;";
    let read = format!("{own}{other} st.shared.u32 [%r4], 1; ld.shared.u32 %r6, [%r5];");
    // By default the second warp's word is found unwritten; written before, it is a race.
    let before = format!("{own}{other} st.shared.u32 [%r4], 0; bar.sync 0; st.shared.u32 [%r4], 1; ");
    assert_eq!(kind(&read, 64), Kind::Uninitialised);
    assert_eq!(kind(&format!("{before} ld.shared.u32 %r6, [%r5];"), 64), Kind::Race);
    assert!(run(&format!("{before} bar.sync 0; ld.shared.u32 %r6, [%r5];"), 64).is_ok());
    assert_eq!(kind("st.shared.u32 [s], %r0;", 64), Kind::Race);
    assert_eq!(
        kind(&format!("{before} bar.sync 0; ld.shared.u32 %r6, [%r5]; st.shared.u32 [%r4], 2;"), 64),
        Kind::Race
    );
    // Neighbouring bytes of a word are no race.
    assert!(run("shr.u32 %r5, %r0, 5; mov.u32 %r3, s; add.s32 %r3, %r3, %r5; st.shared.u8 [%r3], 1;", 64).is_ok());
}

#[test]
fn races_between_blocks() {
    let bench = Bench { grid: 4, ..Bench::default() };
    let kind = |body: &str| bench.run(body).map(|_| ()).map_err(|fault| fault.kind);
    assert_eq!(kind("st.global.u32 [%rd0], %r1;"), Err(Kind::Race));
    assert_eq!(kind("ld.global.u32 %r3, [%rd0]; st.global.u32 [%rd1], %r3;"), Err(Kind::Race));
    assert_eq!(
        kind("setp.eq.u32 %p1, %r2, 0; @%p1 st.global.u32 [%rd0+40], 1; ld.global.u32 %r3, [%rd0+40];"),
        Err(Kind::Race)
    );
    assert_eq!(kind("ld.global.u32 %r3, [%rd0]; st.global.u32 [%rd1+1024], %r3;"), Ok(()));
    assert_eq!(kind("atom.global.add.u32 %r3, [%rd0], 1;"), Ok(()));
    // Neighbouring bytes of a word, read and written in place.
    let bytes = "cvt.u64.u32 %rd2, %r2; add.s64 %rd2, %rd2, %rd0; ld.global.u8 %r3, [%rd2]; st.global.u8 [%rd2], %r3;";
    let odd = Bench { grid: 4, block: 31, ..Bench::default() };
    assert!(odd.run(bytes).is_ok());
}

#[test]
fn barriers() {
    let odd = "and.b32 %r3, %r0, 1; setp.eq.u32 %p1, %r3, 1;";
    let halves = format!("{odd} @%p1 bra $A; bar.sync 0; bra $E; $A: bar.sync 0; $E:");
    assert_eq!(kind(&halves, 32), Kind::Barrier);
    let warps = "setp.lt.u32 %p1, %r0, 32; @%p1 bra $A; bar.sync 0; bra $E; $A: bar.sync 0; $E:";
    assert_eq!(kind(warps, 64), Kind::Barrier);
    assert_eq!(kind(&format!("{odd} @%p1 exit; bar.sync 0;"), 32), Kind::Barrier);
    assert_eq!(kind("setp.lt.u32 %p1, %r0, 32; @%p1 exit; bar.sync 0;", 64), Kind::Barrier);
    // A named barrier for one of two warps.
    assert!(run("setp.lt.u32 %p1, %r0, 32; @%p1 exit; bar.sync 1, 32;", 64).is_ok());
}

#[test]
fn lanes_that_take_no_part() {
    let half = "setp.lt.u32 %p1, %r0, 16;";
    assert_eq!(kind(&format!("{half} @%p1 shfl.sync.bfly.b32 %r3, %r0, 1, 31, -1;"), 32), Kind::Divergence);
    let apart = "@%p1 bra $A; shfl.sync.down.b32 %r3, %r0, 1, 31, -1; bra $E;
        $A: shfl.sync.bfly.b32 %r3, %r0, 1, 31, -1; $E:";
    assert_eq!(kind(&format!("{half} {apart}"), 32), Kind::Divergence);
    assert_eq!(kind(&format!("{half} @%p1 shfl.sync.bfly.b32 %r3, %r0, 16, 31, 0xffff;"), 32), Kind::Divergence);
    assert_eq!(kind("shfl.sync.bfly.b32 %r3, %r0, 1, 31, 0xffff;", 32), Kind::Divergence);
    assert!(run(&format!("{half} @%p1 shfl.sync.bfly.b32 %r3, %r0, 1, 31, 0xffff;"), 32).is_ok());
}

#[test]
fn copies_that_nobody_waited_for() {
    let copy = "mov.u32 %r3, s; shl.b32 %r4, %r0, 2; add.s32 %r3, %r3, %r4;
        cp.async.ca.shared.global [%r3], [%rd1], 4; cp.async.commit_group;";
    assert_eq!(kind(&format!("{copy} bar.sync 0; ld.shared.u32 %r5, [%r3];"), 32), Kind::AsyncCopy);
    assert_eq!(kind(&format!("{copy} cp.async.wait_group 1; ld.shared.u32 %r5, [%r3];"), 32), Kind::AsyncCopy);
    assert!(run(&format!("{copy} cp.async.wait_group 0; ld.shared.u32 %r5, [%r3];"), 32).is_ok());
    // Another warp needs a barrier as well.
    let other = "xor.b32 %r5, %r3, 128; ld.shared.u32 %r6, [%r5];";
    let wait = format!("{copy} cp.async.wait_all; ");
    assert_eq!(kind(&format!("{copy} bar.sync 0; cp.async.wait_all; {other}"), 64), Kind::AsyncCopy);
    assert!(run(&format!("{wait} bar.sync 0; {other}"), 64).is_ok());
}

#[test]
fn traps_and_loops_without_end() {
    assert_eq!(kind("setp.eq.u32 %p1, %r0, 3; @%p1 trap;", 32), Kind::Trap);
    let options = Options { limit: 1_000_000, ..Options::default() };
    let bench = Bench { options, ..Bench::default() };
    assert_eq!(bench.run("$L: bra $L;").unwrap_err().kind, Kind::Hang);
}
