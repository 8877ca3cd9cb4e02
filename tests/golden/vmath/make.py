"""Exact values of the elementary functions for tests/vmath.rs: `python make.py [points] [folder]` writes *.tsv.

A line is: x, the f64 nearest to f(x) (both as hexadecimal bits), and f(x) minus that, in ulp. Needs mpmath.
"""

import math
import random
import struct
import sys
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.prec = 160

INF = math.inf


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def acosh(x):
    return mpmath.acosh(x) if x >= 1 else mpmath.nan


def expm1(x):
    return mpmath.expm1(x) if x > -80 else mpf(-1)


# name: (function, least x, largest x, where most of the arguments lie, points of interest)
FUNCTIONS = {
    "exp": (mpmath.exp, -746, 710, (-20, 20), [0, -708.3964185322641, 709.782712893384, -745.1332191019411]),
    "expm1": (expm1, -746, 710, (-3, 3), [0, 709.782712893384, -37.4, math.log(2), 17.33, 18.02]),
    "sigmoid": (sigmoid, -746, 746, (-20, 20), [0, 36.7, -708.4]),
    "sinh": (mpmath.sinh, -711, 711, (-4, 4), [0, 710.4758600739439, 19.06]),
    "cosh": (mpmath.cosh, -711, 711, (-4, 4), [0, 710.4758600739439, 19.06]),
    "tanh": (mpmath.tanh, -25, 25, (-3, 3), [0, 19.06154746539849]),
    "ln": (mpmath.log, 0, INF, (0.25, 4), [1, 2**0.5, 0.5**0.5, 2.2250738585072014e-308]),
    "ln_1p": (mpmath.log1p, -1, INF, (-0.9, 4), [0, -1, 2**0.5 - 1, 0.5**0.5 - 1, -0.5]),
    "asinh": (mpmath.asinh, -INF, INF, (-4, 4), [0, 0.3535533905932738, 268435456.0]),
    "acosh": (acosh, 1, INF, (1, 4), [1, 1.0606601717798214, 268435456.0]),
    "atanh": (mpmath.atanh, -1, 1, (-1, 1), [0, 1, -1, 0.17157287525380988]),
    "erf": (mpmath.erf, -7, 7, (-4, 4), [0, 1, -1, 5.921587195794507, 6]),
    "erfc": (mpmath.erfc, -7, 27.3, (-2, 10), [0, 1, 26.543258454250, 27.226]),
    "sin": (mpmath.sin, -INF, INF, (-10, 10), [0, math.pi, math.pi / 4, 2.0**20, 6381956970095103 * 2.0**797]),
    "cos": (mpmath.cos, -INF, INF, (-10, 10), [0, math.pi / 2, math.pi / 4, 2.0**20, 6381956970095103 * 2.0**797]),
}


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def arguments(low, high, dense, special, points, rng):
    """Special points and their neighbours, then uniform over `dense`, then log-uniform over everything."""
    out = [from_bits(bits(s) + d) for s in special for d in (-2, -1, 0, 1, 2) if s != 0 or d >= 0]
    out += [rng.uniform(*dense) for _ in range(points // 2)]
    while len(out) < points:
        x = math.ldexp(rng.uniform(1, 2), rng.randint(-1074, 1023) if rng.random() < 0.4 else rng.randint(-40, 20))
        out.append(rng.choice([-x, x]))
    return [x for x in out if low <= x <= high and math.isfinite(x)]


def exact(f, x):
    """The f64 nearest to f(x) and the rest in ulp; None where mpmath has no finite value."""
    # Wide enough for f(x) near a zero of f, and for the reduction of large arguments.
    mp.prec = 160 if abs(x) < 1e6 else 1300
    y = mpf(f(mpf(x)))
    if not mpmath.isfinite(y):
        return None
    if y == 0:
        return 0.0, mpf(0)
    _, e = math.frexp(float(y)) if abs(y) >= mpf(2) ** -1022 else (0, -1021)
    ulp = mpf(2) ** (max(e, -1021) - 53)
    near = mpmath.nint(y / ulp) * ulp
    return float(near), (y - near) / ulp


def main():
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    for name, (f, low, high, dense, special) in FUNCTIONS.items():
        rng = random.Random(name)
        lines = []
        for x in arguments(low, high, dense, special, points, rng):
            try:
                y = exact(f, x)
            except (OverflowError, ValueError, ZeroDivisionError):
                continue
            if y is not None and math.isfinite(y[0]):
                lines.append(f"{bits(x):016x}\t{bits(y[0]):016x}\t{mpmath.nstr(y[1], 4)}\n")
        (folder / f"{name}.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main()
