"""Triton kernels, and their PTX for tests of the interpreter by code of another compiler.

    pip install triton==3.9.0; python kernels.py

writes NAME.ptx beside this file. No GPU is needed.
"""

import pathlib
import re

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource


@triton.jit
def add(x, y, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    tl.store(out + at, tl.load(x + at, mask=inside) + tl.load(y + at, mask=inside), mask=inside)


@triton.jit
def softmax(x, out, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    inside = at < columns
    values = tl.load(x + row * columns + at, mask=inside, other=-float("inf"))
    powers = tl.exp(values - tl.max(values, axis=0))
    tl.store(out + row * columns + at, powers / tl.sum(powers, axis=0), mask=inside)


@triton.jit
def matmul(a, b, out, rows, columns, depth, M: tl.constexpr, N: tl.constexpr, K: tl.constexpr):
    """out (rows, columns) f32 = a (rows, depth) bf16 times b (depth, columns) bf16."""
    i = tl.program_id(0) * M + tl.arange(0, M)
    j = tl.program_id(1) * N + tl.arange(0, N)
    k = tl.arange(0, K)
    total = tl.zeros((M, N), dtype=tl.float32)
    for start in range(0, depth, K):
        left = tl.load(
            a + i[:, None] * depth + (start + k)[None, :],
            mask=(i[:, None] < rows) & ((start + k)[None, :] < depth), other=0.0)
        right = tl.load(
            b + (start + k)[:, None] * columns + j[None, :],
            mask=((start + k)[:, None] < depth) & (j[None, :] < columns), other=0.0)
        total = tl.dot(left, right, total)
    tl.store(out + i[:, None] * columns + j[None, :], total, mask=(i[:, None] < rows) & (j[None, :] < columns))


def ptx(kernel, types, constants, sixteens, **options):
    """PTX of a kernel whose pointers, and whose integers named in `sixteens`, are multiples of 16."""
    signature = dict(zip(kernel.arg_names, types + ["constexpr"] * len(constants)))
    divisible = [i for i, (name, kind) in enumerate(signature.items()) if kind[0] == "*" or name in sixteens]
    attributes = {(i,): [["tt.divisibility", 16]] for i in divisible}
    source = ASTSource(fn=kernel, signature=signature, constexprs=constants, attrs=attributes)
    compiled = triton.compile(source, target=GPUTarget("cuda", 80, 32), options=options)
    text = re.sub(r"^\.version .*", ".version 8.0", compiled.asm["ptx"], flags=re.M)
    # Lines of the source, which name this file's place on disk.
    text = re.sub(r"^\s*(\.loc|\.file)\b.*\n", "", text.split("\t.section")[0], flags=re.M)
    text = re.sub(r"^.*(\$L__tmp|\$L__func|\$L__pro)\w*:.*\n", "", text, flags=re.M)
    text = text.replace(", debug", "")
    return text, compiled.metadata


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    for kernel, types, constants, sixteens, options in [
        (add, ["*fp32", "*fp32", "*fp32", "i32"], {"BLOCK": 256}, [], {"num_warps": 4}),
        (softmax, ["*fp32", "*fp32", "i32"], {"BLOCK": 256}, [], {"num_warps": 4}),
        (matmul, ["*bf16", "*bf16", "*fp32", "i32", "i32", "i32"], {"M": 32, "N": 32, "K": 32},
         ["columns", "depth"], {"num_warps": 4, "num_stages": 3}),
    ]:
        text, metadata = ptx(kernel, types, constants, sixteens, **options)
        (here / f"{kernel.__name__}.ptx").write_text(text)
        print(kernel.__name__, "threads", metadata.num_warps * 32, "shared", metadata.shared)
