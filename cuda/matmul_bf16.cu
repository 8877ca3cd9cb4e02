// compute_80: matrix products of bf16 on tensor cores (mma.sync), summed in f32.
//
// A block of four warps makes a tile of 64 × 64 numbers, 32 × 32 a warp, from strips of 32 columns and rows that cp.async
// brings to shared memory while the strip before is multiplied. Rows there are padded by 16 bytes, so that the eight rows of
// an ldmatrix lie in different banks.
#include "element.cuh"

constexpr int TILE = 64, DEPTH = 32, PAD = 8, THREADS = 128, CHUNK = 8;

DEVICE u32 shared_address(const void* p) { return (u32)__cvta_generic_to_shared(p); }

// Eight numbers of a row, zeros beyond the end: by cp.async if they are aligned, else one by one.
DEVICE void load(bf16* to, const bf16* row, i64 column, i64 columns, bool inside, bool aligned) {
    if (aligned) {
        int bytes = inside && column < columns ? 2 * CHUNK : 0;
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)),
                     "l"(bytes ? row + column : row), "r"(bytes));
    } else {
        for (int i = 0; i < CHUNK; i++)
            to[i] = inside && column + i < columns ? row[column + i] : bf16{0};
    }
}

DEVICE void load_matrices(u32 (&r)[4], const bf16* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(from)));
}
DEVICE void load_transposed(u32 (&r)[4], const bf16* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(from)));
}
DEVICE void multiply(f32 (&sum)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Row-major matrices [m, k] and [k, n]; matrix z of each side begins at its place z.
KERNEL __launch_bounds__(THREADS)
    matmul_bf16(bf16* out, const bf16* left, const i64* left_places, const bf16* right, const i64* right_places, i64 m, i64 k,
                i64 n, u64 tiles) {
    __shared__ __align__(16) bf16 a[2][TILE][DEPTH + PAD], b[2][DEPTH][TILE + PAD];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int warp_row = warp / 2 * 32, warp_column = warp % 2 * 32;
    i64 across = (n + TILE - 1) / TILE, down = (m + TILE - 1) / TILE;

    for (u64 t = blockIdx.x; t < tiles; t += gridDim.x) {
        i64 z = t / (across * down), row = t / across % down * TILE, column = t % across * TILE;
        const bf16 *x = left + left_places[z], *y = right + right_places[z];
        bool aligned_x = u64(x) % 16 == 0 && k % CHUNK == 0;
        bool aligned_y = u64(y) % 16 == 0 && n % CHUNK == 0;
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

        f32 sum[2][4][4] = {};
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
                u32 fa[2][4], fb[2][4];
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
                    if (r < m && c < n) out[(z * m + r) * n + c] = from_f64<bf16>(f64(sum[i][j][e]));
                }
    }
}
