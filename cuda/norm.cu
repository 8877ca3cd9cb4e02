// Layer norm and RMS norm, and their derivatives: the formulas of src/ops/norm.rs.
#include "row.cuh"

// (x − mean) · scale in T, with the digits of the mean that T cannot hold in `low`.
template <class T> struct Standard {
    T high, low, scale;
    __device__ Standard(double mean, double scale) : high(T(mean)), low(T(mean - (double)T(mean))), scale(T(scale)) {}
    __device__ T operator()(T x) const { return ((x - high) - low) * scale; }
};

// `weight` and `bias` may be null; `share` is 1/n. `stats` gets the mean (0 unless `centred`) and the reciprocal deviation of each row.
template <class R, class T>
__device__ void norm(const T* x, const T* weight, const T* bias, T* out, double* stats, long long rows, int n,
                     double share, double eps, int centred) {
    long long r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    double mean = centred ? row_sum<R>(n, [&](int e, int i) { return (double)row.at(e, i); }) * share : 0;
    double squares = row_sum<R>(n, [&](int e, int i) {
        double d = (double)row.at(e, i) - mean;
        return d * d;
    });
    double scale = rsqrt(squares * share + eps);
    if (leads<R>()) {
        stats[2 * r] = mean;
        stats[2 * r + 1] = scale;
    }
    Standard<T> standard(mean, scale);
    R::write(out + r * n, n, [&](int e, int i) {
        return standard(row.at(e, i)) * (weight ? weight[i] : T(1)) + (bias ? bias[i] : T(0));
    });
}

// scale · (h − mean(h) − x̂ mean(h x̂)) with h = g · weight; without mean(h) if rows were not centred.
template <class R, class T>
__device__ void norm_vjp(const T* g, const T* x, const double* stats, const T* weight, T* out, long long rows, int n,
                         double share, int centred) {
    long long r = R::row();
    if (r >= rows) return;
    R grad(g + r * n, n), row(x + r * n, n);
    Standard<T> standard(stats[2 * r], stats[2 * r + 1]);
    auto h = [&](int e, int i) { return grad.at(e, i) * (weight ? weight[i] : T(1)); };
    T mean = T(centred ? row_sum<R>(n, [&](int e, int i) { return (double)h(e, i); }) * share : 0);
    T along = T(row_sum<R>(n, [&](int e, int i) { return (double)(h(e, i) * standard(row.at(e, i))); }) * share);
    R::write(out + r * n, n, [&](int e, int i) {
        return standard.scale * ((h(e, i) - mean) - standard(row.at(e, i)) * along);
    });
}

#define FORWARD(T)                                                                                               \
    (const T* x, const T* weight, const T* bias, T* out, double* stats, long long rows, int n, double share, double eps,          \
     int centred)
#define BACKWARD(T)                                                                                              \
    (const T* g, const T* x, const double* stats, const T* weight, T* out, long long rows, int n, double share,     \
     int centred)
ROW_KERNELS(norm, FORWARD, (x, weight, bias, out, stats, rows, n, share, eps, centred))
ROW_KERNELS(norm_vjp, BACKWARD, (g, x, stats, weight, out, rows, n, share, centred))

// Sums over `share` rows a block (blockIdx.y) of g · x̂ and of g, for the gradients of gain and bias: [blocks, 2, n].
template <class T>
__device__ void parameters(const T* g, const T* x, const double* stats, double* sums, long long rows, int n, int share) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    double gain = 0, bias = 0;
    long long first = (long long)blockIdx.y * share, end = min(rows, first + share);
    for (long long r = first; r < end; r++) {
        T grad = g[r * n + i];
        gain += (double)(grad * Standard<T>(stats[2 * r], stats[2 * r + 1])(x[r * n + i]));
        bias += (double)grad;
    }
    sums[(2ll * blockIdx.y) * n + i] = gain;
    sums[(2ll * blockIdx.y + 1) * n + i] = bias;
}
// The sums of all blocks, in their order.
template <class T> __device__ void parameters_end(const double* sums, T* gain, T* bias, int n, int blocks) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    double a = 0, b = 0;
    for (long long k = 0; k < blocks; k++) {
        a += sums[2 * k * n + i];
        b += sums[(2 * k + 1) * n + i];
    }
    gain[i] = T(a);
    bias[i] = T(b);
}
#define PARAMETERS(T, TYPE)                                                                                       \
    extern "C" __global__ void norm_parameters_##TYPE(const T* g, const T* x, const double* stats, double* sums,  \
                                                      long long rows, int n, int share) {                         \
        parameters<T>(g, x, stats, sums, rows, n, share);                                                         \
    }                                                                                                             \
    extern "C" __global__ void norm_parameters_end_##TYPE(const double* sums, T* gain, T* bias, int n, int blocks) { \
        parameters_end<T>(sums, gain, bias, n, blocks);                                                           \
    }
PARAMETERS(float, f32)
PARAMETERS(double, f64)
