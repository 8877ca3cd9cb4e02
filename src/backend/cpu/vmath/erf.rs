//! The error function and its complement.

use super::exp::{reduce, scale};
use super::lane::{Lane, at_most, fma, poly, two_prod, two_sum};

/// erf x = x + x E(x²) below 1, 1 − e^(ln erfc x) above; odd.
#[inline(always)]
pub fn erf<const FMA: bool, T: Lane>(x: T) -> T {
    let a = x.abs();
    let near = fma::<FMA, T>(a, poly::<FMA, T>(a * a, T::ERF), a);
    let (n, r, _) = reduce::<FMA, T>(poly::<FMA, T>(at_most(a, T::ERF_HIGH) - T::one(), T::LN_ERFC));
    let p = T::one() + fma::<FMA, T>(r * r, poly::<FMA, T>(r, T::EXP), r);
    let far = fma::<FMA, T>(-p, n.pow2(), T::one());
    (if a < T::one() { near } else { far }).copysign(x)
}

/// erfc x = e^(−x²) F(x) / (1 + 2x) for x ≥ 0, F being nearly flat (Shepherd & Laframboise 1981); erfc(−x) = 2 − erfc x.
///
/// x² is taken exactly: its rounding error would be an absolute error of the exponent.
#[inline(always)]
pub fn erfc<const FMA: bool, T: Lane>(x: T) -> T {
    let a = at_most(x.abs(), T::ERFC_HIGH);
    let v = (a + a) / (a + T::lit(4.0));
    let rise = v * poly::<FMA, T>(v - T::one(), T::ERFC);
    let flat = T::one() + rise;
    let flat_err = (T::one() - flat) + rise;
    // g + g_err = (flat + flat_err) / (d + d_err)
    let (d, d_err) = two_sum(T::one(), a + a);
    let inverse = T::one() / d;
    let g = flat * inverse;
    let (back, back_err) = two_prod::<FMA, T>(g, d);
    let g_err = (((flat - back) - back_err) + fma::<FMA, T>(-g, d_err, flat_err)) * inverse;
    let (square, square_err) = two_prod::<FMA, T>(a, a);
    let (n, r, c) = reduce::<FMA, T>(-square);
    let (r, c) = two_sum(r, c - square_err);
    let e = r + fma::<FMA, T>(r * r, poly::<FMA, T>(r, T::EXP), c);
    let y = scale::<FMA, T>(g + fma::<FMA, T>(g, e, g_err), n);
    if x < T::zero() { T::lit(2.0) - y } else { y }
}
