// Comparisons, whose results are masks of 0 and 1, and choosing by a mask.
#include "view.cuh"

#define COMPARE(name, op, T)                                                          \
    KERNEL name##_##T(u8* out, u64 n, VIEW(T) a, VIEW(T) b) {                         \
        FOR_EACH (i, n) out[i] = comparable(a[i]) op comparable(b[i]);                \
    }
#define COMPARE_ALL(name, op) \
    COMPARE(name, op, f32) COMPARE(name, op, f64) COMPARE(name, op, bf16) \
    COMPARE(name, op, u32) COMPARE(name, op, i64) COMPARE(name, op, u8)

COMPARE_ALL(eq, ==)
COMPARE_ALL(ne, !=)
COMPARE_ALL(lt, <)
COMPARE_ALL(le, <=)
COMPARE_ALL(gt, >)
COMPARE_ALL(ge, >=)

#define WHERE(size, T)                                                                    \
    KERNEL where_##size(T* out, u64 n, VIEW(u8) mask, VIEW(T) yes, VIEW(T) no) {          \
        FOR_EACH (i, n) out[i] = mask[i] ? yes[i] : no[i];                                \
    }

WHERE(1, u8)
WHERE(2, u16)
WHERE(4, u32)
WHERE(8, u64)
