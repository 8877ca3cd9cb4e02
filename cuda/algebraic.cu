// Signs, powers, roots, bounds.
#include "unary.cuh"

// −1, ±0 or 1; NaN stays.
template <class T>
DEVICE T sign(T x) {
    return x > 0 ? T(1) : x < 0 ? T(-1) : x;
}

FUNCTION(neg, -x, -1)
FUNCTION(abs, fabs(x), sign(x))
FUNCTION(sign, sign(x), 0)
FUNCTION(add_scalar, x + p, 1)
FUNCTION(mul_scalar, x * p, p)
FUNCTION(square, x * x, x + x)
FUNCTION(sqrt, sqrt(x), 0.5f / x)
FUNCTION(sqrt0, sqrt(x), x == 0 ? x : 0.5f / x)
FUNCTION(rsqrt, 1 / sqrt(x), -0.5f * x * x * x)
FUNCTION(recip, 1 / x, -(x * x))
WIDE_FUNCTION(powf, pow(x, p), p * pow(x, p - 1))
FUNCTION(clamp, x < p ? p : x > q ? q : x, x < p || x > q ? 0 : 1)
