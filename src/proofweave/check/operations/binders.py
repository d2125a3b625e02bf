"""Evaluation of operators that bind: each adds an axis of its index or its support and reduces it."""

import numpy as np

from proofweave.check.evaluate import Array, Env, Val, ev, rule, truth
from proofweave.check.evaluate import values as va
from proofweave.check.language import CheckError, Index, Node, Symbol, is_number, refuse_if
from proofweave.check.operations.exponentials import matrix_series
from proofweave.check.operations.series import endless, series
from proofweave.check.operations.supports import outcomes

LONGEST = 100_000


def over_index(node: Node, env: Env) -> tuple[Env | None, Array | None]:
    """Return the state inside an index binder and the mask of its terms, NaN where a condition has no value.

    None stands for an empty range.
    """
    lo, hi, condition, _ = node.args[:4]
    index: Index = node.data
    low, high = ev(lo, env).v, ev(hi, env).v
    first, last = float(np.nanmin(low)), float(np.nanmax(high))
    refuse_if(np.isinf(last) or np.isinf(first), "evaluate.infinite-range", node.at)
    refuse_if(np.isnan(first) or np.isnan(last), "evaluate.bound", node.at)
    n = int(np.floor(last + 1e-9)) - int(np.ceil(first - 1e-9)) + 1
    refuse_if(n > LONGEST, "evaluate.range-long", node.at, count=n)
    if n <= 0:
        return None, None
    inner = env.child((id(index), id(lo), id(hi), id(condition)), n)
    axis = inner.index_axis(np.ceil(first - 1e-9) + np.arange(n))
    inner.bind(index, axis)
    mask: Array | None = None
    if low.size > 1 or high.size > 1:
        mask = (axis.v >= low[..., None] - 1e-9) & (axis.v <= high[..., None] + 1e-9)
    if not is_number(condition, 1):
        found = truth(condition, inner)
        mask = found.holds if mask is None else mask & found.holds
        lost = ~(found.valid if found.tied is None else found.valid | found.tied)
        if lost.any():
            mask = np.where(lost, np.nan, mask)
    return inner, mask


def spread(value: Val, env: Env, mask: Array | None, fill: float, rank: int) -> Val:
    """Return a body's value with the whole index axis, masked terms filled; whose condition has no value, has none."""
    axis = env.depth
    n = env.axes[-1]
    shape = list(value.v.shape)
    shape[axis] = n
    va.afford(*shape)
    whole = va.spread(value, shape)
    if mask is None:
        return whole
    wide = mask.reshape(mask.shape + (1,) * rank)
    rest = np.where(np.isnan(wide), np.nan, fill)
    return Val(np.where(wide == 1, whole.v, rest), lambda: np.where(wide == 1, whole.e, 0.0))


@rule("sum", "prod")
def _fold(node: Node, env: Env) -> Val:
    if endless(node):
        return matrix_series(node, env) if node.type.rank else series(node, env)
    inner, mask = over_index(node, env)
    empty = 0.0 if node.op == "sum" else 1.0
    rank = node.type.rank
    if inner is None:
        shape = env.shape(node.type)
        return va.exact(np.full((1,) * (1 + env.depth) + shape, empty))
    value = spread(ev(node.args[3], inner), inner, mask, empty, rank)
    return va.total(value, inner.depth) if node.op == "sum" else va.product(value, inner.depth)


@rule("min", "max", "argmin", "argmax")
def _extreme(node: Node, env: Env) -> Val:
    inner, mask = over_index(node, env)
    if inner is None:
        raise CheckError("evaluate.empty-range", node.at)
    sense = node.op[-3:]
    missing = np.inf if sense == "min" else -np.inf
    value = spread(ev(node.args[3], inner), inner, mask, missing, 0)
    if node.op.startswith("arg"):
        first = value.v.argmin(axis=-1) if sense == "min" else value.v.argmax(axis=-1)
        start = inner.binds[node.data][0].v.reshape(-1)
        whole = ~np.isnan(value.v).any(axis=-1)
        return va.exact(np.where(whole, start[first], np.nan))
    found = va.extreme(value, -1, sense)
    return Val(np.where(np.isinf(found.v), np.nan, found.v), lambda: found.e)


def bind_support(symbol: Symbol, env: Env, stamp: object) -> tuple[Env, Val]:
    """Return the state with a random symbol running over its joint support on a new axis, and the weights."""
    points, weights = outcomes(symbol, env)
    inner = env.child(stamp, points.v.shape[1])
    depth = inner.depth
    ones = (1,) * (depth - 1)
    lead = (points.v.shape[0], *ones, points.v.shape[1])
    value = Val(
        points.v.reshape(lead + points.v.shape[2:]),
        points.e.reshape((points.e.shape[0], *ones, points.e.shape[1], *points.e.shape[2:])),
    )
    inner.bind(symbol, value)
    return inner, Val(
        weights.v.reshape((weights.v.shape[0], *ones, -1)), weights.e.reshape((weights.e.shape[0], *ones, -1))
    )
