// Points and tangents in another chart of hyperbolic space: as src/geometry/convert.rs, which has the formulas and their
// reasons. A thread does a row; everything on the way is double-double, and nothing is stored, since the coordinates of
// the unit hyperboloid, and cotangents there, are one multiple of those of the row and another of those of the cotangent.
#include "element.cuh"
#include "scalar.cuh"

// x + ε ẋ with ε² = 0, as src/geometry/dual.rs.
struct Dual {
    dd re, du;
    FUNCTION Dual(double x) : re(x), du(0) {}
    FUNCTION Dual(dd re, dd du) : re(re), du(du) {}
};
FUNCTION Dual operator-(Dual a) { return Dual(-a.re, -a.du); }
APART Dual operator+(Dual a, Dual b) { return Dual(a.re + b.re, a.du + b.du); }
FUNCTION Dual operator-(Dual a, Dual b) { return a + -b; }
APART Dual operator*(Dual a, Dual b) { return Dual(a.re * b.re, a.du * b.re + a.re * b.du); }
APART Dual operator/(Dual a, Dual b) {
    dd re = a.re / b.re;
    return Dual(re, (a.du - re * b.du) / b.re);
}
FUNCTION bool operator<(Dual a, Dual b) { return a.re < b.re; }
APART Dual sqrt(Dual x) {
    dd re = sqrt(x.re);
    return Dual(re, x.du / (re * 2.0));
}
APART Dual exp(Dual x) {
    dd re = exp(x.re);
    return Dual(re, x.du * re);
}

// sinh √z/√z and asinh √h/√h.
APART dd sinhc_of(dd z) { return sinhc<dd>(z).s; }
APART Dual sinhc_of(Dual z) {
    Sinhc<dd> v = sinhc<dd>(z.re);
    return Dual(v.s, z.du * v.ds);
}
APART dd asinhc_of(dd h) { return asinhc<dd>(h); }
APART Dual asinhc_of(Dual h) {
    Ratio<dd> r = ratio<dd>(h.re);
    dd root = sqrt(h.re + 1.0);
    return Dual(r.f * root, h.du * (r.df * root + r.f / (root * 2.0)));
}

// Stored numbers, with a direction or a factor.
template <class T> struct Plain {
    typedef dd W;
    const T *x;
    FUNCTION dd operator()(int i) const { return dd(to_f64(x[i])); }
};
template <class T> struct Along {
    typedef Dual W;
    const T *x, *u;
    FUNCTION Dual operator()(int i) const { return Dual(dd(to_f64(x[i])), dd(to_f64(u[i]))); }
};
template <class T> struct Fixed {
    typedef Dual W;
    const T *x;
    dd scale;
    FUNCTION Dual operator()(int i) const { return Dual(scale * dd(to_f64(x[i])), dd(0)); }
};

enum Chart { LORENTZ, POINCARE, HALF_SPACE, SOLVABLE };

// From one chart to another; `n` is the dimension.
struct Conversion {
    int from, to;
    double c, d;
    int n;
    FUNCTION int width() const { return n + (from == LORENTZ); }
    FUNCTION int to_width() const { return n + (to == LORENTZ); }
    FUNCTION dd scale() const { return sqrt(dd(d) / c); }
};

template <class A, class B>
FUNCTION typename A::W dot(const A &a, const B &b, int n, int first = 0, int a_shift = 0, int b_shift = 0) {
    typename A::W sum(0);
#pragma unroll 1
    for (int i = first; i < n; i++) sum = sum + a(i + a_shift) * b(i + b_shift);
    return sum;
}

// X of a row, with X₀ and e = X₀ − X₁.
template <class R> struct Hub {
    typedef typename R::W W;
    R x;
    bool axial;
    int shift;
    W up, s, time, e;

    FUNCTION W operator()(int i) const { return axial && i == 0 ? up : s * x(i + shift); }

    FUNCTION Hub(const Conversion &k, R x)
        : x(x), axial(k.from == HALF_SPACE || k.from == SOLVABLE), shift(k.from == LORENTZ), up(0), s(1), time(0), e(0) {
        W root = sqrt(W(k.c)), head = x(0);
        if (k.from == LORENTZ) {
            s = root;
        } else if (k.from == POINCARE) {
            s = W(2) / (W(1) - dot(x, x, k.n) * W(k.c)) * root;
        } else {
            W t2 = dot(x, x, k.n, 1);
            if (k.from == HALF_SPACE) {
                s = W(1) / head;
                up = ((head - W(1)) * (head + W(1)) + t2) / (head * W(2));
            } else {
                up = head * sinhc_of(head * head) + exp(head) * t2 / W(2);
            }
        }
        W first = (*this)(0), f2 = dot(*this, *this, k.n, 1) + W(1);
        time = sqrt(first * first + f2);
        e = first < W(0) ? time - first : f2 / (time + first);
    }

    // The row of X: its first number apart, if it has one, and the factor of the others.
    FUNCTION void leave(const Conversion &k, W &head, W &factor) const {
        W root = sqrt(W(k.d));
        if (k.to == LORENTZ) {
            head = time / root;
            factor = root;
        } else if (k.to == POINCARE) {
            factor = W(1) / ((time + W(1)) * root);
        } else if (k.to == HALF_SPACE) {
            head = factor = W(1) / e;
        } else {
            W x2 = dot(*this, *this, k.n);
            W d = x2 < W(1) ? (*this)(0) - x2 / (time + W(1)) : W(1) - e;
            head = d * asinhc_of(d * d / (e * W(4))) / sqrt(e);
        }
    }

    FUNCTION W result(const Conversion &k, W head, W factor, int i) const {
        if (k.to == POINCARE) return factor * (*this)(i);
        if (i == 0) return head;
        if (k.to == LORENTZ) return (*this)(i - 1) / factor;
        return k.to == HALF_SPACE ? factor * (*this)(i) : (*this)(i);
    }
};

// Cotangent of X, and the gradient of the second curvature.
template <class R, class G> struct Leave {
    typedef typename R::W W;
    const Hub<R> &x;
    G g;
    bool axial;
    int shift;
    W first, a, b, curvature;

    FUNCTION W operator()(int i) const { return axial && i == 0 ? first : a * g(i + shift) + b * x(i); }

    FUNCTION Leave(const Conversion &k, const Hub<R> &x, G g)
        : x(x), g(g), axial(k.to == HALF_SPACE || k.to == SOLVABLE), shift(k.to == LORENTZ), first(0), a(1), b(0),
          curvature(0) {
        W root = sqrt(W(k.d)), g0 = g(0);
        if (k.to == LORENTZ) {
            curvature = -((g0 * x.time + dot(g, x, k.n, 0, 1)) / (root * W(2) * W(k.d)));
            a = W(1) / root;
            b = g0 / (x.time * root);
        } else if (k.to == POINCARE) {
            W gx = dot(g, x, k.n);
            a = W(1) / ((x.time + W(1)) * root);
            b = -(gx * a / (x.time * (x.time + W(1))));
            curvature = -(gx * a / W(2 * k.d));
        } else {
            W ge(0);
            if (k.to == HALF_SPACE) {
                ge = -((g0 + dot(g, x, k.n, 1)) / x.e / x.e);
                a = W(1) / x.e;
            } else {
                ge = -(g0 / x.e);
            }
            first = -(ge * x.e / x.time);
            b = ge / x.time;
        }
    }
};

// Gradient of the row, and that of the first curvature.
template <class R, class G> struct Enter {
    typedef typename R::W W;
    const Leave<R, G> &g;
    R x;
    bool apart;
    int shift;
    W head, a, b, curvature;

    FUNCTION W operator()(int j) const { return apart && j == 0 ? head : a * g(j - shift) + b * x(j); }

    FUNCTION Enter(const Conversion &k, const Leave<R, G> &g, R x)
        : g(g), x(x), apart(k.from != POINCARE), shift(k.from == LORENTZ), head(0), a(1), b(0), curvature(0) {
        W root = sqrt(W(k.c)), x0 = x(0);
        if (k.from == LORENTZ) {
            a = root;
            curvature = dot(x, g, k.n, 0, 1) / (root * W(2));
        } else if (k.from == POINCARE) {
            W lambda = W(2) / (W(1) - dot(x, x, k.n) * W(k.c));
            a = root * lambda;
            b = root * lambda * lambda * dot(x, g, k.n) * W(k.c);
            curvature = dot(*this, x, k.n) / W(2 * k.c);
        } else {
            W g0 = g(0), t2 = dot(x, x, k.n, 1);
            if (k.from == HALF_SPACE) {
                a = W(1) / x0;
                head = g0 * ((W(1) - t2) * a * a + W(1)) / W(2) - dot(g, x, k.n, 1) * a * a;
                b = g0 * a;
            } else {
                W r = exp(x0);
                head = g0 * ((r + W(1) / r) + r * t2) / W(2);
                b = g0 * r;
            }
        }
    }
};

template <class T> DEVICE void points(Conversion k, const T *x, T *out, u64 rows) {
    FOR_EACH(r, rows) {
        Hub<Plain<T>> hub(k, Plain<T>{x + r * k.width()});
        dd head(0), factor(1);
        hub.leave(k, head, factor);
#pragma unroll 1
        for (int i = 0; i < k.to_width(); i++)
            out[r * k.to_width() + i] = from_f64<T>(hub.result(k, head, factor, i).hi);
    }
}

template <class T> DEVICE void tangents(Conversion k, const T *x, const T *u, T *out, u64 rows) {
    FOR_EACH(r, rows) {
        u64 at = r * k.width();
        Hub<Along<T>> hub(k, Along<T>{x + at, u + at});
        Dual head(0), factor(1);
        hub.leave(k, head, factor);
        dd scale = k.scale();
#pragma unroll 1
        for (int i = 0; i < k.to_width(); i++)
            out[r * k.to_width() + i] = from_f64<T>((hub.result(k, head, factor, i).du * scale).hi);
    }
}

template <class T> DEVICE void points_vjp(Conversion k, const T *x, const T *g, T *gx, f64 *curvatures, u64 rows) {
    FOR_EACH(r, rows) {
        u64 at = r * k.width();
        Plain<T> row{x + at};
        Hub<Plain<T>> hub(k, row);
        Leave<Plain<T>, Plain<T>> leave(k, hub, Plain<T>{g + r * k.to_width()});
        Enter<Plain<T>, Plain<T>> enter(k, leave, row);
#pragma unroll 1
        for (int i = 0; i < k.width(); i++) gx[at + i] = from_f64<T>(enter(i).hi);
        curvatures[2 * r] = enter.curvature.hi;
        curvatures[2 * r + 1] = leave.curvature.hi;
    }
}

template <class T>
DEVICE void tangents_vjp(Conversion k, const T *x, const T *u, const T *g, T *gx, T *gu, f64 *curvatures, u64 rows) {
    FOR_EACH(r, rows) {
        u64 at = r * k.width();
        Along<T> row{x + at, u + at};
        Hub<Along<T>> hub(k, row);
        Leave<Along<T>, Fixed<T>> leave(k, hub, Fixed<T>{g + r * k.to_width(), k.scale()});
        Enter<Along<T>, Fixed<T>> enter(k, leave, row);
        // ⟨g, result⟩, half of which is the slope in ln(d/c) of the scale.
        dd product(0);
#pragma unroll 1
        for (int i = 0; i < k.width(); i++) {
            Dual to = enter(i);
            if (i > 0 || k.from != LORENTZ) product = product + to.re * row(i).du;
            gu[at + i] = from_f64<T>(to.re.hi);
            gx[at + i] = from_f64<T>(to.du.hi);
        }
        curvatures[2 * r] = (enter.curvature.du - product / k.c / 2.0).hi;
        curvatures[2 * r + 1] = (leave.curvature.du + product / k.d / 2.0).hi;
    }
}

#define KERNELS(T)                                                                                                     \
    KERNEL convert_points_##T(Conversion k, const T *x, T *out, u64 rows) { points(k, x, out, rows); }                 \
    KERNEL convert_tangents_##T(Conversion k, const T *x, const T *u, T *out, u64 rows) { tangents(k, x, u, out, rows); } \
    KERNEL convert_points_vjp_##T(Conversion k, const T *x, const T *g, T *gx, f64 *curvatures, u64 rows) {            \
        points_vjp(k, x, g, gx, curvatures, rows);                                                                     \
    }                                                                                                                  \
    KERNEL convert_tangents_vjp_##T(Conversion k, const T *x, const T *u, const T *g, T *gx, T *gu, f64 *curvatures,   \
                                    u64 rows) {                                                                        \
        tangents_vjp(k, x, u, g, gx, gu, curvatures, rows);                                                            \
    }
KERNELS(f32)
KERNELS(f64)
