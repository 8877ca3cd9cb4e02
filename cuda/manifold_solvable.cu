// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar.cuh"

struct solvable_exp_row {
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
        const W n0 = h1 * t;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[0] * x[0];
        });
        const W n1 = s1[0] * t * t;
        const W n2 = n0 * n0 + n1;
        const Sinhc<W> f0 = sinhc<W>(n2);
        const W n3 = f0.s * n0;
        const W n4 = f0.s / f0.c;
        const W n5 = if_below<W>(n0, 0.0, f0.c - n3, (1.0 / f0.c + f0.s * n4 * n1) / (n4 * n0 + 1.0));
        const W n6 = if_below<W>(n2, 0.015625, n3 - n2 * f0.versine, 1.0 - n5);
        const W n7 = h0 + n6 * asinhc<W>(n6 * n6 / (n5 * 4.0)) / sqrt(n5);
        const W n8 = f0.s * t;
        const W n9 = n5 * n5 * s1[2];
        const W n10 = n9 + n5 * f0.s * (s1[1] * t) * 2.0 + f0.s * f0.s * n1;
        const W n11 = f0.c * f0.c * s1[2] * (s1[2] + 1.0) + h0 * h0;
        const W n12 = sqrt((n9 + n11) / (n7 * n7 + at_least_zero(n10)));
        r.set_head(0, n7);
        r.set_loss(unless_zero(n12, s1[2] + n11));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[0] + n8 * (x[1] + h1 * x[0]);
        });
    }
};
ROW_KERNEL(solvable_exp)

struct solvable_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W n0 = h1 * t;
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[2] * d0;
            y[3] = x[2] * x[0];
            y[4] = x[0] * x[0];
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
        const W n12 = s1[3] - h2 / n10;
        const W n13 = f0.s / n10;
        const W n14 = n13 * (n13 * n2);
        const W n15 = n13 * n1;
        const W n16 = 1.0 / n10 + 1.0;
        const W n17 = 2.0 / (n16 * n16 + n14);
        const W n18 = f0.s * t;
        const W n19 = (h2 - (n10 * s1[3] + n18 * s1[2])) * (h1 - n17 * (n14 * h1 + n16 * n15));
        const W n20 = n19 + s1[2] * (n17 * (n16 * h1 - n15) * n13 * t + 1.0);
        const W n21 = s1[2] * t * f0.ds + n12 * n11;
        const W n22 = n12 * if_below<W>(n0, 0.0, -f0.s, -(n8 / n5)) + n21 * 2.0 * n0;
        const W n23 = (n21 + n12 * if_below<W>(n0, 0.0, 0.0, n6 / n5)) * 2.0;
        const W n24 = n23 * t * t;
        r.set_head(0, h2);
        r.set_head(1, n22 * t + (n18 * s1[3] + n24 * s1[1]));
        r.set_loss(f0.c * s1[4]);
        r.set_curvature(W(0.0), n20);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n18 * x[2] + n24 * (x[1] + h1 * x[0]);
            y[0] = n10 * x[2] + h1 * d0;
            y[1] = d0;
        });
    }
};
ROW_KERNEL(solvable_exp_vjp)

struct solvable_exp0_row {
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
        const W n3 = f0.s * n0;
        const W n4 = f0.s / f0.c;
        const W n5 = if_below<W>(n0, 0.0, f0.c - n3, (1.0 / f0.c + f0.s * n4 * n1) / (n4 * n0 + 1.0));
        const W n6 = if_below<W>(n2, 0.015625, n3 - n2 * f0.versine, 1.0 - n5);
        const W n7 = n6 * asinhc<W>(n6 * n6 / (n5 * 4.0)) / sqrt(n5);
        const W n8 = f0.s * t;
        const W n9 = n5 * n5 * s1[1];
        const W n10 = n9 + n5 * f0.s * (s1[1] * t) * 2.0 + f0.s * f0.s * n1;
        const W n11 = f0.c * f0.c * s1[1] * (s1[1] + 1.0);
        const W n12 = sqrt((n9 + n11) / (n7 * n7 + at_least_zero(n10)));
        r.set_head(0, n7);
        r.set_loss(unless_zero(n12, s1[1] + n11));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n8 * x[0];
        });
    }
};
ROW_KERNEL(solvable_exp0)

struct solvable_exp0_vjp_row {
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
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = 0.0;
            y[2] = x[1] * x[0];
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
        const W n12 = s1[1] - h1 / n10;
        const W n13 = f0.s / n10;
        const W n14 = n13 * (n13 * n2);
        const W n15 = n13 * n1;
        const W n16 = 1.0 / n10 + 1.0;
        const W n17 = 2.0 / (n16 * n16 + n14);
        const W n18 = f0.s * t;
        const W n19 = (h1 - (n10 * s1[1] + n18 * s1[2])) * (h0 - n17 * (n14 * h0 + n16 * n15));
        const W n20 = n19 + s1[2] * (n17 * (n16 * h0 - n15) * n13 * t + 1.0);
        const W n21 = s1[2] * t * f0.ds + n12 * n11;
        const W n22 = n12 * if_below<W>(n0, 0.0, -f0.s, -(n8 / n5)) + n21 * 2.0 * n0;
        const W n23 = (n21 + n12 * if_below<W>(n0, 0.0, 0.0, n6 / n5)) * 2.0;
        const W n24 = n23 * t * t;
        r.set_head(0, n22 * t + (n18 * s1[1] + n24 * s1[1]));
        r.set_loss(f0.c * s1[1]);
        r.set_curvature(W(0.0), n20);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n18 * x[1] + n24 * x[0];
        });
    }
};
ROW_KERNEL(solvable_exp0_vjp)

struct solvable_log_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = x[0] * x[0];
            y[2] = x[1] * x[1];
        });
        const W n4 = (n3 * n3 + s1[0]) / (n2 * 4.0);
        const Ratio<W> f1 = ratio<W>(n4);
        const W n5 = f1.f / t;
        const W n6 = n5 * (n3 / n2 + n4 * 2.0);
        const W n7 = n5 / n2;
        r.set_head(0, n6);
        r.set_loss(s1[1] + s1[2]);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n7 * (n2 * (x[1] - x[0]) + n3 * x[0]) - n6 * x[0];
            y[0] = d0;
        });
    }
};
ROW_KERNEL(solvable_log)

struct solvable_log_vjp_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        const W n4 = W(1.0) / t;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[2] * d0;
            y[3] = x[2] * x[0];
            y[4] = x[0] * x[0];
            y[5] = x[1] * x[1];
        });
        const W n5 = (n3 * n3 + s1[0]) / (n2 * 4.0);
        const Ratio<W> f1 = ratio<W>(n5);
        const W n6 = (h2 - s1[3]) / t;
        const W n7 = n4 * s1[2] / n2;
        const W n8 = n6 * (f1.dhf * 2.0 + f1.df * n3 / n2) + f1.df * n7;
        const W n9 = n8 / (n2 * 2.0);
        const W n10 = f1.f / n2 * n4;
        const W n11 = n10 * s1[2];
        const W n12 = f1.f * (n6 / n2 - n7) + n8 * (n3 / 2.0 - n5) + (n11 + n9 * s1[0]);
        const W n13 = n12 + (n10 * s1[3] + n9 * s1[1]);
        const W n14 = f1.f * (n3 / n2 + n5 * 2.0);
        const W n15 = n14 / t;
        r.set_head(0, -n13);
        r.set_head(1, n13);
        r.set_loss(s1[4] + s1[5]);
        r.set_curvature(W(0.0), -((n14 * n6 + n11) / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n10 * x[2] + n9 * (n2 * (x[1] - x[0]) + n3 * x[0]);
            y[0] = -(n15 * x[2]) - d0;
            y[1] = n2 * d0;
        });
    }
};
ROW_KERNEL(solvable_log_vjp)

struct solvable_log0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h0 = r.head(0);
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(h0 * h0 * 0.25);
        const W n2 = n0 * h0 * f0.s;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            y[0] = d0 * d0;
            y[1] = 0.0;
            y[2] = x[0] * x[0];
        });
        const W n3 = (n2 * n2 + s1[0]) / (n1 * 4.0);
        const Ratio<W> f1 = ratio<W>(n3);
        const W n4 = f1.f / t;
        const W n5 = n4 / n1;
        r.set_head(0, n4 * (n2 / n1 + n3 * 2.0));
        r.set_loss(s1[1] + s1[2]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * (n1 * x[0]);
        });
    }
};
ROW_KERNEL(solvable_log0)

struct solvable_log0_vjp_row {
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
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(h0 * h0 * 0.25);
        const W n2 = n0 * h0 * f0.s;
        const W n3 = W(1.0) / t;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            y[0] = d0 * d0;
            y[1] = 0.0;
            y[2] = x[1] * d0;
            y[3] = x[0] * x[0];
        });
        const W n4 = (n2 * n2 + s1[0]) / (n1 * 4.0);
        const Ratio<W> f1 = ratio<W>(n4);
        const W n5 = (h1 - s1[1]) / t;
        const W n6 = n3 * s1[2] / n1;
        const W n7 = n5 * (f1.dhf * 2.0 + f1.df * n2 / n1) + f1.df * n6;
        const W n8 = n7 / (n1 * 2.0);
        const W n9 = f1.f / n1 * n3;
        const W n10 = n9 * s1[2];
        const W n11 = f1.f * (n5 / n1 - n6) + n7 * (n2 / 2.0 - n4) + (n10 + n8 * s1[0]);
        r.set_head(0, n11 + (n9 * s1[1] + n8 * s1[1]));
        r.set_loss(s1[1] + s1[3]);
        r.set_curvature(W(0.0), -((f1.f * (n2 / n1 + n4 * 2.0) * n5 + n10) / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * (n9 * x[1] + n8 * (n1 * x[0]));
        });
    }
};
ROW_KERNEL(solvable_log0_vjp)

struct solvable_dist_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = x[0] * x[0];
            y[2] = x[1] * x[1];
        });
        const W n4 = asinh_sqrt<W>((n3 * n3 + s1[0]) / (n2 * 4.0)) * 2.0;
        r.set_head(0, n4 / (sqrt(W(c)) * t));
        r.set_loss(sqrt(s1[1] + s1[2]));
    }
};
ROW_KERNEL(solvable_dist)

struct solvable_dist_vjp_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[0] * x[0];
            y[3] = x[1] * x[1];
        });
        const W n4 = (n3 * n3 + s1[0]) / (n2 * 4.0);
        const W n5 = asinh_sqrt<W>(n4) * 2.0;
        const W n6 = n5 / (sqrt(W(c)) * t);
        const W n7 = unless_zero(h2 / (n6 * 2.0), n6);
        const W n8 = n5 / t;
        const Ratio<W> f1 = ratio<W>(n4);
        const W n9 = n7 * 4.0 * f1.f / t / t / c;
        const W n10 = n9 / (n2 * 2.0);
        const W n11 = n9 * (n3 / 2.0 - n4) + n10 * s1[0] + n10 * s1[1];
        const W n12 = -n10;
        const W n13 = n10 * n2;
        const W n14 = n7 * (n8 * n8 / c);
        r.set_head(0, -n11);
        r.set_head(1, n11);
        r.set_loss(s1[2] + s1[3]);
        r.set_curvature(-(n14 / c), -(n14 * 2.0 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = n12 * d0;
            y[1] = n13 * d0;
        });
    }
};
ROW_KERNEL(solvable_dist_vjp)

struct solvable_dist2_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = x[0] * x[0];
            y[2] = x[1] * x[1];
        });
        const W n4 = asinh_sqrt<W>((n3 * n3 + s1[0]) / (n2 * 4.0)) * 2.0;
        const W n5 = n4 / t;
        r.set_head(0, n5 * n5 / c);
        r.set_loss(sqrt(s1[1] + s1[2]));
    }
};
ROW_KERNEL(solvable_dist2)

struct solvable_dist2_vjp_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[0] * x[0];
            y[3] = x[1] * x[1];
        });
        const W n4 = (n3 * n3 + s1[0]) / (n2 * 4.0);
        const W n5 = asinh_sqrt<W>(n4) * 2.0 / t;
        const Ratio<W> f1 = ratio<W>(n4);
        const W n6 = h2 * 4.0 * f1.f / t / t / c;
        const W n7 = n6 / (n2 * 2.0);
        const W n8 = n6 * (n3 / 2.0 - n4) + n7 * s1[0] + n7 * s1[1];
        const W n9 = -n7;
        const W n10 = n7 * n2;
        const W n11 = h2 * (n5 * n5 / c);
        r.set_head(0, -n8);
        r.set_head(1, n8);
        r.set_loss(s1[2] + s1[3]);
        r.set_curvature(-(n11 / c), -(n11 * 2.0 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = n9 * d0;
            y[1] = n10 * d0;
        });
    }
};
ROW_KERNEL(solvable_dist2_vjp)

struct solvable_dist0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(h0 * h0 * 0.25);
        const W n2 = n0 * h0 * f0.s;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            y[0] = d0 * d0;
            y[1] = 0.0;
            y[2] = x[0] * x[0];
        });
        const W n3 = asinh_sqrt<W>((n2 * n2 + s1[0]) / (n1 * 4.0)) * 2.0;
        r.set_head(0, n3 / (sqrt(W(c)) * t));
        r.set_loss(sqrt(s1[1] + s1[2]));
    }
};
ROW_KERNEL(solvable_dist0)

struct solvable_dist0_vjp_row {
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
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(h0 * h0 * 0.25);
        const W n2 = n0 * h0 * f0.s;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            y[0] = d0 * d0;
            y[1] = 0.0;
            y[2] = x[0] * x[0];
        });
        const W n3 = (n2 * n2 + s1[0]) / (n1 * 4.0);
        const W n4 = asinh_sqrt<W>(n3) * 2.0;
        const W n5 = n4 / (sqrt(W(c)) * t);
        const W n6 = unless_zero(h1 / (n5 * 2.0), n5);
        const W n7 = n4 / t;
        const Ratio<W> f1 = ratio<W>(n3);
        const W n8 = n6 * 4.0 * f1.f / t / t / c;
        const W n9 = n8 / (n1 * 2.0);
        const W n10 = n9 * n1;
        const W n11 = n6 * (n7 * n7 / c);
        r.set_head(0, n8 * (n2 / 2.0 - n3) + n9 * s1[0] + n9 * s1[1]);
        r.set_loss(s1[1] + s1[2]);
        r.set_curvature(-(n11 / c), -(n11 * 2.0 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n10 * (n1 * x[0]);
        });
    }
};
ROW_KERNEL(solvable_dist0_vjp)

struct solvable_transport_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        const W n4 = n2 + 1.0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * (x[2] + h2 * x[0]);
            y[2] = x[0] * x[0];
            y[3] = x[1] * x[1];
        });
        const W n5 = 2.0 / (n4 * n4 + s1[0]);
        const W n6 = h2 - n5 * (s1[0] * h2 + n4 * s1[1]);
        const W n7 = n5 * (n4 * h2 - s1[1]);
        r.set_head(0, n6);
        r.set_loss(s1[2] + s1[3]);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[2] + h2 * x[0] + n7 * (n2 * (x[1] - x[0]) + n3 * x[0]);
            y[0] = d0 - n6 * x[1];
        });
    }
};
ROW_KERNEL(solvable_transport)

struct solvable_transport_vjp_row {
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
        const W n0 = h1 - h0;
        const W n1 = exp(n0 * 0.5);
        const W n2 = n1 * n1;
        const Sinhc<W> f0 = sinhc<W>(n0 * n0 * 0.25);
        const W n3 = n1 * n0 * f0.s;
        const W n4 = n2 + 1.0;
        W s1[9];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            const W d1 = x[2] + h2 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * d1;
            y[2] = d0 * x[0];
            y[3] = d1 * x[0];
            y[4] = x[3] * d0;
            y[5] = x[3] * x[0];
            y[6] = x[3] * x[1];
            y[7] = x[0] * x[0];
            y[8] = x[1] * x[1];
        });
        const W n5 = 2.0 / (n4 * n4 + s1[0]);
        const W n6 = s1[0] * h2 + n4 * s1[1];
        const W n7 = n4 * h2 - s1[1];
        const W n8 = h2 - n5 * n6;
        const W n9 = n5 * n7;
        const W n10 = h3 - s1[6];
        const W n11 = -(n5 * n10);
        const W n12 = n5 * s1[4];
        const W n13 = n5 * n5 * 0.5 * (n10 * n6 - s1[4] * n7);
        const W n14 = n4 * n11 - n12;
        const W n15 = (h2 * n11 + n13) * 2.0;
        const W n16 = (s1[1] * n11 + h2 * n12 + n4 * n13 * 2.0) * n2 + (n9 * s1[4] + n14 * s1[1] + n15 * s1[0]);
        const W n17 = n16 + (n9 * s1[5] + n14 * s1[3] + n15 * s1[2]);
        const W n18 = n10 + s1[0] * n11 + n4 * n12 + (s1[5] + n14 * s1[2]);
        r.set_head(0, -n17);
        r.set_head(1, n17);
        r.set_head(2, n18);
        r.set_loss(s1[7] + s1[8]);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - x[0]) + n3 * x[0];
            const W d1 = n9 * x[3] + n14 * (x[2] + h2 * x[0]) + n15 * d0;
            const W d2 = x[3] + n14 * d0;
            y[0] = h2 * d2 - d1;
            y[1] = n2 * d1 - n8 * x[3];
            y[2] = d2;
        });
    }
};
ROW_KERNEL(solvable_transport_vjp)

struct solvable_transport_from0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const W n2 = n1 + 1.0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[1];
            y[2] = 0.0;
            y[3] = x[0] * x[0];
        });
        const W n3 = 2.0 / (n2 * n2 + s1[0]);
        const W n4 = h1 - n3 * (s1[0] * h1 + n2 * s1[1]);
        const W n5 = n3 * (n2 * h1 - s1[1]);
        r.set_head(0, n4);
        r.set_loss(s1[2] + s1[3]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] + n5 * (n1 * x[0]) - n4 * x[0];
        });
    }
};
ROW_KERNEL(solvable_transport_from0)

struct solvable_transport_from0_vjp_row {
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
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const W n2 = n1 + 1.0;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[1];
            y[2] = 0.0;
            y[3] = x[2] * d0;
            y[4] = x[2] * x[0];
            y[5] = x[0] * x[0];
        });
        const W n3 = 2.0 / (n2 * n2 + s1[0]);
        const W n4 = s1[0] * h1 + n2 * s1[1];
        const W n5 = n2 * h1 - s1[1];
        const W n6 = h1 - n3 * n4;
        const W n7 = n3 * n5;
        const W n8 = h2 - s1[4];
        const W n9 = -(n3 * n8);
        const W n10 = n3 * s1[3];
        const W n11 = n3 * n3 * 0.5 * (n8 * n4 - s1[3] * n5);
        const W n12 = n2 * n9 - n10;
        const W n13 = (h1 * n9 + n11) * 2.0;
        const W n14 = n12 * s1[2];
        const W n15 = (s1[1] * n9 + h1 * n10 + n2 * n11 * 2.0) * n1 + (n7 * s1[3] + n12 * s1[1] + n13 * s1[0]);
        r.set_head(0, n15 + (n7 * s1[2] + n14 + n13 * s1[2]));
        r.set_head(1, n8 + s1[0] * n9 + n2 * n10 + (s1[2] + n14));
        r.set_loss(s1[2] + s1[5]);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n1 * x[0];
            const W d1 = n1 * (n7 * x[2] + n12 * x[1] + n13 * d0) - n6 * x[2];
            y[0] = d1;
            y[1] = x[2] + n12 * d0;
        });
    }
};
ROW_KERNEL(solvable_transport_from0_vjp)

struct solvable_transport_to0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = exp(-h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(-h0 * -h0 * 0.25);
        const W n2 = n0 * -h0 * f0.s;
        const W n3 = n1 + 1.0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * -x[0] + n2 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * (x[1] + h1 * x[0]);
            y[2] = x[0] * x[0];
            y[3] = 0.0;
        });
        const W n4 = 2.0 / (n3 * n3 + s1[0]);
        const W n5 = n4 * (n3 * h1 - s1[1]);
        r.set_head(0, h1 - n4 * (s1[0] * h1 + n3 * s1[1]));
        r.set_loss(s1[2] + s1[3]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] + h1 * x[0] + n5 * (n1 * -x[0] + n2 * x[0]);
        });
    }
};
ROW_KERNEL(solvable_transport_to0)

struct solvable_transport_to0_vjp_row {
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
        const W n0 = exp(-h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(-h0 * -h0 * 0.25);
        const W n2 = n0 * -h0 * f0.s;
        const W n3 = n1 + 1.0;
        W s1[8];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = n1 * -x[0] + n2 * x[0];
            const W d1 = x[1] + h1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * d1;
            y[2] = d0 * x[0];
            y[3] = d1 * x[0];
            y[4] = x[2] * d0;
            y[5] = x[2] * x[0];
            y[6] = 0.0;
            y[7] = x[0] * x[0];
        });
        const W n4 = 2.0 / (n3 * n3 + s1[0]);
        const W n5 = n3 * h1 - s1[1];
        const W n6 = n4 * n5;
        const W n7 = h2 - s1[6];
        const W n8 = -(n4 * n7);
        const W n9 = n4 * s1[4];
        const W n10 = n4 * n4 * 0.5 * (n7 * (s1[0] * h1 + n3 * s1[1]) - s1[4] * n5);
        const W n11 = n3 * n8 - n9;
        const W n12 = (h1 * n8 + n10) * 2.0;
        const W n13 = (s1[1] * n8 + h1 * n9 + n3 * n10 * 2.0) * n1 + (n6 * s1[4] + n11 * s1[1] + n12 * s1[0]);
        const W n14 = -(n13 + (n6 * s1[5] + n11 * s1[3] + n12 * s1[2]));
        const W n15 = n7 + s1[0] * n8 + n3 * n9 + (s1[5] + n11 * s1[2]);
        r.set_head(0, n14);
        r.set_head(1, n15);
        r.set_loss(s1[7] + s1[6]);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n1 * -x[0] + n2 * x[0];
            const W d1 = x[2] + n11 * d0;
            const W d2 = h1 * d1 - (n6 * x[2] + n11 * (x[1] + h1 * x[0]) + n12 * d0);
            y[0] = d2;
            y[1] = d1;
        });
    }
};
ROW_KERNEL(solvable_transport_to0_vjp)

struct solvable_inner_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = (x[1] + h1 * x[0]) * (x[2] + h2 * x[0]);
            y[1] = x[0] * x[0];
        });
        r.set_head(0, (h1 * h2 + s1[0]) / c);
        r.set_loss(s1[1]);
    }
};
ROW_KERNEL(solvable_inner)

struct solvable_inner_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 7;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        const W h3 = r.head(3);
        const W n0 = h3 / c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            const W d1 = x[2] + h2 * x[0];
            y[0] = d0 * d1;
            y[1] = d0 * x[0];
            y[2] = d1 * x[0];
            y[3] = x[0] * x[0];
        });
        r.set_head(0, W(0.0));
        r.set_head(1, n0 * h2 + n0 * s1[2]);
        r.set_head(2, n0 * h1 + n0 * s1[1]);
        r.set_loss(s1[3]);
        r.set_curvature(-(n0 * (h1 * h2 + s1[0]) / c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n0 * (x[1] + h1 * x[0]);
            const W d1 = n0 * (x[2] + h2 * x[0]);
            y[0] = h1 * d1 + h2 * d0;
            y[1] = d1;
            y[2] = d0;
        });
    }
};
ROW_KERNEL(solvable_inner_vjp)

struct solvable_norm_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            y[0] = d0 * d0;
            y[1] = x[0] * x[0];
        });
        r.set_head(0, sqrt((h1 * h1 + s1[0]) / c));
        r.set_loss(s1[1]);
    }
};
ROW_KERNEL(solvable_norm)

struct solvable_norm_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = x[0] * x[0];
        });
        const W n0 = sqrt((h1 * h1 + s1[0]) / c);
        const W n1 = unless_zero(h2 / n0 / c, n0);
        r.set_head(0, W(0.0));
        r.set_head(1, n1 * h1 + n1 * s1[1]);
        r.set_loss(s1[2]);
        r.set_curvature(-(h2 * n0 / c / 2.0), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n1 * (x[1] + h1 * x[0]);
            y[0] = h1 * d0;
            y[1] = d0;
        });
    }
};
ROW_KERNEL(solvable_norm_vjp)

struct solvable_project_tangent_row {
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
ROW_KERNEL(solvable_project_tangent)

struct solvable_project_tangent_vjp_row {
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
ROW_KERNEL(solvable_project_tangent_vjp)

struct solvable_egrad_to_rgrad_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        const W n0 = W(t) * c;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
            y[1] = x[0] * x[0];
        });
        const W n1 = n0 * (h1 - s1[0]);
        r.set_head(0, n1);
        r.set_loss(s1[1]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n0 * x[1] - n1 * x[0];
        });
    }
};
ROW_KERNEL(solvable_egrad_to_rgrad)

struct solvable_egrad_to_rgrad_vjp_row {
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
        const W n0 = W(t) * c;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
            y[1] = x[0] * x[2];
            y[2] = x[1] * x[2];
            y[3] = x[0] * x[0];
        });
        const W n1 = h1 - s1[0];
        const W n2 = h2 - s1[1];
        const W n3 = n1 * n2 + s1[2];
        const W n4 = n0 * n1;
        const W n5 = n0 * n2;
        r.set_head(0, W(0.0));
        r.set_head(1, n5);
        r.set_loss(s1[3]);
        r.set_curvature(n3 * t, n3 * c);
        r.coordinates([&](const W *x, W *y) {
            y[0] = -(n5 * x[1] + n4 * x[2]);
            y[1] = n0 * x[2] - n5 * x[0];
        });
    }
};
ROW_KERNEL(solvable_egrad_to_rgrad_vjp)

struct solvable_project_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), number = r.parameter(2), limit = r.parameter(3);
        const W h0 = r.head(0);
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(h0 * h0 * 0.25);
        const W n2 = n0 * h0 * f0.s;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n3 = n1 * n1 * s1[0];
        const W n4 = (n2 * n2 + n3) / (n1 * 4.0);
        const W n5 = sqrt(W(c)) * t * number / (sqrt(n4) * sqrt(n4 + 1.0) * 2.0);
        const W n6 = n5 / n1;
        const W n7 = n5 * (n2 / n1 + n4 * 2.0);
        const W n8 = n6 * n6 * n3;
        const W n9 = n7 * n7 + n8;
        const Sinhc<W> f1 = sinhc<W>(n9);
        const W n10 = f1.s * n7;
        const W n11 = f1.s / f1.c;
        const W n12 = (1.0 / f1.c + f1.s * n11 * n8) / (n11 * n7 + 1.0);
        const W n13 = if_below<W>(n7, 0.0, f1.c - n10, n12);
        const W n14 = if_below<W>(n9, 0.015625, n10 - n9 * f1.versine, 1.0 - n13);
        const W n15 = n14 * asinhc<W>(n14 * n14 / (n13 * 4.0)) / sqrt(n13);
        const W n16 = if_below<W>(n4, limit, 1.0, f1.s * n6 * n1);
        r.set_head(0, if_below<W>(n4, limit, h0, n15));
        r.set_loss(s1[0]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n16 * x[0];
        });
    }
};
ROW_KERNEL(solvable_project)

struct solvable_project_vjp_row {
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
        const W n0 = exp(h0 * 0.5);
        const W n1 = n0 * n0;
        const Sinhc<W> f0 = sinhc<W>(h0 * h0 * 0.25);
        const W n2 = n0 * h0 * f0.s;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n3 = n1 * n1 * s1[0];
        const W n4 = (n2 * n2 + n3) / (n1 * 4.0);
        const W n5 = n4 + 1.0;
        const W n6 = sqrt(W(c)) * t * number / (sqrt(n4) * sqrt(n5) * 2.0);
        const W n7 = n4 * 2.0;
        const W n8 = -(n6 * (n7 + 1.0) / n5 / n4 / 2.0);
        const W n9 = n6 * (n2 / n1 + n7);
        const W n10 = n6 / n1;
        const W n11 = n10 * n10 * n3;
        const W n12 = n9 * n9 + n11;
        const Sinhc<W> f1 = sinhc<W>(n12);
        const W n13 = f1.s / f1.c;
        const W n14 = n13 * n9 + 1.0;
        const W n15 = f1.s * n13;
        const W n16 = (1.0 / f1.c + n15 * n11) / n14;
        const W n17 = n16 * n13;
        const W n18 = n13 * f1.ds * n11 * 2.0 - n17 / 2.0 - n16 * n9 * f1.ds / f1.c;
        const W n19 = if_below<W>(n9, 0.0, f1.s / 2.0 - n9 * f1.ds, n18 / n14);
        const W n20 = s1[1] * n1;
        const W n21 = -(h1 / if_below<W>(n9, 0.0, f1.c - f1.s * n9, n16));
        const W n22 = n10 * n20 * f1.ds + n21 * n19;
        const W n23 = n21 * if_below<W>(n9, 0.0, -f1.s, -(n17 / n14)) + n22 * 2.0 * n9;
        const W n24 = (n22 + n21 * if_below<W>(n9, 0.0, 0.0, n15 / n14)) * 2.0;
        const W n25 = f1.s * n20 + n24 * n10 * n3;
        const W n26 = n25 / n1;
        const W n27 = n23 * (n6 / (n5 * 2.0) * 2.0 + n8 * n2 / n1) + n8 * n26;
        const W n28 = n27 / (n1 * 2.0);
        const W n29 = n10 * n25;
        const W n30 = n6 * (n23 / n1 - n26) + n27 * (n2 / 2.0 - n4) + (n29 + n28 * n3);
        const W n31 = if_below<W>(n4, limit, 1.0, n1 * n10 * f1.s);
        const W n32 = if_below<W>(n4, limit, 0.0, n1 * (n10 * n24 * n10 + n28) * n1);
        const W n33 = if_below<W>(n4, limit, 0.0, n23 * n9 + n29);
        const W n34 = if_below<W>(h0 - h0, 0.0, 0.0, if_below<W>(n4, limit, h1, n30));
        r.set_head(0, n34);
        r.set_loss(larger(s1[0], if_below<W>(n4, limit, 0.0, n4)));
        r.set_curvature(n33 / c / 2.0, n33 / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n31 * x[1] + n32 * x[0];
        });
    }
};
ROW_KERNEL(solvable_project_vjp)

struct solvable_step_row {
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
        const W n0 = h3 * t;
        const W n1 = h1 * n0;
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            y[0] = d0 * d0;
            y[1] = d0 * x[0];
            y[2] = d0 * (x[2] + h2 * x[0]);
            y[3] = x[0] * x[0];
        });
        const W n2 = s1[0] * n0 * n0;
        const W n3 = n1 * n1 + n2;
        const Sinhc<W> f0 = sinhc<W>(n3);
        const W n4 = f0.s * n1;
        const W n5 = f0.s / f0.c;
        const W n6 = if_below<W>(n1, 0.0, f0.c - n4, (1.0 / f0.c + f0.s * n5 * n2) / (n5 * n1 + 1.0));
        const W n7 = if_below<W>(n3, 0.015625, n4 - n3 * f0.versine, 1.0 - n6);
        const W n8 = h0 + n7 * asinhc<W>(n7 * n7 / (n6 * 4.0)) / sqrt(n6);
        const W n9 = f0.s / n6;
        const W n10 = n9 * (n9 * n2);
        const W n11 = n9 * (n0 * s1[2]);
        const W n12 = 1.0 / n6 + 1.0;
        const W n13 = 2.0 / (n12 * n12 + n10);
        const W n14 = h2 - n13 * (n10 * h2 + n12 * n11);
        const W n15 = f0.s * n0;
        const W n16 = n13 * (n12 * h2 - n11) * n9 * n0;
        const W n17 = n6 * n6 * s1[3];
        const W n18 = n17 + n6 * f0.s * (s1[1] * n0) * 2.0 + f0.s * f0.s * n2;
        const W n19 = f0.c * f0.c * s1[3] * (s1[3] + 1.0) + h0 * h0;
        const W n20 = sqrt((n17 + n19) / (n8 * n8 + at_least_zero(n18)));
        const W n21 = larger(unless_zero(n20, s1[3] + n19), f0.c * s1[3]);
        r.set_head(0, n8);
        r.set_head(1, n14);
        r.set_loss(n21);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] + h1 * x[0];
            const W d1 = n6 * x[0] + n15 * d0;
            y[0] = d1;
            y[1] = x[2] + h2 * x[0] + n16 * d0 - n14 * d1;
        });
    }
};
ROW_KERNEL(solvable_step)

