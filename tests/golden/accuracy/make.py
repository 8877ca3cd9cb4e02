#!/usr/bin/env python3
"""References for `beltrami accuracy` and tests/accuracy.rs: textbook formulas (../formulas.py) in 200-digit arithmetic.

usage: make.py ../../../src/cli/accuracy/samples.jsonl.gz        (needs mpmath)

For every model, number type and regime of src/cli/accuracy/regimes.tsv: three samples of DIM dimensions, one at curvature
-1 (or what is plainest in the model), the others in other conventions of curvature. A line is one sample: its arguments
by letter, a cotangent g, and for every function of the model its value, the gradients of <g, value> in each argument, and
its slopes in c and t. "Rgrad" is the Riemannian gradient of the distance, -log_x y / dist. Arguments are exact in their
type.
"""
import gzip, json, random, sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parent))
from formulas import MODELS, NUMBERS, evaluate, mp, mpf, nrm, number, sc
from halfspace import AXIAL
from sampling import REGIMES, arguments, axial_regimes, ball_regimes, sphere_regimes, stereo_regimes

DIM = 5
# How many digits are written: f32 rows are right to 8; 9 also tell a number of f32 from its neighbours.
DIGITS = {"f32": 9, "f64": 17}
# (c, t) of the samples of a cell.
SCALES = [(1.0, 1.0), (0.375, 1.0), (1.0, 1.75)]
# Those of stereographic cells by the sign of the curvature -c, which leads their names; and where their points are drawn.
SIGNS = {
    "κ>0": ([(-1.0, 1.0), (-0.375, 1.0), (-1.0, 1.75)], "stereographic", stereo_regimes),
    "κ≈0": ([(0.0, 1.0), (1e-12, 1.0), (-1e-12, 1.75)], "stereographic", stereo_regimes),
    "κ<0": (SCALES, "poincare", ball_regimes),
}
DRAWN = REGIMES | {"sphere": sphere_regimes} | {model: axial_regimes(model) for model in AXIAL}

random.seed(20261124)


def cells():
    "(model, type) -> regimes"
    found = {}
    for line in (here.parent.parent.parent / "src/cli/accuracy/regimes.tsv").read_text().splitlines()[1:]:
        model, dtype, regime = line.split("\t")[:3]
        found.setdefault((model, dtype), []).append(regime)
    return found

def text(row, digits=17):
    "A row as one string: JSON parsers may round numbers otherwise than their readers."
    return " ".join(repr(float(f"{number(a):.{digits}g}")).removesuffix(".0") for a in row)

def drawn(model, dtype, regime):
    "The curvatures of a cell's samples, and a function that draws arguments for one."
    scales, coordinates, regimes = SCALES, model, DRAWN.get(model)
    if model == "stereographic":
        sign, regime = regime.split(" ", 1)
        scales, coordinates, regimes = SIGNS[sign]
    def draw(c, t):
        args = None
        while args is None:  # Rounding may put a point on the rim.
            found = {name: rest for name, *rest in regimes(DIM, dtype == "f32")}
            args = arguments(coordinates, *found[regime], DIM, c, t, dtype == "f32")
        return args
    return scales, draw

def sample(model, dtype, regime, c, t, args):
    digits = DIGITS[dtype]
    functions = (MODELS | AXIAL)[model]
    want = {}
    for name, (letters, f) in functions.items():
        result = evaluate(f, c, t, [args[l] for l in letters], args["g"])
        if result is None:
            continue
        value, grads, gc, gt = result
        extra = {"number": str(NUMBERS[name])} if name in NUMBERS else {}
        want[name] = dict(extra, args=letters, value=text(value, digits), grads=[text(r, digits) for r in grads], slopes=text([gc, gt]))
    x, y = ([mpf(a) for a in args[l]] for l in "xy")
    log, dist = (functions[name][1](mpf(c), mpf(t), x, y) for name in ("Log", "Dist"))
    # A row of the sphere is a direction: in longer rows the distance is flatter.
    stretched = mp.sqrt(c) * nrm(x) if model == "sphere" else 1
    want["Rgrad"] = dict(args="xy", value=text(sc(-1 / dist[0] / stretched, log), digits), grads=[], slopes="")
    args = {letter: text(row, digits) for letter, row in args.items()}
    return dict(model=model, dtype=dtype, regime=regime, c=str(c), t=str(t), args=args, want=want)

with gzip.GzipFile(sys.argv[1], "wb", 9, mtime=0) as out:
    for (model, dtype), regimes in cells().items():
        for regime in regimes:
            scales, draw = drawn(model, dtype, regime)
            for c, t in scales:
                line = json.dumps(sample(model, dtype, regime, c, t, draw(c, t)), ensure_ascii=False, separators=(",", ":"))
                out.write((line + "\n").encode())
