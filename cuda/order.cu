// Order along rows: extremes, sorting, running sums: src/ops/order.rs. A NaN counts as the largest number.
#include <cuda_bf16.h>

using u64 = unsigned long long;
using i64 = long long;

// Numbers as integers of the same order; equal ones (0 and −0, all NaN) become equal.
__device__ inline u64 key(double x) {
    if (x != x) return ~0ull;
    u64 bits = (u64)__double_as_longlong(x + 0.0);
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}
__device__ inline u64 key(float x) { return key((double)x); }
__device__ inline u64 key(__nv_bfloat16 x) { return key((double)__bfloat162float(x)); }
__device__ inline u64 key(i64 x) { return (u64)x ^ 1ull << 63; }
__device__ inline u64 key(unsigned int x) { return x; }
__device__ inline u64 key(unsigned char x) { return x; }

// A number and its place: any sort of these keeps the order of equals.
struct Entry {
    u64 key;
    i64 place;
};
__device__ inline bool before(const Entry& a, const Entry& b) {
    return a.key < b.key || (a.key == b.key && a.place < b.place);
}

// Entries of rows of n numbers, `padded` (a power of two) a row; those beyond the end come last.
template <class T> __device__ void entries(const T* x, Entry* out, i64 rows, i64 n, i64 padded, int descending) {
    i64 at = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= rows * padded) return;
    i64 row = at / padded, i = at % padded;
    u64 k = ~0ull;
    if (i < n) k = descending ? ~key(x[row * n + i]) : key(x[row * n + i]);
    out[at] = {k, i};
}

// The first of each row in sorted order; a block of 128 threads a row.
template <class T> __device__ void first(const T* x, i64* out, i64 n, int descending) {
    __shared__ Entry best[128];
    const T* row = x + blockIdx.x * n;
    Entry mine = {~0ull, 0x7fffffffffffffffll};
    for (i64 i = threadIdx.x; i < n; i += 128) {
        Entry e = {descending ? ~key(row[i]) : key(row[i]), i};
        if (before(e, mine)) mine = e;
    }
    best[threadIdx.x] = mine;
    for (int half = 64; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half && before(best[threadIdx.x + half], best[threadIdx.x]))
            best[threadIdx.x] = best[threadIdx.x + half];
    }
    if (threadIdx.x == 0) out[blockIdx.x] = best[0].place;
}

#define ORDER(T, TYPE)                                                                                             \
    extern "C" __global__ void entries_##TYPE(const T* x, Entry* out, i64 rows, i64 n, i64 padded, int descending) { \
        entries(x, out, rows, n, padded, descending);                                                              \
    }                                                                                                              \
    extern "C" __global__ void __launch_bounds__(128) first_##TYPE(const T* x, i64* out, i64 n, int descending) {  \
        first(x, out, n, descending);                                                                              \
    }
ORDER(float, f32)
ORDER(double, f64)
ORDER(__nv_bfloat16, bf16)
ORDER(unsigned int, u32)
ORDER(i64, i64)
ORDER(unsigned char, u8)

// One step of a bitonic sort (Batcher 1968) of all rows: `size` is the length of the runs it makes, `gap` the distance of
// the entries that it compares. `count` is the number of pairs.
extern "C" __global__ void sort_step(Entry* entries, i64 count, i64 padded, i64 size, i64 gap) {
    i64 pair = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (pair >= count) return;
    i64 low = pair / gap * 2 * gap + pair % gap, high = low + gap;
    bool ascending = (low % padded & size) == 0;
    Entry a = entries[low], b = entries[high];
    if (before(b, a) == ascending) {
        entries[low] = b;
        entries[high] = a;
    }
}

// The places of the first `kept` entries of each row.
extern "C" __global__ void places(const Entry* entries, i64* out, i64 count, i64 padded, i64 kept) {
    i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) out[i] = entries[i / kept * padded + i % kept].place;
}

// Running sums, in double, of rows; a block of 128 threads a row.
template <class T> __device__ void cumsum(const T* x, T* out, i64 n, int backwards) {
    __shared__ double sums[128];
    const T* from = x + blockIdx.x * n;
    T* to = out + blockIdx.x * n;
    double carry = 0;
    for (i64 start = 0; start < n; start += 128) {
        i64 i = start + threadIdx.x, at = backwards ? n - 1 - i : i;
        double sum = i < n ? (double)from[at] : 0;
        for (int gap = 1; gap < 128; gap *= 2) {
            __syncthreads();
            sums[threadIdx.x] = sum;
            __syncthreads();
            if (threadIdx.x >= gap) sum = sums[threadIdx.x - gap] + sum;
        }
        sum = carry + sum;
        if (i < n) to[at] = T(sum);
        __syncthreads();
        sums[threadIdx.x] = sum;
        __syncthreads();
        carry = sums[127];
    }
}
#define CUMSUM(T, TYPE)                                                                                            \
    extern "C" __global__ void __launch_bounds__(128) cumsum_##TYPE(const T* x, T* out, i64 n, int backwards) {    \
        cumsum(x, out, n, backwards);                                                                              \
    }
CUMSUM(float, f32)
CUMSUM(double, f64)
