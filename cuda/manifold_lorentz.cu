// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar.cuh"

struct lorentz_exp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[1] * t * t;
        const W n2 = s1[2] * t / n0;
        const W n3 = at_least_zero(n1 - n2 * n2);
        const W n4 = n3 * c;
        const Sinhc<W> f0 = sinhc<W>(n4);
        const W n5 = f0.c * n0;
        const W n6 = n5 + f0.s * n2;
        const W n7 = f0.s * t;
        const W n8 = n5 / n6;
        r.set_head(0, n6);
        r.set_loss(larger(n8 * n8, unless_zero(n1 / n3, n1)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = f0.c * x[0] + n7 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_exp)

struct lorentz_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[2] * x[0];
            y[4] = x[2] * x[1];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[1] * t * t;
        const W n2 = s1[2] * t / n0;
        const W n3 = at_least_zero(n1 - n2 * n2);
        const W n4 = n3 * c;
        const Sinhc<W> f0 = sinhc<W>(n4);
        const W n5 = f0.c * n0;
        const W n6 = h2 * n2;
        const W n7 = s1[4] * t + n6;
        const W n8 = (s1[3] + h2 * n0) * f0.s / 2.0 + n7 * f0.ds;
        const W n9 = n8 * c;
        const W n10 = h2 * f0.s - n2 * n9 * 2.0;
        const W n11 = n10 * n2;
        const W n12 = h2 * f0.c - n11 / n0;
        const W n13 = n12 / n0;
        const W n14 = n10 / n0 * t;
        const W n15 = f0.s * t;
        const W n16 = n9 * 2.0 * t * t;
        const W n17 = n5 / (n5 + f0.s * n2);
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(larger(n17 * n17, unless_zero(n1 / n3, n1)));
        r.set_curvature(n8 * n3 - n12 * 0.5 / (n0 * c * c), ((n7 - n6) * f0.s + n9 * n1 * 2.0 + n11) / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = f0.c * x[2] + n14 * x[1] + n13 * x[0];
            y[1] = n15 * x[2] + n16 * x[1] + n14 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_exp_vjp)

struct lorentz_exp0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c * t * t;
        const Sinhc<W> f0 = sinhc<W>(n0);
        const W n1 = f0.s * t;
        r.set_head(0, f0.c / sqrt(W(c)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_exp0)

struct lorentz_exp0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        const W n0 = h1 / sqrt(W(c));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n1 = s1[0] * t * t;
        const W n2 = s1[1] * t;
        const W n3 = n1 * c;
        const Sinhc<W> f0 = sinhc<W>(n3);
        const W n4 = n0 * f0.s / 2.0 + n2 * f0.ds;
        const W n5 = n4 * n1;
        const W n6 = f0.s * t;
        const W n7 = n4 * 2.0 * c * t * t;
        r.set_head(0, W(0.0));
        r.set_curvature(n5 - n0 * f0.c / (2.0 * c), (f0.s * n2 + n5 * 2.0 * c) / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n6 * x[1] + n7 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_exp0_vjp)

struct lorentz_log_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = (s1[3] * 2.0 + s1[2]) / (n1 + sqrt(n0 + s1[1]));
        const W n3 = at_least_zero(s1[2] - n2 * n2);
        const W n4 = n3 * c / 4.0;
        const Ratio<W> f0 = ratio<W>(n4);
        const W n5 = f0.f / t;
        const W n6 = n5 * n4 * 2.0;
        r.set_head(0, n5 * n2 - n6 * n1);
        r.set_loss(unless_zero(s1[2] / n3, s1[2]));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * (x[1] - x[0]) - n6 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_log)

struct lorentz_log_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        const W n1 = h2 / t;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
            y[4] = x[2] * d0;
            y[5] = x[2] * x[0];
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = at_least_zero(s1[2] - n4 * n4);
        const W n6 = n5 * c / 4.0;
        const Ratio<W> f0 = ratio<W>(n6);
        const W n7 = s1[4] / t + n1 * n4;
        const W n8 = s1[5] / t + n1 * n2;
        const W n9 = -(f0.f * n6 * 2.0);
        const W n10 = n7 * f0.df - n8 * f0.dhf * 2.0;
        const W n11 = n10 * c / 4.0;
        const W n12 = n1 * f0.f - n4 * n11 * 2.0;
        const W n13 = n10 * n5 / 4.0 + n12 * (n4 * 0.5 / (n2 * n3 * c * c));
        const W n14 = n1 * n9;
        const W n15 = (n14 - n12) / n2;
        const W n16 = n12 / n3;
        const W n17 = f0.f / t;
        const W n18 = n9 / t - n17;
        const W n19 = n11 * 2.0;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(unless_zero(s1[2] / n5, s1[2]));
        r.set_curvature(n13 + n14 * (-0.5 / (n2 * c * c)), -((f0.f * n7 + n9 * n8) / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n19 * (x[1] - x[0]);
            y[0] = n18 * x[2] - d0 + n15 * x[0];
            y[1] = n17 * x[2] + d0 + n16 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_log_vjp)

struct lorentz_log0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c;
        const Ratio<W> f0 = ratio<W>(n0 / ((sqrt(n0 + 1.0) + 1.0) * 2.0));
        const W n1 = f0.f / t;
        r.set_head(0, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_log0)

struct lorentz_log0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = s1[1] / t;
        const W n1 = s1[0] * c;
        const W n2 = sqrt(n1 + 1.0);
        const W n3 = n1 / ((n2 + 1.0) * 2.0);
        const Ratio<W> f0 = ratio<W>(n3);
        const W n4 = n0 * f0.df / (n2 * 4.0);
        const W n5 = f0.f / t;
        const W n6 = n4 * 2.0 * c;
        r.set_head(0, W(0.0));
        r.set_curvature(n4 * s1[0], -(n0 * f0.f / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[1] + n6 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_log0_vjp)

struct lorentz_dist_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = (s1[3] * 2.0 + s1[2]) / (sqrt(n0 + s1[0]) + sqrt(n0 + s1[1]));
        const W n2 = at_least_zero(s1[2] - n1 * n1);
        const W n3 = asinh_sqrt<W>(n2 * c / 4.0) * 2.0 / (sqrt(W(c)) * t);
        r.set_head(0, n3);
        r.set_loss(unless_zero(s1[2] / n2, s1[2]));
    }
};
ROW_KERNEL(lorentz_dist)

struct lorentz_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = sqrt(n0 + s1[1]);
        const W n3 = (s1[3] * 2.0 + s1[2]) / (n1 + n2);
        const W n4 = at_least_zero(s1[2] - n3 * n3);
        const W n5 = n4 * c / 4.0;
        const W n6 = asinh_sqrt<W>(n5) * 2.0 / (sqrt(W(c)) * t);
        const Ratio<W> f0 = ratio<W>(n5);
        const W n7 = unless_zero(h2 / (n6 * 2.0), n6) / t / t;
        const W n8 = n5 + 1.0;
        const W n9 = f0.f * f0.f * n8;
        const W n10 = -(n3 * (n3 * 0.5 / (n1 * n2 * c * c)) * 2.0);
        const W n11 = n4 * (f0.f * (f0.df * n8 * 2.0 + f0.f)) * (n4 + n10 * c);
        const W n12 = n7 * f0.f * 2.0;
        const W n13 = n12 * n3;
        const W n14 = n13 / n1;
        const W n15 = n13 / n2;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(unless_zero(s1[2] / n4, s1[2]));
        r.set_curvature(n7 * (n10 * n9 + n11 / 4.0), -(n7 * n4 * n9) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n12 * (x[1] - x[0]);
            y[0] = n14 * x[0] - d0;
            y[1] = d0 - n15 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_dist_vjp)

struct lorentz_dist2_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = (s1[3] * 2.0 + s1[2]) / (sqrt(n0 + s1[0]) + sqrt(n0 + s1[1]));
        const W n2 = at_least_zero(s1[2] - n1 * n1);
        const W n3 = asinh_sqrt<W>(n2 * c / 4.0) * 2.0 / t;
        r.set_head(0, n3 * n3 / c);
        r.set_loss(unless_zero(s1[2] / n2, s1[2]));
    }
};
ROW_KERNEL(lorentz_dist2)

struct lorentz_dist2_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        const W n1 = h2 / t / t;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = at_least_zero(s1[2] - n4 * n4);
        const W n6 = n5 * c / 4.0;
        const Ratio<W> f0 = ratio<W>(n6);
        const W n7 = n6 + 1.0;
        const W n8 = f0.f * f0.f * n7;
        const W n9 = -(n4 * (n4 * 0.5 / (n2 * n3 * c * c)) * 2.0);
        const W n10 = n5 * (f0.f * (f0.df * n7 * 2.0 + f0.f)) * (n5 + n9 * c);
        const W n11 = n1 * f0.f * 2.0;
        const W n12 = n11 * n4;
        const W n13 = n12 / n2;
        const W n14 = n12 / n3;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(unless_zero(s1[2] / n5, s1[2]));
        r.set_curvature(n1 * (n9 * n8 + n10 / 4.0), -(n1 * n5 * n8) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n11 * (x[1] - x[0]);
            y[0] = n13 * x[0] - d0;
            y[1] = d0 - n14 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_dist2_vjp)

struct lorentz_dist0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        r.set_head(0, asinh_sqrt<W>(s1[0] * c) / (sqrt(W(c)) * t));
    }
};
ROW_KERNEL(lorentz_dist0)

struct lorentz_dist0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        const W n0 = h1 / t;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n1 = s1[0] * c;
        const Ratio<W> f0 = ratio<W>(n1);
        const W n2 = sqrt(s1[0]);
        const W n3 = sqrt(n1 + 1.0);
        const W n4 = n0 * n2;
        const W n5 = unless_zero(n0 / (n2 * n3), n2);
        r.set_head(0, W(0.0));
        r.set_curvature(n4 * s1[0] * (n3 * f0.df + f0.f * 0.5 / n3), -(n4 * n3 * f0.f / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_dist0_vjp)

struct lorentz_transport_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W n0 = W(1.0) / c;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
            y[4] = d0 * x[2];
            y[5] = x[0] * x[2];
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = n1 + sqrt(n0 + s1[1]);
        const W n3 = (s1[3] * 2.0 + s1[2]) / n2;
        const W n4 = at_least_zero(s1[2] - n3 * n3);
        const W n5 = s1[5] / n1;
        const W n6 = W(2.0) / c + n4 / 2.0;
        const W n7 = (s1[4] - n3 * n5) / n6;
        const W n8 = larger(unless_zero(s1[2] / n4, s1[2]), sqrt(s1[2]) * n2 * n1 * sqrt(W(c)) / n6);
        r.set_head(0, n5 + n7 * n2);
        r.set_loss(n8);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[2] + n7 * (x[0] + x[1]);
        });
    }
};
ROW_KERNEL(lorentz_transport)

struct lorentz_transport_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 15;
    static constexpr unsigned TAILS = 15;
    static constexpr unsigned HEADS = 7;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h3 = r.head(3);
        const W n0 = W(1.0) / c;
        W s1[7];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
            y[4] = d0 * x[2];
            y[5] = x[0] * x[2];
            y[6] = x[3] * (x[0] + x[1]);
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = sqrt(n0 + s1[1]);
        const W n3 = n1 + n2;
        const W n4 = (s1[3] * 2.0 + s1[2]) / n3;
        const W n5 = at_least_zero(s1[2] - n4 * n4);
        const W n6 = s1[5] / n1;
        const W n7 = W(2.0) / c + n5 / 2.0;
        const W n8 = (s1[4] - n4 * n6) / n7;
        const W n9 = (s1[6] + h3 * n3) / n7;
        const W n10 = -(n9 * n8);
        const W n11 = n10 / 2.0;
        const W n12 = -(n9 * n6 + n4 * n11 * 2.0);
        const W n13 = h3 - n9 * n4;
        const W n14 = (h3 * (s1[0] + s1[3] + s1[1]) + s1[6] * n2) / (n7 * n1);
        const W n15 = -n14;
        const W n16 = h3 * n8;
        const W n17 = n16 - n13 * n6 / n1;
        const W n18 = n12 * (n4 * 0.5 / (n1 * n2 * c * c)) + n17 * (-0.5 / (n1 * c * c));
        const W n19 = n18 + n16 * (-0.5 / (n2 * c * c)) - n10 * 2.0 / c / c;
        const W n20 = (n17 - n12) / n1;
        const W n21 = (n16 + n12) / n2;
        const W n22 = n13 / n1;
        const W n23 = n11 * 2.0;
        const W n24 = larger(unless_zero(s1[2] / n5, s1[2]), sqrt(s1[2]) * n3 * n1 * sqrt(W(c)) / n7);
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_head(2, W(0.0));
        r.set_loss(n24);
        r.set_curvature(n19, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = n8 * x[3];
            const W d2 = n23 * d0;
            y[0] = d1 + n15 * x[2] + n20 * x[0] - d2;
            y[1] = d1 + n21 * x[1] + n9 * x[2] + d2;
            y[2] = x[3] + n9 * d0 + n22 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_transport_vjp)

struct lorentz_transport_from0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W n0 = sqrt(W(c));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n1 = s1[1] * c / (n0 * sqrt(W(1.0) / c + s1[0]) + 1.0);
        r.set_head(0, s1[1] * n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] + n1 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_transport_from0)

struct lorentz_transport_from0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        const W n0 = sqrt(W(c));
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[0] * x[2];
        });
        const W n1 = n0 * sqrt(W(1.0) / c + s1[0]);
        const W n2 = n1 + 1.0;
        const W n3 = s1[1] * c / n2;
        const W n4 = s1[2] * c / n2 + h2 * n0;
        const W n5 = -(s1[2] * n3 / n2) / (n1 * 2.0);
        const W n6 = s1[2] * s1[1] / n2 + h2 * s1[1] / (n0 * 2.0) + n5 * s1[0];
        const W n7 = n5 * 2.0 * c;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_curvature(n6, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[2] + n4 * x[1] + n7 * x[0];
            y[1] = x[2] + n4 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_transport_from0_vjp)

struct lorentz_transport_to0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = sqrt(s1[0] * c + 1.0);
        const W n1 = s1[1] * c / (n0 * (n0 + 1.0));
        r.set_head(0, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] - n1 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_transport_to0)

struct lorentz_transport_to0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[0] * x[2];
        });
        const W n0 = sqrt(s1[0] * c + 1.0);
        const W n1 = n0 + 1.0;
        const W n2 = n0 * n1;
        const W n3 = -(s1[1] * c / n2);
        const W n4 = -(s1[2] * c / n2);
        const W n5 = s1[2] * n3;
        const W n6 = n0 * 2.0;
        const W n7 = -(n5 * (n6 + 1.0) / n2) / n6 * 2.0 * c;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_curvature(n5 * n1 / (n0 * n0 * 2.0 * c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[2] + n4 * x[1] + n7 * x[0];
            y[1] = x[2] + n4 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_transport_to0_vjp)

struct lorentz_inner_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[2];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[1] - s1[2] / n0 * (s1[3] / n0);
        const W n2 = unless_zero(s1[1] / n1, s1[1]);
        r.set_head(0, n1);
        r.set_loss(larger(n2, -n2));
    }
};
ROW_KERNEL(lorentz_inner)

struct lorentz_inner_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 7;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h3 = r.head(3);
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[2];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[2] / n0;
        const W n2 = s1[3] / n0;
        const W n3 = unless_zero(s1[1] / (s1[1] - n1 * n2), s1[1]);
        const W n4 = h3 * n1 / n0;
        const W n5 = h3 * n2 / n0;
        const W n6 = n4 * n2 / n0;
        const W n7 = n6 * 2.0;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_head(2, W(0.0));
        r.set_loss(larger(n3, -n3));
        r.set_curvature(-(n6 / c / c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n7 * x[0] - n5 * x[1] - n4 * x[2];
            y[1] = h3 * x[2] - n5 * x[0];
            y[2] = h3 * x[1] - n4 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_inner_vjp)

struct lorentz_norm_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = s1[2] / sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[1] - n0 * n0;
        const W n2 = unless_zero(s1[1] / n1, s1[1]);
        r.set_head(0, sqrt(at_least_zero(n1)));
        r.set_loss(larger(n2, -n2));
    }
};
ROW_KERNEL(lorentz_norm)

struct lorentz_norm_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[2] / n0;
        const W n2 = s1[1] - n1 * n1;
        const W n3 = unless_zero(s1[1] / n2, s1[1]);
        const W n4 = sqrt(at_least_zero(n2));
        const W n5 = unless_zero(h2 / n4, n4);
        const W n6 = n1 / n0;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(larger(n3, -n3));
        r.set_curvature(-(n5 * n6 * n6 / 2.0 / c / c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n5 * (x[1] - n6 * x[0]);
            y[0] = -(n6 * d0);
            y[1] = d0;
        });
    }
};
ROW_KERNEL(lorentz_norm_vjp)

struct lorentz_project_tangent_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[1] * x[1];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = n0 * h1;
        const W n2 = (s1[1] - n1) * c;
        const W n3 = (sqrt(s1[0] * s1[2]) + larger(n1, -n1)) * sqrt(s1[0]);
        const W n4 = sqrt(s1[2]) + n3 * c;
        const W n5 = at_least_zero(s1[2] + n2 * (s1[1] * 2.0 + n2 * s1[0]));
        r.set_head(0, (n0 * s1[1] - s1[0] * h1) * c);
        r.set_loss(unless_zero(n4 / sqrt(n5), n4));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] + n2 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_project_tangent)

struct lorentz_project_tangent_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[0] * x[2];
        });
        const W n0 = sqrt(W(1.0) / c + s1[0]);
        const W n1 = s1[1] - n0 * h1;
        const W n2 = (s1[2] + h2 * n0) * c;
        const W n3 = (h2 * s1[1] - s1[2] * h1) * c;
        const W n4 = n1 * s1[2] + h2 * (n0 * s1[1] - s1[0] * h1) - n3 * 0.5 / (n0 * c * c);
        const W n5 = n1 * c;
        const W n6 = -(h2 * h1 * c) * 2.0 + n3 / n0;
        r.set_head(0, W(0.0));
        r.set_head(1, -((s1[2] * n0 + h2 * s1[0]) * c));
        r.set_curvature(n4, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[2] + n2 * x[1] + n6 * x[0];
            y[1] = x[2] + n2 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_project_tangent_vjp)

struct lorentz_egrad_to_rgrad_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        const W n0 = h1 * -1.0;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[1] * x[1];
        });
        const W n1 = sqrt(W(1.0) / c + s1[0]);
        const W n2 = n1 * n0;
        const W n3 = (s1[1] - n2) * c;
        const W n4 = (sqrt(s1[0] * s1[2]) + larger(n2, -n2)) * sqrt(s1[0]);
        const W n5 = sqrt(s1[2]) + n4 * c;
        const W n6 = at_least_zero(s1[2] + n3 * (s1[1] * 2.0 + n3 * s1[0]));
        const W n7 = n3 * t;
        r.set_head(0, (n1 * s1[1] - s1[0] * n0) * c * t);
        r.set_loss(unless_zero(n5 / sqrt(n6), n5));
        r.coordinates([&](const W *x, W *y) {
            y[0] = t * x[1] + n7 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_egrad_to_rgrad)

struct lorentz_egrad_to_rgrad_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 * -1.0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[0] * x[2];
            y[3] = x[1] * x[2];
        });
        const W n1 = sqrt(W(1.0) / c + s1[0]);
        const W n2 = s1[1] - n1 * n0;
        const W n3 = (h2 * s1[1] - s1[2] * n0) * c;
        const W n4 = n2 * s1[2] + h2 * (n1 * s1[1] - s1[0] * n0);
        const W n5 = n2 * c * t;
        const W n6 = (s1[2] + h2 * n1) * c * t;
        const W n7 = (-(h2 * n0 * c) * 2.0 + n3 / n1) * t;
        r.set_head(0, W(0.0));
        r.set_head(1, -((s1[2] * n1 + h2 * s1[0]) * c) * t * -1.0);
        r.set_curvature((n4 - n3 * 0.5 / (n1 * c * c)) * t, s1[3] + n4 * c);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[2] + n6 * x[1] + n7 * x[0];
            y[1] = t * x[2] + n6 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_egrad_to_rgrad_vjp)

struct lorentz_lorentzian_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = (s1[3] * 2.0 + s1[2]) / (sqrt(n0 + s1[0]) + sqrt(n0 + s1[1]));
        const W n2 = at_least_zero(s1[2] - n1 * n1);
        r.set_head(0, n2 / t / t);
        r.set_loss(unless_zero(s1[2] / n2, s1[2]));
    }
};
ROW_KERNEL(lorentz_lorentzian)

struct lorentz_lorentzian_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        const W n1 = h2 / t / t;
        const W n2 = n1 * 2.0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n3 = sqrt(n0 + s1[0]);
        const W n4 = sqrt(n0 + s1[1]);
        const W n5 = (s1[3] * 2.0 + s1[2]) / (n3 + n4);
        const W n6 = at_least_zero(s1[2] - n5 * n5);
        const W n7 = -(n1 * n5 * (n5 * 0.5 / (n3 * n4 * c * c)) * 2.0);
        const W n8 = n2 * n5;
        const W n9 = n8 / n3;
        const W n10 = n8 / n4;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(unless_zero(s1[2] / n6, s1[2]));
        r.set_curvature(n7, n1 * n6 * -2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = n9 * x[0] - d0;
            y[1] = d0 - n10 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_lorentzian_vjp)

struct lorentz_minkowski_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
        });
        r.set_head(0, s1[0] - h0 * h1);
    }
};
ROW_KERNEL(lorentz_minkowski)

struct lorentz_minkowski_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        r.set_head(0, -(h2 * h1));
        r.set_head(1, -(h2 * h0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = h2 * x[1];
            y[1] = h2 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_minkowski_vjp)

struct lorentz_convert_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 / (sqrt(s1[0] * c + 1.0) + 1.0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n0 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_convert)

struct lorentz_convert_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = sqrt(s1[0] * c + 1.0);
        const W n1 = 1.0 / (n0 + 1.0);
        const W n2 = -(s1[1] * n1 * n1 / (n0 * 2.0));
        const W n3 = n2 * 2.0 * c;
        r.set_head(0, W(0.0));
        r.set_curvature(n2 * s1[0], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[1] + n3 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_convert_vjp)

struct lorentz_project_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), number = r.parameter(2);
        const W n0 = W(t) * number;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * c);
        const W n1 = if_below<W>(number, INFINITY, n0 * f0.s, INFINITY);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n2 = sqrt(s1[0]);
        const W n3 = if_below<W>(n2, n1, 1.0, n1 / n2);
        r.set_head(0, sqrt(W(1.0) / c + s1[0] * n3 * n3));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_project)

struct lorentz_project_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), number = r.parameter(2);
        const W h1 = r.head(1);
        const W n0 = W(t) * number;
        const W n1 = n0 * n0 * c;
        const Sinhc<W> f0 = sinhc<W>(n1);
        const W n2 = if_below<W>(number, INFINITY, n0 * f0.s, INFINITY);
        const W n3 = if_below<W>(number, INFINITY, f0.c, INFINITY);
        const W n4 = sqrt(W(c));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n5 = sqrt(s1[0]);
        const W n6 = sqrt(W(1.0) / c + s1[0]);
        const W n7 = s1[1] / n5;
        const W n8 = (n7 * n3 / n4 + h1 * n2) * n4;
        const W n9 = n7 * n2;
        const W n10 = if_below<W>(n5, n2, 1.0, n2 / n5);
        const W n11 = if_below<W>(n5, n2, h1 / n6, -(n9 / s1[0]));
        const W n12 = if_below<W>(n5, n2, h1 * -0.5 / (n6 * c * c), (n8 * n0 - n9 - h1 * n3 / n4) / (2.0 * c));
        r.set_head(0, W(0.0));
        r.set_curvature(n12, if_below<W>(n5, n2, 0.0, n8 * number));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n10 * x[1] + n11 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_project_vjp)

struct lorentz_hyperplane_dist_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = W(1.0) / c;
        W s1[7];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[0] - x[1];
            y[0] = x[1] * x[1];
            y[1] = x[0] * x[0];
            y[2] = d0 * d0;
            y[3] = x[1] * d0;
            y[4] = d0 * x[2];
            y[5] = x[1] * x[2];
            y[6] = x[2] * x[2];
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = s1[5] / n1;
        const W n3 = at_least_zero(s1[6] - n2 * n2);
        const W n4 = unless_zero(1.0 / sqrt(n3), n3);
        const W n5 = (s1[3] * 2.0 + s1[2]) / (n1 + sqrt(n0 + s1[1])) * n2;
        const W n6 = (s1[4] - n5) * n4;
        const W n7 = n6 * n6 * c;
        const Ratio<W> f0 = ratio<W>(n7);
        const W n8 = sqrt(s1[2] * s1[6]) * n4;
        const W n9 = unless_zero(n8 / n6, n8);
        const W n10 = unless_zero(s1[6] / n3, s1[6]);
        r.set_head(0, n6 * f0.f * sqrt(n7 + 1.0) / t);
        r.set_loss(larger(larger(n9, -n9), larger(n10, -n10)));
    }
};
ROW_KERNEL(lorentz_hyperplane_dist)

struct lorentz_hyperplane_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 7;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h3 = r.head(3);
        const W n0 = W(1.0) / c;
        const W n1 = h3 / t;
        W s1[7];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[0] - x[1];
            y[0] = x[1] * x[1];
            y[1] = x[0] * x[0];
            y[2] = d0 * d0;
            y[3] = x[1] * d0;
            y[4] = d0 * x[2];
            y[5] = x[1] * x[2];
            y[6] = x[2] * x[2];
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = s1[5] / n2;
        const W n6 = at_least_zero(s1[6] - n5 * n5);
        const W n7 = unless_zero(1.0 / sqrt(n6), n6);
        const W n8 = (s1[4] - n4 * n5) * n7;
        const W n9 = n8 * n8;
        const W n10 = n9 * c;
        const Ratio<W> f0 = ratio<W>(n10);
        const W n11 = sqrt(n10 + 1.0);
        const W n12 = n1 * (1.0 / n11);
        const W n13 = n12 * n7;
        const W n14 = -(n13 * n5);
        const W n15 = -unless_zero(n12 * n8 / n6, n6);
        const W n16 = -(n13 * n4 + n15 * n5) / n2;
        const W n17 = -(n16 * n5);
        const W n18 = n1 * (n8 * (n9 * (f0.df * n11 + f0.f / (n11 * 2.0))));
        const W n19 = n18 + n14 * (n4 * 0.5 / (n2 * n3 * c * c)) + n17 * (-0.5 / (n2 * c * c));
        const W n20 = n14 / n3;
        const W n21 = (n17 - n14) / n2;
        const W n22 = sqrt(s1[2] * s1[6]) * n7;
        const W n23 = unless_zero(n22 / n8, n22);
        const W n24 = unless_zero(s1[6] / n6, s1[6]);
        const W n25 = n16 - n13;
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_head(2, W(0.0));
        r.set_loss(larger(larger(n23, -n23), larger(n24, -n24)));
        r.set_curvature(n19, -(h3 * (n8 * f0.f * n11) / t / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n13 * x[2] + n20 * x[0];
            y[1] = n25 * x[2] + n21 * x[1];
            y[2] = n13 * (x[0] - x[1]) + n16 * x[1] + n15 * x[2];
        });
    }
};
ROW_KERNEL(lorentz_hyperplane_dist_vjp)

struct lorentz_busemann_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = sqrt(W(c));
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n1 = s1[0] * c;
        const W n2 = n1 + 1.0;
        const W n3 = sqrt(n2);
        const W n4 = s1[2] * n0 / sqrt(s1[1]);
        const W n5 = n1 - n4 * n4 + 1.0;
        const W n6 = if_below<W>(n4, 0.0, n3 - n4, n5 / (n3 + n4));
        const W n7 = n1 / (n3 + 1.0);
        const W n8 = if_below<W>(n1, 1.0, n7 - n4, n6 - 1.0);
        const W n9 = if_below<W>(n1, 1.0, n7, 1.0);
        const W n10 = n8 / (sqrt(n6) * 2.0);
        const W n11 = unless_zero(n9 / n8, n9);
        const W n12 = unless_zero(n1 / if_below<W>(n4, 0.0, n2, n5), n1);
        r.set_head(0, n10 * asinhc<W>(n10 * n10) * 2.0 / (n0 * t));
        r.set_loss(larger(larger(n11, -n11), larger(n12, -n12)));
    }
};
ROW_KERNEL(lorentz_busemann)

struct lorentz_busemann_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = sqrt(W(c));
        const W n1 = h2 / (n0 * t);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n2 = s1[0] * c;
        const W n3 = sqrt(s1[1]);
        const W n4 = n2 + 1.0;
        const W n5 = sqrt(n4);
        const W n6 = s1[2] * n0 / n3;
        const W n7 = n2 - n6 * n6;
        const W n8 = n7 + 1.0;
        const W n9 = if_below<W>(n6, 0.0, n5 - n6, n8 / (n5 + n6));
        const W n10 = n2 / (n5 + 1.0);
        const W n11 = if_below<W>(n2, 1.0, n10 - n6, n9 - 1.0);
        const W n12 = if_below<W>(n2, 1.0, n10, 1.0);
        const W n13 = n11 / (sqrt(n9) * 2.0);
        const W n14 = unless_zero(n12 / n11, n12);
        const W n15 = unless_zero(n2 / if_below<W>(n6, 0.0, n4, n8), n2);
        const W n16 = n13 * asinhc<W>(n13 * n13) * 2.0;
        const W n17 = n1 / n9;
        const W n18 = (n2 / n5 - n6) / n9 - n16;
        const W n19 = unless_zero(n16 / n18, n16);
        const W n20 = larger(larger(larger(n14, -n14), larger(n15, -n15)), larger(n19, -n19));
        const W n21 = unless_zero(n2 / n7, n2);
        const W n22 = -(n17 * n0 / n3);
        const W n23 = n17 * c / n5;
        const W n24 = n6 / (n0 * n3);
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(larger(larger(n20, larger(n21, -n21)), n5 / n9));
        r.set_curvature(n1 * n18 / (2.0 * c), -(n1 * n16 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n23 * x[0] + n22 * x[1];
            y[1] = n22 * (x[0] - n24 * x[1]);
        });
    }
};
ROW_KERNEL(lorentz_busemann_vjp)

struct lorentz_geodesic_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W n0 = W(1.0) / c;
        const W n1 = W(1.0) - number;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = at_least_zero(s1[2] - n4 * n4);
        const W n6 = asinh_sqrt<W>(n5 * c / 4.0) * 2.0;
        const W n7 = n6 * n6 / c * c / 4.0;
        const W n8 = n7 * number * number;
        const Sinhc<W> f0 = sinhc<W>(n8);
        const W n9 = n7 * n1 * n1;
        const Sinhc<W> f1 = sinhc<W>(n9);
        const Sinhc<W> f2 = sinhc<W>(n7);
        const W n10 = f1.s / f2.s * (f1.c / f2.c) * n1;
        const W n11 = f0.s / f2.s * (f0.c / f2.c) * number;
        const W n12 = n10 * n2;
        const W n13 = n11 * n3;
        const W n14 = n12 + n13;
        const W n15 = (n12 - n13) / n14;
        const W n16 = larger(unless_zero(s1[2] / n5, s1[2]), n15 * n15);
        r.set_head(0, n14);
        r.set_loss(n16);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n10 * x[0] + n11 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_geodesic)

struct lorentz_geodesic_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        const W n1 = W(1.0) - number;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
            y[4] = x[2] * x[0];
            y[5] = x[2] * x[1];
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = at_least_zero(s1[2] - n4 * n4);
        const W n6 = n5 * c / 4.0;
        const W n7 = asinh_sqrt<W>(n6) * 2.0;
        const W n8 = n7 * n7 / c;
        const W n9 = n8 * c / 4.0;
        const W n10 = n9 * number * number;
        const Sinhc<W> f0 = sinhc<W>(n10);
        const W n11 = n9 * n1 * n1;
        const Sinhc<W> f1 = sinhc<W>(n11);
        const Sinhc<W> f2 = sinhc<W>(n9);
        const W n12 = f1.s / f2.s * (f1.c / f2.c) * n1;
        const W n13 = f0.s / f2.s * (f0.c / f2.c) * number;
        const W n14 = f2.ds / f2.s + f2.s / (f2.c * 2.0);
        const W n15 = (f1.ds / f1.s + f1.s / (f1.c * 2.0)) * n1 * n1 - n14;
        const W n16 = (f0.ds / f0.s + f0.s / (f0.c * 2.0)) * number * number;
        const W n17 = n12 * n2;
        const W n18 = n13 * n3;
        const W n19 = (s1[4] + h2 * n2) * (n12 * n15) + (s1[5] + h2 * n3) * (n13 * (n16 - n14));
        const W n20 = n19 * c / 4.0;
        const Ratio<W> f3 = ratio<W>(n6);
        const W n21 = n6 + 1.0;
        const W n22 = -(n4 * (n4 * 0.5 / (n2 * n3 * c * c)) * 2.0);
        const W n23 = n5 * (f3.f * (f3.df * n21 * 2.0 + f3.f)) * (n5 + n22 * c);
        const W n24 = n20 * (n22 * (f3.f * f3.f * n21) + n23 / 4.0) + n19 * n8 / 4.0;
        const W n25 = n12 * (-0.5 / (n2 * c * c)) + n13 * (-0.5 / (n3 * c * c));
        const W n26 = n20 * f3.f * 2.0;
        const W n27 = n26 * n4;
        const W n28 = n27 / n2 + h2 * n12 / n2;
        const W n29 = h2 * n13 / n3 - n27 / n3;
        const W n30 = (n17 - n18) / (n17 + n18);
        const W n31 = larger(unless_zero(s1[2] / n5, s1[2]), n30 * n30);
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(n31);
        r.set_curvature(n24 + h2 * n25, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n26 * (x[1] - x[0]);
            y[0] = n12 * x[2] + n28 * x[0] - d0;
            y[1] = n13 * x[2] + n29 * x[1] + d0;
        });
    }
};
ROW_KERNEL(lorentz_geodesic_vjp)

struct lorentz_gyro_scale_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c;
        const W n1 = asinhc<W>(n0);
        const W n2 = n1 * n1 * n0;
        const Sinhc<W> f0 = sinhc<W>(n2);
        const W n3 = n2 * number * number;
        const Sinhc<W> f1 = sinhc<W>(n3);
        const W n4 = f1.s / f0.s * number;
        r.set_head(0, f1.c / sqrt(W(c)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_gyro_scale)

struct lorentz_gyro_scale_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W h1 = r.head(1);
        const W n0 = h1 / sqrt(W(c));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n1 = s1[0] * c;
        const W n2 = asinhc<W>(n1);
        const W n3 = n2 * n2 * n1;
        const Sinhc<W> f0 = sinhc<W>(n3);
        const W n4 = n3 * number * number;
        const Sinhc<W> f1 = sinhc<W>(n4);
        const W n5 = f1.s / f0.s * number;
        const Ratio<W> f2 = ratio<W>(n1);
        const W n6 = n5 * (f1.ds / f1.s * number * number - f0.ds / f0.s);
        const W n7 = s1[1] * (n6 * f2.f) + n0 * (f1.s * f2.f * number * number / 2.0);
        const W n8 = n7 * 2.0 * c;
        r.set_head(0, W(0.0));
        r.set_curvature(n7 * s1[0] - n0 * f1.c / (2.0 * c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[1] + n8 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_gyro_scale_vjp)

struct lorentz_half_aperture_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 2.0 * number / sqrt(s1[0] * c);
        const W n1 = 1.0 - n0;
        const W n2 = if_below<W>(n0, 1.0, atan2(n0, sqrt(n1 * (n0 + 1.0))), atan2(W(1.0), W(0.0)));
        const W n3 = unless_zero(1.0 / n1, W(1.0));
        r.set_head(0, n2);
        r.set_loss(larger(n3, -n3));
    }
};
ROW_KERNEL(lorentz_half_aperture)

struct lorentz_half_aperture_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W h1 = r.head(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 2.0 * number / sqrt(s1[0] * c);
        const W n1 = 1.0 - n0;
        const W n2 = if_below<W>(n0, 1.0, 1.0 / sqrt(n1 * (n0 + 1.0)), 0.0);
        const W n3 = -(h1 * n2) * n0;
        const W n4 = if_below<W>(n0, 1.0, n3 / s1[0], 0.0);
        const W n5 = unless_zero(1.0 / n1, W(1.0));
        r.set_head(0, W(0.0));
        r.set_loss(larger(n5, -n5));
        r.set_curvature(if_below<W>(n0, 1.0, n3 / (2.0 * c), 0.0), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_half_aperture_vjp)

struct lorentz_exterior_angle_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W> static FUNCTION void row(Fast<lorentz_exterior_angle_row> &r) {
        const double c = r.parameter(0);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = sqrt(s1[0]);
        const W n3 = unless_zero(s1[3] / s1[0], s1[0]);
        const W n4 = at_least_zero(s1[2] - n3 * (n3 * s1[0]));
        const W n5 = sqrt(n4);
        const W n6 = unless_zero(s1[2] / n4, s1[2]);
        const W n7 = n2 * sqrt(W(c));
        const W n8 = n1 * n3;
        const W n9 = n8 - (s1[3] * 2.0 + s1[2]) / (n1 + sqrt(n0 + s1[1]));
        const W n10 = n7 * n9;
        const W n11 = n7 * n8;
        const W n12 = larger(n11, -n11);
        const W n13 = unless_zero(n12 / (n5 + unless_zero(n10 * n10 / n12, n12)), n12);
        r.set_head(0, unless_zero(atan2(n5, n10), n2));
        r.set_loss(larger(larger(n6, -n6), larger(n13, -n13)));
    }
    template <class W> static FUNCTION void row(Careful<lorentz_exterior_angle_row> &r) {
        const double c = r.parameter(0);
        const W n0 = W(1.0) / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n1 = sqrt(n0 + s1[0]);
        const W n2 = sqrt(s1[0]);
        const W n3 = unless_zero(s1[3] / s1[0], s1[0]);
        const W n4 = n2 * sqrt(W(c));
        const W n5 = n1 * n3;
        const W n6 = n5 - (s1[3] * 2.0 + s1[2]) / (n1 + sqrt(n0 + s1[1]));
        const W n7 = n4 * n6;
        const W n8 = n4 * n5;
        const W n9 = larger(n8, -n8);
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n3 * x[0];
            y[0] = d0 * d0;
        });
        const W n10 = sqrt(s2[0]);
        const W n11 = unless_zero(s1[2] / s2[0], s1[2]);
        const W n12 = unless_zero(n9 / (n10 + unless_zero(n7 * n7 / n9, n9)), n9);
        r.set_head(0, unless_zero(atan2(n10, n7), n2));
        r.set_loss(larger(larger(n11, -n11), larger(n12, -n12)));
    }
};
ROW_KERNEL(lorentz_exterior_angle)

struct lorentz_exterior_angle_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W> static FUNCTION void row(Fast<lorentz_exterior_angle_vjp_row> &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        const W n1 = sqrt(W(c));
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = sqrt(s1[0]);
        const W n6 = unless_zero(s1[3] / s1[0], s1[0]);
        const W n7 = at_least_zero(s1[2] - n6 * (n6 * s1[0]));
        const W n8 = unless_zero(1.0 / n5, n5);
        const W n9 = sqrt(n7);
        const W n10 = unless_zero(s1[2] / n7, s1[2]);
        const W n11 = n5 * n1;
        const W n12 = n2 * n6;
        const W n13 = n11 * (n12 - n4);
        const W n14 = n11 * n12;
        const W n15 = larger(n14, -n14);
        const W n16 = n13 * n13;
        const W n17 = unless_zero(n15 / (n9 + unless_zero(n16 / n15, n15)), n15);
        const W n18 = n9 * n9 + n16;
        const W n19 = unless_zero(unless_zero(h2, n5) / n18, n18);
        const W n20 = -(n19 * n9) * n1;
        const W n21 = unless_zero(n19 * n13 / n9, n9);
        const W n22 = n6 + 1.0;
        const W n23 = n20 * n2 * n8 - n21 * n22;
        const W n24 = n20 * n5;
        const W n25 = n21 - n24 / n3;
        const W n26 = n2 * n3;
        const W n27 = n26 - n22 * n5 * n5;
        const W n28 = n20 * n27 * n8;
        const W n29 = n24 / (2.0 * c) * (n6 * n5 * n5 / n2 - n4 * (1.0 / (n26 * c) + 1.0));
        const W n30 = -(n28 / n2);
        const W n31 = n28 / n3;
        const W n32 = unless_zero(n26 / n27, n26);
        const W n33 = larger(larger(larger(n10, -n10), larger(n17, -n17)), larger(n32, -n32));
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(n33);
        r.set_curvature(n29, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n6 * x[0];
            y[0] = n23 * d0 + n30 * x[0];
            y[1] = n25 * d0 + n31 * x[0];
        });
    }
    template <class W> static FUNCTION void row(Careful<lorentz_exterior_angle_vjp_row> &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        const W n0 = W(1.0) / c;
        const W n1 = sqrt(W(c));
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[0] * d0;
        });
        const W n2 = sqrt(n0 + s1[0]);
        const W n3 = sqrt(n0 + s1[1]);
        const W n4 = (s1[3] * 2.0 + s1[2]) / (n2 + n3);
        const W n5 = sqrt(s1[0]);
        const W n6 = unless_zero(s1[3] / s1[0], s1[0]);
        const W n7 = unless_zero(1.0 / n5, n5);
        const W n8 = n5 * n1;
        const W n9 = n2 * n6;
        const W n10 = n8 * (n9 - n4);
        const W n11 = n8 * n9;
        const W n12 = larger(n11, -n11);
        const W n13 = n10 * n10;
        const W n14 = n6 + 1.0;
        const W n15 = n2 * n3;
        const W n16 = n15 - n14 * n5 * n5;
        const W n17 = unless_zero(n15 / n16, n15);
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n6 * x[0];
            y[0] = d0 * d0;
        });
        const W n18 = sqrt(s2[0]);
        const W n19 = unless_zero(s1[2] / s2[0], s1[2]);
        const W n20 = unless_zero(n12 / (n18 + unless_zero(n13 / n12, n12)), n12);
        const W n21 = n18 * n18 + n13;
        const W n22 = unless_zero(unless_zero(h2, n5) / n21, n21);
        const W n23 = -(n22 * n18) * n1;
        const W n24 = unless_zero(n22 * n10 / n18, n18);
        const W n25 = n23 * n2 * n7 - n24 * n14;
        const W n26 = n23 * n5;
        const W n27 = n24 - n26 / n3;
        const W n28 = n23 * n16 * n7;
        const W n29 = n26 / (2.0 * c) * (n6 * n5 * n5 / n2 - n4 * (1.0 / (n15 * c) + 1.0));
        const W n30 = -(n28 / n2);
        const W n31 = n28 / n3;
        const W n32 = larger(larger(larger(n19, -n19), larger(n20, -n20)), larger(n17, -n17));
        r.set_head(0, W(0.0));
        r.set_head(1, W(0.0));
        r.set_loss(n32);
        r.set_curvature(n29, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n6 * x[0];
            y[0] = n25 * d0 + n30 * x[0];
            y[1] = n27 * d0 + n31 * x[0];
        });
    }
};
ROW_KERNEL(lorentz_exterior_angle_vjp)

struct lorentz_step_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), limit = r.parameter(3);
        const W h3 = r.head(3);
        const W n0 = h3 * t;
        const W n1 = W(1.0) / c;
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
            y[4] = x[1] * x[2];
        });
        const W n2 = sqrt(n1 + s1[0]);
        const W n3 = s1[1] * n0 * n0;
        const W n4 = s1[2] * n0 / n2;
        const W n5 = at_least_zero(n3 - n4 * n4);
        const W n6 = n5 * c;
        const Sinhc<W> f0 = sinhc<W>(n6);
        const W n7 = f0.c * n2;
        const W n8 = n7 + f0.s * n4;
        const W n9 = (s1[4] * n0 - n4 * s1[3] / n2) * c;
        const W n10 = n9 * f0.s;
        const W n11 = n9 * f0.versine;
        const W n12 = n11 * n0;
        const W n13 = f0.c * f0.c * s1[0] + f0.c * f0.s * s1[2] * n0 * 2.0;
        const W n14 = sqrt(at_least_zero(n13 + f0.s * f0.s * n3));
        const W n15 = if_below<W>(n14, limit, 1.0, limit / n14);
        const W n16 = if_below<W>(n14, limit, n8, sqrt(n1 + W(limit) * limit));
        const W n17 = n15 * f0.c;
        const W n18 = n15 * f0.s * n0;
        const W n19 = n7 / n8;
        r.set_head(0, n16);
        r.set_head(1, s1[3] / n2 + n10 * n2 + n11 * n4);
        r.set_loss(larger(n19 * n19, unless_zero(n3 / n5, n3)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n17 * x[0] + n18 * x[1];
            y[1] = x[2] + n10 * x[0] + n12 * x[1];
        });
    }
};
ROW_KERNEL(lorentz_step)

