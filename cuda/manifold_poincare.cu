// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar.cuh"

struct poincare_exp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W> static FUNCTION void row(Fast<poincare_exp_row> &r) {
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
        r.set_loss(larger(1.0 / n1, 4.194304 / (n3 * n3)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + (n4 * x[0] + n5 * x[1]);
        });
    }
    template <class W> static FUNCTION void row(Careful<poincare_exp_row> &r) {
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
        r.set_loss(larger(1.0 / n4, 4.194304 / (n11 * n11)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + (n12 * x[0] + n13 * x[1]);
        });
    }
};
ROW_KERNEL(poincare_exp)

struct poincare_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W> static FUNCTION void row(Fast<poincare_exp_vjp_row> &r) {
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
        r.set_loss(larger(1.0 / n3, 4.194304 / (n6 * n6)));
        r.set_curvature(n16 * n0 + n17 - n19 * s1[0], n20);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n24 * x[2] + n21 * x[0] + n22 * x[1];
            y[1] = n25 * x[2] + n23 * x[1] + n22 * x[0];
        });
    }
    template <class W> static FUNCTION void row(Careful<poincare_exp_vjp_row> &r) {
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
        r.set_loss(larger(1.0 / n4, 4.194304 / (n13 * n13)));
        r.set_curvature(n22 * n1 + n23 - n25 * s1[0], n26);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n30 * x[2] + n27 * x[0] + n28 * x[1];
            y[1] = n31 * x[2] + n29 * x[1] + n28 * x[0];
        });
    }
};
ROW_KERNEL(poincare_exp_vjp)

struct poincare_exp0_row {
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
        const Tanhc<W> f0 = tanhc<W>(s1[0] * c * t * t);
        const W n0 = f0.tau * t;
        r.coordinates([&](const W *x, W *y) {
            y[0] = n0 * x[0];
        });
    }
};
ROW_KERNEL(poincare_exp0)

struct poincare_exp0_vjp_row {
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
        r.set_curvature(n3 * n0, f0.sech2 * n1 / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[1] + n5 * x[0];
        });
    }
};
ROW_KERNEL(poincare_exp0_vjp)

struct poincare_log_row {
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
        const Ratio<W> f0 = ratio<W>(n2);
        const W n3 = f0.f * n0 / t;
        const W n4 = n3 / n1;
        const W n5 = n3 * n2;
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * (x[1] - x[0]) - n5 * x[0];
        });
    }
};
ROW_KERNEL(poincare_log)

struct poincare_log_vjp_row {
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
        const Ratio<W> f0 = ratio<W>(n2);
        const W n3 = s1[3] / t;
        const W n4 = s1[4] / t;
        const W n5 = f0.f * n0;
        const W n6 = n5 / n1;
        const W n7 = -(n5 * n2);
        const W n8 = n3 / n1 - n4 * n2;
        const W n9 = f0.f * n3 / n1 - n2 * f0.df * n8;
        const W n10 = -(n0 / n1 * n8 * f0.dhf);
        const W n11 = (f0.df * n3 / n1 - n4 * f0.dhf) / n1;
        const W n12 = n6 / t;
        const W n13 = n7 / t - n12;
        const W n14 = n9 * (2.0 * c);
        const W n15 = n10 * (2.0 * c);
        const W n16 = n11 * (2.0 * c);
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
        r.set_curvature(n11 * s1[2] - n9 * s1[0] - n10 * s1[1], -((n6 * n3 + n7 * n4) / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n16 * (x[1] - x[0]);
            y[0] = n13 * x[2] - n14 * x[0] - d0;
            y[1] = n12 * x[2] + d0 - n15 * x[1];
        });
    }
};
ROW_KERNEL(poincare_log_vjp)

struct poincare_log0_row {
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
        const Ratio<W> f0 = ratio<W>(s1[0] / n0 * c);
        const W n1 = f0.f / n0 / t;
        r.set_loss(larger(W(1.0), 1.0 / n0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(poincare_log0)

struct poincare_log0_vjp_row {
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
        const Ratio<W> f0 = ratio<W>(n1);
        const W n2 = s1[1] / t;
        const W n3 = f0.f / n0;
        const W n4 = n2 * (f0.df + f0.dhf) / (n0 * n0);
        const W n5 = n3 / t;
        const W n6 = n4 * 2.0 * c;
        r.set_loss(larger(W(1.0), 1.0 / n0));
        r.set_curvature(n4 * s1[0], -(n3 * n2 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[1] + n6 * x[0];
        });
    }
};
ROW_KERNEL(poincare_log0_vjp)

struct poincare_dist_row {
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
        r.set_head(0, sqrt(n2) * asinhc<W>(n2 * c) * 2.0 / t);
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
    }
};
ROW_KERNEL(poincare_dist)

struct poincare_dist_vjp_row {
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
        const W n5 = n4 + 1.0;
        const W n6 = sqrt(n3) * asinhc<W>(n4) * 2.0 / t;
        const Ratio<W> f0 = ratio<W>(n4);
        const W n7 = unless_zero(h2 / (n6 * 2.0), n6) * 4.0 / t / t;
        const W n8 = f0.f * f0.f * n5;
        const W n9 = n3 * (s1[0] / n0 + s1[1] / n1);
        const W n10 = n3 * (f0.f * (f0.df * n5 * 2.0 + f0.f)) * (n3 + n9 * c);
        const W n11 = n7 * f0.f * 2.0;
        const W n12 = n11 / n2;
        const W n13 = n11 * n4;
        const W n14 = n13 / n0;
        const W n15 = n13 / n1;
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
        r.set_curvature(n7 * (n9 * n8 + n10), -(n7 * n3 * n8) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n12 * (x[1] - x[0]);
            y[0] = n14 * x[0] - d0;
            y[1] = n15 * x[1] + d0;
        });
    }
};
ROW_KERNEL(poincare_dist_vjp)

struct poincare_dist2_row {
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
        const W n3 = asinhc<W>(n2 * c) * 2.0 / t;
        r.set_head(0, n3 * n3 * n2);
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
    }
};
ROW_KERNEL(poincare_dist2)

struct poincare_dist2_vjp_row {
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
        const W n6 = n5 + 1.0;
        const Ratio<W> f0 = ratio<W>(n5);
        const W n7 = f0.f * f0.f * n6;
        const W n8 = n4 * (s1[0] / n1 + s1[1] / n2);
        const W n9 = n4 * (f0.f * (f0.df * n6 * 2.0 + f0.f)) * (n4 + n8 * c);
        const W n10 = n0 * f0.f * 2.0;
        const W n11 = n10 / n3;
        const W n12 = n10 * n5;
        const W n13 = n12 / n1;
        const W n14 = n12 / n2;
        r.set_loss(larger(1.0 / n1, 1.0 / n2));
        r.set_curvature(n0 * (n8 * n7 + n9), -(n0 * n4 * n7) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n11 * (x[1] - x[0]);
            y[0] = n13 * x[0] - d0;
            y[1] = n14 * x[1] + d0;
        });
    }
};
ROW_KERNEL(poincare_dist2_vjp)

struct poincare_dist0_row {
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
        r.set_head(0, sqrt(n1) * asinhc<W>(n1 * c) * 2.0 / t);
        r.set_loss(larger(W(1.0), 1.0 / n0));
    }
};
ROW_KERNEL(poincare_dist0)

struct poincare_dist0_vjp_row {
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
        const W n4 = sqrt(n1) * asinhc<W>(n2) * 2.0 / t;
        const Ratio<W> f0 = ratio<W>(n2);
        const W n5 = unless_zero(h1 / (n4 * 2.0), n4) * 4.0 / t / t;
        const W n6 = f0.f * f0.f * n3;
        const W n7 = n1 * n1;
        const W n8 = n1 * (f0.f * (f0.df * n3 * 2.0 + f0.f)) * (n1 + n7 * c);
        const W n9 = n5 * f0.f * 2.0 / (n0 * n0);
        r.set_loss(larger(W(1.0), n3));
        r.set_curvature(n5 * (n7 * n6 + n8), -(n5 * n1 * n6) * 2.0 / t);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n9 * x[0];
        });
    }
};
ROW_KERNEL(poincare_dist0_vjp)

struct poincare_transport_row {
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
        const W n3 = s1[2] * c;
        const W n4 = n2 / n1;
        const W n5 = n4 * 2.0 * c / (n3 + n1 * n2);
        const W n6 = n5 * -(n0 * s1[3] + (n2 + n3) * s1[4]);
        const W n7 = n5 * (n1 * s1[3] - n3 * s1[4]);
        r.set_loss(larger(1.0 / n1, 1.0 / n2));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * x[2] + n6 * (x[1] - x[0]) + n7 * x[0];
        });
    }
};
ROW_KERNEL(poincare_transport)

struct poincare_transport_vjp_row {
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
        const W n3 = s1[2] * c;
        const W n4 = n2 + n3;
        const W n5 = n3 + n1 * n2;
        const W n6 = n2 / n1;
        const W n7 = n6 * 2.0 / n5;
        const W n8 = n7 * -(n0 * s1[3] + n4 * s1[4]) * c;
        const W n9 = n7 * (n1 * s1[3] - n3 * s1[4]) * c;
        const W n10 = n8 * s1[5] + n9 * s1[6];
        const W n11 = s1[7] + n10 / n6;
        const W n12 = -(n10 / n5);
        const W n13 = s1[5] * n7;
        const W n14 = s1[6] * n7;
        const W n15 = n1 * n14 - n0 * n13;
        const W n16 = -(n4 * n13 + n3 * n14);
        const W n17 = s1[4] * c;
        const W n18 = n13 + n14;
        const W n19 = n12 - n17 * n18;
        const W n20 = s1[3] * c * n18 + n12 * n2 - n11 * n6 / n1;
        const W n21 = n12 * n1 - n17 * n13 + n11 / n1;
        const W n22 = n15 * s1[3] + n16 * s1[4] + n19 * s1[2] - n20 * s1[0];
        const W n23 = n22 - n21 * s1[1];
        const W n24 = n15 * c;
        const W n25 = n16 * c;
        const W n26 = n19 * (2.0 * c);
        const W n27 = n20 * (2.0 * c);
        const W n28 = n21 * (2.0 * c);
        const W n29 = n11 * s1[0] / n1;
        const W n30 = unless_zero(n29 / n23, n29);
        const W n31 = larger(larger(1.0 / n1, 1.0 / n2), larger(n30, -n30));
        r.set_loss(n31);
        r.set_curvature(n23, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            const W d1 = n8 * x[3] + n24 * x[2] + n26 * d0;
            y[0] = n9 * x[3] + n25 * x[2] - n27 * x[0] - d1;
            y[1] = d1 - n28 * x[1];
            y[2] = n6 * x[3] + n24 * d0 + n25 * x[0];
        });
    }
};
ROW_KERNEL(poincare_transport_vjp)

struct poincare_transport_from0_row {
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
ROW_KERNEL(poincare_transport_from0)

struct poincare_transport_from0_vjp_row {
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
ROW_KERNEL(poincare_transport_from0_vjp)

struct poincare_transport_to0_row {
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
ROW_KERNEL(poincare_transport_to0)

struct poincare_transport_to0_vjp_row {
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
ROW_KERNEL(poincare_transport_to0_vjp)

struct poincare_inner_row {
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
ROW_KERNEL(poincare_inner)

struct poincare_inner_vjp_row {
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
ROW_KERNEL(poincare_inner_vjp)

struct poincare_norm_row {
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
ROW_KERNEL(poincare_norm)

struct poincare_norm_vjp_row {
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
ROW_KERNEL(poincare_norm_vjp)

struct poincare_project_tangent_row {
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
ROW_KERNEL(poincare_project_tangent)

struct poincare_project_tangent_vjp_row {
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
ROW_KERNEL(poincare_project_tangent_vjp)

struct poincare_egrad_to_rgrad_row {
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
ROW_KERNEL(poincare_egrad_to_rgrad)

struct poincare_egrad_to_rgrad_vjp_row {
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
ROW_KERNEL(poincare_egrad_to_rgrad_vjp)

struct poincare_mobius_add_row {
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
        const W n3 = n2 + n0 * n1;
        const W n4 = n0 / n3;
        const W n5 = n2 / n3;
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n4 * (x[0] + x[1]) + n5 * x[0];
        });
    }
};
ROW_KERNEL(poincare_mobius_add)

struct poincare_mobius_add_vjp_row {
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
        const W n3 = n2 + n0 * n1;
        const W n4 = n0 / n3;
        const W n5 = n2 / n3;
        const W n6 = -((n4 * s1[3] + n5 * s1[4]) / n3);
        const W n7 = s1[3] / n3 + n6 * n1;
        const W n8 = n6 * n0;
        const W n9 = s1[4] / n3 + n6;
        const W n10 = n7 * (2.0 * c);
        const W n11 = n8 * (2.0 * c);
        const W n12 = n9 * (2.0 * c);
        r.set_loss(larger(1.0 / n0, 1.0 / n1));
        r.set_curvature(n9 * s1[2] - n7 * s1[0] - n8 * s1[1], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n4 * x[2] + n12 * (x[0] + x[1]);
            y[0] = n5 * x[2] - n10 * x[0] + d0;
            y[1] = d0 - n11 * x[1];
        });
    }
};
ROW_KERNEL(poincare_mobius_add_vjp)

struct poincare_lambda_row {
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
ROW_KERNEL(poincare_lambda)

struct poincare_lambda_vjp_row {
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
ROW_KERNEL(poincare_lambda_vjp)

struct poincare_convert_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = 2.0 / (1.0 - s1[0] * c);
        r.set_head(0, (n0 - 1.0) / sqrt(W(c)));
        r.set_loss(n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n0 * x[0];
        });
    }
};
ROW_KERNEL(poincare_convert)

struct poincare_convert_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 2;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0);
        const W h1 = r.head(1);
        const W n0 = h1 / sqrt(W(c));
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n1 = 2.0 / (1.0 - s1[0] * c);
        const W n2 = (s1[1] + n0) * n1 * n1 * 0.5;
        const W n3 = n2 * 2.0 * c;
        r.set_loss(n1);
        r.set_curvature(n2 * s1[0] - n0 * (n1 - 1.0) / (2.0 * c), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[1] + n3 * x[0];
        });
    }
};
ROW_KERNEL(poincare_convert_vjp)

struct poincare_project_row {
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
ROW_KERNEL(poincare_project)

struct poincare_project_vjp_row {
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
ROW_KERNEL(poincare_project_vjp)

struct poincare_hyperplane_dist_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[0] - x[1];
            y[0] = x[1] * x[1];
            y[1] = x[0] * x[0];
            y[2] = d0 * d0;
            y[3] = d0 * x[2];
            y[4] = x[1] * x[2];
            y[5] = x[2] * x[2];
        });
        const W n0 = 1.0 - s1[0] * c;
        const W n1 = 1.0 - s1[1] * c;
        const W n2 = s1[2] / (n0 * n1) * c;
        const W n3 = (s1[3] / n1 - n2 * s1[4]) * unless_zero(2.0 / sqrt(s1[5]), s1[5]);
        const W n4 = n3 * n3 * c;
        const Ratio<W> f0 = ratio<W>(n4);
        const W n5 = unless_zero((sqrt(s1[2]) / n1 + n2 * sqrt(s1[0])) * 2.0, s1[5]);
        const W n6 = unless_zero(n5 / n3, n5);
        const W n7 = larger(larger(n6, -n6), larger(1.0 / n0, 1.0 / n1));
        r.set_head(0, n3 * f0.f * sqrt(n4 + 1.0) / t);
        r.set_loss(n7);
    }
};
ROW_KERNEL(poincare_hyperplane_dist)

struct poincare_hyperplane_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h3 = r.head(3);
        const W n0 = h3 / t;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[0] - x[1];
            y[0] = x[1] * x[1];
            y[1] = x[0] * x[0];
            y[2] = d0 * d0;
            y[3] = d0 * x[2];
            y[4] = x[1] * x[2];
            y[5] = x[2] * x[2];
        });
        const W n1 = 1.0 - s1[0] * c;
        const W n2 = 1.0 - s1[1] * c;
        const W n3 = n1 * n2;
        const W n4 = s1[2] / n3 * c;
        const W n5 = unless_zero(2.0 / sqrt(s1[5]), s1[5]);
        const W n6 = (s1[3] / n2 - n4 * s1[4]) * n5;
        const W n7 = n6 * n6;
        const W n8 = n7 * c;
        const Ratio<W> f0 = ratio<W>(n8);
        const W n9 = sqrt(n8 + 1.0);
        const W n10 = n0 * (1.0 / n9);
        const W n11 = n10 * n5;
        const W n12 = n11 / n2;
        const W n13 = -(n11 * n4);
        const W n14 = -(n11 * s1[4]);
        const W n15 = n10 * n6;
        const W n16 = -(n15 / n2);
        const W n17 = -(n14 * n4 / n1);
        const W n18 = n14 / n3;
        const W n19 = n0 * (n6 * (n7 * (f0.df * n9 + f0.f / (n9 * 2.0))));
        const W n20 = unless_zero(n15 / s1[5], s1[5]);
        const W n21 = n18 * (2.0 * c);
        const W n22 = n16 * (2.0 * c);
        const W n23 = n17 * (2.0 * c);
        const W n24 = unless_zero((sqrt(s1[2]) / n2 + n4 * sqrt(s1[0])) * 2.0, s1[5]);
        const W n25 = unless_zero(n24 / n6, n24);
        const W n26 = larger(larger(n25, -n25), larger(1.0 / n1, 1.0 / n2));
        r.set_loss(n26);
        r.set_curvature(n19 + n18 * s1[2] - n16 * s1[1] - n17 * s1[0], -(h3 * (n6 * f0.f * n9) / t / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[0] - x[1];
            const W d1 = n12 * x[2] + n21 * d0;
            y[0] = d1 - n22 * x[0];
            y[1] = n13 * x[2] - n23 * x[1] - d1;
            y[2] = n12 * d0 + n13 * x[1] - n20 * x[2];
        });
    }
};
ROW_KERNEL(poincare_hyperplane_dist_vjp)

struct poincare_busemann_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W n0 = sqrt(W(c));
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - n0 * x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = d0 * d0;
            y[4] = d0 * x[1];
        });
        const W n1 = s1[0] * c;
        const W n2 = 1.0 - n1;
        const W n3 = sqrt(s1[1]);
        const W n4 = (1.0 - s1[1]) / (n3 * (n3 + 1.0));
        const W n5 = s1[3] + n4 * s1[4] * 2.0 + n4 * n4 * s1[1];
        const W n6 = n5 / n2;
        const W n7 = n1 * 2.0 / n2;
        const W n8 = if_below<W>(n2, 0.5, n6 - 1.0, n7 - s1[2] * n0 / n3 * 2.0 / n2);
        const W n9 = if_below<W>(n2, 0.5, 1.0, n7);
        const W n10 = n8 / (sqrt(n6) * 2.0);
        const W n11 = unless_zero(n9 / n8, n9);
        const W n12 = unless_zero(s1[3] / n5, s1[3]);
        const W n13 = larger(larger(larger(n11, -n11), larger(n12, -n12)), 1.0 / n2);
        r.set_head(0, n10 * asinhc<W>(n10 * n10) * 2.0 / (n0 * t));
        r.set_loss(n13);
    }
};
ROW_KERNEL(poincare_busemann)

struct poincare_busemann_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = sqrt(W(c));
        const W n1 = h2 / (n0 * t);
        W s1[5];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - n0 * x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = x[0] * x[1];
            y[3] = d0 * d0;
            y[4] = d0 * x[1];
        });
        const W n2 = s1[0] * c;
        const W n3 = 1.0 - n2;
        const W n4 = sqrt(s1[1]);
        const W n5 = s1[2] * n0 / n4;
        const W n6 = (1.0 - s1[1]) / (n4 * (n4 + 1.0));
        const W n7 = s1[3] + n6 * s1[4] * 2.0 + n6 * n6 * s1[1];
        const W n8 = n7 / n3;
        const W n9 = n2 * 2.0 / n3;
        const W n10 = if_below<W>(n3, 0.5, n8 - 1.0, n9 - n5 * 2.0 / n3);
        const W n11 = if_below<W>(n3, 0.5, 1.0, n9);
        const W n12 = n10 / (sqrt(n8) * 2.0);
        const W n13 = unless_zero(n11 / n10, n11);
        const W n14 = unless_zero(s1[3] / n7, s1[3]);
        const W n15 = larger(larger(larger(n13, -n13), larger(n14, -n14)), 1.0 / n3);
        const W n16 = n12 * asinhc<W>(n12 * n12) * 2.0;
        const W n17 = n1 * n0 * -2.0 / n7;
        const W n18 = (n2 - n5) * 2.0 / n7 + n9 - n16;
        const W n19 = unless_zero(n16 / n18, n16);
        const W n20 = unless_zero(n2 / (n2 - n5 * n5), n2);
        const W n21 = larger(larger(n15, larger(n19, -n19)), larger(n20, -n20));
        const W n22 = n17 / n4;
        const W n23 = 1.0 / n4;
        const W n24 = n1 * 2.0 * c / n3;
        const W n25 = n5 / (n0 * n4);
        r.set_loss(n21);
        r.set_curvature(n1 * n18 / (2.0 * c), -(n1 * n16 / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n17 * (n23 * x[1] - n0 * x[0]) + n24 * x[0];
            y[1] = n22 * (x[0] - n25 * x[1]);
        });
    }
};
ROW_KERNEL(poincare_busemann_vjp)

struct poincare_geodesic_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W n0 = W(1.0) - number;
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
        });
        const W n1 = 1.0 - s1[0] * c;
        const W n2 = 1.0 - s1[1] * c;
        const W n3 = s1[2] / (n1 * n2);
        const W n4 = asinhc<W>(n3 * c) * 2.0;
        const W n5 = n4 * n4 * n3 * c / 4.0;
        const W n6 = n5 * number * number;
        const Sinhc<W> f0 = sinhc<W>(n6);
        const W n7 = n5 * n0 * n0;
        const Sinhc<W> f1 = sinhc<W>(n7);
        const Sinhc<W> f2 = sinhc<W>(n5);
        const W n8 = f1.s / f2.s * (f1.c / f2.c) * n0 / n1;
        const W n9 = f0.s / f2.s * (f0.c / f2.c) * number / n2;
        const W n10 = n5 * f0.s * (f1.s / f2.c) * 2.0 * number * n0 / 2.0;
        const W n11 = n10 + n8 + n9;
        const W n12 = n8 / n11;
        const W n13 = n9 / n11;
        const W n14 = n8 - n9;
        const W n15 = unless_zero(n14 / n11, n14);
        const W n16 = larger(larger(n15, -n15), larger(1.0 / n1, 1.0 / n2));
        r.set_loss(n16);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n12 * x[0] + n13 * x[1];
        });
    }
};
ROW_KERNEL(poincare_geodesic)

struct poincare_geodesic_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W n0 = W(1.0) - number;
        W s1[6];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = x[1] * x[1];
            y[2] = d0 * d0;
            y[3] = x[2] * x[0];
            y[4] = x[2] * x[1];
            y[5] = x[2] * d0;
        });
        const W n1 = 1.0 - s1[0] * c;
        const W n2 = 1.0 - s1[1] * c;
        const W n3 = n1 * n2;
        const W n4 = s1[2] / n3;
        const W n5 = n4 * c;
        const W n6 = n5 + 1.0;
        const W n7 = asinhc<W>(n5) * 2.0;
        const W n8 = n7 * n7 * n4;
        const W n9 = n8 * c / 4.0;
        const W n10 = n9 * number * number;
        const Sinhc<W> f0 = sinhc<W>(n10);
        const W n11 = n9 * n0 * n0;
        const Sinhc<W> f1 = sinhc<W>(n11);
        const Sinhc<W> f2 = sinhc<W>(n9);
        const W n12 = f1.s / f2.s * (f1.c / f2.c) * n0;
        const W n13 = f0.s / f2.s * (f0.c / f2.c) * number;
        const W n14 = f2.ds / f2.s + f2.s / (f2.c * 2.0);
        const W n15 = (f1.ds / f1.s + f1.s / (f1.c * 2.0)) * n0 * n0 - n14;
        const W n16 = (f0.ds / f0.s + f0.s / (f0.c * 2.0)) * number * number;
        const W n17 = n9 * f0.s * (f1.s / f2.c) * 2.0 * number * n0;
        const W n18 = n12 / n1;
        const W n19 = n13 / n2;
        const W n20 = n17 / 2.0 + n18 + n19;
        const W n21 = n18 / n20;
        const W n22 = n19 / n20;
        const W n23 = n17 / (n20 * 2.0);
        const W n24 = (s1[3] * n23 - n22 * s1[5]) / n20;
        const W n25 = (s1[4] * n23 + n21 * s1[5]) / n20;
        const W n26 = -(n24 * n18 / n1);
        const W n27 = -(n25 * n19 / n2);
        const W n28 = -((n21 * s1[3] + n22 * s1[4]) / n20) / 2.0;
        const W n29 = (n24 / n1 - n28) * (n12 * n15) + (n25 / n2 - n28) * (n13 * (n16 - n14));
        const Ratio<W> f3 = ratio<W>(n5);
        const W n30 = n29 * c / 4.0 * 4.0;
        const W n31 = n4 * (s1[0] / n1 + s1[1] / n2);
        const W n32 = n4 * (f3.f * (f3.df * n6 * 2.0 + f3.f)) * (n4 + n31 * c);
        const W n33 = n30 * f3.f * 2.0;
        const W n34 = n26 * s1[0];
        const W n35 = n27 * s1[1];
        const W n36 = n30 * (n31 * (f3.f * f3.f * n6) + n32) + n29 * n8 / 4.0;
        const W n37 = n36 - n34 - n35;
        const W n38 = n33 * n5;
        const W n39 = n38 / n1 - n26 * (2.0 * c);
        const W n40 = n38 / n2 - n27 * (2.0 * c);
        const W n41 = n33 / n3;
        const W n42 = n18 - n19;
        const W n43 = unless_zero(n42 / n20, n42);
        const W n44 = larger(larger(n43, -n43), larger(1.0 / n1, 1.0 / n2));
        const W n45 = n34 - n35;
        const W n46 = unless_zero(n45 / n37, n45);
        r.set_loss(larger(n44, larger(n46, -n46)));
        r.set_curvature(n37, W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n41 * (x[1] - x[0]);
            y[0] = n21 * x[2] + n39 * x[0] - d0;
            y[1] = n22 * x[2] + n40 * x[1] + d0;
        });
    }
};
ROW_KERNEL(poincare_geodesic_vjp)

struct poincare_gyro_scale_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c;
        const W n1 = 1.0 - n0;
        const W n2 = n0 / n1;
        const W n3 = asinhc<W>(n2);
        const W n4 = n3 * n3 * n2;
        const Tanhc<W> f0 = tanhc<W>(n4);
        const Tanhc<W> f1 = tanhc<W>(n4 * number * number);
        const W n5 = f1.tau / f0.tau * number;
        r.set_loss(1.0 / n1);
        r.coordinates([&](const W *x, W *y) {
            y[0] = n5 * x[0];
        });
    }
};
ROW_KERNEL(poincare_gyro_scale)

struct poincare_gyro_scale_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = s1[0] * c;
        const W n1 = 1.0 - n0;
        const W n2 = n0 / n1;
        const W n3 = asinhc<W>(n2);
        const W n4 = n3 * n3 * n2;
        const Tanhc<W> f0 = tanhc<W>(n4);
        const W n5 = n4 * number * number;
        const Tanhc<W> f1 = tanhc<W>(n5);
        const W n6 = f1.tau / f0.tau * number;
        const W n7 = f1.dtau / f1.tau * number * number - f0.dtau / f0.tau;
        const W n8 = s1[1] * (n6 * n7 / (f0.tau * n1));
        const W n9 = n8 * 2.0 * c;
        r.set_loss(1.0 / n1);
        r.set_curvature(n8 * s1[0], W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n6 * x[1] + n9 * x[0];
        });
    }
};
ROW_KERNEL(poincare_gyro_scale_vjp)

struct poincare_half_aperture_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c;
        const W n1 = number / sqrt(n0) * (1.0 - n0);
        const W n2 = 1.0 - n1;
        const W n3 = if_below<W>(n1, 1.0, atan2(n1, sqrt(n2 * (n1 + 1.0))), atan2(W(1.0), W(0.0)));
        const W n4 = unless_zero(1.0 / n2, W(1.0));
        r.set_head(0, n3);
        r.set_loss(larger(n4, -n4));
    }
};
ROW_KERNEL(poincare_half_aperture)

struct poincare_half_aperture_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double c = r.parameter(0), number = r.parameter(2);
        const W h1 = r.head(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = s1[0] * c;
        const W n1 = number / sqrt(n0);
        const W n2 = n1 * (1.0 - n0);
        const W n3 = 1.0 - n2;
        const W n4 = if_below<W>(n2, 1.0, 1.0 / sqrt(n3 * (n2 + 1.0)), 0.0);
        const W n5 = -(h1 * n4) * (n1 * (n0 + 1.0));
        const W n6 = if_below<W>(n2, 1.0, n5 / s1[0], 0.0);
        const W n7 = unless_zero(1.0 / n3, W(1.0));
        r.set_loss(larger(n7, -n7));
        r.set_curvature(if_below<W>(n2, 1.0, n5 / (2.0 * c), 0.0), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n6 * x[0];
        });
    }
};
ROW_KERNEL(poincare_half_aperture_vjp)

struct poincare_exterior_angle_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W> static FUNCTION void row(Fast<poincare_exterior_angle_row> &r) {
        const double c = r.parameter(0);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = d0 * d0;
            y[2] = x[0] * d0;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = unless_zero(s1[2] / s1[0], s1[0]);
        const W n2 = at_least_zero(s1[1] - n1 * (n1 * s1[0]));
        const W n3 = unless_zero(s1[1] / n2, s1[1]);
        const W n4 = 1.0 - s1[0] * c;
        const W n5 = s1[1] * c;
        const W n6 = n4 * sqrt(n2);
        const W n7 = n0 * (n4 * n1 - n5);
        const W n8 = n4 * sqrt(s1[1]) + n0 * n5;
        const W n9 = unless_zero(n8 / (n6 + n7 * n7 / n8), n8);
        const W n10 = larger(larger(larger(n3, -n3), larger(n9, -n9)), 1.0 / n4);
        r.set_head(0, unless_zero(atan2(n6, n7), n0));
        r.set_loss(n10);
    }
    template <class W> static FUNCTION void row(Careful<poincare_exterior_angle_row> &r) {
        const double c = r.parameter(0);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = d0 * d0;
            y[2] = x[0] * d0;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = unless_zero(s1[2] / s1[0], s1[0]);
        const W n2 = 1.0 - s1[0] * c;
        const W n3 = s1[1] * c;
        const W n4 = n0 * (n2 * n1 - n3);
        const W n5 = n2 * sqrt(s1[1]) + n0 * n3;
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n1 * x[0];
            y[0] = d0 * d0;
        });
        const W n6 = unless_zero(s1[1] / s2[0], s1[1]);
        const W n7 = n2 * sqrt(s2[0]);
        const W n8 = unless_zero(n5 / (n7 + n4 * n4 / n5), n5);
        const W n9 = larger(larger(larger(n6, -n6), larger(n8, -n8)), 1.0 / n2);
        r.set_head(0, unless_zero(atan2(n7, n4), n0));
        r.set_loss(n9);
    }
};
ROW_KERNEL(poincare_exterior_angle)

struct poincare_exterior_angle_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W> static FUNCTION void row(Fast<poincare_exterior_angle_vjp_row> &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = d0 * d0;
            y[2] = x[0] * d0;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = unless_zero(s1[2] / s1[0], s1[0]);
        const W n2 = at_least_zero(s1[1] - n1 * (n1 * s1[0]));
        const W n3 = unless_zero(1.0 / n0, n0);
        const W n4 = sqrt(n2);
        const W n5 = unless_zero(s1[1] / n2, s1[1]);
        const W n6 = 1.0 - s1[0] * c;
        const W n7 = s1[1] * c;
        const W n8 = n6 * n4;
        const W n9 = n0 * (n6 * n1 - n7);
        const W n10 = n6 * sqrt(s1[1]) + n0 * n7;
        const W n11 = n9 * n9;
        const W n12 = unless_zero(n10 / (n8 + n11 / n10), n10);
        const W n13 = larger(larger(larger(n5, -n5), larger(n12, -n12)), 1.0 / n6);
        const W n14 = n8 * n8 + n11;
        const W n15 = unless_zero(unless_zero(h2, n0) / n14, n14);
        const W n16 = -(n15 * n8);
        const W n17 = n0 * n16 * 2.0 * c;
        const W n18 = n6 - n1 * n0 * n0 * 2.0 * c - n7;
        const W n19 = unless_zero(n15 * n9 * n6 / n4, n4);
        const W n20 = n17 - n19 * (n1 + 1.0) + n16 * n6 * n3;
        const W n21 = n19 - n17;
        const W n22 = n16 * n3;
        const W n23 = -(n22 * (n18 + n7 * 2.0 / n6));
        const W n24 = n22 * (n18 + n7);
        const W n25 = unless_zero(1.0 / n18, W(1.0));
        r.set_loss(larger(n13, larger(n25, -n25)));
        r.set_curvature(-(n16 * n0 * s1[1] / n6), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n1 * x[0];
            y[0] = n20 * d0 + n23 * x[0];
            y[1] = n21 * d0 + n24 * x[0];
        });
    }
    template <class W> static FUNCTION void row(Careful<poincare_exterior_angle_vjp_row> &r) {
        const double c = r.parameter(0);
        const W h2 = r.head(2);
        W s1[3];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = x[0] * x[0];
            y[1] = d0 * d0;
            y[2] = x[0] * d0;
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = unless_zero(s1[2] / s1[0], s1[0]);
        const W n2 = unless_zero(1.0 / n0, n0);
        const W n3 = 1.0 - s1[0] * c;
        const W n4 = s1[1] * c;
        const W n5 = n0 * (n3 * n1 - n4);
        const W n6 = n3 * sqrt(s1[1]) + n0 * n4;
        const W n7 = n5 * n5;
        const W n8 = n3 - n1 * n0 * n0 * 2.0 * c - n4;
        const W n9 = unless_zero(1.0 / n8, W(1.0));
        W s2[1];
        r.sum(s2, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n1 * x[0];
            y[0] = d0 * d0;
        });
        const W n10 = sqrt(s2[0]);
        const W n11 = unless_zero(s1[1] / s2[0], s1[1]);
        const W n12 = n3 * n10;
        const W n13 = unless_zero(n6 / (n12 + n7 / n6), n6);
        const W n14 = larger(larger(larger(n11, -n11), larger(n13, -n13)), 1.0 / n3);
        const W n15 = n12 * n12 + n7;
        const W n16 = unless_zero(unless_zero(h2, n0) / n15, n15);
        const W n17 = -(n16 * n12);
        const W n18 = n0 * n17 * 2.0 * c;
        const W n19 = unless_zero(n16 * n5 * n3 / n10, n10);
        const W n20 = n18 - n19 * (n1 + 1.0) + n17 * n3 * n2;
        const W n21 = n19 - n18;
        const W n22 = n17 * n2;
        const W n23 = -(n22 * (n8 + n4 * 2.0 / n3));
        const W n24 = n22 * (n8 + n4);
        r.set_loss(larger(n14, larger(n9, -n9)));
        r.set_curvature(-(n17 * n0 * s1[1] / n3), W(0.0));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[1] - x[0] - n1 * x[0];
            y[0] = n20 * d0 + n23 * x[0];
            y[1] = n21 * d0 + n24 * x[0];
        });
    }
};
ROW_KERNEL(poincare_exterior_angle_vjp)

struct poincare_step_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W> static FUNCTION void row(Fast<poincare_step_row> &r) {
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
        const W n15 = n12 + n4 * n14;
        const W n16 = n13 * 2.0;
        const W n17 = -(n16 * (n3 * n11 + (n14 + n12) * n8) / n15);
        const W n18 = n9 + 1.0;
        const W n19 = s1[0] * n18 * n18 + n2 * n18 * n10 * 2.0 + n1 * n10 * n10;
        const W n20 = sqrt(n19);
        const W n21 = if_below<W>(n20, limit, 1.0, limit / n20);
        const W n22 = n10 * n0;
        const W n23 = n21 * n18;
        const W n24 = n21 * n22;
        const W n25 = n17 * n9 + n16 * (n4 * n11 - n12 * n8) / n15;
        const W n26 = n17 * n22;
        r.set_loss(larger(1.0 / n4, 4.194304 / (n7 * n7)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n23 * x[0] + n24 * x[1];
            y[1] = n13 * x[2] + n25 * x[0] + n26 * x[1];
        });
    }
    template <class W> static FUNCTION void row(Careful<poincare_step_row> &r) {
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
        const W n21 = n18 + n5 * n20;
        const W n22 = n19 * 2.0;
        const W n23 = -(n22 * (n4 * n17 + (n20 + n18) * n10) / n21);
        const W n24 = n15 + 1.0;
        const W n25 = s1[0] * n24 * n24 + n3 * n24 * n16 * 2.0 + n2 * n16 * n16;
        const W n26 = sqrt(n25);
        const W n27 = if_below<W>(n26, limit, 1.0, limit / n26);
        const W n28 = n16 * n0;
        const W n29 = n27 * n24;
        const W n30 = n27 * n28;
        const W n31 = n23 * n15 + n22 * (n5 * n17 - n18 * n10) / n21;
        const W n32 = n23 * n28;
        r.set_loss(larger(1.0 / n5, 4.194304 / (n14 * n14)));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n29 * x[0] + n30 * x[1];
            y[1] = n19 * x[2] + n31 * x[0] + n32 * x[1];
        });
    }
};
ROW_KERNEL(poincare_step)

