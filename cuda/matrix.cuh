// Small dense matrices in memory that a thread has for itself: as src/geometry/matrix/{dense, eigen, divided, cholesky}.rs,
// which have the sources of the algorithms. W is double or double-double.
#pragma once
#include "double_double.cuh"
#include "element.cuh"

// The memory of a thread: how many bytes are taken and how many there are, then those.
struct alignas(16) Arena {
    u64 taken, size;
};
template <class W> FUNCTION W *take(Arena *arena, int n) {
    W *at = (W *)((char *)arena + arena->taken);
    arena->taken += (n * sizeof(W) + 15) / 16 * 16;
    // Sooner an error of the launch than another thread's numbers.
    if (arena->taken > arena->size) __trap();
    return at;
}

template <class W> struct Matrix {
    W *data;
    Arena *arena;
    int rows, cols;
    FUNCTION W &operator()(int i, int j) const { return data[i * cols + j]; }
};

#define EACH(i, j, a)                        \
    _Pragma("unroll 1") for (int i = 0; i < (a).rows; i++) \
        _Pragma("unroll 1") for (int j = 0; j < (a).cols; j++)
#define UP_TO(i, first, n) _Pragma("unroll 1") for (int i = first; i < (n); i++)

template <class W> FUNCTION Matrix<W> uninitialised(Arena *arena, int rows, int cols) {
    return {take<W>(arena, rows * cols), arena, rows, cols};
}
// A matrix of the same shape, of f(i, j).
template <class W, class F> FUNCTION Matrix<W> like(Matrix<W> a, F f) {
    Matrix<W> out = uninitialised<W>(a.arena, a.rows, a.cols);
    EACH(i, j, a) out(i, j) = f(i, j);
    return out;
}
template <class W, class F> FUNCTION Matrix<W> weighted(Matrix<W> a, F f) {
    return like(a, [&](int i, int j) { return a(i, j) * f(i, j); });
}
template <class W> FUNCTION Matrix<W> single(Arena *arena, W x) {
    Matrix<W> out = uninitialised<W>(arena, 1, 1);
    out(0, 0) = x;
    return out;
}

template <class W> APART Matrix<W> identity(Matrix<W> a) {
    return like(a, [](int i, int j) { return W(i == j ? 1 : 0); });
}
template <class W> APART Matrix<W> zeros(Matrix<W> a) {
    return like(a, [](int, int) { return W(0); });
}
template <class W> APART Matrix<W> diagonal(Matrix<W> a, W *d) {
    return like(a, [=](int i, int j) { return i == j ? d[i] : W(0); });
}
template <class W> APART Matrix<W> operator+(Matrix<W> a, Matrix<W> b) {
    return like(a, [=](int i, int j) { return a(i, j) + b(i, j); });
}
template <class W> APART Matrix<W> operator-(Matrix<W> a, Matrix<W> b) {
    return like(a, [=](int i, int j) { return a(i, j) - b(i, j); });
}
template <class W> APART Matrix<W> scale(Matrix<W> a, W s) {
    return like(a, [=](int i, int j) { return a(i, j) * s; });
}
template <class W> APART Matrix<W> sym(Matrix<W> a) {
    return like(a, [=](int i, int j) { return (a(i, j) + a(j, i)) * 0.5; });
}
template <class W> APART Matrix<W> operator*(Matrix<W> a, Matrix<W> b) {
    Matrix<W> out = uninitialised<W>(a.arena, a.rows, b.cols);
    EACH(i, j, out) {
        W s(0);
        UP_TO(k, 0, a.cols) s = s + a(i, k) * b(k, j);
        out(i, j) = s;
    }
    return out;
}
template <class W> APART W dot(Matrix<W> a, Matrix<W> b) {
    W s(0);
    EACH(i, j, a) s = s + a(i, j) * b(i, j);
    return s;
}
template <class W> APART Matrix<W> transposed(Matrix<W> a) {
    Matrix<W> out = uninitialised<W>(a.arena, a.cols, a.rows);
    EACH(i, j, out) out(i, j) = a(j, i);
    return out;
}
// b a bᵀ of a symmetric a, exactly symmetric.
template <class W> APART Matrix<W> congruent(Matrix<W> a, Matrix<W> b) {
    Matrix<W> out = uninitialised<W>(a.arena, b.rows, b.rows);
    u64 taken = a.arena->taken;
    Matrix<W> both = sym(b * a * transposed(b));
    EACH(i, j, out) out(i, j) = both(i, j);
    a.arena->taken = taken;
    return out;
}
template <class W> APART double largest(Matrix<W> a) {
    double m = 0;
    EACH(i, j, a) m = fmax(m, fabs(value(a(i, j))));
    return m;
}
// q diag(f) qᵀ.
template <class W> APART Matrix<W> compose(Matrix<W> q, W *f) { return congruent(diagonal(q, f), q); }

template <class W> FUNCTION bool same(W a, W b) { return !(a < b) && !(b < a); }
template <class W> FUNCTION W magnitude(W x) { return x < W(0) ? -x : x; }

template <class W> struct Eigen {
    W *values;
    Matrix<W> vectors;
};

// Makes a(i, j) zero, unless it is below the rounding of the diagonal.
template <class W> APART bool rotate(Matrix<W> a, Matrix<W> q, int i, int j) {
    W x = a(i, j);
    W size = sqrt(magnitude(a(i, i))) * sqrt(magnitude(a(j, j)));
    if (!(size < size + magnitude(x))) return false;
    W theta = (a(j, j) - a(i, i)) / (x * 2.0);
    W root = sqrt(theta * theta + 1.0);
    W tan = theta < W(0) ? W(1) / (theta - root) : W(1) / (theta + root);
    W cos = W(1) / sqrt(tan * tan + 1.0);
    W sin = tan * cos;
    a(i, i) = a(i, i) - tan * x;
    a(j, j) = a(j, j) + tan * x;
    a(i, j) = a(j, i) = W(0);
    UP_TO(k, 0, a.rows) {
        if (k != i && k != j) {
            W u = a(k, i), v = a(k, j);
            a(k, i) = a(i, k) = cos * u - sin * v;
            a(k, j) = a(j, k) = sin * u + cos * v;
        }
        W u = q(k, i), v = q(k, j);
        q(k, i) = cos * u - sin * v;
        q(k, j) = sin * u + cos * v;
    }
    return true;
}

// Cyclic Jacobi.
template <class W> APART Eigen<W> eigen(Matrix<W> given) {
    Matrix<W> q = identity(given), a = like(given, [=](int i, int j) { return given(i, j); });
    UP_TO(sweep, 0, 40) {
        bool rotated = false;
        UP_TO(i, 0, a.rows) UP_TO(j, i + 1, a.rows) rotated |= rotate(a, q, i, j);
        if (!rotated) break;
    }
    W *values = take<W>(a.arena, a.rows);
    UP_TO(i, 0, a.rows) values[i] = a(i, i);
    return {values, q};
}

// Divided differences of the exponential.
template <class W> APART W exp2(W a, W b) {
    W h = (a - b) * 0.5, z = h * h;
    if (value(z) > 0.0625) return (exp(a) - exp(b)) / (a - b);
    W term(1), sum(1);
    UP_TO(k, 1, 60) {
        term = term * z / (double)(2 * k * (2 * k + 1));
        W next = sum + term;
        if (same(next, sum)) break;
        sum = next;
    }
    return exp((a + b) * 0.5) * sum;
}
template <class W> APART W exp3(W a, W b, W c) {
    W low = b < a ? b : a, high = b < a ? a : b;
    W top = c < high ? high : c, rest = c < high ? c : high;
    a = rest < low ? rest : low, b = rest < low ? low : rest, c = top;
    if (value(c - a) > 0.5) return (exp2(b, c) - exp2(a, b)) / (c - a);
    W mean = (a + b + c) / 3.0, p = a - mean, q = b - mean, r = c - mean;
    W e2 = p * q + (p + q) * r, e3 = p * q * r;
    W h0(1), h1(0), h2(0), sum(0.5);
    double factorial = 2;
    int still = 0;
    UP_TO(k, 1, 60) {
        W h = h2 * e3 - h1 * e2;
        h2 = h1, h1 = h0, h0 = h;
        factorial *= k + 2;
        W next = sum + h0 / factorial;
        still = same(next, sum) ? still + 1 : 0;
        if (still == 2 && k > 2) break;
        sum = next;
    }
    return exp(mean) * sum;
}
template <class W> APART W ln_1p(W x) {
    if (fabs(value(x)) > 0.25) return log(x + 1.0);
    W r = x / (x + 2.0), power = r, sum = r;
    UP_TO(k, 1, 60) {
        power = power * r * r;
        W next = sum + power / (double)(2 * k + 1);
        if (same(next, sum)) break;
        sum = next;
    }
    return sum * 2.0;
}

template <class W> APART Matrix<W> cholesky(Matrix<W> x) {
    Matrix<W> l = zeros(x);
    UP_TO(j, 0, x.rows) UP_TO(i, j, x.rows) {
        W rest = x(i, j);
        UP_TO(k, 0, j) rest = rest - l(i, k) * l(j, k);
        l(i, j) = i == j ? sqrt(rest) : rest / l(j, j);
    }
    return l;
}
template <class W> APART Matrix<W> inverse_lower(Matrix<W> l) {
    Matrix<W> inverse = zeros(l);
    UP_TO(j, 0, l.rows) UP_TO(i, j, l.rows) {
        W s(i == j ? 1 : 0);
        UP_TO(k, j, i) s = s - l(i, k) * inverse(k, j);
        inverse(i, j) = s / l(i, i);
    }
    return inverse;
}

// x = f fᵀ, and f⁻¹, the largest diagonal entries first.
template <class W> struct Factor {
    Matrix<W> factor, inverse;
};
template <class W> APART Factor<W> factor(Matrix<W> x) {
    int *order = take<int>(x.arena, x.rows), *place = take<int>(x.arena, x.rows);
    UP_TO(i, 0, x.rows) {
        int at = i;
        for (; at > 0 && value(x(order[at - 1], order[at - 1])) < value(x(i, i)); at--) order[at] = order[at - 1];
        order[at] = i;
    }
    UP_TO(i, 0, x.rows) place[order[i]] = i;
    Matrix<W> l = cholesky(like(x, [=](int i, int j) { return x(order[i], order[j]); }));
    Matrix<W> inverse = inverse_lower(l);
    return {like(x, [=](int i, int j) { return l(place[i], j); }), like(x, [=](int i, int j) { return inverse(i, place[j]); })};
}

// How much larger a diagonal entry is than what elimination leaves of it.
template <class W> APART double elimination_loss(Matrix<W> x) {
    Matrix<W> l = cholesky(x);
    double loss = 1;
    UP_TO(i, 0, x.rows) loss = fmax(loss, value(x(i, i) / (l(i, i) * l(i, i))));
    return loss;
}
