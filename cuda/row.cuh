// Rows: one warp holds a row of up to 1024 numbers in registers; a block reads longer ones again for each pass.
//
// Both kinds have one interface, so a function of rows is written once. Sums are taken in f64, in an order that the
// length of the row alone fixes.
#pragma once
#include "element.cuh"

constexpr int WARP = 32;
constexpr int WARPS = 4;  // of a block

// The same result in every lane: addition and maximum commute exactly.
template <class T, class F>
DEVICE T warp_fold(T x, F f) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) x = f(x, __shfl_xor_sync(0xffffffff, x, lanes));
    return x;
}

struct Plus {
    __device__ __forceinline__ f64 operator()(f64 a, f64 b) const { return a + b; }
};
// The larger that is not NaN.
struct Larger {
    template <class T> __device__ T operator()(T a, T b) const { return b > a || a != a ? b : a; }
};

DEVICE f32 exponential(f32 x) { return expf(x); }
DEVICE f64 exponential(f64 x) { return exp(x); }

// Four f32 or two f64: what one instruction moves.
template <class T>
struct Vector;
template <>
struct Vector<f32> {
    using Type = float4;
};
template <>
struct Vector<f64> {
    using Type = double2;
};

// A row in the registers of a warp. Lane l has the numbers (c · 32 + l) · V + v for chunks c and v < V.
template <class T, int COLUMNS>
struct Held {
    static constexpr int V = 16 / sizeof(T), CHUNKS = COLUMNS / (WARP * V);
    using Quad = typename Vector<T>::Type;
    T x[CHUNKS * V];

    static __device__ int threads() { return WARP; }
    static __device__ i64 row() { return (i64)blockIdx.x * WARPS + threadIdx.x / WARP; }
    static __device__ bool aligned(const T* p, int n) { return n % V == 0 && (u64)p % 16 == 0; }
    static __device__ int place(int chunk) { return (chunk * WARP + threadIdx.x % WARP) * V; }

    // `absent` stands for every number of a row that is not there.
    __device__ Held(const T* p, int n, T absent = T(0)) {
        bool whole = p && aligned(p, n);
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
            int i = place(c);
            if (whole && i < n) {
                union {
                    Quad quad;
                    T t[V];
                } u;
                u.quad = *reinterpret_cast<const Quad*>(p + i);
#pragma unroll
                for (int v = 0; v < V; v++) x[c * V + v] = u.t[v];
            } else {
#pragma unroll
                for (int v = 0; v < V; v++) x[c * V + v] = p && i + v < n ? p[i + v] : absent;
            }
        }
    }
    __device__ T at(int e, int) const { return x[e]; }

    // f(e, i) for the numbers i of this thread.
    template <class F> static __device__ void each(int n, F f) {
#pragma unroll
        for (int c = 0; c < CHUNKS; c++)
#pragma unroll
            for (int v = 0; v < V; v++)
                if (place(c) + v < n) f(c * V + v, place(c) + v);
    }
    // out[i] = f(e, i).
    template <class F> static __device__ void write(T* out, int n, F f) {
        bool whole = aligned(out, n);
#pragma unroll
        for (int c = 0; c < CHUNKS; c++) {
            int i = place(c);
            if (i >= n) continue;
            union {
                Quad quad;
                T t[V];
            } u;
#pragma unroll
            for (int v = 0; v < V; v++) u.t[v] = i + v < n ? f(c * V + v, i + v) : T(0);
            if (whole) {
                *reinterpret_cast<Quad*>(out + i) = u.quad;
            } else {
#pragma unroll
                for (int v = 0; v < V; v++)
                    if (i + v < n) out[i + v] = u.t[v];
            }
        }
    }
    template <class S, class F> static __device__ S fold(S s, F f) { return warp_fold(s, f); }
};

// A long row, read from memory by all threads of a block.
template <class T>
struct Read {
    const T* p;
    T absent;

    static __device__ int threads() { return blockDim.x; }
    static __device__ i64 row() { return blockIdx.x; }

    __device__ Read(const T* p, int, T absent = T(0)) : p(p), absent(absent) {}
    __device__ T at(int, int i) const { return p ? p[i] : absent; }

    template <class F> static __device__ void each(int n, F f) {
        for (int i = threadIdx.x; i < n; i += blockDim.x) f(0, i);
    }
    template <class F> static __device__ void write(T* out, int n, F f) {
        for (int i = threadIdx.x; i < n; i += blockDim.x) out[i] = f(0, i);
    }
    template <class S, class F> static __device__ S fold(S s, F f) {
        __shared__ S partial[WARPS];
        s = warp_fold(s, f);
        __syncthreads();
        if (threadIdx.x % WARP == 0) partial[threadIdx.x / WARP] = s;
        __syncthreads();
        s = partial[0];
        for (int w = 1; w < WARPS; w++) s = f(s, partial[w]);
        return s;
    }
};

// Whether this thread is the one that writes a number of the whole row.
template <class R> __device__ bool leads() { return threadIdx.x % R::threads() == 0; }

template <class R, class F> __device__ f64 row_sum(int n, F f) {
    f64 sum = 0;
    R::each(n, [&](int e, int i) { sum += f(e, i); });
    return R::fold(sum, Plus());
}

// The largest number that is not NaN; −∞ if there is none.
template <class R, class T> __device__ T row_max(const R& x, int n) {
    T top = T(-INFINITY);
    R::each(n, [&](int e, int i) { top = Larger()(top, x.at(e, i)); });
    return R::fold(top, Larger());
}

// Kernels NAME_f32_128 … NAME_f64_long of a function template over (row, number): parameters and arguments in parentheses.
// Each has a block of 128 threads: four short rows or one long one. f64, the type for verification, has fewer.
#define ROW_KERNEL(NAME, T, TYPE, SUFFIX, R, PARAMETERS, ARGUMENTS)                                        \
    KERNEL __launch_bounds__(WARP* WARPS) NAME##_##TYPE##_##SUFFIX PARAMETERS(T) {                          \
        NAME<R, T> ARGUMENTS;                                                                             \
    }
#define ROW_KERNELS(NAME, PARAMETERS, ARGUMENTS)                                                          \
    ROW_KERNEL(NAME, f32, f32, 128, ROW(Held<f32, 128>), PARAMETERS, ARGUMENTS)                       \
    ROW_KERNEL(NAME, f32, f32, 512, ROW(Held<f32, 512>), PARAMETERS, ARGUMENTS)                       \
    ROW_KERNEL(NAME, f32, f32, 1024, ROW(Held<f32, 1024>), PARAMETERS, ARGUMENTS)                     \
    ROW_KERNEL(NAME, f32, f32, long, ROW(Read<f32>), PARAMETERS, ARGUMENTS)                           \
    ROW_KERNEL(NAME, f64, f64, 128, ROW(Held<f64, 128>), PARAMETERS, ARGUMENTS)                     \
    ROW_KERNEL(NAME, f64, f64, long, ROW(Read<f64>), PARAMETERS, ARGUMENTS)
#define ROW(...) __VA_ARGS__
