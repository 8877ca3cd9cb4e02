#!/usr/bin/env python3
"""References for `beltrami accuracy` and tests/accuracy.rs: textbook formulas (../formulas.py) in 200-digit arithmetic.

usage: make.py ../../../src/cli/accuracy/samples.jsonl.gz        (needs mpmath)

For every model, number type and regime of src/cli/accuracy/regimes.tsv: samples of 16 dimensions, some at curvature -1,
some in other conventions of curvature (SCALES). A line is one sample: its arguments by letter, a cotangent g, and for
every function of the model its value, the gradients of <g, value> in each argument, and its slopes in c and t. "Rgrad"
is the Riemannian gradient of the distance, -log_x y / dist. Arguments are exact in their type.
"""
import gzip, json, random, sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parent))
from formulas import MODELS, NUMBERS, evaluate, mpf, number, sc
from sampling import REGIMES, arguments

DIM = 16
# (c, t) of the samples of a cell, and how many digits are written: f32 rows are right to 8.
OTHERS = [(0.375, 1.0), (1.0, 1.75)]
SCALES = {"f32": [(1.0, 1.0)] * 3 + OTHERS, "f64": [(1.0, 1.0)] + OTHERS}
DIGITS = {"f32": 10, "f64": 17}

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

def sample(model, dtype, regime, c, t):
    args = None
    while args is None:  # Rounding may put a point on the rim.
        drawn = {name: rest for name, *rest in REGIMES[model](DIM, dtype == "f32")}
        args = arguments(model, *drawn[regime], DIM, c, t, dtype == "f32")
    digits = DIGITS[dtype]
    want = {}
    for name, (letters, f) in MODELS[model].items():
        result = evaluate(f, c, t, [args[l] for l in letters], args["g"])
        if result is None:
            continue
        value, grads, gc, gt = result
        extra = {"number": str(NUMBERS[name])} if name in NUMBERS else {}
        want[name] = dict(extra, args=letters, value=text(value, digits), grads=[text(r, digits) for r in grads], slopes=text([gc, gt]))
    x, y = ([mpf(a) for a in args[l]] for l in "xy")
    log, dist = (MODELS[model][name][1](mpf(c), mpf(t), x, y) for name in ("Log", "Dist"))
    want["Rgrad"] = dict(args="xy", value=text(sc(-1 / dist[0], log), digits), grads=[], slopes="")
    args = {letter: text(row) for letter, row in args.items()}
    return dict(model=model, dtype=dtype, regime=regime, c=str(c), t=str(t), args=args, want=want)

with gzip.GzipFile(sys.argv[1], "wb", 9, mtime=0) as out:
    for (model, dtype), regimes in cells().items():
        for regime in regimes:
            for c, t in SCALES[dtype]:
                line = json.dumps(sample(model, dtype, regime, c, t), separators=(",", ":"))
                out.write((line + "\n").encode())
