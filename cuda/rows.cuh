// Functions of rows on the device: a group of lanes a row, several groups a warp where rows are short.
//
// A row function is a structure, generated from the formulas:
//   ARGUMENTS, RESULTS   how many rows go in and out
//   READ, TAILS          masks of the arguments whose coordinates are read, and of those of which all but the first are
//   HEADS, RESTS         masks of the results whose first coordinate is a number apart, and of those that have others
//   row<W>(r)            the function, in the arithmetic W, of what `r` gives and takes
//
// It is evaluated in double by `Fast`: each lane has four neighbouring coordinates at a time. A row of at most four per
// lane is read once and stays in registers; a longer one is read again, from the cache, for its results. Where rounding
// has been amplified too much, `Careful` does the row again in double-double. Sums are a tree over lanes, whose shape
// depends on the width only: the same bits each time.

#pragma once
#include "double_double.cuh"

// Rows of an argument or a result: the r-th starts (r / inner) * outer_stride + (r % inner) * inner_stride numbers on.
struct Rows {
    void *data;
    long long outer_stride, inner_stride, width;
};

// A launch, as the host gives it.
struct Launch {
    Rows arguments[4];
    Rows results[3];
    // Two numbers a row, or null.
    double *curvature;
    long long rows, inner;
    // Lanes of a group: a power of two, at most a warp.
    int lanes;
    // Bytes of a number, 4 or 8.
    int size;
    // Whether all rows start at addresses that are multiples of 16.
    int aligned;
    // The largest loss that double may have.
    double care;
    double parameters[8];
};

APART double load(const void *row, int at, int size) {
    return size == 4 ? (double)((const float *)row)[at] : ((const double *)row)[at];
}

APART void store(void *row, int at, int size, double x) {
    if (size == 4)
        ((float *)row)[at] = (float)x;
    else
        ((double *)row)[at] = x;
}

struct Four {
    double x, y, z, w;
};

// Four numbers of a row, `step` apart; zeros outside of begin <= at < end.
APART Four load_four(const void *row, int at, int step, int begin, int end, int size) {
    Four v = {0, 0, 0, 0};
    if (at >= begin && at < end) v.x = load(row, at, size);
    at += step;
    if (at >= begin && at < end) v.y = load(row, at, size);
    at += step;
    if (at >= begin && at < end) v.z = load(row, at, size);
    at += step;
    if (at >= begin && at < end) v.w = load(row, at, size);
    return v;
}

APART void store_four(void *row, int at, int step, int begin, int end, int size, Four v) {
    if (at >= begin && at < end) store(row, at, size, v.x);
    at += step;
    if (at >= begin && at < end) store(row, at, size, v.y);
    at += step;
    if (at >= begin && at < end) store(row, at, size, v.z);
    at += step;
    if (at >= begin && at < end) store(row, at, size, v.w);
}

// What both evaluations share: where things are. Coordinates are counted from a first one that is apart, if any row has
// one: e >= SKIP is coordinate e - SKIP, of argument `a` at e + OFFSET of its row.
template <class F> struct Place {
    static constexpr int SKIP = F::TAILS != 0 || (F::HEADS & F::RESTS) != 0;

    const Launch &call;
    long long row;
    const char *from[F::ARGUMENTS];
    char *to[F::RESULTS];
    int lane;
    int end;
    bool live;

    FUNCTION Place(const Launch &call, long long at, int lane) : call(call), lane(lane) {
        live = at < call.rows;
        row = live ? at : call.rows - 1;
        long long outer = row / call.inner, inner = row - outer * call.inner;
        end = SKIP;
#pragma unroll
        for (int a = F::ARGUMENTS - 1; a >= 0; a--) {
            const Rows &r = call.arguments[a];
            from[a] = (const char *)r.data + (outer * r.outer_stride + inner * r.inner_stride) * call.size;
            // All arguments that are read have as many coordinates.
            if (reads(a)) end = (int)r.width - offset(a);
        }
#pragma unroll
        for (int m = 0; m < (int)F::RESULTS; m++) {
            const Rows &r = call.results[m];
            to[m] = (char *)r.data + (outer * r.outer_stride + inner * r.inner_stride) * call.size;
        }
    }

    static FUNCTION constexpr bool reads(int a) { return (F::READ >> a) & 1; }
    static FUNCTION constexpr bool writes(int m) { return (F::RESTS >> m) & 1; }
    static FUNCTION constexpr int offset(int a) { return (int)((F::TAILS >> a) & 1) - SKIP; }
    static FUNCTION constexpr int offset_of_result(int m) { return (int)((F::HEADS >> m) & 1) - SKIP; }

    FUNCTION double parameter(int i) const { return call.parameters[i]; }

    FUNCTION double head(int a) const { return load(from[a], 0, call.size); }

    FUNCTION void put_head(int m, double x) const {
        if (lane == 0 && live) store(to[m], 0, call.size, x);
    }

    FUNCTION void put_curvature(double c, double t) const {
        if (lane == 0 && live && call.curvature) {
            call.curvature[2 * row] = c;
            call.curvature[2 * row + 1] = t;
        }
    }
};

// The same number of another lane of the group.
#ifdef __CUDACC__
FUNCTION double exchanged(double x, int distance) { return __shfl_xor_sync(0xffffffffu, x, distance); }
#else
FUNCTION double exchanged(double x, int) { return x; }
#endif

// In double.
template <class F> struct Fast : Place<F> {
    using P = Place<F>;
    double held[F::ARGUMENTS][4];
    int at;
    double loss;

    FUNCTION Fast(const Launch &call, long long row, int lane) : P(call, row, lane), at(-1), loss(0) {}

    // Whether lanes have neighbours each, read at once if they are f32; or else lanes are neighbours.
    FUNCTION bool whole() const { return P::end % 4 == 0; }

    FUNCTION bool vector() const { return whole() && P::call.aligned && P::call.size == 4; }

    // This lane's first coordinate of those from `at` on, and how far apart they are.
    FUNCTION int first() const { return whole() ? at + 4 * P::lane : at + P::lane; }
    FUNCTION int step() const { return whole() ? 1 : P::call.lanes; }

    FUNCTION void read(int chunk) {
        if (at == chunk) return;
        at = chunk;
        int e = first();
#pragma unroll
        for (int a = 0; a < (int)F::ARGUMENTS; a++) {
            if (!P::reads(a)) continue;
            constexpr int skip = P::SKIP;
#ifdef __CUDACC__
            if (P::offset(a) == 0 && vector()) {
                float4 v = make_float4(0, 0, 0, 0);
                if (e < P::end) v = *(const float4 *)(P::from[a] + 4 * e);
                held[a][0] = e < skip ? 0 : v.x, held[a][1] = v.y, held[a][2] = v.z, held[a][3] = v.w;
                continue;
            }
#endif
            int by = P::offset(a);
            Four v = load_four(P::from[a], e + by, step(), skip + by, P::end + by, P::call.size);
            held[a][0] = v.x, held[a][1] = v.y, held[a][2] = v.z, held[a][3] = v.w;
        }
    }

    FUNCTION void column(int v, double *x) const {
#pragma unroll
        for (int a = 0; a < (int)F::ARGUMENTS; a++) x[a] = P::reads(a) ? held[a][v] : 0;
    }

    template <int K, class Terms> FUNCTION void sum(double (&total)[K], Terms terms) {
#pragma unroll
        for (int k = 0; k < K; k++) total[k] = 0;
        for (int from = 0; from < P::end; from += 4 * P::call.lanes) {
            read(from);
#pragma unroll
            for (int v = 0; v < 4; v++) {
                double x[F::ARGUMENTS], y[K];
                column(v, x);
                terms(x, y);
#pragma unroll
                for (int k = 0; k < K; k++) total[k] += y[k];
            }
        }
        for (int distance = P::call.lanes / 2; distance > 0; distance /= 2) {
#pragma unroll
            for (int k = 0; k < K; k++) total[k] += exchanged(total[k], distance);
        }
    }

    FUNCTION void set_loss(double x) { loss = x; }
    FUNCTION void set_head(int m, double x) { P::put_head(m, x); }
    FUNCTION void set_curvature(double c, double t) { P::put_curvature(c, t); }

    template <class Results> FUNCTION void coordinates(Results results) {
        for (int from = 0; from < P::end; from += 4 * P::call.lanes) {
            read(from);
            double y[4][F::RESULTS];
#pragma unroll
            for (int v = 0; v < 4; v++) {
                double x[F::ARGUMENTS];
                column(v, x);
                results(x, y[v]);
            }
            write(y);
        }
    }

    FUNCTION void write(double (&y)[4][F::RESULTS]) const {
        if (!P::live) return;
        int e = first();
#pragma unroll
        for (int m = 0; m < (int)F::RESULTS; m++) {
            if (!P::writes(m)) continue;
            int by = P::offset_of_result(m);
#ifdef __CUDACC__
            if (by == 0 && vector() && e >= P::SKIP) {
                if (e < P::end) *(float4 *)(P::to[m] + 4 * e) = make_float4(y[0][m], y[1][m], y[2][m], y[3][m]);
                continue;
            }
#endif
            Four v = {y[0][m], y[1][m], y[2][m], y[3][m]};
            store_four(P::to[m], e + by, step(), P::SKIP + by, P::end + by, P::call.size, v);
        }
    }
};

// In double-double, a coordinate at a time.
template <class F> struct Careful : Place<F> {
    using P = Place<F>;
    bool wanted;

    FUNCTION Careful(const Fast<F> &fast) : P(fast), wanted(fast.loss > fast.call.care) { P::live = P::live && wanted; }

    FUNCTION void column(int e, dd *x) const {
#pragma unroll
        for (int a = 0; a < (int)F::ARGUMENTS; a++)
            if (P::reads(a)) x[a] = dd(e < P::SKIP ? 0 : load(P::from[a], e + P::offset(a), P::call.size));
    }

    template <int K, class Terms> FUNCTION void sum(dd (&total)[K], Terms terms) const {
#pragma unroll
        for (int k = 0; k < K; k++) total[k] = dd(0);
        for (int e = P::lane; e < P::end; e += P::call.lanes) {
            dd x[F::ARGUMENTS], y[K];
            column(e, x);
            terms(x, y);
#pragma unroll
            for (int k = 0; k < K; k++) total[k] = accumulate(total[k], y[k]);
        }
#pragma unroll
        for (int k = 0; k < K; k++) {
            dd s = total[k] + dd(0);
            for (int distance = P::call.lanes / 2; distance > 0; distance /= 2)
                s = s + dd(exchanged(s.hi, distance), exchanged(s.lo, distance));
            total[k] = s;
        }
    }

    FUNCTION void set_loss(dd) const {}
    FUNCTION void set_head(int m, dd x) const { P::put_head(m, x.hi); }
    FUNCTION void set_curvature(dd c, dd t) const { P::put_curvature(c.hi, t.hi); }

    template <class Results> FUNCTION void coordinates(Results results) const {
        for (int e = P::lane; e < P::end; e += P::call.lanes) {
            dd x[F::ARGUMENTS], y[F::RESULTS];
            column(e, x);
            results(x, y);
#pragma unroll
            for (int m = 0; m < (int)F::RESULTS; m++)
                if (P::writes(m) && P::live && e >= P::SKIP)
                    store(P::to[m], e + P::offset_of_result(m), P::call.size, y[m].hi);
        }
    }
};

#ifdef __CUDACC__
// One launch is enough groups for all rows. Warps stay together: a row is redone with the others of its warp.
template <class F> __device__ void evaluate(const Launch &call) {
    long long thread = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    Fast<F> fast(call, thread / call.lanes, threadIdx.x % call.lanes);
    F::template row<double>(fast);
    if (__any_sync(0xffffffffu, fast.loss > call.care)) {
        Careful<F> careful(fast);
        F::template row<dd>(careful);
    }
}

#define ROW_KERNEL(name) \
    extern "C" __global__ void __launch_bounds__(128) name(const __grid_constant__ Launch call) { \
        evaluate<name##_row>(call);                                                                       \
    }
#endif
