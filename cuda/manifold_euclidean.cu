// Generated from the row functions of src/geometry by
//     BELTRAMI_GENERATE=1 cargo test --lib geometry::trace
// Do not edit.

#include "rows.cuh"
#include "scalar.cuh"

struct euclidean_exp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + x[1] * t;
        });
    }
};
ROW_KERNEL(euclidean_exp)

struct euclidean_exp_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[1] * x[2];
        });
        r.set_curvature(W(0.0), s1[0]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[2];
            y[1] = x[2] * t;
        });
    }
};
ROW_KERNEL(euclidean_exp_vjp)

struct euclidean_exp0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] * t;
        });
    }
};
ROW_KERNEL(euclidean_exp0)

struct euclidean_exp0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
        });
        r.set_curvature(W(0.0), s1[0]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] * t;
        });
    }
};
ROW_KERNEL(euclidean_exp0_vjp)

struct euclidean_log_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        r.coordinates([&](const W *x, W *y) {
            y[0] = (x[1] - x[0]) / t;
        });
    }
};
ROW_KERNEL(euclidean_log)

struct euclidean_log_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = (x[1] - x[0]) * x[2];
        });
        r.set_curvature(W(0.0), -(s1[0] / t / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = x[2] / t;
            y[0] = -d0;
            y[1] = d0;
        });
    }
};
ROW_KERNEL(euclidean_log_vjp)

struct euclidean_log0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] / t;
        });
    }
};
ROW_KERNEL(euclidean_log0)

struct euclidean_log0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
        });
        r.set_curvature(W(0.0), -(s1[0] / t / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] / t;
        });
    }
};
ROW_KERNEL(euclidean_log0_vjp)

struct euclidean_dist_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = d0 * d0;
        });
        r.set_head(0, sqrt(s1[0]) / t);
    }
};
ROW_KERNEL(euclidean_dist)

struct euclidean_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h2 = r.head(2);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = d0 * d0;
        });
        const W n0 = unless_zero(h2 * t / (sqrt(s1[0]) * 2.0), s1[0]) * 2.0;
        const W n1 = n0 / t / t;
        r.set_curvature(W(0.0), -(n1 * s1[0] / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n1 * (x[1] - x[0]);
            y[0] = -d0;
            y[1] = d0;
        });
    }
};
ROW_KERNEL(euclidean_dist_vjp)

struct euclidean_dist2_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = d0 * d0;
        });
        r.set_head(0, s1[0] / t / t);
    }
};
ROW_KERNEL(euclidean_dist2)

struct euclidean_dist2_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h2 = r.head(2);
        const W n0 = h2 * 2.0 / t / t;
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            const W d0 = x[1] - x[0];
            y[0] = d0 * d0;
        });
        r.set_curvature(W(0.0), -(n0 * s1[0] / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n0 * (x[1] - x[0]);
            y[0] = -d0;
            y[1] = d0;
        });
    }
};
ROW_KERNEL(euclidean_dist2_vjp)

struct euclidean_dist0_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        r.set_head(0, sqrt(s1[0]) / t);
    }
};
ROW_KERNEL(euclidean_dist0)

struct euclidean_dist0_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h1 = r.head(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = unless_zero(h1 / (n0 * t), n0);
        r.set_curvature(W(0.0), -(n1 * s1[0] / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[0];
        });
    }
};
ROW_KERNEL(euclidean_dist0_vjp)

struct euclidean_transport_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 4;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[2];
        });
    }
};
ROW_KERNEL(euclidean_transport)

struct euclidean_transport_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 8;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = 0.0;
            y[2] = x[3];
        });
    }
};
ROW_KERNEL(euclidean_transport_vjp)

struct euclidean_transport_from0_row {
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
ROW_KERNEL(euclidean_transport_from0)

struct euclidean_transport_from0_vjp_row {
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
ROW_KERNEL(euclidean_transport_from0_vjp)

struct euclidean_transport_to0_row {
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
ROW_KERNEL(euclidean_transport_to0)

struct euclidean_transport_to0_vjp_row {
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
ROW_KERNEL(euclidean_transport_to0_vjp)

struct euclidean_inner_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[1] * x[2];
        });
        r.set_head(0, s1[0]);
    }
};
ROW_KERNEL(euclidean_inner)

struct euclidean_inner_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h3 = r.head(3);
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = h3 * x[2];
            y[2] = h3 * x[1];
        });
    }
};
ROW_KERNEL(euclidean_inner_vjp)

struct euclidean_norm_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[1] * x[1];
        });
        r.set_head(0, sqrt(s1[0]));
    }
};
ROW_KERNEL(euclidean_norm)

struct euclidean_norm_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const W h2 = r.head(2);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[1] * x[1];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = unless_zero(h2 / n0, n0);
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = n1 * x[1];
        });
    }
};
ROW_KERNEL(euclidean_norm_vjp)

struct euclidean_project_tangent_row {
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
ROW_KERNEL(euclidean_project_tangent)

struct euclidean_project_tangent_vjp_row {
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
ROW_KERNEL(euclidean_project_tangent_vjp)

struct euclidean_egrad_to_rgrad_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] * t;
        });
    }
};
ROW_KERNEL(euclidean_egrad_to_rgrad)

struct euclidean_egrad_to_rgrad_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 6;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[1];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[1] * x[2];
        });
        r.set_curvature(W(0.0), s1[0]);
        r.coordinates([&](const W *x, W *y) {
            y[0] = 0.0;
            y[1] = x[2] * t;
        });
    }
};
ROW_KERNEL(euclidean_egrad_to_rgrad_vjp)

struct euclidean_project_row {
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
ROW_KERNEL(euclidean_project)

struct euclidean_project_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double number = r.parameter(2), limit = r.parameter(3);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[0];
            y[1] = x[0] * x[1];
        });
        const W n0 = sqrt(s1[0]);
        const W n1 = if_below<W>(n0, limit, 1.0, limit / n0);
        const W n2 = if_below<W>(n0, limit, 0.0, -(s1[1] * limit / (s1[0] * n0)));
        r.set_curvature(W(0.0), if_below<W>(n0, limit, 0.0, s1[1] / n0 * number));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n1 * x[1] + n2 * x[0];
        });
    }
};
ROW_KERNEL(euclidean_project_vjp)

struct euclidean_hyperplane_dist_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = (x[0] - x[1]) * x[2];
            y[1] = x[2] * x[2];
        });
        r.set_head(0, unless_zero(s1[0] / (sqrt(s1[1]) * t), s1[1]));
    }
};
ROW_KERNEL(euclidean_hyperplane_dist)

struct euclidean_hyperplane_dist_vjp_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 3;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 7;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h3 = r.head(3);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = (x[0] - x[1]) * x[2];
            y[1] = x[2] * x[2];
        });
        const W n0 = unless_zero(h3 / (sqrt(s1[1]) * t), s1[1]);
        const W n1 = n0 * s1[0];
        const W n2 = unless_zero(n1 / s1[1], s1[1]);
        r.set_curvature(W(0.0), -(n1 / t));
        r.coordinates([&](const W *x, W *y) {
            const W d0 = n0 * x[2];
            y[0] = d0;
            y[1] = -d0;
            y[2] = n0 * (x[0] - x[1]) - n2 * x[2];
        });
    }
};
ROW_KERNEL(euclidean_hyperplane_dist_vjp)

struct euclidean_busemann_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 1;
    static constexpr unsigned RESTS = 0;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
            y[1] = x[1] * x[1];
        });
        r.set_head(0, -(s1[0] / (sqrt(s1[1]) * t)));
    }
};
ROW_KERNEL(euclidean_busemann)

struct euclidean_busemann_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h2 = r.head(2);
        W s1[2];
        r.sum(s1, [&](const W *x, W *y) {
            y[0] = x[0] * x[1];
            y[1] = x[1] * x[1];
        });
        const W n0 = -(h2 / (sqrt(s1[1]) * t));
        const W n1 = s1[0] / s1[1];
        r.set_curvature(W(0.0), -(n0 * s1[0] / t));
        r.coordinates([&](const W *x, W *y) {
            y[0] = n0 * x[1];
            y[1] = n0 * (x[0] - n1 * x[1]);
        });
    }
};
ROW_KERNEL(euclidean_busemann_vjp)

struct euclidean_geodesic_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 3;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double number = r.parameter(2);
        const W n0 = W(1.0) - number;
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] * n0 + x[1] * number;
        });
    }
};
ROW_KERNEL(euclidean_geodesic)

struct euclidean_geodesic_vjp_row {
    static constexpr unsigned ARGUMENTS = 3;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 4;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double number = r.parameter(2);
        const W n0 = W(1.0) - number;
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[2] * n0;
            y[1] = x[2] * number;
        });
    }
};
ROW_KERNEL(euclidean_geodesic_vjp)

struct euclidean_gyro_scale_row {
    static constexpr unsigned ARGUMENTS = 1;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 1;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double number = r.parameter(2);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] * number;
        });
    }
};
ROW_KERNEL(euclidean_gyro_scale)

struct euclidean_gyro_scale_vjp_row {
    static constexpr unsigned ARGUMENTS = 2;
    static constexpr unsigned RESULTS = 1;
    static constexpr unsigned READ = 2;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 1;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double number = r.parameter(2);
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[1] * number;
        });
    }
};
ROW_KERNEL(euclidean_gyro_scale_vjp)

struct euclidean_step_row {
    static constexpr unsigned ARGUMENTS = 4;
    static constexpr unsigned RESULTS = 2;
    static constexpr unsigned READ = 7;
    static constexpr unsigned TAILS = 0;
    static constexpr unsigned HEADS = 0;
    static constexpr unsigned RESTS = 3;
    template <class W, class Row> static FUNCTION void row(Row &r) {
        const double t = r.parameter(1);
        const W h3 = r.head(3);
        const W n0 = h3 * t;
        r.coordinates([&](const W *x, W *y) {
            y[0] = x[0] + n0 * x[1];
            y[1] = x[2];
        });
    }
};
ROW_KERNEL(euclidean_step)

