//! The error function and its complement.

use super::exp::{reduce, scale};
use super::lane::{Lane, at_most, fma, poly, two_prod};

/// erf x = x + x E(x²) below 1, 1 − e^(ln erfc x) above; odd.
#[inline(always)]
pub fn erf<const FMA: bool, T: Lane>(x: T) -> T {
    let a = x.abs();
    let near = fma::<FMA, T>(a, poly::<FMA, T>(a * a, T::ERF), a);
    let (high, middle) = T::ERF_HIGH;
    let (n, r, _) = reduce::<FMA, T>(poly::<FMA, T>(at_most(a, high) - middle, T::LN_ERFC));
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
    let flat = fma::<FMA, T>(v, poly::<FMA, T>(v - T::one(), T::ERFC), T::one());
    let g = flat / fma::<FMA, T>(T::lit(2.0), a, T::one());
    let (square, square_err) = two_prod::<FMA, T>(a, a);
    let (n, r, c) = reduce::<FMA, T>(-square);
    let e = r + fma::<FMA, T>(r * r, poly::<FMA, T>(r, T::EXP), c - square_err);
    let y = scale(fma::<FMA, T>(g, e, g), n);
    if x < T::zero() { T::lit(2.0) - y } else { y }
}
