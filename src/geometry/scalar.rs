//! The few functions of one variable that hyperbolic formulas are made of, each with its derivative, smooth at zero.
//!
//! They take squares (n², sinh²(d/2)) rather than lengths: then there is no square root to differentiate at zero. Below
//! [`SMALL`] they are power series; the tests look at both sides of the switch.
//!
//! A square may be negative: then a length is imaginary, sinh is sin, and the formulas of hyperbolic space are those of
//! the sphere, joined without a seam by the series. Number types that are [`Wide::SIGNED`] take such arguments.

use super::wide::{Function, Parts, Wide, either};

/// Where the series take over.
pub const SMALL: f64 = 1.0 / 64.0;

/// The numbers of a function, by the names of its fields.
macro_rules! parts {
    ($name:ident: $($field:ident),*) => {
        impl<W: Wide> Parts<W> for $name<W> {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];
            fn map(self, mut f: impl FnMut(W) -> W) -> Self {
                $name { $($field: f(self.$field)),* }
            }
        }
    };
}
parts!(Ratio: f, df, dhf);
parts!(Sinhc: c, s, ds, versine);
parts!(Tanhc: tau, dtau, square, sech2, co);

/// θ/2 from −sin²(θ/2) and cos²(θ/2).
#[inline(always)]
fn angle<W: Wide>(h: W, h1: W) -> W {
    (-h).sqrt().atan2(h1.sqrt())
}

/// d/sinh d and its relatives as functions of h = sinh²(d/2), where d is a distance on the unit hyperboloid; θ/sin θ
/// with h = −sin²(θ/2) on the unit sphere.
#[derive(Clone, Copy, Debug)]
pub struct Ratio<W> {
    /// F(h) = d/sinh d = asinh(√h)/√(h(1+h)); F(0) = 1. At the antipode, h = −1, it has a pole; there 0 stands for it.
    pub f: W,
    /// F′(h).
    pub df: W,
    /// (hF)′ = F + hF′ = (1+F)/(2(1+h)).
    pub dhf: W,
}

/// F, F′ and (hF)′ at h = sinh²(d/2) ≥ 0.
#[inline(always)]
pub fn ratio<W: Wide>(h: W) -> Ratio<W> {
    h.apply::<RatioOf>()
}

/// [`ratio`] at h ≥ −1 with 1 + h = cosh²(d/2) beside it, of which the sum would leave nothing near the antipode.
#[inline(always)]
pub fn ratio_of<W: Wide>(h: W, h1: W) -> Ratio<W> {
    if !W::SIGNED {
        return ratio(h);
    }
    let [f, df, dhf] = either!(
        h < -SMALL,
        {
            let f = angle(h, h1) / (-(h * h1)).sqrt();
            let df = (W::of(1.0) - f * (h * 2.0 + 1.0)) / (h * h1 * 2.0);
            let dhf = (f + 1.0) / (h1 * 2.0);
            [f.unless_zero(h1), df.unless_zero(h1), dhf.unless_zero(h1)]
        },
        {
            let r = ratio(h);
            [r.f, r.df, r.dhf]
        }
    );
    Ratio { f, df, dhf }
}

struct RatioOf;
impl<W: Wide> Function<W> for RatioOf {
    type Output = Ratio<W>;
    #[inline(always)]
    fn at(h: W) -> Ratio<W> {
        let [f, df] = either!(h < SMALL, ratio_series(h), {
            let f = asinh_sqrt_large(h) / sinh_half(h);
            [f, (W::of(1.0) - f * (h * 2.0 + 1.0)) / (h * (h + 1.0) * 2.0)]
        });
        Ratio { f, df, dhf: (f + 1.0) / ((h + 1.0) * 2.0) }
    }
}

/// F = Σ aₖ(−h)ᵏ with aₖ/aₖ₋₁ = 2k/(2k+1); Horner from the last term for F and F′ at once.
#[inline(always)]
fn ratio_series<W: Wide>(h: W) -> [W; 2] {
    let (mut s, mut ds) = (W::of(1.0), W::of(0.0));
    for k in (1..=W::TERMS).rev() {
        let q = W::quotient(2.0 * k as f64, (2 * k + 1) as f64);
        ds = -(q * (s + h * ds));
        s = W::of(1.0) - q * h * s;
    }
    [s, ds]
}

/// √(h(1+h)) = sinh(d)/2.
#[inline(always)]
fn sinh_half<W: Wide>(h: W) -> W {
    // Beyond 1e35 the next term of h + 1/2 − 1/(8h) is below any precision here, and h² may overflow.
    let [s] = either!(h < 1e35, [(h * (h + 1.0)).sqrt()], [h + 0.5]);
    s
}

/// asinh √h = ln(1 + 2h + 2√(h(1+h)))/2 = d/2.
#[inline(always)]
fn asinh_sqrt_large<W: Wide>(h: W) -> W {
    ((h + sinh_half(h)) * 2.0 + 1.0).ln() / 2.0
}

/// asinh √h = d/2.
#[inline(always)]
pub fn asinh_sqrt<W: Wide>(h: W) -> W {
    h.apply::<AsinhSqrt>()
}

struct AsinhSqrt;
impl<W: Wide> Function<W> for AsinhSqrt {
    type Output = W;
    #[inline(always)]
    fn at(h: W) -> W {
        let [a] = either!(h < SMALL, [ratio_series(h)[0] * sinh_half(h)], [asinh_sqrt_large(h)]);
        a
    }
}

/// asinh √h/√h, smooth at 0.
#[inline(always)]
pub fn asinhc<W: Wide>(h: W) -> W {
    h.apply::<Asinhc>()
}

/// [`asinhc`] at h ≥ −1, asin √−h/√−h where h is negative, with 1 + h beside it as for [`ratio_of`].
#[inline(always)]
pub fn asinhc_of<W: Wide>(h: W, h1: W) -> W {
    if !W::SIGNED {
        return asinhc(h);
    }
    let [a] = either!(h < -SMALL, [angle(h, h1) / (-h).sqrt()], [asinhc(h)]);
    a
}

struct Asinhc;
impl<W: Wide> Function<W> for Asinhc {
    type Output = W;
    #[inline(always)]
    fn at(h: W) -> W {
        let [a] = either!(h < SMALL, [ratio_series(h)[0] * (h + 1.0).sqrt()], [asinh_sqrt_large(h) / h.sqrt()]);
        a
    }
}

/// asinh(√c q)/√c, with the sign of q, and its slopes.
#[derive(Clone, Copy, Debug)]
pub struct Asinh<W> {
    /// The value; q where c = 0.
    pub value: W,
    /// Its derivative in q, 1/√(1+cq²).
    pub dq: W,
    /// Its derivative in c.
    pub dc: W,
}

/// asinh(√c q)/√c of a number of any sign: odd, and smooth at 0.
#[inline(always)]
pub fn asinh<W: Wide>(c: f64, q: W) -> Asinh<W> {
    let z = q * q * c;
    // asinh(√z)/√z = F(z)√(1+z).
    let (r, root) = (ratio(z), (z + 1.0).sqrt());
    let dc = q * (q * q * (r.df * root + r.f / (root * 2.0)));
    Asinh { value: q * r.f * root, dq: W::of(1.0) / root, dc }
}

/// By how much the roundings of terms of some size are amplified in their sum.
#[inline(always)]
pub fn amplified<W: Wide>(size: W, sum: W) -> W {
    let factor = (size / sum).unless_zero(size);
    factor.larger(-factor)
}

/// cosh n and sinh n / n as functions of z = n²; cos φ and sin φ / φ of z = −φ².
#[derive(Clone, Copy, Debug)]
pub struct Sinhc<W> {
    /// cosh n. Its derivative in z is `s / 2`.
    pub c: W,
    /// sinh n / n.
    pub s: W,
    /// d(sinh n / n)/dz = (cosh n − sinh n / n)/(2z).
    pub ds: W,
    /// (cosh n − 1)/z.
    pub versine: W,
}

/// cosh n, sinh n / n and their relatives at z = n².
#[inline(always)]
pub fn sinhc<W: Wide>(z: W) -> Sinhc<W> {
    z.apply::<SinhcOf>()
}

struct SinhcOf;
impl<W: Wide> Function<W> for SinhcOf {
    type Output = Sinhc<W>;
    #[inline(always)]
    fn at(z: W) -> Sinhc<W> {
        let [c, s, ds, versine] = if W::SIGNED { either!(z < -SMALL, sin_over(z), sinh_over(z)) } else { sinh_over(z) };
        Sinhc { c, s, ds, versine }
    }
}

/// [`Sinhc`] of z ≥ −[`SMALL`].
#[inline(always)]
fn sinh_over<W: Wide>(z: W) -> [W; 4] {
    either!(z < SMALL, sinhc_series(z), {
        let n = z.sqrt();
        let e = n.exp();
        let r = W::of(1.0) / e;
        let c = (e + r) / 2.0;
        let s = (e - r) / (n * 2.0);
        [c, s, (c - s) / (z * 2.0), (c - 1.0) / z]
    })
}

/// [`Sinhc`] of negative z.
#[inline(always)]
fn sin_over<W: Wide>(z: W) -> [W; 4] {
    let n = (-z).sqrt();
    let (sin, c) = n.sin_cos();
    let s = sin / n;
    // 1 − cos n without its cancellation where n is near a whole turn.
    let half = (n / 2.0).sin_cos().0;
    [c, s, (c - s) / (z * 2.0), half * half * -2.0 / z]
}

/// c = Σ zᵏ/(2k)!, s = Σ zᵏ/(2k+1)!, ds = Σ (k+1) zᵏ/(2k+3)!, versine = Σ zᵏ/(2k+2)!
#[inline(always)]
fn sinhc_series<W: Wide>(z: W) -> [W; 4] {
    let (mut c, mut s, mut ds, mut v) = (W::of(1.0), W::of(1.0), W::of(0.0), W::of(1.0));
    for k in (1..=W::TERMS).rev() {
        let k = k as f64;
        let q = W::quotient(1.0, 2.0 * k * (2.0 * k + 1.0));
        ds = q * (s + z * ds);
        s = q * z * s + 1.0;
        c = z * c * W::quotient(1.0, 2.0 * k * (2.0 * k - 1.0)) + 1.0;
        v = z * v * W::quotient(1.0, (2.0 * k + 1.0) * (2.0 * k + 2.0)) + 1.0;
    }
    [c, s, ds, v / 2.0]
}

/// tanh n / n and its relatives as functions of z = n²; nothing overflows. tan φ / φ of z = −φ².
#[derive(Clone, Copy, Debug)]
pub struct Tanhc<W> {
    /// τ(z) = tanh n / n.
    pub tau: W,
    /// τ′(z) = (sech² n − τ)/(2z).
    pub dtau: W,
    /// tanh² n. Its derivative in z is τ sech² n.
    pub square: W,
    /// sech² n.
    pub sech2: W,
    /// 1 − tanh n; NaN where n is imaginary.
    pub co: W,
}

/// tanh n / n and its relatives at z = n².
#[inline(always)]
pub fn tanhc<W: Wide>(z: W) -> Tanhc<W> {
    z.apply::<TanhcOf>()
}

struct TanhcOf;
impl<W: Wide> Function<W> for TanhcOf {
    type Output = Tanhc<W>;
    #[inline(always)]
    fn at(z: W) -> Tanhc<W> {
        let [tau, dtau, square, sech2, co] =
            if W::SIGNED { either!(z < -SMALL, tan_over(z), tanh_over(z)) } else { tanh_over(z) };
        Tanhc { tau, dtau, square, sech2, co }
    }
}

/// [`Tanhc`] of z ≥ −[`SMALL`].
#[inline(always)]
fn tanh_over<W: Wide>(z: W) -> [W; 5] {
    either!(
        z < SMALL,
        {
            let [c, s, ds, _] = sinhc_series(z);
            let tau = s / c;
            let sech2 = W::of(1.0) / (c * c);
            [tau, (ds * c - s * s / 2.0) * sech2, z * tau * tau, sech2, W::of(1.0) - z.sqrt() * tau]
        },
        {
            let n = z.sqrt();
            let e = (n * -2.0).exp();
            let t = (W::of(1.0) - e) / (e + 1.0);
            let co = e * 2.0 / (e + 1.0);
            let sech2 = co * (t + 1.0);
            let tau = t / n;
            [tau, (sech2 - tau) / (z * 2.0), t * t, sech2, co]
        }
    )
}

/// [`Tanhc`] of negative z.
#[inline(always)]
fn tan_over<W: Wide>(z: W) -> [W; 5] {
    let n = (-z).sqrt();
    let (sin, cos) = n.sin_cos();
    let t = sin / cos;
    let (tau, sech2) = (t / n, W::of(1.0) / (cos * cos));
    [tau, (sech2 - tau) / (z * 2.0), -(t * t), sech2, W::of(f64::NAN)]
}

#[cfg(test)]
mod tests {
    use super::super::dd::Dd;
    use super::*;

    /// Series and closed forms agree where they meet, in both precisions, and derivatives are derivatives.
    fn both_sides<W: Wide>(side: f64, tol: f64, value: fn(W) -> f64) {
        let (a, b) = (side * SMALL * (1.0 - 1e-10), side * SMALL * (1.0 + 1e-10));
        let step = a - b;
        let same = |name: &str, below: W, above: W, slope: W| {
            let gap = value(below - (above + slope * step)) / value(above);
            assert!(gap.abs() < tol + 1e-19, "{name}: {gap:e}");
        };
        let (p, q) = (ratio(W::of(a)), ratio(W::of(b)));
        same("F", p.f, q.f, q.df);
        let (p, q) = (sinhc(W::of(a)), sinhc(W::of(b)));
        same("cosh", p.c, q.c, q.s / 2.0);
        same("sinhc", p.s, q.s, q.ds);
        let (p, q) = (tanhc(W::of(a)), tanhc(W::of(b)));
        same("tanhc", p.tau, q.tau, q.dtau);
        same("tanh^2", p.square, q.square, q.tau * q.sech2);
        if side > 0.0 {
            same("1 - tanh", p.co, q.co, -(q.sech2 / (W::of(b).sqrt() * 2.0)));
        }
        // Quantities whose own slope is not at hand move by at most a relative step over the gap.
        for (x, y) in [
            (ratio(W::of(a)).df, ratio(W::of(b)).df),
            (sinhc(W::of(a)).ds, sinhc(W::of(b)).ds),
            (sinhc(W::of(a)).versine, sinhc(W::of(b)).versine),
            (tanhc(W::of(a)).dtau, tanhc(W::of(b)).dtau),
            (tanhc(W::of(a)).sech2, tanhc(W::of(b)).sech2),
        ] {
            assert!(value((x - y) / y).abs() < 1e-10, "{:e} {:e}", value(x), value(y));
        }
    }

    #[test]
    fn series_meet_closed_forms() {
        for side in [1.0, -1.0] {
            both_sides::<f64>(side, 1e-15, |x| x);
            both_sides::<Dd>(side, 0.0, |x| x.hi);
        }
    }

    #[test]
    fn angles_where_squares_are_negative() {
        for theta in [0.3_f64, 1.0, 2.0, 3.0, 3.13] {
            let (h, h1) = (-(theta / 2.0).sin().powi(2), (theta / 2.0).cos().powi(2));
            let r = ratio_of(h, h1);
            assert!((r.f * theta.sin() / theta - 1.0).abs() < 1e-12, "{theta}");
            assert!((asinhc_of(h, h1) * (-h).sqrt() * 2.0 - theta).abs() < 1e-15 * theta, "{theta}");
            assert!(((r.f + h * r.df) / r.dhf - 1.0).abs() < 1e-12, "{theta}");
            let s = sinhc(-theta * theta);
            assert!((s.s * theta - theta.sin()).abs() < 1e-15 && (s.c - theta.cos()).abs() < 1e-15);
            assert!((s.versine * theta * theta - (1.0 - theta.cos())).abs() < 1e-15);
            let t = tanhc(-theta * theta);
            assert!((t.tau * theta / theta.tan() - 1.0).abs() < 1e-14);
            assert!((t.square + theta.tan().powi(2)).abs() < 1e-14 * t.sech2);
        }
        // The antipode: an angle of half a turn, and no direction.
        assert_eq!(asinhc_of(-1.0, 0.0), std::f64::consts::FRAC_PI_2);
        assert_eq!((ratio_of(-1.0, 0.0).f, ratio_of(-1.0, 0.0).df), (0.0, 0.0));
    }

    #[test]
    fn values_at_zero() {
        let r = ratio(0.0);
        assert_eq!((r.f, r.df, r.dhf), (1.0, -2.0 / 3.0, 1.0));
        let s = sinhc(0.0);
        assert_eq!((s.c, s.s, s.ds, s.versine), (1.0, 1.0, 1.0 / 6.0, 0.5));
        let t = tanhc(0.0);
        assert_eq!((t.tau, t.square, t.sech2, t.co), (1.0, 0.0, 1.0, 1.0));
        assert!((t.dtau + 1.0 / 3.0).abs() < 1e-16);
    }
}
