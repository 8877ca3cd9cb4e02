#!/usr/bin/env python3
"""Reference values for tests/geometry.rs: textbook formulas in 200-digit arithmetic.

usage: make.py > cases.jsonl        (needs mpmath)

Every line is one set of arguments (exact in f64; with "f32": true also in f32) and, for every function of the model,
its value and the gradients of L = <g, value> in every argument, in c and in t. The gradients are central differences
with a step of 1e-70, exact to far more digits than are written. The formulas are the plainest there are (acosh, atanh,
Moebius addition, gyration): at 200 digits nothing that cancels matters.

Lorentz rows are given by their space part; time is recomputed, as the library promises to do.
"""
import json, math, random, struct
from mpmath import mp, mpf

mp.dps = 200
STEP = mpf(10) ** -70
rnd = random.Random(20261123)


def dot(a, b): return mp.fdot(a, b)
def nrm(a): return mp.sqrt(dot(a, a))
def sc(s, a): return [s * t for t in a]
def add(a, b): return [s + t for s, t in zip(a, b)]
def sub(a, b): return [s - t for s, t in zip(a, b)]
def over(f, n): return f(n) / n if n != 0 else mpf(1)


# ------------------------------------------------------------------------------------------------ the ball
def p_lam(c, x): return 2 / (1 - c * dot(x, x))
def p_add(c, x, y):
    x2, y2, xy = dot(x, x), dot(y, y), dot(x, y)
    d = 1 + 2 * c * xy + c * c * x2 * y2
    return add(sc((1 + 2 * c * xy + c * y2) / d, x), sc((1 - c * x2) / d, y))
def p_exp(c, t, x, u):
    s = mp.sqrt(c) * p_lam(c, x) * t / 2
    return p_add(c, x, sc(over(mp.tanh, s * nrm(u)) * s / mp.sqrt(c), u))
def p_log(c, t, x, y):
    m = p_add(c, sc(-1, x), y)
    return sc(2 / p_lam(c, x) / t * over(mp.atanh, mp.sqrt(c) * nrm(m)), m)
def p_dist(c, t, x, y): return 2 / mp.sqrt(c) / t * mp.atanh(mp.sqrt(c) * nrm(p_add(c, sc(-1, x), y)))
def p_gyr(c, a, b, v): return p_add(c, sc(-1, p_add(c, a, b)), p_add(c, a, p_add(c, b, v)))
def p_transport(c, x, y, v):
    # A gyration is linear: apply it to a short multiple of v, which stays inside the ball.
    s = 1 / (4 * mp.sqrt(c) * (1 + nrm(v)))
    return sc(p_lam(c, x) / p_lam(c, y) / s, p_gyr(c, y, sc(-1, x), sc(s, v)))

def zero(x): return [mpf(0)] * len(x)
BALL = {
    "Exp": ("xu", lambda c, t, x, u: p_exp(c, t, x, u)),
    "Exp0": ("u", lambda c, t, u: p_exp(c, t, zero(u), u)),
    "Log": ("xy", lambda c, t, x, y: p_log(c, t, x, y)),
    "Log0": ("y", lambda c, t, y: p_log(c, t, zero(y), y)),
    "Dist": ("xy", lambda c, t, x, y: [p_dist(c, t, x, y)]),
    "Dist2": ("xy", lambda c, t, x, y: [p_dist(c, t, x, y) ** 2]),
    "Dist0": ("y", lambda c, t, y: [p_dist(c, t, zero(y), y)]),
    "Transport": ("xyv", lambda c, t, x, y, v: p_transport(c, x, y, v)),
    "TransportFrom0": ("yv", lambda c, t, y, v: sc(2 / p_lam(c, y) , v)),
    "TransportTo0": ("xv", lambda c, t, x, v: sc(p_lam(c, x) / 2, v)),
    "Inner": ("xuv", lambda c, t, x, u, v: [p_lam(c, x) ** 2 * dot(u, v)]),
    "Norm": ("xu", lambda c, t, x, u: [p_lam(c, x) * nrm(u)]),
    "EgradToRgrad": ("xe", lambda c, t, x, e: sc(t / p_lam(c, x) ** 2, e)),
    "MobiusAdd": ("xy", lambda c, t, x, y: p_add(c, x, y)),
    "Lambda": ("x", lambda c, t, x: [p_lam(c, x)]),
    "Convert": ("x", lambda c, t, x: [(p_lam(c, x) - 1) / mp.sqrt(c)] + sc(p_lam(c, x), x)),
}


# ------------------------------------------------------------------------------------------------ the hyperboloid
def mink(a, b): return dot(a[1:], b[1:]) - a[0] * b[0]
def point(c, x): return [mp.sqrt(1 / c + dot(x, x))] + x
def tang(c, x, u): return [dot(x, u) / point(c, x)[0]] + u
def l_exp(c, t, x, u):
    x, u = point(c, x), sc(t, tang(c, x, u))
    n = mp.sqrt(c) * mp.sqrt(abs(mink(u, u)))
    return add(sc(mp.cosh(n), x), sc(over(mp.sinh, n), u))
def l_dist(c, t, x, y):
    a = -c * mink(point(c, x), point(c, y))
    return mp.acosh(a if a > 1 else mpf(1)) / mp.sqrt(c) / t
def l_log(c, t, x, y):
    x, y = point(c, x), point(c, y)
    a = -c * mink(x, y)
    d = mp.acosh(a if a > 1 else mpf(1))
    return sc(1 / (t * over(mp.sinh, d)), sub(y, sc(a, x)))
def l_transport(c, x, y, v):
    X, Y, V = point(c, x), point(c, y), tang(c, x, v)
    return add(V, sc(mink(Y, V) / (1 / c - mink(X, Y)), add(X, Y)))
def l_project(c, x, z):
    x = point(c, x)
    return add(z, sc(c * mink(x, z), x))
HYPERBOLOID = {
    "Exp": ("xu", lambda c, t, x, u: l_exp(c, t, x, u)),
    "Exp0": ("u", lambda c, t, u: l_exp(c, t, zero(u), u)),
    "Log": ("xy", lambda c, t, x, y: l_log(c, t, x, y)),
    "Log0": ("y", lambda c, t, y: l_log(c, t, zero(y), y)),
    "Dist": ("xy", lambda c, t, x, y: [l_dist(c, t, x, y)]),
    "Dist2": ("xy", lambda c, t, x, y: [l_dist(c, t, x, y) ** 2]),
    "Dist0": ("y", lambda c, t, y: [l_dist(c, t, zero(y), y)]),
    "Transport": ("xyv", lambda c, t, x, y, v: l_transport(c, x, y, v)),
    "TransportFrom0": ("yv", lambda c, t, y, v: l_transport(c, zero(y), y, v)),
    "TransportTo0": ("xv", lambda c, t, x, v: l_transport(c, x, zero(x), v)),
    "Inner": ("xuv", lambda c, t, x, u, v: [mink(tang(c, x, u), tang(c, x, v))]),
    "Norm": ("xu", lambda c, t, x, u: [mp.sqrt(abs(mink(tang(c, x, u), tang(c, x, u))))]),
    "ProjectTangent": ("xe", lambda c, t, x, e: l_project(c, x, e)),
    "EgradToRgrad": ("xe", lambda c, t, x, e: sc(t, l_project(c, x, [-e[0]] + e[1:]))),
    "Lorentzian": ("xy", lambda c, t, x, y: [(-2 / c - 2 * mink(point(c, x), point(c, y))) / t ** 2]),
    "Convert": ("x", lambda c, t, x: sc(1 / (1 + mp.sqrt(c) * point(c, x)[0]), x)),
}


# ------------------------------------------------------------------------------------------------ any curvature
def any_sign(f):
    """The ball's formula at any c. tanh of an imaginary number is i tan, so a root of a negative c does what it should;
    c = 0 is the limit, which a c of 1e-150 is to more digits than are written."""
    return lambda c, t, *rows: [mp.re(a) for a in f(c if c != 0 else mpf(10) ** -150, t, *rows)]
STEREOGRAPHIC = {name: (letters, any_sign(f)) for name, (letters, f) in BALL.items() if name != "Convert"}


# ------------------------------------------------------------------------------------------------ the sphere
def unit(x): return sc(1 / nrm(x), x)
def tangential(x, v): return sub(v, sc(dot(unit(x), v), unit(x)))
def s_exp(c, t, x, u):
    u = tangential(x, u)
    n = mp.sqrt(c) * t * nrm(u)
    return add(sc(mp.cos(n) / mp.sqrt(c), unit(x)), sc(t * over(mp.sin, n), u))
def s_angle(x, y):
    a = dot(unit(x), unit(y))
    return mp.acos(a if a < 1 else mpf(1))
def s_log(c, t, x, y):
    a = s_angle(x, y)
    return sc(1 / (over(mp.sin, a) * t * mp.sqrt(c)), tangential(x, unit(y)))
def s_transport(x, y, v):
    v, y = tangential(x, v), unit(y)
    return sub(v, sc(dot(y, v) / (1 + dot(unit(x), y)), add(unit(x), y)))
def east(x): return [mpf(1)] + [mpf(0)] * (len(x) - 1)
SPHERE = {
    "Exp": ("xu", lambda c, t, x, u: s_exp(c, t, x, u)),
    "Exp0": ("u", lambda c, t, u: s_exp(c, t, east(u), u)),
    "Log": ("xy", lambda c, t, x, y: s_log(c, t, x, y)),
    "Log0": ("y", lambda c, t, y: s_log(c, t, east(y), y)),
    "Dist": ("xy", lambda c, t, x, y: [s_angle(x, y) / mp.sqrt(c) / t]),
    "Dist2": ("xy", lambda c, t, x, y: [s_angle(x, y) ** 2 / c / t ** 2]),
    "Dist0": ("y", lambda c, t, y: [s_angle(east(y), y) / mp.sqrt(c) / t]),
    "Transport": ("xyv", lambda c, t, x, y, v: s_transport(x, y, v)),
    "TransportFrom0": ("yv", lambda c, t, y, v: s_transport(east(y), y, v)),
    "TransportTo0": ("xv", lambda c, t, x, v: s_transport(x, east(x), v)),
    "Inner": ("xuv", lambda c, t, x, u, v: [dot(tangential(x, u), tangential(x, v))]),
    "Norm": ("xu", lambda c, t, x, u: [nrm(tangential(x, u))]),
    "ProjectTangent": ("xe", lambda c, t, x, e: tangential(x, e)),
    "EgradToRgrad": ("xe", lambda c, t, x, e: sc(t, tangential(x, e))),
}


# ------------------------------------------------------------------------------------------------ samples
def f32(x): return struct.unpack("f", struct.pack("f", x))[0]
def direction(n):
    g = [rnd.gauss(0, 1) for _ in range(n)]
    s = math.sqrt(sum(t * t for t in g))
    return [t / s for t in g]
def logu(a, b): return 10 ** rnd.uniform(math.log10(a), math.log10(b))
def along(s, e): return [s * t for t in e]
def plus(a, b): return [s + t for s, t in zip(a, b)]
def ball(r, n): return along(math.tanh(r / 2), direction(n))
def rim(a, b, n): return along(1 - logu(a, b), direction(n))
def hyp(r, n): return along(math.sinh(r), direction(n))
uni = rnd.uniform

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
    far = r + logu(1e-3, 1e-1) * rnd.choice([-1, 1])
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
    if model == "stereographic":
        return float(p_lam(mpf(-1), X) * nrm(W))
    if model == "sphere":
        return float(nrm(tangential(X, W)))
    T = tang(mpf(1), X, W)
    return float(mp.sqrt(mink(T, T)))

def tangent(model, x, length, n):
    "A tangent of the given length at x; negative: pointing (nearly) at the origin."
    w = direction(n + (model == "sphere"))
    if model == "sphere":
        w = [float(a) for a in tangential([mpf(a) for a in x], [mpf(a) for a in w])]
    if length < 0:
        w = plus(along(-1.0, x), along(1e-3 * math.sqrt(sum(a * a for a in x)), w))
    s = size(model, x, w)
    return along(abs(length) / s, w)

def case(model, funcs, regime, x, y, length, n, c, t, single):
    rounded = f32 if single else float
    # Curvature close to 0 is seen at the scale of the points.
    root = math.sqrt(abs(c)) if abs(c) > 1e-3 else 1.0
    u, v = tangent(model, x, length, n), tangent(model, x, 1.0, n)
    x, y, v = ([rounded(a / root) for a in r] for r in (x, y, v))
    u = [rounded(a / root / t) for a in u]
    ambient = n + (model in ("lorentz", "sphere"))
    e = [rounded(rnd.gauss(0, 1)) for _ in range(ambient)]
    g = [rounded(rnd.gauss(0, 1)) for _ in range(n + 1)]
    if model == "poincare" and max(sum(a * a for a in r) * c for r in (x, y)) > (1 - 1e-7 if single else 1 - 1e-15):
        return None
    args = dict(x=x, y=y, u=u, v=v, e=e)
    out = {}
    for name, (letters, f) in funcs.items():
        rows = [[mpf(a) for a in args[l]] for l in letters]
        C, T = mpf(c), mpf(t)
        value = f(C, T, *rows)
        cot = [mpf(a) for a in g[: len(value)]]
        def diff(move):
            hi, lo = move(STEP), move(-STEP)
            return dot(cot, sub(hi, lo)) / (2 * STEP)
        grads = []
        for k, row in enumerate(rows):
            def moved(i, h):
                r = list(row)
                r[i] += h
                return f(C, T, *rows[:k], r, *rows[k + 1:])
            grads.append([diff(lambda h: moved(i, h)) for i in range(len(row))])
        gc = diff(lambda h: f(C + h, T, *rows))
        gt = diff(lambda h: f(C, T + h, *rows))
        num = lambda a: 0.0 if abs(a) < mpf(10) ** -50 else float(a)
        out[name] = dict(args=letters, value=[num(a) for a in value], grads=[[num(a) for a in r] for r in grads], gc=num(gc), gt=num(gt))
    return dict(model=model, regime=regime, f32=single, c=c, t=t, **args, g=g, out=out)

def text(v):
    "Numbers as strings: shortest digits that give the f64 back, whatever the reader's JSON parser rounds."
    if isinstance(v, float): return repr(v).removesuffix(".0")
    if isinstance(v, list): return [text(a) for a in v]
    if isinstance(v, dict): return {k: text(a) for k, a in v.items()}
    return v

SCALES = [(1.0, 1.0), (0.375, 1.0), (1.0, 1.75), (2.5, 0.625)]
if __name__ == "__main__":
    for model, funcs, regimes in (("poincare", BALL, ball_regimes), ("lorentz", HYPERBOLOID, hyp_regimes)):
        for single in (True, False):
            for i in range(2):
                n = 3 if i else 2
                for j, (regime, x, y, length) in enumerate(regimes(n, single)):
                    if single and regime == "longest step |u| 85-100":
                        continue
                    c, t = SCALES[0] if i == 0 else SCALES[1 + j % 3]
                    row = case(model, funcs, regime, x, y, length, n, c, t, single)
                    if row is not None:
                        print(json.dumps(text(row), separators=(",", ":")))
    rnd.seed(20261124)
    for j, (c, t) in enumerate(SCALES):
        single = j % 2 == 1
        for regime, x, y, length in sphere_regimes(2, single):
            print(json.dumps(text(case("sphere", SPHERE, regime, x, y, length, 2, c, t, single)), separators=(",", ":")))
    for j, c in enumerate((-1.0, -0.375, 0.0, 1e-12, -1e-12, 0.25)):
        single = j in (1, 2)
        for regime, x, y, length in stereo_regimes(2, single):
            # Without positive curvature there is no antipode; with c > 0 there is a rim.
            if c > -1e-3 and regime in ("near the antipode", "far out"):
                continue
            if c > 1e-3:
                x, y, length = along(0.5, x), along(0.5, y), 0.5 * length
            row = case("stereographic", STEREOGRAPHIC, regime, x, y, length, 2, c, 1.0, single)
            print(json.dumps(text(row), separators=(",", ":")))
