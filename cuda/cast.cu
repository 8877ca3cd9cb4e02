// Conversion between types, by way of f64, which holds the numbers of every other type but large i64.
#include "view.cuh"

#define CAST(to, from)                                                 \
    KERNEL to##_from_##from(to* out, u64 n, VIEW(from) x) {            \
        FOR_EACH (i, n) out[i] = from_f64<to>(to_f64(x[i]));           \
    }
#define CAST_TO(to, a, b, c, d, e) CAST(to, a) CAST(to, b) CAST(to, c) CAST(to, d) CAST(to, e)

CAST_TO(f32, f64, bf16, u32, i64, u8)
CAST_TO(f64, f32, bf16, u32, i64, u8)
CAST_TO(bf16, f32, f64, u32, i64, u8)
CAST_TO(u32, f32, f64, bf16, i64, u8)
CAST_TO(i64, f32, f64, bf16, u32, u8)
CAST_TO(u8, f32, f64, bf16, u32, i64)
