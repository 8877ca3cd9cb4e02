//! The standard normal distribution: Φ and φ together, which share their exponential.

use crate::backend::cpu::vmath::VectorMath;
use crate::dtype::DType;

/// 1/√(2π).
pub(super) const DENSITY: f64 = 0.398_942_280_401_432_7;

/// Φ(x) and φ(x), without cancellation in the left tail.
///
/// f64 takes them from erfc and exp. f32 has a form of its own with one exponential and one division:
/// Φ(−a) = e^(−a²/2) t Q(t) with t = 1/(1 + c a), Q fitted for the smallest relative error (2.5e-8) on 0 ≤ a ≤ 13.2,
/// beyond which both functions are below the normal numbers and are given as 0.
#[inline(always)]
pub(super) fn normal<T: VectorMath, const FMA: bool>(x: T) -> (T, T) {
    if T::DTYPE != DType::F32 {
        let cdf = T::lit(0.5) * (-x * T::lit(std::f64::consts::FRAC_1_SQRT_2)).v_erfc::<FMA>();
        return (cdf, (T::lit(-0.5) * x * x).v_exp::<FMA>() * T::lit(DENSITY));
    }
    let (a, end) = (x.abs(), T::lit(13.2));
    let b = if a > end { end } else { a };
    let e = exp_half_square::<T, FMA>(b);
    let e = if a > end { T::zero() } else { e };
    let t = T::one() / b.v_fma::<FMA>(T::lit(0.34), T::one());
    let tail = e * (t * poly::<T, FMA>(t, &Q));
    let cdf = if x < T::zero() { tail } else { T::one() - tail };
    (cdf, e * T::lit(DENSITY))
}

/// From the lowest power.
const Q: [f64; 9] =
    [0.13561885, 0.13614239, 0.11496748, 0.11631446, -0.04708538, 0.20577879, -0.2764153, 0.14115073, -0.02647203];

#[inline(always)]
fn poly<T: VectorMath, const FMA: bool>(x: T, c: &[f64]) -> T {
    c.iter().rev().fold(T::zero(), |p, &c| p.v_fma::<FMA>(x, T::lit(c)))
}

/// e^(−a²/2) where it is a normal number. With fused multiply-add a² is never rounded.
#[inline(always)]
fn exp_half_square<T: VectorMath, const FMA: bool>(a: T) -> T {
    let half = T::lit(-0.5) * a;
    // −a²/2 = n ln 2 + r (Cody & Waite 1980)
    let n = (half * a).v_fma::<FMA>(T::LOG2_E, T::ROUND) - T::ROUND;
    let r = half.v_fma::<FMA>(a, n * -T::LN2.0);
    let r = n.v_fma::<FMA>(-T::LN2.1, r);
    let q = T::EXP.iter().rev().fold(T::zero(), |p, &c| p.v_fma::<FMA>(r, c));
    (T::one() + (r * r).v_fma::<FMA>(q, r)) * n.pow2()
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn single_precision_keeps_its_digits_in_the_tail() {
        for i in -1319..1320 {
            let x = i as f32 * 0.01;
            let (cdf, pdf) = normal::<f32, true>(x);
            let (exact_cdf, exact_pdf) = normal::<f64, true>(f64::from(x));
            for (got, exact) in [(cdf, exact_cdf), (pdf, exact_pdf)] {
                // The tail's product is subnormal at the very end.
                let allowed = 5e-7 * exact + 1e-42;
                assert!((f64::from(got) - exact).abs() <= allowed, "at {x}: {got:e}, exactly {exact:e}");
            }
        }
        assert_eq!(normal::<f32, true>(f32::NEG_INFINITY), (0.0, 0.0));
        assert!(normal::<f32, true>(f32::NAN).0.is_nan());
    }
}
