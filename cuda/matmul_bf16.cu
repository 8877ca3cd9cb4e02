// arch: compute_80
// Matrix products of bf16 on tensor cores (mma.sync), summed in f32.
//
// A block of four warps makes a tile of 64 × 64 numbers, 32 × 32 a warp, from strips of 32 columns and rows that cp.async
// brings to shared memory while the strip before is multiplied. Rows there are padded by 16 bytes, so that the eight rows of
// an ldmatrix lie in different banks.
#include <cuda_bf16.h>

using i64 = long long;
using bf16 = __nv_bfloat16;

constexpr int TILE = 64, DEPTH = 32, PAD = 8, THREADS = 128, CHUNK = 8;

__device__ inline unsigned shared_address(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

// Eight numbers of a row, zeros beyond the end: by cp.async if they are aligned, else one by one.
__device__ inline void load(bf16* to, const bf16* row, i64 column, i64 columns, bool inside, bool aligned) {
    if (aligned) {
        int bytes = inside && column < columns ? 2 * CHUNK : 0;
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)),
                     "l"(bytes ? row + column : row), "r"(bytes));
    } else {
        for (int i = 0; i < CHUNK; i++)
            to[i] = inside && column + i < columns ? row[column + i] : __float2bfloat16(0.0f);
    }
}

__device__ inline void load_matrices(unsigned (&r)[4], const bf16* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(from)));
}
__device__ inline void load_transposed(unsigned (&r)[4], const bf16* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(from)));
}
__device__ inline void multiply(float (&sum)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// out[b] = left[b] · right[b] of row-major matrices [m, k] and [k, n]; those of batch b begin at left_at[b] and right_at[b].
extern "C" __global__ void __launch_bounds__(THREADS)
    matmul_bf16(const bf16* left, const i64* left_at, const bf16* right, const i64* right_at, bf16* out, i64 batch, i64 m,
                i64 k, i64 n) {
    __shared__ __align__(16) bf16 a[2][TILE][DEPTH + PAD], b[2][DEPTH][TILE + PAD];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int warp_row = warp / 2 * 32, warp_column = warp % 2 * 32;
    i64 row = (i64)blockIdx.y * TILE, column = (i64)blockIdx.x * TILE;

    for (i64 z = blockIdx.z; z < batch; z += gridDim.z) {
        const bf16 *x = left + left_at[z], *y = right + right_at[z];
        bool aligned_x = (unsigned long long)x % 16 == 0 && k % CHUNK == 0;
        bool aligned_y = (unsigned long long)y % 16 == 0 && n % CHUNK == 0;
        auto load_strip = [&](int stage, i64 start) {
            for (int e = threadIdx.x; e < TILE * DEPTH / CHUNK; e += THREADS) {
                int r = e / (DEPTH / CHUNK), c = e % (DEPTH / CHUNK) * CHUNK;
                bool inside = row + r < m;
                load(&a[stage][r][c], x + (inside ? row + r : 0) * k, start + c, k, inside, aligned_x);
                int br = e / (TILE / CHUNK), bc = e % (TILE / CHUNK) * CHUNK;
                inside = start + br < k;
                load(&b[stage][br][bc], y + (inside ? start + br : 0) * n, column + bc, n, inside, aligned_y);
            }
            asm volatile("cp.async.commit_group;");
        };

        float sum[2][4][4] = {};
        __syncthreads();
        load_strip(0, 0);
        int stage = 0;
        for (i64 start = 0; start < k; start += DEPTH, stage ^= 1) {
            if (start + DEPTH < k) {
                load_strip(stage ^ 1, start + DEPTH);
                asm volatile("cp.async.wait_group 1;");
            } else {
                asm volatile("cp.async.wait_group 0;");
            }
            __syncthreads();
#pragma unroll
            for (int d = 0; d < DEPTH; d += 16) {
                unsigned fa[2][4], fb[2][4];
#pragma unroll
                for (int i = 0; i < 2; i++) {
                    load_matrices(fa[i], &a[stage][warp_row + i * 16 + lane % 16][d + lane / 16 * 8]);
                    load_transposed(fb[i], &b[stage][d + lane % 16][warp_column + i * 16 + lane / 16 * 8]);
                }
#pragma unroll
                for (int i = 0; i < 2; i++)
#pragma unroll
                    for (int j = 0; j < 4; j++) multiply(sum[i][j], fa[i], fb[j / 2][j % 2 * 2], fb[j / 2][j % 2 * 2 + 1]);
            }
            __syncthreads();
        }
#pragma unroll
        for (int i = 0; i < 2; i++)
#pragma unroll
            for (int j = 0; j < 4; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    i64 r = row + warp_row + i * 16 + lane / 4 + e / 2 * 8;
                    i64 c = column + warp_column + j * 8 + lane % 4 * 2 + e % 2;
                    if (r < m && c < n) out[(z * m + r) * n + c] = __float2bfloat16(sum[i][j][e]);
                }
    }
}
