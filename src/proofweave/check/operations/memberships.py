"""Evaluation of what claims of membership need: sizes, nearest elements, sets of indices."""

import numpy as np

from proofweave.check.evaluate import Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node


@rule("extent")
def _extent(node: Node, env: Env) -> Val:
    found = ev(node.args[0], env).v
    return env.constant(found.shape[found.ndim - node.args[0].type.rank + node.data])


@rule("nearest")
def _nearest(node: Node, env: Env) -> Val:
    """Return the element nearest to a value, with the error of the least exact one, which may be the true one."""
    value = ev(node.args[0], env)
    rank = node.type.rank
    elements = [va.widen(ev(arg, env), rank) for arg in node.args[1:]]
    best, gap, error = elements[0].v, np.abs(elements[0].v - value.v), elements[0].e
    for element in elements[1:]:
        other = np.abs(element.v - value.v)
        best = np.where(other < gap, element.v, best)
        gap, error = np.minimum(gap, other), np.maximum(error, element.e)
    best, _ = np.broadcast_arrays(best, gap)
    return Val(np.where(np.isnan(value.v), np.nan, best), error)


@rule("whole")
def _whole(node: Node, env: Env) -> Val:
    """Return the whole number of a range that is nearest to a value."""
    value, rank = ev(node.args[0], env), node.type.rank
    lo, hi = (va.widen(ev(arg, env), rank).v for arg in node.args[1:])
    return va.exact(np.clip(np.rint(value.v), lo, hi))


@rule("card")
def _card(node: Node, env: Env) -> Val:
    return va.exact(ev(node.args[0], env).v.sum(axis=-1))


@rule("complement")
def _complement(node: Node, env: Env) -> Val:
    return va.exact(1.0 - ev(node.args[0], env).v)


@rule("argtop")
def _argtop(node: Node, env: Env) -> Val:
    """Return the set of the k largest entries; none where the k-th and the next cannot be told apart."""
    k, x = ev(node.args[0], env), ev(node.args[1], env)
    n = x.v.shape[-1]
    count = va.widen(k, 1).v
    order = np.argsort(-x.v, axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    mask = rank < count
    inside = np.where(mask, x.v - x.e, np.inf).min(axis=-1, keepdims=True)
    outside = np.where(mask, -np.inf, x.v + x.e).max(axis=-1, keepdims=True)
    told = (inside > outside) & (count >= 0) & (count <= n) & (count == np.rint(count)) & ~np.isnan(x.v)
    return va.exact(np.where(told, mask * 1.0, np.nan))


@rule("sorted")
def _sorted(node: Node, env: Env) -> Val:
    """Return the entries, largest first; no entry of the order moves by more than the largest error."""
    x = ev(node.args[0], env)
    v = -np.sort(-x.v, axis=-1)
    return Val(v, np.broadcast_to(x.e.max(axis=-1, keepdims=True), v.shape))
