// Layer norm and RMS norm, and their derivatives: the formulas of src/ops/norm.rs.
#include "row.cuh"

// (x − mean) · scale in T, with the digits of the mean that T cannot hold in `low`.
template <class T> struct Standard {
    T high, low, scale;
    __device__ Standard(f64 mean, f64 scale) : high(T(mean)), low(T(mean - (f64)T(mean))), scale(T(scale)) {}
    __device__ T operator()(T x) const { return ((x - high) - low) * scale; }
};

// `weight` and `bias` may be null; `share` is 1/n. `stats` gets the mean (0 unless `centred`) and the reciprocal deviation
// of each row.
template <class R, class T>
__device__ void norm(const T* x, const T* weight, const T* bias, T* out, f64* stats, i64 rows, int n,
                     f64 share, f64 eps, int centred) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    f64 mean = centred ? row_sum<R>(n, [&](int e, int i) { return (f64)row.at(e, i); }) * share : 0;
    f64 squares = row_sum<R>(n, [&](int e, int i) {
        f64 d = (f64)row.at(e, i) - mean;
        return d * d;
    });
    f64 scale = rsqrt(squares * share + eps);
    if (leads<R>()) {
        stats[2 * r] = mean;
        stats[2 * r + 1] = scale;
    }
    Standard<T> standard(mean, scale);
    R gain(weight, n, T(1)), shift(bias, n);
    R::write(out + r * n, n, [&](int e, int i) { return standard(row.at(e, i)) * gain.at(e, i) + shift.at(e, i); });
}

// scale · (h − mean(h) − x̂ mean(h x̂)) with h = g · weight; without mean(h) if rows were not centred.
template <class R, class T>
__device__ void norm_vjp(const T* g, const T* x, const f64* stats, const T* weight, T* out, i64 rows, int n,
                         f64 share, int centred) {
    i64 r = R::row();
    if (r >= rows) return;
    R grad(g + r * n, n), row(x + r * n, n), gain(weight, n, T(1));
    Standard<T> standard(stats[2 * r], stats[2 * r + 1]);
    auto h = [&](int e, int i) { return grad.at(e, i) * gain.at(e, i); };
    T mean = T(centred ? row_sum<R>(n, [&](int e, int i) { return (f64)h(e, i); }) * share : 0);
    T along = T(row_sum<R>(n, [&](int e, int i) { return (f64)(h(e, i) * standard(row.at(e, i))); }) * share);
    R::write(out + r * n, n, [&](int e, int i) {
        return standard.scale * ((h(e, i) - mean) - standard(row.at(e, i)) * along);
    });
}

#define FORWARD(T)                                                                                               \
    (const T* x, const T* weight, const T* bias, T* out, f64* stats, i64 rows, int n, f64 share, f64 eps,          \
     int centred)
#define BACKWARD(T)                                                                                              \
    (const T* g, const T* x, const f64* stats, const T* weight, T* out, i64 rows, int n, f64 share,     \
     int centred)
ROW_KERNELS(norm, FORWARD, (x, weight, bias, out, stats, rows, n, share, eps, centred))
ROW_KERNELS(norm_vjp, BACKWARD, (g, x, stats, weight, out, rows, n, share, centred))

// Sums over `share` rows each of g · x̂ and of g, for the gradients of gain and bias: [blocks, 2, n].
#define PARAMETERS(T)                                                                                                \
    KERNEL norm_parameters_##T(const T* g, const T* x, const f64* stats, f64* sums, u64 rows, u64 n, u64 share) {    \
        u64 blocks = (rows + share - 1) / share;                                                                     \
        FOR_EACH (at, blocks * n) {                                                                                  \
            u64 block = at / n, i = at % n;                                                                          \
            f64 gain = 0, bias = 0;                                                                                  \
            for (u64 r = block * share; r < rows && r < (block + 1) * share; r++) {                                  \
                T grad = g[r * n + i];                                                                               \
                gain += f64(grad * Standard<T>(stats[2 * r], stats[2 * r + 1])(x[r * n + i]));                       \
                bias += f64(grad);                                                                                   \
            }                                                                                                        \
            sums[2 * block * n + i] = gain;                                                                          \
            sums[(2 * block + 1) * n + i] = bias;                                                                    \
        }                                                                                                            \
    }                                                                                                                \
    /* The sums of all blocks, in their order. */                                                                    \
    KERNEL norm_parameters_end_##T(const f64* sums, T* gain, T* bias, u64 n, u64 blocks) {                           \
        FOR_EACH (i, n) {                                                                                            \
            f64 a = 0, b = 0;                                                                                        \
            for (u64 k = 0; k < blocks; k++) {                                                                       \
                a += sums[2 * k * n + i];                                                                            \
                b += sums[(2 * k + 1) * n + i];                                                                      \
            }                                                                                                        \
            gain[i] = T(a);                                                                                          \
            bias[i] = T(b);                                                                                          \
        }                                                                                                            \
    }
PARAMETERS(f32)
PARAMETERS(f64)
