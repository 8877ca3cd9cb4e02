//! Instructions over registers against the arithmetic of Rust, a lane each.

use crate::kernel::{each_lane, run};

fn ints() -> Vec<u32> {
    let special = [0, 1, 2, 31, 32, 33, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xdead_beef, 0x0000_ff80, 255];
    (0..32u32).map(|i| special.get(i as usize).copied().unwrap_or(i.wrapping_mul(0x9e37_79b9))).collect()
}

fn floats() -> Vec<f32> {
    let special = [0.0, -0.0, 1.0, -1.5, 2.5, 3.5, 1e-42, -1e-42, f32::MAX, f32::MIN_POSITIVE, 1e30, 1e-30, 0.1, -0.7];
    (0..32).map(|i| special.get(i).copied().unwrap_or((i as f32 - 20.0) * 1.37)).collect()
}

fn doubles() -> Vec<f64> {
    floats().iter().enumerate().map(|(i, x)| f64::from(*x) * (1.0 + i as f64 * 1e-10)).collect()
}

/// Every lane of `d = op(a, b, c)`, where the operands are the lanes of a list and of its rotations.
macro_rules! check {
    ($values:expr, $T:ty => $R:ty, $($text:literal => |$a:ident, $b:ident, $c:ident| $f:expr),* $(,)?) => {
        $({
            let values: Vec<$T> = $values;
            let results: Vec<$R> = each_lane($text, &values);
            for i in 0..32 {
                let ($a, $b, $c) = (values[i], values[(i + 5) % 32], values[(i + 11) % 32]);
                let _ = ($b, $c);
                let expected: $R = $f;
                assert_eq!(
                    results[i].to_le_bytes(), expected.to_le_bytes(),
                    "{} of {:?}, {:?}, {:?}: {:?} instead of {:?}", $text, $a, $b, $c, results[i], expected
                );
            }
        })*
    };
}

#[test]
fn integers_of_32_bits() {
    check!(ints(), u32 => u32,
        "add.u32 %d, %a, %b;" => |a, b, c| a.wrapping_add(b),
        "sub.s32 %d, %a, %b;" => |a, b, c| a.wrapping_sub(b),
        "mul.lo.s32 %d, %a, %b;" => |a, b, c| a.wrapping_mul(b),
        "mul.hi.u32 %d, %a, %b;" => |a, b, c| ((u64::from(a) * u64::from(b)) >> 32) as u32,
        "mul.hi.s32 %d, %a, %b;" => |a, b, c| ((i64::from(a as i32) * i64::from(b as i32)) >> 32) as u32,
        "mad.lo.s32 %d, %a, %b, %c;" => |a, b, c| a.wrapping_mul(b).wrapping_add(c),
        "div.u32 %d, %a, %b;" => |a, b, c| a.checked_div(b).unwrap_or(u32::MAX),
        "div.s32 %d, %a, %b;" => |a, b, c| if b == 0 { u32::MAX } else { (a as i32).wrapping_div(b as i32) as u32 },
        "rem.u32 %d, %a, %b;" => |a, b, c| a.checked_rem(b).unwrap_or(a),
        "rem.s32 %d, %a, %b;" => |a, b, c| if b == 0 { a } else { (a as i32).wrapping_rem(b as i32) as u32 },
        "min.s32 %d, %a, %b;" => |a, b, c| (a as i32).min(b as i32) as u32,
        "max.u32 %d, %a, %b;" => |a, b, c| a.max(b),
        "abs.s32 %d, %a;" => |a, b, c| (a as i32).wrapping_abs() as u32,
        "neg.s32 %d, %a;" => |a, b, c| a.wrapping_neg(),
        "not.b32 %d, %a;" => |a, b, c| !a,
        "and.b32 %d, %a, %b;" => |a, b, c| a & b,
        "xor.b32 %d, %a, -8;" => |a, b, c| a ^ 0xffff_fff8,
        "lop3.b32 %d, %a, %b, %c, 0xe8;" => |a, b, c| (a & b) | (a & c) | (b & c),
        "shl.b32 %d, %a, %b;" => |a, b, c| a.checked_shl(b).unwrap_or(0),
        "shr.u32 %d, %a, %b;" => |a, b, c| a.checked_shr(b).unwrap_or(0),
        "shr.s32 %d, %a, %b;" => |a, b, c| (a as i32 >> b.min(31)) as u32,
        "shf.l.wrap.b32 %d, %a, %b, %c;" => |a, b, c| if c & 31 == 0 { b } else { b << (c & 31) | a >> (32 - (c & 31)) },
        "shf.r.clamp.b32 %d, %a, %b, 40;" => |a, b, c| b,
        "popc.b32 %d, %a;" => |a, b, c| a.count_ones(),
        "clz.b32 %d, %a;" => |a, b, c| a.leading_zeros(),
        "brev.b32 %d, %a;" => |a, b, c| a.reverse_bits(),
        "bfind.u32 %d, %a;" => |a, b, c| a.checked_ilog2().unwrap_or(u32::MAX),
        "bfind.shiftamt.u32 %d, %a;" => |a, b, c| a.checked_ilog2().map_or(u32::MAX, |log| 31 - log),
        "bfe.u32 %d, %a, 4, 9;" => |a, b, c| a >> 4 & 0x1ff,
        "bfe.s32 %d, %a, 4, 9;" => |a, b, c| ((a << 19) as i32 >> 23) as u32,
        "bfi.b32 %d, %a, %b, 8, 12;" => |a, b, c| b & !0xfff00 | (a & 0xfff) << 8,
        "prmt.b32 %d, %a, %b, 0x3715;" => |a, b, c| u32::from_le_bytes([
            b.to_le_bytes()[1], a.to_le_bytes()[1], b.to_le_bytes()[3], a.to_le_bytes()[3]]),
        "sad.u32 %d, %a, %b, %c;" => |a, b, c| a.abs_diff(b).wrapping_add(c),
        "mul24.lo.u32 %d, %a, %b;" => |a, b, c| (a & 0xff_ffff).wrapping_mul(b & 0xff_ffff),
        "dp4a.s32.u32 %d, %a, %b, %c;" => |a, b, c| (0..4).fold(c, |sum, i| {
            sum.wrapping_add((i32::from(a.to_le_bytes()[i] as i8) * i32::from(b.to_le_bytes()[i])) as u32) }),
        "cvt.s32.s8 %d, %a;" => |a, b, c| a as i8 as u32,
        "cvt.u32.u16 %d, %a;" => |a, b, c| a & 0xffff,
        "cvt.sat.s8.s32 %d, %a;" => |a, b, c| u32::from((a as i32).clamp(-128, 127) as u8),
    );
}

#[test]
fn integers_of_64_bits() {
    let wide = || ints().iter().map(|a| u64::from(*a) << 29 ^ u64::from(a.reverse_bits())).collect::<Vec<u64>>();
    check!(wide(), u64 => u64,
        "add.s64 %d, %a, %b;" => |a, b, c| a.wrapping_add(b),
        "mul.lo.s64 %d, %a, %b;" => |a, b, c| a.wrapping_mul(b),
        "mul.hi.u64 %d, %a, %b;" => |a, b, c| ((u128::from(a) * u128::from(b)) >> 64) as u64,
        "mul.hi.s64 %d, %a, %b;" => |a, b, c| ((i128::from(a as i64) * i128::from(b as i64)) >> 64) as u64,
        "div.s64 %d, %a, %b;" => |a, b, c| if b == 0 { u64::MAX } else { (a as i64).wrapping_div(b as i64) as u64 },
        "shl.b64 %d, %a, 13;" => |a, b, c| a << 13,
        "shr.s64 %d, %a, 70;" => |a, b, c| (a as i64 >> 63) as u64,
        "bfe.s64 %d, %a, 60, 9;" => |a, b, c| (a as i64 >> 60) as u64,
        "selp.b64 %d, %a, %b, %p;" => |a, b, c| if a < b { a } else { b },
    );
}

#[test]
fn singles_are_rounded_once() {
    let flush = |x: f32| if x.is_subnormal() { 0f32.copysign(x) } else { x };
    check!(floats(), f32 => f32,
        "add.f32 %d, %a, %b;" => |a, b, c| a + b,
        "add.ftz.f32 %d, %a, %b;" => |a, b, c| flush(flush(a) + flush(b)),
        "sub.rn.f32 %d, %a, %b;" => |a, b, c| a - b,
        "mul.f32 %d, %a, %b;" => |a, b, c| a * b,
        "mul.sat.f32 %d, %a, %b;" => |a, b, c| if a * b > 0.0 { (a * b).min(1.0) } else { 0.0 },
        "fma.rn.f32 %d, %a, %b, %c;" => |a, b, c| a.mul_add(b, c),
        "div.rn.f32 %d, %a, 0f40490FDB;" => |a, b, c| a / std::f32::consts::PI,
        "sqrt.rn.f32 %d, 0f40490FDB;" => |a, b, c| std::f32::consts::PI.sqrt(),
        "neg.f32 %d, %a;" => |a, b, c| -a,
        "abs.f32 %d, %a;" => |a, b, c| a.abs(),
        "copysign.f32 %d, %a, %b;" => |a, b, c| b.copysign(a),
        "cvt.rni.f32.f32 %d, %a;" => |a, b, c| a.round_ties_even(),
        "cvt.sat.f32.f32 %d, %a;" => |a, b, c| if a > 0.0 { a.min(1.0) } else { 0.0 },
        "ex2.approx.f32 %d, %a;" => |a, b, c| f64::from(a).exp2() as f32,
        "tanh.approx.f32 %d, %a;" => |a, b, c| f64::from(a).tanh() as f32,
    );
}

#[test]
fn singles_rounded_towards_a_side_bracket_the_exact_value() {
    let below = |exact: f64| {
        let x = exact as f32;
        if f64::from(x) > exact { x.next_down() } else { x }
    };
    let above = |exact: f64| {
        let x = exact as f32;
        if f64::from(x) < exact { x.next_up() } else { x }
    };
    let moderate = || (0..32).map(|i| (i as f32 + 0.3) * 1.234567).collect::<Vec<f32>>();
    check!(moderate(), f32 => f32,
        "add.rm.f32 %d, %a, %b;" => |a, b, c| below(f64::from(a) + f64::from(b)),
        "add.rp.f32 %d, %a, %b;" => |a, b, c| above(f64::from(a) + f64::from(b)),
        "mul.rz.f32 %d, %a, %b;" => |a, b, c| below(f64::from(a) * f64::from(b)),
        "fma.rp.f32 %d, %a, %b, %c;" => |a, b, c| above(f64::from(a) * f64::from(b) + f64::from(c)),
        "div.rm.f32 %d, %a, %b;" => |a, b, c| below(f64::from(a) / f64::from(b)),
        "sqrt.rp.f32 %d, %a;" => |a, b, c| above(f64::from(a).sqrt()),
        "rcp.rz.f32 %d, %a;" => |a, b, c| below(1.0 / f64::from(a)),
    );
}

#[test]
fn doubles_are_rounded_once() {
    check!(doubles(), f64 => f64,
        "add.f64 %d, %a, %b;" => |a, b, c| a + b,
        "fma.rn.f64 %d, %a, %b, %c;" => |a, b, c| a.mul_add(b, c),
        "div.rn.f64 %d, %a, 0d400921FB54442D18;" => |a, b, c| a / std::f64::consts::PI,
        "cvt.rmi.f64.f64 %d, %a;" => |a, b, c| a.floor(),
        "abs.f64 %d, %a;" => |a, b, c| a.abs(),
    );
    check!((0..32).map(|i| f64::from(i) + 0.123_456_789).collect(), f64 => f64,
        "mul.rm.f64 %d, %a, %b;" => |a, b, c| {
            let product = a * b;
            if a.mul_add(b, -product) < 0.0 { product.next_down() } else { product }
        },
    );
}

#[test]
fn the_smaller_of_a_number_and_nan_is_the_number() {
    let values = || (0..32).map(|i| [f32::NAN, 1.0, -0.0, 0.0, -2.0][i % 5]).collect::<Vec<f32>>();
    check!(values(), f32 => u32,
        "min.f32 %d, %a, 0f3F800000;" => |a, b, c| if a.is_nan() { 1f32.to_bits() } else { a.to_bits() },
        "min.f32 %d, %a, 0f00000000;" => |a, b, c| if a.is_nan() || a > 0.0 { 0 } else { a.to_bits() },
        "max.f32 %d, %a, 0f00000000;" => |a, b, c| if a > 0.0 { a.to_bits() } else { 0 },
        "max.NaN.f32 %d, %a, 0f00000000;" => |a, b, c| {
            if a.is_nan() || a > 0.0 { a.to_bits() } else { 0 }
        },
    );
}

#[test]
fn carries_join_words() {
    check!(ints(), u32 => u32,
        "{ .reg .b32 %t; add.cc.u32 %t, %a, %b; addc.u32 %d, %b, %c; }" => |a, b, c| {
            b.wrapping_add(c).wrapping_add(u32::from(a.checked_add(b).is_none()))
        },
        "{ .reg .b32 %t; sub.cc.u32 %t, %a, %b; subc.u32 %d, %b, %c; }" => |a, b, c| {
            b.wrapping_sub(c).wrapping_sub(u32::from(a < b))
        },
        "{ .reg .b32 %t; mad.lo.cc.u32 %t, %a, %b, %c; madc.hi.u32 %d, %a, %b, 0; }" => |a, b, c| {
            ((u64::from(a) * u64::from(b) + u64::from(c)) >> 32) as u32
        },
    );
}

#[test]
fn halves_follow_the_exact_value() {
    check!(floats(), f32 => u32,
        "{ .reg .b16 %h; cvt.rn.bf16.f32 %h, %a; cvt.u32.u16 %d, %h; }" => |a, b, c| {
            let bits = a.to_bits();
            (bits + 0x7fff + (bits >> 16 & 1)) >> 16
        },
        "{ .reg .b16 %h; .reg .f32 %f; cvt.rn.f16.f32 %h, 0f3DCCCCCD; cvt.u32.u16 %d, %h; }" => |a, b, c| 0x2e66,
        "{ .reg .b16 %h; cvt.rn.f16.f32 %h, 0f477FF000; cvt.u32.u16 %d, %h; }" => |a, b, c| 0x7c00,
        "{ .reg .b16 %h; cvt.rz.f16.f32 %h, 0f477FF000; cvt.u32.u16 %d, %h; }" => |a, b, c| 0x7bff,
        "{ .reg .b16 %h; cvt.rn.f16.f32 %h, 0f33800000; cvt.u32.u16 %d, %h; }" => |a, b, c| 1,
        "cvt.rn.bf16x2.f32 %d, 0f3F800000, 0f40000000;" => |a, b, c| 0x3f80_4000,
        "{ .reg .b32 %x; mov.b32 %x, 0x3c004000; fma.rn.f16x2 %d, %x, %x, %x; }" => |a, b, c| 0x4000_4600,
    );
}

#[test]
fn numbers_become_integers() {
    check!(floats(), f32 => u32,
        "cvt.rzi.s32.f32 %d, %a;" => |a, b, c| a as i32 as u32,
        "cvt.rni.s32.f32 %d, %a;" => |a, b, c| a.round_ties_even() as i32 as u32,
        "cvt.rmi.u32.f32 %d, %a;" => |a, b, c| a.floor() as u32,
    );
    check!(ints(), u32 => f32,
        "cvt.rn.f32.s32 %d, %a;" => |a, b, c| a as i32 as f32,
        "cvt.rz.f32.u32 %d, %a;" => |a, b, c| { let x = a as f32; if x as u64 > u64::from(a) { x.next_down() } else { x } },
    );
}

#[test]
fn comparisons_combine() {
    check!(floats(), f32 => u32,
        "{ .reg .pred %q, %r; setp.lt.f32 %q|%r, %a, %b; selp.b32 %d, 1, 0, %r; }" => |a, b, c| u32::from(a >= b),
        "{ .reg .pred %q; setp.gt.and.f32 %q, %a, %b, !%p; selp.b32 %d, 1, 0, %q; }" => |a, b, c| u32::from(a > b),
        "{ .reg .pred %q; setp.nan.f32 %q, %a, 0f7FC00000; selp.b32 %d, 1, 0, %q; }" => |a, b, c| 1,
        "{ .reg .pred %q; setp.ltu.f32 %q, %a, 0f7FC00000; selp.b32 %d, 1, 0, %q; }" => |a, b, c| 1,
        "set.eq.u32.f32 %d, %a, %a;" => |a, b, c| u32::MAX,
        "slct.b32.s32 %d, 7, 9, -1;" => |a, b, c| 9,
    );
}

#[test]
fn an_unknown_instruction_is_named_at_its_line() {
    let fault = run("vset4.u32.u32.eq %r1, %r2, %r3, %r4;", 32).unwrap_err();
    assert_eq!(fault.kind, cuda::Kind::Unsupported);
    assert!(fault.to_string().contains("vset4"), "{fault}");
}
