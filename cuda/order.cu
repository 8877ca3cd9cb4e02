// Order along rows. A NaN counts as the largest number; of equals the first comes first.
#include "element.cuh"

template <class T>
DEVICE bool above(T a, T b) {
    return a > b || (a != a && b == b);
}

// A number and its place; nothing if the place is beyond all.
template <class T>
struct Candidate {
    T number;
    u64 place;
};

template <class T, bool LARGEST>
DEVICE bool better(Candidate<T> a, Candidate<T> b) {
    if (LARGEST ? above(a.number, b.number) : above(b.number, a.number)) return true;
    if (LARGEST ? above(b.number, a.number) : above(a.number, b.number)) return false;
    return a.place < b.place;
}

// The place of the largest or smallest number of a row, which is the work of a warp. Lanes beyond the row's end take its
// first number, which changes nothing.
template <bool LARGEST, class T>
DEVICE u64 extreme(const T* row, u64 length) {
    auto at = [&](u64 i) { return Candidate<decltype(comparable(*row))>{comparable(row[i]), i}; };
    u64 lane = threadIdx.x % 32;
    auto best = at(lane < length ? lane : 0);
    for (u64 i = lane + 32; i < length; i += 32) {
        auto next = at(i);
        if (better<decltype(best.number), LARGEST>(next, best)) best = next;
    }
#pragma unroll
    for (int far = 16; far > 0; far /= 2) {
        auto other = best;
        other.number = __shfl_xor_sync(0xffffffff, best.number, far);
        other.place = __shfl_xor_sync(0xffffffff, best.place, far);
        if (better<decltype(best.number), LARGEST>(other, best)) best = other;
    }
    return best.place;
}

#define EXTREME(name, LARGEST, T)                                                                        \
    KERNEL name##_##T(i64* out, const T* x, u64 rows, u64 length) {                                      \
        FOR_EACH_WARP (row, rows) {                                                                      \
            u64 place = extreme<LARGEST>(x + row * length, length);                                      \
            if (threadIdx.x % 32 == 0) out[row] = i64(place);                                            \
        }                                                                                                \
    }
#define EXTREMES(T) EXTREME(argmax, true, T) EXTREME(argmin, false, T)

EXTREMES(f32)
EXTREMES(f64)
EXTREMES(bf16)
EXTREMES(u32)
EXTREMES(i64)
EXTREMES(u8)

// Sums of a row up to each number, in f64. A warp sums 32 numbers by doubling steps (Hillis & Steele 1986) and carries
// their total on.
#define CUMSUM(T)                                                                                        \
    KERNEL cumsum_##T(T* out, const T* x, u64 rows, u64 length, u32 backwards) {                         \
        u32 lane = threadIdx.x % 32;                                                                     \
        FOR_EACH_WARP (row, rows) {                                                                      \
            f64 carry = 0;                                                                               \
            for (u64 start = 0; start < length; start += 32) {                                           \
                u64 i = start + lane, at = row * length + (backwards ? length - 1 - i : i);              \
                f64 sum = i < length ? to_f64(x[at]) : 0;                                                \
                _Pragma("unroll") for (u32 far = 1; far < 32; far *= 2) {                                \
                    f64 before = __shfl_up_sync(0xffffffff, sum, far);                                   \
                    if (lane >= far) sum += before;                                                      \
                }                                                                                        \
                sum += carry;                                                                            \
                if (i < length) out[at] = from_f64<T>(sum);                                              \
                carry = __shfl_sync(0xffffffff, sum, 31);                                                \
            }                                                                                            \
        }                                                                                                \
    }

CUMSUM(f32)
CUMSUM(f64)
