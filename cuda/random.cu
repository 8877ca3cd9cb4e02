// Counter-based random numbers: Philox 4×32-10 (Salmon et al. 2011), the bits of src/tensor/rng.rs.
#include "view.cuh"

DEVICE uint4 draw(u64 seed, u64 stream, u64 index) {
    uint4 c = make_uint4(u32(index), u32(index >> 32), u32(stream), u32(stream >> 32));
    u32 k0 = u32(seed), k1 = u32(seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        u64 p = 0xd2511f53ull * c.x, q = 0xcd9e8d57ull * c.z;
        c = make_uint4(u32(q >> 32) ^ c.y ^ k0, u32(q), u32(p >> 32) ^ c.w ^ k1, u32(p));
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
    }
    return c;
}

// Uniform in [0, 1), a multiple of 2⁻⁵³.
#define UNIFORM(T)                                                                  \
    KERNEL uniform_##T(T* out, u64 seed, u64 stream, u64 n) {                       \
        FOR_EACH (i, n) {                                                           \
            uint4 bits = draw(seed, stream, i);                                     \
            u64 word = bits.x | u64(bits.y) << 32;                                  \
            out[i] = from_f64<T>(f64(word >> 11) * 1.1102230246251565e-16);         \
        }                                                                           \
    }

UNIFORM(f32)
UNIFORM(f64)
UNIFORM(bf16)

// A draw decides four numbers, by a word each.
#define DROPOUT(T)                                                                                          \
    KERNEL dropout_##T(T* out, u64 n, VIEW(T) x, u64 seed, u64 stream, f64 scale, u64 threshold) {          \
        FOR_EACH (i, n) {                                                                                   \
            uint4 bits = draw(seed, stream, i / 4);                                                         \
            u32 word = i % 4 == 0 ? bits.x : i % 4 == 1 ? bits.y : i % 4 == 2 ? bits.z : bits.w;            \
            out[i] = word >= threshold ? T(f64(x[i]) * scale) : T(0);                                       \
        }                                                                                                   \
    }

DROPOUT(f32)
DROPOUT(f64)
