//! Sine and cosine, for both widths computed in f64.
//!
//! The vector core reduces arguments up to [`NEAR`] and gives NaN beyond; the slice functions of [`super`] then
//! compute those rare lanes with [`far`], which reduces any argument exactly.

use super::lane::{Lane, fma, poly, two_prod, two_sum};
use std::f64::consts::FRAC_2_PI;

/// The largest argument that the vector core reduces: below it x · 2/π fits the 20 bits that [`PIO2`] leaves free.
pub const NEAR: f64 = 1_048_576.0;

/// π/2 in four parts; the first three have 33 bits, so their products with integers below 2^20 are exact.
const PIO2: [f64; 4] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32];

/// (sin r − r) / r³ in r² and (cos r − 1 + r²/2) / r⁴ in r², |r| ≤ π/4, for f64 (`WIDE`) or f32 results.
const SIN: &[f64] = &[
    -0.16666666666666632,
    0.008333333333322316,
    -0.000198412698297253,
    2.7557313662085075e-06,
    -2.5050753268556588e-08,
    1.5896505174950777e-10,
];
const COS: &[f64] = &[
    0.0416666666666666,
    -0.001388888888887399,
    2.4801587289394957e-05,
    -2.7557314326037787e-07,
    2.0875719559560357e-09,
    -1.1359448720946275e-11,
];
const SIN_SHORT: &[f64] =
    &[-0.16666666641426006, 0.008333329362222886, -0.00019839327120306776, 2.7182371413042877e-06];
const COS_SHORT: &[f64] = &[0.04166664675208777, -0.001388736165719088, 2.4437751897690272e-05];

/// sin(x + turn π/2) for |x| ≤ [`NEAR`], NaN beyond. `WIDE`: to f64's accuracy, else to f32's.
#[inline(always)]
pub fn near<const FMA: bool, const WIDE: bool>(x: f64, turn: u64) -> f64 {
    let t = fma::<FMA, f64>(x, FRAC_2_PI, f64::ROUND);
    let k = t - f64::ROUND;
    // x − k π/2, subtracting the parts in turn (Cody & Waite).
    let r = x - k * PIO2[0];
    let (high, low) = if WIDE {
        let (a, a_err) = two_sum(r, -k * PIO2[1]);
        let (b, b_err) = two_sum(a, -k * PIO2[2]);
        two_sum(b, fma::<FMA, f64>(-k, PIO2[3], a_err + b_err))
    } else {
        (r - k * PIO2[1] - k * PIO2[2], 0.0)
    };
    let y = quarter::<FMA, WIDE>(high, low, t.to_bits().wrapping_add(turn));
    let y = if x == 0.0 && turn == 0 { x } else { y };
    if x.abs() <= NEAR { y } else { f64::NAN }
}

/// sin(high + low + quadrant π/2), |high| ≤ π/4 (FreeBSD msun `k_sin.c`, `k_cos.c`).
#[inline(always)]
fn quarter<const FMA: bool, const WIDE: bool>(high: f64, low: f64, quadrant: u64) -> f64 {
    let (s, c) = if WIDE { (SIN, COS) } else { (SIN_SHORT, COS_SHORT) };
    let y = high * high;
    let half = 0.5 * y;
    let near_one = 1.0 - half;
    let sin = high + fma::<FMA, f64>(high * y, poly::<FMA, f64>(y, s), low * near_one);
    let tail = fma::<FMA, f64>(y * y, poly::<FMA, f64>(y, c), -(high * low));
    let cos = near_one + ((1.0 - near_one - half) + tail);
    let value = if quadrant & 1 == 0 { sin } else { cos };
    f64::from_bits(value.to_bits() ^ ((quadrant & 2) << 62))
}

/// sin(x + turn π/2) for any x; slow.
#[cold]
pub fn far<const WIDE: bool>(x: f64, turn: u64) -> f64 {
    if x.abs() <= NEAR {
        return near::<true, WIDE>(x, turn);
    }
    if !x.is_finite() {
        return f64::NAN;
    }
    let (quadrant, high, low) = reduce_far(x.abs());
    // sin is odd, cos even: −x turns the quadrant and the rest around.
    if x > 0.0 {
        quarter::<true, WIDE>(high, low, quadrant.wrapping_add(turn))
    } else {
        quarter::<true, WIDE>(-high, -low, turn.wrapping_sub(quadrant))
    }
}

/// The first 1216 bits of 2/π after 64 zeros.
const TWO_OVER_PI: [u64; 20] = [
    0x0000_0000_0000_0000,
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
];

/// `(quadrant, high, low)` with x = (quadrant + 4 i) π/2 + high + low, for x > [`NEAR`] (Payne & Hanek 1983).
///
/// x = m 2^e with an integer m. Of 2/π only 192 bits matter: those before them make multiples of 4, those after them
/// less than 2^−137.
fn reduce_far(x: f64) -> (u64, f64, f64) {
    let bits = x.to_bits();
    let m = (bits & 0x000f_ffff_ffff_ffff) | 0x0010_0000_0000_0000;
    let e = (bits >> 52) as usize + 62 - 1075; // the window's first bit, which weighs 2 in 2^e · 2/π
    let (word, shift) = (e / 64, e % 64);
    let window = |i: usize| {
        let pair = u128::from(TWO_OVER_PI[word + i]) << 64 | u128::from(TWO_OVER_PI[word + i + 1]);
        (pair << shift >> 64) as u64
    };
    // m · window modulo 2^192, as (head, tail) of 64 and 128 bits.
    let m = u128::from(m);
    let low = m * u128::from(window(2));
    let middle = m * u128::from(window(1)) + (low >> 64);
    let head = (m * u128::from(window(0)) + (middle >> 64)) as u64;
    let tail = u128::from(middle as u64) << 64 | u128::from(low as u64);
    // Two bits of quadrant, 190 of fraction; a fraction of at least ½ belongs to the next quadrant, negative.
    let (mut quadrant, mut top, mut rest) = (head >> 62, head << 2 | (tail >> 126) as u64, tail << 2);
    let negative = top >> 63 == 1;
    if negative {
        quadrant += 1;
        let (negated, borrow) = rest.overflowing_neg();
        rest = negated;
        top = (!top).wrapping_add(u64::from(!borrow));
    }
    // The fraction as 2^-lead times 128 bits of which the first is 1; 53 of them make `high`, the next 53 `low`.
    let lead = top.leading_zeros();
    let fraction = u128::from(top) << 64 << lead | (rest >> 64 << lead) | u128::from(rest as u64) >> (64 - lead);
    let unit = f64::from_bits(u64::from(1023 - 53 - lead) << 52); // 2^-(53 + lead)
    let high = (fraction >> 75) as f64 * unit;
    let low = (fraction << 53 >> 75) as f64 * unit * f64::EPSILON / 2.0;
    let (p, p_err) = two_prod::<true, f64>(high, std::f64::consts::FRAC_PI_2);
    let (high, low) = two_sum(p, p_err + high * 6.123233995736766e-17 + low * std::f64::consts::FRAC_PI_2);
    if negative { (quadrant, -high, -low) } else { (quadrant, high, low) }
}
