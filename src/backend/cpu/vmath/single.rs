//! The constants of the single-precision functions.

use super::lane::Lane;

/// Bits of √½, the least m of [`Lane::split_exponent`].
const SQRT_HALF: u32 = 0x3f35_04f3;

impl Lane for f32 {
    const ROUND: f32 = 12_582_912.0;
    const ROUND_BIASED: f32 = Self::ROUND + 127.0;
    const SPLIT: f32 = 4097.0;
    const LIFT: (f32, f32) = (33_554_432.0, 25.0);
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN2: (f32, f32) = (0.693_145_75, 1.428_606_8e-6);
    const EXP_RANGE: (f32, f32) = (-104.0, 89.0);
    const EXPM1_LOW: f32 = -20.0;
    const TANH_HIGH: f32 = 10.0;
    const BIG_EXPONENT: f32 = 100.0;
    const SQUARE_SWALLOWS_ONE: f32 = 16_384.0;
    const ERF_HIGH: f32 = 4.0;
    const ERFC_HIGH: f32 = 10.5;

    const EXP: &'static [Self] = &[0.49999997, 0.16666543, 0.0416672, 0.00836658, 0.001388251];
    const SINH: &'static [Self] = &[0.16666667, 0.008333289, 0.00019905076];
    const COSH: &'static [Self] = &[0.5, 0.041666266, 0.0013946333];
    const LN: &'static [Self] = &[0.66666776, 0.3997745, 0.29874417];
    const ERF: &'static [Self] =
        &[0.12837917, -0.37612626, 0.112835854, -0.026853811, 0.0051883277, -0.0008010193, 7.853859e-05];
    const LN_ERFC: &'static [Self] =
        &[-1.8496056, -2.6389668, -0.8431176, -0.041503496, 0.009895453, -0.0018293746, 0.00018637614];
    const ERFC: &'static [Self] = &[
        0.23299514,
        -0.37261617,
        0.38799334,
        -0.31990176,
        0.2189118,
        -0.12507156,
        0.058458857,
        -0.022089249,
        0.006064772,
        0.0008591322,
    ];

    #[inline(always)]
    fn lit(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn shift_into_exponent(self) -> f32 {
        f32::from_bits(self.to_bits() << 23)
    }
    #[inline(always)]
    fn split_exponent(self) -> (f32, f32) {
        let b = self.to_bits().wrapping_add(1.0_f32.to_bits() - SQRT_HALF);
        // The exponent becomes the last bits of 2^23 + exponent.
        let k = f32::from_bits((b >> 23) | 0x4b00_0000) - (8_388_608.0 + 127.0);
        (k, f32::from_bits((b & 0x007f_ffff) + SQRT_HALF))
    }
}
