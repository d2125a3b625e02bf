"""Logarithms and quotients of sums of exponentials without overflow."""

import math

import numpy as np

from proofweave.check.evaluate import EPS, Env, Val, ev
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, is_complex, walk
from proofweave.check.operations.binders import over_index


def log(node: Node, env: Env) -> Val:
    """Return the logarithm of a tree's value; 0 log 0 is settled where the product is formed."""
    if is_exponential(node):
        found = log_form(node, env)
        if found is not None:
            return found
    return plain_log(ev(node, env))


def plain_log(x: Val) -> Val:
    """Return log x; where x may be 0 within its error there is no value."""
    v = np.log(np.where(x.v > x.e, x.v, np.nan))
    v = np.where((x.v == 0) & (x.e == 0), -np.inf, v)
    return Val(v, lambda: np.where(x.e == 0, 0.0, x.e / np.maximum(x.v - x.e, va.TINIEST)) + EPS * np.abs(v))


def is_exponential(node: Node) -> bool:
    """Tell whether an exponential stands anywhere in a tree."""
    return any(_is_exp(part) for part in walk(node))


def _is_exp(node: Node) -> bool:
    if node.op == "func":
        return bool(node.data[0] == "exp")
    return node.op == "pow" and node.args[0].op == "constant" and node.args[0].data == math.e


def log_form(node: Node, env: Env) -> Val | None:
    """Return log of a positive form built of exponentials, sums, products and quotients; None for other forms."""
    if node.op == "func" and node.data[0] == "exp":
        return ev(node.args[0], env)
    if node.op == "pow" and _is_exp(node):
        return ev(node.args[1], env)
    if node.op in ("mul", "div"):
        parts = [_part(arg, env) for arg in node.args]
        if node.op == "div":
            parts[1] = va.neg(parts[1])
        return va.add(parts)
    if node.op == "add" and all(arg.op != "neg" for arg in node.args):
        parts = [_part(arg, env) for arg in node.args]
        shape = np.broadcast_shapes(*(p.v.shape for p in parts))
        return _reduce(va.stack(parts, shape))
    if node.op == "sum":
        body = node.args[3]
        inner, mask = over_index(node, env)
        if inner is None:
            return None
        part = _part(body, inner)
        shape = (*part.v.shape[:-1], inner.axes[-1])
        v, e = va.spread(part, shape)
        if mask is not None:
            v = np.where(mask, v, -np.inf)
            e = np.where(mask, e, 0.0)
        return _reduce(Val(v, e))
    return None


def _part(node: Node, env: Env) -> Val:
    found = log_form(node, env) if is_exponential(node) else None
    return found if found is not None else plain_log(ev(node, env))


def _reduce(x: Val) -> Val:
    top = x.v.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    weights = np.exp(x.v - top)
    total = weights.sum(axis=-1)
    v = np.log(total) + top[..., 0]
    share = np.where(weights > 0, weights * np.broadcast_to(x.e, x.v.shape), 0.0).sum(axis=-1) / total
    return Val(v, share + 4 * EPS * (np.abs(v) + np.abs(top[..., 0]) + 1))


def quotient(node: Node, env: Env) -> Val | None:
    """Return e^a / Σ e^b through logarithms; None where the quotient is of another form."""
    above, below = node.args
    if not (positive_form(above) and positive_form(below) and is_exponential(below)) or is_complex(node):
        return None
    top, bottom = log_form(above, env), log_form(below, env)
    if top is None or bottom is None:
        return None
    return va.exp(va.add([top, va.neg(bottom)]))


def positive_form(node: Node) -> bool:
    """Tell whether a form is positive by its shape: exponentials, and their sums and products with positive numbers."""
    if _is_exp(node):
        return True
    if node.op == "sum":
        return positive_form(node.args[3])
    if node.op == "add":
        return all(positive_form(arg) or (arg.op == "num" and arg.data > 0) for arg in node.args)
    if node.op == "mul":
        return all(positive_form(arg) or (arg.op == "num" and arg.data > 0) for arg in node.args)
    return False
