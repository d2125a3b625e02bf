"""Named functions of scalars, norms, lists and cases."""

from collections.abc import Callable
from functools import reduce

import numpy as np

from proofweave.check.evaluate import EPS, Array, Env, Val, cubic, ev, rule, truth
from proofweave.check.evaluate import values as va
from proofweave.check.language import CheckError, Node
from proofweave.check.operations.arithmetic import dot, multiply
from proofweave.check.operations.linear import singular_values
from proofweave.check.operations.stable import log

Pair = tuple[Callable[[Array], Array], Callable[[Array], Array]]


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


# a function and a bound on its slope at x
SMOOTH: dict[str, Pair] = {
    "sin": (np.sin, lambda x: np.abs(np.cos(x))),
    "cos": (np.cos, lambda x: np.abs(np.sin(x))),
    "tan": (np.tan, lambda x: 1 + np.tan(x) ** 2),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sinh": (np.sinh, np.cosh),
    "cosh": (np.cosh, lambda x: np.abs(np.sinh(x))),
    "arctan": (np.arctan, lambda x: 1 / (1 + x * x)),
    "arcsin": (np.arcsin, lambda x: 1 / np.sqrt(np.maximum(1 - x * x, EPS))),
    "arccos": (np.arccos, lambda x: 1 / np.sqrt(np.maximum(1 - x * x, EPS))),
    "sigmoid": (_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    "softplus": (lambda x: np.logaddexp(0.0, x), _sigmoid),
    "ReLU": (lambda x: np.maximum(x, 0.0), lambda x: (x >= 0) * 1.0),
    "abs": (np.abs, lambda x: np.ones_like(x)),
    "re": (np.real, lambda x: np.ones_like(x)),
    "im": (np.imag, lambda x: np.ones_like(x)),
    "conj": (np.conj, lambda x: np.ones_like(x)),
}


@rule("func")
def _func(node: Node, env: Env) -> Val:
    name = node.data[0]
    if name == "log":
        return log(node.args[0], env)
    return apply(name, ev(node.args[0], env))


def apply(name: str, x: Val) -> Val:
    """Return a named function's value."""
    if name == "exp":
        return va.exp(x)
    if name in SMOOTH:
        function, slope = SMOOTH[name]
        inside = np.clip(x.v, -1, 1) if name in ("arcsin", "arccos") and np.all(np.abs(x.v) <= 1 + 4 * x.e) else x.v
        v = function(inside)
        return Val(v, lambda: np.abs(slope(inside)) * x.e + x.e * x.e + 2 * EPS * np.abs(v))
    if name == "arg":
        size = np.abs(x.v)
        cut = (np.real(x.v) <= x.e) & (np.abs(np.imag(x.v)) <= x.e) & (x.e > 0)
        v = np.where((size <= x.e) | cut, np.nan, np.angle(x.v))
        return Val(v, lambda: x.e / np.maximum(size - x.e, np.finfo(float).tiny) + EPS * np.abs(v))
    if name == "sign":
        near = (np.abs(x.v) <= x.e) & (x.e > 0)
        return Val(np.where(near, 0.0, np.sign(x.v)), near * 1.0)
    if name in ("floor", "ceil"):
        return va.exact(np.floor(x.v + 1e-12) if name == "floor" else np.ceil(x.v - 1e-12))
    if name == "factorial":
        from scipy.special import factorial

        whole = np.rint(x.v)
        v = np.where((np.abs(whole - x.v) < 1e-9) & (whole >= 0), factorial(np.maximum(whole, 0)), np.nan)
        return Val(v, 1e-14 * np.abs(v))
    if name in ("erf", "erfc"):
        from scipy import special

        v = np.asarray(special.erf(x.v) if name == "erf" else special.erfc(x.v))
        near = np.maximum(np.abs(x.v) - x.e, 0.0)
        return Val(v, 2 / np.sqrt(np.pi) * np.exp(-near * near) * x.e + 8 * EPS * np.abs(v))
    if name == "gamma":
        from scipy import special

        pole = (x.v <= 0) & (np.abs(x.v - np.rint(x.v)) <= x.e)
        v = np.where(pole, np.nan, special.gamma(x.v))
        return Val(v, np.abs(v * special.digamma(x.v)) * x.e + 1e-13 * np.abs(v))
    raise CheckError("evaluate.cannot", name=name)


@rule("norm", work=cubic)
def _norm(node: Node, env: Env) -> Val:
    x = ev(node.args[0], env)
    rank = node.args[0].type.rank
    which = node.data
    if not rank:
        return Val(np.abs(x.v), lambda: x.e)
    if which in ("2", "F"):
        return va.length(x, tuple(range(-rank, 0)))
    if which in ("op", "nuclear"):
        s = singular_values(x)
        return va.extreme(s, -1, "max") if which == "op" else va.total(s, -1)
    size = Val(np.abs(x.v), lambda: x.e)
    if which in ("rows", "columns"):
        return va.extreme(va.total(size, -1 if which == "rows" else -2), -1, "max")
    if which == "inf":
        return va.extreme(size, -1, "max")
    other = ev(node.args[1], env)
    if which == "weighted":
        return va.sqrt(dot(x, multiply(other, "matrix", x, "vector")[0], 1))
    if np.all(other.v == 1):
        return va.total(size, -1)
    if np.any(other.v < 1):
        other = Val(np.where(other.v < 1, np.nan, other.v), other.e)
    top = size.v.max(axis=-1, keepdims=True)
    scale = va.exact(np.where(top > 0, top, 1.0))  # the largest entry becomes 1, so that no power overflows or vanishes
    power = va.widen(other, 1)
    parts = va.total(va.power(va.div(size, scale), power), -1)
    found = va.power(parts, va.div(env.constant(1), other))
    return va.mul(found, scale.through(lambda part: part[..., 0]))


@rule("list")
def _list(node: Node, env: Env) -> Val:
    items = [ev(arg, env) for arg in node.args]
    nearer = np.minimum if node.data == "min" else np.maximum
    return Val(reduce(nearer, [item.v for item in items]), lambda: reduce(np.maximum, [item.e for item in items]))


@rule("entries")
def _entries(node: Node, env: Env) -> Val:
    return va.extreme(ev(node.args[0], env), -1, node.data)


@rule("softmax")
def _softmax(node: Node, env: Env) -> Val:
    x = ev(node.args[0], env)
    top = x.v.max(axis=-1, keepdims=True)
    weights = va.exp(Val(x.v - top, lambda: x.e + EPS * np.abs(x.v)))
    total = va.total(weights, -1)
    return va.div(weights, va.widen(total, 1))


@rule("indicator")
def _indicator(node: Node, env: Env) -> Val:
    """Return 1 or 0; halfway, give or take a half, where a strict relation's sides cannot be told apart."""
    found = truth(node.args[0], env)
    open_ = ~found.valid & (False if found.tied is None else found.tied)
    v = np.where(found.valid, found.holds * 1.0, np.where(open_, 0.5, np.nan))
    return Val(v, np.where(open_, 0.5, 0.0))


@rule("cases")
def _cases(node: Node, env: Env) -> Val:
    rank = node.type.rank
    args = node.args
    last = len(args) - 1 if len(args) % 2 else None
    out = ev(args[last], env) if last is not None else None
    pairs = [(args[k], args[k + 1]) for k in range(0, len(args) - 1, 2)]
    for value, condition in reversed(pairs):
        branch = ev(value, env)
        mask = truth(condition, env).holds
        mask = mask.reshape(mask.shape + (1,) * rank)
        if out is None:
            out = Val(np.full((1,) * branch.v.ndim, np.nan), np.zeros((1,) * branch.v.ndim))
        out = va.pick(mask, branch, out)
    assert out is not None
    return out


@rule("theta")
def _theta(node: Node, env: Env) -> Val:
    """Return what stands in \\Theta(·); the relation compares how it grows, not its value."""
    return ev(node.args[0], env)


@rule("bigo", "littleo")
def _big_o(node: Node, env: Env) -> Val:
    return va.widen(env.constant(0), node.type.rank)
