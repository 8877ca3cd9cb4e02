//! Four and eight f64 side by side, with the few functions that row formulas are made of.
//!
//! Loops over plain arrays become vector code only as long as the compiler sees through them; the formulas of curved
//! spaces are too long for that (measured: not a single vector division in them). So here, and only here, the vector
//! instructions are named. On x86-64 a [`F64x4`] is an AVX2 register, elsewhere an array.
//!
//! Invariant: code that makes or uses them runs inside [`Fused::run`](super::Fused::run), hence on a machine that has
//! these instructions. This is what makes every `unsafe` block below sound.

use super::Kernel;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Eight f64: a number of each of eight rows.
#[derive(Clone, Copy, Debug)]
pub struct F64x8([quad::Quad; 2]);

/// Four f64: coordinates of a row. Half as many registers as eight, of which there are sixteen.
#[derive(Clone, Copy, Debug)]
pub struct F64x4(quad::Quad);

impl F64x8 {
    /// Everywhere `x`.
    #[inline(always)]
    pub fn splat(x: f64) -> Self {
        let q = quad::splat(x);
        F64x8([q, q])
    }

    /// From an array.
    #[inline(always)]
    pub fn from_array(x: [f64; 8]) -> Self {
        F64x8([quad::load([x[0], x[1], x[2], x[3]]), quad::load([x[4], x[5], x[6], x[7]])])
    }

    /// As an array.
    #[inline(always)]
    pub fn to_array(self) -> [f64; 8] {
        let ([a, b, c, d], [e, f, g, h]) = (quad::store(self.0[0]), quad::store(self.0[1]));
        [a, b, c, d, e, f, g, h]
    }

    /// From eight f32.
    #[inline(always)]
    pub fn widen(&[a, b, c, d, e, f, g, h]: &[f32; 8]) -> Self {
        F64x8([quad::widen(&[a, b, c, d]), quad::widen(&[e, f, g, h])])
    }

    /// As eight f32, rounded to nearest.
    #[inline(always)]
    pub fn narrow(self, [a, b, c, d, e, f, g, h]: &mut [f32; 8]) {
        let (mut low, mut high) = ([0.0; 4], [0.0; 4]);
        quad::narrow(self.0[0], &mut low);
        quad::narrow(self.0[1], &mut high);
        ([*a, *b, *c, *d], [*e, *f, *g, *h]) = (low, high);
    }

    /// The sum of each of eight vectors, as one vector.
    #[inline(always)]
    pub fn sums(r: &[F64x4; 8]) -> Self {
        F64x8([quad::sums([r[0].0, r[1].0, r[2].0, r[3].0]), quad::sums([r[4].0, r[5].0, r[6].0, r[7].0])])
    }

    /// Whether all eight are at most `limit` (a NaN is not).
    #[inline(always)]
    pub fn all_at_most(self, limit: f64) -> bool {
        quad::all_at_most(self.0[0], limit) && quad::all_at_most(self.0[1], limit)
    }
}

impl F64x4 {
    /// Everywhere `x`.
    #[inline(always)]
    pub fn splat(x: f64) -> Self {
        F64x4(quad::splat(x))
    }

    /// From an array.
    #[inline(always)]
    pub fn from_array(x: [f64; 4]) -> Self {
        F64x4(quad::load(x))
    }

    /// As an array.
    #[inline(always)]
    pub fn to_array(self) -> [f64; 4] {
        quad::store(self.0)
    }

    /// From four f32.
    #[inline(always)]
    pub fn widen(x: &[f32; 4]) -> Self {
        F64x4(quad::widen(x))
    }

    /// As four f32, rounded to nearest.
    // Straight to where they belong: by way of an array, two stores and one load would stall.
    #[inline(always)]
    pub fn narrow(self, to: &mut [f32; 4]) {
        quad::narrow(self.0, to);
    }
}

/// What both have: functions of `quad`, quad by quad.
macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($a:ident),*);)*) => {
        impl F64x8 { $(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name(self $(, $a: Self)*) -> Self {
                F64x8(pair::$name(self.0 $(, $a.0)*))
            }
        )* }
        impl F64x4 { $(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name(self $(, $a: Self)*) -> Self {
                F64x4(quad::$name(self.0 $(, $a.0)*))
            }
        )* }
    };
}
functions! {
    /// self·a + b, rounded once.
    mul_add(a, b);
    /// √x.
    sqrt();
    /// eˣ, to about one ulp.
    exp();
    /// ln x of positive numbers, to about one ulp; NaN and ∞ stay.
    ln();
    /// `a` where self < limit, else `b`.
    select_below(limit, a, b);
}

/// Runs a function of such vectors out of line.
#[inline(always)]
pub fn out_of_line<K: Kernel>(k: K) -> K::Output {
    // SAFETY: the invariant of the module.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        super::avx2(k)
    }
    #[cfg(not(target_arch = "x86_64"))]
    k.run::<true>()
}

/// The operators with a vector, and by `$by` with one number, which `$of` is made of.
macro_rules! operators {
    ($($op:ident $method:ident, $by:ident($o:ident) = $of:expr;)*) => { $(
        impl $op for F64x8 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self {
                F64x8(pair::$method(self.0, o.0))
            }
        }
        impl $op for F64x4 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self {
                F64x4(quad::$method(self.0, o.0))
            }
        }
        impl $op<f64> for F64x8 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, $o: f64) -> Self {
                self.$by(F64x8::splat($of))
            }
        }
        impl $op<f64> for F64x4 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, $o: f64) -> Self {
                self.$by(F64x4::splat($of))
            }
        }
    )* };
}
operators! {
    Add add, add(o) = o;
    Sub sub, sub(o) = o;
    Mul mul, mul(o) = o;
    // A vector division takes as long as ten products; one more rounding in f64 does not matter to f32.
    Div div, mul(o) = 1.0 / o;
}

impl Neg for F64x8 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        F64x8([quad::neg(self.0[0]), quad::neg(self.0[1])])
    }
}

impl Neg for F64x4 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        F64x4(quad::neg(self.0))
    }
}

/// Functions of quads on two of them, as one call each. Closures that hold the formulas of a row function are inlined into
/// vector code only while they are cheap enough in the compiler's eyes, and before that each of these is a call.
mod pair {
    use super::quad::{self, Quad};

    macro_rules! pairs {
        ($($name:ident($a:ident $(, $b:ident)*);)*) => { $(
            #[inline(always)]
            pub fn $name($a: [Quad; 2] $(, $b: [Quad; 2])*) -> [Quad; 2] {
                #[inline]
                #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
                fn each($a: [Quad; 2] $(, $b: [Quad; 2])*) -> [Quad; 2] {
                    [quad::$name($a[0] $(, $b[0])*), quad::$name($a[1] $(, $b[1])*)]
                }
                // SAFETY: the invariant of the module.
                #[allow(unused_unsafe)]
                unsafe {
                    each($a $(, $b)*)
                }
            }
        )* };
    }
    pairs! {
        add(a, b);
        sub(a, b);
        mul(a, b);
        div(a, b);
        mul_add(a, b, c);
        sqrt(a);
        exp(a);
        ln(a);
        select_below(x, limit, a, b);
    }
}

/// Four f64 in an AVX2 register.
#[cfg(target_arch = "x86_64")]
mod quad {
    use crate::backend::cpu::vmath::{Lane, SQRT_HALF};
    use std::arch::x86_64::*;

    pub type Quad = __m256d;

    /// Names for intrinsics; the module's invariant holds for each.
    macro_rules! intrinsics {
        ($($name:ident($($a:ident: $t:ty),*) -> $r:ty = $body:expr;)*) => { $(
            #[inline(always)]
            pub fn $name($($a: $t),*) -> $r {
                // SAFETY: the invariant of the module.
                unsafe { $body }
            }
        )* };
    }
    intrinsics! {
        splat(x: f64) -> Quad = _mm256_set1_pd(x);
        load(x: [f64; 4]) -> Quad = _mm256_loadu_pd(x.as_ptr());
        add(a: Quad, b: Quad) -> Quad = _mm256_add_pd(a, b);
        sub(a: Quad, b: Quad) -> Quad = _mm256_sub_pd(a, b);
        mul(a: Quad, b: Quad) -> Quad = _mm256_mul_pd(a, b);
        div(a: Quad, b: Quad) -> Quad = _mm256_div_pd(a, b);
        neg(a: Quad) -> Quad = _mm256_xor_pd(a, _mm256_set1_pd(-0.0));
        sqrt(a: Quad) -> Quad = _mm256_sqrt_pd(a);
        mul_add(a: Quad, b: Quad, c: Quad) -> Quad = _mm256_fmadd_pd(a, b, c);
        // The second operand is what a NaN in either gives.
        min(a: Quad, b: Quad) -> Quad = _mm256_min_pd(a, b);
        max(a: Quad, b: Quad) -> Quad = _mm256_max_pd(a, b);
        select_below(x: Quad, limit: Quad, a: Quad, b: Quad) -> Quad =
            _mm256_blendv_pd(b, a, _mm256_cmp_pd::<_CMP_LT_OQ>(x, limit));
        select_finite(x: Quad, a: Quad, b: Quad) -> Quad =
            _mm256_blendv_pd(b, a, _mm256_cmp_pd::<_CMP_LT_OQ>(x, _mm256_set1_pd(f64::INFINITY)));
        all_at_most(x: Quad, limit: f64) -> bool =
            _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_LE_OQ>(x, _mm256_set1_pd(limit))) == 0b1111;
        sums(r: [Quad; 4]) -> Quad = {
            let (ab, cd) = (_mm256_hadd_pd(r[0], r[1]), _mm256_hadd_pd(r[2], r[3]));
            let crossed = _mm256_permute2f128_pd::<0x21>(ab, cd);
            _mm256_add_pd(_mm256_blend_pd::<0b1100>(ab, cd), crossed)
        };
        shift_into_exponent(x: Quad) -> Quad =
            _mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_castpd_si256(x)));
        // (k, m) with x = 2^k m and m in [√½, √2): see `Lane::split_exponent`.
        split_exponent(x: Quad) -> (Quad, Quad) = {
            let int = |v: u64| _mm256_set1_epi64x(v as i64);
            let bits = _mm256_add_epi64(_mm256_castpd_si256(x), int(1.0f64.to_bits() - SQRT_HALF));
            let k = _mm256_or_si256(_mm256_srli_epi64::<52>(bits), int(0x4330_0000_0000_0000));
            let k = _mm256_sub_pd(_mm256_castsi256_pd(k), _mm256_set1_pd(4_503_599_627_370_496.0 + 1023.0));
            let m = _mm256_add_epi64(_mm256_and_si256(bits, int(0x000f_ffff_ffff_ffff)), int(SQRT_HALF));
            (k, _mm256_castsi256_pd(m))
        };
    }

    #[inline(always)]
    pub fn store(a: Quad) -> [f64; 4] {
        let mut out = [0.0; 4];
        // SAFETY: the invariant of the module; `out` has room for four.
        unsafe { _mm256_storeu_pd(out.as_mut_ptr(), a) };
        out
    }

    #[inline(always)]
    pub fn widen(x: &[f32; 4]) -> Quad {
        // SAFETY: as above; there are four.
        unsafe { _mm256_cvtps_pd(_mm_loadu_ps(x.as_ptr())) }
    }

    #[inline(always)]
    pub fn narrow(a: Quad, to: &mut [f32; 4]) {
        // SAFETY: as above; there is room for four.
        unsafe { _mm_storeu_ps(to.as_mut_ptr(), _mm256_cvtpd_ps(a)) };
    }

    #[inline(always)]
    fn poly(x: Quad, c: &[f64]) -> Quad {
        let mut p = splat(c[c.len() - 1]);
        for &c in c[..c.len() - 1].iter().rev() {
            p = mul_add(p, x, splat(c));
        }
        p
    }

    /// The method of `vmath::exp`: x = k ln 2 + r, a polynomial in r, and 2^k in two factors since k may be out of range.
    #[inline(always)]
    pub fn exp(x: Quad) -> Quad {
        let x = max(splat(-746.0), min(splat(710.0), x));
        let round = splat(f64::ROUND);
        let k = sub(mul_add(x, splat(f64::LOG2_E), round), round);
        let r = mul_add(k, splat(-f64::LN2.1), mul_add(k, splat(-f64::LN2.0), x));
        let e = add(mul_add(mul(r, r), poly(r, f64::EXP), r), splat(1.0));
        let a = sub(add(mul(k, splat(0.5)), round), round);
        let pow2 = |n: Quad| shift_into_exponent(add(n, splat(f64::ROUND_BIASED)));
        mul(mul(e, pow2(a)), pow2(sub(k, a)))
    }

    /// The method of `vmath::log`: x = 2^k (1 + f), and 2 atanh s of s = f/(2 + f).
    #[inline(always)]
    pub fn ln(x: Quad) -> Quad {
        let (k, m) = split_exponent(x);
        let f = sub(m, splat(1.0));
        let s = div(f, add(splat(2.0), f));
        let z = mul(s, s);
        let half = mul(splat(0.5), mul(f, f));
        let low = mul_add(k, splat(f64::LN2.1), mul(s, mul_add(z, poly(z, f64::LN), half)));
        let y = mul_add(k, splat(f64::LN2.0), sub(f, sub(half, low)));
        select_finite(x, y, x)
    }
}

/// Four f64 in an array.
#[cfg(not(target_arch = "x86_64"))]
mod quad {
    use crate::backend::cpu::vmath::VectorMath;

    pub type Quad = [f64; 4];

    macro_rules! by_number {
        ($($name:ident($a:ident, $b:ident) = $body:expr;)*) => { $(
            #[inline(always)]
            pub fn $name(x: Quad, y: Quad) -> Quad {
                let f = |$a: f64, $b: f64| $body;
                [f(x[0], y[0]), f(x[1], y[1]), f(x[2], y[2]), f(x[3], y[3])]
            }
        )* };
    }
    #[inline(always)]
    pub fn mul_add(x: Quad, y: Quad, z: Quad) -> Quad {
        [x[0].mul_add(y[0], z[0]), x[1].mul_add(y[1], z[1]), x[2].mul_add(y[2], z[2]), x[3].mul_add(y[3], z[3])]
    }
    by_number! {
        add(a, b) = a + b;
        sub(a, b) = a - b;
        mul(a, b) = a * b;
        div(a, b) = a / b;
    }

    macro_rules! of_one {
        ($($name:ident($a:ident) = $body:expr;)*) => { $(
            #[inline(always)]
            pub fn $name(x: Quad) -> Quad {
                let f = |$a: f64| $body;
                [f(x[0]), f(x[1]), f(x[2]), f(x[3])]
            }
        )* };
    }
    of_one! {
        neg(a) = -a;
        sqrt(a) = a.sqrt();
        exp(a) = a.v_exp::<true>();
        ln(a) = a.v_ln::<true>();
        load(a) = a;
        store(a) = a;
    }

    #[inline(always)]
    pub fn splat(x: f64) -> Quad {
        [x; 4]
    }

    #[inline(always)]
    pub fn widen(x: &[f32; 4]) -> Quad {
        [x[0].into(), x[1].into(), x[2].into(), x[3].into()]
    }

    #[inline(always)]
    pub fn narrow(x: Quad, to: &mut [f32; 4]) {
        to.iter_mut().zip(x).for_each(|(to, x)| *to = x as f32);
    }

    #[inline(always)]
    pub fn all_at_most(x: Quad, limit: f64) -> bool {
        x.iter().all(|&x| x <= limit)
    }

    #[inline(always)]
    pub fn sums(r: [Quad; 4]) -> Quad {
        let sum = |q: Quad| (q[0] + q[1]) + (q[2] + q[3]);
        [sum(r[0]), sum(r[1]), sum(r[2]), sum(r[3])]
    }

    #[inline(always)]
    pub fn select_below(x: Quad, limit: Quad, a: Quad, b: Quad) -> Quad {
        let mut out = b;
        for i in 0..4 {
            if x[i] < limit[i] {
                out[i] = a[i];
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fused;
    use super::*;

    struct Check<F>(F);
    impl<F: FnOnce()> Kernel for Check<F> {
        type Output = ();
        fn run<const FMA: bool>(self) {
            (self.0)()
        }
    }

    /// Runs a check where the machine has the instructions.
    fn check(f: impl FnOnce()) {
        if let Some(fused) = Fused::available() {
            fused.run(Check(f));
        }
    }

    #[test]
    fn functions_agree_with_the_standard_library() {
        check(|| {
            for i in 0..40_000 {
                let x: [f64; 8] = std::array::from_fn(|j| (i * 8 + j) as f64 * 0.0047 - 750.0);
                let (e, l) =
                    (F64x8::from_array(x).exp().to_array(), F64x8::from_array(x.map(f64::exp)).ln().to_array());
                for j in 0..8 {
                    let want = x[j].exp();
                    assert!(
                        e[j] == want || (e[j] - want).abs() <= 3e-16 * want + 5e-324,
                        "exp {}: {} {want}",
                        x[j],
                        e[j]
                    );
                    if want.is_normal() {
                        assert!((l[j] - want.ln()).abs() <= 3e-16 * want.ln().abs(), "ln {want}: {}", l[j]);
                    }
                }
            }
            let odd = F64x8::from_array([f64::NAN, f64::INFINITY, 1.0, f64::MAX, 800.0, -800.0, 1e-300, 0.5]);
            let (e, l) = (odd.exp().to_array(), odd.ln().to_array());
            assert!(e[0].is_nan() && l[0].is_nan());
            assert_eq!((e[1], l[1], l[2], e[4], e[5]), (f64::INFINITY, f64::INFINITY, 0.0, f64::INFINITY, 0.0));
        });
    }

    #[test]
    fn sums_and_selections() {
        check(|| {
            let rows: [F64x4; 8] =
                std::array::from_fn(|r| F64x4::from_array(std::array::from_fn(|i| (10 * r + i) as f64)));
            let want: [f64; 8] = std::array::from_fn(|r| (40 * r + 6) as f64);
            let sums = F64x8::sums(&rows);
            assert_eq!(sums.to_array(), want);
            let x = F64x8::from_array([-1.0, 0.0, 1.0, 2.0, f64::NAN, 5.0, -3.0, 1.0]);
            let picked = x.select_below(F64x8::splat(1.0), F64x8::splat(7.0), F64x8::splat(8.0));
            assert!(!x.all_at_most(9.0) && sums.all_at_most(286.0) && !sums.all_at_most(285.9));
            assert_eq!(picked.to_array(), [7.0, 7.0, 8.0, 8.0, 8.0, 8.0, 7.0, 8.0]);
            for f in [[0.1f32, -2.5, 3e38, 1e-40], [0.0, -0.0, 7.0, 1.0]] {
                let mut back = [0.0; 4];
                F64x4::widen(&f).narrow(&mut back);
                assert_eq!(back.map(f32::to_bits), f.map(f32::to_bits));
            }
        });
    }
}
