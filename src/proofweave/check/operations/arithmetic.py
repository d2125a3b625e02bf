"""Evaluation of arithmetic: sums, products by type, quotients, powers, arrays."""

import numpy as np

from proofweave.check.evaluate import Array, Env, Val, cubic, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node
from proofweave.check.operations.linear import matrix_power
from proofweave.check.operations.stable import quotient


@rule("add")
def _add(node: Node, env: Env) -> Val:
    return va.add([ev(arg, env) for arg in node.args])


@rule("neg")
def _neg(node: Node, env: Env) -> Val:
    return va.neg(ev(node.args[0], env))


@rule("mul", work=cubic)
def _mul(node: Node, env: Env) -> Val:
    kind = node.args[0].type.kind
    value = ev(node.args[0], env)
    for arg in node.args[1:]:
        factor = ev(arg, env)
        before, rank = value, RANK[kind]
        value, kind = multiply(value, kind, factor, arg.type.kind)
        if rank == 0 and arg.type.kind == "scalar":
            value = _zero_log_zero(value, before, factor)
    return value


def _zero_log_zero(value: Val, a: Val, b: Val) -> Val:
    """Settle 0 log 0 = 0: an exact 0 times −∞, which only the logarithm of 0 gives."""
    if np.iscomplexobj(value.v) or not np.isnan(value.v).any():
        return value
    lost = ((a.v == 0) & np.isneginf(b.v)) | ((b.v == 0) & np.isneginf(a.v))
    return va.pick(lost, va.exact(np.zeros((1,) * value.v.ndim)), value) if lost.any() else value


RANK = {"scalar": 0, "vector": 1, "row": 1, "set": 1, "matrix": 2}


def multiply(a: Val, kind: str, b: Val, other: str) -> tuple[Val, str]:
    """Return a typed product and its kind."""
    if kind == "scalar":
        return va.mul(va.widen(a, RANK[other]), b), other
    if other == "scalar":
        return va.mul(a, va.widen(b, RANK[kind])), kind
    if kind == "vector":
        return va.mul(a.through(_column), b.through(_row)), "matrix"
    if kind == "row" and other == "vector":
        return dot(a, b, 1), "scalar"
    out = va.matmul(a.through(_row) if kind == "row" else a, b.through(_column) if other == "vector" else b)
    if kind == "row":
        return out.through(lambda part: part[..., 0, :]), "row"
    if other == "vector":
        return out.through(lambda part: part[..., 0]), "vector"
    return out, "matrix"


def _column(part: Array) -> Array:
    return part[..., :, None]


def _row(part: Array) -> Array:
    return part[..., None, :]


def dot(a: Val, b: Val, rank: int) -> Val:
    """Return the sum of the entrywise product over the last axes."""
    product = va.mul(a, b)
    for _ in range(rank):
        product = va.total(product, -1)
    return product


@rule("inner")
def _inner(node: Node, env: Env) -> Val:
    return dot(ev(node.args[0], env), ev(node.args[1], env), node.args[0].type.rank)


@rule("hadamard")
def _hadamard(node: Node, env: Env) -> Val:
    return va.mul(ev(node.args[0], env), ev(node.args[1], env))


@rule("outer")
def _outer(node: Node, env: Env) -> Val:
    return multiply(ev(node.args[0], env), "vector", ev(node.args[1], env), "row")[0]


@rule("div")
def _div(node: Node, env: Env) -> Val:
    found = quotient(node, env)
    if found is not None:
        return found
    below = va.widen(ev(node.args[1], env), node.type.rank)
    return va.div(ev(node.args[0], env), below)


@rule("transpose")
def _transpose(node: Node, env: Env) -> Val:
    value = ev(node.args[0], env)
    if node.args[0].type.kind != "matrix":
        return value
    return value.through(lambda part: np.swapaxes(part, -1, -2))


@rule("pow", work=cubic)
def _pow(node: Node, env: Env) -> Val:
    base, exponent = node.args
    if base.type.kind == "matrix":
        value, power = ev(base, env), ev(exponent, env)
        products = 2 * np.log2(np.abs(power.v).max(initial=1))
        env.clock.spend(cubic(node, value, env) * products if np.isfinite(products) else 0)
        return matrix_power(value, power, node)
    if base.op == "constant" and base.data == float(np.e):
        return va.exp(ev(exponent, env))
    if exponent.op == "num" and exponent.data == 2:
        return va.square(ev(base, env))
    return va.power(ev(base, env), ev(exponent, env))


@rule("elementpow")
def _element_power(node: Node, env: Env) -> Val:
    return va.power(ev(node.args[0], env), va.widen(ev(node.args[1], env), node.type.rank))


@rule("root")
def _root(node: Node, env: Env) -> Val:
    body, degree = node.args
    if degree.op == "num" and degree.data == 2:
        return va.sqrt(ev(body, env))
    base, order = ev(body, env), ev(degree, env)
    odd = np.rint(order.v) % 2 == 1
    signed = va.power(Val(np.where(odd, np.abs(base.v), base.v), base.e), va.div(env.constant(1), order))
    return Val(np.where(odd & (base.v < 0), -signed.v, signed.v), signed.e)


@rule("binom")
def _binom(node: Node, env: Env) -> Val:
    from scipy.special import binom

    n, k = ev(node.args[0], env), ev(node.args[1], env)
    v = np.asarray(binom(n.v, k.v))
    return Val(v, 1e-13 * np.abs(v) + (n.e + k.e) * np.abs(v))


@rule("vec")
def _vec(node: Node, env: Env) -> Val:
    x = ev(node.args[0], env)
    return va.spread(x, x.v.shape).through(lambda part: np.swapaxes(part, -1, -2).reshape((*part.shape[:-2], -1)))


@rule("array")
def _array(node: Node, env: Env) -> Val:
    cells = [ev(arg, env) for arg in node.args]
    lead = np.broadcast_shapes(*(c.v.shape for c in cells))
    va.afford(*lead, len(cells))
    shape = lead + env.shape(node.type)
    return va.stack(cells, lead).through(lambda part: part.reshape(shape))
