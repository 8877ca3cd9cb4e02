// Exponential, logarithmic, circular and hyperbolic functions.
#include "circular.cuh"
#include "unary.cuh"

// (cosh x − sinh(x)/x)/x, by its series where that cancels.
DEVICE f64 sinhc_slope(f64 x) {
    if (fabs(x) < 0.3) {
        const f64 SERIES[] = {1.0 / 3, 1.0 / 30, 1.0 / 840, 1.0 / 45360, 1.0 / 3991680, 1.0 / 518918400};
        return x * polynomial(x * x, SERIES);
    }
    return (cosh(x) - sinh(x) / x) / x;
}

FUNCTION(exp, exp(x), x)
FUNCTION(expm1, expm1(x), x + 1)
FUNCTION(ln, log(x), 1 / x)
FUNCTION(log1p, log1p(x), 1 / (1 + x))
WIDE_FUNCTION(sin, circular(x, 0), circular(x, 1))
WIDE_FUNCTION(cos, circular(x, 1), circular(x, 2))
WIDE_FUNCTION(asin, asin(x), 1 / sqrt((1 - x) * (1 + x)))
WIDE_FUNCTION(acos, acos(x), -1 / sqrt((1 - x) * (1 + x)))
WIDE_FUNCTION(atan, atan(x), 1 / (1 + x * x))
WIDE_FUNCTION(sinh, sinh(x), cosh(x))
WIDE_FUNCTION(cosh, cosh(x), sinh(x))
FUNCTION(tanh, tanh(x), 1 - x * x)
WIDE_FUNCTION(asinh, asinh(x), 1 / sqrt(x * x + 1))
WIDE_FUNCTION(acosh, acosh(x), 1 / sqrt((x - 1) * (x + 1)))
WIDE_FUNCTION(atanh, atanh(x), 1 / ((1 - x) * (1 + x)))
WIDE_FUNCTION(erf, erf(x), 1.1283791670955126 * exp(-x * x))
WIDE_FUNCTION(sinhc, x == 0 ? 1 : sinh(x) / x, sinhc_slope(x))
