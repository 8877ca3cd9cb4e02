// Activation functions.
#include "unary.cuh"

// Without overflow, and with all digits in the left tail.
template <class T>
DEVICE T sigmoid(T x) {
    T e = exp(-fabs(x));
    return (x < 0 ? e : 1) / (1 + e);
}

// −∞ as the most negative number, whose product with 0 is 0.
DEVICE f32 bounded(f32 x) {
    return x < -3.4028234663852886e38f ? -3.4028234663852886e38f : x;
}
DEVICE f64 bounded(f64 x) {
    return x < -1.7976931348623157e308 ? -1.7976931348623157e308 : x;
}

template <class T>
DEVICE T silu_slope(T x) {
    T s = sigmoid(x);
    return s * (1 + bounded(x) * (1 - s));
}

// Φ and φ of the standard normal distribution.
DEVICE f64 cumulative(f64 x) {
    return 0.5 * erfc(-x * 0.7071067811865476);
}
DEVICE f64 density(f64 x) {
    return exp(-0.5 * x * x) * 0.3989422804014327;
}

// ½(1 + tanh u) with u = √(2/π)(x + 0.044715 x³), which is σ(2u).
// It multiplies what is rounded before it by u, so the steps are the processor's.
template <class T>
DEVICE T gate(T x) {
    return sigmoid(T(1.5957691216057307) * x * (1 + T(0.044715) * x * x));
}
template <class T>
DEVICE T gate_slope(T x) {
    T s = gate(x);
    return s * (1 - s) * (T(1.5957691216057307) * (1 + T(3 * 0.044715) * x * x));
}

FUNCTION(sigmoid, sigmoid(x), x * (1 - x))
FUNCTION(softplus, (x < 0 ? 0 : x) + log1p(exp(-fabs(x))), sigmoid(x))
FUNCTION(relu, x < 0 ? 0 : x, x > 0 ? 1 : 0)
FUNCTION(leaky_relu, x < 0 ? x * p : x, x > 0 ? 1 : p)
FUNCTION(elu, x < 0 ? p * expm1(x) : x, x > 0 ? 1 : p * exp(x))
FUNCTION(silu, bounded(x) * sigmoid(x), silu_slope(x))
WIDE_FUNCTION(gelu, bounded(x) * cumulative(x), cumulative(x) + bounded(x) * density(x))
FUNCTION(gelu_tanh, bounded(x) * gate(x), gate(x) + bounded(x) * gate_slope(x))
