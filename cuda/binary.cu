// Elementwise operations of two tensors; broadcasting is in the views.
#include "view.cuh"

DEVICE f64 power(f64 a, f64 b) {
    return pow(a, b);
}
DEVICE f32 power(f32 a, f32 b) {
    return f32(pow(f64(a), f64(b)));
}

// a + b is NaN when one of them is.
template <class T>
DEVICE T larger(T a, T b) {
    return a >= b ? a : b > a ? b : a + b;
}
template <class T>
DEVICE T smaller(T a, T b) {
    return a <= b ? a : b < a ? b : a + b;
}

#define BINARY_OF(name, T, value)                                  \
    KERNEL name##_##T(T* out, u64 n, VIEW(T) x, VIEW(T) y) {       \
        FOR_EACH (i, n) {                                          \
            T a = x[i], b = y[i];                                  \
            out[i] = value;                                        \
        }                                                          \
    }
#define BINARY(name, value) BINARY_OF(name, f32, value) BINARY_OF(name, f64, value)

BINARY(add, a + b)
BINARY(sub, a - b)
BINARY(mul, a * b)
BINARY(div, a / b)
BINARY(pow, power(a, b))
BINARY(maximum, larger(a, b))
BINARY(minimum, smaller(a, b))
