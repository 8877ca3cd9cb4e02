// Order along rows: extremes, sorting, running sums: src/ops/order.rs. A NaN counts as the largest number.
#include "element.cuh"

// Numbers as integers of the same order; equal ones (0 and −0, all NaN) become equal.
DEVICE u64 key(f64 x) {
    if (isnan(x)) return ~0ull;
    u64 bits = u64(__double_as_longlong(x + 0.0));
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}
DEVICE u64 key(f32 x) { return key(f64(x)); }
DEVICE u64 key(bf16 x) { return key(to_f64(x)); }
DEVICE u64 key(i64 x) { return u64(x) ^ 1ull << 63; }
DEVICE u64 key(u32 x) { return x; }
DEVICE u64 key(u8 x) { return x; }

// A number and its place: any sort of these keeps the order of equals.
struct Entry {
    u64 key;
    i64 place;
};
DEVICE bool before(Entry a, Entry b) { return a.key < b.key || (a.key == b.key && a.place < b.place); }
template <class T>
DEVICE Entry entry(T x, i64 place, u32 descending) {
    return {descending ? ~key(x) : key(x), place};
}

// Threads that share a row.
constexpr int BLOCK = 128;

// The entries of `n / padded` rows of `length` numbers, `padded` (a power of two) a row; those beyond the end come last.
#define ENTRIES(T)                                                                                                   \
    KERNEL entries_##T(Entry* out, const T* x, u64 n, u64 length, u64 padded, u32 descending) {                      \
        FOR_EACH (at, n) {                                                                                           \
            u64 row = at / padded, i = at % padded;                                                                  \
            out[at] = i < length ? entry(x[row * length + i], i64(i), descending) : Entry{~0ull, i64(i)};            \
        }                                                                                                            \
    }

// The place of the first of each row in sorted order; a block a row.
#define FIRST(T)                                                                                                     \
    KERNEL __launch_bounds__(BLOCK) first_##T(i64* out, const T* x, u64 length, u32 descending) {                    \
        __shared__ Entry best[BLOCK];                                                                                \
        const T* row = x + blockIdx.x * length;                                                                      \
        Entry mine = {~0ull, 0x7fffffffffffffff};                                                                    \
        for (u64 i = threadIdx.x; i < length; i += BLOCK) {                                                          \
            Entry other = entry(row[i], i64(i), descending);                                                         \
            if (before(other, mine)) mine = other;                                                                   \
        }                                                                                                            \
        best[threadIdx.x] = mine;                                                                                    \
        for (int half = BLOCK / 2; half > 0; half /= 2) {                                                            \
            __syncthreads();                                                                                         \
            if (threadIdx.x < half && before(best[threadIdx.x + half], best[threadIdx.x]))                           \
                best[threadIdx.x] = best[threadIdx.x + half];                                                        \
        }                                                                                                            \
        if (threadIdx.x == 0) out[blockIdx.x] = best[0].place;                                                       \
    }

#define ORDER(T) ENTRIES(T) FIRST(T)
ORDER(f32)
ORDER(f64)
ORDER(bf16)
ORDER(u32)
ORDER(i64)
ORDER(u8)

// One step of a bitonic sort (Batcher 1968) of all rows: `run` is the length of the runs that it makes, `gap` the distance
// of the `n` pairs of entries that it compares.
KERNEL sort_step(Entry* entries, u64 n, u64 padded, u64 run, u64 gap) {
    FOR_EACH (pair, n) {
        u64 low = pair / gap * 2 * gap + pair % gap, high = low + gap;
        bool ascending = (low % padded & run) == 0;
        Entry a = entries[low], b = entries[high];
        if (before(b, a) == ascending) {
            entries[low] = b;
            entries[high] = a;
        }
    }
}

// The places of the first `kept` entries of each row.
KERNEL places(i64* out, const Entry* entries, u64 n, u64 padded, u64 kept) {
    FOR_EACH (i, n) out[i] = entries[i / kept * padded + i % kept].place;
}

// Running sums, in f64, of rows; a block a row.
#define CUMSUM(T)                                                                                                    \
    KERNEL __launch_bounds__(BLOCK) cumsum_##T(T* out, const T* x, u64 length, u32 backwards) {                      \
        __shared__ f64 sums[BLOCK];                                                                                  \
        const T* from = x + blockIdx.x * length;                                                                     \
        T* to = out + blockIdx.x * length;                                                                           \
        f64 carry = 0;                                                                                               \
        for (u64 start = 0; start < length; start += BLOCK) {                                                        \
            u64 i = start + threadIdx.x, at = backwards ? length - 1 - i : i;                                        \
            f64 sum = i < length ? f64(from[at]) : 0;                                                                \
            for (int gap = 1; gap < BLOCK; gap *= 2) {                                                               \
                __syncthreads();                                                                                     \
                sums[threadIdx.x] = sum;                                                                             \
                __syncthreads();                                                                                     \
                if (threadIdx.x >= gap) sum = sums[threadIdx.x - gap] + sum;                                         \
            }                                                                                                        \
            sum = carry + sum;                                                                                       \
            if (i < length) to[at] = T(sum);                                                                         \
            __syncthreads();                                                                                         \
            sums[threadIdx.x] = sum;                                                                                 \
            __syncthreads();                                                                                         \
            carry = sums[BLOCK - 1];                                                                                 \
        }                                                                                                            \
    }
CUMSUM(f32)
CUMSUM(f64)
