//! Divided differences of the exponential, and ln(1 + x): the coefficients of derivatives of spectral functions.
//!
//! With f[a, b] = (f(a) − f(b))/(a − b), the derivative of f at q diag(a) qᵀ multiplies by f[a_i, a_j] in the basis q
//! (Daleckii & Krein 1965). Arguments that are close take power series, summed until nothing changes.

use crate::geometry::Scalar;

/// More terms than any series here needs.
const TERMS: usize = 60;

/// exp[a, b] = e^((a+b)/2) sinh h/h with h = (a−b)/2; e^a where a = b.
pub fn exp2<W: Scalar>(a: W, b: W) -> W {
    let h = (a - b) * 0.5;
    let z = h * h;
    if z.value() > 0.0625 {
        return (a.exp() - b.exp()) / (a - b);
    }
    let (mut term, mut sum) = (W::of(1.0), W::of(1.0));
    for k in 1..TERMS {
        term = term * z / (2 * k * (2 * k + 1)) as f64;
        let next = sum + term;
        if next == sum {
            break;
        }
        sum = next;
    }
    ((a + b) * 0.5).exp() * sum
}

/// exp[a, b, c] = (exp[b, c] − exp[a, b])/(c − a), in any order; e^a/2 where all are equal.
pub fn exp3<W: Scalar>(a: W, b: W, c: W) -> W {
    let (a, b) = if b < a { (b, a) } else { (a, b) };
    let (b, c) = if c < b { (c, b) } else { (b, c) };
    let (a, b) = if b < a { (b, a) } else { (a, b) };
    if (c - a).value() > 0.5 {
        return (exp2(b, c) - exp2(a, b)) / (c - a);
    }
    // Σ h_k/(k+2)! with the complete symmetric polynomials of what is left of the arguments beside their mean; these
    // have no linear part, so h_k = e₃ h_(k−3) − e₂ h_(k−2).
    let mean = (a + b + c) / 3.0;
    let (p, q, r) = (a - mean, b - mean, c - mean);
    let (e2, e3) = (p * q + (p + q) * r, p * q * r);
    let (mut h, mut factorial) = ([W::of(1.0), W::of(0.0), W::of(0.0)], 2.0);
    let (mut sum, mut still) = (W::of(0.5), 0);
    for k in 1..TERMS {
        h = [h[2] * e3 - h[1] * e2, h[0], h[1]];
        factorial *= (k + 2) as f64;
        let next = sum + h[0] / factorial;
        // h₁ = 0, and others may be: two in a row end the series.
        still = if next == sum { still + 1 } else { 0 };
        if still == 2 && k > 2 {
            break;
        }
        sum = next;
    }
    mean.exp() * sum
}

/// ln(1 + x) = 2 atanh(x/(2 + x)).
pub fn ln_1p<W: Scalar>(x: W) -> W {
    if x.value().abs() > 0.25 {
        return (x + 1.0).ln();
    }
    let r = x / (x + 2.0);
    let (mut power, mut sum) = (r, r);
    for k in 1..TERMS {
        power = power * r * r;
        let next = sum + power / (2 * k + 1) as f64;
        if next == sum {
            break;
        }
        sum = next;
    }
    sum * 2.0
}
