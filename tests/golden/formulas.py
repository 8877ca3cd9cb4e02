"""The functions of hyperbolic geometry as textbooks write them, in 200-digit arithmetic (mpmath).

The formulas are the plainest there are (acosh, atanh, Moebius addition, gyration): at 200 digits nothing that cancels
matters. Each model is a table, name -> (letters of the arguments, function of c, t and the rows); names are those of
`geometry::Kind`. To add a function, add a line to a table; to add a model, add a table to MODELS and its regimes to
sampling.py.

Letters: x, y points; u, v tangents at x (from the origin where x is not an argument); e, g any rows of ambient width.
Lorentz rows other than e are given by their space part; time is recomputed, as the library promises to do.
"""
from mpmath import mp, mpf

mp.dps = 200
STEP = mpf(10) ** -70


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

def p_project(c, t, r, e):
    if mp.im(mp.sqrt(c)) * t * r >= mp.pi:  # No point is as far as that.
        return e
    limit, n = mp.re(mp.tanh(mp.sqrt(c) * t * r / 2) / mp.sqrt(c)), nrm(e)
    return e if n <= limit else sc(limit / n, e)

def p_hyperplane(c, t, x, p, a):
    m = p_add(c, sc(-1, p), x)
    return mp.asinh(2 * mp.sqrt(c) * dot(m, a) / ((1 - c * dot(m, m)) * nrm(a))) / mp.sqrt(c) / t
def p_busemann(c, t, x, b):
    gap = sub(sc(1 / nrm(b), b), sc(mp.sqrt(c), x))
    return mp.log(dot(gap, gap) / (1 - c * dot(x, x))) / mp.sqrt(c) / t

# The numbers that some functions take: the radius that Project keeps points within, the fraction of the way of Geodesic,
# the factor of GyroScale, the constant of cones.
NUMBERS = {"Project": 2.0, "Geodesic": 0.3, "GyroScale": 0.7, "HalfAperture": 0.1}
def aperture(s): return mp.asin(s) if s < 1 else mp.pi / 2
def angle(u, v):
    "The angle between two vectors: half of it has the sine and cosine |û − v̂|/2 and |û + v̂|/2."
    u, v = sc(1 / nrm(u), u), sc(1 / nrm(v), v)
    return 2 * mp.atan2(nrm(sub(u, v)), nrm(add(u, v)))
def undefined(x, y): return nrm(x) < 2 * STEP or nrm(sub(x, y)) < 2 * STEP

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
    "ProjectTangent": ("xe", lambda c, t, x, e: e),
    "EgradToRgrad": ("xe", lambda c, t, x, e: sc(t / p_lam(c, x) ** 2, e)),
    "MobiusAdd": ("xy", lambda c, t, x, y: p_add(c, x, y)),
    "Project": ("e", lambda c, t, e: p_project(c, t, NUMBERS["Project"], e)),
    "HyperplaneDist": ("yxv", lambda c, t, x, p, a: [p_hyperplane(c, t, x, p, a)]),
    "Busemann": ("xe", lambda c, t, x, b: [p_busemann(c, t, x, b)]),
    "Geodesic": ("xy", lambda c, t, x, y: p_exp(c, t, x, sc(mpf(NUMBERS["Geodesic"]), p_log(c, t, x, y)))),
    "GyroScale": ("x", lambda c, t, x: p_exp(c, t, zero(x), sc(mpf(NUMBERS["GyroScale"]), p_log(c, t, zero(x), x)))),
    "HalfAperture": ("x", lambda c, t, x: [
        aperture(mpf(NUMBERS["HalfAperture"]) * (1 - c * dot(x, x)) / (mp.sqrt(c) * nrm(x))) if any(x) else mp.pi / 2]),
    "ExteriorAngle": ("xy", lambda c, t, x, y: None if undefined(x, y) else [angle(x, p_log(c, t, x, y))]),
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
def l_project_point(c, t, r, e):
    limit, n = mp.sinh(mp.sqrt(c) * t * r) / mp.sqrt(c), nrm(e[1:])
    return point(c, e[1:] if n <= limit else sc(limit / n, e[1:]))
def l_hyperplane(c, t, x, p, a):
    a = tang(c, p, a)
    return mp.asinh(mp.sqrt(c) * mink(point(c, x), a) / mp.sqrt(mink(a, a))) / mp.sqrt(c) / t
def l_busemann(c, t, x, b):
    return mp.log(mp.sqrt(c) * (point(c, x)[0] - dot(x, b) / nrm(b))) / mp.sqrt(c) / t
def l_angle(c, x, y):
    "On the ball, where angles are those that one sees."
    x, y = (sc(1 / (1 + mp.sqrt(c) * point(c, a)[0]), a) for a in (x, y))
    return angle(x, p_log(c, 1, x, y))
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
    "Project": ("e", lambda c, t, e: l_project_point(c, t, NUMBERS["Project"], e)),
    "HyperplaneDist": ("yxv", lambda c, t, x, p, a: [l_hyperplane(c, t, x, p, a)]),
    "Busemann": ("xe", lambda c, t, x, b: [l_busemann(c, t, x, b[1:])]),
    "Geodesic": ("xy", lambda c, t, x, y: l_exp(c, t, x, sc(mpf(NUMBERS["Geodesic"]), l_log(c, t, x, y)[1:]))),
    "GyroScale": ("x", lambda c, t, x: l_exp(c, t, zero(x), sc(mpf(NUMBERS["GyroScale"]), l_log(c, t, zero(x), x)[1:]))),
    "HalfAperture": ("x", lambda c, t, x: [
        aperture(2 * mpf(NUMBERS["HalfAperture"]) / (mp.sqrt(c) * nrm(x))) if any(x) else mp.pi / 2]),
    "ExteriorAngle": ("xy", lambda c, t, x, y: None if undefined(x, y) else [l_angle(c, x, y)]),
    "Minkowski": ("eg", lambda c, t, a, b: [mink(a, b)]),
    "Lorentzian": ("xy", lambda c, t, x, y: [(-2 / c - 2 * mink(point(c, x), point(c, y))) / t ** 2]),
    "Convert": ("x", lambda c, t, x: sc(1 / (1 + mp.sqrt(c) * point(c, x)[0]), x)),
}


# ------------------------------------------------------------------------------------------------ any curvature
def any_sign(f):
    """The ball's formula at any c. tanh of an imaginary number is i tan, so a root of a negative c does what it should;
    c = 0 is the limit, which a c of 1e-150 is to more digits than are written."""
    return lambda c, t, *rows: [mp.re(a) for a in f(c if c != 0 else mpf(10) ** -150, t, *rows)]
SIGNED = ("Exp Exp0 Log Log0 Dist Dist2 Dist0 Transport TransportFrom0 TransportTo0 Inner Norm ProjectTangent EgradToRgrad "
          "MobiusAdd Lambda Project").split()
STEREOGRAPHIC = {name: (letters, any_sign(f)) for name, (letters, f) in BALL.items() if name in SIGNED}


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
def s_project(c, t, r, z):
    x, z = east(z), unit(z)
    a = s_angle(x, z)
    return sc(1 / mp.sqrt(c), z) if a <= mp.sqrt(c) * t * r else s_exp(c, 1, x, sc(t * r / nrm(s_log(c, 1, x, z)), s_log(c, 1, x, z)))
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
    "Project": ("y", lambda c, t, z: s_project(c, t, NUMBERS["Project"], z)),
}

MODELS = {"poincare": BALL, "lorentz": HYPERBOLOID, "stereographic": STEREOGRAPHIC, "sphere": SPHERE}


# ------------------------------------------------------------------------------------------------ derivatives
def evaluate(f, c, t, rows, g):
    """The value of f (None if it has none here), and the gradients of <g, value> in every row, in c and in t.

    Gradients are central differences with a step of 1e-70, exact to far more digits than are written."""
    c, t = mpf(c), mpf(t)
    rows = [[mpf(a) for a in row] for row in rows]
    value = f(c, t, *rows)
    if value is None:
        return None
    cot = [mpf(a) for a in g[: len(value)]]
    def diff(move): return dot(cot, sub(move(STEP), move(-STEP))) / (2 * STEP)
    def moved(k, i, h):
        row = list(rows[k])
        row[i] += h
        return f(c, t, *rows[:k], row, *rows[k + 1:])
    grads = [[diff(lambda h: moved(k, i, h)) for i in range(len(row))] for k, row in enumerate(rows)]
    gc = diff(lambda h: f(c + h, t, *rows))
    gt = diff(lambda h: f(c, t + h, *rows))
    return value, grads, gc, gt


def number(a):
    "As f64; what differences leave of an exact zero is zero."
    return 0.0 if abs(a) < mpf(10) ** -50 else float(a)
