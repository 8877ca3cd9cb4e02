// Softmax, its logarithm, the logarithm of its denominator, and their derivatives: the formulas and conventions of
// src/ops/softmax.rs.
#include "row.cuh"

// The largest number, or 0 where all are −∞.
template <class R, class T> __device__ T shift_of(const R& x, int n) {
    T top = row_max<R, T>(x, n);
    return top == T(-INFINITY) ? T(0) : top;
}

template <class R, class T> __device__ void softmax(const T* x, T* out, i64 rows, int n) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    T shift = shift_of<R, T>(row, n);
    f64 total = row_sum<R>(n, [&](int e, int i) { return (f64)exponential(row.at(e, i) - shift); });
    T scale = T(total == 0 ? 0 : 1 / total);
    R::write(out + r * n, n, [&](int e, int i) { return exponential(row.at(e, i) - shift) * scale; });
}

template <class R, class T> __device__ void log_softmax(const T* x, T* out, i64 rows, int n) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    T shift = shift_of<R, T>(row, n);
    f64 total = row_sum<R>(n, [&](int e, int i) { return (f64)exponential(row.at(e, i) - shift); });
    T log_total = T(total == 0 ? 0 : log(total));
    R::write(out + r * n, n, [&](int e, int i) { return (row.at(e, i) - shift) - log_total; });
}

template <class R, class T> __device__ void logsumexp(const T* x, T* out, i64 rows, int n) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    T shift = shift_of<R, T>(row, n);
    f64 total = row_sum<R>(n, [&](int e, int i) { return (f64)exponential(row.at(e, i) - shift); });
    if (leads<R>()) out[r] = T((f64)shift + log(total));
}

// y (g − Σ g y)
template <class R, class T> __device__ void softmax_vjp(const T* g, const T* y, T* out, i64 rows, int n) {
    i64 r = R::row();
    if (r >= rows) return;
    R grad(g + r * n, n), value(y + r * n, n);
    T mean = T(row_sum<R>(n, [&](int e, int i) { return (f64)(grad.at(e, i) * value.at(e, i)); }));
    R::write(out + r * n, n, [&](int e, int i) { return (grad.at(e, i) - mean) * value.at(e, i); });
}

// g − softmax(x) Σ g
template <class R, class T> __device__ void log_softmax_vjp(const T* g, const T* y, T* out, i64 rows, int n) {
    i64 r = R::row();
    if (r >= rows) return;
    R grad(g + r * n, n), value(y + r * n, n);
    T total = T(row_sum<R>(n, [&](int e, int i) { return (f64)grad.at(e, i); }));
    R::write(out + r * n, n, [&](int e, int i) { return grad.at(e, i) - exponential(value.at(e, i)) * total; });
}

// softmax(x) g, with g and y one number a row
template <class R, class T>
__device__ void logsumexp_vjp(const T* g, const T* x, const T* y, T* out, i64 rows, int n) {
    i64 r = R::row();
    if (r >= rows) return;
    R row(x + r * n, n);
    T grad = g[r], value = y[r] == T(-INFINITY) ? T(0) : y[r];
    R::write(out + r * n, n, [&](int e, int i) { return exponential(row.at(e, i) - value) * grad; });
}

#define FORWARD(T) (const T* x, T* out, i64 rows, int n)
#define BACKWARD(T) (const T* g, const T* y, T* out, i64 rows, int n)
#define LOGSUMEXP_BACKWARD(T) (const T* g, const T* x, const T* y, T* out, i64 rows, int n)
ROW_KERNELS(softmax, FORWARD, (x, out, rows, n))
ROW_KERNELS(log_softmax, FORWARD, (x, out, rows, n))
ROW_KERNELS(logsumexp, FORWARD, (x, out, rows, n))
ROW_KERNELS(softmax_vjp, BACKWARD, (g, y, out, rows, n))
ROW_KERNELS(log_softmax_vjp, BACKWARD, (g, y, out, rows, n))
ROW_KERNELS(logsumexp_vjp, LOGSUMEXP_BACKWARD, (g, x, y, out, rows, n))
