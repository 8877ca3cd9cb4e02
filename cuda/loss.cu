// Cross-entropy of a softmax and its derivative: the formulas of src/ops/loss.rs. An ignored row has target −1.
#include "row.cuh"

__device__ inline float exponential(float x) { return expf(x); }
__device__ inline double exponential(double x) { return exp(x); }

// The loss of each row, and its shift and 1/Σ exp(x − shift).
template <class R, class T>
__device__ void cross_entropy(const T* x, const long long* targets, T* losses, T* stats, long long rows, int n,
                              double smoothing) {
    long long r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    T top = row_max<R, T>(row, n), shift = top == T(-INFINITY) ? T(0) : top;
    double total = row_sum<R>(n, [&](int e, int i) { return (double)exponential(row.at(e, i) - shift); });
    double sum = smoothing > 0 ? row_sum<R>(n, [&](int e, int i) { return (double)row.at(e, i); }) : 0;
    if (!leads<R>()) return;
    stats[2 * r] = shift;
    stats[2 * r + 1] = T(1 / total);
    long long target = targets[r];
    if (target < 0) {
        losses[r] = 0;
        return;
    }
    // Seen from the shift, so that a confident row keeps its digits.
    double score = (1 - smoothing) * ((double)x[r * n + target] - (double)shift);
    if (smoothing > 0) score += smoothing / n * (sum - n * (double)shift);
    losses[r] = T(log(total) - score);
}

// (softmax(x) − smoothing/n − (1 − smoothing) at the target) g
template <class R, class T>
__device__ void cross_entropy_vjp(const T* g, const T* x, const long long* targets, const T* stats, T* out, long long rows,
                                  int n, double smoothing) {
    long long r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    long long target = targets[r];
    T grad = g[r], shift = stats[2 * r], scale = stats[2 * r + 1] * grad;
    T spread = T(smoothing / n) * grad, hit = T(1 - smoothing) * grad;
    R::write(out + r * n, n, [&](int e, int i) {
        if (target < 0) return T(0);
        T d = exponential(row.at(e, i) - shift) * scale - spread;
        return i == target ? d - hit : d;
    });
}

#define FORWARD(T) \
    (const T* x, const long long* targets, T* losses, T* stats, long long rows, int n, double smoothing)
#define BACKWARD(T) \
    (const T* g, const T* x, const long long* targets, const T* stats, T* out, long long rows, int n, double smoothing)
ROW_KERNELS(cross_entropy, FORWARD, (x, targets, losses, stats, rows, n, smoothing))
ROW_KERNELS(cross_entropy_vjp, BACKWARD, (g, x, targets, stats, out, rows, n, smoothing))
