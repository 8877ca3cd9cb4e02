// A tensor of any layout, as the host passes it (src/backend/cuda/view.rs).
#pragma once
#include "element.cuh"

#define AXES 8

// Number i in row-major order lies at Σ index[a] · strides[a], sizes and strides from the innermost axis outwards; at i if
// there are no axes.
template <class T>
struct View {
    T* data;
    u32 rank;
    u32 unused;
    u32 sizes[AXES];
    i64 strides[AXES];

    __device__ __forceinline__ T& operator[](u64 i) const {
        if (rank == 0) return data[i];
        u32 rest = u32(i);
        i64 at = 0;
        // Unrolled, since parameters are cheap to read at fixed places only.
#pragma unroll
        for (int a = 0; a < AXES; a++) {
            if (a == rank) break;
            u32 outer = rest / sizes[a];
            at += i64(rest - outer * sizes[a]) * strides[a];
            rest = outer;
        }
        return data[at];
    }
};

// A view as a parameter: read where the launch has put it, never copied.
#define VIEW(T) const __grid_constant__ View<T>
