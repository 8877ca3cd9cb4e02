// Windows of images laid out as columns, and their transpose: src/ops/conv/window.rs.
using i64 = long long;

struct Windows {
    i64 kernel[2], places[2], full[2], padding[2];
    i64 stride, dilation;
};

// [planes · area, count]: row `plane · area + tap` has the numbers that the windows see at that tap; numbers of any type of
// their size.
template <class T> __device__ void unfold(const T* x, T* out, i64 total, Windows w) {
    i64 at = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= total) return;
    i64 count = w.places[0] * w.places[1], area = w.kernel[0] * w.kernel[1];
    i64 place = at % count, tap = at / count % area, plane = at / count / area;
    i64 y = place / w.places[1] * w.stride + tap / w.kernel[1] * w.dilation - w.padding[0];
    i64 z = place % w.places[1] * w.stride + tap % w.kernel[1] * w.dilation - w.padding[1];
    bool inside = y >= 0 && y < w.full[0] && z >= 0 && z < w.full[1];
    out[at] = inside ? x[(plane * w.full[0] + y) * w.full[1] + z] : T(0);
}

// Each pixel is the sum over the taps, in their order, of the windows that see it there.
template <class T> __device__ void fold(const T* x, T* out, i64 total, Windows w) {
    i64 at = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= total) return;
    i64 z = at % w.full[1], y = at / w.full[1] % w.full[0], plane = at / w.full[1] / w.full[0];
    i64 count = w.places[0] * w.places[1], area = w.kernel[0] * w.kernel[1];
    T sum = 0;
    for (i64 tap = 0; tap < area; tap++) {
        i64 row = y + w.padding[0] - tap / w.kernel[1] * w.dilation;
        i64 column = z + w.padding[1] - tap % w.kernel[1] * w.dilation;
        if (row < 0 || column < 0 || row % w.stride || column % w.stride) continue;
        row /= w.stride;
        column /= w.stride;
        if (row < w.places[0] && column < w.places[1])
            sum += x[(plane * area + tap) * count + row * w.places[1] + column];
    }
    out[at] = sum;
}

#define UNFOLD(T, BYTES) \
    extern "C" __global__ void unfold_##BYTES(const T* x, T* out, i64 total, Windows w) { unfold(x, out, total, w); }
UNFOLD(unsigned char, 1)
UNFOLD(unsigned short, 2)
UNFOLD(unsigned int, 4)
UNFOLD(unsigned long long, 8)
#define FOLD(T, TYPE) \
    extern "C" __global__ void fold_##TYPE(const T* x, T* out, i64 total, Windows w) { fold(x, out, total, w); }
FOLD(float, f32)
FOLD(double, f64)
