// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar.cuh"

struct half_space_exp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = 1.0 / h0;
        const W n1 = h1 / h0 * t;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n0 * x[1];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[0] * x[0];
        });
        const W n2 = s1[0] * t * t;
        const W n3 = n1 * n1 + n2;
        const Sinhc<W> f0 = sinhc<W>(n3);
        const W n4 = f0.s / f0.c;
        const W n5 = if_below<W>(n1, 0.0, f0.c - f0.s * n1, (1.0 / f0.c + f0.s * n4 * n2) / (n4 * n1 + 1.0));
        const W n6 = h0 / n5;
        const W n7 = h0 * (f0.s / n5);
        const W n8 = n7 * t;
        const W n9 = at_least_zero(s1[2] + n7 * (s1[1] * t) * 2.0 + n7 * n7 * n2);
        r.set_head(0, n6);
        r.set_loss(unless_zero(sqrt(s1[2] / (n6 * n6 + n9)), s1[2]));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + n8 * (n0 * x[1]);
        });
    }
};
ROW_KERNEL(half_space_exp)

struct half_space_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 6;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 / h0;
        const W n1 = 1.0 / h0;
        const W n2 = n0 * t;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[1];
            y[0] = d0 * d0;
            y[1] = x[2] * d0;
        });
        const W n3 = s1[0] * t;
        const W n4 = n3 * t;
        const W n5 = n2 * n2 + n4;
        const Sinhc<W> f0 = sinhc<W>(n5);
        const W n6 = f0.s / f0.c;
        const W n7 = n6 * n2 + 1.0;
        const W n8 = f0.s * n6;
        const W n9 = (1.0 / f0.c + n8 * n4) / n7;
        const W n10 = n9 * n6;
        const W n11 = n6 * f0.ds * n4 * 2.0 - n10 / 2.0 - n9 * n2 * f0.ds / f0.c;
        const W n12 = if_below<W>(n2, 0.0, f0.c - f0.s * n2, n9);
        const W n13 = if_below<W>(n2, 0.0, f0.s / 2.0 - n2 * f0.ds, n11 / n7);
        const W n14 = h0 / n12;
        const W n15 = f0.s / n12;
        const W n16 = s1[1] * t;
        const W n17 = (h2 + f0.s * n16) / n12;
        const W n18 = -(h0 * n17 / n12);
        const W n19 = n15 * (n15 * n4);
        const W n20 = n15 * n3;
        const W n21 = 1.0 / n12 + 1.0;
        const W n22 = 2.0 / (n21 * n21 + n19);
        const W n23 = h0 * n15 * t;
        const W n24 = n14 * s1[1] * (n22 * (n21 * n0 - n20) * n15 * t + 1.0);
        const W n25 = n14 * h2 * (n0 - n22 * (n19 * n0 + n21 * n20)) + n24;
        const W n26 = h0 * n16 / n12 * f0.ds + n18 * n13;
        const W n27 = n18 * if_below<W>(n2, 0.0, -f0.s, -(n10 / n7)) + n26 * 2.0 * n2;
        const W n28 = (n26 + n18 * if_below<W>(n2, 0.0, 0.0, n8 / n7)) * 2.0;
        const W n29 = n27 * t;
        const W n30 = n28 * t * t;
        const W n31 = n17 + -((n0 * n29 + (n23 * s1[1] + n30 * s1[0])) * n1);
        r.set_head(0, n31);
        r.set_head(1, n29 * n1);
        r.set_curvature(W(0.0), n25);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[2];
            y[1] = n1 * (n23 * x[2] + n30 * (n1 * x[1]));
        });
    }
};
ROW_KERNEL(half_space_exp_vjp)

struct half_space_exp0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W n0 = h0 * t;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = 0.0;
        });
        const W n1 = s1[0] * t * t;
        const W n2 = n0 * n0 + n1;
        const Sinhc<W> f0 = sinhc<W>(n2);
        const W n3 = f0.s / f0.c;
        const W n4 = if_below<W>(n0, 0.0, f0.c - f0.s * n0, (1.0 / f0.c + f0.s * n3 * n1) / (n3 * n0 + 1.0));
        const W n5 = 1.0 / n4;
        const W n6 = f0.s / n4;
        const W n7 = n6 * t;
        const W n8 = at_least_zero(s1[1] + n6 * (s1[1] * t) * 2.0 + n6 * n6 * n1);
        r.set_head(0, n5);
        r.set_loss(unless_zero(sqrt(s1[1] / (n5 * n5 + n8)), s1[1]));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n7 * x[0];
        });
    }
};
ROW_KERNEL(half_space_exp0)

struct half_space_exp0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h0 * t;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[0];
        });
        const W n1 = s1[0] * t;
        const W n2 = n1 * t;
        const W n3 = n0 * n0 + n2;
        const Sinhc<W> f0 = sinhc<W>(n3);
        const W n4 = f0.s / f0.c;
        const W n5 = n4 * n0 + 1.0;
        const W n6 = f0.s * n4;
        const W n7 = (1.0 / f0.c + n6 * n2) / n5;
        const W n8 = n7 * n4;
        const W n9 = n4 * f0.ds * n2 * 2.0 - n8 / 2.0 - n7 * n0 * f0.ds / f0.c;
        const W n10 = if_below<W>(n0, 0.0, f0.c - f0.s * n0, n7);
        const W n11 = if_below<W>(n0, 0.0, f0.s / 2.0 - n0 * f0.ds, n9 / n5);
        const W n12 = 1.0 / n10;
        const W n13 = f0.s / n10;
        const W n14 = s1[1] * t;
        const W n15 = -((h1 + f0.s * n14) / n10 / n10);
        const W n16 = n13 * (n13 * n2);
        const W n17 = n13 * n1;
        const W n18 = n12 + 1.0;
        const W n19 = 2.0 / (n18 * n18 + n16);
        const W n20 = n13 * t;
        const W n21 = n12 * s1[1] * (n19 * (n18 * h0 - n17) * n13 * t + 1.0);
        const W n22 = n12 * h1 * (h0 - n19 * (n16 * h0 + n18 * n17)) + n21;
        const W n23 = n14 / n10 * f0.ds + n15 * n11;
        const W n24 = n15 * if_below<W>(n0, 0.0, -f0.s, -(n8 / n5)) + n23 * 2.0 * n0;
        const W n25 = (n23 + n15 * if_below<W>(n0, 0.0, 0.0, n6 / n5)) * 2.0;
        const W n26 = n25 * t * t;
        r.set_head(0, n24 * t);
        r.set_curvature(W(0.0), n22);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n20 * x[1] + n26 * x[0];
        });
    }
};
ROW_KERNEL(half_space_exp0_vjp)

struct half_space_log_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h1 / h0;
        const W n1 = (h1 - h0) / h0;
        const W n2 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = d0 * d0;
        });
        const W n3 = (n1 * n1 + s1[0]) / (n0 * 4.0);
        const Ratio<W> f0 = ratio<W>(n3);
        const W n4 = f0.f * h0 / t;
        const W n5 = n4 / n0;
        r.set_head(0, n4 * (n1 / n0 + n3 * 2.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * (n2 * (x[1] - x[0]));
        });
    }
};
ROW_KERNEL(half_space_log)

struct half_space_log_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 / h0;
        const W n1 = (h1 - h0) / h0;
        const W n2 = 1.0 / h0;
        const W n3 = h0 / t;
        const W n4 = h0 * h2 / t;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = d0 * d0;
            y[1] = x[2] * d0;
        });
        const W n5 = (n1 * n1 + s1[0]) / (n0 * 4.0);
        const Ratio<W> f0 = ratio<W>(n5);
        const W n6 = n3 * s1[1] / n0;
        const W n7 = n4 * (f0.dhf * 2.0 + f0.df * n1 / n0) + f0.df * n6;
        const W n8 = f0.f * (n4 / n0 - n6) + n7 * (n1 / 2.0 - n5);
        const W n9 = n7 / (n0 * 2.0);
        const W n10 = f0.f / n0 * n3;
        const W n11 = n10 * s1[1];
        const W n12 = f0.f * (n1 / n0 + n5 * 2.0) * n4 + n11;
        r.set_head(0, -((n8 + (n11 + n9 * s1[0])) * n2) + n12 / h0);
        r.set_head(1, n8 * n2 / n0);
        r.set_curvature(W(0.0), -(n12 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (n10 * x[2] + n9 * (n2 * (x[1] - x[0])));
            y[0] = -d0;
            y[1] = d0;
        });
    }
};
ROW_KERNEL(half_space_log_vjp)

struct half_space_log0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W n0 = h0 - 1.0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n1 = (n0 * n0 + s1[0]) / (h0 * 4.0);
        const Ratio<W> f0 = ratio<W>(n1);
        const W n2 = f0.f / t;
        const W n3 = n2 / h0;
        r.set_head(0, n2 * (n0 / h0 + n1 * 2.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[0];
        });
    }
};
ROW_KERNEL(half_space_log0)

struct half_space_log0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h0 - 1.0;
        const W n1 = W(1.0) / t;
        const W n2 = h1 / t;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[0];
        });
        const W n3 = (n0 * n0 + s1[0]) / (h0 * 4.0);
        const Ratio<W> f0 = ratio<W>(n3);
        const W n4 = n1 * s1[1] / h0;
        const W n5 = n2 * (f0.dhf * 2.0 + f0.df * n0 / h0) + f0.df * n4;
        const W n6 = n5 / (h0 * 2.0);
        const W n7 = f0.f / h0 * n1;
        const W n8 = (f0.f * (n2 / h0 - n4) + n5 * (n0 / 2.0 - n3)) / h0;
        const W n9 = (f0.f * (n0 / h0 + n3 * 2.0) * n2 + n7 * s1[1]) / t;
        r.set_head(0, n8);
        r.set_curvature(W(0.0), -n9);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n7 * x[1] + n6 * x[0];
        });
    }
};
ROW_KERNEL(half_space_log0_vjp)

struct half_space_dist_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = (h1 - h0) / h0;
        const W n1 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * (x[1] - x[0]);
            y[0] = d0 * d0;
        });
        const W n2 = asinh_sqrt<W>((n0 * n0 + s1[0]) / (h1 / h0 * 4.0));
        r.set_head(0, n2 * 2.0 / (sqrt(W(c)) * t));
        r.set_loss(sqrt(W(0.0)));
    }
};
ROW_KERNEL(half_space_dist)

struct half_space_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 / h0;
        const W n1 = (h1 - h0) / h0;
        const W n2 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = d0 * d0;
        });
        const W n3 = (n1 * n1 + s1[0]) / (n0 * 4.0);
        const W n4 = asinh_sqrt<W>(n3) * 2.0;
        const W n5 = n4 / (sqrt(W(c)) * t);
        const W n6 = unless_zero(h2 / (n5 * 2.0), n5);
        const W n7 = n4 / t;
        const Ratio<W> f0 = ratio<W>(n3);
        const W n8 = n6 * 4.0 * f0.f / t / t / c;
        const W n9 = n8 / (n0 * 2.0);
        const W n10 = n8 * (n1 / 2.0 - n3);
        const W n11 = n9 * n2;
        const W n12 = -n11;
        const W n13 = n6 * (n7 * n7 / c);
        r.set_head(0, -((n10 + n9 * s1[0]) * n2));
        r.set_head(1, n10 * n2 / n0);
        r.set_curvature(-(n13 / c), -(n13 * 2.0 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = n12 * d0;
            y[1] = n11 * d0;
        });
    }
};
ROW_KERNEL(half_space_dist_vjp)

struct half_space_dist2_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = (h1 - h0) / h0;
        const W n1 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * (x[1] - x[0]);
            y[0] = d0 * d0;
        });
        const W n2 = asinh_sqrt<W>((n0 * n0 + s1[0]) / (h1 / h0 * 4.0));
        const W n3 = n2 * 2.0 / t;
        r.set_head(0, n3 * n3 / c);
        r.set_loss(sqrt(W(0.0)));
    }
};
ROW_KERNEL(half_space_dist2)

struct half_space_dist2_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 / h0;
        const W n1 = (h1 - h0) / h0;
        const W n2 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = d0 * d0;
        });
        const W n3 = (n1 * n1 + s1[0]) / (n0 * 4.0);
        const W n4 = asinh_sqrt<W>(n3) * 2.0 / t;
        const Ratio<W> f0 = ratio<W>(n3);
        const W n5 = h2 * 4.0 * f0.f / t / t / c;
        const W n6 = n5 / (n0 * 2.0);
        const W n7 = n5 * (n1 / 2.0 - n3);
        const W n8 = n6 * n2;
        const W n9 = -n8;
        const W n10 = h2 * (n4 * n4 / c);
        r.set_head(0, -((n7 + n6 * s1[0]) * n2));
        r.set_head(1, n7 * n2 / n0);
        r.set_curvature(-(n10 / c), -(n10 * 2.0 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]);
            y[0] = n9 * d0;
            y[1] = n8 * d0;
        });
    }
};
ROW_KERNEL(half_space_dist2_vjp)

struct half_space_dist0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W n0 = h0 - 1.0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n1 = asinh_sqrt<W>((n0 * n0 + s1[0]) / (h0 * 4.0)) * 2.0;
        r.set_head(0, n1 / (sqrt(W(c)) * t));
        r.set_loss(sqrt(W(0.0)));
    }
};
ROW_KERNEL(half_space_dist0)

struct half_space_dist0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h0 - 1.0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n1 = (n0 * n0 + s1[0]) / (h0 * 4.0);
        const W n2 = asinh_sqrt<W>(n1) * 2.0;
        const W n3 = n2 / (sqrt(W(c)) * t);
        const W n4 = unless_zero(h1 / (n3 * 2.0), n3);
        const W n5 = n2 / t;
        const Ratio<W> f0 = ratio<W>(n1);
        const W n6 = n4 * 4.0 * f0.f / t / t / c;
        const W n7 = n6 / (h0 * 2.0);
        const W n8 = n4 * (n5 * n5 / c);
        r.set_head(0, n6 * (n0 / 2.0 - n1) / h0);
        r.set_curvature(-(n8 / c), -(n8 * 2.0 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n7 * x[0];
        });
    }
};
ROW_KERNEL(half_space_dist0_vjp)

struct half_space_transport_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = 1.0 / h0;
        const W n1 = h2 / h0;
        const W n2 = h1 / h0 + 1.0;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n0 * (x[1] - x[0]);
            y[0] = d0 * d0;
            y[1] = d0 * (n0 * x[2]);
        });
        const W n3 = 2.0 / (n2 * n2 + s1[0]);
        const W n4 = h1 * (n3 * (n2 * n1 - s1[1]));
        r.set_head(0, h1 * (n1 - n3 * (s1[0] * n1 + n2 * s1[1])));
        r.coordinates([&](const W *x, W *y) {
            y[0] = h1 * (n0 * x[2]) + n4 * (n0 * (x[1] - x[0]));
        });
    }
};
ROW_KERNEL(half_space_transport)

struct half_space_transport_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 15;
    static constexpr unsigned TAILS = 15;
    static constexpr unsigned HEADS = 7;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W h3 = r.head(3);
        const W n0 = h1 / h0;
        const W n1 = 1.0 / h0;
        const W n2 = h2 / h0;
        const W n3 = n0 + 1.0;
        const W n4 = h1 * h3;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * (x[1] - x[0]);
            const W d1 = n1 * x[2];
            y[0] = d0 * d0;
            y[1] = d0 * d1;
            y[2] = x[3] * d0;
            y[3] = x[3] * d1;
        });
        const W n5 = 2.0 / (n3 * n3 + s1[0]);
        const W n6 = s1[0] * n2 + n3 * s1[1];
        const W n7 = n3 * n2 - s1[1];
        const W n8 = n5 * n7;
        const W n9 = h1 * s1[2];
        const W n10 = h1 * s1[3];
        const W n11 = -(n5 * n4);
        const W n12 = n5 * n9;
        const W n13 = n5 * n5 * 0.5 * (n4 * n6 - n9 * n7);
        const W n14 = n4 + s1[0] * n11 + n3 * n12;
        const W n15 = n3 * n11 - n12;
        const W n16 = (n2 * n11 + n13) * 2.0;
        const W n17 = (s1[1] * n11 + n2 * n12 + n3 * n13 * 2.0) * n0;
        const W n18 = n8 * n9;
        const W n19 = n15 * s1[1];
        const W n20 = -((n17 + (n18 + n19 + n16 * s1[0])) * n1) + -((n2 * n14 + (n10 + n19)) * n1);
        const W n21 = n17 * n1 / n0 + (n4 * (n2 - n5 * n6) + n10 + n18) / h1;
        r.set_head(0, n20);
        r.set_head(1, n21);
        r.set_head(2, n14 * n1);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n1 * (x[1] - x[0]);
            const W d1 = h1 * x[3];
            const W d2 = n1 * (n8 * d1 + n15 * (n1 * x[2]) + n16 * d0);
            y[0] = -d2;
            y[1] = d2;
            y[2] = n1 * (d1 + n15 * d0);
        });
    }
};
ROW_KERNEL(half_space_transport_vjp)

struct half_space_transport_from0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h0 + 1.0;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n1 = 2.0 / (n0 * n0 + s1[0]);
        const W n2 = h0 * (n1 * (n0 * h1 - s1[1]));
        r.set_head(0, h0 * (h1 - n1 * (s1[0] * h1 + n0 * s1[1])));
        r.coordinates([&](const W *x, W *y) {
            y[0] = h0 * x[1] + n2 * x[0];
        });
    }
};
ROW_KERNEL(half_space_transport_from0)

struct half_space_transport_from0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h0 + 1.0;
        const W n1 = h0 * h2;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[2] * x[0];
            y[3] = x[2] * x[1];
        });
        const W n2 = 2.0 / (n0 * n0 + s1[0]);
        const W n3 = s1[0] * h1 + n0 * s1[1];
        const W n4 = n0 * h1 - s1[1];
        const W n5 = n2 * n4;
        const W n6 = h0 * s1[2];
        const W n7 = -(n2 * n1);
        const W n8 = n2 * n6;
        const W n9 = n2 * n2 * 0.5 * (n1 * n3 - n6 * n4);
        const W n10 = n0 * n7 - n8;
        const W n11 = (h1 * n7 + n9) * 2.0;
        const W n12 = (n1 * (h1 - n2 * n3) + h0 * s1[3] + n5 * n6) / h0;
        const W n13 = (s1[1] * n7 + h1 * n8 + n0 * n9 * 2.0) * h0 / h0 + n12;
        r.set_head(0, n13);
        r.set_head(1, n1 + s1[0] * n7 + n0 * n8);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = h0 * x[2];
            y[0] = n5 * d0 + n10 * x[1] + n11 * x[0];
            y[1] = d0 + n10 * x[0];
        });
    }
};
ROW_KERNEL(half_space_transport_from0_vjp)

struct half_space_transport_to0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = 1.0 / h0;
        const W n1 = h1 / h0;
        const W n2 = n0 + 1.0;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n0 * -x[0];
            y[0] = d0 * d0;
            y[1] = d0 * (n0 * x[1]);
        });
        const W n3 = 2.0 / (n2 * n2 + s1[0]);
        const W n4 = n3 * (n2 * n1 - s1[1]);
        r.set_head(0, n1 - n3 * (s1[0] * n1 + n2 * s1[1]));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n0 * x[1] + n4 * (n0 * -x[0]);
        });
    }
};
ROW_KERNEL(half_space_transport_to0)

struct half_space_transport_to0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = 1.0 / h0;
        const W n1 = h1 / h0;
        const W n2 = n0 + 1.0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n0 * -x[0];
            const W d1 = n0 * x[1];
            y[0] = d0 * d0;
            y[1] = d0 * d1;
            y[2] = x[2] * d0;
            y[3] = x[2] * d1;
        });
        const W n3 = 2.0 / (n2 * n2 + s1[0]);
        const W n4 = n2 * n1 - s1[1];
        const W n5 = n3 * n4;
        const W n6 = -(n3 * h2);
        const W n7 = n3 * s1[2];
        const W n8 = n3 * n3 * 0.5 * (h2 * (s1[0] * n1 + n2 * s1[1]) - s1[2] * n4);
        const W n9 = h2 + s1[0] * n6 + n2 * n7;
        const W n10 = n2 * n6 - n7;
        const W n11 = (n1 * n6 + n8) * 2.0;
        const W n12 = n10 * s1[1];
        const W n13 = (s1[1] * n6 + n1 * n7 + n2 * n8 * 2.0) * n0 + (n5 * s1[2] + n12 + n11 * s1[0]);
        r.set_head(0, -(n13 * n0) + -((n1 * n9 + (s1[3] + n12)) * n0));
        r.set_head(1, n9 * n0);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n0 * -x[0];
            const W d1 = -(n0 * (n5 * x[2] + n10 * (n0 * x[1]) + n11 * d0));
            y[0] = d1;
            y[1] = n0 * (x[2] + n10 * d0);
        });
    }
};
ROW_KERNEL(half_space_transport_to0_vjp)

struct half_space_inner_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 6;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = n0 * x[1] * (n0 * x[2]);
        });
        r.set_head(0, (h1 / h0 * (h2 / h0) + s1[0]) / c);
    }
};
ROW_KERNEL(half_space_inner)

struct half_space_inner_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 6;
    static constexpr unsigned HEADS = 7;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W h3 = r.head(3);
        const W n0 = h1 / h0;
        const W n1 = 1.0 / h0;
        const W n2 = h2 / h0;
        const W n3 = h3 / c;
        const W n4 = n3 * n2;
        const W n5 = n3 * n0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = n1 * x[1] * (n1 * x[2]);
        });
        const W n6 = n3 * s1[0];
        r.set_head(0, -((n0 * n4 + n6) * n1) + -((n2 * n5 + n6) * n1));
        r.set_head(1, n4 * n1);
        r.set_head(2, n5 * n1);
        r.set_curvature(-(n3 * (n0 * n2 + s1[0]) / c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = n1 * (n3 * (n1 * x[2]));
            y[2] = n1 * (n3 * (n1 * x[1]));
        });
    }
};
ROW_KERNEL(half_space_inner_vjp)

struct half_space_norm_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 2;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h1 / h0;
        const W n1 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[1];
            y[0] = d0 * d0;
        });
        r.set_head(0, sqrt((n0 * n0 + s1[0]) / c));
    }
};
ROW_KERNEL(half_space_norm)

struct half_space_norm_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 2;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 / h0;
        const W n1 = 1.0 / h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[1];
            y[0] = d0 * d0;
        });
        const W n2 = sqrt((n0 * n0 + s1[0]) / c);
        const W n3 = unless_zero(h2 / n2 / c, n2);
        const W n4 = n3 * n0;
        r.set_head(0, -((n0 * n4 + n3 * s1[0]) * n1));
        r.set_head(1, n4 * n1);
        r.set_curvature(-(h2 * n2 / c / 2.0), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = n1 * (n3 * (n1 * x[1]));
        });
    }
};
ROW_KERNEL(half_space_norm_vjp)

struct half_space_project_tangent_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1];
        });
    }
};
ROW_KERNEL(half_space_project_tangent)

struct half_space_project_tangent_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 4;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = x[2];
        });
    }
};
ROW_KERNEL(half_space_project_tangent_vjp)

struct half_space_egrad_to_rgrad_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 2;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = h0 * t * c;
        const W n1 = n0 * h0;
        r.set_head(0, n0 * (h0 * h1));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[1];
        });
    }
};
ROW_KERNEL(half_space_egrad_to_rgrad)

struct half_space_egrad_to_rgrad_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 6;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h0 * h2;
        const W n1 = h0 * t * c;
        const W n2 = n1 * h0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[1] * x[2];
        });
        const W n3 = h0 * h1 * n0 + h0 * h0 * s1[0];
        r.set_head(0, n3 * 2.0 * t * c / h0);
        r.set_head(1, n1 * n0);
        r.set_curvature(n3 * t, n3 * c);
        r.coordinates([&](const W *x, W *y) {
            y[0] = -0.0;
            y[1] = n2 * x[2];
        });
    }
};
ROW_KERNEL(half_space_egrad_to_rgrad_vjp)

struct half_space_project_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), number = r.parameter(2), limit = r.parameter(3);
        const W h0 = r.head(0);
        const W n0 = larger(h0, W(1.1754943508222875e-38));
        const W n1 = n0 - 1.0;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n2 = (n1 * n1 + s1[0]) / (n0 * 4.0);
        const W n3 = sqrt(W(c)) * t * number / (sqrt(n2) * sqrt(n2 + 1.0) * 2.0);
        const W n4 = n3 / n0;
        const W n5 = n3 * (n1 / n0 + n2 * 2.0);
        const W n6 = n4 * n4 * s1[0];
        const W n7 = n5 * n5 + n6;
        const Sinhc<W> f0 = sinhc<W>(n7);
        const W n8 = f0.s / f0.c;
        const W n9 = if_below<W>(n5, 0.0, f0.c - f0.s * n5, (1.0 / f0.c + f0.s * n8 * n6) / (n8 * n5 + 1.0));
        const W n10 = if_below<W>(n2, limit, 1.0, f0.s / n9 * n4);
        r.set_head(0, if_below<W>(n2, limit, n0, 1.0 / n9));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n10 * x[0];
        });
    }
};
ROW_KERNEL(half_space_project)

struct half_space_project_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), number = r.parameter(2), limit = r.parameter(3);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = larger(h0, W(1.1754943508222875e-38));
        const W n1 = n0 - 1.0;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n2 = (n1 * n1 + s1[0]) / (n0 * 4.0);
        const W n3 = n2 + 1.0;
        const W n4 = sqrt(W(c)) * t * number / (sqrt(n2) * sqrt(n3) * 2.0);
        const W n5 = n2 * 2.0;
        const W n6 = -(n4 * (n5 + 1.0) / n3 / n2 / 2.0);
        const W n7 = n4 * (n1 / n0 + n5);
        const W n8 = n4 / n0;
        const W n9 = n8 * n8 * s1[0];
        const W n10 = n7 * n7 + n9;
        const Sinhc<W> f0 = sinhc<W>(n10);
        const W n11 = f0.s / f0.c;
        const W n12 = n11 * n7 + 1.0;
        const W n13 = f0.s * n11;
        const W n14 = (1.0 / f0.c + n13 * n9) / n12;
        const W n15 = n14 * n11;
        const W n16 = n11 * f0.ds * n9 * 2.0 - n15 / 2.0 - n14 * n7 * f0.ds / f0.c;
        const W n17 = if_below<W>(n7, 0.0, f0.c - f0.s * n7, n14);
        const W n18 = if_below<W>(n7, 0.0, f0.s / 2.0 - n7 * f0.ds, n16 / n12);
        const W n19 = f0.s / n17;
        const W n20 = n8 * s1[1];
        const W n21 = -((h1 + f0.s * n20) / n17 / n17);
        const W n22 = n20 / n17 * f0.ds + n21 * n18;
        const W n23 = n21 * if_below<W>(n7, 0.0, -f0.s, -(n15 / n12)) + n22 * 2.0 * n7;
        const W n24 = (n22 + n21 * if_below<W>(n7, 0.0, 0.0, n13 / n12)) * 2.0;
        const W n25 = n19 * s1[1] + n24 * n8 * s1[0];
        const W n26 = n25 / n0;
        const W n27 = n23 * (n4 / (n3 * 2.0) * 2.0 + n6 * n1 / n0) + n6 * n26;
        const W n28 = (n4 * (n23 / n0 - n26) + n27 * (n1 / 2.0 - n2)) / n0;
        const W n29 = if_below<W>(n2, limit, 1.0, n8 * n19);
        const W n30 = if_below<W>(n2, limit, 0.0, n8 * n24 * n8 + n27 / (n0 * 2.0));
        const W n31 = if_below<W>(n2, limit, 0.0, n23 * n7 + n8 * n25);
        const W n32 = if_below<W>(h0 - n0, 0.0, 0.0, if_below<W>(n2, limit, h1, n28));
        r.set_head(0, n32);
        r.set_loss(larger(W(0.0), if_below<W>(n2, limit, 0.0, n2)));
        r.set_curvature(n31 / c / 2.0, n31 / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n29 * x[1] + n30 * x[0];
        });
    }
};
ROW_KERNEL(half_space_project_vjp)

struct half_space_step_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W h3 = r.head(3);
        const W n0 = 1.0 / h0;
        const W n1 = h2 / h0;
        const W n2 = h3 * t;
        const W n3 = h1 / h0 * n2;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n0 * x[1];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = d0 * (n0 * x[2]);
            y[3] = x[0] * x[0];
        });
        const W n4 = s1[0] * n2 * n2;
        const W n5 = n3 * n3 + n4;
        const Sinhc<W> f0 = sinhc<W>(n5);
        const W n6 = f0.s / f0.c;
        const W n7 = if_below<W>(n3, 0.0, f0.c - f0.s * n3, (1.0 / f0.c + f0.s * n6 * n4) / (n6 * n3 + 1.0));
        const W n8 = h0 / n7;
        const W n9 = f0.s / n7;
        const W n10 = h0 * n9;
        const W n11 = n9 * (n9 * n4);
        const W n12 = n9 * (n2 * s1[2]);
        const W n13 = 1.0 / n7 + 1.0;
        const W n14 = 2.0 / (n13 * n13 + n11);
        const W n15 = n10 * n2;
        const W n16 = n8 * (n14 * (n13 * n1 - n12)) * n9 * n2;
        const W n17 = s1[3] + n10 * (s1[1] * n2) * 2.0 + n10 * n10 * n4;
        const W n18 = unless_zero(sqrt(s1[3] / (n8 * n8 + at_least_zero(n17))), s1[3]);
        r.set_head(0, n8);
        r.set_head(1, n8 * (n1 - n14 * (n11 * n1 + n13 * n12)));
        r.set_loss(n18);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n0 * x[1];
            y[0] = x[0] + n15 * d0;
            y[1] = n8 * (n0 * x[2]) + n16 * d0;
        });
    }
};
ROW_KERNEL(half_space_step)

