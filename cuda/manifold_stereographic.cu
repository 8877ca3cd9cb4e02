// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar_signed.cuh"

struct stereographic_exp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W> static FUNCTION void row(Fast<stereographic_exp_row> &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = s1[0] * c;
        const W n1 = 1.0 - n0;
        const W n2 = s1[1] * t * t * c / (n1 * n1);
        const Tanhc<W> f0 = tanhc<W>(n2);
        const W n3 = f0.tau * (s1[2] * t) * c / n1 * 2.0 + 1.0 + n0 * f0.square;
        const W n4 = n1 * f0.square / n3;
        const W n5 = f0.tau / n3 * t;
        const W n6 = larger(larger(1.0 / n1, 4.194304 / (n3 * n3)), larger(f0.sech2, -n2));
        r.set_loss(n6);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + (n4 * x[0] + n5 * x[1]);
        });
    }
    template <class W> static FUNCTION void row(Careful<stereographic_exp_row> &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
        });
        const W n0 = s1[2] / s1[1];
        const W n1 = s1[1] * t * t;
        const W n2 = s1[2] * t;
        const W n3 = s1[0] * c;
        const W n4 = 1.0 - n3;
        const W n5 = n1 * c / (n4 * n4);
        const Tanhc<W> f0 = tanhc<W>(n5);
        const W n6 = f0.tau * n2 * c / n4;
        const W n7 = n6 * 2.0 + 1.0 + n3 * f0.square;
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[0] - n0 * x[1];
            y[0] = d0 * d0;
        });
        const W n8 = s2[0] * c;
        const W n9 = sqrt(f0.square) * (n4 + n8) / (sqrt(n2 * n2 * c / n1) + 1.0);
        const W n10 = if_below<W>(0.0, c, f0.co + n9, n6 + 1.0);
        const W n11 = if_below<W>(n7, 0.001, n10 * n10 + f0.square * n8, n7);
        const W n12 = n4 * f0.square / n11;
        const W n13 = f0.tau / n11 * t;
        const W n14 = larger(larger(1.0 / n4, 4.194304 / (n11 * n11)), larger(f0.sech2, -n5));
        r.set_loss(n14);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + (n12 * x[0] + n13 * x[1]);
        });
    }
};
ROW_KERNEL(stereographic_exp)

struct stereographic_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W> static FUNCTION void row(Fast<stereographic_exp_vjp_row> &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[2] * x[0];
            y[4] = x[2] * x[1];
        });
        const W n0 = s1[1] * t * t;
        const W n1 = s1[2] * t;
        const W n2 = s1[0] * c;
        const W n3 = 1.0 - n2;
        const W n4 = n3 * n3;
        const W n5 = n0 * c / n4;
        const Tanhc<W> f0 = tanhc<W>(n5);
        const W n6 = f0.tau * n1 * c / n3 * 2.0 + 1.0 + n2 * f0.square;
        const W n7 = n3 * f0.square / n6;
        const W n8 = f0.tau / n6;
        const W n9 = s1[4] * t;
        const W n10 = -((n7 * s1[3] + n8 * n9) / n6);
        const W n11 = n9 / n6;
        const W n12 = n10 * n1 * c;
        const W n13 = (s1[3] * n3 / n6 + n10 * s1[0] * c) * f0.tau;
        const W n14 = n13 * f0.sech2 + (n11 + n12 * 2.0 / n3) * f0.dtau;
        const W n15 = n10 * f0.tau * 2.0 / n3;
        const W n16 = n14 / n4;
        const W n17 = n15 * n1;
        const W n18 = s1[3] * f0.square / n6 - n10 * f0.square - n17 * c / n3;
        const W n19 = n18 - n14 * n5 * 2.0 / n3;
        const W n20 = f0.sech2 * ((n13 * n5 + n12 / n3) * 2.0 + n11) / t;
        const W n21 = n19 * -2.0 * c;
        const W n22 = n15 * c * t;
        const W n23 = n16 * 2.0 * c * t * t;
        const W n24 = n7 + 1.0;
        const W n25 = n8 * t;
        const W n26 = larger(larger(1.0 / n3, 4.194304 / (n6 * n6)), larger(f0.sech2, -n5));
        r.set_loss(n26);
        r.set_curvature(n16 * n0 + n17 - n19 * s1[0], n20);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n24 * x[2] + n21 * x[0] + n22 * x[1];
            y[1] = n25 * x[2] + n23 * x[1] + n22 * x[0];
        });
    }
    template <class W> static FUNCTION void row(Careful<stereographic_exp_vjp_row> &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[2] * x[0];
            y[4] = x[2] * x[1];
        });
        const W n0 = s1[2] / s1[1];
        const W n1 = s1[1] * t * t;
        const W n2 = s1[2] * t;
        const W n3 = s1[0] * c;
        const W n4 = 1.0 - n3;
        const W n5 = n4 * n4;
        const W n6 = n1 * c / n5;
        const Tanhc<W> f0 = tanhc<W>(n6);
        const W n7 = f0.tau * n2 * c / n4;
        const W n8 = n7 * 2.0 + 1.0 + n3 * f0.square;
        const W n9 = s1[4] * t;
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[0] - n0 * x[1];
            y[0] = d0 * d0;
        });
        const W n10 = s2[0] * c;
        const W n11 = sqrt(f0.square) * (n4 + n10) / (sqrt(n2 * n2 * c / n1) + 1.0);
        const W n12 = if_below<W>(0.0, c, f0.co + n11, n7 + 1.0);
        const W n13 = if_below<W>(n8, 0.001, n12 * n12 + f0.square * n10, n8);
        const W n14 = n4 * f0.square / n13;
        const W n15 = f0.tau / n13;
        const W n16 = -((n14 * s1[3] + n15 * n9) / n13);
        const W n17 = n9 / n13;
        const W n18 = n16 * n2 * c;
        const W n19 = (s1[3] * n4 / n13 + n16 * s1[0] * c) * f0.tau;
        const W n20 = n19 * f0.sech2 + (n17 + n18 * 2.0 / n4) * f0.dtau;
        const W n21 = n16 * f0.tau * 2.0 / n4;
        const W n22 = n20 / n5;
        const W n23 = n21 * n2;
        const W n24 = s1[3] * f0.square / n13 - n16 * f0.square - n23 * c / n4;
        const W n25 = n24 - n20 * n6 * 2.0 / n4;
        const W n26 = f0.sech2 * ((n19 * n6 + n18 / n4) * 2.0 + n17) / t;
        const W n27 = n25 * -2.0 * c;
        const W n28 = n21 * c * t;
        const W n29 = n22 * 2.0 * c * t * t;
        const W n30 = n14 + 1.0;
        const W n31 = n15 * t;
        const W n32 = larger(larger(1.0 / n4, 4.194304 / (n13 * n13)), larger(f0.sech2, -n6));
        r.set_loss(n32);
        r.set_curvature(n22 * n1 + n23 - n25 * s1[0], n26);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n30 * x[2] + n27 * x[0] + n28 * x[1];
            y[1] = n31 * x[2] + n29 * x[1] + n28 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_exp_vjp)

struct stereographic_exp0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c * t * t;
        const Tanhc<W> f0 = tanhc<W>(n0);
        const W n1 = f0.tau * t;
        r.set_loss(larger(f0.sech2, -n0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_exp0)

struct stereographic_exp0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = s1[0] * t * t;
        const W n1 = s1[1] * t;
        const W n2 = n0 * c;
        const Tanhc<W> f0 = tanhc<W>(n2);
        const W n3 = n1 * f0.dtau;
        const W n4 = f0.tau * t;
        const W n5 = n3 * 2.0 * c * t * t;
        r.set_loss(larger(f0.sech2, -n2));
        r.set_curvature(n3 * n0, f0.sech2 * n1 / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[1] + n5 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_exp0_vjp)

struct stereographic_log_row {
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
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] / (n0 * n1) * c;
        const W n3 = at_least_zero(n2 + 1.0);
        const W n4 = unless_zero(atan2(sqrt(-n2), sqrt(n3)) / sqrt(-(n2 * n3)), n3);
        const Ratio<W> f0 = ratio<W>(n2);
        const W n5 = if_below<W>(n2, -0.015625, n4, f0.f) * n0 / t;
        const W n6 = n5 / n1;
        const W n7 = n5 * n2;
        const W n8 = larger(larger(larger(1.0 / n0, 1.0 / n1), n0), n1);
        r.set_loss(larger(n8, 1.0 / n3));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n6 * (x[1] - x[0]) - n7 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_log)

struct stereographic_log_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[2] * d0;
            y[4] = x[2] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] / (n0 * n1) * c;
        const W n3 = at_least_zero(n2 + 1.0);
        const W n4 = n2 * n3;
        const W n5 = atan2(sqrt(-n2), sqrt(n3)) / sqrt(-n4);
        const W n6 = unless_zero((1.0 - n5 * (n2 * 2.0 + 1.0)) / (n4 * 2.0), n3);
        const Ratio<W> f0 = ratio<W>(n2);
        const W n7 = if_below<W>(n2, -0.015625, unless_zero(n5, n3), f0.f);
        const W n8 = if_below<W>(n2, -0.015625, n6, f0.df);
        const W n9 = if_below<W>(n2, -0.015625, unless_zero((n5 + 1.0) / (n3 * 2.0), n3), f0.dhf);
        const W n10 = s1[3] / t;
        const W n11 = s1[4] / t;
        const W n12 = n7 * n0;
        const W n13 = n12 / n1;
        const W n14 = -(n12 * n2);
        const W n15 = n10 / n1 - n11 * n2;
        const W n16 = n7 * n10 / n1 - n2 * n8 * n15;
        const W n17 = -(n0 / n1 * n15 * n9);
        const W n18 = (n8 * n10 / n1 - n11 * n9) / n1;
        const W n19 = n13 / t;
        const W n20 = n14 / t - n19;
        const W n21 = n16 * (2.0 * c);
        const W n22 = n17 * (2.0 * c);
        const W n23 = n18 * (2.0 * c);
        const W n24 = larger(larger(larger(1.0 / n0, 1.0 / n1), n0), n1);
        r.set_loss(larger(n24, 1.0 / n3));
        r.set_curvature(n18 * s1[2] - n16 * s1[0] - n17 * s1[1], -((n13 * n10 + n14 * n11) / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n23 * (x[1] - x[0]);
            y[0] = n20 * x[2] - n21 * x[0] - d0;
            y[1] = n19 * x[2] + d0 - n22 * x[1];
        });
    }
};
ROW_KERNEL(stereographic_log_vjp)

struct stereographic_log0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = s1[0] / n0 * c;
        const W n2 = 1.0 / n0;
        const W n3 = unless_zero(atan2(sqrt(-n1), sqrt(n2)) / sqrt(-(n1 * n2)), n2);
        const Ratio<W> f0 = ratio<W>(n1);
        const W n4 = if_below<W>(n1, -0.015625, n3, f0.f) / n0 / t;
        const W n5 = larger(larger(larger(larger(W(1.0), n2), W(1.0)), n0), 1.0 / n2);
        r.set_loss(n5);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_log0)

struct stereographic_log0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = s1[0] / n0 * c;
        const W n2 = 1.0 / n0;
        const W n3 = n1 * n2;
        const W n4 = atan2(sqrt(-n1), sqrt(n2)) / sqrt(-n3);
        const W n5 = unless_zero((1.0 - n4 * (n1 * 2.0 + 1.0)) / (n3 * 2.0), n2);
        const Ratio<W> f0 = ratio<W>(n1);
        const W n6 = if_below<W>(n1, -0.015625, unless_zero(n4, n2), f0.f);
        const W n7 = if_below<W>(n1, -0.015625, unless_zero((n4 + 1.0) / (n2 * 2.0), n2), f0.dhf);
        const W n8 = s1[1] / t;
        const W n9 = n6 / n0;
        const W n10 = n8 * (if_below<W>(n1, -0.015625, n5, f0.df) + n7);
        const W n11 = n10 / (n0 * n0);
        const W n12 = n9 / t;
        const W n13 = n11 * 2.0 * c;
        const W n14 = larger(larger(larger(larger(W(1.0), n2), W(1.0)), n0), 1.0 / n2);
        r.set_loss(n14);
        r.set_curvature(n11 * s1[0], -(n9 * n8 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n12 * x[1] + n13 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_log0_vjp)

struct stereographic_dist_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] / (n0 * n1);
        const W n3 = n2 * c;
        const W n4 = at_least_zero(n3 + 1.0);
        const W n5 = sqrt(-n3);
        const W n6 = if_below<W>(n3, -0.015625, atan2(n5, sqrt(n4)) / n5, asinhc<W>(n3));
        const W n7 = larger(larger(larger(1.0 / n0, 1.0 / n1), n0), n1);
        r.set_head(0, sqrt(n2) * n6 * 2.0 / t);
        r.set_loss(larger(n7, 1.0 / n4));
    }
};
ROW_KERNEL(stereographic_dist)

struct stereographic_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = n0 * n1;
        const W n3 = s1[2] / n2;
        const W n4 = n3 * c;
        const W n5 = at_least_zero(n4 + 1.0);
        const W n6 = sqrt(-n4);
        const W n7 = atan2(n6, sqrt(n5));
        const W n8 = if_below<W>(n4, -0.015625, n7 / n6, asinhc<W>(n4));
        const W n9 = sqrt(n3) * n8 * 2.0 / t;
        const W n10 = n4 * n5;
        const W n11 = n7 / sqrt(-n10);
        const W n12 = unless_zero((1.0 - n11 * (n4 * 2.0 + 1.0)) / (n10 * 2.0), n5);
        const Ratio<W> f0 = ratio<W>(n4);
        const W n13 = if_below<W>(n4, -0.015625, unless_zero(n11, n5), f0.f);
        const W n14 = unless_zero(h2 / (n9 * 2.0), n9) * 4.0 / t / t;
        const W n15 = n13 * n13 * n5;
        const W n16 = if_below<W>(n4, -0.015625, n12, f0.df) * n5 * 2.0;
        const W n17 = n3 * (s1[0] / n0 + s1[1] / n1);
        const W n18 = n17 * n15 + n3 * (n13 * (n16 + n13)) * (n3 + n17 * c);
        const W n19 = n14 * n13 * 2.0;
        const W n20 = n19 / n2;
        const W n21 = n19 * n4;
        const W n22 = n21 / n0;
        const W n23 = n21 / n1;
        const W n24 = larger(larger(larger(1.0 / n0, 1.0 / n1), n0), n1);
        r.set_loss(larger(n24, 1.0 / n5));
        r.set_curvature(n14 * n18, -(n14 * n3 * n15) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n20 * (x[1] - x[0]);
            y[0] = n22 * x[0] - d0;
            y[1] = n23 * x[1] + d0;
        });
    }
};
ROW_KERNEL(stereographic_dist_vjp)

struct stereographic_dist2_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] / (n0 * n1);
        const W n3 = n2 * c;
        const W n4 = at_least_zero(n3 + 1.0);
        const W n5 = sqrt(-n3);
        const W n6 = if_below<W>(n3, -0.015625, atan2(n5, sqrt(n4)) / n5, asinhc<W>(n3));
        const W n7 = n6 * 2.0 / t;
        const W n8 = larger(larger(larger(1.0 / n0, 1.0 / n1), n0), n1);
        r.set_head(0, n7 * n7 * n2);
        r.set_loss(larger(n8, 1.0 / n4));
    }
};
ROW_KERNEL(stereographic_dist2)

struct stereographic_dist2_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = h2 * 4.0 / t / t;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n1 = 1.0 - s1[0] * c;
        const W n2 = 1.0 - s1[1] * c;
        const W n3 = n1 * n2;
        const W n4 = s1[2] / n3;
        const W n5 = n4 * c;
        const W n6 = at_least_zero(n5 + 1.0);
        const W n7 = n5 * n6;
        const W n8 = atan2(sqrt(-n5), sqrt(n6)) / sqrt(-n7);
        const W n9 = unless_zero((1.0 - n8 * (n5 * 2.0 + 1.0)) / (n7 * 2.0), n6);
        const Ratio<W> f0 = ratio<W>(n5);
        const W n10 = if_below<W>(n5, -0.015625, unless_zero(n8, n6), f0.f);
        const W n11 = n10 * n10 * n6;
        const W n12 = if_below<W>(n5, -0.015625, n9, f0.df) * n6 * 2.0 + n10;
        const W n13 = n4 * (s1[0] / n1 + s1[1] / n2);
        const W n14 = n0 * (n13 * n11 + n4 * (n10 * n12) * (n4 + n13 * c));
        const W n15 = n0 * n10 * 2.0;
        const W n16 = n15 / n3;
        const W n17 = n15 * n5;
        const W n18 = n17 / n1;
        const W n19 = n17 / n2;
        const W n20 = larger(larger(larger(1.0 / n1, 1.0 / n2), n1), n2);
        r.set_loss(larger(n20, 1.0 / n6));
        r.set_curvature(n14, -(n0 * n4 * n11) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n16 * (x[1] - x[0]);
            y[0] = n18 * x[0] - d0;
            y[1] = n19 * x[1] + d0;
        });
    }
};
ROW_KERNEL(stereographic_dist2_vjp)

struct stereographic_dist0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = s1[0] / n0;
        const W n2 = n1 * c;
        const W n3 = 1.0 / n0;
        const W n4 = sqrt(-n2);
        const W n5 = if_below<W>(n2, -0.015625, atan2(n4, sqrt(n3)) / n4, asinhc<W>(n2));
        const W n6 = larger(larger(larger(larger(W(1.0), n3), W(1.0)), n0), 1.0 / n3);
        r.set_head(0, sqrt(n1) * n5 * 2.0 / t);
        r.set_loss(n6);
    }
};
ROW_KERNEL(stereographic_dist0)

struct stereographic_dist0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h1 = r.head(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = s1[0] / n0;
        const W n2 = n1 * c;
        const W n3 = 1.0 / n0;
        const W n4 = sqrt(-n2);
        const W n5 = atan2(n4, sqrt(n3));
        const W n6 = if_below<W>(n2, -0.015625, n5 / n4, asinhc<W>(n2));
        const W n7 = sqrt(n1) * n6 * 2.0 / t;
        const W n8 = n2 * n3;
        const W n9 = n5 / sqrt(-n8);
        const W n10 = unless_zero((1.0 - n9 * (n2 * 2.0 + 1.0)) / (n8 * 2.0), n3);
        const Ratio<W> f0 = ratio<W>(n2);
        const W n11 = if_below<W>(n2, -0.015625, unless_zero(n9, n3), f0.f);
        const W n12 = unless_zero(h1 / (n7 * 2.0), n7) * 4.0 / t / t;
        const W n13 = n11 * n11 * n3;
        const W n14 = if_below<W>(n2, -0.015625, n10, f0.df) * n3 * 2.0;
        const W n15 = n1 * n1;
        const W n16 = n15 * n13 + n1 * (n11 * (n14 + n11)) * (n1 + n15 * c);
        const W n17 = n12 * n11 * 2.0 / (n0 * n0);
        const W n18 = larger(larger(larger(larger(W(1.0), n3), W(1.0)), n0), 1.0 / n3);
        r.set_loss(n18);
        r.set_curvature(n12 * n16, -(n12 * n1 * n13) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n17 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_dist0_vjp)

struct stereographic_transport_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d0 * x[2];
            y[4] = x[0] * x[2];
        });
        const W n0 = s1[0] * c;
        const W n1 = 1.0 - n0;
        const W n2 = 1.0 - s1[1] * c;
        const W n3 = n1 * n2;
        const W n4 = s1[2] * c;
        const W n5 = n2 / n1;
        const W n6 = n5 * 2.0 * c / (n4 + n3);
        const W n7 = n6 * -(n0 * s1[3] + (n2 + n4) * s1[4]);
        const W n8 = n6 * (n1 * s1[3] - n4 * s1[4]);
        const W n9 = larger(larger(larger(1.0 / n1, 1.0 / n2), n1), n2);
        const W n10 = larger(n9, 1.0 / at_least_zero(s1[2] / n3 * c + 1.0));
        r.set_loss(n10);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[2] + n7 * (x[1] - x[0]) + n8 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_transport)

struct stereographic_transport_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 15;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[8];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = d0 * x[2];
            y[4] = x[0] * x[2];
            y[5] = x[3] * d0;
            y[6] = x[3] * x[0];
            y[7] = x[3] * x[2];
        });
        const W n0 = s1[0] * c;
        const W n1 = 1.0 - n0;
        const W n2 = 1.0 - s1[1] * c;
        const W n3 = n1 * n2;
        const W n4 = s1[2] * c;
        const W n5 = n2 + n4;
        const W n6 = n4 + n3;
        const W n7 = n2 / n1;
        const W n8 = n7 * 2.0 / n6;
        const W n9 = n8 * -(n0 * s1[3] + n5 * s1[4]) * c;
        const W n10 = n8 * (n1 * s1[3] - n4 * s1[4]) * c;
        const W n11 = n9 * s1[5] + n10 * s1[6];
        const W n12 = s1[7] + n11 / n7;
        const W n13 = -(n11 / n6);
        const W n14 = s1[5] * n8;
        const W n15 = s1[6] * n8;
        const W n16 = n1 * n15 - n0 * n14;
        const W n17 = -(n5 * n14 + n4 * n15);
        const W n18 = s1[4] * c;
        const W n19 = n14 + n15;
        const W n20 = n13 - n18 * n19;
        const W n21 = s1[3] * c * n19 + n13 * n2 - n12 * n7 / n1;
        const W n22 = n13 * n1 - n18 * n14 + n12 / n1;
        const W n23 = n16 * s1[3] + n17 * s1[4] + n20 * s1[2] - n21 * s1[0];
        const W n24 = n23 - n22 * s1[1];
        const W n25 = n16 * c;
        const W n26 = n17 * c;
        const W n27 = n20 * (2.0 * c);
        const W n28 = n21 * (2.0 * c);
        const W n29 = n22 * (2.0 * c);
        const W n30 = larger(larger(larger(1.0 / n1, 1.0 / n2), n1), n2);
        const W n31 = larger(n30, 1.0 / at_least_zero(s1[2] / n3 * c + 1.0));
        const W n32 = n12 * s1[0] / n1;
        const W n33 = unless_zero(n32 / n24, n32);
        r.set_loss(larger(n31, larger(n33, -n33)));
        r.set_curvature(n24, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = n9 * x[3] + n25 * x[2] + n27 * d0;
            y[0] = n10 * x[3] + n26 * x[2] - n28 * x[0] - d1;
            y[1] = d1 - n29 * x[1];
            y[2] = n7 * x[3] + n25 * d0 + n26 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_transport_vjp)

struct stereographic_transport_from0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        r.set_loss(1.0 / n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] * n0;
        });
    }
};
ROW_KERNEL(stereographic_transport_from0)

struct stereographic_transport_from0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[2] * x[1];
            y[1] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[1] * c;
        const W n1 = s1[0] * -2.0 * c;
        r.set_loss(1.0 / n0);
        r.set_curvature(-(s1[0] * s1[1]), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
            y[1] = n0 * x[2];
        });
    }
};
ROW_KERNEL(stereographic_transport_from0_vjp)

struct stereographic_transport_to0_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 / (1.0 - s1[0] * c);
        r.set_loss(n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] * n0;
        });
    }
};
ROW_KERNEL(stereographic_transport_to0)

struct stereographic_transport_to0_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[2] * x[1];
            y[1] = x[0] * x[0];
        });
        const W n0 = 1.0 / (1.0 - s1[1] * c);
        const W n1 = s1[0] * n0 * n0;
        const W n2 = n1 * 2.0 * c;
        r.set_loss(n0);
        r.set_curvature(n1 * s1[1], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n2 * x[0];
            y[1] = n0 * x[2];
        });
    }
};
ROW_KERNEL(stereographic_transport_to0_vjp)

struct stereographic_inner_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[2];
        });
        const W n0 = 1.0 - s1[0] * c;
        r.set_head(0, s1[1] * 4.0 / n0 / n0);
        r.set_loss(1.0 / n0);
    }
};
ROW_KERNEL(stereographic_inner)

struct stereographic_inner_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h3 = r.head(3);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[2];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = h3 * 4.0 / n0 / n0;
        const W n2 = n1 * s1[1] * 2.0 / n0;
        const W n3 = n2 * 2.0 * c;
        r.set_loss(1.0 / n0);
        r.set_curvature(n2 * s1[0], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[0];
            y[1] = n1 * x[2];
            y[2] = n1 * x[1];
        });
    }
};
ROW_KERNEL(stereographic_inner_vjp)

struct stereographic_norm_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
        });
        const W n0 = 1.0 - s1[0] * c;
        r.set_head(0, sqrt(s1[1]) * 2.0 / n0);
        r.set_loss(1.0 / n0);
    }
};
ROW_KERNEL(stereographic_norm)

struct stereographic_norm_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = sqrt(s1[1]);
        const W n2 = h2 * 2.0 / n0;
        const W n3 = n2 * n1 / n0;
        const W n4 = n3 * 2.0 * c;
        const W n5 = unless_zero(n2 / n1, n1);
        r.set_loss(1.0 / n0);
        r.set_curvature(n3 * s1[0], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[0];
            y[1] = n5 * x[1];
        });
    }
};
ROW_KERNEL(stereographic_norm_vjp)

struct stereographic_project_tangent_row {
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
ROW_KERNEL(stereographic_project_tangent)

struct stereographic_project_tangent_vjp_row {
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
ROW_KERNEL(stereographic_project_tangent_vjp)

struct stereographic_egrad_to_rgrad_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = n0 * n0 * (0.25 * t);
        r.set_loss(1.0 / n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[1];
        });
    }
};
ROW_KERNEL(stereographic_egrad_to_rgrad)

struct stereographic_egrad_to_rgrad_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[2];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = n0 * n0 * (0.25 * t);
        const W n2 = n0 * s1[1] * (-0.5 * t);
        const W n3 = n2 * 2.0 * c;
        r.set_loss(1.0 / n0);
        r.set_curvature(n2 * s1[0], n1 * s1[1] / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n3 * x[0];
            y[1] = n1 * x[2];
        });
    }
};
ROW_KERNEL(stereographic_egrad_to_rgrad_vjp)

struct stereographic_mobius_add_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[0] + x[1];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] * c;
        const W n3 = n0 * n1;
        const W n4 = n2 + n3;
        const W n5 = n0 / n4;
        const W n6 = n2 / n4;
        r.set_loss(larger(larger(1.0 / n0, 1.0 / n1), n3 / n4));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * (x[0] + x[1]) + n6 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_mobius_add)

struct stereographic_mobius_add_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[0] + x[1];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[2] * d0;
            y[4] = x[2] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] * c;
        const W n3 = n0 * n1;
        const W n4 = n2 + n3;
        const W n5 = n0 / n4;
        const W n6 = n2 / n4;
        const W n7 = -((n5 * s1[3] + n6 * s1[4]) / n4);
        const W n8 = s1[3] / n4 + n7 * n1;
        const W n9 = n7 * n0;
        const W n10 = s1[4] / n4 + n7;
        const W n11 = n8 * (2.0 * c);
        const W n12 = n9 * (2.0 * c);
        const W n13 = n10 * (2.0 * c);
        r.set_loss(larger(larger(1.0 / n0, 1.0 / n1), n3 / n4));
        r.set_curvature(n10 * s1[2] - n8 * s1[0] - n9 * s1[1], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n5 * x[2] + n13 * (x[0] + x[1]);
            y[0] = n6 * x[2] - n11 * x[0] + d0;
            y[1] = d0 - n12 * x[1];
        });
    }
};
ROW_KERNEL(stereographic_mobius_add_vjp)

struct stereographic_lambda_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 2.0 / (1.0 - s1[0] * c);
        r.set_head(0, n0);
        r.set_loss(n0);
    }
};
ROW_KERNEL(stereographic_lambda)

struct stereographic_lambda_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = h1 * 2.0 / (n0 * n0);
        const W n2 = n1 * 2.0 * c;
        r.set_loss(1.0 / n0);
        r.set_curvature(n1 * s1[0], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n2 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_lambda_vjp)

struct stereographic_project_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double limit = r.parameter(3);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = if_below<W>(n0, limit, 1.0, limit / n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_project)

struct stereographic_project_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double limit = r.parameter(3), limit_c = r.parameter(4), limit_t = r.parameter(5);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = if_below<W>(n0, limit, 1.0, limit / n0);
        const W n2 = if_below<W>(n0, limit, 0.0, -(s1[1] * limit / (s1[0] * n0)));
        const W n3 = if_below<W>(n0, limit, 0.0, s1[1] / n0);
        r.set_curvature(n3 * limit_c, n3 * limit_t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[1] + n2 * x[0];
        });
    }
};
ROW_KERNEL(stereographic_project_vjp)

struct stereographic_step_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W> static FUNCTION void row(Fast<stereographic_step_row> &r) {
        const double c = r.parameter(0), t = r.parameter(1), limit = r.parameter(3);
        const W h3 = r.head(3);
        const W n0 = h3 * t;
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
            y[4] = x[1] * x[2];
        });
        const W n1 = s1[1] * n0 * n0;
        const W n2 = s1[2] * n0;
        const W n3 = s1[0] * c;
        const W n4 = 1.0 - n3;
        const W n5 = n1 * c;
        const W n6 = n5 / (n4 * n4);
        const Tanhc<W> f0 = tanhc<W>(n6);
        const W n7 = f0.tau * n2 * c / n4 * 2.0 + 1.0 + n3 * f0.square;
        const W n8 = s1[3] * c;
        const W n9 = n4 * f0.square / n7;
        const W n10 = f0.tau / n7;
        const W n11 = n9 * n8 + n10 * (s1[4] * c * n0);
        const W n12 = n9 * n9 * n3 + n9 * n10 * (n2 * c) * 2.0 + n10 * n10 * n5;
        const W n13 = f0.sech2 / n7;
        const W n14 = n4 * n13;
        const W n15 = n4 * n14;
        const W n16 = n12 + n15;
        const W n17 = n13 * 2.0;
        const W n18 = -(n17 * (n3 * n11 + (n14 + n12) * n8) / n16);
        const W n19 = n9 + 1.0;
        const W n20 = s1[0] * n19 * n19 + n2 * n19 * n10 * 2.0 + n1 * n10 * n10;
        const W n21 = sqrt(n20);
        const W n22 = if_below<W>(n21, limit, 1.0, limit / n21);
        const W n23 = n10 * n0;
        const W n24 = larger(larger(1.0 / n4, 4.194304 / (n7 * n7)), larger(f0.sech2, -n6));
        const W n25 = n22 * n19;
        const W n26 = n22 * n23;
        const W n27 = n18 * n9 + n17 * (n4 * n11 - n12 * n8) / n16;
        const W n28 = n18 * n23;
        r.set_loss(larger(n24, n15 / n16));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n25 * x[0] + n26 * x[1];
            y[1] = n13 * x[2] + n27 * x[0] + n28 * x[1];
        });
    }
    template <class W> static FUNCTION void row(Careful<stereographic_step_row> &r) {
        const double c = r.parameter(0), t = r.parameter(1), limit = r.parameter(3);
        const W h3 = r.head(3);
        const W n0 = h3 * t;
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = x[0] * x[2];
            y[4] = x[1] * x[2];
        });
        const W n1 = s1[2] / s1[1];
        const W n2 = s1[1] * n0 * n0;
        const W n3 = s1[2] * n0;
        const W n4 = s1[0] * c;
        const W n5 = 1.0 - n4;
        const W n6 = n2 * c;
        const W n7 = n6 / (n5 * n5);
        const Tanhc<W> f0 = tanhc<W>(n7);
        const W n8 = f0.tau * n3 * c / n5;
        const W n9 = n8 * 2.0 + 1.0 + n4 * f0.square;
        const W n10 = s1[3] * c;
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[0] - n1 * x[1];
            y[0] = d0 * d0;
        });
        const W n11 = s2[0] * c;
        const W n12 = sqrt(f0.square) * (n5 + n11) / (sqrt(n3 * n3 * c / n2) + 1.0);
        const W n13 = if_below<W>(0.0, c, f0.co + n12, n8 + 1.0);
        const W n14 = if_below<W>(n9, 0.001, n13 * n13 + f0.square * n11, n9);
        const W n15 = n5 * f0.square / n14;
        const W n16 = f0.tau / n14;
        const W n17 = n15 * n10 + n16 * (s1[4] * c * n0);
        const W n18 = n15 * n15 * n4 + n15 * n16 * (n3 * c) * 2.0 + n16 * n16 * n6;
        const W n19 = f0.sech2 / n14;
        const W n20 = n5 * n19;
        const W n21 = n5 * n20;
        const W n22 = n18 + n21;
        const W n23 = n19 * 2.0;
        const W n24 = -(n23 * (n4 * n17 + (n20 + n18) * n10) / n22);
        const W n25 = n15 + 1.0;
        const W n26 = s1[0] * n25 * n25 + n3 * n25 * n16 * 2.0 + n2 * n16 * n16;
        const W n27 = sqrt(n26);
        const W n28 = if_below<W>(n27, limit, 1.0, limit / n27);
        const W n29 = n16 * n0;
        const W n30 = larger(larger(1.0 / n5, 4.194304 / (n14 * n14)), larger(f0.sech2, -n7));
        const W n31 = n28 * n25;
        const W n32 = n28 * n29;
        const W n33 = n24 * n15 + n23 * (n5 * n17 - n18 * n10) / n22;
        const W n34 = n24 * n29;
        r.set_loss(larger(n30, n21 / n22));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n31 * x[0] + n32 * x[1];
            y[1] = n19 * x[2] + n33 * x[0] + n34 * x[1];
        });
    }
};
ROW_KERNEL(stereographic_step)

