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


# ------------------------------------------------------------------------------------------------ the half-space
# Everything by way of the unit hyperboloid (X0, X1, Xf) with X0 - X1 = 1/h and Xf = w/h.
def h_point(p):
    h, w = p[0], p[1:]
    a, b = (h * h + dot(w, w)) / h, 1 / h
    return [(a + b) / 2, (a - b) / 2] + sc(1 / h, w)
def h_tang(p, u):
    h, w, dh, dw = p[0], p[1:], u[0], u[1:]
    da, db = dh + 2 * dot(w, dw) / h - dot(w, w) * dh / h ** 2, -dh / h ** 2
    return [(da + db) / 2, (da - db) / 2] + sub(sc(1 / h, dw), sc(dh / h ** 2, w))
def h_back(X):
    h = 1 / (X[0] - X[1])
    return [h] + sc(h, X[2:])
def h_tang_back(X, U):
    h = 1 / (X[0] - X[1])
    dh = -h * h * (U[0] - U[1])
    return [dh] + add(sc(dh, X[2:]), sc(h, U[2:]))
# The solvable chart by way of the half-space: h = e^y0, w = h Y.
def s_half(p): return [mp.exp(p[0])] + sc(mp.exp(p[0]), p[1:])
def s_half_tang(p, u):
    h = mp.exp(p[0])
    return [h * u[0]] + sc(h, add(u[1:], sc(u[0], p[1:])))
def s_back(p): return [mp.log(p[0])] + sc(1 / p[0], p[1:])
def s_tang_back(p, u):
    return [u[0] / p[0]] + sub(sc(1 / p[0], u[1:]), sc(u[0] / p[0] ** 2, p[1:]))

def u_exp(X, U):
    n = mp.sqrt(abs(mink(U, U)))
    return add(sc(mp.cosh(n), X), sc(over(mp.sinh, n), U))
def u_dist(X, Y):
    a = -mink(X, Y)
    return mp.acosh(a if a > 1 else mpf(1))
def u_log(X, Y):
    a = -mink(X, Y)
    d = mp.acosh(a if a > 1 else mpf(1))
    return sc(1 / over(mp.sinh, d), sub(Y, sc(a, X)))
def u_transport(X, Y, V): return add(V, sc(mink(Y, V) / (1 - mink(X, Y)), add(X, Y)))

def axial(point, tang, back, tang_back, origin):
    o = lambda row: [mpf(origin)] + [mpf(0)] * (len(row) - 1)
    exp = lambda t, x, u: back(u_exp(point(x), sc(t, tang(x, u))))
    log = lambda t, x, y: sc(1 / t, tang_back(point(x), u_log(point(x), point(y))))
    dist = lambda c, t, x, y: u_dist(point(x), point(y)) / mp.sqrt(c) / t
    transport = lambda x, y, v: tang_back(point(y), u_transport(point(x), point(y), tang(x, v)))
    inner = lambda c, x, u, v: mink(tang(x, u), tang(x, v)) / c
    def rgrad(c, t, x, e):
        n = len(x)
        unit = [[mpf(int(i == j)) for j in range(n)] for i in range(n)]
        metric = mp.matrix([[inner(c, x, a, b) for b in unit] for a in unit])
        return sc(t, list(mp.lu_solve(metric, mp.matrix(e))))
    return {
        "Exp": ("xu", lambda c, t, x, u: exp(t, x, u)),
        "Exp0": ("u", lambda c, t, u: exp(t, o(u), u)),
        "Log": ("xy", lambda c, t, x, y: log(t, x, y)),
        "Log0": ("y", lambda c, t, y: log(t, o(y), y)),
        "Dist": ("xy", lambda c, t, x, y: [dist(c, t, x, y)]),
        "Dist2": ("xy", lambda c, t, x, y: [dist(c, t, x, y) ** 2]),
        "Dist0": ("y", lambda c, t, y: [dist(c, t, o(y), y)]),
        "Transport": ("xyv", lambda c, t, x, y, v: transport(x, y, v)),
        "TransportFrom0": ("yv", lambda c, t, y, v: transport(o(y), y, v)),
        "TransportTo0": ("xv", lambda c, t, x, v: transport(x, o(x), v)),
        "Inner": ("xuv", lambda c, t, x, u, v: [inner(c, x, u, v)]),
        "Norm": ("xu", lambda c, t, x, u: [mp.sqrt(abs(inner(c, x, u, u)))]),
        "EgradToRgrad": ("xe", lambda c, t, x, e: rgrad(c, t, x, e)),
    }
HALF = axial(h_point, h_tang, h_back, h_tang_back, 1)
SOLVABLE = axial(
    lambda p: h_point(s_half(p)), lambda p, u: h_tang(s_half(p), s_half_tang(p, u)),
    lambda X: s_back(h_back(X)), lambda X, U: s_tang_back(h_back(X), h_tang_back(X, U)), 0)

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


AXIAL = {"halfspace": HALF, "solvable": SOLVABLE}
def axial_regimes(model):
    "The regimes of the hyperboloid, where |Y| = |X_f| can be told from rounding: not the extreme ones if solvable."
    def regimes(n, single):
        for name, x, y, length in hyp_regimes(n, single):
            rows = [h_back(point(mpf(1), [mpf(a) for a in r])) for r in (x, y)]
            if model == "solvable":
                if name.startswith("extreme"):
                    continue
                rows = [s_back(r) for r in rows]
            yield name, *([float(a) for a in r] for r in rows), length
    return regimes

def size(model, x, w):
    "Norm of w at x (unit model)."
    X, W = [mpf(a) for a in x], [mpf(a) for a in w]
    if model == "poincare":
        return float(p_lam(mpf(1), X) * nrm(W))
    if model in AXIAL:
        return float(AXIAL[model]["Norm"][1](mpf(1), mpf(1), X, W)[0])
    T = tang(mpf(1), X, W)
    return float(mp.sqrt(mink(T, T)))

def tangent(model, x, length, n):
    "A tangent of the given length at x; negative: pointing (nearly) at the origin."
    w = direction(n)
    if length < 0 and model in AXIAL:
        home = AXIAL[model]["Log"][1](mpf(1), mpf(1), [mpf(a) for a in x], [mpf(int(model == "halfspace"))] + [mpf(0)] * (n - 1))
        home = [float(a) for a in home]
        w = plus(home, along(1e-3 * math.sqrt(sum(a * a for a in home)), w))
    elif length < 0:
        w = plus(along(-1.0, x), along(1e-3 * math.sqrt(sum(a * a for a in x)), w))
    s = size(model, x, w)
    return along(abs(length) / s, w)

def case(model, funcs, regime, x, y, length, n, c, t, single):
    rounded = f32 if single else float
    root = 1.0 if model in AXIAL else math.sqrt(c)
    u, v = tangent(model, x, length, n), tangent(model, x, 1.0, n)
    x, y, v = ([rounded(a / root) for a in r] for r in (x, y, v))
    u = [rounded(a / root / t) for a in u]
    ambient = n + (model == "lorentz")
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
    for model, funcs in AXIAL.items():
        for single in (True, False):
            for j, (regime, x, y, length) in enumerate(axial_regimes(model)(2 + single, single)):
                if single and regime == "longest step |u| 85-100":
                    continue
                row = case(model, funcs, regime, x, y, length, len(x), *SCALES[j % 4], single)
                print(json.dumps(text(row), separators=(",", ":")))
