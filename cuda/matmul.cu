// Products of matrices of any strides: what src/ops/matmul.rs uses where there is no cuBLAS.
//
// A block of 16 × 16 threads makes a tile of 64 × 64 numbers, 4 × 4 a thread, from strips of 16 columns and rows in
// shared memory. Each number is one chain of fused multiply-adds along the inner axis, so neither batch nor tiles change
// a bit.
#include "element.cuh"

constexpr int TILE = 64, DEPTH = 16, EACH = 4, THREADS = 256;

// A matrix: where its numbers begin, and how far apart rows and columns are.
template <class T>
struct Matrix {
    const T* data;
    i64 row, column;
};

// The tile of a matrix that begins at (row, column), `to[c][r]`; zeros beyond its sizes. Threads run along the axis whose
// numbers are neighbours.
template <class T>
DEVICE void load(T (*to)[TILE + EACH], Matrix<T> from, i64 row, i64 rows, i64 column, i64 columns) {
    bool along = from.column == 1;
#pragma unroll
    for (int e = 0; e < TILE * DEPTH / THREADS; e++) {
        int at = threadIdx.x + e * THREADS;
        int r = along ? at / DEPTH : at % TILE, c = along ? at % DEPTH : at / TILE;
        bool inside = row + r < rows && column + c < columns;
        to[c][r] = inside ? from.data[(row + r) * from.row + (column + c) * from.column] : T(0);
    }
}

// out = a · b, row-major, of sizes [m, k] and [k, n]: the tile that begins at (row, column).
template <class T>
DEVICE void tile(T* out, Matrix<T> left, Matrix<T> right, i64 m, i64 k, i64 n, i64 row, i64 column) {
    // Padded, so that a column is written to different banks; four numbers stay aligned.
    __shared__ __align__(16) T a[DEPTH][TILE + EACH], b[DEPTH][TILE + EACH];
    Matrix<T> turned = {right.data, right.column, right.row};
    int r = threadIdx.x / 16 * EACH, c = threadIdx.x % 16 * EACH;
    T sum[EACH][EACH] = {};
    for (i64 start = 0; start < k; start += DEPTH) {
        __syncthreads();
        load(a, left, row, m, start, k);
        load(b, turned, column, n, start, k);
        __syncthreads();
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            T x[EACH], y[EACH];
#pragma unroll
            for (int i = 0; i < EACH; i++) {
                x[i] = a[d][r + i];
                y[i] = b[d][c + i];
            }
#pragma unroll
            for (int i = 0; i < EACH; i++)
#pragma unroll
                for (int j = 0; j < EACH; j++) sum[i][j] = fma(x[i], y[j], sum[i][j]);
        }
    }
#pragma unroll
    for (int i = 0; i < EACH; i++)
#pragma unroll
        for (int j = 0; j < EACH; j++)
            if (row + r + i < m && column + c + j < n) out[(row + r + i) * n + column + c + j] = sum[i][j];
}

// `tiles` products' tiles, those of a product one after the other; matrix z of each side begins at its place z.
#define MATMUL(T)                                                                                                    \
    KERNEL __launch_bounds__(THREADS) matmul_##T(T* out, const T* left, const i64* left_places, i64 left_row,        \
                                                 i64 left_column, const T* right, const i64* right_places,           \
                                                 i64 right_row, i64 right_column, i64 m, i64 k, i64 n, u64 tiles) {  \
        i64 across = (n + TILE - 1) / TILE, down = (m + TILE - 1) / TILE;                                            \
        for (u64 t = blockIdx.x; t < tiles; t += gridDim.x) {                                                        \
            i64 z = t / (across * down), row = t / across % down * TILE, column = t % across * TILE;                 \
            tile<T>(out + z * m * n, {left + left_places[z], left_row, left_column},                                 \
                    {right + right_places[z], right_row, right_column}, m, k, n, row, column);                       \
            __syncthreads();                                                                                         \
        }                                                                                                            \
    }
MATMUL(f32)
MATMUL(f64)
