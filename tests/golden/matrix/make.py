#!/usr/bin/env python3
"""Reference values for tests/matrix.rs: textbook formulas in 160-digit arithmetic.

usage: make.py > cases.jsonl        (needs mpmath)

Every line is one set of arguments (exact in f64; with "f32": true also in f32) and, for every function, its value and
the gradients of L = <g, value> in every argument and in t. The gradients are central differences with a step of
1e-30, exact to far more digits than are written. The formulas are the plainest there are: square roots and logarithms of
matrices by their eigenvalues, derivatives of these by differences with a step of 1e-50, the logarithm on Stiefel
matrices by iteration until nothing changes.

Points are read as the library promises: symmetric matrices as (x + x')/2, Stiefel matrices as their polar factor.
"""
import json, math, random, struct, sys
from mpmath import mp, mpf

mp.dps = 160
STEP, INNER, ZERO = mpf(10) ** -30, mpf(10) ** -50, mpf(10) ** -45
rnd = random.Random(20261124)
uni, M = rnd.uniform, mp.matrix


def sym(a): return (a + a.T) / 2
def dot(a, b): return mp.fsum(a[i, j] * b[i, j] for i in range(a.rows) for j in range(a.cols))
def spectral(f, a):
    e, q = mp.eigsy(a)
    return q * mp.diag([f(x) for x in e]) * q.T
def logm(a): return spectral(mp.log, a)
def expm(a): return spectral(mp.exp, a)
def sqrtm(a): return spectral(mp.sqrt, a)
def slope(f, a, u): return (f(a + INNER * u) - f(a - INNER * u)) / (2 * INNER)


# ------------------------------------------------------------------------------------------------ affine-invariant
def roots(x):
    r = sqrtm(x)
    return r, r ** -1
def a_exp(t, x, u):
    r, i = roots(x)
    return r * expm(sym(i * (t * u) * i)) * r
def a_log(t, x, y):
    r, i = roots(x)
    return r * logm(sym(i * y * i)) * r / t
def a_dist2(t, x, y):
    _, i = roots(x)
    return sum(mp.log(e) ** 2 for e in mp.eigsy(sym(i * y * i), eigvals_only=True)) / t ** 2
def a_transport(t, x, y, v):
    r, i = roots(x)
    e = r * sqrtm(sym(i * y * i)) * i
    return e * v * e.T
def a_inner(t, x, u, v):
    i = x ** -1
    return dot((i * u).T, i * v)
AFFINE = dict(exp=a_exp, log=a_log, dist2=a_dist2, transport=a_transport, inner=a_inner,
              project_tangent=lambda t, x, z: z, egrad_to_rgrad=lambda t, x, e: t * x * e * x)


# ------------------------------------------------------------------------------------------------ log-Euclidean
def flat(x, u): return slope(logm, x, u)
LOG = dict(
    exp=lambda t, x, u: expm(logm(x) + t * flat(x, u)),
    log=lambda t, x, y: slope(expm, logm(x), logm(y) - logm(x)) / t,
    dist2=lambda t, x, y: dot(logm(y) - logm(x), logm(y) - logm(x)) / t ** 2,
    transport=lambda t, x, y, v: slope(expm, logm(y), flat(x, v)),
    inner=lambda t, x, u, v: dot(flat(x, u), flat(x, v)),
    project_tangent=lambda t, x, z: z,
    egrad_to_rgrad=lambda t, x, e: t * slope(expm, logm(x), slope(expm, logm(x), e)))


# ------------------------------------------------------------------------------------------------ Stiefel
def polar(x): return x * sqrtm(sym(x.T * x)) ** -1
def generator(x, u):
    a = u - x * (x.T * u) / 2
    return a * x.T - x * a.T
def power_series(apply, m):
    k, term, total = 0, m, m.copy()
    while mp.norm(term) > mpf(10) ** -mp.dps:
        k += 1
        term = apply(term) / k
        total += term
    return total
def s_exp(t, x, u):
    w = generator(x, t * u)
    return power_series(lambda m: w * m, x)
def flatten(a): return [a[i, j] for i in range(a.rows) for j in range(a.cols)]
def tangent(x, z): return z - x * sym(x.T * z)

velocities = {}
def velocity(x, y, label):
    "Newton's method with one derivative matrix for all points that differ in far digits only."
    n, p = x.rows, x.cols
    if label not in velocities:
        with mp.workdps(40):
            u = tangent(x, y - x)
            while True:
                z, h, rows = s_exp(1, x, u), mpf(10) ** -12, []
                for i in range(n):
                    for j in range(p):
                        d = mp.zeros(n, p); d[i, j] = 1
                        jd = (s_exp(1, x, u + h * d) - s_exp(1, x, u - h * d)) / (2 * h) + z * sym(x.T * d)
                        rows.append(flatten(jd))
                inverse = mp.matrix(rows).T ** -1
                step = inverse * mp.matrix(flatten(tangent(z, y - z)))
                step = M([[step[i * p + j] for j in range(p)] for i in range(n)])
                u = u + tangent(x, step)
                if mp.norm(step) < mpf(10) ** -20:
                    break
            assert mp.norm(s_exp(1, x, u) - y) < mpf(10) ** -15
        velocities[label] = (u, inverse)
    u, inverse = velocities[label]
    while True:
        z = s_exp(1, x, u)
        step = inverse * M(flatten(tangent(z, y - z)))
        step = tangent(x, M([[step[i * p + j] for j in range(p)] for i in range(n)]))
        u = tangent(x, u + step)
        if mp.norm(step) < mpf(10) ** -65:
            return u
def s_transport(x, u, v):
    "e^W e^A v with A z = -[W, z]/2 restricted to the complement of the isotropy algebra, in n x n matrices."
    w, normal = generator(x, u), mp.eye(x.rows) - x * x.T
    def half(z):
        c = (w * z - z * w) / 2
        return -(c - normal * c * normal)
    return power_series(lambda m: w * m, power_series(half, generator(x, v)) * x)
def s_inner(t, x, u, v): return dot(u, v) - dot(x.T * u, x.T * v) / 2
def s_dist2(t, x, y):
    u = velocity(x, y, LABEL)
    return s_inner(t, x, u, u) / t ** 2
STIEFEL = dict(
    exp=s_exp, log=lambda t, x, y: velocity(x, y, LABEL) / t, dist2=s_dist2,
    transport=lambda t, x, y, v: s_transport(x, velocity(x, y, LABEL), v), inner=s_inner,
    project_tangent=lambda t, x, z: tangent(x, z), egrad_to_rgrad=lambda t, x, e: t * (e - x * e.T * x))


# ------------------------------------------------------------------------------------------------ functions as a table
def root(a): return mp.sqrt(a)
def table(f, origin):
    return {
        "Exp": ("xu", f["exp"]),
        "Exp0": ("u", lambda t, u: f["exp"](t, origin, u)),
        "Log": ("xy", f["log"]),
        "Log0": ("y", lambda t, y: f["log"](t, origin, y)),
        "Dist": ("xy", lambda t, x, y: root(f["dist2"](t, x, y))),
        "Dist2": ("xy", f["dist2"]),
        "Dist0": ("y", lambda t, y: root(f["dist2"](t, origin, y))),
        "Transport": ("xyv", f["transport"]),
        "TransportFrom0": ("yv", lambda t, y, v: f["transport"](t, origin, y, v)),
        "TransportTo0": ("xv", lambda t, x, v: f["transport"](t, x, origin, v)),
        "Inner": ("xuv", f["inner"]),
        "Norm": ("xu", lambda t, x, u: root(f["inner"](t, x, u, u))),
        "ProjectTangent": ("xe", f["project_tangent"]),
        "EgradToRgrad": ("xe", f["egrad_to_rgrad"]),
    }

POINTS = "xy"
def case(space, regime, t, args, single, skip=(), only=None):
    global LABEL
    spd = space != "stiefel"
    n, p = args["x"].rows, args["x"].cols
    args = {k: M([[(f32 if single else float)(a[i, j]) for j in range(p)] for i in range(n)]) for k, a in args.items()}
    if spd:
        args = {k: sym(a) for k, a in args.items()}
        assert all(min(mp.eigsy(args[k], eigvals_only=True)) > 0 for k in POINTS), regime
    t = mpf(f32(t))
    f = {"spd_affine": AFFINE, "spd_log": LOG, "stiefel": STIEFEL}[space]
    funcs = table(f, M([[1 if i == j else 0 for j in range(p)] for i in range(n)]))
    g = M([[f32(rnd.gauss(0, 1)) for _ in range(p)] for _ in range(n)])
    out = {}
    for name, (letters, fn) in funcs.items():
        if name in skip or (only and name not in only):
            continue
        LABEL = (regime, n, p, name)
        def read(k, a):
            if spd: return sym(a)
            return polar(a) if k in POINTS else a
        def loss(t, rows):
            v = fn(t, *[read(k, a) for k, a in zip(letters, rows)])
            return dot(g, v) if isinstance(v, mp.matrix) else g[0, 0] * v
        rows = [args[k] for k in letters]
        value = fn(t, *[read(k, a) for k, a in zip(letters, rows)])
        value = flatten(value) if isinstance(value, mp.matrix) else [value]
        kink = (name.startswith("Dist") and name != "Dist2" or name == "Norm") and value[0] < ZERO
        grads = []
        for a in range(len(rows)):
            grad = mp.zeros(n, p)
            for i in range(n):
                for j in range(i if spd else 0, p):
                    if kink: continue
                    h = STEP * max(1, mp.norm(rows[a])) if not spd else STEP * min(mp.eigsy(rows[a], eigvals_only=True)) \
                        if letters[a] in POINTS else STEP
                    def moved(s):
                        new = rows[a].copy(); new[i, j] += s * h
                        return rows[:a] + [new] + rows[a + 1:]
                    grad[i, j] = (loss(t, moved(1)) - loss(t, moved(-1))) / (2 * h)
                    if spd: grad[j, i] = grad[i, j]
            grads.append([s(a) for a in flatten(grad)])
        h = STEP
        gt = mpf(0) if kink else (loss(t + h, rows) - loss(t - h, rows)) / (2 * h)
        out[name] = {"args": letters, "value": [s(a) for a in value], "grads": grads, "gt": s(gt)}
    record = {"space": space, "regime": regime, "n": n, "p": p, "t": s(t), "f32": single, "g": [s(a) for a in flatten(g)]}
    record.update({k: [s(a) for a in flatten(a)] for k, a in args.items()})
    record["out"] = out
    print(json.dumps(record, separators=(",", ":")), flush=True)
    print(space, regime, n, p, file=sys.stderr)
def s(a): return mp.nstr(a if abs(a) > ZERO else mpf(0), 18)


# ------------------------------------------------------------------------------------------------ samples
def f32(x): return struct.unpack("f", struct.pack("f", float(x)))[0]
def gauss(n, p, scale=1): return M([[scale * rnd.gauss(0, 1) for _ in range(p)] for _ in range(n)])
def symmetric(n, scale=1): return sym(gauss(n, n, scale))
def rotation(n): return mp.qr(gauss(n, n))[0]
def spread(e):
    q = rotation(len(e))
    return q * mp.diag(e) * q.T
def graded(n, lo, hi):
    d = mp.diag([mpf(10) ** (lo + (hi - lo) * mpf(i) / max(1, n - 1)) for i in range(n)])
    return d * expm(symmetric(n, .4)) * d
def at(x, a):
    r = sqrtm(x)
    return r * a * r

def spd_cases(space):
    with mp.workdps(40):
        cases = []
        def add(regime, x, y, length=1.0, single=True, **more):
            n = x.rows
            args = dict(x=x, y=y, u=at(x, symmetric(n, length)), v=at(x, symmetric(n)), e=symmetric(n))
            cases.append((regime, uni(.6, 1.5), args, single, more))
        for n in (1, 2, 3):
            x = expm(symmetric(n))
            add("generic", x, expm(symmetric(n)))
            add("close", x, x + symmetric(n, 3e-6), 3e-6)
            if n > 1:
                add("closer", x, x + symmetric(n, 1e-10), 1e-10, single=False)
        q = rotation(3)
        x, y = expm(symmetric(3)), expm(symmetric(3))
        add("x = y, u = 0", x, x, 0.0)
        add("x = identity", mp.eye(3), y)
        add("y = identity", x, mp.eye(3))
        add("all identity", mp.eye(3), mp.eye(3), 0.0)
        add("repeated eigenvalues", mp.diag([2, 2, .5]), mp.diag([3, 3, 3]))
        add("nearly repeated eigenvalues", q * mp.diag([2, 2, .5]) * q.T, 3 * q * mp.diag([2, 2, .5]) * q.T)
        add("condition 1e4", spread([1e-2, 1, 1e2]), spread([1e-2, 1, 1e2]))
        add("condition 1e8", spread([1e-4, 1, 1e4]), spread([1e-4, 1, 1e4]), single=False)
        add("graded 1e-8 to 1e8", graded(3, -4, 4), graded(3, -4, 4))
        add("graded, against each other", graded(3, -2, 2), graded(3, 2, -2))
        add("small", 1e-8 * x, 1e-8 * y)
        add("large", 1e8 * x, 1e8 * y)
        add("far apart", 1e-8 * x, 1e8 * y)
        add("long step", x, y, 6.0)
        few = dict(only=("Exp", "Log", "Dist", "Transport", "Inner", "EgradToRgrad"))
        add("generic", expm(symmetric(5, .7)), expm(symmetric(5, .7)), .5, **few)
        few = dict(only=("Exp", "Log", "Dist2"))
        add("generic", expm(symmetric(8, .5)), expm(symmetric(8, .5)), .5, **few)
    for regime, t, args, single, more in cases:
        case(space, regime, t, args, single, **more)

def stiefel_cases():
    with mp.workdps(40):
        cases = []
        def add(regime, n, p, length, single=True, **more):
            x = rotation(n)[:, :p]
            u = tangent(x, gauss(n, p))
            u *= length / mp.sqrt(s_inner(1, x, u, u))
            o = mp.eye(n)[:, :p]
            # Near the origin, too, for the functions that start there.
            if more.pop("near_origin", True):
                x = s_exp(1, o, tangent(o, gauss(n, p, .5)))
                u = tangent(x, u)
                u *= length / mp.sqrt(s_inner(1, x, u, u)) if length else 0
            y = s_exp(1, x, u)
            args = dict(x=x, y=y, u=u, v=tangent(x, gauss(n, p)), e=gauss(n, p))
            cases.append((regime, uni(.6, 1.5), args, single, more))
        for n, p in ((2, 1), (3, 1), (3, 2), (5, 2)):
            add("generic", n, p, 1.0)
        add("square", 3, 3, 1.2)
        add("p > n/2", 4, 3, 1.0)
        add("close", 4, 2, 1e-5)
        add("closer", 4, 2, 1e-10, single=False)
        add("x = y, u = 0", 3, 2, 0.0)
        add("far", 4, 2, 2.3)
        add("long step", 4, 2, 9.0, only=("Exp", "Norm", "Inner"))
        add("generic", 8, 3, 1.0, only=("Exp", "Dist2"))
    for regime, t, args, single, more in cases:
        case("stiefel", regime, t, args, single, **more)

for space in sys.argv[1:] or ("spd_affine", "spd_log", "stiefel"):
    rnd.seed(space)
    if space == "stiefel":  # 160 digits are for the nested differences of the others
        mp.dps, STEP = 80, mpf(10) ** -25
    stiefel_cases() if space == "stiefel" else spd_cases(space)
