// Double-double numbers hi + lo, and what the row functions need of double beside them: as src/geometry/dd.rs, which has
// the sources of the algorithms.

#pragma once
#include <math.h>

#ifdef __CUDACC__
#define FUNCTION __device__
#define APART __device__ __noinline__
#else
#define FUNCTION inline
#define APART inline
#define __fma_rn fma
#define __dadd_rn(a, b) ((a) + (b))
#define __dmul_rn(a, b) ((a) * (b))
#endif

struct dd {
    double hi, lo;
    FUNCTION dd() {}
    FUNCTION dd(double x) : hi(x), lo(0) {}
    FUNCTION dd(double hi, double lo) : hi(hi), lo(lo) {}
};

FUNCTION double value(double x) { return x; }
FUNCTION double value(dd x) { return x.hi; }

// a + b for |a| >= |b|; where that is not finite, a alone.
FUNCTION dd renormalised(double a, double b) {
    double hi = __dadd_rn(a, b);
    bool finite = fabs(hi) < INFINITY;
    return dd(finite ? hi : a, finite ? __dadd_rn(b, -__dadd_rn(hi, -a)) : 0);
}

// a + b = hi + lo exactly.
FUNCTION dd two_sum(double a, double b) {
    double s = __dadd_rn(a, b), v = __dadd_rn(s, -a);
    return dd(s, __dadd_rn(__dadd_rn(a, -__dadd_rn(s, -v)), __dadd_rn(b, -v)));
}

// a b = hi + lo exactly.
FUNCTION dd two_product(double a, double b) {
    double p = __dmul_rn(a, b);
    return dd(p, __fma_rn(a, b, -p));
}

FUNCTION dd operator-(dd a) { return dd(-a.hi, -a.lo); }

APART dd operator+(dd a, dd b) {
    dd s = two_sum(a.hi, b.hi);
    return renormalised(s.hi, s.lo + (a.lo + b.lo));
}

FUNCTION dd operator-(dd a, dd b) { return a + -b; }

APART dd operator*(dd a, dd b) {
    dd p = two_product(a.hi, b.hi);
    return renormalised(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

APART dd operator/(dd a, dd b) {
    double q = a.hi / b.hi;
    if (!isfinite(q) || isinf(b.hi)) return dd(q);
    dd r = a - b * dd(q);
    double q1 = r.hi / b.hi;
    double q2 = (r - b * dd(q1)).hi / b.hi;
    return renormalised(q, q1) + dd(q2);
}

FUNCTION dd operator+(dd a, double b) { return a + dd(b); }
FUNCTION dd operator-(dd a, double b) { return a + dd(-b); }
FUNCTION dd operator*(dd a, double b) { return a * dd(b); }
FUNCTION dd operator/(dd a, double b) { return a / dd(b); }
FUNCTION dd operator+(double a, dd b) { return dd(a) + b; }
FUNCTION dd operator-(double a, dd b) { return dd(a) - b; }
FUNCTION dd operator*(double a, dd b) { return dd(a) * b; }
FUNCTION dd operator/(double a, dd b) { return dd(a) / b; }
FUNCTION bool operator<(dd a, dd b) { return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo); }

// One step of a long sum: errors are collected, not propagated.
FUNCTION double accumulate(double sum, double x) { return sum + x; }
FUNCTION dd accumulate(dd sum, dd x) {
    dd s = two_sum(sum.hi, x.hi);
    return dd(s.hi, sum.lo + (s.lo + x.lo));
}

APART dd sqrt(dd x) {
    double s = ::sqrt(x.hi);
    if (s == 0 || !isfinite(s)) return dd(s);
    dd rest = x - two_product(s, s);
    return renormalised(s, rest.hi / (2 * s));
}

// x = k ln 2 + 512 r; the Taylor series of e^r - 1 is doubled nine times.
APART dd exp(dd x) {
    if (fabs(x.hi) >= 745 || isnan(x.hi)) return dd(::exp(x.hi));
    const dd ln2(0.6931471805599453, 2.3190468138462996e-17);
    double k = rint(x.hi / ln2.hi);
    dd r = (x - ln2 * k) * (1.0 / 512);
    dd s(0);
    for (int n = 9; n >= 1; n--) s = (s + 1.0) * r / (double)n;
    for (int n = 0; n < 9; n++) s = s * 2.0 + s * s;
    // 2^k in two factors: k itself may be out of range.
    int half = (int)k / 2;
    return (s + 1.0) * ldexp(1.0, half) * ldexp(1.0, (int)k - half);
}

// One Newton step on exp, whose argument is split in two so that it cannot underflow.
APART dd log(dd x) {
    double y = ::log(x.hi);
    if (!isfinite(y)) return dd(y);
    dd half = exp(dd(-0.5 * y));
    return dd(y) + (x * half * half - 1.0);
}

struct Trig {
    dd sine, cosine;
};

// Of the argument less the nearest multiple of a quarter turn, which is subtracted in three parts.
APART Trig trig(dd x) {
    double k = rint(x.hi / 1.5707963267948966);
    if (!(fabs(k) <= 1125899906842624.0)) return {dd(NAN), dd(NAN)};
    dd r = x - two_product(1.5707963267948966, k) - two_product(6.123233995736766e-17, k) -
           two_product(-1.4973849048591698e-33, k);
    dd z = -(r * r), s(1), c(1);
    for (int i = 14; i >= 1; i--) {
        double n = 2 * i;
        s = s * z / (n * (n + 1)) + 1.0;
        c = c * z / (n * (n - 1)) + 1.0;
    }
    s = s * r;
    switch ((long long)k & 3) {
        case 0: return {s, c};
        case 1: return {c, -s};
        case 2: return {-s, -c};
        default: return {-c, s};
    }
}

FUNCTION dd sine(dd x) { return trig(x).sine; }
FUNCTION dd cosine(dd x) { return trig(x).cosine; }

// The argument less the nearest multiple k of a quarter turn: 4 k in the last place, for up to 2^20 turns.
FUNCTION double quarter(double x, long long &k) {
    double n = rint(x * 0.6366197723675814);
    k = (long long)n;
    double r = __fma_rn(n, -1.5707963267948966, x);
    r = __fma_rn(n, -6.123233995736766e-17, r);
    return __fma_rn(n, 1.4973849048591698e-33, r);
}

// sin r and cos r for |r| <= pi/4, by Taylor's series.
FUNCTION double small_sine(double r) {
    double z = r * r, s = 1.0 / 355687428096000;
    s = s * -z + 1.0 / 1307674368000;
    s = s * -z + 1.0 / 6227020800;
    s = s * -z + 1.0 / 39916800;
    s = s * -z + 1.0 / 362880;
    s = s * -z + 1.0 / 5040;
    s = s * -z + 1.0 / 120;
    s = s * -z + 1.0 / 6;
    return r - r * z * s;
}
FUNCTION double small_cosine(double r) {
    double z = r * r, c = 1.0 / 20922789888000;
    c = c * -z + 1.0 / 87178291200;
    c = c * -z + 1.0 / 479001600;
    c = c * -z + 1.0 / 3628800;
    c = c * -z + 1.0 / 40320;
    c = c * -z + 1.0 / 720;
    c = c * -z + 1.0 / 24;
    c = c * -z + 0.5;
    return 1 - z * c;
}

// The library's sine of large arguments needs local memory; an angle here is of few turns, or lost already.
APART double sine(double x) {
    long long k;
    double r = quarter(x, k);
    double s = k & 1 ? small_cosine(r) : small_sine(r);
    return k & 2 ? -s : s;
}
APART double cosine(double x) {
    long long k;
    double r = quarter(x, k);
    double c = k & 1 ? small_sine(r) : small_cosine(r);
    return (k + 1) & 2 ? -c : c;
}

FUNCTION dd scaled(dd x, double by) { return dd(x.hi * by, x.lo * by); }

// One Newton step: with a the nearest double, the rest is the angle of (x, y) turned back by a. Both are scaled to about
// 1, so that no product vanishes or overflows.
APART dd atan2(dd y, dd x) {
    double a = ::atan2(y.hi, x.hi);
    if (a == 0 || !(isfinite(y.hi) && isfinite(x.hi))) return dd(a);
    int e = ilogb(fmax(fabs(y.hi), fabs(x.hi)));
    double by = ldexp(1.0, -(e < -1021 ? -1021 : e > 1021 ? 1021 : e));
    dd v = scaled(y, by), u = scaled(x, by);
    Trig at = trig(dd(a));
    return dd(a) + (v * at.cosine - u * at.sine) / (u * at.cosine + v * at.sine);
}

// a where x < limit, else (also for NaN) b.
template <class W> FUNCTION W if_below(W x, W limit, W a, W b) { return x < limit ? a : b; }

// x, but 0 where d is 0: a quotient by a length that may vanish.
FUNCTION double unless_zero(double x, double d) { return d == 0 ? 0 : x; }
FUNCTION dd unless_zero(dd x, dd d) { return d.hi == 0 && d.lo == 0 ? dd(0) : x; }

// x, but at least 0 where rounding has left a little less; NaN stays.
template <class W> FUNCTION W at_least_zero(W x) { return x < W(0) ? W(0) : x; }

template <class W> FUNCTION W larger(W x, W o) { return x < o ? o : x; }
