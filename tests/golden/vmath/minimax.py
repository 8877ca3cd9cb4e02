"""Minimax coefficients of src/backend/cpu/vmath: `python minimax.py [name]` prints them as Rust, with the error left.

Remez's exchange on a fixed Chebyshev grid: find p of the given degree that minimises max |w(x) (f(x) - p(x))|.
Needs mpmath.
"""

import struct
import sys

from mpmath import mp, mpf, mpc, matrix, lu_solve, cos, pi, sqrt, exp, expm1, sinh, cosh, sin, erf, erfc, log, atanh

mp.dps = 60


def remez(f, w, lo, hi, degree, points=1200):
    """Coefficients (low to high) and the largest weighted error."""
    lo, hi = mpf(lo), mpf(hi)
    xs = [(lo + hi) / 2 - (hi - lo) / 2 * cos(pi * (i + mpf(1) / 2) / points) for i in range(points)]
    fs, ws = [f(x) for x in xs], [w(x) for x in xs]
    n = degree + 2
    nodes = [int(points * (i + 0.5) / n) for i in range(n)]
    for _ in range(30):
        a, b = matrix(n, n), matrix(n, 1)
        for i, k in enumerate(nodes):
            for j in range(degree + 1):
                a[i, j] = xs[k] ** j
            a[i, n - 1] = (-1) ** i / ws[k]
            b[i] = fs[k]
        c = lu_solve(a, b)
        level = abs(c[n - 1])
        c = [c[j] for j in range(degree + 1)]
        err = []
        for x, y, v in zip(xs, fs, ws):
            p = mpf(0)
            for q in reversed(c):
                p = p * x + q
            err.append(v * (y - p))
        # One extremum of each run of equal signs; then the best n neighbouring ones.
        runs, best = [], 0
        for i in range(points):
            if i and (err[i] > 0) != (err[i - 1] > 0):
                runs.append(best)
                best = i
            elif abs(err[i]) > abs(err[best]):
                best = i
        runs.append(best)
        while len(runs) > n:
            runs.pop(0 if abs(err[runs[0]]) < abs(err[runs[-1]]) else -1)
        worst = max(map(abs, err))
        if len(runs) < n or worst < level * mpf("1.01"):
            break
        nodes = runs
    return c, worst


LN2_HALF = log(2) / 2 * mpf("1.001")
QUARTER = (pi / 4 * mpf("1.001")) ** 2


def ratio(t, k=4):
    """x of t = (x - k) / (x + k)"""
    return k * (1 + t) / (1 - t)


def erfcx_flat(t):
    x = ratio(t)
    return (1 + 2 * x) * exp(x * x) * erfc(x)


def erfcx_rise(t):
    return (erfcx_flat(t) - 1) / (t + 1)


def at(x, k=4):
    x = mpf(x)
    return (x - k) / (x + k)


# name: (f, weight, low, high, degree)
FITS = {
    # e^r = 1 + r + r^2 Q(r), relative to e^r - 1
    "f32 EXP": (lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / abs(expm1(r)), -LN2_HALF, LN2_HALF, 4),
    "f64 EXP": (lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / abs(expm1(r)), -LN2_HALF, LN2_HALF, 9),
    # sinh r = r + r y S(y), cosh r = 1 + y C(y), y = r^2
    "f32 SINH": (lambda y: (sinh(sqrt(y)) / sqrt(y) - 1) / y, lambda y: y, 0, LN2_HALF**2, 2),
    "f64 SINH": (lambda y: (sinh(sqrt(y)) / sqrt(y) - 1) / y, lambda y: y, 0, LN2_HALF**2, 4),
    "f32 COSH": (lambda y: (cosh(sqrt(y)) - 1) / y, lambda y: y, 0, LN2_HALF**2, 2),
    "f64 COSH": (lambda y: (cosh(sqrt(y)) - 1) / y, lambda y: y, 0, LN2_HALF**2, 4),
    # 2 atanh s = 2 s + s z L(z), z = s^2
    "f32 LN": (lambda z: 2 * (atanh(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z / 2, 0, (3 - 2 * sqrt(2)) ** 2 * mpf("1.002"), 2),
    "f64 LN": (lambda z: 2 * (atanh(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z / 2, 0, (3 - 2 * sqrt(2)) ** 2 * mpf("1.002"), 6),
    # sin r = r + r y S(y), cos r = 1 - y / 2 + y^2 C(y), y = r^2
    "f32 SIN": (lambda y: (sin(sqrt(y)) / sqrt(y) - 1) / y, lambda y: y, 0, QUARTER, 3),
    "f64 SIN": (lambda y: (sin(sqrt(y)) / sqrt(y) - 1) / y, lambda y: y, 0, QUARTER, 5),
    "f32 COS": (lambda y: (cos(sqrt(y)) - 1 + y / 2) / y**2, lambda y: y**2, 0, QUARTER, 2),
    "f64 COS": (lambda y: (cos(sqrt(y)) - 1 + y / 2) / y**2, lambda y: y**2, 0, QUARTER, 5),
    # erf x = x + x E(x^2) below 1
    "f32 ERF": (lambda y: erf(sqrt(y)) / sqrt(y) - 1, lambda y: sqrt(y) / erf(sqrt(y)), 0, 1, 6),
    "f64 ERF": (lambda y: erf(sqrt(y)) / sqrt(y) - 1, lambda y: sqrt(y) / erf(sqrt(y)), 0, 1, 11),
    # ln erfc x above 1, in u = x - 1, to the accuracy erf needs
    "f32 LN_ERFC": (lambda u: log(erfc(u + 1)), lambda u: erfc(u + 1) / erf(u + 1), 0, 3, 6),
    "f64 LN_ERFC": (lambda u: log(erfc(u + 1)), lambda u: erfc(u + 1) / erf(u + 1), 0, 5, 17),
    # (1 + 2 x) e^(x^2) erfc x = 1 + (t + 1) R(t) above 0, t = (x - 4) / (x + 4) (Shepherd & Laframboise 1981)
    "f32 ERFC": (erfcx_rise, lambda t: (t + 1) / erfcx_flat(t), -1, at(10.5), 9),
    "f64 ERFC": (erfcx_rise, lambda t: (t + 1) / erfcx_flat(t), -1, at(27.5), 22),
}


def rust(q, single):
    """The shortest literal of the nearest float."""
    if not single:
        return repr(float(q))
    bits = struct.pack("f", q)
    (near,) = struct.unpack("f", bits)
    return next(s for d in range(1, 10) if struct.pack("f", float(s := f"{near:.{d}g}")) == bits)


def main():
    for name, (f, w, lo, hi, degree) in FITS.items():
        if len(sys.argv) > 1 and sys.argv[1] not in name:
            continue
        c, worst = remez(f, w, lo, hi, degree)
        single = name.startswith("f32") and name[4:] not in ("SIN", "COS")  # f32's sine is computed in f64
        print(f"// {name}: 2^{float(log(worst, 2)):.1f}")
        print("&[" + ", ".join(rust(q, single) for q in c) + "],", flush=True)


if __name__ == "__main__":
    main()
