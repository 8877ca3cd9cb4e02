// Types of numbers, as the host names them, and what every kernel is made of.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;
typedef float f32;
typedef double f64;

// bfloat16, a storage type: the upper half of an f32.
struct bf16 {
    u16 bits;
};

#define DEVICE static __device__ __forceinline__
#define KERNEL extern "C" __global__ void

// Walks over 0 … n − 1, all threads of the grid together.
#define FOR_EACH(i, n) \
    for (u64 i = blockIdx.x * (u64)blockDim.x + threadIdx.x; i < (n); i += gridDim.x * (u64)blockDim.x)

// The same for warps, where one does a row.
#define FOR_EACH_WARP(row, rows)                                                                 \
    for (u64 row = (blockIdx.x * (u64)blockDim.x + threadIdx.x) / 32; row < (rows);             \
         row += gridDim.x * (u64)blockDim.x / 32)

// Exact, but for large i64.
template <class T>
DEVICE f64 to_f64(T x) {
    return f64(x);
}
DEVICE f64 to_f64(bf16 x) {
    return f64(__uint_as_float(u32(x.bits) << 16));
}

// What comparisons look at: bf16 are compared by their exact values.
template <class T>
DEVICE T comparable(T x) {
    return x;
}
DEVICE f64 comparable(bf16 x) {
    return to_f64(x);
}

// The nearest number of type T; integers are cut towards zero and saturate, NaN is 0.
template <class T>
DEVICE T from_f64(f64 x);
template <>
__device__ __forceinline__ f64 from_f64<f64>(f64 x) {
    return x;
}
template <>
__device__ __forceinline__ f32 from_f64<f32>(f64 x) {
    return __double2float_rn(x);
}
template <>
__device__ __forceinline__ i64 from_f64<i64>(f64 x) {
    return isnan(x) ? 0 : __double2ll_rz(x);
}
template <>
__device__ __forceinline__ u32 from_f64<u32>(f64 x) {
    return x >= 1.0 ? __double2uint_rz(x) : 0;
}
template <>
__device__ __forceinline__ u8 from_f64<u8>(f64 x) {
    return u8(min(from_f64<u32>(x), 255u));
}
template <>
__device__ __forceinline__ bf16 from_f64<bf16>(f64 x) {
    if (isnan(x)) return bf16{0x7fc0};
    // Cut to f32, the last bit telling whether anything was cut ("round to odd"), so that rounding again is rounding once.
    f32 cut = __double2float_rz(x);
    u32 bits = __float_as_uint(cut) | (f64(cut) != x);
    return bf16{u16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}
