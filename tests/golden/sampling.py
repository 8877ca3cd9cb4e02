"""Arguments in every regime: where usual formulas lose digits, and where they do not.

Draws come from Python's global generator: a script that seeds it gets the same samples again. Points are drawn on the
unit model and then rounded to the storage type; references are exact for the rounded numbers.
"""
import math, random, struct
from mpmath import mp, mpf
from formulas import mink, nrm, p_lam, point, tang, tangential
from halfspace import AXIAL, h_back, s_back


def f32(x): return struct.unpack("f", struct.pack("f", x))[0]
def direction(n):
    g = [random.gauss(0, 1) for _ in range(n)]
    s = math.sqrt(sum(t * t for t in g))
    return [t / s for t in g]
def logu(a, b): return 10 ** random.uniform(math.log10(a), math.log10(b))
def along(s, e): return [s * t for t in e]
def plus(a, b): return [s + t for s, t in zip(a, b)]
def ball(r, n): return along(math.tanh(r / 2), direction(n))
def rim(a, b, n): return along(1 - logu(a, b), direction(n))
def hyp(r, n): return along(math.sinh(r), direction(n))
uni = random.uniform

def ball_regimes(n, single):
    "name -> (x, y, |u|_x) on the unit ball"
    tiny_step = (3e-7, 3e-6) if single else (1e-13, 1e-8)
    x1, x2 = ball(uni(.1, 2), n), ball(uni(.1, 2), n)
    x3 = ball(uni(5, 7), n)
    om = (1 - sum(t * t for t in x3)) / 2
    e = direction(n)
    yield "bulk r 0.1-2", ball(uni(.1, 2), n), ball(uni(.1, 2), n), uni(.1, 2)
    yield "mid r 2-5", ball(uni(2, 5), n), ball(uni(2, 5), n), uni(.1, 2)
    yield "edge 1-|x| 1e-5..1e-3", rim(1e-5, 1e-3, n), rim(1e-5, 1e-3, n), uni(.1, 2)
    yield "rim32 1-|x| 2e-7..1e-5", rim(2e-7, 1e-5, n), rim(2e-7, 1e-5, n), uni(.1, 2)
    if not single:
        yield "rim64 1-|x| 1e-14..1e-9", rim(1e-14, 1e-9, n), rim(1e-14, 1e-9, n), uni(.1, 2)
    yield "close 1e-5..1e-3, r<2", x1, plus(x1, along(logu(1e-5, 1e-3), direction(n))), logu(1e-5, 1e-3)
    yield "near-coincident, r<2", x2, plus(x2, along(logu(*tiny_step), direction(n))), logu(*tiny_step)
    yield "close 1e-3..1e-1, r 5-7", x3, plus(x3, along(logu(1e-3, 1e-1) * om, direction(n))), logu(1e-3, 1e-1)
    yield "tiny 1e-10..1e-5", along(logu(1e-10, 1e-5), direction(n)), along(logu(1e-10, 1e-5), direction(n)), logu(1e-10, 1e-5)
    yield "long step |u| 10-30", ball(uni(.1, 2), n), ball(uni(.1, 2), n), uni(10, 30)
    yield "antipodal edge", along(1 - logu(1e-5, 1e-3), e), along(-1 + logu(1e-5, 1e-3), e), uni(.1, 2)
    yield "long way inwards", rim(1e-5, 1e-3, n), ball(uni(.1, 2), n), -uni(6, 14)
    yield "x at origin", [0.0] * n, ball(uni(.1, 2), n), uni(.1, 2)
    yield "y at origin", ball(uni(.1, 2), n), [0.0] * n, uni(.1, 2)
    yield "x = y, u = 0", x1, x1, 0.0
    yield "all at origin", [0.0] * n, [0.0] * n, 0.0

def hyp_regimes(n, single):
    "name -> (x, y, |u|_x) on the unit hyperboloid, space parts"
    tiny_step = (3e-7, 3e-6) if single else (1e-13, 1e-8)
    x1, x2 = hyp(uni(.1, 2), n), hyp(uni(.1, 2), n)
    e, r = direction(n), uni(5, 7)
    e2 = plus(e, along(logu(1e-3, 1e-1) / math.sinh(r), direction(n)))
    s2 = math.sqrt(sum(t * t for t in e2))
    far = r + logu(1e-3, 1e-1) * random.choice([-1, 1])
    yield "bulk r 0.1-2", hyp(uni(.1, 2), n), hyp(uni(.1, 2), n), uni(.1, 2)
    yield "mid r 2-5", hyp(uni(2, 5), n), hyp(uni(2, 5), n), uni(.1, 2)
    yield "large r 5-9", hyp(uni(5, 9), n), hyp(uni(5, 9), n), uni(.1, 2)
    yield "huge r 9-15", hyp(uni(9, 15), n), hyp(uni(9, 15), n), uni(.1, 2)
    yield "extreme r 15-40", hyp(uni(15, 40), n), hyp(uni(15, 40), n), uni(.1, 2)
    yield "close 1e-5..1e-3, r<2", x1, plus(x1, along(logu(1e-5, 1e-3), direction(n))), logu(1e-5, 1e-3)
    yield "near-coincident, r<2", x2, plus(x2, along(logu(*tiny_step), direction(n))), logu(*tiny_step)
    yield "close 1e-3..1e-1, r 5-7", along(math.sinh(r), e), along(math.sinh(far) / s2, e2), logu(1e-3, 1e-1)
    yield "radial, r 9-12", along(math.sinh(9 + uni(0, 3)), e), along(math.sinh(9 + uni(0, 3)), e), uni(.1, 2)
    yield "tiny 1e-10..1e-5", along(logu(1e-10, 1e-5), direction(n)), along(logu(1e-10, 1e-5), direction(n)), logu(1e-10, 1e-5)
    yield "long step |u| 10-30", hyp(uni(.1, 2), n), hyp(uni(.1, 2), n), uni(10, 30)
    yield "longest step |u| 85-100", hyp(uni(.1, 2), n), hyp(uni(.1, 2), n), uni(85, 100)
    yield "antipodal r 5-9", along(math.sinh(uni(5, 9)), e), along(-math.sinh(uni(5, 9)), e), uni(.1, 2)
    yield "long way inwards", hyp(uni(6, 10), n), hyp(uni(.1, 2), n), -uni(6, 14)
    yield "x at origin", [0.0] * n, hyp(uni(.1, 2), n), uni(.1, 2)
    yield "y at origin", hyp(uni(.1, 2), n), [0.0] * n, uni(.1, 2)
    yield "x = y, u = 0", x1, x1, 0.0
    yield "all at origin", [0.0] * n, [0.0] * n, 0.0


def axial_regimes(model):
    "Those of the hyperboloid; of the solvable chart without the extreme one, where Y beside its digits is all that is left."
    def regimes(n, single):
        for name, x, y, length in hyp_regimes(n, single):
            rows = [h_back(point(mpf(1), [mpf(a) for a in r])) for r in (x, y)]
            if model == "solvable":
                if name.startswith("extreme"):
                    continue
                rows = [s_back(r) for r in rows]
            yield name, *([float(a) for a in r] for r in rows), length
    return regimes


def stereo_regimes(n, single):
    "name -> (x, y, |u|_x) on the unit sphere, or near 0 where there is no curvature"
    tiny_step = (3e-7, 3e-6) if single else (1e-13, 1e-8)
    at = lambda r: along(math.tan(r / 2), direction(n))
    x, x2 = at(uni(.1, 1.5)), at(uni(.1, 1.5))
    antipode = along(-1 / sum(a * a for a in x), x)
    yield "bulk r 0.1-1.5", at(uni(.1, 1.5)), at(uni(.1, 1.5)), uni(.1, 1.2)
    yield "near-coincident, r<1.5", x2, plus(x2, along(logu(*tiny_step), direction(n))), logu(*tiny_step)
    yield "tiny 1e-10..1e-5", along(logu(1e-10, 1e-5), direction(n)), along(logu(1e-10, 1e-5), direction(n)), logu(1e-10, 1e-5)
    yield "near the antipode", x, plus(antipode, along(logu(1e-5, 1e-3), direction(n))), uni(.1, 1.2)
    yield "far out", at(math.pi - logu(1e-5, 1e-3)), at(math.pi - logu(1e-5, 1e-3)), uni(.1, 1.2)
    yield "x = y, u = 0", x, x, 0.0
    yield "x at origin", [0.0] * n, at(uni(.1, 1.5)), uni(.1, 1.2)

def sphere_regimes(n, single):
    "name -> (x, y, |u|_x) on the unit sphere"
    tiny_step = (3e-7, 3e-6) if single else (1e-13, 1e-8)
    near = lambda x, a, b: plus(x, along(logu(a, b), direction(n + 1)))
    x, x2, x3, x4 = (direction(n + 1) for _ in range(4))
    pole = [1.0] + [0.0] * n
    yield "bulk", direction(n + 1), direction(n + 1), uni(.1, 3)
    yield "rows of any length", along(logu(.1, 10), direction(n + 1)), along(logu(.1, 10), direction(n + 1)), uni(.1, 3)
    yield "near-coincident", x, near(x, *tiny_step), logu(*tiny_step)
    yield "close 1e-5..1e-3", x2, near(x2, 1e-5, 1e-3), logu(1e-5, 1e-3)
    yield "near the antipode", x3, near(along(-1.0, x3), *tiny_step), uni(3, 3.3)
    yield "near the pole", near(pole, *tiny_step), near(pole, 1e-5, 1e-3), logu(1e-5, 1e-3)
    yield "near the other pole", near(along(-1.0, pole), 1e-5, 1e-3), near(along(-1.0, pole), *tiny_step), uni(.1, 3)
    yield "many turns", direction(n + 1), direction(n + 1), uni(20, 50)
    yield "x = y, u = 0", x4, x4, 0.0

def size(model, x, w):
    "Norm of w at x (unit model)."
    X, W = [mpf(a) for a in x], [mpf(a) for a in w]
    if model == "poincare":
        return float(p_lam(mpf(1), X) * nrm(W))
    if model in AXIAL:
        return float(AXIAL[model]["Norm"][1](mpf(1), mpf(1), X, W)[0])
    if model == "stereographic":
        return float(p_lam(mpf(-1), X) * nrm(W))
    if model == "sphere":
        return float(nrm(tangential(X, W)))
    T = tang(mpf(1), X, W)
    return float(mp.sqrt(mink(T, T)))

def tangent(model, x, length, n):
    "A tangent of the given length at x; negative: pointing (nearly) at the origin."
    w = direction(n + (model == "sphere"))
    if model == "sphere":  # A row whose part along x means nothing.
        w = plus([float(a) for a in tangential([mpf(a) for a in x], [mpf(a) for a in w])], along(.1, x))
    if length < 0 and model in AXIAL:
        origin = [mpf(int(model == "halfspace"))] + [mpf(0)] * (n - 1)
        home = [float(a) for a in AXIAL[model]["Log"][1](mpf(1), mpf(1), [mpf(a) for a in x], origin)]
        w = plus(home, along(1e-3 * math.sqrt(sum(a * a for a in home)), w))
    elif length < 0:
        w = plus(along(-1.0, x), along(1e-3 * math.sqrt(sum(a * a for a in x)), w))
    s = size(model, x, w)
    return along(abs(length) / s, w)

def arguments(model, x, y, length, n, c, t, single):
    """The arguments by letter, and a cotangent g, for coordinates of curvature c and tangents of scale t; None if
    rounding puts a point on the rim of the ball."""
    rounded = f32 if single else float
    # Coordinates of the half-space do not depend on c; curvature close to 0 is seen at the scale of the points.
    root = 1.0 if model in AXIAL or abs(c) < 1e-3 else math.sqrt(abs(c))
    u, v = tangent(model, x, length, n), tangent(model, x, 1.0, n)
    x, y, v = ([rounded(a / root) for a in r] for r in (x, y, v))
    u = [rounded(a / root / t) for a in u]
    ambient = n + (model in ("lorentz", "sphere"))
    e = [rounded(random.gauss(0, 1)) for _ in range(ambient)]
    g = [rounded(random.gauss(0, 1)) for _ in range(n + 1)]
    if model == "poincare" and max(sum(a * a for a in r) * c for r in (x, y)) > (1 - 1e-7 if single else 1 - 1e-15):
        return None
    return dict(x=x, y=y, u=u, v=v, e=e, g=g)


REGIMES = {"poincare": ball_regimes, "lorentz": hyp_regimes}
