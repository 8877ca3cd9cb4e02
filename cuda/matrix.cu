// Symmetric positive definite matrices: as src/geometry/matrix/{spd, spd_affine, spd_log}.rs, which have the formulas.
//
// A thread does a row, in memory of its own. f32 rows are done in double, and again in double-double where elimination
// has lost more digits than double has to spare; f64 rows are done in double-double.
#include "matrix.cuh"

// Gradients in the arguments and in t.
template <class W> struct Pull {
    Matrix<W> x, y, v;
    W t;
};

// x = q diag(e^ℓ) qᵀ.
template <class W> struct Spectrum {
    W *logs;
    Matrix<W> q;
};
template <class W> APART Spectrum<W> spectrum(Matrix<W> x) {
    Eigen<W> e = eigen(x);
    UP_TO(i, 0, x.rows) e.values[i] = log(e.values[i]);
    return {e.values, e.vectors};
}
template <class W> APART Spectrum<W> spectrum_of_exp(Matrix<W> z) {
    Eigen<W> e = eigen(z);
    return {e.values, e.vectors};
}
template <class W> APART Matrix<W> logarithm(Spectrum<W> x) { return compose(x.q, x.logs); }
template <class W> APART Matrix<W> exponential(Spectrum<W> x) {
    W *values = take<W>(x.q.arena, x.q.rows);
    UP_TO(i, 0, x.q.rows) values[i] = exp(x.logs[i]);
    return compose(x.q, values);
}
template <class W> APART Matrix<W> exp_derivative(Spectrum<W> x, Matrix<W> a) {
    a = congruent(a, transposed(x.q));
    return congruent(weighted(a, [=](int i, int j) { return exp2(x.logs[i], x.logs[j]); }), x.q);
}
template <class W> APART Matrix<W> ln_derivative(Spectrum<W> x, Matrix<W> a) {
    a = congruent(a, transposed(x.q));
    return congruent(weighted(a, [=](int i, int j) { return W(1) / exp2(x.logs[i], x.logs[j]); }), x.q);
}
template <class W> APART Matrix<W> exp_second_derivative(Spectrum<W> x, Matrix<W> a, Matrix<W> b) {
    Matrix<W> turned = transposed(x.q);
    a = congruent(a, turned), b = congruent(b, turned);
    W *l = x.logs;
    return congruent(like(a, [=](int i, int j) {
        W s(0);
        UP_TO(k, 0, a.rows) s = s + exp3(l[i], l[k], l[j]) * (a(i, k) * b(k, j) + b(i, k) * a(k, j));
        return s;
    }), x.q);
}

// Where a symmetric matrix is, seen from the identity.
template <class W> struct Reach {
    W *values, *logs;
    Matrix<W> q;
    W floor, shrink, length;
    bool any;
    FUNCTION bool raised(int i) const { return values[i] < floor; }
};
template <class W> APART Reach<W> reach(W t, double radius, Matrix<W> x) {
    Eigen<W> e = eigen(x);
    W r = t * radius, floor = exp(-r), square(0);
    W *logs = take<W>(x.arena, x.rows);
    bool any = false;
    UP_TO(i, 0, x.rows) {
        bool up = e.values[i] < floor;
        logs[i] = up ? -r : log(e.values[i]);
        any |= up;
        square = square + logs[i] * logs[i];
    }
    W length = sqrt(square);
    return {e.values, logs, e.vectors, floor, r < length ? r / length : W(1), length, any};
}
template <class W> APART Matrix<W> project(W t, double radius, Matrix<W> x) {
    Reach<W> at = reach(t, radius, x);
    if (!at.any && same(at.shrink, W(1))) return x;
    W *values = take<W>(x.arena, x.rows);
    UP_TO(i, 0, x.rows) values[i] = exp(at.logs[i] * at.shrink);
    return compose(at.q, values);
}
template <class W> APART Pull<W> project_vjp(W t, double radius, Matrix<W> x, Matrix<W> g) {
    Reach<W> at = reach(t, radius, x);
    W s = at.shrink, *l = at.logs, wl(0), raised_sum(0);
    bool shrunk = s < W(1);
    if (!shrunk && !at.any) return {g, x, x, W(0)};
    g = congruent(g, transposed(at.q));
    W *w = take<W>(x.arena, x.rows), *gl = take<W>(x.arena, x.rows);
    UP_TO(i, 0, x.rows) {
        w[i] = g(i, i) * exp(l[i] * s);
        if (shrunk) wl = wl + w[i] * l[i];
    }
    UP_TO(i, 0, x.rows) {
        gl[i] = s * w[i] - s * l[i] * wl / (at.length * at.length);
        if (at.raised(i)) raised_sum = raised_sum + gl[i];
    }
    Matrix<W> inner = like(x, [&](int i, int j) {
        bool both = at.raised(i) && at.raised(j), none = !at.raised(i) && !at.raised(j);
        if (both) return W(0);
        if (i == j) return gl[i] / at.values[i];
        W slope = s * exp2(s * l[i], s * l[j]);
        return g(i, j) * (none ? slope / exp2(l[i], l[j]) : slope * (l[i] - l[j]) / (at.values[i] - at.values[j]));
    });
    return {congruent(inner, at.q), x, x, wl * s / t - raised_sum * radius};
}

// x = b bᵀ and b diag(m) bᵀ.
template <class W> struct Frame {
    Matrix<W> b, inverse;
    W *m;
};
template <class W> APART Frame<W> turned(Factor<W> l, Matrix<W> a) {
    Eigen<W> e = eigen(a);
    return {l.factor * e.vectors, transposed(e.vectors) * l.inverse, e.values};
}
template <class W> APART Frame<W> frame(Matrix<W> x, Matrix<W> u) {
    Factor<W> l = factor(x);
    return turned(l, congruent(u, l.inverse));
}
// m holds the logarithms of the eigenvalues of y; those of close points come from y − x.
template <class W> APART Frame<W> between(Matrix<W> x, Matrix<W> y) {
    Factor<W> l = factor(x);
    Matrix<W> difference = congruent(y - x, l.inverse);
    bool close = largest(difference) <= 0.5;
    Frame<W> f = turned(l, close ? difference : congruent(y, l.inverse));
    UP_TO(i, 0, x.rows) f.m[i] = close ? ln_1p(f.m[i]) : log(f.m[i]);
    return f;
}
// The diagonal matrix of f(m), and that in place.
template <class W, class F> FUNCTION Matrix<W> mapped(Frame<W> at, F f) {
    return like(at.b, [&](int i, int j) { return i == j ? f(at.m[i]) : W(0); });
}
template <class W> APART Matrix<W> pulled(Frame<W> at, Matrix<W> g) { return congruent(g, transposed(at.b)); }
template <class W> APART Matrix<W> pushed(Frame<W> at, Matrix<W> g) { return congruent(g, transposed(at.inverse)); }
template <class W> APART Matrix<W> jordan(Matrix<W> a, Matrix<W> b) { return sym(a * b); }
template <class W> APART W square(Frame<W> at) {
    W s(0);
    UP_TO(i, 0, at.b.rows) s = s + at.m[i] * at.m[i];
    return s;
}

struct Affine {
    template <class W> static FUNCTION double loss(Matrix<W> x) { return elimination_loss(x); }
    template <class W> static FUNCTION double closeness(Matrix<W>, Matrix<W>) { return 1; }

    template <class W> static FUNCTION Matrix<W> exp(W t, Matrix<W> x, Matrix<W> u) {
        Frame<W> at = frame(x, u);
        return congruent(mapped(at, [=](W m) { return ::exp(m * t); }), at.b);
    }
    template <class W> static APART Pull<W> exp_vjp(W t, Matrix<W> x, Matrix<W> u, Matrix<W> g) {
        Frame<W> at = frame(x, u);
        g = pulled(at, g);
        W *l = take<W>(x.arena, x.rows), gt(0);
        UP_TO(i, 0, x.rows) l[i] = at.m[i] * t;
        Matrix<W> gu = weighted(g, [=](int i, int j) { return exp2(l[i], l[j]); });
        Matrix<W> gx = weighted(g, [=](int i, int j) {
            return (::exp(l[i]) + ::exp(l[j])) * 0.5 - (l[i] + l[j]) * exp2(l[i], l[j]) * 0.5;
        });
        UP_TO(i, 0, x.rows) gt = gt + gu(i, i) * at.m[i];
        return {pushed(at, gx), scale(pushed(at, gu), t), x, gt};
    }
    template <class W> static FUNCTION Matrix<W> log(W t, Matrix<W> x, Matrix<W> y) {
        Frame<W> at = between(x, y);
        return congruent(mapped(at, [=](W l) { return l / t; }), at.b);
    }
    template <class W> static APART Pull<W> log_vjp(W t, Matrix<W> x, Matrix<W> y, Matrix<W> g) {
        Frame<W> at = between(x, y);
        g = scale(pulled(at, g), W(1) / t);
        W *l = at.m, gt(0);
        Matrix<W> gy = weighted(g, [=](int i, int j) { return W(1) / exp2(l[i], l[j]); });
        Matrix<W> gx = weighted(g, [=](int i, int j) {
            return (l[i] + l[j]) * 0.5 - (::exp(l[i]) + ::exp(l[j])) * 0.5 / exp2(l[i], l[j]);
        });
        UP_TO(i, 0, x.rows) gt = gt - g(i, i) * l[i];
        return {pushed(at, gx), pushed(at, gy), x, gt / t};
    }
    template <class W> static FUNCTION W dist2(W t, Matrix<W> x, Matrix<W> y) { return square(between(x, y)) / (t * t); }
    template <class W> static APART Pull<W> dist2_vjp(W t, Matrix<W> x, Matrix<W> y, W g) {
        Frame<W> at = between(x, y);
        W a = g * 2.0 / (t * t);
        Matrix<W> gx = mapped(at, [=](W l) { return -(l * a); });
        Matrix<W> gy = mapped(at, [=](W l) { return l * a / ::exp(l); });
        return {pushed(at, gx), pushed(at, gy), x, -(square(at) * a / t)};
    }
    template <class W> static FUNCTION Matrix<W> transport(Matrix<W> x, Matrix<W> y, Matrix<W> v) {
        Frame<W> at = between(x, y);
        W *l = at.m;
        v = congruent(v, at.inverse);
        return congruent(weighted(v, [=](int i, int j) { return ::exp((l[i] + l[j]) * 0.5); }), at.b);
    }
    template <class W> static APART Pull<W> transport_vjp(Matrix<W> x, Matrix<W> y, Matrix<W> v, Matrix<W> g) {
        Frame<W> at = between(x, y);
        g = pulled(at, g), v = congruent(v, at.inverse);
        W *root = take<W>(x.arena, x.rows);
        UP_TO(i, 0, x.rows) root[i] = ::exp(at.m[i] * 0.5);
        auto both = [=](int i, int j) { return root[i] * root[j]; };
        Matrix<W> gv = weighted(g, both);
        Matrix<W> gy = weighted(scale(sym(g * diagonal(x, root) * v), W(2)), [=](int i, int j) {
            return W(1) / (root[i] + root[j]);
        });
        Matrix<W> lambda = mapped(at, [](W l) { return ::exp(l); });
        Matrix<W> gx = jordan(g, weighted(v, both)) - jordan(gy, lambda) - jordan(gv, v);
        return {pushed(at, gx), pushed(at, gy), pushed(at, gv), W(0)};
    }
    template <class W> static FUNCTION W inner(Matrix<W> x, Matrix<W> u, Matrix<W> v) {
        Matrix<W> whiten = factor(x).inverse;
        return dot(congruent(u, whiten), congruent(v, whiten));
    }
    template <class W> static APART Pull<W> inner_vjp(Matrix<W> x, Matrix<W> u, Matrix<W> v, W g) {
        Matrix<W> whiten = factor(x).inverse, out = transposed(whiten);
        u = congruent(u, whiten), v = congruent(v, whiten);
        Matrix<W> gx = scale(jordan(u, v), W(-2));
        return {scale(congruent(gx, out), g), scale(congruent(v, out), g), scale(congruent(u, out), g), W(0)};
    }
    template <class W> static FUNCTION Matrix<W> egrad_to_rgrad(W t, Matrix<W> x, Matrix<W> e) {
        return scale(congruent(e, x), t);
    }
    template <class W> static APART Pull<W> egrad_to_rgrad_vjp(W t, Matrix<W> x, Matrix<W> e, Matrix<W> g) {
        Matrix<W> gx = scale(sym(g * x * e), t * 2.0);
        return {gx, scale(congruent(g, x), t), x, dot(g, congruent(e, x))};
    }
};

// Gradient of D ln_x u in x.
template <class W> APART Matrix<W> flat_vjp(Spectrum<W> x, Matrix<W> flat, Matrix<W> pulled) {
    return scale(ln_derivative(x, exp_second_derivative(x, flat, pulled)), W(-1));
}

struct LogEuclidean {
    template <class W> static FUNCTION double loss(Matrix<W> x) { return elimination_loss(x); }
    // ln y − ln x cancels for close points.
    template <class W> static FUNCTION double closeness(Matrix<W> x, Matrix<W> y) {
        double apart = largest(y - x);
        return apart == 0 ? 1 : fmax(1.0, largest(x) / apart);
    }

    template <class W> static FUNCTION Matrix<W> exp(W t, Matrix<W> x, Matrix<W> u) {
        Spectrum<W> at = spectrum(x);
        return exponential(spectrum_of_exp(logarithm(at) + scale(ln_derivative(at, u), t)));
    }
    template <class W> static APART Pull<W> exp_vjp(W t, Matrix<W> x, Matrix<W> u, Matrix<W> g) {
        Spectrum<W> at = spectrum(x);
        Matrix<W> flat = ln_derivative(at, u);
        g = exp_derivative(spectrum_of_exp(logarithm(at) + scale(flat, t)), g);
        Matrix<W> pulled = ln_derivative(at, g);
        return {pulled + scale(flat_vjp(at, flat, pulled), t), scale(pulled, t), x, dot(g, flat)};
    }
    template <class W> static FUNCTION Matrix<W> log(W t, Matrix<W> x, Matrix<W> y) {
        Spectrum<W> at = spectrum(x);
        return scale(exp_derivative(at, logarithm(spectrum(y)) - logarithm(at)), W(1) / t);
    }
    template <class W> static APART Pull<W> log_vjp(W t, Matrix<W> x, Matrix<W> y, Matrix<W> g) {
        Spectrum<W> at = spectrum(x), to = spectrum(y);
        g = scale(g, W(1) / t);
        Matrix<W> flat = logarithm(to) - logarithm(at), pulled = exp_derivative(at, g);
        Matrix<W> gx = ln_derivative(at, exp_second_derivative(at, flat, g) - pulled);
        return {gx, ln_derivative(to, pulled), x, -(dot(pulled, flat) / t)};
    }
    template <class W> static FUNCTION W dist2(W t, Matrix<W> x, Matrix<W> y) {
        Matrix<W> d = logarithm(spectrum(y)) - logarithm(spectrum(x));
        return dot(d, d) / (t * t);
    }
    template <class W> static APART Pull<W> dist2_vjp(W t, Matrix<W> x, Matrix<W> y, W g) {
        Spectrum<W> at = spectrum(x), to = spectrum(y);
        Matrix<W> d = logarithm(to) - logarithm(at);
        W a = g * 2.0 / (t * t);
        return {scale(ln_derivative(at, d), -a), scale(ln_derivative(to, d), a), x, -(dot(d, d) * a / t)};
    }
    template <class W> static FUNCTION Matrix<W> transport(Matrix<W> x, Matrix<W> y, Matrix<W> v) {
        return exp_derivative(spectrum(y), ln_derivative(spectrum(x), v));
    }
    template <class W> static APART Pull<W> transport_vjp(Matrix<W> x, Matrix<W> y, Matrix<W> v, Matrix<W> g) {
        Spectrum<W> at = spectrum(x), to = spectrum(y);
        Matrix<W> flat = ln_derivative(at, v), pulled = ln_derivative(at, exp_derivative(to, g));
        Matrix<W> gy = ln_derivative(to, exp_second_derivative(to, flat, g));
        return {flat_vjp(at, flat, pulled), gy, pulled, W(0)};
    }
    template <class W> static FUNCTION W inner(Matrix<W> x, Matrix<W> u, Matrix<W> v) {
        Spectrum<W> at = spectrum(x);
        return dot(ln_derivative(at, u), ln_derivative(at, v));
    }
    template <class W> static APART Pull<W> inner_vjp(Matrix<W> x, Matrix<W> u, Matrix<W> v, W g) {
        Spectrum<W> at = spectrum(x);
        u = ln_derivative(at, u), v = ln_derivative(at, v);
        Matrix<W> gu = scale(ln_derivative(at, v), g), gv = scale(ln_derivative(at, u), g);
        return {flat_vjp(at, u, gu) + flat_vjp(at, v, gv), gu, gv, W(0)};
    }
    template <class W> static FUNCTION Matrix<W> egrad_to_rgrad(W t, Matrix<W> x, Matrix<W> e) {
        Spectrum<W> at = spectrum(x);
        return scale(exp_derivative(at, exp_derivative(at, e)), t);
    }
    template <class W> static APART Pull<W> egrad_to_rgrad_vjp(W t, Matrix<W> x, Matrix<W> e, Matrix<W> g) {
        Spectrum<W> at = spectrum(x);
        Matrix<W> flat = exp_derivative(at, e), pulled = exp_derivative(at, g);
        Matrix<W> gl = exp_second_derivative(at, flat, g) + exp_second_derivative(at, e, pulled);
        return {scale(ln_derivative(at, gl), t), scale(exp_derivative(at, pulled), t), x, dot(pulled, flat)};
    }
};

enum Kind { EXP, LOG, DIST, DIST2, TRANSPORT, INNER, NORM, PROJECT_TANGENT, EGRAD_TO_RGRAD, PROJECT };

// Packed rows of n × n numbers, or of one for a scalar. Argument `origin` is the identity and not stored; -1 for none.
struct Launch {
    const void *arguments[3];
    const void *cotangent;
    void *results[3];
    f64 *curvatures;
    char *scratch;
    i64 scratch_bytes, rows;
    i64 n, kind, origin, count, points;
    f64 t, number, care;
};

template <class W, class T> struct Row {
    const Launch &call;
    u64 row;
    Arena *arena;

    FUNCTION Matrix<W> load(const void *from, int n) const {
        const T *numbers = (const T *)from + row * n * n;
        Matrix<W> a = uninitialised<W>(arena, n, n);
        EACH(i, j, a) a(i, j) = W(to_f64(numbers[i * n + j]));
        return sym(a);
    }
    FUNCTION int place(int slot) const { return slot - (call.origin >= 0 && slot > call.origin); }
    FUNCTION Matrix<W> argument(int slot) const {
        int at = place(slot);
        Matrix<W> a = load(call.arguments[at == 0 ? 0 : at == 1 ? 1 : 2], call.n);
        return slot == call.origin ? identity(a) : a;
    }
    FUNCTION void store(void *to, Matrix<W> a) const {
        T *numbers = (T *)to + row * a.rows * a.cols;
        EACH(i, j, a) numbers[i * a.cols + j] = from_f64<T>(value(a(i, j)));
    }
    FUNCTION void gradient(int slot, Matrix<W> g) const {
        if (slot == call.origin || slot >= call.count) return;
        int at = place(slot);
        store(at == 0 ? call.results[0] : at == 1 ? call.results[1] : call.results[2], sym(g));
    }
    FUNCTION bool scalar() const { return call.kind == DIST || call.kind == DIST2 || call.kind == INNER || call.kind == NORM; }
};

// By how much the points of a row amplify roundings.
template <class G, class W, class T> FUNCTION double loss(Row<W, T> row, Matrix<W> x, Matrix<W> y) {
    double all = 1;
    bool two = row.call.points >> 1 & 1;
    if (row.call.points & 1) all *= G::loss(x);
    if (two) all *= G::loss(y);
    return two && row.call.points & 1 ? all * G::closeness(x, y) : all;
}

template <class G, class W, class T> DEVICE double forward(const Launch &call, u64 r, Arena *arena) {
    Row<W, T> row{call, r, arena};
    arena->taken = sizeof(Arena);
    W t(call.t);
    Matrix<W> x = row.argument(0), y = call.count > 1 ? row.argument(1) : x, v = call.count > 2 ? row.argument(2) : x;
    Matrix<W> out = y;
    switch (call.kind) {
        case EXP: out = G::exp(t, x, y); break;
        case LOG: out = G::log(t, x, y); break;
        case DIST:
        case DIST2: {
            W s = G::dist2(t, x, y);
            out = single(arena, call.kind == DIST ? sqrt(s) : s);
            break;
        }
        case TRANSPORT: out = G::transport(x, y, v); break;
        case INNER: out = single(arena, G::inner(x, y, v)); break;
        case NORM: out = single(arena, sqrt(G::inner(x, y, y))); break;
        case EGRAD_TO_RGRAD: out = G::egrad_to_rgrad(t, x, y); break;
        case PROJECT: out = project(t, call.number, x); break;
    }
    row.store(call.results[0], out);
    return loss<G>(row, x, y);
}

template <class G, class W, class T> DEVICE double backward(const Launch &call, u64 r, Arena *arena) {
    Row<W, T> row{call, r, arena};
    arena->taken = sizeof(Arena);
    W t(call.t);
    Matrix<W> x = row.argument(0), y = call.count > 1 ? row.argument(1) : x, v = call.count > 2 ? row.argument(2) : x;
    Matrix<W> g = row.load(call.cotangent, row.scalar() ? 1 : (int)call.n);
    Pull<W> pull{g, g, g, W(0)};
    // Of √s; nothing moves where s = 0.
    auto root = [&](W s) { return same(s, W(0)) ? s : g(0, 0) * 0.5 / sqrt(s); };
    switch (call.kind) {
        case EXP: pull = G::exp_vjp(t, x, y, g); break;
        case LOG: pull = G::log_vjp(t, x, y, g); break;
        case DIST:
        case DIST2: pull = G::dist2_vjp(t, x, y, call.kind == DIST ? root(G::dist2(t, x, y)) : g(0, 0)); break;
        case TRANSPORT: pull = G::transport_vjp(x, y, v, g); break;
        case INNER: pull = G::inner_vjp(x, y, v, g(0, 0)); break;
        case NORM: {
            pull = G::inner_vjp(x, y, y, root(G::inner(x, y, y)));
            pull.y = pull.y + pull.v;
            break;
        }
        case PROJECT_TANGENT: pull.x = zeros(x); break;
        case EGRAD_TO_RGRAD: pull = G::egrad_to_rgrad_vjp(t, x, y, g); break;
        case PROJECT: pull = project_vjp(t, call.number, x, g); break;
    }
    row.gradient(0, pull.x);
    row.gradient(1, pull.y);
    row.gradient(2, pull.v);
    call.curvatures[2 * r] = 0;
    call.curvatures[2 * r + 1] = value(pull.t);
    return loss<G>(row, x, y);
}

#define KERNELS(NAME, G)                                                                                           \
    ROWS(NAME, f32, { if (forward<G, double, f32>(call, r, arena) > call.care) forward<G, dd, f32>(call, r, arena); }) \
    ROWS(NAME, f64, { forward<G, dd, f64>(call, r, arena); })                                                      \
    ROWS(NAME##_vjp, f32,                                                                                          \
         { if (backward<G, double, f32>(call, r, arena) > call.care) backward<G, dd, f32>(call, r, arena); })      \
    ROWS(NAME##_vjp, f64, { backward<G, dd, f64>(call, r, arena); })
#define ROWS(NAME, T, ...)                                                                                         \
    KERNEL NAME##_##T(Launch call) {                                                       \
        u64 thread = blockIdx.x * (u64)blockDim.x + threadIdx.x;                                                   \
        Arena *arena = (Arena *)(call.scratch + thread * call.scratch_bytes);                                      \
        arena->size = call.scratch_bytes;                                                                          \
        FOR_EACH(r, u64(call.rows)) __VA_ARGS__                                                                    \
    }
KERNELS(spd_affine, Affine)
KERNELS(spd_log, LogEuclidean)
