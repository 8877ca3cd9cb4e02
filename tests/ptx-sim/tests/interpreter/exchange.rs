//! Operations between lanes, and products of matrices.

use crate::kernel::run;

fn lanes(body: &str) -> Vec<u32> {
    run(&format!("{body}\nst.global.u32 [%rd1], %r3;"), 32).unwrap()[..32].to_vec()
}

fn expect(body: &str, f: impl Fn(u32) -> u32) {
    assert_eq!(lanes(body), (0..32).map(f).collect::<Vec<_>>(), "{body}");
}

#[test]
fn shuffles_take_from_every_side() {
    expect("shfl.sync.up.b32 %r3, %r0, 3, 0, -1;", |i| i.checked_sub(3).unwrap_or(i));
    expect("shfl.sync.down.b32 %r3, %r0, 3, 31, -1;", |i| if i + 3 < 32 { i + 3 } else { i });
    expect("shfl.sync.bfly.b32 %r3, %r0, 5, 31, -1;", |i| i ^ 5);
    expect("shfl.sync.idx.b32 %r3, %r0, 9, 31, -1;", |_| 9);
    // Segments of eight lanes.
    expect("shfl.sync.down.b32 %r3, %r0, 2, 0x1807, -1;", |i| if i % 8 < 6 { i + 2 } else { i });
    expect("shfl.sync.idx.b32 %r3, %r0, 1, 0x1807, -1;", |i| i / 8 * 8 + 1);
    expect("shfl.sync.up.b32 %r4|%p1, %r0, 1, 0, -1; selp.u32 %r3, 1, 0, %p1;", |i| u32::from(i > 0));
}

#[test]
fn votes_and_matches() {
    expect("setp.gt.u32 %p1, %r0, 29; vote.sync.ballot.b32 %r3, %p1, -1;", |_| 0xc000_0000);
    expect("setp.gt.u32 %p1, %r0, 29; vote.sync.any.pred %p2, %p1, -1; selp.u32 %r3, 1, 0, %p2;", |_| 1);
    expect("setp.gt.u32 %p1, %r0, 29; vote.sync.all.pred %p2, %p1, -1; selp.u32 %r3, 1, 0, %p2;", |_| 0);
    expect("and.b32 %r4, %r0, 1; match.any.sync.b32 %r3, %r4, -1;", |i| 0x5555_5555 << (i % 2));
    expect("match.all.sync.b32 %r3|%p1, 5, -1;", |_| u32::MAX);
    expect("redux.sync.add.s32 %r3, %r0, -1;", |_| 496);
    expect("redux.sync.min.s32 %r3, -4, -1;", |_| -4i32 as u32);
}

/// A and B of a product in shared memory as bf16, loaded by `ldmatrix`, against sums in double.
#[test]
fn a_product_of_matrices() {
    // A[r][k] = r + 2 k at 2 (16 r + k), B[k][n] = k - n, stored by columns at 512 + 2 (16 n + k).
    let body = "mov.u32 %r3, %r0;
         $L: shr.u32 %r4, %r3, 4; and.b32 %r5, %r3, 15; mad.lo.s32 %r6, %r5, 2, %r4;
         cvt.rn.f32.s32 %f1, %r6; cvt.rn.bf16x2.f32 %r7, %f1, %f1;
         shl.b32 %r8, %r3, 1; mov.u32 %r9, s; add.s32 %r8, %r8, %r9; { .reg .b16 %h, %g; mov.b32 {%h, %g}, %r7;
         st.shared.b16 [%r8], %h; }
         add.s32 %r3, %r3, 32; setp.lt.u32 %p1, %r3, 256; @%p1 bra $L;
         mov.u32 %r3, %r0;
         $M: shr.u32 %r4, %r3, 4; and.b32 %r5, %r3, 15; sub.s32 %r6, %r5, %r4;
         cvt.rn.f32.s32 %f1, %r6; cvt.rn.bf16x2.f32 %r7, %f1, %f1;
         shl.b32 %r8, %r3, 1; add.s32 %r8, %r8, %r9; { .reg .b16 %h, %g; mov.b32 {%h, %g}, %r7;
         st.shared.b16 [%r8+512], %h; }
         add.s32 %r3, %r3, 32; setp.lt.u32 %p1, %r3, 128; @%p1 bra $M;
         bar.warp.sync -1;
         and.b32 %r10, %r0, 15; shr.u32 %r11, %r0, 4; shl.b32 %r10, %r10, 5; mad.lo.s32 %r10, %r11, 16, %r10;
         add.s32 %r10, %r10, %r9;
         ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r20, %r21, %r22, %r23}, [%r10];
         and.b32 %r12, %r0, 7; shr.u32 %r13, %r0, 3; and.b32 %r13, %r13, 1; shl.b32 %r12, %r12, 5;
         mad.lo.s32 %r12, %r13, 16, %r12; add.s32 %r12, %r12, %r9;
         ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r24, %r25}, [%r12+512];
         mov.f32 %f4, 0f3F000000;
         mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f10, %f11, %f12, %f13}, {%r20, %r21, %r22, %r23},
             {%r24, %r25}, {%f4, %f4, %f4, %f4};
         mul.wide.u32 %rd3, %r0, 16; add.s64 %rd3, %rd3, %rd0;
         st.global.v4.f32 [%rd3], {%f10, %f11, %f12, %f13};";
    let words = run(body, 32).unwrap();
    for lane in 0..32 {
        for register in 0..4 {
            let (row, column) = (lane / 4 + 8 * (register / 2), 2 * (lane % 4) + register % 2);
            let sum: i32 = (0..16).map(|k| (row as i32 + 2 * k) * (k - column as i32)).sum();
            assert_eq!(f32::from_bits(words[4 * lane + register]), sum as f32 + 0.5, "lane {lane}, {register}");
        }
    }
}

/// Fragments in registers: A[r][k] = r - 3 k, B[k][n] = 2 k + n, lane by lane as the manual lays them out.
#[test]
fn products_of_other_fragments() {
    let number =
        |to: &str, row: &str, depth: &str| format!("mad.lo.s32 %r9, {depth}, -3, {row}; cvt.rn.f32.s32 {to}, %r9;");
    let factor = |to: &str, depth: &str| format!("mad.lo.s32 %r9, {depth}, 2, %r3; cvt.rn.f32.s32 {to}, %r9;");
    // The group and the place of the lane, and both with what is added to them.
    let places = "shr.u32 %r3, %r0, 2; and.b32 %r4, %r0, 3; add.s32 %r5, %r3, 8; add.s32 %r6, %r4, 4;
         mul.wide.u32 %rd3, %r0, 16; add.s64 %rd3, %rd3, %rd0; mov.f32 %f9, 0f00000000;";
    let a = [("%f1", "%r3", "%r4"), ("%f2", "%r5", "%r4"), ("%f3", "%r3", "%r6"), ("%f4", "%r5", "%r6")];
    let a: String = a.iter().map(|(to, row, depth)| number(to, row, depth)).collect();
    let b = factor("%f5", "%r4") + &factor("%f6", "%r6");
    let exact = |row: i32, column: i32, depth: i32| (0..depth).map(|k| (row - 3 * k) * (2 * k + column)).sum::<i32>();

    let single = "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f10, %f11, %f12, %f13}, {%f1, %f2, %f3, %f4},
         {%f5, %f6}, {%f9, %f9, %f9, %f9}; st.global.v4.f32 [%rd3], {%f10, %f11, %f12, %f13};";
    let words = run(&format!("{places}{a}{b}{single}"), 32).unwrap();
    for (i, word) in words.iter().enumerate().take(128) {
        let (lane, register) = (i as i32 / 4, i as i32 % 4);
        let (row, column) = (lane / 4 + 8 * (register / 2), 2 * (lane % 4) + register % 2);
        assert_eq!(f32::from_bits(*word), exact(row, column, 8) as f32);
    }

    let double =
        "{ .reg .f64 %x, %y, %z, %s, %t; cvt.f64.f32 %x, %f1; cvt.f64.f32 %y, %f5; mov.f64 %z, 0d0000000000000000;
         mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%s, %t}, {%x}, {%y}, {%z, %z};
         st.global.v2.f64 [%rd3], {%s, %t}; }";
    let words = run(&format!("{places}{a}{b}{double}"), 32).unwrap();
    for (i, pair) in words.chunks(2).enumerate().take(64) {
        let (lane, register) = (i as i32 / 2, i as i32 % 2);
        let value = f64::from_bits(u64::from(pair[0]) | u64::from(pair[1]) << 32);
        assert_eq!(value, f64::from(exact(lane / 4, 2 * (lane % 4) + register, 4)));
    }
}
