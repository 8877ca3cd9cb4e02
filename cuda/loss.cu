// Cross-entropy of a softmax and its derivative: the formulas of src/ops/loss.rs. An ignored row has target −1.
#include "row.cuh"

// The loss of each row, and its shift and 1/Σ exp(x − shift).
template <class R, class T>
__device__ void cross_entropy(const T* x, const i64* targets, T* losses, T* stats, i64 rows, int n,
                              f64 smoothing) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    T top = row_max<R, T>(row, n), shift = top == T(-INFINITY) ? T(0) : top;
    f64 total = row_sum<R>(n, [&](int e, int i) { return (f64)exponential(row.at(e, i) - shift); });
    f64 sum = smoothing > 0 ? row_sum<R>(n, [&](int e, int i) { return (f64)row.at(e, i); }) : 0;
    if (!leads<R>()) return;
    stats[2 * r] = shift;
    stats[2 * r + 1] = T(1 / total);
    i64 target = targets[r];
    if (target < 0) {
        losses[r] = 0;
        return;
    }
    // Seen from the shift, so that a confident row keeps its digits.
    f64 score = (1 - smoothing) * ((f64)x[r * n + target] - (f64)shift);
    if (smoothing > 0) score += smoothing / n * (sum - n * (f64)shift);
    losses[r] = T(log(total) - score);
}

// (softmax(x) − smoothing/n − (1 − smoothing) at the target) g
template <class R, class T>
__device__ void cross_entropy_vjp(const T* g, const T* x, const i64* targets, const T* stats, T* out, i64 rows,
                                  int n, f64 smoothing) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    i64 target = targets[r];
    T grad = g[r], shift = stats[2 * r], scale = stats[2 * r + 1] * grad;
    T spread = T(smoothing / n) * grad, hit = T(1 - smoothing) * grad;
    R::write(out + r * n, n, [&](int e, int i) {
        if (target < 0) return T(0);
        T d = exponential(row.at(e, i) - shift) * scale - spread;
        return i == target ? d - hit : d;
    });
}

#define FORWARD(T) \
    (const T* x, const i64* targets, T* losses, T* stats, i64 rows, int n, f64 smoothing)
#define BACKWARD(T) \
    (const T* g, const T* x, const i64* targets, const T* stats, T* out, i64 rows, int n, f64 smoothing)
ROW_KERNELS(cross_entropy, FORWARD, (x, targets, losses, stats, rows, n, smoothing))
ROW_KERNELS(cross_entropy_vjp, BACKWARD, (g, x, targets, stats, out, rows, n, smoothing))
