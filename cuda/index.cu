// Rows taken by number, and rows summed by number: src/ops/index/rows.rs.
#include <cuda_bf16.h>

__device__ inline long long element() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }

// Row i of `out` is row places[i] of `from`; numbers of any type of their size.
template <class T> __device__ void take(const T* from, const long long* places, T* out, long long count, long long row) {
    long long i = element();
    if (i < count) out[i] = from[places[i / row] * row + i % row];
}
#define TAKE(T, BYTES)                                                                                             \
    extern "C" __global__ void take_##BYTES(const T* from, const long long* places, T* out, long long count,       \
                                            long long row) {                                                       \
        take(from, places, out, count, row);                                                                       \
    }
TAKE(unsigned char, 1)
TAKE(unsigned short, 2)
TAKE(unsigned int, 4)
TAKE(unsigned long long, 8)

// Row p of `out` is the sum, in double, of the rows order[ends[p − 1] .. ends[p]] of `from`, in that order.
template <class T>
__device__ void sum_rows(const T* from, const long long* order, const long long* ends, T* out, long long count,
                         long long row) {
    long long i = element();
    if (i >= count) return;
    long long place = i / row, column = i % row;
    double sum = 0;
    for (long long s = place ? ends[place - 1] : 0; s < ends[place]; s++) sum += (double)(from[order[s] * row + column]);
    out[i] = T(sum);
}
struct BFloat {
    __nv_bfloat16 x;
    BFloat() = default;
    __device__ explicit BFloat(double v) : x(__double2bfloat16(v)) {}
    __device__ explicit operator double() const { return (double)__bfloat162float(x); }
};
#define SUM_ROWS(T, TYPE)                                                                                          \
    extern "C" __global__ void sum_rows_##TYPE(const T* from, const long long* order, const long long* ends, T* out, \
                                               long long count, long long row) {                                   \
        sum_rows(from, order, ends, out, count, row);                                                              \
    }
SUM_ROWS(float, f32)
SUM_ROWS(double, f64)
SUM_ROWS(BFloat, bf16)
