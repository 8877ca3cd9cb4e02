// Elementwise functions of one tensor: the value, and the gradient times the slope. The formulas are those of
// src/ops/unary, where each is named and explained.
#pragma once
#include "view.cuh"

// The kernels of a function. `value` is of x; `slope` is of x, which stands for what the slope reads: the input or the
// output. Both may use p and q, the function's parameters. W is the type to compute in.
#define UNARY_OF(name, T, W, value, slope)                                                      \
    KERNEL name##_##T(T* out, u64 n, VIEW(T) input, f64 first, f64 second) {                    \
        [[maybe_unused]] W p = W(T(first)), q = W(T(second));                                   \
        FOR_EACH (i, n) {                                                                       \
            W x = W(input[i]);                                                                  \
            out[i] = T(value);                                                                  \
        }                                                                                       \
    }                                                                                           \
    KERNEL name##_slope_##T(T* out, u64 n, VIEW(T) g, VIEW(T) read, f64 first, f64 second) {    \
        [[maybe_unused]] W p = W(T(first)), q = W(T(second));                                   \
        FOR_EACH (i, n) {                                                                       \
            W x = W(read[i]);                                                                   \
            out[i] = g[i] * T(slope);                                                           \
        }                                                                                       \
    }

// Each type computed in itself.
#define FUNCTION(name, value, slope) UNARY_OF(name, f32, f32, value, slope) UNARY_OF(name, f64, f64, value, slope)
// Both computed in f64, where f32 would lose digits or argument reduction.
#define WIDE_FUNCTION(name, value, slope) UNARY_OF(name, f32, f64, value, slope) UNARY_OF(name, f64, f64, value, slope)
