// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar_signed.cuh"

struct sphere_exp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = s1[2] / s1[0];
        const W n1 = at_least_zero(s1[1] - s1[2] * n0);
        const W n2 = n1 * c * t * t;
        const Sinhc<W> f0 = sinhc<W>(-n2);
        const W n3 = f0.s * t;
        const W n4 = f0.c * (1.0 / sqrt(W(c))) / sqrt(s1[0]) - n3 * n0;
        r.set_loss(larger(unless_zero(s1[1] / n1, s1[1]), n2));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[0] + n3 * x[1];
        });
    }
};
ROW_KERNEL(sphere_exp)

struct sphere_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = 1.0 / sqrt(W(c));
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[2] * x[0];
            y[4] = x[2] * x[1];
        });
        const W n1 = s1[2] / s1[0];
        const W n2 = at_least_zero(s1[1] - s1[2] * n1);
        const W n3 = n2 * c * t * t;
        const W n4 = sqrt(s1[0]);
        const Sinhc<W> f0 = sinhc<W>(-n3);
        const W n5 = f0.s * t;
        const W n6 = f0.c * n0 / n4 - n5 * n1;
        const W n7 = s1[3] * n0 / n4;
        const W n8 = s1[4] - n1 * s1[3];
        const W n9 = n8 * f0.ds * t + n7 * f0.s * 0.5;
        const W n10 = -(n9 * c * t * t);
        const W n11 = -(n5 * s1[3]);
        const W n12 = n10 * n1;
        const W n13 = n12 * -2.0 + n11 / s1[0];
        const W n14 = n7 * f0.c;
        const W n15 = n9 * n2;
        const W n16 = (n12 * n1 - (n11 * n1 + n14 * 0.5) / s1[0]) * 2.0;
        const W n17 = n10 * 2.0;
        r.set_loss(larger(unless_zero(s1[1] / n2, s1[1]), n3));
        r.set_curvature(-(n15 * t * t + n14 / (2.0 * c)), n15 * -2.0 * c * t + n8 * f0.s);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n6 * x[2] + n16 * x[0] + n13 * x[1];
            y[1] = n5 * x[2] + n17 * x[1] + n13 * x[0];
        });
    }
};
ROW_KERNEL(sphere_exp_vjp)

struct sphere_exp0_row {
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
        const Sinhc<W> f0 = sinhc<W>(-n0);
        const W n1 = f0.s * t;
        r.set_head(0, f0.c * (1.0 / sqrt(W(c))));
        r.set_loss(n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(sphere_exp0)

struct sphere_exp0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        const W n0 = h1 * (1.0 / sqrt(W(c)));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[0];
        });
        const W n1 = s1[0] * c * t * t;
        const Sinhc<W> f0 = sinhc<W>(-n1);
        const W n2 = s1[1] * f0.ds * t + n0 * f0.s * 0.5;
        const W n3 = n2 * s1[0];
        const W n4 = f0.s * t;
        const W n5 = n2 * -2.0 * c * t * t;
        r.set_head(0, W(0.0));
        r.set_loss(n1);
        r.set_curvature(-(n3 * t * t + n0 * f0.c / (2.0 * c)), n3 * -2.0 * c * t + s1[1] * f0.s);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[1] + n5 * x[0];
        });
    }
};
ROW_KERNEL(sphere_exp0_vjp)

struct sphere_log_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = n5 / 4.0;
        const W n9 = n6 / 4.0;
        const W n10 = unless_zero(atan2(sqrt(n8), sqrt(n9)) / sqrt(-(-n8 * n9)), n9);
        const Ratio<W> f0 = ratio<W>(-n8);
        const W n11 = if_below<W>(-n8, -0.015625, n10, f0.f) * (1.0 / sqrt(W(c)));
        const W n12 = n11 / t;
        const W n13 = n12 * (1.0 / n1);
        const W n14 = n12 * ((n5 / 2.0 - n2 / n1) / n0);
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n13 * (x[1] - x[0]) + n14 * x[0];
        });
    }
};
ROW_KERNEL(sphere_log)

struct sphere_log_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = 1.0 / sqrt(W(c)) / t;
        W s1[7];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
            y[5] = x[2] * d0;
            y[6] = x[2] * x[0];
        });
        const W n1 = sqrt(s1[0]);
        const W n2 = sqrt(s1[1]);
        const W n3 = s1[4] / (n1 + n2);
        const W n4 = n1 * n2;
        const W n5 = n3 * n3;
        const W n6 = at_least_zero((s1[2] - n5) / n4);
        const W n7 = at_least_zero((s1[3] - n5) / n4);
        const W n8 = larger(unless_zero(s1[2] / (n4 * n6), s1[2]), unless_zero(s1[3] / (n4 * n7), s1[3]));
        const W n9 = n6 / 4.0;
        const W n10 = n7 / 4.0;
        const W n11 = -n9 * n10;
        const W n12 = atan2(sqrt(n9), sqrt(n10)) / sqrt(-n11);
        const W n13 = unless_zero((1.0 - n12 * (-n9 * 2.0 + 1.0)) / (n11 * 2.0), n10);
        const Ratio<W> f0 = ratio<W>(-n9);
        const W n14 = if_below<W>(-n9, -0.015625, unless_zero(n12, n10), f0.f);
        const W n15 = 1.0 / n2;
        const W n16 = n6 / 2.0;
        const W n17 = (n16 - n3 / n2) / n1;
        const W n18 = 1.0 - n16;
        const W n19 = s1[6] / n1;
        const W n20 = s1[5] * n15 + n19 * n1 * n17;
        const W n21 = n14 * n0;
        const W n22 = if_below<W>(-n9, -0.015625, n13, f0.df) * n0 * n20;
        const W n23 = n22 * 0.5 - n21 * n19;
        const W n24 = n21 * n20;
        const W n25 = n21 * n18 / n1;
        const W n26 = n21 / n2;
        const W n27 = n23 / n1;
        const W n28 = n23 / n2;
        const W n29 = n25 * n19 / n1 + n27 * n17;
        const W n30 = n27 * n15;
        const W n31 = n28 * ((n16 + n3 / n1) / n2) - n26 * (n20 + n18 * n19) / n2;
        const W n32 = n28 * (1.0 / n1);
        r.set_loss(larger(n8, unless_zero(2.0 / sqrt(n7), n7)));
        r.set_curvature(n24 * -0.5 / c, -(n24 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = n29 * x[0] + n30 * d0 - n25 * x[2];
            y[1] = n26 * x[2] + n31 * x[1] - n32 * d0;
        });
    }
};
ROW_KERNEL(sphere_log_vjp)

struct sphere_log0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = sqrt(h0 * h0 + s1[0]);
        const W n1 = s1[0] / (n0 * (n0 + larger(h0, -h0)) * 2.0);
        const W n2 = 1.0 - n1;
        const W n3 = if_below<W>(h0, 0.0, -n2, -n1);
        const W n4 = if_below<W>(h0, 0.0, n1, n2);
        const W n5 = unless_zero(atan2(sqrt(-n3), sqrt(n4)) / sqrt(-(n3 * n4)), n4);
        const Ratio<W> f0 = ratio<W>(n3);
        const W n6 = if_below<W>(n3, -0.015625, n5, f0.f) / n0 * (1.0 / sqrt(W(c)));
        const W n7 = n6 / t;
        r.set_head(0, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n7 * x[0];
        });
    }
};
ROW_KERNEL(sphere_log0)

struct sphere_log0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        const W n0 = 1.0 / sqrt(W(c)) / t;
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[0];
        });
        const W n1 = sqrt(h0 * h0 + s1[0]);
        const W n2 = s1[0] / (n1 * (n1 + larger(h0, -h0)) * 2.0);
        const W n3 = 1.0 - n2;
        const W n4 = if_below<W>(h0, 0.0, -n3, -n2);
        const W n5 = if_below<W>(h0, 0.0, n2, n3);
        const W n6 = n4 * n5;
        const W n7 = atan2(sqrt(-n4), sqrt(n5)) / sqrt(-n6);
        const W n8 = unless_zero((1.0 - n7 * (n4 * 2.0 + 1.0)) / (n6 * 2.0), n5);
        const Ratio<W> f0 = ratio<W>(n4);
        const W n9 = if_below<W>(n4, -0.015625, unless_zero(n7, n5), f0.f);
        const W n10 = n9 / n1;
        const W n11 = s1[1] * n0;
        const W n12 = n1 * n1;
        const W n13 = if_below<W>(n4, -0.015625, n8, f0.df) * 0.5 * h0 / (n12 * n12);
        const W n14 = -(n11 * (n13 + n10 / n12));
        const W n15 = n10 * n11;
        const W n16 = n10 * n0;
        r.set_head(0, -(n11 / n12));
        r.set_curvature(n15 * -0.5 / c, -(n15 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n16 * x[1] + n14 * x[0];
        });
    }
};
ROW_KERNEL(sphere_log0_vjp)

struct sphere_dist_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = n5 / 4.0;
        const W n9 = sqrt(n8);
        const W n10 = if_below<W>(-n8, -0.015625, atan2(n9, sqrt(n6 / 4.0)) / n9, asinhc<W>(-n8));
        r.set_head(0, sqrt(n5) * n10 / (sqrt(W(c)) * t));
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
    }
};
ROW_KERNEL(sphere_dist)

struct sphere_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = n5 / 4.0;
        const W n9 = n6 / 4.0;
        const W n10 = sqrt(n8);
        const W n11 = atan2(n10, sqrt(n9));
        const W n12 = if_below<W>(-n8, -0.015625, n11 / n10, asinhc<W>(-n8));
        const W n13 = sqrt(n5) * n12 / (sqrt(W(c)) * t);
        const W n14 = unless_zero(h2 / (n13 * 2.0), n13);
        const Ratio<W> f0 = ratio<W>(-n8);
        const W n15 = if_below<W>(-n8, -0.015625, unless_zero(n11 / sqrt(-(-n8 * n9)), n9), f0.f);
        const W n16 = n15 * n14 * -2.0 / c / t / t;
        const W n17 = n5 / 2.0;
        const W n18 = n16 / n0;
        const W n19 = n16 / n1;
        const W n20 = n18 * (1.0 / n1);
        const W n21 = n18 * ((n17 - n2 / n1) / n0);
        const W n22 = n19 * (1.0 / n0);
        const W n23 = n19 * ((n17 + n2 / n0) / n1);
        const W n24 = n14 * n13 * n13;
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
        r.set_curvature(-(n24 / c), n24 * -2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = n20 * d0 + n21 * x[0];
            y[1] = n23 * x[1] - n22 * d0;
        });
    }
};
ROW_KERNEL(sphere_dist_vjp)

struct sphere_dist2_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = n5 / 4.0;
        const W n9 = sqrt(n8);
        const W n10 = if_below<W>(-n8, -0.015625, atan2(n9, sqrt(n6 / 4.0)) / n9, asinhc<W>(-n8));
        const W n11 = sqrt(n5) * n10 / (sqrt(W(c)) * t);
        r.set_head(0, n11 * n11);
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
    }
};
ROW_KERNEL(sphere_dist2)

struct sphere_dist2_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = n5 / 4.0;
        const W n9 = n6 / 4.0;
        const W n10 = sqrt(n8);
        const W n11 = atan2(n10, sqrt(n9));
        const W n12 = if_below<W>(-n8, -0.015625, n11 / n10, asinhc<W>(-n8));
        const W n13 = sqrt(n5) * n12 / (sqrt(W(c)) * t);
        const Ratio<W> f0 = ratio<W>(-n8);
        const W n14 = if_below<W>(-n8, -0.015625, unless_zero(n11 / sqrt(-(-n8 * n9)), n9), f0.f);
        const W n15 = n14 * h2 * -2.0 / c / t / t;
        const W n16 = n5 / 2.0;
        const W n17 = n15 / n0;
        const W n18 = n15 / n1;
        const W n19 = n17 * (1.0 / n1);
        const W n20 = n17 * ((n16 - n2 / n1) / n0);
        const W n21 = n18 * (1.0 / n0);
        const W n22 = n18 * ((n16 + n2 / n0) / n1);
        const W n23 = h2 * n13 * n13;
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
        r.set_curvature(-(n23 / c), n23 * -2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = n19 * d0 + n20 * x[0];
            y[1] = n22 * x[1] - n21 * d0;
        });
    }
};
ROW_KERNEL(sphere_dist2_vjp)

struct sphere_dist0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h0 = r.head(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        r.set_head(0, atan2(sqrt(s1[0]), h0) * (1.0 / sqrt(W(c))) / t);
    }
};
ROW_KERNEL(sphere_dist0)

struct sphere_dist0_vjp_row {
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
        const W n0 = h1 * (1.0 / sqrt(W(c))) / t;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n1 = sqrt(s1[0]);
        const W n2 = h0 * h0 + s1[0];
        const W n3 = atan2(n1, h0) * n0;
        const W n4 = unless_zero(n0 * h0 / (n2 * n1), n1);
        r.set_head(0, -(n0 * n1 / n2));
        r.set_curvature(n3 * -0.5 / c, -(n3 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[0];
        });
    }
};
ROW_KERNEL(sphere_dist0_vjp)

struct sphere_transport_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[7];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
            y[5] = d0 * x[2];
            y[6] = x[0] * x[2];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = 1.0 / n1;
        const W n9 = (s1[5] * n8 + s1[6] * ((n5 / 2.0 - n2 / n1) / n0)) * 2.0;
        const W n10 = unless_zero(n9 / n6, n6);
        const W n11 = n10 * n8;
        const W n12 = n10 * (n2 / n3) + s1[6] / s1[0];
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[2] - n11 * (x[0] + x[1]) - n12 * x[0];
        });
    }
};
ROW_KERNEL(sphere_transport)

struct sphere_transport_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 15;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[11];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = x[1] + x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d1 * d1;
            y[4] = d0 * d1;
            y[5] = d0 * x[2];
            y[6] = x[0] * x[2];
            y[7] = x[3] * d0;
            y[8] = x[3] * (x[0] + x[1]);
            y[9] = x[3] * x[0];
            y[10] = x[3] * x[1];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = sqrt(s1[1]);
        const W n2 = s1[4] / (n0 + n1);
        const W n3 = n0 * n1;
        const W n4 = n2 * n2;
        const W n5 = at_least_zero((s1[2] - n4) / n3);
        const W n6 = at_least_zero((s1[3] - n4) / n3);
        const W n7 = larger(unless_zero(s1[2] / (n3 * n5), s1[2]), unless_zero(s1[3] / (n3 * n6), s1[3]));
        const W n8 = 1.0 / n1;
        const W n9 = n5 / 2.0;
        const W n10 = (n9 - n2 / n1) / n0;
        const W n11 = 1.0 / n0;
        const W n12 = (n9 + n2 / n0) / n1;
        const W n13 = n2 / n3;
        const W n14 = unless_zero((s1[8] * n8 + s1[9] * n13) * 2.0 / n6, n6);
        const W n15 = unless_zero((s1[10] * n12 - s1[7] * n11) * 2.0 / n6, n6);
        const W n16 = s1[5] * n8 + s1[6] * n10;
        const W n17 = unless_zero(n16 * 2.0 / n6, n6);
        const W n18 = s1[10] / n1;
        const W n19 = s1[6] / n0;
        const W n20 = n17 + n19;
        const W n21 = n14 * n20;
        const W n22 = n20 * n11;
        const W n23 = n15 * n11;
        const W n24 = n21 * n10 + (n20 * (s1[9] / n0) + n15 * n19) * n11;
        const W n25 = n24 * n11;
        const W n26 = n21 * n8 * n11;
        const W n27 = n17 * n8;
        const W n28 = n14 * n8;
        const W n29 = (n17 * n18 + n14 * (n16 + (1.0 - n9) * n19)) * n8;
        const W n30 = (n21 * n12 + n29) * n8;
        const W n31 = n21 * n11 * n8;
        const W n32 = n18 * n11 - n14 * n13;
        r.set_loss(larger(n7, unless_zero(2.0 / sqrt(n6), n6)));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = n25 * x[0] + n26 * d0 - n22 * x[3] - n23 * x[2];
            y[1] = n30 * x[1] - n31 * d0 - n27 * x[3] - n28 * x[2];
            y[2] = x[3] + n32 * x[0] - n28 * (x[0] + x[1]);
        });
    }
};
ROW_KERNEL(sphere_transport_vjp)

struct sphere_transport_from0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = sqrt(h0 * h0 + s1[0]);
        const W n1 = if_below<W>(h0, 0.0, unless_zero((n0 - h0) / s1[0], s1[0]), 1.0 / (n0 + h0));
        const W n2 = s1[1] * n1 / n0;
        r.set_head(0, -(s1[1] / n0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] - n2 * x[0];
        });
    }
};
ROW_KERNEL(sphere_transport_from0)

struct sphere_transport_from0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[2] * x[0];
        });
        const W n0 = sqrt(h0 * h0 + s1[0]);
        const W n1 = if_below<W>(h0, 0.0, unless_zero((n0 - h0) / s1[0], s1[0]), 1.0 / (n0 + h0));
        const W n2 = s1[1] * n1 / n0;
        const W n3 = -((h2 + s1[2] * n1) / n0);
        const W n4 = n0 * n0;
        const W n5 = h2 * s1[1] / (n4 * n0);
        const W n6 = n5 + s1[2] * n2 * (1.0 / n4 + n1 / n0);
        r.set_head(0, n5 * h0 + s1[2] * s1[1] / n4 / n0);
        r.set_head(1, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[1] - n2 * x[2] + n6 * x[0];
            y[1] = x[2] + n3 * x[0];
        });
    }
};
ROW_KERNEL(sphere_transport_from0_vjp)

struct sphere_transport_to0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = sqrt(h0 * h0 + s1[0]);
        const W n1 = if_below<W>(h0, 0.0, unless_zero((n0 - h0) / s1[0], s1[0]), 1.0 / (n0 + h0));
        const W n2 = (h1 + s1[1] * n1) / n0;
        r.set_head(0, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] - n2 * x[0];
        });
    }
};
ROW_KERNEL(sphere_transport_to0)

struct sphere_transport_to0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 7;
    static constexpr unsigned HEADS = 3;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[2] * x[0];
        });
        const W n0 = sqrt(h0 * h0 + s1[0]);
        const W n1 = if_below<W>(h0, 0.0, unless_zero((n0 - h0) / s1[0], s1[0]), 1.0 / (n0 + h0));
        const W n2 = s1[1] * n1;
        const W n3 = (h1 + n2) / n0;
        const W n4 = n2 / n0;
        const W n5 = s1[2] * (n3 / n0 + n4 * n1) / n0;
        const W n6 = -(s1[2] * n1 / n0);
        r.set_head(0, s1[2] * (n3 * h0 / n0 + n4) / n0);
        r.set_head(1, -(s1[2] / n0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n6 * x[1] - n3 * x[2] + n5 * x[0];
            y[1] = x[2] + n6 * x[0];
        });
    }
};
ROW_KERNEL(sphere_transport_to0_vjp)

struct sphere_inner_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[2];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
        });
        const W n0 = s1[1] - s1[2] * s1[3] / s1[0];
        const W n1 = unless_zero(s1[1] / n0, s1[1]);
        r.set_head(0, n0);
        r.set_loss(larger(n1, -n1));
    }
};
ROW_KERNEL(sphere_inner)

struct sphere_inner_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h3 = r.head(3);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[2] * x[2];
            y[3] = x[0] * x[1];
            y[4] = x[0] * x[2];
        });
        const W n0 = s1[4] / s1[0];
        const W n1 = unless_zero(sqrt(s1[0] * s1[1]) / larger(s1[3], -s1[3]), s1[1]);
        const W n2 = unless_zero(sqrt(s1[0] * s1[2]) / larger(s1[4], -s1[4]), s1[2]);
        const W n3 = h3 * (s1[3] / s1[0]);
        const W n4 = h3 * n0;
        const W n5 = n3 * n0 * 2.0;
        r.set_loss(larger(n1, n2));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[0] - n4 * x[1] - n3 * x[2];
            y[1] = h3 * x[2] - n4 * x[0];
            y[2] = h3 * x[1] - n3 * x[0];
        });
    }
};
ROW_KERNEL(sphere_inner_vjp)

struct sphere_norm_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = at_least_zero(s1[1] - s1[2] * s1[2] / s1[0]);
        r.set_head(0, sqrt(n0));
        r.set_loss(unless_zero(s1[1] / n0, s1[1]));
    }
};
ROW_KERNEL(sphere_norm)

struct sphere_norm_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = s1[2] / s1[0];
        const W n1 = at_least_zero(s1[1] - s1[2] * n0);
        const W n2 = unless_zero(h2 / sqrt(n1), n1);
        const W n3 = unless_zero(sqrt(s1[0] * s1[1]) / larger(s1[2], -s1[2]), s1[1]);
        r.set_loss(larger(n3, unless_zero(s1[1] / n1, s1[1])));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n2 * (x[1] - n0 * x[0]);
            y[0] = -(n0 * d0);
            y[1] = d0;
        });
    }
};
ROW_KERNEL(sphere_norm_vjp)

struct sphere_project_tangent_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[1] * x[1];
        });
        const W n0 = -(s1[1] / s1[0]);
        const W n1 = s1[2] / at_least_zero(s1[2] - s1[1] * s1[1] / s1[0]);
        r.set_loss(unless_zero(n1, s1[2]));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] + n0 * x[0];
        });
    }
};
ROW_KERNEL(sphere_project_tangent)

struct sphere_project_tangent_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[0] * x[2];
        });
        const W n0 = s1[1] / s1[0];
        const W n1 = s1[2] / s1[0];
        const W n2 = n0 * n1 * 2.0;
        r.coordinates([&](const W *x, W *y) {
            y[0] = n2 * x[0] - n0 * x[2] - n1 * x[1];
            y[1] = x[2] - n1 * x[0];
        });
    }
};
ROW_KERNEL(sphere_project_tangent_vjp)

struct sphere_egrad_to_rgrad_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[1] * x[1];
        });
        const W n0 = -(s1[1] / s1[0]);
        const W n1 = s1[2] / at_least_zero(s1[2] - s1[1] * s1[1] / s1[0]);
        r.set_loss(unless_zero(n1, s1[2]));
        r.coordinates([&](const W *x, W *y) {
            y[0] = (x[1] + n0 * x[0]) * t;
        });
    }
};
ROW_KERNEL(sphere_egrad_to_rgrad)

struct sphere_egrad_to_rgrad_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[4];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
            y[2] = x[0] * x[2];
            y[3] = x[1] * x[2];
        });
        const W n0 = s1[1] / s1[0];
        const W n1 = s1[2] / s1[0];
        const W n2 = n0 * n1 * 2.0;
        r.set_curvature(W(0.0), s1[3] - n0 * s1[2]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = (n2 * x[0] - n0 * x[2] - n1 * x[1]) * t;
            y[1] = (x[2] - n1 * x[0]) * t;
        });
    }
};
ROW_KERNEL(sphere_egrad_to_rgrad_vjp)

struct sphere_project_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 1;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), limit = r.parameter(3);
        const W h0 = r.head(0);
        const W n0 = 1.0 / sqrt(W(c));
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n1 = sqrt(s1[0]);
        const W n2 = sqrt(h0 * h0 + s1[0]);
        const W n3 = -unless_zero(atan2(n1, h0), n1);
        const W n4 = n0 / n2;
        const W n5 = if_below<W>(n2, 2.2250738585072014e-308, n0, n4 * h0);
        const W n6 = if_below<W>(n2, 2.2250738585072014e-308, 0.0, n4);
        const W n7 = if_below<W>(n3, -limit, n0 * cosine(W(limit)), n5);
        const W n8 = if_below<W>(n3, -limit, n0 * sine(W(limit)) / n1, n6);
        r.set_head(0, n7);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n8 * x[0];
        });
    }
};
ROW_KERNEL(sphere_project)

struct sphere_project_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 3;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1), limit = r.parameter(3);
        const W h0 = r.head(0);
        const W h1 = r.head(1);
        const W n0 = 1.0 / sqrt(W(c));
        const W n1 = sine(W(limit));
        const W n2 = cosine(W(limit));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[0];
        });
        const W n3 = sqrt(s1[0]);
        const W n4 = sqrt(h0 * h0 + s1[0]);
        const W n5 = -unless_zero(atan2(n3, h0), n3);
        const W n6 = s1[1] / n3;
        const W n7 = n0 * n1 / n3;
        const W n8 = (n6 * n2 - h1 * n1) * n0 * limit;
        const W n9 = unless_zero(n0 / n4, n4);
        const W n10 = s1[1] + h1 * h0;
        const W n11 = unless_zero(n10 / (n4 * n4), n4);
        const W n12 = if_below<W>(n5, -limit, n7, n9);
        const W n13 = if_below<W>(n5, -limit, -(n7 * s1[1] / s1[0]), -(n9 * n11));
        const W n14 = if_below<W>(n5, -limit, 0.0, n9 * (h1 - n11 * h0));
        const W n15 = if_below<W>(n5, -limit, (n8 - (n6 * n1 + h1 * n2) * n0) * 0.5 / c, n9 * n10 * -0.5 / c);
        r.set_head(0, n14);
        r.set_curvature(n15, if_below<W>(n5, -limit, n8 / t, 0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n12 * x[1] + n13 * x[0];
        });
    }
};
ROW_KERNEL(sphere_project_vjp)

struct sphere_step_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h3 = r.head(3);
        const W n0 = h3 * t;
        const W n1 = 1.0 / sqrt(W(c));
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
            y[4] = x[1] * x[2];
        });
        const W n2 = s1[2] / s1[0];
        const W n3 = at_least_zero(s1[1] - s1[2] * n2);
        const W n4 = n3 * c * n0 * n0;
        const W n5 = sqrt(s1[0]);
        const Sinhc<W> f0 = sinhc<W>(-n4);
        const W n6 = f0.s * n0;
        const W n7 = f0.c * n1 / n5 - n6 * n2;
        const W n8 = (s1[4] - n2 * s1[3]) * n0 * c;
        const W n9 = -(n8 * f0.versine * n0);
        const W n10 = -(s1[3] / s1[0]) - n8 * f0.s * n1 / n5 - n9 * n2;
        r.set_loss(larger(unless_zero(s1[1] / n3, s1[1]), n4));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n7 * x[0] + n6 * x[1];
            y[1] = x[2] + n10 * x[0] + n9 * x[1];
        });
    }
};
ROW_KERNEL(sphere_step)

