// Moving numbers between layouts, and filling: by the size of a number, since nothing is computed.
#include "view.cuh"

#define MOVE(size, T)                                          \
    KERNEL copy_##size(VIEW(T) out, VIEW(T) x, u64 n) {        \
        FOR_EACH (i, n) out[i] = x[i];                         \
    }                                                          \
    KERNEL fill_##size(T* out, u64 pattern, u64 n) {           \
        FOR_EACH (i, n) out[i] = T(pattern);                   \
    }

MOVE(1, u8)
MOVE(2, u16)
MOVE(4, u32)
MOVE(8, u64)
