"""The half-space and the solvable chart as textbooks write them: by way of the unit hyperboloid (X0, X1, Xf).

A point has X0 - X1 = 1/h and Xf = w/h; the solvable chart is h = e^y0, w = h Y. Tables as in formulas.py.
"""
from mpmath import mp, mpf
from formulas import NUMBERS, add, dot, mink, over, sc, sub


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

def s_half(p): return [mp.exp(p[0])] + sc(mp.exp(p[0]), p[1:])
def s_half_tang(p, u):
    h = mp.exp(p[0])
    return [h * u[0]] + sc(h, add(u[1:], sc(u[0], p[1:])))
def s_back(p): return [mp.log(p[0])] + sc(1 / p[0], p[1:])
def s_tang_back(p, u): return [u[0] / p[0]] + sub(sc(1 / p[0], u[1:]), sc(u[0] / p[0] ** 2, p[1:]))

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

def table(point, tang, back, tang_back, origin):
    o = lambda row: [mpf(origin)] + [mpf(0)] * (len(row) - 1)
    exp = lambda t, x, u: back(u_exp(point(x), sc(t, tang(x, u))))
    log = lambda t, x, y: sc(1 / t, tang_back(point(x), u_log(point(x), point(y))))
    dist = lambda c, t, x, y: u_dist(point(x), point(y)) / mp.sqrt(c) / t
    transport = lambda x, y, v: tang_back(point(y), u_transport(point(x), point(y), tang(x, v)))
    inner = lambda c, x, u, v: mink(tang(x, u), tang(x, v)) / c
    def rgrad(c, t, x, e):
        unit = [[mpf(int(i == j)) for j in range(len(x))] for i in range(len(x))]
        metric = mp.matrix([[inner(c, x, a, b) for b in unit] for a in unit])
        return sc(t, list(mp.lu_solve(metric, mp.matrix(e))))
    def project(c, t, x):
        d, r = u_dist(point(o(x)), point(x)), mp.sqrt(c) * t * NUMBERS["Project"]
        return x if d <= r else exp(r / d, o(x), log(1, o(x), x))
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
        "ProjectTangent": ("xe", lambda c, t, x, e: e),
        "EgradToRgrad": ("xe", lambda c, t, x, e: rgrad(c, t, x, e)),
        "Project": ("y", lambda c, t, x: project(c, t, x)),
    }

HALF = table(h_point, h_tang, h_back, h_tang_back, 1)
SOLVABLE = table(
    lambda p: h_point(s_half(p)), lambda p, u: h_tang(s_half(p), s_half_tang(p, u)),
    lambda X: s_back(h_back(X)), lambda X, U: s_tang_back(h_back(X), h_tang_back(X, U)), 0)
AXIAL = {"halfspace": HALF, "solvable": SOLVABLE}
