// Sums, maxima and minima of rows, in f64. A row of `length` numbers is cut into segments; a segment is the work of a
// thread or a warp, which goes through it in a fixed order.
#include "view.cuh"

struct Sum {
    static __device__ __forceinline__ f64 start() { return 0; }
    static __device__ __forceinline__ f64 merge(f64 a, f64 b) { return a + b; }
};
// A NaN on either side stays.
struct Max {
    static __device__ __forceinline__ f64 start() { return -__longlong_as_double(0x7ff0000000000000); }
    static __device__ __forceinline__ f64 merge(f64 a, f64 b) { return a > b || isnan(a) ? a : b; }
};
struct Min {
    static __device__ __forceinline__ f64 start() { return __longlong_as_double(0x7ff0000000000000); }
    static __device__ __forceinline__ f64 merge(f64 a, f64 b) { return a < b || isnan(a) ? a : b; }
};

// Where segment number i begins in the tensor of rows, and its length.
struct Segment {
    u64 first, length;
};
DEVICE Segment segment(u64 i, u64 length, u64 segments, u64 size) {
    u64 row = i / segments, start = (i - row * segments) * size;
    u64 left = length - start;
    return {row * length + start, left < size ? left : size};
}

// Interleaved sums of the lanes, then halves added to each other.
template <class Op, class T>
DEVICE f64 by_warp(const View<T>& x, Segment s) {
    f64 all = Op::start();
    for (u64 j = threadIdx.x % 32; j < s.length; j += 32) all = Op::merge(all, to_f64(x[s.first + j]));
#pragma unroll
    for (int far = 16; far > 0; far /= 2) all = Op::merge(all, __shfl_down_sync(0xffffffff, all, far));
    return all;
}

template <class Op, class T>
DEVICE f64 by_thread(const View<T>& x, Segment s) {
    f64 all = Op::start();
    for (u64 j = 0; j < s.length; j++) all = Op::merge(all, to_f64(x[s.first + j]));
    return all;
}

#define REDUCE_OF(name, Op, To, From)                                                                          \
    KERNEL name##_warp_##To##_from_##From(                                                                     \
        To* out, VIEW(From) x, u64 count, u64 length, u64 segments, u64 size) {                                \
        FOR_EACH_WARP (i, count) {                                                                             \
            f64 all = by_warp<Op>(x, segment(i, length, segments, size));                                      \
            if (threadIdx.x % 32 == 0) out[i] = from_f64<To>(all);                                             \
        }                                                                                                      \
    }                                                                                                          \
    KERNEL name##_thread_##To##_from_##From(                                                                   \
        To* out, VIEW(From) x, u64 count, u64 length, u64 segments, u64 size) {                                \
        FOR_EACH (i, count) out[i] = from_f64<To>(by_thread<Op>(x, segment(i, length, segments, size)));       \
    }
// Segments of long rows are f64 on the way.
#define REDUCE(name, Op) \
    REDUCE_OF(name, Op, f32, f32) REDUCE_OF(name, Op, f64, f32) REDUCE_OF(name, Op, f32, f64) REDUCE_OF(name, Op, f64, f64)

REDUCE(sum, Sum)
REDUCE(max, Max)
REDUCE(min, Min)
