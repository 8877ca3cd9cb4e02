// Matrix products of matrices with any strides: what src/ops/matmul.rs uses where there is no cuBLAS.
//
// A block of 16 × 16 threads makes a tile of 64 × 64 numbers, 4 × 4 a thread, from strips of 16 columns and rows in
// shared memory. Each number is one chain of fused multiply-adds along the inner axis, so neither batch nor shape of the
// grid changes a bit.
using i64 = long long;

constexpr int TILE = 64, DEPTH = 16, EACH = 4;

// Where the numbers of a matrix lie.
struct Strides {
    i64 row, column;
};

// The tile [rows from `row`, DEPTH columns from `column`] of a matrix, rows along the second axis of `to`. Threads run along
// the axis whose numbers are neighbours.
template <class T>
__device__ inline void load(T (*to)[TILE + EACH], const T* from, Strides s, i64 row, i64 rows, i64 column, i64 columns) {
    int thread = threadIdx.y * 16 + threadIdx.x;
    for (int e = 0; e < TILE * DEPTH / 256; e++) {
        int at = thread + e * 256;
        int r = s.column == 1 ? at / DEPTH : at % TILE, c = s.column == 1 ? at % DEPTH : at / TILE;
        bool inside = row + r < rows && column + c < columns;
        to[c][r] = inside ? from[(row + r) * s.row + (column + c) * s.column] : T(0);
    }
}

// out[b] = left[b] · right[b], row-major, of sizes [m, k] and [k, n]; the matrices of batch b begin at left_at[b] and
// right_at[b].
template <class T>
__device__ void matmul(const T* left, const i64* left_at, Strides left_strides, const T* right, const i64* right_at,
                       Strides right_strides, T* out, i64 batch, i64 m, i64 k, i64 n) {
    // Rows are 16-byte aligned for any type.
    __shared__ __align__(16) T a[DEPTH][TILE + EACH], b[DEPTH][TILE + EACH];
    Strides turned = {right_strides.column, right_strides.row};
    i64 row = (i64)blockIdx.y * TILE, column = (i64)blockIdx.x * TILE;
    for (i64 z = blockIdx.z; z < batch; z += gridDim.z) {
        T sum[EACH][EACH] = {};
        for (i64 start = 0; start < k; start += DEPTH) {
            __syncthreads();
            load(a, left + left_at[z], left_strides, row, m, start, k);
            load(b, right + right_at[z], turned, column, n, start, k);
            __syncthreads();
#pragma unroll
            for (int d = 0; d < DEPTH; d++) {
                T x[EACH], y[EACH];
#pragma unroll
                for (int i = 0; i < EACH; i++) {
                    x[i] = a[d][threadIdx.y * EACH + i];
                    y[i] = b[d][threadIdx.x * EACH + i];
                }
#pragma unroll
                for (int i = 0; i < EACH; i++)
#pragma unroll
                    for (int j = 0; j < EACH; j++) sum[i][j] += x[i] * y[j];
            }
        }
#pragma unroll
        for (int i = 0; i < EACH; i++)
#pragma unroll
            for (int j = 0; j < EACH; j++) {
                i64 r = row + threadIdx.y * EACH + i, c = column + threadIdx.x * EACH + j;
                if (r < m && c < n) out[(z * m + r) * n + c] = sum[i][j];
            }
    }
}

#define MATMUL(T, TYPE)                                                                                            \
    extern "C" __global__ void __launch_bounds__(256) matmul_##TYPE(                                               \
        const T* left, const i64* left_at, Strides left_strides, const T* right, const i64* right_at,              \
        Strides right_strides, T* out, i64 batch, i64 m, i64 k, i64 n) {                                           \
        matmul(left, left_at, left_strides, right, right_at, right_strides, out, batch, m, k, n);                  \
    }
MATMUL(float, f32)
MATMUL(double, f64)
