//! Loads, stores, atomic operations and copies.

use crate::kernel::{Bench, run};
use cuda::{Kind, Memory, Module, Options, launch};

#[test]
fn vectors_and_narrow_elements() {
    let words = run(
        "mul.wide.u32 %rd2, %r0, 16; add.s64 %rd2, %rd2, %rd0;
         ld.global.v4.u32 {%r3, %r4, %r5, %r6}, [%rd2];
         bar.sync 0;
         st.global.v4.u32 [%rd2], {%r6, %r5, %r4, %r3}; bar.sync 0;
         setp.ne.u32 %p1, %r0, 0; @%p1 exit;
         { .reg .b16 %h;
           ld.global.u8 %r7, [%rd0+16]; ld.global.s8 %r8, [%rd0+1020]; ld.global.u16 %h, [%rd0+1020];
           st.global.u8 [%rd0+2048], %r7; st.global.u16 [%rd0+2050], %h; st.global.u32 [%rd0+2052], %r8; }",
        64,
    )
    .unwrap();
    assert_eq!(words[..8], [3, 2, 1, 0, 7, 6, 5, 4]);
    // The second byte keeps what it was.
    assert_eq!(words[512], 7 | 2 << 8 | 252 << 16);
    assert_eq!(words[513], 252u8 as i8 as u32);
}

#[test]
fn generic_addresses_reach_every_space() {
    let words = run(
        "mov.u64 %rd2, s; cvta.shared.u64 %rd3, %rd2; mul.wide.u32 %rd4, %r0, 4; add.s64 %rd3, %rd3, %rd4;
         st.u32 [%rd3], %r0; ld.u32 %r3, [%rd3];
         mov.u64 %rd5, l; cvta.local.u64 %rd5, %rd5; st.u32 [%rd5+8], %r3; ld.local.u32 %r4, [l+8];
         cvta.to.shared.u64 %rd6, %rd3; ld.shared.u32 %r5, [%rd6];
         isspacep.shared %p1, %rd3; @!%p1 trap;
         mov.u32 %r6, s; sub.s32 %r6, %r6, 8; st.shared.u32 [%r6+1028], 1; ld.shared.u32 %r7, [s+1020];
         add.s32 %r4, %r4, %r5; st.u32 [%rd1], %r4;",
        32,
    )
    .unwrap();
    assert!((0..32u32).all(|i| words[i as usize] == 2 * i));
}

#[test]
fn atomic_operations_return_what_was_there() {
    let body = "atom.global.add.u32 %r3, [%rd0+400], 2;
         atom.global.max.s32 %r4, [%rd0+404], %r0;
         atom.global.cas.b32 %r5, [%rd0+408], 102, 7;
         red.global.add.f32 [%rd0+412], 0f3F800000;
         atom.global.exch.b32 %r6, [%rd0+416], %r0;
         mov.u64 %rd2, s; setp.ne.u32 %p1, %r0, 0;
         @!%p1 st.shared.u64 [%rd2], 5; bar.sync 0;
         atom.shared.add.u64 %rd3, [%rd2], 1; bar.sync 0; ld.shared.u64 %rd3, [%rd2]; cvt.u32.u64 %r7, %rd3;
         atom.global.inc.u32 %r8, [%rd0+420], 3;
         st.global.u32 [%rd1], %r7;";
    let words = run(body, 32).unwrap();
    assert_eq!(words[..32], [37; 32]);
    assert_eq!(words[100], 164);
    assert_eq!(words[101], 101);
    assert_eq!(words[102], 7);
    assert_eq!(f32::from_bits(words[103]), 32.0);
    assert_eq!(words[104], 31);
    // From 105: to zero, then around 0, 1, 2, 3.
    assert_eq!(words[105], 3);
}

#[test]
fn asynchronous_copies_land_group_by_group() {
    let words = run(
        "mov.u32 %r3, s; shl.b32 %r4, %r0, 4; add.s32 %r3, %r3, %r4; mul.wide.u32 %rd2, %r0, 16;
         add.s64 %rd2, %rd2, %rd0;
         cp.async.cg.shared.global [%r3], [%rd2], 16; cp.async.commit_group;
         cp.async.ca.shared.global [%r3+512], [%rd2], 16, 8; cp.async.commit_group;
         cp.async.wait_group 1; ld.shared.u32 %r5, [%r3+4];
         cp.async.wait_all; ld.shared.u32 %r6, [%r3+516]; ld.shared.u32 %r7, [%r3+520];
         add.s32 %r5, %r5, %r6; add.s32 %r5, %r5, %r7;
         add.s64 %rd1, %rd1, 2048; st.global.u32 [%rd1], %r5;",
        32,
    )
    .unwrap();
    assert!((0..32u32).all(|i| words[512 + i as usize] == 2 * (4 * i + 1)));
}

#[test]
fn variables_of_the_module_are_placed_and_initialised() {
    let before = ".const .align 4 .f32 table[3] = {0f3F800000, 0f40000000, 2.5};
         .global .align 8 .u64 place = generic(counter)+4; .global .align 4 .u32 counter[2] = {5, 6};";
    let body = "mov.u64 %rd2, table; ld.const.f32 %f1, [%rd2+8]; ld.const.f32 %f2, [table+4]; add.f32 %f1, %f1, %f2;
         ld.global.u64 %rd3, [place]; ld.global.u32 %r3, [%rd3]; cvt.rn.f32.u32 %f3, %r3; add.f32 %f1, %f1, %f3;
         st.global.f32 [%rd1], %f1;";
    let (words, _) = Bench { before, ..Bench::default() }.run(body).unwrap();
    assert_eq!(f32::from_bits(words[3]), 10.5);
}

#[test]
fn the_traffic_is_counted() {
    let count = |body: &str| Bench::default().run(body).unwrap().1;
    let coalesced = count("ld.global.u32 %r3, [%rd1];");
    assert_eq!((coalesced.sectors_read, coalesced.bytes_read), (4, 128));
    let strided = count("mul.wide.u32 %rd2, %r0, 64; add.s64 %rd2, %rd2, %rd0; ld.global.u32 %r3, [%rd2];");
    assert_eq!((strided.sectors_read, strided.bytes_read), (32, 128));
    let shared = |by: u32| {
        let address = format!("mov.u32 %r3, s; mad.lo.s32 %r3, %r0, {by}, %r3; st.shared.u32 [%r3], 1;");
        count(&address).bank_conflicts
    };
    assert_eq!([shared(4), shared(8), shared(16)], [0, 1, 3]);
    let work = count("mov.f32 %f1, 0f3F800000; fma.rn.f32 %f2, %f1, %f1, %f1; ex2.approx.f32 %f3, %f1;");
    assert_eq!((work.flops_f32, work.special_functions), (64, 32));
}

#[test]
fn memory_of_the_host_side() {
    let memory = Memory::new(1 << 30);
    let a = memory.alloc(100_000).unwrap();
    assert_eq!(memory.info(), ((1 << 30) - 100_000, 1 << 30));
    memory.fill(a, &[1, 2, 3, 4], 25_000).unwrap();
    memory.copy(a + 10, a, 50_000).unwrap();
    let mut bytes = vec![0; 100_000];
    memory.read(a, &mut bytes).unwrap();
    assert!((0..100_000).all(|i| bytes[i] == if (10..50_010).contains(&i) { (i - 10) % 4 } else { i % 4 } as u8 + 1));
    assert_eq!(memory.write(a + 99_999, &[0, 0]).unwrap_err().kind, Kind::OutOfBounds);
    assert_eq!(memory.alloc(1 << 30).unwrap_err().kind, Kind::OutOfMemory);
    assert_eq!(memory.free(a + 1).unwrap_err().kind, Kind::InvalidFree);
    memory.free(a).unwrap();
    assert_eq!(memory.free(a).unwrap_err().kind, Kind::InvalidFree);
    assert_eq!(memory.read(a, &mut bytes).unwrap_err().kind, Kind::UseAfterFree);
    assert_eq!(memory.read(0, &mut bytes).unwrap_err().kind, Kind::Null);
}

#[test]
fn a_kernel_describes_itself() {
    let text = ".version 8.0\n.target sm_75\n.address_size 64\n.extern .shared .align 16 .b8 dynamic[];
        .shared .align 4 .b8 unused[64]; .shared .align 4 .b8 used[20];
        .visible .entry k(.param .u32 a, .param .u64 .ptr .global .align 4 b, .param .align 8 .b8 c[12])
        .maxntid 64, 2, 1 .minnctapersm 2 { .reg .b32 %r<3>; .reg .b64 %rd;
        mov.u32 %r0, used; mov.u32 %r1, dynamic; ld.param.u64 %rd, [b]; st.global.v2.u32 [%rd], {%r0, %r1}; ret; }";
    let module = Module::parse(text).unwrap();
    let kernel = module.kernel("k").unwrap();
    let places: Vec<(u32, u32)> = kernel.parameters.iter().map(|p| (p.offset, p.bytes)).collect();
    assert_eq!(places, [(0, 4), (8, 8), (16, 12)]);
    assert_eq!((kernel.parameter_bytes, kernel.shared_bytes, kernel.max_threads), (28, 32, 128));
    let memory = Memory::new(1 << 20);
    let data = memory.alloc(8).unwrap();
    let mut params = [0; 28];
    params[8..16].copy_from_slice(&data.to_le_bytes());
    let start =
        |threads, shared| launch(&module, "k", [1; 3], [threads, 1, 1], shared, &params, &memory, &Options::default());
    start(1, 100).unwrap();
    let mut bytes = [0; 8];
    memory.read(data, &mut bytes).unwrap();
    assert_eq!(bytes, [0, 0, 0, 0, 32, 0, 0, 0]);
    assert_eq!(start(129, 0).unwrap_err().kind, Kind::Launch);
    assert_eq!(start(1, 1 << 20).unwrap_err().kind, Kind::Launch);
}

#[test]
fn the_parser_says_where_it_stopped() {
    let error = |text: &str| Module::parse(text).err().unwrap();
    let text = ".version 8.0\n.visible .entry k()\n{\n  add.s32 %r1, %r2 %r3;\n}";
    assert_eq!(error(text), "line 4, column 20: `,` expected, found `%r3`");
    assert!(error(".version 8.0\n.visible .entry k() {").starts_with("line 2, column 21: the text ends"));
}
