#!/usr/bin/env python3
"""Reference values for tests/geometry: textbook formulas (../formulas.py) in 200-digit arithmetic.

usage: make.py | gzip -9n > cases.jsonl.gz        (needs mpmath)

Every line is one set of arguments (exact in f64; with "f32": true also in f32) and, for every function of the model
that takes no number, its value and the gradients of L = <g, value> in every argument, in c and in t.
"""
import json, random, sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from formulas import MODELS, NUMBERS, evaluate, number
from halfspace import AXIAL
from sampling import REGIMES, along, arguments, axial_regimes, sphere_regimes, stereo_regimes

random.seed(20261123)


def numbers(row): return [number(a) for a in row]

def case(model, regime, x, y, length, n, c, t, single):
    args = arguments(model, x, y, length, n, c, t, single)
    if args is None:
        return None
    out = {}
    for name, (letters, f) in (MODELS | AXIAL)[model].items():
        if name in NUMBERS:
            continue
        result = evaluate(f, c, t, [args[l] for l in letters], args["g"])
        if result is None:
            continue
        value, grads, gc, gt = result
        out[name] = dict(args=letters, value=numbers(value), grads=[numbers(r) for r in grads], gc=number(gc), gt=number(gt))
    return dict(model=model, regime=regime, f32=single, c=c, t=t, **args, out=out)

def text(v):
    "Numbers as strings: shortest digits that give the f64 back, whatever the reader's JSON parser rounds."
    if isinstance(v, float): return repr(v).removesuffix(".0")
    if isinstance(v, list): return [text(a) for a in v]
    if isinstance(v, dict): return {k: text(a) for k, a in v.items()}
    return v

SCALES = [(1.0, 1.0), (0.375, 1.0), (1.0, 1.75), (2.5, 0.625)]
if __name__ == "__main__":
    for model, regimes in REGIMES.items():
        for single in (True, False):
            for i in range(2):
                n = 3 if i else 2
                for j, (regime, x, y, length) in enumerate(regimes(n, single)):
                    if single and regime == "longest step |u| 85-100":
                        continue
                    c, t = SCALES[0] if i == 0 else SCALES[1 + j % 3]
                    row = case(model, regime, x, y, length, n, c, t, single)
                    if row is not None:
                        print(json.dumps(text(row), separators=(",", ":")))
    for model in AXIAL:
        for single in (True, False):
            for j, (regime, x, y, length) in enumerate(axial_regimes(model)(2 + single, single)):
                if single and regime == "longest step |u| 85-100":
                    continue
                row = case(model, regime, x, y, length, len(x), *SCALES[j % 4], single)
                print(json.dumps(text(row), separators=(",", ":")))
    random.seed(20261124)
    for j, (c, t) in enumerate(SCALES):
        single = j % 2 == 1
        for regime, x, y, length in sphere_regimes(2, single):
            print(json.dumps(text(case("sphere", regime, x, y, length, 2, c, t, single)), separators=(",", ":")))
    for j, c in enumerate((-1.0, -0.375, 0.0, 1e-12, -1e-12, 0.25)):
        single = j in (1, 2)
        for regime, x, y, length in stereo_regimes(2, single):
            # Without positive curvature there is no antipode; with c > 0 there is a rim.
            if c > -1e-3 and regime in ("near the antipode", "far out"):
                continue
            if c > 1e-3:
                x, y, length = along(0.5, x), along(0.5, y), 0.5 * length
            row = case("stereographic", regime, x, y, length, 2, c, 1.0, single)
            print(json.dumps(text(row), separators=(",", ":")))
