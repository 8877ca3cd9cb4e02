//! Branches, loops, calls and barriers.

use crate::kernel::{Bench, run};
use cuda::Options;

#[test]
fn lanes_come_together_after_a_branch() {
    // The shuffle over all lanes faults unless they do.
    let words = run(
        "setp.lt.u32 %p1, %r0, 7;
         @%p1 bra $A;
         mov.u32 %r3, 100;
         bra.uni $B;
         $A: mov.u32 %r3, 200;
         $B: shfl.sync.bfly.b32 %r4, %r3, 1, 31, -1;
         add.s32 %r4, %r4, %r3;
         st.global.u32 [%rd1], %r4;",
        32,
    )
    .unwrap();
    let expected: Vec<u32> = (0..32)
        .map(|i| {
            if i < 6 {
                400
            } else if i < 8 {
                300
            } else {
                200
            }
        })
        .collect();
    assert_eq!(words[..32], expected);
}

#[test]
fn loops_of_different_length_end_together() {
    let words = run(
        "mov.u32 %r3, 0; mov.u32 %r4, 0;
         $L: add.s32 %r4, %r4, %r3; add.s32 %r3, %r3, 1;
         setp.gt.u32 %p1, %r4, 1000;
         @%p1 bra $E;
         setp.le.u32 %p2, %r3, %r0;
         @%p2 bra $L;
         $E: activemask.b32 %r5;
         setp.ne.u32 %p3, %r5, -1;
         @%p3 trap;
         st.global.u32 [%rd1], %r4;",
        32,
    )
    .unwrap();
    let expected: Vec<u32> = (0..32).map(|i| i * (i + 1) / 2).collect();
    assert_eq!(words[..32], expected);
}

#[test]
fn lanes_that_return_early_leave_the_others_alone() {
    let words = run(
        "and.b32 %r3, %r0, 3; setp.eq.u32 %p1, %r3, 0;
         @%p1 ret;
         vote.sync.ballot.b32 %r4, !%p1, 0xeeeeeeee;
         st.global.u32 [%rd1], %r4;",
        32,
    )
    .unwrap();
    assert!((0..32u32).all(|i| words[i as usize] == if i % 4 == 0 { i } else { 0xeeee_eeee }));
}

#[test]
fn an_operation_waits_for_lanes_on_a_longer_way_back() {
    // The second half jumps backwards over the shuffle before it comes to it.
    let words = run(
        "mov.u32 %r3, %r0;
         setp.ge.u32 %p1, %r0, 16;
         @%p1 bra $FAR;
         $NEAR: shfl.sync.idx.b32 %r4, %r3, 31, 31, -1;
         bra.uni $END;
         $FAR: add.s32 %r3, %r3, 1000;
         bra.uni $NEAR;
         $END: st.global.u32 [%rd1], %r4;",
        32,
    )
    .unwrap();
    assert_eq!(words[..32], [1031; 32]);
}

#[test]
fn functions_are_called_with_values_and_addresses() {
    let before = ".func (.param .b32 result) twice(.param .b32 x, .param .b64 place) {
         .reg .pred %p; .reg .b32 %r<4>; .reg .b64 %rd<2>;
         ld.param.u32 %r0, [x]; ld.param.u64 %rd0, [place];
         setp.gt.u32 %p, %r0, 20;
         mov.u32 %r1, 7;
         @%p bra $OUT;
         shl.b32 %r1, %r0, 1; st.u32 [%rd0], %r0;
         st.param.b32 [result], %r1;
         ret;
         $OUT: st.param.b32 [result], %r1; ret; }";
    let body = "mov.u64 %rd2, l; cvta.local.u64 %rd3, %rd2; st.u32 [%rd3], 50;
         { .param .b32 a; .param .b64 b; .param .b32 c;
           st.param.b32 [a], %r0; st.param.b64 [b], %rd3;
           call.uni (c), twice, (a, b);
           ld.param.b32 %r3, [c]; }
         ld.local.u32 %r4, [l];
         mad.lo.s32 %r3, %r4, 1000, %r3;
         st.global.u32 [%rd1], %r3;";
    let (words, _) = Bench { before, ..Bench::default() }.run(body).unwrap();
    assert!((0..32u32).all(|i| words[i as usize] == if i > 20 { 50_007 } else { 1002 * i }));
}

#[test]
fn a_table_of_targets_sends_each_lane_its_way() {
    let words = run(
        "and.b32 %r3, %r0, 1; min.u32 %r4, %r0, 2;
         $T: .branchtargets $A, $B, $C;
         brx.idx %r4, $T;
         $A: mov.u32 %r5, 10; bra $E;
         $B: mov.u32 %r5, 20; bra $E;
         $C: mov.u32 %r5, 30;
         $E: st.global.u32 [%rd1], %r5;",
        32,
    )
    .unwrap();
    assert_eq!(words[..4], [10, 20, 30, 30]);
}

#[test]
fn warps_meet_at_barriers_in_any_order() {
    for seed in 0..8 {
        let options = Options { seed, ..Options::default() };
        let bench = Bench { block: 128, grid: 3, options, ..Bench::default() };
        let (words, counters) = bench
            .run(
                "mov.u64 %rd2, s; mul.wide.u32 %rd3, %r0, 4; add.s64 %rd4, %rd2, %rd3;
                 st.shared.u32 [%rd4], %r2;
                 bar.sync 0;
                 sub.s32 %r3, 127, %r0; mul.wide.u32 %rd3, %r3, 4; add.s64 %rd4, %rd2, %rd3;
                 ld.shared.u32 %r4, [%rd4];
                 st.global.u32 [%rd1], %r4;",
            )
            .unwrap();
        assert!((0..384).all(|i| words[i as usize] == i / 128 * 128 + 127 - i % 128));
        assert_eq!(counters.barriers, 3);
    }
}

#[test]
fn a_barrier_counts_over_the_block() {
    let words = run(
        "setp.lt.u32 %p1, %r0, 50; bar.red.popc.u32 %r3, 0, %p1;
         bar.red.or.pred %p2, 0, %p1; bar.red.and.pred %p3, 0, %p1;
         selp.u32 %r4, 1000, 0, %p2; selp.u32 %r5, 2000, 0, %p3;
         add.s32 %r3, %r3, %r4; add.s32 %r3, %r3, %r5;
         st.global.u32 [%rd1], %r3;",
        96,
    )
    .unwrap();
    assert_eq!(words[..96], [1050; 96]);
}

#[test]
fn blocks_on_several_threads_give_the_same_sums() {
    for threads in [1, 3] {
        let options = Options { threads, ..Options::default() };
        let bench = Bench { block: 32, grid: 32, options, ..Bench::default() };
        let (words, counters) = bench.run("atom.global.add.u32 %r3, [%rd0], 1;").unwrap();
        assert_eq!(words[0], 1024);
        assert_eq!(counters.thread_instructions, 1024 * 9);
    }
}
