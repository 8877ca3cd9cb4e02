// Rows taken and put by number, and rows summed by number: src/ops/index/rows.rs. What places there are is checked, and sorted, before
// it comes here.
#include "element.cuh"

// Row i of `out` is row places[i] of `from`; numbers of any type of their size.
#define TAKE(size, T)                                                                          \
    KERNEL take_##size(T* out, const T* from, const i64* places, u64 n, u64 row) {             \
        FOR_EACH (i, n) out[i] = from[places[i / row] * row + i % row];                        \
    }
TAKE(1, u8)
TAKE(2, u16)
TAKE(4, u32)
TAKE(8, u64)

// Row places[i] of `out` is row i of `from`; no place comes twice.
#define PUT(size, T)                                                                           \
    KERNEL put_##size(T* out, const T* from, const i64* places, u64 n, u64 row) {              \
        FOR_EACH (i, n) out[places[i / row] * row + i % row] = from[i];                        \
    }
PUT(4, u32)
PUT(8, u64)

// Row p of `out` is the sum, in f64, of the rows order[ends[p − 1] .. ends[p]] of `from`, in that order.
#define SUM_ROWS(T)                                                                                                  \
    KERNEL sum_rows_##T(T* out, const T* from, const i64* order, const i64* ends, u64 n, u64 row) {                  \
        FOR_EACH (i, n) {                                                                                            \
            u64 place = i / row, column = i % row;                                                                   \
            f64 sum = 0;                                                                                             \
            for (i64 s = place ? ends[place - 1] : 0; s < ends[place]; s++) sum += to_f64(from[order[s] * row + column]); \
            out[i] = from_f64<T>(sum);                                                                               \
        }                                                                                                            \
    }
SUM_ROWS(f32)
SUM_ROWS(f64)
SUM_ROWS(bf16)
